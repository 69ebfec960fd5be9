"""Where a plan misses its target, what limits it there, and what would bring it nearer, in sentences."""

from __future__ import annotations

from typing import Any

import pandas as pd

from data.network import Network
from data.plan import Plan
from data.words import count, day, number, percent, pounds
from optimisation.allocation.limit_kinds import (
    A_UNIT,
    ACCEPTANCE,
    BATCH,
    BUDGET,
    EXTRA_MINUTES,
    EXTRA_STAFF,
    INSOURCING,
    LENDING,
    MORE_REPORTING,
    OPENINGS,
    OUTSOURCING,
    SESSION,
    SHORTEST,
    STAFF,
    TRAVEL,
)
from optimisation.explain_reports import reports_hold_back

_MOST_LIMITS = 3
_MOST_NAMED = 6
_WORTH_A_WORD = 0.5


class Words:
    """Titles by table."""

    def __init__(self, network: Network) -> None:
        self.organisations = network.short_titles("organisations")
        self.sites = network.short_titles("sites")
        self.tests = network.titles("tests")
        self.asset_types = network.titles("asset_types")
        self.session_types = network.titles("session_types")
        self.mobiles = network.titles("mobiles")
        self.staff_groups = network.titles("staff_groups")


def missed_thirteen(plan: Plan) -> list[dict[str, Any]]:
    """Entries of the lists that miss the thirteen-week target."""
    return [e for e in plan.summary.get("met_thirteen", []) if not e["met"]]


def missed(plan: Plan, network: Network, words: Words) -> list[str]:
    """Each list that misses a target, the worst first, and what limits it."""
    said = []
    binding = plan["limits"].query("binding")
    for entry in sorted((e for e in plan.summary["met"] if not e["met"]), key=lambda e: -e["over_target"]):
        o, m = entry["organisation"], entry["test"]
        said.append(
            f"{words.tests[m]} at {words.organisations[o]}: {percent(entry['worst_share'])} over six weeks in the week of "
            f"{day(entry['worst_week'])}, {entry['over_target']:,.0f} patients more than the target of {percent(entry['target_share'])} allows. "
            + _limited_by(binding[binding["week"] <= pd.Timestamp(entry["worst_week"])], network, words, o, m)
            + _hard_to_book(plan, o, m)
        )
    return said + [
        f"{words.tests[e['test']]} at {words.organisations[e['organisation']]}: {percent(e['worst_share'])} over thirteen weeks in the week of "
        f"{day(e['worst_week'])}, {e['over_target']:,.0f} patients more than the target of {percent(e['target_share'])} allows."
        for e in sorted(missed_thirteen(plan), key=lambda e: -e["over_target"])
    ]


def hard_to_book(plan: Plan) -> list[dict[str, Any]]:
    """Lists with patients over six weeks whom more slots would not reach, most of them first."""
    some = [e for e in plan.summary.get("hard_to_book", []) if e["hard_to_book"] >= _WORTH_A_WORD]
    return sorted(some, key=lambda e: -e["hard_to_book"])


def _hard_to_book(plan: Plan, o: str, m: str) -> str:
    """Who of a list is not a matter of capacity; nothing where everybody is."""
    for entry in hard_to_book(plan):
        if (entry["organisation"], entry["test"]) == (o, m):
            over, hard = number(entry["over_six"]), number(entry["hard_to_book"])
            return (
                f" Of {over} over six weeks in the week of {day(entry['week'])}, {hard} are hard to book: as this list is booked they would wait as "
                "long however many slots there were. Another booking order reaches them, capacity does not."
            )
    return ""


def _limited_by(binding: pd.DataFrame, network: Network, words: Words, o: str, m: str) -> str:
    """The limits that bind for one list, those that bind most often first."""
    near = binding[_about(binding, network, words, o, m)]
    if near.empty:
        return "No single limit binds in every week: the change from today's rota costs more than it brings, or the list starts too long."
    weeks = near.groupby(["what", "where"], sort=False).agg(weeks=("week", "nunique"), value=("value_of_one_more", "max"), used=("used", "max"),
                                                             available=("available", "max"), unit=("unit", "first")).reset_index()  # fmt: skip
    weeks["rank"] = weeks["what"].map({TRAVEL: 1, SHORTEST: -1}).fillna(0)
    top = weeks.sort_values(["rank", "weeks", "value"], ascending=[True, False, False], kind="stable")
    shown = pd.concat([top[top["what"] != TRAVEL].head(_MOST_LIMITS), top[top["what"] == TRAVEL].head(1)])
    return "It is limited by " + "; ".join(_limit_words(row) for row in shown.itertuples()) + "."


def _about(rows: pd.DataFrame, network: Network, words: Words, o: str, m: str) -> pd.Series:
    """Rows of the limits that could hold back one organisation's list for one test."""
    able = set(network["capabilities"].query("test == @m")["asset_type"])
    own = [s for s, owner in network.owner.items() if owner == o]
    rooms = tuple(f"{words.asset_types[a]}, {words.sites[s]}," for a in able for s in own)
    groups = set(network["staffing"].loc[network["staffing"]["asset_type"].isin(able), "staff_group"])
    titles = network.titles("staff_groups")
    staff = {f"{titles[g]}, {words.organisations[o]}" for g in groups}
    lenders = {f"{titles[g]}, {title}" for g in groups for i, title in words.organisations.items() if i != o}
    test = f"{words.tests[m]}, "
    what, where = rows["what"], rows["where"]
    from_here = where.str.startswith(f"{test}{words.organisations[o]} to ")
    return (
        ((what == OPENINGS) & where.str.startswith(rooms if rooms else ("\0",)))
        | ((what == STAFF) & where.isin(staff))
        | reports_hold_back(rows, words.organisations[o], words.tests[m])
        | ((what == LENDING) & where.isin(lenders))
        | (what.isin([BATCH, ACCEPTANCE, TRAVEL]) & from_here)
        | ((what == EXTRA_MINUTES) & where.str.startswith(test))
        | ((what == BUDGET) & (where == words.organisations[o]))
        | (what.isin([OUTSOURCING, SHORTEST]) & (where == f"{test}{words.organisations[o]}"))
        | ((what == INSOURCING) & where.isin({f"{test}{words.sites[s]}" for s in own}))
    )


def _limit_words(row: Any) -> str:
    weeks = f"in {count(row.weeks, 'week')}"
    if row.what == SHORTEST:
        return (
            f"the list itself, as short as booking lead time keeps it at {count(row.weeks, 'month end')} ({row.available:,.0f} patients): more slots "
            "do not help there, another booking order does"
        )
    if row.what == TRAVEL:
        return f"the travel limit of {row.available:,.0f} minutes ({row.where} is {row.used:,.0f} minutes and has room)"
    if row.what == BUDGET:
        return f"the premium budget of {pounds(row.available)} (all spent, £1,000 more worth up to {pounds(1000 * row.value)})"
    if row.what == EXTRA_MINUTES:
        return f"the cap of {row.available:,.0f} extra minutes by road on average ({row.where})"
    worth = f", one more worth up to {pounds(row.value)}" if row.value >= 1 else ""
    return f"{row.what.lower()} ({row.where}) full {weeks}{worth}"


def nearer(plan: Plan) -> list[str]:
    """What would bring a missed target nearer, solved again around the plan."""
    if all(e["met"] for e in plan.summary["met"]):
        return []
    rows = plan["worth"]
    rows = rows.assign(gain=rows["over_target_before"] - rows["over_target_after"])
    helps = rows[rows["gain"] >= _WORTH_A_WORD]
    if rows.empty:
        return []
    if helps.empty:
        tried = "a session a week, staff, reporting time, bought examinations"
        return [f"Nothing of which a little more was tried ({tried}) brings the target nearer by itself."]
    said = []
    places = helps.groupby(["what", "where"], sort=False)["gain"].max().sort_values(ascending=False, kind="stable").head(_MOST_NAMED).index
    for what, where in places:
        group = rows[(rows["what"] == what) & (rows["where"] == where)].sort_values("units")
        steps = [f"{_amount(what, r.units)} more: {number(r.over_target_after)}" for r in group.itertuples()]
        before = number(float(group["over_target_before"].iloc[0]))
        said.append(f"{what} ({where}): {before} patients are over the target now in what it touches; with {'; with '.join(steps)}.")
    return said


def _amount(what: str, units: float) -> str:
    one = {SESSION: "session", EXTRA_STAFF: "whole-time equivalent", MORE_REPORTING: "hour of reports"}.get(what, "examination")
    words = count(round(A_UNIT[what] * units), one, "hours of reports" if what == MORE_REPORTING else "")
    return words if what == EXTRA_STAFF else f"{words} a week"
