"""`sixweeks import` takes in every kind of file, tells them apart by their headings, and asks for what it does not know."""

import csv
import io
import json

import pandas as pd
import pytest

from data.intake import from_parts
from data.sources.imaging import KIND
from data.sources.mapping import ColumnMapping
from data.store import SINGLE_USER
from data.store.imaging import Filters
from data.working_days import WorkingDays
from portal import services
from portal.cli import main
from portal.kinds import SOURCES, headings_of, told_apart
from tests.conftest import REPOSITORY
from tests.networks import examinations
from tests.networks.extracts import csv_of, patient
from tests.networks.full_extract import as_csv, extract_rows
from tests.networks.small import small_parts

pytestmark = pytest.mark.usefixtures("warm")

SHARED = REPOSITORY.parent / "shared" / "data"
BASIS = ("--lawful-basis", "Sharing agreement 7")
EXAMINATIONS = examinations.rows({}, {"scanned_start": "2026-06-02 09:00", "scanned_end": "2026-06-02 09:20", "reported": ""})
RETURN = {"Organisation": "AAA", "Test": "CT", "As at": "21/07/2026", "Waiting List Activity": "5"}
STAFF = {"Trust": "AAA", "Staff group": "radiographer", "WTE": "12"}


def table(*rows):
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder of its own, with a store that holds the small network."""
    monkeypatch.setenv("SIXWEEKS_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("SIXWEEKS_DATABASE_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    services.store().save_dataset(SINGLE_USER, from_parts(small_parts(), file="small.xlsx"), name="Small")
    return tmp_path


def run(capsys, *arguments):
    """Exit code, standard output and standard error of one command."""
    capsys.readouterr()
    try:
        code = main(["import", *arguments])
    except SystemExit as stopped:
        code = stopped.code
    said = capsys.readouterr()
    return code, said.out, " ".join(said.err.split())


def refused(capsys, *arguments):
    """What every finding of a refused import says."""
    code, out, _ = run(capsys, *arguments, "--json")
    assert code == 1
    return " | ".join(f"{f['rule']}: {f['found']}; {f['expected']}; {f['mend']}" for f in json.loads(out)["findings"])


def newest():
    return services.dataset(SINGLE_USER, services.store().newest_dataset(SINGLE_USER).id)


def test_a_waiting_list_needs_a_lawful_basis_which_the_audit_keeps(here, capsys):
    (here / "week.csv").write_bytes(csv_of(patient(), patient(Diagnostic_Priority_Code="D4")))
    assert "--lawful-basis" in refused(capsys, "week.csv")
    assert len(services.store().datasets(SINGLE_USER)) == 1
    code, told, _ = run(capsys, "week.csv", *BASIS)
    assert code == 0
    assert "Loaded: waiting list of AAA at 28 June 2026, 2 patients." in told
    assert newest().own_lists["patients"].sum() == 2
    assert json.loads(services.store().audit(SINGLE_USER)["details"][0])["lawful_basis"] == "Sharing agreement 7"


def test_an_imaging_extract_is_stored_and_counted(here, capsys):
    (here / "may.csv").write_bytes(examinations.as_csv(EXAMINATIONS))
    assert "lawful-basis: no lawful basis" in refused(capsys, "may.csv")
    code, out, _ = run(capsys, "may.csv", *BASIS, "--json")
    told = json.loads(out)
    assert (code, told["sentences"]) == (0, ["may.csv: 2 examinations of AAA stored, 2 months."])
    assert [(e["rows"], e["already"]) for e in told["extracts"]] == [(2, False)]
    answer = services.store().imaging_pattern(SINGLE_USER, "acute", WorkingDays("GB", "ENG"), Filters())
    assert answer["n"].sum() == 2
    assert len(list(services.store().paths(SINGLE_USER, KIND)[0].parents[1].rglob("*.planned-*"))) == 2, "planned sessions are added up"
    assert json.loads(services.store().audit(SINGLE_USER)["details"][0])["lawful_basis"] == "Sharing agreement 7"
    assert "already loaded on" in run(capsys, "may.csv", *BASIS)[1]


def test_what_nobody_knows_is_answered_by_options_and_remembered(here, capsys):
    content = examinations.as_csv(examinations.rows({"priority": "U9"}, {"test": "Zed"})).replace(b"examination_id", b"theirs")
    (here / "may.csv").write_bytes(content)
    said = [*BASIS, "--source", "imaging"]
    assert '--column "THEIR HEADING=examination_id"' in refused(capsys, "may.csv", *said)
    said += ["--column", "theirs=examination_id"]
    told = refused(capsys, "may.csv", *said)
    assert 'On the command line: --value "test:Zed=OURS".' in told
    assert 'On the command line: --value "priority:U9=OURS".' in told
    assert services.store().mapping(SINGLE_USER, "imaging").is_empty, "an answer is remembered once a file was stored with it"
    code, out, _ = run(capsys, "may.csv", *said, "--value", "test:Zed=", "--value", "priority:U9=two_weeks")
    assert (code, "may.csv: 1 examination of AAA stored, 1 month; 1 left out." in out) == (0, True)
    assert told_apart([here / "may.csv"], SINGLE_USER) == "imaging", "known by its headings now"


def test_a_code_of_a_local_file_is_answered_and_remembered(here, capsys):
    (here / "week.csv").write_bytes(csv_of(patient(Diagnostic_Modality="Scan C")))
    assert '--value "test:Scan C=OURS"' in refused(capsys, "week.csv", *BASIS)
    assert run(capsys, "week.csv", *BASIS, "--value", "test:scan c=ct")[0] == 0
    assert newest().own_lists["patients"].sum() == 1
    assert services.store().mapping(SINGLE_USER, "waiting_list").value("test", "Scan C") == "ct"


def test_what_a_file_leaves_out_is_said_for_that_file_alone(here, capsys):
    rows = [{k: v for k, v in patient().items() if k != "Week_Ending_Date"}]
    (here / "week.csv").write_bytes(csv_of(*rows))
    assert "missing-column" in refused(capsys, "week.csv", *BASIS, "--source", "waiting-list")
    assert run(capsys, "week.csv", *BASIS, "--fixed", "date=2026-06-28")[0] == 0
    assert set(newest().own_lists["date"]) == {pd.Timestamp("2026-06-28")}
    assert services.store().mapping(SINGLE_USER, "waiting_list").is_empty


def test_a_provisional_return_a_register_and_a_workbook_are_told_apart(here, capsys):
    (here / "return.csv").write_bytes(table(RETURN))
    code, out, _ = run(capsys, "return.csv")
    assert (code, "Loaded: provisional returns of AAA at 21 July 2026, 1 rows." in out) == (0, True)
    groups = list(newest().network["staff_groups"]["staff_group"])
    pd.DataFrame([STAFF | {"Staff group": groups[0]}]).to_excel(here / "staff.xlsx", index=False)
    code, out, _ = run(capsys, "staff.xlsx")
    assert (code, "staff in post of AAA" in out) == (0, True)
    assert len(newest().own_lists) == 0


@pytest.mark.skipif(not SHARED.is_dir(), reason="the published tables are not here")
def test_published_tables_are_known_by_their_headings_and_returns_are_left_to_their_reader():
    fitting = {path.name: {n for n, s in SOURCES.items() if s.fits(headings_of(path), ColumnMapping(s.source))} for path in SHARED.glob("*/*.csv*")}
    assert {name for name, kinds in fitting.items() if kinds == {"published"}} == {
        "lsoa_lsc_population_imd.csv", "population_mid2020_local_authority_single_year.csv", "trust_patient_origin_by_local_authority.csv",
        "trust_workforce_by_staff_group.csv", "cancer_waits_lsc.csv.gz",
    }  # fmt: skip
    assert all(kinds in (set(), {"published"}) for kinds in fitting.values())


def test_a_file_that_fits_two_kinds_must_be_named(here, capsys):
    (here / "both.csv").write_bytes(csv_of(patient() | RETURN))
    assert "Name the kind: --source provisional or --source waiting-list." in refused(capsys, "both.csv")


def test_files_of_different_kinds_are_not_imported_together(here, capsys):
    (here / "return.csv").write_bytes(table(RETURN))
    (here / "week.csv").write_bytes(csv_of(patient()))
    assert "Import one kind at a time." in refused(capsys, "return.csv", "week.csv", *BASIS)
    assert len(services.store().datasets(SINGLE_USER)) == 1


def test_a_file_of_no_kind_is_refused_naming_the_choices(here, capsys):
    (here / "odd.csv").write_bytes(b"one,two\n1,2\n")
    assert "name its kind with --source: provisional, waiting-list, imaging, registers, published." in refused(capsys, "odd.csv")


@pytest.mark.parametrize("content", [b"%PDF-1.7\x00\xff", b"", b"\xd0\xcf\x11\xe0", b"PK\x03\x04rest", b"\xff\xfea"])
def test_a_file_without_headings_has_no_kind(here, content):
    (here / "file").write_bytes(content)
    assert told_apart([here / "file"], SINGLE_USER) == ""


def test_a_return_is_no_other_kind(here):
    (here / "extract.csv").write_bytes(as_csv(extract_rows()))
    assert told_apart([here / "extract.csv"], SINGLE_USER) == ""


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--column", "x=nothing", "--source", "waiting-list"], 'no column "nothing"'),
        (["--value", "dna:x=y", "--source", "waiting-list"], "columns of codes: organisation, site, test"),
        (["--value", "test:x=y", "--source", "waiting-list"], '"x" cannot mean "y". Allowed: be, ct.'),
        (["--value", "examination_code:x=y", "--source", "imaging"], "rows with it are left out"),
        (["--fixed", "organisation=AAA", "--source", "imaging"], "leave out --fixed"),
        (["--column", "x=date", "--source", "returns"], "Returns and networks have names of their own"),
        (["--network", "from-file", "--source", "imaging"], "leave out --network from-file"),
        (["--column", "nothing"], "is not of the form THEIRS=OURS"),
        (["--value", "a=b"], "is not of the form COLUMN:THEIRS=OURS"),
        (["--fixed", "=b"], "is not of the form COLUMN=VALUE"),
        (["--source", "gossip"], "invalid choice"),
    ],
)
def test_what_cannot_be_meant_is_wrong_usage(here, capsys, arguments, told):
    (here / "week.csv").write_bytes(csv_of(patient()))
    code, _, said = run(capsys, "week.csv", *BASIS, *arguments)
    assert code == 2
    assert told in said
    assert len(services.store().datasets(SINGLE_USER)) == 1


def test_nothing_is_stored_where_one_of_several_extracts_is_refused(here, capsys):
    (here / "may.csv").write_bytes(examinations.as_csv(EXAMINATIONS[:1]))
    (here / "again.csv").write_bytes(examinations.as_csv(EXAMINATIONS[:1]) + b"\r\n")
    (here / "elsewhere.csv").write_bytes(examinations.as_csv(examinations.rows({"test": "x-ray"})))
    told = refused(capsys, "may.csv", "again.csv", "elsewhere.csv", *BASIS)
    assert "Load one of the two" in told
    assert "1 examination, all of them left out" in told
    assert services.store().extracts(SINGLE_USER) == []


def test_there_must_be_a_network_first(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("SIXWEEKS_HOME", str(tmp_path / "empty"))
    monkeypatch.delenv("SIXWEEKS_DATABASE_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "return.csv").write_bytes(table(RETURN))
    assert "There is no dataset here yet." in run(capsys, "return.csv")[2]
