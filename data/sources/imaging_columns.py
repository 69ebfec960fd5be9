"""Which heading of an imaging extract is which column: by what was said about it, else by the names that are declared."""

from __future__ import annotations

import re

from data.fields import shown
from data.findings import Finding, note, refusal
from data.people_rules import POSTCODE, POSTCODE_IN_TEXT
from data.sources.imaging import IMAGING, headings
from data.sources.imaging_sql import Columns
from data.sources.imaging_text import Opened
from data.sources.mapping import LEFT_OUT, ColumnMapping
from data.sources.national_tests import plain

LONGEST_NAME = 80
"""Letters of a heading or code; what is longer is something else and is not repeated."""

_DIGITS_OF_A_PERSON = 10
_LIKE_A_DATE = re.compile(r"[0-9]{1,4}[-/. ]([0-9]{1,2}|[A-Za-z]{3,9})[-/. ][0-9]{1,4}")


def is_discreet(text: str) -> bool:
    """Whether a heading or code may be repeated: nothing in it could be somebody's number, postcode or date."""
    capitals = text.upper()
    postcode = re.fullmatch(POSTCODE, capitals.strip()) or re.search(POSTCODE_IN_TEXT, capitals)
    digits = sum(c.isdigit() for c in text)
    return len(text) <= LONGEST_NAME and digits < _DIGITS_OF_A_PERSON and not postcode and not _LIKE_A_DATE.search(text)


def find_columns(text: Opened, mapping: ColumnMapping) -> tuple[Columns, list[Finding]]:
    """The columns of a file, and a refusal for each that stands twice or is missing.

    Args:
        text: the file.
        mapping: what was said about its headings; it goes before every declared name.
    """
    fields = {field.name: field for field in IMAGING.fields}
    told = {heading: name for heading, name in mapping.columns.items() if name == LEFT_OUT or name in fields}
    chosen = {name for heading, name in told.items() if heading in map(plain, text.heading)}
    of: dict[str, str] = {}
    extra: dict[str, str] = {}
    position: dict[str, int] = {}
    found: list[Finding] = []
    for place, heading in enumerate(text.heading):
        key = plain(heading)
        declared = headings().get(key, "")
        name = told.get(key, "" if declared in chosen else declared)
        if name in of:
            found.append(_twice(heading, of[name], fields[name].title))
            continue
        (of if name else extra)[name or f"extra_{place}"] = heading
        position[name or f"extra_{place}"] = place
    unknown = tuple(h for h in extra.values() if h and plain(h) not in told and plain(h) not in headings() and is_discreet(h))
    unwanted = tuple(h for h in extra.values() if plain(h) in told)
    missing = [
        refusal("missing-column", "no such column", f.help or f.allowed(), f'Add the column "{f.title}", or say which column it is.', row=1,
                column=f.title)
        for f in IMAGING.fields if f.required and f.name not in of
    ]  # fmt: skip
    return Columns(of, extra, position, text.first_row, unknown, unwanted), [*found, *missing]


def extra_notes(columns: Columns) -> list[Finding]:
    """A note of the columns that are not stored and that nobody said were not wanted."""
    names = ", ".join(shown(heading) for heading in columns.extra.values() if heading and heading not in columns.unwanted)
    mend = "Nothing need be done: they were searched for people's data and are not stored."
    return [note("extra-columns", f"the columns {names}", "the declared columns", mend, row=1)] if names else []


def _twice(heading: str, other: str, title: str) -> Finding:
    mend = "Keep one of the two columns, or rename the one that means something else."
    return refusal("repeated-column", f"{shown(heading)} beside {shown(other)}", f"one column {title}", mend, row=1)
