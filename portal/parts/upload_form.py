"""Choosing files, reading them, and deciding whether to store what they hold."""

from __future__ import annotations

import streamlit as st

from data.dataset import Dataset
from data.words import count
from portal import uploads
from portal.parts import layout
from portal.workspace import Workspace

RETURNS, NETWORK = "Monthly returns", "Network workbook"
_HINTS = {
    RETURNS: "The provider workbooks or the full extract as they were published (also .csv.gz, or a zip with one CSV): several months, in any order.",
    NETWORK: "One .xlsx workbook with a sheet for each table: download one below.",
}
_DRAFT = "upload"
_FAULTS = 10
"""Faults written out in full; the table below has all of them."""
_KEEP_HELP = "Where the workbook is of the same network. Off = take the history from the workbook's own sheet Activity."


def read(ws: Workspace, held: Dataset | None) -> uploads.Draft | None:
    """Ask for files and read them, each choice of files once."""
    kind = st.radio("What do you want to load?", [RETURNS, NETWORK] if held else [NETWORK], horizontal=True, key=f"upload_kind_{ws.turn(_DRAFT)}")
    keep = kind == NETWORK and held is not None and held.has_history and _keep_history()
    st.caption(_HINTS[kind])
    types = ["xls", "xlsx", "csv", "gz", "zip"] if kind == RETURNS else ["xlsx"]
    chosen = st.file_uploader(kind, type=types, accept_multiple_files=kind == RETURNS, key=f"upload_{kind}_{ws.turn(_DRAFT)}")
    files = [(f.name, f.getvalue()) for f in (chosen if isinstance(chosen, list) else [chosen] if chosen else [])]
    if not files:
        return None
    key, kept = f"{uploads.key_of(files)}{keep}{ws.dataset}", ws.draft(_DRAFT)
    if kept is None or kept[0] != key:
        with st.spinner(f"Reading {count(len(files), 'file')}, each in a process of its own…"):
            kept = (key, _read(ws, kind, files, keep=keep))
        ws.keep_draft(_DRAFT, kept)
    return kept[1]


def _keep_history() -> bool:
    return st.toggle("Keep the loaded months", value=True, key="upload_keep", help=_KEEP_HELP)


def _read(ws: Workspace, kind: str, files: list[uploads.Upload], *, keep: bool) -> uploads.Draft:
    if kind == RETURNS:
        return uploads.read_returns(ws.scope, ws.dataset, files)
    return uploads.read_network(ws.scope, ws.dataset, files[0], keep_history=keep)


def decide(ws: Workspace, draft: uploads.Draft) -> None:
    """What was found, and the offer to store it."""
    st.header("What was found", anchor=False)
    if draft.refused:
        st.error(f"Nothing was stored: {count(len(draft.findings.refusals), 'fault')} to mend. Correct the files and upload them again.")
        layout.bullets([f.sentence() for f in draft.findings.refusals[:_FAULTS]])
    st.subheader("The files", anchor=False)
    layout.bullets(draft.sentences)
    if draft.effects:
        st.subheader("What storing does" if draft.made else "What is there already", anchor=False)
        layout.bullets(draft.effects)
    if draft.findings:
        st.subheader("Every finding", anchor=False)
        layout.findings(draft.findings)
    if draft.made is None:
        return
    with st.form("accept"):
        name = st.text_input("Name of the new dataset", value=draft.name, max_chars=120, key=f"upload_name_{draft.key[:12]}")
        note = st.text_input("Note (optional)", max_chars=300, key=f"upload_note_{draft.key[:12]}")
        if st.form_submit_button("Store and use these data", type="primary"):
            with layout.telling():
                stored = uploads.accept(ws.scope, draft, name=name, note=note)
                ws.drop_draft(_DRAFT)
                ws.choose(dataset=stored.id)
                ws.say_once(f'"{stored.name}" {"was stored before and" if stored.already else "is stored and"} is in use now.')
                st.rerun()
