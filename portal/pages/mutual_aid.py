"""Who has room, who is short, in which weeks, within what travel, and who would benefit, before any plan?"""

from pathlib import Path

import streamlit as st

from portal import lists_ahead, mutual_aid, services
from portal import mutual_aid_words as words
from portal.parts import layout, mutual_aid_views
from portal.workspace import current

ws = current()
TITLE = "Mutual aid"
PLAN = Path(__file__).with_name("plan.py")


def main() -> None:
    """The page."""
    held = services.dataset(ws.scope, ws.dataset)
    chosen = services.choice(ws.scope, ws.dataset, ws.scenario)
    if not held.has_history:
        said = f"No monthly return is loaded for {held.network.title}.", "Demand and lists are forecast from monthly returns."
        layout.nothing(TITLE, held, ws, said, "Upload the monthly returns", "mutual_aid")
        return
    if not held.network.plannable:
        said = f"No scanner or room is known of {held.network.title}.", "Who has room is told by sessions."
        layout.nothing(TITLE, held, ws, said, "Upload the network workbook", "mutual_aid")
        return
    layout.context(TITLE, held, ws, scenario=f"assumptions of {chosen.title}, nothing else changed")
    with st.spinner("Forecasting demand and lists"):
        lists = lists_ahead.lists(ws.scope, ws.dataset, chosen.id)
    assumptions = services.in_force(ws.scope, ws.dataset, chosen)
    answer, choice, evidence = st.container(), st.container(), st.container()
    with choice:
        wanted = mutual_aid_views.settings(lists, assumptions)
    found = mutual_aid.aid(ws.scope, ws.dataset, chosen.id, wanted)
    with answer:
        layout.answer(*words.answer(found, held.network))
        st.page_link(PLAN, label="Plan with aid beside sessions, mobile units and what can be bought", query_params=ws.address())
    with evidence:
        test = mutual_aid_views.test_looked_at(found, held)
        mutual_aid_views.draw(mutual_aid_views.Shown(held, found, test))
    st.header("How this is worked out", anchor=False)
    layout.bullets(words.method_words(wanted))
    layout.words("mutual_aid")


if ws.dataset:
    main()
else:
    layout.nothing(TITLE, None, ws, ("Mutual aid needs data: load a network and its monthly returns first.", ""), "Upload files", "mutual_aid")
