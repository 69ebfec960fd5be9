"""Mobile units: one place at a time, one unit on a pad, on pads that are ready, after notice, for the minimum stay."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from portal.checking.facts import Facts, Key
from portal.checking.report import Report
from portal.checking.written import Written


def check_mobiles(report: Report, facts: Facts, written: Written) -> None:
    """Where every unit stands in every week, and what that gives and costs."""
    ready = {(p.site, p.asset_type): p.ready_from for p in facts.network["pads"].itertuples()}
    stands: dict[tuple[str, Any], list[Any]] = {}
    for row in written.rows("mobiles"):
        if row.mobile not in facts.units or (row.site, row.asset_type) not in ready or row.week not in facts.weeks:
            report.fault("unknown-place", "mobiles", f"{row.mobile} at {row.site}, {row.week:%Y-%m-%d}", "a unit of the network on a pad")
            continue
        if row.present:
            stands.setdefault((row.mobile, row.week), []).append(row)
        _check_row(report, facts, row)
    _check_pads(report, facts, stands)
    for mobile, unit in facts.units.items():
        locked = _locks(facts, mobile)
        _check_moves(report, facts, unit, {week: [r.site for r in stands.get((mobile, week), [])] for week in facts.weeks}, ready, locked)
        _check_stays(report, facts, unit, [stands.get((mobile, week), []) for week in facts.weeks])


def check_suitable(report: Report, facts: Facts, written: Written, lists: Mapping[Key, Any]) -> None:
    """Where a unit stands without a fixed asset for the test, only suitable patients of those waiting are booked.

    Args:
        report: takes what is found.
        facts: the network under the scenario.
        written: the tables.
        lists: opening list, additions and list at each week end by organisation and test.
    """
    booked: dict[Key, float] = {}
    for (o, site, m, _, week), patients in written.own_examinations().items():
        types = [a for s, a in facts.stations if s == site and m in facts.able.get(a, [])]
        if types and not any((site, a) in facts.fixed for a in types):
            booked[o, m, week] = booked.get((o, m, week), 0.0) + patients
    for (o, m, week), patients in booked.items():
        if (o, m) in lists and week in facts.weeks:
            opening, _, waiting = lists[o, m]
            before = [opening, *waiting][facts.weeks.index(week)]
            allowed = facts.assumed("mobile_suitable", test=m) * before
            report.at_most("suitable-for-unit", "activity", (o, m, week), patients, allowed, "patients on mobile units")


def free_to_choose(facts: Facts, mobile: str, site: str, week: Any) -> bool:
    """True where the plan decides whether the unit stands there: after notice, where it may move, and not locked."""
    notice = facts.assumed("mobile_notice", mobile=mobile, asset_type=facts.units[mobile].asset_type)
    may_move = facts.scenario.levers["move_mobiles"] and week in facts.weeks and facts.weeks.index(week) + 1 > notice
    return may_move and (site, week) not in _locks(facts, mobile)


def _locks(facts: Facts, mobile: str) -> dict[Key, bool]:
    """Where and when the planner has fixed that a unit stands or does not stand."""
    return {
        (lock.site, week): lock.value >= 1
        for lock in facts.scenario.locks.itertuples() if lock.decision == "mobile" and lock.mobile == mobile
        for week in facts.weeks if lock.from_week <= week <= lock.to_week
    }  # fmt: skip


def _check_row(report: Report, facts: Facts, row: Any) -> None:
    where = (row.mobile, row.site, row.week)
    kind = {"mobile": row.mobile, "asset_type": row.asset_type}
    if facts.units[row.mobile].asset_type != row.asset_type:
        report.fault("mobile-type", "mobiles", f"{row.mobile} as {row.asset_type}", facts.units[row.mobile].asset_type)
    minutes = facts.unit_minutes(row.mobile, row.site, arriving=row.arriving) if row.present else 0.0
    report.equal("mobile-minutes", "mobiles", where, row.minutes, minutes, "minutes")
    cost = row.present * facts.assumed("mobile_week_cost", **kind) + row.arriving * facts.assumed("mobile_move_cost", **kind)
    report.equal("mobile-cost", "mobiles", where, row.cost_gbp, cost, "pounds")


def _check_pads(report: Report, facts: Facts, stands: Mapping[tuple[str, Any], list[Any]]) -> None:
    """One unit on a pad, or as many as stand on it today."""
    today = Counter((unit.starts_at, unit.asset_type) for unit in facts.units.values())
    units = Counter((row.site, row.asset_type, week) for (_, week), rows in stands.items() for row in rows)
    for (site, asset_type, week), there in units.items():
        report.at_most("one-unit-a-pad", "mobiles", (site, asset_type, week), there, max(today[site, asset_type], 1), "units on a pad")


def _check_moves(
    report: Report, facts: Facts, unit: Any, sites: dict[Any, list[str]], ready: dict[tuple[str, str], Any], locked: dict[Key, bool]
) -> None:
    """One place, ready pads, no move before notice, locks kept."""
    mobile, kind = unit.mobile, {"mobile": unit.mobile, "asset_type": unit.asset_type}
    notice = facts.assumed("mobile_notice", **kind) if facts.scenario.levers["move_mobiles"] else len(facts.weeks)
    today = [unit.starts_at] if unit.starts_at else []
    for w, (week, here) in enumerate(sites.items(), start=1):
        report.at_most("one-place", "mobiles", (mobile, week), len(here), 1, "places at once")
        free = [s for s in here if (s, week) not in locked]
        for (site, fixed_week), stands in locked.items():
            if fixed_week == week and stands != (site in here):
                report.fault("locked-mobile", "mobiles", f"{mobile} in {', '.join(here) or 'no place'}, {week:%Y-%m-%d}", f"as locked at {site}")
        if w <= notice:
            if free != [s for s in today if (s, week) not in locked]:
                allowed = f"{', '.join(today) or 'nowhere'}, where it stands today: no move before week {notice + 1:g}"
                report.fault("notice", "mobiles", f"{mobile} at {', '.join(here) or 'no place'}, {week:%Y-%m-%d}", allowed)
            continue
        for site in free:
            opens = ready[site, unit.asset_type]
            if week < opens or week < unit.available_from:
                report.fault("not-ready", "mobiles", f"{mobile} at {site}, {week:%Y-%m-%d}", "a pad that is ready and a unit that is there")


def _check_stays(report: Report, facts: Facts, unit: Any, weeks: list[list[Any]]) -> None:
    """Arrivals are marked, and followed by the minimum stay."""
    stay = int(facts.assumed("mobile_minimum_stay", mobile=unit.mobile, asset_type=unit.asset_type))
    before = {unit.starts_at}
    for w, rows in enumerate(weeks):
        for row in rows:
            if row.site in before:
                continue
            where = f"{unit.mobile} at {row.site}, {row.week:%Y-%m-%d}"
            if not row.arriving:
                report.fault("arrival", "mobiles", f"{where}, not marked as arriving", "an arrival: it was not there the week before")
            gone = [later for later in weeks[w : w + stay] if row.site not in {r.site for r in later}]
            if gone:
                report.fault("minimum-stay", "mobiles", f"{where}, for {stay - len(gone)} weeks", f"{stay} weeks at least")
        before = {r.site for r in rows}
