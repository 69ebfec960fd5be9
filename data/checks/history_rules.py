"""The rules by which the monthly history is checked, each with its thresholds; they look at all organisations and tests at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.activity import ACTIVITY, BANDS, KINDS, WAITING
from data.checks.levels import LEAST_SIDE, beside_level, log_ratio, nearer_distance, sides, usual_level
from data.working_days import WorkingDays

MISSING, REPEATED, SWAPPED, CONSTANT, JUMP, NOWHERE = "missing-return", "repeated-month", "columns-swapped", "constant", "jump", "from-nowhere"

TITLES = {
    MISSING: "Missing return", REPEATED: "The same month twice", SWAPPED: "Columns swapped", CONSTANT: "A constant, not a count",
    JUMP: "A jump", NOWHERE: "Patients from nowhere",
}  # fmt: skip

MISSING_LEAST = 20
"""Examinations, or patients waiting, on both sides of a gap; less may well be nothing in some month."""

REPEATED_LEAST = 20
REPEATED_DIFFERENT = 5
"""A row counts as the same as the month before only if it has so many different figures: short rows repeat by chance."""

JUMP_TIMES = 1.8
"""A figure jumps if it is so many times the level of the months beside it, or that level so many times the figure ..."""

JUMP_DEVIATIONS = 6.0
"""... and as many deviations away as the series itself and chance make usual ..."""

JUMP_CASES = 75
"""... and by as many cases."""

DEVIATION_FLOOR = 0.08
"""Least deviation from month to month, as a share: below it no series is known."""

SWAP_RATIO = 2.0
"""Levels of the two columns that differ less cannot be told apart."""

SWAP_LEAST = 50
SWAP_GAIN = np.log(4.0)
"""The figures must fit the exchanged levels better by as much, over both columns."""

MOVED_SHARE = 0.05
"""Activity counts as moved to the other column if less than this share of it is left in its own ..."""

MOVED_FITS = 0.25
"""... and the other column holds both, give or take this share ..."""

MOVED_SEEN = 0.5
"""... of which the part that moved is at least this share of what stood there before: less would not be seen."""

CONSTANT_LEAST = 10
CONSTANT_MONTHS = 3
CONSTANT_CHANCE = 0.0005
"""A run of equal counts is a constant only if chance gives it less often: two counts around n are equal with a chance of 1 in 3.5 times the
root of n."""

NOWHERE_FROM = 5
"""First band that everybody in it has reached from the list of the month before."""

NOWHERE_CASES = 50
NOWHERE_SHARE = 0.25
"""Patients more than could have aged into these bands, and their share of those bands, that are no rounding and no transfer of a few."""


@dataclass(frozen=True)
class Spell:
    """What a rule found: one series, some months in a row, a column.

    Attributes:
        rule: which rule.
        organisation, test: the series; `test` is empty for the whole organisation.
        months: the months, in order.
        column: the column it is about; empty for the whole row.
        covers: the columns that need no other explanation any more.
        found: what was found, in words.
        expected: what it should be, in words; empty for the words of the rule.
    """

    rule: str
    organisation: str
    test: str
    months: Sequence[pd.Timestamp]
    column: str
    covers: Sequence[str]
    found: str
    expected: str = ""


@dataclass(frozen=True, eq=False)
class History:
    """The history as arrays.

    Attributes:
        keys: organisation and test of each series.
        months: every month from the first to the last.
        held: which months are loaded at all, shape (months,).
        figures: by column, shape (series, months); an absent row is zero.
        exposure: working days of each month, shape (months,).
        organisations: whose history it is.
    """

    keys: list[tuple[str, str]]
    months: list[pd.Timestamp]
    held: np.ndarray
    figures: dict[str, np.ndarray]
    exposure: np.ndarray
    organisations: Sequence[str]

    @classmethod
    def of(cls, rows: pd.DataFrame, periods: Sequence[pd.Timestamp], calendar: WorkingDays, organisations: Sequence[str]) -> History:
        """The history from typed rows of `ACTIVITY` without duplicates."""
        months = list(pd.date_range(periods[0], periods[-1], freq="MS", unit="s")) if len(periods) else []
        wide = rows.set_index(list(ACTIVITY.key)).unstack("period").reindex(columns=pd.MultiIndex.from_product([_COLUMNS, months]))
        figures = {name: wide[name].fillna(0.0).to_numpy() for name in _COLUMNS}
        exposure = np.array([calendar.month_exposure(m, 0.0) for m in months])
        return cls(list(wide.index), months, np.isin(months, list(periods)), figures, exposure, organisations)

    @property
    def waiting(self) -> np.ndarray:
        """The whole list, shape (series, months)."""
        return np.asarray(sum(self.figures[name] for name in WAITING))

    @property
    def everything(self) -> np.ndarray:
        """Activity and list together, shape (series, months): zero where there is no row."""
        return np.asarray(sum(self.figures.values()))

    def spells(self, marks: np.ndarray) -> Iterator[tuple[int, list[int]]]:
        """Series and positions of months of each run of marks in a row; `marks` of shape (series, months)."""
        for series in np.flatnonzero(marks.any(axis=1)):
            where = np.flatnonzero(marks[series])
            for run in np.split(where, np.flatnonzero(np.diff(where) > 1) + 1):
                yield int(series), [int(m) for m in run]

    def spell(self, rule: str, series: int, run: list[int], column: str, covers: Sequence[str], found: str, expected: str = "") -> Spell:
        """A spell of one series."""
        organisation, test = self.keys[series]
        return Spell(rule, organisation, test, [self.months[m] for m in run], column, covers, found, expected)


def returns_are_there(history: History) -> Iterator[Spell]:
    """No row, or a row of zeros, between months with figures; for the newest months, after months with figures."""
    everything = np.where(history.held, history.everything, np.nan)
    whole = np.array([[sum(everything[s, m] for s, (o, _) in enumerate(history.keys) if o == organisation) for m in range(len(history.months))]
                      for organisation in history.organisations]).reshape(len(history.organisations), len(history.months))  # fmt: skip
    for series, run in history.spells(_gaps(whole)):
        yield Spell(MISSING, history.organisations[series], "", [history.months[m] for m in run], "", _COLUMNS, "no row of any test")
    lost = {(o, m) for o, row in zip(history.organisations, _gaps(whole), strict=True) for m in np.flatnonzero(row).tolist()}
    gaps = _gaps(everything)
    for series, run in history.spells(gaps):
        if not all((history.keys[series][0], m) in lost for m in run):
            yield history.spell(MISSING, series, run, "", _COLUMNS, "no row, or a row of zeros")


def months_differ(history: History) -> Iterator[Spell]:
    """A row that is the same as the month before in every figure."""
    every = np.stack([history.figures[name] for name in _COLUMNS], axis=2)
    same = np.zeros(every.shape[:2], dtype=bool)
    same[:, 1:] = (every[:, 1:] == every[:, :-1]).all(axis=2) & (every[:, 1:].sum(axis=2) >= REPEATED_LEAST)
    for series, run in history.spells(same):
        if len(np.unique(every[series, run[0]])) >= REPEATED_DIFFERENT:
            yield history.spell(REPEATED, series, run, "", _COLUMNS, "the same figures as in the month before")


def columns_keep_their_levels(history: History) -> Iterator[Spell]:
    """Planned and waiting-list activity have exchanged their levels, or all of one stands under the other."""
    listed, planned = history.figures["done_waiting_list"], history.figures["done_planned"]
    usual_l, usual_p = usual_level(listed, history.held), usual_level(planned, history.held)
    apart = np.abs(log_ratio(usual_l, usual_p)) >= np.log(SWAP_RATIO)
    straight = np.abs(log_ratio(listed, usual_l)) + np.abs(log_ratio(planned, usual_p))
    crossed = np.abs(log_ratio(listed, usual_p)) + np.abs(log_ratio(planned, usual_l))
    enough = np.minimum(listed + planned, usual_l + usual_p) >= SWAP_LEAST
    swapped = apart & enough & (straight - crossed >= SWAP_GAIN) & (np.maximum(listed, planned) >= SWAP_LEAST)
    moved = _moved(listed, usual_l, planned, usual_p) | _moved(planned, usual_p, listed, usual_l)
    for series, run in history.spells((swapped | moved & enough) & history.held):
        first = run[0]
        titles = [ACTIVITY.field(f"done_{kind}").title for kind in KINDS[:2]]
        found = f'{listed[series, first]:,.0f} under "{titles[0]}" and {planned[series, first]:,.0f} under "{titles[1]}"'
        expected = f"about {usual_l[series, first]:,.0f} and {usual_p[series, first]:,.0f}, as in the other months"
        yield history.spell(SWAPPED, series, run, "done_planned", ("done_planned", "done_waiting_list"), found, expected)


def _moved(left: np.ndarray, usual: np.ndarray, other: np.ndarray, other_usual: np.ndarray) -> np.ndarray:
    """True where what usually stands in one column is missing there, and the other column has grown by it."""
    both = usual + other_usual
    fits = np.abs(other - both) <= MOVED_FITS * both
    return np.asarray((left <= MOVED_SHARE * usual) & (usual >= SWAP_LEAST) & fits & (usual >= MOVED_SEEN * other_usual))


def counts_vary(history: History) -> Iterator[Spell]:
    """The same figure for several months in a row, which counting hardly ever gives."""
    for name in _DONE:
        values = history.figures[name]
        equal = np.zeros(values.shape, dtype=bool)
        equal[:, 1:] = (values[:, 1:] == values[:, :-1]) & (values[:, 1:] >= CONSTANT_LEAST) & history.held[1:] & history.held[:-1]
        for series, run in history.spells(equal):
            value = values[series, run[0]]
            chance = (1 / (2 * np.sqrt(np.pi * value))) ** len(run)
            if len(run) + 1 >= CONSTANT_MONTHS and chance < CONSTANT_CHANCE:
                found = f"{value:,.10g} in each of {len(run) + 1} months"
                yield history.spell(CONSTANT, series, [run[0] - 1, *run], name, (name,), found)


def figures_do_not_jump(history: History) -> Iterator[Spell]:
    """A figure far from the months on both sides, for each working day; the newest month is compared with those before it."""
    for name, values, exposure in (
        *((n, history.figures[n], history.exposure) for n in _DONE), ("waiting", history.waiting, np.ones(len(history.months))),
    ):  # fmt: skip
        rates = np.where(history.held, values, np.nan) / exposure
        before, after = sides(rates)
        away = nearer_distance(log_ratio(rates, before), log_ratio(rates, after))
        level = beside_level(rates, before, after) * exposure
        usual = 1.4826 * np.nanmedian(np.abs(away), axis=1, keepdims=True) if away.size else away
        deviation = np.sqrt(usual**2 + DEVIATION_FLOOR**2 + 1 / np.maximum(level, 1.0))
        jump = (np.abs(away) >= np.log(JUMP_TIMES)) & (np.abs(away) >= JUMP_DEVIATIONS * deviation) & (np.abs(values - level) >= JUMP_CASES)
        column = name if name in _DONE else ""
        covers = (name,) if column else WAITING
        for series, run in history.spells(jump):
            for m in run:
                what = "" if column else " patients on the list"
                found, near = f"{values[series, m]:,.10g}{what}", f"about {level[series, m]:,.0f}, as in the months beside it"
                yield history.spell(JUMP, series, [m], column, covers, found, near)


def lists_grow_from_their_front(history: History) -> Iterator[Spell]:
    """More patients in the later bands than were on the list long enough a month before."""
    bands = np.stack([history.figures[name] for name in WAITING], axis=2)
    extra, later = np.zeros(bands.shape[:2]), bands[:, :, NOWHERE_FROM:].sum(axis=2)
    for m in range(1, len(history.months)):
        if history.held[m] and history.held[m - 1]:
            days = history.months[m].days_in_month
            for k in range(NOWHERE_FROM, BANDS):
                youngest, oldest = (7 * k - days) // 7, BANDS if k == BANDS - 1 else (7 * k + 6 - days) // 7 + 1
                extra[:, m] += np.maximum(bands[:, m, k] - bands[:, m - 1, max(youngest, 0) : oldest].sum(axis=1), 0.0)
    known_before = np.roll(history.everything, 1, axis=1) > 0  # a series that begins, or has a gap, comes from a month without a list
    marks = known_before & (extra >= NOWHERE_CASES) & (extra >= NOWHERE_SHARE * later)
    for series, run in history.spells(marks):
        for m in run:
            found = f"{extra[series, m]:,.0f} patients waiting {NOWHERE_FROM} weeks or more who were not on the list a month before"
            expected = f"at most {later[series, m] - extra[series, m]:,.0f} patients in these bands"
            yield history.spell(NOWHERE, series, [m], "", WAITING[NOWHERE_FROM:], found, expected)


def _gaps(values: np.ndarray) -> np.ndarray:
    """Zeros with figures on both sides, or before them in the newest months; shape as `values`, NaN where no month is loaded."""
    before, after = sides(np.where(values == 0, np.nan, values))
    return np.asarray((values == 0) & (before >= MISSING_LEAST) & ((after >= MISSING_LEAST) | _at_end(values)))


def _at_end(values: np.ndarray) -> np.ndarray:
    """The last zeros of a series, where they are few: later it is a service that has ended."""
    zeros = np.cumprod(values[:, ::-1] == 0, axis=1)[:, ::-1].astype(bool)
    return np.asarray(zeros & (zeros.sum(axis=1, keepdims=True) <= LEAST_SIDE))


_DONE = [f"done_{kind}" for kind in KINDS]
_COLUMNS = [*_DONE, *WAITING]

RULES: tuple[Callable[[History], Iterator[Spell]], ...] = (
    returns_are_there,
    months_differ,
    columns_keep_their_levels,
    counts_vary,
    figures_do_not_jump,
    lists_grow_from_their_front,
)
