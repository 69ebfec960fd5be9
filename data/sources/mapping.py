"""Names that differ from file to file: which of their columns is ours, and which of their values means ours. Told once, remembered after.

A column is known by its declared names, or because somebody mapped it. What only looks alike is proposed, never taken.
"""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from data.sources.national_tests import plain

LEFT_OUT = ""
"""Mapped to nothing: the column or value is known and not wanted."""

_ALIKE = 0.72
"""Least likeness (0 to 1) at which a name is proposed."""


@dataclass(frozen=True)
class Wanted:
    """A column an adapter looks for: our name, the words for it, and the headings it is known by, the preferred first."""

    name: str
    title: str
    synonyms: tuple[str, ...] = ()
    required: bool = False
    help: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Every known heading reduced to letters and digits, the preferred first."""
        return tuple(dict.fromkeys(plain(n) for n in (*self.synonyms, self.title, self.name)))


@dataclass(frozen=True)
class ColumnMapping:
    """What somebody has said about the names in one kind of file.

    Attributes:
        source: kind of source, as the adapter calls itself.
        columns: their heading, reduced to letters and digits → our column; `LEFT_OUT` = not wanted.
        values: our column → their value, reduced likewise → our value; `LEFT_OUT` = rows with it are not wanted.
        fixed: our column → a value that holds for the whole file, where it has no such column.
    """

    source: str
    columns: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    fixed: Mapping[str, str] = field(default_factory=dict)

    def with_column(self, heading: str, name: str) -> Self:
        """The same mapping, `heading` being our column `name`."""
        return self._changed(columns={**self.columns, plain(heading): name})

    def with_value(self, name: str, theirs: str, ours: str) -> Self:
        """The same mapping, their value of our column `name` being `ours`."""
        held = {**self.values.get(name, {}), plain(theirs): ours}
        return self._changed(values={**self.values, name: held})

    def with_fixed(self, name: str, value: str) -> Self:
        """The same mapping, our column `name` holding `value` in every row of a file without such a column."""
        return self._changed(fixed={**self.fixed, name: value})

    def without_fixed(self) -> Self:
        """What is worth remembering: a value fixed for one file is not."""
        return self._changed(fixed={})

    def value(self, name: str, theirs: str) -> str | None:
        """Our value for theirs, or None where nobody has said."""
        return self.values.get(name, {}).get(plain(theirs))

    @property
    def is_empty(self) -> bool:
        """True where nothing has been mapped."""
        return not (self.columns or self.fixed or any(self.values.values()))

    @property
    def body(self) -> str:
        """The mapping as canonical text; equal mappings have equal texts."""
        values = {name: dict(held) for name, held in self.values.items()}
        held = {"source": self.source, "columns": dict(self.columns), "values": values, "fixed": dict(self.fixed)}
        return json.dumps(held, sort_keys=True, ensure_ascii=False)

    @property
    def content_id(self) -> str:
        """SHA-256 of the mapping; empty where nothing has been mapped."""
        return "" if self.is_empty else hashlib.sha256(self.body.encode()).hexdigest()

    @classmethod
    def from_body(cls, text: str) -> Self:
        """The opposite of `body`."""
        held = json.loads(text)
        return cls(held["source"], held["columns"], held["values"], held["fixed"])

    def _changed(self, **parts: Any) -> Self:
        held = {"columns": self.columns, "values": self.values, "fixed": self.fixed} | parts
        return type(self)(self.source, **held)


@dataclass(frozen=True)
class Match:
    """Which heading of a file is which column.

    Attributes:
        columns: our column → heading, as the file writes it.
        repeated: headings that stand in the file twice and are needed.
        unknown: headings nobody knows; they are not read.
        missing: needed columns the file does not have.
        proposals: missing or optional column → the unknown heading most like it.
    """

    columns: Mapping[str, str]
    repeated: tuple[str, ...]
    unknown: tuple[str, ...]
    missing: tuple[Wanted, ...]
    proposals: Mapping[str, str]


def match(wanted: Sequence[Wanted], headings: Sequence[str], mapping: ColumnMapping) -> Match:
    """Find each column among the headings of a file.

    Args:
        wanted: the columns, in order.
        headings: as the file writes them, in order.
        mapping: what was said before; it goes before every declared name.
    """
    by_name: dict[str, list[str]] = {}
    for heading in headings:
        by_name.setdefault(plain(heading), []).append(heading)
    told = {name: heading for heading, name in mapping.columns.items() if name != LEFT_OUT and heading in by_name}
    columns: dict[str, str] = {}
    known = {h for h in mapping.columns if h in by_name}
    for column in wanted:
        present = [n for n in column.names if n in by_name and n not in mapping.columns]
        known.update(present)
        chosen = told.get(column.name) or next(iter(present), None)
        if chosen is not None:
            columns[column.name] = by_name[chosen][0]
    repeated = tuple(h for h in columns.values() if len(by_name[plain(h)]) > 1)
    unknown = tuple(h for n, names in by_name.items() if n not in known for h in names)
    absent = [w for w in wanted if w.name not in columns and w.name not in mapping.fixed]
    return Match(columns, repeated, unknown, tuple(w for w in absent if w.required), _proposed(absent, unknown))


def _proposed(absent: Iterable[Wanted], unknown: Sequence[str]) -> dict[str, str]:
    """The best heading for each absent column; each heading for one column only, the most alike first."""
    scored = sorted(
        ((max(likeness(plain(h), n) for n in w.names), w.name, h) for w in absent for h in unknown), key=lambda s: (-s[0], s[1], s[2])
    )  # fmt: skip
    proposals: dict[str, str] = {}
    for score, name, heading in scored:
        if score >= _ALIKE and name not in proposals and heading not in proposals.values():
            proposals[name] = heading
    return proposals


def proposed_value(theirs: str, choices: Mapping[str, Iterable[str]]) -> str | None:
    """The one of ours that their value is most like, or None where nothing is alike.

    Args:
        theirs: as the file writes it.
        choices: our value → every name it goes by.
    """
    scored = [(likeness(plain(theirs), plain(name)), ours) for ours, names in choices.items() for name in (ours, *names)]
    score, ours = max(scored, key=lambda s: s[0], default=(0.0, ""))
    return ours if score >= _ALIKE else None


def likeness(one: str, other: str) -> float:
    """How alike two reduced names are: 1 for the same, at least 0.8 where one begins or ends the other, else the share of common letters."""
    if not one or not other:
        return 0.0
    if one == other:
        return 1.0
    short, long = sorted((one, other), key=len)
    ratio = difflib.SequenceMatcher(None, one, other).ratio()
    inside = len(short) >= 4 and (long.startswith(short) or long.endswith(short))
    return max(ratio, 0.8) if inside else ratio
