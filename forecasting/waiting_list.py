"""How every list moves without a change: strictly in turn, which is the lower bound for every booking order, and in the order of recent months.

Strictly in turn needs no ages once two running totals are known: the list, and how many on it could at most be younger than six weeks. Whoever
is on the list beyond that number has waited six weeks or more.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from data.activity import BANDS, OVER_SIX, OVER_THIRTEEN, WaitingList
from data.demand import LIST_RESPONSE, OPENING, Demand, ListResponse
from data.plan import IN_TURN, PRESENT_ORDER
from forecasting.dynamics import ListDynamics, Orders, aged, over


@dataclass(frozen=True)
class Projection:
    """Lists week by week, each array of shape (lists, weeks), patients at week end."""

    waiting: np.ndarray
    served: np.ndarray
    removed: np.ndarray
    over_six: np.ndarray
    over_thirteen: np.ndarray


def younger_than(limit: int, opening: np.ndarray, additions: np.ndarray) -> np.ndarray:
    """How many could be younger than `limit` weeks at each week end if nobody had been served.

    Args:
        limit: weeks.
        opening: list by weeks waited at the start, shape (lists, 14), patients.
        additions: shape (lists, weeks), patients a week.

    Returns:
        Shape (lists, weeks), patients: additions of the last `limit` weeks plus opening patients still younger than `limit`.
    """
    weeks = additions.shape[1]
    summed = np.concatenate([np.zeros((len(additions), 1)), additions.cumsum(axis=1)], axis=1)
    ends = np.arange(1, weeks + 1)
    recent = summed[:, ends] - summed[:, np.maximum(ends - limit, 0)]
    young = np.concatenate([np.zeros((len(opening), 1)), opening[:, :limit].cumsum(axis=1)], axis=1)
    return recent + young[:, np.maximum(limit - ends, 0)]


def project_in_turn(opening: np.ndarray, additions: np.ndarray, removals: np.ndarray, capacity: np.ndarray) -> Projection:
    """Project lists that are served strictly in turn, longest wait first.

    Args:
        opening: list by weeks waited, shape (lists, 14), patients.
        additions: shape (lists, weeks), patients a week.
        removals: most that leave without a test, shape (lists, weeks), patients a week.
        capacity: most that can be seen, shape (lists, weeks), patients a week.
    """
    lists, weeks = additions.shape
    waiting, served, removed = np.zeros((3, lists, weeks))
    now = opening.sum(axis=1)
    for w in range(weeks):
        now = now + additions[:, w]
        served[:, w] = np.minimum(now, capacity[:, w])
        removed[:, w] = np.minimum(now - served[:, w], removals[:, w])
        now = now - served[:, w] - removed[:, w]
        waiting[:, w] = now
    over = [np.maximum(waiting - younger_than(limit, opening, additions), 0) for limit in (OVER_SIX, OVER_THIRTEEN)]
    return Projection(waiting, served, removed, over[0], over[1])


def age_by_days(bands: np.ndarray, days: int, additions_a_day: np.ndarray, served_a_day: np.ndarray) -> np.ndarray:
    """Move a list forward by fewer than seven days, strictly in turn; each band is taken to be spread evenly over its week.

    Args:
        bands: list by weeks waited, shape (lists, 14), patients.
        days: 0 to 6.
        additions_a_day: shape (lists,), patients a day, net of removals; below zero so many leave, longest wait first.
        served_a_day: shape (lists,), patients a day.
    """
    part = days / 7
    moved = bands * part
    aged = bands - moved
    aged[:, 1:] += moved[:, :-1]
    aged[:, -1] += moved[:, -1]
    aged[:, 0] += np.maximum(additions_a_day, 0) * days
    leaving = (served_a_day + np.maximum(-additions_a_day, 0)) * days
    for band in range(BANDS - 1, -1, -1):
        taken = np.minimum(aged[:, band], leaving)
        aged[:, band] -= taken
        leaving = leaving - taken
    return np.maximum(aged, 0)


def list_response(
    waiting_list: WaitingList, demand: Demand, seen_a_week: pd.DataFrame, orders: Orders | None = None, booked_in_turn: np.ndarray | None = None
) -> tuple[ListResponse, ListDynamics | None]:  # fmt: skip
    """How every list moves without a change.

    Args:
        waiting_list: the list at the snapshot date; it is aged to the first Monday of `demand`.
        demand: weekly demand of the same lists.
        seen_a_week: patients a week seen from each list without a change: index (organisation, test, priority), one column per Monday.
        orders: the present booking order of the same lists; None = none is known, and over six weeks is counted strictly in turn.
        booked_in_turn: share of slots booked strictly in turn from the first Monday on, in place of that order; one for each list of `demand`.
            None = no slot.

    Returns:
        One row for each list of `demand` and week; and the lists in their present order, where one is known, in the order of those rows.
    """
    additions = demand.weekly("additions")
    lists = additions.index
    gross = additions.to_numpy()
    removals = demand.weekly("validated").reindex(lists, fill_value=0.0).to_numpy()
    capacity = seen_a_week.reindex(index=lists, columns=demand.weeks).fillna(0.0).to_numpy()
    days = (demand.weeks[0] - waiting_list.date).days - 1
    bands = _bands(waiting_list.rows, lists)
    if orders is None:
        opening = age_by_days(bands, days, (gross[:, 0] - removals[:, 0]) / 7, capacity[:, 0] / 7)
    else:
        order = orders.of(lists.droplevel("priority"))
        opening = aged(bands, order, days, *(flow[:, 0] / 7 * days for flow in (gross, capacity, removals)))
    projection = project_in_turn(opening, gross, removals, capacity)
    joined, dynamics = gross, None
    if orders is not None:
        # Additions are net of those removed without a test, who joined too and were young for a time.
        joined = gross + order.removed_share[:, None] * projection.served
    young = {limit: younger_than(limit, opening, joined) for limit in (OVER_SIX, OVER_THIRTEEN)}
    over_six = in_turn = np.maximum(projection.waiting - young[OVER_SIX], 0)
    if orders is not None:
        dynamics = ListDynamics(order, opening, gross, projection.removed, 0.0 if booked_in_turn is None else booked_in_turn)
        over_six = _as_booked(dynamics, projection, in_turn)
    rows = _rows(lists, demand.weeks, {
        "additions": gross, "removed": removals, "served": projection.served, "waiting": projection.waiting,
        "under_six": young[OVER_SIX], "under_thirteen": young[OVER_THIRTEEN], "over_six": over_six, "in_turn": in_turn,
    })  # fmt: skip
    order_words = PRESENT_ORDER if dynamics is not None else IN_TURN
    return ListResponse(LIST_RESPONSE.typed(rows), _opening_rows(lists, opening), order_words), dynamics


def with_slots(response: ListResponse, dynamics: ListDynamics | None, which: np.ndarray, slots: np.ndarray) -> Projection:
    """Some lists of a response with other slots than without a change, in the order the response was computed for.

    Args:
        response: n lists, as `list_response` makes it.
        dynamics: made with it.
        which: positions of k lists among the n; one may stand there more than once.
        slots: most that can be seen, shape (k, weeks), patients a week.
    """
    lists = len(response.opening) // BANDS
    additions, removed, young = (response.rows[c].to_numpy().reshape(lists, -1)[which] for c in ("additions", "removed", "under_six"))
    opening = response.opening["patients"].to_numpy().reshape(lists, BANDS)[which]
    found = project_in_turn(opening, additions, removed, slots)
    in_turn = np.maximum(found.waiting - young, 0)
    if dynamics is None:
        return replace(found, over_six=in_turn)
    return replace(found, over_six=_as_booked(replace(dynamics.some(which), removed=found.removed), found, in_turn))


def _as_booked(dynamics: ListDynamics, found: Projection, in_turn: np.ndarray) -> np.ndarray:
    """Over six weeks as lists are booked, shape as the projection's; lists that nobody is on or joins are left out of the work."""
    somebody = (dynamics.opening.sum(axis=1) > 0) | (dynamics.additions.sum(axis=1) > 0)
    late = np.zeros(found.served.shape)
    late[somebody] = over(dynamics.some(somebody).project(found.served[somebody]))[0]
    # In turn is the least that any order leaves; whole weeks there and days here differ by a trifle.
    return np.clip(late, in_turn, found.waiting)


def _bands(rows: pd.DataFrame, lists: pd.MultiIndex) -> np.ndarray:
    wide = rows.pivot_table(index=["organisation", "test", "priority"], columns="weeks_waited", values="patients", aggfunc="sum")
    return wide.reindex(index=lists, columns=range(BANDS)).fillna(0.0).to_numpy(dtype=float)


def _opening_rows(lists: pd.MultiIndex, opening: np.ndarray) -> pd.DataFrame:
    columns = {name: np.repeat(lists.get_level_values(name), BANDS) for name in lists.names}
    return OPENING.typed(columns | {"weeks_waited": np.tile(np.arange(BANDS), len(lists)), "patients": opening.ravel()})


def _rows(lists: pd.MultiIndex, weeks: pd.DatetimeIndex, values: dict[str, np.ndarray]) -> pd.DataFrame:
    columns = {name: np.repeat(lists.get_level_values(name), len(weeks)) for name in lists.names}
    columns |= {"week": np.tile(weeks, len(lists))}
    return pd.DataFrame(columns | {name: array.ravel() for name, array in values.items()})
