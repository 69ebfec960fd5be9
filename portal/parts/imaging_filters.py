"""The filters of the imaging dataset, all of them in the address."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from data.network import Network
from data.words import month
from portal.imaging import SOURCE_TITLES, Asked, Part

_KEYS = ("trust", "site", "test", "source", "from", "to")


def ask(network: Network, held: Sequence[Part]) -> Asked:
    """Ask what to look at; each choice stands in the address under its own name."""
    sent = {p.organisation for p in held}
    trusts = {"": "All"} | {o: t for o, t in network.short_titles("organisations").items() if o in sent}
    months = sorted({p.month for p in held})
    columns = iter(st.columns(len(_KEYS)))
    organisation = _one(next(columns), "Trust", trusts, "trust")
    owned = {s: t for s, t in network.short_titles("sites").items() if network.owner[s] in ({organisation} if organisation else sent)}
    site = _one(next(columns), "Site", {"": "All"} | owned, "site")
    test = _one(next(columns), "Test", {"": "All"} | network.titles("tests"), "test")
    source = _one(next(columns), "Source", {"": "All"} | SOURCE_TITLES, "source")
    first = _one(next(columns), "From", {"": "First"} | {m: month(m) for m in months}, "from")
    last = _one(next(columns), "To", {"": "Newest"} | {m: month(m) for m in months if m >= first}, "to")
    return Asked(organisation, site, test, source, first, last)


def _one(column: st.delta_generator.DeltaGenerator, label: str, titles: dict[str, str], key: str) -> str:
    with column:
        return str(st.selectbox(label, list(titles), format_func=titles.__getitem__, key=f"imaging_{key}", bind="query-params"))
