"""Aid and purchases that the planner has fixed or bounded."""

from __future__ import annotations

from typing import Any


def aid_at_least(m: Any, i: str, j: str, k: str, w: int) -> Any:
    """At least as many patients are sent as the planner has locked.

    Σ_{s of j} Σ_{u,a} x[i,m,u,s,a,w] ≥ least[i,j,m,w]

    Units: patient = patient.
    """
    return _sent(m, i, j, k, w) >= m.locked_aid_least[i, j, k, w]


def aid_at_most(m: Any, i: str, j: str, k: str, w: int) -> Any:
    """No more patients are sent than the planner has locked.

    Σ_{s of j} Σ_{u,a} x[i,m,u,s,a,w] ≤ most[i,j,m,w]

    Units: patient = patient.
    """
    return _sent(m, i, j, k, w) <= m.locked_aid_most[i, j, k, w]


def bought_at_least(m: Any, kind: str, o: str, k: str, w: int) -> Any:
    """At least as many examinations are bought as the planner has locked.

    bought[k,o,m,w] ≥ least[k,o,m,w],  bought = Σ_{u,s,a} ins[o,m,u,s,a,w] or Σ_u out[o,m,u,w]

    Units: patient = patient.
    """
    return _bought(m, kind, o, k, w) >= m.locked_bought_least[kind, o, k, w]


def bought_at_most(m: Any, kind: str, o: str, k: str, w: int) -> Any:
    """No more examinations are bought than the planner has locked.

    bought[k,o,m,w] ≤ most[k,o,m,w],  bought = Σ_{u,s,a} ins[o,m,u,s,a,w] or Σ_u out[o,m,u,w]

    Units: patient = patient.
    """
    return _bought(m, kind, o, k, w) <= m.locked_bought_most[kind, o, k, w]


def _sent(m: Any, i: str, j: str, k: str, w: int) -> Any:
    return sum(m.examined[(*route, w)] for route in m.problem.near("pair_routes", (i, j, k)))


def _bought(m: Any, kind: str, o: str, k: str, w: int) -> Any:
    family = {"insourced": m.insourced, "outsourced": m.outsourced}[kind]
    return sum(family[i] for i in m.problem.near("purchases_of", (kind, o, k, w)))
