"""How far the linear model of the lists is from what the list model projects for the same plan, in points of the list."""

from __future__ import annotations

import numpy as np

from data.demand import ListModel
from data.plan import IN_TURN, PRESENT_ORDER
from optimisation.allocation.result import Solved, flows
from optimisation.solving import Outcome


def list_check(s: Solved, outcome: Outcome) -> dict[str, dict[str, float]]:
    """Mean and worst difference by booking order, over lists and month ends.

    In present order the linear rows were about the plan before the last repair. Strictly in turn the model counts whole weeks; the projection is
    day by day.

    Returns:
        Booking order → name → points of the list; `linear_…` = of the plan before whole numbers; `above_linear` = the goals of the plan over those
        of that one, less 1. Where no other order is known there is nothing to compare: the rows in turn are the projection.
    """
    if s.problem.booking is None:
        return {IN_TURN: {"mean_points": 0.0, "worst_points": 0.0}}
    found = {IN_TURN: _in_turn(s, s.problem.booking)}
    if "mean" in outcome.followed:
        names = {
            "mean": "mean_points", "worst": "worst_points", "linear_mean": "linear_mean_points", "linear_worst": "linear_worst_points",
            "above_linear": "above_linear",
        }  # fmt: skip
        found[PRESENT_ORDER] = {title: outcome.followed[name] for name, title in names.items() if name in outcome.followed}
    return found


def _in_turn(s: Solved, booking: ListModel) -> dict[str, float]:
    row = {i: k for k, i in enumerate(s.problem.sets["booked_lists"])}
    waiting, served, removed = flows(s)
    over, _ = booking.booked_in_turn(1.0).over(served, removed)
    points = [0.0]
    for o, m, u, w in s.problem.sets["booked_weeks"]:
        at = row[o, m, u], w - 1
        in_turn = max(waiting[at] - s.given("under_six", (o, m, u, w)), 0.0)
        points.append(100 * abs(over[at] - in_turn) / max(waiting[at], 1.0))
    return {"mean_points": float(np.mean(points[1:] or points)), "worst_points": max(points)}
