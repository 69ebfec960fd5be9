"""How much will be asked for, how sure are we, and why?"""

from pathlib import Path

import streamlit as st

from data.dataset import Dataset
from portal import demand, services
from portal.parts import demand_views, layout
from portal.workspace import current

ws = current()
TITLE = "Demand"
UPLOAD = Path(__file__).with_name("upload.py")


def nothing(sentence: str, held: Dataset | None) -> None:
    """What to do first."""
    layout.context(TITLE, held, ws)
    layout.answer(sentence, "Demand is forecast from the monthly returns.")
    st.page_link(UPLOAD, label="Upload the monthly returns", query_params=ws.address())
    layout.words("demand")


def main() -> None:
    """The page."""
    if not ws.dataset:
        nothing("No network is loaded yet.", None)
        return
    held = services.dataset(ws.scope, ws.dataset)
    chosen = services.choice(ws.scope, ws.dataset, ws.scenario)
    expected = demand.expected(ws.scope, ws.dataset, chosen.id)
    if expected is None:
        nothing(f"No monthly return is loaded for {held.network.title}.", held)
        return
    layout.context(TITLE, held, ws, scenario=f"assumptions of {chosen.title}")
    answer = st.container()
    asked = demand_views.ask(ws, held, expected)
    shown = demand_views.views(ws.scope, ws.dataset, chosen.id, asked)
    if shown is None:
        with answer:
            layout.answer("No month of this test is loaded for this trust.")
        return
    with answer:
        layout.answer(*shown.answer)
    demand_views.draw(held, shown, expected.months.basis)
    demand_views.sureness(shown, expected.months.basis)
    demand_views.say_otherwise(ws, held)
    layout.words("demand")


main()
