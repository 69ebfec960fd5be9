"""What one more of something would buy: a session a week with its staff, a whole-time equivalent, ten hours of reports, ten bought examinations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from data.working_time import hours_a_week
from optimisation.allocation.limit_kinds import A_UNIT, EXTRA_STAFF, MORE_INSOURCED, MORE_OUTSOURCED, MORE_REPORTING, SESSION
from optimisation.allocation.objective import place_of
from optimisation.allocation.problem import Inputs, Problem
from optimisation.allocation.result import Solved
from optimisation.matrix import Matrix
from optimisation.probing import Probe, Probed, Unit
from optimisation.solving import Outcome

_BOUGHT = f"{A_UNIT[MORE_INSOURCED]} examinations a week"
_UNITS = {
    SESSION: "session a week", EXTRA_STAFF: "WTE", MORE_REPORTING: f"{A_UNIT[MORE_REPORTING]} hours a week",
    MORE_INSOURCED: _BOUGHT, MORE_OUTSOURCED: _BOUGHT,
}  # fmt: skip
_HOUR = 60
_Found = dict[tuple[str, Any], int]
"""Positions of rows or columns by name and index."""

_COLUMNS = ["what", "where", "units", "unit", "over_target_before", "over_target_after", "cost_change_gbp"]


def probes(inputs: Inputs, problem: Problem, matrix: Matrix) -> list[Probe]:
    """Everything of which one more unit may be asked."""
    rows = {name: k for k, name in enumerate(matrix.row_names)}
    columns = {name: k for k, name in enumerate(matrix.column_names)}
    weeks = range(1, problem.last_week + 1)
    found = [*_sessions(inputs, problem, rows, columns), *_staff(inputs, problem, rows), *_reporting(problem, rows)]
    for what, family, row in ((MORE_INSOURCED, "insourced_test", "insourcing_limit"), (MORE_OUTSOURCED, "outsourced_test", "outsourcing_limit")):
        for place in dict.fromkeys(i[:2] for i in problem.neighbours[family]):
            at = [rows[row, (*place, w)] for w in weeks if (row, (*place, w)) in rows]
            found.append(_probe((what, *place), (what, *place), dict.fromkeys(at, float(A_UNIT[what])), {}))
    return [p for p in found if len(p.rows) or len(p.columns)]


def _probe(name: tuple[str, ...], kind: tuple[str, ...], rows: dict[int, float], columns: dict[int, float]) -> Probe:
    return Probe(name, kind, np.array(list(rows), dtype=int), np.array(list(rows.values())),
                 np.array(list(columns), dtype=int), np.array(list(columns.values())))  # fmt: skip


def _sessions(inputs: Inputs, problem: Problem, rows: _Found, columns: _Found) -> Iterator[Probe]:
    if problem.rota_is_fixed:
        return
    owner = inputs.network.owner
    needs: dict[tuple[str, str, str], list[tuple[str, float]]] = {}
    for (s, a, t, g), hours in problem.values["session_hours"].items():
        needs.setdefault((s, a, t), []).append((g, hours))
    for s, a, t in problem.sets["station_types"]:
        open_weeks = [w for w in range(1, problem.last_week + 1) if problem.session_bounds[s, a, t, w][0] < problem.session_bounds[s, a, t, w][1]]
        more = {columns["sessions", (s, a, t, w)]: 1.0 for w in open_weeks if ("sessions", (s, a, t, w)) in columns}
        minutes = problem.values["room_minutes"][(t,)]
        given = {rows["shared_openings", (s, a, w)]: minutes for w in open_weeks if ("shared_openings", (s, a, w)) in rows}
        for g, hours in needs.get((s, a, t), []):
            given |= {rows["staff_time", (owner[s], g, w)]: hours for w in open_weeks if ("staff_time", (owner[s], g, w)) in rows}
        yield _probe((SESSION, s, a, t), (SESSION, owner[s], a), given, more)


def _staff(inputs: Inputs, problem: Problem, rows: _Found) -> Iterator[Probe]:
    groups = list(dict.fromkeys(i[:2] for i in problem.sets["staff_weeks"]))
    frame = pd.DataFrame(groups, columns=["organisation", "staff_group"])
    hours = hours_a_week(inputs.assumptions, frame) * inputs.assumptions.values("session_time_share", frame)
    for (o, g), each in zip(groups, hours, strict=True):
        at = [rows["staff_time", (o, g, w)] for w in range(1, problem.last_week + 1) if ("staff_time", (o, g, w)) in rows]
        yield _probe((EXTRA_STAFF, o, g), (EXTRA_STAFF, o, g), dict.fromkeys(at, float(each)), {})


def _reporting(problem: Problem, rows: _Found) -> Iterator[Probe]:
    for (o,) in problem.sets["reporters"]:
        at = [rows["reporting_time", (o, w)] for w in range(1, problem.last_week + 1)]
        yield _probe((MORE_REPORTING, o), (MORE_REPORTING, o), dict.fromkeys(at, float(_HOUR * A_UNIT[MORE_REPORTING])), {})


def units(problem: Problem, matrix: Matrix) -> list[Unit]:
    """Mobile units with the pads they may stand on."""
    columns = {name: k for k, name in enumerate(matrix.column_names)}
    weeks = range(1, problem.last_week + 1)
    return [
        Unit(v, tuple(pads), np.array([[columns.get(("present", (v, s, w)), -1) for w in weeks] for s in pads]))
        for (v,), pads in problem.neighbours["spots_of"].items()
    ]  # fmt: skip


def worth(inputs: Inputs, problem: Problem, matrix: Matrix, outcome: Outcome) -> pd.DataFrame:
    """Rows of the table `worth`.

    Args:
        inputs: what the problem was made from.
        problem: for what its goals are.
        matrix: of the problem.
        outcome: of the search, with what was probed.
    """
    rows = []
    for probed in outcome.asked.more:
        change = changes(problem, matrix, probed.columns, probed.before, probed.after)
        rows.append((probed.name[0], _where(inputs, probed), probed.units, _UNITS[probed.name[0]], *change))
    return pd.DataFrame(rows, columns=_COLUMNS)


def placements(matrix: Matrix, s: Solved, outcome: Outcome) -> pd.DataFrame:
    """Rows of the table `placements`: each stay of a mobile unit, and what would come of the next best place."""
    rows = []
    for e in outcome.asked.elsewhere:
        first, last = (s.monday(w + 1) for w in e.weeks)
        rows.append((e.unit, e.place, first, last, e.instead, *changes(s.problem, matrix, e.columns, e.before, e.after)))
    return pd.DataFrame(rows, columns=["mobile", "site", "from_week", "to_week", "next_site", *_COLUMNS[-3:]])


def changes(problem: Problem, matrix: Matrix, columns: np.ndarray, before: np.ndarray, after: np.ndarray) -> tuple[float, float, float]:
    """Patients over the target before and after, and the change in cost, of a part of the matrix.

    Args:
        problem: for what its goals are.
        matrix: of the problem.
        columns: of the part, shape (c,).
        before: a plan of it, shape (c,).
        after: another.
    """
    cost = float((matrix.goals[[place_of("cost", problem.emphasis)], :][:, columns] @ (after - before))[0])
    return at_worst(matrix, "shortfall", columns, before), at_worst(matrix, "shortfall", columns, after), cost


def at_worst(matrix: Matrix, name: str, columns: np.ndarray, values: np.ndarray) -> float:
    """Patients that one family of decisions, by list and week, counts at the worst week of each list, summed over lists."""
    at = [(k, matrix.column_names[c][1][:-1]) for k, c in enumerate(columns.tolist()) if matrix.column_names[c][0] == name]
    return _worst(values[np.array([k for k, _ in at], dtype=int)], pd.factorize(pd.Series([i for _, i in at]))[0])


def _worst(short: np.ndarray, lists: np.ndarray) -> float:
    """Patients over the target at the worst month end of each list, summed over lists."""
    return float(pd.Series(short).groupby(lists).max().sum())


def _where(inputs: Inputs, probed: Probed) -> str:
    n = inputs.network
    what, *place = probed.name
    if what == SESSION:
        return f"{n.titles('asset_types')[place[1]]}, {n.short_titles('sites')[place[0]]}, {n.titles('session_types')[place[2]]}"
    if what == EXTRA_STAFF:
        return f"{n.titles('staff_groups')[place[1]]}, {n.short_titles('organisations')[place[0]]}"
    if what == MORE_REPORTING:
        return n.short_titles("organisations")[place[0]]
    titles = n.short_titles("sites" if what == MORE_INSOURCED else "organisations")
    return f"{n.titles('tests')[place[1]]}, {titles[place[0]]}"
