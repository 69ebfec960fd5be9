"""Everybody's share of a test's list in a month, smallest first, with the network's own marked by shape, colour and name."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from data.network import Network
from data.words import count, listed, month, number, percent
from portal.charts.evidence import Evidence, canvas, line_of, spread
from portal.peers import LEAST_WAITING, MEASURES, Peers
from portal.theme import CATEGORICAL, TEXT, chart_text

_OTHERS = "#B1B4B6"
_SYMBOLS = ("diamond", "square", "triangle-up", "circle", "star", "hexagon", "cross", "pentagon")
_GAP = 0.055
_LEFT = 0.16
"""Marks this far to the left have their names on the right."""


def distribution(found: Peers, network: Network) -> Evidence:
    """One mark for each organisation, in order of its share.

    Args:
        found: as `portal.peers.peers` makes it.
        network: for titles.
    """
    others, own = found.rows[~found.rows["own"]], found.own
    place = found.rows.index.to_series() + 1
    axis = {"title": "Organisations, smallest share first", "showgrid": False, "range": [0, len(place) + 1]}
    figure = canvas(400, yaxis={"tickformat": ".0%", "rangemode": "tozero"}, xaxis=axis)
    said_of = [(chart_text(r.title), number(r.waiting)) for r in others.itertuples()]
    figure.add_bar(x=place[others.index], y=others["share"], marker_color=_OTHERS, width=0.9, customdata=said_of,
                   hovertemplate="%{customdata[0]}: %{y:.1%} of %{customdata[1]} patients<extra></extra>")  # fmt: skip
    line_of(figure, found.median, f"Median {percent(found.median)}")
    _own(figure, own, place)
    test, title = network.titles("tests")[found.test], MEASURES[found.measure]
    subtitle = (
        f"{title}, {test}, at the end of {month(found.period)}: {count(len(found.rows), 'organisation')}{_among(found)} with {number(LEAST_WAITING)} "
        "patients waiting or more, in %"
    )
    said = finding(found)
    left = f" Left out, because the figures cannot be right: {listed(list(found.left_out))}." if found.left_out else ""
    where = "; ".join(f"{r.title} {percent(r.share)}, {_nth(r.rank)}" for r in own.itertuples())
    alt = f"{title}, {test}, {month(found.period)}: {said}. {where}.{left}"
    return Evidence(said, subtitle + (f".{left}" if left else ""), figure, alt, table(found), f"compared_{found.test}_{found.period:%Y_%m}")


def finding(found: Peers) -> str:
    """How many of the network's own are better than the middle, and which is furthest behind, in one sentence."""
    own = found.own
    if own.empty:
        return "None of this network's lists can be compared"
    better = int((own["share"] <= found.median).sum())
    last = own.iloc[-1]
    return (
        f"{better} of our {number(len(own))} {'is' if better == 1 else 'are'} at or below the median of {count(len(found.rows), 'organisation')}"
        f"{_among(found)} ({percent(found.median)}); {last['title']} is {_nth(last['rank'])}"
    )


def table(found: Peers) -> pd.DataFrame:
    """Every organisation that is compared, smallest share first."""
    rows = found.rows
    return pd.DataFrame({
        "Rank": rows["rank"], "Organisation": rows["title"], "Of this network": rows["own"].map({True: "yes", False: "no"}),
        "Waiting (patients)": rows["waiting"], f"{MEASURES[found.measure]} (patients)": rows["over"],
        f"{MEASURES[found.measure]} (%)": (100 * rows["share"]).round(1), "Others with a larger share (%)": rows["percentile"].round(0),
    })  # fmt: skip


def _own(figure: go.Figure, own: pd.DataFrame, place: pd.Series) -> None:
    """The network's own: a mark of its own shape, with its name beside it."""
    top = max(float(own["share"].max()) if len(own) else 0.0, 0.05)
    levels = spread([float(s) for s in own["share"]], _GAP * top)
    for k, (row, level) in enumerate(zip(own.itertuples(), levels, strict=True)):
        left = place[row.Index] < len(place) * _LEFT
        colour, name = CATEGORICAL[k % len(CATEGORICAL)], chart_text(row.title)
        figure.add_scatter(
            x=[place[row.Index]],
            y=[row.share],
            mode="markers",
            name=name,
            cliponaxis=False,
            marker={"symbol": _SYMBOLS[k % len(_SYMBOLS)], "size": 13, "color": colour, "line": {"color": TEXT, "width": 1}},
            hovertemplate=f"{name}: %{{y:.1%}}, {_nth(row.rank)}<extra></extra>",
        )
        figure.add_annotation(
            x=place[row.Index], y=level, text=f"{name} {percent(row.share)}", showarrow=False, yshift=10, xanchor="left" if left else "right",
            xshift=8 if left else -12, font={"size": 13, "color": TEXT}, bgcolor="rgba(255,255,255,0.85)",
        )  # fmt: skip


def _among(found: Peers) -> str:
    return f" of {found.among}" if found.among else ""


def _nth(rank: int) -> str:
    ending = "th" if rank % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    return f"{rank:,}{ending}"
