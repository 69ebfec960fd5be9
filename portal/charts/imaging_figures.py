"""Measured figures as planners read them: each beside what is in force, with its interval and where both come from."""

from __future__ import annotations

from typing import Any

import pandas as pd

from data.assumption import SCOPES
from data.assumptions import ASSUMPTIONS
from data.measured import confidence
from data.measures import BY_MEASURE
from data.network import Network
from data.small_numbers import HIDDEN, LARGEST, shown_count
from data.words import count, listed, number, percent

IN_FORCE = "In force"
_CHANCE = {True: "larger than chance", False: "within chance"}


def figure_table(rows: pd.DataFrame, network: Network, *, guard: bool) -> pd.DataFrame:
    """Measured figures, one row each, in the order given.

    Args:
        rows: typed frame of `data.measured.MEASURED`.
        network: for titles.
        guard: True where the rule on small numbers applies.
    """
    where = places(rows, network)
    return pd.DataFrame([_cells(r, place, guard) for r, place in zip(rows.itertuples(), where, strict=True)], columns=[
        "Figure", "Where", "Measured", "95% interval", IN_FORCE, "Difference", "From", "Months", "Covered", "Says who", "Confidence", "Unit",
        "Why not offered",
    ])  # fmt: skip


def places(rows: pd.DataFrame, network: Network) -> list[str]:
    """Where each measured figure holds, in titles; a site says whose it is."""
    titles = {s: network.short_titles(ASSUMPTIONS.field(s).refers_to) for s in SCOPES}
    return [
        ", ".join(titles[s].get(v, v) for s, v in row.items() if v and not (s == "organisation" and row["site"])) or "everywhere"
        for row in rows[list(SCOPES)].to_dict("records")
    ]  # fmt: skip


def _cells(r: Any, place: str, guard: bool) -> tuple[Any, ...]:
    measure = BY_MEASURE[r.measure]
    hide = guard and measure.of_patients and r.n <= LARGEST
    value = HIDDEN if hide else f"{r.value:,.3g}"
    known = pd.notna(r.low) and not hide
    interval = f"{r.low:,.3g} to {r.high:,.3g}" if known else HIDDEN if hide else "not known: too few days"
    in_force = f"{r.in_force:,.3g}" if pd.notna(r.in_force) else ""
    difference = _CHANCE[bool(r.beyond_chance)] if in_force and known else ""
    n = float(shown_count(pd.Series([float(r.n)]))[0]) if guard and measure.of_patients else r.n
    days = f" on {count(int(r.days), 'day')} of scanners" if pd.notna(r.days) else ""
    who = "; ".join(part for part in (r.in_force_reason, r.in_force_source, r.in_force_owner) if part)
    covered = percent(r.coverage, 0) if pd.notna(r.coverage) else "not known"
    return (
        measure.title, place, value, interval, in_force, difference, f"{number(n)} {measure.observations}{days}", r.months, covered, who,
        confidence(r) if known else "", measure.unit, r.why_not,
    )  # fmt: skip


def counted(names: list[str]) -> pd.DataFrame:
    """How each figure is counted: numerator, denominator and interval."""
    rows = [(m.title, m.unit, m.numerator, m.denominator, m.interval) for m in (BY_MEASURE[n] for n in names)]
    return pd.DataFrame(rows, columns=["Figure", "Unit", "Numerator", "Denominator", "95% interval"])


def finding(rows: pd.DataFrame) -> tuple[str, str]:
    """How far what is measured agrees with what is assumed, in a sentence, and which figures do not, in another; empty where all do."""
    offered = rows[rows["offered"]]
    if offered.empty:
        return "Nothing measured is offered as an assumption here", ""
    beyond = offered[offered["beyond_chance"]]["measure"].map(lambda m: BY_MEASURE[m].title).value_counts(sort=False)
    said = f"{beyond.sum()} of {count(len(offered), 'measured figure')} differ from what is assumed by more than chance"
    return said, f"{listed([f'{title} at {n}' for title, n in beyond.items()])}. " if len(beyond) else ""


def throughput(rows: pd.DataFrame, network: Network) -> pd.DataFrame:
    """Examinations done in an hour of planned sessions, measured and as assumed, where one kind of scanner does one test at a site."""
    keys = ["site", "asset_type"]
    wide = rows[rows["measure"].isin(("utilisation", "dna_rate"))].pivot(index=keys, columns="measure", values=["value", "in_force"])
    speeds = rows[rows["measure"] == "scans_per_hour"]
    made = []
    for r, place in zip(speeds.itertuples(), places(speeds, network), strict=True):
        at = (r.site, r.asset_type)
        if at in wide.index:
            part = wide.loc[at]
            seen = r.value * part["value", "utilisation"] * (1 - part["value", "dna_rate"])
            assumed = r.in_force * part["in_force", "utilisation"] * (1 - part["in_force", "dna_rate"])
            made.append((place, round(seen, 2), round(assumed, 2), percent(seen / assumed - 1, 0)))
    return pd.DataFrame(made, columns=["Where", "Measured (an hour)", "In force (an hour)", "Difference"])
