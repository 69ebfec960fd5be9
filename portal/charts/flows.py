"""Mobile units on a calendar, and who helps whom."""

from __future__ import annotations

import pandas as pd
from pandas.io.formats.style import Styler

from data.network import Network
from data.plan import BY_TABLE, Plan
from data.words import count, day, number
from portal.charts.evidence import Evidence, canvas
from portal.charts.tables import pivoted, shaded, shown, titled
from portal.theme import CATEGORICAL, chart_text

_WEEK = pd.Timedelta(days=7)
_PATTERNS = ("", "/", "x", ".", "-", "+", "\\", "|")


_LETTERS = 100
"""Letters that fit across the calendar."""


def _shortened(text: str, letters: int) -> str:
    return text if len(text) <= letters else f"{text[: max(letters - 1, 1)].rstrip(' ,')}…"


def stays(plan: Plan) -> pd.DataFrame:
    """Each mobile unit's stays: mobile, site, start (first Monday), end (the Monday after its last week), weeks."""
    rows = plan["mobiles"].query("present").sort_values(["mobile", "week"])
    new = (rows["mobile"] != rows["mobile"].shift()) | (rows["site"] != rows["site"].shift()) | (rows["week"] - rows["week"].shift() != _WEEK)
    found = rows.groupby(new.cumsum()).agg(
        mobile=("mobile", "first"), site=("site", "first"), start=("week", "first"), last=("week", "last"), weeks=("week", "size")
    )
    return found.assign(end=found["last"] + _WEEK).drop(columns="last").reset_index(drop=True)


def mobiles(plan: Plan, network: Network) -> Evidence:
    """Where each mobile unit stands, as a calendar; units that are not used have an empty row."""
    found, titles, sites = stays(plan), network.titles("mobiles"), network.short_titles("sites")
    order = [chart_text(t) for t in titles.values()]
    first, last = plan["waiting_list"]["week"].min(), plan["waiting_list"]["week"].max() + _WEEK
    rows = {"categoryorder": "array", "categoryarray": order[::-1], "range": [-0.6, len(order) - 0.4], "showgrid": False}
    across = {"type": "date", "tickformat": "%-d %b %Y", "range": [first, last], "showgrid": True}
    figure = canvas(110 + 56 * len(order), xaxis=across, yaxis=rows, barmode="overlay")
    used = list(dict.fromkeys(found["site"]))
    next_start = found.groupby("mobile")["start"].shift(-1).fillna(last)
    for row, free_until in zip(found.itertuples(), next_start, strict=True):
        place, unit, site = used.index(row.site), chart_text(titles[row.mobile]), sites[row.site]
        until = day(row.end - pd.Timedelta(days=1))
        figure.add_bar(
            x=[(row.end - row.start) / pd.Timedelta(milliseconds=1)], base=[row.start], y=[unit], orientation="h", width=0.6,
            marker={"color": "#ffffff", "line": {"color": CATEGORICAL[place % len(CATEGORICAL)], "width": 3},
                    "pattern": {"shape": _PATTERNS[place % len(_PATTERNS)], "fgcolor": "#d8dde0"}},
            hovertemplate=f"{unit} at {chart_text(site)}<br>{day(row.start)} to {until}<extra></extra>",
        )  # fmt: skip
        label = _shortened(site, int(_LETTERS * (free_until - row.start) / (last - first)))
        figure.add_annotation(
            x=row.start, y=unit, text=chart_text(label), showarrow=False, xanchor="left", xshift=6, font={"size": 13}, bgcolor="rgba(255,255,255,0.8)"
        )
    idle = [t for m, t in titles.items() if m not in set(found["mobile"])]
    for title in idle:
        figure.add_annotation(x=first, y=chart_text(title), text="not used in this plan", showarrow=False, xanchor="left", font={"size": 13})
    finding = f"{count(len(titles) - len(idle), 'mobile unit')} of {number(len(titles))} in use, {count(int(found['weeks'].sum()), 'unit week')}"
    said = [f"{titles[r.mobile]} at {sites[r.site]} for {count(r.weeks, 'week')} from {day(r.start)}" for r in found.itertuples()]
    table = pd.DataFrame({
        "Mobile unit": titled(found["mobile"], "mobiles", network), "Site": titled(found["site"], "sites", network),
        "From": found["start"].map(day), "To": (found["end"] - pd.Timedelta(days=1)).map(day), "Weeks": found["weeks"],
    })  # fmt: skip
    return Evidence(
        finding, "Where each mobile unit stands, week by week", figure if titles else None, ". ".join([finding, *said]) + ".", table, "mobile_units"
    )


def aid_matrix(plan: Plan, network: Network, test: str) -> Styler | None:
    """Patients examined at another trust over the plan, from trust (rows) to trust (columns); None where nobody is.

    Args:
        plan: the plan.
        network: for titles.
        test: one test; empty = all tests.
    """
    rows = plan["transfers"]
    rows = rows[rows["test"] == test] if test else rows
    sums = rows.groupby(["from_organisation", "to_organisation"])["patients"].sum().reset_index()
    if sums.empty:
        return None
    titles = network.short_titles("organisations")
    wide = pivoted(sums, titles, titles, "from_organisation", "to_organisation", "patients").reindex(
        index=list(titles.values()), columns=list(titles.values())
    )
    text = wide.map(lambda v: "none" if pd.isna(v) else f"{v:,.0f}")
    for name in titles.values():
        text.loc[name, name] = "own"
    return shaded(text.rename(index="From {}".format, columns="to {}".format), (wide / wide.max().max() * 0.9).fillna(0.0))


def aid_routes(plan: Plan, network: Network) -> pd.DataFrame:
    """Who helps whom, by route and test: patients, weeks, mean minutes by road, cost."""
    rows = plan["transfers"]
    rows = rows.assign(road=rows["minutes"] * rows["patients"])
    sums = rows.groupby(["from_organisation", "to_organisation", "to_site", "test"], sort=False).agg(
        patients=("patients", "sum"), weeks=("week", "nunique"), first=("week", "min"), road=("road", "sum"), cost=("cost_gbp", "sum")
    ).reset_index().sort_values("patients", ascending=False)  # fmt: skip
    return pd.DataFrame({
        "From": titled(sums["from_organisation"], "organisations", network), "To": titled(sums["to_organisation"], "organisations", network),
        "At": titled(sums["to_site"], "sites", network), "Test": titled(sums["test"], "tests", network),
        "Patients over the plan": sums["patients"].round(0), "In weeks": sums["weeks"], "From week of": sums["first"].map(day),
        "Minutes by road (mean)": (sums["road"] / sums["patients"]).round(0),
        "Cost (£)": sums["cost"].round(0),
    }).reset_index(drop=True)  # fmt: skip


def shared_staff(plan: Plan, network: Network) -> pd.DataFrame:
    """Who lends staff to whom over the plan, by staff group: hours, weeks, minutes of a visit's journey, cost of travel."""
    rows = plan["shared_staff"]
    rows = rows.assign(road=rows["minutes"] * rows["hours"])
    sums = rows.groupby(["from_organisation", "to_organisation", "staff_group"], sort=False).agg(
        hours=("hours", "sum"), weeks=("week", "nunique"), first=("week", "min"), road=("road", "sum"), cost=("cost_gbp", "sum")
    ).reset_index().sort_values("hours", ascending=False)  # fmt: skip
    return pd.DataFrame({
        "From": titled(sums["from_organisation"], "organisations", network), "To": titled(sums["to_organisation"], "organisations", network),
        "Staff group": titled(sums["staff_group"], "staff_groups", network), "Hours over the plan": sums["hours"].round(0),
        "In weeks": sums["weeks"], "From week of": sums["first"].map(day),
        "Minutes by road there and back": (sums["road"] / sums["hours"]).round(0), "Cost of travel (£)": sums["cost"].round(0),
    }).reset_index(drop=True)  # fmt: skip


def external(plan: Plan, network: Network) -> pd.DataFrame:
    """Examinations bought from providers over the plan, by trust, test and kind."""
    rows = plan["external"].groupby(["organisation", "site", "test", "priority", "kind"], sort=False).agg(
        patients=("patients", "sum"), cost_gbp=("cost_gbp", "sum"), week=("week", "min")).reset_index()  # fmt: skip
    table = shown(BY_TABLE["external"], rows, network, without=("priority",)).rename(columns={"Week": "From week of"})
    table["From week of"] = table["From week of"].map(day)
    return table.round(0)
