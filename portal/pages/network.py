"""What do we have, what do we assume, why, and who says so?"""

from pathlib import Path

import streamlit as st

from data.network import NETWORK_TABLES
from portal import services
from portal.charts import network as shown
from portal.charts.tables import assumption_groups, assumption_table
from portal.parts import change_form, history_view, layout, override_form
from portal.workspace import current

ws = current()
if not ws.dataset:
    layout.context("Network and assumptions", None, ws)
    layout.answer("No network is loaded yet.")
    st.page_link(Path(__file__).with_name("upload.py"), label="Upload a network")
    st.stop()
held = services.dataset(ws.scope, ws.dataset)
known = {c.id: c for c in services.choices(ws.scope, ws.dataset)}
start = services.choice(ws.scope, ws.dataset, ws.scenario)


def tables() -> None:
    """The network as it is declared, one table at a time."""
    names = {t.name: t for t in NETWORK_TABLES if not held.network[t.name].empty}
    name = st.selectbox("Table", list(names), format_func=lambda n: names[n].title, key="network_table", bind="query-params")
    st.caption(names[name].help)
    layout.table(shown.declared_table(held.network, names[name]), f"network_{name}", alt=names[name].help)


def rota() -> None:
    """Today's rota, with its basis."""
    with layout.telling():
        today = services.rota(ws.scope, ws.dataset)
        st.markdown(shown.rota_words(today))
        layout.bullets([f.sentence() for f in today.findings])
        layout.evidence(shown.rota(today, held.network), layout.source_of(held))


def assumed() -> None:
    """Assumptions by group as they hold under a scenario."""
    group = st.selectbox("Group", assumption_groups(), key="group", bind="query-params")
    rows = assumption_table(group, services.in_force(ws.scope, ws.dataset, start), held.network, start.scenario.changes)
    layout.table(rows, f"assumptions_{group}", alt=f"Assumptions: {group}", widths={"Assumption": 190, "Where": 170, "Unit": 110, "Reason": 330})


layout.context("Network and assumptions", held, ws, scenario=start.title)
layout.answer(shown.headline(held), shown.evidence_words(held))
ids = list(known)
chosen = st.selectbox("Scenario", ids, index=ids.index(start.id), format_func=lambda i: known[i].title, key=f"scenario_{start.id[:8]}")
if chosen != start.id:
    ws.choose(scenario=chosen)
    st.rerun()
VIEWS = {
    "Assumptions": assumed, "Change an assumption": lambda: change_form.ask(ws, held, start),
    "Override table": lambda: override_form.ask(ws, held, start), "Who changed what": lambda: history_view.show(ws),
    "Today's rota": rota, "Network tables": tables,
}  # fmt: skip
for tab, draw in zip(st.tabs(list(VIEWS), key="part", on_change="rerun", bind="query-params"), VIEWS.values(), strict=True):
    if tab.open:
        with tab:
            draw()
layout.words("network")
