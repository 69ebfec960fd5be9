"""What pages ask for: one function for each question and each action of a planner.

Nothing here knows Streamlit. Answers about immutable rows are kept by id; whatever can change is asked of the store each time.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from importlib import metadata
from typing import TYPE_CHECKING

from data.dataset import Dataset
from data.errors import NotFound, SixweeksError
from data.folder import example_networks, read_folder
from data.intake import from_parts
from data.plan import Plan
from data.rota import Today, must_do_work, today
from data.run import Run
from data.scenario import LEVERS, Scenario, base, do_nothing
from data.store import SINGLE_USER, Scope, Store, StoredDataset, StoredScenario, home
from data.workbook import write_workbook
from data.working_days import first_monday_after, mondays
from forecasting.forecast import weekly_demand
from portal import comparison, engine

if TYPE_CHECKING:
    from optimisation.explain import Answer

BUILT_IN = {"base": base, "nothing": do_nothing}
"""Scenarios every dataset has, by the id that stands for them until they are stored."""

_KEPT_DATASETS = 6
_KEPT_PLANS = 24


@dataclass(frozen=True)
class Choice:
    """A scenario that can be chosen: its id (of a stored version, or a name in `BUILT_IN`) and what it does."""

    id: str
    scenario: Scenario
    stored: StoredScenario | None = None

    @property
    def title(self) -> str:
        """Name as shown in a list."""
        return self.scenario.name


@dataclass(frozen=True)
class StoredPlan:
    """A run that has a plan, with the name of its scenario."""

    run: Run
    scenario_name: str


def store() -> Store:
    """The store of this process."""
    return _store_at(os.environ.get("SIXWEEKS_DATABASE_URL") or "", str(home()))


@lru_cache(maxsize=4)
def _store_at(url: str, folder: str) -> Store:
    return Store.open(url or f"sqlite:///{folder}/sixweeks.db")


def dataset(scope: Scope, dataset_id: str) -> Dataset:
    """A stored dataset.

    Raises:
        NotFound: none of this id in the scope.
    """
    return _dataset(store(), scope, dataset_id)


@lru_cache(maxsize=_KEPT_DATASETS)
def _dataset(held: Store, scope: Scope, dataset_id: str) -> Dataset:
    return held.dataset(scope, dataset_id)


def newest_of_network(scope: Scope, dataset_id: str) -> StoredDataset:
    """The newest dataset of the same network; itself where there is none newer."""
    known = store().stored_dataset(scope, dataset_id)
    return store().newest_dataset(scope, known.network) or known


def example_titles() -> dict[str, str]:
    """The complete networks that come with the product: folder name → title."""
    return {name: read_folder(path).network.title for name, path in example_networks().items()}


def load_example(scope: Scope, name: str) -> StoredDataset:
    """Store one of the networks that come with the product; nothing new where it is stored already."""
    parts = read_folder(example_networks()[name])
    return store().save_dataset(scope, from_parts(parts, file=name), name=parts.network.title, note="Example that comes with the product")


def network_workbook(scope: Scope, dataset_id: str, *, empty: bool) -> bytes:
    """The network of a dataset as a workbook, or its headings only."""
    held = dataset(scope, dataset_id)
    return write_workbook(held.network, held.assumptions, held.activity, empty=empty)


def rota(scope: Scope, dataset_id: str) -> Today:
    """Today's rota: the planner's where stated, derived from recent activity elsewhere.

    Raises:
        Refused: the dataset has no month of history.
    """
    return _rota(store(), scope, dataset_id)


@lru_cache(maxsize=_KEPT_DATASETS)
def _rota(held: Store, scope: Scope, dataset_id: str) -> Today:
    known = _dataset(held, scope, dataset_id)
    weeks = mondays(first_monday_after(known.waiting_list.date), 1)
    demand = weekly_demand(known, known.assumptions, weeks)
    return today(known, known.assumptions, weeks, must_do_work(demand, known.assumptions, known.network.allocated_tests))


def choices(scope: Scope, dataset_id: str) -> list[Choice]:
    """The scenarios of a dataset: the built-in ones first, then stored ones, newest first."""
    built_in = [Choice(name, make(dataset_id)) for name, make in BUILT_IN.items()]
    same = {c.scenario for c in built_in}
    stored = [Choice(s.id, scenario(scope, s.id, dataset_id), s) for s in store().scenarios(scope, dataset_id)]
    return built_in + [c for c in stored if c.scenario not in same]


def choice(scope: Scope, dataset_id: str, scenario_id: str) -> Choice:
    """The scenario of this id; the first of the dataset where there is none."""
    known = choices(scope, dataset_id)
    return next((c for c in known if c.id == scenario_id), known[0])


def scenario(scope: Scope, scenario_id: str, dataset_id: str) -> Scenario:
    """A stored scenario."""
    return _scenario(store(), scope, scenario_id, dataset_id)


@lru_cache(maxsize=200)
def _scenario(held: Store, scope: Scope, scenario_id: str, dataset_id: str) -> Scenario:
    return held.scenario(scope, scenario_id, dataset_id)


def variant(chosen: Scenario, levers: dict[str, bool], weeks: int) -> Scenario:
    """The scenario with other levers or another length, under a name that says so; itself where nothing differs."""
    changed = [lever for lever in LEVERS if levers[lever.name] != chosen.levers[lever.name]]
    words = [f"{'with' if levers[lever.name] else 'without'} {lever.title.lower()}" for lever in changed]
    words += [f"{weeks} weeks"] if weeks != chosen.weeks else []
    return chosen.changed(name=f"{chosen.name}, {', '.join(words)}", levers=levers, weeks=weeks) if words else chosen


def save_scenario(scope: Scope, made: Scenario, reason: str) -> StoredScenario:
    """Store a scenario after trying it on its dataset.

    Raises:
        Refused: a change clashes with another row, or names a place the network does not have.
    """
    held = dataset(scope, made.dataset_id)
    held.changed(assumptions=made.on(held.assumptions))
    return store().save_scenario(scope, made, reason=reason)


def start_plan(scope: Scope, made: Scenario, *, gap: float = 0.01, time_limit: float = 300.0) -> Run:
    """Store the scenario and have it planned; equal inputs share one run.

    Args:
        scope: on whose behalf.
        made: the scenario.
        gap: relative distance from the best plan that is good enough.
        time_limit: seconds after which the best plan so far is taken.
    """
    from portal.planning import PlanSettings  # brings the solver with it: only where somebody plans

    stored = save_scenario(scope, made, reason="To be planned")
    return engine.submit(store(), scope, made.dataset_id, stored.id, PlanSettings(gap=gap, time_limit=time_limit))


def cancel(scope: Scope, run_id: str) -> Run:
    """Stop a run; one that works keeps its best plan."""
    return engine.cancel(store(), scope, run_id)


def run(scope: Scope, run_id: str) -> Run:
    """One run, as it stands now."""
    return store().run(scope, run_id)


def runs(scope: Scope, dataset_id: str = "") -> list[Run]:
    """The newest runs, newest first; of one dataset where it is named."""
    return [r for r in store().runs(scope, limit=200) if not dataset_id or r.dataset_id == dataset_id]


def scenario_name(scope: Scope, of: Run) -> str:
    """Name of the scenario a run plans."""
    return scenario(scope, of.scenario_id, of.dataset_id).name


def plans(scope: Scope, dataset_id: str) -> list[StoredPlan]:
    """Runs of a dataset that have a plan, newest first."""
    return [StoredPlan(r, scenario_name(scope, r)) for r in runs(scope, dataset_id) if has_plan(scope, r)]


def has_plan(scope: Scope, of: Run) -> bool:
    """True for a run that ended with a plan; a cancelled one may have kept its best."""
    if of.state != "cancelled":
        return of.state == "done"
    try:
        return bool(plan(scope, of.id))
    except NotFound:
        return False


def plan(scope: Scope, run_id: str) -> Plan:
    """The plan a run made.

    Raises:
        NotFound: the run has none.
    """
    return _plan(store(), scope, run_id)


@lru_cache(maxsize=_KEPT_PLANS)
def _plan(held: Store, scope: Scope, run_id: str) -> Plan:
    return held.plan(scope, run_id)


def answer(scope: Scope, run_id: str) -> Answer:
    """A plan in sentences."""
    return _answer(store(), scope, run_id)


@lru_cache(maxsize=_KEPT_PLANS)
def _answer(held: Store, scope: Scope, run_id: str) -> Answer:
    from optimisation.explain import answer as explained

    return explained(_plan(held, scope, run_id), _dataset(held, scope, held.run(scope, run_id).dataset_id).network)


def plan_workbook(scope: Scope, run_id: str) -> bytes:
    """A plan as plan.xlsx."""
    from portal.exports.plan_workbook import plan_workbook as written

    return written(plan(scope, run_id), dataset(scope, run(scope, run_id).dataset_id).network)


def compare(scope: Scope, left_run: str, right_run: str) -> comparison.Comparison:
    """Two plans side by side."""
    return _compare(store(), scope, left_run, right_run)


@lru_cache(maxsize=_KEPT_PLANS)
def _compare(held: Store, scope: Scope, left_run: str, right_run: str) -> comparison.Comparison:
    def side(run_id: str) -> comparison.Side:
        of = held.run(scope, run_id)
        return comparison.Side(
            of, _dataset(held, scope, of.dataset_id), _scenario(held, scope, of.scenario_id, of.dataset_id), _plan(held, scope, run_id)
        )

    return comparison.compare(side(left_run), side(right_run))


def staleness(scope: Scope, of: Run) -> str:
    """Why a result is no longer of the newest inputs, in one sentence; empty where it is."""
    newest = newest_of_network(scope, of.dataset_id)
    if newest.id != of.dataset_id:
        return f'Newer data are loaded: "{newest.name}".'
    if of.code_version != metadata.version("sixweeks"):
        return f"Made by version {of.code_version} of this program; this is version {metadata.version('sixweeks')}."
    planned = scenario(scope, of.scenario_id, of.dataset_id)
    named = store().stored_scenario(scope, planned.name, of.dataset_id)
    if named.content_id != planned.content_id and planned not in {make(of.dataset_id) for make in BUILT_IN.values()}:
        return f'The scenario "{named.name}" has been changed since: it is at version {named.version}.'
    return ""


def waiting_for(scope: Scope, dataset_id: str) -> list[str]:
    """Runs that somebody should look at, one sentence each."""
    words = {"queued": "waits to be computed", "running": "is being computed", "failed": "was not computed", "lost": "was not computed"}
    newest: dict[str, Run] = {}
    for r in runs(scope, dataset_id):
        newest.setdefault(r.scenario_id, r)
    return [f'The plan "{scenario_name(scope, r)}" {words[r.state]}. {r.message}'.strip() for r in newest.values() if r.state in words]


def healthy() -> str:
    """What is wrong with the store, in one sentence; empty where it answers."""
    try:
        store().newest_dataset(SINGLE_USER)
    except SixweeksError as error:
        return str(error)
    return ""
