"""The views of the page Capacity: what breaks first, what would sustain or clear it, load week by week, and slots step by step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from data.assumptions import Assumptions
from data.dataset import Dataset
from data.words import count, day
from portal import capacity_steps
from portal.capacity import Asked, clearing
from portal.charts import capacity as drawn
from portal.lists_ahead import GROUPS, Lists, loads
from portal.parts import layout
from portal.theme import plain


@dataclass(frozen=True, eq=False)
class Shown:
    """What the views show: the dataset, the assumptions in force, its lists without a change, the choices, and what is said of each list."""

    held: Dataset
    assumptions: Assumptions
    lists: Lists
    asked: Asked
    rows: pd.DataFrame

    @property
    def source(self) -> str:
        """Where demand and slots come from, for the line under a chart."""
        rota = self.lists.rota
        derived = rota is not None and (rota.ordinary["basis"] == "derived").any()
        slots = (
            "recent activity" if rota is None else "today's rota, where nobody has stated it derived from recent activity" if derived else "the rota"
        )
        return f"{layout.source_of(self.held)} Demand: forecast from it for {count(len(self.lists.weeks), 'week')}. Slots: {slots}."


def breaks(at: Shown) -> None:
    """When and where."""
    layout.evidence(drawn.breaks(at.lists, at.rows, at.held.network), at.source)


def needed(at: Shown) -> None:
    """What would sustain or clear."""
    st.markdown(plain(clearing(at.lists, at.rows, at.asked)))
    layout.evidence(drawn.needed(at.lists, at.rows, at.held.network, at.asked), at.source)


def by_week(at: Shown) -> None:
    """Load week by week."""
    groups = GROUPS if at.lists.rota is not None else {key: title for key, title in GROUPS.items() if key != "site"}
    by = st.segmented_control(
        "By", list(groups), default="list", required=True, format_func=groups.__getitem__, key="capacity_by", bind="query-params"
    )  # fmt: skip
    if by == "site":
        st.caption(plain("No source says at which site a request will be examined: each list's demand is shared as its slots are."))
    found = loads(at.lists, at.lists.of(at.asked.organisation, at.asked.test), str(by or "list"))
    layout.evidence(drawn.load_grid(at.lists, found, at.held.network), at.source)


def slots(at: Shown) -> None:
    """How sessions become slots."""
    found = capacity_steps.places(at.lists, at.asked.organisation, at.asked.test)
    places = {p.key: p for p in found}
    if not places:
        st.markdown("No session is run for these lists: their slots are taken equal to recent activity.")
        return
    titles = dict(zip(places, capacity_steps.place_titles(found, at.held.network), strict=True))
    mondays = {"": f"Mean of {count(len(at.lists.weeks), 'week')}"} | {f"{w:%Y-%m-%d}": f"Week of {day(w)}" for w in at.lists.weeks}
    left, right = st.columns([2, 1])
    place = left.selectbox("Place", list(places), format_func=titles.__getitem__, key="capacity_place", bind="query-params")
    week = right.selectbox("Week", list(mondays), format_func=mondays.__getitem__, key="capacity_week", bind="query-params")
    taken = capacity_steps.steps(at.lists, at.assumptions, places[place], pd.Timestamp(week) if week else None)
    made = drawn.waterfall(taken, f"{titles[place]}, {mondays[week][:1].lower()}{mondays[week][1:]}")
    layout.evidence(made, at.source)
    layout.small_table(made.table, f"Steps from sessions to slots, {titles[place]}")


VIEWS: dict[str, Callable[[Shown], None]] = {"Breaks first": breaks, "Sustain or clear": needed, "Week by week": by_week, "Slots": slots}


def draw(at: Shown) -> None:
    """The tabs; only the one that is open is computed."""
    tabs = st.tabs(list(VIEWS), key="capacity_view", on_change="rerun", bind="query-params")
    for tab, view in zip(tabs, VIEWS.values(), strict=True):
        if tab.open:
            with tab, layout.telling():
                view(at)
