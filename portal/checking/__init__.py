"""The independent check of a plan: its written tables against the dataset and the scenario, and nothing else.

Neither the optimisation model nor its problem is used, nor any forecast. Openings, room time, staff hours, moves, journeys, acceptance, lists, ages
and costs are worked out again from the tables of the network, the assumptions and the history; today's rota, and how lists are booked, are taken from
where they are defined.
"""

from __future__ import annotations

from pathlib import Path

from data.dataset import Dataset
from data.errors import Refused
from data.findings import Findings
from data.scenario import Scenario
from portal.checking.budget import check_budgets
from portal.checking.capacity import check_must_do, check_rooms, check_sessions, check_staff
from portal.checking.facts import Facts
from portal.checking.fairness import check_extra_minutes
from portal.checking.lists import check_lists
from portal.checking.locks import check_locks
from portal.checking.mobiles import check_mobiles, check_suitable
from portal.checking.report import Report
from portal.checking.reporting import check_reporting
from portal.checking.sharing import check_aid, check_external
from portal.checking.staff_lent import check_shared_staff
from portal.checking.totals import check_costs, check_hard_to_book, check_limits, check_measures, check_target
from portal.checking.worth import check_worth
from portal.checking.written import Written
from portal.exports.plan_reading import read_summary, read_tables

__all__ = ["Facts", "check_against", "check_plan"]


def check_plan(folder: Path, dataset: Dataset, scenario: Scenario) -> Findings:
    """Check a written plan.

    Args:
        folder: what `write_plan` wrote: the tables as CSV, and `plan.json` for what it says about the target and the costs.
        dataset: the dataset it was made from.
        scenario: the scenario it was made for.

    Returns:
        Everything that is wrong: none for a plan that keeps every limit. Values may differ by less than a hundredth of a patient, session, minute,
        hour or pound.
    """
    return check_against(folder, Facts(dataset, scenario))


def check_against(folder: Path, facts: Facts) -> Findings:
    """Check a written plan against facts that are worked out already; see `check_plan`."""
    tables, findings = read_tables(folder)
    if findings.refusals:
        return findings.refusals
    try:
        written = Written(tables, read_summary(folder))
    except Refused as error:
        return error.findings
    report = Report()
    for check in (check_sessions, check_must_do, check_rooms, check_staff, check_shared_staff, check_mobiles, check_external, check_reporting):
        check(report, facts, written)
    lists = check_lists(report, facts, written)
    check_suitable(report, facts, written, lists)
    check_aid(report, facts, written, lists)
    for check in (check_target, check_costs, check_measures, check_limits, check_budgets, check_extra_minutes, check_locks):
        check(report, facts, written)
    check_hard_to_book(report, written)
    check_worth(report, written)
    return report.findings()
