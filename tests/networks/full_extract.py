"""The monthly return as text, made for tests: the full extract of thirty columns and the table by provider, with invented figures."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
from collections.abc import Sequence

from data.sources.national_tests import national_tests

Row = dict[str, str]

BANDS = ["00 < 01 Week", *(f"{k:02d} < {k + 1:02d} Weeks" for k in range(1, 13)), "13+ Weeks"]
ACTIVITY = ["Waiting List Activity", "Planned Activity", "Unscheduled Activity"]
COUNTS = [*BANDS, "Total WL", *ACTIVITY, "Total Activity"]
EXTRACT = [
    "Period", "Provider Parent Org Code", "Provider Parent Name", "Provider Org Code", "Provider Org Name", "Commissioner Parent Org Code",
    "Commissioner Parent Name", "Commissioner Org Code", "Commissioner Org Name", "Diagnostic Tests Sort Order", "Diagnostic Tests", *COUNTS,
]  # fmt: skip

TIDY_BANDS = ["wl_00_01w", *(f"wl_{k:02d}_{k + 1:02d}w" for k in range(1, 13)), "wl_13w_plus"]
TIDY_ACTIVITY = ["act_waiting_list", "act_planned", "act_unscheduled"]
TIDY = [
    "period", "region_code", "region_name", "provider_code", "provider_name", "test_id", "test_code", "test_name", "wl_total", "wl_6w_plus",
    *TIDY_BANDS, *TIDY_ACTIVITY, "act_total", "pct_6w_plus",
]  # fmt: skip


def figures(*seed: int) -> list[int]:
    """Fourteen bands and three kinds of activity: small, and different from row to row."""
    mixed = sum((k + 1) * 7919 * (s + 1) for k, s in enumerate(seed))
    return [(mixed * (k + 3) // 7) % (97 - 5 * k) for k in range(14)] + [(mixed // 11) % 311, (mixed // 13) % 53, (mixed // 17) % 71]


def extract_rows(
    months: Sequence[str] = ("MARCH-2026",), providers: Sequence[str] = ("AAA", "BBB"), commissioners: Sequence[str] = ("01A", "02B", "99C"),
    tests: Sequence[int] = (1, 2, 7, 15), *, long_names: bool = False, totals: bool = True,
) -> list[Row]:  # fmt: skip
    """One row for each month, provider, commissioner and test; after each commissioner's tests their total, sort order 16."""
    rows: list[Row] = []
    for m, month in enumerate(months):
        for p, provider in enumerate(providers):
            for c, commissioner in enumerate(commissioners):
                every = [figures(m, p, c, t) for t in tests]
                names = [national_tests()[t].name.upper() if long_names else national_tests()[t].national_code for t in tests]
                rows += [_extract_row(month, provider, commissioner, t, n, f) for t, n, f in zip(tests, names, every, strict=True)]
                if totals:
                    rows.append(_extract_row(month, provider, commissioner, 16, "TOTAL", [sum(f) for f in zip(*every, strict=True)]))
    return rows


def _extract_row(month: str, provider: str, commissioner: str, order: int, name: str, counts: list[int]) -> Row:
    cells = [
        f"DM01-{month}", "Y1", "REGION, NORTH", provider, f"{provider} NHS TRUST", "Q1", "NHS EAST, WEST AND NORTH ICB", commissioner,
        f"SUB ICB {commissioner}", str(order), name, *map(str, counts[:14]), str(sum(counts[:14])), *map(str, counts[14:]), str(sum(counts[14:])),
    ]  # fmt: skip
    return dict(zip(EXTRACT, cells, strict=True))


def tidy_rows(
    months: Sequence[str] = ("2025-02-01", "2025-03-01"), providers: Sequence[str] = ("AAA", "BBB"), tests: Sequence[int] = (1, 2, 7)
) -> list[Row]:  # fmt: skip
    """One row for each month, provider and test, in the columns of the published table by provider."""
    rows = []
    for m, month in enumerate(months):
        for p, provider in enumerate(providers):
            for t in tests:
                counts, test = figures(m, p, t), national_tests()[t]
                total, six = sum(counts[:14]), sum(counts[6:14])
                cells = [month, "Y1", "Region, north", provider, f"{provider} NHS Trust", t, test.national_code, test.name, total, six,
                         *counts, sum(counts[14:]), f"{six / total:.5f}" if total else ""]  # fmt: skip
                rows.append(dict(zip(TIDY, map(str, cells), strict=True)))
    return rows


def as_csv(rows: Sequence[Row], *, headings: dict[str, str] | None = None, delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    """The rows as text; `headings` writes some columns under other names."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow([(headings or {}).get(name, name) for name in rows[0]])
    writer.writerows(row.values() for row in rows)
    return text.getvalue().encode(encoding)


def as_zip(*files: tuple[str, bytes]) -> bytes:
    """A zip archive of some files."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return made.getvalue()


def as_gzip(content: bytes) -> bytes:
    """The same content packed with gzip."""
    return gzip.compress(content, mtime=0)


def with_value(rows: Sequence[Row], row: int, column: str, value: str) -> list[Row]:
    """The rows with one cell changed; the row as a spreadsheet numbers it, the header being row 1."""
    return [{**r, column: value} if i == row else r for i, r in enumerate(rows, start=2)]
