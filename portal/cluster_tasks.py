"""What workers of a cluster compute: plans, and the independent parts of one plan's model. Needs the extra `cluster`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import astuple
from importlib import metadata
from typing import Any

from distributed import worker_client

from data.dataset import Dataset
from data.errors import SixweeksError
from data.plan import Plan
from data.run import PlanSettings, Progress
from data.scenario import Scenario
from optimisation.highs import Clock
from optimisation.solving import PartAnswer, PartTask
from portal.cluster_calls import Call, Line
from portal.planning import make_plan

DECIDING = ("sixweeks", "highspy", "pyomo", "numpy", "scipy", "pandas")
"""Packages whose versions a plan depends on."""


def versions() -> dict[str, str]:
    """Installed versions of what a plan depends on."""
    return {name: metadata.version(name) for name in DECIDING}


def plan(line: Line, planner: Callable[..., Plan], asked: dict[str, str], dataset: Dataset, scenario: Scenario, settings: PlanSettings) -> Plan:
    """One plan, on a worker of a cluster.

    Args:
        line: to the asker.
        planner: takes what `portal.planning.make_plan` takes.
        asked: the asker's `versions()`.
        dataset: as for `portal.planning.make_plan`.
        scenario: the same.
        settings: the same.

    Raises:
        SixweeksError: other versions are installed here, so that another plan might come of it; or what the planner raises.
    """
    others = [f"{name} {here} (the portal's: {asked[name]})" for name, here in versions().items() if here != asked[name]]
    if others:
        raise SixweeksError(f"The cluster's workers have other versions than the portal: {', '.join(others)}. Install the portal's versions there.")
    return planner(dataset, scenario, settings, report=lambda p: line.say(*_plain(p)), cancelled=line.cancelled)


def plan_in_parts(
    dataset: Dataset, scenario: Scenario, settings: PlanSettings, report: Callable[[Progress], None], cancelled: Callable[[], bool]
) -> Plan:
    """The plan, with the independent parts of its model solved as tasks of their own."""
    return make_plan(dataset, scenario, settings, report, cancelled, spread)


def spread(tasks: Sequence[PartTask], clock: Clock) -> list[PartAnswer]:
    """Solve parts as tasks of the cluster that this task runs on; here what is a single part, or not begun elsewhere when it is time to stop.

    Raises:
        NoPlan: as the part that has none.
        SixweeksError: workers died of a part.
    """
    if len(tasks) == 1:
        return [tasks[0](clock)]
    with worker_client() as client, Call(client, clock.tell) as call:
        futures = [call.ask(_solve, task, clock.left()) for task in tasks]
        answers: dict[Any, PartAnswer] = {}
        for future in call.finished(futures, clock.must_stop):
            if future.key in call.withdrawn:
                answers[future.key] = tasks[futures.index(future)](clock)
            else:
                answers[future.key], late = call.answer(future)
                clock.late = clock.late or late
    return [answers[future.key] for future in futures]


class _FarClock(Clock):
    """The clock of one part that is solved away from the others: what it tells goes to theirs."""

    def __init__(self, limit: float, line: Line) -> None:
        super().__init__(limit, lambda _: None, line.cancelled)
        self._line = line

    def tell(self, number: int, stage: str, best: float, bound: float, share: float) -> None:
        self._line.say(number, stage, float(best), float(bound), float(share))


def _solve(line: Line, task: PartTask, seconds: float) -> tuple[PartAnswer, bool]:
    clock = _FarClock(seconds, line)
    return task(clock), clock.late


def _plain(progress: Progress) -> tuple[Any, ...]:
    return tuple(float(v) if isinstance(v, float) else v for v in astuple(progress))
