"""What tests of the store share: a tiny dataset, a plan, and a PostgreSQL server that lives as long as the tests."""

import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from data.activity import ACTIVITY, Activity
from data.assumptions import Assumptions
from data.dataset import SOURCES, Dataset
from data.findings import Findings, warning
from data.network import NETWORK, ORGANISATIONS, TESTS, Network
from data.store import Scope

ONE = Scope("Ann", "AAA", "planner")
OTHER = Scope("Bob", "BBB", "planner")
NETWORK_PLANNER = Scope("Nia", "", "planner")
VIEWER = Scope("Vic", "AAA", "viewer")
ADMIN = Scope("Ada", "", "admin")


def activity_rows(months, organisations=("AAA", "BBB"), tests=("X", "Y")):
    """History with a different number in every cell."""
    places = pd.MultiIndex.from_product([organisations, tests, pd.DatetimeIndex(months)])
    rows = places.to_frame(index=False, name=["organisation", "test", "period"])
    for k, column in enumerate(ACTIVITY.columns[3:]):
        rows[column] = [float(i * 20 + k) for i in range(len(rows))]
    return rows


@cache
def sample_dataset(*, months=("2026-01-01", "2026-02-01"), title="Tiny network", canary="", **history):
    """A dataset of two organisations and two tests, whose `canary` stands in a cell of its history's sources."""
    network = Network(
        {
            "network": NETWORK.typed(
                {"network": ["tiny"], "title": [title], "description": [""], "synthetic": [True], "country": ["GB"], "subdivision": ["ENG"]}
            ),
            "organisations": ORGANISATIONS.typed(
                {"organisation": ["BBB", "AAA"], "title": ["Second trust", "First trust"], "short_title": ["", "First"]}
            ),
            "tests": TESTS.typed({"test": ["Y", "X"], "title": ["Why", "Ex"], "national_code": ["", ""], "allocated": [True, False]}),
        }
    )
    sources = SOURCES.typed(
        {
            "file": [f"history {canary}".strip()], "sha256": ["0" * 64], "source": ["invented"], "period": [pd.NaT], "published": [""],
            "revised": [""], "parser_version": [1], "rows": [8], "synthetic": [True],
        }
    )  # fmt: skip
    rows = activity_rows(months, **history)
    accepted = Findings([warning("rule", "7 rows", "8 rows", "Look again.", file="history.csv", row=3, column="Month")])
    return Dataset(network, Activity({"activity": rows}), Assumptions({}), sources, accepted)


def postgres_tools():
    """Folder of the newest installed PostgreSQL's programs, or None."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3].split(".")[0]))
    on_path = shutil.which("initdb")
    return installed[-1].parent if installed else (Path(on_path).parent if on_path else None)


@contextmanager
def postgres_server():
    """The address of a temporary server reached through a socket in its own folder.

    Skips where PostgreSQL or its driver is not installed.
    """
    pytest.importorskip("psycopg", reason="the PostgreSQL driver (psycopg) is not installed", exc_type=ImportError)
    tools = postgres_tools()
    if tools is None:
        pytest.skip("PostgreSQL is not installed")
    # A short folder of its own: a socket's path must be short, and the server's user must reach it.
    folder = Path(tempfile.mkdtemp(prefix="sixweeks-pg-"))
    as_server = []
    if os.geteuid() == 0:
        # PostgreSQL refuses to run as root.
        as_server = ["runuser", "-u", "postgres", "--"]
        shutil.chown(folder, "postgres")
    data = folder / "data"
    quick = "-c fsync=off -c full_page_writes=off -c listen_addresses= -c max_connections=100"

    def run(*command):
        subprocess.run([*as_server, *command], check=True, capture_output=True, timeout=60, cwd=folder)

    try:
        run(tools / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        run(tools / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", f"-k {folder} {quick}", "start")
        try:
            yield f"postgresql://postgres@/postgres?host={folder}"
        finally:
            run(tools / "pg_ctl", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
