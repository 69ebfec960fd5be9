"""What pages ask for: one function for each question and each action of a planner.

Nothing here knows Streamlit. Answers about immutable rows are kept by id; whatever can change is asked of the store each time.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache, wraps
from threading import RLock
from typing import ParamSpec, TypeVar

import pandas as pd

from data.assumptions import Assumptions
from data.checks.lock_limits import lock_limit_findings
from data.checks.locks import lock_findings
from data.dataset import Dataset
from data.errors import Refused, SixweeksError
from data.example_files import with_example_files
from data.findings import refusal
from data.folder import example_networks, read_folder
from data.intake import from_parts
from data.plan import Plan
from data.rota import Today, today
from data.run import WORKFORCE, PlanSettings, Run
from data.scenario import EMPHASIS_BY_NAME, LEVERS, Scenario, base, do_nothing
from data.store import SINGLE_USER, Scope, Store, StoredDataset, StoredScenario, home
from data.workforce_plan import WorkforcePlan
from data.working_days import first_monday_after, mondays
from data.workload import must_do_work
from forecasting.forecast import weekly_demand
from portal import engine

BUILT_IN = {"base": base, "nothing": do_nothing}
"""Scenarios every dataset has, by the id that stands for them until they are stored."""

_KEPT_DATASETS = 6
_KEPT_SCENARIOS = 200
KEPT_PLANS = 24
"""Plans kept in memory."""

_Asked = ParamSpec("_Asked")
_Answer = TypeVar("_Answer")


@dataclass(frozen=True, eq=False)
class Choice:
    """A scenario that can be chosen.

    Attributes:
        id: of a stored version, or the name in `BUILT_IN`.
        scenario: what it does.
        content_id: digest of that.
        stored: what the store knows of it; None for a built-in one.
    """

    id: str
    scenario: Scenario
    content_id: str
    stored: StoredScenario | None = None

    @property
    def title(self) -> str:
        """Name as shown in a list."""
        return self.scenario.name


def store() -> Store:
    """The store of this process."""
    return _store_at(os.environ.get("SIXWEEKS_DATABASE_URL") or "", str(home()))


@lru_cache(maxsize=4)
def _store_at(url: str, folder: str) -> Store:
    return Store.open(url or f"sqlite:///{folder}/sixweeks.db")


def kept(most: int) -> Callable[[Callable[_Asked, _Answer]], Callable[_Asked, _Answer]]:
    """Keep the newest `most` answers of a function about what never changes in a store, by store, scope and ids.

    Whoever asks while an answer is being worked out waits for it, in place of working it out too.
    """

    def keeping(ask: Callable[_Asked, _Answer]) -> Callable[_Asked, _Answer]:
        def anew(_: Store, *ids: _Asked.args, **named: _Asked.kwargs) -> _Answer:
            return ask(*ids, **named)

        known: Callable[..., _Answer] = lru_cache(maxsize=most)(anew)
        turn = RLock()

        @wraps(ask)
        def answer(*ids: _Asked.args, **named: _Asked.kwargs) -> _Answer:
            with turn:
                return known(store(), *ids, **named)

        return answer

    return keeping


@kept(_KEPT_DATASETS)
def dataset(scope: Scope, dataset_id: str) -> Dataset:
    """A stored dataset.

    Raises:
        NotFound: none of this id in the scope.
    """
    return store().dataset(scope, dataset_id)


def newest_of_network(scope: Scope, dataset_id: str) -> StoredDataset:
    """The newest dataset of the same network; itself where there is none newer."""
    known = store().stored_dataset(scope, dataset_id)
    return store().newest_dataset(scope, known.network) or known


@cache
def example_titles() -> dict[str, str]:
    """The complete networks that come with the product: folder name → title."""
    return {name: read_folder(path).network.title for name, path in example_networks().items()}


def load_example(scope: Scope, name: str) -> StoredDataset:
    """Store one of the networks that come with the product; nothing new where it is stored already."""
    folder = example_networks()[name]
    parts = read_folder(folder)
    made = with_example_files(from_parts(parts, file=name), folder)
    return store().save_dataset(scope, made, name=parts.network.title, note="Example that comes with the product")


@kept(_KEPT_DATASETS)
def rota(scope: Scope, dataset_id: str) -> Today:
    """Today's rota: the planner's where stated, derived from recent activity elsewhere.

    Raises:
        Refused: the dataset has no month of history.
    """
    known = dataset(scope, dataset_id)
    weeks = mondays(first_monday_after(known.waiting_list.date), 1)
    demand = weekly_demand(known, known.assumptions, weeks)
    return today(known, known.assumptions, weeks, must_do_work(demand, known.assumptions, known.network.allocated_tests))


def choices(scope: Scope, dataset_id: str) -> list[Choice]:
    """The scenarios of a dataset: the built-in ones first, then stored ones, newest first."""
    own = built_in(dataset_id)
    same = {(c.title, c.content_id) for c in own}
    stored = [s for s in store().scenarios(scope, dataset_id) if (s.name, s.content_id) not in same]
    return [*own, *(Choice(s.id, scenario(scope, s.id, dataset_id), s.content_id, s) for s in stored)]


@lru_cache(maxsize=_KEPT_DATASETS)
def built_in(dataset_id: str) -> tuple[Choice, ...]:
    """The scenarios every dataset has."""
    made = {name: make(dataset_id) for name, make in BUILT_IN.items()}
    return tuple(Choice(name, scenario, scenario.content_id) for name, scenario in made.items())


def in_force(scope: Scope, dataset_id: str, chosen: Choice) -> Assumptions:
    """The assumptions in force under a scenario."""
    return _in_force(scope, dataset_id, chosen.id)


@kept(_KEPT_DATASETS)
def _in_force(scope: Scope, dataset_id: str, scenario_id: str) -> Assumptions:
    stated = dataset(scope, dataset_id).assumptions
    return stated if scenario_id in BUILT_IN else scenario(scope, scenario_id, dataset_id).on(stated)


def choice(scope: Scope, dataset_id: str, scenario_id: str) -> Choice:
    """The scenario of this id; the first of the dataset where there is none."""
    known = choices(scope, dataset_id)
    return next((c for c in known if c.id == scenario_id), known[0])


@kept(_KEPT_SCENARIOS)
def scenario(scope: Scope, scenario_id: str, dataset_id: str) -> Scenario:
    """A stored scenario."""
    return store().scenario(scope, scenario_id, dataset_id)


def variant(chosen: Scenario, levers: dict[str, bool], weeks: int, emphasis: str = "") -> Scenario:
    """The scenario with other levers, length or emphasis (empty = its own), under a name that says so; itself where nothing differs."""
    emphasis = emphasis or chosen.emphasis
    changed = [lever for lever in LEVERS if levers[lever.name] != chosen.levers[lever.name]]
    words = [f"{'with' if levers[lever.name] else 'without'} {lever.title.lower()}" for lever in changed]
    words += [f"{weeks} weeks"] if weeks != chosen.weeks else []
    words += [EMPHASIS_BY_NAME[emphasis].title.lower()] if emphasis != chosen.emphasis else []
    return chosen.changed(name=f"{chosen.name}, {', '.join(words)}", levers=levers, weeks=weeks, emphasis=emphasis) if words else chosen


def save_scenario(scope: Scope, made: Scenario, reason: str) -> StoredScenario:
    """Store a scenario after trying it on its dataset.

    Raises:
        Refused: a change clashes with another row, or a change or a lock names a place the network does not have.
    """
    held = dataset(scope, made.dataset_id)
    stated = made.on(held.assumptions)
    held.changed(assumptions=stated)
    wrong = lock_findings(made.locks, held.network).refusals
    if not wrong and held.has_history:
        wrong = lock_limit_findings(made, held.network, stated, plan_weeks(held, made)).refusals
    if wrong:
        raise Refused(wrong)
    return store().save_scenario(scope, made, reason=reason)


def plan_weeks(held: Dataset, made: Scenario) -> pd.DatetimeIndex:
    """The Mondays of a plan of a scenario."""
    return mondays(first_monday_after(held.activity.snapshot_date), made.weeks)


def start_plan(
    scope: Scope, made: Scenario, *, gap: float = 0.01, time_limit: float = 300.0, frontier: int = 0, start_from: str = ""
) -> Run:  # fmt: skip
    """Store the scenario and have it planned; equal inputs share one run.

    Args:
        scope: on whose behalf.
        made: the scenario.
        gap: relative distance from the best plan that is good enough.
        time_limit: seconds after which the best plan so far is taken.
        frontier: plans from this one to the cheapest; 0 = this plan only.
        start_from: id of the run whose plan a quick answer starts from; empty = solved in full.

    Raises:
        Refused: the scenario is not in order, or the plan to start from is of other data or weeks.
        NotFound: there is no such plan in the scope.
    """
    if start_from:
        _check_start(scope, made, start_from)
    settings = PlanSettings(gap=gap, time_limit=time_limit, frontier=frontier, start_from=start_from)
    stored = save_scenario(scope, made, reason="To be planned")
    return engine.submit(store(), scope, made.dataset_id, stored.id, settings)


def _check_start(scope: Scope, made: Scenario, run_id: str) -> None:
    earlier = run(scope, run_id)
    plan(scope, run_id)
    weeks = scenario(scope, earlier.scenario_id, earlier.dataset_id).weeks
    if (earlier.dataset_id, weeks) != (made.dataset_id, made.weeks):
        other = "other data" if earlier.dataset_id != made.dataset_id else f"{weeks} weeks"
        mend = "Start from a plan of these data and as many weeks, or solve in full."
        raise Refused([refusal("start-from-other-weeks", f"a plan of {other}", f"a plan of these data and of {made.weeks} weeks", mend)])


def start_workforce_plan(scope: Scope, made: Scenario, *, gap: float = 0.005, time_limit: float = 120.0) -> Run:
    """Store the scenario and have its five-year workforce plan made; equal inputs share one run.

    Args:
        scope: on whose behalf.
        made: the scenario.
        gap: relative distance from the best plan that is good enough.
        time_limit: seconds after which the best plan so far is taken.
    """
    stored = save_scenario(scope, made, reason="To be planned")
    return engine.submit(store(), scope, made.dataset_id, stored.id, PlanSettings(gap=gap, time_limit=time_limit), kind=WORKFORCE)


def cancel(scope: Scope, run_id: str) -> Run:
    """Stop a run; one that works keeps its best plan."""
    return engine.cancel(store(), scope, run_id)


def run(scope: Scope, run_id: str) -> Run:
    """One run, as it stands now."""
    return store().run(scope, run_id)


@kept(KEPT_PLANS)
def plan(scope: Scope, run_id: str) -> Plan:
    """The plan a run made.

    Raises:
        NotFound: the run has none.
    """
    return store().plan(scope, run_id)


@kept(KEPT_PLANS)
def workforce_plan(scope: Scope, run_id: str) -> WorkforcePlan:
    """The five-year workforce plan a run made.

    Raises:
        NotFound: the run has none.
    """
    return store().workforce_plan(scope, run_id)


def healthy() -> str:
    """What is wrong with the store, in one sentence; empty where it answers."""
    try:
        store().newest_dataset(SINGLE_USER)
    except SixweeksError as error:
        return str(error)
    return ""
