"""What more of something would buy, found by solving again: choices stay, counts are relaxed, everything else is chosen anew."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from optimisation.curves import Curve
from optimisation.linear import LinearSolver
from optimisation.matrix import Part

MOST_PROBES = 8
_MOST_UNITS = 50
_MARGIN = 1.05
"""More units bring less than the first: asked for a little more than the first one's effect says."""

_NOTHING = 1e-3


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


def ask(solver: LinearSolver, curve: Curve | None, probes: list[Probe], goals: np.ndarray, aim: np.ndarray, columns: np.ndarray,
        first_goal: int) -> list[Probed]:  # fmt: skip
    """The probes worth most by the prices, one of each kind, solved again with one unit, and with as many as the first goal would need.

    Args:
        solver: as `LinearSolver.prices` left it.
        curve: of the part.
        probes: in the part's positions.
        goals: shape (goals, columns).
        aim: the goals in one as the search had them, shape (columns,).
        columns: of the part in the whole matrix.
        first_goal: the goal whose need says how many units are asked for.
    """

    def settled(values: np.ndarray) -> np.ndarray:
        return values if curve is None else curve.settled(values)

    def asked(probe: Probe, units: int) -> Probed | None:
        after = solver.with_more(probe, units)
        if after is None:
            return None
        after = settled(after)
        # Nobody is made to use what is more: where the rows misled the search, the plan stays as it was.
        return Probed(probe.name, units, columns, base, min(after, base, key=lambda values: float(aim @ values)))

    about = solver.again(aim) if probes else None
    if about is None:
        return []
    base, found = settled(about[0]), []
    missing = float(goals[first_goal] @ base)
    for probe in _worth_most(probes, about[1], about[2]):
        one = asked(probe, 1)
        if one is None:
            break
        found.append(one)
        gained = missing - float(goals[first_goal] @ one.after)
        units = math.ceil(_MARGIN * missing / gained) if gained > _NOTHING and missing > _NOTHING else 0
        many = asked(probe, units) if 1 < units <= _MOST_UNITS else None
        found += [many] if many is not None else []
    return found


def _worth_most(probes: list[Probe], row_prices: np.ndarray, column_prices: np.ndarray) -> list[Probe]:
    """Probes that the prices say are worth something, the best of each kind, the best of all first."""
    worth = [-float(p.row_more @ row_prices[p.rows]) - float(p.column_more @ column_prices[p.columns]) for p in probes]
    best: dict[tuple[str, ...], Probe] = {}
    for k in np.argsort(np.negative(worth), kind="stable"):
        if worth[k] >= 1:
            best.setdefault(probes[k].kind, probes[k])
    return list(best.values())[:MOST_PROBES]
