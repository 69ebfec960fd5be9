"""Rows of the national return summed to providers while they pass by, with the totals that the file states beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np
import pandas as pd

from data.activity import KINDS, WAITING
from data.fields import shown
from data.findings import Finding, refusal, warning
from data.sources.dm01_lines import Lines, by_value
from data.sources.national_tests import national_tests
from data.sources.reading import READING, SAID

_FIGURES = [f"done_{kind}" for kind in KINDS] + WAITING
_AGREE = 0.5
_COLLAPSE_AFTER = 32

_ROW, _OTHERS, _TESTS = "row", "commissioner", "test"
_KEY = ["organisation", _OTHERS, _TESTS, "period"]
_BITS = {"organisation": 22, _OTHERS: 23, _TESTS: 5, "period": 12}


class Sums:
    """Sums over the rows so far.

    Args:
        file: name of the file, for the findings.
        headings: heading of each column as the file writes it.
    """

    def __init__(self, file: str, headings: Mapping[str, str]) -> None:
        self._file = file
        self._headings = headings
        self._ids: dict[str, dict[object, int]] = {name: {} for name in _KEY}
        self._said: dict[str, dict[object, str]] = {name: {} for name in SAID}
        self._seen: list[tuple[np.ndarray, np.ndarray]] = []
        self._by_test = _Grouped([_TESTS, "organisation", "period"])
        self._by_part = _Grouped(["organisation", _OTHERS, "period"])
        self._totals: list[pd.DataFrame] = []
        self._england: list[pd.DataFrame] = []

    def add(self, lines: Lines, months: pd.Series[pd.Timestamp]) -> None:
        """Add rows that were found to be right one by one.

        Args:
            lines: the rows.
            months: first day of the month of each row.
        """
        raw, numbers = lines.raw, lines.numbers
        key = pd.DataFrame({
            "organisation": self._numbered("organisation", lines.codes),
            _OTHERS: self._numbered(_OTHERS, _commissioners(raw)),
            _TESTS: numbers["test_id"].astype("int64"),
            "period": self._numbered("period", months),
            _ROW: raw.index.to_numpy(),
        }, index=raw.index)  # fmt: skip
        rows = pd.concat([key, numbers[lines.counts]], axis=1)
        said = [name for name in SAID if name in raw]
        told = raw.drop_duplicates(["organisation", *said]) if said else raw.head(0)
        for name in said:
            self._said[name] |= {code.strip(): text.strip() for code, text in zip(told["organisation"], told[name], strict=True)}
        packed = _packed(key[~lines.england])
        self._seen.append((packed.to_numpy(), packed.index.to_numpy()))
        self._totals.append(rows[lines.provider_total])
        self._england.append(rows[lines.england])
        self._by_test.add(rows[lines.data], lines.counts)
        self._by_part.add(rows[lines.data], lines.counts)

    def _numbered(self, name: str, values: pd.Series[object]) -> np.ndarray:
        """A number for each value, the same in every block."""
        ids = self._ids[name]
        codes, distinct = pd.factorize(values)
        for value in distinct:
            ids.setdefault(value, len(ids))
        if len(ids) >= 1 << _BITS[name]:
            raise MemoryError  # no return has so many; the limits of the reading process say it in words
        return np.asarray(np.array([ids[value] for value in distinct], dtype="int64")[codes])

    def findings(self, header: int) -> Iterator[Finding]:
        """What only the rows together show: none at all, one given twice, totals that do not add up."""
        if self._by_test.sums().empty:
            allowed = "one row for each provider and test"
            yield refusal("no-rows", "no rows of providers below the header", allowed, "Upload the file as it was published.",
                          file=self._file, row=header)  # fmt: skip
            return
        yield from self.repeated()
        parts = self._by_part.sums()
        yield from self._differences(self._totals, parts, ["organisation", _OTHERS, "period"], "the tests of this provider")
        tests = self._by_test.sums().groupby(level=[_TESTS, "period"]).sum(skipna=False)
        months = self._by_test.sums().groupby(level="period").sum(skipna=False)
        england = [rows[rows[_TESTS].isin(list(national_tests()))] for rows in self._england]
        yield from self._differences(england, tests, [_TESTS, "period"], "all providers")
        whole = [rows[~rows[_TESTS].isin(list(national_tests()))] for rows in self._england]
        yield from self._differences(whole, months, ["period"], "all rows of one test")

    def repeated(self) -> Iterator[Finding]:
        """Rows with the key of an earlier one."""
        if not self._seen:
            return
        keys = np.concatenate([k for k, _ in self._seen])
        rows = np.concatenate([r for _, r in self._seen])
        order = np.lexsort((rows, keys))
        same = np.flatnonzero(keys[order][1:] == keys[order][:-1])
        organisations = _turned(self._ids["organisation"])
        per = "provider, commissioner, test and month" if "commissioner" in self._headings else "provider, test and month"
        for i in same:
            row, earlier = int(rows[order[i + 1]]), int(rows[order[i]])
            code = organisations[int(keys[order[i]]) >> sum(list(_BITS.values())[1:])]
            yield refusal("duplicate-row", f"{shown(code)} with the same test and month as in row {earlier}", f"one row for each {per}",
                          "Remove one of the two rows.", file=self._file, row=row, column=self._headings["organisation"])  # fmt: skip

    def frame(self) -> pd.DataFrame:
        """The sums by provider, test and month: a typed frame of `READING`; a sum of which any part is missing is NaN."""
        sums = self._by_test.sums().reset_index()
        organisation = sums["organisation"].map(_turned(self._ids["organisation"]))
        codes = {n: test.national_code for n, test in national_tests().items()}
        made = READING.typed({
            "organisation": organisation, **{name: by_value(organisation, _saying(said)) for name, said in self._said.items()},
            "national_code": sums[_TESTS].map(codes), "period": sums["period"].map(_turned(self._ids["period"])),
            **{name: sums[name] for name in _FIGURES},
        })  # fmt: skip
        order = made.assign(test=sums[_TESTS]).sort_values(["period", "organisation", "test"]).index
        return made.loc[order].reset_index(drop=True)

    def _differences(self, stated: list[pd.DataFrame], sums: pd.DataFrame, key: list[str], what: str) -> Iterator[Finding]:
        """Figures of total rows that differ from the sums of the rows they stand for."""
        rows = pd.concat(stated)
        if rows.empty:
            return
        names = list(sums.columns)
        index = pd.MultiIndex.from_frame(rows[key]) if len(key) > 1 else pd.Index(rows[key[0]])
        expected = sums.reorder_levels(key).reindex(index, fill_value=0.0) if len(key) > 1 else sums.reindex(index, fill_value=0.0)
        wrong = np.abs(rows[names].to_numpy() - expected.to_numpy()) > _AGREE
        for i, j in zip(*wrong.nonzero(), strict=True):
            mend = "A row is missing, was changed or was revised: check the file against the published one."
            yield warning("total", f"{rows[names[j]].iloc[i]:,.10g}", f"{expected.iat[i, j]:,.0f}, the sum of {what} in this file", mend,
                          file=self._file, row=int(rows[_ROW].iloc[i]), column=self._headings[names[j]])  # fmt: skip


class _Grouped:
    """Sums by some columns, kept small while rows are added."""

    def __init__(self, by: list[str]) -> None:
        self._by = by
        self._parts: list[pd.DataFrame] = []

    def add(self, rows: pd.DataFrame, figures: list[str]) -> None:
        self._parts.append(rows.groupby(self._by)[figures].sum(skipna=False))
        if len(self._parts) > _COLLAPSE_AFTER:
            self._parts = [self.sums()]

    def sums(self) -> pd.DataFrame:
        """One row for each group, the columns it is grouped by as its index."""
        if len(self._parts) != 1:
            every = pd.concat(self._parts) if self._parts else pd.DataFrame(index=pd.MultiIndex.from_arrays([[]] * len(self._by), names=self._by))
            self._parts = [every.groupby(level=self._by).sum(skipna=False)]
        return self._parts[0]


def _saying(said: Mapping[object, str]) -> Callable[[object], str]:
    return lambda code: said.get(code, "")


def _commissioners(raw: pd.DataFrame) -> pd.Series[str]:
    """The commissioner of each row, with its parent; empty in the table by provider."""
    if "commissioner" not in raw:
        return pd.Series("", index=raw.index)
    own = by_value(raw["commissioner"], str.strip)
    return own + "\t" + by_value(raw["commissioner_parent"], str.strip) if "commissioner_parent" in raw else own


def _packed(key: pd.DataFrame) -> pd.Series[int]:
    """One whole number for each row, different for different keys; the order of the parts is that of `_BITS`."""
    packed = pd.Series(0, index=key[_ROW], dtype="int64")
    for name, bits in _BITS.items():
        packed = packed * (1 << bits) + key[name].to_numpy()
    return packed


def _turned(ids: dict[object, int]) -> dict[int, object]:
    return {number: value for value, number in ids.items()}
