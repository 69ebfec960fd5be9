"""The six-week target."""

from __future__ import annotations

from typing import Any


def target(m: Any, o: str, k: str, w: int) -> Any:
    """At each month end from the target date on, those over six weeks beyond the target share are a shortfall.

    Σ_u over[o,m,u,w] - short[o,m,w] ≤ τ[o,m]·Σ_u L[o,m,u,w]

    Units: patient = patient.
    """
    classes = m.problem.near("lists_of_test", (o, k))
    over = sum(m.over_six[o, k, u, w] for u in classes)
    return over - m.shortfall[o, k, w] <= m.target_share[o, k] * sum(m.waiting[o, k, u, w] for u in classes)
