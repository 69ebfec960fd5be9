"""The workforce problem: index sets and parameter values, nothing left to look up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from data.assumptions import Assumptions
from data.network import Network
from optimisation.draft import Parts
from optimisation.formulation import Index
from optimisation.workforce.flows import A_YEAR, Presence, Started, Stock

RECRUITED = ("recruit", "international", "graduate", "return")
"""Kinds of ways into posts of people who are nowhere until they come; all others train meanwhile."""


@dataclass(frozen=True)
class Inputs:
    """What the problem is made from.

    Attributes:
        network: staff in post and the tables of the workforce; each of the latter may be empty.
        assumptions: in force.
        need: hours by organisation, staff group, kind of work, test and quarter, typed as `data.workforce_plan.NEED`.
        quarters: first days of the quarters. What starts near the end is judged by what it does until then: ask for more quarters than are shown.
        levers: name → may be used; those left out may, see `data.workforce_plan.WORKFORCE_LEVERS`.
    """

    network: Network
    assumptions: Assumptions
    need: pd.DataFrame
    quarters: pd.DatetimeIndex
    levers: Mapping[str, bool] = field(default_factory=dict)

    def lever(self, name: str) -> bool:
        """True where the lever may be used."""
        return bool(self.levers.get(name, True))


@dataclass(frozen=True, eq=False)
class InTraining:
    """People who are in training today; people by quarter, each shape (quarters,).

    Attributes:
        organisation, route: where, and on which way.
        post: in post in the group they come into.
        work: what those in post in it work.
        training: in training, on average.
        came: come into post on the first day.
        back: come back to the group they came out of.
        returned: in post in that group since they came back; None where there is none.
    """

    organisation: str
    route: str
    post: Presence
    work: np.ndarray
    training: np.ndarray
    came: np.ndarray
    back: np.ndarray
    returned: Presence | None


@dataclass
class Staffing:
    """What becomes of people, by organisation and staff group or route.

    Attributes:
        today: those in post today.
        in_training: those in training today.
        found: of one person asked for, the share that is found.
        started: one person asked for, those who are not found left out.
        away: the same, missing from the group they come out of.
        kept: one leaver kept.
        above: £ a quarter of one who came by a way, beyond what those in post in the group are paid.
        training_pay: £ a quarter of one in training.
    """

    today: dict[Index, Stock] = field(default_factory=dict)
    in_training: list[InTraining] = field(default_factory=list)
    found: dict[Index, float] = field(default_factory=dict)
    started: dict[Index, Started] = field(default_factory=dict)
    away: dict[Index, Presence] = field(default_factory=dict)
    kept: dict[Index, Presence] = field(default_factory=dict)
    above: dict[Index, float] = field(default_factory=dict)
    training_pay: dict[Index, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Problem:
    """One instance of the workforce model.

    Attributes:
        quarters: their first days; quarter q of the model is position q - 1.
        sets: members of each index set, in a fixed order.
        neighbours: members of one index set by those of another, so that sums need no filter.
        values: parameter name → index → value, in the units of `parameters.PARAMETERS`.
        staffing: the flows behind the shares, for the ledger.
        notes: what is left out for want of a table.
    """

    quarters: pd.DatetimeIndex
    sets: Mapping[str, list[Index]]
    neighbours: Mapping[str, Mapping[Index, list[Any]]]
    values: Mapping[str, Mapping[Index, float]]
    staffing: Staffing = field(default_factory=Staffing)
    notes: tuple[str, ...] = ()

    @property
    def last_quarter(self) -> int:
        """Number of quarters."""
        return len(self.quarters)

    def near(self, name: str, index: Index) -> list[Any]:
        """Neighbours of one member; none is an empty list."""
        return self.neighbours[name].get(index, [])


class Draft(Parts):
    """A problem while it is being put together; each part adds sets, values and neighbours.

    Attributes:
        routes: route → its row.
        staffing: as in the problem.
        early, settled: share that leaves in each quarter, new in post and afterwards, by organisation and staff group.
        given_hours: supervisors' hours for those in training today, by quarter.
        hours_at_work: of one WTE in a quarter.
    """

    def __init__(self, inputs: Inputs) -> None:
        super().__init__(inputs.network, inputs.assumptions, inputs.quarters)
        self.inputs = inputs
        self.quarters = range(1, len(inputs.quarters) + 1)
        self.routes: dict[str, Any] = {row.route: row for row in inputs.network["routes"].itertuples()}
        self.staffing = Staffing()
        self.notes: list[str] = []
        self.early: dict[Index, np.ndarray] = {}
        self.settled: dict[Index, np.ndarray] = {}
        self.given_hours: dict[Index, np.ndarray] = {}
        self.hours_at_work: dict[Index, float] = {}

    def by_quarter(self, members: list[Index]) -> list[Index]:
        """Each member in each quarter."""
        return [(*i, q) for i in members for q in self.quarters]

    def places_of(self, members: list[Index], *scopes: str) -> pd.DataFrame:
        """Members as places of an assumption, one row each."""
        return pd.DataFrame(members, columns=list(scopes))

    def rate(self, assumption: str, members: list[Index]) -> dict[Index, Any]:
        """A dated assumption of organisation and staff group → its value by quarter, shape (quarters,)."""
        rows = self.places_of(self.by_quarter(members), "organisation", "staff_group", "week")
        rows["week"] = self.inputs.quarters[rows["week"].to_numpy(dtype=int) - 1] if len(rows) else pd.DatetimeIndex([])
        numbers = self.inputs.assumptions.values(assumption, rows).reshape(len(members), len(self.quarters))
        return dict(zip(members, numbers, strict=True))


def year_of(q: int) -> int:
    """Year of a quarter: 1 = the first four."""
    return (q - 1) // A_YEAR + 1


def build_problem(inputs: Inputs) -> Problem:
    """Index sets, parameter values and flows of one instance."""
    from optimisation.workforce.problem_limits import compared, limited, places, vacancies
    from optimisation.workforce.problem_money import money
    from optimisation.workforce.problem_staff import in_training, kept, shares, starts, supervision, today
    from optimisation.workforce.problem_work import buying, hours, lending, skill_mix, work

    draft = Draft(inputs)
    parts = (
        work, skill_mix, buying, today, starts, in_training, kept, shares, supervision, hours, limited, lending, places, money, vacancies, compared,
    )  # fmt: skip
    for part in parts:
        part(draft)
    return Problem(inputs.quarters, draft.sets, draft.neighbours, draft.values, draft.staffing, tuple(draft.notes))
