"""Cost against the share over six weeks: the plan, and the steps to the cheapest one."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.plan import Plan
from data.words import count, number, percent, pounds
from portal.charts.evidence import Evidence, canvas
from portal.theme import CATEGORICAL, TEXT

_NOT_PROVED = "not proved"
_HOW = {
    "optimal": "proved within the gap", "gap not reached": f"{_NOT_PROVED} within the gap", "time limit": f"{_NOT_PROVED}: stopped by the time limit",
    "cancelled": f"{_NOT_PROVED}: stopped on request",
}  # fmt: skip

_EQUALS = 0.005
"""A weight of less only chooses among plans of equal cost."""


def cost_against_lateness(plan: Plan) -> Evidence:
    """The frontier of a plan that has one."""
    rows = plan["frontier"].sort_values("step", ignore_index=True)
    weeks = plan.summary["target"]["horizon_weeks"]
    figure = canvas(420, xaxis={"tickformat": ".1%", "title": "Share over six weeks at the month ends that count", "rangemode": "tozero"},
                    yaxis={"tickprefix": "£", "tickformat": "~s", "title": "Cost over the plan", "showgrid": True})  # fmt: skip
    proved = rows["status"] == "optimal"
    symbols = np.where(rows["step"] == 0, "star", np.where(proved, "circle", "circle-open"))
    figure.add_scatter(
        x=rows["share_over_six"], y=rows["cost_gbp"], mode="lines+markers+text", line={"color": CATEGORICAL[0], "width": 2},
        marker={"symbol": symbols.tolist(), "size": np.where(rows["step"] == 0, 16, 11).tolist(), "color": CATEGORICAL[0], "line": {"width": 2}},
        text=["this plan", *[""] * (len(rows) - 1)], textposition="top right", textfont={"color": TEXT}, cliponaxis=False,
        customdata=np.stack([rows["over_six"], [_HOW[s] for s in rows["status"]]], axis=-1).astype(object),
        hovertemplate="%{x:.1%} over six weeks (%{customdata[0]:,.0f} patients)<br>£%{y:,.0f}<br>%{customdata[1]}<extra></extra>",
    )  # fmt: skip
    finding, alt = _finding(rows), _in_words(rows)
    subtitle = (
        f"Each point is the cheapest plan found for its weight of the target, over {count(weeks, 'week')}; the star is this plan, hollow points are "
        f"{_NOT_PROVED} within the gap"
    )
    return Evidence(finding, subtitle, figure if len(rows) > 1 else None, f"{finding}. {alt}", _table(rows), "frontier")


def _finding(rows: pd.DataFrame) -> str:
    if len(rows) < 2:
        return "No cheaper plan was found that leaves more patients over six weeks"
    plan, last = rows.iloc[0], rows.iloc[-1]
    prices = _prices(rows)
    ends = f"{pounds(prices[-1])} a patient at first, {pounds(prices[0])} at the end" if len(prices) > 1 else f"{pounds(prices[0])} a patient"
    span = f"From {percent(last.share_over_six)} down to {percent(plan.share_over_six)} over six weeks"
    return f"{span} costs {pounds(plan.cost_gbp - last.cost_gbp)}: {ends}"


def _prices(rows: pd.DataFrame) -> list[float]:
    """£ for each patient fewer over six weeks, from each step to the one before."""
    fewer, more = rows["over_six"].diff().iloc[1:], -rows["cost_gbp"].diff().iloc[1:]
    return [float(price) for price in more / fewer]


def _in_words(rows: pd.DataFrame) -> str:
    return "; ".join(f"{percent(r.share_over_six)} for {pounds(r.cost_gbp)}" for r in rows.itertuples()) + "."


def _table(rows: pd.DataFrame) -> pd.DataFrame:
    names = ["This plan", *(f"Step {k}" for k in rows["step"].iloc[1:])]
    weights = ["put first" if np.isnan(w) else "weighed among equals" if w < _EQUALS else f"{number(w, 2)} times its price" for w in rows["weight"]]
    return pd.DataFrame({
        "Plan": names, "Share over six weeks (%)": (100 * rows["share_over_six"]).round(2), "Patients over six weeks": rows["over_six"].round(1),
        "Patients over the target": rows["over_target"].round(1), "Cost over the plan (£)": rows["cost_gbp"].round(0),
        "£ for each patient fewer than in the next": [*(round(p) for p in _prices(rows)), np.nan], "The target is": weights,
        "Gap (%)": (100 * rows["gap"]).round(2), "Outcome": [_HOW[s] for s in rows["status"]],
    })  # fmt: skip
