"""Waiting for a run: progress as it comes, and a clean stop when somebody presses Ctrl+C."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime

from data.errors import NoPlan, NotFound
from data.plan import Plan
from data.run import ENDED, Progress, Run
from data.store import SINGLE_USER
from portal import engine, services
from portal.commands.screen import Screen

_POLL_SECONDS = 0.25


def follow(run: Run, screen: Screen) -> Run:
    """Wait until a run has ended; the first Ctrl+C stops it and keeps its best plan, the second leaves it to itself."""
    stopping = False
    while run.state not in ENDED:
        try:
            if run.state == "running" and run.progress.stage and run.started:
                # The row is told at every step, which may be seconds apart; the clock goes on.
                screen.progress(replace(run.progress, seconds=(datetime.now(UTC) - run.started).total_seconds()))
            elif run.state == "queued":
                screen.progress(Progress("Waiting for other plans to be computed"))
            time.sleep(_POLL_SECONDS)
        except KeyboardInterrupt:
            if stopping:
                raise
            stopping = True
            services.cancel(SINGLE_USER, run.id)
            screen.warn("Stopping: the best plan so far is kept.")
        run = services.run(SINGLE_USER, run.id)
    return run


def plan_of(run: Run) -> Plan:
    """The plan of an ended run.

    Raises:
        NoPlan: it ended without one.
    """
    try:
        return services.plan(SINGLE_USER, run.id)
    except NotFound:
        words = run.message or f"The run ended without a plan: it is {run.state}."
        raise NoPlan(f"{words} (Reference {run.reference})" if run.reference and run.reference not in words else words) from None


def stop_watching() -> None:
    """Let go of the engine before the command ends; workers go on by themselves."""
    engine.stop(services.store())
