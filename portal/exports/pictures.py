"""Pictures for documents: lines over time and bars by year, in the portal's colours, readable in black and white."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from data.words import pounds
from portal.theme import CATEGORICAL, SECONDARY_TEXT

_SIZE = (7.4, 3.0)
"""Inches."""

_DPI = 200
_STYLES = ("-", "--", ":", "-.")
_HATCHES = ("", "///", "...", "xxx")
_LOOK: Any = {"font.family": "sans-serif", "font.sans-serif": ["Arial", "Liberation Sans", "DejaVu Sans"], "font.size": 9}


def lines(series: Mapping[str, pd.Series], unit: str) -> bytes:
    """A PNG of lines over time, each named at its end.

    Args:
        series: name → values by date.
        unit: beside the upright axis.
    """
    with mpl.rc_context(_LOOK):
        figure, axes = _axes(unit)
        for k, values in enumerate(series.values()):
            colour = CATEGORICAL[k % len(CATEGORICAL)]
            axes.plot(values.index, values.to_numpy(), color=colour, linestyle=_STYLES[k % len(_STYLES)], linewidth=2)
        ends = sorted((float(values.iloc[-1]), k, name, values.index[-1]) for k, (name, values) in enumerate(series.items()))
        low, high = axes.get_ylim()
        least, placed = 0.07 * (high - low), -float("inf")
        for level, k, name, when in ends:
            placed = max(level, placed + least)
            axes.annotate(name, (when, placed), xytext=(6, 0), textcoords="offset points", va="center", color=CATEGORICAL[k % len(CATEGORICAL)])
        return _png(figure)


def bars(table: pd.DataFrame, unit: str) -> bytes:
    """A PNG of bars side by side in pounds: one group for each row, one bar for each column."""
    with mpl.rc_context(_LOOK):
        figure, axes = _axes(unit)
        width = 0.8 / len(table.columns)
        for k, (name, values) in enumerate(table.items()):
            at = [i + (k - (len(table.columns) - 1) / 2) * width for i in range(len(table))]
            axes.bar(
                at, values, width, label=str(name), color=CATEGORICAL[k % len(CATEGORICAL)], hatch=_HATCHES[k % len(_HATCHES)], edgecolor="white"
            )
        axes.set_xticks(range(len(table)), [str(i) for i in table.index])
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: pounds(value)))
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.1), ncols=len(table.columns), frameon=False)
        return _png(figure)


def _axes(unit: str) -> tuple[Figure, mpl.axes.Axes]:
    figure = Figure(figsize=_SIZE, layout="constrained")
    axes = figure.subplots()
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.grid(axis="y", color="#d8dde0", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.set_ylabel(unit, color=SECONDARY_TEXT)
    return figure, axes


def _png(figure: Figure) -> bytes:
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=_DPI)
    return file.getvalue()
