"""What more of something would bring: it was solved again, and cannot be worked out here; what it says must make sense."""

from __future__ import annotations

from portal.checking.report import Report
from portal.checking.written import Written


def check_worth(report: Report, written: Written) -> None:
    """Whole units, and patients that can be counted."""
    for row in written.rows("worth"):
        where = f"{row.what}, {row.where}"
        if row.units < 1 or row.units != int(row.units):
            report.fault("worth", "worth", f"{row.units:g} units ({where})", "whole units, one at least")
        if min(row.over_target_before, row.over_target_after) < 0:
            report.fault("worth", "worth", f"patients below zero ({where})", "patients over the target")
