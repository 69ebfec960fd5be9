"""Reading, checking and cutting an imaging extract into months, by DuckDB: rows never pass through Python."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import numpy as np

from data.errors import Refused
from data.fields import shown
from data.findings import Finding, Findings, note, refusal
from data.sources.imaging import IMAGING, ImagingReading, Part, Vocabulary, headings
from data.sources.imaging_checks import LONGEST, check_rows, check_scanners, check_sites, unreadable_moments
from data.sources.imaging_codes import list_written, other_tests, read_codes, replace_codes
from data.sources.imaging_digest import Digest, digest_beside
from data.sources.imaging_people import heading_findings, people_findings
from data.sources.imaging_sql import Columns, load_query, sql
from data.sources.imaging_text import Opened, opened
from data.sources.national_tests import plain

THREADS = 2
_EXPORT = "Export the extract again; every row needs as many cells as the heading."

_FAULTS = {
    "MISSING COLUMNS": "a row with too few cells", "TOO MANY COLUMNS": "a row with too many cells", "UNQUOTED VALUE": "a quote that is not closed",
    "LINE SIZE OVER MAXIMUM": "a row of more than two million characters", "INVALID ENCODING": "bytes that are no text",
}  # fmt: skip


@dataclass(frozen=True)
class Workplace:
    """Where an extract is read.

    Attributes:
        folder: for temporary files and the parts.
        memory: bytes DuckDB may hold before it writes to the folder.
        unpacked: most bytes of the file when unpacked.
    """

    folder: Path
    memory: int
    unpacked: int


def intake(
    path: Path, file: str, words: Vocabulary, place: Workplace, *, now: datetime, mapping: Mapping[str, str] | None = None,
    digest: Future[Digest] | None = None,
) -> ImagingReading:  # fmt: skip
    """Read one extract and write its parts into the workplace's folder.

    Args:
        path: the file.
        file: its name, for the findings only.
        words: what the network calls its things.
        place: where to work, and within what limits.
        now: moments later than this are refused.
        mapping: field by heading, for headings nobody declared.
        digest: of the file, where somebody has begun to take it.

    Returns:
        The reading; with findings that refuse it, and no parts, where anything is wrong with the file.
    """
    taken = (digest or digest_beside(path)).result()
    reading = ImagingReading(file, taken.sha256)
    try:
        text = opened(path, file, place.folder, place.unpacked, taken)
        columns = _columns(text, mapping or {})
        with _connection(place) as connection:
            return _read(connection, text, columns, words, place.folder, reading, now)
    except Refused as error:
        return ImagingReading(file, reading.sha256, findings=error.findings.in_file(file))


def _connection(place: Workplace) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(
        config={
            "threads": THREADS, "memory_limit": f"{place.memory // 1_000_000}MB", "temp_directory": str(place.folder / "spill"),
            "autoinstall_known_extensions": False, "autoload_known_extensions": False, "python_enable_replacements": False,
        }
    )  # fmt: skip


def _read(
    connection: duckdb.DuckDBPyConnection, text: Opened, columns: Columns, words: Vocabulary, folder: Path, reading: ImagingReading, now: datetime
) -> ImagingReading:  # fmt: skip
    rows = _load(connection, text, columns)
    list_written(connection, columns)
    people = Findings(people_findings(connection, columns, now.date()))
    if people.refusals:
        # Nothing else is said: other findings repeat what stands in cells.
        raise Refused(people)
    codes, unknown = read_codes(connection, columns, words)
    replace_codes(connection, codes)
    left_out, notes = other_tests(codes, columns)
    findings = Findings(
        [
            *text.notes, *_extra_notes(columns), *people, *unknown, *unreadable_moments(connection, text, columns),
            *check_sites(connection, columns, words), *check_rows(connection, columns, now, rows),
            *check_scanners(connection, columns, words), *notes,
        ]
    ).in_file(reading.file)  # fmt: skip
    if findings.refusals:
        return ImagingReading(reading.file, reading.sha256, rows, findings=findings)
    return ImagingReading(reading.file, reading.sha256, rows, left_out, tuple(_parts(connection, folder)), findings)


def _columns(text: Opened, mapping: Mapping[str, str]) -> Columns:
    """Which declared field each heading names.

    Raises:
        Refused: a needed column is missing, one stands twice, or the heading holds people's data.
    """
    own = {plain(heading): name for heading, name in mapping.items()}
    of: dict[str, str] = {}
    extra: dict[str, str] = {}
    position: dict[str, int] = {}
    found: list[Finding] = []
    for place, heading in enumerate(text.heading):
        name = own.get(plain(heading)) or headings().get(plain(heading)) or f"extra_{place}"
        if name in of:
            mend = "Keep one of the two columns, or rename the one that means something else."
            found.append(
                refusal("repeated-column", f"{shown(heading)} beside {shown(of[name])}", f"one column {IMAGING.field(name).title}", mend, row=1)
            )
            continue
        (extra if name.startswith("extra_") else of)[name] = heading
        position[name] = place
    columns = Columns(of, extra, position, text.first_row)
    people = Findings(heading_findings(columns))
    if people:
        raise Refused(people)
    for field in IMAGING.fields:
        if field.required and field.name not in of:
            mend = f'Add the column "{field.title}", or say which column it is.'
            found.append(refusal("missing-column", "no such column", field.help or field.allowed(), mend, row=1, column=field.title))
    if found:
        raise Refused(found)
    return columns


def _extra_notes(columns: Columns) -> list[Finding]:
    names = ", ".join(shown(heading) for heading in columns.extra.values() if heading)
    mend = "Nothing need be done: they were searched for people's data and are not stored."
    return [note("extra-columns", f"the columns {names}", "the declared columns", mend, row=1)] if names else []


def _load(connection: duckdb.DuckDBPyConnection, text: Opened, columns: Columns) -> int:
    """Make the table `raw`; the number of its rows.

    Raises:
        Refused: rows of different lengths, quotes that are not closed, no rows.
    """
    try:
        connection.execute(load_query(text, columns))
    except duckdb.OutOfMemoryException:
        raise MemoryError from None
    except (duckdb.InvalidInputException, duckdb.ConversionException, duckdb.IOException, duckdb.InternalException):
        raise Refused([refusal("damaged", "a file that cannot be read to its end", "a whole file", "Export the extract again.")]) from None
    if text.form == "text":
        rejected = connection.table("reject_errors").project("line, error_type").order("line").limit(20).fetchall()
        faults = [
            refusal("ragged", _FAULTS.get(str(fault), "a row that cannot be read"), f"{len(text.heading)} cells in every row", _EXPORT, row=int(line))
            for line, fault in rejected
        ]
        if faults:
            raise Refused(faults)
    rows = int(connection.table("raw").aggregate("count(*)").fetchall()[0][0])
    if not rows:
        raise Refused([refusal("no-rows", "no rows below the heading", "one row for each examination", "Export the extract again.")])
    return rows


def _parts(connection: duckdb.DuckDBPyConnection, folder: Path) -> Iterator[Part]:
    """Write one file for each organisation and month."""
    rows = connection.table("checked").filter("test <> ''")
    places: Sequence[tuple[str, int, int]] = rows.aggregate("organisation, month, count(*)", "organisation, month").order("1, 2").fetchall()
    with ThreadPoolExecutor(THREADS) as pool:
        yield from pool.map(lambda numbered: _written(connection.cursor(), folder / f"part-{numbered[0]}.parquet", *numbered[1]), enumerate(places))


def _written(connection: duckdb.DuckDBPyConnection, path: Path, organisation: str, month: int, times: int) -> Part:
    connection.execute(sql("imaging_part", longest=str(LONGEST)), {"organisation": organisation, "month": month, "path": str(path)})
    name = str(np.datetime64(month, "M"))
    with path.open("rb") as file:
        return Part(organisation, name, times, hashlib.file_digest(file, "sha256").hexdigest(), path)
