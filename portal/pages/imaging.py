"""What was done, when, where, how long did it take?"""

import streamlit as st

from portal import imaging, services
from portal.parts import imaging_filters, imaging_views, layout
from portal.workspace import current

ws = current()
TITLE = "Imaging dataset"
ABOUT = "An imaging extract has one row for each examination: requested, booked, scanned, reported, on which scanner."


def main() -> None:
    """The page."""
    if not ws.dataset:
        layout.nothing(TITLE, None, ws, ("No network is loaded yet.", ABOUT), "Upload a network", "imaging")
        return
    held = services.dataset(ws.scope, ws.dataset)
    parts = imaging.parts(ws.scope, held.network)
    if not parts:
        layout.nothing(TITLE, held, ws, (f"No imaging extract is loaded for {held.network.title}.", ABOUT), "Upload an imaging extract", "imaging")
        return
    layout.context(TITLE, held, ws)
    answer = st.container()
    asked = imaging_filters.ask(held.network, parts)
    if not asked.of(parts):
        with answer:
            layout.answer("Nothing was sent for these months.")
        return
    with answer:
        layout.answer(imaging.answer(ws.scope, held.network, asked, parts))
    imaging_views.draw(imaging_views.Place(ws, held, asked, parts))
    layout.words("imaging")


main()
