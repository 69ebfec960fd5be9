"""What is looked at on the page Capacity and how it is worked out, all of it in the address."""

from __future__ import annotations

import streamlit as st

from data.network import Network
from portal import services
from portal.capacity import BASES, EVENTS, ROOMS, Asked
from portal.lists_ahead import Lists
from portal.workspace import Workspace

_PERCENT = "%.10g"


def filters(held: Lists, network: Network) -> tuple[str, str]:
    """Ask which lists are looked at: organisation and test, empty = all."""
    left, right, _ = st.columns([1, 1, 1])
    holders, present = (set(held.rows[column].unique()) for column in ("organisation", "test"))
    organisations = {"": "All"} | {o: t for o, t in network.short_titles("organisations").items() if o in holders}
    tests = {"": "All"} | {m: t for m, t in network.titles("tests").items() if m in present}
    with left:
        organisation = _one("Trust", organisations, "trust")
    with right:
        test = _one("Test", tests, "test")
    return organisation, test


def settings(ws: Workspace, organisation: str, test: str) -> Asked:
    """Ask for variants and factors."""
    first, second, third, fourth = st.columns(4)
    with first:
        _scenario(ws)
        event = _one("A list breaks at", EVENTS, "event", help="Its target share over six weeks, its sustainable size, or whichever comes first")
    with second:
        basis = _one("Sustainable list from", BASES, "basis", help="Where the safety factor comes from: the target wait over the mean wait aimed at")
        late, factor = 5.0, 4.0
        if basis == "late":
            late = _number("Late share (%)", 0.2, 90.0, late, 0.5, "late", "Share of patients who may wait six weeks or more")
        if basis == "factor":
            factor = _number("Safety factor", 1.0, 8.0, factor, 0.5, "factor", "The published toolkit takes 4 to 6")
    with third:
        room = _one("Room for weeks that vary", ROOMS, "room", help="Target capacity by the queueing formula, or a percentile of weekly demand")
        spread = _number(
            "Weekly variation", 1.0, 50.0, 1.0, 0.5, "spread", "Variance of weekly demand over its mean; 1 = Poisson, the least there can be"
        )
    with fourth:
        weeks = int(_number("Weeks to clear in", 1, 156, 26, 1, "weeks", "Weeks in which what is beyond the sustainable list is to be cleared"))
        change = _number("Change of slots (%)", -50.0, 200.0, 0.0, 1.0, "change", "For the day on which each list comes within its sustainable size")
    first, second = st.columns([1, 3], vertical_alignment="bottom")
    with first:
        urgent = _number(
            "Kept for urgent (%)", 0.0, 90.0, 0.0, 5.0, "urgent", "Share of demand for which slots are ring-fenced; 0 = one list for all"
        )
    with second:
        released = bool(urgent) and bool(
            st.toggle("Kept slots that are free 7 days before are released", key="capacity_released", bind="query-params")
        )
    return Asked(
        organisation=organisation, test=test, basis=basis, late=late, factor=factor, weeks=weeks, room=room, spread=spread, urgent=urgent,
        released=released, change=change, event=event,
    )  # fmt: skip


def _scenario(ws: Workspace) -> None:
    """Choose the scenario whose assumptions hold; its levers and locks play no part, as nothing is changed."""
    choices = services.choices(ws.scope, ws.dataset)
    now = services.choice(ws.scope, ws.dataset, ws.scenario)
    ids = [c.id for c in choices]
    titles = {c.id: c.title for c in choices}
    chosen = st.selectbox(
        "Assumptions of", ids, index=ids.index(now.id), format_func=titles.__getitem__, key=f"capacity_scenario_{now.id[:8]}",
        help="Its changed assumptions hold; its levers and locks do not, as nothing is changed here",
    )  # fmt: skip
    if chosen != now.id:
        ws.choose(scenario=chosen)
        st.rerun()


def _one(label: str, titles: dict[str, str], key: str, help: str | None = None) -> str:
    return str(st.selectbox(label, list(titles), format_func=titles.__getitem__, key=f"capacity_{key}", bind="query-params", help=help))


def _number(label: str, least: float, most: float, default: float, step: float, key: str, help: str) -> float:
    formatted = _PERCENT if isinstance(least, float) else None
    return float(st.number_input(label, least, most, default, step, format=formatted, key=f"capacity_{key}", bind="query-params", help=help))
