"""What temporary staff, providers, places and money allow."""

from __future__ import annotations

from typing import Any


def overtime_kept(m: Any, o: str, g: str, q: int) -> Any:
    """Those in post work no more overtime than is allowed.

    ot[o,g,q] ≤ most[o,g,q]·P[o,g,q]

    Units: hour = hour.
    """
    return m.overtime[o, g, q] <= m.overtime_limit[o, g, q] * m.in_post[o, g, q]


def bank_kept(m: Any, o: str, g: str, q: int) -> Any:
    """Bank and agency staff work no more than an allowed part of what those in post do.

    bank[o,g,q] ≤ most[o,g,q]·P[o,g,q]

    Units: hour = hour.
    """
    return m.bank[o, g, q] <= m.bank_limit[o, g, q] * m.in_post[o, g, q]


def lending_kept(m: Any, o: str, g: str, q: int) -> Any:
    """An organisation lends no more hours than was agreed.

    Σ_j sh[o,j,g,q] ≤ most[o,g,q]·P[o,g,q]

    Units: hour = hour. Only where anything may be lent.
    """
    lent = sum(m.lent[o, j, g, q] for j in m.problem.near("lends_to", (o, g, q)))
    return lent <= m.lending_limit[o, g, q] * m.in_post[o, g, q]


def reports_kept(m: Any, o: str, q: int) -> Any:
    """No more reports are bought than providers write.

    Σ_{g,k,m} rep[o,g,k,m,q] ≤ most[o,q]

    Units: report = report.
    """
    return sum(m.reports_bought[i] for i in m.problem.near("reports_of", (o, q))) <= m.report_limit[o, q]


def places_kept(m: Any, r: str, a: str, y: int) -> Any:
    """No more people start in a year than there are places, at one organisation or at all of them together.

    Σ_{o in a, q in y} n[o,r,q] ≤ places[r,a,y]

    Units: person = person.
    """
    return sum(m.starts[i] for i in m.problem.near("starts_at", (r, a, y))) <= m.places[r, a, y]


def funding_kept(m: Any, f: str, a: str, y: int) -> Any:
    """Starts, and pay while training, take no more in a year than their funding stream has.

    Σ_{o in a, r paid from f, q} funded[o,r,q,y]·n[o,r,q] ≤ funds[f,a,y]

    Units: gbp = gbp.
    """
    return sum(m.funded[(*i, y)] * m.starts[i] for i in m.problem.near("starts_paid_from", (f, a, y))) <= m.funds[f, a, y]
