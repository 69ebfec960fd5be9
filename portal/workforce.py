"""The chain of the five-year workforce plan: dataset and scenario → demand by quarter → hours needed → plan. No Streamlit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from data.assumptions import Assumptions
from data.checks.workforce import time_is_not_spent_twice
from data.dataset import Dataset, no_history
from data.errors import Refused
from data.findings import Findings, refusal
from data.network import Network
from data.rota import today
from data.run import PlanSettings, Progress
from data.scenario import Scenario
from data.staff_need import QUARTERS_A_YEAR, Work, examination_times, staff_need
from data.words import percent
from data.workforce_plan import OPTION_TITLES, WorkforcePlan
from data.working_days import first_monday_after, mondays
from data.workload import must_do_work
from forecasting.forecast import weekly_demand
from forecasting.months import months_ahead
from forecasting.quarters import Quarters, quarters_ahead
from optimisation.workforce.plan import workforce_plan
from optimisation.workforce.problem import Inputs
from portal.checking.people import check_workforce
from portal.provenance import provenance
from portal.unchanged import no_assets

YEARS, AHEAD = 5, 7
"""Years that are shown, and years that are planned: what starts near the end is judged by what it does afterwards."""

OPTIONS: dict[str, tuple[str, ...]] = {"minimum": ("grow", "keep"), "recruit": ("train", "keep"), "train": ("recruit", "keep")}
"""Levers that each option beside the plan does without."""

_OPTION_GAP, _OPTION_TIME = 0.02, 0.25
"""Gap asked for of an option that is only compared with, and its part of the time limit: few whole people within tight limits are hard to place."""

_MONTHS, _ROTA_WEEKS = 12, 13


def _silent(_: Progress) -> None:
    """Progress nobody asked for."""


@dataclass(frozen=True, eq=False)
class Prepared:
    """What the work of the years ahead needs.

    Attributes:
        quarters: demand by quarter.
        work: examinations, and what each takes.
        need: typed frame of `data.workforce_plan.NEED`: every step from examinations to posts.
        findings: shares of the same hours that add up to more than all of them.
    """

    quarters: Quarters
    work: Work
    need: pd.DataFrame
    findings: Findings


def prepare(dataset: Dataset, assumptions: Assumptions, years: int = AHEAD) -> Prepared:
    """Hours and posts that the work of the years ahead needs.

    What joins the lists is seen, so that lists stay as they are; planned and unscheduled work is done. Sessions hold all but the share of unscheduled
    work that is done outside them.

    Raises:
        Refused: no assets, no staff, or no history.
    """
    network = dataset.network
    if not network.plannable:
        raise Refused([no_assets()])
    if not dataset.has_history:
        raise Refused([no_history()])
    if network["staff_in_post"].empty:
        raise Refused([refusal("no-staff", "no rows", "at least one row", "Upload the staff in post, or fill in the sheet.", sheet="Staff in post")])
    months = months_ahead(network, dataset.activity, assumptions, _MONTHS)
    if months is None:
        raise Refused([no_history()])
    quarters = quarters_ahead(months, assumptions, years)
    work = Work(_examinations(quarters, network, assumptions), _times(dataset, assumptions))
    return Prepared(quarters, work, staff_need(network, assumptions, work), Findings(time_is_not_spent_twice(network, _shares(network, assumptions))))


def _examinations(quarters: Quarters, network: Network, assumptions: Assumptions) -> pd.DataFrame:
    rows = quarters.frame("additions")
    waiting, planned, unscheduled = (quarters.frame(s)["examinations"] for s in ("additions", "planned", "unscheduled"))
    outside = assumptions.values("unscheduled_outside", rows)
    rows["in_sessions"], rows["all"] = waiting + planned + unscheduled * (1 - outside), waiting + planned + unscheduled
    return rows.loc[rows["test"].isin(network.allocated_tests), ["organisation", "test", "quarter", "in_sessions", "all"]].reset_index(drop=True)


def _times(dataset: Dataset, assumptions: Assumptions) -> pd.DataFrame:
    weeks = mondays(first_monday_after(dataset.activity.snapshot_date), _ROTA_WEEKS)
    demand = weekly_demand(dataset, assumptions, weeks)
    rota = today(dataset, assumptions, weeks, must_do_work(demand, assumptions, dataset.network.allocated_tests))
    return examination_times(rota, dataset.network, assumptions)


def _shares(network: Network, assumptions: Assumptions) -> pd.DataFrame:
    post = network["staff_in_post"][["organisation", "staff_group"]]
    names = ("session_time_share", "reporting_share", "non_clinical_share")
    return post.assign(total=np.sum([assumptions.values(name, post) for name in names], axis=0))


def make_workforce_plan(
    dataset: Dataset,
    scenario: Scenario,
    settings: PlanSettings | None = None,
    report: Callable[[Progress], None] = _silent,
    cancelled: Callable[[], bool] = lambda: False,
) -> WorkforcePlan:
    """The five-year workforce plan of one scenario on one dataset.

    Args:
        dataset: needs a network with staff in post and at least one month of history.
        scenario: its changed assumptions hold; its length and locks are of the weekly plan.
        settings: gap, time limit, threads and seed of the solve.
        report: told how far the work is.
        cancelled: asked several times a second; True stops and keeps the best plan so far.

    Raises:
        Refused: there is nothing to plan from, or the scenario's changes clash.
        NoPlan: no plan was found in the time.
    """
    settings = settings or PlanSettings()
    report(Progress("Forecasting demand of five years", 0.0))
    assumptions = scenario.on(dataset.assumptions)
    problems = assumptions.check_against(dataset.network).refusals
    if problems:
        raise Refused(problems)
    prepared = prepare(dataset, assumptions)
    inputs = Inputs(dataset.network, assumptions, prepared.need, prepared.quarters.starts, dict(scenario.levers))
    made = workforce_plan(inputs, settings, report, cancelled)
    report(Progress("Following everybody again", 0.95))
    wrong = check_workforce(made.tables, dataset.network, assumptions)
    made = _shown(made)
    options = {"plan": made, **{name: _shown(_option(name, inputs, settings, report, cancelled)) for name in OPTIONS}}
    report(Progress("Done", 1.0))
    compared = pd.concat([option_rows(name, plan) for name, plan in options.items()], ignore_index=True)
    far = max(options[name].summary["stages"][0]["gap"] for name in OPTIONS)
    compared_with = f"Options beside the plan are within {percent(far)} of the best of their kind."
    notes = [*made.summary.get("notes", []), compared_with, *_notes(dataset, prepared)]
    summary = {
        **made.summary,
        "notes": notes,
        "wrong": [finding.sentence() for finding in wrong],
        "provenance": provenance(dataset, scenario, settings, first_quarter=prepared.quarters.starts[0]),
    }
    return WorkforcePlan({**made.tables, "minimum": options["minimum"]["staff"], "options": compared}, summary)


def _shown(plan: WorkforcePlan) -> WorkforcePlan:
    """The years that are shown of a plan of more years."""
    quarters = sorted(plan["staff"]["quarter"].unique())[: QUARTERS_A_YEAR * YEARS]
    tables = {}
    for name, frame in plan.tables.items():
        kept = frame[frame["quarter"].isin(quarters)] if "quarter" in frame else frame
        tables[name] = kept[~(kept["year"] > YEARS)] if "year" in kept else kept
    cost = tables["costs"].groupby("kind", sort=False)["cost_gbp"].sum()
    return WorkforcePlan(tables, {**plan.summary, "cost_gbp": {str(kind): float(value) for kind, value in cost.items()}})


def _option(
    name: str, inputs: Inputs, settings: PlanSettings, report: Callable[[Progress], None], cancelled: Callable[[], bool]
) -> WorkforcePlan:  # fmt: skip
    """The best plan without the levers that an option does without."""
    limited = replace(inputs, levers={**inputs.levers, **dict.fromkeys(OPTIONS[name], False)})
    loosely = replace(settings, gap=max(settings.gap, _OPTION_GAP), time_limit=settings.time_limit * _OPTION_TIME)
    return workforce_plan(limited, loosely, _telling(report, OPTION_TITLES[name]), cancelled)


def _telling(report: Callable[[Progress], None], option: str) -> Callable[[Progress], None]:
    """Progress of an option under its name."""
    return lambda progress: report(replace(progress, stage=f"{option}: {progress.stage[:1].lower()}{progress.stage[1:]}"))


def option_rows(option: str, plan: WorkforcePlan) -> pd.DataFrame:
    """Rows of the table of options for one plan."""
    quarters = {q: k // QUARTERS_A_YEAR + 1 for k, q in enumerate(sorted(plan["staff"]["quarter"].unique()))}

    def by_year(table: str, *columns: str) -> pd.Series[float]:
        rows = plan[table]
        return rows[list(columns)].sum(axis=1).groupby(rows["quarter"].map(quarters)).sum()

    ends = plan["staff"][plan["staff"]["quarter"].isin(sorted(quarters)[QUARTERS_A_YEAR - 1 :: QUARTERS_A_YEAR])]
    ends = ends.assign(year=ends["quarter"].map(quarters)).groupby("year")[["closing", "needed"]].sum()
    left = plan["cover"]
    left = left[left["kind"] != "scanning"]
    made = pd.DataFrame({
        "in_post": ends["closing"], "needed": ends["needed"], "people": by_year("starts", "people"),
        "temporary_hours": by_year("hours", "overtime", "bank_or_agency"), "bought_examinations": by_year("examinations", "bought"),
        "lost_examinations": by_year("examinations", "lost"), "uncovered_hours": left["uncovered"].groupby(left["quarter"].map(quarters)).sum(),
        "cost_gbp": plan["costs"].groupby("year")["cost_gbp"].sum(),
    }).reindex(sorted(set(quarters.values()))).fillna(0.0)  # fmt: skip
    return made.rename_axis("year").reset_index().assign(option=option)


def _notes(dataset: Dataset, prepared: Prepared) -> list[str]:
    said = [
        f"Planned {AHEAD} years ahead and shown for {YEARS}, so that training that ends later counts; the goal and its gap are of all {AHEAD} years."
    ]
    said += ["Hours are what keeps every list as it is: what joins is seen. Shortening lists first takes more, which the allocation plan shows."]
    if dataset.network.synthetic:
        said.append("Staff, pay, routes and places are placeholders for demonstration, not the figures of any trust.")
    return [*said, *(finding.sentence() for finding in prepared.findings)]
