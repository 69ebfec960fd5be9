"""The examination-level imaging extract: what each trust's radiology system says of every examination, pseudonymised.

The columns, the ways they are headed and the codes they hold are declared here and in the tables beside this module. Reading, checking and
cutting into months happens in `data.sources.imaging_intake`, inside the limited process of `data.sources.imaging_process`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from data.fields import Field, Kind, Table
from data.findings import Finding, Findings, refusal
from data.network import Network
from data.sources.mapping import LEFT_OUT, ColumnMapping
from data.sources.national_tests import national_tests, plain
from data.words import month

KIND = "imaging"
"""Kind of extract under which it is stored."""

PARSER_VERSION = 1
"""Raise whenever the same file would be read differently."""

SOURCES = ("emergency", "inpatient", "outpatient", "gp", "other")
ACUTE = ("emergency", "inpatient")
"""Sources whose work cannot wait for a list."""

PARTS_OF_DAY = {"night": 0, "morning": 8, "afternoon": 13, "evening": 17}
"""Parts of the day and the hour each begins at; the evening ends at midnight."""

OUTCOMES = ("done", "dna", "cancelled_patient", "cancelled_hospital")
PRIORITIES = ("two_weeks", "four_weeks", "six_weeks", "routine", "planned")

_MOMENT = "date and time by the clock on the wall"

IMAGING = Table(
    "imaging", "Imaging extract", "One row for each examination that was done, missed or cancelled.",
    (
        Field("examination_id", "Examination", Kind.ID, help="Pseudonym of the examination, never its accession number"),
        Field("patient_id", "Patient", Kind.ID, required=False, help="Pseudonym of the patient, never the NHS number"),
        Field("organisation", "Organisation", Kind.ID, refers_to="organisations", help="ODS code of the trust whose site it is"),
        Field("site", "Site", Kind.ID, refers_to="sites", help="Where it was to be done"),
        Field("test", "Test", Kind.ID, refers_to="tests", help="As in the sheet for tests, or as the national return or the system writes it"),
        Field("examination_code", "Examination code", Kind.TEXT, required=False, help="For example of the national list of imaging codes"),
        Field("scanner_id", "Scanner", Kind.ID, required=False, help="As in the register of assets where possible"),
        Field("source_of_referral", "Source of referral", Kind.CHOICE, choices=SOURCES, required=False),
        Field("priority", "Priority", Kind.CHOICE, choices=PRIORITIES, required=False),
        Field("requested", "Requested", Kind.TEXT, unit=_MOMENT, help="A date alone will do"),
        Field("booked", "Booked", Kind.TEXT, unit=_MOMENT, required=False, help="The appointment that was given; a date alone will do"),
        Field("attended", "Attended", Kind.TEXT, unit=_MOMENT, required=False, help="When the patient arrived"),
        Field("scanned_start", "Scan started", Kind.TEXT, unit=_MOMENT, help="Empty where nothing was done"),
        Field("scanned_end", "Scan ended", Kind.TEXT, unit=_MOMENT, required=False),
        Field("reported", "Reported", Kind.TEXT, unit=_MOMENT, required=False, help="When the first report was verified; a date alone will do"),
        Field("outcome", "Outcome", Kind.CHOICE, choices=OUTCOMES),
    ),
    key=("organisation", "examination_id"), required=True,
)  # fmt: skip

MOMENTS = tuple(f.name for f in IMAGING.fields if f.unit == _MOMENT)
DATE_WILL_DO = ("requested", "booked", "reported")
"""Moments of which the day is enough; the others place an examination within the day."""

CODED = ("organisation", "site", "test", "source_of_referral", "priority", "outcome")
"""Columns whose values are told apart by their codes; the rest of the text is kept as it stands."""

NAMES = ("examination_id",)
"""Columns of text that no row may leave empty."""


@dataclass(frozen=True)
class Part:
    """One organisation's examinations of one month, as a Parquet file.

    Attributes:
        organisation: its code.
        month: `YYYY-MM`.
        rows: examinations.
        sha256: of the file.
        path: where it was written, for the store to take over.
    """

    organisation: str
    month: str
    rows: int
    sha256: str
    path: Path


@dataclass(frozen=True)
class ImagingReading:
    """One extract, read.

    Attributes:
        file: the file's name as shown.
        sha256: of the file's bytes.
        rows: rows below the heading.
        left_out: rows of tests that are known but not the network's, and of codes somebody said are not wanted; in no part.
        parts: what the file holds, by organisation and month; none for a refused file.
        findings: refusals, warnings and notes; any refusal means nothing was read.
        parser_version: of this adapter.
        columns: field → heading that was read as it.
        unknown: headings nobody knows.
        values: coded column → ways of writing nobody knows, the first few of each.
        mapping: digest of the mapping it was read with; empty = none.
    """

    file: str
    sha256: str
    rows: int = 0
    left_out: int = 0
    parts: tuple[Part, ...] = ()
    findings: Findings = field(default_factory=Findings)
    parser_version: int = PARSER_VERSION
    columns: Mapping[str, str] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    mapping: str = ""

    @property
    def is_refused(self) -> bool:
        """True where a finding stops the file from being stored."""
        return bool(self.findings.refusals)


@dataclass(frozen=True)
class Vocabulary:
    """What a network calls its things, as plain values that go to the reading process.

    Attributes:
        codes: by coded column, code by way of writing it (`plain` text). An empty code is known and not the network's, or not wanted: the row is
            left out; in a column that may be empty it states nothing.
        owner: organisation of each site.
        scanners: assets of the register, mobile units included.
        titles: allowed codes of each coded column, in words for the findings.
    """

    codes: Mapping[str, Mapping[str, str]]
    owner: Mapping[str, str]
    scanners: tuple[str, ...]
    titles: Mapping[str, str]

    def told(self, mapping: ColumnMapping) -> Vocabulary:
        """The same words, and before them what somebody said that theirs mean; what means nothing of the network's any more is not taken."""
        codes = dict(self.codes)
        for name in CODED:
            ours = {LEFT_OUT, *self.codes[name].values()}
            codes[name] = {**self.codes[name], **{theirs: code for theirs, code in mapping.values.get(name, {}).items() if code in ours}}
        return replace(self, codes=codes)


def in_two_files(readings: Iterable[ImagingReading]) -> Iterator[Finding]:
    """A refusal for each month of an organisation that stands in two files."""
    first: dict[tuple[str, str], str] = {}
    for reading in readings:
        for part in reading.parts:
            place = (part.organisation, part.month)
            if place in first:
                yield refusal("month-twice", f"{part.organisation}, {month(part.month)}, which is in {first[place]} too", "each month in one file",
                              "Load one of the two, or put their rows into one file.", file=reading.file)  # fmt: skip
            first.setdefault(place, reading.file)


def vocabulary(network: Network) -> Vocabulary:
    """How values of the coded columns may be written for this network."""
    codes: dict[str, dict[str, str]] = {
        "organisation": _written(network.titles("organisations").items()),
        "site": _written(network.titles("sites").items()),
        "test": _tests(network),
    }
    for name in ("source_of_referral", "priority", "outcome"):
        codes[name] = {plain(c): c for c in IMAGING.field(name).choices}
        codes[name].update((plain(row["written"]), row["code"]) for row in _rows("imaging_codes") if row["field"] == name)
    scanners = (*network["assets"]["asset"], *network["mobiles"]["mobile"])
    allowed = {name: ", ".join(sorted({c for c in codes[name].values() if c})) for name in codes}
    return Vocabulary(codes, network.owner, tuple(map(str, scanners)), allowed)


@cache
def headings() -> dict[str, str]:
    """Field by heading (`plain` text): names, titles and the synonyms of the table beside this module."""
    known = {plain(row["heading"]): row["field"] for row in _rows("imaging_columns")}
    known.update((plain(heading), f.name) for f in IMAGING.fields for heading in (f.name, f.title))
    return known


def _tests(network: Network) -> dict[str, str]:
    """Ways of writing a test; national tests the network does not have are known, with no code."""
    tests = network["tests"]
    ours = dict(zip(tests["national_code"], tests["test"], strict=True))
    written = {plain(row["written"]): ours.get(row["national_code"], "") for row in _rows("imaging_tests")}
    for national in national_tests().values():
        written.update(dict.fromkeys(national.names, ours.get(national.national_code, "")))
    written.update(_written((str(row["test"]), str(name)) for _, row in tests.iterrows() for name in (row["title"], row["national_code"]) if name))
    return written


def _written(titles: Iterable[tuple[str, str]]) -> dict[str, str]:
    """A code may be written as itself or as its title; a code goes before another's title."""
    pairs = list(titles)
    return {plain(title): code for code, title in pairs} | {plain(code): code for code, _ in pairs}


@cache
def _rows(table: str) -> tuple[dict[str, str], ...]:
    with Path(__file__).with_name(f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))
