"""The classes of a list in the weeks ahead, as drawn."""

from __future__ import annotations

import pandas as pd

from data.words import day, number, percent
from portal.charts.evidence import Evidence, canvas
from portal.priorities_ahead import AHEAD, Classes
from portal.theme import CATEGORICAL, DASHES, chart_text

_AS_MANY = 0.05
"""An extract that holds as many patients as the monthly return but for this share is taken for the whole list."""


def ahead(title: str, classes: Classes, file: str) -> Evidence:
    """Patients over six weeks by class, now and in the weeks ahead."""
    rows, last = classes.rows, max(AHEAD)
    weeks = [0, *AHEAD]
    figure = canvas(300, yaxis={"rangemode": "tozero", "title": "Patients over six weeks"}, xaxis={"tickvals": weeks, "title": "Weeks ahead"},
                    showlegend=True, legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"}, margin={"t": 40})  # fmt: skip
    for k, row in enumerate(rows.to_dict("records")):
        name = chart_text(row["priority"])
        figure.add_scatter(
            x=weeks, y=[row["over_six"], *(row[f"over_six_{week}"] for week in AHEAD)], mode="lines+markers", name=name,
            line={"color": CATEGORICAL[k % 6], "dash": DASHES[k % 6], "width": 2.5}, marker={"size": 8, "symbol": k % 6},
            hovertemplate=f"{name}, %{{x}} weeks ahead: %{{y:,}}<extra></extra>",
        )  # fmt: skip
    now, then = float(rows["over_six"].sum()), float(rows[f"over_six_{last}"].sum())
    way = "more" if then > now else "fewer"
    finding = f"{title}: {number(abs(then - now))} {way} over six weeks in {last} weeks, if classes are booked as now"
    if round(then) == round(now):
        finding = f"{title}: as many over six weeks in {last} weeks as now, if classes are booked as now"
    heads = {"priority": "Priority", "waiting": "Waiting now (patients)", "over_six": "Over six weeks now (patients)"}
    heads |= {f"waiting_{w}": f"Waiting in {w} weeks (patients)" for w in AHEAD}
    heads |= {f"over_six_{w}": f"Over six weeks in {w} weeks (patients)" for w in AHEAD}
    table = pd.DataFrame(rows).rename(columns=heads)
    subtitle = f"From the list on {day(classes.date)}: each class thins out with age as it does there, and all together as the months show"
    if abs(classes.coverage - 1) > _AS_MANY:
        subtitle += (
            f". It holds {percent(classes.coverage, 0)} of the patients of the monthly return: additions and slots are taken in that proportion"
        )
    return Evidence(finding, subtitle, figure, f"{finding}.", table, file)
