"""What limits a plan: each limit with what is used, what there is, whether it binds, and at most what one more unit would buy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from data.travel import journeys
from optimisation.allocation.limit_kinds import (
    ACCEPTANCE,
    BATCH,
    BUDGET,
    EXTRA_MINUTES,
    INSOURCING,
    LENDING,
    MOBILES,
    OPENINGS,
    OUTSOURCED_REPORTS,
    OUTSOURCING,
    REPORTING,
    REPORTS_LENT,
    SHORTEST,
    STAFF,
    TRAVEL,
)
from optimisation.allocation.problem import Inputs
from optimisation.allocation.result import Solved
from optimisation.allocation.result_reporting import reporting_weeks

_FULL = 1e-4
"""A limit binds when this little of it is left, in its own unit."""

_COLUMNS = ["what", "where", "week", "used", "available", "binding", "value_of_one_more", "unit"]


def limits(inputs: Inputs, s: Solved, shortfall: pd.DataFrame) -> pd.DataFrame:
    """Rows of the table `limits`.

    Args:
        inputs: what the problem was made from.
        s: its solution.
        shortfall: organisation, test, week (Monday): where the target is missed.
    """
    parts = (_openings, _staff, _lending, _reporting, _mobiles, _insourcing, _outsourcing, _budgets, _batches, _acceptance, _extra_minutes, _shortest)
    rows = [row for part in parts for row in part(inputs, s)]
    rows.extend(_travel(inputs, s, shortfall))
    frame = pd.DataFrame(rows, columns=_COLUMNS)
    return frame.drop_duplicates(["what", "where", "week"])


def _row(what: str, where: str, week: pd.Timestamp, used: float, available: float, value: float, unit: str) -> tuple[Any, ...]:
    binding = available > 0 and used >= available - _FULL
    return what, where, week, used, available, binding, max(value, 0.0) if binding else 0.0, unit


def _openings(inputs: Inputs, s: Solved) -> Iterator[tuple[Any, ...]]:
    n = inputs.network
    sites, types, kinds = n.short_titles("sites"), n.titles("asset_types"), n.titles("session_types")
    for i in s.problem.sets["station_sessions"]:
        site, a, t, w = i
        value = -s.prices.get("sessions", {}).get(i, 0.0)
        yield _row(
            OPENINGS,
            f"{types[a]}, {sites[site]}, {kinds[t]}",
            s.monday(w),
            s.of("sessions", i),
            s.given("most_sessions", i),
            value,
            "sessions",
        )


def _staff(inputs: Inputs, s: Solved) -> Iterator[tuple[Any, ...]]:
    organisations, groups = inputs.network.short_titles("organisations"), inputs.network.titles("staff_groups")
    for o, g, w in s.problem.sets["staff_weeks"]:
        borrowed, lent = s.hours_shared(o, g, w)
        most = sum(s.given(name, (o, g, w)) for name in ("staff_hours", "overtime_limit", "bank_limit")) + borrowed - lent
        value = -s.row_prices.get("staff_time", {}).get((o, g, w), 0.0)
        yield _row(STAFF, f"{groups[g]}, {organisations[o]}", s.monday(w), s.hours_needed[o, g, w], most, value, "hours")


def _lending(inputs: Inputs, s: Solved) -> Iterator[tuple[Any, ...]]:
    organisations, groups = inputs.network.short_titles("organisations"), inputs.network.titles("staff_groups")
    for o, g, w in s.problem.neighbours["lends_to"]:
        value = -s.row_prices.get("lending_limit_kept", {}).get((o, g, w), 0.0)
        lent = s.hours_shared(o, g, w)[1]
        yield _row(LENDING, f"{groups[g]}, {organisations[o]}", s.monday(w), lent, s.given("lending_limit", (o, g, w)), value, "hours")


def _mobiles(inputs: Inputs, s: Solved) -> Iterator[tuple[Any, ...]]:
    titles = inputs.network.titles("mobiles")
    for (v,) in s.problem.sets["mobiles"]:
        for w in range(1, s.problem.last_week + 1):
            used = sum(s.of("present", (v, site, w)) for site in s.problem.near("spots_of", (v,)))
            value = -s.row_prices.get("one_place", {}).get((v, w), 0.0)
            yield _row(MOBILES, titles[v], s.monday(w), used, 1.0, value, "unit weeks")


def _insourcing(inputs: Inputs, s: Solved) -> Iterator[tuple[Any, ...]]:
    sites, tests = inputs.network.short_titles("sites"), inputs.network.titles("tests")
    for (site, m, w), routes in s.problem.neighbours["insourced_test"].items():
        used = sum(s.of("insourced", (*r, w)) for r in routes)
        value = -s.row_prices.get("insourcing_limit", {}).get((site, m, w), 0.0)
        yield _row(INSOURCING, f"{tests[m]}, {sites[site]}", s.monday(w), used, s.given("insourced_limit", (site, m, w)), value, "patients")


def _outsourcing(inputs: Inputs, s: Solved) -> Iterator[tuple[Any, ...]]:
    organisations, tests = inputs.network.short_titles("organisations"), inputs.network.titles("tests")
    for (o, m, w), lists in s.problem.neighbours["outsourced_test"].items():
        used = sum(s.of("outsourced", (*i, w)) for i in lists)
        value = -s.row_prices.get("outsourcing_limit", {}).get((o, m, w), 0.0)
        yield _row(OUTSOURCING, f"{tests[m]}, {organisations[o]}", s.monday(w), used, s.given("outsourced_limit", (o, m, w)), value, "patients")


def _reporting(inputs: Inputs, s: Solved) -> Iterator[tuple[Any, ...]]:
    """Own reporting time, what of it may be given to others, and outsourced reports; each place names the tests it holds for."""
    organisations, tests = inputs.network.short_titles("organisations"), inputs.network.titles("tests")
    for r in reporting_weeks(s):
        i, monday = (r.organisation, r.week), s.monday(r.week)
        named = ", ".join(title for m, title in tests.items() if (r.organisation, m) in s.problem.values["report_minutes"])
        where = f"{organisations[r.organisation]}: {named or 'reports of other trusts'}"
        value = -s.row_prices.get("reporting_time", {}).get(i, 0.0)
        yield _row(REPORTING, where, monday, r.own_used, r.available, value, "minutes")
        if i in s.problem.values["report_lending_limit"]:
            value = -s.prices.get("lent", {}).get(i, 0.0)
            yield _row(REPORTS_LENT, where, monday, max(-r.shared, 0.0), s.given("report_lending_limit", i), value, "minutes")
        if i in s.problem.values["outsourced_report_limit"]:
            value = -s.prices.get("outsourced_reports", {}).get(i, 0.0)
            yield _row(OUTSOURCED_REPORTS, where, monday, r.outsourced, s.given("outsourced_report_limit", i), value, "reports")


def _budgets(inputs: Inputs, s: Solved) -> Iterator[tuple[Any, ...]]:
    """Budgets of the whole plan stand in its first week: they limit every week."""
    organisations = inputs.network.short_titles("organisations")
    for (o,), pounds in s.problem.values["premium_budget"].items():
        value = -s.row_prices.get("premium_budget_kept", {}).get(o, 0.0)
        yield _row(BUDGET, organisations[o], s.monday(1), s.premium_spend(o), pounds, value, "£ over the plan")


def _batches(inputs: Inputs, s: Solved) -> Iterator[tuple[Any, ...]]:
    organisations, tests = inputs.network.short_titles("organisations"), inputs.network.titles("tests")
    for i, j, m, w in s.problem.sets["aid_pairs"]:
        used = sum(s.of("examined", (*r, w)) for r in s.problem.near("pair_routes", (i, j, m)))
        if used > _FULL:
            value = -s.row_prices.get("batch_not_too_large", {}).get((i, j, m, w), 0.0)
            where = f"{tests[m]}, {organisations[i]} to {organisations[j]}"
            yield _row(BATCH, where, s.monday(w), used, s.given("largest_batch", (m,)), value, "patients")


def _acceptance(inputs: Inputs, s: Solved) -> Iterator[tuple[Any, ...]]:
    organisations, sites, tests = (inputs.network.short_titles(t) for t in ("organisations", "sites", "tests"))
    for (o, m, u, site, w), used in s.flows("aided"):
        most = s.given("accepted", (o, m, site)) * s.given("suitable_for_aid", (m,)) * s.given("additions_so_far", (o, m, u, w))
        value = -s.prices.get("aided", {}).get((o, m, u, site, w), 0.0)
        yield _row(ACCEPTANCE, f"{tests[m]}, {organisations[o]} to {sites[site]}", s.monday(w), used, most, value, "patients so far")


def _shortest(inputs: Inputs, s: Solved) -> Iterator[tuple[Any, ...]]:
    """Lists as short as booking lead time keeps them, at month ends that count: more slots do not help there."""
    organisations, tests = inputs.network.short_titles("organisations"), inputs.network.titles("tests")
    for o, m, w in s.problem.sets["measured_tests"]:
        lists = [(o, m, u, w) for u in s.problem.near("lists_of_test", (o, m))]
        least, waiting = (sum(values) for values in zip(*((s.given("shortest_list", i), s.of("waiting", i)) for i in lists), strict=True))
        if waiting > _FULL and least >= waiting - _FULL:
            value = sum(s.prices.get("waiting", {}).get(i, 0.0) for i in lists)
            yield _row(SHORTEST, f"{tests[m]}, {organisations[o]}", s.monday(w), least, waiting, value, "patients")


def _extra_minutes(inputs: Inputs, s: Solved) -> Iterator[tuple[Any, ...]]:
    """Caps over the whole plan stand in its first week; what one minute more is worth is for all patients of the group together."""
    tests = inputs.network.titles("tests")
    for (group, m), (patients, minutes) in s.extra_minutes.items():
        if (m,) in s.problem.values["extra_minutes_cap"] and patients > _FULL:
            value = -s.row_prices.get("extra_minutes_capped", {}).get((group, m), 0.0) * patients
            cap = s.given("extra_minutes_cap", (m,))
            yield _row(EXTRA_MINUTES, f"{tests[m]}, {group} patients", s.monday(1), minutes / patients, cap, value, "minutes, mean over the plan")


def _travel(inputs: Inputs, s: Solved, shortfall: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    """Journeys beyond the travel limit from where the target is missed to a site with idle openings for the test in the same week."""
    if shortfall.empty or not inputs.lever("mutual_aid"):
        return
    organisations, sites, tests = (inputs.network.short_titles(t) for t in ("organisations", "sites", "tests"))
    roads = journeys(inputs.network, inputs.assumptions)
    beyond = roads[roads["minutes"] > roads["limit"]].sort_values("minutes", kind="stable").drop_duplicates(["organisation", "site", "test"])
    week = {monday: w for w, monday in enumerate(s.problem.weeks, start=1)}
    for miss in shortfall.itertuples():
        near = beyond[(beyond["organisation"] == miss.organisation) & (beyond["test"] == miss.test)]
        for road in near.itertuples():
            if _idle_minutes(s, road.site, road.test, week[miss.week]) > 1.0:
                where = f"{tests[miss.test]}, {organisations[miss.organisation]} to {sites[road.site]}"
                yield TRAVEL, where, miss.week, road.minutes, road.limit, True, np.nan, "minutes by road"


def _idle_minutes(s: Solved, site: str, m: str, last: int) -> float:
    """Attended minutes at a site for a test that nobody uses, up to a week."""
    idle = 0.0
    for _, a in s.problem.near("stations_of_site", site):  # type: ignore[arg-type]
        if m not in s.problem.near("tests_at", (site, a)):
            continue
        for w in range(1, last + 1):
            room = sum(
                s.given("session_minutes", (site, a, t)) * s.given("most_sessions", (site, a, t, w)) for t in s.problem.near("types_at", (site, a))
            )
            used = sum(
                s.given("examination_minutes", (site, a, k)) * s.of("examined", (o, k, u, site, a, w))
                for o, k, u in s.problem.near("lists_at", (site, a))
            )
            used += sum(
                s.given("examination_minutes", (site, a, k)) * s.of("must_done", (o, k, site, a, w))
                for o, k in s.problem.near("must_do_at", (site, a))
            )
            idle += max(room - used, 0.0)
    return idle
