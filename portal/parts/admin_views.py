"""The parts of the page for administrators."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from data.retention import RETENTION
from data.small_numbers import RULE
from data.store.retentions import HeldPart
from data.words import count, number
from portal import administration, services
from portal.parts import layout
from portal.theme import plain
from portal.workspace import Workspace

_EVERY = "every action"


def extracts(ws: Workspace, parts: Sequence[HeldPart], due: Sequence[HeldPart]) -> None:
    """What is held, what is due, and its removal."""
    if not parts:
        st.markdown("Nothing is held: no extract with rows of patients was stored, or all of them were purged.")
        return
    if due:
        st.subheader("Due to be purged", anchor=False)
        layout.table(administration.held_table(due), "extracts_due", alt="Extracts whose time is over")
        _purge(ws, due)
        st.subheader("Everything held", anchor=False)
    layout.table(administration.held_table(parts), "extracts_held", alt="Extracts of patients' rows that are held")


def _purge(ws: Workspace, due: Sequence[HeldPart]) -> None:
    with st.form(f"purge_{ws.turn('purge')}"):
        st.markdown(f"A purge removes {plain(administration.due_sentence(due))}. The record that they were loaded stays; the rows do not come back.")
        sure = st.checkbox("Remove these rows for good")
        if st.form_submit_button("Purge what is due"):
            if not sure:
                st.warning("Nothing was removed: tick the box first.")
                return
            with layout.telling():
                gone = services.store().purge(ws.scope, administration.now())
                ws.drop_draft("purge")
                ws.say_once(f"Purged {administration.due_sentence(gone)}.")
                st.rerun()


def terms(ws: Workspace) -> None:
    """How long each kind of extract is kept, and a form to keep it for another time."""
    layout.small_table(administration.term_table(ws.scope), alt="How long extracts are kept")
    st.subheader("Set another term", anchor=False)
    kind = st.selectbox("Kind of extract", list(RETENTION), format_func=lambda k: RETENTION[k].title, key="retention_kind")
    rule = services.store().retention(ws.scope)[kind]
    turn = f"{kind}_{rule.term}_{ws.turn('retention')}"
    with st.form(f"retention_{turn}"):
        term = st.number_input(f"Keep for ({rule.unit})", 1, rule.most, rule.term, 1, key=f"term_{turn}", help=f"From 1 to {rule.most:,}.")
        reason = st.text_area("Reason (required)", key=f"retention_reason_{turn}", max_chars=500, height=80)
        if st.form_submit_button("Set the term"):
            with layout.telling():
                changed = services.store().set_retention(ws.scope, kind, int(term), reason)
                ws.drop_draft("retention")
                ws.say_once(f"{changed.title}: kept for {changed.words}. The next purge follows this.")
                st.rerun()
    if known := services.store().retention_versions(ws.scope):
        st.subheader("Terms set so far", anchor=False)
        layout.table(administration.term_versions(known), "retention_terms", alt="Terms set so far, newest first")


def audit(ws: Workspace) -> None:
    """Whether the audit is whole, and who did what."""
    actions = services.store().audit_actions(ws.scope)
    rows = sum(actions.values())
    if not rows:
        st.markdown("Nothing has been done yet.")
        return
    if wrong := administration.chain_sentences(ws.scope):
        st.error("The audit is not whole: somebody changed or removed rows of it.")
        layout.bullets(wrong[:20])
    else:
        st.success("The audit is whole: every row follows the one before it, and everything that is stored has its row.")
    choices = {"": f"{_EVERY} ({number(rows)})"} | {action: f"{action} ({number(n)})" for action, n in actions.items()}
    action = st.selectbox("What was done", list(choices), format_func=choices.__getitem__, key="audit_action")
    shown, of = administration.audit_table(ws.scope, action), actions[action] if action else rows
    if of > len(shown):
        st.caption(f"The newest {number(len(shown))} of {count(of, 'row')}; the file holds all.")
    config = {"Details": st.column_config.TextColumn("Details", width=400)}
    st.dataframe(shown, hide_index=True, column_config=config, alt="Who did what, newest first", key="table_audit")
    st.download_button("Download as CSV", administration.audit_csv(ws.scope, action), "audit.csv", "text/csv", key="csv_audit", on_click="ignore")


def small_numbers() -> None:
    """The rule for small numbers in words."""
    st.markdown(plain(RULE))
    st.markdown(
        "It holds wherever counts made from rows of patients leave the portal or cross from one organisation to another. It never holds for the "
        "published monthly return, for results of the model, or for money."
    )
