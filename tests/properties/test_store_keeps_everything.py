"""Claims about the store that hold whatever is stored, and whenever the process is killed."""

import os
import random
import signal
import subprocess
import sys
import time

import hypothesis
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import and_, exists, inspect, select, text

from data.fields import DTYPE, Field, Kind, Table
from data.store import SINGLE_USER, Store
from data.store.blobs import decode, digest, encode, encode_checked
from data.store.database import Database, complete_url
from data.store.tables import METADATA
from tests.unit.store_fixtures import sample_dataset

KILLS = 200 if hypothesis.settings.get_current_profile_name() == "soak" else 10
"""In each kind of database."""

CELLS = {
    Kind.TEXT: st.text(max_size=12),
    Kind.NUMBER: st.floats(allow_nan=True, allow_infinity=True),
    Kind.COUNT: st.integers(-(2**63), 2**63 - 1),
    Kind.FLAG: st.booleans(),
    Kind.DATE: st.datetimes(min_value=pd.Timestamp("1900-01-01").to_pydatetime()).map(lambda d: pd.Timestamp(d).floor("s")) | st.just(pd.NaT),
}
TABLE = Table("t", "Things", "", tuple(Field(kind.name.lower(), kind.value, kind) for kind in CELLS))


@st.composite
def frames(draw):
    """A typed frame with a column of every kind."""
    rows = draw(st.integers(0, 6))
    return TABLE.typed({f.name: draw(st.lists(CELLS[f.kind], min_size=rows, max_size=rows)) for f in TABLE.fields})


@given(frames())
def test_a_frame_comes_back_exactly(frame):
    back = decode(TABLE, [encode_checked(TABLE, frame)])
    pd.testing.assert_frame_equal(back, frame, check_exact=True)
    assert [str(d) for d in back.dtypes] == [DTYPE[f.kind] for f in TABLE.fields]


@given(frames(), frames(), st.integers(0, 6))
def test_equal_frames_are_stored_as_equal_bytes_wherever_they_were_cut_from(frame, more, at):
    larger = pd.concat([more.iloc[:at], frame, more], ignore_index=True)
    start = min(at, len(more))
    cut = larger.iloc[start : start + len(frame)].reset_index(drop=True)
    assert digest(encode(TABLE.typed(cut))) == digest(encode(frame))


@given(frames(), frames())
def test_pieces_come_back_one_after_the_other(first, second):
    back = decode(TABLE, [encode(first), encode(second)])
    pd.testing.assert_frame_equal(back, pd.concat([first, second], ignore_index=True), check_exact=True)


SAVER = """
import os, sys
from pathlib import Path
from data.intake import take_in
from data.intake_local import take_in_lists
from data.scenario import base
from data.sources.dm01 import read as read_return
from data.sources.mapping import ColumnMapping
from data.store import SINGLE_USER, Store
from tests.networks.examinations import as_csv, read as read_examinations, rows
from tests.networks.extracts import patient, read as read_list, small_dataset
from tests.networks.full_extract import as_csv as return_as_csv, tidy_rows

# Made once: what is tried is to save.
RETURN, _ = take_in(small_dataset(), [read_return(return_as_csv(tidy_rows(("2026-07-01",))), "return.csv")])
LISTS, _ = take_in_lists(RETURN, [read_list(patient(), patient(Provider_Code="BBB"))], ColumnMapping("waiting_list"))

def named(held, i):
    titles = held.network["network"].assign(title=f"Network {i}")
    return held.changed(network=held.network.changed(network=titles))

def save(url, numbers, out, folder):
    store = Store.open(url)
    for i in numbers:
        tell(out, "dataset", f"return {i}", store.save_dataset(SINGLE_USER, named(RETURN, i), name=f"return {i}"))
        if folder:
            others = {"organisation": "BBB", "site": "b1", "scanner_id": "x2"}
            lines = rows({"patient_id": f"p{i}"}, {"patient_id": f"q{i}", **others})
            reading = read_examinations(as_csv(lines), Path(folder) / str(i), f"extract {i}")
            tell(out, "extract", reading.file, store.save_imaging(SINGLE_USER, reading))
        lists = named(LISTS, i)
        tell(out, "dataset", f"list {i}", store.save_dataset(SINGLE_USER, lists, name=f"list {i}"))
        for k in range(2):
            scenario = base(lists.content_id).changed(name=f"scenario {i}.{k}")
            tell(out, "scenario", scenario.name, store.save_scenario(SINGLE_USER, scenario))
    store.close()

def tell(out, kind, name, stored):
    print(kind, name, stored.id, sep="|", file=out, flush=True)

# A process of its own for each line; they share what takes longest, which is to get ready. DuckDB is for the children: its threads are not copied.
url, ready, folder = sys.argv[1:]
save(ready, range(1), sys.stderr, "")
for line in sys.stdin:
    first, out = line.split()
    process = os.fork()
    if process == 0:
        with open(out, "w") as file:
            save(url, range(int(first), int(first) + 1000), file, folder)
    print(process, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), flush=True)
"""


def killed_while_saving(saver, first, out, saves, seconds):
    """What a process acknowledged that saves without pause until it is killed, so long after so many saves: kind and name, and id of each."""
    out.write_text("")
    print(first, out, file=saver.stdin, flush=True)
    process = int(saver.stdout.readline())
    while out.read_text().count("\n") < saves:
        os.kill(process, 0)  # it is there
        time.sleep(0.01)
    time.sleep(seconds)
    os.kill(process, signal.SIGKILL)
    assert int(saver.stdout.readline()) == -signal.SIGKILL
    whole_lines = [line.split("|") for line in out.read_text().split("\n")[:-1]]
    return {(kind, name): object_id for kind, name, object_id in whole_lines}


@pytest.fixture
def saver(store_url, tmp_path, monkeypatch):
    """A process whose children save without pause, one for each line it is given."""
    monkeypatch.setenv("SIXWEEKS_HOME", str(tmp_path / "home"))
    command = [sys.executable, "-c", SAVER, store_url, f"sqlite:///{tmp_path / 'ready.db'}", str(tmp_path / "readings")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process


def held_by(store):
    """Everything in a store: kind and name, and id of each."""
    held = {("dataset", d.name): d.id for d in store.datasets(SINGLE_USER)}
    held |= {("scenario", s.name): s.id for s in store.scenarios(SINGLE_USER)}
    return held | {("extract", e.file): e.id for e in store.extracts(SINGLE_USER)}


def assert_whole(store, kind, object_id):
    """It opens, and its content gives the id or the digests under which it is stored."""
    if kind == "dataset":
        assert store.dataset(SINGLE_USER, object_id).changed().content_id == object_id
    elif kind == "scenario":
        stored = store.stored_scenario(SINGLE_USER, object_id)
        assert store.scenario(SINGLE_USER, object_id).content_id == stored.content_id
    else:
        (extract,) = [e for e in store.extracts(SINGLE_USER) if e.id == object_id]
        assert [(p.organisation, p.rows) for p in extract.parts] == [("AAA", 1), ("BBB", 1)]
        files = store.paths(SINGLE_USER, "imaging", extract_id=object_id)
        assert [digest(f.read_bytes()) for f in files] == [p.sha256 for p in extract.parts]


def assert_sound(store):
    """The database is as its declarations say, and the audit knows of everything in it."""
    with store._database.read() as connection:
        if connection.dialect.name == "sqlite":
            assert connection.execute(text("PRAGMA integrity_check")).scalars().all() == ["ok"]
            assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
        for table in METADATA.sorted_tables:
            for key in table.foreign_key_constraints:
                parent = key.referred_table.alias("parent")
                is_there = exists().where(and_(*(e.parent == parent.c[e.column.name] for e in key.elements)))
                assert connection.execute(select(table).where(~is_there)).all() == []
    assert store.verify_audit(SINGLE_USER) == []


def assert_no_stray_file(store, home):
    """After a sweep there are the files of stored extracts, each once, what was made beside them, and nothing half."""
    for path in (home / "extracts").rglob(".staging-*"):
        os.utime(path, (0, 0))  # what nobody finished writing is taken for abandoned after an hour
    store.sweep_extracts()
    there = {path.name.removesuffix(".parquet") for path in (home / "extracts").rglob("*") if path.is_file()}
    stored = {p.sha256 for e in store.extracts(SINGLE_USER) for p in e.parts}
    assert there >= stored
    assert {name.partition(".planned-")[0] for name in there} == stored


@pytest.mark.timeout(0)
def test_no_acknowledged_save_is_lost_when_the_process_is_killed(tmp_path, store_url, saver):
    times = random.Random(1)  # noqa: S311 (moments of kills, nothing secret)
    told, looked_at = {}, set()
    for kill in range(KILLS):
        told |= killed_while_saving(saver, kill * 1000, tmp_path / "out", times.randint(1, 6), times.uniform(0, 0.3))

        begin = time.perf_counter()
        store = Store.open(store_url)
        held = held_by(store)
        assert time.perf_counter() - begin < 10
        assert told.items() <= held.items()
        assert len(held) <= len(told) + kill + 1, "besides, at most the save that was under way at each kill"
        for (kind, name), object_id in held.items():
            if (kind, name) not in looked_at:
                assert_whole(store, kind, object_id)
                looked_at.add((kind, name))
        assert_sound(store)
        assert_no_stray_file(store, tmp_path / "home")
        store.close()
    assert len(told) > KILLS
    assert {kind for kind, _ in told} == {"dataset", "scenario", "extract"}


DYING = """
import os, signal, sys
from alembic import op
from data.store import Store
op.create_index = lambda *a, **k: os.kill(os.getpid(), signal.SIGKILL)
Store.open(sys.argv[1])
"""


def test_a_migration_killed_half_way_leaves_nothing_and_the_next_opening_works(store_url):
    killed = subprocess.run([sys.executable, "-c", DYING, store_url], check=False, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    database = Database(complete_url(store_url))
    assert inspect(database.engine).get_table_names() == []
    database.close()
    store = Store.open(store_url)
    store.save_dataset(SINGLE_USER, sample_dataset(), name="Tiny")
    assert store.verify_audit(SINGLE_USER) == []
    store.close()
