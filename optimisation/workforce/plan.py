"""The five-year workforce plan: from what it is made from to its tables."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pyomo.environ as pyo

from data.run import PlanSettings, Progress
from data.workforce_plan import WorkforcePlan
from optimisation.matrix import Matrix, matrix_of
from optimisation.solving import Outcome, solve_in_order
from optimisation.workforce.costs import by_kind, costs
from optimisation.workforce.limits import limits
from optimisation.workforce.measures import measures
from optimisation.workforce.model import build_model
from optimisation.workforce.objective import COSTS, GOALS, PRICES
from optimisation.workforce.problem import Inputs, build_problem
from optimisation.workforce.result import Solved, tables


def workforce_plan(
    inputs: Inputs, settings: PlanSettings, report: Callable[[Progress], None], cancelled: Callable[[], bool]
) -> WorkforcePlan:  # fmt: skip
    """The plan of least cost, work that nobody does and other things that should not be at their prices.

    Args:
        inputs: network, assumptions, hours needed, quarters, levers.
        settings: gap, time limit, threads and seed of the solve.
        report: told how far the work is.
        cancelled: asked several times a second; True stops and keeps the best plan so far.

    Returns:
        Every table of the plan, and a summary without provenance.

    Raises:
        NoPlan: no plan was found in the time.
    """
    begun = time.monotonic()
    report(Progress("Building the workforce model", 0.02))
    problem = build_problem(inputs)
    model = build_model(problem)
    matrix = matrix_of(model)
    built = time.monotonic()
    outcome = solve_in_order(matrix, [g.name for g in GOALS], settings, report, cancelled)
    answered = time.monotonic()
    solved = Solved(inputs, problem, matrix, outcome)
    found = tables(solved)
    found["costs"] = costs(solved)
    found["workforce_limits"] = limits(solved)
    found["workforce_measures"] = measures(found, problem.quarters)
    seconds = {"build": built - begun, "solve": answered - built, "write": time.monotonic() - answered, "in_solver": outcome.seconds}
    summary = {
        "status": _status(outcome, settings),
        "stages": [
            {"name": s.name, "title": g.title, "value": s.value, "bound": s.bound, "gap": s.gap} for s, g in zip(outcome.stages, GOALS, strict=True)
        ],
        "seconds": seconds,
        "size": {"rows": matrix.rows.shape[0], "columns": matrix.rows.shape[1], "integers": int(matrix.whole.sum()), **outcome.details},
        "cost_gbp": by_kind(found["costs"]),
        "prices_gbp": _prices(model, matrix, outcome),
        "notes": list(problem.notes),
    }
    return WorkforcePlan(found, summary)


def _status(outcome: Outcome, settings: PlanSettings) -> str:
    """What the search says; a single goal counts as reached within the gap only."""
    far = outcome.status == "optimal" and outcome.stages[-1].gap > settings.gap
    return "gap not reached" if far else outcome.status


def _prices(model: pyo.ConcreteModel, matrix: Matrix, outcome: Outcome) -> dict[str, float]:
    """What is weighed beside the cost, by kind, and the cost as the model counts it."""
    for family in model.component_objects(pyo.Var):
        for variable in family.values():
            variable.set_value(0.0, skip_validation=True)
    for (name, index), value in zip(matrix.column_names, outcome.values.tolist(), strict=True):
        getattr(model, name)[index].set_value(value, skip_validation=True)
    parts: dict[str, Any] = {kind: part(model) for kind, part in PRICES.items()}
    return {kind: float(pyo.value(amount)) for kind, amount in parts.items()} | {
        "cost": float(pyo.value(sum(part(model) for part in COSTS.values())))
    }
