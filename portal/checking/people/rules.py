"""The rules of a workforce plan, each worked out from its tables."""

from __future__ import annotations

from collections import defaultdict

from data.working_time import QUARTER_WEEKS
from portal.checking.facts import Key
from portal.checking.people.follow import Followed, Rates
from portal.checking.report import Report
from portal.checking.written import Written

_IN = ("joined", "qualified", "returned", "kept")
_OUT = ("left", "retired", "to_training")
_KINDS = {"starts": "Starts", "training": "Pay while training"}


def check_staff(report: Report, rates: Rates, written: Written, followed: Followed) -> None:
    """Whoever is there at the end was there at the start or came; everybody is where following them again finds them."""
    before: dict[Key, float] = {}
    post = {(r.organisation, r.staff_group): r.wte for r in rates.network["staff_in_post"].itertuples()}
    for row in sorted(written.rows("staff"), key=lambda r: r.quarter):
        cell, q = (row.organisation, row.staff_group), rates.number[row.quarter]
        where = (*cell, row.quarter)
        change = sum(getattr(row, name) for name in _IN) - sum(getattr(row, name) for name in _OUT)
        report.equal("people-conserved", "staff", where, row.closing, row.opening + change, "WTE at the end")
        report.equal("people-conserved", "staff", where, row.opening, before.get(cell, post.get(cell, 0.0)), "WTE at the start")
        before[cell] = row.closing
        for name in (*_IN, *_OUT):
            report.equal(f"people-{name.replace('_', '-')}", "staff", where, getattr(row, name), followed.events[name].get((*cell, q), 0.0), "WTE")
        for name, found in (("in_post", followed.post), ("working", followed.work), ("closing", followed.ends)):
            report.equal(f"people-{name.replace('_', '-')}", "staff", where, getattr(row, name), found.get((*cell, q), 0.0), "WTE")
        report.at_most("nobody-missing", "staff", where, -row.closing, 0.0, "WTE fewer than none")
        limit = rates.dated("kept_limit", q, organisation=cell[0], staff_group=cell[1])
        report.at_most("kept-limit", "staff", where, row.kept, limit * followed.leaving.get((*cell, q), 0.0), "WTE kept")


def check_places(report: Report, rates: Rates, written: Written, _: Followed) -> None:
    """People are whole, start in their month, where they may, and no more than there are places."""
    single = defaultdict(set)
    for row in rates.network["places"].itertuples():
        single[row.route].add(row.organisation)
    taken: dict[Key, float] = defaultdict(float)
    for row in written.rows("starts"):
        where, route = (row.organisation, row.route, row.quarter), rates.routes[row.route]
        report.equal("people-whole", "starts", where, row.people, float(round(row.people)), "people")
        months = {(row.quarter.month + k - 1) % 12 + 1 for k in range(3)}
        if route.start_month and route.start_month not in months:
            report.fault("start-month", "starts", f"a start on {row.route} in the quarter of {row.quarter:%Y-%m-%d}", f"month {route.start_month}")
        named = single[row.route] - {""}
        if named and row.organisation not in named:
            report.fault("start-place", "starts", f"a start on {row.route} at {row.organisation}", "only where the sheet Places has a row")
        found = row.people * rates.assumed("recruitment_success", organisation=row.organisation, staff_group=row.staff_group)
        report.equal("people-found", "starts", where, row.expected, found, "people")
        for a in ("", row.organisation):
            taken[row.route, a, rates.number[row.quarter] // 4] += row.people
    for (route, a, y), people in taken.items():
        most = _in_force(rates, "places", "route", route, a, y, "a_year")
        if most is not None:
            report.at_most("places", "starts", (route, a, f"year {y + 1}"), people, most, "people")


def check_supervisors(report: Report, rates: Rates, written: Written, followed: Followed) -> None:
    """No supervisor has more trainees than allowed, and their time is taken off."""
    hours: dict[Key, float] = defaultdict(float)
    new: dict[Key, float] = defaultdict(float)
    given = Followed(rates, Written({"starts": written.tables["starts"].iloc[:0], "staff": written.tables["staff"].iloc[:0]}, {}))
    for (o, r, q), people in followed.training.items():
        route = rates.routes[r]
        if route.supervisors:
            hours[o, route.supervisors, q] += people * route.supervision_hours * QUARTER_WEEKS
            new[o, route.supervisors, q] += (people - given.training[o, r, q]) / route.trainees_each if route.trainees_each else 0.0
    for row in written.rows("staff"):
        key = (row.organisation, row.staff_group, rates.number[row.quarter])
        report.at_most("supervisors", "staff", (*key[:2], row.quarter), new.get(key, 0.0), row.in_post, "WTE of supervisors")
    for row in written.rows("hours"):
        key = (row.organisation, row.staff_group, rates.number[row.quarter])
        most = hours.get(key, 0.0)  # those in training today are supervised as far as there is time
        report.at_most("supervision", "hours", (*key[:2], row.quarter), row.supervising, most, "hours supervising")


def check_hours(report: Report, rates: Rates, written: Written, followed: Followed) -> None:
    """Own hours are those of people at work; temporary staff keep their limits; nothing is used that is not there; what is lent is borrowed."""
    own = written.sums("cover", "organisation staff_group quarter", "own")
    lent: dict[Key, float] = defaultdict(float)
    for row in written.rows("hours"):
        cell, q = (row.organisation, row.staff_group), rates.number[row.quarter]
        where, place = (*cell, row.quarter), {"organisation": cell[0], "staff_group": cell[1]}
        report.equal("own-hours", "hours", where, row.own, rates.clinical(cell) * followed.work.get((*cell, q), 0.0), "hours")
        for name, column in (("overtime_limit", row.overtime), ("bank_limit", row.bank_or_agency), ("shared_staff_limit", row.lent)):
            most = rates.dated(name, q, **place) * rates.hours[cell] * followed.post.get((*cell, q), 0.0)
            report.at_most(name.replace("_", "-"), "hours", where, column, most, "hours")
        there = row.own + row.overtime + row.bank_or_agency + row.borrowed - row.lent - row.supervising
        report.equal("hours-add-up", "hours", where, row.used + row.spare, there, "hours")
        report.at_most("hours-there", "hours", where, row.used, there, "hours used")
        report.at_most("hours-used", "hours", where, own.get((*cell, row.quarter), 0.0), row.used, "hours of own work")
        lent[cell[1], row.quarter] += row.lent - row.borrowed
    for where, hours in lent.items():
        report.equal("lent-is-borrowed", "hours", where, hours, 0.0, "hours")


def check_cover(report: Report, rates: Rates, written: Written, _: Followed) -> None:
    """Every hour needed is done, bought or left; an examination that is lost or bought takes the hours of every group with it."""
    needed = written.sums("need", "organisation staff_group kind test quarter", "hours")
    done = {(r.organisation, r.test, r.quarter): r for r in written.rows("examinations")}
    helped: dict[Key, float] = defaultdict(float)
    for row in rates.network["skill_mix"].itertuples():
        helped[row.work_of, row.kind, row.test] += row.most
    report.same("need", "cover", written.sums("cover", "organisation staff_group kind test quarter", "needed"), needed, "hours")
    for row in written.rows("cover"):
        where = (row.organisation, row.staff_group, row.kind, row.test, row.quarter)
        report.equal("cover-adds-up", "cover", where, row.own + row.other_groups + row.bought + row.uncovered, row.needed, "hours")
        most = helped[row.staff_group, row.kind, row.test] + (helped[row.staff_group, row.kind, ""] if row.test else 0.0)
        report.at_most("skill-mix", "cover", where, row.other_groups, most * row.needed, "hours done by other groups")
        seen = done.get((row.organisation, row.test, row.quarter))
        if seen is not None and seen.needed > 0:
            one = row.needed / seen.needed
            checks = report.equal if row.kind == "scanning" else report.at_most
            for found, expected in ((row.bought, one * seen.bought), (row.uncovered, one * seen.lost)):
                checks("lost-with-the-rest", "cover", where, *((found, expected) if row.kind == "scanning" else (expected, found)), "hours")
    for (o, m, day), seen in done.items():
        report.at_most("lost-once", "examinations", (o, m, day), seen.bought + seen.lost, seen.needed, "examinations")
        report.at_most("bought-limit", "examinations", (o, m, day), seen.bought, QUARTER_WEEKS * _bought(rates, o, m, rates.number[day]), "bought")


def _bought(rates: Rates, o: str, m: str, q: int) -> float:
    rooms = rates.network["assets"].merge(rates.network["capabilities"], on="asset_type")
    sites = {site for site in rooms.loc[rooms["test"] == m, "site"] if rates.network.owner[site] == o}
    inside = sum(rates.dated("insourced_limit", q, organisation=o, site=site, test=m) for site in sites)
    return rates.dated("outsourced_limit", q, organisation=o, test=m) + inside


def check_money(report: Report, rates: Rates, written: Written, _: Followed) -> None:
    """Starts and pay while training take no more of a funding stream than it has, beside those in training today."""
    spent: dict[Key, float] = defaultdict(float)
    for row in written.rows("costs"):
        if row.kind in _KINDS.values():
            for a in ("", row.organisation):
                spent[row.funding, a, row.year - 1] += row.cost_gbp
    streams = {rates.routes[row.route].funding for row in rates.network["in_training"].itertuples()}
    for (stream, a, y), pounds in spent.items():
        most = _in_force(rates, "funding", "funding", stream, a, y, "a_year_gbp")
        if most is not None and stream not in streams:
            report.at_most("funding", "costs", (stream, a, f"year {y + 1}"), pounds, most, "pounds")


def check_costs(report: Report, rates: Rates, written: Written, followed: Followed) -> None:
    """Temporary staff, starts, trainees and leavers kept cost what the assumptions say."""
    expected: dict[Key, float] = defaultdict(float)
    for row in written.rows("hours"):
        place, y = {"organisation": row.organisation, "staff_group": row.staff_group}, rates.number[row.quarter] // 4 + 1
        for kind, name, hours in (("Overtime", "overtime_cost", row.overtime), ("Bank and agency", "bank_cost", row.bank_or_agency)):
            expected[row.organisation, row.staff_group, kind, y] += rates.assumed(name, **place) * hours
    for row in written.rows("starts"):
        pounds = row.expected * rates.routes[row.route].cost_gbp
        report.equal("cost-of-a-start", "starts", (row.organisation, row.route, row.quarter), row.cost_gbp, pounds, "pounds")
        expected[row.organisation, row.staff_group, "Starts", rates.number[row.quarter] // 4 + 1] += pounds
    for row in written.rows("staff"):
        cost = rates.assumed("kept_cost", organisation=row.organisation, staff_group=row.staff_group)
        expected[row.organisation, row.staff_group, "Leavers kept", rates.number[row.quarter] // 4 + 1] += row.kept * cost
    for (o, r, q), people in followed.training.items():
        route = rates.routes[r]
        pay = rates.pay((o, route.staff_group), route.training_band) / 4 if route.training_band else 0.0
        expected[o, route.staff_group, _KINDS["training"], q // 4 + 1] += people * pay
    kinds = {key[2] for key in expected}
    said = written.sums("costs", "organisation staff_group kind year", "cost_gbp", lambda f: f["kind"].isin(kinds))
    report.same("costs", "costs", said, expected, "pounds")


def _in_force(rates: Rates, table: str, key: str, name: str, a: str, y: int, column: str) -> float | None:
    """A dated limit on the first day of a year; None where there is none."""
    rows = rates.network[table]
    rows = rows[(rows[key] == name) & (rows["organisation"] == a) & ~(rows["from_date"] > rates.quarters[4 * y])]
    newest = rows.sort_values("from_date", na_position="first")
    return None if newest.empty else float(newest[column].iloc[-1])
