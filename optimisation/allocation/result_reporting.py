"""Reports of a solved plan: each written as soon as somebody has the time, the oldest first, whatever the model's own slack did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.words import listed
from optimisation.allocation.equations.reporting import WEEKS_IN_TIME
from optimisation.allocation.problem import Inputs
from optimisation.allocation.problem_reporting import declared_minutes

if TYPE_CHECKING:
    from optimisation.allocation.result import Solved

_NONE = 1e-6
"""Minutes smaller than this are solver noise."""


@dataclass(frozen=True)
class ReportingWeek:
    """One organisation's reports in one week, all in minutes but for the outsourced ones.

    Attributes:
        organisation, week: whose, and which week (1, 2, …).
        needed: brought by the examinations of the week.
        available: own reporting time.
        shared: had from others; below zero = given to them.
        outsourced: reports written by a provider.
        own_used: own time used, for own reports and those of others.
        backlog, late: not yet written at week end, and the part of it older than four weeks.
    """

    organisation: str
    week: int
    needed: float
    available: float
    shared: float
    outsourced: float
    own_used: float
    backlog: float
    late: float


def reporting_weeks(s: Solved) -> list[ReportingWeek]:
    """Every organisation and week with reports, in the order of the index set; empty where reports do not limit the plan."""
    found = []
    for (o,) in s.problem.sets["reporters"]:
        backlog = s.given("opening_backlog", (o,))
        recent = [s.given("ordinary_reports", (o,))] * WEEKS_IN_TIME
        for w in range(1, s.problem.last_week + 1):
            i = (o, w)
            needed, own = s.of("scanned", i), s.given("reporting_minutes", i)
            shared, outsourced = s.of("borrowed", i) - s.of("lent", i), s.of("outsourced_reports", i)
            helped = shared + outsourced * s.given("mean_report", (o,))
            reported = min(backlog + needed, own + helped)
            backlog = max(backlog + needed - reported, 0.0)
            recent = [*recent[1:], needed]
            late = backlog - sum(recent)
            used = max(reported - helped, -shared, 0.0)
            found.append(ReportingWeek(o, w, needed, own, shared, outsourced, used, backlog, late if late > _NONE else 0.0))
    return found


def reporting_notes(inputs: Inputs, s: Solved) -> list[str]:
    """What to know of the reporting time: where it is derived, and where the time in post is too little for recent activity."""
    titles = inputs.network.short_titles("organisations")
    declared = {o for o, _ in declared_minutes(inputs)}
    derived = [titles[o] for (o,) in s.problem.sets["reporters"] if o not in declared]
    notes = []
    if derived:
        notes.append(
            f"Reporting time is derived for {listed(derived)}: what today's rota brings in its busiest week. Add those who report to the sheet Staff "
            "in post to replace it."
        )
    for (o,) in s.problem.sets["reporters"]:
        own = sum(s.given("reporting_minutes", (o, w)) for w in range(1, s.problem.last_week + 1)) / s.problem.last_week / 60
        needed = s.given("ordinary_reports", (o,)) / 60
        if own < needed:
            notes.append(
                f"{titles[o]} has {own:,.0f} hours a week for reports in post; those of recent months need {needed:,.0f}. Unless others help, its "
                "reports become late."
            )
    return notes
