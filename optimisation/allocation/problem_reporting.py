"""The part of the allocation problem about reports: what examinations bring, who has the time to write them, who may help."""

from __future__ import annotations

import pandas as pd

from data.working_time import hours_a_week
from optimisation.allocation.problem import Draft, Inputs
from optimisation.formulation import Index


def reporting(d: Draft) -> None:
    """Reporting work, time and help: nothing where no staff group in post has time for reports, or where every examination is reported at once."""
    declared = declared_minutes(d.inputs)
    tests = _reported_tests(d) if declared else []
    here = {o for o, _ in tests} | {o for o, _ in declared}
    organisations = [(o,) for o in d.inputs.network.organisations if o in here and tests]
    weekly = [(o, w) for (o,) in organisations for w in d.weeks]
    d.sets["reporters"], d.sets["reporting_weeks"] = organisations, weekly
    _work(d, tests, weekly)
    most = {o: max(_minutes_today(d, o)) for (o,) in organisations}
    d.values["reporting_minutes"] = {(o, w): declared.get((o, w), most[o]) for o, w in weekly}
    _backlog(d, organisations)
    _sharing(d, organisations, weekly)
    _outsourcing(d, organisations, weekly)


def declared_minutes(inputs: Inputs) -> dict[Index, float]:
    """Reporting minutes by organisation and week (1, 2, …) of staff groups in post that spend time on reports in some week.

    An organisation without such a group in post is absent: its reporting time is derived, as today's rota is.
    """
    post = inputs.network["staff_in_post"]
    post = post.assign(hours=post["wte"] * hours_a_week(inputs.assumptions, post))
    rows = post.merge(pd.DataFrame({"week": inputs.weeks, "number": range(1, len(inputs.weeks) + 1)}), how="cross")
    rows = rows.assign(share=inputs.assumptions.values("reporting_share", rows))
    rows = rows[rows.groupby(["organisation", "staff_group"])["share"].transform("max") > 0]
    minutes = (60 * rows["hours"] * rows["share"]).groupby([rows["organisation"], rows["number"]], sort=False).sum()
    return {(str(o), int(w)): float(n) for (o, w), n in minutes.items()}


def _reported_tests(d: Draft) -> list[Index]:
    """Organisations and tests whose examinations bring reporting work, with its minutes."""
    owner = d.inputs.network.owner
    able = list(dict.fromkeys((owner[s], m) for (s, _), tests in d.neighbours["tests_at"].items() for m in tests))
    minutes = d.over("report_minutes", able, "report_minutes", ["organisation", "test"])
    at_once = d.over("reports_later", able, "reported_at_once", ["organisation", "test"])
    return [i for i in able if minutes[i] > 0 and at_once[i] < 1]


def _work(d: Draft, tests: list[Index], weekly: list[Index]) -> None:
    """What brings reports: routes of lists, must-do work, and unscheduled work outside planned sessions."""
    owner, wanted = d.inputs.network.owner, set(tests)
    minutes, at_once = d.values.get("report_minutes", {}), d.values.get("reports_later", {})
    d.values["report_minutes"] = {i: minutes[i] for i in tests}
    d.values["reports_later"] = {i: 1 - at_once[i] for i in tests}
    routes = [(o, m, u, s, a) for (s, a), lists in d.neighbours["lists_at"].items() for o, m, u in lists]
    d.join("reported_lists", (((owner[i[3]],), i) for i in routes if (owner[i[3]], i[1]) in wanted))
    d.join("reported_work", (((o,), (o, m, s, a)) for (s, a), work in d.neighbours["must_do_at"].items() for o, m in work if (o, m) in wanted))
    outside = dict.fromkeys(weekly, 0.0)
    for (o, m), patients in _outside_sessions(d, tests).items():
        each = d.values["report_minutes"][o, m] * d.values["reports_later"][o, m]
        for w in d.weeks:
            outside[o, w] += each * patients[w - 1]
    d.values["minutes_outside"] = outside


def _outside_sessions(d: Draft, tests: list[Index]) -> dict[Index, list[float]]:
    """Unscheduled work done outside planned sessions, patients by week."""
    streams = [i for i in tests if i in set(d.sets["must_do_tests"])]
    places = pd.DataFrame(streams, columns=["organisation", "test"])
    shares = d.inputs.assumptions.values("unscheduled_outside", places)
    unscheduled = d.inputs.demand.weekly("unscheduled").groupby(["organisation", "test"]).sum()
    return {i: (share * unscheduled.loc[i].to_numpy()).tolist() for i, share in zip(streams, shares, strict=True)}


def _minutes_today(d: Draft, o: str) -> list[float]:
    """Reporting minutes of what today's rota can see, by week, must-do work and work outside sessions included."""
    needed = [d.values["minutes_outside"][o, w] for w in d.weeks]
    seen = d.inputs.today.seen.pivot_table(index=["organisation", "test"], columns="week", values="patients", aggfunc="sum")
    seen = seen.reindex(columns=d.inputs.weeks).fillna(0.0)
    for i, later in d.values["reports_later"].items():
        if i[0] == o:
            lists = seen.loc[i].to_numpy() if i in seen.index else [0.0] * len(needed)
            for w in d.weeks:
                patients = float(lists[w - 1]) + d.values["must_do"].get((*i, w), 0.0)
                needed[w - 1] += d.values["report_minutes"][i] * later * patients
    return needed


def _backlog(d: Draft, organisations: list[Index]) -> None:
    """The mean report and the reports of an ordinary week of the recent months; what waits at the start; the price of late reports."""
    recent = d.inputs.today.recent.groupby(["organisation", "test"])["patients"].sum()
    each = d.values["report_minutes"]
    plain = sum(each.values()) / len(each) if each else 0.0
    ordinary, mean = {}, {}
    for (o,) in organisations:
        reports = {i: later * float(recent.get(i, 0.0)) for i, later in d.values["reports_later"].items() if i[0] == o}
        minutes = sum(each[i] * n for i, n in reports.items())
        ordinary[(o,)] = minutes
        mean[(o,)] = minutes / sum(reports.values()) if minutes > 0 else plain
    d.values["ordinary_reports"], d.values["mean_report"] = ordinary, mean
    waiting = d.over("opening_backlog", organisations, "report_backlog", ["organisation"])
    d.values["opening_backlog"] = {i: n * mean[i] for i, n in waiting.items()}
    price = d.over("late_report_price", organisations, "late_report_price", ["organisation"])
    d.values["late_report_price"] = {i: pounds / 60 for i, pounds in price.items()}


def _sharing(d: Draft, organisations: list[Index], weekly: list[Index]) -> None:
    share = d.over("report_lending_limit", weekly, "shared_reporting_limit", ["organisation"], dated=True)
    limit = {i: part * d.values["reporting_minutes"][i] for i, part in share.items()}
    pooled = d.inputs.lever("cross_site_reporting") and len(organisations) > 1 and any(limit.values())
    d.values["report_lending_limit"] = limit if pooled else {}
    d.sets["reporting_pool"] = weekly if pooled else []
    d.join("reporters_in", (((w,), o) for o, w in d.sets["reporting_pool"]))
    d.over("shared_reporting_price", organisations, "shared_reporting_price", ["organisation"])


def _outsourcing(d: Draft, organisations: list[Index], weekly: list[Index]) -> None:
    limit = d.over("outsourced_report_limit", weekly, "outsourced_report_limit", ["organisation"], dated=True)
    bought = [i for i, n in limit.items() if n > 0] if d.inputs.lever("outsourced_reporting") else []
    d.sets["outsourced_reporting"] = bought
    d.values["outsourced_report_limit"] = {i: limit[i] for i in bought}
    d.over("outsourced_report_price", organisations, "outsourced_report_price", ["organisation"])
