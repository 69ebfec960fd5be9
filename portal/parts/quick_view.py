"""A quick answer on a page: what it is worth, what it leaves out, and the plan solved in full one click away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from data.plan import Plan
from data.run import Run
from portal import results, services
from portal.parts import layout
from portal.theme import plain
from portal.workspace import Workspace


def offer_in_full(ws: Workspace, run: Run) -> None:
    """What a quick answer is worth, and the plan solved in full one click away; nothing for a plan that was."""
    said = results.quick_in_words(ws.scope, run.id)
    if not said:
        return
    st.info(plain(said))
    if st.button("Solve in full", key="solve_in_full"):
        with layout.telling():
            scenario = services.scenario(ws.scope, run.scenario_id, run.dataset_id)
            asked = run.settings
            ws.choose(run=services.start_plan(ws.scope, scenario, gap=float(asked["gap"]), time_limit=float(asked["time_limit"])).id)
            st.rerun()


def asked_in_full(plan: Plan, what: str) -> None:
    """Say of a quick answer that a question is left out."""
    if "quick" in plan.summary:
        st.caption(f"{what} is asked when the plan is solved in full.")


def how_quick(summary: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What a quick answer took, part by part of the problem, largest first."""
    if "quick" not in summary:
        return []
    steps = [f"Part {n}: {', then '.join(taken)}" for n, taken in enumerate(summary["quick"]["steps"], start=1)]
    return [("Started from the plan of", summary["quick"]["scenario"]), ("Steps of the quick answer", "; ".join(steps))]
