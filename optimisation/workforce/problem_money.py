"""The part of the workforce problem about money: pay, what a start costs, and what funding streams have."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from optimisation.formulation import Index
from optimisation.workforce.flows import A_YEAR
from optimisation.workforce.problem import RECRUITED, Draft, year_of
from optimisation.workforce.problem_limits import in_force


def money(d: Draft) -> None:
    """Pay of those in post, what becomes of a start in money, and funding streams."""
    pay = Pay(d)
    d.values["staff_pay"] = {(o, g): pay.of_group(o, g) / A_YEAR for o, g in d.sets["cells"]}
    _pay_of_starts(d, pay)
    d.values["pay_above"], d.values["funded"] = {}, {}
    for o, r, p in d.sets["starts"]:
        row, one = d.routes[r], d.staffing.started[o, r]
        d.values["pay_above"][o, r, p] = float(d.staffing.above[o, r] * one.post.mean[p - 1].sum())
        found = float(d.staffing.found[o, r])
        for y, pounds in by_year(d.staffing.training_pay[o, r] * one.training[p - 1]).items():
            start = found * row.cost_gbp if y == year_of(p) else 0.0
            if y >= year_of(p) and pounds + start:
                d.values["funded"][o, r, p, y] = pounds + start
    d.join("paid_in", ((i[:3], i[3]) for i in d.values["funded"]))
    _streams(d)
    d.notes.extend(pay.notes())


def _pay_of_starts(d: Draft, pay: Pay) -> None:
    """£ a quarter of those who come by a way beyond what others in the group have, and while they train."""
    today = [(t.organisation, t.route) for t in d.staffing.in_training]
    for o, r in dict.fromkeys([*d.sets["ways"], *today]):
        row = d.routes[r]
        d.staffing.above[o, r] = pay.of_band(o, row.staff_group, row.band) / A_YEAR - d.values["staff_pay"][o, row.staff_group]
        d.staffing.training_pay[o, r] = pay.while_training(o, row)


def by_year(amounts: np.ndarray) -> dict[int, float]:
    """Sums over the quarters of each year, of amounts of shape (quarters,)."""
    return {y + 1: float(amounts[A_YEAR * y : A_YEAR * (y + 1)].sum()) for y in range(year_of(len(amounts)))}


def _streams(d: Draft) -> None:
    """What funding streams have left after those in training today, by organisation (empty = all together) and year."""
    taken: dict[Index, float] = {}
    total = dict.fromkeys(d.sets["organisations"], 0.0)
    for t in d.staffing.in_training:
        row = d.routes[t.route]
        for y, pounds in by_year(d.staffing.training_pay[t.organisation, t.route] * t.training).items():
            total[(t.organisation,)] += pounds
            for a in (t.organisation, ""):
                taken[row.funding, a, y] = taken.get((row.funding, a, y), 0.0) + pounds
    d.values["training_today"] = total
    stated = in_force(d, d.inputs.network["funding"], "funding", "a_year_gbp")
    d.values["funds"] = {i: max(pounds - taken.get(i, 0.0), 0.0) for i, pounds in stated.items()}
    streams = ((d.routes[r].funding, a, y, (o, r, q)) for o, r, q, y in d.values["funded"] for a in (o, ""))
    d.join("starts_paid_from", (((f, a, y), i) for f, a, y, i in streams))


class Pay:
    """Annual pay of one WTE with unsocial hours and on-costs; nought where a band is not in the table."""

    def __init__(self, d: Draft) -> None:
        cells = d.sets["cells"]
        assumed, places = d.inputs.assumptions, d.places_of(cells, "organisation", "staff_group")
        point, unsocial, on_cost = (assumed.values(name, places).tolist() for name in ("pay_point", "unsocial_share", "on_cost"))
        self._terms = dict(zip(cells, zip(point, unsocial, on_cost, strict=True), strict=True))
        self._scale = _scale(d.inputs.network["pay"], d.inputs.quarters[0])
        self._bands = _bands(d)
        self._unknown: set[str] = set()
        self._no_band: set[str] = set()

    def of_band(self, o: str, g: str, band: str) -> float:
        """£ a year."""
        if band not in self._scale:
            self._unknown.add(band)
            return 0.0
        low, high = self._scale[band]
        point, unsocial, on_cost = self._terms[o, g]
        return float((low + point * (high - low)) * (1 + unsocial) * (1 + on_cost))

    def of_group(self, o: str, g: str) -> float:
        """£ a year of those in post: by their bands in the table of posts, else by age, else of the ways into the group."""
        bands = self._bands.get((o, g)) or self._bands.get(("", g))
        if not bands:
            self._no_band.add(g)
            return 0.0
        return sum(part * self.of_band(o, g, band) for band, part in bands.items())

    def while_training(self, o: str, row: object) -> float:
        """£ a quarter of a trainee whom the organisation pays."""
        band = row.training_band  # type: ignore[attr-defined]
        paid = band and row.kind not in RECRUITED  # type: ignore[attr-defined]
        return self.of_band(o, row.staff_group, band) / A_YEAR if paid else 0.0  # type: ignore[attr-defined]

    def notes(self) -> Iterable[str]:
        """What costs nothing for want of a table."""
        if self._unknown:
            yield f"Pay is not known for {len(self._unknown):,} bands ({', '.join(sorted(self._unknown))}): it is counted as £0."
        if self._no_band:
            yield f"No band is known for {len(self._no_band):,} staff groups ({', '.join(sorted(self._no_band))}): their pay is counted as £0."


def _scale(pay: pd.DataFrame, day: pd.Timestamp) -> dict[str, tuple[float, float]]:
    """Bottom and top of each band on a day: the newest scale in force, or the first one that is to come."""
    rows = pay.sort_values("from_date", kind="stable")
    found: dict[str, tuple[float, float]] = {}
    for row in rows.itertuples():
        if row.band not in found or row.from_date <= day:
            found[row.band] = float(row.minimum_gbp), float(row.maximum_gbp)
    return found


def _bands(d: Draft) -> dict[Index, dict[str, float]]:
    """Part of each band of a group, by organisation (empty = where nothing is known of one) and group; parts sum to 1."""
    network = d.inputs.network
    ways = network["routes"].assign(organisation="", wte=1.0)[["organisation", "staff_group", "band", "wte"]]
    found: dict[Index, dict[str, float]] = {}
    for rows in (ways, network["staff_ages"].query("band != ''"), network["posts"]):
        sums = rows[rows["wte"] > 0].groupby(["organisation", "staff_group", "band"])["wte"].sum()
        for i, some in sums.groupby(level=[0, 1]):
            found[i] = {str(band): float(n / some.sum()) for (*_, band), n in some.items()}
    return found
