"""A trust's own monthly return before it is published: the columns of the national return, and the date the figures were taken."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from data.activity import BANDS, KINDS, WAITING
from data.errors import Refused
from data.fields import Field, Kind, Table, is_blank
from data.findings import refusal, warning
from data.local_tables import PROVISIONAL
from data.sources.local_reading import VALUES, LocalReading, codes_of
from data.sources.mapped_sheet import MARKERS, MappedSheet, open_sheet, text_of, whole
from data.sources.mapping import ColumnMapping, Wanted

SOURCE = "provisional"

PARSER_VERSION = 1
"""Raise whenever the same file would be read differently."""

CODES = ("organisation", "test")
FIGURES = (*(f"done_{kind}" for kind in KINDS), *WAITING)

_MOST = 999_999
_AGREE = 0.5

_DONE = {
    "done_waiting_list": ("Waiting List Activity", "Waiting list tests / procedures (excluding planned)", "act_waiting_list", "WL activity"),
    "done_planned": ("Planned Activity", "Planned tests / procedures", "act_planned"),
    "done_unscheduled": ("Unscheduled Activity", "Unscheduled tests / procedures", "act_unscheduled"),
}


def _band(k: int) -> Wanted:
    if k == BANDS - 1:
        return Wanted(WAITING[k], PROVISIONAL.field(WAITING[k]).title, (f"{k}+ weeks", f"wl_{k}w_plus", f"{k} plus weeks"))
    names = (f"{k:02d} <{k + 1:02d} weeks", f"{k:02d} <{k + 1:02d} week", f"{k} < {k + 1} weeks", f"wl_{k:02d}_{k + 1:02d}w")
    return Wanted(WAITING[k], PROVISIONAL.field(WAITING[k]).title, names)


WANTED: tuple[Wanted, ...] = (
    Wanted("organisation", "Organisation", ("Provider Org Code", "Provider Code", "Org Code", "Trust"), True, "the trust the figures are of"),
    Wanted("test", "Test", ("Diagnostic Tests", "Diagnostic Test Name", "Diagnostic Test", "Modality"), True, "which examination"),
    Wanted("date", "Date", ("Snapshot date", "As at", "Week ending", "Census date", "Date taken"), True, "the day the figures were taken"),
    Wanted("counted_from", "Counted from", ("Activity from", "From date")),
    Wanted("total", "Total waiting list", ("Total WL", "Total Waiting")),
    *(Wanted(name, PROVISIONAL.field(name).title, names) for name, names in _DONE.items()),
    *(_band(k) for k in range(BANDS)),
)

TAKEN = Table(
    "taken", "Taken", "Rows of a provisional return; organisation and test as the file writes them.",
    (
        *(Field(name, name.capitalize(), Kind.TEXT) for name in CODES),
        Field("row", "Row", Kind.COUNT, minimum=1),
        *(PROVISIONAL.field(name) for name in ("date", "counted_from", *FIGURES)),
    ),
    key=("organisation", "test", "date"),
)  # fmt: skip


def read(content: bytes, file: str, options: Mapping[str, Any] | None = None) -> LocalReading:
    """Read one provisional return. Uploads come here through `data.safe_reading`, in its limited child process.

    Args:
        content: the file (.csv, .csv.gz or .xlsx), headings in row 1.
        file: its name, for the findings only.
        options: `mapping`, the body of a `ColumnMapping`.

    Returns:
        The reading: frames `taken` (typed as `TAKEN`) and `values` (typed as `VALUES`); or every reason why the file is refused. A figure that
        is withheld (`*`, `<5`) or missing stays empty and is listed, never zero.
    """
    mapping = ColumnMapping.from_body(options["mapping"]) if options and options.get("mapping") else ColumnMapping(SOURCE)
    try:
        sheet = open_sheet(content, file, WANTED, mapping, ("csv", "xlsx"))
    except Refused as error:
        return LocalReading.refused(SOURCE, file, content, PARSER_VERSION, error.findings, mapping=mapping.content_id)
    understood: dict[str, Any] = {
        "columns": dict(sheet.match.columns), "unknown": sheet.match.unknown, "proposals": dict(sheet.match.proposals), "mapping": mapping.content_id,
    }  # fmt: skip
    if not any(name in sheet.match.columns for name in FIGURES):
        sheet.faults.add(refusal, "no-figures", "no column of activity or waiting bands", "the columns of the national return",
                         "Add the columns, or say once which they are.", row=1)  # fmt: skip
    if sheet.raw.empty:
        sheet.faults.add(refusal, "no-rows", "no rows below the headings", "one row for each test and date", "Upload the return as it was made.")
    taken = _taken(sheet) if not sheet.faults.findings().refusals else TAKEN.empty()
    findings = sheet.faults.findings()
    if findings.refusals:
        return LocalReading.refused(SOURCE, file, content, PARSER_VERSION, findings, **understood)
    frames = {"taken": taken, "values": _values(taken, sheet)}
    return LocalReading(SOURCE, file, hashlib.sha256(content).hexdigest(), PARSER_VERSION, frames, findings=findings, **understood)


def _taken(sheet: MappedSheet) -> pd.DataFrame:
    dates, starts = sheet.days("date"), sheet.days("counted_from")
    rows: dict[str, Any] = {name: [text_of(c) if not is_blank(c) else "" for c in sheet.cells(name)] for name in CODES}
    rows |= {"row": [int(r) for r in sheet.raw.index], "date": dates, "counted_from": starts.fillna(dates.dt.to_period("M").dt.start_time)}
    rows |= {name: _figures(sheet, name) for name in FIGURES}
    taken = TAKEN.typed(rows)
    _check_cells(taken, sheet)
    _check_totals(taken, sheet)
    return taken


def _figures(sheet: MappedSheet, name: str) -> list[float]:
    """Counts; a marker is a missing figure and is listed."""
    if not sheet.has(name):
        return [np.nan] * len(sheet.raw)
    cells = sheet.cells(name)
    marked = cells.map(lambda c: isinstance(c, str) and c.replace(" ", "").lower() in MARKERS)
    for row, cell in cells[marked].items():
        sheet.faults.add(warning, "withheld", f'"{cell}"', "a whole number", "The figure counts as missing, not as 0.",
                         row=int(row), column=sheet.heading(name))  # fmt: skip
    read = whole(0, _MOST)

    def parse(cell: Any) -> float:
        if isinstance(cell, str) and cell.replace(" ", "").lower() in MARKERS:
            return float("nan")
        return read(cell.replace(",", "") if isinstance(cell, str) else cell)

    return sheet.column(name, parse, float("nan"), f"a whole number, 0 to {_MOST:,}")


def _check_cells(taken: pd.DataFrame, sheet: MappedSheet) -> None:
    for name in (*CODES, "date"):
        blank = sheet.cells(name).map(is_blank)
        for row in blank.index[blank]:
            sheet.faults.add(refusal, "empty-cell", "an empty cell", "a value in every row", "Fill in the cell, or remove the row.",
                             row=int(row), column=sheet.heading(name))  # fmt: skip
    late = taken["counted_from"] > taken["date"]
    for row in taken.loc[late, "row"]:
        sheet.faults.add(refusal, "dates-in-order", "a day after the date of the figures", "a day up to it", "Correct one of the two dates.",
                         row=int(row), column=sheet.heading("counted_from"))  # fmt: skip


def _check_totals(taken: pd.DataFrame, sheet: MappedSheet) -> None:
    """The bands add up to the total, where the file has both and no band is missing."""
    if not sheet.has("total"):
        return
    totals = pd.Series(_figures(sheet, "total"))
    sums = taken[WAITING].sum(axis=1, min_count=BANDS)
    for i in np.flatnonzero((totals - sums).abs() > _AGREE):
        sheet.faults.add(refusal, "bands", f"{totals[i]:,.0f}", f"{sums[i]:,.0f}, the total of the weekly bands",
                         "Correct the total or the bands of this row.", row=int(taken["row"][i]), column=sheet.heading("total"))  # fmt: skip


def _values(taken: pd.DataFrame, sheet: MappedSheet) -> pd.DataFrame:
    """Rows of `VALUES` for the columns of codes."""
    rows = [
        (name, sheet.heading(name), value, many, first)
        for name in CODES for value, (many, first) in codes_of(taken[name], taken["row"]).items()
    ]  # fmt: skip
    return VALUES.typed(pd.DataFrame(rows, columns=VALUES.columns))
