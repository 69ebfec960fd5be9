"""The chain: dataset and scenario → demand → lists without a change → problem → plan. No Streamlit."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from typing import Any

import numpy as np

from data.checks.lock_limits import lock_limit_findings
from data.checks.locks import lock_findings
from data.dataset import Dataset, no_history
from data.decisions import Decisions, decisions_of
from data.errors import Refused
from data.plan import ASKED_IN_FULL, IN_TURN, PRESENT_ORDER, Plan
from data.run import PlanSettings, Progress
from data.scenario import EMPHASIS_BY_NAME, Scenario
from data.words import month
from data.working_days import first_monday_after, measured_weeks, mondays
from forecasting.forecast import METHOD
from optimisation.allocation.booking_curve import booking_curve
from optimisation.allocation.goal_prices import goal_prices, insteads
from optimisation.allocation.hard_to_book import hard_to_book
from optimisation.allocation.limits import limits
from optimisation.allocation.list_check import list_check
from optimisation.allocation.measures import costs, longest_waiters, measures, met, met_by_test
from optimisation.allocation.model import build_model
from optimisation.allocation.objective import begun, goals_of, place_of, raised
from optimisation.allocation.problem import Inputs, build_problem
from optimisation.allocation.result import Solved, tables
from optimisation.allocation.result_reporting import reporting_notes
from optimisation.allocation.worth import placements, probes, units, worth
from optimisation.matrix import Matrix, matrix_of
from optimisation.quick import Start
from optimisation.solving import Outcome, Spread, solve_in_order
from portal.frontier import cost_against_lateness, one_of, time_of_one
from portal.provenance import provenance
from portal.unchanged import no_assets, unchanged

_NOTHING_KEPT = "The plan this one was to start from keeps no decisions that could be started from: this one was solved in full."
_NOT_NEAR = "Nothing near the plan this one was to start from was good enough, or nothing has changed since a full search: it is solved in full."


def _silent(_: Progress) -> None:
    """Progress nobody asked for."""


def make_plan(
    dataset: Dataset,
    scenario: Scenario,
    settings: PlanSettings | None = None,
    report: Callable[[Progress], None] = _silent,
    cancelled: Callable[[], bool] = lambda: False,
    spread: Spread | None = None,
    start: Decisions | None = None,
) -> Plan:
    """The allocation plan of one scenario on one dataset.

    Args:
        dataset: needs a network with assets and at least one month of history.
        scenario: what to change, which levers may be used, what is locked, how many weeks.
        settings: gap, time limit, threads and seed of the solve.
        report: told how far the work is.
        cancelled: asked several times a second; True stops and keeps the best plan so far.
        spread: where the independent parts of the model are solved; None = in threads of this process.
        start: decisions of the plan that `settings.start_from` names; where there are none, and for a plan with a frontier, all is solved in full.

    Raises:
        Refused: the dataset cannot be planned (no assets, no history), the scenario's changes clash, or its locks name what there is not.
        NoPlan: no plan was found in the time, or locks contradict each other.
    """
    settings = settings or PlanSettings()
    clock = _Stopwatch()
    with _no_collection():
        report(Progress("Forecasting demand and lists", 0.0))
        inputs = prepare(dataset, scenario)
        clock.lap("forecast")
        report(Progress("Building the model", 0.02, seconds=clock.total))
        problem = build_problem(inputs)
        matrix = matrix_of(build_model(problem))
        clock.lap("build")
    curve, asked, moved = booking_curve(problem, matrix), probes(inputs, problem, matrix), units(problem, matrix)
    order = scenario.emphasis
    told = one_of(report, 0, settings.frontier)
    outcome = solve_in_order(
        matrix, [g.name for g in goals_of(order)], time_of_one(settings), told, cancelled, curve, asked, moved, place_of("shortfall", order),
        raised(order), begun(order), list(insteads(order)), spread, _begin_at(matrix, settings, start),
    )  # fmt: skip
    clock.lap("solve")
    solved = Solved(problem, matrix, outcome)
    with _no_collection():
        plan = _plan(dataset, scenario, settings, inputs, solved, matrix, outcome, clock)
    plan = replace(plan, **_quick(plan, settings, start, outcome), decisions=_decisions(scenario, matrix, outcome))
    if settings.frontier and outcome.status != "cancelled":
        rows, said = cost_against_lateness(inputs, matrix, solved, outcome, settings, report, cancelled, spread)
        clock.lap("frontier")
        summary = {**plan.summary, "frontier": said, "seconds": {**plan.summary["seconds"], **clock.laps}}
        plan = replace(plan, tables={**plan.tables, "frontier": rows}, summary=summary)
    report(Progress("Done", 1.0, gap=next(s.gap for s in outcome.stages if s.name == "cost"), seconds=clock.total))
    return plan


def prepare(dataset: Dataset, scenario: Scenario) -> Inputs:
    """Demand, lists without a change and today's rota under a scenario.

    Raises:
        Refused: no assets, no history, changes that clash, or locks that name what the network does not have.
    """
    if not dataset.network.plannable:
        raise Refused([no_assets()])
    if not dataset.has_history:
        raise Refused([no_history()])
    assumptions = scenario.on(dataset.assumptions)
    weeks = mondays(first_monday_after(dataset.activity.snapshot_date), scenario.weeks)
    problems = assumptions.check_against(dataset.network).plus(lock_findings(scenario.locks, dataset.network, weeks)).refusals
    problems = problems or lock_limit_findings(scenario, dataset.network, assumptions, weeks).refusals
    if problems:
        raise Refused(problems)
    found = unchanged(dataset, assumptions, weeks)
    return Inputs(dataset.network, assumptions, found.demand, found.response, found.todays_rota, scenario, found.dynamics)


def _plan(
    dataset: Dataset, scenario: Scenario, settings: PlanSettings, inputs: Inputs, solved: Solved, matrix: Matrix, outcome: Outcome,
    clock: _Stopwatch,
) -> Plan:  # fmt: skip
    found = tables(inputs, solved)
    months = met(solved, found["waiting_list"])
    cost = costs(found, solved)
    found["limits"] = limits(inputs, solved, months.loc[~months["met"], ["organisation", "test", "week"]])
    found["worth"], found["placements"] = worth(inputs, solved.problem, matrix, outcome), placements(matrix, solved, outcome)
    found["goal_prices"] = goal_prices(solved.problem, matrix, outcome)
    found["measures"] = measures(inputs, solved, found, months, cost)
    clock.lap("write")
    summary = {
        "status": outcome.status,
        "stages": [
            {"name": s.name, "title": g.title, "value": s.value, "bound": s.bound, "gap": s.gap}
            for s, g in zip(outcome.stages, goals_of(scenario.emphasis), strict=True)
        ],
        "emphasis": asdict(EMPHASIS_BY_NAME[scenario.emphasis]),
        "seconds": clock.laps | {"in_solver": outcome.seconds},
        "size": {"rows": matrix.rows.shape[0], "columns": matrix.rows.shape[1], "integers": int(matrix.whole.sum()), **outcome.details},
        "target": _target(inputs, solved),
        "met": met_by_test(months),
        "hard_to_book": hard_to_book(solved),
        "met_thirteen": met_by_test(longest_waiters(solved)),
        "booking_order": PRESENT_ORDER if solved.problem.booking is not None else IN_TURN,
        "list_check": list_check(solved, outcome),
        "cost_gbp": cost,
        "notes": [*_notes(dataset, inputs), *reporting_notes(inputs, solved)],
        "findings": [f.sentence() for f in (*inputs.today.findings, *lock_findings(scenario.locks, dataset.network, inputs.weeks))],
        "provenance": provenance(dataset, scenario, settings, first_monday=inputs.weeks[0]),
    }
    return Plan(found, summary)


def _begin_at(matrix: Matrix, settings: PlanSettings, start: Decisions | None) -> Start | None:
    """The plan that is started from, by the names of this one's decisions and equations; new decisions are as today."""
    if start is None or settings.frontier:
        return None
    today = np.zeros(len(matrix.column_names)) if matrix.start is None else matrix.start
    values = np.clip(start.values_of(matrix.column_names, today), *matrix.column_bounds)
    return Start(values, start.prices_of(matrix.row_names))


def _quick(plan: Plan, settings: PlanSettings, start: Decisions | None, outcome: Outcome) -> dict[str, Any]:
    """What a plan that was to start from another one says of that; questions that a part taken from a full search answers are left out."""
    summary = dict(plan.summary)
    if settings.start_from and outcome.quick is None:
        why = _NOTHING_KEPT if start is None else _NOT_NEAR
        return {"summary": summary | {"notes": [*summary["notes"], why]}}
    if start is None or outcome.quick is None:
        return {}
    steps = [list(taken) for taken in outcome.quick.steps]
    said = {"started_from": settings.start_from, "scenario": start.scenario, "gap": outcome.quick.gap, "steps": steps}
    return {"summary": summary | {"quick": said}, "tables": {n: t for n, t in plan.tables.items() if n not in ASKED_IN_FULL}}


def _decisions(scenario: Scenario, matrix: Matrix, outcome: Outcome) -> Decisions:
    return decisions_of(scenario.name, matrix.column_names, outcome.values, matrix.whole, matrix.row_names, outcome.relaxed_prices)


def _target(inputs: Inputs, solved: Solved) -> dict[str, Any]:
    steps: dict[str, dict[str, list[tuple[str, float]]]] = {}
    for (o, m, w), share in solved.problem.values["target_share"].items():
        taken = steps.setdefault(o, {}).setdefault(m, [])
        if not taken or taken[-1][1] != share:
            taken.append((f"{solved.monday(w):%Y-%m-%d}", share))
    asked = sorted({w for *_, w in solved.problem.sets["measured_tests"]})
    return {
        "share": {o: {m: taken[-1][1] for m, taken in tests.items()} for o, tests in steps.items()},
        "steps": steps,
        "from_week": asked[0] if asked else None,
        "horizon_weeks": len(inputs.weeks),
        "measured_weeks": [f"{solved.monday(w):%Y-%m-%d}" for w in asked],
        "month_ends": [f"{inputs.weeks[int(w)]:%Y-%m-%d}" for w in measured_weeks(inputs.weeks)],
    }


def _notes(dataset: Dataset, inputs: Inputs) -> list[str]:
    notes = [_booking_note(inputs), f"Demand: {METHOD}"]
    if (inputs.today.ordinary["basis"] == "derived").any():
        notes.append(
            "Today's rota is derived: the sessions that reproduce recent activity at the assumed throughput, utilisation and non-attendance. "
            "Replace it in the sheet Rota."
        )
    notes.extend(_lists_that_run_out(inputs))
    if dataset.synthetic_history:
        notes.append("The history is synthetic: invented for demonstration, not the figures of any trust.")
    elif dataset.network.synthetic:
        notes.append("The network's assets, staff and costs are placeholders for demonstration; the waiting lists are real.")
    return notes


def _booking_note(inputs: Inputs) -> str:
    if inputs.booking is None:
        return (
            "Patients are taken to be served strictly in turn, longest wait first: too few months are loaded to tell how lists are booked. Real "
            "booking is not strictly in turn, so the numbers over six weeks are a lower bound."
        )
    some = inputs.assumptions.rows.query("name == 'booked_in_turn' and value > 0")
    but = ", but for the slots that the assumptions book strictly in turn" if len(some) else ""
    return (
        f"Numbers over six weeks are what the list model projects for this plan if lists go on being booked as in recent months{but}. Strictly in "
        "turn stands beside them: it is what the same sessions would come to if whoever has waited longest were always seen first."
    )


def _lists_that_run_out(inputs: Inputs) -> list[str]:
    """Lists that today's rota empties: recent activity was catching up, and cannot go on at that pace."""
    tests, organisations = inputs.network.titles("tests"), inputs.network.short_titles("organisations")
    rows = inputs.response.rows[inputs.response.rows["test"].isin(inputs.network.allocated_tests)]
    empty = rows[(rows["waiting"] < 0.5) & (rows["additions"] > 0.5)].drop_duplicates(["organisation", "test", "priority"])
    named = [f"{tests[r.test]} at {organisations[r.organisation]} from {month(r.week)}" for r in empty.itertuples()]
    if not named:
        return []
    return [f"Today's rota sees more patients than join these lists, so that without a change they run out: {'; '.join(named)}."]


class _Stopwatch:
    """Seconds of each step, wall clock."""

    def __init__(self) -> None:
        self._started = self._last = time.monotonic()
        self.laps: dict[str, float] = {}

    def lap(self, name: str) -> None:
        now = time.monotonic()
        self.laps[name] = round(now - self._last, 3)
        self._last = now

    @property
    def total(self) -> float:
        return time.monotonic() - self._started


@contextmanager
def _no_collection() -> Iterator[None]:
    """Building hundreds of thousands of long-lived objects makes the cyclic collector run again and again for nothing."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
