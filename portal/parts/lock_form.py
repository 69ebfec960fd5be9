"""Locking decisions of a scenario: what is locked, one more, one fewer."""

from __future__ import annotations

from typing import Any

import streamlit as st

from data.dataset import Dataset
from data.network import Network
from data.scenario import LOCKS
from portal import forms, locks, services
from portal.parts import layout
from portal.workspace import Workspace

_DECISIONS = {
    "aid": "Mutual aid: patients one trust examines for another", "outsourced": "Outsourcing: examinations bought elsewhere",
    "insourced": "Insourcing: examinations bought in own rooms", "sessions": "Sessions a week", "mobile": "Where a mobile unit stands",
}  # fmt: skip
_COLUMNS = {
    "aid": ("organisation", "to_organisation", "test"), "outsourced": ("organisation", "test"), "insourced": ("organisation", "test"),
    "sessions": ("site", "asset_type", "session_type"), "mobile": ("mobile", "site"),
}  # fmt: skip


def ask(ws: Workspace, held: Dataset, start: services.Choice) -> None:
    """The locked decisions of a scenario, and a form for one more."""
    key = f"{start.id[:8]}_{ws.turn('lock')}"
    said = locks.sentences(start.scenario.locks, held.network)
    st.subheader("Locked decisions", anchor=False)
    st.caption("What you lock is kept, and everything else is planned around it." if said else "Nothing is locked: every decision is open.")
    layout.bullets(said)
    if said:
        _remove(ws, held, start, said, key)
    decision = st.selectbox("Lock a decision", list(_DECISIONS), format_func=_DECISIONS.__getitem__, key=f"lock_decision_{key}")
    with st.form(f"lock_{key}_{decision}"):
        cells = {"decision": decision} | _cells(decision, held.network, services.plan_weeks(held, start.scenario), f"{key}_{decision}")
        title = st.text_input("Name of the scenario", value=_name(start), max_chars=120, key=f"lock_name_{key}_{decision}")
        if st.form_submit_button("Save with this lock"):
            with layout.telling():
                _save(ws, locks.with_lock(start.scenario, cells, held, name=title), "A decision is locked")


def _cells(decision: str, network: Network, weeks: Any, key: str) -> dict[str, Any]:
    """What is locked, where, in which weeks, and at what."""
    cells: dict[str, Any] = {}
    for column, name in zip(st.columns(len(_COLUMNS[decision])), _COLUMNS[decision], strict=True):
        field = LOCKS.field(name)
        titles = network.titles(field.refers_to)
        known = network.allocated_tests if name == "test" else list(titles)
        index = min(1, len(known) - 1) if name == "to_organisation" else 0
        with column:
            cells[name] = st.selectbox(field.title, known, index, format_func=titles.__getitem__, key=f"lock_{name}_{key}", help=field.help)
    first, last, how, value = st.columns(4)
    for column, name, week in ((first, "from_week", weeks[0]), (last, "to_week", weeks[-1])):
        with column:
            cells[name] = forms.ask(LOCKS.field(name), key=f"lock_{name}_{key}", value=week.date())
    if decision == "mobile":
        with how:
            stands = st.selectbox("How", ("stands there", "does not stand there"), key=f"lock_stands_{key}")
        return cells | {"value": float(stands == "stands there")}
    if decision != "sessions":
        with how:
            cells["how"] = st.selectbox("How", list(locks.HOW), format_func=locks.HOW.__getitem__, key=f"lock_how_{key}")
    unit = "Sessions a week" if decision == "sessions" else "Patients a week"
    with value:
        cells["value"] = st.number_input(unit, min_value=0.0, step=1.0, format="%.10g", key=f"lock_value_{key}")
    return cells


def _remove(ws: Workspace, held: Dataset, start: services.Choice, said: list[str], key: str) -> None:
    left, right = st.columns([4, 1], vertical_alignment="bottom")
    which = left.selectbox("Remove a lock", range(len(said)), format_func=said.__getitem__, key=f"lock_remove_{key}")
    if right.button("Remove it", key=f"lock_remove_button_{key}"):
        with layout.telling():
            _save(ws, locks.without_lock(start.scenario, which, held, name=_name(start)), "A lock is removed")


def _name(start: services.Choice) -> str:
    return start.title if start.stored else f"{start.title}, with locks"


def _save(ws: Workspace, made: Any, reason: str) -> None:
    ws.choose(scenario=services.save_scenario(ws.scope, made, reason=reason).id)
    ws.drop_draft("lock")
    ws.say_once(f'"{made.name}" is saved.')
    st.rerun()
