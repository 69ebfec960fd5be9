"""`sixweeks import` takes the return in every form; large and packed files are read from where they lie."""

import json

import pandas as pd
import pytest

from data import safe_reading
from data.store import SINGLE_USER
from portal import services
from portal.cli import main
from portal.commands import importing
from tests.networks.broken import official_rows, official_xls
from tests.networks.full_extract import as_csv, as_gzip, as_zip, extract_rows, tidy_rows

pytestmark = pytest.mark.usefixtures("warm")


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.setenv("SIXWEEKS_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("SIXWEEKS_DATABASE_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def files(here):
    """One file of each form, a month or two each."""
    (here / "book.xls").write_bytes(official_xls(official_rows("December 2025")))
    (here / "extract.zip").write_bytes(as_zip(("extract.csv", as_csv(extract_rows(("MARCH-2026",))))))
    (here / "tidy.csv.gz").write_bytes(as_gzip(as_csv(tidy_rows(["2026-01-01", "2026-02-01"]))))
    (here / "april.csv").write_bytes(as_csv(tidy_rows(["2026-04-01"])))
    return ["extract.zip", "book.xls", "tidy.csv.gz", "april.csv"]


def test_every_form_of_the_return_is_stored_together(files, monkeypatch, capsys):
    from_where_they_lie = []

    def read_path_safely(path, task):
        from_where_they_lie.append(path.name)
        return safe_reading.read_path_safely(path, task)

    monkeypatch.setattr(importing, "read_path_safely", read_path_safely)
    monkeypatch.setattr(importing, "MAX_UPLOAD", 5_000)
    assert main(["import", "--network", "from-file", *files, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["sentences"][0] == "5 months loaded (December 2025 to April 2026)."
    assert from_where_they_lie == ["extract.zip", "book.xls", "tidy.csv.gz"]  # the workbook is larger than may be held, here
    store = services.store()
    held = store.dataset(SINGLE_USER, store.newest_dataset(SINGLE_USER).id)
    assert {(s.file, f"{s.period:%Y-%m}") for s in held.sources.itertuples()} == {
        ("book.xls", "2025-12"), ("tidy.csv.gz", "2026-01"), ("tidy.csv.gz", "2026-02"), ("extract.zip", "2026-03"), ("april.csv", "2026-04")
    }  # fmt: skip
    assert held.activity.latest == pd.Timestamp("2026-04-01")


def test_a_fault_in_a_file_read_from_where_it_lies_is_named_and_stores_nothing(files, here, capsys):
    rows = [row | {"Total WL": "many"} for row in extract_rows()[:1]]
    (here / "wrong.zip").write_bytes(as_zip(("extract.csv", as_csv(rows))))
    assert main(["import", "--network", "from-file", "wrong.zip", "april.csv"]) == 1
    said = capsys.readouterr().err
    assert "wrong.zip" in said
    assert '"many"' in said
    assert services.store().datasets(SINGLE_USER) == []


def test_a_file_over_two_gigabytes_is_refused_without_being_opened(here):
    with (here / "huge.csv").open("wb") as file:
        file.truncate(safe_reading.MAX_FILE + 1)  # takes no room on the disk
    (finding,) = safe_reading.read_path_safely(here / "huge.csv", "dm01").findings
    assert (finding.rule, finding.file, finding.found) == ("too-large", "huge.csv", "2,000 MB")
