"""What a plan costs, what limits it, and two plans side by side."""

from __future__ import annotations

import pandas as pd

from data.network import Network
from data.plan import Plan
from data.words import count, day, number, percent, pounds, sentence_start
from portal.charts.evidence import Evidence, canvas
from portal.comparison import Comparison
from portal.theme import CATEGORICAL, SECONDARY_TEXT, TEXT, chart_text

_BAR = 34
_LEFT, _RIGHT = CATEGORICAL[1], CATEGORICAL[0]


def costs(plan: Plan) -> Evidence:
    """Cost by kind over the plan."""
    kinds = {sentence_start(k): v for k, v in plan.summary["cost_gbp"].items() if k != "total"}
    total, weeks = plan.summary["cost_gbp"]["total"], plan.summary["target"]["horizon_weeks"]
    figure = canvas(60 + _BAR * len(kinds), xaxis={"visible": False}, yaxis={"autorange": "reversed", "showgrid": False, "ticks": ""})
    figure.add_bar(x=list(kinds.values()), y=[chart_text(k) for k in kinds], orientation="h", marker={"color": CATEGORICAL[0]}, width=0.7,
                   text=[pounds(v) for v in kinds.values()], textposition="outside", cliponaxis=False,
                   hovertemplate="%{y}: £%{x:,.0f}<extra></extra>")  # fmt: skip
    figure.update_layout(margin={"r": 110})
    largest = max(kinds, key=lambda k: kinds[k])
    finding = f"{pounds(total)} over {count(weeks, 'week')}, most of it {largest.lower()}"
    table = pd.DataFrame({"Kind": [*kinds, "Total"], "Cost over the plan (£)": [round(v) for v in (*kinds.values(), total)],
                          "Share (%)": [round(100 * v / total, 1) if total else 0.0 for v in (*kinds.values(), total)]})  # fmt: skip
    alt = f"{finding}: " + "; ".join(f"{k} {pounds(v)}" for k, v in kinds.items()) + "."
    return Evidence(finding, "Cost over the plan by kind, in pounds, at the assumed prices", figure, alt, table, "costs")


_ONE, _WORTH_POUNDS = 0.5, 500
"""What changes fewer patients and less money than this is not worth a row."""


def binding_limits(plan: Plan) -> pd.DataFrame:
    """Limits that the plan uses up, those of most value first: weeks they bind in, and at most what one more unit would buy."""
    rows = plan["limits"].query("binding")
    found = rows.groupby(["what", "where", "unit"], sort=False).agg(
        weeks=("week", "nunique"), first=("week", "min"), last=("week", "max"), available=("available", "max"), value=("value_of_one_more", "max")
    ).reset_index().sort_values(["value", "weeks"], ascending=False, kind="stable")  # fmt: skip
    return pd.DataFrame({
        "Limit": found["what"], "Where": found["where"], "Binds in (weeks)": found["weeks"], "One more: up to (£)": found["value"].round(0),
        "Unit of one more": found["unit"], "Most available in a week": found["available"].round(1), "First week of": found["first"].map(day),
        "Last week of": found["last"].map(day),
    }).reset_index(drop=True)  # fmt: skip


def worth_of_more(plan: Plan) -> pd.DataFrame:
    """What more of something would bring, solved again around the plan: most patients fewer over the target first, then most money."""
    rows = plan["worth"]
    rows = rows.assign(fewer=rows["over_target_before"] - rows["over_target_after"]).sort_values(
        ["fewer", "cost_change_gbp"], ascending=[False, True], kind="stable"
    )
    rows = rows[(rows["fewer"] >= _ONE) | (rows["cost_change_gbp"] <= -_WORTH_POUNDS)]
    return pd.DataFrame({
        "More of": rows["what"], "Where": rows["where"], "How many": rows["units"].round(), "Unit": rows["unit"],
        "Over the target now (patients)": rows["over_target_before"].round(), "With it (patients)": rows["over_target_after"].round(),
        "Change in cost (£ over the plan)": rows["cost_change_gbp"].round(-2),
    }).reset_index(drop=True)  # fmt: skip


def sides(comparison: Comparison, network: Network, left: str, right: str) -> Evidence:
    """Worst share over six weeks by trust and test under two plans: one line for each list, from one plan to the other."""
    lists = _in_network_order(comparison.lists, network)
    tests, organisations = network.titles("tests"), network.short_titles("organisations")
    titles = [f"{tests.get(r.test, r.test)}, {organisations.get(r.organisation, r.organisation)}" for r in lists.itertuples()]
    marks = [chart_text(t) for t in titles]
    largest = max(float(lists[["left", "right", "target_share"]].max().max()), 0.05)
    figure = canvas(90 + 26 * len(lists), xaxis={"tickformat": ".0%", "range": [-0.03 * largest, 1.05 * largest], "side": "top", "showgrid": True},
                    yaxis={"autorange": "reversed", "showgrid": False, "ticks": ""})  # fmt: skip
    for mark, row in zip(marks, lists.itertuples(), strict=True):
        figure.add_scatter(
            x=[row.left, row.right], y=[mark, mark], mode="lines", line={"color": SECONDARY_TEXT, "width": 1.5}, hoverinfo="skip", showlegend=False
        )
    for name, column, colour, symbol in ((left, "left", _LEFT, "circle-open"), (right, "right", _RIGHT, "circle")):
        marker = {"color": colour, "symbol": symbol, "size": 11, "line": {"width": 2.5}}
        hover = f"{chart_text(name)}<br>%{{y}}: %{{x:.1%}}<extra></extra>"
        figure.add_scatter(
            x=lists[column], y=marks, mode="markers", name=chart_text(name), marker=marker, hovertemplate=hover, showlegend=True, cliponaxis=False
        )
    targets = lists["target_share"].dropna().unique()
    if len(targets) == 1:
        figure.add_vline(
            x=targets[0],
            line={"color": TEXT, "width": 1.5, "dash": "dot"},
            annotation_text=f"Target {percent(targets[0], 0)}",
            annotation_position="bottom right",
        )
    figure.update_layout(showlegend=True, legend={"orientation": "h", "x": 0, "y": -0.02, "yanchor": "top", "traceorder": "normal"}, margin={"b": 60})
    better = int((lists["difference"] < -5e-4).sum())
    worse = int((lists["difference"] > 5e-4).sum())
    finding = f"{count(better, 'list')} better, {number(worse)} worse, {number(len(lists) - better - worse)} the same"
    table = pd.DataFrame({
        "List": titles, f"{left} (%)": (100 * lists["left"]).round(1), f"{right} (%)": (100 * lists["right"]).round(1),
        "Difference (points)": (100 * lists["difference"]).round(1), "Target (%)": (100 * lists["target_share"]).round(1),
    })  # fmt: skip
    alt = f"Worst share over six weeks from {left} to {right}: {finding}."
    return Evidence(
        f"Lists: {finding}",
        "Worst share over six weeks at the month ends that count, in the booking order each plan names",
        figure,
        alt,
        table,
        "lists_compared",
    )


def _in_network_order(lists: pd.DataFrame, network: Network) -> pd.DataFrame:
    order = {name: i for table in ("organisations", "tests") for i, name in enumerate(network.titles(table))}
    return lists.sort_values(["organisation", "test"], key=lambda ids: ids.map(order), kind="stable", ignore_index=True)


def measures_table(comparison: Comparison, left: str, right: str) -> pd.DataFrame:
    """The network's results under two plans as text, with the difference."""
    rows = [
        (r.measure, *(_figure(v, r.unit) for v in (r.left, r.right)), _figure(r.difference, r.unit, sign=True), r.unit)
        for r in comparison.measures.itertuples()
    ]
    return pd.DataFrame(rows, columns=["Result", left, right, "Difference", "Unit"])


def costs_table(comparison: Comparison, left: str, right: str) -> pd.DataFrame:
    """Cost by kind under two plans as text, with the difference in pounds over the plan."""
    rows = [
        (sentence_start(r.kind), pounds(r.left), pounds(r.right), _signed(r.difference, pounds(abs(r.difference))))
        for r in comparison.costs.itertuples()
    ]
    return pd.DataFrame(rows, columns=["Cost over the plan", left, right, "Difference"])


def _figure(value: float, unit: str, *, sign: bool = False) -> str:
    small = abs(value) < 10 and abs(value - round(value)) >= 0.05
    text = pounds(abs(value)) if unit.startswith("£") else number(abs(value), int(small))
    return _signed(value, text) if sign else text


def _signed(value: float, text: str) -> str:
    if not any(c in "123456789" for c in text):
        return "no difference"
    return ("+" if value > 0 else "−") + text
