"""`sixweeks workforce`: a five-year workforce plan as files, computed by the engine so that the portal shows it too."""

from __future__ import annotations

from pathlib import Path

from data.errors import NoPlan, NotFound
from data.store import SINGLE_USER
from portal import services
from portal.commands.following import follow, no_plan, stop_watching
from portal.commands.networks import newest
from portal.commands.planning import named_scenario
from portal.commands.screen import DONE, Screen

WORKBOOK, CASE, SUMMARY = "workforce-plan.xlsx", "workforce-business-case.docx", "workforce.json"


def workforce(*, scenario: str, dataset: str, network: str, gap: float, time_limit: float, out: Path, screen: Screen) -> int:
    """Plan five years of staff under a scenario and write the plan into a folder.

    Raises:
        Refused: the dataset cannot be planned, or the scenario is not in order.
        NotFound: no such dataset or scenario.
        NoPlan: the run ended without a plan.
        WrongUsage: the store holds several networks and none is named.
    """
    from portal import files, workforce_reading
    from portal.exports.plan_files import write_result

    stored = newest(SINGLE_USER, dataset, network)
    chosen = named_scenario(scenario, stored.id, screen)
    screen.say(f'Planning the workforce of "{stored.name}" for five years, "{chosen.name}".')
    try:
        run = follow(services.start_workforce_plan(SINGLE_USER, chosen, gap=gap, time_limit=time_limit), screen)
    finally:
        stop_watching()
    try:
        made = services.workforce_plan(SINGLE_USER, run.id)
    except NotFound:
        raise NoPlan(no_plan(run)) from None
    documents = {WORKBOOK: files.workforce_workbook(SINGLE_USER, run.id), CASE: files.workforce_case(SINGLE_USER, run.id)}
    written = write_result(made, out, documents, SUMMARY)
    said = workforce_reading.answer(SINGLE_USER, run.id)
    screen.say(f"\n{said.headline} {said.more}")
    for title, sentences in said.sections:
        screen.say(f"\n{title}")
        for sentence in sentences:
            screen.say(f"  - {sentence}")
    if run.message:
        screen.warn(run.message)
    screen.add(
        run=run.id, dataset=stored.id, scenario={"name": chosen.name, "id": chosen.content_id}, status=made.summary["status"],
        headline=said.headline, answer=dict(said.sections), cost_gbp=made.summary["cost_gbp"], stages=made.summary["stages"],
        seconds=made.summary["seconds"], files=[str(f) for f in written],
    )  # fmt: skip
    screen.say(f"\nWrote {len(written)} files to {out}: open {out / CASE} for the business case.")
    return DONE
