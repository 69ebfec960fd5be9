"""Whatever an extract holds, its parts add up to the file, and nothing is in two of them."""

import tempfile
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.networks.examinations import NOT_DONE, as_csv, read, rows

PLACES = st.sampled_from([{"organisation": "AAA", "site": "a1", "scanner_id": "007"}, {"organisation": "BBB", "site": "b1", "scanner_id": "x2"}])
TESTS = st.sampled_from(["ct", "CT", "Computed Tomography", "be", "MRI", "x-ray"])
FORMS = ("%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%d/%m/%Y %H:%M")


@st.composite
def examinations(draw):
    start = datetime.combine(draw(st.dates(date(2025, 1, 1), date(2026, 10, 31))), draw(st.times()).replace(second=0, microsecond=0, tzinfo=None))
    form = draw(st.sampled_from(FORMS))
    place = {**draw(PLACES), "test": draw(TESTS), "requested": f"{start - timedelta(days=draw(st.integers(0, 90))):{form}}"}
    if draw(st.booleans()):
        return {**place, **NOT_DONE, "booked": f"{start:{form}}", "outcome": draw(st.sampled_from(["dna", "cancelled by patient"]))}, start
    end = start + timedelta(minutes=draw(st.integers(1, 359)))
    return {**place, "scanned_start": f"{start:{form}}", "scanned_end": f"{end:{form}}", "reported": ""}, start


@settings(max_examples=8)
@given(st.lists(examinations(), min_size=1, max_size=30), st.sampled_from([",", ";", "\t"]))
def test_parts_hold_every_row_once(made, delimiter):
    lines = rows(*({**row, "requested": row["requested"]} for row, _ in made))
    with tempfile.TemporaryDirectory() as folder:
        reading = read(as_csv(lines, delimiter=delimiter), Path(folder))
        assert not reading.is_refused, reading.findings.summary()
        kept = {line["examination_id"]: start for line, (_, start) in zip(lines, made, strict=True) if line["test"] not in ("MRI", "x-ray")}
        assert reading.rows == len(lines)
        assert reading.left_out == len(lines) - len(kept)
        found = {}
        for part in reading.parts:
            with duckdb.connect() as connection:
                ids = connection.execute("SELECT examination_id, organisation FROM read_parquet($p)", {"p": str(part.path)}).fetchall()
            assert len(ids) == part.rows
            assert {organisation for _, organisation in ids} == {part.organisation}
            assert not found.keys() & {i for i, _ in ids}
            found.update((i, part.month) for i, _ in ids)
        assert found == {i: f"{start:%Y-%m}" for i, start in kept.items()}


@settings(max_examples=20)
@given(st.binary(max_size=400), st.sampled_from([b"", b"examination_id,organisation,site,test,requested,scanned_start,outcome\n"]))
def test_any_bytes_are_refused_in_words_or_read(content, heading):
    with tempfile.TemporaryDirectory() as folder:
        reading = read(heading + content, Path(folder))
        assert reading.is_refused or reading.parts or reading.left_out == reading.rows
