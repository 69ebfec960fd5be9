"""What workers of a cluster compute: plans, and the independent parts of one plan's model. Needs the extra `cluster`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import astuple
from typing import Any

from distributed import get_client, secede

from data.dataset import Dataset
from data.decisions import Decisions
from data.plan import Plan
from data.run import PlanSettings, Progress
from data.scenario import Scenario
from optimisation.clock import Clock
from optimisation.part_solving import PartAnswer
from optimisation.solving import PartTask
from portal.cluster_calls import Call, Line
from portal.planning import make_plan
from portal.worker_settings import imported

PARTS_FIRST = 1
"""Plans that are begun are finished before others are begun: what is built is held no longer than needed, and its time runs already."""


def plan(line: Line, planner: str, dataset: Dataset, scenario: Scenario, settings: PlanSettings, start: Decisions | None = None) -> Plan:
    """One plan, on a worker of a cluster.

    Args:
        line: to the asker.
        planner: `module:function` that takes what `portal.planning.make_plan` takes.
        dataset: as for `portal.planning.make_plan`.
        scenario: the same.
        settings: the same.
        start: the same; a planner that starts from no plan is not asked to.

    Raises:
        SixweeksError: as the planner does.
    """
    named = {} if start is None else {"start": start}
    made: Plan = imported(planner)(dataset, scenario, settings, report=lambda p: line.say(*_plain(p)), cancelled=line.cancelled, **named)
    return made


def plan_in_parts(
    dataset: Dataset, scenario: Scenario, settings: PlanSettings, report: Callable[[Progress], None], cancelled: Callable[[], bool],
    start: Decisions | None = None,
) -> Plan:  # fmt: skip
    """The plan, with the independent parts of its model solved as tasks of their own."""
    return make_plan(dataset, scenario, settings, report, cancelled, spread, start)


def spread(tasks: Sequence[PartTask], clock: Clock) -> list[PartAnswer]:
    """Solve parts as tasks of the cluster that this task runs on; here what is a single part, or not begun elsewhere when it is time to stop.

    Raises:
        NoPlan: as the part that has none.
        SixweeksError: workers died of a part.
    """
    if len(tasks) == 1:
        return [tasks[0](clock)]
    client = get_client()
    secede()  # for good: whoever rejoins waits for a thread, and a plan that is stopped has no time for that
    with Call(client, clock.tell) as call:
        futures = [call.ask(f"{__name__}:part", task, clock.left(), priority=PARTS_FIRST) for task in tasks]
        answers: dict[Any, PartAnswer] = {}
        for future in call.finished(futures, clock.must_stop):
            if future.key in call.withdrawn:
                answers[future.key] = tasks[futures.index(future)](clock)
            else:
                answers[future.key], late = call.answer(future)
                clock.late = clock.late or late
    return [answers[future.key] for future in futures]


def part(line: Line, task: PartTask, seconds: float) -> tuple[PartAnswer, bool]:
    """One part of a plan's model, on a worker of a cluster.

    Args:
        line: to the task that makes the plan.
        task: the part.
        seconds: time for it.

    Returns:
        What came of it, and whether its time was up.

    Raises:
        NoPlan: as the part that has none.
    """
    clock = _FarClock(seconds, line)
    return task(clock), clock.late


class _FarClock(Clock):
    """The clock of one part that is solved away from the others: what it tells goes to theirs."""

    def __init__(self, limit: float, line: Line) -> None:
        super().__init__(limit, lambda _: None, line.cancelled)
        self._line = line

    def tell(self, number: int, stage: str, best: float, bound: float, share: float) -> None:
        self._line.say(number, stage, float(best), float(bound), float(share))


def _plain(progress: Progress) -> tuple[Any, ...]:
    return tuple(float(v) if isinstance(v, float) else v for v in astuple(progress))
