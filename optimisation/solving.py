"""Goals in order: each is kept, within a stated tolerance, while the next is improved.

Parts of the matrix that share no row are solved apart, which is exact, and side by side.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from data.run import PlanSettings, Progress
from optimisation.bounds import PATIENCE, bounds_in_turn, goal_bounds, unmet
from optimisation.curves import Curve
from optimisation.highs import Clock, relative_gap
from optimisation.linear import LinearSolver
from optimisation.matrix import INFINITY, Matrix, Part, cut, independent_parts
from optimisation.passes import CurveCheck, about, aimed_anew, follow_curve, settle
from optimisation.pricing import Instead, Repriced, reprice
from optimisation.probing import Answers, Probe, Unit, ask

_RAISED = 20.0
"""How much a goal is raised over those after it in the search, so that it is not traded against them."""
_ATTEMPTS = 3


@dataclass(frozen=True)
class Stage:
    """What one goal reached: its value, the best value still possible, and their distance relative to the value or a hundredth of all goals."""

    name: str
    value: float
    bound: float
    gap: float


@dataclass
class Outcome:
    """A solved problem.

    Attributes:
        values: one value per column.
        stages: goals in order.
        status: optimal (every goal but the last within the gap of its bound, or within a hundredth of the gap of the whole), gap not reached,
            time limit, or cancelled. The last goal only chooses among plans that are equal in the others.
        row_prices: £ of the weighted goals for one unit of the right-hand side of each row, integers of the plan held where they are
            yes-or-no and relaxed where they are counts: at most what one more unit is worth.
        column_prices: the same for a column's bound.
        seconds: wall clock inside HiGHS, summed over parts.
        followed: what the passes of a curve came to: passes, mean and worst error of the reported plan (`mean`, `worst`) and of the best linear one
            (`linear_mean`, `linear_worst`), in the unit of the curve, and by what share the goals are above those of the latter (`above_linear`);
            empty without a curve.
        asked: what more of something would buy, and the next best places, solved again.
        repriced: what would come of goals weighed otherwise, by part, solved again.
    """

    values: np.ndarray
    stages: list[Stage]
    status: str
    row_prices: np.ndarray
    column_prices: np.ndarray
    seconds: float
    details: dict[str, Any] = field(default_factory=dict)
    followed: dict[str, float] = field(default_factory=dict)
    asked: Answers = field(default_factory=lambda: Answers([], []))
    repriced: list[Repriced] = field(default_factory=list)


def solve_in_order(
    matrix: Matrix,
    names: Sequence[str],
    settings: PlanSettings,
    report: Callable[[Progress], None],
    cancelled: Callable[[], bool],
    curve: Curve | None = None,
    probes: Sequence[Probe] = (),
    units: Sequence[Unit] = (),
    first_goal: int = 0,
    raised: Sequence[float] = (),
    begin: Sequence[float] = (),
    insteads: Sequence[Instead] = (),
    spread: Spread | None = None,
) -> Outcome:
    """Minimise the goals in order.

    Goals are raised so steeply that they are not traded against what comes after them; each goal is then bounded with the
    goals before it at what they reached, and raised further where the distance to its bound is larger than the setting.

    Args:
        matrix: the problem.
        names: names of the goals, in order.
        settings: gap, time, threads, seed.
        report: called with progress, from several threads.
        cancelled: asked often; True stops within a few seconds and keeps the best plan so far.
        curve: columns that follow from a plan by a curve; None = everything is linear.
        probes: of what one more unit would be worth knowing.
        units: what stands somewhere, of which the next best place is worth knowing.
        first_goal: the goal whose need says how many units a probe asks for.
        raised: how much each goal is raised; none = all but the last two alike.
        begin: the same for a first search from whose plan the search goes on; none = the search begins with `raised`.
        insteads: goals weighed otherwise, of which the outcome is worth knowing.
        spread: where the parts are solved; None = in threads of this process, as many as the settings say.

    Raises:
        NoPlan: nothing feasible was found in the time, or the problem has no feasible plan at all.
    """
    clock = Clock(settings.time_limit, report, cancelled)
    clock.constant = float(matrix.constants.sum())
    parts = independent_parts(matrix)
    clock.begin([len(p.columns) for p in parts])
    asks = [_Asks(p, curve and curve.part(p), [q for q in (probe.part(p) for probe in probes) if q is not None],
                  [u for u in (unit.part(p) for unit in units) if u is not None], first_goal, raised, begin, insteads)
            for p in parts]  # fmt: skip
    tasks = [PartTask(cut(matrix, a.part), settings, a) for a in asks]
    answers = (spread or in_threads)(tasks, clock)
    return _join(matrix, names, parts, answers, settings, clock)


@dataclass
class PartAnswer:
    """What came of one part.

    Attributes:
        values, bounds, row_prices, column_prices: as in `Outcome`, of the part.
        proved: what the goals reached in the linear model that the bounds are of.
        seconds, nodes: wall clock inside HiGHS, and nodes of its searches.
        curve: how far the rows of the curve were from it; None without one.
        asked: what more of something would buy, and the next best places.
        repriced: what would come of goals weighed otherwise.
        told: value of the part and its bound, as progress says them.
        kept: taken from an earlier plan that solved the same part.
    """

    values: np.ndarray
    bounds: np.ndarray
    row_prices: np.ndarray
    column_prices: np.ndarray
    proved: np.ndarray
    seconds: float
    nodes: int
    curve: CurveCheck | None
    asked: Answers
    repriced: list[Repriced]
    told: tuple[float, float]
    kept: bool = False


@dataclass(frozen=True)
class _Asks:
    """What is asked about one part."""

    part: Part
    curve: Curve | None
    probes: list[Probe]
    units: list[Unit]
    first_goal: int
    raised: Sequence[float]
    begin: Sequence[float]
    insteads: Sequence[Instead]


@dataclass(frozen=True, eq=False)
class PartTask:
    """One part to be solved, by this process or another: plain values only, HiGHS is made where it is called."""

    matrix: Matrix
    settings: PlanSettings
    asks: _Asks

    @property
    def number(self) -> int:
        """Of the part."""
        return self.asks.part.number

    def __call__(self, clock: Clock) -> PartAnswer:
        """Solve it.

        Raises:
            NoPlan: nothing feasible was found in the time, or the part has no feasible plan at all.
        """
        return _solve_part(self.matrix, self.settings, clock, self.asks)


Spread = Callable[[Sequence[PartTask], Clock], list[PartAnswer]]
"""Solves parts somewhere and gives their answers in order; progress and stopping go by the clock."""


def in_threads(tasks: Sequence[PartTask], clock: Clock) -> list[PartAnswer]:
    """Parts solved in threads of this process, as many as the settings say."""
    with ThreadPoolExecutor(max_workers=max(tasks[0].settings.threads, 1)) as pool:
        return list(pool.map(lambda task: task(clock), tasks))


def _solve_part(matrix: Matrix, settings: PlanSettings, clock: Clock, asks: _Asks) -> PartAnswer:
    """One part: a plan for the weighted goals, raised further where a goal is not yet close to its bound, then prices and what more would buy."""
    goals, number, curve = matrix.goals.toarray(), asks.part.number, asks.curve
    solver = LinearSolver(matrix, settings, clock)
    factor = np.array(asks.raised or [_RAISED if g < len(goals) - 2 else 1.0 for g in range(len(goals))], dtype=float)
    first, followed = np.array(asks.begin or factor, dtype=float), None
    if curve is not None:
        followed = follow_curve(solver, curve, first @ goals, lambda: clock.tell(number, "Following the lists", INFINITY, -INFINITY, 0.2))
    values, weighted = solver.minimise(first @ goals)
    if asks.begin and curve is None:
        values, weighted = solver.minimise(factor @ goals, values)
    elif asks.begin and curve is not None:
        followed, values = aimed_anew(solver, curve, followed, first @ goals, factor @ goals, values)
    for attempt in range(_ATTEMPTS + 1):
        clock.tell(number, "Looking for a better plan", *_total(goals, factor, values, weighted), 0.5 + attempt / (2 * _ATTEMPTS))
        if asks.begin and curve is not None:  # steep weights leave the later goals no bound worth having: see `bounds_in_turn`
            bounds = np.full(len(goals), -INFINITY)
            break
        bounds, better = goal_bounds(solver, goals, factor, values, weighted)
        far = unmet(goals @ values, bounds, settings.gap)
        if better is None or not len(far) or attempt == _ATTEMPTS or clock.must_stop():
            break
        factor[: far[0] + 1] *= _RAISED
        within = settings.gap / 2 * float(np.abs(goals[far[0] :] @ better).sum())
        values, weighted = solver.minimise(factor @ goals, better, PATIENCE, within)
    proved, around, check = goals @ values, None, None
    if curve is not None:
        values, around, check = settle(solver, curve, followed, factor @ goals, values)
        if asks.begin:
            about(solver, curve, values, near=True)
            bounds, proved = bounds_in_turn(solver, goals, values), goals @ values
            about(solver, curve, around, near=False)
        bounds = np.minimum(bounds, goals @ values)
    clock.tell(number, "Explaining the plan", *_total(goals, factor, values, weighted), 0.9)
    row_prices, column_prices = solver.prices(goals.sum(axis=0), values)
    asked = ask(solver, curve, asks.probes, asks.units, goals, factor @ goals, asks.part.columns, asks.first_goal, around)
    repriced = reprice(solver, curve, asks.insteads, goals, factor, asks.part.columns, around)
    told = _total(goals, factor, values, weighted)
    clock.tell(number, "Explaining the plan", *told, 1.0)
    return PartAnswer(values, bounds, row_prices, column_prices, proved, solver.seconds, solver.nodes, check, asked, repriced, told)


def _total(goals: np.ndarray, factor: np.ndarray, values: np.ndarray, weighted: float) -> tuple[float, float]:
    """Value of the plan in pounds as planners see it, and its bound at the same scale."""
    value, raised = float((goals @ values).sum()), float(factor @ (goals @ values))
    return value, value - max(raised - weighted, 0.0)


def _join(matrix: Matrix, names: Sequence[str], parts: list[Part], answers: list[PartAnswer], settings: PlanSettings, clock: Clock) -> Outcome:
    values, columns = np.zeros((2, matrix.rows.shape[1]))
    rows = np.zeros(matrix.rows.shape[0])
    bounds = np.zeros(len(names))
    for part, answer in zip(parts, answers, strict=True):
        values[part.columns] = answer.values
        columns[part.columns] = answer.column_prices
        rows[part.rows] = answer.row_prices
        bounds += answer.bounds
    reached = matrix.goals @ values + matrix.constants
    bounds = np.maximum(bounds + matrix.constants, 0.0)  # every goal is a sum of quantities that cannot be negative
    smallest = float(np.abs(reached).sum()) / 100  # a goal that is a small part of the whole is judged against the whole, as in `allowed`
    stages = [Stage(n, float(v), float(b), relative_gap(v, b, smallest)) for n, v, b in zip(names, reached, bounds, strict=True)]
    reached_all = not len(unmet(sum(a.proved for a in answers) + matrix.constants, bounds, settings.gap))
    status = "cancelled" if clock.stopped else "time limit" if clock.late else "optimal" if reached_all else "gap not reached"
    details = {"parts": len(parts), "parts kept": sum(a.kept for a in answers), "nodes": sum(a.nodes for a in answers)}
    asked = Answers([p for a in answers for p in a.asked.more], [e for a in answers for e in a.asked.elsewhere])
    return Outcome(values, stages, status, rows, columns, sum(a.seconds for a in answers), details, _followed(answers), asked,
                   [r for a in answers for r in a.repriced])  # fmt: skip


def _followed(answers: list[PartAnswer]) -> dict[str, float]:
    """What the passes of all parts came to."""
    checks = [a.curve for a in answers if a.curve is not None]
    if not checks:
        return {}
    linear, whole = (np.concatenate([getattr(c, name) for c in checks]) for name in ("linear", "whole"))
    best, reached = (sum(getattr(c, name) for c in checks) for name in ("best_linear", "reached"))
    found = {
        "linear_mean": linear.mean(), "linear_worst": linear.max(), "mean": whole.mean(), "worst": whole.max(),
        "above_linear": reached / best - 1 if best else 0.0,
    }  # fmt: skip
    # A search that was stopped after one pass knows nothing of its rows.
    return {"passes": max(c.passes for c in checks)} | {name: float(n) for name, n in found.items() if np.isfinite(n)}
