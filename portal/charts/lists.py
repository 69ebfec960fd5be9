"""Waiting lists: where they stand, how they came there, and where a plan takes them."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go
from pandas.io.formats.style import Styler

from data.network import Network
from data.plan import IN_TURN, Plan, over_six
from data.words import count, day, month, percent
from optimisation.explain_missed import hard_to_book
from portal.charts.evidence import Evidence, canvas, line_of, spread
from portal.charts.tables import pivoted, shaded
from portal.theme import CATEGORICAL, DASHES, chart_text

MEASURES: dict[str, tuple[str, str]] = {
    "share_over_six": ("Share over six weeks", "share of the list"),
    "over_six": ("Patients over six weeks", "patients at week end"),
    "share_in_turn": ("Share over six weeks, strictly in turn", "share of the list: a lower bound for every booking order"),
    "waiting": ("Patients waiting", "patients at week end"),
}
"""What can be drawn of a plan's lists: title and unit."""

_DARKEST = 0.4
"""Share over six weeks that is shaded darkest."""


def standing(lists: pd.DataFrame, network: Network) -> Styler:
    """Share over six weeks by trust and test at the newest month end; `lists` as `portal.position.newest` makes it."""
    return _matrix(lists.assign(words=[_words(r.share, r.within) for r in lists.itertuples()]), network, "share", "within")


def met_matrix(plan: Plan, network: Network) -> Styler:
    """Worst share over six weeks at the month ends that count, by trust and test."""
    lists = pd.DataFrame(plan.summary["met"])
    return _matrix(lists.assign(words=[_words(r.worst_share, r.met) for r in lists.itertuples()]), network, "worst_share", "met")


def hard_to_book_table(plan: Plan, network: Network) -> pd.DataFrame:
    """Lists with patients over six weeks whom more slots would not reach, at the last month end that counts."""
    organisations, tests = network.short_titles("organisations"), network.titles("tests")
    rows = hard_to_book(plan)
    return pd.DataFrame({
        "Organisation": [organisations[e["organisation"]] for e in rows], "Test": [tests[e["test"]] for e in rows],
        "Week of": [day(e["week"]) for e in rows], "Over six weeks (patients)": [round(e["over_six"]) for e in rows],
        "Of them hard to book (patients)": [round(e["hard_to_book"]) for e in rows],
    })  # fmt: skip


def _words(share: float, within: bool) -> str:
    return f"{percent(share)} {'met' if within else 'missed'}"


def _matrix(lists: pd.DataFrame, network: Network, share: str, met: str) -> Styler:
    organisations, tests = network.short_titles("organisations"), network.titles("tests")

    def wide(value: str) -> pd.DataFrame:
        return pivoted(lists, organisations, tests, "organisation", "test", value)

    text = wide("words").fillna("no list")
    missed = wide(met).map(lambda cell: cell is False or cell == 0)
    return shaded(text, (wide(share).astype(float) / _DARKEST).where(missed, 0.0), missed)


def trend(frame: pd.DataFrame, network: Network, what: str, target: float | None) -> Evidence:
    """Each trust's share over six weeks by month.

    Args:
        frame: organisation, period, waiting, over_six, share.
        network: for titles.
        what: which tests, in words.
        target: the target share to draw; None where the lists have different ones.
    """
    titles = network.short_titles("organisations")
    figure = canvas(360, yaxis={"tickformat": ".0%", "rangemode": "tozero"}, xaxis={"tickformat": "%b %Y"})
    series = {o: rows.sort_values("period") for o, rows in frame.groupby("organisation", sort=False)}
    lines(figure, {titles[o]: (rows["period"], rows["share"]) for o, rows in series.items()}, "%{x|%B %Y}: %{y:.1%}")
    if target is not None:
        line_of(figure, target, f"Target {percent(target, 0)}")
    ends = {titles[o]: float(rows["share"].iloc[-1]) for o, rows in series.items()}
    first, last = frame["period"].min(), frame["period"].max()
    alt = f"{what}, {month(first)} to {month(last)}. At the end: " + "; ".join(f"{o} {percent(v)}" for o, v in ends.items()) + "."
    table = frame.assign(organisation=frame["organisation"].map(titles), period=frame["period"].map(month), share=(100 * frame["share"]).round(1))
    table = table[["organisation", "period", "waiting", "over_six", "share"]].set_axis(
        ["Organisation", "Month", "Waiting (patients at month end)", "Over six weeks (patients)", "Share over six weeks (%)"], axis=1
    )
    highest = max(ends, key=lambda o: ends[o] if ends[o] == ends[o] else -1.0)
    title = f"{highest} has the largest share over six weeks"
    return Evidence(
        title, f"Share of the list that has waited six weeks or more at each month end, {what.lower()}", figure, alt, table, "share_over_six_by_month"
    )


def of_plan(plan: Plan, network: Network, test: str, measure: str) -> Evidence:
    """Each trust's list for one test, week by week under a plan."""
    titles, (name, unit) = network.short_titles("organisations"), MEASURES[measure]
    rows = plan["waiting_list"]
    rows = rows.assign(over_six=over_six(rows))[rows["test"] == test]
    rows = rows.groupby(["organisation", "week"], sort=False)[["waiting", "over_six", "over_six_in_turn", "seen", "additions"]].sum().reset_index()
    for over, share in (("over_six", "share_over_six"), ("over_six_in_turn", "share_in_turn")):
        rows[share] = (rows[over] / rows["waiting"]).where(rows["waiting"] > 1e-6, 0.0)
    as_share = measure in ("share_over_six", "share_in_turn")
    order = "" if measure in ("waiting", "share_in_turn") else f", {plan.summary['booking_order']}"
    order += ": a lower bound" if order and plan.summary["booking_order"] == IN_TURN else ""
    figure = canvas(360, yaxis={"tickformat": ".0%" if as_share else ",.0f", "rangemode": "tozero"}, xaxis={"tickformat": "%-d %b %Y"})
    series = {titles[o]: (part["week"], part[measure]) for o, part in rows.groupby("organisation", sort=False)}
    lines(figure, series, "Week of %{x|%-d %B %Y}: %{y:" + (".1%" if as_share else ",.0f") + "}")
    if as_share:
        _target(figure, plan, test)
    ends = {o: float(values.iloc[-1]) for o, (_, values) in series.items()}
    written = {o: percent(v) if as_share else f"{v:,.0f}" for o, v in ends.items()}
    test_title = network.titles("tests")[test]
    alt = f"{name}, {test_title}, at the end of the plan: " + "; ".join(f"{o} {v}" for o, v in written.items()) + "."
    return Evidence(
        _finding(plan, test, test_title), f"{name}, {test_title}: {unit}{order}", figure, alt, _plan_table(rows, titles), f"waiting_list_{test}"
    )


def _plan_table(rows: pd.DataFrame, titles: Mapping[str, str]) -> pd.DataFrame:
    table = rows.assign(
        organisation=rows["organisation"].map(titles), week=rows["week"].map(day),
        **{share: (100 * rows[share]).round(1) for share in ("share_over_six", "share_in_turn")},
    )  # fmt: skip
    numbers = ["additions", "seen", "waiting", "over_six"]
    table[numbers] = table[numbers].round(1)
    headings = ["Organisation", "Week of", "Additions (patients)", "Seen (patients)", "Waiting (patients at week end)",
                "Over six weeks (patients)", "Share over six weeks (%)", "Share over six weeks, strictly in turn (%)"]  # fmt: skip
    return table[["organisation", "week", *numbers, "share_over_six", "share_in_turn"]].set_axis(headings, axis=1)


def _finding(plan: Plan, test: str, title: str) -> str:
    entries = [e for e in plan.summary["met"] if e["test"] == test]
    missed = [e for e in entries if not e["met"]]
    if not entries:
        return f"{title}: no target is measured within the plan"
    if not missed:
        return f"{title}: the target is met for every list"
    return f"{title}: the target is missed on {len(missed)} of {count(len(entries), 'list')}"


def _target(figure: go.Figure, plan: Plan, test: str) -> None:
    """The target share from its first week on, in its steps, where it is one for all trusts."""
    target = plan.summary["target"]
    first = target["measured_weeks"][:1]
    ever = {o: {m: [(week, share) for week in first] for m, share in by_test.items()} for o, by_test in target["share"].items()}
    steps = target.get("steps", ever)  # plans made before targets could have steps do not say any
    asked = {tuple(map(tuple, by_test[test])) for by_test in steps.values() if test in by_test}
    if len(asked) != 1:
        return
    taken = [(pd.Timestamp(week), share) for week, share in asked.pop()]
    ends = [*(week for week, _ in taken[1:]), plan["waiting_list"]["week"].max()]
    for (start, share), end in zip(taken, ends, strict=True):
        line_of(figure, share, f"Target {percent(share, 0)} from {day(start)}", start=start, end=end)


def lines(figure: go.Figure, series: Mapping[str, tuple[pd.Series, pd.Series]], hover: str, *, height: float = 0.0) -> None:
    """One labelled line for each name; lines differ in colour, dash and label.

    Args:
        figure: what is drawn on.
        series: name → months or weeks, and values.
        hover: what is said of a point.
        height: of the axis in its own unit, for the room labels need; 0 = from nought to the largest value.
    """
    for i, (name, (x, y)) in enumerate(series.items()):
        line = {"color": CATEGORICAL[i % len(CATEGORICAL)], "dash": DASHES[i % len(DASHES)], "width": 2.5}
        label = chart_text(name)
        figure.add_trace(go.Scatter(x=x, y=y, name=label, mode="lines+markers" if len(x) < 3 else "lines", line=line,
                                    hovertemplate=f"{label}<br>{hover}<extra></extra>"))  # fmt: skip
    top = max((float(y.max()) for _, y in series.values() if len(y) and y.notna().any()), default=1.0) or 1.0
    ends = [float(y.dropna().iloc[-1]) if y.notna().any() else 0.0 for _, y in series.values()]
    for i, ((name, (x, _)), level) in enumerate(zip(series.items(), spread(ends, 0.085 * (height or top)), strict=True)):
        key = f'<span style="color:{CATEGORICAL[i % len(CATEGORICAL)]}">■</span> '
        figure.add_annotation(x=x.iloc[-1], y=level, text=key + chart_text(name), xanchor="left", xshift=8, showarrow=False, font={"size": 13})
    days = [x for x, _ in series.values() if len(x)]
    if days:
        first, last = min(x.min() for x in days), max(x.max() for x in days)
        pad = pd.Timedelta(days=3 if first == last else 0)
        figure.update_xaxes(range=[first - pad, last + pad])
    figure.update_layout(margin={"r": 32 + 7 * max((len(name) for name in series), default=0)})
