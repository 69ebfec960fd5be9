"""What a network calls the things a local file names: organisations, sites, tests and priority classes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from data.dataset import Dataset
from data.fields import shown
from data.findings import Finding, refusal, warning
from data.sources.local_reading import LocalReading
from data.sources.mapping import LEFT_OUT, ColumnMapping, proposed_value
from data.sources.national_tests import national_tests, plain
from data.waiting_lists import NOT_STATED, PRIORITIES

_OLD_SUFFIX = "00"
"""Some systems write an organisation's code as a site's: with two zeros after it."""

_LISTED = 12
PRIORITY_FIELDS = ("priority", "priority_type", "cancer")


@dataclass(frozen=True)
class Names:
    """How a dataset's network explains the codes of a file.

    Attributes:
        dataset: the dataset the file is taken into.
        mapping: what was said about the file's names; it goes before every other name.
    """

    dataset: Dataset
    mapping: ColumnMapping

    def ours(self, column: str, theirs: str) -> str | None:
        """Our identifier, `LEFT_OUT` where rows with the value are not wanted or state nothing, None where nobody knows it."""
        told = self.mapping.value(column, theirs)
        if told is not None:
            return told
        known = self.known(column)
        if column == "band" and not known:  # no scale is loaded that a band could be one of
            return theirs
        found = known.get(plain(theirs))
        if found is None and column == "organisation" and theirs.endswith(_OLD_SUFFIX):
            found = known.get(plain(theirs.removesuffix(_OLD_SUFFIX)))
        if found is None and column in ("site", "band", *PRIORITY_FIELDS) and not theirs:
            return LEFT_OUT
        return found

    def known(self, column: str) -> Mapping[str, str]:
        """Every known name of a column, reduced to letters and digits → our identifier."""
        return self._known[column]

    def choices(self, column: str) -> dict[str, list[str]]:
        """Our identifiers of a column with their names, to choose from."""
        chosen: dict[str, list[str]] = {}
        for name, ours in self.known(column).items():
            if ours != LEFT_OUT:
                chosen.setdefault(ours, []).append(name)
        if column in PRIORITY_FIELDS:
            chosen = {p: [plain(t)] for p, t in self.classes.items()}
        return chosen

    def proposal(self, column: str, theirs: str) -> str | None:
        """The identifier whose names are most like theirs, never taken unasked."""
        return proposed_value(theirs, self.choices(column))

    @cached_property
    def classes(self) -> dict[str, str]:
        """Priority classes in force: identifier → title."""
        rows = self.dataset.local.priorities
        return dict(zip(rows["priority"], rows["title"], strict=True))

    @cached_property
    def _known(self) -> dict[str, dict[str, str]]:
        network = self.dataset.network
        known = {c: _named(network.titles(table)) for c, table in (("organisation", "organisations"), ("site", "sites"))}
        known["test"] = self._tests()
        codes = self.dataset.local.priority_codes
        for field in PRIORITY_FIELDS:
            rows = codes[codes["field"] == field]
            known[field] = {plain(c): p for c, p in zip(rows["code"], rows["priority"], strict=True)}
        known["band"] = {plain(band): band for band in network["pay"]["band"]}
        known["route"] = _named(network.titles("routes"))
        known["staff_group"] = _named(network.titles("staff_groups"))
        known["asset_type"] = _named(network.titles("asset_types"))
        return known

    def _tests(self) -> dict[str, str]:
        """Tests by identifier, title and national names; a national test the network does not have is left out."""
        tests = self.dataset.network["tests"]
        by_code = {c: t for c, t in zip(tests["national_code"], tests["test"], strict=True) if c}
        national = {name: by_code.get(test.national_code, LEFT_OUT) for test in national_tests().values() for name in test.names}
        return national | _named(dict(zip(tests["test"], tests["title"], strict=True)))

    def explain(
        self, reading: LocalReading, columns: Iterable[str], *, optional: Iterable[str] = ()
    ) -> tuple[dict[str, dict[str, str]], list[Finding]]:  # fmt: skip
        """Our value for every code of a reading.

        Args:
            reading: with its frame `values`.
            columns: the columns to explain.
            optional: those of them where an unknown code counts as not stated and is only reported.

        Returns:
            Column → their value → ours, and one finding for each code nobody knows, at the row where it stands first.
        """
        values = reading.frames["values"]
        explained: dict[str, dict[str, str]] = {}
        found: list[Finding] = []
        for column in columns:
            rows = values[values["field"] == column]
            explained[column] = {v: LEFT_OUT if (ours := self.ours(column, v)) is None else ours for v in rows["value"]}
            unknown = [row for row in rows.itertuples() if self.ours(column, row.value) is None]
            found += [self._unknown(reading, column, row, refused=column not in set(optional)) for row in unknown]
        return explained, found

    def _unknown(self, reading: LocalReading, column: str, value: Any, *, refused: bool) -> Finding:
        choices = list(self.choices(column))
        allowed = "one of " + ", ".join(choices[:_LISTED]) + (f" and {len(choices) - _LISTED} more" if len(choices) > _LISTED else "")
        like = self.proposal(column, value.value) if value.value else None
        found = (shown(value.value) if value.value else "an empty cell") + (f" (in {value.rows:,} rows)" if value.rows > 1 else "")
        mend = (f"Is it {like}? " if like else "") + "Say once what it means; it is remembered."
        if column == "organisation":
            mend = (f"Is it {like}? " if like else "") + "Remove the rows of organisations outside the network, or say once which one it is."
        make = refusal if refused else warning
        rule = f"unknown-{column.replace('_', '-')}"
        return make(rule, found, allowed, mend if refused else mend + " Until then it counts as not stated.",
                    file=reading.file, row=int(value.row), column=value.heading)  # fmt: skip

    def priority_of(self, rows: pd.DataFrame) -> pd.Series[str]:
        """Class of each row: the first of the priority columns, in the order of the table of codes, that states one."""
        order = [f for f in dict.fromkeys(self.dataset.local.priority_codes["field"]) if f in rows]
        result = pd.Series([""] * len(rows), index=rows.index, dtype="str")
        for field in order:
            meant = rows[field].map({v: self.ours(field, v) or LEFT_OUT for v in rows[field].unique()}).astype("str")
            result = result.where(result != "", meant)
        return result.where(result != "", NOT_STATED)


def _named(titles: Mapping[str, str]) -> dict[str, str]:
    """Reduced titles and identifiers → identifier; an identifier wins over a title that is written alike."""
    return {plain(title): key for key, title in titles.items() if title} | {plain(key): key for key in titles}


def unknown_classes(dataset: Dataset) -> list[str]:
    """Classes that the codes of a dataset name and its table of classes does not hold."""
    known = set(dataset.local[PRIORITIES.name]["priority"]) or set(dataset.local.priorities["priority"])
    return sorted(set(dataset.local.priority_codes["priority"]) - known)
