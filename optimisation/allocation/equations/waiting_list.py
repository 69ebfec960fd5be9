"""The waiting lists: patients stay on their own organisation's list, with their own clock, until examined."""

from __future__ import annotations

from typing import Any

from optimisation.allocation.equations.capacity import waiting_before


def balance(m: Any, o: str, k: str, u: str, w: int) -> Any:
    """A list grows by additions and shrinks by removals and by those examined at home, elsewhere, by insourcing and by outsourcing.

    L[o,m,u,w] = L[o,m,u,w-1] + G[o,m,u,w] - removed[o,m,u,w] - Σ_{s,a} x[o,m,u,s,a,w] - Σ_{s,a} ins[o,m,u,s,a,w] - out[o,m,u,w]

    Units: patient = patient.
    """
    gone = served(m, o, k, u, w) + m.removed[o, k, u, w]
    return m.waiting[o, k, u, w] + gone == waiting_before(m, o, k, u, w) + m.additions[o, k, u, w]


def as_today(m: Any, o: str, k: str, u: str, w: int) -> Any:
    """Where sessions may not change, tests that share a room keep their share of it.

    Σ_{s of o} x[o,m,u,s,a,w] ≤ seen°[o,m,u,w]

    Units: patient = patient.
    """
    here = [m.examined[o, k, u, s, a, w] for s, a in m.problem.near("home_of_list", (o, k, u))]
    return sum(here) <= m.seen_today[o, k, u, w]


def over_six_in_turn(m: Any, o: str, k: str, u: str, w: int) -> Any:
    """Served strictly in turn, those on the list beyond the number who could be younger than six weeks have waited longer.

    over[o,m,u,w] ≥ L[o,m,u,w] - R[o,m,u,w]

    Units: patient = patient. A lower bound for every booking order.
    """
    return m.over_six[o, k, u, w] >= m.waiting[o, k, u, w] - m.under_six[o, k, u, w]


def over_six_as_booked(m: Any, o: str, k: str, u: str, w: int) -> Any:
    """Booked in the order in use, those over six weeks answer to everybody gone from the list so far as they do about one plan.

    over[o,m,u,w] ≥ over°[o,m,u,w] + Σ_{w'≤w} J[o,m,u,w,w']·(gone[o,m,u,w'] - gone°[o,m,u,w']),
      with gone[o,m,u,w'] = L[o,m,u,w'-1] + G[o,m,u,w'] - L[o,m,u,w']

    Units: patient = patient. The projection of a list is smooth and not linear; the rows touch it about one plan and are renewed until they
    touch it about the plan that is reported.
    """
    change = 0
    for q in range(1, w + 1):
        gone = waiting_before(m, o, k, u, q) + m.additions[o, k, u, q] - m.waiting[o, k, u, q]
        change += m.over_answer[o, k, u, w, q] * (gone - m.gone_about[o, k, u, q])
    return m.over_six[o, k, u, w] >= m.over_about[o, k, u, w] + change


def over_thirteen_in_turn(m: Any, o: str, k: str, u: str, w: int) -> Any:
    """Served strictly in turn, those on the list beyond the number who could be younger than thirteen weeks have waited longer.

    over13[o,m,u,w] ≥ L[o,m,u,w] - R13[o,m,u,w]

    Units: patient = patient. Only where a thirteen-week target is asked for.
    """
    return m.over_thirteen[o, k, u, w] >= m.waiting[o, k, u, w] - m.under_thirteen[o, k, u, w]


def served(m: Any, o: str, k: str, u: str, w: int) -> Any:
    """Patients seen from a list in a week, wherever."""
    near = m.problem.near
    total = sum(m.examined[o, k, u, s, a, w] for s, a in near("routes_of_list", (o, k, u)))
    total += sum(m.insourced[o, k, u, s, a, w] for s, a in near("insourced_for", (o, k, u, w)))
    if (o, k, u, w) in m.outsourced:
        total += m.outsourced[o, k, u, w]
    return total
