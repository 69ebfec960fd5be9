"""The synthetic imaging extract: the same from the same seed, accepted by the adapter, like a real one."""

from pathlib import Path

import pandas as pd
import pytest

from data.folder import example_networks, read_folder
from data.networks.make_imaging import main, write_extract
from data.sources.imaging import vocabulary
from data.sources.imaging_intake import Workplace, intake
from tests.networks.examinations import NOW

ROWS = 5000


@pytest.fixture(scope="module")
def parts():
    """The demonstration network."""
    return read_folder(example_networks()["lancashire_south_cumbria"])


@pytest.fixture(scope="module")
def extract(parts, tmp_path_factory):
    """An extract of one month."""
    path = tmp_path_factory.mktemp("made") / "extract.csv"
    assert write_extract(parts.network, parts.assumptions, path, ROWS, months=1) == ROWS
    return path


@pytest.fixture(scope="module")
def rows(extract):
    """Its rows."""
    return pd.read_csv(extract, parse_dates=["requested", "booked", "attended", "scanned_start", "scanned_end", "reported"])


def test_the_same_seed_gives_the_same_file_and_another_does_not(parts, extract, tmp_path):
    for seed, same in ((1, True), (2, False)):
        write_extract(parts.network, parts.assumptions, tmp_path / "again.csv", ROWS, months=1, seed=seed)
        assert ((tmp_path / "again.csv").read_bytes() == extract.read_bytes()) == same


def test_the_adapter_accepts_it_without_a_finding(parts, extract, tmp_path):
    reading = intake(extract, "extract.csv", vocabulary(parts.network), Workplace(tmp_path, 500_000_000, 10**8), now=NOW)
    assert reading.findings == ()
    assert (reading.rows, sum(part.rows for part in reading.parts)) == (ROWS, ROWS)
    assert {part.organisation for part in reading.parts} == set(parts.network.organisations)


def test_no_scanner_does_two_at_once(rows):
    done = rows[rows["outcome"] == "done"].sort_values(["scanner_id", "scanned_start"])
    before = done.groupby("scanner_id")["scanned_end"].shift()
    assert (done["scanned_start"] >= before)[before.notna()].all()


def test_it_is_like_a_real_one(rows):
    done = rows[rows["outcome"] == "done"]
    night = ~done["scanned_start"].dt.hour.between(8, 19)
    assert 0.01 < night.mean() < 0.3
    assert done.loc[night, "source_of_referral"].isin(["emergency", "inpatient"]).mean() > 0.9
    assert (done["scanned_start"].dt.day_of_week >= 5).mean() < 0.2
    booked = rows[rows["booked"].notna()]
    assert (booked["outcome"] == "dna").mean() == pytest.approx(0.05, abs=0.015)
    waits = (done["scanned_start"] - done["requested"]).dt.days[done["priority"] == "routine"]
    assert waits.mean() > waits.median() > 10
    assert rows["examination_id"].is_unique


def test_more_than_the_scanners_can_do_is_said(parts, tmp_path):
    with pytest.raises(ValueError, match="do not fit"):
        write_extract(parts.network, parts.assumptions, tmp_path / "extract.csv", 500_000, months=1)


def test_it_is_made_for_any_network_by_one_command(tmp_path, capsys):
    assert main([str(example_networks()["two_trusts_endoscopy"]), str(tmp_path / "extract.csv.gz"), "--rows", "300", "--months", "2"]) == 0
    assert "300 examinations" in capsys.readouterr().out
    assert len(pd.read_csv(tmp_path / "extract.csv.gz")) == 300
    assert main([str(Path(__file__).parent), str(tmp_path / "x.csv")]) == 1
