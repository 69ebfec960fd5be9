"""Work in planned sessions, added up beforehand, is what one plain query over every row counts, whatever is filtered."""

import tempfile
from functools import cache
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.sources.imaging import ACUTE, PARTS_OF_DAY, SOURCES
from data.store.imaging_planned import LISTS, planned, summed_up

PLAIN = """
WITH done AS (
    SELECT *, len(list_filter($hours::INTEGER[], lambda hour: start_second >= 3600 * hour)) AS part, minutes::DOUBLE AS length
    FROM read_parquet($paths)
    WHERE outcome = 'done' AND scanner_id IS NOT NULL AND ($tests::VARCHAR[] IS NULL OR list_contains($tests::VARCHAR[], test))
        AND ($sources::VARCHAR[] IS NULL OR list_contains($sources::VARCHAR[], source_of_referral))
),
planned AS (
    SELECT site, scanner_id, day, part, min(start_second) AS first, max(start_second + 60 * length) AS last
    FROM done WHERE list_contains($lists::VARCHAR[], source_of_referral) AND length > 0 GROUP BY ALL
),
within AS (
    SELECT
        site, test, scanner_id, day, part, first, count(length) AS n, coalesce(sum(length), 0) AS scanned,
        max(start_second / 60 + coalesce(length, 0)) AS ended, count(*) FILTER (list_contains($acute::VARCHAR[], source_of_referral)) AS acute
    FROM done JOIN planned USING (site, scanner_id, day, part) WHERE start_second >= first AND start_second < last GROUP BY ALL
),
whole AS (SELECT site, scanner_id, day, part, max(ended) - any_value(first) / 60 AS minutes, sum(scanned) AS every FROM within GROUP BY ALL)
SELECT
    site, test, scanner_id, day, sum(scanned) AS minutes_scanned, sum(minutes * scanned / every) AS minutes_open, sum(acute)::BIGINT AS acute,
    sum(n)::BIGINT AS n
FROM within JOIN whole USING (site, scanner_id, day, part)
WHERE $sites::VARCHAR[] IS NULL OR list_contains($sites::VARCHAR[], site)
GROUP BY ALL ORDER BY ALL
"""

TESTS, SITES = ("ct", "mr", "us"), ("a1", "a2")
SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("site", "scanner_id", "test", "source_of_referral", "outcome")]
    + [("day", pa.date32()), ("start_second", pa.int32()), ("minutes", pa.float32())]
)  # fmt: skip

an_examination = st.tuples(
    st.sampled_from(SITES), st.sampled_from(["1", "1", "2", None]), st.sampled_from(TESTS), st.sampled_from([*SOURCES, *LISTS, *LISTS, None]),
    st.sampled_from(["done", "done", "done", "dna"]), st.sampled_from([20_500, 20_501]),
    st.one_of(st.integers(7 * 60, 18 * 60).map(lambda minute: 60 * minute), st.integers(0, 86_399)),
    st.one_of(st.sampled_from([None, 0.0, 20.0, 360.0]), st.integers(1, 7_200).map(lambda seconds: seconds / 60)),
)  # fmt: skip
an_extract = st.lists(an_examination, min_size=1, max_size=60)


def write(folder, k, examinations):
    """A part as the store keeps it, as far as this pattern looks at it."""
    path = folder / "ab" / f"{k}.parquet"
    path.parent.mkdir(exist_ok=True)
    columns = dict(zip(SCHEMA.names, zip(*examinations, strict=True), strict=True))
    pq.write_table(pa.table({name: pa.array(list(column), SCHEMA.field(name).type) for name, column in columns.items()}), path)
    return path


@cache
def asking():
    return duckdb.connect(config={"threads": 1})


def counted(paths, sites, tests, sources):
    values = {"paths": [str(p) for p in paths], "sites": sites, "tests": tests, "sources": sources, "lists": list(LISTS), "acute": list(ACUTE),
              "hours": list(PARTS_OF_DAY.values())[1:]}  # fmt: skip
    return asking().execute(PLAIN, values).df()


def same(found, expected):
    """Equal rows; minutes open, a sum of quotients, but for the last digit."""
    assert found.columns.tolist() == expected.columns.tolist()
    assert [list(row) for row in found.assign(day=pd.to_datetime(found["day"])).itertuples(index=False)] == [
        [pytest.approx(v, rel=1e-12) if name == "minutes_open" else v for name, v in zip(expected.columns, row, strict=True)]
        for row in expected.itertuples(index=False)
    ]


@given(
    an_extract, an_extract, st.sampled_from([None, None, ["a1"], ["a2", "b1"], []]), st.sampled_from([None, None, ["ct"], ["ct", "us"], []]),
    st.sampled_from([None, None, ["gp"], ["outpatient"], ["emergency"], ["gp", "inpatient"], [*LISTS], []]),
)  # fmt: skip
def test_work_in_planned_sessions_is_what_a_plain_query_counts_under_every_filter(first, second, sites, tests, sources):
    with tempfile.TemporaryDirectory() as folder:
        # Parts are of different organisations or months, so that no scanner's day is in two of them.
        paths = [write(Path(folder), 1, first), write(Path(folder), 2, [("b1", *row[1:]) for row in second])]
        same(planned(paths, sites, tests, sources), counted(paths, sites, tests, sources))


@settings(max_examples=10)
@given(an_extract)
def test_what_was_added_up_is_read_again_and_made_again_where_it_is_missing_or_empty(examinations):
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder), 1, examinations)
        made = summed_up([path])[0]
        (beside,) = path.parent.glob("1.planned-*.parquet")
        written = beside.stat().st_mtime_ns
        assert summed_up([path])[0].equals(made)
        assert beside.stat().st_mtime_ns == written
        for damage in (beside.unlink, lambda: beside.write_bytes(b"")):
            damage()
            assert summed_up([path])[0].equals(made)
            assert pq.read_table(beside).equals(made)
