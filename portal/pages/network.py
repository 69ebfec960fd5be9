"""What do we have, what do we assume, why, and who says so?"""

from datetime import date
from pathlib import Path

import streamlit as st

from data.assumptions import BY_NAME, DECLARED
from data.errors import Refused
from data.network import NETWORK_TABLES
from portal import changes, forms, layout, services
from portal.charts import network as shown
from portal.charts.tables import assumption_groups, assumption_table
from portal.theme import plain
from portal.workspace import current

ws = current()
SCENARIOS = Path(__file__).with_name("scenarios.py")
if not ws.dataset:
    layout.context("Network and assumptions", None, ws)
    layout.answer("No network is loaded yet.")
    st.page_link(Path(__file__).with_name("upload.py"), label="Upload a network")
    st.stop()
held = services.dataset(ws.scope, ws.dataset)
known = services.choices(ws.scope, ws.dataset)
start = services.choice(ws.scope, ws.dataset, ws.scenario)


def tables() -> None:
    """The network as it is declared, one table at a time."""
    names = {t.name: t for t in NETWORK_TABLES if not held.network[t.name].empty}
    name = st.selectbox(
        "Table",
        list(names),
        format_func=lambda n: names[n].title,
        key="network_table",
        bind="query-params",
        index=list(names).index("sites") if "sites" in names else 0,
    )
    st.caption(names[name].help)
    layout.table(shown.declared_table(held.network, names[name]), f"network_{name}", alt=names[name].help)


def rota() -> None:
    """Today's rota, with its basis."""
    try:
        today = services.rota(ws.scope, ws.dataset)
    except Refused as error:
        return layout.show_error(error)
    st.markdown(shown.rota_words(today))
    layout.bullets([f.sentence() for f in today.findings])
    layout.evidence(shown.rota(today, held.network), layout.source_of(held))


def assumed() -> None:
    """Assumptions by group as they hold under a scenario."""
    group = st.selectbox("Group", assumption_groups(), key="group", bind="query-params")
    layout.table(
        assumption_table(group, start.scenario.on(held.assumptions), held.network, start.scenario.changes),
        f"assumptions_{group}",
        alt=f"Assumptions: {group}",
    )


def change() -> None:
    """Change one assumption and keep the change as a scenario."""
    if ws.scenario and start.stored:
        st.success(f"{plain(start.title)}: {plain(start.scenario.description)}")
        if st.button("Plan again with this scenario", type="primary"):
            with layout.telling():
                before = services.plans(ws.scope, ws.dataset)
                new = services.start_plan(ws.scope, start.scenario)
                ws.choose(run=before[0].run.id if before else services.start_plan(ws.scope, known[0].scenario).id, other=new.id)
                st.switch_page(SCENARIOS, query_params=ws.address())
    name = st.selectbox("Assumption", [a.name for a in DECLARED], format_func=lambda n: f"{BY_NAME[n].group}: {BY_NAME[n].title}", key="assumption")
    st.caption(BY_NAME[name].help)
    turn = f"{name}_{start.id[:8]}_{ws.turn('change')}"
    places = forms.ask_place(name, held.network, key=f"place_{turn}")
    value = changes.value_in_force(held, start.scenario, name, places)
    if rows := changes.more_specific(held, start.scenario, name, places):
        st.info(f"A change here does not reach where a more specific row holds: {plain('; '.join(rows[:8]))}{' and more' if len(rows) > 8 else ''}.")
    with st.form(f"change_{turn}"):
        made = forms.ask_change(name, places, value, key=f"change_{turn}_{'_'.join(places.values())}")
        title = st.text_input(
            "Name of the scenario", placeholder=changes.suggested_name(start.scenario, name, places, made.value, held.network), key=f"title_{turn}"
        )
        if st.form_submit_button("Save as scenario", type="primary"):
            with layout.telling():
                title = title or changes.suggested_name(start.scenario, name, places, made.value, held.network)
                scenario = changes.with_change(start.scenario, made, held, name=title, on=date.today())
                ws.choose(scenario=services.save_scenario(ws.scope, scenario, reason=made.reason).id)
                ws.drop_draft("change")
                st.rerun()


layout.context("Network and assumptions", held, ws, scenario=start.title)
layout.answer(shown.headline(held), shown.evidence_words(held))
chosen = st.selectbox("Scenario", known, index=known.index(start), format_func=lambda c: c.title, key=f"scenario_{start.id[:8]}")
if chosen.id != start.id:
    ws.choose(scenario=chosen.id)
    st.rerun()
for tab, draw in zip(
    st.tabs(["Assumptions", "Change an assumption", "Today's rota", "Network tables"], key="view", on_change="rerun", bind="query-params"),
    (assumed, change, rota, tables),
    strict=True,
):
    if tab.open:
        with tab:
            draw()
layout.words("network")
