"""Asking for a plan: which scenario, what it may use, how long and how exactly."""

from __future__ import annotations

import streamlit as st

from data.run import Run
from data.scenario import EMPHASES, LEVERS
from data.words import moment
from portal import results, services
from portal.parts import layout
from portal.theme import plain
from portal.workspace import Workspace

_QUICK = (
    "Keeps that plan's places of mobile units and its choices of aid and purchases, chooses everything else anew, and says how far the answer can be "
    "from the best. Questions around the plan are left for when it is solved in full. Without such a plan, this one is solved in full."
)


def pick(ws: Workspace, run: Run) -> None:
    """Look at another plan of these data."""
    names = {p.run.id: f"{p.scenario_name}, {moment(p.run.created)}" for p in results.plans(ws.scope, ws.dataset)}
    if set(names) - {run.id}:
        ids = list(dict.fromkeys([run.id, *names]))
        chosen = st.selectbox("Plan shown", ids, key=f"pick_{run.id}", format_func=lambda i: names.get(i, "This run, without a plan"))
        if chosen != run.id:
            ws.choose(run=chosen)
            st.rerun()


def ask(ws: Workspace) -> None:
    """Choose a scenario, levers and length, and have it planned."""
    choices = services.choices(ws.scope, ws.dataset)
    start = services.choice(ws.scope, ws.dataset, ws.scenario)
    index = [c.id for c in choices].index(start.id)
    chosen = st.selectbox("Scenario", choices, index=index, format_func=lambda c: c.title, key=f"scenario_{start.id[:8]}")
    st.caption(plain(chosen.scenario.description))
    key = chosen.id[:8]
    with st.form(f"plan_{key}"):
        st.markdown("**What the plan may use**")
        columns = st.columns(3)
        levers = {}
        for i, lever in enumerate(LEVERS):
            now = chosen.scenario.levers[lever.name]
            levers[lever.name] = columns[i % 3].toggle(lever.title, value=now, help=lever.help, key=f"{lever.name}_{key}")
        emphasis = ask_emphasis(chosen)
        left, middle, right = st.columns(3)
        weeks = left.number_input("Weeks", 1, 156, chosen.scenario.weeks, key=f"weeks_{key}", help="Length of the plan")
        gap_help = "How far from the best possible plan is good enough. Smaller takes longer."
        gap = middle.number_input("Gap (%)", 0.0, 20.0, 1.0, 0.1, format="%.10g", key="gap", help=gap_help)
        limit = right.number_input("Time limit (seconds)", 10, 3600, 300, 10, key="limit", help="After this, the best plan found so far is taken.")
        earlier = results.to_start_from(ws.scope, chosen.scenario)
        quickly = st.checkbox("Quick answer, from the newest plan of as many weeks", value=earlier is not None, key=f"quick_{key}", help=_QUICK)
        if st.form_submit_button("Make the plan", type="primary"):
            with layout.telling():
                made = services.variant(chosen.scenario, levers, int(weeks), emphasis)
                near = results.to_start_from(ws.scope, made) if quickly and not results.solved_in_full(ws.scope, made) else None
                run = services.start_plan(ws.scope, made, gap=gap / 100, time_limit=float(limit), start_from=near.run.id if near else "")
                ws.choose(run=run.id, scenario=chosen.id)
                st.rerun()


def offer_in_full(ws: Workspace, run: Run) -> None:
    """What a quick answer is worth, and the plan solved in full one click away; nothing for a plan that was."""
    said = results.quick_in_words(ws.scope, run.id)
    if not said:
        return
    st.info(plain(said))
    if st.button("Solve in full", key="solve_in_full"):
        with layout.telling():
            scenario = services.scenario(ws.scope, run.scenario_id, run.dataset_id)
            asked = run.settings
            ws.choose(run=services.start_plan(ws.scope, scenario, gap=float(asked["gap"]), time_limit=float(asked["time_limit"])).id)
            st.rerun()


def ask_emphasis(chosen: services.Choice) -> str:
    """What the plan of a scenario puts first; returns its name."""
    titles = {e.name: e.title for e in EMPHASES}
    first = list(titles).index(chosen.scenario.emphasis)
    return str(
        st.radio(
            "What the plan puts first", list(titles), first, format_func=titles.__getitem__, captions=[e.help for e in EMPHASES],
            key=f"emphasis_{chosen.id[:8]}",
        )
    )  # fmt: skip
