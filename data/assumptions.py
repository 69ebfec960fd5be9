"""Assumptions: every planner-facing number, declared once, with scoped rows that carry reason, owner, confidence and date.

Adding a kind of number is one `Assumption` below and the equation that uses it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from data.assumption import SCOPES, Assumption
from data.evidence import EVIDENCE
from data.fields import Field, Kind, Table, shown
from data.findings import Finding, Findings, refusal, warning
from data.frames import TableSet
from data.network import Network
from data.workforce_assumptions import WORKFORCE_ASSUMPTIONS

_REFERS = {
    "organisation": "organisations", "site": "sites", "test": "tests", "asset_type": "asset_types",
    "session_type": "session_types", "staff_group": "staff_groups", "mobile": "mobiles",
}  # fmt: skip


_RATE = ("organisation", "site", "test")
_STATION = ("organisation", "site", "asset_type", "session_type")
_PAIR = ("organisation", "test")

DECLARED: tuple[Assumption, ...] = (
    # Productivity
    Assumption("scans_per_hour", "Examinations an hour", "examinations per operational hour", "Productivity", 0.1, 60, 3,
               "Examinations in one operational hour (in use for patients, after clean-down and breaks).",
               ("site", "test", "asset_type")),
    Assumption("utilisation", "Slot utilisation", "share of operational minutes booked", "Productivity", 0.05, 1, 0.87,
               "Booked minutes over operational minutes of the sessions run. Losses to non-attendance are counted apart.",
               ("organisation", "site", "asset_type")),
    Assumption("dna_rate", "Did not attend", "share of booked examinations", "Productivity", 0, 0.9, 0.05,
               "Booked examinations that nobody attends, over booked examinations.", ("organisation", "site", "asset_type")),
    Assumption("session_share", "Openings that may be used", "share of openings", "Productivity", 0, 1, 1,
               "1 = every opening may be run; 0 = closed. Use it for maintenance, or where a site does not run evenings or weekends.",
               _STATION, by_week=True),
    Assumption("assets_out", "Assets out of use", "assets", "Productivity", 0, 50, 0,
               "Assets that cannot be used in these weeks (maintenance, replacement).", ("site", "asset_type"), by_week=True),
    Assumption("unscheduled_outside", "Unscheduled work outside planned sessions", "share of unscheduled examinations",
               "Productivity", 0, 1, 0.5,
               "Emergency and inpatient examinations done outside the planned sessions (nights, standby cover).", _PAIR),
    # Staff
    Assumption("hours_per_wte", "Hours a week for each WTE", "hours a week", "Staff", 0, 60, 0,
               "Hours at work: contracted hours after leave, bank holidays, study and sickness. 0 = worked out from those.",
               ("organisation", "staff_group")),
    Assumption("session_time_share", "Time in planned sessions", "share of available hours", "Staff", 0, 1, 1,
               "Share of the available hours that goes to the sessions planned here.", ("organisation", "staff_group")),
    Assumption("overtime_limit", "Overtime limit", "share of available hours", "Staff", 0, 1, 0.05,
               "Most overtime in a week, as a share of available hours.", ("organisation", "staff_group"), by_week=True),
    Assumption("overtime_cost", "Overtime cost", "£ an hour", "Staff", 0, 1000, 45, "Pay and on-costs of one overtime hour.",
               ("organisation", "staff_group")),
    Assumption("bank_limit", "Bank and agency limit", "share of available hours", "Staff", 0, 1, 0.05,
               "Most bank and agency hours in a week, as a share of available hours.", ("organisation", "staff_group"), by_week=True),
    Assumption("bank_cost", "Bank and agency cost", "£ an hour", "Staff", 0, 1000, 50, "Cost of one bank or agency hour.",
               ("organisation", "staff_group")),
    # Reporting
    Assumption("report_minutes", "Minutes for a report", "minutes", "Reporting", 0, 240, 15,
               "Reporting time of one examination that is not reported while it is done.", _PAIR),
    Assumption("reported_at_once", "Reported with the examination", "share of examinations", "Reporting", 0, 1, 0,
               "Examinations reported by those who do them, in the session itself: they bring no reporting work.", _PAIR),
    Assumption("reporting_share", "Time spent on reports", "share of available hours", "Reporting", 0, 1, 0,
               "Share of a staff group's available hours that goes to reports, beside its time in planned sessions. Where no staff group in post has "
               "any, reports do not limit the plan.", ("organisation", "staff_group"), by_week=True),
    Assumption("report_backlog", "Reports waiting at the start", "reports", "Reporting", 0, 1_000_000, 0,
               "Examinations done before the plan begins whose report is not yet written.", ("organisation",)),
    Assumption("shared_reporting_limit", "Reporting for other trusts", "share of own reporting minutes", "Reporting", 0, 1, 0.1,
               "Most reporting time in a week that a trust gives to reports of other trusts.", ("organisation",), by_week=True),
    Assumption("shared_reporting_price", "Price of a shared reporting minute", "£ a minute", "Reporting", 0, 1000, 0.05,
               "Keeps reports at home among plans of equal cost; never paid.", ("organisation",)),
    Assumption("outsourced_report_limit", "Outsourced reports", "reports a week", "Reporting", 0, 100_000, 0,
               "Most reports a week written by an independent provider.", ("organisation",), by_week=True),
    Assumption("outsourced_report_price", "Price of an outsourced report", "£ a report", "Reporting", 0, 10_000, 45,
               "Paid per report written by an independent provider.", ("organisation",)),
    Assumption("late_report_price", "Price of late reports", "£ an hour of reports a week", "Reporting", 0, 1_000_000, 500,
               "For each hour of reports older than four weeks, in every week. Weighed together with patients over the target: at £500, a report of "
               "a quarter of an hour that is late for a month counts about as much as one patient over the target at one month end.",
               ("organisation",)),
    Assumption("shared_staff_limit", "Shared staff limit", "share of available hours", "Staff", 0, 1, 0,
               "Most hours a trust lends to other trusts in a week, as a share of its available hours; 0 = not agreed.",
               ("organisation", "staff_group"), by_week=True),
    Assumption("shared_staff_travel_cost", "Cost of staff travel", "£ an hour of travel", "Staff", 0.01, 1000, 45,
               "Pay, on-costs and mileage of an hour on the road to and from another trust, for one person.", ("organisation", "staff_group")),
    Assumption("shared_staff_visit", "Length of a visit", "hours", "Staff", 1, 24, 8,
               "Hours worked at another trust for each journey there and back.", ("organisation", "staff_group")),
    # Money
    Assumption("session_cost", "Cost of a session", "£ a session", "Money", 0, 100_000, 300,
               "Pay (including unsocial-hours enhancement) and running cost of one session.", ("organisation", "site", "asset_type", "session_type")),
    Assumption("examination_cost", "Cost of an examination", "£ an examination", "Money", 0, 10_000, 10,
               "Consumables and contrast media of one examination.", ("organisation", "site", "test")),
    Assumption("premium_budget", "Premium budget", "£ over the plan", "Money", 0, 1_000_000_000, 1_000_000_000,
               "Most a trust spends on overtime, bank, agency, in- and outsourcing, and weeks of mobile units at its sites that the plan is free "
               "to choose: weeks within notice and locked weeks are spent already. 1,000,000,000 = no limit.", ("organisation",)),
    # Mobile units
    Assumption("mobile_hours", "Mobile unit hours", "operational hours a week", "Mobile units", 1, 168, 60,
               "Operational hours in a full week on a pad.", ("site", "asset_type", "mobile")),
    Assumption("mobile_setup_loss", "Week lost to arrival", "share of a week", "Mobile units", 0, 1, 0.2,
               "Share of the first week on a pad that is lost to moving, set-up and checks.", ("site", "asset_type", "mobile")),
    Assumption("mobile_minimum_stay", "Minimum stay", "weeks", "Mobile units", 1, 26, 4, "Weeks a unit stays at least.", ("asset_type", "mobile")),
    Assumption("mobile_notice", "Notice before a move", "weeks", "Mobile units", 0, 26, 4,
               "Weeks before the first move can happen.", ("asset_type", "mobile")),
    Assumption("mobile_week_cost", "Cost of a mobile week", "£ a week", "Mobile units", 0, 500_000, 15_000,
               "Hire or running cost of one week on a pad, without staff where the unit is unstaffed.", ("asset_type", "mobile")),
    Assumption("mobile_move_cost", "Cost of a move", "£ a move", "Mobile units", 0, 500_000, 1_500,
               "Transport, set-up and acceptance checks.", ("asset_type", "mobile")),
    Assumption("mobile_suitable", "Suitable for mobile units", "share of patients", "Mobile units", 0, 1, 0.7,
               "Share of an organisation's waiting patients who can be examined on a mobile unit.", ("test",)),
    # Mutual aid
    Assumption("aid_travel_limit", "Travel limit for mutual aid", "minutes", "Mutual aid", 0, 600, 60,
               "Nobody is offered an examination further away than this from home.", _PAIR),
    Assumption("aid_accept_to_30", "Acceptance up to 30 minutes", "share of offers", "Mutual aid", 0, 1, 0.6,
               "Share of offers accepted where the journey is 30 minutes or less.", _PAIR),
    Assumption("aid_accept_to_45", "Acceptance 31 to 45 minutes", "share of offers", "Mutual aid", 0, 1, 0.4,
               "Share of offers accepted where the journey is 31 to 45 minutes.", _PAIR),
    Assumption("aid_accept_to_60", "Acceptance 46 to 60 minutes", "share of offers", "Mutual aid", 0, 1, 0.2,
               "Share of offers accepted where the journey is 46 to 60 minutes.", _PAIR),
    Assumption("aid_accept_beyond", "Acceptance above 60 minutes", "share of offers", "Mutual aid", 0, 1, 0.05,
               "Share of offers accepted where the journey is longer than 60 minutes.", _PAIR),
    Assumption("aid_suitable", "Suitable for mutual aid", "share of waiting patients", "Mutual aid", 0, 1, 0.7,
               "Share of waiting patients who can be examined at another trust.", ("test",)),
    Assumption("aid_minimum_batch", "Smallest aid batch", "examinations a week", "Mutual aid", 0, 1000, 12,
               "Fewest patients one trust sends another in a week in which it sends any.", ("test",)),
    Assumption("aid_maximum_batch", "Largest aid batch", "examinations a week", "Mutual aid", 0, 10_000, 150,
               "Most patients one trust sends another in a week.", ("test",)),
    Assumption("aid_role_weeks", "Weeks in one aid role", "weeks", "Mutual aid", 1, 52, 4,
               "A trust receives or sends a test for at least this long before it may change.", ()),
    Assumption("aid_cost", "Cost of an aided patient", "£ a patient", "Mutual aid", 0, 10_000, 15,
               "Booking, transport support and transfer of images for one patient examined at another trust.", ("test",)),
    Assumption("travel_price", "Price of a patient's extra minute", "£ a minute", "Mutual aid", 0, 1000, 0.1,
               "Steers aid to the nearest site among plans of equal cost; never paid.", ("test",)),
    Assumption("extra_minutes_cap", "Extra minutes of the worst-served", "minutes, mean", "Mutual aid", 0, 600, 600,
               "Most extra minutes on the road that deprived, or rural, patients who are examined at another trust may have on average over the "
               "plan; 600 = no cap.", ("test",)),
    # Insourcing and outsourcing
    Assumption("insourced_limit", "Insourcing limit", "examinations a week", "In- and outsourcing", 0, 100_000, 0,
               "Most examinations a week done in the trust's rooms by an insourcing provider.", _RATE, by_week=True),
    Assumption("insourced_price", "Price of an insourced examination", "£ an examination", "In- and outsourcing", 0, 10_000, 180,
               "Paid per examination done in the trust's rooms, with report.", ("organisation", "test")),
    Assumption("outsourced_limit", "Outsourcing limit", "examinations a week", "In- and outsourcing", 0, 100_000, 0,
               "Most examinations a week done by an independent provider.", _PAIR, by_week=True),
    Assumption("outsourced_price", "Price of an outsourced examination", "£ an examination", "In- and outsourcing", 0, 10_000, 200,
               "Paid per examination done by an independent provider, with report.", ("organisation", "test")),
    Assumption("insourced_minimum", "Smallest insourcing order", "examinations in four weeks", "In- and outsourcing", 0, 100_000, 0,
               "Fewest insourced examinations in four weeks in which any are bought; 0 = any number.", _PAIR),
    Assumption("outsourced_minimum", "Smallest outsourcing order", "examinations in four weeks", "In- and outsourcing", 0, 100_000, 0,
               "Fewest outsourced examinations in four weeks in which any are bought; 0 = any number.", _PAIR),
    # Target and believability
    Assumption("target_share", "Target share over six weeks", "share of the list", "Target", 0, 1, 0.05,
               "Largest share of the list that may wait six weeks or more at a month end. Rows with dates make steps.", _PAIR, by_week=True),
    Assumption("thirteen_share", "Target share over thirteen weeks", "share of the list", "Target", 0, 1, 1,
               "Largest share of the list that may wait thirteen weeks or more at a month end; rows with dates make steps; 1 = not asked for.",
               _PAIR, by_week=True),
    Assumption("target_week", "Target reached from week", "week of the plan", "Target", 1, 520, 26,
               "The target is asked for at each month end from this week of the plan on.", _PAIR),
    Assumption("booked_in_turn", "Slots booked strictly in turn", "share of slots", "Target", 0, 1, 0,
               "From the first week of the plan on, so many slots go to whoever has waited longest; the others are booked in the present order. "
               "1 = all, 0 = as in recent months.", _PAIR),
    Assumption("list_floor", "Shortest list", "weeks of additions", "Target", 0, 12, 1,
               "What booking lead time keeps on any list.", ("test",)),
    Assumption("undone_price", "Price of undone must-do work", "£ a patient a week", "Target", 0, 1_000_000, 20_000,
               "Planned and unscheduled work comes before every other goal; this price keeps it there.", ("test",)),
    Assumption("shortfall_price", "Price of missing the target", "£ a patient a month end", "Target", 0, 1_000_000, 500,
               "For each patient over the target share at each month end, times one plus the months since the target date.", ("test",)),
    Assumption("thirteen_price", "Price of missing the thirteen-week target", "£ a patient a month end", "Target", 0, 1_000_000, 500,
               "For each patient over the thirteen-week share at each month end, on top of the price for six weeks, and growing alike.", ("test",)),
    Assumption("ramp_price", "Price of a change from week to week", "£ a session", "Target", 0, 100_000, 20,
               "For each session more or fewer than the week before.", ("asset_type",)),
    Assumption("rota_change_price", "Price of a change from today's rota", "£ a session", "Target", 0, 100_000, 20,
               "For each session more or fewer than today's rota.", ("asset_type",)),
    Assumption("waiting_price", "Price of a week's wait", "£ a patient a week", "Target", 0, 1000, 0.1,
               "Steers a plan to use room that is there anyway; too little to pay for a session.", ("test",)),
    Assumption("longer_price", "Price of a longer list", "£ a patient a month end", "Target", 0, 1_000_000, 50,
               "For each patient by which a list is longer than it would be without a change; weighed before cost.", ("test",)),
    Assumption("fairness_price", "Price of unequal waits", "£ a point a month end", "Target", 0, 100_000, 0,
               "For each percentage point of the largest share over six weeks that any trust has; weighed last, among plans of equal cost; 0 = not "
               "weighed.", ("test",)),
    Assumption("cliff_price", "Price of a cliff at the end", "£ a patient", "Target", 0, 1_000_000, 200,
               "For each patient by which a list grows over the last six weeks of the plan.", ("test",)),
    # Demand
    Assumption("recent_months", "Recent months", "months", "Demand", 1, 24, 3,
               "Months of activity from which today's rota is derived.", ()),
    Assumption("older_month_weight", "Weight of an older month", "share of the month after it", "Demand", 0.3, 1, 0.65,
               "In the level of demand a month counts this share of what the month after it counts; 1 = every loaded month counts alike.", ()),
    Assumption("other_day_additions", "Additions on other days", "share of a working day", "Demand", 0, 1, 0.3,
               "A day that is not a working day brings this share of a working day's additions. Only where no national profile says it.", ()),
    Assumption("other_day_planned", "Planned work on other days", "share of a working day", "Demand", 0, 1, 0.5,
               "A day that is not a working day brings this share of a working day's planned work. Only where no national profile says it.", ()),
    Assumption("other_day_unscheduled", "Unscheduled work on other days", "share of a working day", "Demand", 0, 1, 0.6,
               "A day that is not a working day brings this share of a working day's unscheduled work. Only where no national profile says it.", ()),
    Assumption("population_change", "Change by population", "share of demand", "Demand", -0.9, 5, 0,
               "More or fewer, older or younger people than the history has seen: 0.02 = two per cent more.", _PAIR, by_week=True),
    Assumption("guideline_change", "Change by guidelines", "share of demand", "Demand", -0.9, 5, 0,
               "Guidance or a screening programme that asks for more or fewer of a test than the history has seen.", _PAIR, by_week=True),
    Assumption("centre_change", "Change by a new centre", "share of demand", "Demand", -0.9, 5, 0,
               "Demand that a newly opened or closed place brings to an organisation, or takes from it.", _PAIR, by_week=True),
    Assumption("pathway_change", "Change by pathways", "share of demand", "Demand", -0.9, 5, 0,
               "Direct access, straight to test, or referrals that another test replaces.", _PAIR, by_week=True),
    Assumption("long_run_growth", "Long-run growth of demand", "share a year", "Demand", -0.2, 0.3, 0.03,
               "What a planner expects of the years after the first, for all kinds of demand.", _PAIR),
    Assumption("national_growth_weight", "Weight of national growth", "share", "Demand", 0, 1, 0.5,
               "In the years after the first: how much the growth that all organisations had counts beside the long-run growth.", ("test",)),
    Assumption("growth_spread", "Uncertainty of growth", "share a year", "Demand", 0, 0.2, 0.02,
               "Standard deviation of the yearly growth itself, the same for all organisations of a test.", ("test",)),
    Assumption("yearly_spread", "Change of one organisation in a year", "share", "Demand", 0, 1, 0.15,
               "Standard deviation of what one organisation's demand does in a year beyond its growth: centres, recoding, lost or new work.", _PAIR),
    Assumption("demand_change", "Planner's own change", "share of demand", "Demand", -0.9, 5, 0,
               "The planner's word over the forecast, after every named change: 0.1 = ten per cent more demand of every kind.", _PAIR, by_week=True),
    *WORKFORCE_ASSUMPTIONS,
)  # fmt: skip

BY_NAME: dict[str, Assumption] = {a.name: a for a in DECLARED}

ASSUMPTIONS = Table(
    "assumptions", "Assumptions",
    "One row for each number assumed. Blank places mean everywhere; the most specific row wins.",
    (
        Field("name", "Name", Kind.CHOICE, choices=tuple(BY_NAME), help="Which assumption: see the sheet Dictionary"),
        *(Field(s, s.replace("_", " ").capitalize(), Kind.ID, required=False, refers_to=_REFERS[s]) for s in SCOPES),
        Field("from_week", "From week", Kind.DATE, required=False, help="First day the row holds; empty = from the start"),
        Field("to_week", "To week", Kind.DATE, required=False, help="Last day the row holds; empty = to the end"),
        Field("value", "Value", Kind.NUMBER, help="In the unit the sheet Dictionary states"),
        *EVIDENCE,
    ),
    key=("name", *SCOPES, "from_week", "to_week"),
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Assumptions(TableSet):
    """The assumption rows in force.

    Raises:
        Refused: for values out of bounds, places an assumption does not vary by, and equally specific rows that disagree.
    """

    declared = (ASSUMPTIONS,)

    def check(self) -> Findings:
        """Findings of bounds, places and ties."""
        return Findings([*_bounds(self.rows), *_places(self.rows), *_ties(self.rows)])

    @property
    def rows(self) -> pd.DataFrame:
        """The rows as a typed frame."""
        return self["assumptions"]

    def check_against(self, network: Network) -> Findings:
        """Places that do not exist in the network."""
        return Findings(_unknown_places(self.rows, network))

    def with_rows(self, rows: pd.DataFrame) -> Assumptions:
        """These assumptions with `rows` in place of those for the same name, place and time."""
        if rows.empty:
            return self
        key = list(ASSUMPTIONS.key)
        both = pd.concat([self.rows, ASSUMPTIONS.typed(rows)], ignore_index=True)
        return Assumptions({"assumptions": both.drop_duplicates(key, keep="last")})

    def one(self, name: str) -> float:
        """The value of an assumption that varies by nothing, or its network-wide value."""
        return float(self.values(name, pd.DataFrame(index=[0]))[0])

    def values(self, name: str, places: pd.DataFrame) -> np.ndarray:
        """The value for each place: the most specific row wins.

        Args:
            name: a declared assumption.
            places: one row per place; columns among `SCOPES`, and `week` (dates) where the assumption varies by week. Scopes without a column
                are matched by rows that leave them blank.

        Returns:
            One float per row of `places`; the declared default where no row matches.
        """
        declared = BY_NAME[name]
        result = np.full(len(places), declared.default, dtype=float)
        columns = {scope: places[scope].to_numpy(dtype=object) for scope in declared.varies_by if scope in places}
        weeks = places["week"].to_numpy() if "week" in places else None
        for row in self._rows_by_name.get(name, ()):
            result[_matches(row, columns, weeks, len(places))] = row.value
        return result

    def stated(self, name: str, place: Mapping[str, str]) -> Any | None:
        """The undated row that holds at a place, the most specific one that fits; None where the declared default does.

        Args:
            name: a declared assumption.
            place: scope → identifier.
        """
        columns = {scope: np.array([where], dtype=object) for scope, where in place.items() if scope in BY_NAME[name].varies_by}
        fitting = [row for row in self._rows_by_name.get(name, ()) if _matches(row, columns, None, 1)[0]]
        return fitting[-1] if fitting else None

    @cached_property
    def _rows_by_name(self) -> dict[str, list[Any]]:
        """Rows of each assumption, the least specific first."""
        by_name: dict[str, list[Any]] = {}
        for row in self.rows.itertuples():
            by_name.setdefault(row.name, []).append(row)
        return {name: sorted(rows, key=_specificity) for name, rows in by_name.items()}


def _matches(row: Any, columns: dict[str, np.ndarray], weeks: np.ndarray | None, length: int) -> np.ndarray:
    hit = np.ones(length, dtype=bool)
    for scope in SCOPES:
        wanted = getattr(row, scope)
        if wanted:
            hit &= columns[scope] == wanted if scope in columns else False
    if pd.notna(row.from_week):
        hit &= weeks >= row.from_week.to_datetime64() if weeks is not None else False
    if pd.notna(row.to_week):
        hit &= weeks <= row.to_week.to_datetime64() if weeks is not None else False
    return hit


def _place_text(row: Any) -> str:
    return ", ".join(getattr(row, s) for s in SCOPES if getattr(row, s)) or "everywhere"


def _at(i: int, column: str) -> dict[str, Any]:
    return {"sheet": ASSUMPTIONS.title, "row": i + 2, "column": column}


def _bounds(rows: pd.DataFrame) -> Iterator[Finding]:
    for i, row in enumerate(rows.itertuples()):
        a = BY_NAME.get(row.name)
        if a and not a.minimum <= row.value <= a.maximum:
            yield refusal("bounds", f"{row.value:g} for {a.title}", f"{a.minimum:g} to {a.maximum:g} {a.unit}",
                          f"Correct the value. {a.help}", **_at(i, "Value"))  # fmt: skip


def _places(rows: pd.DataFrame) -> Iterator[Finding]:
    for i, row in enumerate(rows.itertuples()):
        a = BY_NAME.get(row.name)
        if a is None:
            continue
        for scope in SCOPES:
            if getattr(row, scope) and scope not in a.varies_by:
                allowed = ", ".join(s.replace("_", " ") for s in a.varies_by) or "nothing: it holds everywhere"
                yield refusal("place", f"{shown(getattr(row, scope))} for {a.title}", f"{a.title} varies by {allowed}",
                              "Leave this cell empty.", **_at(i, ASSUMPTIONS.field(scope).title))  # fmt: skip
        if not a.by_week and (pd.notna(row.from_week) or pd.notna(row.to_week)):
            yield refusal("place", f"dates for {a.title}", f"{a.title} does not vary by week", "Leave both dates empty.",
                          **_at(i, "From week"))  # fmt: skip


def _ties(rows: pd.DataFrame) -> Iterator[Finding]:
    """Two rows that could both be the most specific one for the same place and time."""
    for name, group in rows[rows["name"].duplicated(keep=False)].groupby("name", sort=True):
        items = [(row, _specificity(row), tuple(getattr(row, s) for s in SCOPES)) for row in group.itertuples()]
        for (a, rank_a, place_a), (b, rank_b, place_b) in itertools.combinations(items, 2):
            if a.value != b.value and rank_a == rank_b and _meet(place_a, place_b) and _overlap(a, b):
                yield refusal(
                    "tie", f"{a.value:g} ({_place_text(a)}) and {b.value:g} ({_place_text(b)}) for {BY_NAME[name].title}",
                    "one row that is more specific than the other", "Remove one row, or make one more specific.",
                    **_at(rows.index.get_loc(b.Index), "Value"),
                )  # fmt: skip


def _specificity(row: Any) -> tuple[int, bool]:
    return sum(bool(getattr(row, s)) for s in SCOPES), pd.notna(row.from_week) or pd.notna(row.to_week)


def _meet(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """True where some place fits both."""
    return not any(a and b and a != b for a, b in zip(one, other, strict=True))


def _overlap(a: Any, b: Any) -> bool:
    start = max(_or(a.from_week, pd.Timestamp.min), _or(b.from_week, pd.Timestamp.min))
    end = min(_or(a.to_week, pd.Timestamp.max), _or(b.to_week, pd.Timestamp.max))
    return bool(start <= end)


def _or(value: pd.Timestamp, default: pd.Timestamp) -> pd.Timestamp:
    return default if pd.isna(value) else value


def _unknown_places(rows: pd.DataFrame, network: Network) -> Iterator[Finding]:
    for scope, table in _REFERS.items():
        known = set(network[table].iloc[:, 0])
        for i, value in enumerate(rows[scope]):
            if value and value not in known:
                yield refusal(
                    "unknown-reference", shown(value), f"a value of the sheet for {table.replace('_', ' ')}",
                    "Correct the value, or add it to its sheet.", **_at(i, ASSUMPTIONS.field(scope).title),
                )  # fmt: skip


def defaults_in_force(rows: pd.DataFrame) -> Findings:
    """Warnings for declared assumptions that no row states, so that their built-in default is in force."""
    stated = set(rows["name"])
    return Findings(
        warning("default-in-force", f"no row for {a.title}", "one row at least", f"The built-in default {a.default:g} {a.unit} is used.")
        for a in DECLARED if a.name not in stated
    )  # fmt: skip
