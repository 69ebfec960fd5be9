"""Patterns of the imaging extract: questions to the stored files, answered by DuckDB; one of them from what was added up when they were stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

import pandas as pd

from data.errors import Refused
from data.fields import Field, Kind, Table
from data.sources.imaging import ACUTE, KIND, PARTS_OF_DAY, ImagingReading
from data.store.extracts import ExtractRepository, StoredExtract
from data.store.imaging_planned import planned, summed_up
from data.store.scope import Scope
from data.working_days import WorkingDays

if TYPE_CHECKING:
    import duckdb

REQUEST_LIMIT, REPORT_LIMIT = 42, 28
"""Days from request to scan, and from scan to report, beyond which an examination counts as late."""

_MEMORY = "1GB"


@dataclass(frozen=True)
class Filters:
    """What a pattern is asked of; None = everything the scope sees.

    Attributes:
        organisations, sites, tests: identifiers as in the network.
        sources: sources of referral.
        months: `YYYY-MM`.
    """

    organisations: tuple[str, ...] | None = None
    sites: tuple[str, ...] | None = None
    tests: tuple[str, ...] | None = None
    sources: tuple[str, ...] | None = None
    months: tuple[str, ...] | None = None


def _n(help: str) -> Field:
    return Field("n", "Number", Kind.COUNT, minimum=0, help=help)


def _share(name: str, title: str, help: str) -> Field:
    return Field(name, title, Kind.NUMBER, unit="share", minimum=0, maximum=1, required=False, help=help)


def _count(name: str, title: str, help: str = "") -> Field:
    return Field(name, title, Kind.COUNT, minimum=0, help=help)


def _number(name: str, title: str, unit: str, help: str = "") -> Field:
    return Field(name, title, Kind.NUMBER, unit=unit, minimum=0, required=False, help=help)


_SITE_AND_TEST = (Field("site", "Site", Kind.ID), Field("test", "Test", Kind.ID))
_WEEKDAY = Field("weekday", "Weekday", Kind.COUNT, minimum=1, maximum=7, help="1 = Monday")

PATTERNS: Mapping[str, Table] = {
    table.name: table
    for table in (
        Table("by_hour", "By weekday and hour", "Examinations done, by the hour their scan started.",
              (*_SITE_AND_TEST, _WEEKDAY, Field("hour", "Hour", Kind.COUNT, minimum=0, maximum=23), _n("Examinations"))),
        Table("by_month", "By month", "Examinations done, by the month of their scan.",
              (*_SITE_AND_TEST, Field("month", "Month", Kind.DATE, help="First day of the month"), _n("Examinations"))),
        Table("utilisation", "Utilisation of scanners",
              "Minutes scanned over minutes between the first start and the last end, of each scanner and day. Examinations that overlap "
              "count up to the length of the day.",
              (*_SITE_AND_TEST, _number("minutes_scanned", "Minutes scanned", "minutes", "Numerator"),
               _number("minutes_open", "Minutes open", "minutes", "Denominator: first start to last end of each scanner and day"),
               _share("utilisation", "Utilisation", "Minutes scanned over minutes open"), _n("Days of scanners"))),
        Table("sessions", "Sessions run", "Parts of days in which a scanner did an examination or more.",
              (*_SITE_AND_TEST, _WEEKDAY, Field("part_of_day", "Part of day", Kind.CHOICE, choices=tuple(PARTS_OF_DAY)),
               _count("sessions", "Sessions", "Parts of days with an examination or more"),
               _count("listed_sessions", "From lists", "Those with an examination or more of outpatients or from general practice"),
               _n("Examinations in them"))),
        Table("planned", "Work in planned sessions",
              "What each scanner did on each day inside planned sessions: parts of days with an examination of outpatients or from general "
              "practice, from the first start of those to their last end.",
              (*_SITE_AND_TEST, Field("scanner_id", "Scanner", Kind.ID), Field("day", "Day", Kind.DATE),
               _number("minutes_scanned", "Minutes scanned", "minutes"),
               _number("minutes_open", "Minutes open", "minutes", "Shared by tests as the minutes scanned are"),
               _count("acute", "Acute", "Emergencies and inpatients begun inside planned sessions"),
               _n("Examinations inside planned sessions whose end is known"))),
        Table("attendance", "Missed and cancelled",
              "What became of appointments: examinations with a booking, or of outpatients or general practice.",
              (*_SITE_AND_TEST, _count("dna", "Not attended"), _count("cancelled_patient", "Cancelled by the patient"),
               _count("cancelled_hospital", "Cancelled by the hospital"),
               _count("kept_or_missed", "Done or missed", "Denominator of the share not attended"),
               _share("dna_rate", "Share not attended", "Not attended over done or missed"),
               _share("cancellation_rate", "Share cancelled", "Cancelled over all appointments"), _n("Appointments"))),
        Table("lengths", "Length of examinations", "Minutes from the start of a scan to its end.",
              (*_SITE_AND_TEST, _number("lower_quartile", "Lower quartile", "minutes"), _number("median", "Median", "minutes"),
               _number("upper_quartile", "Upper quartile", "minutes"), _number("mean", "Mean", "minutes"), _n("Examinations"))),
        Table("acute", "Acute share", "Emergencies and inpatients over all examinations whose source is known.",
              (*_SITE_AND_TEST, _count("acute", "Acute", "Emergencies and inpatients"), _share("acute_share", "Acute share", "Acute over number"),
               _n("Examinations of known source"))),
        Table("downtime", "Days without an examination",
              "Working days on which a scanner did nothing, between the first and the last day it is seen, in the months its organisation sent.",
              (Field("site", "Site", Kind.ID), Field("scanner_id", "Scanner", Kind.ID), Field("first_day", "First day", Kind.DATE),
               Field("last_day", "Last day", Kind.DATE), _count("idle_days", "Days without", "Working days without an examination"),
               _share("idle_share", "Share without", "Days without over number"), _n("Working days"))),
        Table("turnaround", "Turnaround", "Days from request to scan (whole days), and from scan to report.",
              (*_SITE_AND_TEST, Field("step", "Step", Kind.CHOICE, choices=("request_to_scan", "scan_to_report")),
               _number("median", "Median", "days"), _number("p85", "85 in 100 within", "days"), _number("p95", "95 in 100 within", "days"),
               _number("limit_days", "Limit", "days"), _share("share_over", "Share over the limit", "Over the limit over number"),
               _n("Examinations"))),
    )
}  # fmt: skip
"""Every pattern with its columns; how each is computed stands in the file `imaging_NAME.sql`, work in planned sessions in `imaging_planned`."""


class ImagingRepository(ExtractRepository):
    """The imaging dataset."""

    def save_imaging(self, scope: Scope, reading: ImagingReading, *, basis: str = "") -> StoredExtract:
        """Store what an extract holds; see `save_extract`.

        Args:
            scope: a planner's.
            reading: what was read.
            basis: by what right the rows are used; it goes into the audit.

        Raises:
            Refused: the reading was refused, or holds no examination of the network's tests.
            NotAllowed: the role may not save, or a row belongs to another organisation.
        """
        if reading.is_refused or not reading.parts:
            raise Refused(reading.findings)
        return self.save_extract(
            scope, KIND, [(part.organisation, part.month, part.path) for part in reading.parts],
            file=reading.file, sha256=reading.sha256, parser_version=reading.parser_version, findings=reading.findings, basis=basis,
        )  # fmt: skip

    def add_up_imaging(self, scope: Scope, extract_id: str) -> None:
        """Add up the work in planned sessions of a stored extract, so that whoever asks for it first need not wait.

        Args:
            scope: parts of other organisations than its own are left as they are.
            extract_id: of the stored extract.
        """
        summed_up(self.paths(scope, KIND, extract_id=extract_id))

    def imaging_pattern(self, scope: Scope, name: str, calendar: WorkingDays, filters: Filters = Filters()) -> pd.DataFrame:
        """The answer to one of `PATTERNS`, of the newest version of every month the scope sees.

        Args:
            scope: an organisation's answers are of its own examinations only.
            name: of the pattern.
            calendar: of the network, for working days.
            filters: what it is asked of.

        Returns:
            Typed frame of the pattern's table, in order of its columns; no rows where there is nothing to count.
        """
        paths = tuple(self.paths(scope, KIND, filters.organisations, filters.months))
        return _answer(name, paths, calendar, filters).copy() if paths else PATTERNS[name].empty()


@lru_cache(maxsize=256)
def _answer(name: str, paths: tuple[Path, ...], calendar: WorkingDays, filters: Filters) -> pd.DataFrame:
    """The answer over these files. They are named by their content, so that an answer is good for as long as they are asked for."""
    if name == "planned":
        answer = planned(paths, filters.sites, filters.tests, filters.sources)
    else:
        answer = _queried(name, list(map(str, paths)), calendar, filters)
    return PATTERNS[name].typed({field.name: answer[field.name] for field in PATTERNS[name].fields})


def _queried(name: str, paths: list[str], calendar: WorkingDays, filters: Filters) -> pd.DataFrame:
    values: dict[str, Any] = {
        "paths": paths, "sites": _listed(filters.sites), "tests": _listed(filters.tests), "sources": _listed(filters.sources),
        "parts_of_day": list(PARTS_OF_DAY), **PARTS_OF_DAY, "acute": list(ACUTE),
        "request_limit": REQUEST_LIMIT, "report_limit": REPORT_LIMIT,
    }  # fmt: skip
    query = _query(name)
    if "$working_days" in query:
        values["working_days"] = _working_days(paths, calendar)
    return _asked(query, {k: v for k, v in values.items() if f"${k}" in query})


def _listed(values: tuple[str, ...] | None) -> list[str] | None:
    return None if values is None else list(values)


def _asked(query: str, values: dict[str, Any]) -> pd.DataFrame:
    with _engine().cursor() as cursor:
        cursor.execute("SET enable_progress_bar = false")  # it would stand in the midst of what a command prints
        return cursor.execute(query, values).df()


@cache
def _engine() -> duckdb.DuckDBPyConnection:
    """DuckDB in memory, for questions only: it may neither load code nor see what the process holds."""
    import duckdb  # a worker opens the store and asks nothing here

    return duckdb.connect(
        config={
            "threads": 2, "memory_limit": _MEMORY, "autoinstall_known_extensions": False, "autoload_known_extensions": False,
            "python_enable_replacements": False,
            "temp_directory": "",  # rows of patients are never written anywhere but into the store
        }
    )  # fmt: skip


@cache
def _query(name: str) -> str:
    frame, pattern = (Path(__file__).with_name(f"imaging_{part}.sql").read_text("utf-8") for part in ("examinations", name))
    return Template(frame).substitute(pattern=pattern)


def _working_days(paths: list[str], calendar: WorkingDays) -> list[Any]:
    span = _asked("SELECT min(day) AS first, max(day) AS last FROM read_parquet($paths)", {"paths": paths}).iloc[0]
    days = pd.date_range(span["first"], span["last"]).to_numpy().astype("datetime64[D]")
    return list(days[calendar.exposure(days, 0.0) > 0].tolist())
