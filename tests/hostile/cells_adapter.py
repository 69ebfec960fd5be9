"""An adapter that only reads: every cell of a workbook, every row of a text. What the parsers make of generated files is tried with it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from data.errors import Refused
from data.findings import Finding, Findings
from data.tabular import read_sheets, told_from_bytes
from data.text_rows import text_rows
from data.unpacking import contents_of, holds_workbook, packing_of

SOURCE = "cells"
PARSER_VERSION = 1


@dataclass(frozen=True)
class Read:
    """What became of a file: how many cells, or why it was refused."""

    cells: int
    findings: Findings

    def pack(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Plain values."""
        return {"cells": self.cells, "findings": [asdict(f) for f in self.findings]}, {}


def read(content: bytes, file: str) -> Read:
    """Read every cell, or say why not."""
    packing = packing_of(content)
    try:
        if packing == "gzip" or (packing == "zip" and not holds_workbook(content)):
            return _rows(content, file, [])
        sheets, notes = read_sheets(content, file, types=("xlsx", "xls", "csv"))
        if told_from_bytes(content, file) == "csv":
            return _rows(content, file, list(notes))
    except Refused as error:
        return Read(0, error.findings.in_file(file))
    return Read(sum(len(cells) for s in sheets for cells in s.rows.values()), notes)


def _rows(content: bytes, file: str, notes: list[Finding]) -> Read:
    rows = text_rows(contents_of(content, file))
    return Read(sum(len(block.rows) * len(block.columns) for block in rows.blocks()), Findings([*notes, *rows.notes]))
