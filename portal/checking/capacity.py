"""Sessions, the time they give, and the staff they need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

from data.scenario import LOCKS
from portal.checking.facts import Facts, Key
from portal.checking.report import Report
from portal.checking.written import OUTSIDE, Written

_STATIONS = 6
"""Most asset types of one site whose every combination is looked at."""


def check_sessions(report: Report, facts: Facts, written: Written) -> None:
    """Whole sessions within openings, beside the right rota of today, of the right length and cost, and as locked."""
    locked = session_locks(facts)
    fixed = not facts.scenario.levers["change_sessions"]
    for row in written.rows("sessions"):
        key = (row.site, row.asset_type, row.session_type, row.week)
        if key not in facts.most_sessions:
            report.fault("unknown-place", "sessions", f"sessions at {key}", "a site, asset type and session type of the network, a week of the plan")
            continue
        report.equal("whole-sessions", "sessions", key, row.sessions, round(row.sessions), "sessions")
        report.equal("sessions-today", "sessions", key, row.sessions_today, facts.sessions_today[key], "sessions today")
        wanted = locked.get(key, row.sessions_today if fixed else None)
        if wanted is not None:
            report.equal("locked-sessions", "sessions", key, row.sessions, wanted, "sessions")
        else:
            report.at_most("openings", "sessions", key, row.sessions, facts.most_sessions[key], "sessions")
        report.at_most("openings", "sessions", key, -row.sessions, 0.0, "sessions below zero")
        minutes = row.sessions * facts.length[row.session_type] * facts.attended[row.site, row.asset_type]
        report.equal("session-minutes", "sessions", key, row.minutes, minutes, "minutes")
        report.equal("session-cost", "sessions", key, row.cost_gbp, row.sessions * facts.session_cost(*key[:3]), "pounds")
    here = written.sums("sessions", "site asset_type session_type week", "sessions")
    missing = {k: n for k, n in facts.sessions_today.items() if n > 0 and k not in here}
    for key, sessions in missing.items():
        report.fault("missing-row", "sessions", f"no row for {key}", f"a row, as today's rota has {sessions:,.0f} sessions")


def session_locks(facts: Facts) -> dict[Key, float]:
    """Sessions the planner has fixed, by site, asset type, session type and week."""
    return {
        (lock.site, lock.asset_type, lock.session_type, week): float(lock.value)
        for lock in LOCKS.typed(facts.scenario.locks).itertuples() if lock.decision == "sessions"
        for week in facts.weeks if lock.from_week <= week <= lock.to_week
    }  # fmt: skip


def check_rooms(report: Report, facts: Facts, written: Written) -> None:
    """Examinations take no more time than the sessions and mobile units of their site give.

    The tables do not say on which asset type a test was done, so every combination of a site's asset types is looked at: tests that can be done
    on these only must fit into them.
    """
    room = _Room(facts, written)
    for site, week in room.places:
        for types in room.combinations(site):
            where = (site, " and ".join(types), week)
            own, must, bought = room.work(site, week, types)
            fixed, mobile, free = room.time(site, week, types)
            report.at_most("room-time", "activity", where, own + must, fixed + mobile, "minutes of examinations")
            report.at_most("room-for-providers", "external", where, bought, free, "minutes of insourced examinations")
            unsuited, must_here = room.fixed_work(site, week, types)
            report.at_most("fixed-rooms", "activity", where, unsuited + must_here, fixed, "minutes that cannot be on a mobile unit")
    for key, patients in {**room.own, **room.must, **room.bought}.items():
        site, test = key[0], key[1]
        if patients > 0 and not room.types(site, test):
            report.fault("nothing-to-do-it-with", "activity", f"{patients:,.1f} examinations of {test} at {site}", "none: no asset there can do them")


class _Room:
    """Time given and asked at each site in each week."""

    def __init__(self, facts: Facts, written: Written) -> None:
        self._facts = facts
        self.own = _by_site(written.own_examinations(), 1, 2, 4)
        self.bought = _by_site(written.insourced(), 1, 2, 4)
        self.must = _by_site(written.must_do(), 1, 2, 3)
        self._sessions = written.sums("sessions", "site asset_type session_type week", "sessions")
        self._mobile = _mobile_minutes(facts, written)
        self.places = sorted({(k[0], k[2]) for k in (*self.own, *self.must, *self.bought)})
        kinds = facts.network["session_types"]
        self._for_providers = set(kinds.loc[kinds["insourcing"], "session_type"])

    def types(self, site: str, test: str) -> list[str]:
        """Asset types of a site that can do a test."""
        return [a for s, a in self._facts.stations if s == site and test in self._facts.able.get(a, [])]

    def combinations(self, site: str) -> Iterator[tuple[str, ...]]:
        """Each asset type of a site, and each set of them that shares tests."""
        types = [a for s, a in self._facts.stations if s == site]
        shared = [a for a in types if any(len(self.types(site, m)) > 1 for m in self._facts.able.get(a, []))]
        yield from ((a,) for a in types)
        yield from (c for size in range(2, min(len(shared), _STATIONS) + 1) for c in combinations(shared, size))

    def work(self, site: str, week: Any, types: tuple[str, ...]) -> tuple[float, float, float]:
        """Least minutes of own examinations, must-do work and insourced examinations of tests that can be done on these types only."""
        minutes = [0.0, 0.0, 0.0]
        for test, each in self._tests(site, types).items():
            for k, patients in enumerate((self.own, self.must, self.bought)):
                minutes[k] += each * patients.get((site, test, week), 0.0)
        return minutes[0], minutes[1], minutes[2]

    def fixed_work(self, site: str, week: Any, types: tuple[str, ...]) -> tuple[float, float]:
        """Least minutes that only fixed assets of these types can do: patients who cannot be on a mobile unit, and must-do work."""
        fixed = tuple(a for a in types if (site, a) in self._facts.fixed)
        unsuited = sum(
            each * (1 - self._facts.assumed("mobile_suitable", test=test)) * self.own.get((site, test, week), 0.0)
            for test, each in self._tests(site, fixed).items()
        )
        must = 0.0
        for test in {m for a in types for m in self._facts.able.get(a, [])}:
            can = [a for a in self.types(site, test) if (site, a) in self._facts.fixed]
            if set(can) <= set(types):
                each = min((self._facts.minutes[site, a, test] for a in can or self.types(site, test)), default=0.0)
                must += each * self.must.get((site, test, week), 0.0)
        return unsuited, must

    def time(self, site: str, week: Any, types: tuple[str, ...]) -> tuple[float, float, float]:
        """Attended minutes of own sessions and of mobile units, and operational minutes left for providers."""
        facts, fixed, mobile, free = self._facts, 0.0, 0.0, 0.0
        for a in types:
            mobile += self._mobile.get((site, a, week), 0.0)
            for t, length in facts.length.items():
                sessions = self._sessions.get((site, a, t, week), 0.0)
                fixed += sessions * length * facts.attended[site, a]
                if t in self._for_providers:
                    free += (facts.most_sessions[site, a, t, week] - sessions) * length
        return fixed, mobile, free

    def _tests(self, site: str, types: tuple[str, ...]) -> dict[str, float]:
        """Tests that can be done on these types of the site only, and the least minutes each takes there."""
        tests = {m for a in types for m in self._facts.able.get(a, []) if set(self.types(site, m)) <= set(types)}
        return {m: min(self._facts.minutes[site, a, m] for a in self.types(site, m)) for m in tests}


def _by_site(values: Mapping[Key, float], *at: int) -> dict[Key, float]:
    total: dict[Key, float] = {}
    for key, value in values.items():
        short = tuple(key[i] for i in at)
        total[short] = total.get(short, 0.0) + value
    return total


def _mobile_minutes(facts: Facts, written: Written) -> dict[Key, float]:
    """Attended minutes of mobile units by site, asset type and week, the loss on arrival taken off."""
    total: dict[Key, float] = {}
    for row in written.rows("mobiles"):
        if row.mobile in facts.units and row.site in facts.owner and row.present:
            key = (row.site, row.asset_type, row.week)
            total[key] = total.get(key, 0.0) + facts.unit_minutes(row.mobile, row.site, arriving=row.arriving)
    return total


def check_must_do(report: Report, facts: Facts, written: Written) -> None:
    """Planned and unscheduled work is done by its own organisation, or counted as undone and carried to the next week."""
    done = _by_site(written.must_do(), 0, 2, 3)
    undone = written.sums("activity", "organisation test week", "undone")
    outside = written.sums("activity", "organisation test week", "patients", lambda f: f["priority"] == OUTSIDE)
    for key in written.must_do():
        if facts.owner.get(key[1]) != key[0]:
            report.fault("must-do-at-home", "activity", f"must-do work of {key[0]} at {key[1]}", "work at the organisation's own sites")
    for (o, m), work in facts.history.must_do.items():
        if not any(facts.owner[s] == o and m in facts.able.get(a, []) for s, a in facts.fixed):
            continue
        carried = 0.0
        at_night = facts.history.unscheduled[o, m] * facts.assumed("unscheduled_outside", organisation=o, test=m)
        for w, week in enumerate(facts.weeks):
            left = undone.get((o, m, week), 0.0)
            report.equal("must-do", "activity", (o, m, week), done.get((o, m, week), 0.0) + left, work[w] + carried, "patients done or left undone")
            if work[w] > 0:
                report.equal("outside-sessions", "activity", (o, m, week), outside.get((o, m, week), 0.0), at_night[w], "patients outside sessions")
            carried = left


def check_staff(report: Report, facts: Facts, written: Written) -> None:
    """Staff hours needed are had: own hours, overtime, bank and agency, each within its limit."""
    needed, most_today = _hours(facts, written)
    rows = {(r.organisation, r.staff_group, r.week): r for r in written.rows("staffing")}
    for key in needed.keys() - rows.keys():
        report.fault("missing-row", "staffing", f"no row for {key}", f"a row: {needed[key]:,.1f} hours are needed")
    levers = facts.scenario.levers
    for (o, g, week), row in rows.items():
        where = (o, g, week)
        own = max(facts.in_post.get((o, g), 0.0), most_today.get((o, g), 0.0))
        report.equal("hours-needed", "staffing", where, row.hours_needed, needed.get(where, 0.0), "hours needed")
        report.equal("hours-available", "staffing", where, row.hours_available, own, "hours available")
        extra = 0.0
        cost = 0.0
        for name, lever, hours in (("overtime", "overtime", row.overtime_hours), ("bank", "bank_and_agency", row.bank_or_agency_hours)):
            share = facts.assumed(f"{name}_limit", week, organisation=o, staff_group=g) if levers[lever] else 0.0
            report.at_most(f"{name}-limit", "staffing", where, hours, share * own, f"hours of {lever.replace('_', ' ')}")
            report.at_most(f"{name}-limit", "staffing", where, -hours, 0.0, "hours below zero")
            extra += hours
            cost += hours * facts.assumed(f"{name}_cost", organisation=o, staff_group=g)
        report.at_most("staff-hours", "staffing", where, needed.get(where, 0.0), own + extra + row.shared_in_hours - row.shared_out_hours, "hours")
        report.equal("staff-cost", "staffing", where, row.cost_gbp, cost, "pounds")


def _hours(facts: Facts, written: Written) -> tuple[dict[Key, float], dict[Key, float]]:
    """Hours needed by organisation, staff group and week; and those of the busiest week of today's rota by organisation and staff group."""
    needed: dict[Key, float] = {}
    today: dict[Key, float] = {}
    for row in written.rows("sessions"):
        for group, people in facts.people.get(row.asset_type, {}).items():
            key = (facts.owner.get(row.site, ""), group, row.week)
            hours = people * facts.length.get(row.session_type, 0.0) / 60
            needed[key] = needed.get(key, 0.0) + hours * row.sessions
            today[key] = today.get(key, 0.0) + hours * row.sessions_today
    for row in written.rows("mobiles"):
        if row.present and row.mobile in facts.units and row.site in facts.owner:
            for group, hours in facts.unit_hours(row.mobile, row.site).items():
                key = (facts.owner[row.site], group, row.week)
                needed[key] = needed.get(key, 0.0) + hours
    most: dict[Key, float] = {}
    for (o, g, _), hours in today.items():
        most[o, g] = max(most.get((o, g), 0.0), hours)
    for unit in facts.units.values():
        for group, hours in facts.unit_hours(unit.mobile, unit.starts_at).items() if unit.starts_at else ():
            own = (facts.owner[unit.starts_at], group)
            most[own] = most.get(own, 0.0) + hours
    return needed, most
