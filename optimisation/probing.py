"""What more of something would buy, found by solving again: choices stay, counts are relaxed, everything else is chosen anew."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from optimisation.curves import Curve
from optimisation.linear import LinearSolver
from optimisation.matrix import Part

MOST_PROBES, MOST_FOR_MONEY, MOST_STAYS = 6, 3, 6
"""Probes of a part; fewer where the first goal lacks nothing and only money could be saved."""

_TRIES = 2
"""How often a question is asked where its answer is no better than the plan: rows are renewed about it."""

_MOST_UNITS = 50
_MARGIN = 1.05
"""More units bring less than the first: asked for a little more than the first one's effect says."""

_LACKING = 1e-5
"""Where less than this share of all goals is lacking in the first, nothing is."""

_NOTHING = 1e-3
_MOSTLY = 0.25
"""A unit stands somewhere else when it does for this part of the weeks."""


@dataclass(frozen=True, eq=False)
class Probe:
    """One more unit of something.

    Attributes:
        name: what and where, as the model names it.
        kind: probes of one kind buy much the same; one of them is asked.
        rows: whose upper bound rises, shape (r,), and by how much.
        columns: the same of columns, shape (c,).
    """

    name: tuple[str, ...]
    kind: tuple[str, ...]
    rows: np.ndarray
    row_more: np.ndarray
    columns: np.ndarray
    column_more: np.ndarray

    def part(self, part: Part) -> Probe | None:
        """The probe in the positions of a part of the matrix; None where nothing of it is there."""
        rows, columns = np.isin(self.rows, part.rows), np.isin(self.columns, part.columns)
        if not rows.any() and not columns.any():
            return None
        return Probe(self.name, self.kind, np.searchsorted(part.rows, self.rows[rows]), self.row_more[rows],
                     np.searchsorted(part.columns, self.columns[columns]), self.column_more[columns])  # fmt: skip


@dataclass(frozen=True, eq=False)
class Probed:
    """What came of a probe.

    Attributes:
        name: of the probe.
        units: how many more were given.
        columns: the part of the matrix it was asked of, shape (c,).
        before, after: settled plans with relaxed counts, without and with them, shape (c,).
    """

    name: tuple[str, ...]
    units: int
    columns: np.ndarray
    before: np.ndarray
    after: np.ndarray


@dataclass(frozen=True, eq=False)
class Unit:
    """Places where something that stands in one place at a time may stand.

    Attributes:
        name: as the model names it.
        places: p of them.
        columns: 1 = stands there, shape (p, weeks); -1 where it may not.
    """

    name: str
    places: tuple[str, ...]
    columns: np.ndarray

    def part(self, part: Part) -> Unit | None:
        """The unit in the positions of a part of the matrix; None where it is not there."""
        here = np.isin(self.columns, part.columns)
        return Unit(self.name, self.places, np.where(here, np.searchsorted(part.columns, self.columns), -1)) if here.any() else None

    def stays(self, values: np.ndarray) -> list[tuple[int, int, int]]:
        """Place, first and last week (from 0) of each stay of a plan."""
        found: list[tuple[int, int, int]] = []
        for place, columns in enumerate(self.columns):
            for week in np.flatnonzero((columns >= 0) & (values[columns] > 0.5)).tolist():
                if found and found[-1][0] == place and found[-1][2] == week - 1:
                    found[-1] = (place, found[-1][1], week)
                else:
                    found.append((place, week, week))
        return found


@dataclass(frozen=True, eq=False)
class Elsewhere:
    """What would come of a unit that may not stay where it stays.

    Attributes:
        unit: its name.
        place: where it stays in the plan.
        weeks: first and last, from 0.
        instead: where it would mostly stand; empty = nowhere.
        columns: as in `Probed`.
        before: as in `Probed`.
        after: as in `Probed`; the unit may be divided between places, so that a whole one costs as much at least.
    """

    unit: str
    place: str
    weeks: tuple[int, int]
    instead: str
    columns: np.ndarray
    before: np.ndarray
    after: np.ndarray


@dataclass(frozen=True)
class Answers:
    """What came of asking around a plan."""

    more: list[Probed]
    elsewhere: list[Elsewhere]


def ask(solver: LinearSolver, curve: Curve | None, probes: list[Probe], units: list[Unit], goals: np.ndarray, aim: np.ndarray,
        columns: np.ndarray, first_goal: int, base: np.ndarray | None) -> Answers:  # fmt: skip
    """What is worth knowing around a plan.

    The probes worth most by the prices, one of each kind, are solved again with one unit, and with as many as the first goal would need. Every
    stay of a unit that the plan was free to choose is forbidden in turn.

    Args:
        solver: as `LinearSolver.prices` left it.
        curve: of the part.
        probes: in the part's positions.
        units: in the part's positions.
        goals: shape (goals, columns).
        aim: the goals in one as the search had them, shape (columns,).
        columns: of the part in the whole matrix.
        first_goal: the goal whose need says how many units are asked for.
        base: the plan with relaxed counts that answers are compared with; None = what the solver finds.
    """
    about = solver.again(aim) if probes or units else None
    if about is None:
        return Answers([], [])
    asking = _Asking(solver, curve, aim, columns, about[0] if base is None else base)
    return Answers(asking.more(_worth_most(probes, about[1], about[2]), goals[first_goal]), asking.elsewhere(units))


def better_than(
    base: np.ndarray, solver: LinearSolver, curve: Curve | None, aim: np.ndarray, ask: Callable[[], np.ndarray | None]
) -> np.ndarray | None:  # fmt: skip
    """The answer to a question around a plan, never worse than the plan: nobody is made to change it.

    Args:
        base: the plan, settled, about which the solver's rows stand now and when this returns, shape (columns,).
        solver: of one part.
        curve: of the same part; None = everything is linear.
        aim: the goals in one, shape (columns,).
        ask: solves with the rows as they are; None = stopped.

    Returns:
        The better of the two, settled; None where the search was stopped.
    """
    best, found, renewed = base, None, False
    for _ in range(1 if curve is None else _TRIES):
        if curve is not None and found is not None:  # the rows misled the search: about its answer they tell the truth
            solver.touch(curve, curve.tangent(found))
            renewed = True
        found = ask()
        if found is None:
            return None
        best = min(found if curve is None else curve.settled(found), base, key=lambda values: float(aim @ values))
        if best is not base:
            break
    if curve is not None and renewed:
        solver.touch(curve, curve.tangent(base))
    return best


@dataclass(frozen=True, eq=False)
class _Asking:
    """Questions around one plan."""

    solver: LinearSolver
    curve: Curve | None
    aim: np.ndarray
    columns: np.ndarray
    base: np.ndarray

    def _settled(self, values: np.ndarray) -> np.ndarray:
        return values if self.curve is None else self.curve.settled(values)

    def _asked(self, probe: Probe, units: int) -> Probed | None:
        """The best plan found with so many units more; None where the search was stopped."""
        best = better_than(self.base, self.solver, self.curve, self.aim, partial(self.solver.with_more, probe, units))
        return None if best is None else Probed(probe.name, units, self.columns, self.base, best)

    def more(self, probes: list[Probe], goal: np.ndarray) -> list[Probed]:
        """Each probe with one unit, and with as many as the goal would need."""
        found, missing = [], float(goal @ self.base)
        if missing < _LACKING * abs(float(self.aim @ self.base)):
            missing, probes = 0.0, probes[:MOST_FOR_MONEY]
        for probe in probes:
            one = None if self.solver.clock.must_stop() else self._asked(probe, 1)
            if one is None:
                break
            found.append(one)
            gained = missing - float(goal @ one.after)
            units = math.ceil(_MARGIN * missing / gained) if missing and gained > _NOTHING else 0
            many = self._asked(probe, units) if 1 < units <= _MOST_UNITS else None
            found += [many] if many is not None else []
        return found

    def elsewhere(self, units: list[Unit]) -> list[Elsewhere]:
        """Each stay forbidden in turn, the unit free to stand anywhere else."""
        low, high = self.solver.matrix.column_bounds
        found = []
        for unit, (place, first, last) in [(u, stay) for u in units for stay in u.stays(self.base)][:MOST_STAYS]:
            there, every = unit.columns[place, first : last + 1], unit.columns[unit.columns >= 0]
            free = there[low[there] < high[there]]
            after = self.solver.without(free, every) if len(free) and not self.solver.clock.must_stop() else None
            if after is not None:
                stands = np.where(unit.columns >= 0, after[unit.columns], 0.0)[:, first : last + 1].mean(axis=1)
                stands[place] = 0.0
                instead = unit.places[int(stands.argmax())] if stands.max() > _MOSTLY else ""
                found.append(Elsewhere(unit.name, unit.places[place], (first, last), instead, self.columns, self.base, self._settled(after)))
        return found


def _worth_most(probes: list[Probe], row_prices: np.ndarray, column_prices: np.ndarray) -> list[Probe]:
    """Probes that the prices say are worth something, the best of each kind, the best of all first."""
    worth = [-float(p.row_more @ row_prices[p.rows]) - float(p.column_more @ column_prices[p.columns]) for p in probes]
    best: dict[tuple[str, ...], Probe] = {}
    for k in np.argsort(np.negative(worth), kind="stable"):
        if worth[k] >= 1:
            best.setdefault(probes[k].kind, probes[k])
    return list(best.values())[:MOST_PROBES]
