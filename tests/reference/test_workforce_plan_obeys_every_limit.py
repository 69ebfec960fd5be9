"""A workforce plan keeps every limit when everybody is followed again from its tables alone; and a plan that does not is found out."""

from functools import cache

import pandas as pd
import pytest

from data.run import PlanSettings
from optimisation.workforce.plan import workforce_plan
from portal.checking.people import check_workforce
from tests.equations.workforce_hand import busy_team
from tests.workforce_networks import Team, of_a_network

ONE = 40 * 365.25 / 28
"""Hours of one WTE in a quarter."""


@cache
def made(which):
    inputs = {"busy": lambda: busy_team().inputs(), "of a network": of_a_network}[which]()
    return inputs, workforce_plan(inputs, PlanSettings(gap=0.005), lambda _: None, lambda: False)


def found(inputs, tables):
    return {f.rule for f in check_workforce(tables, inputs.network, inputs.assumptions)}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("which", ["busy", "of a network"])
def test_a_plan_keeps_every_limit(which):
    inputs, plan = made(which)
    assert [f.sentence() for f in check_workforce(plan.tables, inputs.network, inputs.assumptions)] == []


def changed(table, column, by, where="index == index[0]"):
    """The tables with one value changed where a row is as asked for."""

    def tamper(tables):
        rows = tables[table].copy()
        at = rows.query(where).index[:1]
        assert len(at), f"no row of {table} where {where}"
        rows.loc[at, column] = by(rows.loc[at, column]) if callable(by) else by
        return {**tables, table: rows}

    return tamper


TAMPERED = {
    "people-conserved": changed("staff", "closing", lambda n: n + 0.5),
    "people-left": changed("staff", "left", lambda n: n + 0.5, "left > 0"),
    "people-retired": changed("staff", "retired", 0.0, "retired > 0.05"),
    "people-qualified": changed("staff", "qualified", 0.0, "qualified > 0.05"),
    "people-joined": changed("staff", "joined", 0.0, "joined > 0.05"),
    "people-in-post": changed("staff", "in_post", lambda n: n + 1),
    "people-working": changed("staff", "working", lambda n: n + 1),
    "kept-limit": changed("staff", "kept", lambda n: n + 5, "kept > 0"),
    "people-whole": changed("starts", "people", lambda n: n + 0.5),
    "people-found": changed("starts", "expected", lambda n: n + 0.5),
    "places": changed("starts", "people", lambda n: n + 9, "route == 'hire'"),
    "start-place": changed("starts", "organisation", "Q", "route == 'learn'"),
    "start-month": changed("starts", "route", "grow", "quarter.dt.month == 1"),
    "supervision": changed("hours", "supervising", lambda n: n + 50),
    "own-hours": changed("hours", "own", lambda n: n + 50),
    "overtime-limit": changed("hours", "overtime", 9999.0),
    "bank-limit": changed("hours", "bank_or_agency", lambda n: n * 2 + 2000),
    "hours-add-up": changed("hours", "spare", lambda n: n + 50),
    "hours-there": changed("hours", "used", lambda n: n + 50),
    "lent-is-borrowed": changed("hours", "lent", lambda n: n + 5),
    "need": changed("cover", "needed", lambda n: n - 50),
    "cover-adds-up": changed("cover", "own", lambda n: n - 50),
    "skill-mix": changed("cover", "other_groups", 9999.0, "kind == 'reporting'"),
    "lost-with-the-rest": changed("examinations", "lost", lambda n: n + 50),
    "lost-once": changed("examinations", "bought", 9999.0),
    "bought-limit": changed("examinations", "bought", lambda n: n + 200),
    "funding": changed("costs", "cost_gbp", 10**6, "funding == 'levy'"),
    "costs": changed("costs", "cost_gbp", lambda n: n + 100, "kind == 'Overtime'"),
    "costs ": changed("costs", "cost_gbp", lambda n: n + 100, "kind == 'Pay while training'"),
    "cost-of-a-start": changed("starts", "cost_gbp", lambda n: n + 100),
}


@pytest.mark.parametrize("rule", TAMPERED)
def test_a_plan_that_breaks_a_rule_is_found_out(rule):
    inputs, plan = made("busy")
    assert rule.strip() in found(inputs, TAMPERED[rule](dict(plan.tables)))


def test_the_plan_that_is_tampered_with_uses_everything():
    _, plan = made("busy")
    assert set(plan["starts"]["route"]) == {"hire", "learn", "grow"}
    assert plan["hours"][["overtime", "bank_or_agency", "supervising"]].sum().min() > 0
    assert plan["examinations"][["bought", "lost"]].sum().min() > 0
    assert isinstance(plan["staff"], pd.DataFrame)


def test_a_plan_of_nobody_is_checked_too():
    empty = Team(wte={("P", "g"): 1}, need={("P", "g", "other", ""): [ONE]}).inputs()
    plan = workforce_plan(empty, PlanSettings(), lambda _: None, lambda: False)
    assert not found(empty, plan.tables)
