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
from data.scenario import Scenario

Index = tuple[Any, ...]


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
    """

    weeks: pd.DatetimeIndex
    sets: Mapping[str, list[Index]]
    neighbours: Mapping[str, Mapping[Index, list[Any]]]
    values: Mapping[str, Mapping[Index, float]]
    session_bounds: Mapping[Index, tuple[float, float]]
    present_bounds: Mapping[Index, tuple[float, float]]
    rota_is_fixed: bool
    booking: ListModel | None = None

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
    from optimisation.allocation.problem_parts import lists, stations, targets
    from optimisation.allocation.problem_reporting import reporting

    draft = Draft(inputs)
    parts = (
        stations, lists, mobiles, staff, sharing, aid, external, orders, budgets, reporting, targets, longest_waiters, fairness, booking_order,
    )  # fmt: skip
    for part in parts:
        part(draft)
    return Problem(inputs.weeks, draft.sets, draft.neighbours, draft.values, draft.session_bounds, draft.present_bounds,
                   not inputs.lever("change_sessions"), draft.booking)  # fmt: skip


class Draft:
    """A problem while it is being put together; each part adds sets, values and neighbours."""

    def __init__(self, inputs: Inputs) -> None:
        self.inputs = inputs
        self.weeks = range(1, len(inputs.weeks) + 1)
        self.sets: dict[str, list[Index]] = {}
        self.neighbours: dict[str, dict[Index, list[Any]]] = {}
        self.values: dict[str, dict[Index, float]] = {}
        self.session_bounds: dict[Index, tuple[float, float]] = {}
        self.present_bounds: dict[Index, tuple[float, float]] = {}
        self.booking: ListModel | None = None

    def over(self, name: str, members: list[Index], assumption: str, places: list[str], *, weekly: bool = False) -> dict[Index, float]:
        """Store the assumption's value for each member; `places` names the scopes in the order of the member's parts (and the week last)."""
        columns: dict[str, list[Any]] = {scope: [i[k] for i in members] for k, scope in enumerate(places) if scope}
        frame = pd.DataFrame(columns, index=range(len(members)))
        if weekly:
            frame["week"] = self.inputs.weeks[[i[-1] - 1 for i in members]]
        if "site" in frame and "organisation" not in frame:
            frame["organisation"] = frame["site"].map(self.inputs.network.owner)
        numbers = self.inputs.assumptions.values(assumption, frame)
        self.values[name] = dict(zip(members, (float(n) for n in numbers), strict=True))
        return self.values[name]

    def join(self, name: str, pairs: Any) -> None:
        """Store neighbours from (member, neighbour) pairs, in order of appearance."""
        table: dict[Index, list[Any]] = {}
        for member, neighbour in pairs:
            table.setdefault(member, []).append(neighbour)
        self.neighbours[name] = table


def weeks_between(d: Draft, first: pd.Timestamp, last: pd.Timestamp) -> list[int]:
    """Numbers of the weeks from one Monday to another, both included."""
    hit = (d.inputs.weeks >= first) & (d.inputs.weeks <= last)
    return [int(i) + 1 for i in np.flatnonzero(hit)]
