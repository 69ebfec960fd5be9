"""Without change, when and where does it break; what would sustain or clear it?"""

from pathlib import Path

import streamlit as st

from portal import capacity, lists_ahead, services
from portal.parts import capacity_form, capacity_views, layout
from portal.workspace import current

ws = current()
TITLE = "Capacity"
UPLOAD = Path(__file__).with_name("upload.py")


def main() -> None:
    """The page."""
    held = services.dataset(ws.scope, ws.dataset)
    chosen = services.choice(ws.scope, ws.dataset, ws.scenario)
    layout.context(TITLE, held, ws, scenario=f"assumptions of {chosen.title}, nothing else changed")
    if not held.has_history:
        layout.answer(f"No monthly return is loaded for {held.network.title}.", "Demand and lists are forecast from monthly returns.")
        st.page_link(UPLOAD, label="Upload the monthly returns", query_params=ws.address())
        return
    with st.spinner("Forecasting demand and lists"):
        lists = lists_ahead.lists(ws.scope, ws.dataset, chosen.id)
    answer, choice, evidence = st.container(), st.container(), st.container()
    with choice:
        organisation, test = capacity_form.filters(lists, held.network)
    st.header("How this is worked out", anchor=False)
    asked = capacity_form.settings(ws, organisation, test)
    layout.bullets(capacity.method_words(asked, lists.months))
    rows = capacity.judged(lists, asked)
    with answer:
        layout.answer(*capacity.answer(lists, rows, held.network, asked))
    with evidence:
        capacity_views.draw(capacity_views.Shown(held, services.in_force(ws.scope, ws.dataset, chosen), lists, asked, rows))
    layout.words("capacity")


if ws.dataset:
    main()
else:
    layout.context(TITLE, None, ws)
    layout.answer("Capacity needs data: load a network and its monthly returns first.")
    st.page_link(UPLOAD, label="Upload files")
