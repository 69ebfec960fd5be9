"""A workforce planner for tiny networks that tries every number of people who start.

People are followed group by group with their own loops over calendar months; what hours are used for is a small linear problem for each number of
starts, solved by a simplex on a tableau. Nothing here comes from the product but the tables, the assumptions and the hours needed; no solver library
is used. It knows assumptions that hold everywhere, staff without ages, one pay band, and no hours lent.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from data.assumptions import BY_NAME
from tests.reference.tableau import in_order

WEEKS = 365.25 / 7 / 4
RECRUITED = {"recruit", "international", "graduate", "return"}


@dataclass
class People:
    """What becomes of people: in post and at work on average, by organisation, group and quarter; trainees of supervisors; money."""

    post: Any = field(default_factory=lambda: defaultdict(float))
    work: Any = field(default_factory=lambda: defaultdict(float))
    left: Any = field(default_factory=lambda: defaultdict(float))
    supervised: Any = field(default_factory=lambda: defaultdict(float))
    hours: Any = field(default_factory=lambda: defaultdict(float))
    spent: Any = field(default_factory=lambda: defaultdict(float))
    ends: Any = field(default_factory=lambda: defaultdict(float))


class Reading:
    """The tables and assumptions of one case."""

    def __init__(self, inputs: Any) -> None:
        self.network, self.quarters, self.last = inputs.network, list(inputs.quarters), len(inputs.quarters)
        rows = inputs.assumptions.rows
        assert (rows[["organisation", "test", "staff_group"]] == "").all().all(), "assumptions hold everywhere"
        self.assumed = {name: a.default for name, a in BY_NAME.items()} | dict(zip(rows["name"], rows["value"], strict=True))
        self.settled, self.early = (1 - (1 - self.assumed[n]) ** 0.25 for n in ("leaver_rate", "early_leaver_rate"))
        self.retiring = 1 - (1 - self.assumed["retirement_rate"]) ** 0.25
        self.each = self.assumed["hours_per_wte"] * WEEKS
        self.clinical = self.each * (1 - self.assumed["non_clinical_share"])
        self.routes = {r.route: r for r in self.network["routes"].itertuples()}
        band = self.network["pay"].iloc[0]
        middle = band.minimum_gbp + self.assumed["pay_point"] * (band.maximum_gbp - band.minimum_gbp)
        self.pay = middle * (1 + self.assumed["unsocial_share"]) * (1 + self.assumed["on_cost"]) / 4
        self.need = {
            (r.organisation, r.staff_group, r.kind, r.test, self.quarters.index(r.quarter)): (r.hours, r.examinations)
            for r in inputs.need.itertuples() if r.hours > 0
        }  # fmt: skip

    def people(self, starts: dict[Any, float], kept: dict[Any, float] | None = None) -> People:
        """Everybody, under so many starts by organisation, route and quarter, and so many leavers kept."""
        p = People()
        for row in self.network["staff_in_post"].itertuples():
            self._today(p, (row.organisation, row.staff_group), row.wte)
        for (o, r, q), n in starts.items():
            self._start(p, o, self.routes[r], q, n)
        for (o, g, q), n in (kept or {}).items():
            self._stay(p, (o, g), n, q, comes_first_day=False, new=False)
        return p

    def _today(self, p: People, cell: Any, there: float) -> None:
        for q in range(self.last):
            gone = there * self.settled
            retired = (there - gone) * self.retiring
            p.left[*cell, q] = gone
            self._add(p, cell, q, there - (gone + retired) / 2, 1.0)
            there -= gone + retired
            p.ends[*cell, q] += there

    def _add(self, p: People, cell: Any, q: int, mean: float, skill: float) -> None:
        p.post[*cell, q] += mean
        p.work[*cell, q] += mean * skill

    def _stay(self, p: People, cell: Any, there: float, came: int, *, comes_first_day: bool, new: bool, route: Any = None) -> None:
        for q in range(came, self.last):
            rate = (self.early if new and q - came < 8 else self.settled) if comes_first_day or q > came else 0.0
            mean = there * (1 - rate / 2) if comes_first_day or q > came else there / 2
            skill = 1.0
            if route is not None and route.competence_months:
                skill = route.at_first + (1 - route.at_first) * min(1.0, (3 * (q - came) + 1.5) / route.competence_months)
            self._add(p, cell, q, mean, skill)
            there *= 1 - rate
            p.ends[*cell, q] += there

    def _start(self, p: People, o: str, route: Any, q: int, asked: float) -> None:
        found = asked * self.assumed["recruitment_success"]
        into, out_of = (o, route.staff_group), (o, route.from_group)
        p.spent[route.funding, q // 4] += found * route.cost_gbp
        begins = self.quarters[q]
        while route.start_month and begins.month != route.start_month:
            begins += pd.DateOffset(months=1)
        ends = begins + pd.DateOffset(months=route.months)
        later = [*self.quarters, *(self.quarters[-1] + pd.DateOffset(months=3 * k) for k in range(1, 60))]
        comes = next(k for k, day in enumerate(later) if day >= ends) if route.months else q
        lost = route.drop_out if route.months else 0.0
        if out_of[1]:
            self._stay(p, out_of, -found, q, comes_first_day=True, new=False)
        for k in range(q, comes):
            months = sum(begins <= day < ends for day in (later[k] + pd.DateOffset(months=m) for m in range(3)))
            learning = found * (1 - lost * (k - q + 0.5) / (comes - q)) * months / 3
            if out_of[1]:
                self._stay(p, out_of, found * lost / (comes - q), k, comes_first_day=False, new=False)
            if route.kind not in RECRUITED and k < self.last:
                self._learn(p, o, route, k, learning)
        self._stay(p, into, found * (1 - lost), comes, comes_first_day=True, new=True, route=route)

    def _learn(self, p: People, o: str, route: Any, q: int, people: float) -> None:
        p.work[o, route.from_group or route.staff_group, q] += route.while_training * people
        if route.training_band:
            p.spent[route.funding, q // 4] += people * self.pay
        if route.supervisors:
            p.supervised[o, route.supervisors, q] += people / route.trainees_each
            p.hours[o, route.supervisors, q] += people * route.supervision_hours * WEEKS


def best_total(inputs: Any, most: int = 2) -> tuple[float, dict[Any, int]]:
    """The least cost with prices over every number of starts up to `most` at each organisation, route and quarter; and those starts."""
    facts = Reading(inputs)
    places = [(o, r, q) for o in "PQ" for r, row in facts.routes.items() for q in range(facts.last) if _may_start(facts, o, row, q)]
    best: tuple[float, dict[Any, int]] = (np.inf, {})
    for numbers in itertools.product(range(most + 1), repeat=len(places)):
        starts = {i: n for i, n in zip(places, numbers, strict=True) if n}
        if _allowed(facts, starts):
            value = _of_starts(facts, starts)
            if value is not None and value < best[0]:
                best = value, starts
    return best


def _may_start(facts: Reading, o: str, route: Any, q: int) -> bool:
    needed = {g for _, g, *_ in facts.need} | {r.work_of for r in facts.network["skill_mix"].itertuples()}
    month = facts.quarters[q].month
    single = facts.network["places"].query("route == @route.route and organisation != ''")["organisation"].tolist()
    return route.staff_group in needed and (not route.start_month or month <= route.start_month < month + 3) and (not single or o in single)


def _allowed(facts: Reading, starts: dict[Any, int]) -> bool:
    for row in facts.network["places"].itertuples():
        for y in range((facts.last + 3) // 4):
            here = sum(n for (o, r, q), n in starts.items() if r == row.route and row.organisation in ("", o) and q // 4 == y)
            if here > row.a_year:
                return False
    p = facts.people(starts)
    return all(
        p.spent[row.funding, y] <= row.a_year_gbp + 1e-6 for row in facts.network["funding"].itertuples() for y in range((facts.last + 3) // 4)
    )


def _of_starts(facts: Reading, starts: dict[Any, int]) -> float | None:
    """Cost and prices of the best use of hours under some starts; None where too few are there to supervise or to go."""
    a, p = facts.assumed, facts.people(starts)
    lp = _Linear()
    cells = [(o, g) for o in "PQ" for g in facts.network["staff_groups"]["staff_group"]]
    kept = {}
    for o, g in cells:
        for q in range(facts.last):
            most = a["kept_limit"] * p_left(facts, o, g, q)
            if most > 0:
                kept[o, g, q] = lp.column(("kept", o, g, q), a["kept_cost"])
                lp.at_most({kept[o, g, q]: 1}, most)
    one = {i: facts.people({}, {i: 1.0}) for i in kept}
    bare = facts.people({})

    def more(what: str, cell: Any, q: int, times: float) -> dict[int, float]:
        """Columns of leavers kept, by what they add to people of a group."""
        return {c: -times * (getattr(one[i], what)[*cell, q] - getattr(bare, what)[*cell, q]) for i, c in kept.items() if i[:2] == cell}

    constant = sum(p.spent.values())
    for cell in cells:
        for q in range(facts.last):
            constant += facts.pay * p.post[*cell, q]
            for c, wte in more("post", cell, q, -1.0).items():
                lp.price(c, facts.pay * wte)
            if p.ends[*cell, q] < -1e-9 or p.supervised[*cell, q] > p.post[*cell, q] + 1e-9:
                return None
            there = facts.clinical * p.work[*cell, q] - p.hours[*cell, q]
            if there < 0:
                return None
            extra = {}
            for name in ("overtime", "bank"):
                c = lp.column((name, *cell, q), a[f"{name}_cost"])
                extra[c] = -1.0
                lp.at_most({c: 1.0} | more("post", cell, q, a[f"{name}_limit"] * facts.each), a[f"{name}_limit"] * facts.each * p.post[*cell, q])
            lp.at_most(_uses(facts, lp, cell, q) | extra | more("work", cell, q, facts.clinical), there)
    _cover(facts, lp)
    _vacancies(facts, lp, p, more)
    constant += _uneven(facts, starts)
    found = lp.solve()
    return None if found is None else found + constant


def p_left(facts: Reading, o: str, g: str, q: int) -> float:
    """Leavers of those in post today."""
    return facts.people({}).left[o, g, q]


def _uses(facts: Reading, lp: _Linear, cell: Any, q: int) -> dict[int, float]:
    """Hours a group works in a quarter: its own work, and that of others."""
    o, h = cell
    uses = {lp.column(("own", *i), 0.0): 1.0 for i in facts.need if (i[0], i[1], i[4]) == (o, h, q)}
    for mix in facts.network["skill_mix"].itertuples():
        for i, (hours, _) in facts.need.items():
            if (i[0], i[1], i[2], i[4]) == (o, mix.work_of, mix.kind, q) and mix.done_by == h and mix.test in ("", i[3]):
                c = lp.column(("other", *i, h), 1.0)
                uses[c] = mix.hours_each
                lp.at_most({c: 1.0}, mix.most * hours)
    return uses


def _cover(facts: Reading, lp: _Linear) -> None:
    a = facts.assumed
    shares: Any = defaultdict(dict)
    reports: Any = defaultdict(dict)
    for i, (hours, examinations) in facts.need.items():
        o, g, kind, m, q = i
        terms = {lp.column(("own", *i), 0.0): 1.0}
        terms |= {c: 1.0 for name, c in lp.at.items() if name[:6] == ("other", *i)}
        if m and examinations > 0:
            lost, bought = lp.column(("lost", o, m, q), a["lost_examination_price"]), lp.column(("bought", o, m, q), a["outsourced_price"])
            terms |= {lost: hours / examinations, bought: hours / examinations}
            lp.at_most({bought: 1.0}, a["outsourced_limit"] * WEEKS)
            lp.at_most({lost: 1.0, bought: 1.0}, examinations)
            shares[o, g, q // 4][lost] = shares[o, g, q // 4].get(lost, 0.0) + hours / examinations
        if kind != "scanning":
            left = lp.column(("left", *i), a["uncovered_hour_price"])
            terms[left] = 1.0
            shares[o, g, q // 4][left] = 1.0
        if kind == "reporting":
            written = lp.column(("report", *i), a["outsourced_report_price"])
            terms[written] = a["report_minutes"] / 60
            reports[o, q][written] = 1.0
        lp.at_least(terms, hours)
    for terms in reports.values():
        lp.at_most(terms, a["outsourced_report_limit"] * WEEKS)
    for (o, g, y), terms in shares.items():
        all_hours = sum(hours for i, (hours, _) in facts.need.items() if (i[0], i[1], i[4] // 4) == (o, g, y))
        lp.at_most(terms | {lp.column(("share", g, y), 100 * a["unequal_cover_price"]): -all_hours}, 0.0)


def _vacancies(facts: Reading, lp: _Linear, p: People, more: Any) -> None:
    needed: Any = defaultdict(float)
    for (o, g, _, _, q), (hours, _) in facts.need.items():
        needed[o, g, q] += hours / facts.clinical
    for (o, g, q), wte in needed.items():
        least = (1 - facts.assumed["vacancy_limit"]) * wte - p.post[o, g, q]
        if least > 0:
            kept = {c: -x for c, x in more("post", (o, g), q, 1.0).items()}
            lp.at_least(kept | {lp.column(("vacant", o, g, q), facts.assumed["vacancy_price"]): 1.0}, least)


def _uneven(facts: Reading, starts: dict[Any, int]) -> float:
    total = 0.0
    for r in facts.routes:
        years = [sum(n for (_, k, q), n in starts.items() if k == r and q // 4 == y) for y in range((facts.last + 3) // 4)]
        total += facts.assumed["uneven_starts_price"] * sum(abs(b - a) for a, b in itertools.pairwise(years))
    return total


class _Linear:
    """Rows and prices by named columns."""

    def __init__(self) -> None:
        self.at: dict[Any, int] = {}
        self.prices: dict[int, float] = defaultdict(float)
        self.most: list[tuple[dict[int, float], float]] = []
        self.least: list[tuple[dict[int, float], float]] = []

    def column(self, name: Any, price: float) -> int:
        if name not in self.at:
            self.at[name] = len(self.at)
            self.prices[self.at[name]] += price
        return self.at[name]

    def price(self, column: int, pounds: float) -> None:
        self.prices[column] += pounds

    def at_most(self, terms: dict[int, float], right: float) -> None:
        self.most.append((terms, right))

    def at_least(self, terms: dict[int, float], right: float) -> None:
        self.least.append((terms, right))

    def solve(self) -> float | None:
        rows = np.zeros((len(self.most) + len(self.least), len(self.at)))
        for k, (terms, _) in enumerate([*self.most, *self.least]):
            for c, x in terms.items():
                rows[k, c] = x
        goal = np.array([[self.prices[c] for c in range(len(self.at))]])
        found = in_order(rows, np.array([max(right, 0.0) for _, right in [*self.most, *self.least]]), len(self.least), goal)
        return None if found is None else float(found[0][0])
