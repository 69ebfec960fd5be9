"""The five-year workforce plan: who is needed and in post, who starts, where hours come from, what it costs, and how hours become posts."""

from __future__ import annotations

import pandas as pd
from pandas.io.formats.style import Styler

from data.network import Network
from data.words import count, number, percent, pounds
from data.workforce_plan import BY_WORKFORCE_TABLE, OPTION_TITLES, WorkforcePlan
from portal.charts.evidence import Evidence, canvas
from portal.charts.lists import lines
from portal.charts.tables import pivoted, shaded, shown
from portal.theme import CATEGORICAL
from portal.workforce_words import gaps

_DARKEST = 0.2
"""Share of the WTE needed that is missing where a cell is shaded darkest."""

_SOURCES = {
    "own": "Own hours", "overtime": "Overtime", "bank_or_agency": "Bank and agency", "borrowed": "Borrowed", "bought": "Bought",
    "uncovered": "Not done",
}  # fmt: skip
_KINDS = {"scanning": "Scanning", "reporting": "Reporting", "other": "Other work"}


def gap_matrix(plan: WorkforcePlan, network: Network, year: int, column: str) -> Styler:
    """WTE missing at the end of a year by staff group and organisation.

    Args:
        plan: the plan.
        network: for titles.
        year: 1 is the first.
        column: `closing` (by this plan) or `minimum` (with today's posts).
    """
    rows = gaps(plan)
    rows = rows[rows["year"] == year]
    missing = (rows["needed"] - rows[column]).where(lambda gap: gap.abs() >= 0.05, 0.0)
    rows = rows.assign(missing=missing, share=(missing / rows["needed"].where(rows["needed"] > 0)).fillna(0.0))
    groups, trusts = network.titles("staff_groups"), network.short_titles("organisations")

    def wide(value: str) -> pd.DataFrame:
        return pivoted(rows, groups, trusts, "staff_group", "organisation", value)

    text = wide("missing").map(_gap_words)
    short = wide("missing") > 0
    return shaded(text, (wide("share") / _DARKEST).where(short, 0.0), short)


def _gap_words(gap: float) -> str:
    if pd.isna(gap):
        return "none needed"
    return "even" if gap == 0 else f"{number(abs(gap), 1)} {'short' if gap > 0 else 'spare'}"


def posts(plan: WorkforcePlan, network: Network, organisation: str, group: str) -> Evidence:
    """WTE needed, in post by the plan, and in post with today's posts, by quarter; empty names = all of them together."""
    staff, least = (_of(plan[name], organisation, group) for name in ("staff", "minimum"))
    needed, closing = (staff.groupby("quarter")[column].sum() for column in ("needed", "closing"))
    without = least.groupby("quarter")["closing"].sum()
    figure = canvas(380, yaxis={"tickformat": ",.0f"}, xaxis={"tickformat": "%b %Y"})
    series = {name: (values.index.to_series(), values) for name, values in (("Needed", needed), ("This plan", closing), ("Today's posts", without))}
    lines(figure, series, "Quarter from %{x|%-d %B %Y}: %{y:,.1f} WTE")
    where = network.short_titles("organisations").get(organisation, "All trusts")
    who = network.titles("staff_groups").get(group, "all staff groups")
    end = f"{number(needed.iloc[-1], 1)} WTE needed in the last quarter, {number(closing.iloc[-1], 1)} in post by this plan"
    table = pd.DataFrame({"Quarter from": needed.index, "Needed (WTE)": needed.to_numpy(), "In post by this plan (WTE)": closing.to_numpy(),
                          "In post with today's posts (WTE)": without.reindex(needed.index).to_numpy()})  # fmt: skip
    subtitle = f"{where}, {who}: whole-time equivalents at the end of each quarter; needed before any skill mix"
    return Evidence(f"{where}: {end}", subtitle, figure, f"{where}, {who}: {end}, {number(without.iloc[-1], 1)} with today's posts.", table, "posts")


def starts(plan: WorkforcePlan, network: Network, organisation: str) -> pd.DataFrame:
    """People who start on each route by year; an empty name = all trusts together."""
    rows = _by_year(_of(plan["starts"], organisation, ""), plan)
    years = sorted(_by_year(plan["staff"], plan)["year"].unique())
    wide = rows.pivot_table(index="route", columns="year", values="people", aggfunc="sum", fill_value=0).reindex(columns=years, fill_value=0)
    titles = network["routes"].set_index("route")["title"]
    wide = wide.reindex([r for r in titles.index if r in wide.index])
    made = wide.rename(index=titles.to_dict(), columns=lambda y: f"Year {y}").astype(int)
    made.insert(len(made.columns), "All years", made.sum(axis=1))
    return made[made["All years"] > 0].rename_axis("Way into posts", axis=0).rename_axis(None, axis=1).reset_index()


def starts_by_quarter(plan: WorkforcePlan, network: Network) -> pd.DataFrame:
    """Every start by trust and quarter, under headings."""
    rows = plan["starts"]
    rows = rows[rows["people"] > 0]
    titles = network["routes"].set_index("route")["title"]
    return shown(BY_WORKFORCE_TABLE["starts"], rows.assign(route=rows["route"].map(titles)), network)


def cover(plan: WorkforcePlan, network: Network, organisation: str, group: str) -> Evidence:
    """Where the hours of each year come from."""
    hours, done = (_by_year(_of(plan[name], organisation, group), plan) for name in ("hours", "cover"))
    parts = hours.groupby("year")[["own", "overtime", "bank_or_agency", "borrowed"]].sum()
    spare = hours.groupby("year")["spare"].sum()
    parts["own"] = (parts["own"] - spare).clip(lower=0)
    parts = parts.join(done.groupby("year")[["bought", "uncovered"]].sum()).rename(columns=_SOURCES)
    figure = canvas(380, barmode="stack", yaxis={"tickformat": ",.0f"}, showlegend=True, legend={"orientation": "h", "y": -0.12})
    for k, (name, values) in enumerate(parts.items()):
        colour = CATEGORICAL[k % len(CATEGORICAL)]
        pattern = "/" if name == _SOURCES["uncovered"] else ""
        figure.add_bar(x=[f"Year {y}" for y in parts.index], y=values, name=str(name), marker={"color": colour, "pattern": {"shape": pattern}},
                       hovertemplate=f"%{{x}}, {str(name).lower()}: %{{y:,.0f}} hours<extra></extra>")  # fmt: skip
    asked = done.groupby("year")["needed"].sum()
    left = percent(parts[_SOURCES["uncovered"]].sum() / asked.sum() if asked.sum() else 0.0)
    where = network.short_titles("organisations").get(organisation, "All trusts")
    who = network.titles("staff_groups").get(group, "all staff groups")
    table = parts.rename(columns=lambda c: f"{c} (hours)").rename_axis("Year").reset_index()
    finding = f"{where}: {left} of the hours needed over {count(len(parts), 'year')} are not done"
    return Evidence(finding, f"{where}, {who}: hours at work by year and where they come from", figure, f"{finding}.", table, "cover")


def costs(plan: WorkforcePlan) -> Evidence:
    """Cost of each option by year."""
    rows = plan["options"]
    wide = rows.pivot(index="year", columns="option", values="cost_gbp")[[o for o in OPTION_TITLES if o in set(rows["option"])]]
    figure = canvas(360, barmode="group", yaxis={"tickprefix": "£", "tickformat": ",.3s", "rangemode": "tozero"}, showlegend=True,
                    legend={"orientation": "h", "y": -0.12})  # fmt: skip
    for k, (option, values) in enumerate(wide.items()):
        title = OPTION_TITLES[str(option)]
        figure.add_bar(x=[f"Year {y}" for y in wide.index], y=values, name=title, marker={"color": CATEGORICAL[k % len(CATEGORICAL)]},
                       hovertemplate=f"%{{x}}, {title}: £%{{y:,.0f}}<extra></extra>")  # fmt: skip
    total = wide.sum()
    finding = "; ".join(f"{OPTION_TITLES[str(o)]} {pounds(v)}" for o, v in total.items())
    table = wide.rename(columns={o: f"{t} (£)" for o, t in OPTION_TITLES.items()}).rename_axis("Year").rename_axis(None, axis=1).reset_index()
    subtitle = "Pay, starts, temporary staff, bought examinations and reports, retention; £ at the prices of the first year, not discounted"
    return Evidence("What each option costs", subtitle, figure, f"Over the whole plan: {finding}.", table, "workforce_costs")


def options(plan: WorkforcePlan) -> pd.DataFrame:
    """The options beside each other, over the whole plan."""
    rows = plan["options"]
    last = rows[rows["year"] == rows["year"].max()].set_index("option")
    sums = rows.groupby("option")[["people", "temporary_hours", "bought_examinations", "lost_examinations", "uncovered_hours", "cost_gbp"]].sum()
    order = [o for o in OPTION_TITLES if o in sums.index]
    sums, last = sums.loc[order], last.loc[order]
    return pd.DataFrame({
        "Option": [OPTION_TITLES[o] for o in order], "People who start": sums["people"].map(number).to_numpy(),
        "In post at the end (WTE)": last["in_post"].map(lambda v: number(v, 1)).to_numpy(),
        "Short at the end (WTE)": (last["needed"] - last["in_post"]).clip(lower=0).map(lambda v: number(v, 1)).to_numpy(),
        "Overtime, bank and agency (hours)": sums["temporary_hours"].map(number).to_numpy(),
        "Examinations bought": sums["bought_examinations"].map(number).to_numpy(),
        "Examinations lost": sums["lost_examinations"].map(number).to_numpy(),
        "Reports and other work not done (hours)": sums["uncovered_hours"].map(number).to_numpy(),
        "Cost": sums["cost_gbp"].map(pounds).to_numpy(),
    })  # fmt: skip


def steps(rows: pd.DataFrame, network: Network) -> pd.DataFrame:
    """From examinations to posts, each step in a column; `rows` of the table `need`."""
    titles = network.titles("tests")
    plain = rows.assign(what=[_KINDS[k] + (f", {titles[t]}" if t else "") for k, t in zip(rows["kind"], rows["test"], strict=True)])
    return pd.DataFrame({
        "Work": plain["what"], "Examinations": plain["examinations"].round(), "Minutes each": plain["minutes"].round(1),
        "Staff at once": plain["staff"].round(2), "Hours": plain["hours"].round(), "Hours at work of one WTE": plain["hours_of_one"].round(1),
        "Not clinical (%)": (100 * plain["not_clinical"]).round(1), "WTE": plain["wte"].round(2),
    })  # fmt: skip


def limits(plan: WorkforcePlan) -> pd.DataFrame:
    """Limits that bind, those of most value first."""
    rows = plan["workforce_limits"]
    rows = rows[rows["binding"]].sort_values("value_of_one_more", ascending=False, kind="stable")
    return pd.DataFrame({
        "What": rows["what"], "Where": rows["where"], "Year": rows["year"], "Used": rows["used"].round(1), "Available": rows["available"].round(1),
        "Unit": rows["unit"], "One more is worth up to (£)": rows["value_of_one_more"].round(),
    })  # fmt: skip


def ledger(plan: WorkforcePlan, network: Network, organisation: str, group: str) -> pd.DataFrame:
    """Staff in post by quarter: who was there, came and went."""
    return shown(BY_WORKFORCE_TABLE["staff"], _of(plan["staff"], organisation, group), network)


def _of(frame: pd.DataFrame, organisation: str, group: str) -> pd.DataFrame:
    keep = pd.Series(True, index=frame.index)
    if organisation:
        keep &= frame["organisation"] == organisation
    if group:
        keep &= frame["staff_group"] == group
    return frame[keep]


def _by_year(frame: pd.DataFrame, plan: WorkforcePlan) -> pd.DataFrame:
    quarters = {q: k // 4 + 1 for k, q in enumerate(sorted(plan["staff"]["quarter"].unique()))}
    return frame.assign(year=frame["quarter"].map(quarters))
