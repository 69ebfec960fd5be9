"""Rows of a waiting list extract: what each says, which of them wait at the snapshot, and what is wrong with them."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from data.fields import is_blank, shown
from data.findings import note, refusal, warning
from data.sources.mapped_sheet import DATE, MappedSheet, day_first, text_of, whole
from data.sources.mapping import LEFT_OUT
from data.sources.national_tests import plain
from data.waiting_lists import AGE_BANDS, FIFTHS, MOST_WEEKS, RURALITY

CODES = ("organisation", "site", "test", "priority", "priority_type", "cancer")
"""Columns of codes that the network explains, not the adapter."""

KINDS = ("waiting", "planned")

_MOST_COUNT = 99
_OLDEST = 120
_LONGEST_WAIT = 3_653
"""Days: a clock that has run for more than ten years is more likely a default date than a wait."""

_AGE_STARTS = tuple(int(re.findall(r"\d+", band)[0]) for band in AGE_BANDS)
_YES = {"yes", "y", "true", "1"}
_NO = {"no", "n", "false", "0"}
_TABLE = Path(__file__).with_name("waiting_list_values.csv")


@cache
def known_values() -> dict[str, dict[str, str]]:
    """Values with a declared meaning: column → their value, reduced to letters and digits → ours."""
    known: dict[str, dict[str, str]] = {}
    with _TABLE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            known.setdefault(row["field"], {})[plain(row["theirs"])] = row["ours"]
    return known


def patients_of(sheet: MappedSheet) -> pd.DataFrame:
    """What each row says: one row for each, columns as in `LISTS`, and row, kind, clock_start, due, pathway, procedure."""
    rows = pd.DataFrame({"row": [int(r) for r in sheet.raw.index]})
    for name in ("date", "clock_start", "due"):
        rows[name] = sheet.days(name)
    for name in (*CODES, "pathway", "procedure"):
        rows[name] = pd.Series([_text(c) for c in sheet.cells(name)], dtype="str")
    rows["cancer"] = rows["cancer"].map(_yes_or_blank).astype("str")
    rows["kind"] = _kinds(sheet)
    for name in ("dna", "cancellations"):
        rows[name] = _counts(sheet, name)
    decile = sheet.column("deprivation", _decile, np.nan, "a decile, 1 (most deprived) to 10")
    rows["deprivation"] = pd.Series(["" if np.isnan(d) else FIFTHS[int(d - 1) // 2] for d in decile], dtype="str")
    rows["rurality"] = _known(sheet, "rurality", RURALITY)
    rows["age_band"] = pd.Series(sheet.column("age", _age_band, "", f"an age from 0 to {_OLDEST} years, or an age band"), dtype="str")
    _tell_unplaced_ages(sheet, rows)
    rows["booked"] = _booked(sheet, rows["date"])
    return rows


def still_waiting(rows: pd.DataFrame, sheet: MappedSheet) -> pd.DataFrame:
    """The rows that wait at the snapshot, with `weeks_waited`; each row left out, and each fault, becomes a finding.

    A planned test waits from its due date on, that day included, with a clock from it; before, it does not wait.
    """
    _tell_missing(rows, sheet)
    planned = rows["kind"] == "planned"
    clock = rows["due"].where(planned, rows["clock_start"])
    undated = planned & rows["due"].isna()
    _each(sheet, rows, undated, warning, "planned-without-date", "due", "a planned test without a due date", "a due date",
          "Add the date: without it the row is left out.")  # fmt: skip
    later = ~planned & (clock > rows["date"])
    _each(sheet, rows, later, warning, "after-snapshot", "clock_start", "a clock that starts after the snapshot", "a day up to the snapshot",
          "Correct one of the two dates. The row is left out: the patient was not waiting on that day.")  # fmt: skip
    not_due = planned & (clock > rows["date"])
    if not_due.any():
        sheet.faults.add(note, "planned-not-due", f"{int(not_due.sum()):,} planned tests that are not due yet", "patients who wait",
                         "They are left out: a planned test waits from its due date on.", column=sheet.heading("due"))  # fmt: skip
    days = (rows["date"] - clock).dt.days
    waits = rows.assign(days=days)[~(undated | later | not_due) & days.notna()]
    _each(sheet, waits, waits["days"] > _LONGEST_WAIT, warning, "long-wait", "clock_start", "a wait of more than ten years", "a real date",
          f"Check the date: it may stand for an unknown one. The patient is counted as waiting {MOST_WEEKS} weeks or more.")  # fmt: skip
    waits = _once(waits, sheet)
    return waits.assign(weeks_waited=(waits["days"] // 7).clip(upper=MOST_WEEKS).astype("int64"))


def _tell_missing(rows: pd.DataFrame, sheet: MappedSheet) -> None:
    """Blank cells without which nobody can be counted."""
    for name, words in (("date", "no snapshot date"), ("organisation", "no provider"), ("test", "no test")):
        blank = rows[name].isna() | (rows[name] == "")
        unread = _unreadable(sheet, name, rows)
        _each(sheet, rows, blank & ~unread, refusal, "empty-cell", name, words, "a value in every row", "Fill in the cell, or remove the row.")
    no_clock = (rows["kind"] == "waiting") & rows["clock_start"].isna() & ~_unreadable(sheet, "clock_start", rows)
    _each(sheet, rows, no_clock, refusal, "empty-cell", "clock_start", "no clock start", "a date for everybody who waits",
          "Fill in the date, or remove the row if nobody waits.")  # fmt: skip


def _unreadable(sheet: MappedSheet, name: str, rows: pd.DataFrame) -> pd.Series[bool]:
    """True where the cell holds something; it is then refused as it is, not as an empty one."""
    return pd.Series([not is_blank(c) for c in sheet.cells(name)], index=rows.index)


def _each(
    sheet: MappedSheet, rows: pd.DataFrame, hit: pd.Series[bool], make: Callable[..., Any], rule: str, name: str, found: str, allowed: str, mend: str
) -> None:
    """The same finding for every row that is hit."""
    for row in rows.loc[hit, "row"]:
        sheet.faults.add(make, rule, found, allowed, mend, row=int(row), column=sheet.heading(name))


def _once(waits: pd.DataFrame, sheet: MappedSheet) -> pd.DataFrame:
    """Every pathway, test and procedure once at each snapshot; a row without a pathway stands for itself."""
    key = ["organisation", "pathway", "test", "procedure", "date"]
    named = waits[waits["pathway"] != ""]
    first = named.groupby(key)["row"].transform("min")
    again = first != named["row"]
    for row, before in zip(named.loc[again, "row"], first[again], strict=True):
        sheet.faults.add(warning, "duplicate-row", f"the pathway and test of row {before}", "each pathway and test once at a snapshot",
                         "Remove one of the two rows. The second is left out.", row=int(row), column=sheet.heading("pathway"))  # fmt: skip
    return waits.drop(again.index[again])


def _text(cell: Any) -> str:
    return "" if is_blank(cell) else text_of(cell)


def _yes_or_blank(text: str) -> str:
    return "yes" if text.lower() in _YES else "" if text.lower() in _NO else text


def _kinds(sheet: MappedSheet) -> pd.Series[str]:
    """`waiting` or `planned` for each row; where the file does not say, a row with a due date and no clock start is planned."""
    said = _known(sheet, "list_type", KINDS, refused=True)
    only_due = [is_blank(c) and not is_blank(d) for c, d in zip(sheet.cells("clock_start"), sheet.cells("due"), strict=True)]
    return said.where(said != "", pd.Series(np.where(only_due, "planned", "waiting"), dtype="str"))


def _known(sheet: MappedSheet, name: str, ours: tuple[str, ...], *, refused: bool = False) -> pd.Series[str]:
    """Our value for each row by what was said and by the declared values; empty for a blank cell and for one nobody knows."""
    known = known_values().get(name, {}) | {plain(v): v for v in ours} | dict(sheet.mapping.values.get(name, {}))
    values = []
    cells = sheet.cells(name)
    for row, cell in zip(cells.index, cells, strict=True):
        theirs = _text(cell)
        value = known.get(plain(theirs), None if theirs else "")
        if value is None:
            mend = "Say once what it means" + ("." if refused else ", or leave it: it counts as not stated.")
            sheet.faults.add(refusal if refused else warning, "unknown-value", shown(theirs), "one of " + ", ".join(ours), mend,
                             row=int(row), column=sheet.heading(name))  # fmt: skip
        values.append(value or LEFT_OUT)
    return pd.Series(values, dtype="str")


def _counts(sheet: MappedSheet, name: str) -> list[float]:
    """Whole numbers; a blank cell counts as none where the file has the column, and stays empty where it has not."""
    if not sheet.has(name):
        return [np.nan] * len(sheet.raw)
    blanks = sum(is_blank(c) for c in sheet.cells(name))
    if blanks:
        sheet.faults.add(note, "blank-count", f"{blanks:,} empty cells", "a whole number", "They were read as 0.", column=sheet.heading(name))
    return sheet.column(name, whole(0, _MOST_COUNT), 0.0, f"a whole number, 0 to {_MOST_COUNT}")


def _decile(cell: Any) -> float:
    named = re.fullmatch(r"(?:decile )?(\d{1,2})\b.*", text_of(cell).lower())
    return whole(1, 10)(named[1] if named and isinstance(cell, str) else cell)


def _age_band(cell: Any) -> str:
    """The band of an age or of a band within one of ours; `LEFT_OUT` for a band that lies across two."""
    text = text_of(cell).lower()
    ages = [int(n) for n in re.findall(r"\d{1,3}", text)]
    if not 1 <= len(ages) <= 2 or max(ages) > _OLDEST or "." in text:
        raise ValueError(shown(cell))
    bands = [AGE_BANDS[int(np.searchsorted(_AGE_STARTS, age, side="right")) - 1] for age in ages]
    open_ended = len(ages) == 1 and not text.isdigit()
    if open_ended and ("+" in text or "over" in text or "plus" in text):
        return bands[0] if bands[0] == AGE_BANDS[-1] else _ACROSS
    if open_ended:
        raise ValueError(shown(cell))
    return bands[0] if len(set(bands)) == 1 else _ACROSS


_ACROSS = "across"
"""An age band that lies across two of ours, until it has been told."""


def _tell_unplaced_ages(sheet: MappedSheet, rows: pd.DataFrame) -> None:
    across = rows["age_band"] == _ACROSS
    _each(sheet, rows, across, warning, "age-band", "age", "an age band that lies across two of ours", "an age, or one of " + ", ".join(AGE_BANDS),
          "Send the age in years, or narrower bands. The age counts as not stated.")  # fmt: skip
    rows.loc[across, "age_band"] = ""


def _booked(sheet: MappedSheet, snapshot: pd.Series[Any]) -> pd.Series[str]:
    """`yes` for a date after the snapshot, `no` for none or one that has passed; empty where the file has no such column."""
    if not sheet.has("booked"):
        return pd.Series([""] * len(snapshot), dtype="str")
    read = sheet.column("booked", _date_or_flag, "no", f"{DATE}, or yes or no")
    dates = pd.Series([pd.NaT if isinstance(d, str) else d for d in read], dtype="datetime64[s]")
    passed = int((dates <= snapshot).sum())
    if passed:
        sheet.faults.add(note, "booked-before", f"{passed:,} booked dates up to the snapshot", "a date after it",
                         "These patients still wait; they count as not booked.", column=sheet.heading("booked"))  # fmt: skip
    said = pd.Series([d if isinstance(d, str) else "no" for d in read], dtype="str")
    return said.where(~(dates > snapshot), "yes")


def _date_or_flag(cell: Any) -> Any:
    text = text_of(cell).lower()
    if text in _YES:
        return "yes"
    if text in _NO:
        return "no"
    return day_first(cell)
