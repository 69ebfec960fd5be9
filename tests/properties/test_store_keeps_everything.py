"""Claims about the store that hold whatever is stored, and whenever the process is killed."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from data.fields import DTYPE, Field, Kind, Table
from data.store import SINGLE_USER, Store
from data.store.blobs import decode, digest, encode, encode_checked
from tests.unit.store_fixtures import sample_dataset

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
from data.scenario import base
from data.store import SINGLE_USER, Store
from tests.unit.store_fixtures import sample_dataset

def save(url, numbers, out):
    store = Store.open(url)
    for i in numbers:
        dataset = store.save_dataset(SINGLE_USER, sample_dataset(title=f"Network {i}"), name=f"Dataset {i}")
        print("dataset", i, dataset.id, file=out, flush=True)
        for k in range(4):
            scenario = store.save_scenario(SINGLE_USER, base(dataset.id).changed(name=f"Scenario {i}.{k}"))
            print("scenario", f"{i}.{k}", scenario.id, file=out, flush=True)
    store.close()

# A process of its own for each line; they share what takes longest, which is to get ready.
save(sys.argv[1] + ".ready", range(1), sys.stderr)
for line in sys.stdin:
    first, out = line.split()
    process = os.fork()
    if process == 0:
        with open(out, "w") as file:
            save(sys.argv[1], range(int(first), int(first) + 1000), file)
    print(process, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), flush=True)
"""


def killed_while_saving(saver, first, out, saves, seconds):
    """What a process acknowledged that saves without pause until it is killed, so long after so many saves: (kind, number) and id of each."""
    out.write_text("")
    print(first, out, file=saver.stdin, flush=True)
    process = int(saver.stdout.readline())
    while out.read_text().count("\n") < saves:
        os.kill(process, 0)  # it is there
        time.sleep(0.01)
    time.sleep(seconds)
    os.kill(process, signal.SIGKILL)
    assert int(saver.stdout.readline()) == -signal.SIGKILL
    whole_lines = [line.split() for line in out.read_text().split("\n")[:-1]]
    return {(kind, number): object_id for kind, number, object_id in whole_lines}


@pytest.fixture
def saver(tmp_path):
    """A process whose children save without pause, one for each line it is given."""
    url = f"sqlite:///{tmp_path / 'store.db'}"
    with subprocess.Popen([sys.executable, "-c", SAVER, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process


def test_no_acknowledged_save_is_lost_when_the_process_is_killed(tmp_path, saver):
    kills = int(os.environ.get("SIXWEEKS_KILLS", "10"))
    url = f"sqlite:///{tmp_path / 'store.db'}"
    times = random.Random(1)  # noqa: S311 (moments of kills, nothing secret)
    told = {}
    for kill in range(kills):
        told |= killed_while_saving(saver, kill * 1000, tmp_path / "out", times.randint(1, 8), times.uniform(0, 0.05))

        begin = time.perf_counter()
        store = Store.open(url)
        held = {("dataset", d.name.removeprefix("Dataset ")): d.id for d in store.datasets(SINGLE_USER)}
        held |= {("scenario", s.name.removeprefix("Scenario ")): s.id for s in store.scenarios(SINGLE_USER)}
        assert time.perf_counter() - begin < 10
        assert told.items() <= held.items()
        assert len(held) <= len(told) + kill + 1, "besides, at most the save that was under way at each kill"
        with store._database.read() as connection:
            assert connection.execute(text("PRAGMA integrity_check")).scalars().all() == ["ok"]
            assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
        assert store.verify_audit(SINGLE_USER) == []
        newest = store.newest_dataset(SINGLE_USER)
        assert store.dataset(SINGLE_USER, newest.id).network.title == newest.network_title
        store.close()
    assert len(told) > kills


DYING = """
import os, signal, sys
from alembic import op
from data.store import Store
op.create_index = lambda *a, **k: os.kill(os.getpid(), signal.SIGKILL)
Store.open(sys.argv[1])
"""


def test_a_migration_killed_half_way_leaves_nothing_and_the_next_opening_works(tmp_path):
    url = f"sqlite:///{tmp_path / 'store.db'}"
    killed = subprocess.run([sys.executable, "-c", DYING, url], check=False, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    with closing(sqlite3.connect(tmp_path / "store.db")) as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    store = Store.open(url)
    store.save_dataset(SINGLE_USER, sample_dataset(), name="Tiny")
    assert store.verify_audit(SINGLE_USER) == []
    store.close()
