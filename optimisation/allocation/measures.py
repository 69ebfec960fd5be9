"""Summary figures of a plan, computed from its own tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from data.plan import over_six
from optimisation.allocation.problem import Inputs
from optimisation.allocation.result import Solved

_PERSON = 0.5
"""A target is met when fewer than half a patient are over it: whole sessions meet it to the nearest patient."""


def met(s: Solved, waiting_list: pd.DataFrame) -> pd.DataFrame:
    """The target at each month end from the target date on.

    Returns:
        organisation, test, week (Monday), waiting, over_six (as reported), over_six_in_turn, share, share_in_turn, target_share, over_target
        (patients), met, met_in_turn.
    """
    columns = ["waiting", "over_six", "over_six_in_turn"]
    totals = waiting_list.assign(over_six=over_six(waiting_list)).groupby(["organisation", "test", "week"], sort=False)[columns].sum()
    wanted = [(o, m, s.monday(w)) for o, m, w in s.problem.sets["measured_tests"]]
    rows = totals.reindex(pd.MultiIndex.from_tuples(wanted, names=totals.index.names)).reset_index()
    rows["target_share"] = [s.given("target_share", i) for i in s.problem.sets["measured_tests"]]
    for over, share, is_met in (("over_six", "share", "met"), ("over_six_in_turn", "share_in_turn", "met_in_turn")):
        rows[share] = _share(rows[over], rows["waiting"])
        rows[is_met] = rows[over] - rows["target_share"] * rows["waiting"] < _PERSON
    return rows.assign(over_target=np.maximum(rows["over_six"] - rows["target_share"] * rows["waiting"], 0.0))


def longest_waiters(s: Solved) -> pd.DataFrame:
    """The thirteen-week target at each month end at which one is asked for, strictly in turn.

    Returns:
        organisation, test, week (Monday), waiting, over_thirteen, share, share_in_turn (the same), target_share, over_target (patients), met,
        met_in_turn (the same).
    """
    found = []
    for o, m, w in s.problem.sets["thirteen_tests"]:
        lists = [(o, m, u, w) for u in s.problem.near("lists_of_test", (o, m))]
        waiting = {i: s.of("waiting", i) for i in lists}
        found.append((o, m, s.monday(w), sum(waiting.values()), sum(max(n - s.given("under_thirteen", i), 0.0) for i, n in waiting.items())))
    rows = pd.DataFrame(found, columns=["organisation", "test", "week", "waiting", "over_thirteen"])
    rows["target_share"] = [s.given("thirteen_share", i) for i in s.problem.sets["thirteen_tests"]]
    over_target = np.maximum(rows["over_thirteen"] - rows["target_share"] * rows["waiting"], 0.0)
    share, is_met = _share(rows["over_thirteen"], rows["waiting"]), over_target < _PERSON
    return rows.assign(share=share, share_in_turn=share, over_target=over_target, met=is_met, met_in_turn=is_met)


def _share(over: pd.Series, waiting: pd.Series) -> np.ndarray:
    return np.where(waiting > 0, over / waiting.where(waiting > 0, 1.0), 0.0)


def met_by_test(months: pd.DataFrame) -> list[dict[str, Any]]:
    """One entry for each organisation and test: whether every month end meets the target, and the worst one; the same strictly in turn."""
    entries = []
    for (o, m), rows in months.groupby(["organisation", "test"], sort=False):
        worst = rows.loc[rows["over_target"].idxmax()] if rows["over_target"].max() > 0 else rows.loc[rows["share"].idxmax()]
        entries.append(
            {"organisation": o, "test": m, "met": bool(rows["met"].all()), "worst_share": float(worst["share"]),
             "worst_week": f"{worst['week']:%Y-%m-%d}", "over_target": float(worst["over_target"]), "target_share": float(worst["target_share"]),
             "met_in_turn": bool(rows["met_in_turn"].all()), "worst_share_in_turn": float(rows["share_in_turn"].max())}
        )  # fmt: skip
    return entries


def costs(tables: Mapping[str, pd.DataFrame], s: Solved) -> dict[str, float]:
    """Cost by kind in pounds, added up from the tables."""
    activity = tables["activity"]
    each = {(site, m): c for (site, m), c in s.problem.values["examination_cost"].items()}
    inside = activity[activity["priority"] != "outside_sessions"]
    insourced = tables["external"].query("kind == 'insourced'")["patients"].groupby([tables["external"]["site"], tables["external"]["test"]]).sum()
    patients = inside.groupby(["site", "test"])["patients"].sum().sub(insourced, fill_value=0.0)
    external = tables["external"].groupby("kind")["cost_gbp"].sum()
    staffing, lists = tables["staffing"], tables["waiting_list"]
    last = lists[lists["week"] == s.monday(s.problem.last_week)]
    result = {
        "sessions": tables["sessions"]["cost_gbp"].sum(),
        "examinations": sum(n * each.get(i, 0.0) for i, n in patients.items()),
        "examinations owed at the end": sum(s.given("owed_cost", (r.organisation, r.test)) * r.waiting for r in last.itertuples()),
        "mobile units": tables["mobiles"]["cost_gbp"].sum(),
        "mutual aid": tables["transfers"]["cost_gbp"].sum(),
        "insourcing": external.get("insourced", 0.0),
        "outsourcing": external.get("outsourced", 0.0),
        "overtime, bank and agency": staffing["cost_gbp"].sum(),
        "outsourced reports": tables["reporting"]["cost_gbp"].sum(),
        "reports owed at the end": _owed_reports(tables["reporting"], s),
        "shared staff": tables["shared_staff"]["cost_gbp"].sum(),
    }
    result = {kind: float(pounds) for kind, pounds in result.items()}
    return result | {"total": float(sum(result.values()))}


def _owed_reports(reporting: pd.DataFrame, s: Solved) -> float:
    """Growth of the backlog over the plan at the price of an outsourced report."""
    last = reporting[reporting["week"] == s.monday(s.problem.last_week)]
    pounds = (
        max(r.backlog - s.given("opening_backlog", (r.organisation,)), 0.0)
        * s.given("outsourced_report_price", (r.organisation,)) / s.given("mean_report", (r.organisation,)) for r in last.itertuples()
    )  # fmt: skip
    return float(sum(pounds))


def measures(inputs: Inputs, solved: Solved, tables: Mapping[str, pd.DataFrame], months: pd.DataFrame, cost: Mapping[str, float]) -> pd.DataFrame:
    """Rows of the table `measures`."""
    rows: list[tuple[str, str, str, float, str]] = [(f"cost: {kind}", "", "", pounds, "£ over the plan") for kind, pounds in cost.items()]
    lists = tables["waiting_list"]
    last = lists[lists["week"] == inputs.weeks[-1]]
    columns = ["waiting", "over_six", "over_six_in_turn"]
    for row in last.assign(over_six=over_six(last)).groupby(["organisation", "test"], sort=False)[columns].sum().reset_index().itertuples():
        rows.append(("waiting at the end", row.organisation, row.test, row.waiting, "patients"))
        rows.append(("over six weeks at the end", row.organisation, row.test, row.over_six, "patients"))
        rows.append(("over six weeks at the end, in turn", row.organisation, row.test, row.over_six_in_turn, "patients"))
    for entry in met_by_test(months):
        where = entry["organisation"], entry["test"]
        rows.append(("worst share over six weeks", *where, entry["worst_share"], "share of the list"))
        rows.append(("worst share over six weeks, in turn", *where, entry["worst_share_in_turn"], "share of the list"))
        rows.append(("patients over the target at worst", entry["organisation"], entry["test"], entry["over_target"], "patients"))
    for entry in met_by_test(longest_waiters(solved)):
        rows.append(("worst share over thirteen weeks, in turn", entry["organisation"], entry["test"], entry["worst_share"], "share of the list"))
        rows.append(("patients over the thirteen-week target at worst", entry["organisation"], entry["test"], entry["over_target"], "patients"))
    for name, table, column in (
        ("examined elsewhere", "transfers", "from_organisation"),
        ("bought from providers", "external", "organisation"),
    ):
        sums = tables[table].groupby([column, "test"], sort=False)["patients"].sum()
        rows.extend((name, o, m, float(n), "patients over the plan") for (o, m), n in sums.items())
    delivered = tables["activity"].groupby(["organisation", "test"], sort=False)["patients"].sum() / len(inputs.weeks)
    rows.extend(("examinations", o, m, float(n), "a week, all kinds") for (o, m), n in delivered.items())
    for m, shares in months.groupby("test", sort=False)["share"]:
        rows.append(("largest share over six weeks of any organisation", "", str(m), float(shares.max()), "share of the list"))
    for (group, m), (patients, minutes) in solved.extra_minutes.items():
        if patients > 0.5:
            rows.append((f"extra minutes of {group} patients examined elsewhere", "", m, minutes / patients, "minutes by road, mean"))
    rows.extend(("premium spend", o, "", solved.premium_spend(o), "£ over the plan") for o in inputs.network.organisations)
    changed = (tables["sessions"]["sessions"] - tables["sessions"]["sessions_today"]).abs().sum()
    rows.append(("sessions changed from today's rota", "", "", float(changed), "sessions over the plan"))
    late = tables["reporting"].groupby("organisation", sort=False)["late_over_4_weeks"].max()
    rows.extend(("late reports at worst", o, "", float(minutes), "minutes over four weeks") for o, minutes in late.items())
    rows.append(("must-do work left undone", "", "", float(tables["activity"]["undone"].sum()), "patient weeks"))
    return pd.DataFrame(rows, columns=["measure", "organisation", "test", "value", "unit"])
