"""What pages ask of workforce plans: the run to show, the answer, working time. No Streamlit; answers about what never changes are kept by id."""

from __future__ import annotations

import pandas as pd

from data.dataset import Dataset
from data.run import WORKFORCE, Run
from data.store import Scope
from data.words import number, percent
from data.working_time import days_at_work, hours_a_week
from portal import results, services, workforce_words

_WORKING_DAYS = 5 * 365.25 / 7


def newest_run(scope: Scope, dataset_id: str) -> Run | None:
    """The run to show where none is named: the newest plan, or what is being computed."""
    planned = next((p.run for p in results.plans(scope, dataset_id, WORKFORCE)), None)
    return planned or next(iter(results.working(scope, dataset_id, WORKFORCE)), None)


@services.kept(services.KEPT_PLANS)
def answer(scope: Scope, run_id: str) -> workforce_words.Said:
    """A plan in sentences."""
    return workforce_words.answer(services.workforce_plan(scope, run_id), services.dataset(scope, services.run(scope, run_id).dataset_id).network)


def missing(held: Dataset) -> list[str]:
    """What a workforce plan cannot do without, or would be poorer without, one sentence each."""
    network = held.network
    said = [] if held.has_history else ["No monthly return is loaded: upload the provider workbooks."]
    said += [] if network.plannable else ["The network has no scanner, room or mobile unit: add them to the network workbook."]
    said += [] if not network["staff_in_post"].empty else ["Nobody is in post: upload the staff in post."]
    return said


def poorer(held: Dataset) -> list[str]:
    """Tables that are empty, and what the plan then leaves out."""
    without = {
        "pay": "No pay scales: posts cost nothing in the plan.", "routes": "No ways into posts: the plan can start nobody.",
        "staff_ages": "No ages: retirements follow one assumed share.",
        "posts": "No posts: vacancies are not told apart from posts that do not exist.",
        "other_work": "No other work: all clinical time goes to the planned tests.", "skill_mix": "No skill mix: every group does its own work only.",
    }  # fmt: skip
    return [sentence for table, sentence in without.items() if held.network[table].empty]


def working_time(scope: Scope, run_id: str, organisation: str, group: str) -> list[str]:
    """How the hours at work of one WTE come about, in sentences that can be followed with a pocket calculator."""
    of = services.run(scope, run_id)
    assumptions = services.scenario(scope, of.scenario_id, of.dataset_id).on(services.dataset(scope, of.dataset_id).assumptions)
    place = pd.DataFrame({"organisation": [organisation], "staff_group": [group]})

    def one(name: str) -> float:
        return float(assumptions.values(name, place)[0])

    hours = float(hours_a_week(assumptions, place)[0])
    if stated := one("hours_per_wte"):
        return [f"One WTE is at work {number(stated, 2)} hours a week: stated as an assumption."]
    days = float(days_at_work(assumptions, place)[0])
    off = one("leave_days") + one("bank_holiday_days") + one("study_days")
    absent = one("sickness_share") + one("other_absence_share")
    left = number(_WORKING_DAYS - off, 1)
    return [
        f"Of {number(_WORKING_DAYS, 1)} paid days a year, {number(one('leave_days'), 1)} are leave, {number(one('bank_holiday_days'), 1)} bank "
        f"holidays and {number(one('study_days'), 1)} study: {left} are left; less {percent(absent)} for sickness and other absence, "
        f"{number(days, 1)} days at work.",
        f"{number(days, 1)} days of {number(one('contracted_hours') / 5, 2)} hours are {number(days * one('contracted_hours') / 5)} hours a year, "
        f"{number(hours, 2)} a week.",
    ]
