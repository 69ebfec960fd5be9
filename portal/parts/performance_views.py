"""The views of the page of performance, one question each. A further view is a function of a `Place`, and a row of `VIEWS`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from data.activity import KINDS
from data.small_numbers import RULE
from data.store import Scope
from data.words import count, month, number
from forecasting.signals import Settings
from portal import performance, performance_ahead, performance_lists, performance_returns, priorities_ahead, services
from portal.charts import performance as drawn
from portal.charts import priorities as drawn_classes
from portal.charts.evidence import Evidence
from portal.charts.signals import Charted, control_chart
from portal.charts.signals_small import SMALL_AT_MOST, small_charts
from portal.parts import layout, performance_beside, performance_rebase
from portal.parts.performance_controls import Place
from portal.performance import DONE, LIST, MEASURES, SPLIT, TARGETED, Rebase
from portal.performance_lists import KIND_TITLES
from portal.performance_words import concern_words, list_title
from portal.services import kept
from portal.theme import plain

_KEPT = 12

_MOST_SAID = 8
"""Findings written out; the table below has all."""


def _choice(label: str, titles: dict[str, str], key: str) -> str:
    """One of a few; stands in the address."""
    first = next(iter(titles))
    chosen = st.segmented_control(label, list(titles), default=first, required=True, format_func=titles.__getitem__, key=key, bind="query-params")
    return str(chosen or first)


def _one_list(view: Callable[[Place, int], None], at: Place) -> None:
    """Draw a view of the chosen list; says so where there is none."""
    if at.position is None:
        st.markdown(plain(f"{at.title}: nothing was ever sent for this test."))
    else:
        view(at, at.position)


def series(scope: Scope, dataset_id: str, measure: str, position: int, settings: Settings, rebases: tuple[Rebase, ...]) -> Charted:
    """One list's series as it is judged, without what stands beside it."""
    known, declared = performance.monthly(scope, dataset_id), MEASURES[measure]
    organisation, test = known.lists.loc[position, ["organisation", "test"]]
    title = list_title(organisation, test, services.dataset(scope, dataset_id).network)
    parts = declared.made_of | ({SPLIT} if DONE in declared.made_of else set())
    marked = np.any([known.marked[part][position] | known.spoilt[part][position] for part in parts], axis=0)
    return Charted(
        title, declared, known.periods, performance.judged(scope, dataset_id, measure, settings, rebases).only(position),
        known.raw(measure)[position], known.left_out(measure)[position], marked,
        float(known.targets[position]) if measure == TARGETED else float("nan"),
    )  # fmt: skip


def charted(at: Place, measure: str, position: int) -> Charted:
    """One list's series with its provisional figures and the reasons for its limits."""
    early = performance_lists.provisional(at.ws.scope, at.ws.dataset, at.organisation, at.test)
    decided = tuple((s.month, s.reason) for s in performance_rebase.of_list(at, measure))
    found = series(at.ws.scope, at.ws.dataset, measure, position, at.settings, at.rebases)
    return replace(found, provisional=early[["date", measure]].set_axis(["date", "value"], axis=1), rebased=decided)


def control(at: Place, position: int) -> None:
    """One list beside its own past and its target."""
    measure = _choice("Measure", {name: m.title for name, m in MEASURES.items()}, "performance_measure")
    shown = charted(at, measure, position)
    decided = performance_rebase.in_words(performance_rebase.of_list(at, measure))
    made = control_chart(shown, f"control_{measure}_{at.file}")
    screened = " Large moving ranges are left out of the limits." if at.settings.screen else ""
    layout.evidence(made, f"{layout.source_of(at.held)} Limits: mean and 2.66 mean moving ranges.{screened}{decided}")
    said_of_list(at, position)
    performance_rebase.ask(at, measure)


def said_of_list(at: Place, position: int) -> None:
    """What somebody should look at in a list's figures."""
    concerns = at.known.said_of(position)
    if not concerns:
        return
    rule = "Figures that cannot be right are left out; the others are marked and count."
    st.markdown(f"**{count(len(concerns), 'finding')} about these figures.** {rule}")
    layout.bullets([concern_words(c) for c in concerns[:_MOST_SAID]])
    if len(concerns) > _MOST_SAID:
        st.markdown(f"{number(len(concerns) - _MOST_SAID)} more are in the view Doubtful figures.")


def many(at: Place) -> None:
    """Charts of one trust's tests, or of one test at every trust."""
    network, lists = at.held.network, at.known.lists
    trust, test = network.short_titles("organisations")[at.organisation], network.titles("tests")[at.test]
    measure = _choice("Measure", {name: m.title for name, m in MEASURES.items()}, "performance_measure_many")
    by = _choice("Charts", {"trust": f"Every test at {trust}", "test": f"{test} at every trust"}, "performance_by")
    here = lists["organisation"] == at.organisation if by == "trust" else lists["test"] == at.test
    positions = np.flatnonzero(here)
    if by == "test" and len(positions) > SMALL_AT_MOST:
        rows = performance.standing(at.ws.scope, at.ws.dataset, at.settings, at.rebases)
        positions = rows.loc[rows["test"] == at.test, "position"].to_numpy()
    titles = network.titles("tests") if by == "trust" else network.short_titles("organisations")
    varying = lists["test" if by == "trust" else "organisation"].iloc[positions]
    names, common = tuple(titles.get(v, v) for v in varying), trust if by == "trust" else test
    settings = (at.settings, at.rebases, tuple(int(p) for p in positions), names, common, f"control_charts_{by}_{at.file}")
    layout.evidence(_many_drawn(at.ws.scope, at.ws.dataset, measure, *settings), layout.source_of(at.held))


@kept(_KEPT)
def _many_drawn(
    scope: Scope, dataset_id: str, measure: str, settings: Settings, rebases: tuple[Rebase, ...], positions: tuple[int, ...],
    names: tuple[str, ...], what: str, file: str,
) -> Evidence:  # fmt: skip
    """Many charts take long to put together, and change only with what they show."""
    return small_charts([series(scope, dataset_id, measure, p, settings, rebases) for p in positions], names, what, file)


def weeks_waited(at: Place, position: int) -> None:
    """Who waits how long, month by month."""
    known = at.known
    spoilt, doubt = known.spoilt[LIST][position], (known.spoilt[LIST] | known.marked[LIST])[position]
    waiting = np.where(spoilt[:, None], np.nan, known.bands[position])
    if np.isnan(waiting).all():
        st.markdown("No month can be shown.")
        return
    layout.evidence(drawn.bands(at.title, known.periods, waiting, doubt, f"weeks_waited_{at.file}"), layout.source_of(at.held))


def examinations(at: Place, position: int) -> None:
    """What was done, and how much that is of a base."""
    known = at.known
    spoilt = (known.spoilt[DONE] | known.spoilt[SPLIT])[position]
    done = np.where(spoilt[:, None], np.nan, known.done[position] / known.working_days[:, None])
    names = [KIND_TITLES[k] for k in KINDS]
    layout.evidence(drawn.kinds(at.title, known.periods, done, names, f"examinations_{at.file}"), _without(at, known.periods[spoilt]))
    st.header("Against a base", anchor=False)
    bases = performance_lists.bases(known)
    columns = st.columns([2, 1, 1])
    with columns[0]:
        base = st.selectbox("Base", list(bases), format_func=bases.__getitem__, key="performance_base", bind="query-params")
    with columns[1]:
        kind = st.selectbox("Examinations", list(KIND_TITLES), format_func=KIND_TITLES.__getitem__, key="performance_kind", bind="query-params")
    with columns[2]:
        counting = st.selectbox("Counted", ["for each working day", "as counted"], key="performance_counted", bind="query-params")
    ask = partial(performance_lists.against_base, at.ws.scope, at.ws.dataset)
    choices = (at.test, str(kind), str(base), counting == "for each working day")
    what = f"{KIND_TITLES[str(kind)]}, {counting}"
    own, every = ask(at.organisation, *choices), ask("", *choices)
    made = drawn.against(at.title, own, every, bases[str(base)], what, f"against_base_{at.file}")
    layout.evidence(made, _without(at, pd.DatetimeIndex(every.loc[every["done"].isna(), "period"]), " of one list or more"))


def _without(at: Place, left_out: pd.DatetimeIndex, whose: str = "") -> str:
    """Where figures come from, and which months are left out."""
    said = f" Left out, as figures{whose} cannot be right: {', '.join(month(p) for p in left_out)}." if len(left_out) else ""
    return layout.source_of(at.held) + said


def by_priority(at: Place) -> None:
    """Who waits by priority, booked or not, where an extract is stored."""
    shown = performance_lists.by_priority(at.ws.scope, at.ws.dataset, at.organisation, at.test)
    if shown is None:
        st.markdown(plain(f"No waiting list extract is stored for {at.title}. Load one on the page Upload: it has one row for each patient waiting."))
        return
    source = f"Source: waiting list extract.{f' {RULE}' if shown.guarded else ''}"
    layout.evidence(drawn.priority(at.title, shown, f"priority_{at.file}"), source)
    if len(shown.weekly) > 1:
        layout.evidence(drawn.weekly(at.title, shown, f"snapshots_{at.file}"), source)
    with st.spinner("Projecting the classes"):
        classes = priorities_ahead.ahead(at.ws.scope, at.ws.dataset, at.organisation, at.test)
    if classes is not None:
        layout.evidence(drawn_classes.ahead(at.title, classes, f"classes_{at.file}"), f"{source} Demand and slots: as on the page Capacity.")


def ahead(at: Place) -> None:
    """Lists that may leave their target soon."""
    weeks = int(_choice("Within", {str(w): f"{w} weeks" for w in performance_ahead.WEEKS}, "performance_weeks"))
    with st.spinner("Projecting the lists"):
        rows = performance_ahead.breaches(at.ws.scope, at.ws.dataset, weeks)
    basis = performance_ahead.projected(at.ws.scope, at.ws.dataset).basis
    learnt = f" What months, working days and growth have in common is from {basis}." if basis else " Two months that follow each other are needed."
    layout.evidence(drawn.ahead(rows, at.held.network, weeks), f"{layout.source_of(at.held)}{learnt}")


def doubtful(at: Place) -> None:
    """Figures of any list that somebody should look at."""
    concerns: Sequence = at.known.concerns
    out = sum(c.rule in performance.FAULTS for c in concerns)
    st.subheader(f"{count(len(concerns), 'finding')} in the monthly history; {number(out)} left out of the charts", anchor=False)
    titles, tests = at.held.network.short_titles("organisations"), at.held.network.titles("tests")
    rows = [
        (titles.get(c.organisation, c.organisation), tests.get(c.test, c.test) or "All tests", month(c.period), month(c.until),
         "left out" if c.rule in performance.FAULTS else "marked", c.found, c.expected, c.mend) for c in concerns
    ]  # fmt: skip
    if rows:
        table = pd.DataFrame(rows, columns=["Trust", "Test", "From", "To", "In charts", "Found", "Expected", "What to do"])
        layout.table(table, "doubtful_figures", alt=f"{len(rows)} findings", widths={"Found": 260, "Expected": 220, "What to do": 280})
    st.caption(plain(layout.source_of(at.held)))


def sent(at: Place) -> None:
    """Who has sent what, and what is overdue."""
    table, behind = performance_returns.sent_table(at.ws.scope, at.ws.dataset)
    said = f"{count(behind, 'cell')} of this table: nothing sent, a gap, or behind the newest"
    st.subheader(said if behind else "Everybody has sent the newest of each kind", anchor=False)
    layout.small_table(table, "The newest of each kind that each trust has sent")
    if late := performance_returns.overdue(at.known.periods[-1], at.today):
        st.markdown(plain(late))
    st.caption(plain(f"{layout.source_of(at.held)} Extracts that are not published are shown to their own trust and to the whole network."))


VIEWS: dict[str, Callable[[Place], None]] = {
    "Control chart": partial(_one_list, control), "Charts side by side": many, "Weeks waited": partial(_one_list, weeks_waited),
    "Examinations": partial(_one_list, examinations), "By priority": by_priority, "Early warning": ahead,
    **performance_beside.VIEWS, "Doubtful figures": doubtful, "Sent": sent,
}  # fmt: skip
"""The tabs in order: title and view."""


def draw(at: Place) -> None:
    """The tabs; only the one that is open is computed."""
    tabs = st.tabs(list(VIEWS), key="performance_view", on_change="rerun", bind="query-params")
    for tab, view in zip(tabs, VIEWS.values(), strict=True):
        if tab.open:
            with tab, layout.telling():
                view(at)
