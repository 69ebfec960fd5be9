"""From solver values to the tidy tables of a workforce plan."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from optimisation.formulation import Index
from optimisation.matrix import Matrix
from optimisation.solved import NONE, Values
from optimisation.solving import Outcome
from optimisation.workforce.ledger import Ledger
from optimisation.workforce.problem import Inputs, Problem


class Solved(Values[Problem]):
    """Values of one solved problem, by variable and index."""

    def __init__(self, inputs: Inputs, problem: Problem, matrix: Matrix, outcome: Outcome) -> None:
        super().__init__(problem, matrix, outcome)
        self.inputs = inputs
        self.routes: dict[str, Any] = {row.route: row for row in inputs.network["routes"].itertuples()}
        self.quarters = range(1, problem.last_quarter + 1)
        self.people = {(o, r): self.row("starts", (o, r)) for o, r in problem.sets["ways"]}

    def row(self, name: str, index: Index) -> np.ndarray:
        """Values of one decision by quarter, shape (quarters,)."""
        return np.array([self.of(name, (*index, q)) for q in self.quarters])

    def day(self, q: int) -> pd.Timestamp:
        """First day of a quarter."""
        return self.problem.quarters[q - 1]

    def trainees(self, o: str, r: str) -> np.ndarray:
        """People in training on one way who started after today, on average over each quarter, shape (quarters,)."""
        return np.asarray(self.people[o, r] @ self.problem.staffing.started[o, r].training)

    def supervising(self, o: str, g: str, q: int) -> tuple[float, float]:
        """Hours a group supervises in a quarter, and supervisors that its trainees take up."""
        hours, each = self.given("supervising_today", (o, g, q)), self.given("supervisors_today", (o, g, q))
        for i in self.problem.near("starts_supervised_by", (o, g)):
            there = self.given("trainee_share", (*i, q)) * self.of("starts", i)
            hours += self.given("supervision", (i[1],)) * there
            each += self.given("supervisors_each", (i[1],)) * there
        return hours, each

    def bought_and_lost(self, i: Index) -> tuple[float, float]:
        """Examinations bought and lost of the work (organisation, staff group, kind, test, quarter)."""
        o, _, _, m, q = i
        return sum(self.of("bought", (o, p, m, q)) for p in self.problem.near("providers", (o, m, q))), self.of("lost", (o, m, q))


def tables(s: Solved) -> dict[str, pd.DataFrame]:
    """Every result table except costs, limits and measures, columns as declared in `data.workforce_plan`."""
    return {
        "need": s.inputs.need[s.inputs.need["quarter"].isin(s.problem.quarters)],
        "staff": _staff(s),
        "starts": _starts(s),
        "cover": _cover(s),
        "hours": _hours(s),
        "examinations": _examinations(s),
    }


def frame(rows: list[tuple[Any, ...]], columns: str) -> pd.DataFrame:
    """Rows with named columns."""
    return pd.DataFrame(rows, columns=columns.split())


def _staff(s: Solved) -> pd.DataFrame:
    p = s.problem
    ledger = Ledger(p.staffing, s.routes, p.sets["cells"], p.last_quarter)
    for (o, r), people in s.people.items():
        ledger.start(o, r, people)
    for i in p.neighbours["kept_in"]:
        ledger.keep(i, s.row("kept", i))
    rows = ledger.frame(p.quarters, {i: float(stock.begin[0]) for i, stock in p.staffing.today.items()})
    keys = [(o, g, q) for o, g in p.sets["cells"] for q in s.quarters]
    needed: dict[Index, float] = {}
    for (o, g, _, _, q), hours in p.values["need"].items():
        each = s.given("clinical_hours", (o, g))
        needed[o, g, q] = needed.get((o, g, q), 0.0) + (hours / each if each > 0 else 0.0)
    return rows.assign(working=[s.of("working", i) for i in keys], needed=[needed.get(i, 0.0) for i in keys],
                       vacant_over_limit=[s.of("vacant", i) for i in keys])  # fmt: skip


def _starts(s: Solved) -> pd.DataFrame:
    rows = []
    for (o, r, q), people in s.flows("starts"):
        row, found = s.routes[r], s.problem.staffing.found[o, r]
        rows.append((o, r, row.staff_group, s.day(q), people, people * found, people * found * row.cost_gbp))
    return frame(rows, "organisation route staff_group quarter people expected cost_gbp")


def _cover(s: Solved) -> pd.DataFrame:
    rows = []
    for i in s.problem.sets["work"]:
        o, g, k, m, q = i
        one, (bought, lost) = s.given("hours_of_one", i), s.bought_and_lost(i)
        helped = sum(s.of("done_by", (o, g, k, m, h, q)) for h in s.problem.near("helpers", i))
        reports = s.given("report_hours", (o, m)) * s.of("reports_bought", i)
        left = one * lost + s.of("uncovered", i)
        rows.append((o, g, k, m, s.day(q), s.given("need", i), s.of("done_own", i), helped, one * bought + reports, left))
    return frame(rows, "organisation staff_group kind test quarter needed own other_groups bought uncovered")


def _hours(s: Solved) -> pd.DataFrame:
    near, rows = s.problem.near, []
    for o, g, q in s.problem.sets["staff"]:
        own = s.given("clinical_hours", (o, g)) * s.of("working", (o, g, q))
        supervising, _ = s.supervising(o, g, q)
        borrowed = sum(s.of("lent", (i, o, g, q)) for i in near("borrows_from", (o, g, q)))
        lent = sum(s.of("lent", (o, j, g, q)) for j in near("lends_to", (o, g, q)))
        used = sum(s.of("done_own", (o, g, k, m, q)) for k, m in near("own_work", (o, g, q)))
        used += sum(s.given("hours_in_place", (f, k, m, g)) * s.of("done_by", (o, f, k, m, g, q)) for f, k, m in near("helped_work", (o, g, q)))
        overtime, bank = s.of("overtime", (o, g, q)), s.of("bank", (o, g, q))
        spare = own + overtime + bank + borrowed - lent - supervising - used
        rows.append((o, g, s.day(q), own, supervising, overtime, bank, borrowed, lent, used, spare if abs(spare) > NONE else 0.0))
    return frame(rows, "organisation staff_group quarter own supervising overtime bank_or_agency borrowed lent used spare")


def _examinations(s: Solved) -> pd.DataFrame:
    rows = []
    for o, m, q in s.problem.sets["examined"]:
        bought, lost = s.bought_and_lost((o, "", "", m, q))
        rows.append((o, m, s.day(q), s.given("examinations", (o, m, q)), bought, lost))
    return frame(rows, "organisation test quarter needed bought lost")
