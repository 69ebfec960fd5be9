"""Are we meeting six weeks, where not, and what is waiting for a decision?"""

from pathlib import Path

import streamlit as st

from data.dataset import Dataset
from portal import position, results, services
from portal.charts import lists
from portal.parts import layout
from portal.theme import plain
from portal.workspace import current

ws = current()
PLAN = Path(__file__).with_name("plan.py")


def nothing_loaded() -> None:
    """The empty portal: what to do first."""
    layout.context("Overview", None, ws)
    layout.answer("Nothing is loaded yet.", "Load an example network to look around, or upload your own network and monthly returns.")
    titles = services.example_titles()
    name = st.selectbox("Example network", list(titles), format_func=titles.__getitem__)
    if st.button("Load the example", type="primary"):
        ws.choose(dataset=services.load_example(ws.scope, name).id)
        st.rerun()
    st.page_link(Path(__file__).with_name("upload.py"), label="Upload files instead")


def newest_plan(held: Dataset) -> None:
    """The newest plan's headline, or the offer to make one."""
    st.header("The newest plan", anchor=False)
    changing, without_change = results.newest_plans(ws.scope, ws.dataset)
    working = results.working(ws.scope, ws.dataset)
    if changing:
        st.markdown(f"**{plain(changing.scenario_name)}**: {plain(results.answer(ws.scope, changing.run.id).headline)}")
    if without_change:
        st.markdown(f"**Without a change**: {plain(results.answer(ws.scope, without_change.run.id).headline)}")
    if shown := changing or without_change:
        st.page_link(PLAN, label="Open the plan", query_params=ws.address(run=shown.run.id))
    if not held.network.plannable:
        st.markdown("This network has no scanner, room or mobile unit: it is shown, not planned. Add them to the network workbook.")
    elif not changing and not working:
        st.markdown("The base plan may use every lever and changes no assumption; it takes about a minute.")
        if st.button("Make the base plan", type="primary"):
            with layout.telling():
                ws.choose(run=services.start_plan(ws.scope, services.choice(ws.scope, ws.dataset, "base").scenario).id)
                st.switch_page(PLAN, query_params=ws.address())
    for run in working:
        layout.follow(ws, run)


def main() -> None:
    """The page."""
    held = services.dataset(ws.scope, ws.dataset)
    layout.context("Overview", held, ws)
    if not held.has_history:
        layout.answer(f"No monthly return is loaded for {held.network.title}.", "Upload the provider workbooks, or fill in the sheet Activity.")
        st.page_link(Path(__file__).with_name("upload.py"), label="Upload the monthly returns", query_params=ws.address())
        return
    layout.answer(position.headline(held), position.furthest(held))
    newest_plan(held)
    st.header("Where the lists stand", anchor=False)
    st.caption(f"Share of each list that has waited six weeks or more, shaded where over the target. {plain(layout.source_of(held))}")
    layout.matrix(lists.standing(position.newest(held), held.network), "standing", alt=position.headline(held))
    tests = {"": "All tests"} | position.tests(held)
    test = st.selectbox("Test", list(tests), format_func=tests.__getitem__, key="overview_test", bind="query-params")
    drawn = lists.trend(position.trend(held, test), held.network, tests[test], position.one_target(held, test))
    layout.evidence(drawn, layout.source_of(held))
    st.header("Waiting for a decision", anchor=False)
    layout.bullets([*results.waiting_for(ws.scope, ws.dataset), *position.decisions(held)] or ["Nothing."])
    layout.words("overview")


if ws.dataset:
    main()
else:
    nothing_loaded()
