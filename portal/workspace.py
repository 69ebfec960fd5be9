"""What a session is looking at. The only file that touches the session's state and the address bar.

Ids stand in the address bar, so that a refresh, a second tab or a restarted server shows the same. The session remembers them only for pages
that are opened by an address without them, and holds drafts: what somebody is about to store, until it is stored or thrown away.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from data.errors import NotAllowed
from data.store import SINGLE_USER, Scope

IDS = ("dataset", "scenario", "run", "other", "workforce")
"""Names in the address: the dataset, the scenario to plan or change, the run shown, the run beside it, and the workforce plan shown."""

_MEMORY = "ids"
_OPEN = "workspace"
_TURN = "turn"
_RANK = {"viewer": 0, "planner": 1, "admin": 2}


@dataclass
class Workspace:
    """The ids a session looks at, and on whose behalf."""

    scope: Scope
    dataset: str = ""
    scenario: str = ""
    run: str = ""
    other: str = ""
    workforce: str = ""

    def choose(self, **ids: str) -> None:
        """Look at something else; goes into the address bar. A new dataset leaves what belongs to the old one behind."""
        if ids.get("dataset", self.dataset) != self.dataset:
            ids = dict.fromkeys(IDS[1:], "") | ids
        for name, value in ids.items():
            setattr(self, name, value)
        self._remember()

    def address(self, **ids: str) -> dict[str, str]:
        """Query parameters of a link that keeps what is looked at, with some ids replaced."""
        held = {name: getattr(self, name) for name in IDS} | ids
        return {name: value for name, value in held.items() if value}

    def require(self, role: str) -> None:
        """Refuse a page or an action to a lesser role.

        Raises:
            NotAllowed: the session's role is lesser.
        """
        if _RANK.get(self.scope.role, -1) < _RANK[role]:
            raise NotAllowed(f"This needs the role {role}; {self.scope.user} has the role {self.scope.role}.")

    def draft(self, name: str) -> Any:
        """What was kept under this name and is not stored yet, or None."""
        return st.session_state.get(f"draft_{name}")

    def keep_draft(self, name: str, value: Any) -> None:
        """Keep something until it is stored or thrown away."""
        st.session_state[f"draft_{name}"] = value

    def drop_draft(self, name: str) -> None:
        """Throw a draft away, and give its widgets new keys so that they start empty."""
        st.session_state.pop(f"draft_{name}", None)
        st.session_state[f"{_TURN}_{name}"] = self.turn(name) + 1

    def turn(self, name: str) -> int:
        """Part of the keys of a draft's widgets: another number each time the draft has been dropped."""
        return int(st.session_state.get(f"{_TURN}_{name}", 0))

    def say_once(self, sentence: str) -> None:
        """Keep a sentence for the next time a page is drawn."""
        st.session_state["said"] = sentence

    def said(self) -> str:
        """The sentence kept for this time, or an empty one."""
        return str(st.session_state.pop("said", ""))

    def _remember(self) -> None:
        held = self.address()
        st.session_state[_MEMORY] = held
        for name in IDS:
            if held.get(name):
                st.query_params[name] = held[name]
            elif name in st.query_params:
                del st.query_params[name]


def open_workspace() -> Workspace:
    """The workspace of this run of the script: from the address, else from what the session remembers. Called by the navigation only."""
    asked = {name: st.query_params[name] for name in IDS if st.query_params.get(name)}
    workspace = Workspace(SINGLE_USER, **(asked or st.session_state.get(_MEMORY, {})))
    workspace._remember()
    st.session_state[_OPEN] = workspace
    return workspace


def current(role: str = "viewer") -> Workspace:
    """The workspace the navigation opened; every page begins with this.

    Raises:
        NotAllowed: the page was reached past the navigation, or the role is lesser.
    """
    workspace = st.session_state.get(_OPEN)
    if not isinstance(workspace, Workspace):
        raise NotAllowed("Open the portal from its first page.")
    workspace.require(role)
    return workspace
