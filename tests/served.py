"""A portal with a tiny plan in its store, and one served by a process of its own, for tests of pages."""

import http.client
import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import cache

import pytest

from data.folder import example_networks, read_folder
from data.intake import from_parts
from data.scenario import base
from data.store import SINGLE_USER, WORKER
from portal import engine, services
from portal.worker import Process
from tests.conftest import REPOSITORY

SECONDS = 60
"""Most that one page, one plan of a tiny network, or the start of a server may take."""

TINY = "four_trusts_one_week"
"""An example network whose one week is planned in about a second."""


def tiny_parts(typed=""):
    """The tiny network; what is `typed` stands before every title."""
    parts = read_folder(example_networks()[TINY])
    tables = [name for name in parts.network.tables if name != "network" and "title" in parts.network[name]]
    named = {name: parts.network[name].assign(title=f"{typed} " + parts.network[name]["title"]) for name in tables} if typed else {}
    return replace(parts, network=parts.network.changed(**named))


@cache
def tiny_dataset(typed=""):
    """The tiny network as a dataset; nobody changes it."""
    return from_parts(tiny_parts(typed), file=typed or TINY)


def save_tiny(store, typed=""):
    """Store the tiny network; returns the id of the dataset."""
    return store.save_dataset(SINGLE_USER, tiny_dataset(typed), name=typed or "Tiny").id


def make_plan(folder, copies, typed=""):
    """Make a store in `folder` with a plan of the tiny network, finished by one of `copies`; returns the plan's run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SIXWEEKS_HOME", str(folder))
        patch.delenv("SIXWEEKS_DATABASE_URL", raising=False)
        patch.setattr("portal.worker._spawn", copies.spawn)
        store = services.store()
        run = services.start_plan(SINGLE_USER, base(save_tiny(store, typed), weeks=1).changed(name=typed or "One week"))
        give_up = time.monotonic() + SECONDS
        while not run.ended:
            assert time.monotonic() < give_up, "no plan in time"
            time.sleep(0.1)
            run = services.run(SINGLE_USER, run.id)
        assert run.state == "done", run.message
        leave(store)
    return run


def leave(store):
    """End whatever still works for a store, and let go of it."""
    engine.stop(store)
    for lease in store.leases(WORKER):
        Process.parse(lease.worker).kill()
    store.close()


@contextmanager
def portal(folder):
    """Host and port of a fresh server, with its store in `folder`; it answers."""
    port = _free_port()
    command = [sys.executable, "-m", "streamlit", "run", "portal/asgi.py", f"--server.port={port}"]
    environment = {**os.environ, "SIXWEEKS_HOME": str(folder)}
    environment.pop("SIXWEEKS_DATABASE_URL", None)
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(command, cwd=REPOSITORY, env=environment, stdout=log, stderr=subprocess.STDOUT)
        try:
            host = f"127.0.0.1:{port}"
            _wait(host, server)
            yield host
        finally:
            server.terminate()
            try:
                server.wait(15)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def get(host, path, **headers):
    """Status, headers and body of one answer."""
    connection = http.client.HTTPConnection(host, timeout=10)
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def _wait(host, server):
    give_up = time.monotonic() + SECONDS
    while time.monotonic() < give_up:
        assert server.poll() is None, "the server ended"
        with suppress(OSError):
            status, _, body = get(host, "/healthz")
            assert (status, body) == (200, b'{"status":"ok"}')
            return
        time.sleep(0.1)
    raise AssertionError("the server did not answer in time")


def _free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
