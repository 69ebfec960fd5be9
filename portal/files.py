"""What can be taken away as a file: the network as a workbook, and a plan. Each is made when it is asked for."""

from __future__ import annotations

from data.plan import BY_TABLE
from data.store import Scope
from data.workbook import write_workbook
from data.workforce_plan import BY_WORKFORCE_TABLE
from portal import services, trajectories
from portal.charts.tables import csv, declared_csv
from portal.exports import plan_workbook as plan_book
from portal.exports import workforce_case as case
from portal.exports import workforce_workbook as workforce_book


def network_workbook(scope: Scope, dataset_id: str, *, empty: bool) -> bytes:
    """The network of a dataset as a workbook, or its headings only."""
    held = services.dataset(scope, dataset_id)
    return write_workbook(held.network, held.assumptions, held.activity, empty=empty)


def trajectory_template(scope: Scope, dataset_id: str) -> bytes:
    """A table of improvement-plan trajectories to fill in, as a CSV file."""
    return csv(trajectories.template(scope, dataset_id))


def plan_workbook(scope: Scope, run_id: str) -> bytes:
    """A plan as plan.xlsx."""
    return plan_book.plan_workbook(services.plan(scope, run_id), services.dataset(scope, services.run(scope, run_id).dataset_id).network)


def plan_json(scope: Scope, run_id: str) -> str:
    """A plan's measures, statuses and provenance as plan.json."""
    return services.plan(scope, run_id).summary_json()


def plan_csv(scope: Scope, run_id: str, table: str) -> bytes:
    """One table of a plan as a CSV file."""
    return declared_csv(BY_TABLE[table], services.plan(scope, run_id)[table])


def workforce_case(scope: Scope, run_id: str) -> bytes:
    """The business case of a workforce plan as a Word document."""
    of = services.run(scope, run_id)
    held = services.dataset(scope, of.dataset_id)
    return case.workforce_case(
        services.workforce_plan(scope, run_id), held, services.scenario(scope, of.scenario_id, of.dataset_id).on(held.assumptions)
    )


def workforce_workbook(scope: Scope, run_id: str) -> bytes:
    """A workforce plan as an Excel workbook."""
    network = services.dataset(scope, services.run(scope, run_id).dataset_id).network
    return workforce_book.workforce_workbook(services.workforce_plan(scope, run_id), network)


def workforce_csv(scope: Scope, run_id: str, table: str) -> bytes:
    """One table of a workforce plan as a CSV file."""
    plan = services.workforce_plan(scope, run_id)
    return declared_csv(BY_WORKFORCE_TABLE[table], plan[table])
