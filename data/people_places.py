"""Where people's data stands in a table: below which heading, and whether a postcode is that of a place and not of a person."""

from __future__ import annotations

import re
from collections.abc import Iterator

from data.people_columns import NAMES, NHS_NUMBERS, POSTCODES, WHOLE_POSTCODE, Suspicion, plain_text
from data.people_rules import HEADER_WORDS, PATIENT_WORDS, PLACE_WORDS, POSTCODE_IN_TEXT, kind_of_header, plain_header

_FEWEST_DIGITS = 7
_BEFORE = ("", "patient", "patients", "home", "usual", "person", "pt")


def is_own_heading(heading: str) -> bool:
    """Whether a heading is only the words of the rules, so that it can be shown without showing anything of a person."""
    plain = plain_header(heading)
    return any(plain == before + word for words in HEADER_WORDS.values() for word in words for before in _BEFORE)


def below_heading(rows: Iterator[tuple[int, list[str]]], column: int, suspicion: Suspicion, *, forms: bool) -> tuple[int, str]:
    """Row of the first value of the kind below a heading, and the heading; 0 where there is none.

    Args:
        rows: of the sheet or file.
        column: of the heading, counted from 0.
        suspicion: which headings say which kind.
        forms: whether the value may stand beside its heading, alone with it in a row.
    """
    heading = ""
    for row, cells in rows:
        cell = cells[column].strip() if column < len(cells) else ""
        if plain_text(cell) in suspicion.values:
            heading = cell
            beside = [c.strip() for c in cells[column + 1 :] if c.strip()]
            alone = forms and len(beside) == 1 and not any(c.strip() for c in cells[:column])
            if alone and not kind_of_header(beside[0]) and _is_of(suspicion.kind, beside[0], heading):
                return row, heading
        elif heading and cell and not kind_of_header(cell) and _is_of(suspicion.kind, cell, heading):
            return row, heading
    return 0, ""


def _is_of(kind: str, cell: str, heading: str) -> bool:
    if kind == NHS_NUMBERS:
        return sum(c.isdigit() for c in cell) >= _FEWEST_DIGITS and not any(c.isalpha() and c not in "eE" for c in cell)
    if kind == NAMES:
        return any(c.isalpha() for c in cell)
    if kind == POSTCODES and "address" not in plain_header(heading):
        return has_postcode(cell)
    return True


def has_postcode(cell: str) -> bool:
    """Whether a full postcode stands in a text."""
    return bool(re.match(WHOLE_POSTCODE, cell) or re.search(POSTCODE_IN_TEXT, cell))


def is_register_of_places(rows: Iterator[tuple[int, list[str]]], column: int) -> bool:
    """Whether the postcodes of a column are those of places: its table names places, says nothing of patients, and each has one postcode.

    Args:
        rows: of the table.
        column: of the postcodes, counted from 0.
    """
    headings: list[str] = []
    known: dict[int, dict[str, str]] = {}
    for _, cells in rows:
        cell = plain_text(cells[column]).strip() if column < len(cells) else ""
        if cell and not has_postcode(cell) and not known:
            headings = [plain_header(c) for c in cells]
        elif cell:
            if not known:
                known = {i: {} for i, h in enumerate(headings) if i != column and any(word in h for word in PLACE_WORDS)}
                if not known or any(word in h for h in headings for word in PATIENT_WORDS):
                    return False
            known = {i: places for i, places in known.items() if _has_one(places, cells[i] if i < len(cells) else "", cell)}
            if not known:
                return False
    return bool(known)


def _has_one(places: dict[str, str], place: str, postcode: str) -> bool:
    return bool(place.strip()) and places.setdefault(place.strip(), postcode) == postcode
