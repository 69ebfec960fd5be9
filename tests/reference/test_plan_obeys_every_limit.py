"""Written plans keep every limit when they are worked out again from their tables alone; and a plan that does not is found out."""

import ast
import json
import shutil
import subprocess
import sys
from functools import cache

import numpy as np
import pandas as pd
import pytest

from data.assumptions import ASSUMPTIONS
from data.folder import example_networks, read_folder
from data.intake import from_parts
from data.run import PlanSettings
from data.scenario import LOCKS, Scenario, base, do_nothing
from portal.checking import Facts, check_against, check_plan
from portal.checking.totals import expected_measures
from portal.checking.written import Written
from portal.exports.plan_files import write_plan
from portal.exports.plan_reading import read_summary, read_tables
from portal.planning import make_plan
from tests.networks.small import frame
from tests.reference.tiny_cases import KINDS
from tests.small_networks import Stream, readers, session_type, two_trusts

MONDAY = "2025-12-01"


@cache
def example(name):
    return from_parts(read_folder(example_networks()[name]), file=name)


def demonstration():
    return example(max(example_networks(), key=lambda name: len(example(name).network["sites"])))


def written(dataset, scenario, folder, **settings):
    """The plan of a scenario, written; the folder it is in."""
    write_plan(make_plan(dataset, scenario, PlanSettings(**settings)), folder, dataset.network)
    return folder


def said(findings):
    return [finding.sentence() for finding in findings]


def test_the_demonstration_keeps_every_limit(tmp_path):
    dataset = demonstration()
    pad = dataset.network["pads"].iloc[-1]
    unit = dataset.network["mobiles"].query("asset_type == @pad.asset_type").iloc[0]
    away = {"decision": "mobile", "site": pad.site, "mobile": unit.mobile, "from_week": "2027-01-04", "to_week": "2027-03-01", "value": 1}
    scenario = Scenario("A unit elsewhere", dataset.content_id, weeks=26, locks=frame(LOCKS, [away]))
    folder = written(dataset, scenario, tmp_path)
    assert pd.read_csv(folder / "mobiles.csv")["arriving"].eq("yes").any()
    assert len(pd.read_csv(folder / "transfers.csv"))
    assert said(check_plan(folder, dataset, scenario)) == []


def test_today_s_rota_keeps_every_limit(tmp_path):
    dataset = demonstration()
    scenario = do_nothing(dataset.content_id, 26)
    assert said(check_plan(written(dataset, scenario, tmp_path), dataset, scenario)) == []


@pytest.mark.parametrize(("name", "weeks"), [("two_trusts_endoscopy", 26), ("four_trusts_one_week", 1)])
def test_other_examples_keep_every_limit(name, weeks, tmp_path):
    dataset = example(name)
    scenario = base(dataset.content_id, weeks)
    assert said(check_plan(written(dataset, scenario, tmp_path), dataset, scenario)) == []


def test_every_limit_set_at_once_is_kept(tmp_path):
    dataset = example("two_trusts_endoscopy")
    wanted = {"premium_budget": 300_000, "outsourced_minimum": 20, "insourced_minimum": 20, "thirteen_share": 0.001, "extra_minutes_cap": 12,
              "fairness_price": 5, "shared_staff_limit": 0.1, "target_share": 0.2, "target_week": 4, "demand_change": 0.2}  # fmt: skip
    changes = [{"name": name, "value": float(value)} for name, value in wanted.items()]
    changes.append({"name": "target_share", "value": 0.1, "from_week": "2027-01-01"})
    scenario = Scenario("Limits", dataset.content_id, weeks=13, changes=frame(ASSUMPTIONS, changes))
    folder = written(dataset, scenario, tmp_path)
    assert said(check_plan(folder, dataset, scenario)) == []
    assert len(pd.read_csv(folder / "shared_staff.csv"))
    assert set(pd.read_csv(folder / "external.csv")["kind"]) == {"insourced", "outsourced"}
    assert {entry["target_share"] for entry in read_summary(folder)["met"]} <= {0.1, 0.2}


@pytest.mark.parametrize("kind", KINDS)
def test_tiny_networks_of_every_kind_keep_every_limit(kind, tmp_path):
    case = KINDS[kind](np.random.default_rng([7, list(KINDS).index(kind)]))
    dataset = case.tiny.dataset()
    scenario = case.scenario(dataset.content_id)
    folder = written(dataset, scenario, tmp_path, gap=1e-7, threads=1)
    assert said(check_plan(folder, dataset, scenario)) == []


def test_the_check_uses_nothing_of_the_model_and_of_forecasting_only_how_lists_are_booked():
    program = (
        "import sys, portal.checking; print([m for m in sys.modules if m.partition('.')[0] in ('optimisation', 'forecasting', 'pyomo', 'highspy')])"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = set(ast.literal_eval(result.stdout.strip()))
    assert loaded <= {"forecasting", *(f"forecasting.{name}" for name in ("dynamics", "booking_fit", "booking_order", "panel"))}


# A network with something of everything: tests that share rooms, a unit that moves, aid, providers, extra hours, must-do work, locks.


HOMES = [
    {"home_area": "town", "title": "Town", "organisation": "P", "share": 0.7, "nearest_site": "p1", "deprived_share": 0.3, "rural_share": 0.1},
    {"home_area": "hills", "title": "Hills", "organisation": "P", "share": 0.3, "nearest_site": "p2", "deprived_share": 0.1, "rural_share": 0.9},
]  # fmt: skip


def busy_dataset():
    streams = {
        ("P", "x"): Stream([3.0] * 13 + [90.0], seen=43, joined=40, planned=8.6, unscheduled=8.6),
        ("Q", "x"): Stream([2.0], seen=43, joined=20),
        ("P", "y"): Stream([2.0] * 13 + [20.0], seen=20, joined=20),
        ("Q", "y"): Stream([1.0], seen=20, joined=10),
    }
    return (
        two_trusts(
            streams=streams,
            sites={"p1": "P", "p2": "P", "q1": "Q"},
            rooms={"room": ("x", "y"), "lab": ("y",)},
            assets={("p1", "room"): 1, ("p1", "lab"): 1, ("q1", "room"): 2},
            session_types=[session_type(minutes=240, a_week=4), session_type("late", 180, 2, insourcing=True, fill_order=2)],
            travel={("p1", "q1"): 20.0, ("p2", "q1"): 25.0, ("p1", "p2"): 10.0},
            staffing={"room": 1.0, "lab": 1.0},
            wte={"P": 0.1, "Q": 0.5},
            mobiles={"v": {"asset_type": "room", "starts_at": "", "staffed": False}},
            pads={("p1", "room"): {}, ("p2", "room"): {}},
            tables={**readers(P=0.1, Q=0.3), "home_areas": HOMES},
            scoped=[{"name": "reporting_share", "value": 0.5, "staff_group": "readers"}],
        )
        .assuming(report_minutes=10, reported_at_once=0.25, report_backlog=70, shared_reporting_limit=0.2)
        .assuming(outsourced_report_limit=2, outsourced_report_price=30)
        .assuming(unscheduled_outside=0.5, aid_accept_to_30=0.6, aid_suitable=0.8, aid_minimum_batch=2, aid_maximum_batch=6, aid_role_weeks=2)
        .assuming(aid_cost=5, insourced_limit=3, insourced_price=30, outsourced_limit=2, outsourced_price=20, list_floor=1)
        .assuming(shared_staff_limit=0.02, shared_staff_travel_cost=12)
        .assuming(premium_budget=2000, thirteen_share=0.01, extra_minutes_cap=30, fairness_price=1)
        .assuming(overtime_limit=0.05, bank_limit=0.2, overtime_cost=20, bank_cost=25, session_cost=100, examination_cost=3)
        .assuming(mobile_hours=8, mobile_setup_loss=0.25, mobile_minimum_stay=3, mobile_notice=1, mobile_suitable=0.8)
        .assuming(mobile_week_cost=200, mobile_move_cost=50, target_share=0.05, target_week=3, utilisation=0.9, dna_rate=0.05)
        .dataset()
    )


def busy_scenario(dataset, **changes):
    later = {"from_week": "2025-12-08"}
    rows = [{"name": name, "value": float(value)} | (later if name == "assets_out" else {}) for name, value in changes.items()]
    standing = {"decision": "mobile", "site": "p2", "mobile": "v", "from_week": "2025-12-08", "to_week": "2025-12-29", "value": 1}
    running = {"decision": "sessions", "site": "q1", "asset_type": "room", "session_type": "late", "value": 1}
    running |= {"from_week": "2025-12-08", "to_week": "2025-12-08"}
    return Scenario("busy", dataset.content_id, weeks=6, changes=frame(ASSUMPTIONS, rows), locks=frame(LOCKS, [standing, running]))


@pytest.fixture(scope="module")
def facts(busy):
    """What the busy network's plan must respect, worked out once."""
    return Facts(busy[0], busy_scenario(busy[0]))


@pytest.fixture(scope="module")
def busy(tmp_path_factory):
    """The busy network's dataset and the folder of its plan."""
    dataset = busy_dataset()
    return dataset, written(dataset, busy_scenario(dataset), tmp_path_factory.mktemp("busy"), threads=1)


def test_a_network_with_something_of_everything_keeps_every_limit(busy):
    dataset, folder = busy
    empty = [path.stem for path in folder.glob("*.csv") if not len(pd.read_csv(path))]
    # The one unit is locked, tests/unit/test_optimisation_worth.py has one that is free; nobody asked for a frontier.
    assert sorted(empty) == ["frontier", "placements"]
    reports = pd.read_csv(folder / "reporting.csv").set_index("organisation")
    assert (reports.loc["P", ["shared_minutes", "outsourced_reports", "backlog", "late_over_4_weeks"]] > 0).any().all()
    assert set(pd.read_csv(folder / "external.csv")["kind"]) == {"insourced", "outsourced"}
    assert pd.read_csv(folder / "staffing.csv")[["overtime_hours", "bank_or_agency_hours"]].sum().sum() > 0
    assert said(check_plan(folder, dataset, busy_scenario(dataset))) == []


def test_every_measure_is_worked_out_again(busy, facts):
    folder = busy[1]
    tables, _ = read_tables(folder)
    known = expected_measures(facts, Written(tables, read_summary(folder)))
    assert set(tables["measures"]["measure"]) <= set(known)


def add(column, amount, row=0):
    def change(table):
        table.loc[table.index[row], column] += amount
        return table

    return change


def put(column, value, row=0):
    def change(table):
        table.loc[table.index[row], column] = value
        return table

    return change


def drop(row=0):
    return lambda table: table.drop(table.index[row])


def send_back(table):
    """The receiver sends a patient the other way in the same week."""
    back = table.iloc[[0]].assign(from_organisation="Q", to_organisation="P", to_site="p1")
    return pd.concat([table, back])


TAMPERED = {
    "one more session": ("sessions", add("sessions", 1), "session-minutes"),
    "half a session": ("sessions", add("sessions", 0.5), "whole-sessions"),
    "more sessions than openings": ("sessions", add("sessions", 9), "openings"),
    "more sessions today than today's rota": ("sessions", add("sessions_today", 1), "sessions-today"),
    "minutes nobody runs": ("sessions", add("minutes", 30), "session-minutes"),
    "a cheaper session": ("sessions", add("cost_gbp", -10), "session-cost"),
    "sessions of a kind nobody has": ("sessions", put("session_type", "night"), "unknown-place"),
    "a row of sessions lost": ("sessions", drop(), "missing-row"),
    "one more patient examined": ("activity", add("patients", 1, -1), "seen"),
    "fifty more patients examined": ("activity", add("patients", 50, -1), "room-time"),
    "undone work that nobody asked for": ("activity", add("undone", 1, -1), "measure: must-do work left undone"),
    "planned work lost": ("activity", lambda t: t[~((t["kind"] == "planned") & (t["week"] == MONDAY))], "must-do"),
    "planned work on a unit": ("activity", lambda t: t.assign(site=t["site"].where(t["kind"] != "planned", "p2")), "fixed-rooms"),
    "work at night lost": ("activity", lambda t: t[t["priority"] != "outside_sessions"], "outside-sessions"),
    "a patient nobody aided": ("transfers", add("patients", 1), "transfers-are-examinations"),
    "patients passed on": ("transfers", send_back, "relay"),
    "a longer journey": ("transfers", add("minutes", 5), "travel"),
    "a free transfer": ("transfers", put("cost_gbp", 0.0), "aid-cost"),
    "a site of another owner": ("transfers", put("to_organisation", "P"), "owner"),
    "a cheaper provider": ("external", add("cost_gbp", -1), "provider-cost"),
    "more insourced than allowed": ("external", lambda t: t.assign(patients=t["patients"] + 3 * (t["kind"] == "insourced")), "insourcing-limit"),
    "more outsourced than allowed": ("external", lambda t: t.assign(patients=t["patients"] + 3 * (t["kind"] == "outsourced")), "outsourcing-limit"),
    "insourced at another's site": ("external", lambda t: t.assign(site=t["site"].where(t["kind"] != "insourced", "q1")), "owner"),
    "fewer hours needed": ("staffing", add("hours_needed", -1), "hours-needed"),
    "more staff": ("staffing", add("hours_available", 5), "hours-available"),
    "too much overtime": ("staffing", add("overtime_hours", 5), "overtime-limit"),
    "too many bank hours": ("staffing", add("bank_or_agency_hours", 9), "bank-limit"),
    "no overtime where it is needed": ("staffing", lambda t: t.assign(overtime_hours=0.0, bank_or_agency_hours=0.0), "staff-hours"),
    "hours borrowed that nobody lent": ("staffing", add("shared_in_hours", 1), "shared-hours"),
    "more hours lent than agreed": ("shared_staff", add("hours", 40), "lent-hours"),
    "hours lent from nowhere": ("shared_staff", put("from_organisation", "P"), "nothing-to-lend"),
    "a shorter way to work": ("shared_staff", add("minutes", -5), "staff-travel"),
    "free staff travel": ("shared_staff", put("cost_gbp", 0.0), "staff-travel-cost"),
    "free overtime": ("staffing", lambda t: t.assign(cost_gbp=0.0), "staff-cost"),
    "a week of staff lost": ("staffing", drop(), "missing-row"),
    "a unit in two places": ("mobiles", lambda t: pd.concat([t, t.iloc[[0]].assign(site="p1")]), "one-place"),
    "a unit before notice": ("mobiles", lambda t: pd.concat([t, t.iloc[[0]].assign(week=MONDAY)]), "notice"),
    "a unit that stays too short": ("mobiles", lambda t: t.iloc[:2], "minimum-stay"),
    "a unit not where it is locked": ("mobiles", lambda t: t.assign(site="p1"), "locked-mobile"),
    "a unit where there is no pad": ("mobiles", put("site", "q1"), "unknown-place"),
    "an arrival not marked": ("mobiles", put("arriving", "no"), "arrival"),
    "a unit without the loss of its arrival": ("mobiles", add("minutes", 60), "mobile-minutes"),
    "a cheaper unit": ("mobiles", add("cost_gbp", -50), "mobile-cost"),
    "somebody lost from a list": ("waiting_list", add("waiting", -1), "list-balance"),
    "more additions": ("waiting_list", add("additions", 1), "additions"),
    "removed without a reason": ("waiting_list", add("removed", 1), "removals"),
    "seen by nobody": ("waiting_list", add("seen", 1), "seen"),
    "fewer over six weeks": ("waiting_list", add("over_six_in_turn", -1), "over-six-in-turn"),
    "a lower share": ("waiting_list", add("share_over_six", -0.01), "share-over-six"),
    "a week of a list lost": ("waiting_list", drop(), "missing-row"),
    "a class nobody loaded": ("waiting_list", put("priority", "urgent"), "priority"),
    "a younger opening list": ("list_model", lambda t: t.assign(opening=t["opening"].to_numpy()[::-1]), "opening-list"),
    "a limit that is passed": ("limits", add("used", 100), "limit"),
    "a limit nobody reached": ("limits", lambda t: t.assign(binding="yes"), "binding"),
    "less used than run": ("limits", lambda t: t.assign(used=t["used"] / 2), "limit-used"),
    "more spent than said": ("limits", lambda t: t.assign(used=t["used"] - 9 * (t["what"] == "Premium budget")), "premium-spend"),
    "a shorter way than they have": ("limits", lambda t: t.assign(used=t["used"] - 3 * (t["what"] == "Extra minutes by road")), "extra-minutes"),
    "a measure changed": ("measures", add("value", 1), "measure: bought from providers"),
    "reports nobody asked for": ("reporting", add("minutes_needed", 20), "minutes-needed"),
    "more reporting time": ("reporting", add("minutes_available", 30), "minutes-available"),
    "reporting time from nowhere": ("reporting", add("shared_minutes", 5), "shared-reports"),
    "more reporting time given than is agreed": ("reporting", lambda t: t.assign(shared_minutes=t["shared_minutes"] * 3), "lending-limit"),
    "more reports outsourced than agreed": ("reporting", lambda t: t.assign(outsourced_reports=3.0), "report-limit"),
    "free reports": ("reporting", lambda t: t.assign(cost_gbp=0.0), "report-cost"),
    "a shorter backlog": ("reporting", add("backlog", -10), "report-backlog"),
    "fewer late reports": ("reporting", lambda t: t.assign(late_over_4_weeks=0.0), "late-reports"),
    "a week of reports lost": ("reporting", drop(), "missing-row"),
    "a goal that gives more patients than there are": ("goal_prices", lambda t: t.assign(over_target_after=-1.0), "goal-price"),
    "half of a unit more": ("worth", put("units", 0.5), "worth"),
    "fewer than nobody over the target": ("worth", put("over_target_after", -1.0), "worth"),
    "reports of a trust nobody knows": ("reporting", put("organisation", "Z"), "unknown-place"),
}  # fmt: skip


@pytest.mark.parametrize("what", TAMPERED)
def test_a_changed_table_is_found_out(what, busy, facts, tmp_path):
    folder = busy[1]
    table, change, rule = TAMPERED[what]
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    path = tmp_path / f"{table}.csv"
    before = pd.read_csv(path)
    change(before.astype(dict.fromkeys(before.select_dtypes("int64"), float))).to_csv(path, index=False)
    findings = check_against(tmp_path, facts)
    assert rule in {finding.rule for finding in findings}, said(findings)
    assert all(finding.file and finding.mend for finding in findings)


def test_every_table_is_tampered_with(busy):
    assert {table for table, *_ in TAMPERED.values()} == {path.stem for path in busy[1].glob("*.csv")} - {"placements", "frontier"}


SUMMARIES = {
    "a target said to be missed": (lambda s: s["met"][0].update(met=not s["met"][0]["met"]), "met"),
    "a list left out": (lambda s: s["met"].pop(), "met"),
    "fewer over the target": (lambda s: s["met"][0].update(over_target=s["met"][0]["over_target"] + 1), "met"),
    "a better worst month": (lambda s: s["met"][0].update(worst_share=s["met"][0]["worst_share"] + 0.1), "met"),
    "fewer over the thirteen-week target": (lambda s: s["met_thirteen"][0].update(over_target=s["met_thirteen"][0]["over_target"] + 1), "met"),
    "a thirteen-week target left out": (lambda s: s["met_thirteen"].pop(), "met"),
    "a lower cost": (lambda s: s["cost_gbp"].update(total=s["cost_gbp"]["total"] - 1), "cost"),
    "a cost left out": (lambda s: s["cost_gbp"].pop("sessions"), "cost"),
}


@pytest.mark.parametrize("what", SUMMARIES)
def test_a_changed_summary_is_found_out(what, busy, facts, tmp_path):
    folder = busy[1]
    change, rule = SUMMARIES[what]
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    summary = json.loads((folder / "plan.json").read_text())
    change(summary)
    (tmp_path / "plan.json").write_text(json.dumps(summary))
    assert rule in {finding.rule for finding in check_against(tmp_path, facts)}


TIGHTER = {
    "aid_travel_limit=10": "travel-limit",
    "aid_accept_to_30=0.05": "acceptance",
    "aid_suitable=0.05": "offers",
    "aid_minimum_batch=20": "smallest-batch",
    "aid_maximum_batch=3": "largest-batch",
    "insourced_limit=1": "insourcing-limit",
    "outsourced_limit=1": "outsourcing-limit",
    "overtime_limit=0": "overtime-limit",
    "insourced_minimum=30": "smallest-order",
    "outsourced_minimum=30": "smallest-order",
    "premium_budget=100": "premium-budget",
    "extra_minutes_cap=5": "extra-minutes",
    "shared_staff_limit=0": "lent-hours",
    "shared_staff_visit=4": "staff-travel-cost",
    "shared_staff_travel_cost=11": "staff-travel-cost",
    "assets_out=9": "openings",
    "scans_per_hour=0.7": "room-time",
    "mobile_suitable=0": "suitable-for-unit",
    "mobile_hours=1": "room-time",
    "mobile_minimum_stay=9": "minimum-stay",
    "utilisation=0.5": "session-minutes",
    "list_floor=12": "shortest-list",
    "unscheduled_outside=0": "must-do",
    "demand_change=0.5": "additions",
    "target_share=0": "met",
    "thirteen_share=0": "met",
    "session_cost=90": "session-cost",
    "examination_cost=4": "cost",
    "aid_cost=4": "aid-cost",
    "mobile_week_cost=100": "mobile-cost",
    "overtime_cost=19": "staff-cost",
    "outsourced_price=19": "provider-cost",
    "report_minutes=12": "minutes-needed",
    "reported_at_once=0": "minutes-needed",
    "reported_at_once=0.95": "outsourced-when-done",
    "report_backlog=90": "report-backlog",
    "shared_reporting_limit=0.1": "lending-limit",
    "outsourced_report_limit=1": "report-limit",
    "outsourced_report_price=29": "report-cost",
}  # fmt: skip
"""An assumption under which the busy plan is not allowed, and the rule it then breaks."""


@pytest.mark.parametrize("change", TIGHTER)
def test_a_plan_made_for_looser_assumptions_is_found_out(change, busy):
    dataset, folder = busy
    name, _, value = change.partition("=")
    findings = check_plan(folder, dataset, busy_scenario(dataset, **{name: value}))
    assert TIGHTER[change] in {finding.rule for finding in findings}, said(findings)


@pytest.mark.parametrize(
    ("lever", "rule"),
    [("mutual_aid", "travel-limit"), ("insourcing", "lever"), ("outsourcing", "lever"), ("overtime", "overtime-limit"),
     ("cross_site_reporting", "lending-limit"), ("outsourced_reporting", "report-limit"),
     ("shared_staff", "nothing-to-lend"), ("change_sessions", "locked-sessions")],
)  # fmt: skip
def test_a_plan_that_uses_a_lever_the_scenario_does_not_have_is_found_out(lever, rule, busy):
    dataset, folder = busy
    scenario = busy_scenario(dataset)
    findings = check_plan(folder, dataset, scenario.changed(levers={lever: False}))
    assert rule in {finding.rule for finding in findings}, said(findings)


def test_a_plan_for_another_dataset_is_found_out(busy):
    _, folder = busy
    other = demonstration()
    assert check_plan(folder, other, base(other.content_id, 6))


@pytest.mark.parametrize(
    ("damage", "rule"),
    [
        (lambda f: (f / "sessions.csv").unlink(), "missing-file"),
        (lambda f: (f / "plan.json").write_text("{"), "json"),
        (lambda f: (f / "mobiles.csv").write_text((f / "mobiles.csv").read_text().replace("yes", "perhaps")), "cell"),
        (lambda f: (f / "limits.csv").write_text((f / "limits.csv").read_text().replace("used", "spent", 1)), "unknown-column"),
        (lambda f: (f / "staffing.csv").write_bytes(b"\x00\x01"), "control-character"),
    ],
)  # fmt: skip
def test_a_damaged_file_is_a_finding(damage, rule, busy, facts, tmp_path):
    folder = busy[1]
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    damage(tmp_path)
    assert rule in {finding.rule for finding in check_against(tmp_path, facts)}
