"""Extracts in the store: whole or not at all, in versions, for those who may see them, for as long as they may be kept."""

import json
import os
import signal
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import text

from data.errors import NotAllowed, Refused, SixweeksError
from data.findings import Findings, warning
from data.retention import RETENTION
from data.store import SINGLE_USER, WORKER, Scope, Store
from tests.unit.store_fixtures import ADMIN, NETWORK_PLANNER, ONE, OTHER, VIEWER

CANARY = "canary-of-a-patient"
HERE = {"AAA": ONE, "BBB": OTHER}


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    """A home of the test's own."""
    monkeypatch.setenv("SIXWEEKS_HOME", str(tmp_path / "home"))
    return tmp_path / "home" / "extracts"


@pytest.fixture
def part(tmp_path):
    """Makes a part: a Parquet file of one column."""

    def make(organisation="AAA", month="2026-05", values=(1, 2, 3)):
        path = tmp_path / f"{organisation}-{month}-{'-'.join(map(str, values))}.parquet"
        pq.write_table(pa.table({"value": [f"{v}" for v in values]}), path)
        return organisation, month, path

    return make


def save(store, scope, parts, *, sha256="1" * 64, file="may.csv", version=1, findings=Findings(), kind="imaging", basis=""):
    return store.save_extract(scope, kind, parts, file=file, sha256=sha256, parser_version=version, findings=findings, basis=basis)


def values(paths):
    return [pq.read_table(path)["value"].to_pylist() for path in paths]


def files(place):
    return sorted(path for path in place.rglob("*") if path.is_file())


def test_parts_come_back_as_they_were_saved(store, part):
    doubt = Findings([warning("order", "x", "y", "z", file="may.csv", row=3)])
    saved = save(store, ONE, [part(), part(month="2026-06", values=(4,))], findings=doubt)
    assert (saved.already, saved.rows, saved.findings, saved.file, saved.created_by) == (False, 4, doubt, "may.csv", "Ann")
    assert [(p.month, p.version, p.current, p.rows) for p in saved.parts] == [("2026-05", 1, True, 3), ("2026-06", 1, True, 1)]
    assert values(store.paths(ONE, "imaging")) == [["1", "2", "3"], ["4"]]
    assert values(store.paths(ONE, "imaging", months=["2026-06"])) == [["4"]]
    assert store.paths(ONE, "imaging", organisations=["BBB"]) == store.paths(ONE, "waiting_list") == []
    assert store.extracts(ONE) == store.extracts(ONE, "imaging") == [saved]


def test_files_lie_under_their_digest_and_nothing_else_lies_there(store, part, place):
    saved = save(store, ONE, [part(), part(month="2026-06", values=(4,))])
    assert sorted(p.stem for p in files(place)) == sorted(p.sha256 for p in saved.parts)
    assert all(p.parent.name == p.stem[:2] and p.suffix == ".parquet" for p in files(place))


def test_the_same_file_again_is_already_loaded(store, part):
    first = save(store, ONE, [part()])
    again = save(store, ONE, [part()], file="another name.csv")
    assert (again.already, again.id, again.created, again.file) == (True, first.id, first.created, "may.csv")
    assert len(store.extracts(ONE)) == 1
    packed = save(store, ONE, [part()], sha256="2" * 64, file="may.csv.gz")
    assert (packed.already, packed.id) == (True, first.id), "the same rows from another file are loaded too"


def test_the_same_file_read_with_other_words_is_stored_as_it_is_read_now(store, part):
    save(store, ONE, [part()])
    again = save(store, ONE, [part(values=(1, 2))])
    assert (again.already, [p.version for p in again.parts]) == (False, [2])
    assert values(store.paths(ONE, "imaging")) == [["1", "2"]]


def test_extracts_are_listed_page_by_page_newest_first(store, part):
    months = [f"2026-{m:02}" for m in range(1, 6)]
    for k, month in enumerate(months):
        save(store, NETWORK_PLANNER, [part("AAA", month), part("BBB", month)], sha256=f"{k}" * 64)
    everything = store.extracts(ONE)
    assert [[(p.organisation, p.month) for p in e.parts] for e in everything] == [[("AAA", m)] for m in reversed(months)]
    assert store.extracts(ONE, limit=2) == everything[:2]
    assert store.extracts(ONE, "imaging", limit=2, skip=4) == everything[4:]


def test_a_corrected_month_is_a_new_version_and_the_older_one_stays_readable(store, part):
    first = save(store, ONE, [part(), part(month="2026-06")])
    second = save(store, ONE, [part(values=(9,)), part(month="2026-06")], sha256="2" * 64)
    assert [(p.month, p.version) for p in second.parts] == [("2026-05", 2)], "what is in force already is not stored twice"
    assert values(store.paths(ONE, "imaging", months=["2026-05"])) == [["9"]]
    assert values(store.paths(ONE, "imaging", extract_id=first.id)) == [["1", "2", "3"], ["1", "2", "3"]]
    assert [[p.current for p in e.parts] for e in store.extracts(ONE)] == [[True], [False, True]]
    back = save(store, ONE, [part(), part(month="2026-06")])
    assert [(p.month, p.version) for p in back.parts] == [("2026-05", 3)], "an older file can be put in force again"


def test_an_organisation_sees_its_own_rows_only_whoever_sent_them(store, part):
    findings = Findings([warning("rule", CANARY, "y", "z")])
    save(store, NETWORK_PLANNER, [part("AAA", values=("a",)), part("BBB", values=(CANARY,))], findings=findings)
    save(store, OTHER, [part("BBB", "2026-06", values=(CANARY,))], sha256="2" * 64, file=f"{CANARY}.csv")
    assert values(store.paths(ONE, "imaging")) == [["a"]]
    assert values(store.paths(VIEWER, "imaging")) == [["a"]]
    assert store.paths(ONE, "imaging", organisations=["BBB"]) == []
    assert CANARY not in repr(store.extracts(ONE))
    assert len(store.paths(OTHER, "imaging")) == 2
    assert len(store.paths(SINGLE_USER, "imaging")) == 3
    theirs = store.extracts(OTHER)[0].id
    assert store.paths(ONE, "imaging", extract_id=theirs) == []
    assert store.purge(Scope("x", "AAA", "admin"), datetime(2040, 1, 1, tzinfo=UTC))[0].organisation == "AAA"
    assert len(store.paths(OTHER, "imaging")) == 2


def test_who_may_not_save_does_not(store, part, place):
    for scope, parts in ((VIEWER, [part()]), (ONE, [part("BBB")]), (ONE, [part(), part("BBB")])):
        with pytest.raises(NotAllowed):
            save(store, scope, parts)
    with pytest.raises(NotAllowed):
        store.purge(ONE, datetime.now(UTC))
    assert files(place) == []
    assert set(store.audit(ADMIN)["outcome"]) == {"not allowed"}


def test_what_nobody_said_how_long_to_keep_is_not_stored(store, part):
    with pytest.raises(ValueError, match="retention"):
        save(store, ONE, [part()], kind="gossip")
    with pytest.raises(ValueError, match="nothing to store"):
        save(store, ONE, [])


def test_every_save_and_purge_is_audited_without_a_row(store, part):
    saved = save(store, ONE, [part(values=(CANARY,))])
    store.purge(ADMIN, datetime(2040, 1, 1, tzinfo=UTC))
    told = store.audit(ADMIN)[["action", "object_id", "details"]].iloc[::-1].to_numpy().tolist()
    assert [row[:2] for row in told] == [["save extract", saved.id], ["purge extract", saved.id]]
    assert json.loads(told[0][2]) == {"file": "may.csv", "parts": 1, "rows": 1, "source": "imaging"}
    assert CANARY not in str(told)
    assert store.verify_audit(ADMIN) == []


def test_the_lawful_basis_of_an_extract_is_in_the_audit(store, part):
    save(store, ONE, [part()], basis=" Direct care, agreement 12 ")
    save(store, ONE, [part(month="2026-06")], sha256="2" * 64, basis=" ")
    told = [json.loads(details) for details in store.audit(ADMIN)["details"]]
    assert [row.get("lawful_basis") for row in told] == [None, "Direct care, agreement 12"]
    assert store.verify_audit(ADMIN) == []


def test_a_transaction_that_fails_leaves_no_file_after_the_next_start(store, store_url, part, place, monkeypatch):
    monkeypatch.setattr("data.store.extracts.append", lambda *a, **k: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        save(store, ONE, [part()])
    assert store.extracts(ONE) == []
    assert len(files(place)) == 1, "moved, and then not committed"
    Store.open(store_url).close()
    assert files(place) == []


KILLED = """
    import os, signal, sys
    from pathlib import Path
    import data.store.extracts as extracts
    from data.store import Scope, Store
    from data.store.extract_files import move
    where, url, source = sys.argv[1:]
    def killed(*arguments):
        if where == "after":
            move(*arguments)
        os.kill(os.getpid(), signal.SIGKILL)
    extracts.move = killed
    store = Store.open(url)
    store.save_extract(Scope("Ann", "AAA", "planner"), "imaging", [("AAA", "2026-06", Path(source))],
                       file="june.csv", sha256="2" * 64, parser_version=1)
"""


@pytest.mark.parametrize("where", ["before", "after"])
def test_a_kill_around_the_move_of_files_leaves_nothing_half(store, store_url, part, place, where):
    kept = save(store, ONE, [part()])
    source = part(month="2026-06", values=(7,))[2]
    command = [sys.executable, "-c", textwrap.dedent(KILLED), where, store.url, str(source)]
    assert subprocess.run(command, check=False, timeout=60).returncode == -signal.SIGKILL
    assert len(files(place)) == 2
    for path in files(place):
        os.utime(path, (0, 0))  # what nobody finished writing is taken for abandoned after an hour
    again = Store.open(store_url)
    assert [p.stem for p in files(place)] == [kept.parts[0].sha256]
    assert again.extracts(ONE) == [kept]
    assert values(again.paths(ONE, "imaging")) == [["1", "2", "3"]]
    assert not save(again, ONE, [("AAA", "2026-06", source)], sha256="2" * 64).already
    again.close()


def test_a_sweep_spares_what_is_being_written(store, part, place):
    save(store, ONE, [part()])
    writing = files(place)[0].parent.parent / ".staging-x"
    writing.write_bytes(b"half")
    assert store.sweep_extracts() == 0
    os.utime(writing, (0, 0))
    assert store.sweep_extracts() == 1
    assert len(files(place)) == 1


def test_two_stores_beneath_one_home_leave_each_other_alone(store, part, tmp_path, place):
    save(store, ONE, [part()])
    other = Store.open(f"sqlite:///{tmp_path / 'other.db'}")
    assert other.sweep_extracts() == 0
    save(other, ONE, [part()])
    other.purge(ADMIN, datetime(2040, 1, 1, tzinfo=UTC))
    other.close()
    assert values(store.paths(ONE, "imaging")) == [["1", "2", "3"]]


def test_two_uploads_of_one_file_at_once_store_it_once(store, part):
    parts = [part(), part(month="2026-06")]
    with ThreadPoolExecutor(4) as pool:
        saved = list(pool.map(lambda _: save(store, ONE, parts), range(4)))
    assert len({s.id for s in saved}) == 1
    assert sum(not s.already for s in saved) == 1
    assert len(store.extracts(ONE)) == 1


def test_rows_are_removed_when_their_time_is_over_and_the_record_stays(store, part, place):
    save(store, ONE, [part(month="2023-04"), part(month="2023-05", values=(CANARY,)), part(month="2023-06", values=(6,))])
    save(store, ONE, [part(month="2023-05", values=(5,))], sha256="2" * 64)
    due = datetime(2026, 6, 1, tzinfo=UTC)
    assert [p.month for p in store.purge(ADMIN, due - timedelta(seconds=1))] == ["2023-04"]
    assert sorted((p.month, p.version) for p in store.purge(ADMIN, due)) == [("2023-05", 1), ("2023-05", 2)]
    assert store.purge(ADMIN, due) == []
    assert values(store.paths(ONE, "imaging")) == [["6"]]
    assert len(files(place)) == 1
    assert not any(CANARY.encode() in path.read_bytes() for path in place.parent.rglob("*") if path.is_file())
    assert [[(p.month, p.purged is not None) for p in e.parts] for e in store.extracts(ONE)] == [
        [("2023-05", True)], [("2023-04", True), ("2023-05", True), ("2023-06", False)],
    ]  # fmt: skip


def test_equal_files_of_two_months_are_kept_while_one_is_due(store, part, place):
    save(store, ONE, [part(month="2020-01"), part(month="2026-05")])
    assert len(files(place)) == 1, "equal content is held once"
    store.purge(ADMIN, datetime(2026, 6, 1, tzinfo=UTC))
    assert values(store.paths(ONE, "imaging")) == [["1", "2", "3"]]


@pytest.mark.parametrize(
    ("kind", "month", "end"),
    [("imaging", "2023-05", datetime(2026, 6, 1, tzinfo=UTC)), ("waiting_list", "2023-05", datetime(2026, 12, 10, 9, tzinfo=UTC))],
)
def test_retention_is_as_declared(kind, month, end):
    assert RETENTION[kind].ends(month, datetime(2026, 11, 10, 9, tzinfo=UTC)) == end


def test_a_term_that_was_set_is_followed_and_says_who_set_it_and_why(store, part):
    save(store, ONE, [part()], kind="waiting_list")
    soon = datetime.now(UTC) + timedelta(days=8)
    assert (store.due(ADMIN, soon), store.purge(ADMIN, soon)) == ([], [])
    assert store.set_retention(ADMIN, "waiting_list", 7, " Our board decided ").words == "7 days after the day they were loaded"
    assert [(p.organisation, p.kind, p.rows) for p in store.due(ADMIN, soon)] == [("AAA", "waiting_list", 3)]
    assert len(store.purge(ADMIN, soon)) == 1
    assert store.held_parts(ADMIN) == []
    (known,) = store.retention_versions(ADMIN)
    assert (known.kind, known.version, known.retention.term, known.reason, known.created_by) == ("waiting_list", 1, 7, "Our board decided", "Ada")
    told = store.audit(ADMIN, action="set retention")
    assert json.loads(told["details"][0]) == {"days": 7, "reason": "Our board decided", "version": 1}
    assert store.verify_audit(ADMIN) == []


def test_thirty_one_days_on_a_waiting_list_is_due_and_examinations_are_not(store, part):
    saved = save(store, ONE, [part()], kind="waiting_list")
    save(store, ONE, [part(values=(9,))])
    later = saved.created + timedelta(days=31)
    assert [p.kind for p in store.due(ADMIN, later)] == ["waiting_list"]
    assert [p.kind for p in store.purge(WORKER, later)] == ["waiting_list"]
    assert [(p.kind, p.month, p.rows, p.current, p.file) for p in store.held_parts(ADMIN)] == [("imaging", "2026-05", 1, True, "may.csv")]
    assert store.audit(ADMIN)["who"][0] == "worker"


def test_an_organisation_sets_the_term_of_its_own_rows_only(store, part):
    save(store, NETWORK_PLANNER, [part("AAA", "2026-01"), part("BBB", "2026-01", values=(4,))])
    admin, other = Scope("Abe", "AAA", "admin"), Scope("Bea", "BBB", "admin")
    store.set_retention(ADMIN, "imaging", 12, "for all")
    store.set_retention(admin, "imaging", 2, "for us")
    store.set_retention(admin, "imaging", 3, "a month more")
    store.set_retention(admin, "imaging", 3, "said twice")
    assert (store.retention(admin)["imaging"].term, store.retention(other)["imaging"].term, store.retention(ADMIN)["imaging"].term) == (3, 12, 12)
    assert [(v.organisation, v.version, v.retention.term) for v in store.retention_versions(admin)] == [("AAA", 2, 3), ("AAA", 1, 2), ("", 1, 12)]
    assert [v.organisation for v in store.retention_versions(other)] == [""]
    ends = {p.organisation: p.ends for p in store.held_parts(ADMIN)}
    assert ends == {"AAA": datetime(2026, 5, 1, tzinfo=UTC), "BBB": datetime(2027, 2, 1, tzinfo=UTC)}
    assert [p.organisation for p in store.held_parts(other)] == ["BBB"]
    assert store.purge(other, datetime(2026, 6, 1, tzinfo=UTC)) == []
    assert [p.organisation for p in store.purge(ADMIN, datetime(2026, 6, 1, tzinfo=UTC))] == ["AAA"]


def test_only_an_admin_sets_a_term_and_only_within_bounds_and_with_a_reason(store):
    with pytest.raises(NotAllowed):
        store.set_retention(ONE, "imaging", 12, "why not")
    for term in (0, -1, 121):
        with pytest.raises(Refused, match="from 1 to 120"):
            store.set_retention(ADMIN, "imaging", term, "because")
    with pytest.raises(Refused, match="no reason"):
        store.set_retention(ADMIN, "imaging", 12, " ")
    with pytest.raises(ValueError, match="no kind of extract"):
        store.set_retention(ADMIN, "gossip", 12, "because")
    assert store.retention(ADMIN) == RETENTION
    assert store.retention_versions(ADMIN) == []


@pytest.mark.parametrize("verb", ["DELETE FROM retentions", "UPDATE retentions SET term = 1"])
def test_a_term_that_was_set_cannot_be_changed_unseen(store, verb):
    store.set_retention(ADMIN, "imaging", 12, "because")
    with pytest.raises(Exception, match="not allowed"), store._database.write() as connection:
        connection.execute(text(verb))


@pytest.mark.parametrize("damage", [lambda p: p.unlink(), lambda p: p.write_bytes(b"PAR1")])
def test_a_file_that_is_gone_or_cut_short_is_noticed(store, part, place, damage):
    save(store, ONE, [part()])
    damage(files(place)[0])
    with pytest.raises(SixweeksError, match="The extract of AAA for 2026-05 is damaged"):
        store.paths(ONE, "imaging")


def test_a_folder_that_cannot_be_written_is_said_and_nothing_is_stored(store, part, place):
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text("a file where the folder should be")
    with pytest.raises(SixweeksError, match="cannot be stored"):
        save(store, ONE, [part()])
    assert store.extracts(ONE) == []


@pytest.mark.parametrize("table", ["extracts", "extract_parts", "extract_purges"])
def test_what_is_recorded_of_an_extract_cannot_be_changed(store, part, table):
    save(store, ONE, [part(month="2020-01")])
    store.purge(ADMIN, datetime(2026, 6, 1, tzinfo=UTC))
    for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET {'file' if table == 'extracts' else 'month'} = 'x'"):  # noqa: S608, fixed names
        with pytest.raises(Exception, match="not allowed"), store._database.write() as connection:
            connection.execute(text(statement))
