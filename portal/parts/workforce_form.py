"""Asking for a workforce plan: under whose assumptions, and how exactly."""

from __future__ import annotations

import streamlit as st

from data.run import WORKFORCE, Run
from data.words import moment
from portal import results, services
from portal.parts import layout
from portal.theme import plain
from portal.workspace import Workspace


def pick(ws: Workspace, run: Run) -> None:
    """Look at another workforce plan of these data."""
    names = {p.run.id: f"{p.scenario_name}, {moment(p.run.created)}" for p in results.plans(ws.scope, ws.dataset, WORKFORCE)}
    if set(names) - {run.id}:
        ids = list(dict.fromkeys([run.id, *names]))
        chosen = st.selectbox("Plan shown", ids, key=f"pick_{run.id}", format_func=lambda i: names.get(i, "This run, without a plan"))
        if chosen != run.id:
            ws.choose(workforce=chosen)
            st.rerun()


def ask(ws: Workspace) -> None:
    """Choose a scenario and have five years planned."""
    choices = services.choices(ws.scope, ws.dataset)
    start = services.choice(ws.scope, ws.dataset, ws.scenario)
    with st.form("workforce"):
        index = [c.id for c in choices].index(start.id)
        chosen = st.selectbox(
            "Scenario", choices, index=index, format_func=lambda c: c.title, help="Its changed assumptions hold", key="workforce_scenario"
        )
        left, right = st.columns(2)
        gap = left.number_input("Gap (%)", 0.0, 20.0, 0.5, 0.1, format="%.10g", key="workforce_gap",
                                help="How far from the best possible plan is good enough. Smaller takes longer.")  # fmt: skip
        limit = right.number_input("Time limit (seconds)", 10, 3600, 120, 10, key="workforce_limit",
                                   help="After this, the best plan found so far is taken.")  # fmt: skip
        if st.form_submit_button("Plan five years", type="primary"):
            with layout.telling():
                run = services.start_workforce_plan(ws.scope, chosen.scenario, gap=gap / 100, time_limit=float(limit))
                ws.choose(workforce=run.id, scenario=chosen.id)
                st.rerun()
    st.caption(plain(chosen.scenario.description))
