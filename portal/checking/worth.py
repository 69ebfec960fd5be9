"""What was solved again, and is not worked out here: what more would bring, next best places, cost against lateness. It must make sense."""

from __future__ import annotations

from itertools import pairwise

from portal.checking.report import Report
from portal.checking.written import Written


def check_worth(report: Report, written: Written) -> None:
    """Whole units, patients that can be counted, stays that stand in the plan, and a frontier that begins with the plan and falls."""
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
    goals = {stage["name"] for stage in written.summary["stages"]}
    for row in written.rows("goal_prices"):
        counts = (row.over_target_before, row.over_target_after, row.longer_before, row.longer_after, row.changed_before, row.changed_after)
        if row.goal not in goals or min(counts) < 0:
            report.fault("goal-price", "goal_prices", f"{row.goal}, {min(counts):,.1f} at least", "a goal of the plan, and nothing below zero")
    _check_frontier(report, written)


def _check_frontier(report: Report, written: Written) -> None:
    steps = sorted(written.rows("frontier"), key=lambda row: row.step)
    if steps:
        report.equal("frontier", "frontier", "step 0", steps[0].cost_gbp, float(written.summary["cost_gbp"]["total"]), "pounds")
    for before, after in pairwise(steps):
        if after.cost_gbp >= before.cost_gbp or after.over_six <= before.over_six:
            report.fault("frontier", "frontier", f"step {after.step} as dear or as late as the one before", "cheaper, with more over six weeks")
