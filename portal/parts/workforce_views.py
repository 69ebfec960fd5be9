"""The evidence behind a workforce plan, one view for each question a workforce lead asks of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import pandas as pd
import streamlit as st

from data.dataset import Dataset
from data.run import Run
from data.words import count, day, moment, number, percent
from data.workforce_plan import BY_WORKFORCE_TABLE, WorkforcePlan
from portal import files, workforce_reading
from portal.charts import workforce as drawn
from portal.parts import layout
from portal.workspace import Workspace

_EVERY = ""


@dataclass(frozen=True, eq=False)
class Shown:
    """The plan that is looked at."""

    ws: Workspace
    held: Dataset
    run: Run
    plan: WorkforcePlan

    @property
    def source(self) -> str:
        """Where the figures come from, for the line under a chart."""
        return f"{layout.source_of(self.held)} Staff, routes and places: the network workbook. Plan made on {moment(self.run.finished)}."


def _one(shown: Shown, what: str, table: str, every: str, key: str) -> str:
    titles = {_EVERY: every} | shown.held.network.titles(table)
    present = {_EVERY, *shown.plan["staff"][{"organisations": "organisation", "staff_groups": "staff_group"}[table]]}
    chosen = [t for t in titles if t in present]
    return str(st.selectbox(what, chosen, format_func=titles.__getitem__, key=key, bind="query-params"))


def _place(shown: Shown, key: str) -> tuple[str, str]:
    left, right = st.columns(2)
    with left:
        organisation = _one(shown, "Trust", "organisations", "All trusts", f"{key}_trust")
    with right:
        group = _one(shown, "Staff group", "staff_groups", "All staff groups", f"{key}_group")
    return organisation, group


def in_words(shown: Shown) -> None:
    """The plan in sentences."""
    for title, said in workforce_reading.answer(shown.ws.scope, shown.run.id).sections:
        st.subheader(title, anchor=False)
        layout.bullets(said)


def gaps(shown: Shown) -> None:
    """Who is missing where, at the end of each year."""
    years = sorted(shown.plan["options"]["year"].unique())
    left, right = st.columns(2)
    year = left.select_slider("At the end of year", years, years[-1], key="workforce_year")
    names = {"With today's posts": "minimum", "By this plan": "closing"}
    which = right.segmented_control("In post", list(names), default="With today's posts", required=True, key="workforce_which")
    st.caption(
        "WTE needed for the work of the last quarter of the year less WTE in post: before skill mix, overtime, bank, agency and what is bought."
    )
    column = names[str(which or "With today's posts")]
    layout.matrix(drawn.gap_matrix(shown.plan, shown.held.network, int(year), column), "gaps", f"WTE short or spare at the end of year {year}")
    organisation, group = _place(shown, "posts")
    layout.evidence(drawn.posts(shown.plan, shown.held.network, organisation, group), shown.source)


def starts(shown: Shown) -> None:
    """Whom to start."""
    organisation = _one(shown, "Trust", "organisations", "All trusts", "starts_trust")
    found = drawn.starts(shown.plan, shown.held.network, organisation)
    if found.empty:
        st.markdown("Nobody is asked for beyond those in training today.")
        return
    layout.small_table(found, "People who start on each way into posts, by year")
    st.caption("People asked for; as many as the assumption *Starts that are filled* says are found. " + shown.source)
    with st.expander("By trust and quarter"):
        layout.table(drawn.starts_by_quarter(shown.plan, shown.held.network), "starts", alt="Starts by trust, way into posts and quarter")


def cover(shown: Shown) -> None:
    """Where the hours come from."""
    organisation, group = _place(shown, "cover")
    layout.evidence(drawn.cover(shown.plan, shown.held.network, organisation, group), shown.source)


def options(shown: Shown) -> None:
    """What each option costs and leaves undone."""
    layout.small_table(drawn.options(shown.plan), "Options beside each other")
    layout.evidence(drawn.costs(shown.plan), shown.source)


def limits(shown: Shown) -> None:
    """What stops the plan from doing more."""
    found = drawn.limits(shown.plan)
    st.subheader(f"{count(len(found), 'limit')} used up in a year", anchor=False)
    st.caption("*One more* is the most that one more unit in that year could be worth, in pounds of the weighted goals: an upper bound.")
    layout.table(found, "workforce_limits", alt="Limits that bind, those of most value first", widths={"Where": 430})
    st.caption(shown.source)


def need(shown: Shown) -> None:
    """From examinations to posts, step by step."""
    network = shown.held.network
    titles, groups = network.titles("organisations"), network.titles("staff_groups")
    left, middle, right = st.columns(3)
    present = shown.plan["need"]
    organisation = left.selectbox("Trust", [o for o in titles if o in set(present["organisation"])], format_func=titles.__getitem__, key="need_trust",
                                  bind="query-params")  # fmt: skip
    group = middle.selectbox("Staff group", [g for g in groups if g in set(present["staff_group"])], format_func=groups.__getitem__,
                             key="need_group", bind="query-params")  # fmt: skip
    quarters = sorted(present["quarter"].unique())
    quarter = right.selectbox("Quarter from", quarters, format_func=day, key="need_quarter")
    rows = present[(present["organisation"] == organisation) & (present["staff_group"] == group) & (present["quarter"] == quarter)]
    found = drawn.steps(rows, network)
    st.subheader(f"{number(rows['wte'].sum(), 1)} WTE for the work of this quarter", anchor=False)
    st.caption(
        "Examinations × minutes each × staff at once ÷ 60 = hours; hours ÷ hours at work of one WTE in the quarter ÷ (1 − share that is not "
        "clinical) = WTE. Minutes each hold slot use and non-attendance."
    )
    layout.table(found, "need_steps", alt="From examinations to posts, step by step")
    layout.bullets(workforce_reading.working_time(shown.ws.scope, shown.run.id, str(organisation), str(group)))
    st.caption(shown.source)


def ledger(shown: Shown) -> None:
    """Who was there, came and went."""
    organisation, group = _place(shown, "ledger")
    layout.table(drawn.ledger(shown.plan, shown.held.network, organisation, group), "staff", alt="Staff in post by quarter, with who came and went")
    st.caption(shown.source)


def about(shown: Shown) -> None:
    """Versions, gaps and settings."""
    made, summary = shown.plan.summary["provenance"], shown.plan.summary
    rows = [
        ("Outcome of the search", summary["status"]), ("Allowed gap", percent(made["gap"], 2)), ("Seed", f"{made['seed']}"),
        ("Data date", day(made["data_date"])), ("First quarter from", day(made["first_quarter"])), ("Program version", made["code_version"]),
        ("Solver", f"{made['solver']} {made['solver_version']}, Pyomo {made['pyomo_version']}"), ("Dataset", made["dataset_id"][:16]),
        ("Scenario content", made["scenario_id"][:16]), ("Run", shown.run.id), ("Asked for by", shown.run.created_by),
    ]  # fmt: skip
    layout.small_table(pd.DataFrame(rows, columns=["What", "Value"]), "Provenance of the plan")
    stages = [(s["title"], number(s["value"]), number(s["bound"]), percent(s["gap"], 2)) for s in summary["stages"]]
    columns = ["Goal, in order", "This plan (£ of the goal)", "No plan can be better than", "Gap"]
    layout.small_table(pd.DataFrame(stages, columns=columns), "Goals of the search")


def downloads(shown: Shown) -> None:
    """The plan as files."""
    run_id, scope = shown.run.id, shown.ws.scope
    st.markdown("The business case holds need, options, the preferred one, costs, risks, assumptions and a page to sign; the workbook every table.")
    case, book = partial(files.workforce_case, scope, run_id), partial(files.workforce_workbook, scope, run_id)
    with st.container(horizontal=True):
        st.download_button(
            "Download the business case (Word)", case, "workforce-business-case.docx", key="case_docx", on_click="ignore", type="primary"
        )
        st.download_button("Download the tables (Excel)", book, "workforce-plan.xlsx", key="workforce_xlsx", on_click="ignore")
    name = st.selectbox("Table", list(BY_WORKFORCE_TABLE), format_func=lambda n: BY_WORKFORCE_TABLE[n].title, key="workforce_table")
    st.caption(BY_WORKFORCE_TABLE[name].help)
    st.download_button(f"Download {name}.csv", partial(files.workforce_csv, scope, run_id, name), f"{name}.csv", "text/csv", key="workforce_csv",
                       on_click="ignore")  # fmt: skip


VIEWS: dict[str, Callable[[Shown], None]] = {
    "In words": in_words, "Gaps": gaps, "Whom to start": starts, "Cover": cover, "Options and cost": options, "Limits": limits,
    "From work to posts": need, "Who comes and goes": ledger, "How it was made": about, "Downloads": downloads,
}  # fmt: skip
"""Tabs of the page, in reading order."""


def draw(shown: Shown) -> None:
    """The tabs; only the one that is open is computed."""
    tabs = st.tabs(list(VIEWS), key="workforce_view", on_change="rerun", bind="query-params")
    for tab, view in zip(tabs, VIEWS.values(), strict=True):
        if tab.open:
            with tab:
                view(shown)
