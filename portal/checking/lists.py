"""The waiting lists: every patient counted once, and an age for each of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from data.activity import BANDS, OVER_SIX, OVER_THIRTEEN
from data.network import ALL_PRIORITIES
from portal.checking.booking import STRICTLY, Booked, replay, spread
from portal.checking.booking import weekly as by_weeks
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
        unchanged = _unchanged(facts, pair, weekly, float(ages.sum()))
        _check_ages(report, pair, weekly, ages, facts.booked(*pair), _removed_with_tests(facts, pair, [served for served, _ in unchanged]))
        _check_shortest(report, facts, pair, weekly, unchanged, at_home)
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
        expected = facts.history.opening(pair, float(facts.seen_today[pair][0]) if pair in facts.seen_today else 0.0, facts.booked(*pair))
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


def over_thirteen(facts: Facts, written: Written) -> dict[Key, float]:
    """Over thirteen weeks if those who waited longest leave first, by organisation, test and week, by following everybody's age."""
    opening, weekly = _written_ages(written), dict[Key, list[Any]]()
    for row in sorted(written.rows("waiting_list"), key=lambda r: r.week):
        weekly.setdefault((row.organisation, row.test), []).append(row)
    found: dict[Key, float] = {}
    for pair, rows in weekly.items():
        if pair not in facts.history.removals or len(rows) != len(facts.weeks):
            continue  # `check_lists` says so
        ages = opening.get(pair, np.zeros(BANDS))
        without_test = _removed_with_tests(facts, pair, [served for served, _ in _unchanged(facts, pair, rows, float(ages.sum()))])
        for row, now in zip(rows, _followed(rows, ages, without_test), strict=True):
            found[*pair, row.week] = float(now[OVER_THIRTEEN:].sum())
    return found


def _removed_with_tests(facts: Facts, pair: Key, served: list[float]) -> list[float]:
    """Those removed without a test with every examination of today's rota, week by week."""
    booked = facts.booked(*pair)
    return [0.0 if booked is None else booked.removed_share * n for n in served]


def _followed(weekly: list[Any], ages: np.ndarray, without_test: list[float]) -> Iterator[np.ndarray]:
    """Everybody grows a week older each week, new patients join, and those who have waited longest leave.

    Those removed without a test with every examination join and leave again: they are not in the additions, and no plan adds to them.
    """
    now = ages.copy()
    for row, removed in zip(weekly, without_test, strict=True):
        older = np.zeros(BANDS)
        older[1:] = now[:-1]
        older[-1] += now[-1]
        older[0] = row.additions + removed
        now = oldest_leave(older, row.seen + row.removed + removed)
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


def _unchanged(facts: Facts, pair: Key, weekly: list[Any], opening: float) -> list[tuple[float, float]]:
    """Seen under today's rota, and the list at the week end, week by week."""
    capacity = facts.seen_today.get(pair, np.zeros(len(facts.weeks)))
    found, now = [], opening
    for w, row in enumerate(weekly):
        served = min(now + row.additions, float(capacity[w]))
        left = now + row.additions - served
        now = left - min(left, float(facts.history.removals[pair][w]))
        found.append((served, now))
    return found


def _check_ages(report: Report, pair: Key, weekly: list[Any], ages: np.ndarray, booked: Booked | None, without_test: list[float]) -> None:
    """Those over six weeks are the ones whose ages say so, if those leave who have waited longest, or whom the order in use picks."""
    days = spread(ages)
    strictly = booked is not None and booked.in_turn >= STRICTLY
    for row, now in zip(weekly, _followed(weekly, ages, without_test), strict=True):
        in_turn = over = float(now[OVER_SIX:].sum())
        longer = float(now[OVER_THIRTEEN:].sum())
        where = (*pair, row.week)
        report.equal("over-six-in-turn", "waiting_list", where, row.over_six_in_turn, in_turn, "patients over six weeks")
        if booked is not None:
            if not strictly:
                days = replay(days, booked, row.additions, row.seen, row.removed, 7, in_turn=booked.in_turn)
                bands = by_weeks(days)
                over = min(max(float(bands[OVER_SIX:].sum()), in_turn), max(row.waiting, in_turn))
                longer = min(float(bands[OVER_THIRTEEN:].sum()), over)
            report.equal("over-six-as-booked", "waiting_list", where, row.over_six_present_order, over, "patients over six weeks")
            report.equal("over-thirteen-as-booked", "waiting_list", where, row.over_thirteen_present_order, longer, "patients over 13 weeks")
        elif row.over_six_present_order == row.over_six_present_order or row.over_thirteen_present_order == row.over_thirteen_present_order:
            report.fault("over-six-as-booked", "waiting_list", f"a number in the present order ({where})", "no number: too few months tell the order")
        share = over / row.waiting if row.waiting > 0.5 else row.share_over_six
        report.equal("share-over-six", "waiting_list", where, 100 * row.share_over_six, 100 * share, "per cent over six weeks")


def _check_shortest(
    report: Report, facts: Facts, pair: Key, weekly: list[Any], unchanged: list[tuple[float, float]], at_home: dict[Key, float]
) -> None:  # fmt: skip
    """A list is not driven below what booking keeps on it; where the rota may not change, nobody is seen beyond it."""
    floor = facts.assumed("list_floor", test=pair[1])
    for row, (served, left) in zip(weekly, unchanged, strict=True):
        where = (*pair, row.week)
        report.at_most("shortest-list", "waiting_list", where, min(floor * row.additions, left), row.waiting, "patients kept by booking")
        if not facts.scenario.levers["change_sessions"]:
            report.at_most("as-today", "activity", where, at_home.get(where, 0.0), served, "patients seen at home under today's rota")
