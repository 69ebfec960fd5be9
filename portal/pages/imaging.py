"""What was done, when, where, how long did it take?"""

from pathlib import Path

import streamlit as st

from data.dataset import Dataset
from portal import imaging, services
from portal.parts import imaging_filters, imaging_views, layout
from portal.workspace import current

ws = current()
TITLE = "Imaging dataset"
UPLOAD = Path(__file__).with_name("upload.py")


def nothing(sentence: str, held: Dataset | None, link: str) -> None:
    """What to do first."""
    layout.context(TITLE, held, ws)
    layout.answer(sentence, "An imaging extract has one row for each examination: requested, booked, scanned, reported, on which scanner.")
    st.page_link(UPLOAD, label=link, query_params=ws.address())
    layout.words("imaging")


def main() -> None:
    """The page."""
    if not ws.dataset:
        nothing("No network is loaded yet.", None, "Upload a network")
        return
    held = services.dataset(ws.scope, ws.dataset)
    parts = imaging.parts(ws.scope, held.network)
    if not parts:
        nothing(f"No imaging extract is loaded for {held.network.title}.", held, "Upload an imaging extract")
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
