"""Reports in sentences: who writes them, who helps, what is bought, what is late."""

from __future__ import annotations

import pandas as pd

from data.network import Network
from data.plan import Plan
from data.words import count, day
from optimisation.allocation.limit_kinds import REPORTING

_HOUR = 60
_WORTH_NAMING = 0.5
"""Hours or reports."""


def reports_in_words(plan: Plan, network: Network) -> list[str]:
    """Each organisation's reports over the plan in one sentence, and what is left at its end; none where reports do not limit the plan."""
    titles = network.short_titles("organisations")
    return [f"{titles[str(o)]}: {_sentence(rows)}" for o, rows in plan["reporting"].groupby("organisation", sort=False)]


def _sentence(rows: pd.DataFrame) -> str:
    hours = rows[["minutes_needed", "minutes_available", "shared_minutes", "backlog", "late_over_4_weeks"]] / _HOUR
    parts = [f"{hours['minutes_needed'].mean():,.0f} hours of reports a week on average, own time {hours['minutes_available'].mean():,.0f} hours"]
    shared, bought, late = hours["shared_minutes"], rows["outsourced_reports"].sum(), hours["late_over_4_weeks"]
    for moved, way in ((shared.clip(lower=0).sum(), "from"), (-shared.clip(upper=0).sum(), "for")):
        parts += [f"{moved:,.0f} hours {way} other trusts over the plan"] if moved >= _WORTH_NAMING else []
    parts += [f"{count(round(bought), 'report')} outsourced"] if bought >= _WORTH_NAMING else []
    worst = rows["week"].loc[late.idxmax()]
    is_late = late.max() >= _WORTH_NAMING
    parts.append(f"{late.max():,.0f} hours late in the week of {day(worst)}, at worst" if is_late else "none later than four weeks")
    return f"{'; '.join(parts)}. At the end {hours['backlog'].iloc[-1]:,.0f} hours are not yet written."


def reports_hold_back(rows: pd.DataFrame, organisation: str, test: str) -> pd.Series:
    """True for rows of the table of limits that are reporting time of an organisation, name a test of it, and of which more would be worth something.

    A week that is filled with reports that can wait holds nothing back.
    """
    where = rows["where"]
    named = where.str.startswith(f"{organisation}: ") & (where + ",").str.contains(f" {test},", regex=False)
    return (rows["what"] == REPORTING) & (rows["value_of_one_more"] > 0) & named
