"""Who changed what, when and why."""

from __future__ import annotations

import streamlit as st

from data.store import StoredDataset
from data.words import moment
from portal import history
from portal.parts import layout
from portal.workspace import Workspace


def show(ws: Workspace) -> None:
    """The stored versions, what one of them changed, and the changes of assumptions."""
    known = history.versions(ws.scope, ws.dataset)
    st.subheader("Versions of the data", anchor=False)
    layout.table(history.version_table(known), "versions", alt="Stored versions of the data", widths={"Version": 420, "Note": 260})
    if len(known) > 1:
        _compare(ws, known)
    st.subheader("Changes of assumptions", anchor=False)
    changed = history.assumption_changes(ws.scope, ws.dataset)
    if changed.empty:
        st.caption("No scenario of this version changes an assumption.")
    else:
        layout.table(changed, "assumption_changes", alt="Changes of assumptions", widths={"What it does": 420, "Reason": 260})


def _compare(ws: Workspace, known: list[StoredDataset]) -> None:
    ids = [d.id for d in known]
    names = {d.id: f"{moment(d.created)}: {d.name}" for d in known}
    left, right = st.columns(2)
    newer = left.selectbox("What changed in", ids[:-1], format_func=names.__getitem__, key=f"newer_{ids[0][:8]}")
    older = ids[ids.index(newer) + 1 :]
    against = right.selectbox("Against", older, format_func=names.__getitem__, key=f"older_{newer[:8]}")
    with layout.telling():
        said, figures, cells = history.what_changed(ws.scope, newer, against)
        layout.bullets(said)
        for frame, file, title in ((figures, "figures_changed", "Figures"), (cells, "cells_changed", "Network, assumptions and local files")):
            if len(frame):
                st.caption(title)
                layout.table(frame, file, alt=title)
