"""Capacity against demand: when and where lists break if nothing changes, and what would sustain or clear them.

The published arithmetic of `forecasting.capacity`, applied to the lists of `portal.lists_ahead` under the choices of whoever looks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.activity import OVER_SIX
from data.network import Network
from data.words import count, day, listed, number, percent
from forecasting import capacity as formulae
from portal.lists_ahead import Lists

LEAST_LATE, MOST_LATE = 0.002, 0.9
"""Bounds of a late share from which a safety factor is taken: no list is so short that nobody is ever late."""

SLOT_CV = formulae.POISSON
"""Coefficient of variation of the time between two slots; the published default."""

KEPT_SHARE = 0.85
"""Share of weeks in which slots kept for urgent patients are enough."""

BASES = {"target": "Each list's target", "late": "A late share", "factor": "A safety factor"}
"""Where the safety factor comes from."""

ROOMS = {"queue": "Queueing formula", "65": "65th percentile", "75": "75th percentile", "85": "85th percentile"}
"""Room for weeks that vary: target capacity, or a percentile of weekly demand."""

EVENTS = {"either": "Either limit", "share": "Target share", "list": "Sustainable size"}
"""What a list may pass to count as broken."""

_PEOPLE = 0.5
"""A projected list shorter than this is empty."""


@dataclass(frozen=True)
class Asked:
    """What is looked at and how it is worked out; every choice stands in the address.

    Attributes:
        organisation, test: empty = all.
        basis: a key of `BASES`.
        late: share of patients late, in per cent, for the basis `late`.
        factor: F, for the basis `factor`.
        weeks: to recover in.
        room: a key of `ROOMS`.
        spread: variance over mean of the requests of a week; 1 = Poisson.
        urgent: per cent of patients for whom slots are kept; 0 = none.
        released: kept slots that are free seven days before are given to others.
        change: change of slots, in per cent, at which a list's clearance is looked at.
        event: a key of `EVENTS`.
    """

    organisation: str = ""
    test: str = ""
    basis: str = "target"
    late: float = 5.0
    factor: float = 4.0
    weeks: int = int(formulae.RECOVERY_WEEKS)
    room: str = "queue"
    spread: float = 1.0
    urgent: float = 0.0
    released: bool = False
    change: float = 0.0
    event: str = "either"

    @property
    def cv(self) -> float:
        """Coefficient of variation of the time between two requests."""
        return float(formulae.cv_between(1.0, self.spread))


def judged(held: Lists, asked: Asked) -> pd.DataFrame:
    """Every list that is looked at, with what the published arithmetic says of it.

    Returns:
        `rows` of the lists, and: demand, capacity, seen (a week, mean of the horizon), load (NaN = unsustainable), state, gap, factor,
        sustainable, backlog (patients), too_big, pressure, allowance (demand with one for its estimate), simple_clearance (weeks), needed (slots a
        week to sustain), kept (slots a week carved out), relief (slots a week to clear in the weeks asked; NaN where nothing is to clear),
        more_to_sustain, more_to_clear (slots a week on top of today's), clears_in (weeks at the changed capacity; NaN = never), share_breaks,
        list_breaks, breaks (weeks from now; 0 = over already, NaN = not within the horizon), waiting_end and share_end.
    """
    mask = held.of(asked.organisation, asked.test)
    rows = held.rows[mask].reset_index(drop=True)
    demand, capacity, waiting = held.demand[mask].mean(axis=1), held.capacity[mask].mean(axis=1), rows["waiting"].to_numpy()
    factor = _factor(rows, asked)
    sustainable = formulae.target_list(demand, OVER_SIX, factor)
    carved = formulae.carve_out(demand, asked.urgent / 100, KEPT_SHARE, asked.cv, released=asked.released)
    needed = _needed(demand, factor, asked) + carved.extra
    over = formulae.backlog(waiting, sustainable)
    relief = np.where(over > 0, formulae.relief_capacity(demand, waiting, sustainable, asked.weeks) + carved.extra, np.nan)
    more = np.maximum(needed - capacity, 0.0)
    seen = held.seen[mask].mean(axis=1)
    return rows.assign(
        demand=demand, capacity=capacity, seen=seen, load=formulae.load(demand, capacity),
        state=formulae.state(demand, capacity, needed), gap=formulae.recurring_gap(demand, capacity), factor=factor, sustainable=sustainable,
        backlog=over, too_big=formulae.is_too_big(waiting, sustainable), pressure=formulae.pressure(rows["mean_wait"], OVER_SIX),
        allowance=_allowance(held, demand, asked), simple_clearance=formulae.simple_clearance_weeks(waiting, seen), needed=needed,
        kept=carved.kept, relief=relief, more_to_sustain=more, more_to_clear=np.fmax(more, relief - capacity),
        clears_in=formulae.clearance_weeks(waiting, sustainable, demand, capacity * (1 + asked.change / 100)),
        **_breaks(held, mask, rows, sustainable, asked),
    )  # fmt: skip


def _factor(rows: pd.DataFrame, asked: Asked) -> np.ndarray:
    if asked.basis == "factor":
        return np.full(len(rows), asked.factor)
    late = rows["target_share"].to_numpy() if asked.basis == "target" else np.full(len(rows), asked.late / 100)
    return formulae.factor_of_late_share(np.clip(late, LEAST_LATE, MOST_LATE))


def _needed(demand: np.ndarray, factor: np.ndarray, asked: Asked) -> np.ndarray:
    """Slots a week that sustain a list, with room for weeks that vary."""
    if asked.room == "queue":
        return np.where(demand > 0, formulae.target_capacity(demand, OVER_SIX, factor, asked.cv, SLOT_CV), 0.0)
    return formulae.demand_percentile(demand, int(asked.room) / 100, asked.cv)


def _allowance(held: Lists, demand: np.ndarray, asked: Asked) -> np.ndarray:
    """Demand with the allowance for being estimated from the months loaded."""
    asked_for = np.maximum(demand, 1e-9)
    found = formulae.demand_allowance(asked_for, asked.cv / asked_for, asked_for * held.months * 365.25 / 12 / 7)
    return np.where(demand > 0, found, 0.0)


def _breaks(held: Lists, mask: np.ndarray, rows: pd.DataFrame, sustainable: np.ndarray, asked: Asked) -> dict[str, np.ndarray]:
    """Weeks until each list passes a limit, and where it stands at the end."""
    waiting, over = held.waiting[mask], held.over_six[mask]
    share = np.where(waiting >= _PEOPLE, over / np.maximum(waiting, _PEOPLE), 0.0)
    limit = rows["target_share"].to_numpy()
    by_share = _first(rows["share_over_six"].to_numpy() > limit, share > limit[:, None] + 1e-9)
    by_list = _first(rows["waiting"].to_numpy() > sustainable, waiting > sustainable[:, None] + _PEOPLE)
    first = {"share": by_share, "list": by_list, "either": np.fmin(by_share, by_list)}[asked.event]
    return {"share_breaks": by_share, "list_breaks": by_list, "breaks": first, "waiting_end": waiting[:, -1], "share_end": share[:, -1]}


def _first(now: np.ndarray, later: np.ndarray) -> np.ndarray:
    """Number of the first week in which something holds, from 1; 0 where it holds now, NaN where it never does."""
    return np.where(now, 0.0, np.where(later.any(axis=1), later.argmax(axis=1) + 1.0, np.nan))


def clearance_date(held: Lists, weeks: float) -> pd.Timestamp:
    """The day that is so many weeks after the data date; NaT where it never comes, or beyond what a calendar holds."""
    return held.data_date + pd.Timedelta(days=int(np.ceil(7 * weeks))) if weeks == weeks and weeks < 5200 else pd.NaT


def answer(held: Lists, rows: pd.DataFrame, network: Network, asked: Asked) -> list[str]:
    """When and where the lists break without a change, and what would sustain or clear them: the sentence, then what must be said at once."""
    if rows.empty:
        return ["Nobody waits on these lists, and nobody is expected to join them."]
    n, unsustainable = len(rows), rows[rows["state"] == formulae.UNSUSTAINABLE]
    said = f"Without a change {_of(len(unsustainable), n)} sustained: more patients join each week than there are slots for"
    if unsustainable.empty:
        said = f"Without a change {f'all {number(n)} lists' if n > 1 else 'this list'} can be sustained on average"
    later = rows[rows["breaks"] >= 1].sort_values("breaks", kind="stable")
    if len(later):
        where = list_titles(later.head(1), network)[0]
        said += f"; the next to break is {where}, in the week of {day(held.monday(later['breaks'].iloc[0]))}"
    return [f"{said}.", _already(rows), _would(held, rows, network, asked)]


def _of(some: int, n: int) -> str:
    return "this list cannot be" if n == some == 1 else f"{number(some)} of {count(n, 'list')} cannot be"


def _already(rows: pd.DataFrame) -> str:
    by_share, by_list = int((rows["share_breaks"] == 0).sum()), int((rows["list_breaks"] == 0).sum())
    beyond = f", by {number(rows['backlog'].sum())} patients in all" if by_list else ""
    return (
        f"Over the target share of patients who have waited six weeks already: {_lists(by_share)}. Longer already than can be sustained at it: "
        f"{_lists(by_list)}{beyond}."
    )


def _lists(n: int) -> str:
    return count(n, "list") if n else "no list"


def clearing(held: Lists, rows: pd.DataFrame, asked: Asked) -> str:
    """When the lists are within their sustainable sizes at today's slots, changed as asked, in one sentence."""
    more = "more" if asked.change > 0 else "fewer"
    slots = f"{abs(asked.change):g}% {more} slots than today" if asked.change else "today's slots"
    clears, soon = rows["clears_in"], len(held.weeks)
    within, later = int((clears == 0).sum()), int((clears > soon).sum())
    reached, never = int(((clears > 0) & (clears <= soon)).sum()), int(clears.isna().sum())
    growing = formulae.is_unsustainable(rows["demand"], rows["capacity"] * (1 + asked.change / 100))
    leaving = int((growing & (clears == 0)).sum())
    stays = f" ({number(leaving)} of which will not stay so)" if leaving else ""
    return (
        f"With {slots}, {count(within, 'list is', 'lists are')} within the sustainable size already{stays}, {number(reached)} will be within "
        f"{count(soon, 'week')}, {number(later)} later, and {number(never)} never."
    )


def _would(held: Lists, rows: pd.DataFrame, network: Network, asked: Asked) -> str:
    sustain, clear = (count(round(rows[column].sum()), "more slot") for column in ("more_to_sustain", "more_to_clear"))
    most = rows.sort_values("more_to_sustain", ascending=False, kind="stable").head(3)
    most = most[most["more_to_sustain"] >= 1]
    named = [f"{title} ({number(more)})" for title, more in zip(list_titles(most, network), most["more_to_sustain"], strict=True)]
    where = f", most of them for {listed(named)}" if len(rows) > 1 and named else ""
    until = day(held.data_date + pd.Timedelta(weeks=asked.weeks))
    return (
        f"To sustain {'every' if len(rows) > 1 else 'this'} list: {sustain} a week{where}. To clear what is beyond as well, by {until}: {clear} a "
        "week until then."
    )


def method_words(asked: Asked, months: int) -> list[str]:
    """How the figures are worked out under these choices: each with the variant it is of."""
    factor = {
        "target": "the safety factor F of each list is −ln of its target share, as waits fall off exponentially",
        "late": f"the safety factor F is −ln of the late share {asked.late:g}%, as waits fall off exponentially",
        "factor": f"the safety factor F is {asked.factor:g}: a late share of {percent(float(formulae.late_share(asked.factor)))} with "
                  "exponential waits",
    }[asked.basis]  # fmt: skip
    room = (
        f"demand + (variation of demand + of slots) ÷ 2 × F ÷ {OVER_SIX} weeks (target capacity of the waiting-list toolkit; Kingman and Marchal)"
        if asked.room == "queue" else f"the {asked.room}th percentile of weekly demand, each week counted as normal around its mean"
    )  # fmt: skip
    poisson = "the least there can be (Poisson)" if asked.spread == 1 else "as chosen"
    said = [
        f"Sustainable list: demand × {OVER_SIX} weeks ÷ F (Little's law); {factor}.",
        f"To sustain: {room}.",
        f"Weekly variation: variance {asked.spread:g} times the mean, {poisson}. The monthly return holds no weeks, so it cannot be measured there.",
        f"To clear: demand + what is beyond the sustainable list ÷ {count(asked.weeks, 'week')} (relief capacity), never less than to sustain.",
        f"Allowance: demand two standard errors above its estimate from {count(months, 'month')}.",
    ]
    if asked.urgent:
        rest = "the unused are released seven days before" if asked.released else "the unused are lost"
        said.append(
            f"Kept for urgent patients: {asked.urgent:g}% of demand at its {number(100 * KEPT_SHARE)}th percentile; {rest}, which is "
            "added to what sustains and clears."
        )
    return said


def list_titles(rows: pd.DataFrame, network: Network) -> list[str]:
    """Each list, or group of lists, in titles: what, and where."""
    titles = {"test": network.titles("tests"), "site": network.short_titles("sites"), "organisation": network.short_titles("organisations")}
    tests, sites, organisations = (
        rows[column].map(titles[column]).fillna("").tolist() if column in rows else [""] * len(rows) for column in ("test", "site", "organisation")
    )
    return [" at ".join(part for part in (t, s or o) if part) for t, s, o in zip(tests, sites, organisations, strict=True)]
