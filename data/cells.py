"""The cells of one sheet, as every reader gives them, and the limits they keep while they arrive."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from data.errors import Refused
from data.fields import is_blank, shown
from data.findings import Finding, Findings, refusal

MAX_ROWS = 150_000
MAX_COLUMNS = 500
MAX_CELLS = 3_000_000


@dataclass(frozen=True)
class CellError:
    """What stands in a cell that holds no value: a spreadsheet error, or a formula that was never computed."""

    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Sheet:
    """The cells of one sheet.

    Attributes:
        name: as in the workbook; empty for a text file.
        hidden: whether the workbook hides it.
        rows: cells of each row that holds any, from column A on, by the row's number as the spreadsheet shows it; blanks are None.
        comments: row number, column letters and text of each comment, where they are read together with the cells.
    """

    name: str = ""
    hidden: bool = False
    rows: dict[int, list[Any]] = field(default_factory=dict)
    comments: tuple[tuple[int, str, str], ...] = ()

    def cell(self, row: int, column: int) -> Any:
        """The cell at a row number and a column counted from 0; None where the sheet has none."""
        cells = self.rows.get(row, [])
        return cells[column] if column < len(cells) else None


def collected(cells: Iterable[tuple[int, int, Any]], file: str, sheet: str) -> dict[int, list[Any]]:
    """Cells (row, column from 1, value) as rows; blanks are left out, and the limits hold while they arrive."""
    rows: dict[int, list[Any]] = {}
    count = 0
    for row, column, value in cells:
        if row > MAX_ROWS or column > MAX_COLUMNS:
            found = f"a cell in row {row:,}, column {letters(column - 1)}"
            allowed = f"at most {MAX_ROWS:,} rows and {MAX_COLUMNS} columns"
            raise too_large(found, allowed, file, sheet, row=row, column=letters(column - 1))
        if value is None:
            continue
        count += 1
        if count > MAX_CELLS:
            raise too_large(f"more than {MAX_CELLS:,} cells", f"at most {MAX_CELLS:,} cells", file, sheet, row=row)
        held = rows.setdefault(row, [])
        if column <= len(held) and held[column - 1] is not None:
            raise ValueError("a cell stands in the file twice")
        held.extend([None] * (column - len(held)))
        held[column - 1] = value
    return rows


def headed(sheet: Sheet, file: str) -> tuple[pd.DataFrame, Findings]:
    """A sheet whose headings stand in row 1, as `Table.read` takes it.

    Returns:
        One column per heading, the index holding row numbers as the spreadsheet shows them, blank rows left out; and refusals for
        cells that hold no value and columns without a heading.
    """
    place = {"file": file, "sheet": sheet.name}
    body = {r: cells for r, cells in sheet.rows.items() if r > 1 and not all(is_blank(c) for c in cells)}
    width = max((len(cells) for cells in [sheet.rows.get(1, []), *body.values()]), default=0)
    found: list[Finding] = []
    columns: dict[str, list[Any]] = {}
    for i in range(width):
        heading = sheet.cell(1, i)
        cells = [c[i] if i < len(c) else None for c in body.values()]
        if is_blank(heading):
            first = next((r for r, c in zip(body, cells, strict=True) if not is_blank(c)), None)
            if first is not None:
                mend = "Give the column a heading in row 1, or clear it."
                cell = shown(body[first][i])
                found.append(refusal("no-heading", cell, "cells below a heading", mend, row=first, column=letters(i), **place))
            continue
        name = str(heading)
        while name in columns:  # a repeated heading stays apart, so that Table.read can report it
            name += " "
        columns[name] = [_value(c, r, name, place, found) for r, c in zip(body, cells, strict=True)]
    return pd.DataFrame(columns, index=list(body), dtype=object), Findings(found)


def _value(cell: Any, row: int, column: str, place: dict[str, str], found: list[Finding]) -> Any:
    if not isinstance(cell, CellError):
        return cell
    mend = "Replace the formula by its value, or correct it."
    found.append(refusal("cell-error", str(cell), "a value", mend, row=row, column=column.strip(), **place))
    return None


def letters(column: int) -> str:
    """The spreadsheet's letters for a column counted from 0: A, B, … Z, AA."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def too_large(found: str, allowed: str, file: str, sheet: str, **place: Any) -> Refused:
    """The refusal of a file that is larger than may be read."""
    mend = "Delete everything but the data (also stray cells far below or to the right) and save the file again."
    return Refused([refusal("too-large", found, allowed, mend, file=file, sheet=sheet, **place)])
