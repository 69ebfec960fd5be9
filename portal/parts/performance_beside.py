"""Views of the page of performance that look beyond one list's own past: improvement plans, everybody else, and cancer waiting times."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from data.local_tables import FASTER_DIAGNOSIS, PLANNED_MEASURES, STANDARDS
from data.words import month
from portal import cancer_waits, peers, trajectories
from portal.charts import cancer_waits as cancer_drawn
from portal.charts import peers as peers_drawn
from portal.charts import trajectories as plans_drawn
from portal.parts import layout
from portal.parts.performance_controls import Place
from portal.theme import plain

_ALL = "all"


def plans(at: Place) -> None:
    """Lists against their improvement plans: those behind first, then one of them month by month."""
    scope, dataset_id, network = at.ws.scope, at.ws.dataset, at.held.network
    with st.spinner("Projecting the lists"):
        rows = trajectories.standing(scope, dataset_id)
    if rows.empty:
        st.markdown("No improvement plan is loaded. Load one on the page Upload: a table of organisation, test, month, measure and planned value.")
        return
    source = trajectories.source(scope, dataset_id)
    st.subheader(plain(trajectories.headline(scope, dataset_id)), anchor=False)
    layout.table(plans_drawn.standing_table(rows, network), "improvement_plans", alt=trajectories.headline(scope, dataset_id))
    st.caption(plain(source))
    tests, trusts = network.titles("tests"), network.short_titles("organisations")
    names = {
        f"{r.organisation}_{r.test}_{r.measure}": f"{tests.get(r.test, r.test)} at {trusts.get(r.organisation, r.organisation)}, "
        f"{PLANNED_MEASURES[r.measure][:1].lower()}{PLANNED_MEASURES[r.measure][1:]}" for r in rows.itertuples()
    }  # fmt: skip
    here = next((k for k, r in enumerate(rows.itertuples()) if (r.organisation, r.test) == (at.organisation, at.test)), 0)
    label = "Plan of" if len(names) > 1 else "Plan"
    chosen = st.selectbox(label, list(names), index=here, format_func=names.__getitem__, key=f"performance_plan_{at.file}")
    row = next(r for name, r in zip(names, rows.itertuples(), strict=True) if name == chosen)
    one = trajectories.one_list(scope, dataset_id, row.organisation, row.test, row.measure)
    layout.evidence(plans_drawn.one_list(one, row, network), source)


def compared(at: Place) -> None:
    """The chosen test's lists among those of everybody who is loaded."""
    scope, dataset_id, network = at.ws.scope, at.ws.dataset, at.held.network
    months = peers.comparable(scope, dataset_id)
    if at.test not in months:
        test = network.titles("tests")[at.test]
        st.markdown(plain(f"Nobody outside the network is loaded for {test}. The national files of the monthly return hold every organisation."))
        return
    columns = st.columns(3)
    with columns[0]:
        when = {f"{m:%Y-%m}": month(m) for m in months[at.test]}
        period = st.selectbox("Month", list(when), format_func=when.__getitem__, key=f"performance_month_{at.test}")
    with columns[1]:
        titles = peers.MEASURES
        measure = st.selectbox("Measure", list(titles), format_func=titles.__getitem__, key="performance_compared", bind="query-params")
    with columns[2]:
        among = {_ALL: "All that are loaded", **peers.groups(scope, dataset_id)}
        chosen = st.selectbox("Among", list(among), format_func=lambda code: plain(among[code]), key="performance_among")
    found = peers.peers(scope, dataset_id, at.test, pd.Timestamp(f"{period}-01"), str(measure), "" if chosen == _ALL else str(chosen))
    layout.evidence(peers_drawn.distribution(found, network), layout.source_of(at.held))


def cancer(at: Place) -> None:
    """How many were told within 28 days whether it is cancer, beside the lists over six weeks; treatment standards where they are loaded."""
    scope, dataset_id, network = at.ws.scope, at.ws.dataset, at.held.network
    standards = {s: cancer_waits.TITLES[s] for s in STANDARDS if cancer_waits.routes(scope, dataset_id, s)}
    if not standards:
        st.markdown("No cancer waiting times are loaded. Load the published provider extract on the page Upload, as a published table.")
        return
    left, right = st.columns(2)
    with left:
        first = list(standards).index(FASTER_DIAGNOSIS) if FASTER_DIAGNOSIS in standards else 0
        standard = str(st.selectbox("Standard", list(standards), index=first, format_func=standards.__getitem__, key="performance_standard"))
    with right:
        routes = {_ALL: "Every route", **cancer_waits.routes(scope, dataset_id, standard)}
        route = st.selectbox("Route", list(routes), format_func=lambda r: plain(routes[r]), key=f"performance_route_{standard}")
    rows = cancer_waits.beside_lists(scope, dataset_id, standard, "" if route == _ALL else str(route))
    if rows["share"].notna().any():
        words = "" if route == _ALL else routes[str(route)]
        layout.evidence(cancer_drawn.trend(rows, network, standard, words), cancer_waits.source(scope, dataset_id))
    else:
        st.markdown("No share can be stated: figures are withheld.")


VIEWS = {"Improvement plans": plans, "Compared": compared, "Cancer waits": cancer}
"""Tabs that join those of the page: title and view."""
