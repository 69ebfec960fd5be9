"""The imaging extract: what is read, what is refused and how it is said."""

import gzip
import io
import zipfile

import duckdb
import numpy as np
import pytest

from data.sources.imaging import IMAGING, KIND
from data.sources.imaging_process import ExtractLimits, read_extract, read_upload
from data.sources.mapping import LEFT_OUT, ColumnMapping
from tests.networks.examinations import DONE, NOT_DONE, NOW, as_csv, read, rows, words
from tests.networks.small import small_parts

MAPPING = ColumnMapping(KIND)

MONTHS = rows(
    {},
    {"scanned_start": "2026-05-31 23:55", "scanned_end": "2026-06-01 00:10", "reported": ""},
    {"scanned_start": "2026-06-01 08:00", "scanned_end": "", "reported": "2026-06-30"},
    {"organisation": "BBB", "site": "b1", "scanner_id": "x2"},
    {**NOT_DONE, "outcome": "dna", "booked": "2026-07-02 11:00"},
)


def stored(reading):
    paths = [str(part.path) for part in reading.parts]
    with duckdb.connect() as connection:
        return connection.execute("SELECT * FROM read_parquet($paths) ORDER BY examination_id", {"paths": paths}).df()


def told(reading):
    return [(f.rule, f.severity, f.row, f.column) for f in reading.findings]


def with_column(lines, name, values):
    return as_csv([{**line, name: value} for line, value in zip(lines, values, strict=True)], [*IMAGING.columns, name])


def nhs_number(seed):
    random = np.random.default_rng(seed)
    while True:
        digits = random.integers(0, 10, 9).tolist()
        check = (11 - sum(d * (10 - i) for i, d in enumerate(digits)) % 11) % 11
        if check < 10 and any(digits):
            return "".join(map(str, [*digits, check]))


# What is read


def test_a_file_is_cut_by_organisation_and_month(tmp_path):
    reading = read(as_csv(MONTHS), tmp_path)
    assert reading.findings == ()
    assert [(p.organisation, p.month, p.rows) for p in reading.parts] == [
        ("AAA", "2026-05", 2), ("AAA", "2026-06", 1), ("AAA", "2026-07", 1), ("BBB", "2026-05", 1),
    ]  # fmt: skip
    assert (reading.rows, reading.left_out) == (5, 0)


def test_columns_are_typed_and_intervals_counted(tmp_path):
    frame = stored(read(as_csv(MONTHS), tmp_path))
    first = frame.iloc[0]
    assert str(first["scanned_start"]) == "2026-05-04 09:00:00"
    assert (str(first["day"].date()), first["start_second"], first["minutes"]) == ("2026-05-04", 9 * 3600, 20.0)
    assert (first["wait_days"], first["report_days"]) == (14, 1.0)
    assert frame["minutes"].isna().tolist() == [False, False, True, False, True]
    assert frame["report_days"].isna().tolist() == [False, True, False, False, True]
    assert frame["report_days"].iloc[2] == 29, "a date alone counts whole days"
    assert frame["minutes"].iloc[1] == 15, "midnight makes no difference"


@pytest.mark.parametrize("kind", ["plain", "gzip", "zip", "semicolon", "tab", "utf-8-bom", "utf-16", "cp1252", "parquet"])
def test_every_form_of_the_file_reads_alike(tmp_path, kind):
    content, name = as_csv(MONTHS), "extract.csv"
    if kind == "gzip":
        content = gzip.compress(content)
    elif kind == "zip":
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("extract.csv", content)
        content = packed.getvalue()
    elif kind in ("semicolon", "tab"):
        content = as_csv(MONTHS, delimiter={"semicolon": ";", "tab": "\t"}[kind])
    elif kind == "utf-8-bom":
        content = b"\xef\xbb\xbf" + content
    elif kind == "utf-16":
        content = content.decode().encode("utf-16")
    elif kind == "cp1252":
        content = content.replace(b"C1", "Caf\xe9".encode("cp1252"))
    elif kind == "parquet":
        (tmp_path / "source.csv").write_bytes(content)
        with duckdb.connect() as connection:
            connection.execute(
                "COPY (FROM read_csv($path)) TO $out (FORMAT parquet)", {"path": str(tmp_path / "source.csv"), "out": str(tmp_path / "x")}
            )
        content = (tmp_path / "x").read_bytes()
    reading = read(content, tmp_path / "work", name)
    assert [(p.organisation, p.month, p.rows) for p in reading.parts] == [
        ("AAA", "2026-05", 2), ("AAA", "2026-06", 1), ("AAA", "2026-07", 1), ("BBB", "2026-05", 1),
    ]  # fmt: skip
    assert [f.rule for f in reading.findings] == (["encoding"] if kind == "cp1252" else [])
    if kind == "cp1252":
        assert set(stored(reading)["examination_code"]) == {"Caf\xe9"}


def test_headings_and_codes_may_be_written_as_systems_write_them(tmp_path):
    headings = {
        "examination_id": "Exam ID", "organisation": "Trust", "site": "Site code (of imaging)", "test": "Modality", "requested": "Request date",
        "scanned_start": "Exam start", "outcome": "Status", "source_of_referral": "Patient source setting", "priority": "Urgency",
    }  # fmt: skip
    line = rows({"organisation": "alpha", "site": "Alpha General", "test": "Computed tomography", "source_of_referral": "04", "priority": "2",
                 "outcome": "Completed", "requested": "20/04/2026", "scanned_start": "04/05/2026 09:00"})[0]  # fmt: skip
    renamed = {new: line[old] for old, new in headings.items()}
    reading = read(as_csv([renamed], list(headings.values())), tmp_path)
    assert reading.findings == ()
    kept = stored(reading).iloc[0]
    assert [kept[c] for c in ("organisation", "site", "test", "source_of_referral", "priority", "outcome")] == [
        "AAA", "a1", "ct", "gp", "four_weeks", "done",
    ]  # fmt: skip
    assert kept["wait_days"] == 14


def test_a_heading_nobody_declared_can_be_mapped(tmp_path):
    content = as_csv(MONTHS).replace(b"examination_id", b"key in our system")
    assert [f.rule for f in read(content, tmp_path / "a").findings] == ["missing-column"]
    assert read(content, tmp_path / "b", mapping=MAPPING.with_column("Key in our system", "examination_id")).findings == ()


def test_what_was_said_about_a_heading_goes_before_its_declared_name(tmp_path):
    content = with_column(MONTHS, "True start", ["2026-05-05 10:00"] * 5)
    told = read(content, tmp_path / "a", mapping=MAPPING.with_column("True start", "requested"))
    assert told.columns["requested"] == "True start"
    (extra,) = [f for f in told.findings if f.rule == "extra-columns"]
    assert '"requested"' in extra.found
    unwanted = read(content, tmp_path / "b", mapping=MAPPING.with_column("True start", LEFT_OUT))
    assert (unwanted.findings, unwanted.columns["requested"], unwanted.unknown) == ((), "requested", ())


def test_a_reading_says_what_it_understood_and_what_it_did_not(tmp_path):
    lines = [{**line, "Corridor": "r1", "theirs": line["examination_id"]} for line in rows({"priority": "U9"}, {"test": "Zed"}, {"test": "Zed"})]
    columns = ["theirs", *[c for c in IMAGING.columns if c != "examination_id"], "Corridor"]
    refused = read(as_csv(lines, columns), tmp_path / "a")
    assert [f.rule for f in refused.findings] == ["missing-column"]
    assert (refused.unknown, refused.columns["site"], refused.values, refused.mapping) == (("theirs", "Corridor"), "site", {}, "")
    mapping = MAPPING.with_column("theirs", "examination_id")
    asked = read(as_csv(lines, columns), tmp_path / "b", mapping=mapping)
    assert (asked.values, asked.unknown, asked.mapping) == ({"test": ("Zed",), "priority": ("U9",)}, ("Corridor",), mapping.content_id)
    answers = mapping.with_value("priority", "u9", "two_weeks").with_value("test", "ZED", "ct")
    taken = read(as_csv(lines, columns), tmp_path / "c", mapping=answers)
    assert (taken.values, [f.rule for f in taken.findings]) == ({}, ["extra-columns"])
    assert stored(taken)[["test", "priority"]].to_numpy().tolist() == [["ct", "two_weeks"], ["ct", "routine"], ["ct", "routine"]]


def test_codes_that_are_not_wanted_leave_their_rows_out_or_state_nothing(tmp_path):
    content = as_csv(rows({}, {"site": "depot"}, {"outcome": "Template"}, {"examination_code": "X 9"}, {"priority": "?!a"}, {"test": "x-ray"}))
    mapping = MAPPING.with_value("site", "Depot", LEFT_OUT).with_value("outcome", "template", LEFT_OUT)
    mapping = mapping.with_value("examination_code", "x9", LEFT_OUT).with_value("priority", "a", LEFT_OUT)
    reading = read(content, tmp_path, mapping=mapping)
    assert (reading.rows, reading.left_out) == (6, 4)
    assert [(f.rule, f.column, f.found) for f in reading.findings] == [
        ("left-out", "site", '"depot" in 1 rows'), ("other-test", "test", '"x-ray" in 1 rows'),
        ("left-out", "outcome", '"Template" in 1 rows'), ("left-out", "examination_code", '"X 9" in 1 rows'),
    ]  # fmt: skip
    frame = stored(reading)
    assert frame["examination_id"].tolist() == ["e0", "e4"]
    assert frame["priority"].isna().tolist() == [False, True]


def test_a_code_told_to_be_what_the_network_does_not_have_is_asked_again(tmp_path):
    reading = read(as_csv(rows({"site": "depot"})), tmp_path, mapping=MAPPING.with_value("site", "depot", "closed long ago"))
    assert (reading.values, reading.findings[0].rule) == ({"site": ("depot",)}, "unknown-site")


@pytest.mark.parametrize("value", ["943 476 5919", "PR2 9HT", "03/02/1950", "seen on 3 Feb 1950", "x" * 81])
def test_an_unknown_value_that_may_be_a_persons_is_not_repeated(tmp_path, value):
    reading = read(as_csv(rows({"priority": value}, {"priority": "odd"})), tmp_path)
    assert reading.is_refused
    assert value[:40] not in repr(reading)


def test_a_column_of_too_many_unknown_values_is_not_one_of_codes(tmp_path):
    reading = read(as_csv(rows(*({"priority": f"word{i}"} for i in range(301)))), tmp_path)
    assert told(reading) == [("not-codes", "refuse", 1, "priority")]
    assert reading.values == {}
    assert "word7" not in repr(reading)


def test_undeclared_columns_are_named_and_not_stored(tmp_path):
    reading = read(with_column(MONTHS, "Room notes", ["canary"] * 5), tmp_path)
    assert told(reading) == [("extra-columns", "note", 1, "")]
    assert '"Room notes"' in reading.findings[0].found
    assert b"canary" not in b"".join(p.path.read_bytes() for p in reading.parts)


def test_tests_of_no_list_of_the_network_are_left_out_and_counted(tmp_path):
    reading = read(as_csv(rows({}, {"test": "MRI"}, {"test": "x-ray"}, {"test": "X-ray"})), tmp_path)
    assert (reading.rows, reading.left_out, sum(p.rows for p in reading.parts)) == (4, 3, 1)
    assert {f.rule for f in reading.findings} == {"other-test"}


def test_equal_rows_give_equal_files(tmp_path):
    first, second = (read(as_csv(MONTHS), tmp_path / name) for name in ("a", "b"))
    assert [p.sha256 for p in first.parts] == [p.sha256 for p in second.parts]


# What is refused or doubted


@pytest.mark.parametrize(
    ("change", "rule", "severity", "column"),
    [
        ({"organisation": "CCC"}, "unknown-organisation", "refuse", "organisation"),
        ({"site": "nowhere"}, "unknown-site", "refuse", "site"),
        ({"test": "palm reading"}, "unknown-test", "refuse", "test"),
        ({"source_of_referral": "99"}, "unknown-source-of-referral", "refuse", "source_of_referral"),
        ({"priority": "z"}, "unknown-priority", "refuse", "priority"),
        ({"outcome": "perhaps"}, "unknown-outcome", "refuse", "outcome"),
        ({"organisation": "BBB"}, "another-site", "refuse", "organisation"),
        ({"organisation": ""}, "empty", "refuse", "organisation"),
        ({"examination_id": " "}, "empty", "refuse", "examination_id"),
        ({"requested": ""}, "empty", "refuse", "requested"),
        ({"scanned_start": ""}, "empty", "refuse", "scanned_start"),
        ({"scanned_start": "2026-05-04"}, "date-time", "refuse", "scanned_start"),
        ({"requested": "04/13/2026 10:00"}, "date-time", "refuse", "requested"),
        ({"reported": "2026-05-05T09:00:00+01:00"}, "date-time", "refuse", "reported"),
        ({"requested": "31/02/2026"}, "date-time", "refuse", "requested"),
        ({"examination_id": "e0"}, "duplicate-row", "refuse", "examination_id"),
        ({"reported": "2026-11-24 09:00"}, "future", "refuse", "reported"),
        ({"requested": "1900-01-01"}, "long-ago", "refuse", "requested"),
        ({"requested": "2026-05-04 09:30"}, "order", "warn", "scanned_start"),
        ({"reported": "2026-05-04 08:30"}, "order", "warn", "reported"),
        ({"scanned_end": "2026-05-04 08:30"}, "order", "warn", "scanned_end"),
        ({"scanned_end": "2026-05-04 15:01"}, "order", "warn", "scanned_end"),
        ({"scanner_id": "borrowed"}, "unknown-scanner", "warn", "scanner_id"),
        ({"outcome": "dna"}, "not-done", "warn", "outcome"),
    ],
)
def test_a_planted_fault_is_named_with_its_row_and_column(tmp_path, change, rule, severity, column):
    reading = read(as_csv(rows({}, {}, change, {})), tmp_path)
    assert told(reading) == [(rule, severity, 4, column)]
    assert reading.findings[0].file == "extract.csv"
    assert bool(reading.parts) == (severity == "warn")


def test_a_report_dated_on_the_day_of_the_scan_is_in_order(tmp_path):
    assert read(as_csv(rows({"reported": "2026-05-04"}, {"requested": "2026-05-04"})), tmp_path).findings == ()


def test_impossible_intervals_are_kept_without_a_length(tmp_path):
    frame = stored(read(as_csv(rows({"scanned_end": "2026-05-04 08:30"}, {"requested": "2026-05-05"}, {"reported": "2026-05-04 08:00"})), tmp_path))
    assert frame[["minutes", "wait_days", "report_days"]].isna().to_numpy().tolist() == [
        [True, False, False], [False, True, False], [False, False, True],
    ]  # fmt: skip


def test_twenty_rows_are_named_and_the_rest_counted(tmp_path):
    reading = read(as_csv(rows(*({"requested": "soon"} for _ in range(30)))), tmp_path)
    assert len(reading.findings) == 21
    assert [f.row for f in reading.findings[:20]] == list(range(2, 22))
    assert "30 rows" in reading.findings[20].found


def test_swapped_columns_are_refused_not_doubted(tmp_path):
    swapped = rows(*({"requested": DONE["reported"], "reported": DONE["requested"]} for _ in range(50)))
    reading = read(as_csv(swapped), tmp_path)
    assert reading.is_refused
    assert any("swapped" in f.mend for f in reading.findings.refusals)


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "no-heading"),
        (as_csv([]), "no-rows"),
        (as_csv(MONTHS).replace(b",AAA,", b",AAA", 1), "ragged"),
        (as_csv(MONTHS).replace(b",AAA,", b",AAA,,", 1), "ragged"),
        (as_csv(MONTHS).replace(b"C1", b"C\x00", 1), "wrong-type"),
        (b"PAR1 and nothing more PAR1", "damaged"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "wrong-type"),
        (gzip.compress(as_csv(MONTHS))[:-9], "damaged"),
        (b"\x81" + as_csv(MONTHS), "encoding"),
        (as_csv(MONTHS).replace(b"patient_id", b"site", 1), "repeated-column"),
        (b"a,b\r\n1,2\r\n", "missing-column"),
        ((",".join(f"c{i}" for i in range(500)) + "\r\n").encode(), "too-large"),
    ],
)
def test_a_file_that_is_no_extract_is_refused_in_words(tmp_path, content, rule):
    reading = read(content, tmp_path)
    assert rule in {f.rule for f in reading.findings.refusals}
    assert reading.parts == ()


# People's data


@pytest.mark.parametrize("form", ["{}", "{0:.3} {0:.3}", "'{}", "{}.0"])
def test_nhs_numbers_are_refused_without_their_value(tmp_path, form):
    numbers = [nhs_number(i) for i in range(12)]
    shown = [f"{n[:3]} {n[3:6]} {n[6:]}" if " " in form else form.format(n) for n in numbers]
    reading = read(as_csv(rows(*({"patient_id": n} for n in shown))), tmp_path)
    assert told(reading) == [("people", "refuse", 2, "patient_id")]
    assert not any(n in f.sentence() for n in (*numbers, *shown) for f in reading.findings)
    assert list(tmp_path.glob("*.parquet")) == []


def test_pseudonyms_that_look_like_numbers_are_accepted(tmp_path):
    for seed in range(5):
        pseudonyms = [f"{number:010d}" for number in np.random.default_rng(seed).integers(0, 10**10, 200)]
        reading = read(as_csv(rows(*({"patient_id": p} for p in pseudonyms))), tmp_path / str(seed))
        assert reading.findings == ()


@pytest.mark.parametrize(
    ("heading", "value"),
    [
        ("NHS number", "x"),
        ("Patient surname", "x"),
        ("DOB", "x"),
        ("Notes", "rang about 943 476 5919 on Monday"),
        ("Area", "PR2 9HT"),
        ("Comment", "moved to PR2 9HT last year"),
        ("When", "1950-02-03"),
    ],
)
def test_people_are_found_in_columns_nobody_declared(tmp_path, heading, value):
    lines = rows(*({} for _ in range(8)))
    reading = read(with_column(lines, heading, [value] * 8), tmp_path)
    assert told(reading) == [("people", "refuse", 2, heading)]
    assert value not in reading.findings.summary().replace(heading, "") or value == "x"


def test_the_first_row_of_a_person_is_named(tmp_path):
    lines = rows(*({} for _ in range(8)))
    reading = read(with_column(lines, "Notes", ["nothing of note"] * 6 + ["is 943 476 5919 now", ""]), tmp_path)
    assert told(reading) == [("people", "refuse", 8, "Notes")]


def test_a_heading_that_is_a_patient_is_refused(tmp_path):
    content = as_csv(MONTHS).replace(b"patient_id", b"943 476 5919", 1)
    assert told(read(content, tmp_path)) == [("people", "refuse", 1, "")]


def test_a_number_in_a_column_of_dates_is_not_repeated(tmp_path):
    reading = read(as_csv(rows({"requested": "9434765919"})), tmp_path)
    assert [f.rule for f in reading.findings] == ["date-time"]
    assert "9434765919" not in reading.findings.summary()


# The limited process


def test_an_upload_is_read_in_a_process_of_its_own(tmp_path):
    mapping = MAPPING.with_value("priority", "odd", "routine")
    reading = read_upload(as_csv(MONTHS), "C:\\files\\may.csv", small_parts().network, tmp_path, now=NOW, mapping=mapping)
    assert (reading.file, reading.findings, len(reading.parts), reading.mapping) == ("may.csv", (), 4, mapping.content_id)
    assert (reading.unknown, reading.values, reading.columns["site"]) == ((), {}, "site")
    assert not (tmp_path / "upload").exists()
    assert reading.parts[0].path.parent == tmp_path


@pytest.mark.parametrize(
    ("limits", "rule"),
    [
        (ExtractLimits(size=100, unpacked=10**9, memory=2 * 10**9, wall=60), "too-large"),
        (ExtractLimits(size=10**9, unpacked=10**9, memory=2 * 10**9, wall=0.05), "too-slow"),
        (ExtractLimits(size=10**9, unpacked=100, memory=2 * 10**9, wall=60), "too-large"),
    ],
)
def test_limits_refuse_in_words(tmp_path, limits, rule):
    path = tmp_path / "may.csv"
    path.write_bytes(as_csv(MONTHS))
    reading = read_extract(path, small_parts().network, tmp_path, limits=limits, now=NOW)
    assert [f.rule for f in reading.findings] == [rule]
    assert reading.parts == ()


def test_every_code_of_the_tables_is_one_that_is_declared():
    for name in ("source_of_referral", "priority", "outcome"):
        assert set(words().codes[name].values()) == set(IMAGING.field(name).choices)
