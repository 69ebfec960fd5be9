"""What an adapter of a local source makes of one file: tables, what it understood of the headings, and findings."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import pandas as pd

from data.fields import Field, Kind, Table
from data.findings import Finding, Findings

VALUES = Table(
    "values", "Values", "Every different code a file holds in a column of codes, with the row it stands in first.",
    (
        Field("field", "Column", Kind.ID),
        Field("heading", "Heading", Kind.TEXT, help="As the file writes it"),
        Field("value", "Value", Kind.TEXT, required=False),
        Field("rows", "Rows", Kind.COUNT, minimum=1),
        Field("row", "First row", Kind.COUNT, minimum=1),
    ),
    key=("field", "value"),
)  # fmt: skip


def codes_of(values: Iterable[str], rows: Iterable[int]) -> dict[str, tuple[int, int]]:
    """Each different value with the number of rows that hold it and the first of them, in the order of the file."""
    found: dict[str, tuple[int, int]] = {}
    for value, row in zip(values, rows, strict=True):
        many, first = found.get(value, (0, int(row)))
        found[value] = (many + 1, first)
    return found


@dataclass(frozen=True, eq=False)
class LocalReading:
    """One file, read.

    Attributes:
        source: kind of source, as the adapter calls itself.
        file: the file's name as shown.
        sha256: of the file's bytes.
        parser_version: of the adapter; raised whenever it reads the same file differently.
        frames: typed frames by name; none for a refused file.
        columns: our column → heading of the file that was read as it.
        unknown: headings that were not read.
        proposals: our column → the heading most like it among those not read.
        findings: refusals, warnings and notes; any refusal means nothing may be stored.
        mapping: digest of the mapping it was read with; empty = none.
        facts: what the file says about itself.
    """

    source: str
    file: str
    sha256: str
    parser_version: int
    frames: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    proposals: Mapping[str, str] = field(default_factory=dict)
    findings: Findings = field(default_factory=Findings)
    mapping: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def refused(cls, source: str, file: str, content: bytes, version: int, findings: Iterable[Finding], **more: Any) -> LocalReading:
        """The reading of a file that was refused."""
        kept = Findings(findings).in_file(file)
        return cls(source, file, hashlib.sha256(content).hexdigest(), version, findings=kept, **more)

    @property
    def is_refused(self) -> bool:
        """True where a finding stops the file from being stored."""
        return bool(self.findings.refusals)

    def pack(self) -> tuple[dict[str, Any], dict[str, pd.DataFrame]]:
        """Plain values and frames, to be sent from one process to another."""
        plain = {
            "source": self.source, "file": self.file, "sha256": self.sha256, "parser_version": self.parser_version,
            "columns": dict(self.columns), "unknown": list(self.unknown), "proposals": dict(self.proposals),
            "findings": [asdict(f) for f in self.findings], "mapping": self.mapping, "facts": dict(self.facts),
            "types": {name: {str(c): str(t) for c, t in frame.dtypes.items()} for name, frame in self.frames.items()},
        }  # fmt: skip
        return plain, dict(self.frames)

    @classmethod
    def unpack(cls, plain: dict[str, Any], frames: dict[str, pd.DataFrame]) -> LocalReading:
        """The opposite of `pack`; the frames get their types again."""
        typed = {name: frames[name].astype(types) for name, types in plain["types"].items()}
        return cls(
            plain["source"], plain["file"], plain["sha256"], plain["parser_version"], typed, plain["columns"], tuple(plain["unknown"]),
            plain["proposals"], Findings(Finding(**f) for f in plain["findings"]), plain["mapping"], plain["facts"],
        )  # fmt: skip
