"""Goals in order: each is kept, within a stated tolerance, while the next is improved.

Parts of the matrix that share no row are solved apart, which is exact, and side by side.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from data.run import PlanSettings, Progress
from optimisation.bounds import unmet
from optimisation.clock import Clock
from optimisation.curves import Curve
from optimisation.highs import relative_gap
from optimisation.matrix import Matrix, Part, cut, independent_parts
from optimisation.part_solving import Asks, PartAnswer, factors, quick_part, solve_part
from optimisation.passes import followed_by
from optimisation.pricing import Instead, Repriced
from optimisation.probing import Answers, Probe, Unit
from optimisation.quick import IN_FULL, Start

QUICK_ANSWER = "quick answer"
"""Status of a plan that started from another one, whatever is proved of it."""


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
        relaxed_prices: £ of the goals in one for one unit of the right-hand side of each row, whole numbers relaxed; for plans that start from this.
        quick: None for a plan solved in full; else how it was found.
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
    relaxed_prices: np.ndarray = field(default_factory=lambda: np.zeros(0))
    quick: Quick | None = None


@dataclass(frozen=True)
class Quick:
    """How a quick answer was found.

    Attributes:
        gap: distance from the best that is still possible, over the goals in one.
        steps: what was done, by part, largest first.
    """

    gap: float
    steps: tuple[tuple[str, ...], ...]


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
    start: Start | None = None,
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
        start: another plan, near which a quick answer is looked for; None = every part is solved in full.

    Raises:
        NoPlan: nothing feasible was found in the time, or the problem has no feasible plan at all.
    """
    clock = Clock(settings.time_limit, report, cancelled)
    clock.constant = float(matrix.constants.sum())
    parts = independent_parts(matrix)
    clock.begin([len(p.columns) for p in parts])
    asks = [Asks(p, curve and curve.part(p), [q for q in (probe.part(p) for probe in probes) if q is not None],
                  [u for u in (unit.part(p) for unit in units) if u is not None], first_goal, raised, begin, insteads,
                  start and start.part(p)) for p in parts]  # fmt: skip
    tasks = [PartTask(cut(matrix, a.part), settings, a) for a in asks]
    answers = (spread or in_threads)(tasks, clock)
    return _join(matrix, names, parts, answers, settings, clock, factors(raised, len(names)))


@dataclass(frozen=True, eq=False)
class PartTask:
    """One part to be solved, by this process or another: plain values only, HiGHS is made where it is called."""

    matrix: Matrix
    settings: PlanSettings
    asks: Asks

    @property
    def number(self) -> int:
        """Of the part."""
        return self.asks.part.number

    @property
    def in_full(self) -> PartTask:
        """The same, not started from another plan."""
        return replace(self, asks=replace(self.asks, start=None))

    def __call__(self, clock: Clock) -> PartAnswer:
        """Solve it.

        Raises:
            NoPlan: nothing feasible was found in the time, or the part has no feasible plan at all.
        """
        quick = None if self.asks.start is None else quick_part(self.matrix, self.settings, clock, self.asks, self.asks.start)
        return quick or solve_part(self.matrix, self.settings, clock, self.asks)


Spread = Callable[[Sequence[PartTask], Clock], list[PartAnswer]]
"""Solves parts somewhere and gives their answers in order; progress and stopping go by the clock."""


def in_threads(tasks: Sequence[PartTask], clock: Clock) -> list[PartAnswer]:
    """Parts solved in threads of this process, as many as the settings say."""
    with ThreadPoolExecutor(max_workers=max(tasks[0].settings.threads, 1)) as pool:
        return list(pool.map(lambda task: task(clock), tasks))


def _join(matrix: Matrix, names: Sequence[str], parts: list[Part], answers: list[PartAnswer], settings: PlanSettings, clock: Clock,
          factor: np.ndarray) -> Outcome:  # fmt: skip
    values, columns = np.zeros((2, matrix.rows.shape[1]))
    rows, prices = np.zeros((2, matrix.rows.shape[0]))
    bounds = np.zeros(len(names))
    for part, answer in zip(parts, answers, strict=True):
        values[part.columns] = answer.values
        columns[part.columns] = answer.column_prices
        rows[part.rows], prices[part.rows] = answer.row_prices, answer.relaxed_prices
        bounds += answer.bounds
    reached = matrix.goals @ values + matrix.constants
    bounds = np.maximum(bounds + matrix.constants, 0.0)  # every goal is a sum of quantities that cannot be negative
    smallest = float(np.abs(reached).sum()) / 100  # a goal that is a small part of the whole is judged against the whole, as in `allowed`
    stages = [Stage(n, float(v), float(b), relative_gap(v, b, smallest)) for n, v, b in zip(names, reached, bounds, strict=True)]
    reached_all = not len(unmet(sum(a.proved for a in answers) + matrix.constants, bounds, settings.gap))
    status = "cancelled" if clock.stopped else "time limit" if clock.late else "optimal" if reached_all else "gap not reached"
    quick = _quick(answers, float(factor @ np.abs(reached)))
    if quick is not None and status in ("optimal", "gap not reached"):
        status = QUICK_ANSWER
    details = {"parts": len(parts), "parts kept": sum(a.kept for a in answers), "nodes": sum(a.nodes for a in answers)}
    asked = Answers([p for a in answers for p in a.asked.more], [e for a in answers for e in a.asked.elsewhere])
    return Outcome(values, stages, status, rows, columns, sum(a.seconds for a in answers), details,
                   followed_by([a.curve for a in answers if a.curve is not None]), asked,
                   [r for a in answers for r in a.repriced], prices, quick)  # fmt: skip


def _quick(answers: list[PartAnswer], together: float) -> Quick | None:
    """How a quick answer was found; None where every part was solved in full.

    `together` is what the goals in one come to; as none can be below nought, nothing is left to win beyond it.
    """
    if not any(a.steps for a in answers):
        return None
    away = sum(a.told[0] - a.told[1] for a in answers)
    return Quick(min(away / max(together, 1.0), 1.0), tuple(a.steps or (IN_FULL,) for a in answers))
