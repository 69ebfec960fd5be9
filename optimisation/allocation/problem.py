"""The allocation problem: index sets and parameter values, nothing left to look up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from data.assumptions import Assumptions
from data.demand import Demand, ListModel, ListResponse
from data.network import Network
from data.rota import Today
from data.scenario import USUAL_EMPHASIS, Scenario
from optimisation.draft import Parts
from optimisation.formulation import Index

CHANGE_COUNTS = 1000.0
"""£ that a changed session, or a changed week of a mobile unit, counts where changes are counted: about what a session costs."""


@dataclass(frozen=True)
class Inputs:
    """What the problem is made from."""

    network: Network
    assumptions: Assumptions
    demand: Demand
    response: ListResponse
    today: Today
    scenario: Scenario
    booking: ListModel | None = None
    """The lists of `response` in the order they are booked in; None where none is known, and lists are then served strictly in turn."""

    @property
    def weeks(self) -> pd.DatetimeIndex:
        """The Mondays of the plan."""
        return self.demand.weeks

    def lever(self, name: str) -> bool:
        """True where the lever may be used."""
        return bool(self.scenario.levers[name])


@dataclass(frozen=True)
class Problem:
    """One instance of the allocation model.

    Attributes:
        weeks: the Mondays; week w of the model is position w - 1.
        sets: members of each index set, in a fixed order.
        neighbours: members of one index set by those of another, so that sums need no filter.
        values: parameter name → index → value, in the units of `parameters.PARAMETERS`.
        session_bounds: least and most sessions.
        present_bounds: least and most of a mobile unit's presence.
        rota_is_fixed: True where sessions may not change.
        booking: the lists of the set `booked_lists`, in the order they are booked in; None where that set is empty.
        emphasis: what the plan puts first.
    """

    weeks: pd.DatetimeIndex
    sets: Mapping[str, list[Index]]
    neighbours: Mapping[str, Mapping[Index, list[Any]]]
    values: Mapping[str, Mapping[Index, float]]
    session_bounds: Mapping[Index, tuple[float, float]]
    present_bounds: Mapping[Index, tuple[float, float]]
    rota_is_fixed: bool
    booking: ListModel | None = None
    emphasis: str = USUAL_EMPHASIS

    @property
    def last_week(self) -> int:
        """Number of weeks."""
        return len(self.weeks)

    def near(self, name: str, index: Index) -> list[Any]:
        """Neighbours of one member; none is an empty list."""
        return self.neighbours[name].get(index, [])


def build_problem(inputs: Inputs) -> Problem:
    """Index sets, parameter values and bounds of one instance."""
    from optimisation.allocation.problem_booking import booking_order
    from optimisation.allocation.problem_help import aid, external, mobiles, staff
    from optimisation.allocation.problem_limits import budgets, fairness, longest_waiters, orders, sharing
    from optimisation.allocation.problem_locks import locks
    from optimisation.allocation.problem_parts import lists, stations, targets
    from optimisation.allocation.problem_reporting import reporting

    draft = Draft(inputs)
    parts = (
        stations, lists, mobiles, staff, sharing, aid, external, orders, budgets, reporting, targets, longest_waiters, fairness, booking_order,
        locks,
    )  # fmt: skip
    for part in parts:
        part(draft)
    return Problem(inputs.weeks, draft.sets, draft.neighbours, draft.values, draft.session_bounds, draft.present_bounds,
                   not inputs.lever("change_sessions"), draft.booking, inputs.scenario.emphasis)  # fmt: skip


class Draft(Parts):
    """A problem while it is being put together; each part adds sets, values and neighbours."""

    def __init__(self, inputs: Inputs) -> None:
        super().__init__(inputs.network, inputs.assumptions, inputs.weeks)
        self.inputs = inputs
        self.weeks = range(1, len(inputs.weeks) + 1)
        self.session_bounds: dict[Index, tuple[float, float]] = {}
        self.present_bounds: dict[Index, tuple[float, float]] = {}
        self.booking: ListModel | None = None


def weeks_between(d: Draft, first: pd.Timestamp, last: pd.Timestamp) -> list[int]:
    """Numbers of the weeks from one Monday to another, both included."""
    hit = (d.inputs.weeks >= first) & (d.inputs.weeks <= last)
    return [int(i) + 1 for i in np.flatnonzero(hit)]
