"""The views of the imaging dataset: one pattern each, with its source and the rule that was applied to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from data.dataset import Dataset
from data.measures import PLANNED
from data.small_numbers import RULE
from data.words import day, month, number
from portal import imaging
from portal.charts import imaging as drawn
from portal.charts.evidence import Evidence
from portal.imaging import Asked, Part, View
from portal.parts import imaging_measured, layout
from portal.theme import plain
from portal.workspace import Workspace


@dataclass(frozen=True, eq=False)
class Place:
    """Where a view is drawn: the session, its dataset, the filters and what is in force."""

    ws: Workspace
    held: Dataset
    asked: Asked
    parts: Sequence[Part]

    def view(self, name: str) -> View:
        """A pattern as it may be shown."""
        return imaging.pattern(self.ws.scope, self.held.network, name, self.asked, self.parts)


def _shown(made: Evidence, view: View) -> None:
    layout.evidence(made, source(view))


def source(view: View) -> str:
    """Where the figures of a view come from, for the line under a chart."""
    rule = f" {RULE}" if view.guarded else ""
    return f"Source: imaging extract, {view.months}, {number(view.examinations)} examinations done.{rule}"


def by_hour(at: Place) -> None:
    """When examinations are done."""
    view = at.view("by_hour")
    _shown(drawn.by_hour(view.table), view)


def by_month(at: Place) -> None:
    """Where examinations are done, month by month."""
    view = at.view("by_month")
    _shown(drawn.by_month(view.table, at.held.network), view)


def _grid(pattern: str, cell: str, at: Place) -> None:
    view = at.view(pattern)
    table = view.table[view.table["step"] == cell] if pattern == "turnaround" else view.table
    _shown(drawn.grid(cell, table, at.held.network, pattern=pattern, file=f"imaging_{cell}"), view)


def _choice(label: str, titles: dict[str, str], key: str) -> str:
    """One of a few; stands in the address."""
    first = next(iter(titles))
    chosen = st.segmented_control(label, list(titles), default=first, required=True, format_func=titles.__getitem__, key=key, bind="query-params")
    return str(chosen or first)


def utilisation(at: Place) -> None:
    """How much of the time scanners were in use."""
    cell = _choice("Time", {"utilisation": "Whole days", "planned": "Planned sessions"}, "imaging_time")
    if cell == "planned":
        st.caption(plain(PLANNED))
    _grid(cell, cell, at)


def sessions(at: Place) -> None:
    """Which sessions were run."""
    view = at.view("sessions")
    _shown(drawn.sessions(view.table, at.held.network, imaging.weeks(at.parts, at.asked)), view)
    imaging_measured.hours(at.ws, at.held, at.asked, at.parts)


def attendance(at: Place) -> None:
    """What became of appointments."""
    cell = _choice("What became of appointments", {"dna_rate": "Missed", "cancellation_rate": "Cancelled"}, "imaging_attendance")
    _grid("attendance", cell, at)


def lengths(at: Place) -> None:
    """How long examinations took."""
    _grid("lengths", "lengths", at)


def acute(at: Place) -> None:
    """How much was for emergencies and inpatients."""
    _grid("acute", "acute", at)


def downtime(at: Place) -> None:
    """Days scanners stood still."""
    view = at.view("downtime")
    _shown(drawn.downtime(view.table, at.held.network), view)


def turnaround(at: Place) -> None:
    """How long it took from request to scan, and from scan to report."""
    _grid("turnaround", _choice("Step", {"request_to_scan": "Request to scan", "scan_to_report": "Scan to report"}, "imaging_step"), at)


def measured(at: Place) -> None:
    """What the extract says of the assumptions."""
    imaging_measured.draw(at.ws, at.held, at.asked, at.parts)


def sent(at: Place) -> None:
    """Who has sent what."""
    guard = imaging.is_guarded(at.ws.scope, Asked(), at.parts)
    rows = imaging.sent(at.ws.scope, at.parts, at.held.network)
    titles = at.held.network.short_titles("organisations")
    missing = rows[rows["rows"].isna()]
    gaps = f"{number(len(missing))} of {number(len(rows))} months of organisations are missing"
    st.subheader(gaps if len(missing) else "No month is missing", anchor=False)
    cells = rows.assign(cell=rows["rows"].map(lambda n: number(n) if pd.notna(n) else "missing"))
    wide = cells.pivot(index="month", columns="organisation", values="cell")
    wide = wide[list(dict.fromkeys(rows["organisation"]))].sort_index(ascending=False)
    table = wide.set_axis([titles[o] for o in wide.columns], axis=1).set_axis([month(m) for m in wide.index]).reset_index(names="Month")
    layout.small_table(table, "Examinations by organisation and month")
    newest = rows["loaded"].max()
    st.caption(plain(f"Source: imaging extract, rows held of each organisation and month; last loaded {day(newest)}.{f' {RULE}' if guard else ''}"))


VIEWS: dict[str, Callable[[Place], None]] = {
    "Day and hour": by_hour, "Sites": by_month, "Utilisation": utilisation, "Sessions": sessions, "Missed": attendance, "Length": lengths,
    "Acute": acute, "Downtime": downtime, "Turnaround": turnaround, "Assumptions": measured, "Sent": sent,
}  # fmt: skip


def draw(at: Place) -> None:
    """The tabs; only the one that is open is computed."""
    tabs = st.tabs(list(VIEWS), key="pattern", on_change="rerun", bind="query-params")
    for tab, view in zip(tabs, VIEWS.values(), strict=True):
        if tab.open:
            with tab, layout.telling():
                view(at)
