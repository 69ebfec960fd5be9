"""A network as a folder of CSV files."""

import gzip

import pytest

from data.activity import ACTIVITY
from data.errors import NotFound, Refused
from data.folder import EXAMPLES, TABLES, example_networks, read_folder, write_folder
from data.network import NETWORK_TABLES
from tests.networks.small import small_parts


@pytest.fixture
def parts():
    return small_parts()


@pytest.fixture
def folder(parts, tmp_path):
    write_folder(parts, tmp_path)
    return tmp_path


def findings_of(folder):
    with pytest.raises(Refused) as refused:
        read_folder(folder)
    return refused.value.findings


def put(folder, table, row, name, value):
    """One cell of a table typed over; the header is row 1."""
    path = folder / f"{table}.csv"
    lines = path.read_text("utf-8").splitlines()
    cells = lines[row - 1].split(",")
    cells[next(t for t in TABLES if t.name == table).columns.index(name)] = value
    lines[row - 1] = ",".join(cells)
    path.write_text("\n".join(lines) + "\n", "utf-8")


def test_it_reads_back_without_loss(parts, folder):
    again = read_folder(folder)
    assert (again.network, again.assumptions, again.activity) == (parts.network, parts.assumptions, parts.activity)
    assert again.findings.refusals == ()


def test_there_is_one_file_for_each_declared_table(folder):
    assert {p.name for p in folder.iterdir()} == {f"{t.name}.csv" for t in TABLES}


def test_history_may_be_packed_or_absent(parts, folder):
    path = folder / "activity.csv"
    (folder / "activity.csv.gz").write_bytes(gzip.compress(path.read_bytes()))
    path.unlink()
    assert read_folder(folder).activity == parts.activity
    (folder / "activity.csv.gz").unlink()
    assert read_folder(folder).activity is None


def test_writing_again_without_history_leaves_no_old_history(parts, folder):
    write_folder(type(parts)(parts.network, parts.assumptions), folder)
    assert read_folder(folder).activity is None


def test_a_table_that_is_not_required_may_be_absent(folder):
    for name in ("rota", "travel", "assumptions"):
        (folder / f"{name}.csv").unlink()
    again = read_folder(folder)
    assert again.network["rota"].empty
    assert again.assumptions.rows.empty


@pytest.mark.parametrize("name", [t.name for t in NETWORK_TABLES if t.required])
def test_a_required_table_that_is_absent_is_refused(folder, name):
    (folder / f"{name}.csv").unlink()
    assert [(f.rule, f.file) for f in findings_of(folder).refusals] == [("missing-file", f"{name}.csv")]


def test_a_file_of_another_name_is_refused(folder):
    (folder / "rotas.csv").write_text("site\n")
    assert [(f.rule, f.file) for f in findings_of(folder).refusals] == [("unknown-file", "rotas.csv")]


def test_other_files_in_the_folder_are_left_alone(folder):
    (folder / "README.md").write_text("About this network.")
    assert read_folder(folder).activity is not None


def test_there_must_be_a_folder(tmp_path):
    with pytest.raises(NotFound, match="nowhere"):
        read_folder(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("table", "row", "name", "value", "rule", "found"),
    [
        ("sites", 2, "latitude", "north", "cell", '"north"'),
        ("sites", 2, "organisation", "ZZZ", "unknown-reference", '"ZZZ"'),
        ("activity", 4, "waiting_13", "-1", "cell", '"-1"'),
        ("activity", 4, "organisation", "ZZZ", "unknown-reference", '"ZZZ"'),
        ("activity", 4, "test", "xray", "unknown-reference", '"xray"'),
        ("rota", 2, "sessions", "nine", "cell", '"nine"'),
        ("assumptions", 2, "value", "1000", "bounds", "1000 for Examinations an hour"),
        ("assumptions", 3, "organisation", "ZZZ", "unknown-reference", '"ZZZ"'),
    ],
)
def test_a_bad_cell_is_named_with_file_row_and_column(folder, table, row, name, value, rule, found):
    put(folder, table, row, name, value)
    finding = next(f for f in findings_of(folder).refusals if f.rule == rule)
    title = next(t for t in TABLES if t.name == table).field(name).title
    assert (finding.file, finding.sheet, finding.row, finding.column, finding.found) == (f"{table}.csv", "", row, title, found)


def test_blank_lines_are_skipped_and_counted(folder):
    path = folder / "sites.csv"
    path.write_text(path.read_text("utf-8").replace("\n", "\n\n\n", 1).replace("BBB", "ZZZ"), "utf-8")
    finding = findings_of(folder).refusals[0]
    assert (finding.file, finding.row) == ("sites.csv", 5)


def test_a_line_break_inside_a_cell_does_not_shift_the_rows(folder):
    put(folder, "sites", 2, "title", '"Alpha\nGeneral"')
    text = (folder / "sites.csv").read_text("utf-8").replace("BBB", "ZZZ")
    (folder / "sites.csv").write_text(text, "utf-8")
    assert findings_of(folder).refusals[0].row == 3


BAD_TEXT = {
    "NUL bytes": (b"staff_group,title\nr\0,Radiographers\n", "control-character", 2),
    "too many cells": (b"staff_group,title\nradiographer,Radiographers,3\n", "ragged-row", 2),
    "too few cells": (b"staff_group,title\nradiographer,Radiographers\n\nhelper\n", "ragged-row", 4),
    "an open quotation mark": (b'staff_group,title\nradiographer,"Radiographers\n', "csv", 2),
    "bytes of no encoding": (b"staff_group,title\nradiographer,\x81\x8d\n", "encoding", None),
    "a workbook": (b"PK\x03\x04" + b"\0" * 100, "damaged", None),
    "a picture": (b"\x89PNG\r\n\x1a\n", "wrong-type", None),
    "nothing": (b"", "wrong-type", None),
}


@pytest.mark.parametrize("case", BAD_TEXT)
def test_a_file_that_is_not_a_table_is_refused(folder, case):
    content, rule, row = BAD_TEXT[case]
    (folder / "staff_groups.csv").write_bytes(content)
    finding = findings_of(folder).refusals[0]
    assert (finding.rule, finding.file, finding.row) == (rule, "staff_groups.csv", row)
    assert all((finding.found, finding.expected, finding.mend))


@pytest.mark.parametrize(("encoding", "notes"), [("utf-8-sig", []), ("utf-16", []), ("cp1252", ["encoding"])])
def test_text_in_other_encodings_is_read(folder, encoding, notes):
    (folder / "staff_groups.csv").write_bytes("staff_group;title\nradiographer;Röntgen\n".encode(encoding))
    again = read_folder(folder)
    assert list(again.network["staff_groups"]["title"]) == ["Röntgen"]
    assert [f.rule for f in again.findings if f.severity == "note"] == notes


@pytest.mark.parametrize("content", [b"not packed", gzip.compress(b"organisation\n" * 1000)[:-10]], ids=["not packed", "cut short"])
def test_a_packed_file_that_is_damaged_is_refused(folder, content):
    (folder / "activity.csv").unlink()
    (folder / "activity.csv.gz").write_bytes(content)
    assert [(f.rule, f.file) for f in findings_of(folder).refusals] == [("damaged", "activity.csv.gz")]


def test_a_packed_file_that_grows_too_large_is_refused(folder, monkeypatch):
    monkeypatch.setattr("data.folder.MAX_FILE", 200)
    assert "too-large" in {f.rule for f in findings_of(folder).refusals}


def test_example_networks_are_folders_that_read_whole(tmp_path, monkeypatch, parts):
    monkeypatch.setattr("data.folder.EXAMPLES", tmp_path)
    write_folder(parts, tmp_path / "one")
    (tmp_path / "no network").mkdir()
    assert example_networks() == {"one": tmp_path / "one"}
    assert EXAMPLES.name == "networks"


def test_the_history_is_the_last_of_the_tables():
    assert TABLES[-1] is ACTIVITY
