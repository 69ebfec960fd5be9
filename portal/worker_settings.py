"""How runs are computed: by which function, how many at once, how long at most; on this computer or a cluster. Loads nothing of the product."""

from __future__ import annotations

import importlib
import os
from dataclasses import dataclass
from typing import Any

SCHEDULER = "SIXWEEKS_SCHEDULER"
"""Where this setting names a Dask cluster, plans are computed there, and workers here only ask for them and wait."""

POLL_SECONDS = 0.25

OVERTIME = 1.2
"""Whatever computes a plan is stopped when it takes longer than its time limit by this factor…"""

START_SECONDS = 30.0
"""…and this, for starting Python, reading the dataset, building the model and writing the plan."""

TOO_LONG = "This plan took longer than its time limit and was stopped. Allow more time or a wider gap, or plan fewer weeks"
NO_PLAN_YET = "Stopped on request; no plan had been found by then."


@dataclass(frozen=True)
class Workers:
    """How worker processes are run.

    Attributes:
        target: `module:function` that makes the plan. Imported by the worker only: the chain brings the solver with it.
        workforce: the same for five-year workforce plans, which are solved here: they take seconds.
        slots: most runs at once over every server that shares the store: one for two processors, so that pages stay quick.
        memory_gb: most memory of one worker.
        waiting: most seconds before a plan is begun, where that is not at once.
        attempts: how often a plan may be begun, where it is begun anew when what computes it dies.
    """

    target: str = "portal.kept_parts:make_plan"
    workforce: str = "portal.workforce:make_workforce_plan"
    slots: int = max(1, (os.cpu_count() or 2) // 2)
    memory_gb: float = 8.0
    waiting: float = 0.0
    attempts: int = 1


CLUSTER = Workers("portal.cluster:make_plan", slots=8, waiting=3600.0, attempts=4)
"""How runs go to a cluster: workers here hardly compute, and Dask begins a task up to three times anew (its `allowed-failures`)."""

WORKERS = CLUSTER if os.environ.get(SCHEDULER) else Workers()


def imported(target: str) -> Any:
    """The function that `module:function` names."""
    module, _, function = target.partition(":")
    return getattr(importlib.import_module(module), function)


def most_seconds(time_limit: float) -> float:
    """Seconds after which whatever computes a plan with this time limit is stopped."""
    return time_limit * OVERTIME + START_SECONDS
