"""How is each trust and test doing: against the target, and against its own past?"""

from datetime import date

import pandas as pd
import streamlit as st

from data.dataset import Dataset
from portal import performance, position, services
from portal import performance_words as words
from portal.charts import exceptions
from portal.parts import layout, performance_controls, performance_views
from portal.workspace import current

ws = current()
TITLE = "Performance"
ABOUT = "This page charts the monthly return of each trust and test, and says which of them stand out."


def answer(held: Dataset, rows: pd.DataFrame, known: performance.Monthly) -> None:
    """The answer, then the lists that stand out."""
    network = held.network
    before = known.periods[-2] if len(known.periods) > 1 else known.periods[-1]
    said = [words.met(rows, network), position.furthest(held), words.since(rows, network, before), words.signalled(rows, network)]
    said.append(words.unsound(rows, network, known.periods[-1]))
    layout.answer(position.headline(held), *said)
    shown = rows[rows["exception"]]
    st.header("Exceptions first", anchor=False)
    st.html(exceptions.exceptions(shown if len(shown) else rows, network, exceptions.caption(shown, rows, layout.source_of(held))))
    with st.expander("Every list: table and download"):
        layout.table(exceptions.standing_table(rows, network), "performance_lists", alt="How every list stands")


def main() -> None:
    """The page."""
    if not ws.dataset:
        layout.nothing(TITLE, None, ws, ("No network is loaded yet.", ABOUT), "Upload a network", "performance")
        return
    held = services.dataset(ws.scope, ws.dataset)
    if not held.has_history:
        said = (f"No monthly return is loaded for {held.network.title}.", ABOUT)
        layout.nothing(TITLE, held, ws, said, "Upload the monthly returns", "performance")
        return
    layout.context(TITLE, held, ws)
    top = st.container()
    st.header("One list", anchor=False)
    known = performance.monthly(ws.scope, ws.dataset)
    stored = performance_controls.stored_rebases(ws, held)
    place, below = st.container(), st.container()
    with below:
        settings = performance_controls.ask_settings()
    rows = performance.standing(ws.scope, ws.dataset, settings, performance_controls.keys(stored))
    with top:
        answer(held, rows, known)
    with place:
        organisation, test = performance_controls.ask_list(held, known, performance.worst(rows, known))
    chosen = known.position(organisation, test)
    title = words.list_title(organisation, test, held.network)
    today = pd.Timestamp(date.today())
    performance_views.draw(performance_controls.Place(ws, held, known, settings, stored, organisation, test, chosen, title, today))
    layout.words("performance")


main()
