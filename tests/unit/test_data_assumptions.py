"""Assumptions: the most specific row wins, ties and wrong places are refused, and no declared number is without effect."""

import itertools
from dataclasses import fields, replace

import numpy as np
import pandas as pd
import pytest

from data.activity import ACTIVITY, WAITING, Activity
from data.assumption import SCOPES
from data.assumptions import ASSUMPTIONS, BY_NAME, DECLARED, Assumptions, defaults_in_force
from data.errors import Refused
from data.scenario import base
from data.workforce_assumptions import WORKFORCE_ASSUMPTIONS
from forecasting.fan import fan
from forecasting.months import months_ahead
from optimisation.allocation.problem import Problem, build_problem
from optimisation.workforce.problem import build_problem as build_workforce
from portal.planning import prepare
from tests.networks.small import frame
from tests.small_networks import Stream, Tiny, readers, session_type
from tests.workforce_networks import of_a_network

WEEKLY = [a for a in DECLARED if a not in WORKFORCE_ASSUMPTIONS]
"""What plans of weeks and the years ahead read."""


def assumptions(*rows):
    return Assumptions({"assumptions": frame(ASSUMPTIONS, [dict(zip(("name", "value"), row[:2], strict=True)) | row[2] for row in rows])})


def places(**columns):
    return pd.DataFrame(columns)


def test_the_declared_default_holds_where_no_row_does():
    assert assumptions().one("aid_role_weeks") == BY_NAME["aid_role_weeks"].default


def test_the_row_said_to_hold_is_the_one_whose_value_does():
    held = assumptions(
        ("scans_per_hour", 2, {}), ("scans_per_hour", 4, {"test": "x", "site": "p1"}), ("scans_per_hour", 3, {"test": "x"}),
        ("utilisation", 0.8, {"site": "q1"}),
    )  # fmt: skip
    wanted = {("y", "p1"): 2, ("x", "q1"): 3, ("x", "p1"): 4}
    assert {key: held.stated("scans_per_hour", {"test": key[0], "site": key[1], "mobile": "v"}).value for key in wanted} == wanted
    assert held.stated("utilisation", {"site": "p1"}) is None, "the declared default holds"


def test_the_most_specific_row_wins_whatever_the_order_of_rows():
    rows = [
        ("scans_per_hour", 2, {}), ("scans_per_hour", 3, {"test": "x"}), ("scans_per_hour", 4, {"test": "x", "site": "p1"}),
        ("scans_per_hour", 5, {"test": "x", "site": "p1", "asset_type": "room"}),
    ]  # fmt: skip
    where = places(test=["y", "x", "x", "x"], site=["p1", "q1", "p1", "p1"], asset_type=["room", "room", "hall", "room"])
    for order in itertools.permutations(rows):
        assert list(assumptions(*order).values("scans_per_hour", where)) == [2, 3, 4, 5]


def test_a_dated_row_wins_over_an_undated_one_in_the_same_place_from_its_first_to_its_last_day():
    dated = {"from_week": "2026-11-09", "to_week": "2026-11-16"}
    held = assumptions(("demand_change", 0.1, {}), ("demand_change", 0.5, dated))
    weeks = pd.to_datetime(["2026-11-02", "2026-11-09", "2026-11-16", "2026-11-23"])
    assert list(held.values("demand_change", places(week=weeks))) == [0.1, 0.5, 0.5, 0.1]


def test_a_place_weighs_more_than_a_date():
    held = assumptions(("demand_change", 0.1, {"test": "x"}), ("demand_change", 0.5, {"from_week": "2026-11-09"}))
    where = places(test=["x", "y"], week=pd.to_datetime(["2026-11-16"] * 2))
    assert list(held.values("demand_change", where)) == [0.1, 0.5]


def test_a_row_for_one_place_does_not_hold_where_the_place_is_not_asked_for():
    held = assumptions(("utilisation", 0.5, {"site": "p1"}), ("utilisation", 0.8, {}))
    assert list(held.values("utilisation", places(asset_type=["room"]))) == [0.8]


def test_a_changed_row_replaces_the_one_for_the_same_place_and_time_only():
    held = assumptions(("utilisation", 0.8, {}), ("utilisation", 0.5, {"site": "p1"}))
    changed = held.with_rows(frame(ASSUMPTIONS, [{"name": "utilisation", "value": 0.6, "site": "p1"}]))
    assert list(changed.values("utilisation", places(site=["p1", "q1"]))) == [0.6, 0.8]
    assert list(held.values("utilisation", places(site=["p1"]))) == [0.5]


def refused(*rows):
    with pytest.raises(Refused) as caught:
        assumptions(*rows)
    (finding,) = caught.value.findings
    return finding


def test_a_value_out_of_bounds_is_refused_at_its_row():
    finding = refused(("utilisation", 0.8, {}), ("dna_rate", 0.95, {}))
    assert (finding.rule, finding.row, finding.column) == ("bounds", 3, "Value")
    assert "0 to 0.9" in finding.expected


@pytest.mark.parametrize("declared", DECLARED, ids=lambda a: a.name)
def test_defaults_and_bounds_are_in_order(declared):
    assert declared.minimum <= declared.default <= declared.maximum
    assert set(declared.varies_by) <= set(SCOPES)


def test_a_place_the_number_does_not_vary_by_is_refused():
    assert refused(("aid_role_weeks", 3, {"test": "x"})).rule == "place"
    assert refused(("utilisation", 0.5, {"from_week": "2026-11-02"})).rule == "place"


def test_two_equally_specific_rows_that_disagree_are_refused():
    assert refused(("utilisation", 0.5, {"site": "p1"}), ("utilisation", 0.6, {"asset_type": "room"})).rule == "tie"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"site": "p1"}, {"site": "q1"}),  # never the same place
        ({"site": "p1"}, {"site": "p1", "asset_type": "room"}),  # one is more specific
    ],
)
def test_rows_that_never_meet_or_differ_in_detail_are_no_tie(one, other):
    assert not assumptions(("utilisation", 0.5, one), ("utilisation", 0.6, other)).findings


def test_dates_that_do_not_overlap_are_no_tie():
    early, late = {"from_week": "2026-11-02", "to_week": "2026-11-08"}, {"from_week": "2026-11-09"}
    assert not assumptions(("demand_change", 0.1, early), ("demand_change", 0.2, late)).findings
    assert refused(("demand_change", 0.1, early | {"to_week": "2026-11-09"}), ("demand_change", 0.2, late)).rule == "tie"


def test_a_default_in_force_is_said():
    said = [f.found for f in defaults_in_force(assumptions(("utilisation", 0.5, {})).rows)]
    assert len(said) == len(DECLARED) - 1
    assert not any("Slot utilisation" in s for s in said)


WEEKS = 8


OTHER = {"aid_travel_limit": 50.0, "target_week": 7.0}
"""Other values for assumptions that do not change anything with every value."""


def rich():
    """A network in which every assumption plays a part: two tests share a room, journeys of every length, a unit, in- and outsourcing, reports."""
    streams = {
        (o, m): Stream([20.0] * 8 + [5.0] * 6, seen=44 + k, planned=22, unscheduled=33, joined=66)
        for k, (o, m) in enumerate(itertools.product("PQ", "xy"))
    }
    tiny = Tiny(
        sites={"p1": "P", "q1": "Q", "q2": "Q", "q3": "Q", "q4": "Q"}, streams=streams,
        assets={(s, "room"): 3 for s in ("p1", "q1", "q2", "q3", "q4")},
        session_types=[session_type("core", 240, 5), session_type("late", 120, 2, fill_order=2, insourcing=True)],
        travel={("p1", "q1"): 20.0, ("p1", "q2"): 40.0, ("p1", "q3"): 55.0, ("p1", "q4"): 70.0},
        mobiles={"v": {"asset_type": "room", "starts_at": "q1"}}, pads={("q1", "room"): {}, ("q2", "room"): {}},
        wte=dict.fromkeys("PQ", 20.0), tables=readers(P=2.0, Q=3.0),
    )  # fmt: skip
    usual = {
        "aid_travel_limit": 80, "aid_accept_to_30": 0.9, "aid_accept_to_45": 0.8, "aid_accept_to_60": 0.7, "aid_accept_beyond": 0.6,
        "overtime_limit": 0.1, "bank_limit": 0.1, "unscheduled_outside": 0.5, "insourced_limit": 5, "outsourced_limit": 6, "list_floor": 1,
        "shared_staff_limit": 0.2, "premium_budget": 500_000, "insourced_minimum": 4, "outsourced_minimum": 5, "thirteen_share": 0.02,
        "fairness_price": 2, "extra_minutes_cap": 40,
        "mobile_setup_loss": 0.2, "mobile_minimum_stay": 2, "mobile_notice": 1, "target_share": 0.05, "recent_months": 2, "older_month_weight": 0.5,
        "scans_per_hour": 2, "utilisation": 0.9, "dna_rate": 0.1, "session_share": 0.9,
        "reporting_share": 0.2, "reported_at_once": 0.3, "report_backlog": 8, "outsourced_report_limit": 4,
    }  # fmt: skip
    dataset = tiny.assuming(**usual).dataset()
    older = [
        {"organisation": o, "test": m, "period": month, "done_waiting_list": seen, "done_planned": 30, "done_unscheduled": 60}
        | dict.fromkeys(WAITING, 0.0) | {"waiting_0": waiting}
        for (o, m) in streams for month, seen, waiting in (("2025-08-01", 90, 120), ("2025-09-01", 70, 130))
    ]  # fmt: skip
    return dataset.changed(activity=Activity({"activity": frame(ACTIVITY, older)}).with_months(dataset.activity.rows))


def inputs_of(dataset):
    return prepare(dataset, base("everything allowed", WEEKS))


def years_of(dataset):
    """The years ahead, which no plan of weeks reads."""
    months = months_ahead(dataset.network, dataset.activity, dataset.assumptions, 12)
    return fan(months, dataset.assumptions, 3, count=20).rows


@pytest.fixture(scope="module")
def network():
    return rich()


@pytest.fixture(scope="module")
def reads(network):
    """Assumption → the places it was asked for, each a set of scopes, while the problem and the years ahead were made; what the problem was made
    from; the problem; the years."""
    asked, honest = {}, Assumptions.values

    def listening(self, name, where):
        asked.setdefault(name, []).append(set(where.columns))
        return honest(self, name, where)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Assumptions, "values", listening)
        inputs = inputs_of(network)
        problem = build_problem(inputs)
        years = years_of(network)
    return asked, inputs, problem, years


def same(one, other):
    return all(
        np.array_equal(a, b) if isinstance(a, pd.DatetimeIndex) else a == b
        for a, b in ((getattr(one, f.name), getattr(other, f.name)) for f in fields(Problem))
    )


@pytest.mark.parametrize("declared", WEEKLY, ids=lambda a: a.name)
def test_no_declared_assumption_is_without_effect(network, reads, declared):
    now = network.assumptions.one(declared.name)
    other = OTHER.get(declared.name, now + 1 if now + 1 <= declared.maximum else (now + declared.minimum) / 2)
    changed = network.assumptions.with_rows(frame(ASSUMPTIONS, [{"name": declared.name, "value": other}]))
    _, inputs, problem, years = reads
    if same(build_problem(replace(inputs, assumptions=changed)), problem):  # demand, lists and today's rota made anew take longer
        again = build_problem(inputs_of(network.changed(assumptions=changed)))
        nothing = same(again, problem) and years_of(network.changed(assumptions=changed)).equals(years)
        assert not nothing, f"{declared.name} {now:g} → {other:g} changes nothing"


@pytest.mark.parametrize("declared", WEEKLY, ids=lambda a: a.name)
def test_an_assumption_is_asked_for_by_every_scope_it_may_vary_by(reads, declared):
    asked = reads[0][declared.name]
    assert all(set(declared.varies_by) <= where for where in asked), f"{declared.name} varies by {declared.varies_by} but is asked for by {asked}"
    assert not declared.by_week or any("week" in where for where in asked)


def people(**assumed):
    """An invented network of people in which every assumption of the workforce plays a part: one organisation knows no ages."""
    inputs = of_a_network(quarters=8, organisations=2)
    ages = inputs.network["staff_ages"]
    network = inputs.network.changed(staff_ages=ages[ages["organisation"] != inputs.network.organisations[0]])
    usual = {"kept_limit": 0.2, "unequal_cover_price": 1000, "uneven_starts_price": 100, "vacancy_limit": 0.1}
    rows = frame(ASSUMPTIONS, [{"name": name, "value": float(value)} for name, value in (usual | assumed).items()])
    return replace(inputs, network=network, assumptions=inputs.assumptions.with_rows(rows))


@pytest.mark.parametrize("declared", WORKFORCE_ASSUMPTIONS, ids=lambda a: a.name)
def test_no_assumption_of_the_workforce_is_without_effect_or_asked_for_by_less_than_it_varies_by(declared):
    asked, honest = [], Assumptions.values

    def listening(self, name, where):
        if name == declared.name:
            asked.append(set(where.columns))
        return honest(self, name, where)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Assumptions, "values", listening)
        now = build_workforce(people()).values
    value = people().assumptions.one(declared.name)
    other = value * 0.9 if value else (declared.minimum + declared.maximum) / 2
    assert build_workforce(people(**{declared.name: other})).values != now
    assert asked
    assert all(set(declared.varies_by) <= where for where in asked), asked
    assert not declared.by_week or any("week" in where for where in asked)


def test_the_same_problem_is_made_from_the_same_dataset(network, reads):
    assert same(build_problem(inputs_of(network)), reads[2])
