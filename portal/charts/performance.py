"""What the page of performance shows beside control charts: weeks waited, examinations, priorities, what lies ahead."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from data.activity import BANDS, OVER_SIX
from data.network import Network
from data.words import count, day, month, number, percent
from portal.charts.evidence import Evidence, canvas, line_of, spread
from portal.performance_ahead import EXPECTED, POSSIBLE_WITHIN
from portal.performance_lists import BOOKED, ByPriority
from portal.performance_words import list_title
from portal.theme import CATEGORICAL, RED, TEXT, chart_text

_SHADES = [[0.0, "#ffffff"], [1.0, "#6BACE6"]]
"""Little to much, so light that dark figures can be read on all of it."""

_COLOURS = [CATEGORICAL[0], CATEGORICAL[2], CATEGORICAL[1], CATEGORICAL[3], CATEGORICAL[4], CATEGORICAL[5]]
_PATTERNS = ("", "/", "x", ".", "-", "+")
"""Fillings of bars, so that colour is not the only sign."""

_BAND_TITLES = [f"{k} to under {k + 1}" for k in range(BANDS - 1)] + [f"{BANDS - 1} or more"]


def _pattern(k: int) -> dict[str, object]:
    return {"shape": _PATTERNS[k % len(_PATTERNS)], "fillmode": "overlay", "fgcolor": "#ffffff", "fgopacity": 0.7, "size": 7}


def bands(title: str, periods: pd.DatetimeIndex, waiting: np.ndarray, doubtful: np.ndarray, file: str) -> Evidence:
    """A list by whole weeks waited at each month end.

    Args:
        title: whose list.
        periods: months, shape (T,).
        waiting: patients, shape (T, 14); NaN where nothing is known.
        doubtful: True for months whose figures somebody should look at, shape (T,).
        file: name of the table as a file.
    """
    known = ~np.isnan(waiting).any(axis=1)
    last = int(np.flatnonzero(known)[-1])
    over, total = waiting[last, OVER_SIX:].sum(), waiting[last].sum()
    largest = int(np.argmax(waiting[last]))
    finding = f"{title}: {number(over)} of {number(total)} patients had waited six weeks or more in {month(periods[last])}"
    marks = [f"{p:%b %y}{' ?' if d else ''}" for p, d in zip(periods, doubtful, strict=True)]
    text = np.where(np.isnan(waiting), "", [[number(v) for v in line] for line in waiting])
    figure = canvas(
        80 + 27 * BANDS, xaxis={"type": "category", "tickangle": -60, "side": "top"}, yaxis={"type": "category",
        "showgrid": False, "ticks": "", "autorange": "reversed"},
    )  # fmt: skip
    figure.add_heatmap(
        z=waiting.T, x=marks, y=_BAND_TITLES, colorscale=_SHADES, showscale=False, xgap=1, ygap=1, hoverongaps=False, text=text.T,
        texttemplate="%{text}", textfont={"size": 11, "color": TEXT}, hovertemplate="%{x}, %{y} weeks: %{text} patients<extra></extra>",
    )  # fmt: skip
    figure.add_hline(y=OVER_SIX - 0.5, line={"color": RED, "width": 2, "dash": "dot"})
    table = pd.DataFrame(waiting, columns=[f"{t} weeks (patients)" for t in _BAND_TITLES])
    table.insert(0, "Month", [month(p) for p in periods])
    table["Remark"] = np.where(doubtful, "to be looked at", "")
    alt = f"{finding}; the largest band is {_BAND_TITLES[largest]} weeks with {number(waiting[last, largest])} patients."
    key = "; the darker, the more; below the dotted line: six weeks or more"
    doubt = "; ? = figures left out, or to be looked at" if doubtful.any() else ""
    return Evidence(finding, f"Patients waiting at month end by whole weeks waited{key}{doubt}", figure, alt, table, file)


def against(title: str, rows: pd.DataFrame, beside: pd.DataFrame, base: str, what: str, file: str) -> Evidence:
    """Examinations in % of a base, one list and all the network's lists of the test.

    Args:
        title: whose list.
        rows: as `portal.performance_lists.against_base` makes them.
        beside: the same of the whole network.
        base: the base in words.
        what: which examinations, and whether for each working day.
        file: name of the table as a file.
    """
    known = rows.dropna(subset=["ratio"])
    finding = f"{title}: no month can be compared with this base"
    if len(known):
        newest = known.iloc[-1]
        finding = f"{title}: {percent(newest['ratio'], 0)} of the base in {month(newest['period'])}"
    figure = canvas(340, yaxis={"tickformat": ".0%"}, xaxis={"tickformat": "%b %Y"})
    drawn = ((rows, "This list", "solid", "circle", CATEGORICAL[0]), (beside, "Network", "dash", "diamond", CATEGORICAL[1]))
    for part, name, dash, symbol, colour in drawn:
        figure.add_scatter(
            x=part["period"], y=part["ratio"], mode="lines+markers", connectgaps=False, line={"color": colour, "dash": dash, "width": 2},
            marker={"symbol": symbol, "size": 7}, hovertemplate=f"{name}, %{{x|%B %Y}}: %{{y:.0%}} of the base<extra></extra>",
        )  # fmt: skip
    ends = {name: part.dropna(subset=["ratio"]).iloc[-1] for part, name, *_ in drawn if part["ratio"].notna().any()}
    levels = [float(end["ratio"]) for end in ends.values()]
    reach = max(rows["ratio"].max(), beside["ratio"].max(), 1.0) - min(rows["ratio"].min(), beside["ratio"].min(), 1.0)
    for (name, end), at in zip(ends.items(), spread(levels, 0.08 * reach), strict=True):
        figure.add_annotation(x=end["period"], y=at, text=name, xanchor="left", xshift=8, showarrow=False)
    line_of(figure, 1.0, "Base: 100%")
    figure.update_layout(margin={"r": 90})
    table = pd.DataFrame({
        "Month": [month(p) for p in rows["period"]], f"{what}": rows["done"].round(1), "Base": rows["base"].round(1),
        "This list (% of the base)": (100 * rows["ratio"]).round(1), "Network (% of the base)": (100 * beside["ratio"]).round(1),
    })  # fmt: skip
    return Evidence(finding, f"{what}, in % of the base: {base}", figure, f"{finding}.", table, file)


def kinds(title: str, periods: pd.DatetimeIndex, done: np.ndarray, names: Sequence[str], file: str) -> Evidence:
    """Examinations by kind for each working day; `done` of shape (T, kinds), NaN where a figure is left out."""
    known = np.flatnonzero(~np.isnan(done).any(axis=1))
    finding = f"{title}: no month is whole"
    if len(known):
        last = done[known[-1]]
        finding = f"{title}: {number(last.sum(), 1)} examinations for each working day in {month(periods[known[-1]])}"
    figure = canvas(320, barmode="stack", yaxis={"rangemode": "tozero"}, xaxis={"tickformat": "%b %Y"}, showlegend=True,
                    legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"}, margin={"t": 40})  # fmt: skip
    for k, name in enumerate(names):
        figure.add_bar(x=periods, y=done[:, k], name=name, marker={"color": CATEGORICAL[k], "pattern": _pattern(k)},
                       hovertemplate=f"{name}, %{{x|%B %Y}}: %{{y:,.1f}}<extra></extra>")  # fmt: skip
    table = pd.DataFrame(done.round(1), columns=[f"{n} (for each working day)" for n in names])
    table.insert(0, "Month", [month(p) for p in periods])
    return Evidence(finding, "Examinations for each working day, by kind", figure, f"{finding}.", table, file)


def priority(title: str, shown: ByPriority, file: str) -> Evidence:
    """A list by priority and weeks waited at the newest extract."""
    finding = f"{title}: {number(shown.over)} of {number(shown.waiting)} patients are beyond the limit of their class"
    if shown.booked["limit"].isna().all():
        finding = f"{title}: {number(shown.waiting)} patients wait"
    figure = canvas(340, barmode="stack", xaxis={"title": "Whole weeks waited", "type": "category"}, yaxis={"rangemode": "tozero"}, showlegend=True,
                    legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"}, margin={"t": 40})  # fmt: skip
    weeks = [f"{k}" for k in range(BANDS - 1)] + [f"{BANDS - 1}+"]
    for k, (_, row) in enumerate(shown.bands.iterrows()):
        name = chart_text(row["priority"])
        figure.add_bar(
            x=weeks, y=row.drop("priority").to_numpy(dtype=float), name=name, hovertemplate=f"{name}, %{{x}} weeks: %{{y:,}}<extra></extra>",
            marker={"color": _COLOURS[k % 6], "pattern": _pattern(k)},
        )  # fmt: skip
    figure.add_vline(x=OVER_SIX - 0.5, line={"color": RED, "width": 2, "dash": "dot"})
    heads = ["Priority", "Limit (weeks)", "Waiting (patients)", "Beyond the limit (patients)", *(f"{t} (patients)" for t in BOOKED.values())]
    table = shown.booked.set_axis(heads, axis=1)
    return Evidence(finding, f"Patients waiting on {day(shown.date)} by priority and weeks waited; right of the dotted line: six weeks or more",
                    figure, f"{finding}.", table, file)  # fmt: skip


def weekly(title: str, shown: ByPriority, file: str) -> Evidence:
    """A list at every snapshot that is stored."""
    rows = shown.weekly
    first, last = rows.iloc[0], rows.iloc[-1]
    change = float(last["waiting"] - first["waiting"])
    way = "has not changed" if not change else f"is {number(abs(change))} patients {'longer' if change > 0 else 'shorter'}"
    finding = f"{title}: the list {way} since {day(first['date'])}"
    figure = canvas(280, yaxis={"rangemode": "tozero"}, xaxis={"tickformat": "%-d %b %Y"}, margin={"r": 110})
    for column, name, dash, symbol, colour in (
        ("waiting", "Waiting", "solid", "circle", CATEGORICAL[0]), ("over_six", "Over six weeks", "dash", "diamond", CATEGORICAL[1]),
    ):  # fmt: skip
        figure.add_scatter(
            x=rows["date"], y=rows[column], mode="lines+markers", line={"color": colour, "dash": dash, "width": 2},
            marker={"symbol": symbol, "size": 8}, hovertemplate=f"{name}, %{{x|%-d %B %Y}}: %{{y:,}}<extra></extra>",
        )  # fmt: skip
        figure.add_annotation(x=last["date"], y=last[column], text=name, xanchor="left", xshift=8, showarrow=False)
    table = rows.assign(date=rows["date"].map(day)).set_axis(["Snapshot", "Waiting (patients)", "Over six weeks (patients)"], axis=1)
    return Evidence(finding, "Patients waiting at each snapshot of the extract", figure, f"{finding}.", table, file)


def ahead(rows: pd.DataFrame, network: Network, weeks: int) -> Evidence:
    """Lists that may leave their target; `rows` as `portal.performance_ahead.breaches` makes them."""
    expected = int((rows["kind"] == EXPECTED).sum())
    possible = len(rows) - expected
    within = f"within {weeks} weeks"
    sure = f"{count(expected, 'list')} expected" if expected else "No list is expected"
    finding = f"{sure} over the target {within}{f'; for {number(possible)} more it is possible' if possible else ''}"
    names = [list_title(o, t, network) for o, t in zip(rows["organisation"], rows["test"], strict=True)]
    likely = ["expected" if k == EXPECTED else "possible" for k in rows["kind"]]
    table = pd.DataFrame({
        "List": names, "Over the target": likely, "At the end of": [day(w) for w in rows["when"]],
        "Weeks from the data date": rows["weeks"].astype(float).round(1), "Now (%)": (100 * rows["now"].astype(float)).round(1),
        "Then (%)": (100 * rows["share"].astype(float)).round(1), "Range of 80 in 100 (%)": [
            f"{number(100 * low, 1)} to {number(100 * high, 1)}" for low, high in zip(rows["lower_80"], rows["upper_80"], strict=True)],
        "Target (%)": 100 * rows["target"].astype(float),
    })  # fmt: skip
    named = (
        "Possible: the upper end of the range is over it" if weeks <= POSSIBLE_WITHIN
        else f"Further than {POSSIBLE_WITHIN} weeks ahead ranges are wide, and only expected lists are named"
    )  # fmt: skip
    key = f"○ now; ◆ at the month end named, with the range of 80 in 100; dotted: target. {named}"
    subtitle = f"Share over six weeks as lists are booked today, lists within their target at the data date. {key}"
    figure = _ranges(rows, [f"{chart_text(n)}, {likely[k]} {rows['when'].iloc[k]:%B %Y}" for k, n in enumerate(names)]) if len(rows) else None
    return Evidence(finding, subtitle, figure, f"{finding}.", table, "performance_ahead")


def _ranges(rows: pd.DataFrame, names: Sequence[str]) -> go.Figure:
    """One line for each list: its share now, then, and the range."""
    figure = canvas(90 + 30 * len(rows), xaxis={"tickformat": ".0%", "rangemode": "tozero", "side": "top"},
                    yaxis={"autorange": "reversed", "ticks": "", "type": "category"})  # fmt: skip
    share, low, high = (rows[c].to_numpy(dtype=float) for c in ("share", "lower_80", "upper_80"))
    figure.add_scatter(
        x=share, y=names, mode="markers", cliponaxis=False, marker={"symbol": "diamond", "size": 11, "color": CATEGORICAL[0]},
        error_x={"type": "data", "symmetric": False, "array": high - share, "arrayminus": share - low, "color": CATEGORICAL[0], "thickness": 2},
        hovertemplate="%{y}: %{x:.1%}<extra></extra>",
    )  # fmt: skip
    figure.add_scatter(
        x=rows["now"].to_numpy(dtype=float), y=names, mode="markers", cliponaxis=False, hovertemplate="Now: %{x:.1%}<extra></extra>",
        marker={"symbol": "circle-open", "size": 13, "color": TEXT, "line": {"width": 2}},
    )  # fmt: skip
    for k, target in enumerate(rows["target"].to_numpy(dtype=float)):
        figure.add_shape(type="line", x0=target, x1=target, y0=k - 0.5, y1=k + 0.5, line={"color": RED, "width": 2, "dash": "dot"})
    return figure
