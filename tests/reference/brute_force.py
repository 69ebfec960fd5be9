"""A planner for tiny networks that tries every plan: another reading of the dataset, another way to the optimum.

Whole decisions (sessions, places of mobile units, who may send and who may receive, which batches run) are tried one after another; what patients do
between them is a small linear problem, solved by a simplex on a tableau with the goals as rows, each kept while the next is improved. Nothing here
comes from the product but the dataset and the scenario, and no solver library is used.

It knows one priority class, one fixed station for each organisation and asset type with a rota of its own in whole sessions, and plans too short for
a cliff at the end; it refuses anything else.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from data.dataset import Dataset
from data.scenario import Scenario
from tests.reference.dataset_facts import Facts
from tests.reference.tableau import in_order

PROVIDERS = ("insourced", "outsourced")
NO_LIMIT = 1_000_000_000

GOALS = UNDONE, SHORT, LONGER, COST, REST, WORST, CHANGE = range(7)
"""Every goal, by number."""

ORDERS = {
    "fewest_late": (UNDONE, SHORT, LONGER, COST, REST), "least_cost": (UNDONE, SHORT, COST, LONGER, REST),
    "fairest": (UNDONE, WORST, SHORT, LONGER, COST, REST), "least_change": (UNDONE, SHORT, CHANGE, LONGER, COST, REST),
}  # fmt: skip
"""Goals of an emphasis, in order."""


@dataclass
class Linear:
    """Rows `Σ coefficient·flow ≤ right` (right ≥ 0) or, for what must be at least something, `≥ right`; goals with constants."""

    names: list[Any] = field(default_factory=list)
    at: dict[Any, int] = field(default_factory=dict)
    most: list[tuple[dict[Any, float], Any]] = field(default_factory=list)
    least: list[tuple[dict[Any, float], float]] = field(default_factory=list)
    goals: list[dict[Any, float]] = field(default_factory=lambda: [{} for _ in GOALS])
    constants: np.ndarray = field(default_factory=lambda: np.zeros(len(GOALS)))

    def flow(self, *name: Any) -> Any:
        if name not in self.at:
            self.at[name] = len(self.names)
            self.names.append(name)
        return name

    def price(self, goal: int, flow: Any, amount: float) -> None:
        self.goals[goal][flow] = self.goals[goal].get(flow, 0.0) + amount

    @cached_property
    def arrays(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Coefficients of the rows, `least` last, their right sides (0 where named), and goals; asked for when all is written."""
        limits = [*self.most, *self.least]
        right = np.array([0.0 if isinstance(limit, tuple) else limit for _, limit in limits])
        return self._matrix([terms for terms, _ in limits]), right, self._matrix(self.goals)

    @cached_property
    def named(self) -> list[tuple[int, Any]]:
        """Rows whose right side each plan says, and its name."""
        return [(k, limit) for k, (_, limit) in enumerate(self.most) if isinstance(limit, tuple)]

    def _matrix(self, rows: list[dict[Any, float]]) -> np.ndarray:
        result = np.zeros((len(rows), len(self.names)))
        for k, terms in enumerate(rows):
            for x, c in terms.items():
                result[k, self.at[x]] += c
        return result


@dataclass(frozen=True)
class Best:
    """The best plan: goals in the order of the scenario's emphasis, and the decisions behind them."""

    goals: tuple[float, ...]
    sessions: dict[Any, int]
    places: dict[str, tuple[str, ...]]
    flows: dict[Any, float]
    tried: int

    def total(self, kind: str) -> float:
        """Sum of one kind of flow."""
        return sum(v for name, v in self.flows.items() if name[0] == kind)


def best_plan(dataset: Dataset, scenario: Scenario) -> Best:
    """The lexicographic optimum over every plan; no choice of orders is better than the same plan without smallest orders."""
    facts = Facts(dataset, scenario)
    order = ORDERS[scenario.emphasis]
    helped = min(order.index(goal) for goal in (COST, CHANGE) if goal in order)
    best: Best | None = None
    tried = 0
    for batches in every_aid(facts):
        free = linear_problem(facts, batches, {})
        bounds: dict[Any, Any] = {}
        for orders in every_order(facts):
            lp = linear_problem(facts, batches, orders) if orders else free
            for standing in every_place(facts):
                worse: list[tuple[int, ...]] = []
                for counts in every_rota(facts):
                    if any(all(a <= b for a, b in zip(counts, known, strict=True)) for known in worse):
                        continue
                    n = dict(zip(((*k, w) for k in facts.runs for w in facts.weeks), counts, strict=True))
                    tried += 1
                    key = (*standing.values(), counts)
                    if orders and key not in bounds:
                        bounds[key] = evaluate(facts, free, n, standing, order, best)
                    if orders and (bounds[key] is None or (best is not None and first_is_better(best.goals, bounds[key][0]))):
                        continue
                    found = evaluate(facts, lp, n, standing, order, best)
                    if found is None:
                        continue
                    goals, flows = found
                    if best is None or first_is_better(goals, best.goals):
                        best = Best(tuple(float(g) for g in goals), n, standing, flows, 0)
                    elif _fewer_cannot_help(facts) and first_is_better(best.goals[:helped], goals[:helped]):
                        worse.append(counts)
    assert best is not None, "no plan is possible"
    return Best(best.goals, best.sessions, best.places, best.flows, tried)


def _fewer_cannot_help(facts: Facts) -> bool:
    """Less room never helps undone work or the target, unless a provider may use the openings or the money that are left."""
    budgets = any(facts.value("premium_budget", organisation=o) < NO_LIMIT for o in facts.organisations)
    return not budgets and not any(kind["insourcing"] for kind in facts.kinds.values())


def first_is_better(one: Any, other: Any) -> bool:
    """Lexicographic, equal within a millionth."""
    for a, b in zip(one, other, strict=True):
        if abs(a - b) > 1e-6 * max(1.0, abs(a), abs(b)):
            return bool(a < b)
    return False


def every_rota(facts: Facts) -> Iterator[tuple[int, ...]]:
    """Every number of sessions at every station, most sessions first."""
    if not facts.levers["change_sessions"]:
        yield tuple(facts.today(*k) for k in facts.runs for _ in facts.weeks)
        return
    yield from itertools.product(*(range(max(facts.most(*k, w), facts.today(*k)), -1, -1) for k in facts.runs for w in facts.weeks))


def every_place(facts: Facts) -> Iterator[dict[str, tuple[str, ...]]]:
    """Every way for every unit to stand somewhere, or nowhere, in each week."""
    units = facts.tables["mobiles"]
    yield from (dict(zip((u["mobile"] for u in units), ways, strict=True)) for ways in itertools.product(*(list(_stays(facts, u)) for u in units)))


def _stays(facts: Facts, unit: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    where = {"asset_type": unit["asset_type"], "mobile": unit["mobile"]}
    notice, stay = (int(facts.value(name, **where)) for name in ("mobile_notice", "mobile_minimum_stay"))
    pads = {p["site"]: p["ready_from"] for p in facts.tables["pads"] if p["asset_type"] == unit["asset_type"]}
    for way in itertools.product(["", *pads], repeat=len(facts.weeks)):
        still = all(way[w] == unit["starts_at"] for w in facts.weeks if w < notice or not facts.levers["move_mobiles"])
        ready = all(not s or (_from(pads[s], facts.mondays[w]) and _from(unit["available_from"], facts.mondays[w])) for w, s in enumerate(way))
        before = (unit["starts_at"], *way)
        arrivals = [w for w in facts.weeks if way[w] and way[w] != before[w]]
        stayed = all(way[w + k] == way[w] for w in arrivals for k in range(min(stay, len(way) - w)))
        if still and ready and stayed:
            yield way


def _from(date: Any, monday: dt.date) -> bool:
    return bool(pd.isna(date)) or date.date() <= monday


def every_aid(facts: Facts) -> Iterator[dict[tuple[str, int], set[tuple[str, str]]]]:
    """Every choice of who sends to whom: (test, week) → pairs. Whoever receives a test in a period sends nobody for it in that period."""
    length = int(facts.value("aid_role_weeks"))
    periods = sorted({w // length for w in facts.weeks})
    per_test = [list(itertools.product(*(_roles(facts, m) for _ in periods))) for m in facts.tests]
    for roles in itertools.product(*per_test):
        weekly = []
        for m, by_period in zip(facts.tests, roles, strict=True):
            smallest = facts.value("aid_minimum_batch", test=m)
            for w in facts.weeks:
                pairs = by_period[w // length]
                weekly.append([((m, w), set(some)) for some in (_subsets(pairs) if smallest > 0 else [pairs])])
        yield from (dict(choice) for choice in itertools.product(*weekly))


def every_order(facts: Facts) -> Iterator[dict[tuple[str, str, str], bool]]:
    """Every choice of what is ordered from frameworks that have a smallest order, in plans of one order period."""
    smallest = [(k, o, m) for k in PROVIDERS for o in facts.organisations for m in facts.tests
                if facts.value(f"{k}_minimum", organisation=o, test=m) > 0]  # fmt: skip
    assert not smallest or len(facts.weeks) <= 4
    yield from (dict(zip(smallest, some, strict=True)) for some in itertools.product((False, True), repeat=len(smallest)))


def _roles(facts: Facts, m: str) -> list[tuple[tuple[str, str], ...]]:
    helps = {(o, facts.owner[s]) for o in facts.organisations for s, a in facts.stations if m in facts.able[s, a] and facts.accepted(o, m, s) > 0}
    found = {}
    for size in range(len(facts.organisations) + 1):
        for receivers in itertools.combinations(facts.organisations, size):
            pairs = tuple(sorted((i, j) for i, j in helps if j in receivers and i not in receivers))
            found[pairs] = None
    return [p for p in found if not any(set(p) < set(q) for q in found)]


def _subsets(pairs: tuple[tuple[str, str], ...]) -> list[tuple[tuple[str, str], ...]]:
    return [some for size in range(len(pairs) + 1) for some in itertools.combinations(pairs, size)]


def linear_problem(facts: Facts, batches: dict[tuple[str, int], set[tuple[str, str]]], orders: dict[tuple[str, str, str], bool]) -> Linear:
    """Flows of patients and their limits; rooms are named and filled in for each plan."""
    lp = Linear()
    for o, m in itertools.product(facts.organisations, facts.tests):
        if not facts.months(o, m):
            continue
        _list(facts, lp, o, m, batches)
        _must_do(facts, lp, o, m)
    for s, a in facts.stations:
        for w in facts.weeks:
            _room(facts, lp, s, a, w)
    _batches(facts, lp, batches)
    _reports(facts, lp)
    _locks(facts, lp)
    for (kind, o, m), ordered in orders.items():
        bought = {x: 1.0 for x in lp.names if x[:3] == (kind, o, m)}
        smallest = facts.value(f"{kind}_minimum", organisation=o, test=m) * len(facts.weeks) / 4
        lp.most.append((bought, float(ordered) * 1e6))
        _at_least(lp, bought, float(ordered) * smallest)
    for o in facts.organisations:
        prices = {x: facts.value(f"{x[0]}_price", organisation=o, test=x[2]) for x in lp.names if x[0] in PROVIDERS and x[1] == o}
        if facts.value("premium_budget", organisation=o) < NO_LIMIT:
            lp.most.append((prices, ("budget", o)))
    return lp


def _compared(facts: Facts, lp: Linear, o: str, m: str, w: int, short: Any, price: float, without: float) -> None:
    """What is short of the list furthest over the target, as part of it, counted as if every list of the test were as far over it."""
    furthest = lp.flow("furthest over", m, w)
    lp.price(WORST, furthest, price * without)
    _at_least(lp, {furthest: without, short: -1.0}, 0.0)


def _list(facts: Facts, lp: Linear, o: str, m: str, batches: Any) -> None:
    gone: list[dict[Any, float]] = [{} for _ in facts.weeks]
    for w in facts.weeks:
        for s, a in facts.stations:
            away = facts.owner[s] != o
            if m in facts.able[s, a] and (not away or ((o, facts.owner[s]) in batches[m, w] and facts.accepted(o, m, s) > 0)):
                x = lp.flow("examined", o, m, s, a, w)
                gone[w][x] = 1.0
                lp.price(COST, x, facts.value("examination_cost", organisation=facts.owner[s], site=s, test=m))
                if away:
                    lp.price(COST, x, facts.value("aid_cost", test=m))
                    lp.price(REST, x, facts.value("travel_price", test=m) * (facts.journey(o, s) or 0.0))
            limit = facts.value("insourced_limit", w, organisation=o, site=s, test=m)
            bought = facts.levers["insourcing"] and limit > 0 and any(facts.kinds[t]["insourcing"] for s2, a2, t in facts.runs if (s2, a2) == (s, a))
            if not away and m in facts.able[s, a] and bought:
                x = lp.flow("insourced", o, m, s, a, w)
                gone[w][x] = 1.0
                lp.price(COST, x, facts.value("insourced_price", organisation=o, test=m))
                lp.most.append(({x: 1.0}, limit))
        limit = facts.value("outsourced_limit", w, organisation=o, test=m)
        if facts.levers["outsourcing"] and limit > 0:
            x = lp.flow("outsourced", o, m, w)
            gone[w][x] = 1.0
            lp.price(COST, x, facts.value("outsourced_price", organisation=o, test=m))
            lp.most.append(({x: 1.0}, limit))
        if facts.most_removed(o, m, w) > 0:
            x = lp.flow("removed", o, m, w)
            gone[w][x] = 1.0
            lp.most.append(({x: 1.0}, facts.most_removed(o, m, w)))
    _follow_list(facts, lp, o, m, gone)


def _follow_list(facts: Facts, lp: Linear, o: str, m: str, gone: list[dict[Any, float]]) -> None:
    """What a list allows and costs: at the end of week w it is all that joined so far less all that went so far."""
    grown = facts.value("longer_price", test=m)
    without = (
        lists_today(facts, o, m)
        if facts.fairest or max(facts.value("list_floor", test=m), grown, facts.value("fairness_price", test=m)) > 0
        else [0.0] * len(gone)
    )
    owed = [_in_an_ordinary_session(facts, s, a, m) for s, a in facts.stations if facts.owner[s] == o and m in facts.able[s, a]]
    last = facts.weeks[-1]
    for w in facts.weeks:
        so_far = {x: 1.0 for v in range(w + 1) for x in gone[v]}
        joined = facts.joined_so_far(o, m, w)
        floor = max(min(facts.value("list_floor", test=m) * facts.joins(o, m, w), without[w]), 0.0)
        lp.most.append((so_far, joined - floor))
        _offers(facts, lp, o, m, w, gone)
        if not facts.levers["change_sessions"]:
            here = {x: 1.0 for x in gone[w] if x[0] == "examined" and facts.owner[x[3]] == o}
            lp.most.append((here, _seen_today(facts, o, m, w)))
        _price_list(lp, REST, facts.value("waiting_price", test=m), joined, so_far)
        if grown > 0 and (w == last or _month_ends(facts, w)):
            longer = lp.flow("longer", o, m, w)
            lp.price(LONGER, longer, grown)
            kept = max(without[w], facts.value("list_floor", test=m) * facts.joins(o, m, w))
            _at_least(lp, {longer: 1.0} | dict.fromkeys(so_far, 1.0), joined - kept)
        unequal = 100 * facts.value("fairness_price", test=m)
        if unequal > 0 and w == last and without[w] >= 1:
            largest = lp.flow("largest share", m)
            lp.goals[REST][largest] = unequal
            _at_least(lp, {largest: without[w]} | dict.fromkeys(so_far, 1.0), joined - facts.could_be_young(o, m, w))
        if w == last:
            _price_list(lp, COST, sum(owed) / len(owed) if owed else 0.0, joined, so_far)
            if facts.value("target_week", organisation=o, test=m) <= w + 1:
                for name, limit, price in (("target_share", 6, "shortfall_price"), ("thirteen_share", 13, "thirteen_price")):
                    share = facts.value(name, w, organisation=o, test=m)
                    short = lp.flow(f"short of {name}", o, m)
                    lp.price(SHORT, short, facts.value(price, test=m))
                    _at_least(lp, {short: 1.0} | dict.fromkeys(so_far, 1 - share), (1 - share) * joined - facts.could_be_young(o, m, w, limit))
                    if name == "target_share" and without[w] >= 1:
                        _compared(facts, lp, o, m, w, short, facts.value(price, test=m), without[w])


def _in_an_ordinary_session(facts: Facts, s: str, a: str, m: str) -> float:
    """What one examination costs there in the cheapest kind of session."""
    price = facts.value("examination_cost", organisation=facts.owner[s], site=s, test=m)
    where = {"organisation": facts.owner[s], "site": s, "asset_type": a}
    types = [t for s2, a2, t in facts.runs if (s2, a2) == (s, a)]
    minutes = [facts.value("session_cost", session_type=t, **where) / facts.kinds[t]["minutes"] / facts.yields(s, a) for t in types]
    return price + min(minutes, default=0.0) * facts.minutes_each(s, a, m)


def _month_ends(facts: Facts, w: int) -> bool:
    sunday = facts.mondays[w] + dt.timedelta(days=6)
    return facts.mondays[w].month != sunday.month or (sunday + dt.timedelta(days=1)).day == 1


def _price_list(lp: Linear, goal: int, price: float, joined: float, so_far: dict[Any, float]) -> None:
    lp.constants[goal] += price * joined
    for x in so_far:
        lp.price(goal, x, -price)


def _at_least(lp: Linear, terms: dict[Any, float], right: float) -> None:
    if right > 0:
        lp.least.append((terms, right))
    else:
        lp.most.append(({x: -c for x, c in terms.items()}, -right))


def _offers(facts: Facts, lp: Linear, o: str, m: str, w: int, gone: list[dict[Any, float]]) -> None:
    """Only those waiting at the start of the week can be asked, and nobody accepts a second time who refused before."""
    before = {x: 1.0 for v in range(w) for x in gone[v]}
    waiting = facts.opening(o, m) if w == 0 else facts.joined_so_far(o, m, w - 1)
    away = [x for x in gone[w] if x[0] == "examined" and facts.owner[x[3]] != o]
    able = facts.value("aid_suitable", test=m)
    lp.most.append(({x: 1 / facts.accepted(o, m, x[3]) for x in away} | dict.fromkeys(before, able), able * waiting))
    for s in {x[3] for x in away}:
        so_far = {x: 1.0 for v in range(w + 1) for x in gone[v] if x[0] == "examined" and x[3] == s}
        lp.most.append((so_far, facts.accepted(o, m, s) * able * facts.joined_so_far(o, m, w)))
    fits = facts.value("mobile_suitable", test=m)
    units_only = {x: 1.0 for x in gone[w] if x[0] == "examined" and not _fixed(facts, x[3], x[4])}
    if units_only:
        lp.most.append((units_only | dict.fromkeys(before, fits), fits * waiting))


def _fixed(facts: Facts, s: str, a: str) -> bool:
    return any((s, a) == k[:2] for k in facts.runs)


def _must_do(facts: Facts, lp: Linear, o: str, m: str) -> None:
    price = facts.value("undone_price", test=m)
    for w in facts.weeks:
        arisen = sum(facts.must(o, m, v) for v in range(w + 1))
        if not arisen:
            continue
        for s, a in facts.stations:
            if facts.owner[s] == o and m in facts.able[s, a] and _fixed(facts, s, a):
                p = lp.flow("must_done", o, m, s, a, w)
                lp.price(COST, p, facts.value("examination_cost", organisation=o, site=s, test=m))
        so_far = {x: 1.0 for x in lp.names if x[0] == "must_done" and x[1:3] == (o, m) and x[5] <= w}
        lp.most.append((so_far, arisen))
        _price_list(lp, UNDONE, price, arisen, so_far)


def _room(facts: Facts, lp: Linear, s: str, a: str, w: int) -> None:
    each = {m: facts.minutes_each(s, a, m) for m in facts.able[s, a]}
    here = [x for x in lp.names if x[0] in ("examined", "must_done") and x[3:] == (s, a, w)]
    lp.most.append(({x: each[x[2]] for x in here}, ("room", s, a, w)))
    fixed = {x: each[x[2]] * (1.0 if x[0] == "must_done" else 1 - facts.value("mobile_suitable", test=x[2])) for x in here}
    if _fixed(facts, s, a):
        lp.most.append((fixed, ("fixed room", s, a, w)))
    bought = {x: each[x[2]] for x in lp.names if x[0] == "insourced" and x[3:] == (s, a, w)}
    lp.most.append((bought, ("openings", s, a, w)))


def _batches(facts: Facts, lp: Linear, batches: Any) -> None:
    for (m, w), pairs in batches.items():
        for i, j in pairs:
            sent = {x: 1.0 for x in lp.names if x[0] == "examined" and x[1:3] == (i, m) and x[5] == w and facts.owner[x[3]] == j}
            lp.most.append((sent, facts.value("aid_maximum_batch", test=m)))
            if facts.value("aid_minimum_batch", test=m) > 0:
                lp.least.append((sent, facts.value("aid_minimum_batch", test=m)))


def _locks(facts: Facts, lp: Linear) -> None:
    """Aid and purchases of each week as the planner has fixed or bounded them."""
    for lock in facts.locks:
        for w in facts.weeks:
            if not lock["from_week"].date() <= facts.mondays[w] <= lock["to_week"].date():
                continue
            whose = (lock["organisation"], lock["test"])
            if lock["decision"] == "aid":
                to = lock["to_organisation"]
                there = {x: 1.0 for x in lp.names if x[0] == "examined" and x[1:3] == whose and x[5] == w and facts.owner[x[3]] == to}
            else:
                there = {x: 1.0 for x in lp.names if x[0] == lock["decision"] and x[1:3] == whose and x[-1] == w}
            if lock["how"] != "at_most" and lock["value"] > 0:
                lp.least.append((there, lock["value"]))
            if lock["how"] != "at_least":
                lp.most.append((there, lock["value"]))


def _reports(facts: Facts, lp: Linear) -> None:
    """Reports written by own staff, others and providers; what is left, what of it is late and what it has grown by at the end."""
    pool: dict[int, dict[Any, float]] = {w: {} for w in facts.weeks}
    for o in facts.reporters:
        mean = facts.mean_report(o)
        opening = facts.value("report_backlog", organisation=o) * mean
        outside = [facts.reports_outside(o, w) for w in facts.weeks]
        brought = [facts.reports_of(o, lp.names, w) for w in facts.weeks]
        for w in facts.weeks:
            written = lp.flow("written", o, w)
            time: dict[Any, float] = {written: 1.0}
            share = facts.value("shared_reporting_limit", w, organisation=o)
            if facts.levers["cross_site_reporting"] and len(facts.reporters) > 1:
                lent, had = lp.flow("lent", o, w), lp.flow("had", o, w)
                lp.most.append(({lent: 1.0}, share * facts.reporting_time(o, w)))
                lp.price(REST, lent, facts.value("shared_reporting_price", organisation=o))
                time |= {lent: 1.0, had: -1.0}
                pool[w] |= {lent: -1.0, had: 1.0}
            limit = facts.value("outsourced_report_limit", w, organisation=o)
            if facts.levers["outsourced_reporting"] and limit > 0:
                bought = lp.flow("bought", o, w)
                lp.price(COST, bought, facts.value("outsourced_report_price", organisation=o))
                lp.most.append(({bought: 1.0}, limit))
                lp.most.append(({bought: mean} | {x: -n for x, n in brought[w].items()}, outside[w]))
                time[bought] = -mean
            lp.most.append((time, facts.reporting_time(o, w)))
            every = {x: n for v in range(w + 1) for x, n in brought[v].items()}
            done = {lp.flow("written", o, v): 1.0 for v in range(w + 1)}
            there = opening + sum(outside[: w + 1])
            lp.most.append((done | {x: -n for x, n in every.items()}, there))
            late = lp.flow("late", o, w)
            lp.price(SHORT, late, facts.value("late_report_price", organisation=o) / 60)
            old = {x: n for v in range(w - 3) for x, n in brought[v].items()}
            before = opening + sum(outside[: max(w - 3, 0)]) - max(3 - w, 0) * facts.ordinary_reports(o)
            _at_least(lp, {late: 1.0} | done | {x: -n for x, n in old.items()}, before)
        grown = lp.flow("grown", o)
        lp.price(COST, grown, facts.value("outsourced_report_price", organisation=o) / mean)
        _at_least(lp, {grown: 1.0} | done | {x: -n for x, n in every.items()}, sum(outside))
    for shares in pool.values():
        lp.most.append((shares, 0.0))


def _seen_today(facts: Facts, o: str, m: str, w: int) -> float:
    """Patients today's rota leaves for a list in a week in which somebody always waits: must-do work first, tests by their recent minutes."""
    assert not any(u["starts_at"] for u in facts.tables["mobiles"])
    seen = 0.0
    for s, a in facts.stations:
        if facts.owner[s] != o or m not in facts.able[s, a] or not _fixed(facts, s, a):
            continue
        others = [s2 for s2, a2 in facts.stations if facts.owner[s2] == o and _fixed(facts, s2, a2) and a2 == a]
        assert others == [s]
        recent = {k: sum(r["done_waiting_list"] for r in facts.months(o, k)) * facts.minutes_each(s, a, k) for k in facts.able[s, a]}
        given = sum(facts.today(s, a, t) * facts.kinds[t]["minutes"] for t in facts.kinds) * facts.yields(s, a)
        left = given - sum(facts.must(o, k, w) * facts.minutes_each(s, a, k) for k in facts.able[s, a])
        if sum(recent.values()) > 0:
            seen += max(left, 0.0) * recent[m] / sum(recent.values()) / facts.minutes_each(s, a, m)
    return seen


def lists_today(facts: Facts, o: str, m: str) -> list[float]:
    """The list at each week end if today's rota goes on."""
    waiting, found = facts.opening(o, m), []
    for w in facts.weeks:
        waiting += facts.joins(o, m, w)
        waiting -= min(waiting, _seen_today(facts, o, m, w))
        waiting -= min(waiting, facts.most_removed(o, m, w))
        found.append(waiting)
    return found


def evaluate(
    facts: Facts, lp: Linear, n: dict[Any, int], standing: dict[str, tuple[str, ...]], order: tuple[int, ...], best: Best | None
) -> tuple[np.ndarray, dict[Any, float]] | None:  # fmt: skip
    """Goals in order and flows of the best use of given sessions and places; None where staff or batches cannot be had.

    Goals after one that is worse than in the best plan so far are not worked out: they are infinite.
    """
    fixed = _cost_of_choices(facts, n, standing)
    if fixed is None:
        return None
    rows, right, goals = lp.arrays
    right = right.copy()
    for k, limit in lp.named:
        right[k] = _room_there(facts, limit, n, standing)
        if right[k] < -1e-9:
            return None
    some = list(order)
    known_of_all = (lp.constants + fixed)[some]

    def lost(values: np.ndarray) -> bool:
        known = slice(len(values))
        return best is not None and first_is_better(best.goals[known], values + known_of_all[known])

    found = in_order(rows, np.maximum(right, 0.0), len(lp.least), goals[some], lost)
    if found is None:
        return None
    return found[0] + known_of_all, dict(zip(lp.names, found[1].tolist(), strict=True))


def _room_there(facts: Facts, limit: tuple[str, str, str, int], n: dict[Any, int], standing: dict[str, tuple[str, ...]]) -> float:
    if limit[0] == "budget":
        return _left_for_providers(facts, limit[1], n, standing)
    what, s, a, w = limit
    here = [t for s2, a2, t in facts.runs if (s2, a2) == (s, a)]
    if what == "openings":
        return sum(
            facts.kinds[t]["minutes"] * (max(facts.most(s, a, t, w), facts.today(s, a, t)) - n[s, a, t, w])
            for t in here
            if facts.kinds[t]["insourcing"]
        )
    minutes = sum(facts.kinds[t]["minutes"] * n[s, a, t, w] for t in here) * facts.yields(s, a)
    if what == "fixed room":
        return minutes
    for unit in facts.tables["mobiles"]:
        way = (unit["starts_at"], *standing[unit["mobile"]])
        if unit["asset_type"] == a and way[w + 1] == s:
            lost = facts.value("mobile_setup_loss", site=s, asset_type=a, mobile=unit["mobile"]) if way[w] != s else 0.0
            minutes += 60 * facts.mobile_hours(unit, s) * facts.yields(s, a) * (1 - lost)
    return minutes


def _cost_of_choices(facts: Facts, n: dict[Any, int], standing: dict[str, tuple[str, ...]]) -> np.ndarray | None:
    """Cost and disturbance of sessions, units and staff; None where there is too little staff."""
    cost = disturbance = changed = 0.0
    for s, a, t in facts.runs:
        change = [0, *(n[s, a, t, w] - facts.today(s, a, t) for w in facts.weeks)]
        cost += sum(n[s, a, t, w] for w in facts.weeks) * facts.value(
            "session_cost", organisation=facts.owner[s], site=s, asset_type=a, session_type=t
        )
        disturbance += sum(map(abs, change)) * facts.value("rota_change_price", asset_type=a)
        changed += sum(map(abs, change))
        disturbance += sum(abs(after - before) for before, after in itertools.pairwise(change)) * facts.value("ramp_price", asset_type=a)
    for unit in facts.tables["mobiles"]:
        way = (unit["starts_at"], *standing[unit["mobile"]])
        where = {"asset_type": unit["asset_type"], "mobile": unit["mobile"]}
        changed += sum(s != unit["starts_at"] for s in way[1:])
        cost += sum(bool(s) for s in way[1:]) * facts.value("mobile_week_cost", **where)
        cost += sum(bool(after) and after != before for before, after in itertools.pairwise(way)) * facts.value("mobile_move_cost", **where)
    hours = _cost_of_hours(facts, facts.organisations, n, standing)
    return None if hours is None else np.array([0.0, 0.0, 0.0, cost + hours, disturbance, 0.0, 1000 * changed])


def _cost_of_hours(facts: Facts, organisations: list[str], n: dict[Any, int], standing: dict[str, tuple[str, ...]]) -> float | None:
    total = 0.0
    for w in facts.weeks:
        for g in {r["staff_group"] for r in facts.tables["staffing"]}:
            paid = _staff_cost(facts, organisations, g, n, {v: way[w] for v, way in standing.items()}, w)
            if paid is None:
                return None
            total += paid
    return total


def _left_for_providers(facts: Facts, o: str, n: dict[Any, int], standing: dict[str, tuple[str, ...]]) -> float:
    """What a premium budget leaves after the cheapest extra hours and the weeks of units that the plan chose; below zero = overspent."""
    assert not any(facts.may_lend(j, "staff", w) for j in facts.organisations for w in facts.weeks), "staff lent could save premium hours"
    spent = _cost_of_hours(facts, [o], n, standing) or 0.0
    for unit in facts.tables["mobiles"]:
        where = {"asset_type": unit["asset_type"], "mobile": unit["mobile"]}
        free = [s for w, s in enumerate(standing[unit["mobile"]]) if w >= facts.value("mobile_notice", **where) and facts.levers["move_mobiles"]]
        spent += sum(facts.owner.get(s) == o for s in free) * facts.value("mobile_week_cost", **where)
    return facts.value("premium_budget", organisation=o) - spent


def _staff_cost(facts: Facts, organisations: list[str], g: str, n: dict[Any, int], standing: dict[str, str], w: int) -> float | None:
    """The cheapest way to find the hours that are missing: overtime, bank and agency, or staff of those who have some to spare."""
    missing = {o: facts.staff_needed(o, g, n, standing, w) - facts.staff_there(o, g) for o in organisations}
    if max(missing.values()) <= 1e-9:
        return 0.0
    ways = [(o, None, *way) for o in missing for way in facts.extra_hours(o, g, w)]
    ways += [(j, i, price, math.inf) for i in missing for j in missing for price in facts.lent_price(i, j, g)]
    most = [(np.array([float(k == x) for x in range(len(ways))]), hours) for k, (*_, hours) in enumerate(ways) if hours < math.inf]
    most += [(np.array([float(lender == o) for _, lender, *_ in ways]), facts.may_lend(o, g, w)) for o in missing]
    least = []
    for o, hours in missing.items():
        found = np.array([float(gets == o) - float(lender == o) for gets, lender, *_ in ways])
        if hours > 0:
            least.append((found, hours))
        else:
            most.append((-found, -hours))
    rows, right = (np.array([row[k] for row in [*most, *least]]) for k in (0, 1))
    best = in_order(rows, right, len(least), np.array([[price for _, _, price, _ in ways]]))
    return None if best is None else float(best[0][0])
