"""Patterns of the imaging dataset: thirteen examinations, every answer counted by hand."""

from datetime import UTC, datetime

import pandas as pd
import pytest

from data.errors import NotAllowed, Refused
from data.sources.imaging import PARTS_OF_DAY, ImagingReading
from data.store import SINGLE_USER, imaging_planned
from data.store.imaging import PATTERNS, Filters
from data.working_days import WorkingDays
from tests.networks.examinations import NOT_DONE, as_csv, read, rows
from tests.unit.store_fixtures import ADMIN, NETWORK_PLANNER, ONE, OTHER, VIEWER

CALENDAR = WorkingDays("GB", "ENG")


def seen(day, start, end, **change):
    """An examination in May 2026; the fifth is a Tuesday."""
    at = {"scanned_start": f"2026-05-{day:02d} {start}", "scanned_end": f"2026-05-{day:02d} {end}" if end else ""}
    return {"requested": f"2026-05-{day:02d}", "reported": "", **at, **change}


ACUTE = {"booked": ""}
BETA = {"organisation": "BBB", "site": "b1", "scanner_id": "x2"}
EXTRACT = rows(
    seen(5, "09:00", "09:20", requested="2026-04-20", reported="2026-05-06 09:00"),
    seen(5, "09:30", "10:00", requested="2026-03-01", reported="2026-05-05 21:30", source_of_referral="gp"),
    seen(5, "11:00", "11:40", requested="2026-05-05 08:00", reported="2026-06-02 11:00", source_of_referral="inpatient", **ACUTE),
    seen(5, "14:00", "14:10", requested="2026-05-05 13:00", reported="2026-05-05 15:12", source_of_referral="emergency", **ACUTE),
    seen(6, "18:00", "18:30"),
    seen(8, "09:00", "", requested="2026-05-07"),
    {**NOT_DONE, "booked": "2026-05-05 10:00", "outcome": "dna"},
    {**NOT_DONE, "booked": "2026-05-06 10:00", "outcome": "cancelled_patient"},
    {**NOT_DONE, "booked": "2026-05-06 11:00", "outcome": "cancelled_hospital"},
    {**NOT_DONE, "requested": "2026-05-06 11:00", "outcome": "dna", "source_of_referral": "emergency", **ACUTE},
    seen(5, "10:00", "11:00", **BETA),
    seen(5, "10:30", "11:30", **BETA),
    seen(6, "12:00", "12:10", **BETA, source_of_referral=""),
)

EXPECTED = {
    "by_hour": [
        ("a1", "ct", 2, 9, 2), ("a1", "ct", 2, 11, 1), ("a1", "ct", 2, 14, 1), ("a1", "ct", 3, 18, 1), ("a1", "ct", 5, 9, 1),
        ("b1", "ct", 2, 10, 2), ("b1", "ct", 3, 12, 1),
    ],
    "by_month": [("a1", "ct", pd.Timestamp("2026-05-01"), 6), ("b1", "ct", pd.Timestamp("2026-05-01"), 3)],
    # At a1: 20 + 30 + 40 + 10 of the 310 minutes from 09:00 to 14:10, and 30 of 30. At b1 two overlap: at most the 90 minutes there were.
    "utilisation": [("a1", "ct", 130, 340, 130 / 340, 2), ("b1", "ct", 100, 100, 1, 2)],
    "sessions": [
        ("a1", "ct", 2, "afternoon", 1, 0, 1), ("a1", "ct", 2, "morning", 1, 1, 3), ("a1", "ct", 3, "evening", 1, 1, 1),
        ("a1", "ct", 5, "morning", 1, 1, 1), ("b1", "ct", 2, "morning", 1, 1, 2), ("b1", "ct", 3, "morning", 1, 0, 1),
    ],
    # At a1 the morning of the fifth is open from 09:00 to 10:00, when its lists end; the emergency in the afternoon had no list. At b1 the
    # morning is open from 10:00 to 11:30 with 120 minutes scanned in it.
    "planned": [
        ("a1", "ct", "007", pd.Timestamp("2026-05-05"), 50, 60, 0, 2), ("a1", "ct", "007", pd.Timestamp("2026-05-06"), 30, 30, 0, 1),
        ("b1", "ct", "x2", pd.Timestamp("2026-05-05"), 120, 90, 0, 2),
    ],
    # Seven appointments at a1: four done, one missed, two cancelled; the emergency that did not come had none.
    "attendance": [("a1", "ct", 1, 1, 1, 5, 1 / 5, 2 / 7, 7), ("b1", "ct", 0, 0, 0, 3, 0, 0, 3)],
    "lengths": [("a1", "ct", 20, 30, 30, 26, 5), ("b1", "ct", 35, 60, 60, 130 / 3, 3)],
    "acute": [("a1", "ct", 2, 2 / 6, 6), ("b1", "ct", 0, 0, 2)],
    # Nothing on Thursday the seventh.
    "downtime": [
        ("a1", "007", pd.Timestamp("2026-05-05"), pd.Timestamp("2026-05-08"), 1, 1 / 4, 4),
        ("b1", "x2", pd.Timestamp("2026-05-05"), pd.Timestamp("2026-05-06"), 0, 0, 2),
    ],
    # Waits at a1: 0, 0, 0, 1, 15, 65 days. Reports: 0.05, 0.5, 1, 28 days; 28 is not over the limit.
    "turnaround": [
        ("a1", "ct", "request_to_scan", 0.5, 27.5, 52.5, 42, 1 / 6, 6), ("a1", "ct", "scan_to_report", 0.75, 15.85, 23.95, 28, 0, 4),
        ("b1", "ct", "request_to_scan", 0, 0, 0, 42, 0, 3),
    ],
}  # fmt: skip


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    """A home of the test's own."""
    monkeypatch.setenv("SIXWEEKS_HOME", str(tmp_path / "home"))


@pytest.fixture
def loaded(store, tmp_path):
    """A store with the extract of both organisations."""
    reading = read(as_csv(EXTRACT), tmp_path / "reading")
    assert reading.findings == ()
    stored = store.save_imaging(NETWORK_PLANNER, reading)
    store.add_up_imaging(NETWORK_PLANNER, stored.id)
    return store


def answer(store, name, scope=SINGLE_USER, **filters):
    return list(store.imaging_pattern(scope, name, CALENDAR, Filters(**filters)).itertuples(index=False, name=None))


def test_every_pattern_is_as_counted_by_hand(loaded):
    assert EXPECTED.keys() == PATTERNS.keys()
    for name, expected in EXPECTED.items():
        found = answer(loaded, name)
        assert len(found) == len(expected), name
        for row, wanted in zip(found, expected, strict=True):
            assert [c if isinstance(c, str | pd.Timestamp) else pytest.approx(c, rel=1e-5) for c in wanted] == list(row), name


def test_an_answer_has_the_columns_its_pattern_declares(loaded):
    for name, table in PATTERNS.items():
        frame = loaded.imaging_pattern(SINGLE_USER, name, CALENDAR)
        assert [(c, str(t)) for c, t in frame.dtypes.items()] == [(f.name, f.dtype) for f in table.fields]


def test_filters_leave_out_what_they_do_not_name(loaded):
    assert answer(loaded, "acute", organisations=("BBB",)) == answer(loaded, "acute", sites=("b1",)) == EXPECTED["acute"][1:]
    assert answer(loaded, "by_hour", sources=("gp", "emergency")) == [("a1", "ct", 2, 9, 1), ("a1", "ct", 2, 14, 1)]
    for nothing in ({"tests": ("mr",)}, {"months": ("2026-06",)}, {"sites": ()}, {"organisations": ()}):
        assert all(answer(loaded, name, **nothing) == [] for name in PATTERNS)


def test_a_month_nobody_sent_is_no_downtime(store, tmp_path):
    days = ("2026-05-28", "2026-05-29", "2026-07-01", "2026-07-03")
    extract = rows(*({"requested": d, "booked": d, "attended": "", "scanned_start": f"{d} 09:00", "scanned_end": f"{d} 09:20", "reported": ""}
                     for d in days))  # fmt: skip
    store.save_imaging(NETWORK_PLANNER, read(as_csv(extract), tmp_path / "gap"))
    # Two working days of May, three of July; nothing on 2 July.
    assert answer(store, "downtime") == [("a1", "007", pd.Timestamp("2026-05-28"), pd.Timestamp("2026-07-03"), 1, pytest.approx(1 / 5), 5)]


def test_acute_work_begun_before_the_lists_end_is_inside_planned_sessions(store, tmp_path):
    extract = rows(
        seen(5, "09:00", "09:20"), seen(5, "09:30", "09:40", source_of_referral="emergency", **ACUTE), seen(5, "10:00", "10:30"),
        seen(5, "10:30", "10:50", source_of_referral="inpatient", **ACUTE), seen(5, "12:50", "13:10", source_of_referral="gp"),
    )  # fmt: skip
    store.save_imaging(NETWORK_PLANNER, read(as_csv(extract), tmp_path / "day"))
    assert answer(store, "planned") == [("a1", "ct", "007", pd.Timestamp("2026-05-05"), 100, 250, 2, 5)]
    assert answer(store, "planned", sources=("emergency",)) == []


def beside(tmp_path):
    return sorted((tmp_path / "home").rglob("*.planned-*"))


def test_work_in_planned_sessions_is_added_up_beside_its_rows_and_goes_with_them(loaded, tmp_path):
    parts = {part.sha256 for extract in loaded.extracts(SINGLE_USER) for part in extract.parts}
    assert {path.name.partition(".")[0] for path in beside(tmp_path)} == parts
    assert len(beside(tmp_path)) == len(parts) == 2
    assert loaded.sweep_extracts() == 0
    loaded.purge(ADMIN, datetime(2030, 1, 1, tzinfo=UTC))
    assert [path for path in (tmp_path / "home" / "extracts").rglob("*") if path.is_file()] == []


def test_an_organisation_adds_up_its_own_examinations_only(loaded, tmp_path):
    for path in beside(tmp_path):
        path.unlink()
    (stored,) = loaded.extracts(NETWORK_PLANNER)
    loaded.add_up_imaging(ONE, stored.id)
    assert len(beside(tmp_path)) == 1


def test_what_was_not_added_up_is_when_it_is_first_asked_for(loaded, tmp_path):
    for path in beside(tmp_path):
        path.unlink()
    assert len(answer(loaded, "planned")) == len(EXPECTED["planned"])
    assert len(beside(tmp_path)) == 2


def test_work_in_planned_sessions_is_answered_where_nothing_more_can_be_written(loaded, tmp_path, monkeypatch, caplog):
    for path in beside(tmp_path):
        path.unlink()

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(imaging_planned.pq, "write_table", full)
    assert len(answer(loaded, "planned", tests=("ct",))) == len(EXPECTED["planned"])
    assert beside(tmp_path) == []
    assert "No space left on device" in caplog.text


def test_an_organisation_gets_answers_of_its_own_examinations_only(loaded):
    for name in PATTERNS:
        assert {row[0] for row in answer(loaded, name)} == {"a1", "b1"}
        for scope, site in ((ONE, "a1"), (VIEWER, "a1"), (OTHER, "b1"), (ONE, "a1")):
            assert {row[0] for row in answer(loaded, name, scope)} == {site}
            assert answer(loaded, name, scope, organisations=("AAA" if site == "b1" else "BBB",)) == []


def test_a_corrected_month_changes_the_answers(loaded, tmp_path):
    corrected = read(as_csv([row for row in EXTRACT if row["examination_id"] not in ("e0", "e1")]), tmp_path / "corrected")
    loaded.save_imaging(NETWORK_PLANNER, corrected)
    assert answer(loaded, "acute")[0] == ("a1", "ct", 2, 2 / 4, 4)


def test_a_refused_reading_and_a_foreign_one_are_not_stored(store, tmp_path):
    with pytest.raises(Refused):
        store.save_imaging(NETWORK_PLANNER, read(as_csv(rows({"site": "nowhere"})), tmp_path / "a"))
    with pytest.raises(Refused):
        store.save_imaging(NETWORK_PLANNER, ImagingReading("empty.csv", "0" * 64))
    with pytest.raises(NotAllowed):
        store.save_imaging(OTHER, read(as_csv(rows({})), tmp_path / "b"))
    assert store.extracts(SINGLE_USER) == []


def test_what_is_accepted_with_an_extract_is_kept_with_it(store, tmp_path):
    doubtful = read(as_csv(rows({"scanner_id": "borrowed"})), tmp_path / "doubtful")
    stored = store.save_imaging(ONE, doubtful)
    assert stored.findings == doubtful.findings != ()
    assert store.extracts(ONE)[0].findings == doubtful.findings


def test_a_changed_answer_does_not_change_the_next_one(loaded):
    frame = loaded.imaging_pattern(SINGLE_USER, "acute", CALENDAR)
    frame.loc[:, "n"] = 0
    assert answer(loaded, "acute") == EXPECTED["acute"]


def test_parts_of_the_day_begin_in_order():
    assert list(PARTS_OF_DAY.values()) == sorted(PARTS_OF_DAY.values())
    assert next(iter(PARTS_OF_DAY.values())) == 0
