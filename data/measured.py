"""Measured assumptions: what the imaging extract says of numbers that are assumed, beside what is in force.

A session's throughput is hours × examinations an hour × utilisation × (1 − did not attend). The three are measured so that their product is what
was done in each hour that planned sessions were open. All here are functions of the extract's patterns (`data.store.imaging.PATTERNS`).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from typing import Any

import pandas as pd

from data.assumption import SCOPES
from data.assumptions import ASSUMPTIONS, BY_NAME, Assumptions
from data.evidence import EVIDENCE
from data.fields import Field, Kind, Table
from data.measures import BY_MEASURE, THROUGHPUT, months_words
from data.measuring import Seen, acute_shares, coverage, hours_run, late, openings, outside, throughput
from data.network import Network
from data.small_numbers import shown_count
from data.words import number, percent

FEWEST = 100
"""Observations below which a figure is shown and not offered."""

FEWEST_DAYS = 20
"""Days of scanners below which a ratio over such days is shown and not offered."""

COVERED = (0.8, 1.25)
"""Examinations in the extract over those of the monthly return: outside this, what hangs on seeing every examination is shown and not offered."""

_OF_EVERY = ("utilisation", "session_share", "unscheduled_outside")
"""Figures that are wrong where the extract holds a part of the examinations only: idle time may be work nobody sent."""

HIGH, MEDIUM = 0.1, 0.25
"""Half an interval, over the figure, up to which confidence is high or medium."""

_WHO = EVIDENCE[1:4]
"""Source, reason and owner."""

_BUILT_IN = {"reason": "Built-in default: nobody has stated a value"}

MEASURED = Table(
    "measured", "Measured assumptions", "One row for each figure measured from the imaging extract.",
    (
        Field("measure", "Measure", Kind.CHOICE, choices=tuple(BY_MEASURE)),
        *(Field(s, s.replace("_", " ").capitalize(), Kind.ID, required=False) for s in SCOPES),
        Field("value", "Measured", Kind.NUMBER),
        Field("low", "Lower end of the 95% interval", Kind.NUMBER, required=False),
        Field("high", "Upper end of the 95% interval", Kind.NUMBER, required=False),
        Field("n", "Observations", Kind.COUNT, minimum=0),
        Field("days", "Days of scanners", Kind.COUNT, minimum=0, required=False),
        Field("months", "Months", Kind.TEXT),
        Field("coverage", "Covered", Kind.NUMBER, required=False, unit="share of the monthly return",
              help="Examinations in the extract over those of the monthly return, of the same organisation, tests and months"),
        Field("in_force", "In force", Kind.NUMBER, required=False),
        *(Field(f"in_force_{f.name}", f"{f.title} of the value in force", Kind.TEXT, required=False) for f in _WHO),
        Field("beyond_chance", "Differs by more than chance", Kind.FLAG),
        Field("offered", "Offered", Kind.FLAG),
        Field("why_not", "Why it is not offered", Kind.TEXT, required=False),
    ),
)  # fmt: skip


def measured(network: Network, held: Assumptions, seen: Seen) -> pd.DataFrame:
    """Every assumption the extract measures, at every place it measures it.

    Args:
        network: whose sites, tests and register.
        held: the assumptions in force.
        seen: what the extract says.

    Returns:
        Typed frame of `MEASURED`.
    """
    rows = _rows([*throughput(network, seen), *openings(network, seen), *outside(network, seen)], network, seen)
    for name, places in rows.groupby("measure"):
        rows.loc[places.index, "in_force"] = held.values(str(name), places[list(SCOPES)])
    stated = _holding(rows, held)
    rows = rows.assign(**_in_force(rows, stated))
    rows["beyond_chance"] = (rows["in_force"] < rows["low"]) | (rows["in_force"] > rows["high"])
    rows["why_not"] = [_why_not(row, there) for row, there in zip(rows.itertuples(), stated, strict=True)]
    rows["why_not"] = _with_partners(rows)
    rows["offered"] = rows["why_not"] == ""
    return MEASURED.typed({name: rows[name] for name in MEASURED.columns})


def for_information(network: Network, seen: Seen, beside: Mapping[str, Mapping[tuple[str, ...], float]], said: Mapping[str, str]) -> pd.DataFrame:
    """Figures the extract holds that are no assumption, beside what the model has of the kind.

    Args:
        network: whose sites, tests and register.
        seen: what the extract says.
        beside: by measure, what the model has by place: (organisation, test) or (site, asset_type).
        said: by measure, where that comes from.

    Returns:
        Typed frame of `MEASURED`; nothing in it is offered.
    """
    rows = _rows([*acute_shares(network, seen), *hours_run(network, seen), *late(network, seen)], network, seen)
    places = {"acute_share": ("organisation", "test"), "hours_run": ("site", "asset_type")}
    rows["in_force"] = [
        beside.get(r["measure"], {}).get(tuple(r[c] for c in places.get(r["measure"], ())), math.nan) for r in rows.to_dict("records")
    ]  # fmt: skip
    rows["beyond_chance"] = (rows["in_force"] < rows["low"]) | (rows["in_force"] > rows["high"])
    rows["in_force_source"] = rows["measure"].map(lambda m: said.get(m, "")).where(rows["in_force"].notna(), "")
    rows = rows.assign(in_force_reason="", in_force_owner="", offered=False, why_not="For information: the model has no assumption of this kind")
    return MEASURED.typed({name: rows[name] for name in MEASURED.columns})


def together(rows: pd.DataFrame, ticked: Collection[int]) -> list[int]:
    """What is accepted with what was ticked: the factors of a throughput stand or fall together, but for non-attendance alone.

    Args:
        rows: typed frame of `MEASURED`.
        ticked: labels of offered rows.

    Returns:
        Labels of offered rows, in their order.
    """
    tied = rows["measure"].isin(THROUGHPUT) & rows["offered"]
    places = {(r.site, r.asset_type) for r in rows.loc[list(ticked)].itertuples() if r.measure in THROUGHPUT and r.measure != "dna_rate"}
    same = [k for k, r in rows[tied].iterrows() if (r["site"], r["asset_type"]) in places]
    return [k for k in rows.index if k in set(ticked) | set(same) and rows.loc[k, "offered"]]


def accepted(rows: pd.DataFrame, *, owner: str, on: pd.Timestamp) -> pd.DataFrame:
    """Measured figures as rows of assumptions.

    Args:
        rows: rows of `MEASURED` that are offered.
        owner: who accepts them.
        on: the day of the decision.

    Returns:
        Typed frame of `ASSUMPTIONS`: values of four digits, with reason, source and a confidence that follows the width of the interval.
    """
    made = [
        {"name": r.measure, **_scopes(r), "from_week": pd.NaT, "to_week": pd.NaT, "value": rounded(r.value),
         "basis": "derived", "source": f"Imaging extract, {r.months}", "reason": reason(r), "owner": owner, "confidence": confidence(r),
         "dated": on}
        for r in rows.itertuples()
    ]  # fmt: skip
    return ASSUMPTIONS.typed(pd.DataFrame(made, columns=ASSUMPTIONS.columns))


def _scopes(row: Any) -> dict[str, str]:
    """The place of a measured figure, as far as its assumption varies by it."""
    return {s: getattr(row, s) if s in BY_NAME[row.measure].varies_by else "" for s in SCOPES}


def reason(row: Any) -> str:
    """Why a measured figure is to be believed, in one sentence; patients are counted as they may be shown."""
    measure = BY_MEASURE[row.measure]
    n = float(shown_count(pd.Series([float(row.n)]))[0]) if measure.of_patients else row.n
    between = f"95% interval {row.low:,.3g} to {row.high:,.3g}"
    return f"Measured from the imaging extract, {row.months}, {number(n)} {measure.observations}; {between}."


def confidence(row: Any) -> str:
    """How sure a measured figure is, by the width of its interval."""
    half = (row.high - row.low) / 2
    return "high" if half <= HIGH * row.value else "medium" if half <= MEDIUM * row.value else "low"


def rounded(value: float) -> float:
    """A figure in four digits."""
    return float(f"{value:.4g}")


def _rows(found: list[dict[str, Any]], network: Network, seen: Seen) -> pd.DataFrame:
    """Figures as a frame, in order of the network's tables: what holds for an organisation after its sites."""
    blank = dict.fromkeys(SCOPES, "") | {"days": math.nan, "in_force": math.nan, "coverage": math.nan}
    orders = {
        "organisation": network.organisations, "site": list(network["sites"]["site"]), "asset_type": list(network["asset_types"]["asset_type"]),
        "test": list(network["tests"]["test"]), "measure": list(BY_MEASURE),
    }  # fmt: skip
    place = {name: {value: k for k, value in enumerate(order)} for name, order in orders.items()}
    found = sorted(found, key=lambda row: [place[name].get(row.get(name, ""), len(place[name])) for name in place])
    rows = pd.DataFrame([blank | row for row in found], columns=MEASURED.columns)
    return rows.assign(months=rows["organisation"].map(lambda o: months_words(seen.months.get(o, ()))), coverage=_covered(rows, network, seen))


def _covered(rows: pd.DataFrame, network: Network, seen: Seen) -> list[float]:
    """The least covered of the tests a row is about: its own, or those its kind of scanner can do."""
    known = coverage(network, seen)
    able = network["capabilities"].groupby("asset_type")["test"].agg(list).to_dict()
    return [
        min((known[organisation, t] for t in ([test] if test else able.get(kind, [])) if (organisation, t) in known), default=math.nan)
        for organisation, test, kind in rows[["organisation", "test", "asset_type"]].itertuples(index=False)
    ]


def _in_force(rows: pd.DataFrame, stated: list[list[Any]]) -> dict[str, Any]:
    """Who says what holds at each row's place: of the rows of assumptions there, the one that names most of it."""
    winners = [[r for r in there if not _has_dates(r)][-1:] for there in stated]
    return {
        f"in_force_{f.name}": [
            getattr(won[0], f.name) if won else _BUILT_IN.get(f.name, "") or getattr(BY_NAME[name], f.name, "")
            for won, name in zip(winners, rows["measure"], strict=True)
        ] for f in _WHO
    }  # fmt: skip


def _holding(rows: pd.DataFrame, held: Assumptions) -> list[list[Any]]:
    """For each measured row the rows of assumptions that hold at its place at any time, the least specific first."""
    stated: dict[str, list[tuple[dict[str, str], Any]]] = {}
    for r in held.rows.itertuples():
        stated.setdefault(r.name, []).append(({s: v for s in SCOPES if (v := getattr(r, s))}, r))
    for known in stated.values():
        known.sort(key=lambda pair: len(pair[0]))
    return [
        [r for scopes, r in stated.get(row["measure"], ()) if all(row[s] == v for s, v in scopes.items())]
        for row in rows[["measure", *SCOPES]].to_dict("records")
    ]  # fmt: skip


def _has_dates(row: Any) -> bool:
    return bool(pd.notna(row.from_week) or pd.notna(row.to_week))


def _why_not(row: Any, stated: list[Any]) -> str:
    """Why a figure is not offered; empty where nothing speaks against it."""
    declared, measure = BY_NAME[row.measure], BY_MEASURE[row.measure]
    if row.n < FEWEST:
        return f"Fewer than {FEWEST} {measure.observations}"
    if row.days < FEWEST_DAYS:
        return f"Fewer than {FEWEST_DAYS} days of scanners"
    if not declared.minimum <= row.value <= declared.maximum:
        return f"Outside {declared.minimum:g} to {declared.maximum:g}, what this assumption may be"
    if row.measure in _OF_EVERY and not (pd.isna(row.coverage) or COVERED[0] <= row.coverage <= COVERED[1]):
        bounds = f"{percent(COVERED[0], 0)} to {percent(COVERED[1], 0)}"
        return f"The extract holds {percent(row.coverage, 0)} of the examinations of the monthly return; offered from {bounds} only"
    if any(map(_has_dates, stated)):
        return "Rows with dates hold here: a measured row would take their place"
    return "In force already" if rounded(row.value) == row.in_force else ""


def _with_partners(rows: pd.DataFrame) -> list[str]:
    """Reasons, with those of figures whose product would no longer be what was measured."""
    blocked = rows[rows["measure"].isin(("utilisation", "dna_rate")) & ~rows["why_not"].isin(("", "In force already"))]
    places = set(zip(blocked["site"], blocked["asset_type"], strict=True))
    tied = rows["measure"].isin(THROUGHPUT) & (rows["measure"] != "dna_rate")
    return [
        "Goes together with a figure of the same place that is not offered" if not why and tie and (site, kind) in places else why
        for why, tie, site, kind in zip(rows["why_not"], tied, rows["site"], rows["asset_type"], strict=True)
    ]
