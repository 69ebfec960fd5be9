"""What more of something would bring, and next best places: solved again, and not worked out here; what they say must make sense."""

from __future__ import annotations

from portal.checking.report import Report
from portal.checking.written import Written


def check_worth(report: Report, written: Written) -> None:
    """Whole units, patients that can be counted, and stays that stand in the plan."""
    for row in written.rows("worth"):
        where = f"{row.what}, {row.where}"
        if row.units < 1 or row.units != int(row.units):
            report.fault("worth", "worth", f"{row.units:g} units ({where})", "whole units, one at least")
        if min(row.over_target_before, row.over_target_after) < 0:
            report.fault("worth", "worth", f"patients below zero ({where})", "patients over the target")
    standing = {(r.mobile, r.site, r.week) for r in written.rows("mobiles") if r.present}
    for row in written.rows("placements"):
        ends = {(row.mobile, row.site, week) for week in (row.from_week, row.to_week)}
        if not ends <= standing or row.next_site == row.site:
            report.fault(
                "placement",
                "placements",
                f"{row.mobile} at {row.site}, next best {row.next_site or 'nowhere'}",
                "a stay of the plan, and another place",
            )
