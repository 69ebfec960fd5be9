"""How do scenarios differ in inputs and results?"""

from pathlib import Path

import streamlit as st

from data.run import ALLOCATION
from portal import results, services
from portal.charts.tables import scenario_table
from portal.parts import comparison_view, layout, lock_form, plan_form
from portal.workspace import current

ws = current()
HERE = Path(__file__)
if not ws.dataset:
    layout.context("Scenarios", None, ws)
    layout.answer("Scenarios need data: load a network and its monthly returns first.")
    st.page_link(HERE.with_name("upload.py"), label="Upload files")
    st.stop()
held = services.dataset(ws.scope, ws.dataset)
known = {p.run.id: p for p in results.plans(ws.scope, ws.dataset)}


def stored() -> None:
    """Every scenario of these data, and what to do with it."""
    st.header("Scenarios of these data", anchor=False)
    choices = {c.id: c for c in services.choices(ws.scope, ws.dataset)}
    layout.table(scenario_table([(c.scenario, c.stored) for c in choices.values()]), "scenarios", alt="Scenarios of these data")
    first = list(choices).index(ws.scenario) if ws.scenario in choices else 0
    chosen = choices[st.selectbox("Scenario", list(choices), index=first, format_func=lambda i: choices[i].title, key=f"scenario_{ws.scenario[:8]}")]
    ready = held.has_history and held.network.plannable
    emphasis = plan_form.ask_emphasis(chosen) if ready else ""
    with st.container(horizontal=True, vertical_alignment="center"):
        if ready and st.button("Plan this scenario"):
            with layout.telling():
                made = services.variant(chosen.scenario, dict(chosen.scenario.levers), chosen.scenario.weeks, emphasis)
                ws.choose(other=services.start_plan(ws.scope, made).id)
                st.rerun()
        address = ws.address(scenario=chosen.id) | {"part": "Change an assumption"}
        st.page_link(HERE.with_name("network.py"), label="Change an assumption on top of it", query_params=address)
    if ready:
        lock_form.ask(ws, held, chosen)


layout.context("Scenarios", held, ws)
top = st.container()
working = results.working(ws.scope, ws.dataset, ALLOCATION)
for run in working:
    layout.follow(ws, run)
if len(known) > 1:
    left, right = comparison_view.choose(ws, known)
    comparison_view.draw(ws, held, top, known[left], known[right])
else:
    with top:
        layout.answer("Two plans are needed to compare." if not working else "The plans are being computed; they will stand side by side here.")
        layout.bullets(["Change an assumption, save it as a scenario and plan it, or plan one of the scenarios below."] if not working else [])
stored()
layout.words("scenarios")
