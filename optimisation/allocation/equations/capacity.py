"""What rooms and scanners can hold."""

from __future__ import annotations

from typing import Any


def room_time(m: Any, s: str, a: str, w: int) -> Any:
    """Examinations at a station take no more time than its sessions and mobile units give.

    Σ_{m on a} mins[s,a,m]·(Σ_{o,u} x[o,m,u,s,a,w] + Σ_o p[o,m,s,a,w])
      ≤ Σ_t session[s,a,t]·n[s,a,t,w] + Σ_v mobile[v,s]·(y[v,s,w] - loss[v,s]·z[v,s,w])

    Units: minute = minute.
    """
    near = m.problem.near
    work = sum(m.examination_minutes[s, a, k] * m.examined[o, k, u, s, a, w] for o, k, u in near("lists_at", (s, a)))
    work += sum(m.examination_minutes[s, a, k] * m.must_done[o, k, s, a, w] for o, k in near("must_do_at", (s, a)))
    given = fixed_minutes(m, s, a, w) + sum(
        m.mobile_minutes[v, s] * (m.present[v, s, w] - m.mobile_setup_loss[v, s] * m.arriving[v, s, w]) for v in near("mobiles_at", (s, a))
    )
    return work <= given


def fixed_room_time(m: Any, s: str, a: str, w: int) -> Any:
    """Must-do work, and patients who cannot be examined on a mobile unit, fit into the fixed assets' own sessions.

    Σ_{m on a} mins[s,a,m]·(Σ_o p[o,m,s,a,w] + (1 - suit[m])·Σ_{o,u} x[o,m,u,s,a,w]) ≤ Σ_t session[s,a,t]·n[s,a,t,w]

    Units: minute = minute. Only at stations with fixed assets and a pad.
    """
    near = m.problem.near
    work = sum(m.examination_minutes[s, a, k] * m.must_done[o, k, s, a, w] for o, k in near("must_do_at", (s, a)))
    work += sum(
        m.examination_minutes[s, a, k] * (1 - m.suitable_for_mobile[k]) * m.examined[o, k, u, s, a, w] for o, k, u in near("lists_at", (s, a))
    )
    return work <= fixed_minutes(m, s, a, w)


def suitable_for_unit(m: Any, o: str, k: str, u: str, w: int) -> Any:
    """At a site with a mobile unit and no fixed asset, only suitable patients of those waiting are booked.

    Σ_{(s,a) without fixed assets} x[o,m,u,s,a,w] ≤ suit[m]·L[o,m,u,w-1]

    Units: patient = patient.
    """
    there = [m.examined[o, k, u, s, a, w] for s, a in m.problem.near("unit_only_routes", (o, k, u))]
    return sum(there) <= m.suitable_for_mobile[k] * waiting_before(m, o, k, u, w)


def shared_openings(m: Any, s: str, a: str, w: int) -> Any:
    """Own sessions and insourced examinations share the openings that may be given to an insourcing provider.

    Σ_{t insourcing} room[t]·n[s,a,t,w] + Σ_{o,m,u} mins[s,a,m]·ins[o,m,u,s,a,w] ≤ Σ_{t insourcing} room[t]·most[s,a,t,w]

    Units: minute = minute.
    """
    near = m.problem.near
    types = near("shared_types", (s, a))
    own = sum(m.room_minutes[t] * m.sessions[s, a, t, w] for t in types)
    bought = sum(m.examination_minutes[s, a, k] * m.insourced[o, k, u, s, a, w] for o, k, u in near("insourced_at", (s, a, w)))
    return own + bought <= sum(m.room_minutes[t] * m.most_sessions[s, a, t, w] for t in types)


def insourcing_limit(m: Any, s: str, k: str, w: int) -> Any:
    """Insourced examinations of a test at a site stay within what the planner allows.

    Σ_{o,u,a} ins[o,m,u,s,a,w] ≤ limit[s,m,w]

    Units: patient = patient.
    """
    return sum(m.insourced[(*r, w)] for r in m.problem.near("insourced_test", (s, k, w))) <= m.insourced_limit[s, k, w]


def outsourcing_limit(m: Any, o: str, k: str, w: int) -> Any:
    """Outsourced examinations of a test stay within what the planner allows.

    Σ_u out[o,m,u,w] ≤ limit[o,m,w]

    Units: patient = patient.
    """
    return sum(m.outsourced[(*i, w)] for i in m.problem.near("outsourced_test", (o, k, w))) <= m.outsourced_limit[o, k, w]


def fixed_minutes(m: Any, s: str, a: str, w: int) -> Any:
    """Minutes of a station's own sessions."""
    return sum(m.session_minutes[s, a, t] * m.sessions[s, a, t, w] for t in m.problem.near("types_at", (s, a)))


def waiting_before(m: Any, o: str, k: str, u: str, w: int) -> Any:
    """The list at the start of the week."""
    return m.waiting[o, k, u, w - 1] if w > 1 else m.opening_list[o, k, u]
