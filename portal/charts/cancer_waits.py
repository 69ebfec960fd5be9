"""How many patients were told within a cancer standard, by organisation and month, beside what is asked for."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from data.network import Network
from data.words import count, listed, month, percent
from portal.cancer_waits import TITLES, newest
from portal.charts.evidence import Evidence, canvas
from portal.charts.lists import lines
from portal.theme import SECONDARY_TEXT

_PAD = 0.02


def trend(frame: pd.DataFrame, network: Network, standard: str, route: str = "") -> Evidence:
    """Each organisation's share within a standard by month.

    Args:
        frame: as `portal.cancer_waits.beside_lists` makes it; at least one share known.
        network: for titles.
        standard: which standard.
        route: in words; empty = every route.
    """
    titles = network.short_titles("organisations")
    known = frame[frame["share"].notna()]
    lowest = float(np.nanmin([known["share"].min(), frame["target"].min()]))
    floor = max(np.floor(10 * (lowest - _PAD)) / 10, 0.0)
    top = min(np.ceil(10 * known["share"].max()) / 10, 1.0)
    figure = canvas(360, yaxis={"tickformat": ".0%", "range": [floor, top + _PAD]}, xaxis={"tickformat": "%b %Y"})
    series = {titles[o]: rows for o, rows in known.groupby("organisation", sort=False)}
    lines(figure, {title: (rows["period"], rows["share"]) for title, rows in series.items()}, "%{x|%B %Y}: %{y:.1%}", height=top - floor)
    _targets(figure, frame, floor)
    last = newest(frame)
    at_end = "; ".join(f"{titles[r.organisation]} {percent(r.share)}" for r in last.itertuples())
    what = TITLES[standard] + (f", {route[:1].lower()}{route[1:]}" if route else "")
    alt = f"{what}, {month(known['period'].min())} to {month(known['period'].max())}. In the last month: {at_end}."
    days = standard.split("_")[0]
    subtitle = f"{what}: patients within {days} days of all who were counted in the month, in %; dotted: the share asked for"
    return Evidence(finding(frame, network), subtitle, figure, alt, _table(frame, network), f"cancer_waits_{standard}")


def finding(frame: pd.DataFrame, network: Network) -> str:
    """Who meets what is asked for in the newest month, in one sentence."""
    last = newest(frame)
    if last.empty:
        return "No share can be stated: figures are withheld"
    when, asked = month(last["period"].iloc[0]), last["target"].dropna().unique()
    if len(asked) != 1:
        lowest = last.loc[last["share"].idxmin()]
        return f"{network.short_titles('organisations')[lowest['organisation']]} has the smallest share in {when}, {percent(lowest['share'])}"
    titles, missed = network.short_titles("organisations"), last[~last["met"]]
    met = len(last) - len(missed)
    if missed.empty:
        return f"Every organisation was at or above {percent(asked[0], 0)} in {when}"
    below = listed([f"{titles[r.organisation]} ({percent(r.share)})" for r in missed.sort_values("share").itertuples()])
    return f"{met or 'None'} of {count(len(last), 'organisation')} reached {percent(asked[0], 0)} in {when}; below: {below}"


def _targets(figure: go.Figure, frame: pd.DataFrame, floor: float) -> None:
    """What is asked for, as steps; the level of each is written below it, where no line runs."""
    asked = frame.dropna(subset=["target"]).drop_duplicates("period").sort_values("period")
    if asked.empty:
        return
    line = {"color": SECONDARY_TEXT, "width": 1.5, "dash": "dot", "shape": "hv"}
    figure.add_scatter(x=asked["period"], y=asked["target"], mode="lines", line=line, hovertemplate="Asked for: %{y:.0%}<extra></extra>")
    for step in asked[asked["target"] != asked["target"].shift()].itertuples():
        figure.add_annotation(
            x=step.period, y=floor, text=f"Target {percent(step.target, 0)}", xanchor="left", yanchor="bottom", showarrow=False,
            font={"color": SECONDARY_TEXT, "size": 13},
        )  # fmt: skip


def _table(frame: pd.DataFrame, network: Network) -> pd.DataFrame:
    titles = network.short_titles("organisations")
    return pd.DataFrame({
        "Organisation": frame["organisation"].map(titles), "Month": frame["period"].map(month), "Counted (patients)": frame["total"],
        "Within the standard (patients)": frame["within"], "Later (patients)": frame["breaches"],
        "Within the standard (%)": (100 * frame["share"]).round(1), "Asked for (%)": (100 * frame["target"]).round(1),
        "All lists over six weeks (%)": (100 * frame["over_six_share"]).round(1),
    })  # fmt: skip
