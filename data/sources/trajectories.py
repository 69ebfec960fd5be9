"""Improvement-plan trajectories: what a plan says a list will be, one row for each organisation, test, month and measure."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np

from data.fields import Table
from data.findings import note, refusal
from data.local_tables import PLANNED_MEASURES, TRAJECTORIES
from data.sources.declared_tables import KnownTable, Rows
from data.sources.month_cells import month_start
from data.sources.national_tests import plain
from data.words import count, number

_FILE = Table(
    "trajectory_file", TRAJECTORIES.title, TRAJECTORIES.help,
    tuple(replace(f, required=False) if f.name == "planned" else f for f in TRAJECTORIES.fields), key=TRAJECTORIES.key,
)  # fmt: skip

_NAMES = {
    "share_over_six": ("% over six weeks", "Over six weeks", "% waiting 6+ weeks", "Percentage waiting 6+ weeks", "% over 6 weeks"),
    "waiting": ("Waiting list", "Total waiting list", "Total WL", "List size"),
    "activity": ("Activity", "Total activity", "Examinations", "Tests done"),
}  # fmt: skip
_MEASURES = {plain(word): name for name, title in PLANNED_MEASURES.items() for word in (name, title, *_NAMES[name])}
_PERCENT = re.compile(r"\s*(\d{1,3}(\.\d+)?)\s*%\s*")


def _measure(cell: Any) -> Any:
    return _MEASURES.get(plain(cell), cell)


def _planned(cell: Any) -> Any:
    """12.5% is 0.125, as spreadsheet programs write a share into text."""
    share = _PERCENT.fullmatch(cell) if isinstance(cell, str) else None
    return round(float(share[1]) / 100, 6) if share else cell


def _kept(rows: Rows) -> Rows:
    """Rows with a value, shares checked to be shares."""
    stated = rows.frame["planned"].notna()
    empty = int((~stated).sum())
    told = [note("not-planned", f"{count(empty, 'row')} without a planned value", "a value where something is planned",
                 "They are left out; nothing to do.", file=rows.file, sheet=rows.sheet)] if empty else []  # fmt: skip
    rows = rows.kept(stated, *told)
    shares = (rows.frame["measure"] == "share_over_six") & (rows.frame["planned"] > 1)
    wrong = [
        refusal("share", number(rows.frame["planned"].iloc[i], 1), "a share of the list, 0 to 1", "Write 12.5 in 100 as 0.125 or 12.5%.",
                **rows.at(int(i), "planned"))
        for i in np.flatnonzero(shares)
    ]  # fmt: skip
    return replace(rows, frame=TRAJECTORIES.typed(rows.frame), findings=(*rows.findings, *wrong))


KNOWN = KnownTable(
    _FILE,
    {
        "organisation": ("Provider code", "Provider", "Trust", "Trust code", "Org code"), "test": ("Diagnostic test", "Modality"),
        "period": ("Month", "Period", "Month ending"), "measure": ("Measure", "Metric", "Indicator"),
        "planned": ("Planned", "Planned value", "Trajectory", "Target value"), "plan": ("Plan", "Plan name", "Improvement plan"),
        "reason": ("Reason", "Action"), "owner": ("Owner", "Lead", "Accountable"),
    },
    cells={"period": month_start, "measure": _measure, "planned": _planned}, kept_as=TRAJECTORIES, kept=_kept,
)  # fmt: skip
