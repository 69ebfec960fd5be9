"""What is measured from the imaging extract: each figure's numerator, denominator and interval, said once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from data.assumptions import BY_NAME
from data.store.imaging import REPORT_LIMIT, REQUEST_LIMIT
from data.words import month

_WILSON = "Wilson interval of a share"
_BY_DAYS = "ratio of sums over days of scanners; days differ, what one scanner does on one day hangs together"


@dataclass(frozen=True)
class Measure:
    """One figure that is measured.

    Attributes:
        name: the assumption it measures; a name of its own where the model has no such number.
        title: for people.
        unit: of the figure.
        numerator, denominator: what is counted, over what.
        interval: how its 95 per cent interval is found.
        observations: what the denominator counts, in the plural.
        of_patients: True where it counts patients, so that small numbers are guarded.
    """

    name: str
    title: str
    unit: str
    numerator: str
    denominator: str
    interval: str
    observations: str
    of_patients: bool = True


def _assumed(name: str, numerator: str, denominator: str, interval: str, observations: str, *, of_patients: bool = True) -> Measure:
    declared = BY_NAME[name]
    return Measure(name, declared.title, declared.unit, numerator, denominator, interval, observations, of_patients)


PLANNED = (
    "A planned session is a part of a day (night, morning, afternoon or evening) in which a scanner did an examination of outpatients or from "
    "general practice; it is open from the first start of those to their last end. Time before the first and after the last is not seen."
)
"""What counts as a planned session, in words."""

MEASURES: tuple[Measure, ...] = (
    _assumed("scans_per_hour", "examinations in planned sessions", "hours scanned for them", _BY_DAYS, "examinations"),
    _assumed("utilisation", "minutes scanned in planned sessions, and slots missed at the same length", "minutes planned sessions were open",
             f"{_BY_DAYS}; with the uncertainty of missed slots", "examinations"),
    _assumed("dna_rate", "appointments missed", "appointments done or missed", _WILSON, "appointments"),
    _assumed("session_share", "working days on which a scanner did an examination",
             "working days between the first and the last day it is seen, in the months sent (an idle day may be a choice, not a fault)", _WILSON,
             "working days of scanners", of_patients=False),
    _assumed("unscheduled_outside", "emergencies and inpatients begun outside planned sessions", "emergencies and inpatients done", _WILSON,
             "emergencies and inpatients"),
    Measure("acute_share", "Acute share", "share of examinations", "emergencies and inpatients done", "examinations done whose source is known",
            _WILSON, "examinations"),
    Measure("late_scan", "Scanned late", "share of examinations", f"examinations done more than {REQUEST_LIMIT} days after their request",
            "examinations done", _WILSON, "examinations"),
    Measure("late_report", "Reported late", "share of reports", f"reports more than {REPORT_LIMIT} days after the scan", "examinations reported",
            _WILSON, "reports"),
    Measure("hours_run", "Hours of planned sessions", "hours a week", "hours planned sessions were open", "whole weeks of the months loaded",
            "mean over weeks", "weeks", of_patients=False),
)  # fmt: skip
"""Every measure; those that are no assumption are for information."""

BY_MEASURE = {m.name: m for m in MEASURES}

THROUGHPUT = ("scans_per_hour", "utilisation", "dna_rate")
"""Assumptions whose product is what is done in an hour of planned sessions."""


def months_words(months: Sequence[str]) -> str:
    """January to June 2026; which months (`YYYY-MM`) in words, and how many where some between are missing."""
    held = sorted(pd.Period(m, freq="M") for m in months)
    if not held:
        return ""
    first, last = held[0], held[-1]
    if first == last:
        return month(first.start_time)
    start = f"{first.start_time:%B}" if first.year == last.year else month(first.start_time)
    span = (last - first).n + 1
    gaps = f" ({len(held)} of {span} months)" if len(held) < span else ""
    return f"{start} to {month(last.start_time)}{gaps}"
