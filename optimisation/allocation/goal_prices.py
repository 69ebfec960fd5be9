"""What each goal of a plan costs: the plan solved again with that goal weighed otherwise."""

from __future__ import annotations

import numpy as np
import pandas as pd

from optimisation.allocation.objective import goals_of
from optimisation.allocation.problem import Problem
from optimisation.allocation.worth import at_worst, changes
from optimisation.matrix import Matrix
from optimisation.pricing import Instead
from optimisation.solving import Outcome

AT_ITS_PRICE, LEFT_OUT, BEFORE_COST = "at its price", "left out", "before cost"
"""How a goal is weighed in place of how the plan weighs it."""

_COLUMNS = [
    "goal", "instead", "over_target_before", "over_target_after", "longer_before", "longer_after", "changed_before", "changed_after",
    "cost_change_gbp",
]  # fmt: skip


def insteads(emphasis: str) -> dict[Instead, tuple[str, str]]:
    """Goals to be weighed otherwise, with their names and how in words.

    The target is weighed at its price, any other goal that comes before cost is left out, and lists that come after cost are put before it.
    """
    order = [goal.name for goal in goals_of(emphasis)]
    cost, shortfall = order.index("cost"), order.index("shortfall")
    found = {Instead(shortfall, cost): ("shortfall", AT_ITS_PRICE)}
    found |= {Instead(k, None): (name, LEFT_OUT) for k, name in enumerate(order[:cost]) if name not in ("undone", "shortfall")}
    return found | {Instead(k, shortfall): (name, BEFORE_COST) for k, name in enumerate(order) if k > cost and name == "longer"}


def goal_prices(problem: Problem, matrix: Matrix, outcome: Outcome) -> pd.DataFrame:
    """Rows of the table `goal_prices`; none of a goal that not every part of the matrix has an answer for.

    Args:
        problem: for its goals and today's rota.
        matrix: of the problem.
        outcome: of the search, with what was weighed otherwise.
    """
    rows = []
    for instead, words in insteads(problem.emphasis).items():
        answers = [r for r in outcome.repriced if r.instead == instead]
        if len(answers) < outcome.details["parts"]:
            continue
        sums = np.zeros(len(_COLUMNS) - 2)
        for r in answers:
            over_before, over_after, cost = changes(problem, matrix, r.columns, r.before, r.after)
            longer = [at_worst(matrix, "longer", r.columns, values) for values in (r.before, r.after)]
            changed = [_changed(problem, matrix, r.columns, values) for values in (r.before, r.after)]
            sums += [over_before, over_after, *longer, *changed, cost]
        rows.append((*words, *np.where(np.abs(sums) < 1e-6, 0.0, sums).tolist()))
    return pd.DataFrame(rows, columns=_COLUMNS)


def _changed(problem: Problem, matrix: Matrix, columns: np.ndarray, values: np.ndarray) -> float:
    """Sessions that differ from today's rota."""
    today = problem.values["sessions_today"]
    named = [(k, matrix.column_names[c]) for k, c in enumerate(columns.tolist())]
    return float(sum(abs(values[k] - today[i]) for k, (name, i) in named if name == "sessions"))
