"""What is spent beyond ordinary pay and running cost."""

from __future__ import annotations

from data.assumptions import BY_NAME
from portal.checking.facts import Facts
from portal.checking.mobiles import free_to_choose
from portal.checking.report import Report
from portal.checking.written import Written

BUDGET = "Premium budget"
"""What the table of limits calls it."""


def premium_spend(facts: Facts, written: Written) -> dict[str, float]:
    """£ of overtime, bank and agency, insourcing, outsourcing and freely chosen mobile weeks by organisation, from the tables."""
    spent = dict.fromkeys(facts.network.organisations, 0.0)
    for table in ("staffing", "external"):
        for (o,), pounds in written.sums(table, "organisation", "cost_gbp").items():
            spent[o] = spent.get(o, 0.0) + pounds
    for row in written.rows("mobiles"):
        if row.present and row.mobile in facts.units and row.site in facts.owner and free_to_choose(facts, row.mobile, row.site, row.week):
            a_week = facts.assumed("mobile_week_cost", mobile=row.mobile, asset_type=facts.units[row.mobile].asset_type)
            spent[facts.owner[row.site]] += a_week
    return spent


def check_budgets(report: Report, facts: Facts, written: Written) -> None:
    """Nobody spends more than the budget, and the table of limits says what is spent of it."""
    names = facts.network.short_titles("organisations")
    said = {row.where: row for row in written.rows("limits") if row.what == BUDGET}
    for o, pounds in premium_spend(facts, written).items():
        budget = facts.assumed("premium_budget", organisation=o)
        if budget >= BY_NAME["premium_budget"].maximum:
            continue
        report.at_most("premium-budget", "external", o, pounds, budget, "pounds of premium spend")
        row = said.pop(names[o], None)
        report.equal("premium-spend", "limits", o, row.used if row else -1.0, pounds, "pounds of premium spend")
        report.equal("premium-spend", "limits", o, row.available if row else -1.0, budget, "pounds of premium budget")
    for where in said:
        report.fault("premium-spend", "limits", f"a budget of {where}", "none: no limit is set")
