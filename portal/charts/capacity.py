"""Capacity against demand: when lists break, what would sustain or clear them, load week by week, and slots step by step."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from data.network import Network
from data.words import count, day, number, percent, short_day
from forecasting.capacity import SUSTAINABLE, TIGHT, UNSUSTAINABLE
from portal.capacity import Asked, clearance_date, list_titles
from portal.capacity_steps import MOBILE, UNIT, Steps
from portal.charts.evidence import Evidence, canvas
from portal.charts.grids import month_ticks
from portal.lists_ahead import Lists, Loads
from portal.theme import CATEGORICAL, SECONDARY_TEXT, TEXT, chart_text

SIGNS = {UNSUSTAINABLE: "▲", TIGHT: "◆", SUSTAINABLE: "●"}
"""A sign beside each state in words."""

_ROW, _AROUND = 26, 84
_MOST_ROWS = 30
"""Lists drawn at most; the table below has them all."""

_LONGEST = 50
"""Letters of a name beside a row; it stands whole in the hover text and in the table."""

_OVER = 1.2
"""Shade of a week in which as much or more is asked for than there are slots."""

_LOADS = [[0.0, "#ffffff"], [0.5, "#ffffff"], [0.999 / _OVER, "#6BACE6"], [1.0 / _OVER, "#F9B48F"], [1.0, "#F9B48F"]]

_EVENTS = {
    "share_breaks": ("Share over six weeks passes its target", CATEGORICAL[2], "circle"),
    "list_breaks": ("List passes its sustainable size", CATEGORICAL[0], "square-open"),
}
"""Column, words, colour and symbol of what a list may pass."""


def breaks(held: Lists, rows: pd.DataFrame, network: Network) -> Evidence:
    """When each list passes its limits if nothing changes.

    Args:
        held: the lists.
        rows: as `portal.capacity.judged` makes them.
        network: for titles.
    """
    ordered = rows.sort_values(["breaks", "backlog"], ascending=[True, False], kind="stable", ignore_index=True)
    already, later = int((rows["breaks"] == 0).sum()), int((rows["breaks"] >= 1).sum())
    finding = (
        f"{number(already)} of {count(len(rows), 'list')} over a limit already, {number(later) if later else 'none'} more within "
        f"{count(len(held.weeks), 'week')}"
        if len(rows) else "No list to look at"
    )  # fmt: skip
    drawn = ordered[ordered["breaks"].notna()].head(_MOST_ROWS)
    first = ordered[ordered["breaks"] >= 1].head(1)
    named = "".join(f"; next: {list_titles(first, network)[0]}, week of {day(held.monday(b))}" for b in first["breaks"])
    subtitle = (
        f"First week in which a list is over a limit, projected without a change, {held.order}; at the left edge: already so on "
        f"{day(held.data_date)}{_some(drawn, ordered[ordered['breaks'].notna()], 'list')}"
    )
    figure = _timeline(held, drawn, list_titles(drawn, network)) if len(drawn) else None
    return Evidence(finding, subtitle, figure, f"{finding}{named}.", _breaks_table(held, ordered, network), "capacity_breaks")


def _some(drawn: pd.DataFrame, every: pd.DataFrame, what: str) -> str:
    return f". {number(len(drawn))} of {count(len(every), what)} drawn; the table has them all" if len(drawn) < len(every) else ""


def _timeline(held: Lists, rows: pd.DataFrame, titles: list[str]) -> go.Figure:
    rows, axis_of_rows = rows.assign(row=range(len(rows))), _rows_axis(titles)
    pad = pd.Timedelta(days=10)
    months = pd.date_range(held.data_date + 4 * pad, held.weeks[-1], freq="2MS")
    axis = {"tickvals": [held.data_date, *months], "ticktext": ["already", *(f"{m:%b %Y}" for m in months)]}
    span = [held.data_date - pad, held.weeks[-1] + pad]
    figure = canvas(
        _AROUND + _ROW * len(rows), xaxis={"side": "top", "showgrid": True, "range": span, "tickangle": 0, **axis}, yaxis=axis_of_rows,
        showlegend=True, legend={"orientation": "h", "x": 0, "y": -0.02, "yanchor": "top"}, margin={"b": 44},
    )  # fmt: skip
    for column, (words, colour, symbol) in _EVENTS.items():
        hit = rows[rows[column].notna()]
        when = [held.data_date if w == 0 else held.monday(w) for w in hit[column]]
        said = [f"already on {day(held.data_date)}" if w == 0 else f"week of {day(held.monday(w))}" for w in hit[column]]
        figure.add_scatter(
            x=when, y=hit["row"], mode="markers", name=words, customdata=[(chart_text(titles[k]), t) for k, t in zip(hit["row"], said, strict=True)],
            marker={"color": colour, "symbol": symbol, "size": 9 if symbol == "circle" else 15, "line": {"width": 2}}, cliponaxis=False,
            hovertemplate=f"%{{customdata[0]}}<br>{words}: %{{customdata[1]}}<extra></extra>",
        )  # fmt: skip
    return figure


def _rows_axis(titles: list[str]) -> dict[str, object]:
    """An axis with a named row for each title, the first on top; rows are numbered from 0, as two names may read the same once they are cut."""
    names = [chart_text(t if len(t) <= _LONGEST else f"{t[: _LONGEST - 1].rstrip()}…") for t in titles]
    return {"tickvals": list(range(len(titles))), "ticktext": names, "range": [len(titles) - 0.5, -0.5], "showgrid": False, "ticks": ""}


def _when(held: Lists, weeks: float) -> str:
    """When a list passes a limit, in words."""
    return "already" if weeks == 0 else f"week of {day(held.monday(weeks))}" if weeks == weeks else f"not within {count(len(held.weeks), 'week')}"


def _breaks_table(held: Lists, rows: pd.DataFrame, network: Network) -> pd.DataFrame:
    return pd.DataFrame({
        "List": list_titles(rows, network), "State": [state_words(s) for s in rows["state"]],
        "Breaks": [_when(held, w) for w in rows["breaks"]], "Weeks until it breaks": rows["breaks"],
        "Share over six weeks passes its target": [_when(held, w) for w in rows["share_breaks"]],
        "List passes its sustainable size": [_when(held, w) for w in rows["list_breaks"]],
        f"Waiting on {day(held.data_date)} (patients)": rows["waiting"].round(), "Sustainable list (patients)": rows["sustainable"].round(),
        "Share over six weeks (%)": (100 * rows["share_over_six"]).round(1), "Target share (%)": (100 * rows["target_share"]).round(1),
        f"Waiting after {len(held.weeks)} weeks (patients)": rows["waiting_end"].round(),
        f"Share after {len(held.weeks)} weeks (%)": (100 * rows["share_end"]).round(1),
    })  # fmt: skip


def state_words(state: str) -> str:
    """A state with its sign."""
    return f"{SIGNS[state]} {state}"


def needed(held: Lists, rows: pd.DataFrame, network: Network, asked: Asked) -> Evidence:
    """Slots a week on top of today's that would sustain each list, and that would clear it as well."""
    ordered = rows.sort_values("more_to_clear", ascending=False, kind="stable", ignore_index=True)
    until = day(held.data_date + pd.Timedelta(weeks=asked.weeks))
    sustain, clear = ordered["more_to_sustain"].sum(), ordered["more_to_clear"].sum()
    finding = (
        f"{count(round(sustain), 'more slot')} a week would sustain {'every' if len(rows) > 1 else 'the'} list, {number(clear)} clear it by {until}"
        if round(clear) else f"No more slots are needed to sustain {'every' if len(rows) > 1 else 'the'} list and clear it by {until}"
    )  # fmt: skip
    short = ordered[ordered["more_to_clear"] >= 0.5]
    drawn = short.head(_MOST_ROWS)
    subtitle = (
        "Slots a week on top of today's: to see as many as join with room for weeks that vary, and until the list is within its sustainable size"
        f"{_some(drawn, short, 'list')}"
    )
    figure = _more(drawn, list_titles(drawn, network)) if len(drawn) else None
    return Evidence(finding, subtitle, figure, f"{finding}.", _needed_table(held, ordered, network, asked), "capacity_needed")


def _more(rows: pd.DataFrame, titles: list[str]) -> go.Figure:
    figure = canvas(
        _AROUND + _ROW * len(rows), barmode="stack", xaxis={"side": "top", "showgrid": True, "rangemode": "tozero"}, yaxis=_rows_axis(titles),
        showlegend=True,
        legend={"orientation": "h", "x": 0, "y": -0.02, "yanchor": "top", "traceorder": "normal"}, margin={"b": 44, "r": 150},
    )  # fmt: skip
    sustain, clear = rows["more_to_sustain"].to_numpy(), rows["more_to_clear"].to_numpy()
    hover = "%{customdata[2]}<br>%{customdata[0]} slots a week to sustain, %{customdata[1]} to clear<extra></extra>"
    said = [(number(s, 1), number(c, 1), chart_text(t)) for s, c, t in zip(sustain, clear, titles, strict=True)]
    numbers = list(range(len(titles)))
    figure.add_bar(x=sustain, y=numbers, orientation="h", name="To sustain", marker_color=CATEGORICAL[0], customdata=said, hovertemplate=hover)
    figure.add_bar(
        x=clear - sustain, y=numbers, orientation="h", name="Further, to clear", customdata=said, hovertemplate=hover, cliponaxis=False,
        marker={"color": "#ADD1F1", "pattern": {"shape": "/", "fgcolor": CATEGORICAL[0]}}, textposition="outside", textfont_color=TEXT,
        text=[f"{number(s)} and {number(c - s)} more" if c - s >= 0.5 else number(s) for s, c in zip(sustain, clear, strict=True)],
    )  # fmt: skip
    return figure


def _needed_table(held: Lists, rows: pd.DataFrame, network: Network, asked: Asked) -> pd.DataFrame:
    changed = f" with {asked.change:g}% more slots" if asked.change > 0 else f" with {-asked.change:g}% fewer slots"
    at = changed if asked.change else " at today's slots"
    columns: dict[str, object] = {
        "List": list_titles(rows, network), "State": [state_words(s) for s in rows["state"]],
        "Demand (patients a week)": rows["demand"].round(1), "Slots (a week)": rows["capacity"].round(1),
        "Load": ["unsustainable" if v != v else percent(v) for v in rows["load"]],
        "Recurring gap (slots a week)": rows["gap"].round(1), "Waiting (patients)": rows["waiting"].round(),
        "Sustainable list (patients)": rows["sustainable"].round(), "Beyond it (patients)": rows["backlog"].round(),
        "More than twice the sustainable list": rows["too_big"].map({True: "yes", False: "no"}),
        "To sustain (slots a week)": rows["needed"].round(1), "More to sustain (slots a week)": rows["more_to_sustain"].round(1),
        "Relief capacity (slots a week)": rows["relief"].round(1), "More to clear (slots a week)": rows["more_to_clear"].round(1),
        f"Within its sustainable size{at}": [clears_words(held, w) for w in rows["clears_in"]],
        "Simple clearance time (weeks)": rows["simple_clearance"].round(1), "Mean wait so far (weeks)": rows["mean_wait"].round(1),
        "Pressure": rows["pressure"].round(2), "Safety factor": rows["factor"].round(2),
        "Demand with an allowance for its estimate (patients a week)": rows["allowance"].round(1),
    }  # fmt: skip
    if asked.urgent:
        columns["Kept for urgent patients (slots a week)"] = rows["kept"].round(1)
    return pd.DataFrame(columns)


def clears_words(held: Lists, weeks: float) -> str:
    """When a list is within its sustainable size, in words."""
    if weeks == 0:
        return "already"
    when = clearance_date(held, weeks)
    return day(when) if pd.notna(when) else "never: unsustainable" if weeks != weeks else "not in a hundred years"


def load_grid(held: Lists, found: Loads, network: Network) -> Evidence:
    """Load by group and week: a share below one, a sign from one on."""
    load, titles = found.load, list_titles(found.groups, network)
    over = np.isnan(load)
    gap = (found.demand - found.capacity).mean(axis=1)
    order = np.lexsort((-gap, -over.sum(axis=1)))
    drawn = order[:_MOST_ROWS]
    worst = f", most often {titles[order[0]]}" if len(order) > 1 and over[order[0]].any() else ""
    finding = f"As many or more join than there are slots for in {percent(over.mean() if over.size else 0.0, 0)} of weeks{worst}"
    weeks = [short_day(w) for w in held.weeks]
    many = f". {number(len(drawn))} of {number(len(order))} rows drawn, those with most such weeks" if len(drawn) < len(order) else ""
    subtitle = (
        "Patients who join a list over the slots for it, week by week; the darker, the fuller; orange with ▲: as many or more than there are "
        f"slots, unsustainable if it lasts{many}"
    )
    table = _load_table(held, found, [titles[k] for k in drawn], drawn)
    if not len(drawn):
        return Evidence("No list to look at", subtitle, None, "No list to look at.", table, "capacity_load")
    figure = canvas(
        _AROUND + 24 * len(drawn), xaxis={"side": "top", "type": "category", "tickangle": 0, **month_ticks(held.weeks)},
        yaxis=_rows_axis([titles[k] for k in drawn]),
    )  # fmt: skip
    signs = np.where(over[drawn], SIGNS[UNSUSTAINABLE], "")
    said = [
        [f"{chart_text(titles[k])}<br>Week of {w}: {_week_words(*n)}" for w, *n in zip(weeks, found.demand[k], found.capacity[k], strict=True)]
        for k in drawn
    ]
    figure.add_heatmap(
        z=np.where(over[drawn], _OVER, np.nan_to_num(load[drawn])), x=weeks, y=list(range(len(drawn))), customdata=said,
        zmin=0, zmax=_OVER, colorscale=_LOADS, xgap=1, ygap=1, showscale=False, text=signs, texttemplate="%{text}",
        textfont={"size": 10, "color": TEXT}, hovertemplate="%{customdata}<extra></extra>",
    )  # fmt: skip
    return Evidence(finding, subtitle, figure, f"{finding}.", table, "capacity_load")


def _week_words(demand: float, slots: float) -> str:
    ratio = "as many or more than there are slots" if demand >= slots and demand > 0 else f"load {percent(demand / slots if slots > 0 else 0.0)}"
    return f"{number(demand, 1)} join, {number(slots, 1)} slots, {ratio}"


def _load_table(held: Lists, found: Loads, titles: list[str], drawn: np.ndarray) -> pd.DataFrame:
    n = len(held.weeks)
    load = found.load[drawn].ravel()
    return pd.DataFrame({
        "Where": np.repeat(np.array(titles, dtype=object), n), "Week of": np.tile(held.weeks, len(drawn)),
        "Demand (patients a week)": found.demand[drawn].ravel().round(1), "Slots (a week)": found.capacity[drawn].ravel().round(1),
        "Gap (slots a week)": (found.demand - found.capacity)[drawn].ravel().round(1),
        "Load": ["unsustainable" if v != v else percent(v) for v in load],
    })  # fmt: skip


def waterfall(found: Steps, where: str) -> Evidence:
    """Slots from sessions to what is left for the waiting list.

    Args:
        found: the steps.
        where: place and week in words.
    """
    rows = found.waterfall
    first, left = float(rows["value"].iloc[0]), found.left
    mobile = rows.loc[rows["step"] == MOBILE, "value"].sum()
    units = f" and {number(mobile)} on mobile units" if mobile else ""
    finding = f"{number(left)} examinations a week are left for the waiting list, from {count(round(first), 'slot')} in sessions{units}"
    figure = canvas(380, yaxis={"rangemode": "tozero", "tickformat": ",.0f"})
    figure.add_waterfall(
        x=rows["step"], y=rows["value"], measure=["absolute", *["relative"] * (len(rows) - 2), "total"], textposition="outside", cliponaxis=False,
        text=[number(v, 1) if total else f"{'+' if v > 0 else ''}{number(v, 1)}" for v, total in zip(rows["value"], rows["is_total"], strict=True)],
        connector={"line": {"color": SECONDARY_TEXT, "width": 1}}, totals={"marker": {"color": CATEGORICAL[0]}},
        increasing={"marker": {"color": CATEGORICAL[3]}}, decreasing={"marker": {"color": CATEGORICAL[1]}},
        hovertemplate="%{x}: %{delta:,.1f} " + UNIT + "<extra></extra>",
    )  # fmt: skip
    figure.update_layout(margin={"t": 32})
    lost = "".join(f"; {r.step.lower()} {number(r.value, 1)}" for r in rows.itertuples() if not r.is_total)
    table = found.told.set_axis(["Step", "Figure", "Unit", "How", "Where it comes from"], axis=1)
    return Evidence(finding, f"Examinations a week, {where}", figure, f"{finding}{lost}.", table, "capacity_slots")
