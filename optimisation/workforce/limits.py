"""What limits a workforce plan: each limit with what is used, what there is, whether it binds, and at most what one more unit would buy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from optimisation.workforce.problem import year_of
from optimisation.workforce.result import Solved, frame

PLACES, FUNDING, SUPERVISORS, KEPT = "Places", "Funding", "Supervisors", "Leavers kept"
OVERTIME, BANK, LENDING, EXAMINATIONS, REPORTS = "Overtime", "Bank and agency", "Hours lent", "Examinations bought", "Reports bought"

_FULL = 1e-4
"""A limit binds when this share of it is left, or as much in its own unit."""

Row = tuple[str, str, int, float, float, bool, float, str]


def limits(s: Solved) -> pd.DataFrame:
    """Rows of the table `workforce_limits`; hours of a year stand together, and its tightest quarter says what one more is worth."""
    rows = [row for part in (_places, _funding, _supervisors, _temporary, _lending, _kept, _examinations, _reports) for row in part(s)]
    return frame(rows, "what where year used available binding value_of_one_more unit")


def _row(what: str, where: str, year: int, used: float, available: float, value: float, unit: str) -> Row:
    binding = used >= available - _FULL * max(available, 1.0)
    return what, where, year, used, available, binding, max(value, 0.0) if binding else 0.0, unit


def _at(s: Solved, a: str) -> str:
    return f", {s.inputs.network.short_titles('organisations')[a]}" if a else ""


def _places(s: Solved) -> Iterator[Row]:
    for (r, a, y), places in s.problem.values["places"].items():
        used = sum(s.of("starts", i) for i in s.problem.near("starts_at", (r, a, y)))
        value = -s.row_prices.get("places_kept", {}).get((r, a, y), 0.0)
        yield _row(PLACES, f"{s.routes[r].title}{_at(s, a)}", y, used, places, value, "people a year")


def _funding(s: Solved) -> Iterator[Row]:
    for (f, a, y), pounds in s.problem.values["funds"].items():
        used = sum(s.given("funded", (*i, y)) * s.of("starts", i) for i in s.problem.near("starts_paid_from", (f, a, y)))
        value = -s.row_prices.get("funding_kept", {}).get((f, a, y), 0.0)
        yield _row(FUNDING, f"{f}{_at(s, a)}", y, used, pounds, value, "£ a year, beside those in training today")


def _supervisors(s: Solved) -> Iterator[Row]:
    """The quarter of each year in which most of the supervisors are taken up."""
    tightest: dict[tuple[Any, ...], tuple[float, float, float]] = {}
    for o, g, q in s.problem.sets["staff"]:
        used = s.supervising(o, g, q)[1]
        if s.problem.near("starts_supervised_by", (o, g)) and used > 0:
            there, value = s.of("in_post", (o, g, q)), -s.row_prices.get("supervisors_there", {}).get((o, g, q), 0.0)
            key = (o, g, year_of(q))
            tightest[key] = max(tightest.get(key, (-1.0, 0.0, 0.0)), (used, there, value), key=lambda row: row[0] / max(row[1], _FULL))
    for (o, g, y), (used, there, value) in tightest.items():
        yield _row(SUPERVISORS, _group(s, o, g), y, used, there, value, "WTE, in the tightest quarter")


def _temporary(s: Solved) -> Iterator[Row]:
    for what, name in ((OVERTIME, "overtime"), (BANK, "bank")):
        hours = _Years()
        for o, g, q in s.problem.sets["staff"]:
            most = s.given(f"{name}_limit", (o, g, q)) * s.of("in_post", (o, g, q))
            if most > 0:
                hours.add((o, g, year_of(q)), s.of(name, (o, g, q)), most, -s.row_prices[f"{name}_kept"].get((o, g, q), 0.0))
        yield from hours.rows(s, what)


def _lending(s: Solved) -> Iterator[Row]:
    hours = _Years()
    for (o, g, q), to in s.problem.neighbours["lends_to"].items():
        lent = sum(s.of("lent", (o, j, g, q)) for j in to)
        most = s.given("lending_limit", (o, g, q)) * s.of("in_post", (o, g, q))
        hours.add((o, g, year_of(q)), lent, most, -s.row_prices["lending_kept"].get((o, g, q), 0.0))
    yield from hours.rows(s, LENDING)


def _kept(s: Solved) -> Iterator[Row]:
    wte = _Years("WTE a year")
    for (o, g, q), most in s.problem.values["kept_limit"].items():
        wte.add((o, g, year_of(q)), s.of("kept", (o, g, q)), most, -s.prices["kept"].get((o, g, q), 0.0))
    yield from wte.rows(s, KEPT)


def _examinations(s: Solved) -> Iterator[Row]:
    tests, years = s.inputs.network.titles("tests"), _Years("examinations a year")
    for (o, p, m, q), most in s.problem.values["bought_limit"].items():
        years.add((o, f"{tests[m]}, {p}", year_of(q)), s.of("bought", (o, p, m, q)), most, -s.prices["bought"].get((o, p, m, q), 0.0))
    yield from years.rows(s, EXAMINATIONS, named=True)


def _reports(s: Solved) -> Iterator[Row]:
    years = _Years("reports a year")
    for (o, q), most in s.problem.values["report_limit"].items():
        used = sum(s.of("reports_bought", i) for i in s.problem.near("reports_of", (o, q)))
        years.add((o, "All reports", year_of(q)), used, most, -s.row_prices["reports_kept"].get((o, q), 0.0))
    yield from years.rows(s, REPORTS, named=True)


def _group(s: Solved, o: str, g: str) -> str:
    return f"{s.inputs.network.titles('staff_groups')[g]}{_at(s, o)}"


class _Years:
    """What is used and available, quarters of a year added up, with the highest value of one more in any of them."""

    def __init__(self, unit: str = "hours a year") -> None:
        self._unit = unit
        self._sums: dict[tuple[Any, ...], tuple[float, float, float]] = {}

    def add(self, key: tuple[Any, ...], used: float, available: float, value: float) -> None:
        before = self._sums.get(key, (0.0, 0.0, 0.0))
        self._sums[key] = before[0] + used, before[1] + available, max(before[2], value)

    def rows(self, s: Solved, what: str, *, named: bool = False) -> Iterator[Row]:
        for (o, g, y), (used, available, value) in self._sums.items():
            yield _row(what, f"{g}{_at(s, o)}" if named else _group(s, o, g), y, used, available, value, self._unit)
