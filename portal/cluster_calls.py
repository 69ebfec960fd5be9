"""Calls to a Dask cluster: put by an asker, computed by tasks on its workers, with a line between them while they work.

What a task says travels as events of the scheduler, the wish to stop as an `Event` under the name of the call. A task whose worker dies is begun
again on another by the scheduler, from the same arguments. A task whose asker has gone stops by itself.

Function and arguments travel packed: the scheduler, which has one thread for all its clients, hands them on without unpacking or importing anything.

Needs the extra `cluster`: imported only where a cluster is used.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from importlib import metadata
from types import TracebackType
from typing import Any, Self

from distributed import Client, Event, Future, KilledWorker, default_client, get_client, get_worker
from distributed.protocol.pickle import dumps, loads

from data.errors import NoPlan, SixweeksError
from portal.worker_settings import NO_PLAN_YET, POLL_SECONDS, imported

CONNECT_ATTEMPTS = 5
SAY_SECONDS = 0.5
_LOOK_SECONDS = 0.05
"""An asker looks at what it has here: nobody is kept busy by that."""

_LISTEN_SECONDS = 5.0
"""A task that is over stops listening after this."""

_LAST_WORD_SECONDS = 5.0
"""A task that is done waits no longer for its last word to be passed on: a scheduler that is gone may not take it."""

TOPIC = "sixweeks"
"""Every call's events: one topic, for the scheduler keeps the last thousand of each it has ever heard of."""

DECIDING = ("sixweeks", "highspy", "pyomo", "numpy", "scipy", "pandas")
"""Packages whose versions a plan depends on."""

GONE = "The cluster that computed this plan cannot be reached any more. Start the plan again."
KILLED = (
    "Several workers of the cluster ended unexpectedly while they computed this plan, perhaps for want of memory. Plan fewer weeks or a smaller "
    "network, or give the cluster's workers more memory."
)

_log = logging.getLogger(__name__)
_calls: dict[str, Call] = {}
"""Calls of this process by name, for the events that a client hears."""


def versions() -> dict[str, str]:
    """Installed versions of what a plan depends on."""
    return {name: metadata.version(name) for name in DECIDING}


def connected(connect: Callable[[], Client]) -> Client:
    """A client, connected again where a busy scheduler greets it together with another message, which Dask's client takes for a fault.

    Raises:
        AssertionError: it came to that every time.
        OSError: the scheduler cannot be reached.
    """
    left = CONNECT_ATTEMPTS
    while True:
        left -= 1
        try:
            return connect()
        except AssertionError:
            if not left:
                raise
            _log.warning("the scheduler's greeting was not understood; connecting again")
            with suppress(ValueError):  # a process without a client of all its tasks
                default_client().close()  # a worker's tasks would be given this one, half connected


class Call:
    """Tasks asked of a cluster together: they share a name, under which they are heard and stopped.

    Args:
        client: connected to the scheduler.
        hear: called with whatever the tasks say, from a thread of the client; returns at once.
        began: called the same way whenever a worker begins a task, for the first time or anew.

    Attributes:
        withdrawn: keys of the tasks that no worker had begun when they were to stop.
    """

    def __init__(self, client: Client, hear: Callable[..., None], began: Callable[[], None] = lambda: None) -> None:
        self.withdrawn: set[Any] = set()
        self._client = client
        self._hear = hear
        self._began = began
        self._begun: set[Any] = set()
        self._name = uuid.uuid4().hex
        self._stop = Event(f"stop {self._name}", client=client)
        self._asked: list[Future] = []
        self._stopping = False

    def __enter__(self) -> Self:
        _calls[self._name] = self
        self._client.subscribe_topic(TOPIC, _heard)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        del _calls[self._name]
        for future in self._asked:
            future.release()  # a task that still runs sees that nobody waits for it
        if self._stopping and self._client.status == "running":
            self._stop.clear()  # what is not set takes no room on the scheduler

    def ask(self, target: str, *arguments: Any, priority: int = 0) -> Future:
        """Have `function(line, *arguments)` computed.

        The scheduler keeps the arguments until it is done, so that it can be begun again where a worker dies.

        Args:
            target: `module:function`, imported by the worker only. Dask learns how long functions of the same name take.
            arguments: what can be pickled.
            priority: where tasks wait for a worker, the higher comes first, then what was asked first.
        """
        key = f"{target.rpartition(':')[2]}-{self._name}-{len(self._asked)}"
        packed = dumps((target, arguments))
        future = self._client.submit(run_task, self._name, versions(), packed, key=key, pure=False, priority=priority)
        self._asked.append(future)
        return future

    def heard(self, key: str, said: Sequence[Any]) -> None:
        """Take what a task says; nothing where it says that it begins."""
        if said:
            self._hear(*said)
        else:
            self._begun.add(key)
            self._began()

    def finished(self, futures: list[Future], cancelled: Callable[[], bool]) -> Iterator[Future]:
        """Futures as they finish, whatever came of them; passes the wish to stop on, and withdraws what no worker has begun.

        Args:
            futures: of this call.
            cancelled: asked many times a second; True asks every task of the call to stop.
        """
        left = list(futures)
        while left:
            done = [f for f in left if f.done()]
            left = [f for f in left if f not in done]
            yield from done
            if not self._stopping and cancelled() and self._client.status == "running":
                self._stopping = True
                self._stop.set()
                self._withdraw([f for f in left if f.key not in self._begun])
            if left and not done:
                time.sleep(_LOOK_SECONDS)

    def answer(self, future: Future) -> Any:
        """What a finished task returned; what it raised is raised here.

        Raises:
            NoPlan: it was withdrawn.
            SixweeksError: the cluster has gone, or its workers died of the task.
        """
        if future.status == "cancelled" and future.key in self.withdrawn:
            raise NoPlan(NO_PLAN_YET)
        if future.status == "cancelled":
            raise SixweeksError(GONE)
        if future.status == "error" and isinstance(future.exception(), KilledWorker):
            raise SixweeksError(KILLED)
        return future.result()

    def _withdraw(self, futures: list[Future]) -> None:
        self.withdrawn.update(f.key for f in futures)
        self._client.cancel(futures)


class Line:
    """A task's line to its asker, in threads: passes on what the task says, hears whether it should stop."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._worker = get_worker()
        self._key = self._worker.get_current_task()
        self._stop = Event(f"stop {name}", client=connected(get_client))
        self._newest: tuple[Any, ...] = ()
        self._told: tuple[Any, ...] = ()
        self._stopped = threading.Event()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._attend, name="line to the asker", daemon=True)
        self._ear = threading.Thread(target=self._listen, name="line from the asker", daemon=True)

    def __enter__(self) -> Self:
        self._tell()
        self._thread.start()
        self._ear.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._over.set()
        self._thread.join(_LAST_WORD_SECONDS)

    def say(self, *newest: Any) -> None:
        """Keep the newest, plain values, for the next time the asker is told; never waits."""
        self._newest = newest

    def cancelled(self) -> bool:
        """True once the asker wants the task to stop, or has gone."""
        return self._stopped.is_set()

    def _attend(self) -> None:
        last = 0.0
        over = False
        while not over:
            over = self._over.wait(POLL_SECONDS)
            if not over and not self._stopped.is_set() and self._unwanted():
                self._stopped.set()
            if self._newest is not self._told and (over or time.monotonic() - last >= SAY_SECONDS):
                last, self._told = time.monotonic(), self._newest
                self._tell(*self._told)

    def _tell(self, *said: Any) -> None:
        self._worker.log_event(TOPIC, {"call": self._name, "key": self._key, "said": said})

    def _unwanted(self) -> bool:
        task = self._worker.state.tasks.get(self._key)
        return task is None or task.state in ("cancelled", "resumed")

    def _listen(self) -> None:
        """Wait to be stopped; the scheduler answers when it comes to that, so that many tasks do not keep it busy with asking."""
        try:
            while not self._over.is_set() and not self._stop.wait(timeout=_LISTEN_SECONDS):
                continue
        except OSError:
            _log.warning("the scheduler cannot be asked whether to stop; the task stops")
        finally:
            self._stopped.set()


def run_task(name: str, asked: dict[str, str], packed: bytes) -> Any:
    """A task of a call, on a worker of the cluster.

    Args:
        name: of the call.
        asked: the asker's `versions()`.
        packed: target and arguments.

    Raises:
        SixweeksError: other versions are installed here, so that another plan might come of it; or what the target raises.
    """
    others = [f"{package} {here} (the portal's: {asked[package]})" for package, here in versions().items() if here != asked[package]]
    if others:
        raise SixweeksError(f"The cluster's workers have other versions than the portal: {', '.join(others)}. Install the portal's versions there.")
    with Line(name) as line:
        target, arguments = loads(packed)
        return imported(target)(line, *arguments)


def _heard(event: tuple[float, dict[str, Any]]) -> None:
    told = event[1]
    if told["call"] in _calls:
        _calls[told["call"]].heard(told["key"], told["said"])
