"""Reading, checking and cutting an imaging extract into months, by DuckDB: rows never pass through Python."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import duckdb
import numpy as np

from data.errors import Refused
from data.findings import Findings, refusal
from data.sources.imaging import KIND, ImagingReading, Part, Vocabulary
from data.sources.imaging_checks import LONGEST, check_rows, check_scanners, check_sites, unreadable_moments
from data.sources.imaging_codes import left_out_rows, list_written, read_codes, replace_codes, unknown_values
from data.sources.imaging_columns import extra_notes, find_columns
from data.sources.imaging_digest import Digest, digest_beside
from data.sources.imaging_people import heading_findings, people_findings
from data.sources.imaging_sql import Columns, load_query, sql
from data.sources.imaging_text import Opened, opened
from data.sources.mapping import ColumnMapping

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
    path: Path, file: str, words: Vocabulary, place: Workplace, *, now: datetime, mapping: ColumnMapping | None = None,
    digest: Future[Digest] | None = None,
) -> ImagingReading:  # fmt: skip
    """Read one extract and write its parts into the workplace's folder.

    Args:
        path: the file.
        file: its name, for the findings only.
        words: what the network calls its things.
        place: where to work, and within what limits.
        now: moments later than this are refused.
        mapping: what was said about the file's headings and codes; it goes before every declared name.
        digest: of the file, where somebody has begun to take it.

    Returns:
        The reading; with findings that refuse it, and no parts, where anything is wrong with the file.
    """
    taken = (digest or digest_beside(path)).result()
    told = mapping or ColumnMapping(KIND)
    reading = ImagingReading(file, taken.sha256, mapping=told.content_id)
    try:
        text = opened(path, file, place.folder, place.unpacked, taken)
        columns, found = find_columns(text, told)
        if people := Findings(heading_findings(columns)):
            raise Refused(people)
        reading = replace(reading, columns=columns.of, unknown=columns.unknown)
        if found:
            raise Refused(found)
        with _connection(place) as connection:
            return _read(connection, text, columns, words.told(told), told, place.folder, reading, now)
    except Refused as error:
        return replace(reading, findings=error.findings.in_file(file))


def _connection(place: Workplace) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(
        config={
            "threads": THREADS, "memory_limit": f"{place.memory // 1_000_000}MB", "temp_directory": str(place.folder / "spill"),
            "autoinstall_known_extensions": False, "autoload_known_extensions": False, "python_enable_replacements": False,
        }
    )  # fmt: skip


def _read(
    connection: duckdb.DuckDBPyConnection, text: Opened, columns: Columns, words: Vocabulary, told: ColumnMapping, folder: Path,
    reading: ImagingReading, now: datetime,
) -> ImagingReading:  # fmt: skip
    rows = _load(connection, text, columns)
    list_written(connection, columns)
    people = Findings(people_findings(connection, columns, now.date()))
    if people.refusals:
        # Nothing else is said: other findings repeat what stands in cells.
        raise Refused(people)
    codes, unknown = read_codes(connection, columns, words, told)
    looked_up = replace_codes(connection, codes)
    left_out, notes = left_out_rows(connection, codes, columns)
    findings = Findings(
        [
            *text.notes, *extra_notes(columns), *people, *unknown, *unreadable_moments(connection, text, columns),
            *check_sites(connection, columns, words), *check_rows(connection, columns, now, rows),
            *check_scanners(connection, columns, words), *notes,
        ]
    ).in_file(reading.file)  # fmt: skip
    reading = replace(reading, rows=rows, findings=findings, values=unknown_values(codes))
    return reading if findings.refusals else replace(reading, left_out=left_out, parts=tuple(_parts(connection, folder, in_order=not looked_up)))


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


def _parts(connection: duckdb.DuckDBPyConnection, folder: Path, *, in_order: bool) -> Iterator[Part]:
    """Write one file for each organisation and month; rows that are not in order are put into that of the file."""
    copy = sql("imaging_part", longest=str(LONGEST), ordered="" if in_order else "ORDER BY nth")
    rows = connection.table("checked").filter("wanted")
    places: Sequence[tuple[str, int, int]] = rows.aggregate("organisation, month, count(*)", "organisation, month").order("1, 2").fetchall()
    with ThreadPoolExecutor(THREADS) as pool:
        yield from pool.map(
            lambda numbered: _written(connection.cursor(), copy, folder / f"part-{numbered[0]}.parquet", *numbered[1]), enumerate(places)
        )


def _written(connection: duckdb.DuckDBPyConnection, copy: str, path: Path, organisation: str, month: int, times: int) -> Part:
    connection.execute(copy, {"organisation": organisation, "month": month, "path": str(path)})
    name = str(np.datetime64(month, "M"))
    with path.open("rb") as file:
        return Part(organisation, name, times, hashlib.file_digest(file, "sha256").hexdigest(), path)
