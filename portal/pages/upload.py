"""Is my file right, what is wrong where, and shall it become current?"""

from pathlib import Path

import streamlit as st

from portal import layout, services, uploads
from portal.charts import network
from portal.theme import count, day, moment, plain
from portal.workspace import current

ws = current("planner")
held = services.dataset(ws.scope, ws.dataset) if ws.dataset else None
RETURNS, NETWORK = "Monthly returns", "Network workbook"


def read() -> uploads.Draft | None:
    """Ask for files and read them, each choice of files once."""
    kinds = [RETURNS, NETWORK] if held else [NETWORK]
    kind = st.radio("What do you want to load?", kinds, horizontal=True, key="upload_kind")
    several, turn = kind == RETURNS, ws.turn("upload")
    hint = "The provider workbooks as they were published: several months at once, in any order." if several else "One .xlsx workbook, as below."
    keep = not several and held is not None and held.has_history and st.toggle(
        "Keep the loaded months", value=True, key="upload_keep", help="Off = take the history from the workbook's own sheet Activity")  # fmt: skip
    st.caption(hint)
    types = ["xls", "xlsx"] if several else ["xlsx"]
    chosen = st.file_uploader(kind, type=types, accept_multiple_files=several, key=f"upload_{kind}_{turn}")
    files = [(f.name, f.getvalue()) for f in (chosen if isinstance(chosen, list) else [chosen] if chosen else [])]
    if not files:
        return None
    key, draft = f"{uploads.key_of(files)}{keep}{ws.dataset}", ws.draft("upload")
    if draft is None or draft[0] != key:
        with st.spinner(f"Reading {count(len(files), 'file')}, each in a process of its own…"):
            made = (
                uploads.read_returns(ws.scope, ws.dataset, files)
                if several
                else uploads.read_network(ws.scope, ws.dataset, files[0], keep_history=bool(keep))
            )
        ws.keep_draft("upload", draft := (key, made))
    return draft[1]


def decide(draft: uploads.Draft) -> None:
    """What was found, and the offer to store it."""
    st.header("What was found", anchor=False)
    if draft.refused:
        st.error(f"Nothing was stored: {count(len(draft.findings.refusals), 'fault')} to mend. Correct the files and upload them again.")
    layout.bullets(draft.sentences)
    if draft.findings:
        layout.findings(draft.findings)
    if draft.made is None:
        return
    with st.form("accept"):
        name = st.text_input("Name of the new dataset", value=draft.name, max_chars=120, key=f"upload_name_{draft.key[:12]}")
        note = st.text_input("Note (optional)", max_chars=300, key=f"upload_note_{draft.key[:12]}")
        if st.form_submit_button("Store and use these data", type="primary"):
            with layout.telling():
                stored = uploads.accept(ws.scope, draft, name=name, note=note)
                ws.drop_draft("upload")
                ws.choose(dataset=stored.id)
                ws.say_once(f'"{stored.name}" {"was stored before and" if stored.already else "is stored and"} is in use now.')
                st.rerun()


layout.context("Upload", held, ws)
if held is None:
    layout.answer("No data are loaded. Begin with a network workbook, then add the monthly returns.")
elif held.has_history:
    periods = held.activity.periods
    layout.answer(f"{count(len(periods), 'month')} are loaded, to {day(held.data_date)}.", "Add newer months here, or replace the network.")
else:
    layout.answer(f"{held.network.title} has no history yet: add the monthly returns.")
if draft := read():
    decide(draft)
st.page_link(Path(__file__).with_name("plan.py"), label="Go on to the allocation plan", query_params=ws.address(), disabled=held is None)
if held is not None:
    st.header("The network workbook", anchor=False)
    st.caption("One sheet for each table, with a dictionary of every column. Fill it in, or correct it, and upload it here.")
    with st.container(horizontal=True):
        for words, empty in (("Download the network in use", False), ("Download an empty workbook", True)):
            name = f"network_{'empty' if empty else plain(held.network.name)}.xlsx"
            st.download_button(words, lambda empty=empty: services.network_workbook(ws.scope, ws.dataset, empty=empty), name, on_click="ignore")
    st.header("What is loaded", anchor=False)
    layout.table(network.sources(held), "sources", alt="Files behind the history")
    known = services.store().datasets(ws.scope)
    index = next(i for i, d in enumerate(known) if d.id == ws.dataset)
    other = st.selectbox(
        "Dataset in use", known, index=index, format_func=lambda d: f"{d.name}, stored {moment(d.created)}", key=f"use_{ws.dataset[:12]}"
    )
    if other.id != ws.dataset:
        ws.choose(dataset=other.id)
        st.rerun()
layout.words("upload")
