"""The six-week target, and one for the longest waiters."""

from __future__ import annotations

from typing import Any


def target(m: Any, o: str, k: str, w: int) -> Any:
    """At each month end from the target date on, those over six weeks beyond the target share are a shortfall.

    Σ_u over[o,m,u,w] - short[o,m,w] ≤ τ[o,m,w]·Σ_u L[o,m,u,w]

    Units: patient = patient.
    """
    classes = m.problem.near("lists_of_test", (o, k))
    over = sum(m.over_six[o, k, u, w] for u in classes)
    return over - m.shortfall[o, k, w] <= m.target_share[o, k, w] * sum(m.waiting[o, k, u, w] for u in classes)


def thirteen_target(m: Any, o: str, k: str, w: int) -> Any:
    """At the same month ends, those over thirteen weeks beyond their own target share are a shortfall too.

    Σ_u over13[o,m,u,w] - short13[o,m,w] ≤ τ13[o,m,w]·Σ_u L[o,m,u,w]

    Units: patient = patient. Only where the share is below one.
    """
    classes = m.problem.near("lists_of_test", (o, k))
    over = sum(m.over_thirteen[o, k, u, w] for u in classes)
    return over - m.thirteen_shortfall[o, k, w] <= m.thirteen_share[o, k, w] * sum(m.waiting[o, k, u, w] for u in classes)
