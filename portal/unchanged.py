"""What happens if nothing is changed: demand, today's rota, what it leaves for each list, and how the lists move. No solver, no Streamlit."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from data.assumptions import Assumptions
from data.dataset import Dataset
from data.demand import Demand, ListResponse
from data.errors import Refused
from data.findings import Finding, refusal
from data.network import ALL_PRIORITIES
from data.rota import Today, today
from data.working_days import WorkingDays
from data.workload import must_do_work, recent_activity
from forecasting.dynamics import ListDynamics, Orders, present_orders
from forecasting.forecast import weekly_demand
from forecasting.waiting_list import list_response


@dataclass(frozen=True, eq=False)
class Unchanged:
    """A dataset left as it is for some weeks.

    Attributes:
        demand: of every organisation and test.
        rota: today's rota; None where the network has no asset.
        capacity: slots a week for each list: index (organisation, test, priority), one column for each Monday.
        response: how the lists move.
        orders: the present booking orders of the lists; None where too few months tell.
        dynamics: the lists in their present booking order, in the order of first appearance in `response.rows`; None where none is known.
    """

    demand: Demand
    rota: Today | None
    capacity: pd.DataFrame
    response: ListResponse
    orders: Orders | None
    dynamics: ListDynamics | None

    @property
    def todays_rota(self) -> Today:
        """Today's rota.

        Raises:
            Refused: the network has no asset.
        """
        return required(self.rota)


def required(rota: Today | None) -> Today:
    """Today's rota of a network that must have one.

    Raises:
        Refused: the network has no asset.
    """
    if rota is None:
        raise Refused([no_assets()])
    return rota


def unchanged(dataset: Dataset, assumptions: Assumptions, weeks: pd.DatetimeIndex) -> Unchanged:
    """Demand, rota and lists without a change.

    Args:
        dataset: needs at least one month of history.
        assumptions: the assumptions in force.
        weeks: the Mondays.
    """
    demand = weekly_demand(dataset, assumptions, weeks)
    rota = None
    if dataset.network.plannable:
        rota = today(dataset, assumptions, weeks, must_do_work(demand, assumptions, dataset.network.allocated_tests))
    capacity = _seen_a_week(dataset, assumptions, rota, weeks)
    orders = present_orders(dataset.network, dataset.activity)
    in_turn = assumptions.values("booked_in_turn", demand.weekly("additions").index.to_frame(index=False))
    response, dynamics = list_response(dataset.waiting_list, demand, capacity, orders, in_turn)
    return Unchanged(demand, rota, capacity, response, orders, dynamics)


def no_assets() -> Finding:
    """The finding for a network that can be forecast only."""
    return refusal("not-plannable", "no scanner, room or mobile unit", "at least one asset in the register",
                   "Add assets to the network workbook: until then it can be forecast, not planned.", sheet="Assets")  # fmt: skip


def _seen_a_week(dataset: Dataset, assumptions: Assumptions, rota: Today | None, weeks: pd.DatetimeIndex) -> pd.DataFrame:
    """What each list is given without a change: what today's rota leaves for it, or its recent activity where it is not allocated."""
    recent = rota.recent if rota is not None else recent_activity(dataset, assumptions)
    recent = recent[recent["kind"] == "waiting_list"]
    by_rota = []
    if rota is not None:
        keys = ["organisation", "test", "priority"]
        by_rota = [rota.seen.pivot_table(index=keys, columns="week", values="patients", aggfunc="sum")]
        recent = recent[~recent["test"].isin(dataset.network.allocated_tests)]
    working_weeks = WorkingDays.of(dataset.network).week_exposure(weeks, 0.0) / 5
    index = pd.MultiIndex.from_frame(recent[["organisation", "test"]].assign(priority=ALL_PRIORITIES))
    return pd.concat([*by_rota, pd.DataFrame(recent["patients"].to_numpy()[:, None] * working_weeks[None, :], index=index, columns=weeks)])
