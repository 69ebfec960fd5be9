"""Stored runs: the row is the truth about a job. Every change of state is one UPDATE that names the states it may start from."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, Select, insert, select, update

from data.decisions import Decisions
from data.errors import NotFound
from data.plan import Plan
from data.result import Result
from data.run import SHARED, Progress, Run, RunState, inputs_hash
from data.store.audit_chain import append
from data.store.datasets import find_dataset
from data.store.plans import load_decisions, load_plan
from data.store.repository import NETWORK_OWNED, Repository, owners, visible
from data.store.scenarios import find_scenario
from data.store.scope import PLANNERS, Scope
from data.store.tables import RUNS
from data.workforce_plan import WorkforcePlan

_Wanted = TypeVar("_Wanted", bound=Result)

_BEFORE: dict[RunState, tuple[RunState, ...]] = {
    "running": ("queued",),
    "done": ("running",),
    "cancelled": ("queued", "running"),
    "failed": ("queued", "running"),
    "lost": ("running",),
}
"""States from which each state can be reached; whatever has ended stays as it is."""


class RunRepository(Repository):
    """Runs, for the people who start them."""

    def start_run(self, scope: Scope, kind: str, dataset_id: str, scenario_id: str, settings: Mapping[str, Any], code_version: str) -> Run:
        """Queue a run, or return the one that answers already: equal inputs that are queued, running or done share one run.

        Raises:
            NotAllowed: the role may not start runs.
            NotFound: the dataset or the scenario is not in the scope.
        """
        self._require(scope, PLANNERS, "start a run", "run")
        with self._database.write() as connection:
            dataset = find_dataset(connection, scope, dataset_id)
            scenario = find_scenario(connection, scope, scenario_id, dataset.id)
            inputs = inputs_hash(kind, dataset.id, scenario.id, settings, code_version)
            equal = runs_of(scope).where(RUNS.c.inputs_hash == inputs, RUNS.c.state.in_(SHARED), RUNS.c.owner.in_(owners(scope)))
            shared = connection.execute(equal.order_by(RUNS.c.created)).first()
            if shared:
                append(connection, scope, "share run", "run", shared.id)
                return as_run(shared)
            run_id = uuid.uuid4().hex
            connection.execute(
                insert(RUNS).values(
                    id=run_id, kind=kind, state="queued", owner=scope.organisation, dataset_id=dataset.id, scenario_id=scenario.id,
                    settings=json.dumps(dict(settings), sort_keys=True), code_version=code_version, inputs_hash=inputs,
                    created=datetime.now(UTC), created_by=scope.user, worker="", stage="", seconds=0.0, message="", reference="",
                )
            )  # fmt: skip
            append(connection, scope, "start run", "run", run_id, problem=kind, scenario=scenario.name)
            return as_run(find_run(connection, scope, run_id))

    def request_cancel(self, scope: Scope, run_id: str) -> Run:
        """Ask a run to stop: one that waits is cancelled at once, one that works stops soon and keeps its best plan.

        Raises:
            NotAllowed: the role may not stop runs, or the run belongs to somebody else.
            NotFound: no such run in the scope.
        """
        self._require(scope, PLANNERS, "cancel a run", "run", run_id)
        run = self.run(scope, run_id)
        if scope.organisation not in (NETWORK_OWNED, run.organisation):
            self._refuse(scope, "cancel a run", "run", run_id, "Only those who own a run may cancel it.")
        with self._database.write() as connection:
            if not move(connection, run_id, "cancelled", before=("queued",), message="Cancelled before it began."):
                asked = update(RUNS).where(RUNS.c.id == run_id, RUNS.c.state == "running", RUNS.c.cancel_asked.is_(None))
                connection.execute(asked.values(cancel_asked=datetime.now(UTC)))
            append(connection, scope, "cancel run", "run", run_id)
            return as_run(find_run(connection, scope, run_id))

    def run(self, scope: Scope, run_id: str) -> Run:
        """One run.

        Raises:
            NotFound: no such run in the scope.
        """
        with self._database.read() as connection:
            return as_run(find_run(connection, scope, run_id))

    def runs(self, scope: Scope, limit: int = 50) -> list[Run]:
        """The newest runs of the scope, newest first."""
        with self._database.read() as connection:
            return [as_run(row) for row in connection.execute(runs_of(scope).order_by(RUNS.c.created.desc()).limit(limit))]

    def plan(self, scope: Scope, run_id: str) -> Plan:
        """The allocation plan a run made, checked against its digests.

        Raises:
            NotFound: no such run in the scope, or it has no such plan.
            SixweeksError: what is stored is not what was saved.
        """
        return self._result(scope, run_id, Plan)

    def workforce_plan(self, scope: Scope, run_id: str) -> WorkforcePlan:
        """The five-year workforce plan a run made, checked against its digests.

        Raises:
            NotFound: no such run in the scope, or it has no such plan.
            SixweeksError: what is stored is not what was saved.
        """
        return self._result(scope, run_id, WorkforcePlan)

    def _result(self, scope: Scope, run_id: str, wanted: type[_Wanted]) -> _Wanted:
        with self._database.read() as connection:
            row = find_run(connection, scope, run_id)
            if row.summary is None:
                raise NotFound(f"This run has no plan: it is {row.state}. {row.message}".strip())
            found = load_plan(connection, row)
        if not isinstance(found, wanted):
            raise NotFound("This run made another kind of plan.")
        return found

    def decisions(self, scope: Scope, run_id: str) -> Decisions | None:
        """What a plan that starts from that of a run needs; None where it has none, or they were not kept.

        Raises:
            NotFound: no such run in the scope.
            SixweeksError: what is stored is not what was saved.
        """
        with self._database.read() as connection:
            return load_decisions(connection, find_run(connection, scope, run_id).id)


def runs_of(scope: Scope) -> Select[Any]:
    """The query for the runs a scope sees."""
    return select(RUNS).where(visible(RUNS.c.owner, scope))


def find_run(connection: Connection, scope: Scope, run_id: str) -> Row[Any]:
    """The row of a run.

    Raises:
        NotFound: no such run in the scope.
    """
    row = connection.execute(runs_of(scope).where(RUNS.c.id == run_id)).first()
    if row is None:
        raise NotFound(f'There is no run "{run_id}" here.')
    return row


def move(connection: Connection, run_id: str, state: RunState, *, before: tuple[RunState, ...] | None = None, **values: Any) -> bool:
    """Change a run's state from one of the states it may come from; False where it is in none of them."""
    if state != "running":
        values["finished"] = datetime.now(UTC)
    change = update(RUNS).where(RUNS.c.id == run_id, RUNS.c.state.in_(before or _BEFORE[state]))
    return connection.execute(change.values(state=state, **values)).rowcount == 1


def as_run(row: Row[Any]) -> Run:
    """The picture of a row."""
    progress = Progress(row.stage, row.fraction, row.best, row.bound, row.gap, row.seconds)
    return Run(
        id=row.id, kind=row.kind, state=row.state, dataset_id=row.dataset_id, scenario_id=row.scenario_id,
        settings=json.loads(row.settings), code_version=row.code_version, organisation=row.owner, created=row.created,
        created_by=row.created_by, started=row.started, finished=row.finished, cancel_asked=row.cancel_asked is not None,
        progress=progress, message=row.message, reference=row.reference, inputs_hash=row.inputs_hash,
    )  # fmt: skip
