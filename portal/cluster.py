"""Plans computed on a Dask cluster: by its workers, asked from here. The cluster's address is in `SIXWEEKS_SCHEDULER`.

What is asked for travels whole, a worker of the cluster needs no store: dataset, scenario and settings there, the plan back.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from data.dataset import Dataset
from data.decisions import Decisions
from data.errors import SixweeksError
from data.plan import Plan
from data.run import PlanSettings, Progress
from data.scenario import Scenario
from portal.worker_settings import CLUSTER, SCHEDULER, TOO_LONG, most_seconds

CONNECT_SECONDS = 10.0
PLAN = "portal.cluster_tasks:plan"
"""Imported by the cluster's workers only: the chain brings the solver with it."""

WAITING = "Waiting for a worker of the cluster"


def make_plan(
    dataset: Dataset, scenario: Scenario, settings: PlanSettings, report: Callable[[Progress], None], cancelled: Callable[[], bool],
    start: Decisions | None = None,
) -> Plan:  # fmt: skip
    """What `portal.planning.make_plan` does, on the cluster; independent parts of the model are solved side by side there.

    Raises:
        SixweeksError: the cluster cannot be reached, none of its workers is free in time, they die of the plan, or they have other versions.
        Refused, NoPlan: as `portal.planning.make_plan`.
    """
    return plan_there("portal.cluster_tasks:plan_in_parts", dataset, scenario, settings, report, cancelled, start)


def plan_there(
    planner: str, dataset: Dataset, scenario: Scenario, settings: PlanSettings,
    report: Callable[[Progress], None], cancelled: Callable[[], bool], start: Decisions | None = None,
) -> Plan:  # fmt: skip
    """One plan by a planner, `module:function`, that the cluster's workers can import; see `make_plan`."""
    _need_dask()
    from portal.cluster_calls import Call

    watch = _Watch(settings.time_limit, report, cancelled)
    report(Progress(WAITING, 0.0))
    with _client() as client, Call(client, watch.hear, watch.begin) as call:
        future = call.ask(PLAN, planner, dataset, scenario, settings, start)
        for _ in call.finished([future], watch.cancelled):
            return call.answer(future)
    raise AssertionError("unreachable: a task that was asked for finishes")


class _Watch:
    """What is heard of one plan, and whether it takes too long."""

    def __init__(self, limit: float, report: Callable[[Progress], None], cancelled: Callable[[], bool]) -> None:
        self._report = report
        self._cancelled = cancelled
        self._each = most_seconds(limit)
        self._until = time.monotonic() + CLUSTER.waiting
        self._begun = False

    def hear(self, *figures: Any) -> None:
        """Pass on how far the task is."""
        self._report(Progress(*figures))

    def begin(self) -> None:
        """Give the task its time from now on: it is begun, perhaps anew."""
        self._begun, self._until = True, time.monotonic() + self._each

    def cancelled(self) -> bool:
        """True where somebody asked to stop.

        Raises:
            SixweeksError: it takes too long.
        """
        if time.monotonic() > self._until:
            if self._begun:
                raise SixweeksError(f"{TOO_LONG}.")
            raise SixweeksError("No worker of the cluster was free within an hour. Start the plan again when the cluster is less busy.")
        return self._cancelled()


def _need_dask() -> None:
    try:
        import distributed  # noqa: F401
    except ModuleNotFoundError as missing:
        raise SixweeksError(f"{SCHEDULER} is set, but Dask is not installed. Install requirements/cluster.txt, or remove the setting.") from missing


@contextmanager
def _client() -> Iterator[Any]:
    """A connection to the scheduler.

    Raises:
        SixweeksError: there is none at the address.
    """
    import dask
    from distributed import Client

    from portal.cluster_calls import connected

    address = os.environ.get(SCHEDULER, "")
    # A dataset travels in the task on purpose: what lies on one worker would be lost with it.
    with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1GB"}):
        try:
            client = connected(lambda: Client(address, timeout=CONNECT_SECONDS, set_as_default=False, name="sixweeks"))
        except (OSError, ValueError, AssertionError) as error:
            raise SixweeksError(
                f"The cluster at {address} cannot be reached. See that its scheduler runs, then start the plan again; {SCHEDULER} names it."
            ) from error
        try:
            yield client
        finally:
            client.close(timeout=2)
