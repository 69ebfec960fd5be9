"""From solver values to the tidy tables of a plan."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from data.network import ALL_PRIORITIES
from data.travel import offers_of
from optimisation.allocation.problem import Inputs, Problem
from optimisation.allocation.problem_limits import working_sites
from optimisation.allocation.result_reporting import reporting_weeks
from optimisation.formulation import Index
from optimisation.matrix import Matrix
from optimisation.solved import NONE, Values
from optimisation.solving import Outcome
from optimisation.staff_roads import staff_roads

OUTSIDE_SESSIONS = "outside_sessions"
"""Priority shown for unscheduled work done outside planned sessions, so that totals agree with the national return and room time still adds up."""


class Solved(Values[Problem]):
    """Values of one solved problem, by variable and index."""

    def __init__(self, problem: Problem, matrix: Matrix, outcome: Outcome) -> None:
        super().__init__(problem, matrix, outcome)
        self._mondays = list(problem.weeks)

    def monday(self, w: int) -> pd.Timestamp:
        """The Monday of week w."""
        return self._mondays[w - 1]

    @cached_property
    def hours_needed(self) -> dict[Index, float]:
        """Staff hours by organisation, staff group and week."""
        near, hours = self.problem.near, {}
        for o, g, w in self.problem.sets["staff_weeks"]:
            sessions = sum(self.given("session_hours", (*i, g)) * self.of("sessions", (*i, w)) for i in near("sessions_with", (o, g)))
            units = sum(self.given("mobile_staff_hours", (*i, g)) * self.of("present", (*i, w)) for i in near("mobiles_with", (o, g)))
            hours[o, g, w] = sessions + units
        return hours

    def hours_shared(self, o: str, g: str, w: int) -> tuple[float, float]:
        """Staff hours borrowed and lent."""
        near = self.problem.near
        borrowed = sum(self.of("shared", (i, o, g, w)) for i in near("borrows_from", (o, g, w)))
        return borrowed, sum(self.of("shared", (o, j, g, w)) for j in near("lends_to", (o, g, w)))

    def premium_spend(self, o: str) -> float:
        """£ of an organisation that count towards its premium budget."""
        near = self.problem.near
        hours = sum(self.given(f"{k}_cost", i[:2]) * self.of(k, i) for i in near("premium_staff", (o,)) for k in ("overtime", "bank"))
        bought = sum(self.given(f"{k}_price", i[:2]) * self.of(k, i) for k in ("insourced", "outsourced") for i in near(f"premium_{k}", (o,)))
        return float(hours + bought + sum(self.given("mobile_week_cost", i[:1]) * self.of("present", i) for i in near("premium_mobiles", (o,))))

    @cached_property
    def extra_minutes(self) -> dict[Index, tuple[float, float]]:
        """Patients of a group examined elsewhere and their extra minutes by road, by group and test."""
        sums: dict[Index, tuple[float, float]] = {}
        for (group, m), routes in self.problem.neighbours["group_routes"].items():
            sent = {r: sum(self.of("examined", (*r, w)) for w in range(1, self.problem.last_week + 1)) for r in routes}
            patients = sum(n * self.given("group_part", (group, r[0], m, r[3])) for r, n in sent.items())
            sums[group, m] = patients, sum(n * self.given("group_minutes", (group, r[0], m, r[3])) for r, n in sent.items())
        return sums


def tables(inputs: Inputs, s: Solved) -> dict[str, pd.DataFrame]:
    """Every result table except `limits` and `measures`, columns as declared in `data.plan`."""
    return {
        "sessions": _sessions(s),
        "activity": _activity(inputs, s),
        "mobiles": _mobiles(s),
        "transfers": _transfers(inputs, s),
        "external": _external(s),
        "staffing": _staffing(s),
        "reporting": _reporting(s),
        "shared_staff": _shared_staff(inputs, s),
        "waiting_list": _waiting_list(inputs, s),
        "list_model": _list_model(inputs, s),
    }


def _frame(rows: list[tuple[Any, ...]], columns: str) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=columns.split())


def _sessions(s: Solved) -> pd.DataFrame:
    rows = []
    for i in s.problem.sets["station_sessions"]:
        site, a, t, w = i
        n, today = s.of("sessions", i), s.given("sessions_today", i)
        if n > NONE or today > NONE:
            rows.append((site, a, t, s.monday(w), n, today, n * s.given("session_minutes", i[:3]), n * s.given("session_cost", i[:3])))
    return _frame(rows, "site asset_type session_type week sessions sessions_today minutes cost_gbp")


def _activity(inputs: Inputs, s: Solved) -> pd.DataFrame:
    done: dict[tuple[Any, ...], float] = {}
    for name in ("examined", "insourced"):
        for (o, m, u, site, _, w), v in s.flows(name):
            key = (site, m, o, "waiting_list", u, s.monday(w))
            done[key] = done.get(key, 0.0) + v
    rows = [(*key, v, 0.0) for key, v in done.items()]
    rows.extend(_must_do_rows(inputs, s))
    return _frame(rows, "site test organisation kind priority week patients undone")


def _must_do_rows(inputs: Inputs, s: Solved) -> list[tuple[Any, ...]]:
    """Must-do work split into planned and unscheduled as it arose; what was left undone stands at the first site of the organisation."""
    kinds = {k: inputs.demand.weekly(k).groupby(["organisation", "test"]).sum() for k in ("planned", "unscheduled")}
    rows: list[tuple[Any, ...]] = []
    for o, m in s.problem.sets["must_do_tests"]:
        planned, unscheduled = (kinds[k].loc[(o, m)].to_numpy() for k in ("planned", "unscheduled"))
        sites = list(dict.fromkeys(s.problem.near("must_do_sites", (o, m))))
        for w in range(1, s.problem.last_week + 1):
            work = s.given("must_do", (o, m, w))
            part = {"planned": min(planned[w - 1] / work, 1.0) if work > 0 else 1.0}
            part["unscheduled"] = 1 - part["planned"]
            left = s.of("undone", (o, m, w))
            for n, (site, a) in enumerate(sites):
                v = s.of("must_done", (o, m, site, a, w))
                for kind, share in part.items():
                    undone = left * share if n == 0 else 0.0
                    if v * share > NONE or undone > NONE:
                        rows.append((site, m, o, kind, ALL_PRIORITIES, s.monday(w), v * share, undone))
            outside = unscheduled[w - 1] - work * part["unscheduled"]
            if outside > NONE:
                rows.append((sites[0][0], m, o, "unscheduled", OUTSIDE_SESSIONS, s.monday(w), outside, 0.0))
    return _merged(rows)


def _merged(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Rows of one key added up: a site may do a test on several asset types."""
    total: dict[tuple[Any, ...], list[float]] = {}
    for row in rows:
        at = total.setdefault(row[:6], [0.0, 0.0])
        at[0] += row[6]
        at[1] += row[7]
    return [(*key, *values) for key, values in total.items()]


def _mobiles(s: Solved) -> pd.DataFrame:
    types = {(v, site): a for (site, a), units in s.problem.neighbours["mobiles_at"].items() for v in units}
    rows = []
    for (v, site, w), present in s.flows("present"):
        arriving = s.of("arriving", (v, site, w))
        minutes = s.given("mobile_minutes", (v, site)) * (present - s.given("mobile_setup_loss", (v, site)) * arriving)
        cost = present * s.given("mobile_week_cost", (v,)) + arriving * s.given("mobile_move_cost", (v,))
        rows.append((v, site, types[v, site], s.monday(w), True, arriving > 0.5, minutes, cost))
    return _frame(rows, "mobile site asset_type week present arriving minutes cost_gbp")


def _transfers(inputs: Inputs, s: Solved) -> pd.DataFrame:
    owner = inputs.network.owner
    road = {(r.organisation, r.test, r.site): float(r.road) for r in offers_of(inputs.network, inputs.assumptions).itertuples()}
    moved: dict[tuple[Any, ...], float] = {}
    for (o, m, u, site, _, w), v in s.flows("examined"):
        if owner[site] != o:
            key = (o, owner[site], site, m, u, s.monday(w))
            moved[key] = moved.get(key, 0.0) + v
    rows = [(*k, v, road[k[0], k[3], k[2]], v * s.given("aid_cost", (k[3],))) for k, v in moved.items()]
    return _frame(rows, "from_organisation to_organisation to_site test priority week patients minutes cost_gbp")


def _external(s: Solved) -> pd.DataFrame:
    bought: dict[tuple[Any, ...], float] = {}
    for (o, m, u, site, _, w), v in s.flows("insourced"):
        key = (o, site, m, u, "insourced", s.monday(w))
        bought[key] = bought.get(key, 0.0) + v
    for (o, m, u, w), v in s.flows("outsourced"):
        bought[o, "", m, u, "outsourced", s.monday(w)] = v
    rows = [(*k, v, v * s.given(f"{k[4]}_price", (k[0], k[2]))) for k, v in bought.items()]
    return _frame(rows, "organisation site test priority kind week patients cost_gbp")


def _staffing(s: Solved) -> pd.DataFrame:
    rows = []
    for o, g, w in s.problem.sets["staff_weeks"]:
        overtime, bank = s.of("overtime", (o, g, w)), s.of("bank", (o, g, w))
        cost = overtime * s.given("overtime_cost", (o, g)) + bank * s.given("bank_cost", (o, g))
        shared = s.hours_shared(o, g, w)
        rows.append((o, g, s.monday(w), s.hours_needed[o, g, w], s.given("staff_hours", (o, g, w)), overtime, bank, *shared, cost))
    return _frame(
        rows,
        "organisation staff_group week hours_needed hours_available overtime_hours bank_or_agency_hours shared_in_hours shared_out_hours cost_gbp",
    )


def _reporting(s: Solved) -> pd.DataFrame:
    rows = [
        (r.organisation, s.monday(r.week), r.needed, r.available, r.shared, r.outsourced, r.backlog, r.late,
         r.outsourced * s.given("outsourced_report_price", (r.organisation,)))
        for r in reporting_weeks(s)
    ]  # fmt: skip
    return _frame(rows, "organisation week minutes_needed minutes_available shared_minutes outsourced_reports backlog late_over_4_weeks cost_gbp")


def _shared_staff(inputs: Inputs, s: Solved) -> pd.DataFrame:
    roads = staff_roads(inputs.network, working_sites(s.problem.neighbours["sessions_with"], s.problem.neighbours["mobiles_with"]))
    rows = [(i, j, g, s.monday(w), v, roads[i, j, g], v * s.given("sharing_price", (i, j, g))) for (i, j, g, w), v in s.flows("shared")]
    return _frame(rows, "from_organisation to_organisation staff_group week hours minutes cost_gbp")


def _waiting_list(inputs: Inputs, s: Solved) -> pd.DataFrame:
    """Lists week by week; those over six weeks by projecting what the plan sees, never by the model's own slack variable."""
    present = {**_in_turn(inputs, s), **_as_booked(s)} if inputs.booking is not None else {}
    rows = []
    for o, m, u in s.problem.sets["lists"]:
        before = s.given("opening_list", (o, m, u))
        for w in range(1, s.problem.last_week + 1):
            i = (o, m, u, w)
            added, removed, waiting = s.given("additions", i), s.of("removed", i), s.of("waiting", i)
            in_turn = _beyond(waiting, s.given("under_six", i))
            over, longer = present.get(i, (np.nan, np.nan))
            share = (in_turn if np.isnan(over) else over) / waiting if waiting > NONE else 0.0
            seen = max(before + added - removed - waiting, 0.0)
            rows.append((o, m, u, s.monday(w), added, removed, seen, waiting, over, in_turn, longer, share))
            before = waiting
    return _frame(
        rows,
        "organisation test priority week additions removed seen waiting over_six_present_order over_six_in_turn "
        "over_thirteen_present_order share_over_six",
    )


def _beyond(waiting: float, younger: float) -> float:
    """Those on a list beyond the number who could be younger, strictly in turn."""
    over = waiting - younger
    return over if over > NONE else 0.0


def _in_turn(inputs: Inputs, s: Solved) -> dict[Index, tuple[float, float]]:
    """Over six and over thirteen weeks strictly in turn, by list and week."""
    rows, number = inputs.response.rows, {monday: w for w, monday in enumerate(s.problem.weeks, start=1)}
    keys = zip(rows["organisation"], rows["test"], rows["priority"], rows["week"].map(number), strict=True)
    under_thirteen = dict(zip(keys, rows["under_thirteen"].tolist(), strict=True))
    return {
        i: (_beyond(s.of("waiting", i), s.given("under_six", i)), _beyond(s.of("waiting", i), under_thirteen[i]))
        for i in s.problem.sets["list_weeks"]
    }  # fmt: skip


def _as_booked(s: Solved) -> dict[Index, tuple[float, float]]:
    """Over six and over thirteen weeks in the booking order in use, of the lists that are not booked strictly in turn."""
    lists, weeks = s.problem.sets["booked_lists"], range(1, s.problem.last_week + 1)
    if s.problem.booking is None:
        return {}
    waiting, served, removed = flows(s)
    found = {}
    for k, (six, thirteen) in enumerate(zip(*s.problem.booking.over(served, removed), strict=True)):
        for w in weeks:
            i = (*lists[k], w)
            least = _beyond(s.of("waiting", i), s.given("under_six", i))
            over = float(np.clip(six[w - 1], least, max(waiting[k, w - 1], least)))
            found[i] = over, float(np.clip(thirteen[w - 1], 0.0, over))
    return found


def flows(s: Solved) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """List at week ends, seen, and removed without a test, of the lists of the set `booked_lists`; each shape (lists, weeks), patients."""
    lists, weeks = s.problem.sets["booked_lists"], range(1, s.problem.last_week + 1)
    waiting, removed, added = (np.array([[of(name, (*i, w)) for w in weeks] for i in lists])
                               for of, name in ((s.of, "waiting"), (s.of, "removed"), (s.given, "additions")))  # fmt: skip
    opening = np.array([[s.given("opening_list", i)] for i in lists])
    gone = np.concatenate([opening, waiting[:, :-1]], axis=1) + added - waiting
    return waiting, np.maximum(gone - removed, 0.0), removed


def _list_model(inputs: Inputs, s: Solved) -> pd.DataFrame:
    opening = inputs.response.opening.rename(columns={"patients": "opening"})
    keys = pd.MultiIndex.from_frame(opening[["organisation", "test", "priority"]])
    weights = {} if s.problem.booking is None else dict(zip(s.problem.sets["booked_lists"], s.problem.booking.weights, strict=True))
    at = zip(keys, opening["weeks_waited"], strict=True)
    opening = opening.assign(weight=[weights[i][w] if i in weights else np.nan for i, w in at])
    return opening[keys.isin(s.problem.sets["lists"])]
