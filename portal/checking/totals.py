"""What is said of a plan as a whole: target met or not, costs, measures, limits."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from portal.checking.budget import premium_spend
from portal.checking.facts import Facts, Key
from portal.checking.fairness import largest_shares, mean_extra_minutes
from portal.checking.lists import over_thirteen
from portal.checking.report import Report, apart, beyond
from portal.checking.reporting import Reports
from portal.checking.written import OUTSIDE, Written

_PERSON = 0.5
"""A target is met when fewer than half a patient are over it."""

_FULL = 0.001

OPENINGS, STAFF, LENDING, MOBILES, TRAVEL = "Openings", "Staff hours", "Hours lent", "Mobile unit weeks", "Travel limit"
REPORTING = "Reporting minutes"
"""What the table of limits calls them. Said again here, since nothing of the model is used."""


def check_target(report: Report, facts: Facts, written: Written) -> None:
    """Met or not, and the worst month end, for each organisation and test."""
    in_turn = written.sums("waiting_list", "organisation test week", "over_six_in_turn")
    _check_met(report, facts, written, written.summary["met"], "target_share", written.over_six("organisation test week"), in_turn)
    longest = over_thirteen(facts, written)
    _check_met(report, facts, written, written.summary.get("met_thirteen", []), "thirteen_share", longest, longest, unless=1.0)


def check_hard_to_book(report: Report, written: Written) -> None:
    """Who is said to be hard to book is among those over six weeks; how many they are takes another projection, and is not worked out here."""
    over = {(o, m, f"{week:%Y-%m-%d}"): patients for (o, m, week), patients in written.over_six("organisation test week").items()}
    for entry in written.summary.get("hard_to_book", []):
        pair, hard = (entry["organisation"], entry["test"]), entry["hard_to_book"]
        report.equal("hard-to-book", "plan.json", pair, entry["over_six"], over.get((*pair, entry["week"]), -1.0), "patients over six weeks")
        if not 0 <= hard <= entry["over_six"] + _FULL:
            report.fault("hard-to-book", "plan.json", f"{hard:,.1f} patients hard to book of {pair}", "some of those over six weeks")


def _check_met(
    report: Report, facts: Facts, written: Written, entries: list[dict[str, Any]], assumption: str, over: Mapping[Key, float],
    in_turn: Mapping[Key, float], unless: float = math.inf,
) -> None:  # fmt: skip
    """What is said of one target; month ends with a share of `unless` or more are not judged."""
    said = {(e["organisation"], e["test"]): e for e in entries}
    waiting = written.sums("waiting_list", "organisation test week", "waiting")
    for o, m in dict.fromkeys((k[0], k[1]) for k in waiting):
        first = facts.assumed("target_week", organisation=o, test=m)
        share = {week: facts.assumed(assumption, week, organisation=o, test=m) for week in facts.measured if facts.weeks.index(week) + 1 >= first}
        weeks = [week for week, asked in share.items() if asked < unless]
        if any((o, m, week) not in over or (o, m, week) not in waiting for week in weeks):
            continue  # a week of the list is missing, and said to be
        beyond_target = [max(over[o, m, week] - share[week] * waiting[o, m, week], 0.0) for week in weeks]
        entry = said.pop((o, m), None)
        if (entry is None) != (not weeks):
            report.fault("met", "plan.json", f"{'no ' if entry is None else ''}word on the target of {o}, {m}", "one for each list with a month end")
        elif entry is not None:
            close = abs(max(beyond_target) - _PERSON) < 1e-3
            if entry["met"] != (max(beyond_target) < _PERSON) and not close:
                report.fault("met", "plan.json", f"the target of {o}, {m} {'met' if entry['met'] else 'missed'}", "the opposite, computed anew")
            report.equal("met", "plan.json", (o, m), entry["over_target"], max(beyond_target), "patients over the target")
            allowed = {f"{week:%Y-%m-%d}": 100 * share[week] for week in weeks}
            report.equal("met", "plan.json", (o, m), 100 * entry["target_share"], allowed.get(entry["worst_week"], -1.0), "per cent allowed")
            at_worst = {f"{week:%Y-%m-%d}": 100 * over[o, m, week] / waiting[o, m, week] if waiting[o, m, week] > 0 else 0.0 for week in weeks}
            report.equal("met", "plan.json", (o, m), 100 * entry["worst_share"], at_worst.get(entry["worst_week"], -1.0), "per cent at worst")
            shares = [100 * in_turn[o, m, week] / waiting[o, m, week] if waiting[o, m, week] > 0 else 0.0 for week in weeks]
            report.equal("met", "plan.json", (o, m), 100 * entry["worst_share_in_turn"], max(shares), "per cent at worst, strictly in turn")
            beyond_target = [max(in_turn[o, m, week] - share[week] * waiting[o, m, week], 0.0) for week in weeks]
            if entry["met_in_turn"] != (max(beyond_target) < _PERSON) and abs(max(beyond_target) - _PERSON) >= 1e-3:
                report.fault("met", "plan.json", f"the target of {o}, {m} strictly in turn {entry['met_in_turn']}", "the opposite, computed anew")
    for pair in said:
        report.fault("met", "plan.json", f"a word on the target of {pair}", "lists of the plan only")


def costs(facts: Facts, written: Written) -> dict[str, float]:
    """Cost of each kind, added up from quantities and prices."""
    assumed, owner = facts.assumed, facts.owner
    each = {key: assumed("examination_cost", organisation=owner.get(key[0], ""), site=key[0], test=key[1])
            for key in {(s, m) for s, _, m in facts.minutes}}  # fmt: skip
    inside = written.sums("activity", "site test", "patients", lambda f: f["priority"] != OUTSIDE)
    bought = written.sums("external", "site test", "patients", lambda f: f["kind"] == "insourced")
    owed = 0.0
    for (o, m), waiting in written.sums("waiting_list", "organisation test", "waiting", lambda f: f["week"] == facts.weeks[-1]).items():
        prices = [each[s, m] + facts.session_time_cost(s, a) * n for (s, a, test), n in facts.minutes.items() if test == m and owner[s] == o]
        owed += waiting * sum(prices) / len(prices) if prices else 0.0
    providers = written.sums("external", "kind", "cost_gbp")
    result = {
        "sessions": sum(written.sums("sessions", "week", "cost_gbp").values()),
        "examinations": sum((n - bought.get(key, 0.0)) * each.get(key, 0.0) for key, n in inside.items()),
        "examinations owed at the end": owed,
        "mobile units": sum(written.sums("mobiles", "week", "cost_gbp").values()),
        "mutual aid": sum(written.sums("transfers", "week", "cost_gbp").values()),
        "insourcing": providers.get(("insourced",), 0.0),
        "outsourcing": providers.get(("outsourced",), 0.0),
        "overtime, bank and agency": sum(written.sums("staffing", "week", "cost_gbp").values()),
        "outsourced reports": sum(written.sums("reporting", "week", "cost_gbp").values()),
        "reports owed at the end": Reports(facts).owed(written),
        "shared staff": sum(written.sums("shared_staff", "week", "cost_gbp").values()),
    }
    return result | {"total": sum(result.values())}


def check_costs(report: Report, facts: Facts, written: Written) -> None:
    """Costs as they are said, each row of them checked before against its price."""
    report.same("cost", "plan.json", written.summary["cost_gbp"], costs(facts, written), "pounds")


def expected_measures(facts: Facts, written: Written) -> dict[str, dict[Key, float]]:
    """Every measure this check knows, by name, then organisation and test."""
    last = facts.weeks[-1]
    met, longest = ({(e["organisation"], e["test"]): e for e in written.summary.get(name, [])} for name in ("met", "met_thirteen"))
    lists = written.sums("waiting_list", "organisation test", "waiting", lambda f: f["week"] == last)
    over = written.over_six("organisation test", lambda f: f["week"] == last)
    in_turn = written.sums("waiting_list", "organisation test", "over_six_in_turn", lambda f: f["week"] == last)
    sessions = written.tables["sessions"]
    late = written.tables["reporting"].groupby("organisation")["late_over_4_weeks"].max()
    return {
        **{f"cost: {kind}": {("", ""): pounds} for kind, pounds in written.summary["cost_gbp"].items()},
        "waiting at the end": lists,
        "over six weeks at the end": over,
        "over six weeks at the end, in turn": in_turn,
        "worst share over six weeks": {key: e["worst_share"] for key, e in met.items()},
        "worst share over six weeks, in turn": {key: e["worst_share_in_turn"] for key, e in met.items()},
        "patients over the target at worst": {key: e["over_target"] for key, e in met.items()},
        "worst share over thirteen weeks, in turn": {key: e["worst_share"] for key, e in longest.items()},
        "patients over the thirteen-week target at worst": {key: e["over_target"] for key, e in longest.items()},
        "examined elsewhere": written.sums("transfers", "from_organisation test", "patients"),
        "bought from providers": written.sums("external", "organisation test", "patients"),
        "examinations": {k: n / len(facts.weeks) for k, n in written.sums("activity", "organisation test", "patients").items()},
        "largest share over six weeks of any organisation": largest_shares(facts, written),
        **mean_extra_minutes(facts, written),
        "premium spend": {(o, ""): pounds for o, pounds in premium_spend(facts, written).items()},
        "sessions changed from today's rota": {("", ""): float((sessions["sessions"] - sessions["sessions_today"]).abs().sum())},
        "late reports at worst": {(o, ""): float(minutes) for o, minutes in late.items()},
        "must-do work left undone": {("", ""): float(written.tables["activity"]["undone"].sum())},
    }  # fmt: skip


def check_measures(report: Report, facts: Facts, written: Written) -> None:
    """Measures agree with the tables they sum up."""
    said: dict[str, dict[Key, float]] = {}
    for row in written.rows("measures"):
        said.setdefault(row.measure, {})[row.organisation, row.test] = row.value
    for name, values in expected_measures(facts, written).items():
        report.same(f"measure: {name}", "measures", said.get(name, {}), values, "in the unit of the measure")


def check_limits(report: Report, facts: Facts, written: Written) -> None:
    """Nothing uses more than there is, a limit binds where nothing is left, and what is used is what the other tables say."""
    used: dict[Key, float] = {}
    for row in written.rows("limits"):
        where = (row.what, row.where, row.week)
        if row.what == TRAVEL:
            if not row.binding or row.used <= row.available:
                report.fault("limit", "limits", f"{row.used:,.0f} minutes ({where})", f"a journey beyond {row.available:,.0f} minutes")
            continue
        report.at_most("limit", "limits", where, row.used, row.available, row.unit)
        full = row.available > 0 and not beyond(row.available, row.used + _FULL)
        clear = apart(row.available, row.used) or row.available == row.used
        if clear and row.binding != full:
            report.fault("binding", "limits", f"{row.used:,.3f} of {row.available:,.3f} {row.unit} ({where})", "binding where nothing is left")
        used[row.what, row.week] = used.get((row.what, row.week), 0.0) + row.used
    for what, elsewhere in _elsewhere(facts, written).items():
        for week in facts.weeks:
            report.equal("limit-used", "limits", (what, week), used.get((what, week), 0.0), elsewhere.get((week,), 0.0), "used")


def _elsewhere(facts: Facts, written: Written) -> Mapping[str, Mapping[Key, Any]]:
    """What other tables say is used of each limit, by week."""
    standing = {(week,): float(n) for week, n in written.tables["mobiles"].query("present").groupby("week").size().items()}
    return {
        OPENINGS: written.sums("sessions", "week", "sessions"), STAFF: written.sums("staffing", "week", "hours_needed"), MOBILES: standing,
        REPORTING: Reports(facts).used(written),
        LENDING: written.sums("shared_staff", "week", "hours"),
    }  # fmt: skip
