"""Measured assumptions beside those in force: accept some, or keep what is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
import streamlit as st

from data.dataset import Dataset
from data.measured import FEWEST, FEWEST_DAYS, together
from data.measures import MEASURES, PLANNED, months_words
from data.small_numbers import RULE
from data.store.scope import PLANNERS
from data.words import count, number
from portal import imaging, services
from portal.charts import imaging_figures as shown
from portal.charts.tables import csv
from portal.imaging import Asked, Part
from portal.parts import layout
from portal.theme import plain
from portal.workspace import Workspace

_DRAFT = "measured"
_TICK = "Tick"
_TIED = "Examinations an hour, slot utilisation and non-attendance of one place are taken together, so that their product stays what was measured."
_WIDTHS = {"Figure": 310, "Where": 280, "Says who": 330, "From": 280}
_NOT_HERE = ["Figure", "Why not offered", "Confidence"]


def draw(ws: Workspace, held: Dataset, asked: Asked, parts: Sequence[Part]) -> None:
    """What was measured, what is offered, and the offer to store it."""
    rows = imaging.figures(ws.scope, ws.dataset, asked, parts)
    guard = imaging.is_guarded(ws.scope, asked, parts)
    months = months_words(sorted({p.month for p in asked.of(parts)}))
    finding, by_figure = shown.finding(rows)
    st.subheader(plain(finding), anchor=False)
    st.caption(plain(f"{by_figure}{_source(ws, held, asked, parts)}"))
    offered = rows[rows["offered"]]
    if len(offered) and ws.scope.role not in PLANNERS:
        layout.table(shown.figure_table(offered, held.network, guard=guard), "measured_offered", alt="Measured figures on offer", widths=_WIDTHS)
    elif len(offered):
        _offer(ws, held, rows, offered, guard, months)
    _beside(rows, held, guard)
    with st.expander("How each figure is counted"):
        st.markdown(plain(PLANNED))
        st.markdown(
            plain(f"A figure is offered from {FEWEST} observations on, and where it is a ratio from {FEWEST_DAYS} days of scanners on. {_TIED}")
        )
        layout.small_table(shown.counted([m.name for m in MEASURES]), "Numerator, denominator and interval of each figure")


def _source(ws: Workspace, held: Dataset, asked: Asked, parts: Sequence[Part]) -> str:
    """Where measured figures come from: every test, source and site of the organisations and months asked for."""
    view = imaging.pattern(ws.scope, held.network, "by_hour", replace(asked, site="", test="", source=""), parts)
    rule = f" {RULE}" if view.guarded else ""
    return f"Source: imaging extract, {view.months}, {number(view.examinations)} examinations done, every test and source.{rule}"


def hours(ws: Workspace, held: Dataset, asked: Asked, parts: Sequence[Part]) -> None:
    """Hours of planned sessions that were run, beside today's rota."""
    rows = imaging.figures(ws.scope, ws.dataset, asked, parts)
    rows = rows[rows["measure"] == "hours_run"]
    if len(rows):
        beyond = rows[rows["beyond_chance"]]
        places = count(len(rows), "place")
        st.subheader(f"Hours run differ from today's rota by more than chance at {len(beyond)} of {places}", anchor=False)
        st.caption(plain(f"Hours a week that planned sessions were open; in force: the hours of today's rota. {_source(ws, held, asked, parts)}"))
        layout.table(shown.figure_table(rows, held.network, guard=False).drop(columns=_NOT_HERE), "imaging_hours", alt="Hours run and today's rota")


def _offer(ws: Workspace, held: Dataset, rows: pd.DataFrame, offered: pd.DataFrame, guard: bool, months: str) -> None:
    """The figures to tick, and what ticking does."""
    st.markdown("Tick what shall be in force. What is not ticked stays as it is.")
    only = st.toggle("Only what differs by more than chance", value=True, key="imaging_beyond")
    listed = offered[offered["beyond_chance"]] if only else offered
    if listed.empty:
        st.markdown("No figure on offer differs from what is in force by more than chance.")
        return
    table = shown.figure_table(listed, held.network, guard=guard).drop(columns="Why not offered")
    table.insert(0, _TICK, False)
    key = f"measured_{ws.dataset[:8]}_{pd.util.hash_array(listed.index.to_numpy()).sum() % 10**8}_{ws.turn(_DRAFT)}"
    config = {_TICK: st.column_config.CheckboxColumn(_TICK, width=70)}
    config |= {c: st.column_config.TextColumn(c, width=pixels) for c, pixels in _WIDTHS.items()}
    edited = st.data_editor(
        table, hide_index=True, disabled=[c for c in table.columns if c != _TICK], column_config=config, key=key,
        alt="Measured figures on offer, with a box to tick for each",
    )  # fmt: skip
    ticked = list(listed.index[edited[_TICK].to_numpy(dtype=bool)])
    taken = rows.loc[together(rows, ticked)]
    _store(ws, held, taken, more=len(taken) - len(ticked), months=months)
    st.download_button("Download as CSV", lambda: shown_csv(table), "measured_offered.csv", "text/csv", key="csv_measured_offered", on_click="ignore")


def shown_csv(table: pd.DataFrame) -> bytes:
    """The offered figures as a file."""
    return csv(table.drop(columns=_TICK))


def _store(ws: Workspace, held: Dataset, taken: pd.DataFrame, *, more: int, months: str) -> None:
    """What storing changes, and the button that does it."""
    if taken.empty:
        return
    st.subheader("What storing changes", anchor=False)
    also = f" {count(more, 'figure')} of the same places with them: {_TIED}" if more else ""
    st.markdown(plain(f"{count(len(taken), 'figure')} in force in a new version of the dataset; earlier versions and their plans stay.{also}"))
    layout.bullets(imaging.effects(taken, held.network))
    with st.form("accept_measured"):
        known = services.store().stored_dataset(ws.scope, ws.dataset).name
        name = st.text_input("Name of the new version", value=f"{known.split(', measured')[0]}, measured {months}"[:120], max_chars=120)
        if st.form_submit_button("Store as a new version", type="primary"):
            with layout.telling():
                stored = imaging.accept(ws.scope, ws.dataset, taken, name=name, on=pd.Timestamp.now().normalize())
                ws.drop_draft(_DRAFT)
                ws.choose(dataset=stored.id)
                ws.say_once(f'"{stored.name}" is stored and in use now: {count(len(taken), "measured figure")} in force.')
                st.rerun()


def _beside(rows: pd.DataFrame, held: Dataset, guard: bool) -> None:
    """The product of the factors, what is not offered, and what is for information."""
    pairs = shown.throughput(rows, held.network)
    if len(pairs):
        st.subheader("Examinations done in an hour of planned sessions", anchor=False)
        st.caption("Examinations an hour × slot utilisation × (1 − did not attend), measured and as in force.")
        layout.table(pairs, "measured_throughput", alt="Examinations done in an open hour, measured and assumed")
    rest = rows[~rows["offered"]]
    for title, part, file in (
        ("For information", rest[rest["why_not"].str.startswith("For information")], "measured_information"),
        ("Measured and not offered", rest[~rest["why_not"].str.startswith("For information")], "measured_not_offered"),
    ):
        if len(part):
            st.subheader(title, anchor=False)
            layout.table(shown.figure_table(part, held.network, guard=guard), file, alt=title, widths=_WIDTHS)
