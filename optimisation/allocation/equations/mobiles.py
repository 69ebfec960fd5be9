"""Mobile units."""

from __future__ import annotations

from typing import Any


def one_place(m: Any, v: str, w: int) -> Any:
    """A unit stands in one place at most.

    Σ_s y[v,s,w] ≤ 1

    Units: mobile_unit = mobile_unit.
    """
    return sum(m.present[v, s, w] for s in m.problem.near("spots_of", (v,))) <= m.one_unit["unit"]


def one_unit_a_pad(m: Any, s: str, a: str, w: int) -> Any:
    """A pad takes one unit at most, or as many as stand on it today.

    Σ_{v of type a} y[v,s,w] ≤ max(1, units there today)

    Units: mobile_unit = mobile_unit.
    """
    return sum(m.present[v, s, w] for v in m.problem.near("mobiles_at", (s, a))) <= m.most_units[s, a]


def arrival(m: Any, v: str, s: str, w: int) -> Any:
    """A unit that stands where it did not stand the week before has arrived.

    y[v,s,w] - y[v,s,w-1] ≤ z[v,s,w]

    Units: mobile_unit = mobile_unit.
    """
    before = m.present[v, s, w - 1] if w > 1 else m.present_today[v, s]
    return m.present[v, s, w] - before <= m.arriving[v, s, w]


def minimum_stay(m: Any, v: str, s: str, w: int) -> Any:
    """A unit that has arrived stays for its minimum stay.

    Σ_{stay weeks q up to w} z[v,s,q] ≤ y[v,s,w]

    Units: mobile_unit = mobile_unit.
    """
    return sum(m.arriving[v, s, q] for q in m.problem.near("stay_weeks", (v, s, w))) <= m.present[v, s, w]
