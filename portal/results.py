"""Runs and the plans they made: what pages show of them. No Streamlit; answers about what never changes are kept by id."""

from __future__ import annotations

from dataclasses import dataclass

from data.errors import NotFound
from data.run import ALLOCATION, CODE_VERSION, WORKFORCE, Run
from data.scenario import Scenario
from data.store import Scope
from optimisation import explain
from portal import comparison, services


@dataclass(frozen=True)
class StoredPlan:
    """A run that has a plan, with the name of its scenario."""

    run: Run
    scenario_name: str


def runs(scope: Scope, dataset_id: str = "", kind: str = "") -> list[Run]:
    """The newest runs, newest first; of one dataset, or of one kind, where it is named."""
    known = services.store().runs(scope, limit=200)
    return [r for r in known if (not dataset_id or r.dataset_id == dataset_id) and (not kind or r.kind == kind)]


def working(scope: Scope, dataset_id: str = "", kind: str = "") -> list[Run]:
    """Runs that have not ended, those that began first on top."""
    return [r for r in reversed(runs(scope, dataset_id, kind)) if not r.ended]


def scenario_name(scope: Scope, of: Run) -> str:
    """Name of the scenario a run plans."""
    return services.scenario(scope, of.scenario_id, of.dataset_id).name


def plans(scope: Scope, dataset_id: str, kind: str = ALLOCATION) -> list[StoredPlan]:
    """Runs of a dataset that have a plan of a kind, newest first."""
    return [StoredPlan(r, scenario_name(scope, r)) for r in runs(scope, dataset_id, kind) if has_plan(scope, r)]


def newest_plans(scope: Scope, dataset_id: str) -> tuple[StoredPlan | None, StoredPlan | None]:
    """The newest plan that may change something, and the newest that goes on as today."""
    known = plans(scope, dataset_id)
    changes = [any(services.scenario(scope, p.run.scenario_id, dataset_id).levers.values()) for p in known]
    return tuple(next((p for p, changing in zip(known, changes, strict=True) if changing is wanted), None) for wanted in (True, False))  # type: ignore[return-value]


def to_start_from(scope: Scope, made: Scenario) -> StoredPlan | None:
    """The plan a quick answer for a scenario starts from: the newest of these data and as many weeks; None where there is none."""
    alike = (p for p in plans(scope, made.dataset_id) if services.scenario(scope, p.run.scenario_id, made.dataset_id).weeks == made.weeks)
    return next(alike, None)


def solved_in_full(scope: Scope, made: Scenario) -> bool:
    """True where a scenario has a plan of this version that was solved in full: there is nothing to hurry for."""
    return any(
        p.run.code_version == CODE_VERSION
        and not p.run.settings.get("start_from")
        and services.scenario(scope, p.run.scenario_id, made.dataset_id).content_id == made.content_id
        for p in plans(scope, made.dataset_id)
    )


def newest_run(scope: Scope, dataset_id: str) -> Run | None:
    """The run to show where none is named: the newest plan that changes something, the newest plan, or what is being computed."""
    planned = next((p.run for p in newest_plans(scope, dataset_id) if p), None)
    return planned or next(iter(working(scope, dataset_id, ALLOCATION)), None)


def has_plan(scope: Scope, of: Run) -> bool:
    """True for a run that ended with a plan; a cancelled one may have kept its best."""
    if of.state != "cancelled":
        return of.state == "done"
    try:
        return bool(services.workforce_plan(scope, of.id) if of.kind == WORKFORCE else services.plan(scope, of.id))
    except NotFound:
        return False


@services.kept(services.KEPT_PLANS)
def answer(scope: Scope, run_id: str) -> explain.Answer:
    """A plan in sentences."""
    return explain.answer(services.plan(scope, run_id), services.dataset(scope, services.run(scope, run_id).dataset_id).network)


@services.kept(services.KEPT_PLANS)
def quick_in_words(scope: Scope, run_id: str) -> str:
    """What a quick answer is worth; empty for a plan that was solved in full."""
    return explain.quick_in_words(services.plan(scope, run_id))


def kind_of(scope: Scope, of: Run) -> str:
    """How a run was, or is to be, answered: quickly or in full; one that was to be quick says what came of it."""
    if not of.settings.get("start_from"):
        return "In full"
    return "In full, quick was asked" if has_plan(scope, of) and not quick_in_words(scope, of.id) else "Quick answer"


@services.kept(services.KEPT_PLANS)
def compare(scope: Scope, left_run: str, right_run: str) -> comparison.Comparison:
    """Two plans side by side."""
    return comparison.compare(side(scope, left_run), side(scope, right_run))


@services.kept(services.KEPT_PLANS)
def totals(scope: Scope, run_id: str) -> dict[str, tuple[float, str]]:
    """Results of a plan for the network as a whole, and their units."""
    return comparison.totals(side(scope, run_id))


def side(scope: Scope, run_id: str) -> comparison.Side:
    """A plan with everything it was made from.

    Raises:
        NotFound: the run has no plan.
    """
    of = services.run(scope, run_id)
    return comparison.Side(
        of, services.dataset(scope, of.dataset_id), services.scenario(scope, of.scenario_id, of.dataset_id), services.plan(scope, run_id)
    )


def staleness(scope: Scope, of: Run) -> str:
    """Why a result is no longer of the newest inputs, in one sentence; empty where it is."""
    newest = services.newest_of_network(scope, of.dataset_id)
    if newest.id != of.dataset_id:
        return f'Newer data are loaded: "{newest.name}".'
    if of.code_version != CODE_VERSION:
        return f"Made by version {of.code_version} of this program; this is version {CODE_VERSION}."
    planned = services.scenario(scope, of.scenario_id, of.dataset_id)
    named = services.store().stored_scenario(scope, planned.name, of.dataset_id)
    if named.id != of.scenario_id and planned.name not in {c.title for c in services.built_in(of.dataset_id)}:
        return f'The scenario "{named.name}" has been changed since: it is at version {named.version}.'
    return ""


def waiting_for(scope: Scope, dataset_id: str) -> list[str]:
    """Runs that somebody should look at, one sentence each."""
    words = {"queued": "waits to be computed", "running": "is being computed", "failed": "was not computed", "lost": "was not computed"}
    newest: dict[tuple[str, str], Run] = {}
    for r in runs(scope, dataset_id):
        newest.setdefault((r.kind, r.scenario_id), r)
    return [f'The plan "{scenario_name(scope, r)}" {words[r.state]}. {r.message}'.strip() for r in newest.values() if r.state in words]
