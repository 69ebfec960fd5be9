"""Grids of weeks: sessions beside today's rota, and staff hours beside what is available."""

from __future__ import annotations

import pandas as pd

from data.network import Network
from data.plan import BY_TABLE, Plan
from portal.charts.evidence import Evidence, canvas
from portal.charts.tables import shown, titled
from portal.theme import FEWER_OR_MORE, MUCH, chart_text, count, number, short_day

_ROW = 26
_AROUND = 90
_READABLE_WEEKS = 56
"""Numbers fit into the cells of a grid up to this many weeks."""


def sessions(plan: Plan, network: Network, asset_type: str, today: pd.DataFrame | None = None) -> Evidence:
    """Sessions by site and session type, week by week, shaded by how they differ from today's rota.

    Args:
        plan: the plan.
        network: for titles and their order.
        asset_type: which assets.
        today: unused rows are left out; rows of today's rota without a session in the plan show as fewer.
    """
    rows = plan["sessions"]
    rows = rows[rows["asset_type"] == asset_type]
    rows = rows.assign(change=rows["sessions"] - rows["sessions_today"], row=_row_titles(rows, network, "site", "sites", "session_type", "session_types"))
    title = network.titles("asset_types")[asset_type]
    total, before = rows["sessions"].sum(), rows["sessions_today"].sum()
    weeks = max(rows["week"].nunique(), 1)
    finding = f"{title}: {number(total / weeks)} sessions a week against {number(before / weeks)} in today's rota"
    changed = rows.groupby("row", sort=False)["change"].sum()
    most = changed.abs().idxmax() if changed.abs().max() >= 1 else ""
    alt = finding + (f"; largest change: {most}, {number(changed[most])} over the plan." if most else "; no change.")
    wide, numbers = _wide(rows, "change"), _wide(rows, "sessions")
    hover = _wide(rows.assign(said=[f"{n:,.0f} sessions, {t:,.0f} in today's rota" for n, t in zip(rows["sessions"], rows["sessions_today"], strict=True)]), "said")
    largest = max(float(wide.abs().max().max()), 1.0)
    figure = _grid(wide, numbers.map(lambda v: "" if pd.isna(v) else f"{v:,.0f}"), hover, FEWER_OR_MORE, -largest, largest)
    table = shown(BY_TABLE["sessions"], rows, network)
    return Evidence(finding, "Sessions in each week; blue: more than today's rota, orange: fewer, white: as today", figure, alt, table, f"sessions_{asset_type}")


def staffing(plan: Plan, network: Network, organisation: str) -> Evidence:
    """Hours needed as a share of hours available, by staff group and week, for one trust."""
    rows = plan["staffing"]
    rows = rows[rows["organisation"] == organisation]
    rows = rows.assign(row=titled(rows["staff_group"], "staff_groups", network), use=rows["hours_needed"] / rows["hours_available"].where(rows["hours_available"] > 0))
    extra = rows[["overtime_hours", "bank_or_agency_hours"]].to_numpy().sum()
    over = rows[rows["use"] > 1 + 1e-6]
    title = network.titles("organisations")[organisation]
    busiest = rows.groupby("row", sort=False)["use"].mean().idxmax() if len(rows) else ""
    finding = f"{title}: {number(extra)} hours of overtime, bank and agency over the plan"
    alt = f"{finding}. Busiest group on average: {busiest}. Above the available hours in {count(len(over), 'group and week', 'groups and weeks')}."
    wide = _wide(rows, "use")
    said = [
        f"{r.hours_needed:,.0f} hours needed, {r.hours_available:,.0f} available, {r.overtime_hours:,.0f} overtime, {r.bank_or_agency_hours:,.0f} bank and agency"
        for r in rows.itertuples()
    ]
    figure = _grid(wide, wide.map(lambda v: "" if pd.isna(v) else f"{100 * v:.0f}"), _wide(rows.assign(said=said), "said"), MUCH, 0.0, 1.25)
    table = shown(BY_TABLE["staffing"], rows, network)
    return Evidence(finding, "Hours needed as % of the hours available in each week; above 100 is overtime, bank and agency", figure, alt, table, f"staffing_{organisation}")


def _row_titles(rows: pd.DataFrame, network: Network, place: str, places: str, kind: str, kinds: str) -> pd.Series:
    return titled(rows[place], places, network).astype(str) + ", " + titled(rows[kind], kinds, network).astype(str).str.lower()


def _wide(rows: pd.DataFrame, value: str) -> pd.DataFrame:
    order = list(dict.fromkeys(rows["row"]))
    return rows.pivot(index="row", columns="week", values=value).reindex(order)


def _grid(values: pd.DataFrame, text: pd.DataFrame, hover: pd.DataFrame, scale: list[list[object]], low: float, high: float) -> object:
    """A heat map with weeks across; the first row on top, numbers in the cells where they fit."""
    figure = canvas(_AROUND + _ROW * len(values), xaxis={"side": "top", "type": "category", "nticks": 14, "tickangle": 0},
                    yaxis={"autorange": "reversed", "showgrid": False, "ticks": ""})  # fmt: skip
    weeks = [short_day(w) for w in values.columns]
    figure.add_heatmap(
        z=values.to_numpy(dtype=float), x=weeks, y=[chart_text(r) for r in values.index], customdata=hover.fillna("").to_numpy(), colorscale=scale,
        zmin=low, zmax=high, xgap=1, ygap=1, showscale=False, hoverongaps=False,
        hovertemplate="%{y}<br>Week of %{x}: %{customdata}<extra></extra>",
        **({"text": text.to_numpy(), "texttemplate": "%{text}", "textfont": {"size": 10}} if len(weeks) <= _READABLE_WEEKS else {}),
    )  # fmt: skip
    return figure
