"""What a workforce plan costs, by organisation, staff group, kind, funding stream and year."""

from __future__ import annotations

import numpy as np
import pandas as pd

from optimisation.workforce.problem import year_of
from optimisation.workforce.problem_money import by_year
from optimisation.workforce.result import Solved, frame

PAY, TRAINING, STARTS, KEPT = "Pay in post", "Pay while training", "Starts", "Leavers kept"
OVERTIME, BANK, EXAMINATIONS, REPORTS, LENT = "Overtime", "Bank and agency", "Examinations bought", "Reports bought", "Travel of staff lent"
KINDS = (PAY, TRAINING, STARTS, KEPT, OVERTIME, BANK, EXAMINATIONS, REPORTS, LENT)
"""Kinds of cost, in the order they are shown in."""


def costs(s: Solved) -> pd.DataFrame:
    """Rows of the table `costs`; what comes to nothing is left out."""
    ledger = _Amounts()
    _people(s, ledger)
    for i, hours in s.flows("overtime"):
        ledger.add(i[:2], OVERTIME, "", i[-1], s.given("overtime_cost", i[:2]) * hours)
    for i, hours in s.flows("bank"):
        ledger.add(i[:2], BANK, "", i[-1], s.given("bank_cost", i[:2]) * hours)
    for (o, p, m, q), patients in s.flows("bought"):
        ledger.add((o, ""), EXAMINATIONS, "", q, s.given("bought_price", (o, p, m)) * patients)
    for i, reports in s.flows("reports_bought"):
        ledger.add(i[:2], REPORTS, "", i[-1], s.given("report_price", i[:1]) * reports)
    for (i, j, g, q), hours in s.flows("lent"):
        ledger.add((j, g), LENT, "", q, s.given("lending_price", (i, j, g)) * hours)
    for i, wte in s.flows("kept"):
        ledger.add(i[:2], KEPT, "", i[-1], s.given("kept_cost", i[:2]) * wte)
    return frame([(*key, pounds) for key, pounds in ledger.pounds.items() if pounds], "organisation staff_group kind funding year cost_gbp")


class _Amounts:
    def __init__(self) -> None:
        self.pounds: dict[tuple[str, str, str, str, int], float] = {}

    def add(self, cell: tuple[str, ...], kind: str, funding: str, q: int, pounds: float) -> None:
        key = (cell[0], cell[1], kind, funding, year_of(q))
        self.pounds[key] = self.pounds.get(key, 0.0) + pounds

    def years(self, cell: tuple[str, ...], kind: str, funding: str, pounds: np.ndarray) -> None:
        for y, amount in by_year(pounds).items():
            self.add(cell, kind, funding, 4 * y, amount)


def _people(s: Solved, ledger: _Amounts) -> None:
    """Pay of those in post and in training, and what starts cost."""
    p = s.problem
    for i in p.sets["cells"]:
        ledger.years(i, PAY, "", s.given("staff_pay", i) * s.row("in_post", i))
    for t in p.staffing.in_training:
        row = s.routes[t.route]
        ledger.years((t.organisation, row.staff_group), TRAINING, row.funding, p.staffing.training_pay[t.organisation, t.route] * t.training)
    for (o, r), people in s.people.items():
        row, one = s.routes[r], p.staffing.started[o, r]
        cell = (o, row.staff_group)
        ledger.years(cell, PAY, "", p.staffing.above[o, r] * (people @ one.post.mean))
        ledger.years(cell, TRAINING, row.funding, p.staffing.training_pay[o, r] * s.trainees(o, r))
        ledger.years(cell, STARTS, row.funding, people * p.staffing.found[o, r] * row.cost_gbp)


def by_kind(rows: pd.DataFrame) -> dict[str, float]:
    """£ by kind over the plan, and in all."""
    sums = rows.groupby("kind")["cost_gbp"].sum()
    return {kind: float(sums.get(kind, 0.0)) for kind in KINDS} | {"total": float(rows["cost_gbp"].sum())}
