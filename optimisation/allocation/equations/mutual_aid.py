"""Mutual aid: an offer, accepted by a share of patients, never forced, never passed on."""

from __future__ import annotations

from typing import Any

from optimisation.allocation.equations.capacity import waiting_before


def only_receivers_receive(m: Any, i: str, j: str, k: str, w: int) -> Any:
    """A batch goes only to an organisation that receives this test in this period.

    b[i,j,m,w] ≤ r[j,m,q(w)]

    Units: dimensionless.
    """
    return m.batch[i, j, k, w] <= m.receiving[j, k, _period(m, w)]


def receivers_do_not_send(m: Any, i: str, j: str, k: str, w: int) -> Any:
    """An organisation that receives a test does not send patients for it: nobody is moved so that others can move in.

    b[i,j,m,w] ≤ 1 - r[i,m,q(w)]

    Units: dimensionless.
    """
    return m.batch[i, j, k, w] <= 1 - m.receiving[i, k, _period(m, w)]


def batch_not_too_small(m: Any, i: str, j: str, k: str, w: int) -> Any:
    """A batch that runs has at least the smallest size.

    minb[m]·b[i,j,m,w] ≤ Σ_{s of j} Σ_u x[i,m,u,s,a,w]

    Units: patient = patient.
    """
    return m.smallest_batch[k] * m.batch[i, j, k, w] <= _sent(m, i, j, k, w)


def batch_not_too_large(m: Any, i: str, j: str, k: str, w: int) -> Any:
    """Patients are sent only in a batch that runs, and no more than the largest size.

    Σ_{s of j} Σ_u x[i,m,u,s,a,w] ≤ capb[m]·b[i,j,m,w]

    Units: patient = patient.
    """
    return _sent(m, i, j, k, w) <= m.largest_batch[k] * m.batch[i, j, k, w]


def offers_to_those_waiting(m: Any, o: str, k: str, u: str, w: int) -> Any:
    """Offers made in a week go to suitable patients who are waiting at its start.

    Σ_{s not of o} x[o,m,u,s,a,w] / acc[o,m,s] ≤ suit[m]·L[o,m,u,w-1]

    Units: patient = patient.
    """
    near = m.problem.near
    offers = sum(m.examined[o, k, u, s, a, w] / m.accepted[o, k, s] for s in near("aid_sites", (o, k, u)) for a in near("aid_stations", (o, k, u, s)))
    return offers <= m.suitable_for_aid[k] * waiting_before(m, o, k, u, w)


def aided_so_far(m: Any, o: str, k: str, u: str, s: str, w: int) -> Any:
    """Asking again does not make people accept: those examined at a site so far are bounded by those who would ever accept it.

    X[o,m,u,s,w] = X[o,m,u,s,w-1] + Σ_a x[o,m,u,s,a,w],  with X ≤ acc[o,m,s]·suit[m]·(L[o,m,u,0] + Σ_{w'≤w} G[o,m,u,w'])

    Units: patient = patient.
    """
    now = sum(m.examined[o, k, u, s, a, w] for a in m.problem.near("aid_stations", (o, k, u, s)))
    before = m.aided[o, k, u, s, w - 1] if w > 1 else 0
    return m.aided[o, k, u, s, w] == before + now


def _sent(m: Any, i: str, j: str, k: str, w: int) -> Any:
    return sum(m.examined[(*route, w)] for route in m.problem.near("pair_routes", (i, j, k)))


def _period(m: Any, w: int) -> int:
    return int(m.problem.near("period_of", (w,))[0])
