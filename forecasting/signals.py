"""Statistical process control of monthly series: XmR limits, special causes and assurance, as Making Data Count has them.

Many series are judged at once. A month without a figure is a gap: nothing is joined, counted or moved across it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Literal

import numpy as np

LIMIT = 2.66
"""Limits stand so many mean moving ranges from the mean."""

NEAR = 2 * LIMIT / 3
"""Beyond two thirds of the way to a limit a point is near it."""

SCREENED = 3.267
"""A moving range of so many mean moving ranges, or more, is dropped where screening is on."""

RUN = 7
"""Points in a row on one side of the mean, or rising or falling (that is six moves), that are no chance."""

CLOSE, OF = 2, 3
"""Points near the same limit among so many in a row, all on one side of the mean, that are no chance."""

TRIAL_POINTS = 12
"""Limits from fewer points are trial limits."""

_SAME = 1e-9
"""Figures that differ by a smaller share are equal: means and limits are not exact in a computer."""

Direction = Literal["higher", "lower", "neutral"]
"""Which figures are better."""

COMMON, IMPROVEMENT, CONCERN, SPECIAL = "common", "improvement", "concern", "special"
"""What a point shows: nothing special; or a special cause, good, bad, or neither where no direction is better."""

PASS, FAIL, HIT_OR_MISS = "pass", "fail", "hit_or_miss"
"""Whether the target is met by all that common cause brings, by none of it, or by chance."""


@dataclass(frozen=True)
class Settings:
    """How limits are computed and points judged.

    Attributes:
        screen: drop moving ranges of `SCREENED` means or more, once, before limits are computed; the official tool does not.
        beyond_is_near: a point beyond a limit counts as near it for two of three, as in the official tool since November 2023.
        fix_after: limits come from the first so many points of a phase; None = from all of them.
    """

    screen: bool = False
    beyond_is_near: bool = True
    fix_after: int | None = None


@dataclass(frozen=True, eq=False)
class Signals:
    """Series with their limits and what stands out; every array has the shape (series, months).

    Attributes:
        values: the figures; NaN = gap.
        phase: 0 for the first phase, counted up at each rebase.
        mean, lower, upper: of the phase, on every month of it; NaN where a phase has too few points.
        points: points the limits of the phase come from.
        outside: beyond a limit.
        run: in a run on one side of the mean.
        trend: 1 in a rising, -1 in a falling run of points, else 0.
        near: one of two of three near the same limit.
    """

    values: np.ndarray
    phase: np.ndarray
    mean: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    points: np.ndarray
    outside: np.ndarray
    run: np.ndarray
    trend: np.ndarray
    near: np.ndarray

    def only(self, series: int) -> Signals:
        """The same for one series."""
        return Signals(**{field.name: getattr(self, field.name)[series : series + 1] for field in fields(self)})

    @property
    def special(self) -> np.ndarray:
        """Points that are no chance, by any rule."""
        return self.outside | self.run | (self.trend != 0) | self.near

    @property
    def side(self) -> np.ndarray:
        """1 above, -1 below, 0 on the mean or where there is none."""
        return _side(self.values, self.mean)

    def states(self, direction: Direction) -> np.ndarray:
        """What each point shows: `COMMON`, `IMPROVEMENT`, `CONCERN` or `SPECIAL`; "" at a gap and where there are no limits."""
        better = {"higher": 1, "lower": -1, "neutral": 0}[direction]
        # A point on the mean is special only in a trend, which then says where it leads.
        leads = np.where(self.side == 0, self.trend, self.side)
        special = np.where(leads == better, IMPROVEMENT, CONCERN) if better else np.full(leads.shape, SPECIAL)
        known = ~np.isnan(self.values) & ~np.isnan(self.lower)
        return np.where(known, np.where(self.special, special, COMMON), "")

    def assurance(self, targets: np.ndarray, direction: Direction) -> np.ndarray:
        """Whether each series meets its target, by the limits of its latest phase.

        Args:
            targets: shape (series,); NaN = none.
            direction: which figures are better.

        Returns:
            Shape (series,): `PASS`, `FAIL`, `HIT_OR_MISS`; "" without a direction, a target or limits.
        """
        lower, upper = self.lower[:, -1:].ravel(), self.upper[:, -1:].ravel()
        if direction == "neutral" or not self.values.shape[1]:
            return np.full(len(self.values), "", dtype="<U11")
        above, below = (FAIL, PASS) if direction == "higher" else (PASS, FAIL)
        met = np.where(targets > upper, above, np.where(targets < lower, below, HIT_OR_MISS))
        return np.where(np.isnan(targets) | np.isnan(lower), "", met)

    @property
    def last(self) -> np.ndarray:
        """Position of the last point of each series, shape (series,); -1 where there is none."""
        known = ~np.isnan(self.values)
        return np.where(known.any(axis=1), known.shape[1] - 1 - np.argmax(known[:, ::-1], axis=1), -1) if known.size else np.full(len(known), -1)


def judge(values: np.ndarray, settings: Settings = Settings(), phase: np.ndarray | None = None) -> Signals:
    """Limits of series and what stands out in them.

    Args:
        values: shape (series, months), in any unit; NaN = no figure.
        settings: how.
        phase: shape (series, months), counted up from 0 at each rebase; None = one phase.
    """
    figures = np.asarray(values, dtype=float)
    phases = np.zeros(figures.shape, dtype=int) if phase is None else np.asarray(phase, dtype=int)
    mean, reach, points = np.full(figures.shape, np.nan), np.full(figures.shape, np.nan), np.zeros(figures.shape, dtype=int)
    for number in range(int(phases.max(initial=0)) + 1):
        here = phases == number
        base = _base(np.where(here, figures, np.nan), settings.fix_after)
        centre, moving = _mean(base), _mean_moving_range(base, screen=settings.screen)
        for filled, known in ((mean, centre), (reach, moving), (points, (~np.isnan(base)).sum(axis=1))):
            filled[here] = np.broadcast_to(known[:, None], figures.shape)[here]
    lower, upper = mean - LIMIT * reach, mean + LIMIT * reach
    outside = _beyond(figures, lower, upper)
    close = _beyond(figures, mean - NEAR * reach, mean + NEAR * reach) & (settings.beyond_is_near | ~outside)
    joined = _joined(figures, phases)
    side = _side(figures, mean)
    return Signals(
        figures, phases, mean, lower, upper, points, outside, _run(side, joined), _trend(figures, joined), _two_of_three(close, side, joined),
    )  # fmt: skip


def phases_from(starts: list[list[int]], months: int) -> np.ndarray:
    """Phases of series from the positions of the months at which each was rebased; shape (series, months)."""
    marks = np.zeros((len(starts), months), dtype=int)
    for row, at in zip(marks, starts, strict=True):
        row[[k for k in set(at) if 0 < k < months]] = 1
    return np.cumsum(marks, axis=1)


def _base(figures: np.ndarray, fix_after: int | None) -> np.ndarray:
    """The points limits come from; NaN elsewhere."""
    if fix_after is None:
        return figures
    return np.where(np.cumsum(~np.isnan(figures), axis=1) <= fix_after, figures, np.nan)


def _mean(figures: np.ndarray) -> np.ndarray:
    """Mean of each row over what is known; NaN where nothing is."""
    known = (~np.isnan(figures)).sum(axis=1)
    return np.asarray(np.nansum(figures, axis=1) / np.where(known > 0, known, np.nan))


def _mean_moving_range(base: np.ndarray, *, screen: bool) -> np.ndarray:
    moves = np.abs(np.diff(base, axis=1))
    mean = _mean(moves)
    # Where nothing moves there is nothing to screen.
    kept = np.where((moves >= SCREENED * mean[:, None]) & (mean[:, None] > 0), np.nan, moves) if screen else moves
    return _mean(kept)


def _tolerance(level: np.ndarray) -> np.ndarray:
    return np.asarray(_SAME * np.maximum(np.abs(level), _SAME))


def _side(figures: np.ndarray, mean: np.ndarray) -> np.ndarray:
    away = np.nan_to_num(figures - mean)
    return np.where(np.abs(away) > np.nan_to_num(_tolerance(mean)), np.sign(away), 0).astype(int)


def _beyond(figures: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> np.ndarray:
    """True beyond either bound; False where one is not known."""
    return np.asarray((figures > upper + _tolerance(upper)) | (figures < lower - _tolerance(lower)))


def _joined(figures: np.ndarray, phases: np.ndarray) -> np.ndarray:
    """True where a month and the one before it are both known and in one phase; the first month is joined to nothing."""
    joined = np.zeros(figures.shape, dtype=bool)
    known = ~np.isnan(figures)
    joined[:, 1:] = known[:, 1:] & known[:, :-1] & (phases[:, 1:] == phases[:, :-1])
    return joined


def _windows(months: int, length: int) -> Iterator[slice]:
    """Every stretch of so many months in a row."""
    for start in range(months - length + 1):
        yield slice(start, start + length)


def _run(side: np.ndarray, joined: np.ndarray) -> np.ndarray:
    """Points in a run of `RUN` or more on one side of the mean."""
    found = np.zeros(side.shape, dtype=bool)
    for at in _windows(side.shape[1], RUN):
        whole = joined[:, at][:, 1:].all(axis=1)
        found[:, at] |= (whole & (np.abs(side[:, at].sum(axis=1)) == RUN))[:, None]
    return found


def _trend(figures: np.ndarray, joined: np.ndarray) -> np.ndarray:
    """1 or -1 for points in a run of `RUN` or more that all rise or all fall; 0 elsewhere."""
    found = np.zeros(figures.shape, dtype=int)
    moves = np.zeros(figures.shape)
    moves[:, 1:] = np.where(joined[:, 1:], np.diff(figures, axis=1), 0.0)
    moves[np.abs(moves) <= np.nan_to_num(_tolerance(figures))] = 0.0
    for at in _windows(figures.shape[1], RUN):
        way = np.sign(moves[:, at][:, 1:]).sum(axis=1)
        for sign in (1, -1):
            found[:, at] = np.where((way == sign * (RUN - 1))[:, None], sign, found[:, at])
    return found


def _two_of_three(close: np.ndarray, side: np.ndarray, joined: np.ndarray) -> np.ndarray:
    """Points near a limit that are among two of three near the same one, all three on one side of the mean."""
    found = np.zeros(close.shape, dtype=bool)
    for at in _windows(close.shape[1], OF):
        whole = joined[:, at][:, 1:].all(axis=1)
        enough = whole & (close[:, at].sum(axis=1) >= CLOSE) & (np.abs(side[:, at].sum(axis=1)) == OF)
        found[:, at] |= enough[:, None] & close[:, at]
    return found
