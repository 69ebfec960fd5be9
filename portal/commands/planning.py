"""`sixweeks plan`: an allocation plan as files, computed by the engine so that the portal shows it too, and checked from what was written."""

from __future__ import annotations

from pathlib import Path

from data.dataset import Dataset
from data.errors import NotFound, Refused
from data.findings import refusal
from data.plan import Plan
from data.scenario import Scenario
from data.store import SINGLE_USER
from data.words import count
from portal import results, services
from portal.commands.following import follow, plan_of, stop_watching
from portal.commands.networks import newest
from portal.commands.screen import DONE, REFUSED, Screen

BASE = "base"


def plan(
    *, scenario: str, dataset: str, network: str, weeks: int | None, gap: float, time_limit: float, start_from: str, out: Path, screen: Screen
) -> int:  # fmt: skip
    """Plan a scenario on a dataset and write the plan into a folder.

    Raises:
        Refused: the dataset cannot be planned, or the scenario is not in order.
        NotFound: no such dataset, scenario or plan to start from.
        NoPlan: the run ended without a plan.
        WrongUsage: the store holds several networks and none is named.
    """
    from portal.planning import prepare

    stored = newest(SINGLE_USER, dataset, network)
    held = services.dataset(SINGLE_USER, stored.id)
    chosen = named_scenario(scenario, stored.id, screen)
    if weeks is not None:
        chosen = services.variant(chosen, dict(chosen.levers), weeks)
    screen.say(f'Planning "{chosen.name}" for {count(chosen.weeks, "week")} on "{stored.name}".')
    earlier = _run_of(start_from, stored.id) if start_from else ""
    prepare(held, chosen)  # what cannot be planned is refused here, with its findings, and no run is started
    try:
        run = follow(services.start_plan(SINGLE_USER, chosen, gap=gap, time_limit=time_limit, start_from=earlier), screen)
    finally:
        stop_watching()
    made = plan_of(run)
    if run.message:
        screen.warn(run.message)
    screen.add(run=run.id, dataset=stored.id, scenario={"name": chosen.name, "id": chosen.content_id, "weeks": chosen.weeks})
    return write_and_check(made, held, chosen, out, screen)


def _run_of(wanted: str, dataset_id: str) -> str:
    """The run that is named, or whose plan was written into a folder.

    Raises:
        NotFound: no plan of this store was written there.
    """
    if not Path(wanted).is_dir():
        return wanted
    from portal.exports.plan_reading import read_summary

    written = read_summary(Path(wanted)).get("provenance")
    for known in results.plans(SINGLE_USER, dataset_id):
        if services.plan(SINGLE_USER, known.run.id).summary["provenance"] == written:
            return known.run.id
    raise NotFound(f"The plan in the folder {wanted} is none of this dataset in this store: name a run, or solve in full.")


def named_scenario(wanted: str, dataset_id: str, screen: Screen) -> Scenario:
    """A scenario by file, by name or id; nothing named is the base plan.

    Raises:
        Refused: the file is not a scenario.
        NotFound: neither a file nor a scenario of this dataset.
    """
    if wanted.endswith(".json") or Path(wanted).is_file():
        read = _from_file(Path(wanted), dataset_id)
        if read.dataset_id != dataset_id:
            screen.warn("The scenario was made for another dataset; its changes are planned on this one.")
        return read.changed(dataset_id=dataset_id)
    known = services.choices(SINGLE_USER, dataset_id)
    for choice in known:
        if wanted == choice.id or wanted.casefold() == choice.title.casefold():
            return choice.scenario
    raise NotFound(f'There is no scenario "{wanted}" for this dataset. There are: {", ".join(c.title for c in known)}.')


def _from_file(path: Path, dataset_id: str) -> Scenario:
    if not path.is_file():
        raise NotFound(f"There is no file {path}.")
    try:
        return Scenario.from_json(path.read_text(encoding="utf-8-sig"), file=path.name, dataset_id=dataset_id)
    except (TypeError, AttributeError, ValueError) as error:
        mend = "See the planner's guide, or save the scenario from the portal."
        raise Refused([refusal("scenario", f"a value of the wrong kind ({error})", "a scenario as JSON", mend, file=path.name)]) from None


def write_and_check(made: Plan, dataset: Dataset, scenario: Scenario, out: Path, screen: Screen) -> int:
    """Write a plan, say what it says, and check it again from what was written."""
    from optimisation.explain import answer
    from portal.checking import check_plan
    from portal.exports.plan_files import write_plan

    files = write_plan(made, out, dataset.network)
    said = answer(made, dataset.network)
    screen.say(f"\n{said.headline}")
    for title, sentences in said.sections():
        screen.say(f"\n{title}")
        for sentence in sentences:
            screen.say(f"  - {sentence}")
    wrong = check_plan(out, dataset, scenario)
    screen.add(
        status=made.summary["status"], quick=made.summary.get("quick"), headline=said.headline, answer=dict(said.sections()),
        cost_gbp=made.summary["cost_gbp"],
        stages=made.summary["stages"], seconds=made.summary["seconds"], files=[str(f) for f in files],
        check="wrong" if wrong else "passed",
    )  # fmt: skip
    screen.say(f"\nWrote {len(files)} files to {out}: open {out / 'plan.xlsx'} to read the plan.")
    if wrong:
        screen.findings(wrong)
        screen.warn("\nTHE PLAN IS WRONG. The tables do not keep the limits above when they are worked out again. Do not use this plan.")
        return REFUSED
    screen.say("Checked: worked out again from the written tables alone, every limit is kept.")
    return DONE
