"""Mutual aid: who is short and who has room, by list and by week; offers from one trust to another; a map; what aid does to both lists."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from data.network import Network
from data.words import count, day, number, percent, short_day
from portal.capacity import list_titles
from portal.charts.evidence import Evidence, canvas
from portal.charts.grids import month_ticks
from portal.mutual_aid import Aid
from portal.mutual_aid_offers import LIMITS
from portal.mutual_aid_words import LEAST, span, state_words
from portal.theme import CATEGORICAL, SECONDARY_TEXT, chart_text

_ROW, _AROUND = 26, 84
_MOST_ROWS, _MOST_COLUMNS = 30, 10
"""Drawn at most; the table below has them all."""

_BALANCE = [[0.0, "#F9B48F"], [0.5, "#ffffff"], [1.0, "#6BACE6"]]
_MOVES = [[0.0, "#ffffff"], [1.0, "#6BACE6"]]
_DEEP = 0.3
"""Part of what is needed at which the shade is deepest."""


def standing(found: Aid, network: Network) -> Evidence:
    """What each list is short of, or has room for, in the weeks looked at."""
    rows = found.balance.rows
    short, room = rows["short"].sum(), rows["room"].sum()
    lists = int((rows["short"] >= LEAST).sum())
    finding = f"{count(lists, 'list is', 'lists are')} short of {number(short)} slots a week in all; there is room for {number(room)}"
    names, tests = network.short_titles("organisations"), network.titles("tests")
    shown = [o for o in names if o in set(rows["organisation"])]
    worst = rows.groupby("organisation")["short"].sum()
    drawn = sorted(shown, key=lambda o: -worst[o])[:_MOST_ROWS] if len(shown) > _MOST_ROWS else shown
    columns = [m for m in tests if m in set(rows["test"])]
    index = rows.set_index(["organisation", "test"]).reindex(pd.MultiIndex.from_product([drawn, columns]))
    z = (np.where(index["room"] >= LEAST, index["room"], -index["short"]) / index["needed"].where(index["needed"] > 0, 1.0)).to_numpy()
    words = [_list_words(row) for row in index.itertuples()]
    shape = (len(drawn), len(columns))
    figure = _heat(
        z.reshape(shape), np.array(words, dtype=object).reshape(shape), [names[o] for o in drawn], [tests[m] for m in columns], _BALANCE, _DEEP
    )
    figure.update_layout(height=_AROUND + 58 * len(drawn))
    subtitle = (
        f"Slots or patients a week, mean {span(found)}; ▲ orange: short of what meets the target; ● blue: room in today's rota; ◆: neither. "
        "○: free openings that staff in post could run beyond today's rota, for the trust's own list and left for others"
        f"{_some(len(drawn), len(shown), 'trust')}"
    )
    return Evidence(finding, subtitle, figure, f"{finding}.", _standing_table(found, network), "aid_standing")


def _list_words(row: Any) -> str:
    """A list in a cell: its state, and free openings apart from it."""
    if row.short != row.short:
        return ""
    opened = f"<br>○ {number(row.own_openings)} own, {number(row.openings)} others" if row.own_openings + row.openings >= LEAST else ""
    return f"<b>{state_words(row.short, row.room)}</b>{opened}"


def _standing_table(found: Aid, network: Network) -> pd.DataFrame:
    rows = found.balance.rows
    return pd.DataFrame({
        "List": list_titles(rows, network), "State": [state_words(s, r) for s, r in zip(rows["short"], rows["room"], strict=True)],
        f"Waiting on {day(found.lists.data_date)} (patients)": rows["waiting"].round(), "Demand (patients a week)": rows["demand"].round(1),
        "Slots in today's rota (a week)": rows["slots"].round(1), "Slots needed (a week)": rows["needed"].round(1),
        "Short (slots a week)": rows["short"].round(1), "Room in today's rota (patients a week)": rows["room"].round(1),
        "Of what is short, own free openings would meet (slots a week)": rows["own_openings"].round(1),
        "Free openings left for others (patients a week)": rows["openings"].round(1),
    })  # fmt: skip


def by_week(found: Aid, network: Network) -> Evidence:
    """The same week by week."""
    rows, week = found.balance.rows, found.balance.by_week
    mondays = found.lists.weeks[found.wanted.weeks]
    order = np.argsort(week.mean(axis=1), kind="stable")
    drawn = order[:_MOST_ROWS]
    titles = list_titles(rows, network)
    with_room = int((week >= LEAST).any(axis=1).sum())
    finding = f"{number(with_room) if with_room else 'None'} of {count(len(rows), 'list')} with room in any of these weeks"
    signs = np.where(week[drawn] >= LEAST, "●", np.where(week[drawn] <= -LEAST, "▲", ""))
    needed = np.maximum(rows["needed"].to_numpy()[drawn], 1e-9)[:, None]
    weeks = [short_day(w) for w in mondays]
    hover = [[f"{chart_text(titles[k])}<br>Week of {w}: {_week_words(v)}" for w, v in zip(weeks, week[k], strict=True)] for k in drawn]
    figure = _heat(week[drawn] / needed, signs, [titles[k] for k in drawn], weeks, _BALANCE, _DEEP, hover=hover)
    figure.update_layout(xaxis={"type": "category", **month_ticks(mondays)}, height=_AROUND + 24 * len(drawn))
    subtitle = (
        "Patients a week; ▲ orange: fewer slots than are needed to meet the target; ● blue: room in today's rota for others"
        f"{_some(len(drawn), len(order), 'list')}"
    )
    table = pd.DataFrame({
        "List": np.repeat(np.array(titles, dtype=object), len(mondays)), "Week of": np.tile(mondays, len(rows)),
        "Room, or short below zero (patients a week)": week.ravel().round(1),
        "Free openings left for others (patients a week)": found.balance.openings_by_week.ravel().round(1),
    })  # fmt: skip
    return Evidence(finding, subtitle, figure, f"{finding}.", table, "aid_by_week")


def _week_words(value: float) -> str:
    return f"room for {number(value, 1)}" if value > 0 else f"{number(-value, 1)} short" if value < 0 else "enough"


def offers(found: Aid, network: Network, test: str) -> Evidence:
    """From whom to whom patients of a test could move."""
    pairs = found.of(test)
    names, title = network.short_titles("organisations"), network.titles("tests")[test]
    moving = pairs[pairs["moves"] >= LEAST]
    finding = f"{title}: {_moving_words(moving)}"
    senders = _most(pairs, "sender", ["moves", "need"], _MOST_ROWS, names)
    receivers = _most(pairs, "receiver", ["moves", "room"], _MOST_COLUMNS, names)
    at = pairs.set_index(["sender", "receiver"]).reindex(pd.MultiIndex.from_product([senders, receivers]))
    shape = (len(senders), len(receivers))
    words = np.array([_pair_words(r) for r in at.itertuples()], dtype=object).reshape(shape)
    z = at["moves"].to_numpy(dtype=float).reshape(shape)
    figure = None
    if len(pairs):
        rows, columns = [f"from {names[o]}" for o in senders], [f"to {names[o]}" for o in receivers]
        figure = _heat(z, words, rows, columns, _MOVES, max(float(np.nanmax(z)), LEAST), low=0.0)
        figure.update_layout(height=_AROUND + 64 * len(senders))
    held = set(pairs["sender"])
    subtitle = (
        f"Patients a week that could move if no other pair is served, mean {span(found)}; share of offers accepted and minutes by road, median"
        f"{_some(len(senders), len(held), 'trust')}"
    )
    return Evidence(finding, subtitle, figure, f"{finding}.", _pairs_table(found, pairs, network), f"aid_offers_{test}")


def _moving_words(moving: pd.DataFrame) -> str:
    if moving.empty:
        return "no pair of trusts could move anybody"
    return f"{count(len(moving), 'pair')} of trusts could move patients, {number(moving['together'].sum())} a week in all"


def _most(pairs: pd.DataFrame, side: str, by: list[str], most: int, names: dict[str, str]) -> list[str]:
    """The organisations of one side of which most could move, in the order of the network's table."""
    ranked = pairs.groupby(side)[by].max().sort_values(by, ascending=False, kind="stable").index[:most]
    return [o for o in names if o in set(ranked)]


def _pair_words(row: Any) -> str:
    moves, accepted, median, binds = row.moves, row.accepted, row.median, row.binds
    if moves != moves:
        return "" if row.Index[0] == row.Index[1] else "no road known"
    held = f"<b>{number(moves)} a week</b>" if moves >= LEAST else f"none: {_NONE.get(binds, LIMITS.get(binds, ''))}"
    return f"{held}<br>{percent(accepted, 0)} accept, {number(median)} min"


_NONE = {"short": "not short", "far": "too far", "room": "no room", "accept": "too few accept", "need": "little need"}
"""What holds a pair back that moves nobody, in a cell."""


def _pairs_table(found: Aid, pairs: pd.DataFrame, network: Network) -> pd.DataFrame:
    names = network.short_titles("organisations")
    first = [found.lists.monday(found.wanted.first - 1 + w) if w == w else pd.NaT for w in pairs["first"]]
    return pd.DataFrame({
        "From": pairs["sender"].map(names), "To": pairs["receiver"].map(names), "Could move (patients a week)": pairs["moves"].round(1),
        "With all pairs served in turn (patients a week)": pairs["together"].round(1), "First week of": first,
        "Held back by": pairs["binds"].map(LIMITS), "Sender short (patients a week)": pairs["need"].round(1),
        "Receiver's room (patients a week)": pairs["room"].round(1), "Offers that can be made (a week)": pairs["asked"].round(1),
        "Accepted (% of offers)": (100 * pairs["accepted"]).round(1), "Would accept (patients a week)": pairs["willing"].round(1),
        "Suitable (% of those waiting)": (100 * pairs["suitable"]).round(1), "Live within the travel limit (%)": (100 * pairs["within"]).round(1),
        "By road, median (minutes)": pairs["median"], "By road, nearest home area (minutes)": pairs["least"],
        "By road, farthest home area (minutes)": pairs["most"], "Smallest batch (patients)": pairs["smallest"],
        "Largest batch (patients)": pairs["largest"],
    })  # fmt: skip


def effect(found: Aid, rows: pd.DataFrame, network: Network, test: str) -> Evidence:
    """Over six weeks of sender and receiver at the end of the weeks looked at, without and with the aid of each pair.

    Args:
        found: the aid.
        rows: as `portal.mutual_aid.effects` makes them.
        network: for titles.
        test: which test.
    """
    names, title = network.short_titles("organisations"), network.titles("tests")[test]
    end = day(found.lists.monday(found.wanted.last) + pd.Timedelta(days=6))
    harmed = int(rows["harmed"].sum())
    finding = f"{title}: no pair moves anybody, so no list changes"
    if len(rows):
        fewer = (rows["sender_over"] - rows["sender_over_with"]).max()
        finding = f"{title}: up to {number(fewer)} fewer over six weeks at a sender; " + (
            f"{count(harmed, 'receiver')} of {number(len(rows))} harmed" if harmed else "no receiver is harmed"
        )
    drawn = rows.sort_values("moves", ascending=False, kind="stable").head(_MOST_ROWS // 2)
    subtitle = f"Patients over six weeks on {end}, {found.lists.order}, one pair at a time{_some(len(drawn), len(rows), 'pair')}"
    figure = _both_lists(drawn, names) if len(drawn) else None
    columns: dict[str, object] = {
        "From": rows["sender"].map(names),
        "To": rows["receiver"].map(names),
        "Moves (patients a week)": rows["moves"].round(1),
    }
    for side in ("sender", "receiver"):
        for suffix, words in (("", "without aid"), ("_with", "with aid")):
            columns[f"{side.capitalize()} over six weeks, {words} (patients)"] = rows[f"{side}_over{suffix}"].round()
            columns[f"{side.capitalize()} waiting, {words} (patients)"] = rows[f"{side}_waiting{suffix}"].round()
            columns[f"{side.capitalize()} share over six weeks, {words} (%)"] = (100 * rows[f"{side}_share{suffix}"]).round(1)
    columns["Receiver"] = rows["harmed"].map({True: "harmed: above its target with more over six weeks", False: "not harmed"})
    return Evidence(finding, subtitle, figure, f"{finding}.", pd.DataFrame(columns), f"aid_effect_{test}")


def _both_lists(rows: pd.DataFrame, names: dict[str, str]) -> go.Figure:
    """Two rows for each pair: the sender's list and the receiver's, from without to with aid."""
    labels, before, after = [], [], []
    for row in rows.itertuples():
        sender, receiver = names[row.sender], names[row.receiver]
        labels += [f"{sender}, sending to {receiver}", f"{receiver}, receiving from {sender}"]
        before += [row.sender_over, row.receiver_over]
        after += [row.sender_over_with, row.receiver_over_with]
    marks = list(range(len(labels)))
    figure = canvas(
        _AROUND + 20 + _ROW * len(labels), xaxis={"side": "top", "showgrid": True, "rangemode": "tozero", "tickformat": ",.0f"}, showlegend=True,
        yaxis={"tickvals": marks, "ticktext": [chart_text(t) for t in labels], "range": [len(labels) - 0.5, -0.5], "showgrid": False, "ticks": ""},
        legend={"orientation": "h", "x": 0, "y": -0.02, "yanchor": "top", "traceorder": "normal"}, margin={"b": 44, "r": 60},
    )  # fmt: skip
    for mark, x0, x1 in zip(marks, before, after, strict=True):
        figure.add_scatter(x=[x0, x1], y=[mark, mark], mode="lines", line={"color": SECONDARY_TEXT, "width": 1.5}, hoverinfo="skip", showlegend=False)
    for name, values, colour, symbol in (("Without aid", before, CATEGORICAL[1], "circle-open"), ("With aid", after, CATEGORICAL[0], "circle")):
        figure.add_scatter(
            x=values, y=marks, mode="markers", name=name, customdata=[chart_text(t) for t in labels], cliponaxis=False,
            marker={"color": colour, "symbol": symbol, "size": 11, "line": {"width": 2.5}},
            hovertemplate=f"%{{customdata}}<br>{name}: %{{x:,.0f}} over six weeks<extra></extra>",
        )  # fmt: skip
    return figure


def _heat(
    z: np.ndarray, text: np.ndarray, rows: list[str], columns: list[str], scale: list[list[Any]], deep: float, *, low: float | None = None,
    hover: list[list[str]] | None = None,
) -> go.Figure:  # fmt: skip
    """A heat map with its words in the cells; the first row on top."""
    names = [chart_text(r) for r in rows]
    figure = canvas(
        _AROUND + 34 * len(rows), xaxis={"side": "top", "tickangle": 0, "type": "category"},
        yaxis={"tickvals": list(range(len(rows))), "ticktext": names, "range": [len(rows) - 0.5, -0.5], "showgrid": False, "ticks": ""},
    )  # fmt: skip
    figure.add_heatmap(
        z=z, x=[chart_text(c) for c in columns], y=list(range(len(rows))), text=text, texttemplate="%{text}", textfont={"size": 13},
        colorscale=scale, zmin=-deep if low is None else low, zmax=deep, xgap=2, ygap=2, showscale=False, customdata=hover, hoverongaps=False,
        hoverinfo="skip" if hover is None else None, hovertemplate=None if hover is None else "%{customdata}<extra></extra>",
    )  # fmt: skip
    return figure


def _some(drawn: int, every: int, what: str) -> str:
    return f". {number(drawn)} of {count(every, what)} drawn; the table has them all" if drawn < every else ""
