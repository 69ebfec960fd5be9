"""Over six weeks in the booking order in use, as a curve that the passes of the solve follow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from data.demand import ListModel
from optimisation.allocation.problem import Problem
from optimisation.curves import Tangent
from optimisation.matrix import Matrix, Part

_PATIENT = 1.0
"""A list of fewer patients has no share worth a word."""


@dataclass(frozen=True, eq=False)
class BookingCurve:
    """Lists that are not booked strictly in turn; attributes as `optimisation.curves.Curve`, and what the projection needs.

    Attributes:
        model: how the lists are booked, n of them.
        lists, weeks: list and week of each row, shape (r,); weeks from 0.
        waiting, removed: columns, shape (n, W); -1 where a decision does not occur in the matrix.
        opening: shape (n,), patients.
        additions: shape (n, W), patients a week.
        over: columns of those over six weeks by row, shape (r,).
        under_six: by row, patients.
        short: columns of the shortfall, shape (s,).
        share: target share of each of them.
        of_target: which of them a row counts in, shape (r,).
    """

    rows: np.ndarray
    at_rows: np.ndarray
    at_columns: np.ndarray
    held: np.ndarray
    group: np.ndarray
    row_group: np.ndarray
    model: ListModel
    lists: np.ndarray
    weeks: np.ndarray
    waiting: np.ndarray
    removed: np.ndarray
    opening: np.ndarray
    additions: np.ndarray
    over: np.ndarray
    under_six: np.ndarray
    short: np.ndarray
    share: np.ndarray
    of_target: np.ndarray

    def tangent(self, values: np.ndarray) -> Tangent:
        """The rows about a plan, and that plan with those over six weeks and the shortfall as the projection says."""
        waiting, removed, gone = self.flows(values)
        ends, end_of = np.unique(self.weeks, return_inverse=True)
        over, answer = self.model.answer(np.maximum(gone - removed, 0.0), removed, ends)
        j = answer[self.lists, end_of]
        before = np.concatenate([self.opening[:, None], np.zeros_like(gone[:, 1:])], axis=1)
        upper = (j * (gone - self.additions - before)[self.lists]).sum(axis=1) - over[self.lists, self.weeks]
        change = np.concatenate([j[:, 1:], np.zeros((len(j), 1))], axis=1) - j
        entries = np.concatenate([np.full(len(self.rows), -1.0), change[self.at_rows[len(self.rows) :], self._at_weeks]])
        return Tangent(entries, upper, self._settled(values, waiting, over))

    def settled(self, values: np.ndarray) -> np.ndarray:
        """As `tangent` settles a plan, without the rows."""
        waiting, removed, gone = self.flows(values)
        return self._settled(values, waiting, self.model.over(np.maximum(gone - removed, 0.0), removed)[0])

    @property
    def _at_weeks(self) -> np.ndarray:
        return np.concatenate([np.arange(w + 1) for w in self.weeks])

    def _settled(self, values: np.ndarray, waiting: np.ndarray, over: np.ndarray) -> np.ndarray:
        settled = values.copy()
        at = self.lists, self.weeks
        settled[self.over] = np.clip(over[at], np.maximum(waiting[at] - self.under_six, 0.0), np.maximum(waiting[at], 0.0))
        beyond = np.zeros(len(self.short))
        np.add.at(beyond, self.of_target, settled[self.over])
        allowed = np.zeros(len(self.short))
        np.add.at(allowed, self.of_target, waiting[at])
        settled[self.short] = np.maximum(beyond - self.share * allowed, 0.0)
        return settled

    def flows(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """List at week ends, removed without a test, and gone in all; each shape (n, W), patients."""
        waiting = values[self.waiting]
        removed = np.where(self.removed >= 0, values[self.removed], 0.0)
        before = np.concatenate([self.opening[:, None], waiting[:, :-1]], axis=1)
        return waiting, removed, np.maximum(before + self.additions - waiting, 0.0)

    def error(self, tangent: Tangent, values: np.ndarray, settled: np.ndarray) -> np.ndarray:
        """Points of the list between what the rows say and what the projection says; the rows in turn count too."""
        told = np.zeros(len(self.rows))
        np.add.at(told, self.at_rows[len(self.rows) :], tangent.entries[len(self.rows) :] * values[self.at_columns[len(self.rows) :]])
        waiting = values[self.waiting][self.lists, self.weeks]
        said = np.clip(np.maximum(told - tangent.upper, waiting - self.under_six), 0.0, None)
        return np.asarray(100 * np.abs(said - settled[self.over]) / np.maximum(waiting, _PATIENT))

    def part(self, part: Part) -> BookingCurve | None:
        """The curve of one part of the matrix."""
        here = np.flatnonzero(np.isin(self.rows, part.rows))
        if not len(here):
            return None
        lists, list_of = np.unique(self.lists[here], return_inverse=True)
        targets, target_of = np.unique(self.of_target[here], return_inverse=True)
        column = _positions(part.columns)
        held = column(self.waiting[lists])
        weeks = self.weeks[here]
        return replace(
            self, rows=_positions(part.rows)(self.rows[here]), **_pattern(held, list_of, weeks, column(self.over[here])), row_group=list_of,
            model=self.model.some(lists), lists=list_of, weeks=weeks, waiting=held, removed=column(self.removed[lists]),
            opening=self.opening[lists], additions=self.additions[lists], over=column(self.over[here]), under_six=self.under_six[here],
            short=column(self.short[targets]), share=self.share[targets], of_target=target_of,
        )  # fmt: skip


def _positions(members: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """Positions within sorted members; -1 stays -1."""
    return lambda wanted: np.where(wanted < 0, -1, np.searchsorted(members, wanted))


def _pattern(waiting: np.ndarray, lists: np.ndarray, weeks: np.ndarray, over: np.ndarray) -> dict[str, np.ndarray]:
    """Where the coefficients of the rows stand: first those of over six weeks, then of the list in every week so far."""
    rows = np.arange(len(weeks))
    columns = [waiting[k, : w + 1] for k, w in zip(lists, weeks, strict=True)]
    return {
        "at_rows": np.concatenate([rows, np.repeat(rows, weeks + 1)]),
        "at_columns": np.concatenate([over, *columns]),
        "held": waiting.ravel(),
        "group": np.repeat(np.arange(len(waiting)), waiting.shape[1]),
    }


def booking_curve(problem: Problem, matrix: Matrix) -> BookingCurve | None:
    """The curve of a problem; None where every list is served strictly in turn or no target is measured."""
    measured = problem.sets["booked_weeks"]
    if problem.booking is None or not measured:
        return None
    lists, weeks = problem.sets["booked_lists"], range(1, problem.last_week + 1)
    column = {name: k for k, name in enumerate(matrix.column_names)}
    row = {name: k for k, name in enumerate(matrix.row_names)}
    at = {i: k for k, i in enumerate(lists)}

    def columns(name: str) -> np.ndarray:
        return np.array([[column.get((name, (*i, w)), -1) for w in weeks] for i in lists])

    list_of, week_of = np.array([at[i[:3]] for i in measured]), np.array([i[3] - 1 for i in measured])
    over = np.array([column["over_six", i] for i in measured])
    tests = {i: k for k, i in enumerate(dict.fromkeys((o, m, w) for o, m, _, w in measured))}
    waiting = columns("waiting")
    return BookingCurve(
        rows=np.array([row["over_six_as_booked", i] for i in measured]), **_pattern(waiting, list_of, week_of, over), row_group=list_of,
        model=problem.booking, lists=list_of, weeks=week_of, waiting=waiting, removed=columns("removed"),
        opening=np.array([problem.values["opening_list"][i] for i in lists]),
        additions=np.array([[problem.values["additions"][*i, w] for w in weeks] for i in lists]), over=over,
        under_six=np.array([problem.values["under_six"][i] for i in measured]),
        short=np.array([column["shortfall", i] for i in tests]), share=np.array([problem.values["target_share"][i] for i in tests]),
        of_target=np.array([tests[o, m, w] for o, m, _, w in measured]),
    )  # fmt: skip
