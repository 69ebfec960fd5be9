"""The waiting lists: every patient counted once, and an age for each of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from data.activity import BANDS, OVER_SIX, OVER_THIRTEEN
from data.network import ALL_PRIORITIES
from portal.checking.facts import Facts, Key
from portal.checking.history import oldest_leave
from portal.checking.report import Report
from portal.checking.written import Written


def check_lists(report: Report, facts: Facts, written: Written) -> dict[Key, Any]:
    """Opening lists, balance, those seen, the shortest list, and those over six weeks by following everybody's age.

    Returns:
        Opening list, additions and list at each week end (as written), by organisation and test.
    """
    opening = _opening(report, facts, written)
    seen, at_home = _seen(written), _seen_at_home(facts, written)
    rows: dict[Key, dict[Any, Any]] = {}
    for row in written.rows("waiting_list"):
        if row.priority != ALL_PRIORITIES:
            report.fault("priority", "waiting_list", f"the class {row.priority}", f"the one class {ALL_PRIORITIES}: no priority source is loaded")
        rows.setdefault((row.organisation, row.test), {})[row.week] = row
    lists = {}
    for pair in opening.keys() | rows.keys():
        if set(rows.get(pair, {})) != set(facts.weeks):
            report.fault("missing-row", "waiting_list", f"{len(rows.get(pair, {}))} weeks for {pair}", f"{len(facts.weeks)} weeks, each once")
            continue
        weekly = [rows[pair][week] for week in facts.weeks]
        ages = opening.get(pair, np.zeros(BANDS))
        _check_balance(report, facts, pair, weekly, float(ages.sum()), seen)
        _check_ages(report, pair, weekly, ages)
        _check_shortest(report, facts, pair, weekly, ages, at_home)
        lists[pair] = (float(ages.sum()), [r.additions for r in weekly], [r.waiting for r in weekly])
    for pair in {(k[0], k[1]) for k in seen} - lists.keys():
        report.fault("no-list", "activity", f"patients of {pair}", "patients of a list in the table of waiting lists")
    return lists


def _opening(report: Report, facts: Facts, written: Written) -> dict[Key, np.ndarray]:
    """Opening lists by age as written, compared with those computed from the newest month."""
    ages = _written_ages(written)
    given = set(facts.network.allocated_tests)
    for pair, additions in facts.history.additions.items():
        if pair[1] not in given:
            continue
        expected = facts.history.opening(pair, float(facts.seen_today[pair][0]) if pair in facts.seen_today else 0.0)
        if not expected.sum() and not additions.sum():
            continue
        for age in range(BANDS):
            report.equal("opening-list", "list_model", (*pair, age), float(ages.get(pair, np.zeros(BANDS))[age]), float(expected[age]), "patients")
        ages.setdefault(pair, np.zeros(BANDS))
    return ages


def _written_ages(written: Written) -> dict[Key, np.ndarray]:
    """Opening lists by weeks waited, by organisation and test."""
    ages: dict[Key, np.ndarray] = {}
    for row in written.rows("list_model"):
        ages.setdefault((row.organisation, row.test), np.zeros(BANDS))[min(row.weeks_waited, BANDS - 1)] += row.opening
    return ages


def over_thirteen(written: Written) -> dict[Key, float]:
    """Over thirteen weeks if those who waited longest leave first, by organisation, test and week, by following everybody's age."""
    opening, weekly = _written_ages(written), dict[Key, list[Any]]()
    for row in sorted(written.rows("waiting_list"), key=lambda r: r.week):
        weekly.setdefault((row.organisation, row.test), []).append(row)
    return {
        (*pair, row.week): float(now[OVER_THIRTEEN:].sum())
        for pair, rows in weekly.items() for row, now in zip(rows, _followed(rows, opening.get(pair, np.zeros(BANDS))), strict=True)
    }  # fmt: skip


def _followed(weekly: list[Any], ages: np.ndarray) -> Iterator[np.ndarray]:
    """Everybody grows a week older each week, new patients join, and those who waited longest leave first."""
    now = ages.copy()
    for row in weekly:
        older = np.zeros(BANDS)
        older[1:] = now[:-1]
        older[-1] += now[-1]
        older[0] = row.additions
        now = oldest_leave(older, row.seen + row.removed)
        yield now


def _seen(written: Written) -> dict[Key, float]:
    """Patients seen from each list by organisation, test and week, wherever they are examined and by whom."""
    seen = written.sums("activity", "organisation test week", "patients", lambda f: f["kind"] == "waiting_list")
    for (o, m, _, week), patients in written.outsourced().items():
        seen[o, m, week] = seen.get((o, m, week), 0.0) + patients
    return seen


def _seen_at_home(facts: Facts, written: Written) -> dict[Key, float]:
    """Patients examined in their own organisation's sessions, by organisation, test and week."""
    total: dict[Key, float] = {}
    for (o, site, m, _, week), patients in written.own_examinations().items():
        if facts.owner.get(site) == o:
            total[o, m, week] = total.get((o, m, week), 0.0) + patients
    return total


def _check_balance(report: Report, facts: Facts, pair: Key, weekly: list[Any], opening: float, seen: dict[Key, float]) -> None:
    """Nobody appears or vanishes."""
    before = opening
    for w, row in enumerate(weekly):
        where = (*pair, row.week)
        report.equal("additions", "waiting_list", where, row.additions, float(facts.history.additions[pair][w]), "patients added")
        report.at_most("removals", "waiting_list", where, row.removed, float(facts.history.removals[pair][w]), "patients removed")
        report.at_most("removals", "waiting_list", where, -row.removed, 0.0, "patients removed below zero")
        report.equal("seen", "waiting_list", where, row.seen, seen.get(where, 0.0), "patients seen")
        report.equal("list-balance", "waiting_list", where, row.waiting, before + row.additions - row.removed - row.seen, "patients waiting")
        report.at_most("list-balance", "waiting_list", where, -row.waiting, 0.0, "patients below zero")
        before = row.waiting


def _check_ages(report: Report, pair: Key, weekly: list[Any], ages: np.ndarray) -> None:
    """Those over six weeks are the ones whose ages say so."""
    for row, now in zip(weekly, _followed(weekly, ages), strict=True):
        over = float(now[OVER_SIX:].sum())
        where = (*pair, row.week)
        report.equal("over-six-in-turn", "waiting_list", where, row.over_six_in_turn, over, "patients over six weeks")
        share = over / row.waiting if row.waiting > 0.5 else row.share_over_six
        report.equal("share-over-six", "waiting_list", where, 100 * row.share_over_six, 100 * share, "per cent over six weeks")


def _check_shortest(report: Report, facts: Facts, pair: Key, weekly: list[Any], ages: np.ndarray, at_home: dict[Key, float]) -> None:
    """A list is not driven below what booking keeps on it; where the rota may not change, nobody is seen beyond it."""
    capacity = facts.seen_today.get(pair, np.zeros(len(facts.weeks)))
    floor = facts.assumed("list_floor", test=pair[1])
    unchanged = float(ages.sum())
    for w, row in enumerate(weekly):
        served = min(unchanged + row.additions, float(capacity[w]))
        left = unchanged + row.additions - served
        unchanged = left - min(left, float(facts.history.removals[pair][w]))
        where = (*pair, row.week)
        report.at_most("shortest-list", "waiting_list", where, min(floor * row.additions, unchanged), row.waiting, "patients kept by booking")
        if not facts.scenario.levers["change_sessions"]:
            report.at_most("as-today", "activity", where, at_home.get(where, 0.0), served, "patients seen at home under today's rota")
