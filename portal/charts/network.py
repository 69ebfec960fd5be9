"""The network, its rota of today, and how well its figures are founded."""

from __future__ import annotations

from typing import Any

import pandas as pd

from data.dataset import Dataset
from data.fields import Table
from data.local_tables import LOCAL_SOURCES
from data.network import Network
from data.pieces import EVERY
from data.rota import Today
from data.words import count, day, listed, month, number
from portal.charts.evidence import Evidence, canvas
from portal.charts.tables import shown, titled, without_empty
from portal.theme import MUCH, chart_text


def headline(held: Dataset) -> str:
    """What there is, in one sentence."""
    n = held.network
    assets = count(len(n["assets"]), "scanner or room", "scanners and rooms")
    places = [count(len(n["organisations"]), "organisation"), count(len(n["sites"]), "site")]
    return f"{n.title}: {listed([*places, assets, count(len(n['mobiles']), 'mobile unit')])}."


def evidence_words(held: Dataset) -> str:
    """How many assumptions rest on what, in one sentence."""
    rows = held.assumptions.rows
    by = rows["basis"].value_counts()
    words = {"sourced": "have a source", "derived": "are derived from other figures", "assumption": "are assumptions nobody has confirmed"}
    parts = [f"{number(by[basis])} {said}" for basis, said in words.items() if by.get(basis, 0)]
    return f"{count(len(rows), 'row')} of assumptions: {listed(parts)}." if parts else "No assumption is stated: built-in defaults hold."


def declared_table(network: Network, table: Table) -> pd.DataFrame:
    """One table of the network under its headings, dates in words, columns that hold nothing left out."""
    frame = shown(table, network[table.name], network)
    for column in frame.columns:
        if pd.api.types.is_datetime64_any_dtype(frame[column].dtype):
            frame[column] = frame[column].map(day)
    return without_empty(frame)


def rota_words(today: Today) -> str:
    """Where today's rota comes from."""
    basis = today.ordinary.groupby(["site", "asset_type"])["basis"].first().value_counts()
    if not basis.get("derived", 0):
        return "Every row is the network's own."
    own = f" {count(basis[_OWN], 'place')} have the network's own rows." if basis.get(_OWN, 0) else ""
    return (
        f"**Derived** for {count(int(basis['derived']), 'place')}: no rota is loaded, so it is the sessions of an ordinary week that reproduce "
        f"recent activity at the assumed throughput, utilisation and non-attendance.{own} Replace it in the sheet Rota of the "
        "network workbook."
    )


_OWN = "planner's"


def rota(today: Today, network: Network) -> Evidence:
    """Sessions of an ordinary week by place and session type."""
    rows = today.ordinary[today.ordinary.groupby(["site", "asset_type"])["sessions"].transform("sum") > 0]
    rows = rows.assign(
        place=titled(rows["site"], "sites", network).astype(str) + ", " + titled(rows["asset_type"], "asset_types", network).astype(str),
        kind=titled(rows["session_type"], "session_types", network),
    )
    wide = rows.pivot(index="place", columns="kind", values="sessions").reindex(
        list(dict.fromkeys(rows["place"])), columns=list(dict.fromkeys(rows["kind"]))
    )
    basis = rows.groupby("place")["basis"].first()
    labels = [chart_text(f"{p} ({'derived' if basis[p] == 'derived' else 'own'})") for p in wide.index]
    figure = canvas(80 + 26 * len(wide), xaxis={"side": "top"}, yaxis={"autorange": "reversed", "showgrid": False, "ticks": ""})
    figure.add_heatmap(
        z=wide.to_numpy(dtype=float), x=[chart_text(c) for c in wide.columns], y=labels, colorscale=MUCH, showscale=False, xgap=1, ygap=1,
        text=wide.map(lambda v: number(v, 1)).to_numpy(), texttemplate="%{text}", textfont={"size": 12},
        hovertemplate="%{y}<br>%{x}: %{z:.1f} sessions a week<extra></extra>",
    )  # fmt: skip
    total = rows["sessions"].sum()
    finding = f"{number(total)} sessions in an ordinary week at {count(len(wide), 'place')}"
    table = pd.DataFrame({
        "Site": titled(rows["site"], "sites", network), "Asset type": titled(rows["asset_type"], "asset_types", network),
        "Session type": rows["kind"], "Sessions a week": rows["sessions"].round(2), "Basis": rows["basis"],
    })  # fmt: skip
    return Evidence(
        finding, "Sessions in a week without a bank holiday, by site, asset type and session type", figure, f"{finding}.", table, "rota_of_today"
    )


def _months(source: Any) -> str:
    """The month of a file; a network's own history ends with its month."""
    if pd.isna(source.period):
        return ""
    return f"to {month(source.period)}" if source.source == "network" else month(source.period)


def sources(held: Dataset) -> pd.DataFrame:
    """The files behind the history, newest month first."""
    rows = held.sources.sort_values(["period", "file"], ascending=[False, True])
    return pd.DataFrame({
        "File": rows["file"], "Month": [_months(row) for row in rows.itertuples()], "Published": rows["published"],
        "Revised": rows["revised"], "Rows used": rows["rows"], "Synthetic": rows["synthetic"].map({True: "yes", False: "no"}),
        "Digest (SHA-256)": rows["sha256"].str[:12],
    }).reset_index(drop=True)  # fmt: skip


def local_sources(held: Dataset) -> pd.DataFrame:
    """The files behind what the dataset carries beside its history, newest first."""
    rows = held.local[LOCAL_SOURCES.name].sort_values(["date", "table", "organisation"], ascending=[False, True, True], na_position="last")
    return pd.DataFrame({
        "What": rows["table"].map(lambda name: EVERY[name].title), "Organisation": titled(rows["organisation"], "organisations", held.network),
        "Date": rows["date"].map(day), "File": rows["file"], "Source": rows["source"].str.replace("_", " "), "Rows": rows["rows"],
        "Digest (SHA-256)": rows["sha256"].str[:12],
    }).reset_index(drop=True)  # fmt: skip
