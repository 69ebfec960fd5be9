"""The views of the page Demand: what is expected, why, the years after, how sure it is, and the planner's word."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from data.dataset import Dataset
from data.store import Scope
from data.words import count
from forecasting.forecast import CHANGES, METHOD
from portal import demand, services
from portal.charts import demand as drawn
from portal.charts.evidence import Evidence
from portal.demand import STREAM_TITLES, Asked, Expected
from portal.parts import change_form, layout
from portal.services import kept
from portal.theme import plain
from portal.workspace import Workspace

_KEPT = 48


@dataclass(frozen=True, eq=False)
class Views:
    """What is shown of one choice, worked out once.

    Attributes:
        answer: the answer, and what must be said at once.
        left_out: months that are left out, in a sentence.
        forecast, steps, fan: the charts.
        error: share by which this forecast would have missed three months ahead; NaN where too few months are loaded.
        origins: months taken as the last one for it.
        errors, unusual, profiles: tables.
    """

    answer: tuple[str, str]
    left_out: str
    forecast: Evidence
    steps: Evidence
    fan: Evidence
    error: float
    origins: int
    errors: pd.DataFrame
    unusual: pd.DataFrame
    profiles: pd.DataFrame


@kept(_KEPT)
def views(scope: Scope, dataset_id: str, scenario_id: str, asked: Asked) -> Views | None:
    """What is shown; None where nothing is looked at."""
    held, network = demand.expected(scope, dataset_id, scenario_id), services.dataset(scope, dataset_id).network
    if held is None or not held.chosen(asked).any():
        return None
    return Views(
        demand.answer(held, asked, network), demand.exchanged(held, asked, network), drawn.forecast(held, asked, network),
        drawn.steps(held, asked, network), drawn.fan(held, asked, network), demand.own_error(held, asked),
        int(demand.errors(held, asked)["origins"].max()) if len(held.errors) else 0, drawn.error_table(held, asked),
        drawn.unusual_table(held, asked, network), demand.profiles(held, asked, network),
    )  # fmt: skip


def ask(ws: Workspace, held: Dataset, expected: Expected) -> Asked:
    """Ask what is looked at; it stands in the address."""
    present = {column: set(expected.lists[column]) for column in ("organisation", "test")}
    organisations = {"": "All"} | {o: t for o, t in held.network.short_titles("organisations").items() if o in present["organisation"]}
    tests = {"": "All"} | {m: t for m, t in held.network.titles("tests").items() if m in present["test"]}
    columns = st.columns(4)
    titles = (("Trust", organisations, "organisation"), ("Test", tests, "test"), ("Demand", STREAM_TITLES, "stream"))
    found = []
    for column, (label, names, key) in zip(columns, titles, strict=False):
        with column:
            found.append(st.selectbox(label, list(names), format_func=names.__getitem__, key=f"demand_{key}", bind="query-params"))
    with columns[3]:
        _scenario(ws)
    return Asked(*map(str, found))


def _scenario(ws: Workspace) -> None:
    """Choose the scenario whose assumptions hold."""
    titles = {c.id: c.title for c in services.choices(ws.scope, ws.dataset)}
    now = services.choice(ws.scope, ws.dataset, ws.scenario).id
    chosen = st.selectbox(
        "Assumptions of", list(titles), index=list(titles).index(now), format_func=titles.__getitem__, key=f"demand_scenario_{now[:8]}"
    )
    if chosen != now:
        ws.choose(scenario=chosen)
        st.rerun()


def draw(held: Dataset, shown: Views, basis: str) -> None:
    """What is expected, why, and the years after it."""
    source = f"{layout.source_of(held)} Months of the year, working days and growth in common are from {basis}."
    if shown.left_out:
        st.warning(plain(shown.left_out))
    layout.evidence(shown.forecast, source)
    layout.evidence(shown.steps, source)
    st.header("Five to ten years", anchor=False)
    layout.evidence(shown.fan, f"{source} Growth of later years is an assumption: change it below.")


def sureness(shown: Views, basis: str) -> None:
    """How wrong it would have been, what stood out, and what all organisations have in common."""
    st.header("How sure is it?", anchor=False)
    if pd.notna(shown.error):
        st.markdown(plain(
            f"Forecasts of the loaded months, each made from the months before it, would have missed by {100 * shown.error:.1f}% of what happened, "
            f"trust by trust and test by test, three months ahead. Set against the plainest methods over {count(shown.origins, 'month')} taken as "
            "the last one:"
        ))  # fmt: skip
        layout.small_table(shown.errors, "Mean error of forecasts by method and months ahead")
    else:
        st.markdown("Too few months are loaded to say how wrong earlier forecasts would have been; the ranges are those of all providers in England.")
    if len(shown.unusual):
        st.subheader(f"{count(len(shown.unusual), 'figure')} stood out", anchor=False)
        st.caption("Each counted as if at the edge of what the months beside it allow. Exchanged columns can be mended where they are uploaded.")
        layout.table(shown.unusual, "demand_unusual", alt="Figures that stood out")
    with st.expander("What all organisations have in common, and how the forecast is made"):
        st.markdown(plain(METHOD))
        weeks = "The monthly return holds no weeks, so that their spread within a month cannot be checked against it"
        st.markdown(plain(f"From {basis}. {weeks}."))
        layout.small_table(shown.profiles, "Profile of each test")


def say_otherwise(ws: Workspace, held: Dataset) -> None:
    """Change what is expected, with a reason; saved as a scenario."""
    st.header("Do you know something the history does not?", anchor=False)
    st.markdown(
        "Population, guidelines, a new centre, pathways, or your own word over all of it: each change has its place, its weeks, its reason and its "
        "owner, is saved as a scenario, and becomes a step of its own above."
    )
    names = (*CHANGES, "long_run_growth", "national_growth_weight", "growth_spread", "yearly_spread", "older_month_weight")
    change_form.ask(ws, held, services.choice(ws.scope, ws.dataset, ws.scenario), names)
