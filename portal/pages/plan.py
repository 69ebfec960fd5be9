"""What should we run, where, when, at what cost; what stops us doing better?"""

from pathlib import Path

import streamlit as st

from data.scenario import LEVERS
from portal import layout, plan_views, services
from portal.theme import count, moment, plain
from portal.workspace import current

ws = current()
if not ws.dataset:
    layout.context("Allocation plan", None, ws)
    layout.answer("A plan needs data: load a network and its monthly returns first.")
    st.page_link(Path(__file__).with_name("upload.py"), label="Upload files")
    st.stop()
held = services.dataset(ws.scope, ws.dataset)
known = services.plans(ws.scope, ws.dataset)
run = services.run(ws.scope, ws.run) if ws.run else known[0].run if known else None


def result() -> None:
    """The plan that is looked at, or why there is none."""
    if not services.has_plan(ws.scope, run):
        layout.answer(f"{services.scenario_name(ws.scope, run)}: {'is being computed' if not run.ended else 'there is no plan'}.")
        return layout.follow(ws, run) if not run.ended else st.error(plain(f"The run is {layout.STATES[run.state]}. {run.message}"))
    answer = services.answer(ws.scope, run.id)
    layout.answer(answer.headline)
    if run.message:
        st.warning(plain(run.message))
    layout.bullets(answer.missed)
    plan_views.draw(plan_views.Shown(ws, held, run, services.plan(ws.scope, run.id)))


def pick() -> None:
    """Other plans of these data."""
    options = {p.run.id: p for p in known}
    if len(options) > 1 or (options and run and run.id not in options):
        ids = list(options)
        chosen = st.selectbox("Plan shown", ids, index=ids.index(run.id) if run.id in options else None, key=f"pick_{run.id}",
                              format_func=lambda i: f"{options[i].scenario_name}, {moment(options[i].run.created)}")  # fmt: skip
        if chosen and chosen != run.id:
            ws.choose(run=chosen)
            st.rerun()


def ask() -> None:
    """Have another plan made."""
    st.header("Make a plan", anchor=False)
    choices = services.choices(ws.scope, ws.dataset)
    start = services.choice(ws.scope, ws.dataset, ws.scenario)
    chosen = st.selectbox("Scenario", choices, index=choices.index(start), format_func=lambda c: c.title, key=f"scenario_{start.id[:8]}")
    st.caption(plain(chosen.scenario.description))
    with st.form(f"plan_{chosen.id[:8]}"):
        st.markdown("**What the plan may use**")
        columns = st.columns(4)
        levers = {lever.name: columns[i % 4].toggle(lever.title, value=chosen.scenario.levers[lever.name], help=lever.help, key=f"{lever.name}_{chosen.id[:8]}")
                  for i, lever in enumerate(LEVERS)}  # fmt: skip
        left, middle, right = st.columns(3)
        weeks = left.number_input("Weeks", 1, 156, chosen.scenario.weeks, key=f"weeks_{chosen.id[:8]}", help="Length of the plan")
        gap = middle.number_input(
            "Gap (%)", 0.0, 20.0, 1.0, 0.1, key="gap", help="How far from the best possible plan is good enough. Smaller takes longer."
        )
        limit = right.number_input("Time limit (seconds)", 10, 3600, 300, 10, key="limit", help="After this, the best plan found so far is taken.")
        if st.form_submit_button("Make the plan", type="primary"):
            with layout.telling():
                made = services.variant(chosen.scenario, levers, int(weeks))
                ws.choose(run=services.start_plan(ws.scope, made, gap=gap / 100, time_limit=float(limit)).id, scenario=chosen.id)
                st.rerun()


layout.context(
    "Allocation plan",
    held,
    ws,
    scenario=services.scenario_name(ws.scope, run) if run else "",
    run=run if run and services.has_plan(ws.scope, run) else None,
)
if run:
    pick()
    result()
else:
    layout.answer(
        "There is no plan for these data yet: choose a scenario below and make one."
        if held.has_history
        else f"{count(0, 'month')} of history: add the returns first."
    )
if held.has_history and held.network.plannable:
    ask()
layout.words("plan")
