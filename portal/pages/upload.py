"""Is my file right, what is wrong where, and shall it become current?"""

from functools import partial
from pathlib import Path

import streamlit as st

from data.dataset import Dataset
from data.words import count, day, moment
from portal import files, services
from portal.charts import network
from portal.parts import layout, upload_form
from portal.workspace import current

ws = current("planner")


def headline(held: Dataset | None) -> None:
    """What is loaded, in one sentence."""
    if held is None:
        layout.answer("No data are loaded. Begin with a network workbook, then add the monthly returns.")
    elif held.has_history:
        layout.answer(
            f"{count(len(held.activity.periods), 'month')} loaded, to {day(held.data_date)}.",
            "Add newer months and other files here, or replace the network.",
        )
    else:
        layout.answer(f"{held.network.title} has no history yet: add the monthly returns.")


def workbook(held: Dataset) -> None:
    """The network as a workbook, to fill in or to correct."""
    st.header("The network workbook", anchor=False)
    st.caption(
        "One sheet for each table, with a dictionary of every column. Fill it in, or correct it, and upload it here. Improvement plans are a table "
        "of their own: organisation, test, month, measure and planned value."
    )
    with st.container(horizontal=True):
        for words, empty in (("Download the network in use", False), ("Download an empty workbook", True)):
            file = f"network_{'empty' if empty else held.network.name}.xlsx"
            st.download_button(words, partial(files.network_workbook, ws.scope, ws.dataset, empty=empty), file, on_click="ignore")
        plan = partial(files.trajectory_template, ws.scope, ws.dataset)
        st.download_button("Download a table for improvement plans", plan, "improvement_plans.csv", "text/csv", on_click="ignore")


def loaded(held: Dataset) -> None:
    """The files behind the history, and the dataset in use."""
    st.header("What is loaded", anchor=False)
    layout.table(network.sources(held), "sources", alt="Files behind the history")
    if len(beside := network.local_sources(held)):
        st.subheader("Beside the history", anchor=False)
        layout.table(beside, "local_sources", alt="Local files behind lists by priority, provisional returns and other tables")
    names = {d.id: f"{d.name}, stored {moment(d.created)}" for d in services.store().datasets(ws.scope)}
    index = list(names).index(ws.dataset)
    chosen = st.selectbox("Dataset in use", list(names), index=index, format_func=names.__getitem__, key=f"use_{ws.dataset[:12]}")
    if chosen != ws.dataset:
        ws.choose(dataset=chosen)
        st.rerun()


def main(held: Dataset | None) -> None:
    """The page."""
    layout.context("Upload", held, ws)
    headline(held)
    if read := upload_form.read(ws, held):
        upload_form.decide(ws, *read)
    if held is not None:
        if held.has_history:
            st.page_link(Path(__file__).with_name("plan.py"), label="Go on to the allocation plan", query_params=ws.address())
        workbook(held)
        loaded(held)
        upload_form.names(ws, held)
    layout.words("upload")


main(services.dataset(ws.scope, ws.dataset) if ws.dataset else None)
