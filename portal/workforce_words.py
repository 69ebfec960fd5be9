"""A five-year workforce plan in sentences: how short, whom to start, at what cost, or else what, and what limits it. No Streamlit."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from data.network import Network
from data.words import count, listed, number, percent, pounds
from data.workforce_plan import OPTION_TITLES, WorkforcePlan

_NAMED = 4
_SMALL = 0.05
"""WTE that nobody would notice."""


@dataclass(frozen=True)
class Said:
    """The answer: a headline, and sections of sentences in reading order."""

    headline: str
    more: str
    sections: tuple[tuple[str, tuple[str, ...]], ...]


def year_ends(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of the last quarter of each year, with the year; `frame` has quarters of whole years."""
    quarters = sorted(frame["quarter"].unique())
    years = {quarter: k // 4 + 1 for k, quarter in enumerate(quarters) if k % 4 == 3}
    return frame[frame["quarter"].isin(years)].assign(year=lambda rows: rows["quarter"].map(years))


def answer(plan: WorkforcePlan, network: Network) -> Said:
    """The plan in sentences."""
    return Said(*_headline(plan, network), (
        ("How short, and of whom", tuple(_short(plan, network))),
        ("Whom to start, and when", tuple(_starts(plan, network))),
        ("What it costs, and what happens otherwise", tuple(_otherwise(plan))),
        ("What stops the plan from doing more", tuple(_limits(plan))),
        ("Before you use this plan", tuple(_before_use(plan))),
    ))  # fmt: skip


def gaps(plan: WorkforcePlan) -> pd.DataFrame:
    """By organisation, staff group and year end: needed, in post by this plan and with today's posts (WTE)."""
    ends = year_ends(plan["staff"])[["organisation", "staff_group", "quarter", "year", "needed", "closing"]]
    least = plan["minimum"][["organisation", "staff_group", "quarter", "closing"]].rename(columns={"closing": "minimum"})
    return ends.merge(least, on=["organisation", "staff_group", "quarter"], how="left").drop(columns="quarter")


def _last(plan: WorkforcePlan) -> pd.DataFrame:
    rows = gaps(plan)
    return rows[rows["year"] == rows["year"].max()]


def _headline(plan: WorkforcePlan, network: Network) -> tuple[str, str]:
    last = _last(plan)
    years = int(last["year"].max())
    short = (last["needed"] - last["minimum"]).clip(lower=0).sum()
    asked = plan["starts"]["people"].sum()
    options = plan["options"].groupby("option")[["cost_gbp", "lost_examinations", "uncovered_hours"]].sum()
    headline = (
        f"{network.title}: in {count(years, 'year')} {number(short)} WTE too few if posts stay as they are; this plan starts {number(asked)} people."
        if short >= 0.5
        else f"{network.title}: enough staff for {count(years, 'year')} of expected work even if posts stay as they are."
    )
    if not {"minimum", "plan"} <= set(options.index):
        return headline, ""
    here, least = options.loc["plan"], options.loc["minimum"]
    more = here["cost_gbp"] - least["cost_gbp"]
    words = f"It costs {pounds(abs(more))} {'more' if more >= 0 else 'less'} over {count(years, 'year')} than keeping today's posts"
    saved = least["lost_examinations"] - here["lost_examinations"]
    then = f" and saves {number(saved)} examinations from being lost." if saved >= 1 else "."
    return headline, words + then


def _short(plan: WorkforcePlan, network: Network) -> list[str]:
    last, groups, trusts = _last(plan), network.titles("staff_groups"), network.short_titles("organisations")
    by_group = last.groupby("staff_group", sort=False)[["needed", "minimum", "closing"]].sum()
    by_group["short"] = (last["needed"] - last["minimum"]).clip(lower=0).groupby(last["staff_group"]).sum()
    said = []
    for group, row in by_group.sort_values("short", ascending=False, kind="stable").iterrows():
        if row["short"] < _SMALL:
            continue
        here = last[last["staff_group"] == group].assign(short=lambda r: r["needed"] - r["minimum"]).nlargest(1, "short").iloc[0]
        said.append(
            f"{groups[group]}: {number(row['needed'], 1)} WTE needed in the last quarter, {number(row['minimum'], 1)} in post if posts stay as "
            f"they are, {number(row['closing'], 1)} by this plan; shortest at {trusts[here['organisation']]} ({number(here['short'], 1)} WTE)."
        )
    return said or ["No staff group is short in the last quarter."]


def _starts(plan: WorkforcePlan, network: Network) -> list[str]:
    routes = network["routes"].set_index("route")["title"].to_dict()
    starts = plan["starts"]
    if starts["people"].sum() < 1:
        return ["Nobody is asked for beyond those in training today."]
    quarters = sorted(plan["staff"]["quarter"].unique())
    first = starts[starts["quarter"].isin(quarters[:4])]
    trusts = network.short_titles("organisations")
    said: list[tuple[float, str]] = []
    for route, rows in starts.groupby("route", sort=False):
        total, soon = rows["people"].sum(), first.loc[first["route"] == route, "people"].sum()
        if total >= 1:
            where = rows.groupby("organisation")["people"].sum().sort_values(ascending=False, kind="stable")
            named = listed([f"{trusts[o]} {number(n)}" for o, n in where.items() if n >= 1])
            said.append((total, f"{routes[str(route)]}: {number(total)}, {number(soon)} of them in the first year ({named})."))
    return [sentence for _, sentence in sorted(said, key=lambda s: -s[0])]


def _otherwise(plan: WorkforcePlan) -> list[str]:
    options = plan["options"].groupby("option", sort=False).agg(
        cost=("cost_gbp", "sum"), lost=("lost_examinations", "sum"), bought=("bought_examinations", "sum"), hours=("uncovered_hours", "sum"),
        temporary=("temporary_hours", "sum"),
    )  # fmt: skip
    said = []
    for option in (o for o in OPTION_TITLES if o in options.index):
        row = options.loc[option]
        said.append(
            f"{OPTION_TITLES[option]}: {pounds(row['cost'])}; {number(row['temporary'])} hours of overtime, bank and agency, {number(row['bought'])} "
            f"examinations bought, {number(row['lost'])} lost for want of staff, {number(row['hours'])} hours of reports and other work not done."
        )
    return said


def _limits(plan: WorkforcePlan) -> list[str]:
    rows = plan["workforce_limits"]
    binding = rows[rows["binding"] & (rows["value_of_one_more"].fillna(0) >= 1)]
    if binding.empty:
        return ["No limit of places, supervisors, money or temporary staff holds the plan back."]
    worth = binding.groupby(["what", "where", "unit"], sort=False).agg(value=("value_of_one_more", "max"), years=("year", "nunique")).reset_index()
    top = worth.nlargest(_NAMED + 2, "value")
    said = [
        f"{r.what}, {r.where}: used up in {count(int(r.years), 'year')}; one more ({r.unit}) is worth up to {pounds(r.value)} of the weighted goals."
        for r in top.itertuples()
    ]
    left = len(worth) - len(top)
    return [*said, f"{count(left, 'other limit')} bind too."] if left > 0 else said


def _before_use(plan: WorkforcePlan) -> list[str]:
    gap = max((s["gap"] for s in plan.summary["stages"]), default=0.0)
    wrong = plan.summary.get("wrong", [])
    checked = ["Checked: everybody was followed again, quarter by quarter, from the tables alone, and every limit is kept."]
    if wrong:
        checked = ["THIS PLAN IS WRONG. Do not use it: followed again from its tables, it breaks a limit.", *wrong[:_NAMED]]
    searched = f"Outcome of the search: {plan.summary['status']}, within {percent(gap, 2)} of the best possible."
    return [*checked, searched, *plan.summary.get("notes", [])]
