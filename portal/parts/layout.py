"""What pages are put together from: the context bar, the answer, evidence with its table, findings, and the panel of a run."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

from data.dataset import Dataset
from data.errors import Refused, SixweeksError
from data.findings import Findings
from data.run import Progress, Run
from data.words import count, day, listed, number, percent, pounds
from portal import results, services
from portal.charts.evidence import Evidence
from portal.charts.tables import csv, without_empty
from portal.theme import plain
from portal.workspace import Workspace

_log = logging.getLogger("sixweeks.portal")

POLL_SECONDS = 0.7

SEVERITY = {"refuse": "Must be mended", "warn": "Needs a decision", "note": "For information"}
STATES = {"queued": "waiting", "running": "being computed", "done": "done", "failed": "failed", "cancelled": "cancelled", "lost": "lost"}
"""States of a run in words."""

_CHART = {"displaylogo": False, "displayModeBar": False, "scrollZoom": False}
_SOURCES = {"dm01_provider": "DM01 provider files", "network": "the network workbook"}
_TEXTS = Path(__file__).parents[1] / "text"
_UPLOAD = Path(__file__).parents[1] / "pages" / "upload.py"


def context(page: str, held: Dataset | None, ws: Workspace, *, scenario: str = "", run: Run | None = None) -> None:
    """The bar on top of every page: network, data date, scenario, and how far what follows may be trusted."""
    with st.container(key="context"):
        parts = [f"**{page}**"]
        if held is None:
            parts.append("no data loaded")
        else:
            parts += [plain(held.network.title), f"data to {day(held.data_date)}" if held.has_history else "no history loaded"]
        parts += [f"scenario: {plain(scenario)}"] if scenario else []
        st.markdown(" · ".join(parts))
        with st.container(horizontal=True, gap="small"):
            if held is not None:
                _about_the_data(held, ws)
            if run is not None:
                _about_the_result(ws, run)
    if said := ws.said():
        st.success(plain(said))


def _about_the_data(held: Dataset, ws: Workspace) -> None:
    if held.synthetic_history:
        st.badge("Synthetic data: invented for demonstration", color="orange")
    elif held.network.synthetic:
        st.badge("Real waiting lists; assets, staff and costs are placeholders for demonstration", color="orange")
    elif held.has_history:
        st.badge("Real history", color="blue")
    newest = services.newest_of_network(ws.scope, ws.dataset)
    if newest.id != ws.dataset:
        st.badge(f"Older data: {plain(newest.name)} is newer", color="red")


def _about_the_result(ws: Workspace, run: Run) -> None:
    st.badge("Provisional: not signed off", color="gray")
    why = results.staleness(ws.scope, run)
    st.badge(f"Stale: {plain(why)}" if why else "Current: newest data and assumptions", color="red" if why else "green")


def answer(sentence: str, *more: str) -> None:
    """The answer to the page's question, then what else must be said at once."""
    st.title(plain(sentence), anchor=False)
    for line in more:
        if line:
            st.markdown(plain(line))


def nothing(page: str, held: Dataset | None, ws: Workspace, said: Sequence[str], link: str, about: str) -> None:
    """A page that has nothing to show yet: why, the way to Upload, and what the page is about."""
    context(page, held, ws)
    answer(*said)
    st.page_link(_UPLOAD, label=link, query_params=ws.address())
    words(about)


def bullets(sentences: Sequence[str]) -> None:
    """Sentences as a list."""
    if sentences:
        st.markdown("\n".join(f"- {plain(s)}" for s in sentences))


def words(name: str) -> None:
    """What a page says about itself, folded away."""
    with st.expander("About this page"):
        st.markdown(_text(name))


@cache
def _text(name: str) -> str:
    return (_TEXTS / f"{name}.md").read_text("utf-8")


def source_of(held: Dataset) -> str:
    """Where the figures of a dataset come from, for the line under a chart."""
    files = held.sources
    kinds = listed([_SOURCES.get(kind, kind.replace("_", " ")) for kind in dict.fromkeys(files["source"])])
    kind = "synthetic history" if held.synthetic_history else kinds or "the network workbook"
    return f"Source: {kind}, data to {day(held.data_date)}."


def evidence(shown: Evidence, source: str) -> None:
    """A finding, the figure that shows it, its source, and the table behind it."""
    st.subheader(plain(shown.title), anchor=False)
    st.caption(plain(shown.subtitle))
    if shown.figure is not None:
        st.plotly_chart(shown.figure, theme=None, config=_CHART, alt=shown.alt, key=f"chart_{shown.file}")
    st.caption(plain(source))
    with st.expander("Table and download"):
        table(shown.table, shown.file, alt=shown.alt)


def table(frame: pd.DataFrame, file: str, *, alt: str = "", widths: Mapping[str, int] | None = None) -> None:
    """A shown table that can be searched and sorted, and taken away as CSV.

    Args:
        frame: under its headings; columns that hold nothing are left out on screen.
        file: name of the CSV file, without ending.
        alt: what the table holds, for those who cannot see it.
        widths: pixels of columns that would take more room than they deserve.
    """
    numeric = [c for c in frame.columns if pd.api.types.is_numeric_dtype(frame[c].dtype)]
    dates = [c for c in frame.columns if pd.api.types.is_datetime64_any_dtype(frame[c].dtype)]
    config = {c: st.column_config.NumberColumn(c, format="localized") for c in numeric}
    config |= {c: st.column_config.DateColumn(c, format="D MMMM YYYY") for c in dates}
    config |= {c: st.column_config.TextColumn(c, width=pixels) for c, pixels in (widths or {}).items()}
    st.dataframe(without_empty(frame), hide_index=True, column_config=config, alt=alt or file.replace("_", " "), key=f"table_{file}")
    st.download_button("Download as CSV", lambda: csv(frame), f"{file}.csv", "text/csv", key=f"csv_{file}", on_click="ignore")


def matrix(shown: Styler, name: str, alt: str) -> None:
    """A small shaded table, as `portal.charts.tables.shaded` makes it."""
    with st.container(key=f"matrix_{name}"):
        st.table(shown, border="horizontal", alt=alt)


def small_table(frame: pd.DataFrame, alt: str) -> None:
    """A table of a few rows, readable by a screen reader and printed whole."""
    safe = frame.map(lambda cell: plain(cell) if isinstance(cell, str) else cell).set_axis([plain(c) for c in frame.columns], axis=1)
    st.table(safe, hide_index=True, border="horizontal", alt=alt)


def findings(found: Findings, file: str = "findings") -> None:
    """What checks have to say, as a table to work through."""
    ordered = sorted(found, key=lambda f: list(SEVERITY).index(f.severity))
    rows = [(SEVERITY[f.severity], f.file, f.sheet, f"{f.row}" if f.row else "", f.column, f.found, f.expected, f.mend) for f in ordered]
    columns = ["", "File", "Sheet", "Row", "Column", "Found", "Allowed", "How to mend it"]
    table(pd.DataFrame(rows, columns=columns), file, alt=f"{len(rows)} findings")


@contextmanager
def telling() -> Iterator[None]:
    """Errors meant for the planner are shown where they arise, and the page goes on."""
    try:
        yield
    except SixweeksError as error:
        show_error(error)


def show_error(error: Exception) -> None:
    """One sentence for whatever went wrong: the planner's own errors as they are, a fault of ours with a number under which the log tells more."""
    if isinstance(error, Refused):
        st.error(f"This cannot be done as it is: {count(len(error.findings), 'finding')}.")
        bullets([f.sentence() for f in error.findings[:20]])
    elif isinstance(error, SixweeksError):
        st.error(plain(error))
    else:
        reference = secrets.token_hex(4).upper()
        _log.error("reference %s", reference, exc_info=error)
        st.error(
            f"Something went wrong on our side. Nothing that was stored is lost. Try again; if it happens again, quote the reference {reference}."
        )


def _seconds_since(run: Run) -> float:
    return (datetime.now(UTC) - run.started).total_seconds() if run.started else 0.0


def follow(ws: Workspace, run: Run) -> None:
    """The panel of a run that has not ended: how far it is, and how to stop it. Draws the page anew once it has ended."""
    st.fragment(_panel, run_every=POLL_SECONDS)(ws, run.id)


def _panel(ws: Workspace, run_id: str) -> None:
    run = services.run(ws.scope, run_id)
    if run.ended:
        st.rerun()
    progress, name = run.progress, results.scenario_name(ws.scope, run)
    with st.container(border=True):
        stage = progress.stage or ("Waiting for its turn" if run.state == "queued" else "Starting")
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.markdown(f"**{plain(name)}**: {plain('Stopping; the best plan found so far is kept' if run.cancel_asked else stage)}")
            stop = "Stops the computation and keeps the best plan found so far"
            if not run.cancel_asked and st.button("Cancel", key=f"cancel_{run_id}", help=stop):
                services.cancel(ws.scope, run_id)
                st.rerun()
        seconds = number(max(progress.seconds, _seconds_since(run)))
        st.progress(min(max(progress.fraction or 0.0, 0.0), 1.0), text=f"{seconds} seconds. {_found(progress)}")


def _found(progress: Progress) -> str:
    """The best plan so far and how far it can be from the best possible one."""
    if progress.best is None:
        return "No plan found yet."
    bound = f", no plan can be better than {pounds(progress.bound)}" if progress.bound is not None else ""
    gap = f", at most {percent(progress.gap, 2)} apart" if progress.gap is not None else ""
    return f"Best plan so far {pounds(progress.best)}{bound}{gap}, in pounds of the weighted goals."
