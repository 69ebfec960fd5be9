"""Reading processes that start at once: copies of one that has read every program file already.

Most of what it takes to read a small upload is to start Python and its libraries. Here a process does that once and divides for each file: what
runs is `main` of `data.reading_process` or `data.sources.imaging_child`, in a process and a session of its own, with the limits of any other. Tests
of the limits themselves, and those marked `cold`, start theirs as the portal does.
"""

import importlib
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
from pathlib import Path

from data import reading_process, safe_reading
from data.sources import imaging_child

_REPOSITORY = Path(__file__).parents[1]
_NUMBER = struct.Struct(">i")
_MAIN = {b"u": reading_process.main, b"x": imaging_child.main}
"""What reads an upload, and what reads an extract."""


class Readers:
    """The process that divides, started when the first file is read."""

    def __init__(self):
        self._lock = threading.Lock()
        self._ours = None
        self._process = None

    def of_uploads(self):
        """What `data.safe_reading._child` gives."""
        return self._child(b"u")

    def of_extracts(self):
        """What `data.sources.imaging_process._child` gives."""
        return self._child(b"x")

    def _child(self, kind):
        pipes = [os.pipe() for _ in range(4)]
        (stdin, to_child), (from_child, stdout), (log, stderr), (told, tell) = pipes
        with self._lock:
            if self._process is None:
                self._start()
            socket.send_fds(self._ours, [kind], [stdin, stdout, stderr, tell])
        for end in (stdin, stdout, stderr, tell):
            os.close(end)
        return Reader(to_child, from_child, log, told)

    def _start(self):
        self._ours, theirs = socket.socketpair()
        kept = {k: v for k, v in os.environ.items() if k in safe_reading._KEPT}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.warm_reading", str(theirs.fileno())], cwd=_REPOSITORY, pass_fds=[theirs.fileno()],
            env=kept | safe_reading._SET | {"PYTHONPATH": str(_REPOSITORY)}, start_new_session=True,
        )  # fmt: skip
        theirs.close()

    def close(self):
        """End the process that divides."""
        if self._process is not None:
            self._ours.close()
            self._process.wait(10)


class Reader:
    """A reading process; as much of `subprocess.Popen` as safe reading uses."""

    def __init__(self, to_child, from_child, log, told):
        self._to_child, self._from_child, self._log, self._told = (os.fdopen(end, mode) for end, mode in
                                                                   ((to_child, "wb"), (from_child, "rb"), (log, "rb"), (told, "rb")))  # fmt: skip
        self.pid = _NUMBER.unpack(self._told.read(_NUMBER.size))[0]
        self.returncode = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._wait()
        for end in (self._to_child, self._from_child, self._log, self._told):
            end.close()

    def communicate(self, content, timeout):
        """Send it all, and get what is said on both channels."""
        said = {}
        work = [threading.Thread(target=self._send, args=(content,), daemon=True)]
        work += [threading.Thread(target=lambda end=end: said.update({end: end.read()}), daemon=True) for end in (self._from_child, self._log)]
        for thread in work:
            thread.start()
        for thread in work:
            thread.join(timeout)
            if thread.is_alive():
                raise subprocess.TimeoutExpired("a reading process", timeout)
        self._wait()
        return said[self._from_child], said[self._log]

    def _send(self, content):
        try:
            self._to_child.write(content)
            self._to_child.close()
        except BrokenPipeError:  # it ended before it had read everything, as a real one may
            pass

    def _wait(self):
        if self.returncode is None:
            self.returncode = _NUMBER.unpack(self._told.read(_NUMBER.size))[0]


def _main(ours):
    for module, _ in safe_reading.TASKS.values():
        importlib.import_module(module)
    for module in ("openpyxl", "xlrd", "pyarrow.ipc", "data.sources.imaging_intake"):
        importlib.import_module(module)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        kind, ends, _, _ = socket.recv_fds(ours, 1, 4)
        if not kind:
            return
        if os.fork() == 0:
            ours.close()
            _tell(_MAIN[kind], *ends)
        for end in ends:
            os.close(end)


def _tell(main, stdin, stdout, stderr, tell):
    """Start the reading process, say its number and how it ended, and never come back."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    pid = os.fork()
    if pid == 0:
        os.close(tell)
        _read(main, stdin, stdout, stderr)
    for end in (stdin, stdout, stderr):
        os.close(end)
    os.write(tell, _NUMBER.pack(pid))
    os.write(tell, _NUMBER.pack(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])))
    os._exit(0)


def _read(main, *channels):
    code = 1
    try:
        os.setsid()
        for channel, standard in zip(channels, (0, 1, 2), strict=True):
            os.dup2(channel, standard)
            os.close(channel)
        code = main()
    finally:
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    _main(socket.socket(fileno=int(sys.argv[1])))
