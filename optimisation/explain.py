"""A plan in sentences: met or not, where not and what limits it, what runs where, who helps whom, what it costs.

Sentences are plain text; screens, workbooks, reports and the command line show the same ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from data.network import Network
from data.plan import IN_TURN, Plan, over_six
from data.words import count, day, listed, number, percent, pounds
from optimisation.allocation.limit_kinds import (
    ACCEPTANCE,
    BATCH,
    BUDGET,
    EXTRA_MINUTES,
    EXTRA_STAFF,
    INSOURCING,
    LENDING,
    OPENINGS,
    OUTSOURCING,
    SESSION,
    SHORTEST,
    STAFF,
    TRAVEL,
)

_MOST_LIMITS = 3
_MOST_CHANGES = 6
_WORTH_A_WORD = 0.5
_WORTH_NAMING = 5
"""Patients."""

_TOO_LITTLE = 1e-5
"""Part of the cost that is not worth a word."""


@dataclass(frozen=True)
class Answer:
    """What a plan says.

    Attributes:
        headline: one sentence.
        missed: where the target is missed and what limits it there.
        nearer: what would bring a missed target nearer.
        booking: what booking strictly in turn would come to.
        sessions: how sessions differ from today's rota.
        mobiles: where mobile units stand.
        aid: who helps whom.
        cost: what it costs.
        caveats: what the reader must know before believing a number.
    """

    headline: str
    missed: list[str]
    nearer: list[str]
    booking: list[str]
    sessions: list[str]
    mobiles: list[str]
    aid: list[str]
    cost: list[str]
    caveats: list[str]

    def sections(self) -> list[tuple[str, list[str]]]:
        """Title and sentences of each part that has any, in reading order."""
        parts = [
            ("Where the target is missed", self.missed), ("What would bring it nearer", self.nearer),
            ("Booking order", self.booking), ("Sessions", self.sessions), ("Mobile units", self.mobiles),
            ("Mutual aid and providers", self.aid), ("Cost", self.cost), ("Before you use these figures", self.caveats),
        ]  # fmt: skip
        return [(title, sentences) for title, sentences in parts if sentences]


def answer(plan: Plan, network: Network) -> Answer:
    """The plan in sentences.

    Args:
        plan: the plan.
        network: the network it was made for, for titles.
    """
    words = _Words(network)
    return Answer(
        _headline(plan, words), _missed(plan, network, words), _nearer(plan), _booking(plan, words), _sessions(plan, words), _mobiles(plan, words),
        _aid(plan, words), _cost(plan), _caveats(plan),
    )  # fmt: skip


class _Words:
    """Titles by table."""

    def __init__(self, network: Network) -> None:
        self.organisations = network.short_titles("organisations")
        self.sites = network.short_titles("sites")
        self.tests = network.titles("tests")
        self.asset_types = network.titles("asset_types")
        self.session_types = network.titles("session_types")
        self.mobiles = network.titles("mobiles")
        self.staff_groups = network.titles("staff_groups")


def _headline(plan: Plan, words: _Words) -> str:
    entries = plan.summary["met"]
    missed = [e for e in entries if not e["met"]]
    weeks = plan.summary["target"]["measured_weeks"]
    if not entries:
        return "No target is measured within this plan: make it longer, or set an earlier target date."
    span = f"at each of the {len(weeks)} month ends from the week of {day(weeks[0])}" if len(weeks) > 1 else f"in the week of {day(weeks[0])}"
    lists = f"{len(entries)} lists" if len(entries) > 1 else "one list"
    in_turn = plan.summary["booking_order"] == IN_TURN
    late = len(_missed_thirteen(plan))
    longest = f" The thirteen-week target is missed on {count(late, 'list')}." if late else ""
    if not missed:
        order = "seen strictly in turn" if in_turn else "booked as today"
        return f"The six-week target is met on all {lists} {span}, if patients are {order}.{longest}"
    worst = max(missed, key=lambda e: e["worst_share"] - e["target_share"])
    where = f"{words.tests[worst['test']]} at {words.organisations[worst['organisation']]}"
    order = "even if patients are seen strictly in turn" if in_turn else "if patients are booked as today"
    return (
        f"The six-week target is missed on {len(missed)} of {lists} {span}, {order}; worst: {where}, "
        f"{percent(worst['worst_share'])} over six weeks against {percent(worst['target_share'])}." + longest
    )


def _nearer(plan: Plan) -> list[str]:
    """What would bring a missed target nearer, solved again around the plan."""
    if all(e["met"] for e in plan.summary["met"]):
        return []
    rows = plan["worth"]
    rows = rows.assign(gain=rows["over_target_before"] - rows["over_target_after"])
    helps = rows[rows["gain"] >= _WORTH_A_WORD]
    if rows.empty:
        return []
    if helps.empty:
        return ["Nothing of which a little more was tried (a session a week, staff, bought examinations) brings the target nearer by itself."]
    said = []
    places = helps.groupby(["what", "where"], sort=False)["gain"].max().sort_values(ascending=False, kind="stable").head(_MOST_CHANGES).index
    for what, where in places:
        group = rows[(rows["what"] == what) & (rows["where"] == where)].sort_values("units")
        steps = [f"{count(round(r.units), _unit(what))} more: {number(r.over_target_after)}" for r in group.itertuples()]
        before = number(float(group["over_target_before"].iloc[0]))
        said.append(f"{what} ({where}): {before} patients are over the target now in what it touches; with {'; with '.join(steps)}.")
    return said


def _unit(what: str) -> str:
    return {SESSION: "session a week", EXTRA_STAFF: "whole-time equivalent"}.get(what, "time ten examinations a week")


def _booking(plan: Plan, words: _Words) -> list[str]:
    """What booking strictly in turn would come to with the same sessions: the worth of booking alone."""
    if plan.summary["booking_order"] == IN_TURN:
        return []
    lists = plan["waiting_list"]
    last = lists[lists["week"] == lists["week"].max()]
    waiting, over, in_turn = float(last["waiting"].sum()), float(over_six(last).sum()), float(last["over_six_in_turn"].sum())
    if waiting < 1:
        return []
    missed, still = ([e for e in plan.summary["met"] if not e[name]] for name in ("met", "met_in_turn"))
    said = [
        f"At the end {number(over)} patients wait over six weeks ({percent(over / waiting)} of the lists) if they are booked as in recent months; "
        f"strictly in turn it would be {number(in_turn)} ({percent(in_turn / waiting)}) with the same sessions."
    ]
    if len(still) < len(missed):
        said.append(
            f"Booked strictly in turn, {len(still) or 'no'} {'list' if len(still) == 1 else 'lists'} would miss the target, not {len(missed)}. "
            'What a part of it brings is the assumption "Slots booked strictly in turn". Urgent patients seen early are not indiscipline.'
        )
    gains = last.assign(gain=over_six(last) - last["over_six_in_turn"]).groupby(["organisation", "test"], sort=False)["gain"].sum()
    most = gains[gains >= _WORTH_NAMING].sort_values(ascending=False, kind="stable").head(_MOST_LIMITS)
    if len(most):
        named = listed([f"{words.tests[m]} at {words.organisations[o]} ({number(n)} patients)" for (o, m), n in most.items()])
        said.append(f"The difference is largest for {named}.")
    return said


def _missed_thirteen(plan: Plan) -> list[dict[str, Any]]:
    return [e for e in plan.summary.get("met_thirteen", []) if not e["met"]]


def _missed(plan: Plan, network: Network, words: _Words) -> list[str]:
    said = []
    binding = plan["limits"].query("binding")
    for entry in sorted((e for e in plan.summary["met"] if not e["met"]), key=lambda e: -e["over_target"]):
        o, m = entry["organisation"], entry["test"]
        said.append(
            f"{words.tests[m]} at {words.organisations[o]}: {percent(entry['worst_share'])} over six weeks in the week of "
            f"{day(entry['worst_week'])}, {entry['over_target']:,.0f} patients more than the target of {percent(entry['target_share'])} allows. "
            + _limited_by(binding[binding["week"] <= pd.Timestamp(entry["worst_week"])], network, words, o, m)
        )
    return said + [
        f"{words.tests[e['test']]} at {words.organisations[e['organisation']]}: {percent(e['worst_share'])} over thirteen weeks in the week of "
        f"{day(e['worst_week'])}, {e['over_target']:,.0f} patients more than the target of {percent(e['target_share'])} allows."
        for e in sorted(_missed_thirteen(plan), key=lambda e: -e["over_target"])
    ]


def _limited_by(binding: pd.DataFrame, network: Network, words: _Words, o: str, m: str) -> str:
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


def _about(rows: pd.DataFrame, network: Network, words: _Words, o: str, m: str) -> pd.Series:
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


def _sessions(plan: Plan, words: _Words) -> list[str]:
    rows = plan["sessions"]
    if rows.empty:
        return []
    weeks = plan.summary["target"]["horizon_weeks"]
    change = rows.assign(change=rows["sessions"] - rows["sessions_today"]).groupby(["site", "asset_type", "session_type"], sort=False)["change"].sum()
    total, today = rows["sessions"].sum(), rows["sessions_today"].sum()
    said = [f"{total / weeks:,.0f} sessions a week on average, against {today / weeks:,.0f} in today's rota."]
    moved = change[change.abs() >= 1]
    for (site, a, t), n in moved.reindex(moved.abs().sort_values(ascending=False).index)[:_MOST_CHANGES].items():
        direction = "more" if n > 0 else "fewer"
        said.append(f"{words.sites[site]}, {words.asset_types[a]}, {words.session_types[t]}: {abs(n):,.0f} {direction} over the plan.")
    return said


def _mobiles(plan: Plan, words: _Words) -> list[str]:
    rows, last_week = plan["mobiles"].query("present"), plan["waiting_list"]["week"].max()
    said = []
    for mobile, title in words.mobiles.items():
        stays = _stays(rows[rows["mobile"] == mobile])
        places = ", then ".join(f"{words.sites[site]} ({day(first)} to {day(last + pd.Timedelta(days=6))})" for site, first, last in stays)
        idle = "; not used after that" if stays and stays[-1][2] < last_week else ""
        said.append(f"{title}: {places}{idle}." if places else f"{title}: not used.")
    return said


def _stays(rows: pd.DataFrame) -> list[tuple[str, pd.Timestamp, pd.Timestamp]]:
    stays: list[tuple[str, pd.Timestamp, pd.Timestamp]] = []
    for row in rows.sort_values("week").itertuples():
        if stays and stays[-1][0] == row.site and row.week - stays[-1][2] == pd.Timedelta(days=7):
            stays[-1] = (row.site, stays[-1][1], row.week)
        else:
            stays.append((row.site, row.week, row.week))
    return stays


def _aid(plan: Plan, words: _Words) -> list[str]:
    moved, bought = plan["transfers"], plan["external"]
    said = []
    sums = (
        moved.assign(road=moved["patients"] * moved["minutes"])
        .groupby(["from_organisation", "to_organisation", "test"], sort=False)[["patients", "road"]]
        .sum()
    )
    for (i, j, m), row in sums[sums["patients"] >= 0.5].sort_values("patients", ascending=False).iterrows():
        said.append(
            f"{words.organisations[j]} examines {row['patients']:,.0f} patients of {words.organisations[i]} for {words.tests[m]}, "
            f"{row['road'] / row['patients']:,.0f} minutes by road on average."
        )
    kinds = bought.groupby(["kind", "organisation", "test"], sort=False)["patients"].sum()
    for (kind, o, m), n in kinds[kinds >= 0.5].items():
        said.append(f"{words.organisations[o]} has {count(round(n), f'{words.tests[m]} examination')} {kind}.")
    return [*(said or ["Nobody is examined at another trust or by a provider."]), *_lent(plan["shared_staff"], words)]


def _lent(rows: pd.DataFrame, words: _Words) -> list[str]:
    """Who lends staff to whom."""
    rows = rows.assign(road=rows["hours"] * rows["minutes"])
    sums = rows.groupby(["from_organisation", "to_organisation", "staff_group"], sort=False)[["hours", "road"]].sum()
    sums = sums[sums["hours"] >= 0.5].sort_values("hours", ascending=False)
    said = [
        f"{words.organisations[i]} lends {words.organisations[j]} {count(round(row['hours']), 'hour')} of work by "
        f"{words.staff_groups[g]}, {row['road'] / row['hours']:,.0f} minutes by road there and back on average."
        for (i, j, g), row in sums[:_MOST_CHANGES].iterrows()
    ]
    rest = sums[_MOST_CHANGES:]["hours"]
    return [*said, f"Staff are lent for {count(round(rest.sum()), 'hour')} more, in {len(rest)} smaller ways."] if len(rest) else said


def _cost(plan: Plan) -> list[str]:
    cost = plan.summary["cost_gbp"]
    parts = [f"{kind} {pounds(amount)}" for kind, amount in cost.items() if kind != "total" and amount > _TOO_LITTLE * cost["total"]]
    weeks = plan.summary["target"]["horizon_weeks"]
    return [f"{pounds(cost['total'])} over {count(weeks, 'week')}: {listed(parts)}."]


def _caveats(plan: Plan) -> list[str]:
    """What the plan says of itself, its findings, and how far it may be from the best."""
    summary = plan.summary
    gap = next(s for s in summary["stages"] if s["name"] == "cost")["gap"]
    how = {
        "optimal": f"No plan that does as well on the target costs more than {percent(gap)} less.",
        "time limit": "The time limit stopped the search: a better plan may exist.",
        "cancelled": "The run was cancelled: this is the best plan found until then.",
        "gap not reached": "The search ended before the asked gap was proved: a better plan may exist.",
    }
    return [*summary["notes"], how[summary["status"]], *summary["findings"]]
