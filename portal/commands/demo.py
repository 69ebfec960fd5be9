"""`sixweeks demo`: the demonstration network in the store, with its plans."""

from __future__ import annotations

from data.folder import demonstration
from data.run import Run
from data.scenario import base, do_nothing
from data.store import SINGLE_USER
from portal import services
from portal.commands.following import follow, plan_of, stop_watching
from portal.commands.screen import DONE, Screen


def demo(*, wait: bool, screen: Screen) -> int:
    """Load the demonstration and have it planned; what is there already is left as it is.

    Args:
        wait: wait for its plans; otherwise a server can start at once, and shows how far they are.
        screen: where to write.
    """
    stored = services.load_example(SINGLE_USER, demonstration())
    screen.say(f'{"Here already" if stored.already else "Loaded"}: "{stored.name}", an invented history on a network of placeholders.')
    try:
        runs = [services.start_plan(SINGLE_USER, make(stored.id)) for make in (base, do_nothing)]
        runs = [follow(run, screen) for run in runs] if wait else runs
    finally:
        stop_watching()
    if all(run.ended for run in runs):
        for run in runs:
            plan_of(run)
        screen.say("Its plans are there: the base plan, and what happens without a change.")
    else:
        screen.say("Its plans are being computed in the background; the portal shows how far they are.")
    screen.add(dataset=stored.id, name=stored.name, already=stored.already, runs=[_as_json(run) for run in runs])
    return DONE


def _as_json(run: Run) -> dict[str, str]:
    return {"id": run.id, "state": run.state, "scenario": run.scenario_id}
