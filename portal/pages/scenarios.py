"""How do scenarios differ in inputs and results?"""

from pathlib import Path

import pandas as pd
import streamlit as st

from portal import layout, services
from portal.charts import figures
from portal.theme import moment, plain
from portal.workspace import current

ws = current()
HERE = Path(__file__)
if not ws.dataset:
    layout.context("Scenarios", None, ws)
    layout.answer("Scenarios need data: load a network and its monthly returns first.")
    st.page_link(HERE.with_name("upload.py"), label="Upload files")
    st.stop()
held = services.dataset(ws.scope, ws.dataset)
known = {p.run.id: p for p in services.plans(ws.scope, ws.dataset)}


def sides() -> tuple[str, str]:
    """The two plans to compare: those of the address, else the newest two."""
    ids = list(known)
    right = ws.other if ws.other in known else next((i for i in ids if i != ws.run), ids[0])
    left = (
        ws.run
        if ws.run in known and ws.run != right
        else next((i for i in ids if i != right and known[i].scenario_name != known[right].scenario_name), ids[-1])
    )
    columns = st.columns(2)
    chosen = [
        column.selectbox(
            words, ids, index=ids.index(now), format_func=lambda i: f"{known[i].scenario_name}, {moment(known[i].run.created)}", key=f"{words}_{now}"
        )
        for column, words, now in zip(columns, ("This plan", "beside this plan"), (left, right), strict=True)
    ]
    if (ws.run, ws.other) != tuple(chosen):
        ws.choose(run=chosen[0], other=chosen[1])
    return chosen[0], chosen[1]


def comparison(left: str, right: str) -> None:
    """Inputs that differ, then results that differ."""
    found = services.compare(ws.scope, left, right)
    with top:
        layout.answer(found.headline)
        layout.bullets(found.caveats)
    names = [known[i].scenario_name for i in (left, right)]
    a, b = names if names[0] != names[1] else [f"{n} ({moment(known[i].run.created)})" for n, i in zip(names, (left, right), strict=True)]
    st.header("Inputs that differ", anchor=False)
    if found.inputs.empty:
        st.markdown("Nothing differs.")
    else:
        layout.small_table(found.inputs.set_axis(["Kind", "What", "Where", a, b, "Unit", "Reason"], axis=1), "Inputs that differ")
    st.header("Results that differ", anchor=False)
    st.caption(plain(f"Strictly in turn: a lower bound for the share over six weeks. {layout.source_of(held)}"))
    layout.small_table(figures.measures_table(found, a, b), "Results side by side")
    layout.evidence(figures.sides(found, held.network, a, b), layout.source_of(held))
    st.subheader("Cost", anchor=False)
    layout.small_table(figures.costs_table(found, a, b), "Cost by kind side by side")


def stored() -> None:
    """Every scenario of these data, and what to do with it."""
    st.header("Scenarios of these data", anchor=False)
    choices = services.choices(ws.scope, ws.dataset)
    rows = [(c.title, c.scenario.description, c.scenario.weeks, c.stored.version if c.stored else 1, c.stored.reason if c.stored else "", moment(c.stored.created) if c.stored else "built in",
             c.stored.created_by if c.stored else "") for c in choices]  # fmt: skip
    layout.table(
        pd.DataFrame(rows, columns=["Scenario", "What it does", "Weeks", "Version", "Reason", "Saved", "By"]),
        "scenarios",
        alt="Scenarios of these data",
    )
    chosen = st.selectbox("Scenario", choices, format_func=lambda c: c.title)
    with st.container(horizontal=True):
        if held.has_history and held.network.plannable and st.button("Plan this scenario", type="primary"):
            with layout.telling():
                ws.choose(other=services.start_plan(ws.scope, chosen.scenario).id)
                st.rerun()
        st.page_link(
            HERE.with_name("network.py"),
            label="Change an assumption on top of it",
            query_params=ws.address(scenario=chosen.id) | {"view": "Change an assumption"},
        )


layout.context("Scenarios", held, ws)
top = st.container()
if len(known) < 2:
    layout.answer(
        "Two plans are needed to compare: change an assumption, save it as a scenario, and plan it."
        if known
        else "Nothing is planned yet: make a plan, then a second one to compare."
    )
else:
    comparison(*sides())
for run in (r for r in services.runs(ws.scope, ws.dataset) if not r.ended):
    layout.follow(ws, run)
stored()
layout.words("scenarios")
