"""An administrator: what is held of patients' rows and until when, its removal, and who did what."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from data.findings import Findings
from data.store import SINGLE_USER, Scope
from portal import administration
from portal.workspace import Workspace
from tests.journeys.conftest import labelled
from tests.networks.examinations import as_csv, read, rows

LATER = datetime.now(UTC) + timedelta(days=31)


@pytest.fixture
def held(portal_store, planner, tmp_path):
    """A store with examinations of two months, which are kept for years, and rows of a waiting list, which are kept for thirty days."""
    reading = read(as_csv(rows({}, {"scanned_start": "2026-06-02 09:00", "scanned_end": "", "reported": ""})), tmp_path / "reading")
    portal_store.save_imaging(SINGLE_USER, reading, basis="Sharing agreement 7")
    portal_store.save_extract(
        SINGLE_USER, "waiting_list", [("AAA", "2026-05", reading.parts[0].path)], file="list.csv", sha256="2" * 64, parser_version=1,
        findings=Findings(),
    )  # fmt: skip
    planner.open("admin")
    return planner


def at(planner, part):
    planner.app.session_state["admin_part"] = part
    planner.app.run()
    return planner.settled()


def tables(planner):
    return [frame.value for frame in planner.app.dataframe]


def test_an_empty_store_says_that_nothing_is_held(planner):
    planner.open("admin")
    assert planner.title == "No rows of patients are held."
    assert "Nothing has been done yet." in (at(planner, "Who did what"), planner.text)[1]


def test_everything_held_is_listed_with_the_day_it_is_to_be_purged(held, portal_store):
    assert held.title == "3 rows of patients are held, none of them due to be purged."
    (shown,) = tables(held)
    ends = {p.kind: p.ends for p in portal_store.held_parts(SINGLE_USER)}
    assert shown[["Kind", "Organisation", "Month", "Rows"]].to_numpy().tolist() == [
        ["Waiting list extract", "AAA", "May 2026", 1], ["Imaging extract", "AAA", "May 2026", 1], ["Imaging extract", "AAA", "June 2026", 1],
    ]  # fmt: skip
    assert shown["To be purged on"][0] == f"{ends['waiting_list'].day} {ends['waiting_list']:%B %Y}"
    assert shown["To be purged on"].tolist()[1:] == ["1 June 2029", "1 July 2029"]


def test_what_is_due_after_31_days_is_shown_then_purged_once_somebody_is_sure(held, portal_store, monkeypatch):
    monkeypatch.setattr(administration, "now", lambda: LATER)
    held.open("admin")
    assert held.title == "3 rows of patients are held, 1 of them due to be purged."
    assert tables(held)[0]["Kind"].tolist() == ["Waiting list extract"]
    assert "A purge removes 1 row (waiting list extracts of 1 month of an organisation)." in held.text
    held.press("Purge what is due")
    assert "tick the box first" in held.text
    assert len(portal_store.held_parts(SINGLE_USER)) == 3
    labelled(held.app.checkbox, "Remove these rows for good").check()
    held.press("Purge what is due")
    assert held.title == "2 rows of patients are held, none of them due to be purged."
    assert "Purged 1 row (waiting list extracts of 1 month of an organisation)." in held.text
    assert portal_store.audit(SINGLE_USER)["action"][0] == "purge extract"


def test_another_term_needs_a_reason_and_is_followed(held, portal_store):
    at(held, "How long they are kept")
    labelled(held.app.number_input, "Keep for (months)").set_value(2)
    held.press("Set the term")
    assert "no reason" in held.text
    labelled(held.app.number_input, "Keep for (months)").set_value(2)
    labelled(held.app.text_area, "Reason (required)").set_value("Our board decided")
    held.press("Set the term")
    assert "Imaging extract: kept for 2 months after the end of their month. The next purge follows this." in held.text
    assert tables(held)[0][["Kind", "Kept for", "Reason"]].to_numpy().tolist() == [
        ["Imaging extract", "2 months after the end of their month", "Our board decided"]
    ]
    assert {p.month: p.ends.month for p in portal_store.held_parts(SINGLE_USER) if p.kind == "imaging"} == {"2026-05": 8, "2026-06": 9}


def test_the_audit_says_who_did_what_by_what_right_and_whether_it_is_whole(held, portal_store):
    at(held, "Who did what")
    assert "The audit is whole" in held.text
    shown = tables(held)[0]
    assert shown[["Who", "What", "Outcome"]].to_numpy().tolist() == [["single user", "save extract", "done"]] * 2
    assert "lawful basis: Sharing agreement 7" in shown["Details"][1]
    portal_store.set_retention(SINGLE_USER, "imaging", 24, "=1+1")
    held.app.run()
    held.do(labelled(held.app.selectbox, "What was done").set_value("set retention"))
    assert tables(held)[0]["What"].tolist() == ["set retention"]
    assert "reason: =1+1" in administration.audit_csv(SINGLE_USER, "set retention")().decode("utf-8-sig")
    assert len(administration.audit_csv(SINGLE_USER, "")().splitlines()) == 4


def test_a_changed_row_of_the_audit_shows(held, portal_store):
    with portal_store._database.write() as connection:
        connection.execute(text("DROP TRIGGER audit_no_update"))
        connection.execute(text("UPDATE audit SET who = 'nobody' WHERE seq = 1"))
    at(held, "Who did what")
    assert "The audit is not whole" in held.text
    assert "Row 1 of the audit was changed." in held.text


def test_the_rule_for_small_numbers_stands_in_words(held):
    at(held, "Small numbers")
    assert "Counts of patients from 1 to 7 are shown as 5" in held.text


def test_the_page_is_for_administrators(held, monkeypatch):
    monkeypatch.setattr("portal.workspace.SINGLE_USER", Scope("Ann", "", "planner"))
    held.app.run()
    assert "This needs the role admin; Ann has the role planner." in held.app.exception[0].message
    assert isinstance(held.app.session_state["workspace"], Workspace)
