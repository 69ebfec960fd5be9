"""A list against its improvement plan: planned, actual and forecast by month; and where every list stands."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from data.local_tables import PLANNED_MEASURES
from data.network import Network
from data.words import month, number, percent
from portal.charts.evidence import Evidence, canvas
from portal.charts.tables import titled
from portal.theme import CATEGORICAL, TEXT
from portal.trajectories import NOT_YET, SHARE, against_plan, by_how_much

_PLANNED, _ACTUAL, _FORECAST = CATEGORICAL[1], TEXT, CATEGORICAL[0]
_BAND = "rgba(18,67,109,0.15)"
_ROUND = {True: 1, False: 0}


def one_list(rows: pd.DataFrame, row: Any, network: Network) -> Evidence:
    """One list's plan beside what happened and what is expected.

    Args:
        rows: as `portal.trajectories.one_list` makes them.
        row: the list's row of `portal.trajectories.standing`.
        network: for titles.
    """
    share = row.measure == SHARE
    form = ".1%" if share else ",.0f"
    figure = canvas(360, yaxis={"tickformat": ".0%" if share else ",.0f", "rangemode": "tozero"}, xaxis={"tickformat": "%b %Y"})
    _range(figure, rows)
    for name, column, colour, dash, symbol in (
        ("Planned", "planned", _PLANNED, "dash", "diamond"), ("Actual", "actual", _ACTUAL, "solid", "circle"),
        ("Forecast", "forecast", _FORECAST, "dot", "circle-open"),
    ):  # fmt: skip
        known = rows[rows[column].notna()]
        figure.add_scatter(
            x=known["period"], y=known[column], name=name, mode="lines+markers", line={"color": colour, "dash": dash, "width": 2.5},
            marker={"symbol": symbol, "size": 7, "color": colour}, hovertemplate=f"{name}, %{{x|%B %Y}}: %{{y:{form}}}<extra></extra>",
            showlegend=not known.empty,
        )  # fmt: skip
    figure.update_layout(showlegend=True, legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"}, margin={"t": 40})
    place, title = _place(row, network), PLANNED_MEASURES[row.measure]
    what = f"{title}, {place}"
    said = against_plan(row)
    subtitle = f"{what}: planned, actual and forecast by month" + ("; shaded: 80 in 100 months are expected within" if share else "")
    file = f"trajectory_{row.organisation}_{row.test}_{row.measure}"
    return Evidence(f"{place}: {said}", subtitle, figure, f"{what}: {said}.", _table(rows, share), file)


def standing_table(rows: pd.DataFrame, network: Network) -> pd.DataFrame:
    """Where every list stands against its plan, in the order given; a word for the state, figures in the measure's own unit."""
    share = rows["measure"] == SHARE
    return pd.DataFrame({
        "Organisation": titled(rows["organisation"], "organisations", network), "Test": titled(rows["test"], "tests", network),
        "Measure": rows["measure"].map(PLANNED_MEASURES),
        "Now": [by_how_much(r.measure, r.gap, r.state) for r in rows.itertuples()],
        "Expected at the end": ["" if r.end_state == NOT_YET else by_how_much(r.measure, r.end_gap, r.end_state) for r in rows.itertuples()],
        "Month": rows["period"].map(_month), "Planned": _figures(rows["planned"], share), "Actual": _figures(rows["actual"], share),
        "End": rows["end"].map(_month), "Planned then": _figures(rows["end_planned"], share), "Forecast then": _figures(rows["end_forecast"], share),
        "Plan": rows["plan"], "Owner": rows["owner"],
    })  # fmt: skip


def _month(period: pd.Timestamp) -> str:
    return "" if pd.isna(period) else month(period)


def _range(figure: go.Figure, rows: pd.DataFrame) -> None:
    """The range of the forecast, shaded."""
    known = rows[rows["lower_80"].notna()]
    if len(known) > 1:
        figure.add_scatter(
            x=[*known["period"], *known["period"][::-1]], y=[*known["upper_80"], *known["lower_80"][::-1]], fill="toself", fillcolor=_BAND,
            line={"width": 0}, hoverinfo="skip", showlegend=False,
        )  # fmt: skip


def _place(row: Any, network: Network) -> str:
    tests, organisations = network.titles("tests"), network.short_titles("organisations")
    return f"{tests.get(row.test, row.test)} at {organisations.get(row.organisation, row.organisation)}"


def _figures(values: pd.Series, share: pd.Series) -> list[str]:
    return [percent(v) if s else number(v) for v, s in zip(values, share, strict=True)]


def _table(rows: pd.DataFrame, share: bool) -> pd.DataFrame:
    unit, factor = ("%", 100) if share else ("number", 1)
    figures = {"Planned": "planned", "Actual": "actual", "Forecast": "forecast", "Lower bound of 80 in 100": "lower_80",
               "Upper bound of 80 in 100": "upper_80"}  # fmt: skip
    shown = {f"{title} ({unit})": (factor * rows[name]).round(_ROUND[share]) for title, name in figures.items()}
    return pd.DataFrame({"Month": rows["period"].map(month), **shown})
