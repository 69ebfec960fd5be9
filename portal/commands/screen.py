"""What a command shows: results on standard output, progress and faults on standard error; with `--json`, one object on standard output."""

from __future__ import annotations

import json
import shutil
import sys
import textwrap
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any, TextIO

from data.findings import Finding, Findings
from data.run import Progress

DONE = 0
REFUSED = 1
WRONG_USAGE = 2

_HEADINGS = {"file": "File", "sheet": "Sheet", "row": "Row", "column": "Column", "found": "Found", "expected": "Allowed", "mend": "How to mend it"}
_SEVERITIES = {"refuse": "Refused", "warn": "Needs a decision", "note": "For information"}
_MOST_ROWS = 40
_NARROWEST = 9
_LONGEST = 240
_WIDEST = 160
_EVERY_SECONDS = 5.0


class WrongUsage(Exception):
    """The command was given what it cannot mean; one sentence."""


class Screen:
    """Where a command writes.

    Args:
        as_json: nothing but one JSON object on standard output, at the end.
    """

    def __init__(self, *, as_json: bool = False) -> None:
        self.as_json = as_json
        self._result: dict[str, Any] = {}
        self._bar = _Bar(sys.stderr)

    def say(self, sentence: str) -> None:
        """One line of the result."""
        if not self.as_json:
            self._bar.clear()
            sys.stdout.write(f"{sentence}\n")
            sys.stdout.flush()

    def warn(self, sentence: str) -> None:
        """One line that must not be missed, or that tells how long work goes on."""
        self._bar.clear()
        sys.stderr.write(f"{sentence}\n")
        sys.stderr.flush()

    def progress(self, told: Progress) -> None:
        """How far long work is."""
        self._bar.show(told)

    def findings(self, findings: Findings) -> None:
        """Findings as tables, refusals first; refusals on standard error."""
        self.add(findings=[*self._result.get("findings", []), *(asdict(f) for f in findings)])
        for severity, title in _SEVERITIES.items():
            rows = [f for f in findings if f.severity == severity]
            if rows:
                write = self.warn if severity == "refuse" else self.say
                write(f"\n{title}\n{finding_table(rows, _width())}")

    def add(self, **facts: Any) -> None:
        """Facts for the JSON object."""
        self._result |= facts

    def close(self) -> None:
        """Write the JSON object, where one was asked for."""
        self._bar.clear()
        if self.as_json:
            sys.stdout.write(json.dumps(self._result, indent=2, default=str) + "\n")


class _Bar:
    """Progress: a line that is written over on a terminal, a line now and then elsewhere."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._shown = ""
        self._stage = ""
        self._last = 0.0

    def show(self, told: Progress) -> None:
        line = told.stage + (f" {told.fraction:.0%}" if told.fraction is not None else "")
        line += f", {told.seconds:.0f} seconds" if told.seconds >= 1 else ""
        line += f", within {told.gap:.1%} of the best possible" if told.gap is not None and told.gap < 1 else ""
        if self._stream.isatty():
            self._stream.write(f"\r\x1b[2K{line[: _width() - 1]}")
            self._shown = line
        elif told.stage != self._stage or time.monotonic() - self._last > _EVERY_SECONDS:
            self._stream.write(f"{line}\n")
            self._last = time.monotonic()
        self._stage = told.stage
        self._stream.flush()

    def clear(self) -> None:
        if self._shown:
            self._stream.write("\r\x1b[2K")
            self._shown = ""


def _width() -> int:
    return min(shutil.get_terminal_size((120, 24)).columns, _WIDEST)


def finding_table(findings: Iterable[Finding], width: int) -> str:
    """Findings as a plain text table of at most this width; places nobody names have no column."""
    rows = [[_cell(getattr(f, name)) for name in _HEADINGS] for f in findings]
    shown, left = rows[:_MOST_ROWS], len(rows) - _MOST_ROWS
    used = [k for k in range(len(_HEADINGS)) if any(row[k] for row in shown)]
    headings = list(_HEADINGS.values())
    text = table([headings[k] for k in used], [[row[k] for k in used] for row in shown], width)
    return text + (f"\n… and {left:,} more; --json lists them all" if left > 0 else "")


def _cell(value: Any) -> str:
    """A cell of the table; a very long list of what is allowed is cut."""
    text = "" if value is None else str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST].rsplit(' ', 1)[0]} …"


def table(headings: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> str:
    """A plain text table; cells wrap so that no line is longer than `width`."""
    widths = _widths([[headings[k], *(row[k] for row in rows)] for k in range(len(headings))], width)
    lines = [*_lines(headings, widths), "  ".join("-" * w for w in widths)]
    for row in rows:
        lines += _lines(row, widths)
    return "\n".join(lines)


def _widths(columns: list[list[str]], width: int) -> list[int]:
    """Width of each column: what its longest cell needs, the widest narrowed until all fit."""
    widths = [max(len(cell) for cell in column) for column in columns]
    while sum(widths) + 2 * (len(widths) - 1) > width and max(widths) > _NARROWEST:
        widths[widths.index(max(widths))] -= 1
    return widths


def _lines(cells: Sequence[str], widths: Sequence[int]) -> list[str]:
    wrapped = [textwrap.wrap(cell, w) or [""] for cell, w in zip(cells, widths, strict=True)]
    height = max(len(lines) for lines in wrapped)
    padded = [[*lines, *[""] * (height - len(lines))] for lines in wrapped]
    return ["  ".join(line.ljust(w) for line, w in zip(row, widths, strict=True)).rstrip() for row in zip(*padded, strict=True)]
