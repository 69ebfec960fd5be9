"""`sixweeks purge` removes what is due, and only says so when asked to."""

import json
from datetime import UTC, datetime

import pytest

from data.store import SINGLE_USER
from portal import administration, services
from portal.cli import main
from tests.networks.examinations import as_csv, read, rows


@pytest.fixture
def store(tmp_path, monkeypatch):
    """A store with two examinations of May 2026, looked at when the first is due."""
    monkeypatch.setenv("SIXWEEKS_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("SIXWEEKS_DATABASE_URL", raising=False)
    monkeypatch.setattr(administration, "now", lambda: datetime(2029, 6, 1, 12, tzinfo=UTC))
    held = services.store()
    held.save_imaging(SINGLE_USER, read(as_csv(rows({}, {}, {"scanned_start": "2026-06-02 09:00", "scanned_end": ""})), tmp_path / "reading"))
    return held


def test_a_dry_run_says_what_is_due_and_removes_nothing(store, capsys):
    assert main(["purge", "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("Would remove 2 rows (imaging extracts of 1 month of an organisation).\nKind     Organisation  Month     Version  Rows\n")
    assert "May 2026" in said
    assert len(store.held_parts(SINGLE_USER)) == 2


def test_the_portal_purges_in_the_name_of_its_engine_when_it_starts(store):
    assert [(p.month, p.rows) for p in administration.purge_at_start()] == [("2026-05", 2)]
    assert administration.purge_at_start() == []
    assert store.audit(SINGLE_USER)[["who", "action"]].to_numpy().tolist()[0] == ["worker", "purge extract"]
    shown = administration.audit_table(SINGLE_USER, "purge extract")
    assert shown["Details"].tolist() == ["months: 2026-05; parts: 1; source: imaging"]


def test_a_purge_removes_what_is_due_and_nothing_else(store, capsys):
    assert main(["purge", "--json"]) == 0
    purged = [{"kind": "imaging", "organisation": "AAA", "month": "2026-05", "version": 1, "rows": 2}]
    assert json.loads(capsys.readouterr().out) == {"command": "purge", "dry_run": False, "purged": purged}
    assert [p.month for p in store.held_parts(SINGLE_USER)] == ["2026-06"]
    assert main(["purge"]) == 0
    assert capsys.readouterr().out == "Nothing is due to be purged.\n"
