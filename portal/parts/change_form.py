"""Changing one assumption, keeping the change as a scenario, and planning it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import streamlit as st

from data.assumptions import BY_NAME
from data.dataset import Dataset
from portal import changes, forms, results, services
from portal.parts import layout
from portal.theme import plain
from portal.workspace import Workspace

_SCENARIOS = Path(__file__).parents[1] / "pages" / "scenarios.py"
_ROWS = 8
"""More specific rows named at once."""


def ask(ws: Workspace, held: Dataset, start: services.Choice, names: Sequence[str] = tuple(BY_NAME)) -> None:
    """Ask for one change of one of these assumptions on top of a scenario; offer to plan a scenario that was saved."""
    if start.stored:
        _offer_to_plan(ws, start)
    name = st.selectbox("Assumption", names, format_func=lambda n: f"{BY_NAME[n].group}: {BY_NAME[n].title}", key="assumption")
    st.caption(BY_NAME[name].help)
    turn = f"{name}_{start.id[:8]}_{ws.turn('change')}"
    places = forms.ask_place(name, held.network, key=f"place_{turn}")
    stated = services.in_force(ws.scope, ws.dataset, start)
    value = changes.value_in_force(stated, name, places)
    if rows := changes.more_specific(stated, held.network, name, places):
        more = f" and {len(rows) - _ROWS} more" if len(rows) > _ROWS else ""
        st.info(f"A change here does not reach where a more specific row holds: {plain('; '.join(rows[:_ROWS]))}{more}.")
    with st.form(f"change_{turn}"):
        made = forms.ask_change(name, places, value, key=f"change_{turn}_{'_'.join(places.values())}")
        suggested = changes.suggested_name(start.scenario, name, places, held.network)
        title = st.text_input("Name of the scenario", value=suggested, max_chars=120, key=f"title_{turn}_{'_'.join(places.values())}")
        if st.form_submit_button("Save as scenario", type="secondary" if start.stored else "primary"):
            with layout.telling():
                scenario = changes.with_change(start.scenario, made, held, name=title, on=date.today())
                ws.choose(scenario=services.save_scenario(ws.scope, scenario, reason=made.reason).id)
                ws.drop_draft("change")
                ws.say_once(f'"{scenario.name}" is saved.')
                st.rerun()


def _offer_to_plan(ws: Workspace, start: services.Choice) -> None:
    """Plan a saved scenario, and the base plan too where nothing stands beside it yet."""
    st.markdown(f"**{plain(start.title)}.** {plain(start.scenario.description)}")
    if st.button("Plan again with this scenario", type="primary"):
        with layout.telling():
            others = [p.run.id for p in results.plans(ws.scope, ws.dataset) if p.run.scenario_id != start.id]
            beside = others[0] if others else services.start_plan(ws.scope, services.choice(ws.scope, ws.dataset, "base").scenario).id
            ws.choose(run=beside, other=services.start_plan(ws.scope, start.scenario).id)
            st.switch_page(_SCENARIOS, query_params=ws.address())
