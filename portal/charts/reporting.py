"""Reports: what waits to be written week by week, and who writes it."""

from __future__ import annotations

import pandas as pd

from data.network import Network
from data.plan import BY_TABLE, Plan
from data.words import number
from portal.charts.evidence import Evidence, canvas
from portal.charts.lists import lines
from portal.charts.tables import shown, titled

_HOUR = 60
_LATE = 0.5
"""Fewer late hours than this are none."""


def backlog(plan: Plan, network: Network) -> Evidence:
    """Hours of reports not yet written at each trust, week by week; the finding says where some of them are late."""
    rows = plan["reporting"].assign(row=lambda f: titled(f["organisation"], "organisations", network))
    figure = canvas(360, yaxis={"tickformat": ",.0f", "rangemode": "tozero"}, xaxis={"tickformat": "%-d %b %Y"})
    series = {str(o): (part["week"], part["backlog"] / _HOUR) for o, part in rows.groupby("row", sort=False)}
    lines(figure, series, "Week of %{x|%-d %B %Y}: %{y:,.0f} hours")
    late = rows.groupby("row", sort=False)["late_over_4_weeks"].max() / _HOUR
    worst = late.idxmax()
    finding = f"{worst}: up to {number(late[worst])} hours of reports are late" if late[worst] >= _LATE else "No report waits more than four weeks"
    ends = "; ".join(f"{o} {number(hours.iloc[-1])} hours" for o, (_, hours) in series.items())
    subtitle = "Hours of reports not yet written at each week end, each written as soon as there is time, the oldest first"
    return Evidence(finding, subtitle, figure, f"{finding}. At the end: {ends}.", shown(BY_TABLE["reporting"], rows, network), "reporting")


def by_trust(plan: Plan, network: Network) -> pd.DataFrame:
    """Each trust's reports over the plan: what its examinations bring, its own time, help had and given, what is bought and late."""
    rows = plan["reporting"]
    rows = rows.assign(had=rows["shared_minutes"].clip(lower=0), given=-rows["shared_minutes"].clip(upper=0))
    sums = rows.groupby("organisation", sort=False).agg(
        needed=("minutes_needed", "mean"), available=("minutes_available", "mean"), had=("had", "sum"), given=("given", "sum"),
        bought=("outsourced_reports", "sum"), late=("late_over_4_weeks", "max"), cost=("cost_gbp", "sum"),
    ).reset_index()  # fmt: skip

    def hours(column: str) -> pd.Series:
        return (sums[column] / _HOUR).map(number)

    return pd.DataFrame({
        "Trust": titled(sums["organisation"], "organisations", network), "Needed (hours a week)": hours("needed"),
        "Own time (hours a week)": hours("available"), "From other trusts (hours)": hours("had"), "For other trusts (hours)": hours("given"),
        "Outsourced (reports)": sums["bought"].map(number), "Late at worst (hours)": hours("late"),
        "Cost": sums["cost"].map(lambda v: f"£{number(v)}"),
    })  # fmt: skip
