"""A plan in sentences: met or not, where not and what limits it, what runs where, who helps whom, what it costs.

Sentences are plain text; screens, workbooks, reports and the command line show the same ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from data.network import Network
from data.plan import IN_TURN, Plan, over_six
from data.words import count, day, listed, number, percent, pounds
from optimisation.explain_goals import put_first
from optimisation.explain_missed import Words, missed, missed_thirteen, nearer
from optimisation.explain_reports import reports_in_words

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
        reports: who writes reports for whom, what is bought, what is late; nothing where reports do not limit the plan.
        cost: what it costs.
        goals: what it puts first, and what each goal costs.
        caveats: what the reader must know before believing a number.
    """

    headline: str
    missed: list[str]
    nearer: list[str]
    booking: list[str]
    sessions: list[str]
    mobiles: list[str]
    aid: list[str]
    reports: list[str]
    cost: list[str]
    goals: list[str]
    caveats: list[str]

    def sections(self) -> list[tuple[str, list[str]]]:
        """Title and sentences of each part that has any, in reading order."""
        parts = [
            ("Where the target is missed", self.missed), ("What would bring it nearer", self.nearer),
            ("Booking order", self.booking), ("Sessions", self.sessions), ("Mobile units", self.mobiles),
            ("Mutual aid and providers", self.aid), ("Reports", self.reports), ("Cost", self.cost),
            ("What it puts first, and the price of that", self.goals),
            ("Before you use these figures", self.caveats),
        ]  # fmt: skip
        return [(title, sentences) for title, sentences in parts if sentences]


def answer(plan: Plan, network: Network) -> Answer:
    """The plan in sentences.

    Args:
        plan: the plan.
        network: the network it was made for, for titles.
    """
    words = Words(network)
    return Answer(
        _headline(plan, words), missed(plan, network, words), nearer(plan), _booking(plan, words), _sessions(plan, words), _mobiles(plan, words),
        _aid(plan, words), reports_in_words(plan, network), _cost(plan), put_first(plan), _caveats(plan),
    )  # fmt: skip


def _headline(plan: Plan, words: Words) -> str:
    entries = plan.summary["met"]
    missed = [e for e in entries if not e["met"]]
    weeks = plan.summary["target"]["measured_weeks"]
    if not entries:
        return "No target is measured within this plan: make it longer, or set an earlier target date."
    span = f"at each of the {len(weeks)} month ends from the week of {day(weeks[0])}" if len(weeks) > 1 else f"in the week of {day(weeks[0])}"
    lists = f"{len(entries)} lists" if len(entries) > 1 else "one list"
    in_turn = plan.summary["booking_order"] == IN_TURN
    late = len(missed_thirteen(plan))
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


def _booking(plan: Plan, words: Words) -> list[str]:
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


def _sessions(plan: Plan, words: Words) -> list[str]:
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


def _mobiles(plan: Plan, words: Words) -> list[str]:
    rows, last_week = plan["mobiles"].query("present"), plan["waiting_list"]["week"].max()
    said = []
    for mobile, title in words.mobiles.items():
        stays = _stays(rows[rows["mobile"] == mobile])
        places = ", then ".join(f"{words.sites[site]} ({day(first)} to {day(last + pd.Timedelta(days=6))})" for site, first, last in stays)
        idle = "; not used after that" if stays and stays[-1][2] < last_week else ""
        said.append(f"{title}: {places}{idle}." if places else f"{title}: not used.")
    return [*said, *_next_best(plan, words)]


def _next_best(plan: Plan, words: Words) -> list[str]:
    """Why a unit stands where it stands: the next best place and what it would cost."""
    said = []
    for row in plan["placements"].itertuples():
        instead = f"at {words.sites[row.next_site]}, the next best place" if row.next_site else "unused, which is next best"
        more, late = row.cost_change_gbp, row.over_target_after - row.over_target_before
        effects = [f"{pounds(abs(more))} {'more' if more > 0 else 'less'}"] if abs(more) >= 1 else []
        effects += [f"{number(abs(late))} {'more' if late > 0 else 'fewer'} patients over the target"] if abs(late) >= 1 else []
        said.append(
            f"{words.mobiles[row.mobile]} from {day(row.from_week)} at {words.sites[row.site]}: {instead}, it would mean "
            f"{listed(effects) if effects else 'no difference that counts'}."
        )
    return said


def _stays(rows: pd.DataFrame) -> list[tuple[str, pd.Timestamp, pd.Timestamp]]:
    stays: list[tuple[str, pd.Timestamp, pd.Timestamp]] = []
    for row in rows.sort_values("week").itertuples():
        if stays and stays[-1][0] == row.site and row.week - stays[-1][2] == pd.Timedelta(days=7):
            stays[-1] = (row.site, stays[-1][1], row.week)
        else:
            stays.append((row.site, row.week, row.week))
    return stays


def _aid(plan: Plan, words: Words) -> list[str]:
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


def _lent(rows: pd.DataFrame, words: Words) -> list[str]:
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
    proved = f"No plan that does as well on the target costs more than {percent(gap)} less."
    if summary["booking_order"] != IN_TURN:
        proved = (
            f"No plan with lists near these that does as well on the target costs more than {percent(gap)} less, as far as the last step of the "
            "search tells. The order in which lists are booked leaves open whether a plan with quite other lists does."
        )
    how = {
        "optimal": proved,
        "time limit": "The time limit stopped the search: a better plan may exist.",
        "cancelled": "The run was cancelled: this is the best plan found until then.",
        "gap not reached": "The search ended before the asked gap was proved: a better plan may exist.",
        "quick answer": "",
    }
    said = [quick_in_words(plan), *summary["notes"], how[summary["status"]], *summary["findings"]]
    return [sentence for sentence in said if sentence]


def quick_in_words(plan: Plan) -> str:
    """What a quick answer is worth; empty for a plan that was solved in full."""
    quick = plan.summary.get("quick")
    if quick is None:
        return ""
    which = "the best plan" if plan.summary["booking_order"] == IN_TURN else "the best plan with lists near these"
    return (
        f'Quick answer, started from the plan of "{quick["scenario"]}"; proved within {percent(quick["gap"], 2)} of {which}, over its goals in one. '
        "Solve in full for evidence."
    )
