"""Two plans side by side on a page: which two, what went in, what came out."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from data.dataset import Dataset
from data.words import count, listed, moment
from portal import drivers, results
from portal.charts import drivers as charts
from portal.charts import figures
from portal.parts import layout
from portal.theme import plain
from portal.workspace import Workspace

_Plans = dict[str, results.StoredPlan]


def choose(ws: Workspace, known: _Plans) -> tuple[str, str]:
    """The two runs to compare: those of the address, else the newest two of different scenarios."""
    ids = list(known)
    right = ws.other if ws.other in known else next(i for i in ids if i != ws.run)
    others = [i for i in ids if i != right]
    left = ws.run if ws.run in others else next((i for i in others if known[i].scenario_name != known[right].scenario_name), others[0])
    chosen = []
    for column, words, now in zip(st.columns(2), ("First plan", "Second plan"), (left, right), strict=True):
        chosen.append(column.selectbox(words, ids, index=ids.index(now), format_func=lambda i: title(known[i]), key=f"{words}_{now}"))
    if (ws.run, ws.other) != tuple(chosen):
        ws.choose(run=chosen[0], other=chosen[1])
    return chosen[0], chosen[1]


def title(plan: results.StoredPlan) -> str:
    """A plan as it is named in a list."""
    return f"{plan.scenario_name}, {moment(plan.run.created)}"


def draw(ws: Workspace, held: Dataset, top: DeltaGenerator, left: results.StoredPlan, right: results.StoredPlan) -> None:
    """The answer on top, then inputs that differ, then results that differ."""
    found = results.compare(ws.scope, left.run.id, right.run.id)
    same = left.scenario_name == right.scenario_name
    a, b = (title(p) if same else p.scenario_name for p in (left, right))
    if a == b:  # made in the same minute, as a quick answer and the same in full may be
        a, b = f"{a}, first plan", f"{b}, second plan"
    with top:
        layout.answer(found.headline)
        layout.bullets(found.caveats)
    st.header("Inputs that differ", anchor=False)
    if found.inputs.empty:
        st.markdown("Nothing differs.")
    else:
        inputs = found.inputs.set_axis(["Kind", "What", "Where", a, b, "Unit", "Reason or note"], axis=1)
        layout.small_table(inputs.loc[:, (inputs != "").any()], "Inputs that differ")
    st.header("Results side by side", anchor=False)
    st.caption(plain(f"Shares over six weeks are for the booking order each plan names. {layout.source_of(held)}"))
    layout.small_table(figures.measures_table(found, a, b), "Results side by side")
    layout.evidence(figures.sides(found, held.network, a, b), layout.source_of(held))
    st.subheader("Cost", anchor=False)
    layout.small_table(figures.costs_table(found, a, b), "Cost by kind side by side")
    _why(ws, held, left, right)


def _why(ws: Workspace, held: Dataset, left: results.StoredPlan, right: results.StoredPlan) -> None:
    """What each change between the two plans does, where the plans between them are known."""
    known = drivers.way(ws.scope, left.run.id, right.run.id)
    if not known.drivers:
        return
    st.header("Why they differ, step by step", anchor=False)
    if known.complete:
        measure = str(st.selectbox("Result", drivers.MEASURES, key="driver_measure", bind="query-params"))
        layout.evidence(charts.waterfall(drivers.steps(ws.scope, left.run.id, known, measure), measure), layout.source_of(held))
    elif known.missing:
        between = count(len(known.drivers) - 1, "plan")
        st.markdown(
            f"They differ in {count(len(known.drivers), 'thing')}: {listed([d.title for d in known.drivers])}. To tell what each of them does, "
            f"{between} between the two must be made; each takes over one change after another, and may be opened like any other plan."
        )
        if st.button("Make the plans between", key="ask_drivers"):
            with layout.telling():
                drivers.plan_between(ws.scope, known)
                st.rerun()
    else:
        st.markdown("The plans between them are being computed; the steps will stand here.")
