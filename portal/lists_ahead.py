"""The lists of a network week by week if nothing changes, and how much is asked for beside the slots there are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.activity import BANDS, OVER_SIX
from data.assumptions import Assumptions
from data.dataset import Dataset
from data.demand import ListResponse
from data.rota import Today
from data.store import Scope
from data.working_days import first_monday_after, mondays
from data.workload import must_do_work
from forecasting import capacity as formulae
from forecasting.dynamics import ListDynamics, Orders
from portal import services
from portal.services import kept
from portal.unchanged import Unchanged, required, unchanged

HORIZON = 52
"""Weeks looked ahead."""

_KEPT = 6

KEYS = ["organisation", "test"]


@dataclass(frozen=True, eq=False)
class Lists:
    """Every list of a network without a change.

    Attributes:
        rows: one row for each list: organisation, test, waiting, share_over_six, mean_wait (weeks), target_share; at the data date.
        weeks: the Mondays, length W.
        demand: patients a week, additions less removals without a test, shape (lists, W).
        capacity: slots a week for the list, shape (lists, W).
        seen: patients seen, shape (lists, W); fewer than slots where the list runs out.
        waiting: at week ends, shape (lists, W).
        over_six: of those, shape (lists, W).
        planned, unscheduled: must-do work, index (organisation, test), one column for each Monday, patients a week; unscheduled inside sessions only.
        rota: today's rota; None where the network has no asset.
        order: the booking order in words.
        orders: the present booking orders; None where too few months tell.
        data_date: of the lists.
        months: of history loaded.
        response, dynamics: what the lists were projected from, for other slots; these hold lists that nobody is on or joins too.
    """

    rows: pd.DataFrame
    weeks: pd.DatetimeIndex
    demand: np.ndarray
    capacity: np.ndarray
    seen: np.ndarray
    waiting: np.ndarray
    over_six: np.ndarray
    planned: pd.DataFrame
    unscheduled: pd.DataFrame
    rota: Today | None
    order: str
    orders: Orders | None
    data_date: pd.Timestamp
    months: int
    response: ListResponse
    dynamics: ListDynamics | None

    def of(self, organisation: str, test: str) -> np.ndarray:
        """True for the lists of an organisation and a test, shape (lists,); empty = all."""
        hit = np.ones(len(self.rows), dtype=bool)
        for column, wanted in (("organisation", organisation), ("test", test)):
            hit &= (self.rows[column] == wanted).to_numpy() if wanted else True
        return hit

    @property
    def todays_rota(self) -> Today:
        """Today's rota.

        Raises:
            Refused: the network has no asset.
        """
        return required(self.rota)

    def monday(self, number: float) -> pd.Timestamp:
        """The Monday of a week counted from 1; NaT where there is none."""
        return self.weeks[int(number) - 1] if number >= 1 else pd.NaT


@kept(_KEPT)
def lists(scope: Scope, dataset_id: str, scenario_id: str) -> Lists:
    """The lists of a dataset for a year without a change, under the assumptions of a scenario.

    Raises:
        Refused: no month of history is loaded.
    """
    held = services.dataset(scope, dataset_id)
    assumptions = services.in_force(scope, dataset_id, services.choice(scope, dataset_id, scenario_id))
    return lists_of(held, assumptions)


def lists_of(held: Dataset, assumptions: Assumptions, horizon: int = HORIZON) -> Lists:
    """The same, of a dataset at hand."""
    weeks = mondays(first_monday_after(held.waiting_list.date), horizon)
    found = unchanged(held, assumptions, weeks)
    rows = _now(held, found, assumptions)
    index = pd.MultiIndex.from_frame(rows[KEYS])

    def wide(frame: pd.DataFrame) -> np.ndarray:
        summed = frame.groupby(level=KEYS, sort=False).sum()
        return summed.reindex(index=index, columns=weeks).fillna(0.0).to_numpy(dtype=float)

    moves = found.response.rows.set_index(KEYS)
    shape = moves.pivot_table(index=KEYS, columns="week", values=["served", "waiting", "over_six"], aggfunc="sum", sort=False)
    additions, validated = found.demand.weekly("additions"), found.demand.weekly("validated")
    planned = found.demand.weekly("planned").groupby(level=KEYS).sum()
    return Lists(
        rows, weeks, wide(additions) - wide(validated), wide(found.capacity), wide(shape["served"]), wide(shape["waiting"]),
        wide(shape["over_six"]), planned, _inside(found, assumptions, planned), found.rota, found.response.order, found.orders,
        held.waiting_list.date, len(held.activity.periods), found.response, found.dynamics,
    )  # fmt: skip


def _inside(found: Unchanged, assumptions: Assumptions, planned: pd.DataFrame) -> pd.DataFrame:
    """Unscheduled work done inside sessions: must-do work less planned."""
    tests = list(planned.index.get_level_values("test").unique())
    return must_do_work(found.demand, assumptions, tests).reindex(planned.index).fillna(0.0) - planned


def _now(held: Dataset, found: Unchanged, assumptions: Assumptions) -> pd.DataFrame:
    """Lists at the data date on which anybody waits, or that anybody joins."""
    bands = held.waiting_list.rows.pivot_table(index=KEYS, columns="weeks_waited", values="patients", aggfunc="sum")
    bands = bands.reindex(columns=range(BANDS)).fillna(0.0)
    joined = found.demand.weekly("additions").sum(axis=1).groupby(level=KEYS, sort=False).sum()
    bands = bands.reindex(joined.index).fillna(0.0)
    bands = bands[(bands.sum(axis=1) > 0) | (joined > 0)]
    waiting = bands.sum(axis=1)
    middle = np.arange(BANDS) + 0.5
    rows = bands.index.to_frame(index=False).assign(
        waiting=waiting.to_numpy(), over_six=bands.loc[:, OVER_SIX:].sum(axis=1).to_numpy(), mean_wait=over(bands.to_numpy() @ middle, waiting)
    )
    rows["share_over_six"] = over(rows.pop("over_six"), rows["waiting"])
    return rows.assign(target_share=assumptions.values("target_share", rows[KEYS].assign(week=pd.Timestamp(held.data_date))))


@dataclass(frozen=True, eq=False)
class Loads:
    """Load by group and week.

    Attributes:
        groups: organisation, site, test of each group, empty where it is added over them.
        demand, capacity: a week, shape (groups, W).
    """

    groups: pd.DataFrame
    demand: np.ndarray
    capacity: np.ndarray

    @property
    def load(self) -> np.ndarray:
        """Shape (groups, W); NaN where as much or more is asked for than there are slots."""
        return formulae.load(self.demand, self.capacity)


GROUPS = {"list": "Trust and test", "organisation": "Trust", "test": "Test", "site": "Site and test"}
"""What load may be looked at by."""

_BY = {"list": ("organisation", "test"), "organisation": ("organisation",), "test": ("test",), "site": ("organisation", "site", "test")}


def loads(held: Lists, chosen: np.ndarray, by: str) -> Loads:
    """Load by week of each group.

    Args:
        held: the lists.
        chosen: which of them, as `Lists.of` gives it.
        by: a key of `GROUPS`. No source says at which site a request will be examined: demand is shared as today's slots are.
    """
    rows, demand, capacity = held.rows[chosen].assign(site=""), held.demand[chosen], held.capacity[chosen]
    if by == "site":
        rows, demand, capacity = _at_sites(held, rows, demand)
    key = list(_BY[by])
    codes, groups = _codes(rows, key)
    summed = np.zeros((2, len(groups), len(held.weeks)))
    np.add.at(summed[0], codes, demand)
    np.add.at(summed[1], codes, capacity)
    full = groups.assign(**{column: "" for column in ("organisation", "site", "test") if column not in key})
    return Loads(full, summed[0], summed[1])


def _codes(rows: pd.DataFrame, key: list[str]) -> tuple[np.ndarray, pd.DataFrame]:
    """Position of each row's group, and the groups in order of appearance."""
    groups = rows[key].drop_duplicates(ignore_index=True)
    where = pd.MultiIndex.from_frame(groups).get_indexer(pd.MultiIndex.from_frame(rows[key])) if len(rows) else np.zeros(0, dtype=int)
    return where, groups


def _at_sites(held: Lists, rows: pd.DataFrame, demand: np.ndarray) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Slots of each station for its lists, with the part of their demand that these slots are of all."""
    if held.rota is None:
        return rows.iloc[:0], demand[:0], demand[:0]
    slots = held.rota.slots
    stations = held.rota.stations.rows["site"].to_numpy()
    at = pd.MultiIndex.from_frame(rows[KEYS]).get_indexer(pd.MultiIndex.from_frame(slots.rows[KEYS])) if len(rows) else np.zeros(0, dtype=int)
    here = np.flatnonzero(at >= 0)
    given = slots.waiting_list[here]
    total = np.zeros(len(rows))
    np.add.at(total, at[here], given.mean(axis=1))
    share = over(given.mean(axis=1), total[at[here]])
    found = slots.rows.iloc[here][KEYS].assign(site=stations[slots.rows["station"].to_numpy()[here]])
    return found, demand[at[here]] * share[:, None], given


def over(part: pd.Series | np.ndarray, whole: pd.Series | np.ndarray) -> np.ndarray:
    """`part` over `whole`, 0 where there is nothing to divide by."""
    above, below = np.asarray(part, dtype=float), np.asarray(whole, dtype=float)
    return np.divide(above, below, out=np.zeros_like(above), where=below > 0)
