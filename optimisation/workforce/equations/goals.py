"""What the goals count: vacancies over the limit, unequal cover, uneven starts."""

from __future__ import annotations

from typing import Any


def vacancies_counted(m: Any, o: str, g: str, q: int) -> Any:
    """WTE that are needed and not in post, beyond what may be vacant, are counted.

    P[o,g,q] + v[o,g,q] ≥ least[o,g,q]

    Units: wte = wte. Only where there is a limit.
    """
    return m.in_post[o, g, q] + m.vacant[o, g, q] >= m.least_in_post[o, g, q]


def unequal_cover_counted(m: Any, o: str, g: str, y: int) -> Any:
    """The largest uncovered share of a year is at least that of each organisation.

    theta[g,y]·Σ_{k,m,q in y} need[o,g,k,m,q] ≥ Σ_{k,m,q in y} (u[o,g,k,m,q] + one[o,g,k,m,q]·lost[o,m,q])

    Units: hour = hour. Only where the share has a price.
    """
    rows = m.problem.near("work_of_year", (o, g, y))
    left = sum(m.uncovered[i] for i in rows if i in m.uncovered)
    left += sum(m.hours_of_one[i] * m.lost[o, i[3], i[4]] for i in rows if i in m.hours_of_one)
    return m.largest_share[g, y] * sum(m.need[i] for i in rows) >= left


def more_starts_counted(m: Any, r: str, y: int) -> Any:
    """Starts above those of the year before, all organisations together, are counted.

    Σ_{o, q in y} n[o,r,q] ≤ Σ_{o, q in y-1} n[o,r,q] + more[r,y]

    Units: person = person. The size of a change is then 2·more less the change itself: one decision prices both directions.
    """
    now, before = (sum(m.starts[i] for i in m.problem.near("starts_in", (r, k))) for k in (y, y - 1))
    return now <= before + m.more_starts[r, y]
