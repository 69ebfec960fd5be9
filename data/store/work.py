"""The engine's side of runs: claim one, say how far it is, end it. A call that comes too late changes nothing."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, Row, func, nulls_first, select, update

from data.result import Result
from data.run import Progress, Run
from data.store.audit_chain import append
from data.store.plans import encode_plan, store_plan
from data.store.repository import Repository, visible
from data.store.runs import as_run, find_run, move, runs_of
from data.store.scope import WORKERS, Scope
from data.store.tables import RUNS

FRESH_SECONDS = 30.0
"""A running job that has not been heard from for longer is given up."""

_LOST = "The process that computed this plan, or the computer it ran on, stopped without a word. Start the plan again."


@dataclass(frozen=True)
class Lease:
    """Who holds a running job, for those who watch over workers.

    Attributes:
        run_id: the run.
        worker: host, process and time of its start, as the engine writes them.
        heartbeat: when it was last heard from (UTC).
        deadline: when it is to be stopped whatever it does (UTC), or None.
        cancel_asked: when somebody asked to stop it (UTC), or None.
    """

    run_id: str
    worker: str
    heartbeat: datetime
    deadline: datetime | None
    cancel_asked: datetime | None


class WorkRepository(Repository):
    """Runs, for the engine that computes them. A call that comes too late changes nothing and returns False or None."""

    def claim_run(self, scope: Scope, run_id: str | None, worker: str, *, slots: int | None = None) -> Run | None:
        """Take a queued run: exactly one caller gets it, whatever process it is in.

        Args:
            scope: a worker's.
            run_id: which run; None = the next, owners taking turns.
            worker: who takes it, see `Lease`.
            slots: most runs that may be running at once, over every process that shares the store; None = any number.

        Returns:
            The run, now running; None where it is not queued any more or no slot is free.
        """
        self._require(scope, WORKERS, "claim a run", "run", run_id or "")
        with self._database.read() as connection:
            if _next(connection, scope, run_id) is None:
                return None
        with self._database.write() as connection:
            now = datetime.now(UTC)
            row = _next(connection, scope, run_id)
            if row is None or (slots is not None and _running(connection, now) >= slots):
                return None
            move(connection, row.id, "running", worker=worker, started=now, heartbeat=now)
            return as_run(find_run(connection, scope, row.id))

    def hand_over(self, scope: Scope, run_id: str, worker: str, *, seconds: float) -> bool:
        """Say who holds a running job now, and after how many seconds it is to be stopped; False where it is not running any more."""
        return self._touch(scope, run_id, worker=worker, deadline=datetime.now(UTC) + timedelta(seconds=seconds))

    def heartbeat(self, scope: Scope, run_id: str) -> bool:
        """Say that a running job is alive; False where it is not running any more."""
        return self._touch(scope, run_id)

    def progress(self, scope: Scope, run_id: str, progress: Progress) -> bool:
        """Say how far a running job is, and that it is alive; False where it is not running any more."""
        figures = {name: _finite(getattr(progress, name)) for name in ("fraction", "best", "bound", "gap")}
        return self._touch(scope, run_id, stage=progress.stage, seconds=progress.seconds, **figures)

    def cancel_requested(self, scope: Scope, run_id: str) -> bool:
        """True where the job should stop: somebody asked, or it is not running any more."""
        self._require(scope, WORKERS, "work on a run", "run", run_id)
        with self._database.read() as connection:
            row = find_run(connection, scope, run_id)
        return row.cancel_asked is not None or row.state != "running"

    def finish_run(self, scope: Scope, run_id: str, plan: Result, state: Literal["done", "cancelled"] = "done") -> bool:
        """Store the plan and end the run, both or neither; False where it is not running any more.

        Args:
            scope: a worker's.
            run_id: the run.
            plan: its result.
            state: `cancelled` where the plan is the best at the time somebody asked to stop.
        """
        self._require(scope, WORKERS, "work on a run", "run", run_id)
        contents, summary = encode_plan(plan), plan.summary_json()
        message = "Stopped on request; this is the best plan found by then." if state == "cancelled" else ""
        with self._database.write() as connection:
            if not move(connection, run_id, state, before=("running",), message=message):
                return False
            store_plan(connection, run_id, contents, summary)
            self._record(connection, scope, "finish run", run_id, state)
            return True

    def fail_run(
        self, scope: Scope, run_id: str, message: str, reference: str = "", *, state: Literal["failed", "cancelled", "lost"] = "failed"
    ) -> bool:
        """End a run without a plan; False where it has ended already.

        Args:
            scope: a worker's.
            run_id: the run.
            message: one plain sentence for the planner.
            reference: number under which the log tells more.
            state: how it ended.
        """
        self._require(scope, WORKERS, "work on a run", "run", run_id)
        with self._database.write() as connection:
            moved = move(connection, run_id, state, message=message, reference=reference)
            if moved:
                self._record(connection, scope, "end run", run_id, state, reference=reference)
            return moved

    def mark_lost(self, scope: Scope, older_than_seconds: float = FRESH_SECONDS) -> list[str]:
        """Give up running jobs that have not been heard from for so long; returns their ids."""
        self._require(scope, WORKERS, "work on runs", "run")
        oldest = datetime.now(UTC) - timedelta(seconds=older_than_seconds)
        silent = select(RUNS.c.id).where(visible(RUNS.c.owner, scope), RUNS.c.state == "running", RUNS.c.heartbeat < oldest)
        with self._database.read() as connection:
            if connection.execute(silent).first() is None:
                return []
        with self._database.write() as connection:
            lost = [run_id for run_id in connection.execute(silent).scalars().all() if move(connection, run_id, "lost", message=_LOST)]
            for run_id in lost:
                self._record(connection, scope, "end run", run_id, "lost")
            return lost

    def leases(self, scope: Scope) -> list[Lease]:
        """Every running job and who holds it."""
        self._require(scope, WORKERS, "watch runs", "run")
        columns = (RUNS.c.id, RUNS.c.worker, RUNS.c.heartbeat, RUNS.c.deadline, RUNS.c.cancel_asked)
        query = select(*columns).where(visible(RUNS.c.owner, scope), RUNS.c.state == "running")
        with self._database.read() as connection:
            return [Lease(*row) for row in connection.execute(query)]

    def _touch(self, scope: Scope, run_id: str, **values: Any) -> bool:
        self._require(scope, WORKERS, "work on a run", "run", run_id)
        with self._database.write() as connection:
            mine = update(RUNS).where(RUNS.c.id == run_id, visible(RUNS.c.owner, scope), RUNS.c.state == "running")
            return connection.execute(mine.values(heartbeat=datetime.now(UTC), **values)).rowcount == 1

    def _record(self, connection: Connection, scope: Scope, action: str, run_id: str, state: str, **details: str) -> None:
        owner = find_run(connection, scope, run_id).owner
        append(connection, scope, action, "run", run_id, organisation=owner, state=state, **details)


def _next(connection: Connection, scope: Scope, run_id: str | None) -> Row[Any] | None:
    """The queued run asked for, or the next: the owner served longest ago first, and of its runs the oldest."""
    queued = runs_of(scope).where(RUNS.c.state == "queued")
    if run_id is not None:
        return connection.execute(queued.where(RUNS.c.id == run_id)).first()
    others = RUNS.alias()
    served = select(func.max(others.c.started)).where(others.c.owner == RUNS.c.owner).scalar_subquery()
    return connection.execute(queued.order_by(nulls_first(served), RUNS.c.created).limit(1)).first()


def _running(connection: Connection, now: datetime) -> int:
    fresh = now - timedelta(seconds=FRESH_SECONDS)
    query = select(func.count()).where(RUNS.c.state == "running", RUNS.c.heartbeat >= fresh)
    return connection.execute(query).scalar_one()


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
