"""Steps from one figure to another, drawn across."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from portal.charts.evidence import canvas
from portal.theme import CATEGORICAL, SECONDARY_TEXT, chart_text

_MORE, _FEWER = CATEGORICAL[0], CATEGORICAL[1]


def across(names: Sequence[str], changes: Sequence[float], texts: Sequence[str]) -> go.Figure:
    """A waterfall whose first and last bars are the figures, and those between what changed; bars need not begin at zero.

    Args:
        names: of the bars.
        changes: the first figure, each change, the last figure.
        texts: beside the bars.
    """
    last = len(names) - 1
    figure = canvas(70 + 34 * len(names), xaxis={"visible": False}, yaxis={"autorange": "reversed", "showgrid": False, "ticks": ""})
    figure.add_waterfall(
        orientation="h", y=[chart_text(name) for name in names], x=list(changes),
        measure=["absolute" if k in (0, last) else "relative" for k in range(len(names))], text=list(texts),
        textposition="outside", cliponaxis=False, increasing={"marker": {"color": _MORE}}, decreasing={"marker": {"color": _FEWER}},
        totals={"marker": {"color": SECONDARY_TEXT}}, connector={"line": {"color": SECONDARY_TEXT, "width": 1}},
        hovertemplate="%{y}: %{text}<extra></extra>",
    )  # fmt: skip
    level, levels = 0.0, [changes[last]]
    for change in changes[:last]:
        level += change
        levels.append(level)
    least, most = min(levels), max(levels)
    reach = most - least
    low = least - 1.2 * reach - 0.02 * abs(least)
    figure.update_xaxes(range=[low if least < 0 else max(0.0, low), most + 0.35 * reach + 0.02 * abs(most)])
    figure.update_layout(margin={"r": 90})
    return figure
