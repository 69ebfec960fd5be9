"""What a dataset carries beside its network, history and assumptions: lists by priority, provisional returns, reference tables."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Self

import pandas as pd

from data.activity import ACTIVITY, KINDS, WAITING
from data.fields import Field, Kind, Table
from data.frames import TableSet, content_bytes
from data.waiting_lists import LISTS, PRIORITIES, PRIORITY_CODES, national_priorities, national_priority_codes


def _stated(name: str) -> Field:
    """A figure of the monthly return that a local return may leave out."""
    field = ACTIVITY.field(name)
    return Field(field.name, field.title, field.kind, field.unit, "Empty = not stated, which is not zero", required=False, minimum=0)


PROVISIONAL = Table(
    "provisional", "Provisional returns",
    "A trust's own figures before a month is published, by the date they were taken. Shown beside published months, never mixed with them.",
    (
        ACTIVITY.field("organisation"),
        ACTIVITY.field("test"),
        ACTIVITY.field("period"),
        Field("date", "Date", Kind.DATE, help="Lists stand at the end of this day; activity is counted up to it"),
        Field("counted_from", "Counted from", Kind.DATE, help="First day of the activity counted; the first of the month unless the file says so"),
        *(_stated(f"done_{kind}") for kind in KINDS),
        *(_stated(name) for name in WAITING),
    ),
    key=("organisation", "test", "date"),
)  # fmt: skip

WORKFORCE = Table(
    "workforce", "Published workforce", "Staff of each organisation as published. Groups overlap: some contain others.",
    (
        Field("period", "Month", Kind.DATE, help="First day of the month"),
        Field("organisation", "Organisation", Kind.ID, help="ODS code"),
        Field("staff_group", "Staff group", Kind.TEXT, help="As published; not the staff groups of the network"),
        Field("measure", "Measure", Kind.CHOICE, choices=("headcount", "fte"), help="fte = full-time equivalents"),
        Field("value", "Value", Kind.NUMBER, unit="people or full-time equivalents", minimum=0),
    ),
    key=("period", "organisation", "staff_group", "measure"),
)  # fmt: skip

AREA_POPULATION = Table(
    "area_population", "Population by area", "Residents of local authorities by year of age.",
    (
        Field("area", "Area", Kind.ID, help="Code of the local authority"),
        Field("title", "Title", Kind.TEXT),
        Field("age", "Age", Kind.TEXT, unit="years", help="The last is open: 90+"),
        Field("population", "Population", Kind.NUMBER, unit="people", minimum=0),
    ),
    key=("area", "age"),
)  # fmt: skip

_AGES = (
    ("pop_0_15", "0 to 15"), ("pop_16_44", "16 to 44"), ("pop_45_64", "45 to 64"), ("pop_65_74", "65 to 74"), ("pop_75_84", "75 to 84"),
    ("pop_85_plus", "85 and over"),
)  # fmt: skip

SMALL_AREAS = Table(
    "small_areas", "Small areas", "Residents and deprivation of small areas (LSOA).",
    (
        Field("small_area", "Small area", Kind.ID, help="LSOA code"),
        Field("title", "Title", Kind.TEXT),
        Field("area", "Area", Kind.ID, help="Code of the local authority"),
        Field("area_title", "Area title", Kind.TEXT),
        Field("commissioner", "Commissioner", Kind.ID, required=False),
        Field("commissioner_title", "Commissioner title", Kind.TEXT, required=False),
        Field("population", "Population", Kind.NUMBER, unit="people", minimum=0),
        *(Field(name, f"Aged {words}", Kind.NUMBER, unit="people", minimum=0) for name, words in _AGES),
        Field("deprivation_decile", "Deprivation decile", Kind.COUNT, minimum=1, maximum=10, help="1 = most deprived"),
        Field("deprivation_rank", "Deprivation rank", Kind.COUNT, minimum=1, help="1 = most deprived"),
        Field("health_decile", "Health decile", Kind.COUNT, required=False, minimum=1, maximum=10, help="1 = worst"),
    ),
    key=("small_area",),
)  # fmt: skip

PATIENT_ORIGIN = Table(
    "patient_origin", "Where patients come from", "Share of each organisation's patients by local authority.",
    (
        Field("organisation", "Organisation", Kind.ID, help="ODS code"),
        Field("area", "Area", Kind.ID, help="Code of the local authority"),
        Field("title", "Title", Kind.TEXT),
        Field("share", "Share", Kind.NUMBER, unit="share of the organisation's patients", minimum=0, maximum=1),
    ),
    key=("organisation", "area"),
)  # fmt: skip

REFERENCE_TABLES: tuple[Table, ...] = (WORKFORCE, AREA_POPULATION, SMALL_AREAS, PATIENT_ORIGIN)
"""Published tables kept for reference, each replaced whole by a newer one."""

LOCAL_SOURCES = Table(
    "local_sources", "Local sources", "One row for each file behind a table of this kind, for each organisation and date it brought.",
    (
        Field("table", "Table", Kind.ID, help="Which declared table the file filled"),
        Field("file", "File", Kind.TEXT, help="Name of the file as it was uploaded"),
        Field("sha256", "SHA-256", Kind.ID, help="Digest of the file's bytes"),
        Field("source", "Source", Kind.TEXT, help="Kind of source, or the publication"),
        Field("organisation", "Organisation", Kind.ID, required=False),
        Field("date", "Date", Kind.DATE, required=False, help="Snapshot date, or the date of the publication"),
        Field("mapping", "Mapping", Kind.ID, required=False, help="Digest of the names that were mapped by hand"),
        Field("parser_version", "Parser version", Kind.COUNT, minimum=0),
        Field("rows", "Rows used", Kind.COUNT, minimum=0),
    ),
    key=("table", "organisation", "date", "sha256"),
)  # fmt: skip

LOCAL_TABLES: tuple[Table, ...] = (LISTS, PROVISIONAL, *REFERENCE_TABLES, PRIORITIES, PRIORITY_CODES, LOCAL_SOURCES)

OWN_TABLES: tuple[Table, ...] = (LISTS, PROVISIONAL)
"""Tables whose rows only their own organisation and the whole network may see: they are not published."""


@dataclass(frozen=True, eq=False)
class LocalData(TableSet):
    """Tables beside the published history; each may be empty, and an empty one is as if it had never been declared."""

    declared = LOCAL_TABLES

    @property
    def is_empty(self) -> bool:
        """True where no table has a row."""
        return all(frame.empty for frame in self.tables.values())

    @cached_property
    def content_id(self) -> str:
        """SHA-256 of the tables that have rows, so that declaring another table changes no id."""
        digest = hashlib.sha256()
        for table in self.declared:
            if not self.tables[table.name].empty:
                digest.update(table.name.encode())
                digest.update(content_bytes(table, self.tables[table.name]))
        return digest.hexdigest()

    @property
    def priorities(self) -> pd.DataFrame:
        """Priority classes in force: the network's own, else the national ones; typed frame of `PRIORITIES`."""
        own = self[PRIORITIES.name]
        return national_priorities() if own.empty else own

    @property
    def priority_codes(self) -> pd.DataFrame:
        """Priority codes in force: the network's own, else the national ones; typed frame of `PRIORITY_CODES`."""
        own = self[PRIORITY_CODES.name]
        return national_priority_codes() if own.empty else own

    def only_for(self, organisation: str) -> Self:
        """What one organisation may see: of tables that are not published its own rows only, and of sources its own and the network's."""
        if self.is_empty:
            return self
        frames = {}
        for table in OWN_TABLES:
            rows = self[table.name]
            frames[table.name] = rows[rows["organisation"] == organisation]
        sources = self[LOCAL_SOURCES.name]
        return self.changed(**frames, **{LOCAL_SOURCES.name: sources[sources["organisation"].isin(["", organisation])]})


@cache
def no_local_data() -> LocalData:
    """Local data without a row; one for everybody, since it never changes."""
    return LocalData({})
