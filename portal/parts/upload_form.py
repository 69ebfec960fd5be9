"""Choosing files, reading them, saying what their names mean, and deciding whether to store what they hold."""

from __future__ import annotations

from datetime import date

import streamlit as st

from data.dataset import Dataset
from data.sources.mapping import ColumnMapping
from data.words import count
from portal import uploads
from portal.drafts import Draft, key_of
from portal.parts import layout
from portal.questions import NOT_THERE, OPEN, Question, answered, said
from portal.theme import plain
from portal.workspace import Workspace

_DRAFT = "upload"
_MAPPING = "upload_mapping"
_FAULTS = 10
"""Faults written out in full; the table below has all of them."""
_ASKED = 25
"""Questions on the page at once."""
_KEEP_HELP = "Where the workbook is of the same network. Off = take the history from the workbook's own sheet Activity."
_BASIS_HELP = (
    "The rows are of patients, if pseudonymised. Name the agreement, or the article of the law, under which your organisation may use them for "
    "planning. It is written into the audit."
)
_MEND_HELP = (
    "The two figures fit the other months once they are exchanged. What was sent stays in the file; the dataset says that they were exchanged, and "
    "by whom."
)


def read(ws: Workspace, held: Dataset | None) -> tuple[str, Draft] | None:
    """Ask for files and read them, each choice of files once; the kind of file and what they hold."""
    titles = {k.title: name for name, k in uploads.KINDS.items() if held or not k.needs_network}
    kind = titles[st.radio("What do you want to load?", list(titles), horizontal=True, key=f"upload_kind_{ws.turn(_DRAFT)}")]
    declared = uploads.KINDS[kind]
    keep = kind == "network" and held is not None and held.has_history and _keep_history()
    st.caption(declared.hint)
    chosen = st.file_uploader(
        declared.title, type=list(declared.types), accept_multiple_files=declared.several, key=f"upload_{declared.title}_{ws.turn(_DRAFT)}"
    )
    files = [(f.name, f.getvalue()) for f in (chosen if isinstance(chosen, list) else [chosen] if chosen else [])]
    if not files:
        return None
    told = ws.draft(_MAPPING)
    mapping = told[1] if told and told[0] == (kind, key_of(files)) else uploads.mapping_of(ws.scope, kind)
    key, kept = f"{key_of(files)}{kind}{keep}{ws.dataset}{mapping.content_id}", ws.draft(_DRAFT)
    if kept is None or kept[0] != key:
        with st.spinner(f"Reading {count(len(files), 'file')}, each in a process of its own…"):
            kept = (key, uploads.read(ws.scope, ws.dataset, kind, files, mapping, keep_history=keep))
        ws.keep_draft(_DRAFT, kept)
    return kind, kept[1]


def _keep_history() -> bool:
    return st.toggle("Keep the loaded months", value=True, key="upload_keep", help=_KEEP_HELP)


def decide(ws: Workspace, kind: str, draft: Draft) -> None:
    """What was found, what is still to be said, and the offer to store it."""
    st.header("What was found", anchor=False)
    if draft.refused:
        mend = "Say below what the names mean, or correct the files" if draft.questions else "Correct the files"
        st.error(f"Nothing was stored: {count(len(draft.findings.refusals), 'fault')} to mend. {mend} and upload them again.")
        layout.bullets([f.sentence() for f in draft.findings.refusals[:_FAULTS]])
    if draft.questions and draft.mapping is not None:
        _ask(ws, kind, draft, draft.mapping)
    st.subheader("The files", anchor=False)
    layout.bullets(draft.sentences)
    if not draft.preview.empty:
        with st.expander("Preview"):
            layout.table(draft.preview, "preview", alt="What the files hold")
    if draft.effects:
        st.subheader("What storing does" if draft.storable else "What is there already", anchor=False)
        layout.bullets(draft.effects)
    if not draft.differences.empty:
        st.subheader("What changes against the version in force", anchor=False)
        layout.table(draft.differences, "changes", alt=f"{len(draft.differences)} changes")
    if draft.findings:
        st.subheader("Every finding", anchor=False)
        layout.findings(draft.findings)
    if draft.storable:
        _accept(ws, kind, draft)
    if st.button("Put these files aside", help="Stores nothing of them."):
        _forget(ws)
        st.rerun()


def _ask(ws: Workspace, kind: str, draft: Draft, mapping: ColumnMapping) -> None:
    """Questions about names, needed ones first; the answers are remembered and the files read again."""
    questions = draft.questions
    needed = sum(q.needed for q in questions)
    st.subheader("What do these names mean?", anchor=False)
    st.caption(
        f"{count(needed, 'answer')} needed before the files can be stored. Answers are remembered for the next files of this kind."
        if needed else "Nothing here is needed. Answers are remembered for the next files of this kind."
    )  # fmt: skip
    with st.form("names"):
        answers = [(q, _answer(q, f"{mapping.content_id[:8]}_{ws.turn(_DRAFT)}")) for q in questions[:_ASKED]]
        if len(questions) > _ASKED:
            st.caption(f"{count(len(questions) - _ASKED, 'more question')} after these.")
        if st.form_submit_button("Remember and read again", type="primary"):
            with layout.telling():
                told = answered(mapping, answers)
                uploads.remember(ws.scope, told)
                ws.keep_draft(_MAPPING, ((kind, draft.key), told))
                st.rerun()


def _answer(question: Question, turn: str) -> str:
    """One question as a widget; its answer."""
    label, key = plain(question.words), f"ask_{question.key}_{turn}"
    if question.asked == "fixed" and not question.choices:
        when = st.date_input(label, value=None, max_value=date.today(), format="DD/MM/YYYY", key=key, help=question.help)
        return when.isoformat() if isinstance(when, date) else OPEN
    none = NOT_THERE if question.asked == "column" else "Choose"
    words = {OPEN: none, **question.choices}
    index = list(words).index(question.proposal) if question.proposal in words else 0
    chosen = st.selectbox(label, list(words), index=index, format_func=words.__getitem__, key=key, help=question.help or None)
    return str(chosen)


def _accept(ws: Workspace, kind: str, draft: Draft) -> None:
    """The form that stores what was read."""
    concerns = len(draft.findings.warnings)
    with st.form("accept"):
        if concerns:
            st.markdown(
                f"**{count(concerns, 'finding')} to decide on.** Storing accepts them: they stay with the data. To mend them, correct the file."
            )
        mends = [m for k, m in enumerate(draft.mends) if st.checkbox(plain(m.words), key=f"mend_{k}_{draft.key[:12]}", help=_MEND_HELP)]
        name = note = basis = ""
        if draft.made is not None:
            name = st.text_input("Name of the new dataset", value=draft.name, max_chars=120, key=f"upload_name_{draft.key[:12]}")
            about = "Note (optional)" if not concerns else "Note: why the findings are accepted (optional)"
            note = st.text_input(about, max_chars=300, key=f"upload_note_{draft.key[:12]}")
        if uploads.KINDS[kind].patients:
            basis = st.text_input(
                "By what right are these rows used? (required)", max_chars=300, key=f"upload_basis_{draft.key[:12]}", help=_BASIS_HELP
            )
        stored = "Store and use these data" if draft.made is not None else "Store these examinations"
        if st.form_submit_button(stored, type="primary"):
            with layout.telling():
                dataset_id, said = uploads.accept(ws.scope, draft, kind=kind, name=name, note=note, basis=basis, mends=mends)
                _forget(ws)
                if dataset_id:
                    ws.choose(dataset=dataset_id)
                ws.say_once(said)
                st.rerun()


def _forget(ws: Workspace) -> None:
    ws.drop_draft(_DRAFT)
    ws.drop_draft(_MAPPING)


def names(ws: Workspace, held: Dataset) -> None:
    """What was said about the names in files, and the offer to forget it."""
    told = {kind: mapping for kind in uploads.KINDS if not (mapping := uploads.mapping_of(ws.scope, kind)).is_empty}
    if not told:
        return
    st.header("Names that are remembered", anchor=False)
    for kind, mapping in told.items():
        title = uploads.KINDS[kind].title
        st.subheader(title, anchor=False)
        layout.table(said(mapping, held.network), f"names_{kind}", alt=f"Names remembered for {title}")
        if st.button("Forget these names", key=f"forget_{kind}", help="The next file of this kind asks again. Stored data stay as they are."):
            uploads.remember(ws.scope, ColumnMapping(mapping.source))
            ws.say_once(f"The names in {title[:1].lower()}{title[1:]} are forgotten.")
            st.rerun()
