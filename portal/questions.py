"""What a file leaves open: which of its columns is ours, and what its codes mean. Asked once, answered by the planner, remembered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import pandas as pd

from data.assumption import SCOPES
from data.assumptions import ASSUMPTIONS
from data.fields import shown
from data.local_names import PRIORITY_FIELDS, Names
from data.network import Network
from data.register_intake import NAMED
from data.sources import provisional, published, registers, waiting_list
from data.sources.local_reading import LocalReading
from data.sources.mapping import LEFT_OUT, ColumnMapping, Wanted

OPEN = "\x00open"
"""The answer of somebody who does not answer."""

NOT_THERE = "Not in this file"
NOT_WANTED = "Leave these rows out"
NOT_STATED = "Counts as not stated"

_OPTIONAL_CODES = ("site", *PRIORITY_FIELDS)
"""Columns whose unknown codes count as not stated until somebody says what they mean."""

Asked = Literal["column", "value", "fixed"]


@dataclass(frozen=True)
class Question:
    """One thing to be said about the names in a file.

    Attributes:
        asked: `column`: which heading is our column; `value`: what their value means; `fixed`: what holds in the whole file, which has no
            such column.
        name: our column.
        words: the question.
        theirs: their value; empty for a column.
        choices: answer → its words, in order; empty = a date.
        proposal: the answer that is most alike; `OPEN` where none is.
        needed: True where the file cannot be taken in without an answer.
        help: more about it.
    """

    asked: Asked
    name: str
    words: str
    theirs: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    proposal: str = OPEN
    needed: bool = True
    help: str = ""

    @property
    def key(self) -> str:
        """Tells one question about a file from another."""
        return f"{self.asked}_{self.name}_{self.theirs}"


def questions(readings: Sequence[LocalReading], names: Names) -> list[Question]:
    """Everything the files leave open, each once, what is needed first: columns before codes."""
    found: dict[str, Question] = {}
    for reading in readings:
        for question in (*_columns(reading, names.dataset.network), *_values(reading, names)):
            found.setdefault(question.key, question)
    return sorted(found.values(), key=lambda q: (not q.needed, q.asked == "value"))


def answered(mapping: ColumnMapping, answers: Iterable[tuple[Question, str]]) -> ColumnMapping:
    """The mapping with these answers; questions left open change nothing."""
    for question, answer in answers:
        if answer == OPEN:
            continue
        if question.asked == "column":
            mapping = mapping.with_column(answer, question.name)
        elif question.asked == "value":
            mapping = mapping.with_value(question.name, question.theirs, answer)
        else:
            mapping = mapping.with_fixed(question.name, answer)
    return mapping


def said(mapping: ColumnMapping, network: Network) -> pd.DataFrame:
    """What was said about names, as shown: their word and ours."""
    rows = [("Heading", "", heading, name.replace("_", " ") or "not read") for heading, name in mapping.columns.items()]
    for name, held in mapping.values.items():
        titles = {key: title.removesuffix(f" ({key})") for key, title in _titles(name, network).items()}
        rows += [("Value", name.replace("_", " "), theirs, titles.get(ours, ours) or "left out or not stated") for theirs, ours in held.items()]
    return pd.DataFrame(rows, columns=["What", "Of the column", "Theirs", "Ours"])


def value_question(
    name: str, theirs: str, rows: int, choices: Mapping[str, str], proposal: str | None, *, heading: str = "", needed: bool = True
) -> Question:  # fmt: skip
    """The question what a code means; one of `choices`, or not wanted; where a code is not needed, not stated."""
    told = {**choices, LEFT_OUT: NOT_WANTED if needed else NOT_STATED}
    column = f"in the column {shown(heading)}" if heading else f"for {name.replace('_', ' ')}"
    many = f" ({rows:,} rows)" if rows else ""
    written = shown(theirs) if theirs else "an empty cell"
    return Question("value", name, f"What does {written} {column} mean?{many}", theirs, told, proposal or OPEN, needed)


def column_question(wanted: Wanted, headings: Sequence[str], proposal: str) -> Question:
    """The question which heading is a column of ours."""
    about = f": {wanted.help}" if wanted.help else ""
    words = f'Which column is "{wanted.title}"{about}?'
    return Question("column", wanted.name, words, "", {h: h for h in headings}, proposal or OPEN, wanted.required)


def _columns(reading: LocalReading, network: Network) -> Iterator[Question]:
    absent = [w for w in _wanted(reading) if w.name not in reading.columns]
    only = reading.unknown[0] if len(reading.unknown) == 1 and sum(w.required for w in absent) == 1 else ""
    for wanted in absent:
        proposal = reading.proposals.get(wanted.name, only if wanted.required else "")
        if reading.unknown and (wanted.required or proposal):
            yield column_question(wanted, reading.unknown, proposal)
        if wanted.required and wanted.name in ("date", "organisation") and reading.is_refused:
            choices = _titles(wanted.name, network)
            words = f"{wanted.title} of the whole file, where it has no such column"
            yield Question("fixed", wanted.name, words, "", choices, needed=True, help="Holds for this file alone; it is not remembered.")


def _values(reading: LocalReading, names: Names) -> Iterator[Question]:
    for name, heading, theirs, rows in _codes(reading):
        if names.ours(name, theirs) is None and (theirs or name not in _OPTIONAL_CODES):
            proposal = names.proposal(name, theirs) if theirs else None
            yield value_question(
                name, theirs, rows, _titles(name, names.dataset.network, names), proposal, heading=heading, needed=name not in _OPTIONAL_CODES
            )


def _codes(reading: LocalReading) -> Iterator[tuple[str, str, str, int]]:
    """Our column, their heading, their value and how often it stands there."""
    if "values" in reading.frames:
        for row in reading.frames["values"].itertuples():
            yield row.field, row.heading, row.value, row.rows
        return
    table = reading.facts.get("table", "")
    for name in NAMED.get(table, ()) if table in reading.frames else ():
        for value, times in reading.frames[table][name].value_counts(sort=False).items():
            yield name, reading.columns.get(name, ""), str(value), int(times)


def _wanted(reading: LocalReading) -> tuple[Wanted, ...]:
    """The columns the adapter of a reading looks for."""
    if reading.source == waiting_list.SOURCE:
        return waiting_list.WANTED
    if reading.source == provisional.SOURCE:
        return provisional.WANTED
    known = published.KNOWN if reading.source == published.SOURCE else registers.KNOWN
    return next((k.wanted for k in known if k.table.name == reading.facts.get("table")), ())


def _titles(name: str, network: Network, names: Names | None = None) -> dict[str, str]:
    """What a code may mean: our identifier → its title."""
    if name in SCOPES:
        return {key: f"{title} ({key})" if title != key else key for key, title in network.titles(ASSUMPTIONS.field(name).refers_to).items()}
    if name == "route":
        return network.titles("routes")
    if name == "band":
        return {band: band for band in network["pay"]["band"]}
    return names.classes if names else {}
