"""Fairness between organisations, and for patients who live further away or in deprived areas."""

from __future__ import annotations

from typing import Any


def largest_share_counted(m: Any, o: str, k: str, w: int) -> Any:
    """The largest share over six weeks of a test is at least that of each organisation's list, measured against the list without a change.

    theta[m,w]·L°[o,m,w] ≥ Σ_u over[o,m,u,w]

    Units: patient = patient. Lists of less than one patient without a change are left out. Only where the share has a price.
    """
    over = sum(m.over_six[o, k, u, w] for u in m.problem.near("lists_of_test", (o, k)))
    return m.largest_share[k, w] * m.unchanged_list[o, k, w] >= over


def extra_minutes_capped(m: Any, e: str, k: str) -> Any:
    """Patients of a group who are examined at another organisation have no more extra minutes on the road, on average over the plan, than the cap.

    Σ_{o,u,s,a,w} extra[e,o,m,s]·x[o,m,u,s,a,w] ≤ cap[m]·Σ_{o,u,s,a,w} part[e,o,m,s]·x[o,m,u,s,a,w]

    Units: minute * patient = minute * patient. The row joins all weeks; it is built only where there is a cap.
    """
    routes = [(*route, w) for route in m.problem.near("group_routes", (e, k)) for w in range(1, m.problem.last_week + 1)]
    minutes = sum(m.group_minutes[e, i[0], k, i[3]] * m.examined[i] for i in routes)
    return minutes <= m.extra_minutes_cap[k] * sum(m.group_part[e, i[0], k, i[3]] * m.examined[i] for i in routes)
