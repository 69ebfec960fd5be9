"""Many control charts small beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from data.words import count, month, number
from forecasting.signals import CONCERN, IMPROVEMENT, SPECIAL
from portal.charts.evidence import Evidence
from portal.charts.icons import COLOURS, SYMBOLS
from portal.charts.signals import LIMITS, LINE, MEAN, OUTLINE, TARGET_LINE, Charted, drawn_level
from portal.performance_words import ASSURANCE
from portal.theme import TEMPLATE, chart_text

SMALL_AT_MOST = 12
"""Small charts drawn at once."""


def small_charts(shown: Sequence[Charted], names: Sequence[str], what: str, file: str) -> Evidence:
    """Many series small beside each other, each with mean, limits, target and special causes; at most `SMALL_AT_MOST`.

    Args:
        shown: the series.
        names: what tells each from the others; it stands over its chart, where there is room for little.
        what: what they have in common.
        file: name of the table's file.
    """
    known = [(s, name) for s, name in zip(shown, names, strict=True) if s.last >= 0][:SMALL_AT_MOST]
    drawn = [s for s, _ in known]
    marked = [s for s in drawn if s.states[s.last] in (CONCERN, IMPROVEMENT, SPECIAL)]
    title = f"{what}: {number(len(marked))} of {count(len(drawn), 'chart')} {'ends' if len(marked) == 1 else 'end'} beyond chance"
    table = pd.DataFrame([
        (s.title, month(s.periods[s.last]), s.words(s.signals.values[0, s.last]), s.verdict, ASSURANCE[s.assurance])
        for s in shown if s.last >= 0
    ], columns=["List", "Newest month", "Figure", "Variation", "Assurance"])  # fmt: skip
    if not drawn:
        return Evidence(f"{what}: nothing to chart", "", None, f"{what}: nothing to chart.", table, file)
    columns = min(3, len(drawn))
    lines = -(-len(drawn) // columns)
    heads = [f"{chart_text(name)}<br><b>{s.verdict}</b>" for s, name in known]
    figure = make_subplots(rows=lines, cols=columns, subplot_titles=heads, vertical_spacing=0.36 / lines, horizontal_spacing=0.06)
    figure.update_layout(template=TEMPLATE, height=80 + 225 * lines, margin={"t": 50})
    for k, series in enumerate(drawn):
        _small(figure, series, k // columns + 1, k % columns + 1)
    figure.update_annotations(font={"size": 13})
    figure.update_yaxes(tickformat=".0%" if drawn[0].measure.share else ",", rangemode="tozero", nticks=4)
    figure.update_xaxes(tickformat="%b %y", nticks=4)
    left = f" {number(len(shown) - len(drawn))} more are in the table." if len(shown) > len(drawn) else ""
    key = "dashed: limits; dotted: target; ◆ improvement; ■ concern; ▲ special cause"
    subtitle = f"{drawn[0].measure.title} ({drawn[0].measure.unit}) by month; {key}.{left}"
    alt = f"{title}. " + "; ".join(f"{s.title} {s.verdict.lower()}" for s in drawn) + "."
    return Evidence(title, subtitle, figure, alt, table, file)


def _small(figure: go.Figure, shown: Charted, row: int, column: int) -> None:
    """One small chart: one trace for both limits, one for the mean, one for the figures, one for what stands out."""
    signals = shown.signals
    values = signals.values[0]
    lower, upper = (drawn_level(level[0], values) for level in (signals.lower, signals.upper))
    months, low, high, mean, line = _broken(shown.periods, signals.phase[0], lower, upper, signals.mean[0], values)
    place = {"row": row, "col": column}
    figure.add_scatter(x=[*months, None, *months], y=[*low, np.nan, *high], mode="lines", line=LIMITS | {"width": 1}, hoverinfo="skip", **place)
    figure.add_scatter(x=months, y=mean, mode="lines", line=MEAN | {"width": 1}, hoverinfo="skip", **place)
    if not np.isnan(shown.target):
        figure.add_scatter(x=shown.periods[[0, -1]], y=[shown.target] * 2, mode="lines", line=TARGET_LINE, hoverinfo="skip", **place)
    figure.add_scatter(
        x=months, y=line, mode="lines", line=LINE, connectgaps=False, hovertemplate=f"%{{x|%B %Y}}: {shown.hover}<extra></extra>", **place
    )
    states = shown.states
    out = np.isin(states, [CONCERN, IMPROVEMENT, SPECIAL])
    if out.any():
        marker = {"size": 8, "symbol": [SYMBOLS[s] for s in states[out]], "color": [COLOURS[s] for s in states[out]], "line": OUTLINE}
        figure.add_scatter(x=shown.periods[out], y=values[out], mode="markers", marker=marker, hoverinfo="skip", cliponaxis=False, **place)
    pad = pd.Timedelta(days=20)
    figure.update_xaxes(range=[shown.periods[0] - pad, shown.periods[-1] + pad], **place)


def _broken(periods: pd.DatetimeIndex, phase: np.ndarray, *series: np.ndarray) -> list[list[Any]]:
    """Months and series with a gap where a new phase begins, so that nothing is joined across it."""
    breaks = np.flatnonzero(np.diff(phase)) + 1
    months: list[Any] = list(periods)
    for at in breaks[::-1]:
        months.insert(int(at), None)
    return [months, *(np.insert(values, breaks, np.nan).tolist() for values in series)]
