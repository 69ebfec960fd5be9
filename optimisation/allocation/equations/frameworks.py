"""Orders from insourcing and outsourcing frameworks."""

from __future__ import annotations

from typing import Any


def order_not_too_small(m: Any, kind: str, o: str, k: str, q: int) -> Any:
    """If anything of a framework is bought in four weeks, it is at least the smallest order.

    mine[k,o,m,q]·e[k,o,m,q] ≤ Σ_{w in q} bought[k,o,m,w],  bought = Σ_{u,s,a} ins[o,m,u,s,a,w] or Σ_u out[o,m,u,w]

    Units: patient = patient. The last period of a plan may be shorter than four weeks; its smallest order is so much smaller.
    """
    return m.smallest_order[kind, o, k, q] * m.ordered[kind, o, k, q] <= _bought(m, kind, o, k, q)


def nothing_without_order(m: Any, kind: str, o: str, k: str, q: int) -> Any:
    """Nothing of a framework is bought in four weeks without an order.

    Σ_{w in q} bought[k,o,m,w] ≤ maxe[k,o,m,q]·e[k,o,m,q]

    Units: patient = patient. The largest order is what the weekly limits allow, so it limits nothing itself.
    """
    return _bought(m, kind, o, k, q) <= m.largest_order[kind, o, k, q] * m.ordered[kind, o, k, q]


def _bought(m: Any, kind: str, o: str, k: str, q: int) -> Any:
    family = {"insourced": m.insourced, "outsourced": m.outsourced}[kind]
    return sum(family[i] for i in m.problem.near("order_purchases", (kind, o, k, q)))
