"""The SQL of the imaging extract: texts of queries from the files beside this module, and the columns they work on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Template

from data.sources.imaging import CODED, DATE_WILL_DO, IMAGING, MOMENTS
from data.sources.imaging_text import Opened

DATES = ("%Y-%m-%d", "%d/%m/%Y", "%d-%b-%Y")
"""Days as they may be written: the year first, or the day first; never the month first."""

_TIMES = ("%H:%M:%S", "%H:%M", "%H:%M:%S.%f")
MOMENT_FORMS = tuple(f"{day}{between}{time}" for between in (" ", "T") for day in DATES for time in _TIMES if between == " " or day == DATES[0])

_MOST_REJECTED = 1000


@dataclass(frozen=True)
class Columns:
    """What stands where in the file.

    Attributes:
        of: heading by declared field, for the fields the file has.
        extra: heading by the name under which an undeclared column is searched.
        position: place in the file by field or extra name.
        first_row: number of the first row below the heading.
        unknown: headings nobody knows.
        unwanted: headings of which somebody said that they are not wanted.
    """

    of: Mapping[str, str]
    extra: Mapping[str, str]
    position: Mapping[str, int]
    first_row: int
    unknown: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """Columns of text of the table `raw`."""
        return (*(f for f in self.of if f not in MOMENTS), *self.extra)

    @property
    def coded(self) -> tuple[str, ...]:
        """Columns of few different values, each with a table `written_…` of them."""
        return (*CODED, "examination_code", "scanner_id")

    def every(self) -> Iterator[tuple[str, str]]:
        """Name and heading of every column the file has."""
        yield from self.of.items()
        yield from self.extra.items()

    def row(self, at: int | None) -> int:
        """The row number of a position in the table `raw`."""
        return (at or 0) + self.first_row


@cache
def _template(name: str) -> Template:
    return Template(Path(__file__).with_name(f"{name}.sql").read_text("utf-8"))


def sql(name: str, **parts: str) -> str:
    """The text of a query; `parts` are names and expressions of ours, never anything out of a file."""
    return _template(name).substitute(parts)


def literal(text: str) -> str:
    """A text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


def read_as(column: str, forms: tuple[str, ...]) -> str:
    """The expression that reads a text as a moment; NULL where no form fits."""
    return f"try_strptime({column}, [{', '.join(map(literal, forms))}])"


def load_query(opened: Opened, columns: Columns) -> str:
    """The query that makes the table `raw`."""
    return sql(
        "imaging_load",
        texts=", ".join(_texts(columns)),
        moments=", ".join(f"{_read(m)} AS {m}" for m in MOMENTS),
        unreadable=" OR ".join(map(_is_unreadable, MOMENTS)),
        cells=_cells(opened, columns),
        source=_source(opened),
    )


def unreadable_query(opened: Opened, columns: Columns) -> str:
    """The query that looks up the text of moments that could not be read; it takes `most`, the rows named for each column."""
    found = ", ".join(f"{{'field': '{m}', 'found': CASE WHEN {_is_unreadable(m)} THEN {m}_text END}}" for m in MOMENTS)
    where = " OR ".join(map(_is_unreadable, MOMENTS))
    return sql("imaging_unreadable", found=found, cells=_cells(opened, columns), source=_source(opened), unreadable=where)


def _texts(columns: Columns) -> list[str]:
    return [f.name for f in IMAGING.fields if f.name not in MOMENTS] + list(columns.extra)


def _read(moment: str) -> str:
    return read_as(f"{moment}_text", MOMENT_FORMS + (DATES if moment in DATE_WILL_DO else ()))


def _is_unreadable(moment: str) -> str:
    return f"CASE WHEN {moment}_text IS NOT NULL AND {_read(moment)} IS NULL THEN trim({moment}_text) <> '' ELSE false END"


def _cells(opened: Opened, columns: Columns) -> str:
    return ", ".join(_cell(opened, columns, name) for name in (*_texts(columns), *MOMENTS))


def _cell(opened: Opened, columns: Columns, name: str) -> str:
    alias = f"{name}_text" if name in MOMENTS else name
    if name not in columns.position:
        return f"NULL::VARCHAR AS {alias}"
    place = columns.position[name]
    if opened.form == "text":
        return f"c{place} AS {alias}"
    quoted = '"' + opened.heading[place].replace('"', '""') + '"'
    return f"nullif({quoted}::VARCHAR, '') AS {alias}"


def _source(opened: Opened) -> str:
    if opened.form == "parquet":
        return f"read_parquet({literal(str(opened.path))})"
    cells = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(len(opened.heading)))
    return (
        f"read_csv({literal(str(opened.path))}, columns = {{{cells}}}, header = true, auto_detect = false, delim = {literal(opened.delimiter)}, "
        f"quote = '\"', escape = '\"', null_padding = false, store_rejects = true, rejects_limit = {_MOST_REJECTED})"
    )
