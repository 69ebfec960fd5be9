"""The goals, in order: each is kept while the next is improved. All are in pounds, so that their weighted sum is one objective."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from data.scenario import USUAL_EMPHASIS
from optimisation.formulation import Goal


def undone(m: Any) -> Any:
    """Planned and unscheduled work left undone, priced above everything: Σ price[m]·undone[o,m,w]."""
    return sum(m.undone_price[i[1]] * v for i, v in m.undone.items())


def shortfall(m: Any) -> Any:
    """Patients over the target shares at month ends, later months counting more, and late reports.

    Σ (price[o,m,w]·short[o,m,w] + price13[o,m,w]·short13[o,m,w]) + Σ price[o]·late[o,w]
    """
    six = sum(m.shortfall_price[i] * v for i, v in m.shortfall.items())
    thirteen = sum(m.thirteen_price[i] * v for i, v in m.thirteen_shortfall.items())
    return six + thirteen + sum(m.late_report_price[i[0]] * v for i, v in m.late_reports.items())


def longer(m: Any) -> Any:
    """Patients by whom lists are longer than without a change, at month ends and at the end: Σ price[m]·longer[o,m,u,w]."""
    return sum(m.longer_price[i[1]] * v for i, v in m.longer.items())


def worst(m: Any) -> Any:
    """Patients over the target if every list of a test were as far over it as the one furthest over: Σ price[m,w]·worst[m,w]."""
    return sum(m.worst_price[i] * v for i, v in m.worst_off.items())


def change(m: Any) -> Any:
    """Sessions that differ from today's rota, and weeks in which a mobile unit is not where it stands today, at £1,000 each.

    Σ price·(2·more - (n - today)) + Σ price·(1 - y) where a unit stands today + Σ price·y of units that stand nowhere today
    """
    rota = sum(2 * m.counted_session[i[1]] * v for i, v in m.more.items()) - sum(
        m.counted_session[i[1]] * (v - m.sessions_today[i]) for i, v in m.sessions.items()
    )
    start = {v: s for (v, s), there in m.problem.values["present_today"].items() if there > 0}
    gone = sum(m.counted_unit_week[v] * (m.present_today[v, s] - y) for (v, s, _), y in m.present.items() if start.get(v) == s)
    return rota + gone + sum(m.counted_unit_week[v] * y for (v, _, _), y in m.present.items() if v not in start)


def cost(m: Any) -> Any:
    """Money: sessions, consumables, mobile units, aid, in- and outsourcing, overtime, bank and agency, shared staff."""
    return sum(part(m) for part in COSTS.values())


def disturbance(m: Any) -> Any:
    """Changes from today's rota and from week to week, waits, unequal waits and journeys, reports written elsewhere, and a cliff, at stated prices.

    The size of a change is 2·more - (n - today), and of all ramps of a session type 2·Σ rise - (n - today) in the last week.
    """
    rota = sum(2 * m.rota_change_price[i[1]] * v for i, v in m.more.items()) - sum(
        m.rota_change_price[i[1]] * (v - m.sessions_today[i]) for i, v in m.sessions.items()
    )
    ramps = sum(2 * m.ramp_price[i[1]] * v for i, v in m.rise.items()) - sum(
        m.ramp_price[a] * (m.sessions[s, a, t, w] - m.sessions_today[s, a, t, w])
        for s, a, t in m.problem.sets["station_types"]
        for w in [m.problem.last_week]
    )
    travel = sum(m.travel_price[k, s, o] * m.examined[o, k, u, s, a, w] for o, k, u, s, a, w in _away(m))
    waiting = sum(m.waiting_price[i[1]] * v for i, v in m.waiting.items())
    shared = sum(m.shared_reporting_price[i[0]] * v for i, v in m.lent.items())
    unequal = sum(m.fairness_price[i] * v for i, v in m.largest_share.items())
    return rota + ramps + travel + waiting + shared + unequal + sum(m.cliff_price[i[1]] * v for i, v in m.cliff.items())


def _away(m: Any) -> Any:
    return [(*route, w) for route in m.problem.sets["away_routes"] for w in range(1, m.problem.last_week + 1)]


def _sessions(m: Any) -> Any:
    return sum(m.session_cost[i[:3]] * v for i, v in m.sessions.items())


def _examinations(m: Any) -> Any:
    waiting = sum(m.examination_cost[i[3], i[1]] * v for i, v in m.examined.items())
    return waiting + sum(m.examination_cost[i[2], i[1]] * v for i, v in m.must_done.items())


def _owed(m: Any) -> Any:
    """A patient left on the list is still to be examined, in an ordinary session: leaving people waiting saves nothing."""
    return sum(m.owed_cost[o, k] * m.waiting[o, k, u, m.problem.last_week] for o, k, u in m.problem.sets["lists"])


def _mobiles(m: Any) -> Any:
    weeks = sum(m.mobile_week_cost[i[0]] * v for i, v in m.present.items())
    return weeks + sum(m.mobile_move_cost[i[0]] * v for i, v in m.arriving.items())


def _aid(m: Any) -> Any:
    return sum(m.aid_cost[i[1]] * m.examined[i] for i in _away(m))


def _external(m: Any) -> Any:
    insourced = sum(m.insourced_price[i[:2]] * v for i, v in m.insourced.items())
    return insourced + sum(m.outsourced_price[i[:2]] * v for i, v in m.outsourced.items())


def _extra_hours(m: Any) -> Any:
    return sum(m.overtime_cost[i[:2]] * v for i, v in m.overtime.items()) + sum(m.bank_cost[i[:2]] * v for i, v in m.bank.items())


def _outsourced_reports(m: Any) -> Any:
    return sum(m.outsourced_report_price[i[0]] * v for i, v in m.outsourced_reports.items())


def _owed_reports(m: Any) -> Any:
    """Reports put off beyond the end are still to be written, at the price of an outsourced one: a growing backlog saves nothing."""
    return sum(m.outsourced_report_price[o] / m.mean_report[o] * v for o, v in m.owed_reports.items())


def _shared_staff(m: Any) -> Any:
    return sum(m.sharing_price[i[:3]] * v for i, v in m.shared.items())


COSTS: dict[str, Callable[[Any], Any]] = {
    "sessions": _sessions,
    "examinations": _examinations,
    "examinations owed at the end": _owed,
    "mobile units": _mobiles,
    "mutual aid": _aid,
    "in- and outsourcing": _external,
    "overtime, bank and agency": _extra_hours,
    "outsourced reports": _outsourced_reports,
    "reports owed at the end": _owed_reports,
    "shared staff": _shared_staff,
}

GOALS: tuple[Goal, ...] = (
    Goal("undone", "Planned and unscheduled work left undone", undone),
    Goal("shortfall", "Patients over the target, and late reports", shortfall),
    Goal("longer", "Lists longer than without a change", longer),
    Goal("worst", "The trust furthest over the target, test by test", worst),
    Goal("change", "Changed sessions and unit weeks", change),
    Goal("cost", "Cost", cost),
    Goal("disturbance", "Disturbance, waits, unequal waits, travel and cliff", disturbance),
)
_BY_NAME = {goal.name: goal for goal in GOALS}

_RAISED: dict[str, dict[str, float]] = {
    "fewest_late": {"undone": 20, "shortfall": 20, "longer": 20, "cost": 1, "disturbance": 1},
    "least_cost": {"undone": 20, "shortfall": 20, "cost": 1, "longer": 1 / 20, "disturbance": 1 / 20},
    "fairest": {"undone": 400, "worst": 400, "shortfall": 20, "longer": 20, "cost": 1, "disturbance": 1},
    "least_change": {"undone": 400, "shortfall": 400, "change": 20, "longer": 20, "cost": 1, "disturbance": 1},
}
"""By emphasis: its goals in order, and how much each is raised over its price when the search begins, so that it is not traded against those after
it; the search raises further where that is not enough."""


def goals_of(emphasis: str) -> tuple[Goal, ...]:
    """The goals of an emphasis, in order."""
    return tuple(_BY_NAME[name] for name in _RAISED[emphasis])


def raised(emphasis: str) -> tuple[float, ...]:
    """How much each of them is raised over its price when the search begins."""
    return tuple(_RAISED[emphasis].values())


def begun(emphasis: str) -> tuple[float, ...]:
    """The same for the first search, which is always for fewest late: from its plan the others are found; none where there is no other."""
    usual = _RAISED[USUAL_EMPHASIS]
    return () if emphasis == USUAL_EMPHASIS else tuple(float(usual.get(name, 0)) for name in _RAISED[emphasis])


def place_of(goal: str, emphasis: str) -> int:
    """Place of a goal in the order of an emphasis, from 0."""
    return list(_RAISED[emphasis]).index(goal)
