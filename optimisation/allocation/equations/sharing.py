"""Staff shared between organisations that have agreed to."""

from __future__ import annotations

from typing import Any


def lending_limit_kept(m: Any, o: str, g: str, w: int) -> Any:
    """An organisation lends no more hours of a staff group than is agreed.

    Σ_j sh[o,j,g,w] ≤ lend[o,g,w]

    Units: hour = hour. Those borrowed work in the borrower's sessions (`staff_time`); their travel is paid.
    """
    return sum(m.shared[o, j, g, w] for j in m.problem.near("lends_to", (o, g, w))) <= m.lending_limit[o, g, w]
