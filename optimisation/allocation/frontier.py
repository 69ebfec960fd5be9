"""Cost against lateness: plans between the plan itself and the cheapest, each the cheapest for a weight of the target.

The next weight is the slope between two neighbours, so that the plan it gives lies between them or there is none to be had by weighing (Aneja and
Nair 1979, "Bicriteria transportation problem", Management Science 25, 73-78). A weight holds in every part of the matrix alike, where a limit on
patients would tie the parts together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from scipy.sparse import csr_array

from optimisation.allocation.objective import goals_of, place_of, raised
from optimisation.matrix import Matrix

_CHEAPEST = 1e-3
"""Weight of the target in the cheapest plan: among plans of equal cost the one with fewest late."""

_APART = 0.02
"""Two steps are told apart by this part of the way from the plan to the cheapest."""

TARGET_AND_COST = "target and cost"


@dataclass(frozen=True)
class Step:
    """One plan on the frontier.

    Attributes:
        weight: of a patient over the target, times its price in the assumptions; infinite for the plan itself, which puts the target first.
        target: the goal of the target, £.
        cost: £ over the plan.
        over_six: patients over six weeks at the month ends that count, mean.
        share: of the lists, at the same month ends.
        over_target: patients over the target at the worst month end of each list, summed.
        gap: distance from the best plan for this weight that is still possible.
        status: of the search.
    """

    weight: float
    target: float
    cost: float
    over_six: float
    share: float
    over_target: float
    gap: float
    status: str


def weighed(matrix: Matrix, emphasis: str, weight: float, start: np.ndarray) -> tuple[Matrix, list[str], list[float]]:
    """The problem with the target weighed against cost in one goal, the goals' names in order, and how much each is raised.

    Args:
        matrix: of the problem.
        emphasis: its goals are kept in order, but for the target and the trust furthest over it.
        weight: times the price of a patient over the target.
        start: a plan, which is kept where the search is stopped at once.
    """
    target, cost = place_of("shortfall", emphasis), place_of("cost", emphasis)
    kept = [(k, goal.name) for k, goal in enumerate(goals_of(emphasis)) if goal.name not in ("shortfall", "worst")]
    rows, constants = matrix.goals.toarray()[[k for k, _ in kept]], matrix.constants[[k for k, _ in kept]].copy()
    at = [k for k, _ in kept].index(cost)
    rows[at] += weight * matrix.goals[[target], :].toarray()[0]
    constants[at] += weight * matrix.constants[target]
    names = [TARGET_AND_COST if k == cost else name for k, name in kept]
    return replace(matrix, goals=csr_array(rows), constants=constants, start=start), names, [raised(emphasis)[k] for k, _ in kept]


def frontier(plan: Step, solve: Callable[[float], Step | None], most: int) -> list[Step]:
    """Steps from the plan itself to the cheapest, in order of cost, none as late and as dear as another.

    Args:
        plan: the plan itself.
        solve: the step of a weight; None = it was stopped, and so is this.
        most: steps, the plan among them.
    """
    cheapest = solve(_CHEAPEST)
    if cheapest is None:
        return [plan]
    found, closed = [plan, cheapest], set[float]()
    for _ in range(most - 2):
        weight = _next_weight(found, closed)
        step = None if weight is None else solve(weight)
        if step is None or weight is None:
            break
        closed.add(weight)
        found.append(step)
    return undominated(found)


def undominated(steps: Sequence[Step]) -> list[Step]:
    """The plan itself, and of the others each that is cheaper than everything with fewer patients over six weeks; dearest first."""
    plan, *others = steps
    kept = [plan]
    for step in sorted(others, key=lambda s: (s.over_six, s.cost)):
        if step.over_six > kept[-1].over_six and step.cost < kept[-1].cost:
            kept.append(step)
    return kept


def _next_weight(steps: Sequence[Step], closed: set[float]) -> float | None:
    """The slope between the two neighbours that are furthest apart; None where all are near each other."""
    line = _falling(steps)
    wide, high = line[-1].target - line[0].target, line[0].cost - line[-1].cost
    if wide <= 0 or high <= 0:
        return None
    best, found = 2 * _APART, None
    for a, b in pairwise(line):
        away = (b.target - a.target) / wide + (a.cost - b.cost) / high
        weight = (a.cost - b.cost) / (b.target - a.target)
        if away > best and all(abs(weight / known - 1) > _APART for known in closed):
            best, found = away, weight
    return found


def _falling(steps: Sequence[Step]) -> list[Step]:
    """Steps none of which another beats in both the target and cost, those nearest to the target first."""
    line: list[Step] = []
    for step in sorted(steps, key=lambda s: (s.target, s.cost)):
        if not line or (step.cost < line[-1].cost and step.target > line[-1].target):
            line.append(step)
    return line
