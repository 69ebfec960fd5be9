"""The override table: another value at some places of one assumption, a blank keeping what is in force, saved as a scenario."""

from __future__ import annotations

from datetime import date

import pandas as pd
import streamlit as st

from data.assumption import Assumption
from data.assumptions import ASSUMPTIONS, BY_NAME, DECLARED
from data.dataset import Dataset
from data.words import count
from portal import changes, forms, services
from portal.overrides import IN_FORCE, OVERRIDE, STATED, changes_of, override_table
from portal.parts import layout
from portal.workspace import Workspace

_HEIGHT = 420


def ask(ws: Workspace, held: Dataset, start: services.Choice) -> None:
    """Ask for values at any number of places; what is left blank stays as it is."""
    names = [a.name for a in DECLARED if a.varies_by]
    name = st.selectbox("Assumption", names, format_func=lambda n: f"{BY_NAME[n].group}: {BY_NAME[n].title}", key="override_assumption")
    declared = BY_NAME[name]
    st.caption(f"{declared.help} Values are {declared.field().allowed()}. A blank keeps the value in force.")
    table = override_table(name, services.in_force(ws.scope, ws.dataset, start), held.network)
    turn = f"{name}_{start.id[:8]}_{ws.turn('override')}"
    with st.form(f"override_{turn}"):
        filled = _fill_in(table, declared, turn)
        common = _evidence(name, turn)
        suggested = changes.suggested_name(start.scenario, name, {}, held.network)
        title = st.text_input("Name of the scenario", value=suggested, max_chars=120, key=f"override_title_{turn}")
        if st.form_submit_button("Save as scenario"):
            with layout.telling():
                made_changes = changes_of(common, filled, held.network)
                scenario = changes.with_changes(start.scenario, made_changes, held, name=title, on=date.today())
                ws.choose(scenario=services.save_scenario(ws.scope, scenario, reason=common.reason).id)
                ws.drop_draft("override")
                ws.say_once(f'"{scenario.name}" is saved: another value in {len(made_changes):,} of {count(len(table), "place")}.')
                st.rerun()


def _fill_in(table: pd.DataFrame, declared: Assumption, turn: str) -> list[float]:
    """The table as an editor; what stands in its last column."""
    config = {
        IN_FORCE: st.column_config.NumberColumn(IN_FORCE, format="localized"),
        OVERRIDE: st.column_config.NumberColumn(OVERRIDE, min_value=declared.minimum, max_value=declared.maximum, help="A blank keeps it."),
        STATED: st.column_config.TextColumn(STATED, help="The place of the row the value in force comes from."),
    }  # fmt: skip
    fixed = [c for c in table.columns if c != OVERRIDE]
    height = min(_HEIGHT, 38 * len(table) + 40)
    filled = st.data_editor(table, hide_index=True, column_config=config, disabled=fixed, height=height, placeholder="", key=f"table_override_{turn}")
    return [float(value) for value in filled[OVERRIDE]]


def _evidence(name: str, turn: str) -> changes.Change:
    """Why the values should be others, and who says so; the same for each of them."""
    reason = st.text_area("Reason for these values (required)", key=f"override_reason_{turn}", max_chars=500, height=80)
    widgets = {}
    for column, field in zip(st.columns([2, 1, 2]), ("owner", "confidence", "source"), strict=True):
        with column:
            widgets[field] = forms.ask(ASSUMPTIONS.field(field), key=f"override_{field}_{turn}")
    return changes.Change(name, 0.0, reason or "", **widgets)
