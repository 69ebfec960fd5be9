"""Who did what, what is held of patients' rows, and until when?"""

import streamlit as st

from portal import administration, services
from portal.parts import admin_views, layout
from portal.workspace import current

ws = current("admin")
parts = services.store().held_parts(ws.scope)
moment = administration.now()
due = [part for part in parts if part.ends <= moment]
layout.context("Admin", services.dataset(ws.scope, ws.dataset) if ws.dataset else None, ws)
layout.answer(administration.headline(parts, due))
VIEWS = {
    "Extracts held": lambda: admin_views.extracts(ws, parts, due), "How long they are kept": lambda: admin_views.terms(ws),
    "Who did what": lambda: admin_views.audit(ws), "Small numbers": admin_views.small_numbers,
}  # fmt: skip
for tab, draw in zip(st.tabs(list(VIEWS), key="admin_part", on_change="rerun", bind="query-params"), VIEWS.values(), strict=True):
    if tab.open:
        with tab:
            draw()
layout.words("admin")
