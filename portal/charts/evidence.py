"""What stands behind a sentence: a figure, the finding it shows, and the table it was drawn from."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import pandas as pd
import plotly.graph_objects as go

from portal.theme import SECONDARY_TEXT, TEMPLATE


@dataclass(frozen=True, eq=False)
class Evidence:
    """One figure with its words.

    Attributes:
        title: the finding, in up to about ten words.
        subtitle: measure, place, period and unit.
        figure: what is drawn; None where there is nothing to draw.
        alt: the finding for those who cannot see the figure.
        table: the figures shown, under headings with units.
        file: name of the table as a file, without ending.
    """

    title: str
    subtitle: str
    figure: go.Figure | None
    alt: str
    table: pd.DataFrame
    file: str


def canvas(height: int, **layout: object) -> go.Figure:
    """An empty figure in the portal's look, `height` pixels high."""
    figure = go.Figure()
    figure.update_layout(template=TEMPLATE, height=height, **layout)
    return figure


def line_of(figure: go.Figure, level: float, words: str, *, start: object = None, end: object = None) -> None:
    """A dotted line at `level` across a figure of time, from `start` to `end` where they are given, with words at its end."""
    if start is None or end is None:
        figure.add_hline(y=level, line={"color": SECONDARY_TEXT, "width": 1.5, "dash": "dot"})
    else:
        figure.add_shape(type="line", x0=start, x1=end, y0=level, y1=level, line={"color": SECONDARY_TEXT, "width": 1.5, "dash": "dot"})
    place = {"xref": "paper", "x": 0} if start is None else {"x": start}
    figure.add_annotation(
        **place, xanchor="left", y=level, yanchor="bottom", text=words, showarrow=False, font={"color": SECONDARY_TEXT, "size": 13},
        bgcolor="rgba(255,255,255,0.85)",
    )  # fmt: skip


def spread(values: list[float], gap: float) -> list[float]:
    """Positions for labels beside `values`, moved apart so that they keep `gap`; in the order given."""
    order = sorted(range(len(values)), key=lambda i: values[i])
    placed = list(values)
    for before, i in pairwise(order):
        placed[i] = max(placed[i], placed[before] + gap)
    return placed
