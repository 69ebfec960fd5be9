"""What is looked at on the page Mutual aid, all of it in the address, and its views: need and room, weeks, offers, map, both lists."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from data.assumptions import Assumptions
from data.dataset import Dataset
from data.words import count, day, number
from portal import mutual_aid
from portal.charts import mutual_aid as drawn
from portal.charts import sites_map
from portal.lists_ahead import Lists
from portal.mutual_aid import Aid, Wanted
from portal.parts import layout

_LONGEST = 120
"""Most minutes the slider of the travel limit reaches, unless the assumed limit is longer."""


@dataclass(frozen=True, eq=False)
class Shown:
    """What the views show: the dataset, the aid found in it, and the test looked at."""

    held: Dataset
    found: Aid
    test: str

    @property
    def source(self) -> str:
        """Where need, room and roads come from, for the line under a chart."""
        rota = self.found.lists.todays_rota.ordinary
        slots = "today's rota, where nobody has stated it derived from recent activity" if (rota["basis"] == "derived").any() else "the rota"
        weeks = count(len(self.found.lists.weeks), "week")
        return f"{layout.source_of(self.held)} Demand: forecast from it for {weeks}. Slots: {slots}. Roads, acceptance and batches: assumptions."


def settings(held: Lists, assumptions: Assumptions) -> Wanted:
    """Ask for weeks, travel limit and whether free openings count."""
    first, second, third, fourth = st.columns([1, 1, 1.1, 1.3], vertical_alignment="bottom")
    mondays = {k + 1: day(w) for k, w in enumerate(held.weeks)}
    with first:
        start = _one("From the week of", list(mondays), mondays, "from", 0)
    with second:
        later = [w for w in mondays if w >= start]
        last = _one("To the week of", later, mondays, "to", min(max(Wanted().last - start, 0), len(later) - 1))
    assumed = round(assumptions.one("aid_travel_limit"))
    with third:
        limit = st.slider(
            "Travel limit (minutes)", 0, max(_LONGEST, assumed), assumed, 5, key="aid_limit", bind="query-params",
            help=f"What if everybody travelled up to so long; assumed are {number(assumed)} minutes. Nothing is stored.",
        )  # fmt: skip
    with fourth:
        openings = st.toggle(
            "Count free openings", key="aid_openings", bind="query-params",
            help="Count sessions that today's rota does not run and staff in post could: first for the trust's own need, then for others",
        )  # fmt: skip
    return Wanted(start, last, bool(openings), None if limit == assumed else float(limit))


def _one(label: str, options: list[int], titles: dict[int, str], key: str, index: int) -> int:
    return int(st.selectbox(label, options, index, format_func=titles.__getitem__, key=f"aid_{key}", bind="query-params"))


def test_looked_at(found: Aid, held: Dataset) -> str:
    """Ask for the test that offers, map and lists are about; the one of which most could move, or else most are short of, comes first."""
    sums = found.pairs.groupby("test", sort=False)["together"].sum()
    short = found.balance.rows.groupby("test", sort=False)["short"].sum()
    present = {m: t for m, t in held.network.titles("tests").items() if m in short.index}
    most = max(present, key=lambda m: (round(float(sums.get(m, 0.0)), 3), float(short[m])))
    column, _ = st.columns([1, 2])
    titles = {"": present[most]} | {m: t for m, t in present.items() if m != most}
    with column:
        chosen = st.selectbox(
            "Test", list(titles), format_func=titles.__getitem__, key="aid_test", bind="query-params", help="First stands the one with most to gain"
        )
    return str(chosen) or most


def standing(at: Shown) -> None:
    """Who is short and who has room."""
    layout.evidence(drawn.standing(at.found, at.held.network), at.source)


def by_week(at: Shown) -> None:
    """Week by week."""
    layout.evidence(drawn.by_week(at.found, at.held.network), at.source)


def offers(at: Shown) -> None:
    """From whom to whom."""
    layout.evidence(drawn.offers(at.found, at.held.network, at.test), at.source)


def places(at: Shown) -> None:
    """On a map."""
    layout.evidence(sites_map.aid_map(at.found, at.held.network, at.test), at.source)


def both_lists(at: Shown) -> None:
    """What it would do to sender and receiver."""
    rows = mutual_aid.effects(at.found, at.test)
    layout.evidence(drawn.effect(at.found, rows, at.held.network, at.test), at.source)


VIEWS: dict[str, Callable[[Shown], None]] = {
    "Need and room": standing, "By week": by_week, "Offers": offers, "Offers on a map": places, "Both lists": both_lists,
}  # fmt: skip


def draw(at: Shown) -> None:
    """The tabs; only the one that is open is computed."""
    tabs = st.tabs(list(VIEWS), key="aid_view", on_change="rerun", bind="query-params")
    for tab, view in zip(tabs, VIEWS.values(), strict=True):
        if tab.open:
            with tab, layout.telling():
                view(at)
