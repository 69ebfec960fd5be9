"""Grids of weeks: sessions beside today's rota, and staff hours beside what is available."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go
from pandas.io.formats.style import Styler

from data.network import Network
from data.plan import BY_TABLE, Plan
from data.words import count, number, short_day
from portal.charts.evidence import Evidence, canvas
from portal.charts.tables import shown, titled
from portal.theme import FEWER_OR_MORE, TEXT, chart_text

_ROW = 24
_AROUND = 76
_READABLE_WEEKS = 20
"""Numbers fit into the cells of a grid up to this many weeks; the table below it has them all."""

_USE = [[0.0, "#ffffff"], [0.8, "#6BACE6"], [0.9, "#2073BC"], [0.901, "#F46A25"], [1.0, "#b3480f"]]
_MOST_USE = 1.0 / 0.9
"""The scale of use turns to orange where hours needed are more than hours available."""


def sessions(plan: Plan, network: Network, asset_type: str, *, changed_only: bool) -> Evidence:
    """Sessions by site and session type, week by week, shaded by how they differ from today's rota.

    Args:
        plan: the plan.
        network: for titles and their order.
        asset_type: which assets.
        changed_only: leave out rows that run as today in every week.
    """
    every = _session_rows(plan, network, asset_type)
    rows = every[every.groupby("row")["change"].transform(lambda c: c.abs().max()) > 0.5] if changed_only else every
    title = network.titles("asset_types")[asset_type]
    weeks = max(every["week"].nunique(), 1)
    finding = (
        f"{title}: {number(every['sessions'].sum() / weeks)} sessions a week against {number(every['sessions_today'].sum() / weeks)} in today's rota"
    )
    changed = every.groupby("row", sort=False)["change"].sum()
    most = changed.abs().idxmax() if len(changed) and changed.abs().max() >= 1 else ""
    alt = finding + (f"; largest change: {most}, {number(changed[most])} over the plan." if most else "; no change.")
    said = [f"{number(n)} sessions, {number(t)} in today's rota" for n, t in zip(rows["sessions"], rows["sessions_today"], strict=True)]
    wide = _wide(rows, "change")
    largest = max(float(wide.abs().max().max()), 1.0) if len(wide) else 1.0
    figure = _grid(wide, _wide(rows, "sessions"), _wide(rows.assign(said=said), "said"), FEWER_OR_MORE, -largest, largest) if len(wide) else None
    subtitle = "Change from today's rota in each week; blue: more sessions, orange: fewer, white: as today"
    return Evidence(finding, subtitle, figure, alt, shown(BY_TABLE["sessions"], every, network), f"sessions_{asset_type}")


def sessions_by_week(plan: Plan, network: Network, asset_type: str) -> Styler:
    """Sessions by site and session type (rows) and week (columns), cells shaded where they differ from today's rota."""
    rows = _session_rows(plan, network, asset_type)
    values, change = _wide(rows, "sessions"), _wide(rows, "change")
    weeks = [short_day(w) for w in values.columns]
    table = values.set_axis(weeks, axis=1).map(number).reset_index(names="Site and session type")
    shades = change.map(_change_shade).set_axis(weeks, axis=1).reset_index(drop=True)
    return table.style.apply(lambda _: shades.reindex(columns=table.columns, fill_value=f"color: {TEXT}"), axis=None)


def _session_rows(plan: Plan, network: Network, asset_type: str) -> pd.DataFrame:
    rows = plan["sessions"]
    rows = rows[rows["asset_type"] == asset_type]
    places, kinds = titled(rows["site"], "sites", network), titled(rows["session_type"], "session_types", network)
    return rows.assign(change=rows["sessions"] - rows["sessions_today"], row=places.astype(str) + ", " + kinds.astype(str).str.lower())


def _change_shade(change: float) -> str:
    if pd.isna(change) or abs(change) < 0.5:
        return ""
    return f"background-color: {'#ADD1F1' if change > 0 else '#F9B48F'}; color: {TEXT}"


def staffing(plan: Plan, network: Network, organisation: str) -> Evidence:
    """Hours needed as a share of hours available, by staff group and week, for one trust."""
    rows = plan["staffing"]
    rows = rows[rows["organisation"] == organisation]
    available = rows["hours_available"].where(rows["hours_available"] > 0)
    rows = rows.assign(row=titled(rows["staff_group"], "staff_groups", network), use=rows["hours_needed"] / available)
    extra = rows[["overtime_hours", "bank_or_agency_hours"]].to_numpy().sum()
    over = rows[rows["use"] > 1 + 1e-6]
    title = network.short_titles("organisations")[organisation]
    use = rows.groupby("row", sort=False)["use"].mean().dropna()
    borrowed, lent = (number(rows[f"shared_{way}_hours"].sum()) for way in ("in", "out"))
    shared_staff = f"; {borrowed} hours borrowed and {lent} lent" if (borrowed, lent) != ("0", "0") else ""
    finding = f"{title}: {number(extra)} hours of overtime, bank and agency over the plan{shared_staff}"
    busiest = f" Busiest group on average: {use.idxmax()}." if len(use) else ""
    alt = f"{finding}.{busiest} Above the available hours in {count(len(over), 'group and week', 'groups and weeks')}."
    said = [
        f"{number(r.hours_needed)} hours needed, {number(r.hours_available)} available,<br>{number(r.overtime_hours)} overtime, "
        f"{number(r.bank_or_agency_hours)} bank and agency, {number(r.shared_in_hours)} borrowed, {number(r.shared_out_hours)} lent"
        for r in rows.itertuples()
    ]  # fmt: skip
    wide = _wide(rows, "use")
    figure = _grid(wide, 100 * wide, _wide(rows.assign(said=said), "said"), _USE, 0.0, _MOST_USE)
    subtitle = (
        "Hours needed as part of the hours available in each week; the darker, the fuller; orange: more than available, so overtime, bank, "
        "agency or staff borrowed"
    )
    return Evidence(finding, subtitle, figure, alt, shown(BY_TABLE["staffing"], rows, network), f"staffing_{organisation}")


def staff_groups(plan: Plan, network: Network, organisation: str) -> pd.DataFrame:
    """Each staff group of one trust over the plan: hours a week, the fullest week, and hours bought."""
    rows = plan["staffing"]
    rows = rows[rows["organisation"] == organisation]
    rows = rows.assign(use=100 * rows["hours_needed"] / rows["hours_available"].where(rows["hours_available"] > 0))
    sums = rows.groupby("staff_group", sort=False).agg(
        needed=("hours_needed", "mean"), available=("hours_available", "mean"), fullest=("use", "max"), overtime=("overtime_hours", "sum"),
        bank=("bank_or_agency_hours", "sum"), borrowed=("shared_in_hours", "sum"), lent=("shared_out_hours", "sum"), cost=("cost_gbp", "sum"),
    ).reset_index()  # fmt: skip
    return pd.DataFrame({
        "Staff group": titled(sums["staff_group"], "staff_groups", network), "Needed (hours a week)": sums["needed"].map(number),
        "Available (hours a week)": sums["available"].map(number), "Fullest week": sums["fullest"].map(lambda v: f"{number(v)}%" if v == v else ""),
        "Overtime (hours)": sums["overtime"].map(number), "Bank and agency (hours)": sums["bank"].map(number),
        "Borrowed (hours)": sums["borrowed"].map(number), "Lent (hours)": sums["lent"].map(number),
        "Cost": sums["cost"].map(lambda v: f"£{number(v)}"),
    })  # fmt: skip


def _wide(rows: pd.DataFrame, value: str) -> pd.DataFrame:
    order = list(dict.fromkeys(rows["row"]))
    return rows.pivot(index="row", columns="week", values=value).reindex(order)


def _grid(values: pd.DataFrame, text: pd.DataFrame, hover: pd.DataFrame, scale: list[list[Any]], low: float, high: float) -> go.Figure:
    """A heat map with weeks across; the first row on top, numbers in the cells where they fit."""
    weeks = [short_day(w) for w in values.columns]
    figure = canvas(
        _AROUND + _ROW * len(values), xaxis={"side": "top", "type": "category", "tickangle": 0, **month_ticks(values.columns)},
        yaxis={"autorange": "reversed", "showgrid": False, "ticks": ""},
    )  # fmt: skip
    figure.add_heatmap(
        z=values.to_numpy(dtype=float), x=weeks, y=[chart_text(r) for r in values.index], customdata=hover.fillna("").to_numpy(), colorscale=scale,
        zmin=low, zmax=high, xgap=1, ygap=1, showscale=False, hoverongaps=False, hovertemplate="%{y}<br>Week of %{x}: %{customdata}<extra></extra>",
        **({"text": text.map(number).to_numpy(), "texttemplate": "%{text}"} if len(weeks) <= _READABLE_WEEKS else {}),
    )  # fmt: skip
    return figure


def month_ticks(weeks: pd.Index) -> dict[str, list[str]]:
    """One tick for each month where there are many weeks, at its first week; the year where it begins."""
    if len(weeks) <= _READABLE_WEEKS // 2:
        return {"tickvals": [short_day(w) for w in weeks], "ticktext": [short_day(w) for w in weeks]}
    firsts = [w for before, w in zip([None, *weeks], weeks, strict=False) if before is None or w.month != before.month]
    words = [f"{w:%b}<br>{w:%Y}" if i == 0 or w.month == 1 else f"{w:%b}" for i, w in enumerate(firsts)]
    return {"tickvals": [short_day(w) for w in firsts], "ticktext": words}
