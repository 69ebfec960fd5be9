"""The business case of a workforce plan as a Word document: need, options, preferred option, costs, benefits, risks, assumptions, sign-off."""

from __future__ import annotations

import pandas as pd

from data.assumptions import BY_NAME, Assumptions
from data.dataset import Dataset
from data.network import Network
from data.words import count, day, number, percent, pounds
from data.workforce_assumptions import WORKFORCE_ASSUMPTIONS
from data.workforce_plan import OPTION_TITLES, WorkforcePlan
from portal.charts import workforce as drawn
from portal.exports import pictures
from portal.exports.documents import WordDocument
from portal.exports.workforce_workbook import provenance_rows, title_of
from portal.workforce_words import answer, gaps

_APPROVERS = ("Network steering group", "Programme board", "System finance", "Integrated care board")
"""Who signs after the trusts."""

_WHAT = {
    "minimum": "Those who go are replaced like for like, as far as they can be; overtime, bank, agency and bought work within their limits.",
    "recruit": "More posts, filled by people who are qualified already, here or abroad, and by those who qualify this year.",
    "train": "More posts, filled only by people who are trained or upskilled in the trusts: nobody is recruited, not even for those who go.",
    "plan": "Every way into posts, and leavers kept: the preferred option.",
}  # fmt: skip


def workforce_case(plan: WorkforcePlan, held: Dataset, assumptions: Assumptions) -> bytes:
    """The document.

    Args:
        plan: the plan.
        held: what it was made from.
        assumptions: in force under its scenario.

    Returns:
        A .docx file.
    """
    network = held.network
    document = WordDocument(f"Workforce business case: {network.title}", title_of(plan))
    _first(document, plan, held)
    _need(document, plan, network)
    _options(document, plan)
    _preferred(document, plan, network)
    _money(document, plan)
    _benefits(document, plan)
    _risks(document, plan, assumptions)
    _assumptions(document, assumptions, network)
    _method(document, plan)
    _sign_off(document, network)
    return document.saved()


def _first(document: WordDocument, plan: WorkforcePlan, held: Dataset) -> None:
    came, said = plan.summary["provenance"], answer(plan, held.network)
    document.say(f"{title_of(plan)}. Data to {day(came['data_date'])}; five years from {day(came['first_quarter'])}. Provisional: not signed off.")
    if held.synthetic:
        document.say("Made from synthetic or placeholder data: for demonstration only, not the figures of any trust.", bold=True)
    document.heading("Summary")
    document.say(f"{said.headline} {said.more}", bold=True)
    options = drawn.options(plan).set_index("Option").T.rename_axis("Over the whole plan").reset_index()
    document.table(options, "Options beside each other", (5.4, *[11.6 / (len(options.columns) - 1)] * (len(options.columns) - 1)))


def _need(document: WordDocument, plan: WorkforcePlan, network: Network) -> None:
    document.heading("The need")
    said = dict(answer(plan, network).sections)
    document.bullets(said["How short, and of whom"])
    staff, least = plan["staff"], plan["minimum"]
    series = {
        "Needed": staff.groupby("quarter")["needed"].sum(), "Preferred": staff.groupby("quarter")["closing"].sum(),
        "Today's posts": least.groupby("quarter")["closing"].sum(),
    }  # fmt: skip
    ends = "; ".join(f"{name.lower()} {number(values.iloc[-1], 1)} WTE" for name, values in series.items())
    document.picture(
        pictures.lines(series, "WTE"), "All staff groups and trusts: WTE needed and in post, by quarter", f"In the last quarter: {ends}."
    )
    rows = gaps(plan)
    titles = network.titles("staff_groups")
    for year in (int(rows["year"].min()), int(rows["year"].max())):
        here = rows[rows["year"] == year].groupby("staff_group", sort=False)[["needed", "minimum", "closing"]].sum()
        table = pd.DataFrame({
            "Staff group": [titles[g] for g in here.index], "Needed (WTE)": here["needed"].map(_one).to_numpy(),
            "In post with today's posts": here["minimum"].map(_one).to_numpy(),
            "In post by the preferred option": here["closing"].map(_one).to_numpy(),
            "Still short": (here["needed"] - here["closing"]).clip(lower=0).map(_one).to_numpy(),
        })  # fmt: skip
        document.table(table, f"At the end of year {year}, all trusts (whole-time equivalents)", (6.0, 2.4, 3.0, 3.2, 2.4))


def _one(value: float) -> str:
    return number(value, 1)


def _options(document: WordDocument, plan: WorkforcePlan) -> None:
    document.heading("Options")
    present = [o for o in OPTION_TITLES if o in set(plan["options"]["option"])]
    document.bullets([f"{OPTION_TITLES[o]}: {_WHAT[o]}" for o in present])
    wide = plan["options"].pivot(index="year", columns="option", values="cost_gbp")[present]
    if "minimum" in wide:
        more = wide.drop(columns="minimum").sub(wide["minimum"], axis=0)
        total = "; ".join(f"{OPTION_TITLES[str(o)]} {pounds(sums)}" for o, sums in more.sum().items())
        png = pictures.bars(more.rename(index=lambda y: f"Year {y}", columns=OPTION_TITLES), "Cost over today's posts")
        caption = "Cost of each option above keeping today's posts, by year (at the prices of the first year, not discounted)"
        document.picture(png, caption, f"Over the whole plan: {total}.")


def _preferred(document: WordDocument, plan: WorkforcePlan, network: Network) -> None:
    document.heading("The preferred option")
    said = dict(answer(plan, network).sections)
    document.bullets(said["Whom to start, and when"])
    each = network.titles("organisations").items() if len(network.organisations) > 1 else ()
    for organisation, title in [("", "All trusts"), *each]:
        table = drawn.starts(plan, network, organisation)
        if len(table):
            years = len(table.columns) - 2
            document.table(table.astype(str), f"{title}: people who start, by year", (7.0, *[8.0 / years] * years, 2.0))


def _money(document: WordDocument, plan: WorkforcePlan) -> None:
    document.heading("Cost by year and funding")
    costs, years = plan["costs"], sorted(plan["options"]["year"].unique())
    widths = (5.0, *[12.0 / (len(years) + 1)] * (len(years) + 1))
    document.table(
        _by_year(costs, years, "kind", "Kind of cost"), "Cost of the preferred option by kind (£, at the prices of the first year)", widths
    )
    funded = costs[costs["funding"] != ""]
    if len(funded):
        document.table(_by_year(funded, years, "funding", "Funding stream"), "Of which starts and pay while training, by funding stream (£)", widths)


def _by_year(costs: pd.DataFrame, years: list[int], column: str, heading: str) -> pd.DataFrame:
    wide = costs.pivot_table(index=column, columns="year", values="cost_gbp", aggfunc="sum", fill_value=0.0, sort=False).reindex(
        columns=years, fill_value=0.0
    )
    wide["All years"] = wide.sum(axis=1)
    wide.loc["All"] = wide.sum()
    wide = wide.rename(columns=lambda y: y if isinstance(y, str) else f"Year {y}").map(number)
    names = [str(name).replace("_", " ").capitalize() for name in wide.index]
    return wide.set_axis(names).rename_axis(heading).rename_axis(None, axis=1).reset_index()


def _benefits(document: WordDocument, plan: WorkforcePlan) -> None:
    document.heading("Benefits against keeping today's posts")
    sums = plan["options"].groupby("option")[["lost_examinations", "uncovered_hours", "temporary_hours", "bought_examinations", "cost_gbp"]].sum()
    if not {"minimum", "plan"} <= set(sums.index):
        return
    change = sums.loc["minimum"] - sums.loc["plan"]
    words = {
        "lost_examinations": "examinations that would be lost for want of staff", "uncovered_hours": "hours of reports and other work not done",
        "temporary_hours": "hours of overtime, bank and agency", "bought_examinations": "examinations bought from providers",
    }  # fmt: skip
    said = [f"{number(abs(change[c]))} {'fewer' if change[c] > 0 else 'more'} {what}." for c, what in words.items() if abs(change[c]) >= 1]
    said.append(f"{pounds(abs(change['cost_gbp']))} {'less' if change['cost_gbp'] > 0 else 'more'} over the whole plan.")
    document.bullets(said)


def _risks(document: WordDocument, plan: WorkforcePlan, assumptions: Assumptions) -> None:
    document.heading("Risks")
    stated = assumptions.rows[assumptions.rows["name"].isin([a.name for a in WORKFORCE_ASSUMPTIONS])]
    low = sorted({BY_NAME[n].title.lower() for n in stated.loc[stated["confidence"] == "low", "name"]})
    binding = plan["workforce_limits"]
    places = binding[binding["binding"]].groupby("what")["where"].nunique()
    said = [f"{what}: used up at {count(int(n), 'place')}; the plan has no room if fewer are found." for what, n in places.items()]
    said.append(f"{count(len(low), 'assumption')} of low confidence: {', '.join(low)}." if low else "No assumption is of low confidence.")
    said += list(plan.summary.get("notes", []))
    document.bullets(said)


def _assumptions(document: WordDocument, assumptions: Assumptions, network: Network) -> None:
    document.heading("Assumptions")
    document.say("Every number assumed, with its reason, owner and confidence. Rows without a place hold everywhere.")
    rows = assumptions.rows[assumptions.rows["name"].isin([a.name for a in WORKFORCE_ASSUMPTIONS])]
    groups, trusts, tests = network.titles("staff_groups"), network.short_titles("organisations"), network.titles("tests")
    cells = [
        (BY_NAME[r.name].title + _place([groups.get(r.staff_group, ""), trusts.get(r.organisation, ""), tests.get(r.test, "")]),
         f"{r.value:g}", BY_NAME[r.name].unit, r.reason, r.owner, r.confidence)
        for r in rows.sort_values(["name", "staff_group", "organisation"], key=lambda c: c.map(list(BY_NAME).index) if c.name == "name" else c,
                                  kind="stable").itertuples()
    ]  # fmt: skip
    table = pd.DataFrame(cells, columns=["Assumption", "Value", "Unit", "Reason", "Owner", "Confidence"])
    document.table(table, "Assumptions of this plan", (3.6, 1.4, 2.6, 5.2, 2.2, 2.0))


def _place(names: list[str]) -> str:
    named = [n for n in names if n]
    return f" ({', '.join(named)})" if named else ""


def _method(document: WordDocument, plan: WorkforcePlan) -> None:
    document.heading("How this was worked out")
    document.bullets([
        "Examinations expected by quarter, times the minutes each takes on the scanner, times staff for each running scanner, give hours; reports "
        "and other work are added. Hours over the hours one WTE is at work, less time that is not clinical, give posts.",
        "Those in post leave and retire at the assumed rates, by age where ages are known. People who start are in training, then learn, then "
        "leave like others.",
        "The plan chooses who starts where and when, who is kept, and who does which work, so that as little as possible is left undone, at least "
        f"cost, fairly. {_outcome(plan)}",
    ])  # fmt: skip
    document.table(pd.DataFrame(provenance_rows(plan), columns=["What", "Value"]), "Where the figures come from", (3.5, 13.5))


def _outcome(plan: WorkforcePlan) -> str:
    gap = max((s["gap"] for s in plan.summary["stages"]), default=0.0)
    return f"Outcome of the search: {plan.summary['status']}, every goal within {percent(gap, 2)} of the best possible."


def _sign_off(document: WordDocument, network: Network) -> None:
    document.new_page()
    document.heading("Sign-off")
    document.say("By signing, each body confirms that it has seen the assumptions above and supports the preferred option.")
    bodies = [*network.titles("organisations").values(), *_APPROVERS]
    blank = [""] * len(bodies)
    table = pd.DataFrame({"Body": bodies, "Name and role": blank, "Decision": blank, "Signature": blank, "Date": blank})
    document.table(table, "Decisions", (5.6, 3.6, 2.6, 3.2, 2.0))
