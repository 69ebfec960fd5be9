"""The independent check of a five-year workforce plan: its tables against the network, the assumptions and the hours needed, and nothing else.

Neither the optimisation model nor its arithmetic of people is used: everybody is followed again, group by group and quarter by quarter, with loops of
their own over single ages and calendar months.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from data.assumptions import Assumptions
from data.findings import Findings
from data.network import Network
from portal.checking.people.follow import Followed, Rates
from portal.checking.people.rules import check_costs, check_cover, check_hours, check_money, check_places, check_staff, check_supervisors
from portal.checking.report import Report
from portal.checking.written import Written

__all__ = ["check_workforce"]


def check_workforce(tables: Mapping[str, pd.DataFrame], network: Network, assumptions: Assumptions) -> Findings:
    """Check the tables of a workforce plan.

    Args:
        tables: as in `data.workforce_plan`, read from files or as the plan holds them.
        network: the network it was made for.
        assumptions: in force.

    Returns:
        Everything that is wrong: none for a plan that keeps every limit. Values may differ by less than a hundredth of a WTE, hour or pound.
    """
    report, written = Report(), Written(dict(tables), {})
    rates = Rates(network, assumptions, sorted(tables["staff"]["quarter"].unique()))
    followed = Followed(rates, written)
    check_staff(report, rates, written, followed)
    for check in (check_places, check_supervisors, check_hours, check_cover, check_money, check_costs):
        check(report, rates, written, followed)
    return report.findings()
