"""A plan that is looked at: how it was made, and as files."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import pandas as pd
import streamlit as st

from data.dataset import Dataset
from data.plan import BY_TABLE, IN_TURN, Plan
from data.run import Run
from data.scenario import EMPHASES
from data.words import count, day, moment, number, percent
from portal import files
from portal.parts import layout, quick_view
from portal.workspace import Workspace


@dataclass(frozen=True, eq=False)
class Shown:
    """The plan that is looked at."""

    ws: Workspace
    held: Dataset
    run: Run
    plan: Plan

    @property
    def source(self) -> str:
        """Where the figures come from, for the line under a chart."""
        return f"{layout.source_of(self.held)} Plan made on {moment(self.run.finished)}."


def about(shown: Shown) -> None:
    """What the plan was made from, and how."""
    summary, made = shown.plan.summary, shown.plan.summary["provenance"]
    rows = [
        ("Scenario", made["scenario_name"]),
        ("Data", f"{made['network_title']}, to {day(made['data_date'])}"),
        ("Plan begins in the week of", day(made["first_monday"])),
        ("Length", count(summary["target"]["horizon_weeks"], "week")),
        ("Puts first", summary.get("emphasis", {}).get("title", EMPHASES[0].title)),
        ("Booking order", summary["booking_order"] + (": a lower bound for the share over six weeks" if summary["booking_order"] == IN_TURN else "")),
        ("Outcome of the search", summary["status"]), *quick_view.how_quick(summary), ("Allowed gap", percent(made["gap"], 2)),
        ("Time limit", f"{number(made['time_limit'])} seconds"),
        ("Seed", f"{made['seed']}"), ("Program version", made["code_version"]),
        ("Solver", f"{made['solver']} {made['solver_version']}, Pyomo {made['pyomo_version']}, {count(made['threads'], 'thread')}"),
        ("Dataset", made["dataset_id"][:16]), ("Scenario content", made["scenario_id"][:16]), ("Run", shown.run.id),
        ("Asked for by", shown.run.created_by),
    ]  # fmt: skip
    layout.small_table(pd.DataFrame(rows, columns=["What", "Value"]), "Provenance of the plan")
    st.subheader("How near to the best", anchor=False)
    stages = [(s["title"], number(s["value"]), number(s["bound"]), percent(s["gap"], 2)) for s in summary["stages"]]
    bounded = "No plan can be better than" if summary["booking_order"] == IN_TURN else "No plan with lists near these can be better than"
    layout.small_table(pd.DataFrame(stages, columns=["Goal, in order", "This plan", bounded, "Gap"]), "Goals of the search")
    check = [(order, f"{found['mean_points']:.2f}", f"{found['worst_points']:.2f}") for order, found in summary["list_check"].items()]
    layout.small_table(
        pd.DataFrame(check, columns=["Booking order", "Mean (points of the list)", "Worst (points of the list)"]),
        "Search against list model, over lists and month ends",
    )
    seconds = "; ".join(f"{name.replace('_', ' ')} {number(value, 1)}" for name, value in summary["seconds"].items())
    size = "; ".join(f"{name} {number(value)}" for name, value in summary["size"].items() if isinstance(value, int | float))
    st.caption(f"Seconds: {seconds}. Size of the problem: {size}.")


def downloads(shown: Shown) -> None:
    """The plan as files."""
    run_id, scope = shown.run.id, shown.ws.scope
    st.markdown("The workbook holds the answers in sentences and every table; plan.json holds measures, statuses and provenance.")
    book, summary = partial(files.plan_workbook, scope, run_id), partial(files.plan_json, scope, run_id)
    with st.container(horizontal=True):
        st.download_button("Download plan.xlsx", book, "plan.xlsx", key="plan_xlsx", on_click="ignore", type="primary")
        st.download_button("Download plan.json", summary, "plan.json", "application/json", key="plan_json", on_click="ignore")
    name = st.selectbox("Table", list(BY_TABLE), format_func=lambda n: BY_TABLE[n].title, key="plan_table")
    st.caption(BY_TABLE[name].help)
    file = f"{name}.csv"
    table_csv = partial(files.plan_csv, scope, run_id, name)
    st.download_button(f"Download {file}", table_csv, file, "text/csv", key="plan_csv", on_click="ignore")
