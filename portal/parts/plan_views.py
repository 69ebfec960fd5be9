"""The evidence behind a plan, one view for each question a planner asks of it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from data.plan import IN_TURN
from data.words import count
from portal import results, services
from portal.charts import figures, flows, frontier, grids, lists, reporting
from portal.parts import layout, quick_view
from portal.parts.plan_about import Shown, about, downloads

_STEPS = 6
"""Plans from the one shown to the cheapest."""

_LONGEST = 3600.0
"""Seconds a run may take."""


def _choose(shown: Shown, what: str, table: str, present: list[str]) -> str:
    titles = {i: t for i, t in shown.held.network.titles(table).items() if i in set(present)}
    return str(st.selectbox(what, list(titles), format_func=titles.__getitem__, key=f"plan_{table}", bind="query-params"))


def in_words(shown: Shown) -> None:
    """The plan in sentences, in two columns of about equal length; what to know before believing them below both."""
    answer = results.answer(shown.ws.scope, shown.run.id)
    sections = [(title, said) for title, said in answer.sections() if said is not answer.missed]
    *sections, before_use = sections
    columns, lengths = st.columns(2, gap="large"), [0, 0]
    for title, said in sections:
        i = lengths.index(min(lengths))
        lengths[i] += 120 + sum(map(len, said))
        with columns[i]:
            st.subheader(title, anchor=False)
            layout.bullets(said)
    title, said = before_use
    st.subheader(title, anchor=False)
    layout.bullets(said)


def waiting_lists(shown: Shown) -> None:
    """Met or not, and the lists week by week."""
    order = shown.plan.summary["booking_order"]
    bound = ": a lower bound. Real booking is not strictly in turn, so the true share can be higher, not lower" if order == IN_TURN else ""
    st.caption(f"Worst share over six weeks at the month ends that count, if patients are booked {order}{bound}.")
    layout.matrix(lists.met_matrix(shown.plan, shown.held.network), "met", "Worst share over six weeks by trust and test")
    _hard_to_book(shown)
    left, right = st.columns(2)
    with left:
        test = _choose(shown, "Test", "tests", list(shown.plan["waiting_list"]["test"].unique()))
    with right:
        names = {title: key for key, (title, _) in lists.MEASURES.items()}
        measure = names[st.selectbox("Measure", list(names), key="plan_measure", bind="query-params")]
    layout.evidence(lists.of_plan(shown.plan, shown.held.network, test, measure), shown.source)


def _hard_to_book(shown: Shown) -> None:
    """Lists on which somebody is late whom more capacity would not reach."""
    table = lists.hard_to_book_table(shown.plan, shown.held.network)
    if table.empty:
        return
    st.caption(
        "*Hard to book*: over six weeks at the last month end, and still so if the list were as short from the first week on as booking lead time "
        "keeps it. No number of scanners or sessions reaches these patients while lists are booked as in recent months; booking them by name does."
    )
    layout.table(table, "hard_to_book", alt="Lists with patients who are hard to book, most of them first")
    st.caption(shown.source)


def sessions(shown: Shown) -> None:
    """What runs where, beside today's rota."""
    plan, network = shown.plan, shown.held.network
    if plan["sessions"].empty:
        st.markdown("The plan runs no sessions, and today's rota has none.")
        return
    asset_type = _choose(shown, "Asset type", "asset_types", list(plan["sessions"]["asset_type"].unique()))
    changed = st.toggle("Only where the plan differs from today's rota", value=True, key="changed_only")
    layout.evidence(grids.sessions(plan, network, asset_type, changed_only=changed), shown.source)
    st.subheader("Sessions week by week", anchor=False)
    st.caption("Sessions in each week at every site; blue: more than today's rota, orange: fewer.")
    names = {"Site and session type": st.column_config.TextColumn(pinned=True)}
    st.dataframe(
        grids.sessions_by_week(plan, network, asset_type),
        hide_index=True,
        column_config=names,
        alt="Sessions by site and week",
        key="sessions_by_week",
    )


def mobile_units(shown: Shown) -> None:
    """Where mobile units stand."""
    if shown.held.network["mobiles"].empty:
        st.markdown("This network has no mobile unit.")
        return
    layout.evidence(flows.mobiles(shown.plan, shown.held.network), shown.source)
    quick_view.asked_in_full(shown.plan, "Why each unit stands where it stands")


def mutual_aid(shown: Shown) -> None:
    """Who helps whom, and what is bought from providers."""
    plan, network = shown.plan, shown.held.network
    present = [t for t in network.titles("tests") if t in set(plan["transfers"]["test"])]
    titles = {"": "All tests"} | {t: network.titles("tests")[t] for t in present}
    test = st.selectbox("Test", list(titles), format_func=titles.__getitem__, key="aid_test", bind="query-params")
    matrix = flows.aid_matrix(plan, network, test)
    if matrix is None:
        st.markdown("Nobody is examined at another trust.")
    else:
        st.subheader("Who helps whom", anchor=False)
        st.caption("Patients over the plan, from the trust whose list they are on (rows) to the trust that examines them (columns).")
        layout.matrix(matrix, "aid", "Patients by trust whose list they are on and trust that examines them")
        layout.table(flows.aid_routes(plan, network), "mutual_aid", alt="Who helps whom by site and test")
    st.subheader("Bought from providers", anchor=False)
    if plan["external"].empty:
        st.markdown("Nothing is bought from providers.")
    else:
        layout.table(flows.external(plan, network), "in_and_outsourcing", alt="Examinations bought from providers")
    st.caption(shown.source)


def staffing(shown: Shown) -> None:
    """Hours needed beside hours available."""
    if shown.plan["staffing"].empty:
        st.markdown("This network states no staff needs: staff do not limit the plan.")
        return
    organisation = _choose(shown, "Trust", "organisations", list(shown.plan["staffing"]["organisation"].unique()))
    layout.small_table(grids.staff_groups(shown.plan, shown.held.network, organisation), "Staff groups over the plan")
    layout.evidence(grids.staffing(shown.plan, shown.held.network, organisation), shown.source)
    st.subheader("Staff shared between trusts", anchor=False)
    if shown.plan["shared_staff"].empty:
        st.markdown("No trust lends staff to another in this plan.")
        return
    layout.table(flows.shared_staff(shown.plan, shown.held.network), "shared_staff", alt="Who lends staff to whom, by staff group")
    st.caption(shown.source)


def reports(shown: Shown) -> None:
    """Reports not yet written, and who writes them."""
    plan, network = shown.plan, shown.held.network
    if plan["reporting"].empty:
        st.markdown("This network states no time for reports: reports do not limit the plan.")
        return
    layout.small_table(reporting.by_trust(plan, network), "Reports by trust over the plan")
    layout.evidence(reporting.backlog(plan, network), shown.source)


def limits(shown: Shown) -> None:
    """What stops the plan from doing better."""
    table = figures.binding_limits(shown.plan)
    st.subheader(f"{count(len(table), 'limit')} used up in at least one week", anchor=False)
    st.caption(
        "*One more* is the most that one more unit in that week could be worth, in pounds of the weighted goals: an upper bound, and "
        "only for the first unit. It is comparable between limits of one plan, not between plans."
    )
    layout.table(table, "limits", alt="Limits that bind, those of most value first", widths={"Where": 430})
    st.caption(shown.source)
    more = figures.worth_of_more(shown.plan)
    if more.empty:
        quick_view.asked_in_full(shown.plan, "What a little more would bring")
        return
    st.subheader("What a little more would bring", anchor=False)
    st.caption(
        "Each was solved again around this plan: mobile units, aid and roles stay, sessions need not be whole, everything else is chosen anew. "
        "Patients over the target are those of the lists it touches, each at its worst month end. The change in cost leaves out the pay of "
        "the staff that is added."
    )
    layout.table(more, "worth", alt="What more of something would bring, most patients first", widths={"Where": 300})
    st.caption(shown.source)


def costs(shown: Shown) -> None:
    """What it costs."""
    layout.evidence(figures.costs(shown.plan), shown.source)
    quick_view.asked_in_full(shown.plan, "What each goal costs")


def cost_against_lateness(shown: Shown) -> None:
    """What less of the target would cost: shown where it was worked out, else offered."""
    if shown.plan["frontier"].empty:
        _offer_frontier(shown)
        return
    layout.evidence(frontier.cost_against_lateness(shown.plan), shown.source)
    said = shown.plan.summary["frontier"]
    left_out = (
        f"{count(said['left_out'], 'further plan')} came out no better than one of these in both, and is left out. " if said["left_out"] else ""
    )
    stopped = "The work was stopped on request: there may be steps between these." if said["status"] == "cancelled" else ""
    if left_out or stopped:
        st.caption(left_out + stopped)


def _offer_frontier(shown: Shown) -> None:
    st.markdown(
        f"This makes up to {_STEPS} plans in one run: this one, the cheapest, and steps between them, each the cheapest for its weight of the "
        f"target. It takes about {_STEPS} times as long as this plan did, can be stopped, and this plan comes out again among them."
    )
    if st.button("Work out cost against lateness", key="ask_frontier"):
        with layout.telling():
            scenario = services.scenario(shown.ws.scope, shown.run.scenario_id, shown.run.dataset_id)
            limit = min(_STEPS * float(shown.run.settings["time_limit"]), _LONGEST)
            run = services.start_plan(shown.ws.scope, scenario, gap=float(shown.run.settings["gap"]), time_limit=limit, frontier=_STEPS)
            shown.ws.choose(run=run.id)
            st.rerun()


VIEWS: dict[str, Callable[[Shown], None]] = {
    "In words": in_words, "Waiting lists": waiting_lists, "Sessions": sessions, "Mobile units": mobile_units, "Who helps whom": mutual_aid,
    "Staffing": staffing, "Reports": reports, "Limits": limits, "Cost": costs,
    "Cost against lateness": cost_against_lateness, "How it was made": about, "Downloads": downloads,
}  # fmt: skip
"""Tabs of the page, in reading order."""


def draw(shown: Shown) -> None:
    """The tabs; only the one that is open is computed."""
    tabs = st.tabs(list(VIEWS), key="view", on_change="rerun", bind="query-params")
    for tab, view in zip(tabs, VIEWS.values(), strict=True):
        if tab.open:
            with tab:
                view(shown)
