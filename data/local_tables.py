"""What a dataset carries beside its network, history and assumptions: lists by priority, provisional returns, plans, reference tables."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Self

import pandas as pd

from data.activity import ACTIVITY, KINDS, WAITING
from data.evidence import EVIDENCE
from data.fields import Field, Kind, Table
from data.frames import TableSet, content_bytes
from data.waiting_lists import LISTS, PRIORITIES, PRIORITY_CODES, declared_rows, national_priorities, national_priority_codes


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

PROVIDERS = Table(
    "providers", "Organisations compared", "Every organisation of the national files, with what the newest file that says so calls it.",
    (
        Field("organisation", "Organisation", Kind.ID, help="ODS code"),
        Field("title", "Title", Kind.TEXT, required=False, help="As published"),
        Field("region", "Region", Kind.ID, required=False),
        Field("region_title", "Region title", Kind.TEXT, required=False),
        Field("system", "System", Kind.ID, required=False, help="Integrated care system"),
        Field("system_title", "System title", Kind.TEXT, required=False),
    ),
    key=("organisation",),
)  # fmt: skip

FASTER_DIAGNOSIS = "28_day"
STANDARDS = (FASTER_DIAGNOSIS, "31_day", "62_day")
"""Cancer waiting time standards by their length."""

_STANDARD = Field("standard", "Standard", Kind.CHOICE, choices=STANDARDS,
                  help="28_day = told within 28 days whether it is cancer; 31_day, 62_day = from decision or referral to treatment")  # fmt: skip

CANCER_WAITS = Table(
    "cancer_waits", "Cancer waiting times",
    "Patients by month, standard, route and kind of cancer, as published; each patient once. Half patients are shared by two organisations.",
    (
        Field("organisation", "Organisation", Kind.ID, help="ODS code; organisations outside the network are kept for comparison"),
        Field("period", "Month", Kind.DATE, help="First day of the month"),
        _STANDARD,
        Field("route", "Route", Kind.TEXT, help="Route of the referral, or stage of the treatment, as published"),
        Field("cancer_type", "Kind of cancer", Kind.TEXT, help="As published"),
        *(Field(name, title, Kind.NUMBER, unit="patients", help="Empty = withheld, which is not zero", required=False, minimum=0)
          for name, title in (("total", "Told or treated"), ("within", "Within the standard"), ("breaches", "Later than the standard"))),
    ),
    key=("organisation", "period", "standard", "route", "cancer_type"),
)  # fmt: skip

CANCER_TARGETS = Table(
    "cancer_targets", "Cancer targets",
    "Least share of patients within each standard, from a month on. Without rows of its own a network has the national ones.",
    (
        _STANDARD,
        Field("from_month", "From month", Kind.DATE, help="First day of the month by which the share is to be reached"),
        Field("share", "Share", Kind.NUMBER, unit="share of patients within the standard", minimum=0, maximum=1),
        *EVIDENCE,
    ),
    key=("standard", "from_month"),
)  # fmt: skip

PLANNED_MEASURES = {
    "share_over_six": "Share over six weeks", "waiting": "Patients waiting", "activity": "Examinations in the month",
}  # fmt: skip
"""What an improvement plan can state for a list, with its title."""

TRAJECTORIES = Table(
    "trajectories", "Improvement-plan trajectories",
    "What an improvement plan says a list will be in each month. The rows of an organisation are replaced whole.",
    (
        ACTIVITY.field("organisation"),
        ACTIVITY.field("test"),
        ACTIVITY.field("period"),
        Field("measure", "Measure", Kind.CHOICE, choices=tuple(PLANNED_MEASURES),
              help="share_over_six and waiting at the end of the month; activity = examinations of every kind in it"),
        Field("planned", "Planned", Kind.NUMBER, unit="share of the list, patients or examinations", minimum=0,
              help="A share is written 0.125 or 12.5%"),
        Field("plan", "Plan", Kind.TEXT, required=False, help="Name of the improvement plan"),
        Field("reason", "Reason", Kind.TEXT, required=False, help="What brings the value about"),
        Field("owner", "Owner", Kind.TEXT, required=False, help="Who answers for the value"),
    ),
    key=("organisation", "test", "period", "measure"),
)  # fmt: skip

REFERENCE_TABLES: tuple[Table, ...] = (WORKFORCE, AREA_POPULATION, SMALL_AREAS, PATIENT_ORIGIN, CANCER_WAITS)
"""Published tables kept for reference, each replaced by a newer one."""

DATED = {LISTS.name: "date", PROVISIONAL.name: "date", CANCER_WAITS.name: "period"}
"""Tables of which a newer file replaces only the dates it brings, with the column of the date."""

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

LOCAL_TABLES: tuple[Table, ...] = (
    LISTS,
    PROVISIONAL,
    TRAJECTORIES,
    *REFERENCE_TABLES,
    PRIORITIES,
    PRIORITY_CODES,
    CANCER_TARGETS,
    PROVIDERS,
    LOCAL_SOURCES,
)

OWN_TABLES: tuple[Table, ...] = (LISTS, PROVISIONAL, TRAJECTORIES)
"""Tables whose rows only their own organisation and the whole network may see: they are not published."""


INVENTED = "invented for demonstration"
"""Source of files that come with an example network."""


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

    @property
    def cancer_targets(self) -> pd.DataFrame:
        """Dated targets in force: the network's own, else the national ones; typed frame of `CANCER_TARGETS`."""
        own = self[CANCER_TARGETS.name]
        return declared_rows(CANCER_TARGETS) if own.empty else own

    def without_invented(self, tables: Collection[str] | None = None) -> Self:
        """The same without tables that were invented for demonstration: all of them, or those named. Invented and real never stand together."""
        sources = self[LOCAL_SOURCES.name]
        gone = {t for t in sources.loc[sources["source"] == INVENTED, "table"] if tables is None or t in tables}
        if not gone:
            return self
        frames = {name: self[name].head(0) for name in gone}
        return self.changed(**frames, **{LOCAL_SOURCES.name: sources[~sources["table"].isin(gone)]})

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
