"""Workers that start at once: copies of a process that has read every program file already.

A worker spends most of a tiny plan's time in starting Python and reading libraries, and many tests start one. Here a process reads them once and
divides for each worker: what runs is `portal.worker.main`, in a process and a session of its own, with the arguments, the environment and the
log of a worker started from nothing. Tests marked `cold` start theirs as the portal does.
"""

import json
import os
import select
import subprocess
import sys
import threading
import traceback
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from data.store import home
from portal import worker

_REPOSITORY = Path(__file__).parents[1]
_REAP_SECONDS = 0.05


@dataclass(frozen=True)
class Copy:
    """A worker; as much of `subprocess.Popen` as the engine uses."""

    pid: int

    def poll(self):
        return None if worker.Process.of(self.pid).alive else 0


class Copies:
    """The process that divides, started when the first worker is asked for."""

    def __init__(self):
        self._lock = threading.Lock()
        self._process = None

    def spawn(self, store, run_id, workers):
        """What `portal.worker._spawn` does."""
        given = [run_id, *(f"--{name}={value}" for name, value in asdict(workers).items())]
        environment = {**os.environ, "SIXWEEKS_DATABASE_URL": store.url, "SIXWEEKS_HOME": str(home())}
        wanted = {"arguments": given, "environment": environment, "log": str(worker._log_file(run_id)), "folder": str(_REPOSITORY)}
        with self._lock:
            if self._process is None:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "tests.warm"], cwd=_REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
                )
            self._process.stdin.write(json.dumps(wanted).encode() + b"\n")
            self._process.stdin.flush()
            return Copy(int(self._process.stdout.readline()))

    def close(self):
        """End the process that divides; its copies go on."""
        if self._process is not None:
            self._process.stdin.close()
            self._process.stdout.close()
            self._process.wait(10)


def _get_ready():
    """Load what a worker loads, also what libraries load late; the solver is left alone, whose threads a copy would not have."""
    from data.folder import example_networks, read_folder
    from data.intake import from_parts
    from data.scenario import base
    from optimisation.allocation.model import build_model
    from optimisation.allocation.problem import build_problem
    from optimisation.matrix import matrix_of
    from portal.planning import prepare

    dataset = from_parts(read_folder(example_networks()["four_trusts_one_week"]), file="example")
    matrix_of(build_model(build_problem(prepare(dataset, base(dataset.content_id, 1)))))


def _main():
    _get_ready()
    while True:
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG) != (0, 0):
                pass
        if select.select([0], [], [], _REAP_SECONDS)[0]:
            line = _line()
            if not line:
                return
            pid = os.fork()
            if pid == 0:
                _work(json.loads(line))
            os.write(1, f"{pid}\n".encode())


def _line():
    """One line of standard input, read without a buffer, so that `select` sees what is left."""
    line = b""
    while not line.endswith(b"\n"):
        more = os.read(0, 1)
        if not more:
            return b""
        line += more
    return line


def _work(wanted):
    """Become a worker and never come back."""
    code = 1
    try:
        os.setsid()
        os.chdir(wanted["folder"])
        os.environ.clear()
        os.environ.update(wanted["environment"])
        log = os.open(wanted["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        for ours, standard in ((os.open(os.devnull, os.O_RDONLY), 0), (log, 1), (log, 2)):
            os.dup2(ours, standard)
        code = worker.main(wanted["arguments"])
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    _main()
