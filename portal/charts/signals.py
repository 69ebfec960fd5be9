"""Control charts: one list with its limits, and many lists small beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from data.words import count, day, month, number, percent
from forecasting.signals import COMMON, CONCERN, FAIL, HIT_OR_MISS, IMPROVEMENT, PASS, SPECIAL, TRIAL_POINTS, Signals
from portal.charts.evidence import Evidence, canvas, spread
from portal.charts.icons import COLOURS, SYMBOL_WORDS, SYMBOLS
from portal.performance import Measure
from portal.performance_words import state_words
from portal.theme import RED, SECONDARY_TEXT, TEXT, chart_text

LIMITS = {"color": SECONDARY_TEXT, "width": 1.5, "dash": "dash"}
MEAN = {"color": TEXT, "width": 1.5}
TARGET_LINE = {"color": RED, "width": 1.5, "dash": "dot"}
LINE = {"color": SECONDARY_TEXT, "width": 1.5}
OUTLINE = {"color": TEXT, "width": 1.2}
"""How lines and markers of control charts look; lines differ in dash too."""

_SAYS = {
    "": "too few points to judge", COMMON: "no significant change", IMPROVEMENT: "a change for the better", CONCERN: "a change for the worse",
    SPECIAL: "a change beyond chance",
}  # fmt: skip
_MEETS = {"": "", PASS: "the target is met reliably", FAIL: "the target cannot be met as things are", HIT_OR_MISS: "the target is met by chance"}


def _no_figures() -> pd.DataFrame:
    return pd.DataFrame({"date": pd.Series(dtype="datetime64[s]"), "value": pd.Series(dtype=float)})


@dataclass(frozen=True, eq=False)
class Charted:
    """One series to chart.

    Attributes:
        title: whose, for sentences.
        measure: what.
        periods: months, shape (T,).
        signals: its limits and signals; of one series.
        raw: figures as they were sent, shape (T,).
        left_out, marked: figures that do not count, and figures somebody should look at, shape (T,).
        target: in the unit of the figures; NaN = none.
        provisional: columns date and value; may be empty.
        rebased: month (`YYYY-MM`) and reason of each rebase.
    """

    title: str
    measure: Measure
    periods: pd.DatetimeIndex
    signals: Signals
    raw: np.ndarray
    left_out: np.ndarray
    marked: np.ndarray
    target: float
    provisional: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame({"date": pd.Series(dtype="datetime64[s]"), "value": pd.Series(dtype=float)})
    )
    rebased: Sequence[tuple[str, str]] = ()

    @property
    def states(self) -> np.ndarray:
        """State of each point, shape (T,)."""
        return np.asarray(self.signals.states(self.measure.direction)[0])

    @property
    def assurance(self) -> str:
        """Whether the target is met."""
        return str(self.signals.assurance(np.array([self.target]), self.measure.direction)[0])

    @property
    def last(self) -> int:
        """Position of the newest point; -1 where there is none."""
        return int(self.signals.last[0])

    @property
    def verdict(self) -> str:
        """What the newest point shows, in words."""
        return state_words(self.states[self.last], bool(self.signals.side[0, self.last] > 0))

    @property
    def hover(self) -> str:
        """How a point says its figure."""
        return "%{y:.1%}" if self.measure.share else f"%{{y:,.{self.measure.decimals}f}}"

    def words(self, value: float) -> str:
        """A figure as it is written."""
        return percent(value, self.measure.decimals) if self.measure.share else number(value, self.measure.decimals)


def finding(shown: Charted) -> str:
    """What the chart shows, in about ten words."""
    if shown.last < 0:
        return f"{shown.title}: no figure"
    parts = [_SAYS[shown.states[shown.last]], _MEETS[shown.assurance]]
    return f"{shown.title}: {'; '.join(p for p in parts if p)}"


def control_chart(shown: Charted, file: str) -> Evidence:
    """One series with its mean, limits, target and special causes; gaps are not joined, phases neither."""
    signals, states = shown.signals, shown.states
    values, unit = signals.values[0], shown.measure.unit
    figure = canvas(420, xaxis={"tickformat": "%b %Y"}, yaxis={"tickformat": ".0%" if shown.measure.share else ",", "rangemode": "tozero"})
    for at in _phases(signals.phase[0]):
        x = shown.periods[at]
        for level, line in ((signals.mean, MEAN), (signals.lower, LIMITS), (signals.upper, LIMITS)):
            figure.add_scatter(x=x, y=drawn_level(level[0, at], values), mode="lines", line=line, hoverinfo="skip")
        figure.add_scatter(x=x, y=values[at], mode="lines", line=LINE, connectgaps=False, hoverinfo="skip")
    if not np.isnan(shown.target):
        figure.add_scatter(x=shown.periods[[0, -1]], y=[shown.target] * 2, mode="lines", line=TARGET_LINE, hoverinfo="skip")
    _markers(figure, shown, states)
    _beside(figure, shown)
    _rebases(figure, shown)
    _levels(figure, shown)
    subtitle = f"{shown.measure.title} ({unit}), {month(shown.periods[0])} to {month(shown.periods[-1])}. {_key(shown, states)}"
    return Evidence(finding(shown), subtitle, figure, _alt(shown), _table(shown, states), file)


def _phases(phase: np.ndarray) -> list[slice]:
    bounds = [0, *(np.flatnonzero(np.diff(phase)) + 1).tolist(), len(phase)]
    return [slice(a, b) for a, b in pairwise(bounds)]


def drawn_level(level: np.ndarray, values: np.ndarray) -> np.ndarray:
    """A limit as it is drawn: not below zero where no figure is; the table has it as it was computed."""
    return level if np.nanmin(values, initial=0.0) < 0 else np.where(level < 0, np.nan, level)


def _markers(figure: go.Figure, shown: Charted, states: np.ndarray) -> None:
    values = shown.signals.values[0]
    for state in dict.fromkeys(states[~np.isnan(values)].tolist()):
        at = (states == state) & ~np.isnan(values)
        high = shown.signals.side[0, at] > 0
        symbols = [SYMBOLS[state] if state != SPECIAL or h else "triangle-down" for h in high]
        words = [state_words(state, bool(h)) for h in high]
        figure.add_scatter(
            x=shown.periods[at], y=values[at], mode="markers", customdata=words,
            hovertemplate=f"%{{x|%B %Y}}: {shown.hover}<br>%{{customdata}}<extra></extra>",
            marker={"size": 11, "symbol": symbols, "color": COLOURS[state], "line": OUTLINE}, cliponaxis=False,
        )  # fmt: skip
    seen = ~np.isnan(shown.raw)
    _extra(figure, shown, shown.left_out & seen, "left out: not as counted", "x-thin", 13)
    _extra(figure, shown, shown.marked & ~shown.left_out & seen, "to be looked at", "circle-open", 20)


def _extra(figure: go.Figure, shown: Charted, at: np.ndarray, words: str, symbol: str, size: int) -> None:
    """Markers of points that somebody should look at."""
    if at.any():
        figure.add_scatter(
            x=shown.periods[at], y=shown.raw[at], mode="markers", hovertemplate=f"%{{x|%B %Y}}: {shown.hover}<br>{words}<extra></extra>",
            marker={"size": size, "symbol": symbol, "color": TEXT, "line": {"color": TEXT, "width": 2}},
        )  # fmt: skip


def _beside(figure: go.Figure, shown: Charted) -> None:
    """Provisional figures: a star of their own, joined to nothing."""
    rows = shown.provisional.dropna(subset=["value"])
    if rows.empty:
        return
    months = rows["date"].dt.to_period("M").dt.to_timestamp()
    figure.add_scatter(
        x=months, y=rows["value"], mode="markers+text", text=["provisional"] * len(rows), textposition="top center", cliponaxis=False,
        customdata=[day(d) for d in rows["date"]], textfont={"size": 12, "color": TEXT},
        hovertemplate=f"Provisional, as at %{{customdata}}: {shown.hover}<extra></extra>",
        marker={"size": 15, "symbol": "star-open", "color": TEXT, "line": {"color": TEXT, "width": 1.8}},
    )  # fmt: skip


def _rebases(figure: go.Figure, shown: Charted) -> None:
    for start, reason in shown.rebased:
        when = pd.Timestamp(start)
        if shown.periods[0] < when <= shown.periods[-1]:
            figure.add_vline(x=when - pd.Timedelta(days=15), line={"color": SECONDARY_TEXT, "width": 1})
            words = chart_text(reason if len(reason) < 60 else f"{reason[:57]}...")
            figure.add_annotation(x=when - pd.Timedelta(days=13), y=1, yref="paper", xanchor="left", yanchor="top", text=f"New limits: {words}",
                                  showarrow=False, font={"size": 12, "color": SECONDARY_TEXT}, bgcolor="rgba(255,255,255,0.85)")  # fmt: skip


def _levels(figure: go.Figure, shown: Charted) -> None:
    """The lines named at their end."""
    signals = shown.signals
    values = signals.values[0]
    trial = ", trial" if 0 < signals.points[0, -1] < TRIAL_POINTS else ""
    named = [("Mean", signals.mean[0, -1]), (f"Upper limit{trial}", signals.upper[0, -1]), (f"Lower limit{trial}", signals.lower[0, -1]),
             ("Target", shown.target)]  # fmt: skip
    named = [(words, level) for words, level in named if not np.isnan(drawn_level(np.array([level]), values)[0])]
    if not named:
        return
    top = float(np.nanmax([*(level for _, level in named), np.nanmax(values, initial=0.0)]))
    for (words, level), at in zip(named, spread([level for _, level in named], 0.065 * (top or 1.0)), strict=True):
        figure.add_annotation(
            x=1, xref="paper", y=at, xanchor="left", xshift=6, text=f"{words} {shown.words(level)}", showarrow=False, font={"size": 13},
        )  # fmt: skip
    figure.update_layout(margin={"r": 40 + 8 * max(len(f"{words} {shown.words(level)}") for words, level in named)})
    pad = pd.Timedelta(days=20)
    ends = [shown.periods[-1], *shown.provisional["date"]] if len(shown.provisional) else [shown.periods[-1]]
    figure.update_xaxes(range=[shown.periods[0] - pad, max(ends) + pad])


def _key(shown: Charted, states: np.ndarray) -> str:
    """What the markers mean, those that occur."""
    said = [words for state, words in SYMBOL_WORDS.items() if (states == state).any()]
    said += ["✕ left out"] if (shown.left_out & ~np.isnan(shown.raw)).any() else []
    said += ["○ around a point: to be looked at"] if (shown.marked & ~shown.left_out & ~np.isnan(shown.raw)).any() else []
    said += ["☆ provisional, not in the limits"] if len(shown.provisional.dropna(subset=["value"])) else []
    return f"Markers: {'; '.join(said)}" if said else ""


def _alt(shown: Charted) -> str:
    if shown.last < 0:
        return f"{finding(shown)}."
    signals, last = shown.signals, shown.last
    said = f"{finding(shown)}. {month(shown.periods[last])}: {shown.words(signals.values[0, last])}"
    if not np.isnan(signals.lower[0, last]):
        lower, upper = (shown.words(level[0, last]) for level in (signals.lower, signals.upper))
        said += f"; mean {shown.words(signals.mean[0, last])}, limits {lower} to {upper}"
    special = int(np.isin(shown.states, [IMPROVEMENT, CONCERN, SPECIAL]).sum())
    return f"{said}; {count(special, 'point')} beyond chance."


def _table(shown: Charted, states: np.ndarray) -> pd.DataFrame:
    """Every point with its limits and what it shows."""
    signals = shown.signals
    scale, decimals = (100.0, 2) if shown.measure.share else (1.0, 2)
    rules = {
        "beyond a limit": signals.outside,
        "run on one side": signals.run,
        "trend": signals.trend != 0,
        "two of three near a limit": signals.near,
    }
    why = ["; ".join(name for name, marks in rules.items() if marks[0, k]) for k in range(len(states))]
    remark = np.where(shown.left_out, "left out", np.where(shown.marked, "to be looked at", ""))
    unit = shown.measure.unit
    table = pd.DataFrame({
        "Month": [month(p) for p in shown.periods], f"{shown.measure.title} ({unit})": (scale * shown.raw).round(decimals),
        "Mean": (scale * signals.mean[0]).round(decimals), "Lower limit": (scale * signals.lower[0]).round(decimals),
        "Upper limit": (scale * signals.upper[0]).round(decimals),
        "What it shows": [state_words(s, bool(h)) if s else "" for s, h in zip(states, signals.side[0] > 0, strict=True)], "Rule": why,
        "Limits": np.where(signals.points[0] < TRIAL_POINTS, "trial", "set"), "Remark": remark,
    })  # fmt: skip
    if shown.provisional.empty:
        return table
    more = shown.provisional.dropna(subset=["value"])
    early = pd.DataFrame({
        "Month": [f"As at {day(d)}" for d in more["date"]], f"{shown.measure.title} ({unit})": (scale * more["value"]).round(decimals),
        "Remark": "provisional, not in the limits",
    })  # fmt: skip
    return pd.concat([table, early], ignore_index=True) if len(early) else table
