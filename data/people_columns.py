"""A column searched for people's data, a block of values at a time; only different values are looked at, and nearly all by compiled code."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from statistics import median

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.people_rules import (
    BIRTH_AGES,
    BIRTH_CANDIDATES,
    BIRTH_SHARE,
    FREE_TEXT,
    NHS_NUMBER_CANDIDATES,
    NHS_NUMBER_IN_TEXT,
    NHS_NUMBER_WEIGHTS,
    POSTCODE,
    POSTCODE_CANDIDATES,
    POSTCODE_IN_TEXT,
    POSTCODE_SHARE,
    PSEUDONYM_WORDS,
    kind_of_header,
    nhs_number_verdict,
    plain_header,
)

NHS_NUMBERS, NAMES, BIRTH_DATES, POSTCODES = "NHS numbers", "names", "birth dates", "full postcodes"

WHOLE_POSTCODE = rf"(?i)^\s*(?:{POSTCODE})\s*$"
"""A cell that holds a postcode and nothing else, in any letters."""

_WHOLE = r"^['\s]*[0-9](?:[\s'\-]{0,2}[0-9]){9}(?:\.0+)?['\s]*$"
_SCIENTIFIC = r"^[0-9]\.[0-9]{6,9}[eE]\+?0?9$"
_HEADING = r"(?i)name|nhs|chi|birth|d\.?o\.?b|born|post|address|kin|zip|nnn|h ?&? ?c"
_NAMED = r"(?i)\b(?:surname|forename|first name|last name|family name|given name|patient(?:'s)? name|name of patient)\s*[:=]\s*[a-z]"
_BORN = (
    r"(?i)\b(?:date of birth|birth date|d\.?o\.?b\b\.?|born(?: on)?)\s*[:=]?\s*"
    r"(?:[0-9]{1,2}[-/. ](?:[0-9]{1,2}|[a-z]{3,9})[-/. ][0-9]{2,4}|[0-9]{4}-[0-9]{2}-[0-9]{2})"
)
_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}|^[0-9]{1,2}[-/. ](?:[0-9]{1,2}|[A-Za-z]{3,9})[-/. ][0-9]{4}\b|^(?:19|20)[0-9]{2}[01][0-9][0-3][0-9]$"
_YEAR = re.compile(r"(?:^|[-/. ])((?:18|19|20)\d\d)(?=$|\D)|^((?:19|20)\d\d)\d{4}$")
_IN_TEXT = re.compile(r"(?<![0-9A-Za-z])(?<![0-9][-./,:])[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{4}(?![0-9A-Za-z])(?![-./,:][0-9])")
"""As `NHS_NUMBER_IN_TEXT`, but not inside a longer number (12.3456789012, 1234567890-12)."""
_IN_NAME = re.compile(r"(?<![0-9])[0-9]{3}[ _.-]?[0-9]{3}[ _.-]?[0-9]{4}(?![0-9])")
_PUT_OUT = "(number left out)"
_GROUPED = "[0-9]{3}[ -][0-9]{3}[ -][0-9]{4}"
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u00ad"), "-")
_QUOTES = dict.fromkeys(map(ord, "\u2018\u2019\u201b\u00b4\u02bc`"), "'")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"))
_PLAIN = _DASHES | _QUOTES | _INVISIBLE
_LONGEST_HEADING = 40
_FEWEST_LETTERS, _FEWEST_CHARACTERS = 3, 5
_DATES_KEPT = 5_000
_FEW = 200


@dataclass(frozen=True)
class Suspicion:
    """What a column seems to hold.

    Attributes:
        kind: what, in words.
        certain: False where somebody should look.
        values: cells that say so, for finding where they stand; never shown.
        is_heading: True where the cell is a heading, and what counts is whether anything stands below it.
    """

    kind: str
    certain: bool
    values: frozenset[str]
    is_heading: bool = False


@dataclass
class ColumnScan:
    """One column of a file, fed block by block and judged at the end.

    Attributes:
        heading: what stands above it, where that is known.
        filled: how many different values it holds (in each block).
    """

    heading: str = ""
    filled: int = 0
    _whole: int = 0
    _valid: int = 0
    _in_text: int = 0
    _valid_in_text: int = 0
    _codes: int = 0
    _dated: int = 0
    _dates: list[str] = field(default_factory=list)
    _first: dict[str, str] = field(default_factory=dict)
    _headings: dict[str, set[str]] = field(default_factory=dict)

    def feed(self, values: pa.Array) -> None:
        """Search some values: text or null, any number of them."""
        different = pc.unique(values).drop_null()
        self.filled += len(different)
        different = different.filter(pc.greater_equal(pc.binary_length(different), _FEWEST_LETTERS))
        if not len(different):
            return
        is_ascii = pc.string_is_ascii(different)
        if not pc.all(is_ascii, min_count=0).as_py():
            different = pa.array([plain_text(v) for v in different.to_pylist()], pa.string())
        self._search_headings(different)
        longer = different.filter(pc.greater_equal(pc.binary_length(different), _FEWEST_CHARACTERS))
        self._search_numbers(longer)
        self._search_postcodes(longer)
        self._search_births(longer)

    def suspicions(self, today: date) -> Iterator[Suspicion]:
        """What the column seems to hold, after all of it was fed."""
        for kind, values in self._headings.items():
            yield Suspicion(kind, True, frozenset(values), is_heading=True)
        yield from self._numbers()
        if "postcode" in self._first:
            yield self._suspicion(POSTCODES, "postcode")
        elif self._codes and self._codes >= POSTCODE_SHARE * self.filled and (self._codes >= POSTCODE_CANDIDATES or self._codes == self.filled):
            yield self._suspicion(POSTCODES, "code")
        for kind, label in ((NAMES, "named"), (BIRTH_DATES, "born")):
            if label in self._first:
                yield self._suspicion(kind, label)
        if self._dated >= BIRTH_CANDIDATES and self._dated >= BIRTH_SHARE * self.filled and self._are_births(today):
            yield self._suspicion(BIRTH_DATES, "date")

    def _numbers(self) -> Iterator[Suspicion]:
        few = self._whole < NHS_NUMBER_CANDIDATES
        verdict = nhs_number_verdict(self._whole, self._valid)
        if few and verdict == "refuse" and self._of_pseudonyms and "grouped" not in self._first:
            verdict = "ask"
        if verdict != "accept":
            yield self._suspicion(NHS_NUMBERS, "whole", certain=verdict == "refuse" or (few and "grouped" in self._first))
        verdict = nhs_number_verdict(self._in_text, self._valid_in_text)
        if "free text" in self._first:
            yield self._suspicion(NHS_NUMBERS, "free text")
        elif self._valid_in_text and self._in_text < NHS_NUMBER_CANDIDATES:
            yield self._suspicion(NHS_NUMBERS, "text")
        elif verdict != "accept":
            yield self._suspicion(NHS_NUMBERS, "text", certain=verdict == "refuse")

    @property
    def _of_pseudonyms(self) -> bool:
        return any(word in plain_header(self.heading) for word in PSEUDONYM_WORDS)

    def _suspicion(self, kind: str, label: str, certain: bool = True) -> Suspicion:
        return Suspicion(kind, certain, frozenset([self._first[label]]))

    def _keep(self, label: str, values: pa.Array | list[str]) -> None:
        if len(values) and label not in self._first:
            self._first[label] = str(values[0])

    def _search_numbers(self, texts: pa.Array) -> None:
        is_whole = pc.or_(_matches(texts, _WHOLE), _matches(texts, _SCIENTIFIC))
        whole = texts.filter(is_whole)
        if len(whole):
            right = _valid(_digits(whole))
            passing = whole.filter(pa.array(right))
            self._whole += len(whole)
            self._valid += len(passing)
            self._keep("whole", passing)
            self._keep("grouped", passing.filter(_matches(passing, _GROUPED)))
        others = texts.filter(pc.invert(is_whole))
        for text in others.filter(_matches(others, NHS_NUMBER_IN_TEXT)).to_pylist():
            self._search_text(text)

    def _search_text(self, text: str) -> None:
        numbers = _IN_TEXT.findall(text)
        right = _valid([re.sub("[ -]", "", n) for n in numbers])
        self._in_text += len(numbers)
        self._valid_in_text += int(right.sum())
        passing = [n for n, ok in zip(numbers, right, strict=True) if ok]
        self._keep("text", [text] if passing else [])
        free = bool(passing) and (re.search(FREE_TEXT, text) or any(re.search(_GROUPED, n) for n in passing))
        self._keep("free text", [text] if free else [])

    def _search_postcodes(self, texts: pa.Array) -> None:
        short = texts.filter(pc.less_equal(pc.binary_length(texts), 12))
        codes = short.filter(_matches(short, WHOLE_POSTCODE))
        self._codes += len(codes)
        self._keep("code", codes)
        self._keep("postcode", codes.filter(_matches(codes, r"\S \S")))
        spaced = texts.filter(pc.match_substring(texts, " "))
        self._keep("postcode", spaced.filter(_matches(spaced, POSTCODE_IN_TEXT)))

    def _search_births(self, texts: pa.Array) -> None:
        dates = texts.filter(_matches(texts, _DATE))
        self._dated += len(dates)
        self._dates += dates[: max(0, _DATES_KEPT - len(self._dates))].to_pylist()
        self._keep("date", dates)

    def _are_births(self, today: date) -> bool:
        found = [_YEAR.search(d) for d in self._dates]
        years = [int(m[1] or m[2]) for m in found if m]
        if len(years) < BIRTH_CANDIDATES or not all(1900 <= y <= today.year for y in years):
            return False
        return BIRTH_AGES[0] <= today.year - median(years) <= BIRTH_AGES[1]

    def _search_headings(self, texts: pa.Array) -> None:
        likely = texts.filter(_matches(texts, _HEADING))
        for text in likely.filter(pc.less_equal(pc.binary_length(likely), _LONGEST_HEADING)).to_pylist():
            kind = kind_of_header(text)
            if kind in (NHS_NUMBERS, NAMES, BIRTH_DATES, POSTCODES):
                self._headings.setdefault(kind, set()).add(text)
        self._keep("named", likely.filter(_matches(likely, _NAMED)))
        self._keep("born", likely.filter(_matches(likely, _BORN)))


def _matches(texts: pa.Array, pattern: str) -> pa.Array:
    """Which texts a pattern is found in. For a few of them the compiled search takes longer to set up than Python takes to look."""
    if len(texts) > _FEW:
        return pc.match_substring_regex(texts, pattern)
    return pa.array([re.search(pattern, text) is not None for text in texts.to_pylist()], pa.bool_())


def plain_text(text: str) -> str:
    """Text with its digits, spaces, dashes and apostrophes in their plain form: full-width digits and hard spaces hide nothing."""
    return unicodedata.normalize("NFKC", text).translate(_PLAIN)


def without_numbers(text: str) -> str:
    """The name of a file, which is shown and kept, with every number that can be a person's put out; as it is where there is none."""
    plain = plain_text(text)
    without = _IN_NAME.sub(lambda found: _PUT_OUT if _valid(["".join(c for c in found[0] if c.isdigit())]).any() else found[0], plain)
    return text if without == plain else without


def _digits(whole: pa.Array) -> list[str]:
    """The ten digits of numbers however they are written; of one in scientific notation as far as they are kept."""
    texts = pc.replace_substring_regex(whole, r"\.0+[\s']*$", "")
    scientific = _matches(texts, _SCIENTIFIC)
    digits: list[str] = pc.replace_substring_regex(texts, "[^0-9]", "").to_pylist()
    for i in np.flatnonzero(scientific.to_numpy(zero_copy_only=False)):
        digits[i] = f"{float(texts[i].as_py()):010.0f}"
    return digits


def _valid(numbers: list[str]) -> np.ndarray:
    """Which of some numbers of ten digits can be a person's: the check digit is right.

    None is where all digits are the same, nor where one begins as the Scottish ones do, with a day, and no month follows.
    """
    digits = np.frombuffer("".join(numbers).encode(), np.uint8).reshape(-1, 10).astype(np.int64) - ord("0")
    day, month = digits[:, 0] * 10 + digits[:, 1], digits[:, 2] * 10 + digits[:, 3]
    dated = (day >= 1) & (month >= 1) & (month <= 12)
    expected = 11 - (digits[:, :9] @ np.array(NHS_NUMBER_WEIGHTS)) % 11
    right: np.ndarray = np.where(expected == 11, 0, expected) == digits[:, 9]
    result: np.ndarray = right & (digits != digits[:, :1]).any(axis=1) & (dated | (day > 31))
    return result
