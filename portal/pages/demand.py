"""How much will be asked for, how sure are we, and why?"""

import streamlit as st

from portal import demand, services
from portal.parts import demand_views, layout
from portal.workspace import current

ws = current()
TITLE = "Demand"
UPLOAD = "Upload the monthly returns"
ABOUT = "Demand is forecast from the monthly returns."


def main() -> None:
    """The page."""
    if not ws.dataset:
        layout.nothing(TITLE, None, ws, ("No network is loaded yet.", ABOUT), UPLOAD, "demand")
        return
    held = services.dataset(ws.scope, ws.dataset)
    chosen = services.choice(ws.scope, ws.dataset, ws.scenario)
    expected = demand.expected(ws.scope, ws.dataset, chosen.id)
    if expected is None:
        layout.nothing(TITLE, held, ws, (f"No monthly return is loaded for {held.network.title}.", ABOUT), UPLOAD, "demand")
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
