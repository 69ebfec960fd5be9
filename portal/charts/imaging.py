"""Patterns of the imaging extract: when, where, how long, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from data.fields import Field, Kind, Table
from data.measures import PLANNED
from data.network import WEEKDAYS, Network
from data.sources.imaging import PARTS_OF_DAY
from data.store.imaging import PATTERNS, REPORT_LIMIT, REQUEST_LIMIT
from data.words import count, listed, month, number, percent, sentence_start
from portal.charts.evidence import Evidence, canvas
from portal.charts.lists import lines
from portal.charts.tables import shown, titled
from portal.theme import TEXT, chart_text

_DAYS = [day.capitalize() for day in WEEKDAYS]
_ROW, _AROUND = 26, 80
_SHADES = [[0.0, "#ffffff"], [1.0, "#6BACE6"]]
"""Little to much, so light that dark figures can be read on all of it."""

_LONGEST = 25
"""Bars drawn at most; the table below has them all."""


@dataclass(frozen=True)
class Cell:
    """A figure by site and test, as a grid shows it.

    Attributes:
        column: of the pattern.
        measure: what it is, with its unit, for the subtitle.
        scale: figures are multiplied by this for people.
        decimals: shown.
        unit: after the figure, where words are written.
        highest: what to say of the place with the most.
    """

    column: str
    measure: str
    scale: float
    decimals: int
    unit: str
    highest: str


PLANNED_BY_PLACE = Table(
    "planned_by_place", "Use of planned sessions", PLANNED,
    (
        *(PATTERNS["planned"].field(name) for name in ("site", "test", "minutes_scanned", "minutes_open")),
        Field("utilisation", "Utilisation", Kind.NUMBER, unit="share", help="Minutes scanned over minutes open"), PATTERNS["planned"].field("n"),
    ),
)  # fmt: skip
"""The pattern of planned sessions, added up over scanners and days."""

_NO_KIND = "site of no stated kind"

CELLS: Mapping[str, Cell] = {
    "planned": Cell("utilisation", "Minutes scanned over minutes planned sessions were open, in %", 100, 0, "%", "Planned sessions are used most"),
    "utilisation": Cell("utilisation", "Minutes scanned over minutes between the first start and the last end of each scanner and day, in %",
                        100, 0, "%", "Scanners are used most"),
    "dna_rate": Cell("dna_rate", "Appointments missed over appointments done or missed, in %", 100, 1, "%", "Most appointments are missed"),
    "cancellation_rate": Cell("cancellation_rate", "Appointments cancelled by patient or hospital over all appointments, in %", 100, 1, "%",
                              "Most appointments are cancelled"),
    "lengths": Cell("median", "Median minutes from the start of a scan to its end", 1, 0, " minutes", "Examinations are longest"),
    "acute": Cell("acute_share", "Emergencies and inpatients over examinations whose source is known, in %", 100, 0, "%",
                  "The acute share is highest"),
    "request_to_scan": Cell("share_over", f"Examinations done more than {REQUEST_LIMIT} days after their request, in %", 100, 1, "%",
                            "Most are scanned late"),
    "scan_to_report": Cell("share_over", f"Reports issued more than {REPORT_LIMIT} days after the scan, in %", 100, 1, "%",
                           "Most reports are late"),
}  # fmt: skip
"""What a grid of sites and tests may show."""


def by_hour(rows: pd.DataFrame) -> Evidence:
    """Examinations by weekday and hour of their start."""
    wide = rows.pivot(index="weekday", columns="hour", values="n").reindex(index=range(1, 8), columns=range(24)).fillna(0.0)
    busiest = rows.loc[rows["n"].idxmax()] if len(rows) and rows["n"].max() > 0 else None
    finding = (
        f"Most examinations start on {_DAYS[int(busiest['weekday']) - 1]}s between {_clock(int(busiest['hour']))} and "
        f"{_clock(int(busiest['hour']) + 1)}" if busiest is not None else "No examination was done"
    )  # fmt: skip
    weekend = float(wide.loc[6:7].to_numpy().sum()) / max(float(wide.to_numpy().sum()), 1.0)
    alt = f"{finding}; {number(100 * weekend)}% of all start at weekends."
    table = wide.astype("int64").set_axis(_DAYS, axis=0).set_axis([_clock(h) for h in range(24)], axis=1).reset_index(names="Weekday")
    hover = "%{y}, hour %{x}: %{text} examinations<extra></extra>"
    figure = _grid(wide.to_numpy(), _DAYS, [f"{h}" for h in range(24)], hover, wide.map(lambda v: number(v) if v else "").to_numpy())
    figure.update_traces(textfont={"size": 11, "color": TEXT})
    figure.update_xaxes(title="Hour in which the scan started", side="bottom")
    return Evidence(finding, "Examinations done, by weekday and hour of their start; the darker, the more", figure, alt, table, "imaging_by_hour")


def by_month(rows: pd.DataFrame, network: Network) -> Evidence:
    """Examinations by month and kind of site, and of every site in the table.

    Args:
        rows: site, month, n as they may be shown.
        network: for titles, kinds and owners of sites.
    """
    sites = network["sites"].set_index("site")
    kinds = sites["kind"].where(sites["kind"] != "", _NO_KIND)
    tall = rows.assign(kind=rows["site"].map(kinds).fillna(_NO_KIND), n=rows["n"].astype(float))
    wide = tall.pivot_table(index="month", columns="kind", values="n", aggfunc="sum", fill_value=0.0).sort_index()
    wide = wide[wide.sum().sort_values(ascending=False, kind="stable").index]
    figure = canvas(340, yaxis={"rangemode": "tozero", "tickformat": ","}, xaxis={"tickformat": "%b %Y"})
    months = pd.Series(wide.index)
    lines(figure, {sentence_start(str(kind)): (months, wide[kind].reset_index(drop=True)) for kind in wide}, "%{x|%B %Y}: %{y:,.0f}")
    last, newest = wide.iloc[-1], wide.index[-1]
    shares = [f"{kind} {percent(n / max(last.sum(), 1.0), 0)}" for kind, n in last.items()]
    finding = f"Examinations in {month(newest)} by kind of site: {listed(shares)}"
    by_site = tall.pivot_table(index="site", columns="month", values="n", aggfunc="sum", fill_value=0.0)
    by_site = by_site.reindex([s for s in sites.index if s in by_site.index])
    table = by_site.astype("int64").set_axis([month(m) for m in by_site.columns], axis=1).reset_index(drop=True)
    for place, (head, titles) in enumerate((
        ("Site", network.short_titles("sites")), ("Kind", kinds.to_dict()), ("Trust", {s: _owner(s, network) for s in by_site.index}),
    )):  # fmt: skip
        table.insert(place, head, [titles[s] for s in by_site.index])
    alt = f"{finding}; {month(wide.index[0])} to {month(newest)}."
    return Evidence(finding, "Examinations done, by month and kind of site; each site in the table", figure, alt, table, "imaging_by_month")


def _owner(site: str, network: Network) -> str:
    return network.short_titles("organisations")[network.owner[site]]


def grid(name: str, rows: pd.DataFrame, network: Network, *, pattern: str, file: str) -> Evidence:
    """A figure by site and test, with the whole pattern as its table.

    Args:
        name: a key of `CELLS`.
        rows: the pattern as it may be shown; hidden figures are text.
        network: for titles and their order.
        pattern: its name.
        file: name of the table as a file.
    """
    cell = CELLS[name]
    sites, tests = network.short_titles("sites"), network.titles("tests")
    tall = rows.assign(figure=pd.to_numeric(rows[cell.column], errors="coerce") * cell.scale)
    wide = tall.pivot(index="site", columns="test", values="figure")
    wide = wide.reindex(index=[s for s in sites if s in wide.index], columns=[t for t in tests if t in wide.columns])
    text = wide.map(lambda v: number(v, cell.decimals)).to_numpy()
    known = tall.dropna(subset=["figure"])
    finding = "No figure can be shown here"
    if len(known):
        most = known.loc[known["figure"].idxmax()]
        place = f"{sites.get(most['site'], most['site'])}, {tests.get(most['test'], most['test'])}"
        finding = f"{cell.highest} at {place}: {number(most['figure'], cell.decimals)}{cell.unit}"
    table = _table(pattern, rows, network)
    if not wide.size:
        return Evidence(finding, cell.measure, None, finding, table, file)
    labels = [str(sites[s]) for s in wide.index]
    hover = f"%{{y}}, %{{x}}: %{{text}}{cell.unit}<extra></extra>"
    figure = _grid(wide.to_numpy(), labels, [str(tests[t]) for t in wide.columns], hover, text)
    return Evidence(finding, f"{cell.measure}; the darker, the more", figure, f"{finding}.", table, file)


def sessions(rows: pd.DataFrame, network: Network, weeks: Mapping[str, float]) -> Evidence:
    """Sessions with lists run in a week, by weekday and part of the day.

    Args:
        rows: the pattern as it may be shown.
        network: for the owners of sites.
        weeks: weeks looked at, by organisation.
    """
    over = rows["site"].map(network.owner).map(dict(weeks))
    tall = rows.assign(a_week=pd.to_numeric(rows["listed_sessions"], errors="coerce").fillna(0.0) / over)
    wide = tall.pivot_table(index="weekday", columns="part_of_day", values="a_week", aggfunc="sum", observed=False)
    wide = wide.reindex(index=range(1, 8), columns=list(PARTS_OF_DAY)).fillna(0.0)
    total, weekend = float(wide.to_numpy().sum()), float(wide.loc[6:7].to_numpy().sum())
    finding = f"{count(round(total), 'session')} with lists in a week, {number(weekend)} of them at weekends"
    titles = [f"{part.capitalize()} (from {_clock(hour)})" for part, hour in PARTS_OF_DAY.items()]
    text = wide.map(lambda v: number(v, 1)).to_numpy()
    figure = _grid(wide.to_numpy(), _DAYS, titles, "%{y}, %{x}: %{text} sessions a week<extra></extra>", text)
    subtitle = "Parts of days in which a scanner examined outpatients or patients from general practice, sessions a week; the darker, the more"
    return Evidence(finding, subtitle, figure, f"{finding}.", _table("sessions", rows, network), "imaging_sessions")


def downtime(rows: pd.DataFrame, network: Network) -> Evidence:
    """Working days without an examination, by scanner; the worst of them drawn."""
    worst = rows[rows["idle_days"] > 0].sort_values(["idle_share", "n"], ascending=False, kind="stable").head(_LONGEST)
    idle, days = int(rows["idle_days"].sum()), int(rows["n"].sum())
    finding = f"{count(len(rows), 'scanner')}: {number(100 * idle / max(days, 1), 1)}% of working days without an examination"
    table = _table("downtime", rows, network)
    subtitle = "Working days without an examination over those between the first and the last day a scanner is seen, in %"
    if worst.empty:
        return Evidence(finding, subtitle, None, f"{finding}.", table, "imaging_downtime")
    sites = titled(worst["site"], "sites", network)
    labels = [chart_text(f"{s}, {scanner}") for s, scanner in zip(sites, worst["scanner_id"], strict=True)]
    share = 100 * worst["idle_share"].to_numpy(dtype=float)
    figure = canvas(_AROUND + _ROW * len(worst), xaxis={"side": "top", "rangemode": "tozero"}, yaxis={"autorange": "reversed", "ticks": ""})
    figure.add_bar(
        x=share, y=labels, orientation="h", text=[f"{number(v, 1)}%" for v in share], textposition="outside", cliponaxis=False,
        marker_color="#12436D", customdata=worst[["idle_days", "n"]].to_numpy(),
        hovertemplate="%{y}<br>%{customdata[0]} of %{customdata[1]} working days<extra></extra>",
    )  # fmt: skip
    return Evidence(finding, subtitle, figure, f"{finding}; most at {sites.iloc[0]}, {number(share[0], 1)}%.", table, "imaging_downtime")


def _table(pattern: str, rows: pd.DataFrame, network: Network) -> pd.DataFrame:
    """A pattern under its headings; a column in which a figure is hidden becomes text."""
    table = shown(PLANNED_BY_PLACE if pattern == "planned" else PATTERNS[pattern], rows, network)
    for column in table.columns[[dtype.kind == "O" for dtype in table.dtypes]]:
        table[column] = table[column].map(lambda cell: cell if isinstance(cell, str) else f"{cell:,.4g}")
    return table


def _grid(values: np.ndarray, rows: list[str], columns: list[str], hover: str, text: Any) -> go.Figure:
    figure = canvas(
        _AROUND + _ROW * len(rows), xaxis={"side": "top", "type": "category", "tickangle": 0},
        yaxis={"autorange": "reversed", "showgrid": False, "ticks": "", "type": "category"},
    )  # fmt: skip
    figure.add_heatmap(
        z=values, y=[chart_text(r) for r in rows], x=[chart_text(c) for c in columns], colorscale=_SHADES, zmin=0,
        zmax=max(float(np.nanmax(values, initial=0.0)), 1e-9), showscale=False, xgap=1,
        ygap=1, hoverongaps=False, hovertemplate=hover, text=text, texttemplate="%{text}", textfont_color=TEXT,
    )  # fmt: skip
    return figure


def _clock(hour: int) -> str:
    return f"{hour % 24:02d}:00"
