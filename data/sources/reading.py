"""What an adapter makes of one file: the same columns from every source, or the findings that refuse it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import pandas as pd

from data.activity import ACTIVITY, KINDS, WAITING
from data.fields import Field, Kind, Table
from data.findings import Finding, Findings

READING = Table(
    "reading", "Reading", "One row for each organisation, national test and month that the file holds.",
    (
        Field("organisation", "Organisation", Kind.ID, help="ODS code"),
        Field("organisation_name", "Organisation name", Kind.TEXT, required=False, help="As the file spells it"),
        Field("region", "Region", Kind.TEXT, required=False, help="Code; empty where the file does not say"),
        Field("region_name", "Region name", Kind.TEXT, required=False),
        Field("system", "System", Kind.TEXT, required=False, help="Code; empty where the file does not say"),
        Field("system_name", "System name", Kind.TEXT, required=False),
        Field("national_code", "National code", Kind.ID, help="Code of the test in the national return"),
        ACTIVITY.field("period"),
        *(ACTIVITY.field(f"done_{kind}") for kind in KINDS),
        *(ACTIVITY.field(name) for name in WAITING),
    ),
    key=("organisation", "national_code", "period"),
)  # fmt: skip


SAID = ("organisation_name", "region", "region_name", "system", "system_name")
"""What a file says of an organisation."""


@dataclass(frozen=True, eq=False)
class Reading:
    """One file, read.

    Attributes:
        source: kind of source, for example `dm01_provider`.
        file: the file's name as shown.
        sha256: of the file's bytes.
        parser_version: of the adapter; raised whenever it reads the same file differently.
        frame: typed frame of `READING`; empty for a refused file. A figure that the file keeps back is NaN, and is in the findings.
        facts: what the file says about itself: title, period, published, revised, status and the like, as it is written there; and `form`,
            what kind of file it is.
        findings: refusals, warnings and notes; any refusal means nothing was read.
    """

    source: str
    file: str
    sha256: str
    parser_version: int
    frame: pd.DataFrame
    facts: Mapping[str, str] = field(default_factory=dict)
    findings: Findings = field(default_factory=Findings)

    @classmethod
    def refused(
        cls, source: str, file: str, content: bytes | str, version: int, findings: Iterable[Finding], facts: Mapping[str, str] | None = None
    ) -> Reading:
        """The reading of a file that was refused.

        Args:
            source: kind of source.
            file: the file's name as shown.
            content: its bytes, or their SHA-256 as text where the file is too large to hold.
            version: of the adapter.
            findings: why it was refused.
            facts: what it says about itself.
        """
        kept = Findings(findings).in_file(file)
        digest = content if isinstance(content, str) else hashlib.sha256(content).hexdigest()
        return cls(source, file, digest, version, READING.empty(), facts or {}, kept)

    @property
    def is_refused(self) -> bool:
        """True where a finding stops the file from being stored."""
        return bool(self.findings.refusals)

    def pack(self) -> tuple[dict[str, Any], dict[str, pd.DataFrame]]:
        """Plain values and frames, to be sent from one process to another."""
        plain = {
            "source": self.source, "file": self.file, "sha256": self.sha256, "parser_version": self.parser_version,
            "facts": dict(self.facts), "findings": [asdict(f) for f in self.findings],
        }  # fmt: skip
        return plain, {"frame": self.frame}

    @classmethod
    def unpack(cls, plain: dict[str, Any], frames: dict[str, pd.DataFrame]) -> Reading:
        """The opposite of `pack`; the frame is typed again."""
        frame = READING.typed({name: frames["frame"][name] for name in READING.columns})
        findings = Findings(Finding(**f) for f in plain["findings"])
        return cls(plain["source"], plain["file"], plain["sha256"], plain["parser_version"], frame, plain["facts"], findings)
