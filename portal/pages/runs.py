"""What is running, what has been computed, and what went wrong?"""

from pathlib import Path

import pandas as pd
import streamlit as st

from data.words import count, listed, moment, sentence_start
from portal import results, services
from portal.parts import layout
from portal.workspace import current

ws = current()
held = services.dataset(ws.scope, ws.dataset) if ws.dataset else None
layout.context("Runs", held, ws)
runs = results.runs(ws.scope)
tally = [
    count(sum(r.state == state for r in runs), f"plan {words}", f"plans {words}")
    for state, words in layout.STATES.items()
    if any(r.state == state for r in runs)
]
layout.answer(f"{sentence_start(listed(tally))}." if tally else "Nothing has been computed yet.")
for run in results.working(ws.scope):
    layout.follow(ws, run)
if runs:
    names = {r.id: results.scenario_name(ws.scope, r) for r in runs}
    frame = pd.DataFrame([
        (sentence_start(layout.STATES[r.state]), names[r.id], results.kind_of(ws.scope, r), moment(r.created),
         round(r.progress.seconds), r.message, r.created_by,
         moment(r.finished), r.reference, r.dataset_id[:8], r.id[:8])
        for r in runs
    ], columns=["State", "Scenario", "Answer", "Asked for", "Time (seconds)",
                "What happened", "By", "Ended", "Reference", "Dataset", "Run"])  # fmt: skip
    layout.table(frame, "runs", alt="Runs, newest first")
    planned = {r.id: r for r in runs if results.has_plan(ws.scope, r)}
    if planned:
        chosen = st.selectbox("Plan", list(planned), format_func=lambda i: f"{names[i]}, {moment(planned[i].created)}")
        st.page_link(Path(__file__).with_name("plan.py"), label="Open this plan", query_params={"dataset": planned[chosen].dataset_id, "run": chosen})
layout.words("runs")
