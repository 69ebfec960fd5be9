"""Declarations: every quantity's title, unit, bounds, default and help are said once, here and in the tables that use this.

A `Table` reads raw cells (from a workbook, a CSV file or a form) into a typed frame and says what is wrong with each cell;
the same declaration writes workbook sheets, builds forms, heads exports and fills the data dictionary.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

import numpy as np
import pandas as pd

from data.findings import Finding, Findings, refusal

ROW = "__row__"
"""Name of the frame index that carries the row number as the spreadsheet shows it."""

_NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+|\d*(?=\.\d))(\.\d*)?([eE][+-]?\d+)?")
"""Digits with a point, commas only between thousands: "1,5" is refused, not read as 15."""

_LARGEST_COUNT = 2**53
"""Whole numbers beyond it cannot be told apart in a spreadsheet."""

_YES = {"yes", "y", "true", "1", "1.0"}
_NO = {"no", "n", "false", "0", "0.0", ""}


class Kind(Enum):
    """What a cell may hold."""

    ID = "id"
    TEXT = "text"
    NUMBER = "number"
    COUNT = "whole number"
    DATE = "date"
    FLAG = "yes or no"
    CHOICE = "choice"


DTYPE: dict[Kind, str] = {
    Kind.ID: "str",
    Kind.TEXT: "str",
    Kind.NUMBER: "float64",
    Kind.COUNT: "int64",
    Kind.DATE: "datetime64[s]",
    Kind.FLAG: "bool",
    Kind.CHOICE: "str",
}


@dataclass(frozen=True)
class Field:
    """One column: what it means, its unit and what it may hold.

    `refers_to` names a table whose first key field must hold every value given here.
    """

    name: str
    title: str
    kind: Kind
    unit: str = ""
    help: str = ""
    required: bool = True
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    refers_to: str = ""
    default: Any = None

    @property
    def dtype(self) -> str:
        """The pandas dtype of the typed column; an optional whole number is kept as a float with gaps."""
        return "float64" if self.kind is Kind.COUNT and not self.required else DTYPE[self.kind]

    def allowed(self) -> str:
        """What may stand in a cell, in words."""
        if self.choices:
            return "one of " + ", ".join(self.choices)
        words = {Kind.DATE: "a date (YYYY-MM-DD)", Kind.FLAG: "yes or no", Kind.ID: "an identifier", Kind.TEXT: "text"}
        text = words.get(self.kind, f"a {self.kind.value}" + (f" in {self.unit}" if self.unit else ""))
        if self.minimum is not None and self.maximum is not None:
            text += f", {self.minimum:g} to {self.maximum:g}"
        elif self.minimum is not None:
            text += f", {self.minimum:g} or more"
        elif self.maximum is not None:
            text += f", at most {self.maximum:g}"
        return text + ("" if self.required else ", or empty")

    def empty(self) -> Any:
        """The typed value of an empty cell."""
        if self.default is not None:
            return self.default
        return {Kind.NUMBER: math.nan, Kind.COUNT: math.nan, Kind.DATE: pd.NaT, Kind.FLAG: False}.get(self.kind, "")

    def parse(self, cell: Any) -> Any:
        """The typed value of one raw cell.

        Raises:
            ValueError: the cell does not hold what the field allows.
        """
        if is_blank(cell):
            if self.required and self.default is None:
                raise ValueError("an empty cell")
            return self.empty()
        value = _PARSERS[self.kind](cell)
        if self.choices and value not in self.choices:
            raise ValueError(shown(cell))
        if self.kind in (Kind.NUMBER, Kind.COUNT):
            below = self.minimum is not None and value < self.minimum
            above = self.maximum is not None and value > self.maximum
            if below or above:
                raise ValueError(shown(cell))
        return value


@dataclass(frozen=True)
class Table:
    """A declared table: one sheet of the workbook, one CSV file of a network folder, one frame in memory."""

    name: str
    title: str
    help: str
    fields: tuple[Field, ...]
    key: tuple[str, ...] = ()
    required: bool = False

    def __post_init__(self) -> None:
        if len(self.title) > 31:
            raise ValueError(f"{self.title!r} is longer than a sheet name may be (31 characters)")

    @property
    def columns(self) -> list[str]:
        """Column names in declared order."""
        return [f.name for f in self.fields]

    def field(self, name: str) -> Field:
        """The field called `name`."""
        return next(f for f in self.fields if f.name == name)

    def empty(self) -> pd.DataFrame:
        """A typed frame with the declared columns and no rows."""
        return self.typed({f.name: [] for f in self.fields})

    def typed(self, columns: Mapping[str, Any]) -> pd.DataFrame:
        """A frame with the declared columns and dtypes from values already known to be right."""
        # Arrays, not series: those would be laid beside each other by their indices, which takes longer than everything else here.
        return pd.DataFrame({f.name: pd.Series(columns[f.name], dtype=f.dtype).array for f in self.fields})

    def read(self, raw: pd.DataFrame, *, file: str = "", sheet: str = "") -> tuple[pd.DataFrame, Findings]:
        """Type the raw cells of one sheet or file.

        Args:
            raw: one column per heading (field name or title, any order and letter case), any cell type; the index holds row
                numbers as the spreadsheet shows them.
            file: file name for the findings.
            sheet: sheet name for the findings.

        Returns:
            The typed frame (declared columns and order, index 0..n-1) and what is wrong with the input. A cell that is wrong is a
            refusal and holds its empty value in the frame, so that all faults of a file are found in one reading.
        """
        place = {"file": file, "sheet": sheet}
        found: list[Finding] = []
        by_heading = _match_headings(self, raw, place, found)
        rows = [int(r) for r in raw.index]
        columns: dict[str, Any] = {}
        for field in self.fields:
            cells = raw[by_heading[field.name]].tolist() if field.name in by_heading else [None] * len(rows)
            if field.name not in by_heading and (field.required and field.default is None):
                columns[field.name] = _filled(field, len(rows))
                continue
            columns[field.name] = _typed_cells(field, cells, rows, place, found)
        frame = self.typed(columns)
        found.extend(_duplicates(self, frame, rows, place))
        return frame, Findings(found)


def is_blank(cell: Any) -> bool:
    """True for what a spreadsheet shows as an empty cell."""
    if cell is None or cell is pd.NaT:
        return True
    if isinstance(cell, float):
        return math.isnan(cell)
    return isinstance(cell, str) and not cell.strip()


def shown(cell: Any) -> str:
    """A cell as it may be repeated in a message: quoted, on one line, at most forty characters."""
    text = " ".join(str(cell).split())
    return f'"{text[:40]}{"…" if len(text) > 40 else ""}"'


def _parse_text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).replace("\r\n", "\n").replace("\r", "\n").strip()


def _parse_number(cell: Any) -> float:
    if isinstance(cell, bool | datetime | date):
        raise ValueError(shown(cell))
    if isinstance(cell, str) and not _NUMBER.fullmatch(cell.strip()):
        raise ValueError(shown(cell))
    text = cell.strip().replace(",", "") if isinstance(cell, str) else cell
    try:
        value = float(text)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(shown(cell)) from None
    if not math.isfinite(value):
        raise ValueError(shown(cell))
    return value


def _parse_count(cell: Any) -> int:
    value = _parse_number(cell)
    if value != round(value) or abs(value) > _LARGEST_COUNT:
        raise ValueError(shown(cell))
    return round(value)


def _parse_date(cell: Any) -> pd.Timestamp:
    if isinstance(cell, datetime | date):
        return pd.Timestamp(cell).normalize()
    text = str(cell).strip()
    for form in ("%Y-%m-%d", "%d/%m/%Y", "%Y-%m-%d %H:%M:%S"):
        try:
            return pd.Timestamp(datetime.strptime(text, form)).normalize()
        except ValueError:
            continue
    raise ValueError(shown(cell))


def _parse_flag(cell: Any) -> bool:
    text = str(cell).strip().lower()
    if text in _YES:
        return True
    if text in _NO:
        return False
    raise ValueError(shown(cell))


_PARSERS = {
    Kind.ID: _parse_text,
    Kind.TEXT: _parse_text,
    Kind.CHOICE: _parse_text,
    Kind.NUMBER: _parse_number,
    Kind.COUNT: _parse_count,
    Kind.DATE: _parse_date,
    Kind.FLAG: _parse_flag,
}


def _filled(field: Field, length: int) -> list[Any]:
    value = 0 if field.kind is Kind.COUNT else field.empty()
    return [value] * length


def _typed_cells(field: Field, cells: list[Any], rows: list[int], place: dict[str, str], found: list[Finding]) -> list[Any]:
    values = []
    known: dict[tuple[type, Any], Any] = {}  # the same names, months and small counts stand in thousands of cells
    for cell, row in zip(cells, rows, strict=True):
        key = (type(cell), cell)
        if key not in known:
            try:
                known[key] = field.parse(cell)
            except ValueError as error:
                known[key] = error
        value = known[key]
        if isinstance(value, ValueError):
            mend = f"Correct the cell: {field.help}" if field.help else "Correct the cell."
            found.append(refusal("cell", str(value), field.allowed(), mend, row=row, column=field.title, **place))
            values.extend(_filled(field, 1))
        else:
            values.append(value)
    return values


def _match_headings(table: Table, raw: pd.DataFrame, place: dict[str, str], found: list[Finding]) -> dict[str, Any]:
    """Heading of each field; missing, repeated and unknown headings become findings."""
    known = {_plain(name): f.name for f in table.fields for name in (f.name, f.title)}
    matched: dict[str, Any] = {}
    for heading in raw.columns:
        name = known.get(_plain(heading))
        if name is None:
            expected = "the columns " + ", ".join(f.title for f in table.fields)
            found.append(refusal("unknown-column", shown(heading), expected, "Remove or rename the column.", row=1, **place))
        elif name in matched:
            mend = "Keep one of the two columns."
            found.append(refusal("repeated-column", shown(heading), "each column once", mend, row=1, **place))
        else:
            matched[name] = heading
    for field in table.fields:
        if field.name not in matched and field.required and field.default is None:
            mend = f'Add the column "{field.title}".'
            found.append(refusal("missing-column", "no such column", field.allowed(), mend, row=1, column=field.title, **place))
    return matched


def _plain(heading: Any) -> str:
    return "".join(c for c in str(heading).lower() if c.isalnum())


def _duplicates(table: Table, frame: pd.DataFrame, rows: list[int], place: dict[str, str]) -> list[Finding]:
    if not table.key or frame.empty:
        return []
    repeated = frame.duplicated(list(table.key), keep="first").to_numpy()
    titles = ", ".join(table.field(k).title for k in table.key)
    found = []
    for i in np.flatnonzero(repeated):
        value = " / ".join(_key_text(frame[k].iloc[i]) for k in table.key)
        found.append(
            refusal(
                "duplicate-row", shown(value), f"one row for each {titles}", "Remove one of the two rows.",
                row=rows[i], column=table.field(table.key[0]).title, **place,
            )
        )  # fmt: skip
    return found


def _key_text(value: Any) -> str:
    return value.strftime("%Y-%m-%d") if isinstance(value, pd.Timestamp) else str(value)
