"""Capacity against demand: the published arithmetic of waiting lists, each formula with its variant named.

Symbols: D demand (patients a week: additions less removals without a test), C capacity (slots a week), Q the list (patients), T the target
(weeks), F the safety factor (T over the mean wait that is aimed at). Every function takes floats or arrays that broadcast. Weeks may be days
throughout, as long as rates are then by the day: no answer here depends on the unit of time.

Variants. Load, target mean wait, target list, relief and target capacity and pressure are those of the waiting-list toolkit (Fong and others,
Understanding waiting lists pressures, 2022, and the R package NHSRwaitinglist); where its text and its code differ, those of the code.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike

TOO_BIG = 2.0
"""A list is too big beyond so many times its target list (toolkit)."""

RECOVERY_WEEKS = 26.0
"""Weeks in which relief capacity brings a list back, unless others are chosen (toolkit)."""

POISSON = 1.0
"""Coefficient of variation of the time between two arrivals that come singly and at random; the least that is taken for demand."""

RELEASED_UNUSED = 5.1 / 18
"""Part of the slots that went unused without a release rule that still goes unused where kept slots are released seven days before: 18 per cent
of slots fell to 5.1 in a published audit."""

SUSTAINABLE, TIGHT, UNSUSTAINABLE = "sustainable", "tight", "unsustainable"


def load(demand: ArrayLike, capacity: ArrayLike) -> np.ndarray:
    """Load D ÷ C where it is below one, a share without unit.

    From one on there is no figure (NaN) but a state: the list grows without end, whatever its load. Nothing asked is a load of 0.

    Args:
        demand: D, patients a week.
        capacity: C, slots a week.
    """
    asked, given = _two(demand, capacity)
    sustained = (given > asked) | (asked <= 0)
    ratio = np.divide(np.maximum(asked, 0.0), given, out=np.zeros_like(asked), where=given > 0)
    return np.where(sustained, ratio, np.nan)


def is_unsustainable(demand: ArrayLike, capacity: ArrayLike) -> np.ndarray:
    """True where load is one or more: D patients a week, C slots a week."""
    return np.isnan(load(demand, capacity))


def state(demand: ArrayLike, capacity: ArrayLike, needed: ArrayLike) -> np.ndarray:
    """Each list in a word.

    Args:
        demand: D, patients a week.
        capacity: C, slots a week.
        needed: slots a week that leave the wanted room for variation; see `target_capacity` and `demand_percentile`.

    Returns:
        Unsustainable where load is one or more, tight where capacity is below what is needed, sustainable elsewhere.
    """
    given, wanted = _two(capacity, needed)
    return np.where(is_unsustainable(demand, capacity), UNSUSTAINABLE, np.where(given < wanted - 1e-9, TIGHT, SUSTAINABLE))


def recurring_gap(demand: ArrayLike, capacity: ArrayLike) -> np.ndarray:
    """D − C, slots a week: what a list grows by each week; below zero there is room (NHS demand and capacity core model)."""
    asked, given = _two(demand, capacity)
    return asked - given


def factor_of_late_share(late_share: ArrayLike) -> np.ndarray:
    """Safety factor F = −ln(late share), without unit: with exponential waits the share e^−F waits longer than the target.

    Args:
        late_share: between 0 and 1, both excluded; outside there is no factor (NaN).
    """
    share = np.asarray(late_share, dtype=float)
    allowed = (share > 0) & (share < 1)
    return np.where(allowed, -np.log(np.where(allowed, share, 0.5)), np.nan)


def late_share(factor: ArrayLike) -> np.ndarray:
    """Share of patients who wait longer than the target, e^−F, with exponential waits."""
    return np.exp(-np.asarray(factor, dtype=float))


def target_mean_wait(target: ArrayLike, factor: ArrayLike) -> np.ndarray:
    """Mean wait to aim at, T ÷ F, in the unit of T (toolkit, which takes F from 4 to 6)."""
    wait, safety = _two(target, factor)
    return wait / safety


def target_list(demand: ArrayLike, target: ArrayLike, factor: ArrayLike) -> np.ndarray:
    """Target list D × T ÷ F, patients: Little's law at the target mean wait (toolkit). Also the sustainable list.

    Args:
        demand: D, patients a week; below zero counts as none.
        target: T, weeks.
        factor: F.
    """
    return np.maximum(np.asarray(demand, dtype=float), 0.0) * target_mean_wait(target, factor)


def backlog(waiting: ArrayLike, sustainable: ArrayLike) -> np.ndarray:
    """Patients beyond the sustainable list, Q less it, 0 where the list is within (core model)."""
    held, most = _two(waiting, sustainable)
    return np.maximum(held - most, 0.0)


def is_too_big(waiting: ArrayLike, target: ArrayLike) -> np.ndarray:
    """True where Q is more than twice the target list, both in patients (toolkit)."""
    held, wanted = _two(waiting, target)
    return held > TOO_BIG * wanted


def relief_capacity(demand: ArrayLike, waiting: ArrayLike, sustainable: ArrayLike, weeks: ArrayLike = RECOVERY_WEEKS) -> np.ndarray:
    """Capacity that brings a list to its target list in some weeks: D + (Q − target list) ÷ weeks, slots a week (toolkit).

    Args:
        demand: D, patients a week.
        waiting: Q, patients.
        sustainable: the target list, patients. A list within it needs no relief: the answer is then D at most.
        weeks: to recover in, more than 0.
    """
    asked, held = _two(demand, waiting)
    most, span = _two(sustainable, weeks)
    return asked + (held - most) / span


def target_capacity(
    demand: ArrayLike, target: ArrayLike, factor: ArrayLike, cv_demand: ArrayLike = POISSON, cv_capacity: ArrayLike = POISSON
) -> np.ndarray:  # fmt: skip
    """Capacity that holds the target mean wait: D + ((cv_d² + cv_c²) ÷ 2) × (F ÷ T), slots a week (toolkit, code; Kingman and Marchal).

    Args:
        demand: D, patients a week; below zero counts as none.
        target: T, weeks.
        factor: F.
        cv_demand: coefficient of variation of the time between two arrivals, not of weekly counts, which depends on the unit of time; see
            `cv_between`.
        cv_capacity: the same of the time between two slots.
    """
    either = (np.square(np.asarray(cv_demand, dtype=float)) + np.square(np.asarray(cv_capacity, dtype=float))) / 2
    return np.maximum(np.asarray(demand, dtype=float), 0.0) + either / target_mean_wait(target, factor)


def cv_between(mean: ArrayLike, variance: ArrayLike) -> np.ndarray:
    """Coefficient of variation of the time between two arrivals, from counts in equal spans of any length: √(variance ÷ mean).

    Where arrivals have no memory both are equal and it is one. A list nobody joins has that too.
    """
    centre, around = _two(mean, variance)
    return np.sqrt(np.divide(around, centre, out=np.ones_like(around), where=centre > 0))


def pressure(mean_wait: ArrayLike, target: ArrayLike) -> np.ndarray:
    """2 × mean wait ÷ T, without unit; above one the list is likely to miss its target (toolkit).

    Args:
        mean_wait: in the unit of T. The toolkit's own summary divides days by weeks here, which makes its figure seven times too large.
        target: T.
    """
    wait, limit = _two(mean_wait, target)
    return 2.0 * wait / limit


def demand_allowance(demand: ArrayLike, sd_between: ArrayLike, referrals: ArrayLike) -> np.ndarray:
    """Demand two standard errors above its estimate: D ÷ (1 − 2·D·s ÷ √n), patients a week (toolkit).

    Args:
        demand: D as estimated, patients a week.
        sd_between: s, standard deviation of the time between two referrals, in weeks: its coefficient of variation over D. The toolkit's code
            calls it a coefficient of variation; with one in its place the answer would depend on the unit of time.
        referrals: n, how many referrals were seen. Where they are too few to tell there is no figure (NaN).
    """
    asked, apart = _two(demand, sd_between)
    seen = np.maximum(np.asarray(referrals, dtype=float), 0.0)
    left = 1.0 - 2.0 * asked * apart / np.sqrt(np.maximum(seen, 1e-12))
    return np.where(left > 0, asked / np.where(left > 0, left, 1.0), np.nan)


def simple_clearance_weeks(waiting: ArrayLike, throughput: ArrayLike) -> np.ndarray:
    """Q ÷ weekly throughput, weeks: what the last on a list served strictly in turn waits (Findlay). NaN where nobody is seen."""
    held, seen = _two(waiting, throughput)
    return np.where(seen > 0, held / np.where(seen > 0, seen, 1.0), np.where(held > 0, np.nan, 0.0))


def clearance_weeks(waiting: ArrayLike, sustainable: ArrayLike, demand: ArrayLike, capacity: ArrayLike) -> np.ndarray:
    """Weeks until a list is within its sustainable size: (Q − sustainable list) ÷ (C − D); relief capacity, solved for the weeks.

    Args:
        waiting: Q, patients.
        sustainable: patients.
        demand: D, patients a week.
        capacity: C, slots a week.

    Returns:
        0 where it is within already; NaN where it never will be, as load is one or more.
    """
    over = backlog(waiting, sustainable)
    room = -recurring_gap(demand, capacity)
    return np.where(over <= 0, 0.0, np.where(room > 0, over / np.where(room > 0, room, 1.0), np.nan))


def demand_percentile(demand: ArrayLike, share: float, cv_demand: ArrayLike = POISSON, *, span: float = 1.0) -> np.ndarray:
    """Demand that `share` of the weeks stay within, patients a week: D + z × cv × √D.

    Planning for the 65th percentile (routine) to the 85th (urgent) in place of the mean is usual NHS teaching; its page is not confirmed.

    The count of a week is taken as normal with mean D and variance cv² × D.

    Args:
        demand: D, patients a week; below zero counts as none.
        share: between 0 and 1, both excluded.
        cv_demand: of the time between two arrivals.
        span: what is planned at a time, one week: 7 where demand is by the day.
    """
    asked = np.maximum(np.asarray(demand, dtype=float), 0.0)
    return asked + NormalDist().inv_cdf(share) * _spread(asked, cv_demand, span)


@dataclass(frozen=True, eq=False)
class CarveOut:
    """Slots kept for urgent patients.

    Attributes:
        kept: slots a week that are ring-fenced.
        unused: of these, those nobody uses in a mean week, before any are released.
        extra: slots a week needed on top of what one pooled list would need.
    """

    kept: np.ndarray
    unused: np.ndarray
    extra: np.ndarray


def carve_out(
    demand: ArrayLike, urgent_share: float, share: float, cv_demand: ArrayLike = POISSON, *, released: bool, span: float = 1.0
) -> CarveOut:  # fmt: skip
    """What ring-fencing slots for urgent patients costs in capacity.

    Slots are kept for the weekly urgent demand that `share` of the weeks stay within. Urgent patients beyond them take other slots, so that what is
    lost is the kept slots that nobody uses: E[(kept − urgent)⁺] = σ (z Φ(z) + φ(z)), urgent demand of a week being normal with deviation σ.

    Args:
        demand: D, patients a week.
        urgent_share: share of them who are urgent; 0 = nothing is kept.
        share: of weeks in which the kept slots are enough, between 0 and 1, both excluded.
        cv_demand: of the time between two arrivals.
        released: True where kept slots that are free seven days before are given to others; `RELEASED_UNUSED` of the unused are lost then.
        span: what is planned at a time, one week: 7 where demand is by the day.
    """
    urgent = urgent_share * np.maximum(np.asarray(demand, dtype=float), 0.0)
    normal = NormalDist()
    z = normal.inv_cdf(share)
    around = _spread(urgent, cv_demand, span)
    unused = around * (z * share + normal.pdf(z))
    return CarveOut(urgent + z * around, unused, unused * (RELEASED_UNUSED if released else 1.0))


def _spread(rate: np.ndarray, cv: ArrayLike, span: float) -> np.ndarray:
    """Standard deviation of the rate that is counted over one span: that of the count, cv × √(rate × span), over the span."""
    return np.asarray(np.asarray(cv, dtype=float) * np.sqrt(rate / span))


def _two(one: ArrayLike, other: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    first, second = np.broadcast_arrays(np.asarray(one, dtype=float), np.asarray(other, dtype=float))
    return first, second
