"""Whom to recruit, train and keep over five years, at what cost, or else what?"""

from pathlib import Path

import streamlit as st

from data.dataset import Dataset
from data.run import Run
from portal import results, services, workforce_reading
from portal.parts import layout, workforce_form, workforce_views
from portal.theme import plain
from portal.workspace import current

ws = current()
TITLE = "Workforce"


def result(held: Dataset, run: Run) -> None:
    """A plan."""
    said = workforce_reading.answer(ws.scope, run.id)
    layout.answer(said.headline, said.more)
    workforce_form.pick(ws, run)
    workforce_views.draw(workforce_views.Shown(ws, held, run, services.workforce_plan(ws.scope, run.id)))


def unfinished(run: Run) -> None:
    """A run without a plan: how far it is, or why there is none."""
    name = results.scenario_name(ws.scope, run)
    if run.ended:
        layout.answer(f"{name}: there is no workforce plan.")
        st.error(plain(f"The run is {layout.STATES[run.state]}. {run.message}"))
    else:
        layout.answer(f"{name}: five years are being planned.", "You may leave this page; the computation goes on.")
        layout.follow(ws, run)
    workforce_form.pick(ws, run)


def main(held: Dataset) -> None:
    """The page."""
    run = services.run(ws.scope, ws.workforce) if ws.workforce else workforce_reading.newest_run(ws.scope, ws.dataset)
    planned = run is not None and results.has_plan(ws.scope, run)
    layout.context(TITLE, held, ws, scenario=results.scenario_name(ws.scope, run) if run else "", run=run if planned else None)
    missing = workforce_reading.missing(held)
    if run is None:
        layout.answer("These data cannot be planned yet." if missing else "No workforce plan yet for these data: have five years planned.")
        layout.bullets(missing)
    elif planned:
        result(held, run)
    else:
        unfinished(run)
    if not missing:
        st.header("Plan five years", anchor=False)
        layout.bullets(workforce_reading.poorer(held))
        workforce_form.ask(ws)
    layout.words("workforce")


if ws.dataset:
    main(services.dataset(ws.scope, ws.dataset))
else:
    layout.context(TITLE, None, ws)
    layout.answer("A workforce plan needs data: load a network and its monthly returns first.")
    st.page_link(Path(__file__).with_name("upload.py"), label="Upload files")
