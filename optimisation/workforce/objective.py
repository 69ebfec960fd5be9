"""The goal of the workforce model: least cost, with a price for everything that should not be. All in pounds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from optimisation.formulation import Goal


def total(m: Any) -> Any:
    """Cost, and the prices of work that nobody does, of vacancies over the limit, of unequal cover and of uneven starts.

    One goal, not several in order: people come whole, and the last half of a person would else be hired at any cost. A price that is set ten times
    as high comes before everything that is cheaper.
    """
    return sum(part(m) for part in (*COSTS.values(), *PRICES.values()))


def _undone(m: Any) -> Any:
    """Work that nobody does: Σ price[m]·lost[o,m,q] + Σ price[g]·u[o,g,k,m,q]."""
    return sum(m.lost_price[i[1]] * v for i, v in m.lost.items()) + sum(m.uncovered_price[i[1]] * v for i, v in m.uncovered.items())


def _vacancies(m: Any) -> Any:
    """Vacancies over the limit: Σ price[g]·v[o,g,q]."""
    return sum(m.vacancy_price[i[1]] * v for i, v in m.vacant.items())


def _unequal(m: Any) -> Any:
    """Unequal cover: Σ price[g]·theta[g,y]."""
    return sum(m.unequal_price[i[0]] * v for i, v in m.largest_share.items())


def _uneven(m: Any) -> Any:
    """Starts that differ from those of the year before: Σ price[r]·(2·more[r,y] - Σ_{o, q in y} n[o,r,q] + Σ_{o, q in y-1} n[o,r,q])."""
    near = m.problem.near
    return sum(
        m.uneven_price[r] * (2 * v - sum(m.starts[i] for i in near("starts_in", (r, y))) + sum(m.starts[i] for i in near("starts_in", (r, y - 1))))
        for (r, y), v in m.more_starts.items()
    )


def _given_away(m: Any) -> Any:
    """Hours done by another staff group: Σ price·z[o,g,k,m,h,q]."""
    return sum(m.other_hour_price["unit"] * v for v in m.done_by.values())


def _pay(m: Any) -> Any:
    """Pay of everybody in post, as those in post are paid; and what those who start are paid more or less than that."""
    return sum(m.staff_pay[i[:2]] * v for i, v in m.in_post.items()) + sum(m.pay_above[i] * v for i, v in m.starts.items())


def _training(m: Any) -> Any:
    """Starts and pay while training, those in training today included."""
    today = sum(m.training_today[o] for (o,) in m.problem.sets["organisations"])
    return today + sum(m.funded[(*i, y)] * v for i, v in m.starts.items() for y in m.problem.near("paid_in", i))


def _kept(m: Any) -> Any:
    return sum(m.kept_cost[i[:2]] * v for i, v in m.kept.items())


def _overtime(m: Any) -> Any:
    return sum(m.overtime_cost[i[:2]] * v for i, v in m.overtime.items())


def _bank(m: Any) -> Any:
    return sum(m.bank_cost[i[:2]] * v for i, v in m.bank.items())


def _bought(m: Any) -> Any:
    return sum(m.bought_price[i[:3]] * v for i, v in m.bought.items())


def _reports(m: Any) -> Any:
    return sum(m.report_price[i[0]] * v for i, v in m.reports_bought.items())


def _lent(m: Any) -> Any:
    return sum(m.lending_price[i[:3]] * v for i, v in m.lent.items())


COSTS: dict[str, Callable[[Any], Any]] = {
    "pay in post": _pay,
    "starts and pay while training": _training,
    "leavers kept": _kept,
    "overtime": _overtime,
    "bank and agency": _bank,
    "examinations bought": _bought,
    "reports bought": _reports,
    "hours lent": _lent,
}

"""Parts of the cost, by kind."""

PRICES: dict[str, Callable[[Any], Any]] = {
    "work that nobody does": _undone,
    "vacancies over the limit": _vacancies,
    "unequal cover": _unequal,
    "uneven starts": _uneven,
    "work given to others": _given_away,
}
"""What is weighed beside the cost and never paid."""

GOALS: tuple[Goal, ...] = (Goal("total", "Cost, and the price of what should not be", total),)
