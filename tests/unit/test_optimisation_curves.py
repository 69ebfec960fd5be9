"""Passes about a curve, on a curve that can be followed by hand: one thing is bought at £1, and what is lacking falls as the exponential of it."""

import numpy as np
import pytest

from optimisation.curves import LEAST_PASSES, MOST_PASSES, Tangent, follow

PRICE = 100.0
BEST = np.log(PRICE)
"""Bought at £1 each while the next takes more than £1 off 100·exp(-bought): 4.6 of them."""


class Lacking:
    """Columns: bought (held), lacking. The row about a plan: lacking ≥ exp(-b°)·(1 - (b - b°)); one that lies has too steep a slope."""

    def __init__(self, lies=0.0):
        self.lies = lies
        self.rows = self.held = self.group = self.row_group = np.array([0])
        self.at_rows, self.at_columns = np.array([0, 0]), np.array([1, 0])

    def tangent(self, values):
        bought = values[0]
        slope = -np.exp(-bought) * (1 + self.lies)
        return Tangent(np.array([-1.0, slope]), np.array([slope * bought - np.exp(-bought)]), np.array([bought, np.exp(-bought)]))

    def error(self, tangent, values, settled):
        told = max(tangent.entries[1] * values[0] - tangent.upper[0], 0.0)
        return np.array([100 * abs(told - settled[1])])

    def part(self, part):
        return self


def solver(asked):
    def solve(tangent, low, high):
        asked.append((low[0], high[0]))
        if tangent is None:
            return np.array([0.0, 1.0])
        worth = -PRICE * tangent.entries[1]  # what one more takes off, at the slope of the row
        to_zero = tangent.upper[0] / tangent.entries[1]
        return np.array([min(max(to_zero, low[0]), high[0]) if worth > 1 else low[0], 0.0])

    return solve


def worth(values):
    return float(values[0] + PRICE * values[1])


def followed(curve=None, tell=lambda *_: False, asked=None):
    return follow(curve or Lacking(), solver([] if asked is None else asked), worth, np.array([[0.0], [50.0]]), tell)


def test_passes_come_close_to_the_best_plan_of_the_curve_itself():
    found = followed()
    assert worth(found.values) == pytest.approx(BEST + 1, rel=0.02)
    assert LEAST_PASSES <= found.passes <= MOST_PASSES


def test_what_is_kept_follows_from_the_curve_and_not_from_the_rows():
    found = followed()
    assert found.values[1] == pytest.approx(np.exp(-found.values[0]))


def test_each_pass_stays_near_the_last_accepted_plan():
    asked = []
    followed(asked=asked)
    assert asked[0] == (0.0, 50.0)
    widths = [high - low for low, high in asked[1:]]
    assert max(widths) < 10
    assert widths[-1] != widths[0]


def test_no_pass_makes_the_plan_worse():
    best = []
    followed(Lacking(lies=0.8), tell=lambda _, reached, __: bool(best.append(reached)))
    assert best == sorted(best, reverse=True)
    assert len(best) > 2


def test_rows_that_lie_are_believed_less_far():
    honest, lying = [], []
    followed(asked=honest)
    followed(Lacking(lies=3.0), asked=lying)
    assert lying[-1][1] - lying[-1][0] < honest[-1][1] - honest[-1][0]


def test_nothing_solved_is_no_plan_and_a_stop_keeps_the_best_so_far():
    assert follow(Lacking(), lambda *_: None, worth, np.array([[0.0], [50.0]]), lambda *_: False) is None
    found = followed(tell=lambda number, *_: number >= 2)
    assert found.passes == 2
    assert worth(found.values) < PRICE
