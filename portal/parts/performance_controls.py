"""What the page of performance asks: which list, and how limits are made. All of it stands in the address."""

from __future__ import annotations

from dataclasses import astuple, dataclass

import pandas as pd
import streamlit as st

from data.dataset import Dataset
from data.store.rebases import StoredRebase
from forecasting.signals import SCREENED, Settings
from portal import services
from portal.performance import Monthly, Rebase
from portal.theme import plain
from portal.workspace import Workspace

_SCREEN = f"Leave out moving ranges of {SCREENED} means or more"
_BEYOND = "Points beyond a limit count as near it"
_FIXED = {0: "All points of a phase", 12: "First 12 points", 18: "First 18 points", 24: "First 24 points"}


@dataclass(frozen=True, eq=False)
class Place:
    """Where a view is drawn.

    Attributes:
        ws, held: the session and its dataset.
        known: the lists by month.
        settings: how limits are made.
        stored: rebases in force.
        organisation, test: the list that was chosen.
        position: which list that is; None where the organisation holds none.
        title: of the list.
        today: the day.
    """

    ws: Workspace
    held: Dataset
    known: Monthly
    settings: Settings
    stored: tuple[StoredRebase, ...]
    organisation: str
    test: str
    position: int | None
    title: str
    today: pd.Timestamp

    @property
    def rebases(self) -> tuple[Rebase, ...]:
        """Rebases as limits are computed with them."""
        return keys(self.stored)

    @property
    def file(self) -> str:
        """Part of the names of files about the list."""
        return f"{self.organisation}_{self.test}"


def keys(stored: tuple[StoredRebase, ...]) -> tuple[Rebase, ...]:
    """Rebases without who decided them."""
    return tuple(sorted({Rebase(s.organisation, s.test, s.measure, s.month) for s in stored}, key=astuple))


def ask_settings() -> Settings:
    """Ask how limits are made."""
    with st.expander("How limits are made"):
        screen = st.toggle(_SCREEN, key="performance_screen", bind="query-params", help="Once, before limits are computed. Board papers do not.")
        beyond = st.toggle(_BEYOND, value=True, key="performance_beyond", bind="query-params", help="For two of three points near the same limit.")
        fixed = st.selectbox(
            "Limits come from", list(_FIXED), format_func=_FIXED.__getitem__, key="performance_fixed", bind="query-params",
            help="After an understood change, start a new phase below the control chart instead.",
        )  # fmt: skip
        st.caption(plain("These hold for every chart and judgement on this page."))
    return Settings(screen=bool(screen), beyond_is_near=bool(beyond), fix_after=int(fixed or 0) or None)


def ask_list(held: Dataset, known: Monthly, worst: tuple[str, str]) -> tuple[str, str]:
    """Ask which list to look at; the one furthest over its target unless another is chosen."""
    holders, held_tests = set(known.lists["organisation"]), set(known.lists["test"])
    trusts = {o: t for o, t in held.network.short_titles("organisations").items() if o in holders}
    tests = {m: t for m, t in held.network.titles("tests").items() if m in held_tests}
    left, right = st.columns(2)
    with left:
        trust = _one("Trust", trusts, worst[0], "performance_trust")
    with right:
        test = _one("Test", tests, worst[1], "performance_test")
    return trust, test


def _one(label: str, titles: dict[str, str], first: str, key: str) -> str:
    ids = list(titles)
    return str(st.selectbox(label, ids, index=ids.index(first), format_func=titles.__getitem__, key=key, bind="query-params"))


def stored_rebases(ws: Workspace, held: Dataset) -> tuple[StoredRebase, ...]:
    """Rebases of this network that are in force."""
    return tuple(services.store().rebases(ws.scope, held.network.name))
