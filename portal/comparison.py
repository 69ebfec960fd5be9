"""Two plans side by side: the inputs that differ, then the results that differ. No Streamlit: the command line compares with it too."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.assumption import SCOPES
from data.assumptions import ASSUMPTIONS, BY_NAME, Assumptions
from data.dataset import Dataset
from data.plan import Plan, over_six
from data.run import Run
from data.scenario import EMPHASIS_BY_NAME, LEVERS, Scenario
from data.words import count, day, number, percent, pounds
from portal import locks
from portal.charts.tables import place_words, when_words

INPUTS = ["kind", "what", "where", "left", "right", "unit", "reason"]
_SAME = 1e-9


@dataclass(frozen=True)
class Side:
    """One of the two plans with everything it was made from."""

    run: Run
    dataset: Dataset
    scenario: Scenario
    plan: Plan

    @property
    def assumptions(self) -> Assumptions:
        """The assumptions the plan was made under."""
        return self.scenario.on(self.dataset.assumptions)

    @property
    def met(self) -> int:
        """Lists that meet the target."""
        return sum(bool(entry["met"]) for entry in self.plan.summary["met"])


@dataclass(frozen=True, eq=False)
class Comparison:
    """What differs between two plans.

    Attributes:
        headline: one sentence.
        caveats: why a difference may not be the scenarios' doing.
        inputs: kind, what, where, left, right (text), unit, reason.
        measures: measure, left, right, difference (numbers), unit: the network as a whole.
        lists: organisation, test, left, right, difference (worst share over six weeks), target_share, left_met, right_met.
        costs: kind, left, right, difference (£).
    """

    headline: str
    caveats: list[str]
    inputs: pd.DataFrame
    measures: pd.DataFrame
    lists: pd.DataFrame
    costs: pd.DataFrame


def compare(left: Side, right: Side) -> Comparison:
    """Everything that differs between two plans."""
    costs = _costs(left.plan, right.plan)
    return Comparison(
        _headline(left, right), _caveats(left, right), _inputs(left, right), _measures(left, right), _lists(left.plan, right.plan), costs
    )


def _headline(left: Side, right: Side) -> str:
    a, b = f'"{left.scenario.name}"', f'"{right.scenario.name}"'
    lists = len(right.plan.summary["met"])
    met = f"{b} meets the target on {right.met} of {count(lists, 'list')}, "
    met += "as many as" if right.met == left.met else f"{abs(right.met - left.met)} {'more' if right.met > left.met else 'fewer'} than"
    more = right.plan.summary["cost_gbp"]["total"] - left.plan.summary["cost_gbp"]["total"]
    cost = "for the same cost" if abs(more) < 1 else f"for {pounds(abs(more))} {'more' if more > 0 else 'less'}"
    return f"{met} {a}, {cost}."


def _caveats(left: Side, right: Side) -> list[str]:
    said = []
    if left.run.dataset_id != right.run.dataset_id:
        said.append("The two plans were made from different data: not every difference is the scenarios' doing.")
    if left.scenario.weeks != right.scenario.weeks:
        said.append("The two plans are of different length: totals over the plan cannot be compared directly.")
    said += [
        f'The plan of "{side.scenario.name}" is a quick answer, proved within {percent(side.plan.summary["quick"]["gap"], 2)} of the best.'
        for side in (left, right)
        if "quick" in side.plan.summary
    ]
    said += [
        f'The search for "{side.scenario.name}" was stopped early ({side.plan.summary["status"]}): a better plan may exist.'
        for side in (left, right)
        if side.plan.summary["status"] not in ("optimal", "quick answer")
    ]
    return said


def _inputs(left: Side, right: Side) -> pd.DataFrame:
    rows = [("Length", "Weeks in the plan", "", number(left.scenario.weeks), number(right.scenario.weeks), "weeks", "")]
    rows += [("Data", "Dataset", "", _data_words(left), _data_words(right), "", "")] if left.run.dataset_id != right.run.dataset_id else []
    rows += [
        ("Lever", lever.title, "", _on(left.scenario.levers[lever.name]), _on(right.scenario.levers[lever.name]), "", lever.help) for lever in LEVERS
    ]
    first = [EMPHASIS_BY_NAME[side.scenario.emphasis].title for side in (left, right)]
    rows.append(("Emphasis", "What the plan puts first", "", first[0], first[1], "", ""))
    rows += [("Program", "Version", "", left.run.code_version, right.run.code_version, "", "")]
    names = sorted({*left.run.settings, *right.run.settings} - {"frontier", "start_from"})  # the one leaves the plan as it is, of the other is told
    rows += [
        ("Search", name.replace("_", " ").capitalize(), "", f"{left.run.settings.get(name)}", f"{right.run.settings.get(name)}", "", "")
        for name in names
    ]
    locked = [locks.sentences(side.scenario.locks, side.dataset.network) for side in (left, right)]
    every = dict.fromkeys([*locked[0], *locked[1]])
    rows += [("Locked", lock, "", "yes" if lock in locked[0] else "no", "yes" if lock in locked[1] else "no", "", "") for lock in every]
    kept = [row for row in rows if row[3] != row[4]]
    return pd.DataFrame(_assumption_rows(left, right) + kept, columns=INPUTS)


def _assumption_rows(left: Side, right: Side) -> list[tuple[str, ...]]:
    """Rows that one side has and the other has not, or with another value: with the value in force at that place on each side."""
    a, b = left.assumptions, right.assumptions
    key = list(ASSUMPTIONS.key)
    both = a.rows.merge(b.rows, on=key, how="outer", suffixes=("_left", "_right"))
    rows: list[tuple[str, ...]] = []
    changed = both[(both["value_left"] - both["value_right"]).abs().fillna(1.0) > _SAME]
    for row in changed.itertuples():
        declared = BY_NAME[row.name]
        place = pd.DataFrame({s: [getattr(row, s)] for s in SCOPES} | {"week": [row.from_week if pd.notna(row.from_week) else row.to_week]})
        values = [float(side.values(row.name, place)[0]) for side in (a, b)]
        if abs(values[0] - values[1]) > _SAME:
            where = f"{place_words(row, right.dataset.network)}{when_words(row)}"
            reason = next((r for r in (row.reason_right, row.reason_left) if isinstance(r, str) and r), "")
            rows.append(("Assumption", declared.title, where, f"{values[0]:,g}", f"{values[1]:,g}", declared.unit, reason))
    return rows


def _measures(left: Side, right: Side) -> pd.DataFrame:
    first, second = totals(left), totals(right)
    rows = [(name, first[name][0], value, unit) for name, (value, unit) in second.items()]
    return _with_difference(pd.DataFrame(rows, columns=["measure", "left", "right", "unit"]))


def totals(side: Side) -> dict[str, tuple[float, str]]:
    """Results of a plan for the network as a whole, and their units."""
    plan = side.plan
    met = plan.summary["met"]
    end = plan["waiting_list"]
    end = end[end["week"] == end["week"].max()]
    sessions = plan["sessions"]
    late = plan["reporting"].groupby("week")["late_over_4_weeks"].sum()
    weeks = max(side.scenario.weeks, 1)
    return {
        "Lists that meet the target": (float(side.met), f"of {len(met)} lists"),
        "Patients over the target at the worst month ends": (sum(float(e["over_target"]) for e in met), "patients"),
        "Waiting at the end": (float(end["waiting"].sum()), "patients"),
        "Over six weeks at the end": (float(over_six(end).sum()), f"patients, {plan.summary['booking_order']}"),
        "Over six weeks at the end, strictly in turn": (float(end["over_six_in_turn"].sum()), "patients"),
        "Sessions run": (float(sessions["sessions"].sum()) / weeks, "sessions a week"),
        "Sessions changed from today's rota": (float((sessions["sessions"] - sessions["sessions_today"]).abs().sum()) / weeks, "sessions a week"),
        "Examined at another organisation": (float(plan["transfers"]["patients"].sum()), "patients over the plan"),
        "Bought from providers": (float(plan["external"]["patients"].sum()), "patients over the plan"),
        "Weeks with a mobile unit in use": (float(plan["mobiles"]["present"].sum()), "unit weeks"),
        "Overtime, bank and agency": (float(plan["staffing"][["overtime_hours", "bank_or_agency_hours"]].to_numpy().sum()), "hours over the plan"),
        "Late reports in the worst week": (float(late.max()) / 60 if len(late) else 0.0, "hours"),
        "Staff lent to other organisations": (float(plan["shared_staff"]["hours"].sum()), "hours over the plan"),
        "Must-do work left undone": (float(plan["activity"]["undone"].sum()), "patient weeks"),
        "Cost": (float(plan.summary["cost_gbp"]["total"]), "£ over the plan"),
    }


def _lists(left: Plan, right: Plan) -> pd.DataFrame:
    columns = ["organisation", "test", "worst_share", "target_share", "met"]
    frames = [pd.DataFrame(plan.summary["met"], columns=columns) for plan in (left, right)]
    both = frames[0].merge(frames[1], on=["organisation", "test"], how="outer", suffixes=("_left", "_right"))
    both = both.rename(columns={"worst_share_left": "left", "worst_share_right": "right", "met_left": "left_met", "met_right": "right_met"})
    both["target_share"] = both["target_share_right"].fillna(both["target_share_left"])
    return _with_difference(both)[["organisation", "test", "left", "right", "difference", "target_share", "left_met", "right_met"]]


def _costs(left: Plan, right: Plan) -> pd.DataFrame:
    kinds = list(dict.fromkeys([*left.summary["cost_gbp"], *right.summary["cost_gbp"]]))
    rows = [(kind, left.summary["cost_gbp"].get(kind, 0.0), right.summary["cost_gbp"].get(kind, 0.0)) for kind in kinds]
    return _with_difference(pd.DataFrame(rows, columns=["kind", "left", "right"]))


def _with_difference(frame: pd.DataFrame) -> pd.DataFrame:
    difference = frame["right"] - frame["left"]
    frame.insert(list(frame.columns).index("right") + 1, "difference", np.where(difference.abs() < _SAME, 0.0, difference))
    return frame


def _data_words(side: Side) -> str:
    return f"{side.dataset.network.title}, to {day(side.dataset.data_date)} ({side.run.dataset_id[:8]})"


def _on(used: bool) -> str:
    return "may be used" if used else "not used"
