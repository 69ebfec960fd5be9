"""A declared field becomes the right widget: its title, unit, bounds, choices and help are not said again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from data.assumption import SCOPES
from data.assumptions import ASSUMPTIONS, BY_NAME
from data.fields import Field, Kind
from data.network import Network
from portal.changes import Change

EVERYWHERE = "everywhere"


def label(field: Field) -> str:
    """Title and unit of a field, and whether it may stay empty."""
    unit = f" ({field.unit})" if field.unit else ""
    return f"{field.title}{unit}"


def ask(field: Field, *, key: str, value: Any = None, network: Network | None = None) -> Any:
    """Ask for one value with the widget that suits its declaration; returns what the store would hold, or None where nothing is given.

    Args:
        field: the declaration.
        key: key of the widget.
        value: what to show first; None = the declared default.
        network: where the choices of a field that refers to another table come from.
    """
    first = field.default if value is None else value
    if field.refers_to and network is not None:
        titles = {"": EVERYWHERE} | network.titles(field.refers_to)
        return st.selectbox(label(field), list(titles), index=_index(list(titles), first), format_func=titles.__getitem__, key=key, help=_help(field))
    if field.choices:
        return st.selectbox(label(field), field.choices, index=_index(list(field.choices), first), key=key, help=_help(field))
    if field.kind is Kind.FLAG:
        return st.toggle(label(field), value=bool(first), key=key, help=_help(field))
    if field.kind is Kind.DATE:
        return st.date_input(label(field), value=first, format="DD/MM/YYYY", key=key, help=_help(field))
    if field.kind in (Kind.NUMBER, Kind.COUNT):
        return _ask_number(field, key, first)
    return st.text_input(label(field), value=first or "", key=key, help=_help(field), max_chars=500)


def _ask_number(field: Field, key: str, first: Any) -> float | int | None:
    kind = int if field.kind is Kind.COUNT else float
    least, most, start = (None if v is None or pd.isna(v) else kind(v) for v in (field.minimum, field.maximum, first))
    step = kind(1) if field.kind is Kind.COUNT or (most is not None and most > 100) else 0.01 if most is not None and most <= 1 else 0.1
    text_form = "%d" if kind is int else "%.10g"
    return st.number_input(label(field), min_value=least, max_value=most, value=start, step=step, format=text_form, key=key, help=_help(field))


def _help(field: Field) -> str:
    return f"{field.help} Allowed: {field.allowed()}.".strip()


def _index(options: list[Any], first: Any) -> int:
    return options.index(first) if first in options else 0


def ask_place(name: str, network: Network, *, key: str) -> dict[str, str]:
    """Where a change of an assumption holds: one selector for each thing the assumption varies by, side by side."""
    scopes = [s for s in SCOPES if s in BY_NAME[name].varies_by]
    if not scopes:
        return {}
    places = {}
    for column, scope in zip(st.columns(min(len(scopes), 4)), scopes, strict=False):
        with column:
            places[scope] = ask(ASSUMPTIONS.field(scope), key=f"{key}_{scope}", network=network)
    return {scope: value for scope, value in places.items() if value}


def ask_change(name: str, places: Mapping[str, str], in_force: float, *, key: str) -> Change:
    """The rest of a change: value, reason, owner and evidence. To stand inside a form."""
    declared = BY_NAME[name]
    value = ask(declared.field(), key=f"{key}_value", value=in_force)
    from_week = to_week = None
    if declared.by_week:
        left, right = st.columns(2)
        with left:
            from_week = ask(ASSUMPTIONS.field("from_week"), key=f"{key}_from")
        with right:
            to_week = ask(ASSUMPTIONS.field("to_week"), key=f"{key}_to")
    reason = st.text_area(
        "Reason (required)", key=f"{key}_reason", help="Why the value should be another. It is kept with the value.", max_chars=500, height=80
    )
    left, middle, right = st.columns([2, 1, 2])
    with left:
        owner = ask(ASSUMPTIONS.field("owner"), key=f"{key}_owner")
    with middle:
        confidence = ask(ASSUMPTIONS.field("confidence"), key=f"{key}_confidence")
    with right:
        source = ask(ASSUMPTIONS.field("source"), key=f"{key}_source")
    return Change(name, float(in_force if value is None else value), reason or "", dict(places), from_week, to_week, owner, confidence, source)
