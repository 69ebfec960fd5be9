"""Sites on a plain map that asks no other computer for anything, with lines from those who are short to those who could help."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from data.network import Network
from data.words import count, listed, number
from portal.charts.evidence import Evidence, canvas
from portal.charts.tables import titled
from portal.mutual_aid import Aid
from portal.mutual_aid_words import LEAST, span, state_words
from portal.theme import CATEGORICAL, SECONDARY_TEXT, TEXT, chart_text

_KM_A_DEGREE = 111.2
_STATES = {
    "short": ("Short", CATEGORICAL[1], "triangle-up"), "room": ("Room for others", CATEGORICAL[0], "circle"),
    "enough": ("Neither", CATEGORICAL[4], "diamond"),
}  # fmt: skip
"""Words, colour and symbol of where a list stands."""

_THICK = 9.0


def aid_map(found: Aid, network: Network, test: str) -> Evidence:
    """Sites where a test is done, and who could help whom.

    Args:
        found: the aid.
        network: sites with their coordinates; those without are named and left out.
        test: which test.
    """
    sites = _sites(found, network, test)
    known = sites.dropna(subset=["x", "y"])
    pairs = found.of(test)
    moving = pairs[pairs["moves"] >= LEAST]
    near = pairs[(pairs["accepted"] > 0) & (pairs["need"] >= LEAST)]
    title, names = network.titles("tests")[test], network.short_titles("organisations")
    most = moving.nlargest(1, "moves")
    said = [f"most, {number(r.moves)} a week, could move from {names[r.sender]} to {names[r.receiver]}" for r in most.itertuples()]
    finding = f"{title}: {said[0] if said else _nobody(len(near))}"
    missing = sites[sites["x"].isna()]["site"]
    left_out = f". Without coordinates in the table of sites: {listed(list(titled(missing, 'sites', network)))}" if len(missing) else ""
    subtitle = (
        f"Sites where the test is done, {span(found)}; thick lines: patients a week that could move from ▲ to ●; dotted: near enough for some to "
        f"accept, but nothing moves{left_out}"
    )
    figure = _drawn(known, near, moving, network) if len(known) else None
    table = pd.DataFrame({
        "Site": titled(sites["site"], "sites", network), "Trust": titled(sites["organisation"], "organisations", network),
        "State of the trust's list": sites["words"], "Slots in today's rota (a week)": sites["slots"].round(1),
        "Room for others (patients a week)": sites["room"].round(1), "Latitude": sites["latitude"], "Longitude": sites["longitude"],
    })  # fmt: skip
    return Evidence(finding, subtitle, figure, f"{finding}.", table, f"aid_map_{test}")


def _nobody(near: int) -> str:
    return (
        f"nothing moves, though {count(near, 'pair')} of trusts are near enough" if near else "no pair of trusts is near enough, or nobody is short"
    )


def _sites(found: Aid, network: Network, test: str) -> pd.DataFrame:
    """Sites where the test is done, with kilometres east and north of their middle, and the state of their organisation's list."""
    balance, at = found.balance, found.standing.places
    room = balance.place_room.mean(axis=1) + (balance.place_openings.mean(axis=1) if found.wanted.openings else 0.0)
    here = at.assign(room=room, slots=found.standing.place_slots[:, found.wanted.weeks].mean(axis=1))[at["test"] == test]
    rows = here.merge(network["sites"][["site", "latitude", "longitude"]], on="site")
    lists = balance.rows.iloc[rows["list"]]
    give = lists["room"] + (lists["openings"] if found.wanted.openings else 0.0)
    short = lists["short"] - (lists["own_openings"] if found.wanted.openings else 0.0)
    state = np.where(give >= LEAST, "room", np.where(short >= LEAST, "short", "enough"))
    middle = np.radians(rows["latitude"].mean())
    return rows.assign(
        state=state, words=[state_words(s, r) for s, r in zip(short, give, strict=True)],
        x=(rows["longitude"] - rows["longitude"].mean()) * _KM_A_DEGREE * np.cos(middle),
        y=(rows["latitude"] - rows["latitude"].mean()) * _KM_A_DEGREE,
    )  # fmt: skip


def _drawn(sites: pd.DataFrame, near: pd.DataFrame, moving: pd.DataFrame, network: Network) -> go.Figure:
    wide, high = (max(float(sites[c].max() - sites[c].min()), 10.0) for c in ("x", "y"))
    hidden = {"visible": False, "showgrid": False}
    figure = canvas(
        600, showlegend=True, legend={"orientation": "h", "x": 0, "y": 0, "yanchor": "top"}, margin={"b": 40},
        xaxis={**hidden, "range": [sites["x"].min() - 0.25 * wide, sites["x"].max() + 0.25 * wide]},
        yaxis={**hidden, "range": [sites["y"].min() - 0.12 * high, sites["y"].max() + 0.12 * high], "scaleanchor": "x"},
    )  # fmt: skip
    main = sites.sort_values("slots", ascending=False, kind="stable").drop_duplicates("organisation").set_index("organisation")
    moved = {frozenset(p) for p in zip(moving["sender"], moving["receiver"], strict=True)}
    for pair in sorted({tuple(sorted(p)) for p in zip(near["sender"], near["receiver"], strict=True) if frozenset(p) not in moved}):
        if set(pair) <= set(main.index):
            _line(figure, main.loc[pair[0]], main.loc[pair[1]], SECONDARY_TEXT, 1.5, "dot")
    names = network.short_titles("organisations")
    for pair in moving.itertuples():
        if pair.sender in main.index and pair.receiver in main.index:
            width = 1.5 + (_THICK - 1.5) * pair.moves / moving["moves"].max()
            _line(figure, main.loc[pair.sender], main.loc[pair.receiver], CATEGORICAL[3], width, "solid")
            _said(figure, main.loc[pair.sender], main.loc[pair.receiver], f"{number(pair.moves)} a week")
    _marks(figure, sites, network)
    _names(figure, main, names, wide, high)
    _scale(figure, sites, wide, high)
    return figure


def _names(figure: go.Figure, main: pd.DataFrame, names: dict[str, str], wide: float, high: float) -> None:
    """Each organisation's name at its largest site: above it, or below where another's name would be there."""
    for organisation, row in main.iterrows():
        above = main["y"] - row["y"]
        crowded = (((main["x"] - row["x"]).abs() < 0.25 * wide) & (above > 0) & (above < 0.15 * high)).any()
        figure.add_annotation(
            x=row["x"], y=row["y"], text=f"<b>{chart_text(names[str(organisation)])}</b>", showarrow=False, yshift=-20 if crowded else 20,
            font={"color": TEXT}, bgcolor="rgba(255,255,255,0.8)",
        )  # fmt: skip


def _line(figure: go.Figure, start: pd.Series, end: pd.Series, colour: str, width: float, dash: str) -> None:
    line = {"color": colour, "width": width, "dash": dash}
    figure.add_scatter(x=[start["x"], end["x"]], y=[start["y"], end["y"]], mode="lines", line=line, hoverinfo="skip", showlegend=False)


def _said(figure: go.Figure, start: pd.Series, end: pd.Series, words: str) -> None:
    """Words on a line, nearer to where it ends: lines that begin at one place keep theirs apart."""
    x, y = (start[c] + 0.75 * (end[c] - start[c]) for c in ("x", "y"))
    figure.add_annotation(x=x, y=y, text=words, showarrow=False, font={"color": TEXT, "size": 13}, bgcolor="rgba(255,255,255,0.9)")


def _marks(figure: go.Figure, sites: pd.DataFrame, network: Network) -> None:
    titles = network.short_titles("sites")
    for state, (words, colour, symbol) in _STATES.items():
        here = sites[sites["state"] == state]
        if len(here):
            said = [f"{chart_text(titles[r.site])}<br>{r.words} a week, all sites of the trust<br>{number(r.slots)} slots a week here"
                    for r in here.itertuples()]  # fmt: skip
            figure.add_scatter(
                x=here["x"], y=here["y"], mode="markers", name=words, customdata=said, hovertemplate="%{customdata}<extra></extra>",
                marker={"color": colour, "symbol": symbol, "size": 14, "line": {"color": "#ffffff", "width": 1.5}},
            )  # fmt: skip


def _scale(figure: go.Figure, sites: pd.DataFrame, wide: float, high: float) -> None:
    """A line of round length in the corner."""
    length = next((n for n in (100, 50, 20, 10, 5) if n < wide / 3), 2)
    x, y = float(sites["x"].max() + 0.2 * wide - length), float(sites["y"].min() - 0.08 * high)
    figure.add_scatter(x=[x, x + length], y=[y, y], mode="lines", line={"color": TEXT, "width": 2}, hoverinfo="skip", showlegend=False)
    figure.add_annotation(x=x + length / 2, y=y, text=f"{length} km", showarrow=False, yshift=10, font={"color": SECONDARY_TEXT, "size": 13})
