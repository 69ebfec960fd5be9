"""The entry script: opens the workspace, offers the pages in groups, runs the one that was asked for. Run by `portal/asgi.py`."""

from pathlib import Path

import streamlit as st

from data.errors import NotFound
from portal import services
from portal.theme import STYLE, plain
from portal.workspace import Workspace, open_workspace

_PAGES = Path(__file__).resolve().parents[1] / "pages"

GROUPS = {
    "Now": {"overview": "Overview", "performance": "Performance", "mutual_aid": "Mutual aid"},
    "Data": {"upload": "Upload", "imaging": "Imaging dataset", "network": "Network and assumptions"},
    "Plan": {"demand": "Demand", "capacity": "Capacity", "plan": "Allocation plan", "workforce": "Workforce"},
    "Decide": {"scenarios": "Scenarios"},
    "Help": {"runs": "Runs", "admin": "Admin"},
}
"""Pages by group: file and title."""


def _settle(ws: Workspace) -> list[str]:
    """Look at the newest data where the address names none; says what the address named in vain."""
    missing = []
    if ws.dataset:
        try:
            ws.choose(dataset=services.store().stored_dataset(ws.scope, ws.dataset).id)
        except NotFound as error:
            missing.append(f"{error} The newest data are shown.")
            ws.choose(dataset="", scenario="", run="", other="", workforce="")
    for name in ("run", "other", "workforce"):
        try:
            if run_id := getattr(ws, name):
                of = services.run(ws.scope, run_id)
                ws.choose(**({"dataset": of.dataset_id, name: of.id, "scenario": ws.scenario} if name != "other" else {}))
        except NotFound as error:
            missing.append(str(error))
            ws.choose(**{name: ""})
    newest = services.store().newest_dataset(ws.scope)
    if not ws.dataset and newest:
        ws.choose(dataset=newest.id)
    return missing


def _sidebar(ws: Workspace, pages: dict[str, list[st.Page]]) -> None:
    with st.sidebar:
        with st.container(key="brand"):
            st.markdown("Sixweeks")
        for group, members in pages.items():
            st.markdown(f"**{group}**")
            for page in members:
                st.page_link(page, query_params=ws.address())
        st.divider()
        st.caption("Single-user mode: nobody signs in, and only this computer is served.")


st.set_page_config(page_title="Sixweeks", layout="wide", initial_sidebar_state=290)
st.html(STYLE)
workspace = open_workspace()
not_found = _settle(workspace)
pages = {
    group: [st.Page(_PAGES / f"{file}.py", title=title, url_path=file, default=file == "overview") for file, title in members.items()]
    for group, members in GROUPS.items()
}
asked_for = st.navigation(pages, position="hidden")
st.set_page_config(page_title=f"{asked_for.title} · Sixweeks")
_sidebar(workspace, pages)
for sentence in not_found:
    st.warning(plain(sentence))
asked_for.run()
