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
            screen.progress(_so_far(run))
            time.sleep(_POLL_SECONDS)
        except KeyboardInterrupt:
            if stopping:
                raise
            stopping = True
            services.cancel(SINGLE_USER, run.id)
            screen.warn("Stopping: the best plan so far is kept.")
        run = services.run(SINGLE_USER, run.id)
    return run


def _so_far(run: Run) -> Progress:
    """What is told of a run that has not ended: something from the first look on, however soon it ends."""
    if run.state == "queued":
        return Progress("Waiting for other plans to be computed")
    if not run.progress.stage or not run.started:
        return Progress("Starting")
    # The row is told at every step, which may be seconds apart; the clock goes on.
    return replace(run.progress, seconds=(datetime.now(UTC) - run.started).total_seconds())


def plan_of(run: Run) -> Plan:
    """The plan of an ended run.

    Raises:
        NoPlan: it ended without one.
    """
    try:
        return services.plan(SINGLE_USER, run.id)
    except NotFound:
        raise NoPlan(no_plan(run)) from None


def no_plan(run: Run) -> str:
    """Why an ended run has no plan, in a sentence."""
    words = run.message or f"The run ended without a plan: it is {run.state}."
    return f"{words} (Reference {run.reference})" if run.reference and run.reference not in words else words


def stop_watching() -> None:
    """Let go of the engine before the command ends; workers go on by themselves."""
    engine.stop(services.store())
