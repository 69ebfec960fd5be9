"""Staff hours."""

from __future__ import annotations

from typing import Any


def staff_time(m: Any, o: str, g: str, w: int) -> Any:
    """Sessions and unstaffed mobile units need no more hours than own staff, overtime, bank and agency and borrowed staff give.

    Σ_{s of o} h[s,a,t,g]·n[s,a,t,w] + Σ_{v at o} h[v,s,g]·y[v,s,w]
      ≤ hours[o,g,w] + ot[o,g,w] + bank[o,g,w] + Σ_i sh[i,o,g,w] - Σ_j sh[o,j,g,w]

    Units: hour = hour.
    """
    near = m.problem.near
    needed = sum(m.session_hours[s, a, t, g] * m.sessions[s, a, t, w] for s, a, t in near("sessions_with", (o, g)))
    needed += sum(m.mobile_staff_hours[v, s, g] * m.present[v, s, w] for v, s in near("mobiles_with", (o, g)))
    borrowed = sum(m.shared[i, o, g, w] for i in near("borrows_from", (o, g, w)))
    lent = sum(m.shared[o, j, g, w] for j in near("lends_to", (o, g, w)))
    return needed <= m.staff_hours[o, g, w] + m.overtime[o, g, w] + m.bank[o, g, w] + borrowed - lent
