"""What should we run, where, when, at what cost; what stops us doing better?"""

from pathlib import Path

import streamlit as st

from data.dataset import Dataset
from data.run import Run
from portal import results, services
from portal.parts import layout, plan_form, plan_views, quick_view
from portal.parts.plan_about import Shown
from portal.theme import plain
from portal.workspace import current

ws = current()
TITLE = "Allocation plan"


def result(held: Dataset, run: Run) -> None:
    """The answers of the plan that is looked at, then the evidence."""
    answer = results.answer(ws.scope, run.id)
    layout.answer(answer.headline)
    if run.message:
        st.warning(plain(run.message))
    quick_view.offer_in_full(ws, run)
    layout.bullets(answer.missed)
    plan_form.pick(ws, run)
    plan_views.draw(Shown(ws, held, run, services.plan(ws.scope, run.id)))


def unfinished(run: Run) -> None:
    """A run without a plan: how far it is, or why there is none."""
    name = results.scenario_name(ws.scope, run)
    if run.ended:
        layout.answer(f"{name}: there is no plan.")
        st.error(plain(f"The run is {layout.STATES[run.state]}. {run.message}"))
    else:
        layout.answer(f"{name}: the plan is being computed.", "You may leave this page; the computation goes on.")
        layout.follow(ws, run)
    plan_form.pick(ws, run)


def nothing(held: Dataset) -> None:
    """No plan yet: what to do first."""
    ready = held.has_history and held.network.plannable
    layout.answer("There is no plan for these data yet: choose a scenario and make one." if ready else "These data cannot be planned yet.")
    layout.bullets([] if held.has_history else ["No monthly return is loaded: upload the provider workbooks."])
    layout.bullets([] if held.network.plannable else ["The network has no scanner, room or mobile unit: add them to the network workbook."])


def main(held: Dataset) -> None:
    """The page."""
    run = services.run(ws.scope, ws.run) if ws.run else results.newest_run(ws.scope, ws.dataset)
    planned = run is not None and results.has_plan(ws.scope, run)
    layout.context(TITLE, held, ws, scenario=results.scenario_name(ws.scope, run) if run else "", run=run if planned else None)
    if run is None:
        nothing(held)
    elif planned:
        result(held, run)
    else:
        unfinished(run)
    if held.has_history and held.network.plannable:
        st.header("Make a plan", anchor=False)
        plan_form.ask(ws)
    layout.words("plan")


if ws.dataset:
    main(services.dataset(ws.scope, ws.dataset))
else:
    layout.context(TITLE, None, ws)
    layout.answer("A plan needs data: load a network and its monthly returns first.")
    st.page_link(Path(__file__).with_name("upload.py"), label="Upload files")
