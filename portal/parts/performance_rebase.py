"""New limits from a month on: who decided so, when and why; and taking a decision back."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from data.store.rebases import StoredRebase
from data.words import moment, month
from portal import services
from portal.parts import layout
from portal.parts.performance_controls import Place
from portal.performance import MEASURES
from portal.theme import plain

_TURN = "rebase"


def of_list(at: Place, measure: str) -> list[StoredRebase]:
    """Decisions in force about one list and measure, the earliest month first."""
    own = [s for s in at.stored if (s.organisation, s.test, s.measure) == (at.organisation, at.test, measure)]
    return sorted(own, key=lambda s: (s.month, s.created))


def in_words(stored: list[StoredRebase]) -> str:
    """Decisions in force, for the line under a chart."""
    said = [f"from {month(s.month)} (by {s.created_by} on {moment(s.created)}: {s.reason.rstrip('.')})" for s in stored]
    return f" Limits are computed anew {'; '.join(said)}." if said else ""


def ask(at: Place, measure: str) -> None:
    """Ask for new limits, or to go on with the earlier ones."""
    with st.expander("Compute limits anew from a month"):
        st.markdown(
            "Only after a change that is known and understood, such as another scanner or another way of counting. There is no formula for it: the "
            "month, the reason, who decided and when are stored, and every chart shows them."
        )
        _start(at, measure)
        if own := [s for s in of_list(at, measure) if s.owner == at.ws.scope.organisation]:
            _withdraw(at, measure, own)
        _versions(at, measure)


def _start(at: Place, measure: str) -> None:
    taken = {s.month for s in of_list(at, measure)}
    months = [f"{p:%Y-%m}" for p in at.known.periods[:0:-1] if f"{p:%Y-%m}" not in taken]
    with st.form(f"rebase_{at.file}_{measure}_{at.ws.turn(_TURN)}"):
        start = st.selectbox("First month of the new limits", months, format_func=month)
        reason = st.text_area("Reason (required)", max_chars=500, height=80)
        if st.form_submit_button("Store the new limits"):
            with layout.telling():
                _save(at, measure, str(start), reason or "", withdrawn=False)
                at.ws.say_once(f"{at.title}: {MEASURES[measure].title.lower()} has new limits from {month(start)}.")
                st.rerun()


def _withdraw(at: Place, measure: str, own: list[StoredRebase]) -> None:
    with st.form(f"withdraw_{at.file}_{measure}_{at.ws.turn(_TURN)}"):
        start = st.selectbox("Take back the new limits from", [s.month for s in own], format_func=month)
        reason = st.text_area("Reason (required)", max_chars=500, height=80)
        if st.form_submit_button("Take them back"):
            with layout.telling():
                _save(at, measure, str(start), reason or "", withdrawn=True)
                at.ws.say_once(f"{at.title}: the limits from {month(start)} are taken back.")
                st.rerun()


def _save(at: Place, measure: str, start: str, reason: str, *, withdrawn: bool) -> None:
    services.store().save_rebase(
        at.ws.scope, at.held.network.name, at.organisation, at.test, measure, start, reason=reason, withdrawn=withdrawn
    )  # fmt: skip
    at.ws.drop_draft(_TURN)


def _versions(at: Place, measure: str) -> None:
    known = services.store().rebase_versions(at.ws.scope, at.held.network.name)
    rows = [
        (moment(s.created), s.created_by, month(s.month), "taken back" if s.withdrawn else "new limits", s.reason)
        for s in known if (s.organisation, s.test, s.measure) == (at.organisation, at.test, measure)
    ]  # fmt: skip
    if rows:
        layout.small_table(
            pd.DataFrame(rows, columns=["Decided", "By", "From", "What", "Reason"]), plain(f"Decisions about the limits of {at.title}")
        )
