"""Who comes, learns, stays and goes, quarter by quarter: arithmetic of rates and ages, used by the model, the ledger and simulations.

Quarters are counted from 0 here. Whoever starts, or qualifies, comes on the first day of a quarter; whoever is kept, or comes back from training,
does so in the course of one. People leave evenly over each quarter: those in post on average are the mean of those at its beginning and at its end.
All functions take any number of leading axes (organisations, sample paths).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

A_YEAR = 4
"""Quarters."""

EARLY = 8
"""Quarters in which those who are new in post leave at the early rate."""

_MONTHS, _OF_AGE_GROUP, _SETTLED = 3, 5, 2


def quarterly(a_year: np.ndarray) -> np.ndarray:
    """Share that goes in a quarter where so many go in a year: 1 - (1 - a)^(1/4)."""
    return np.asarray(1 - (1 - np.asarray(a_year, dtype=float)) ** (1 / A_YEAR))


@dataclass(frozen=True, eq=False)
class Presence:
    """Shares of people by the quarter they came in and the quarter they are looked at.

    Attributes:
        begin: there at the beginning of the quarter, after whoever comes on its first day; shape (…, came, quarter).
        end: there at its end, same shape.
    """

    begin: np.ndarray
    end: np.ndarray

    @property
    def mean(self) -> np.ndarray:
        """There on average over the quarter, shape (…, came, quarter)."""
        return np.asarray((self.begin + self.end) / 2)

    @property
    def left(self) -> np.ndarray:
        """Left in the quarter, of those who were there at its beginning, shape (…, came, quarter)."""
        return np.where(self.begin > 0, self.begin - self.end, 0.0)

    def times(self, share: float | np.ndarray) -> Presence:
        """So much of it."""
        return Presence(self.begin * share, self.end * share)

    def later(self, quarters: int) -> Presence:
        """The same for people who came so many quarters after the quarter that now names them; who comes after the end is never seen."""
        return Presence(_later(self.begin, quarters), _later(self.end, quarters))


def _later(shares: np.ndarray, quarters: int) -> np.ndarray:
    moved = np.zeros_like(shares)
    if quarters < shares.shape[-2]:
        moved[..., : shares.shape[-2] - quarters, :] = shares[..., quarters:, :]
    return moved


def newcomers(early: np.ndarray, settled: np.ndarray) -> Presence:
    """Who is still there of those who come on the first day of a quarter.

    Args:
        early: share that leaves in each quarter while new in post, shape (…, quarters).
        settled: the same afterwards.
    """
    came, quarter = np.indices((early.shape[-1],) * 2)
    rate = np.where(quarter - came < EARLY, early[..., None, :], settled[..., None, :])
    end = np.cumprod(np.where(quarter >= came, 1 - rate, 1.0), axis=-1) * (quarter >= came)
    begin = np.concatenate([np.zeros_like(end[..., :1]), end[..., :-1]], axis=-1)
    begin[..., came == quarter] = 1.0
    return Presence(begin, end)


def remaining(settled: np.ndarray) -> Presence:
    """The same for people who have been there for long, and come in the course of a quarter: nobody of them leaves in it.

    Args:
        settled: share that leaves in each quarter, shape (…, quarters).
    """
    came, quarter = np.indices((settled.shape[-1],) * 2)
    end = np.cumprod(np.where(quarter > came, 1 - settled[..., None, :], 1.0), axis=-1) * (quarter >= came)
    begin = np.concatenate([np.zeros_like(end[..., :1]), end[..., :-1]], axis=-1)
    return Presence(begin, end)


@dataclass(frozen=True)
class Way:
    """A way into a staff group, in time.

    Attributes:
        months: from the start until in post, or qualified.
        wait: full months of the quarter that are over when people start.
        drop_out: share of those who start and do not finish; none where there is nothing to finish.
        competence_months: from then until they work like everybody else.
        at_first: share of a full WTE in the first month in post.
    """

    months: int
    wait: int = 0
    drop_out: float = 0.0
    competence_months: int = 0
    at_first: float = 1.0

    @property
    def quarters(self) -> int:
        """From the quarter of the start until the quarter they come in: never before their months are over."""
        return math.ceil((self.wait + self.months) / _MONTHS) if self.months else 0

    @property
    def finish(self) -> float:
        """Share of those who start that comes into post."""
        return 1 - self.drop_out if self.months else 1.0

    def lost(self) -> np.ndarray:
        """Share of those who start that stops in each quarter since, shape (quarters,): evenly."""
        return np.full(self.quarters, (1 - self.finish) / max(self.quarters, 1))

    def training(self) -> np.ndarray:
        """Share of those who start that is in training, on average over each quarter since, shape (quarters,)."""
        since = np.arange(self.quarters)
        first, last = np.maximum(_MONTHS * since, self.wait), np.minimum(_MONTHS * (since + 1), self.wait + self.months)
        there = np.clip(last - first, 0, None) / _MONTHS
        return np.asarray(there * (1 - (1 - self.finish) * (since + 0.5) / max(self.quarters, 1)))

    def skill(self, since: np.ndarray) -> np.ndarray:
        """Share of a full WTE that they work in the middle of a quarter, by quarters since they came in, same shape as `since`."""
        if not self.competence_months:
            return np.ones(np.shape(since))
        grown = np.minimum((_MONTHS * since + _MONTHS / 2) / self.competence_months, 1.0)
        return np.asarray(self.at_first + (1 - self.at_first) * grown)


@dataclass(frozen=True, eq=False)
class Started:
    """What becomes of one person who starts, by the quarter of the start and the quarter looked at; each shape (…, start, quarter).

    Attributes:
        post: in post in the group they come into.
        work: of a full WTE, what those in post in it work on average.
        training: in training, on average.
        came: come into post on the first day.
        back: back in the group they came out of, in the course of the quarter; counted whether or not there is such a group.
    """

    post: Presence
    work: np.ndarray
    training: np.ndarray
    came: np.ndarray
    back: np.ndarray


def started(way: Way, into: Presence) -> Started:
    """What becomes of those who start.

    Args:
        way: how long it takes, and who finishes.
        into: newcomers of the group they come into.
    """
    post = into.times(way.finish).later(way.quarters)
    start, quarter = np.indices(post.begin.shape[-2:])
    since = quarter - start
    work = post.mean * way.skill(np.maximum(since - way.quarters, 0))
    came = np.where(since == way.quarters, way.finish, 0.0)
    return Started(post, work, _by_quarter(way.training(), since), came, _by_quarter(way.lost(), since))


def _by_quarter(shares: np.ndarray, since: Any) -> np.ndarray:
    padded = np.concatenate([shares, [0.0]])
    return np.asarray(np.where((since >= 0) & (since < len(shares)), padded[np.clip(since, 0, len(shares))], 0.0))


def missing(back: np.ndarray, settled: np.ndarray) -> Presence:
    """Who is missing from the group that a start comes out of, while they would have stayed: those taken, less those who came back and stayed.

    Args:
        back: comes back, by quarter of the start and quarter, shape (start, quarter).
        settled: share of the group they came out of that leaves in each quarter, shape (…, quarters).
    """
    taken, returned = newcomers(settled, settled), remaining(settled)
    return Presence(taken.begin - back @ returned.begin, taken.end - back @ returned.end)


@dataclass(frozen=True, eq=False)
class Stock:
    """People in post today, without any decision; WTE, each shape (…, quarters).

    Attributes:
        begin, end: in post at the beginning and at the end of the quarter.
        left: leave in it other than to retire.
        retired: retire in it.
    """

    begin: np.ndarray
    end: np.ndarray
    left: np.ndarray
    retired: np.ndarray

    @property
    def mean(self) -> np.ndarray:
        """In post on average over the quarter, shape (…, quarters)."""
        return np.asarray((self.begin + self.end) / 2)


def stock_of_rates(wte: float, settled: np.ndarray, retiring: np.ndarray) -> Stock:
    """Those in post whose ages are not known.

    Args:
        wte: in post today.
        settled: share that leaves in each quarter, shape (…, quarters).
        retiring: share of those who stay that retires in each quarter, same shape.
    """
    end = wte * np.cumprod((1 - settled) * (1 - retiring), axis=-1)
    begin = np.concatenate([np.full_like(end[..., :1], wte), end[..., :-1]], axis=-1)
    return Stock(begin, end, begin * settled, begin * (1 - settled) * retiring)


def stock_of_ages(
    wte: np.ndarray, age_from: np.ndarray, years_from: np.ndarray, early: np.ndarray, settled: np.ndarray, retire: dict[int, np.ndarray]
) -> Stock:  # fmt: skip
    """Those in post by groups of five years of age: spread evenly over the ages of their group, a year older every four quarters.

    Args:
        wte: in post today, shape (groups,).
        age_from: youngest age of each group, same shape.
        years_from: fewest years since qualifying, same shape: those with fewer than two leave at the early rate until then.
        early: share of the new that leaves in each quarter, shape (…, quarters).
        settled: the same of all others.
        retire: from this age on (until the next) → share that retires in a quarter, shape (…).
    """
    quarters = early.shape[-1]
    there = np.repeat(wte / _OF_AGE_GROUP, _OF_AGE_GROUP) * np.ones((*early.shape[:-1], 1))
    age = (age_from[:, None] + np.arange(_OF_AGE_GROUP)).ravel()
    new = A_YEAR * np.repeat(np.maximum(_SETTLED - years_from, 0), _OF_AGE_GROUP)
    begin, end, left, retired = (np.zeros(early.shape) for _ in range(4))
    for q in range(quarters):
        leaving = there * np.where(q < new, early[..., q, None], settled[..., q, None])
        share = np.zeros_like(there)
        for first in sorted(retire):
            share = np.where(age + q // A_YEAR >= first, np.asarray(retire[first])[..., None], share)
        retiring = (there - leaving) * share
        begin[..., q], left[..., q], retired[..., q] = (x.sum(axis=-1) for x in (there, leaving, retiring))
        there = there - leaving - retiring
        end[..., q] = there.sum(axis=-1)
    return Stock(begin, end, left, retired)
