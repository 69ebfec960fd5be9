"""The arrays of a model: rows, columns, goals, and the parts that share nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
import pyomo.environ as pyo
from pyomo.core.base.var import VarData
from pyomo.core.expr import EqualityExpression, LinearExpression, MonomialTermExpression, NegationExpression, ProductExpression, SumExpression
from pyomo.repn import generate_standard_repn
from scipy.sparse import csc_array, csr_array, vstack
from scipy.sparse.csgraph import connected_components

INFINITY = highspy.kHighsInf


@dataclass(frozen=True)
class Matrix:
    """A mixed-integer linear problem with several goals, all to be minimised.

    Attributes:
        goals: coefficients, shape (goals, columns).
        constants: shape (goals,).
        rows: coefficients, shape (rows, columns).
        row_bounds, column_bounds: shape (2, rows) and (2, columns).
        whole: True where a column is a whole number.
        counted: True where a whole number is a count, not a yes-or-no decision.
        row_names, column_names: (name, index) of the equation or variable behind each.
        start: values of whole columns in a plan that needs no search (what is done today); None = all zero.
    """

    goals: csr_array
    constants: np.ndarray
    rows: csr_array
    row_bounds: np.ndarray
    column_bounds: np.ndarray
    whole: np.ndarray
    counted: np.ndarray
    row_names: list[tuple[str, Any]]
    column_names: list[tuple[str, Any]]
    start: np.ndarray | None = None


def matrix_of(model: pyo.ConcreteModel) -> Matrix:
    """The arrays of a Pyomo model: rows in the order of its equations, one goal per objective, columns in the order of its variables.

    Pyomo's own compiler does the same for any expression; reading the sums that our equations are made of takes a quarter of its time
    (`docs/decisions/0006-matrix.md`), and a test holds the two against each other.
    """
    families = {family.local_name: family for family in model.component_objects(pyo.Var) if len(family)}
    columns = [(name, i) for name, family in families.items() for i in family]
    variables = [v for family in families.values() for v in family.values()]
    sums = _Sums({id(v): k for k, v in enumerate(variables)})
    for objective in model.component_data_objects(pyo.Objective, descend_into=False):
        sums.add(objective.expr)
    n_goals = len(sums.ends)
    senses, names = [], []
    for family in model.component_objects(pyo.Constraint):
        for i, row in family.items():
            left, right = row.expr.args
            at_least = isinstance(left, int | float)  # 3 ≤ x stays x ≥ 3
            sums.add(*((right, left) if at_least else (left, right)))
            senses.append("=" if isinstance(row.expr, EqualityExpression) else "≥" if at_least else "≤")
            names.append((family.local_name, i))
    table, constants = sums.table(len(variables))
    side, sense = -constants[n_goals:], np.array(senses)
    used = np.flatnonzero(np.diff(csc_array(table).indptr))
    whole = np.array([not v.is_continuous() for v in variables])[used]
    bounds = np.array([[-INFINITY if v.lb is None else v.lb, INFINITY if v.ub is None else v.ub] for v in variables], dtype=float)[used].T
    return Matrix(
        table[:n_goals, used], constants[:n_goals], table[n_goals:, used],
        np.array([np.where(sense == "≤", -INFINITY, side), np.where(sense == "≥", INFINITY, side)]), bounds,
        whole, whole & ~np.array([v.is_binary() for v in variables])[used], names, [columns[k] for k in used],
        np.array([variables[k].value or 0.0 for k in used], dtype=float),
    )  # fmt: skip


class _Sums:
    """Rows of coefficients, from sums of variables times numbers."""

    def __init__(self, column: dict[int, int]) -> None:
        self._column = column
        self._at: list[int] = []
        self._coefficients: list[float] = []
        self._constants: list[float] = []
        self.ends: list[int] = []

    def add(self, left: Any, right: Any = 0.0) -> None:
        """One more row: left side less right side."""
        self._constants.append(0.0)
        self._take(left, 1.0)
        self._take(right, -1.0)
        self.ends.append(len(self._at))

    def _take(self, expression: Any, times: float) -> None:
        kind = type(expression)
        if kind is LinearExpression or kind is SumExpression:
            for term in expression.args:
                self._take(term, times)
        elif kind is MonomialTermExpression:
            number, variable = expression.args
            self._at.append(self._column[id(variable)])
            self._coefficients.append(times * number)
        elif isinstance(expression, VarData):
            self._at.append(self._column[id(expression)])
            self._coefficients.append(times)
        elif isinstance(expression, int | float):
            self._constants[-1] += times * expression
        elif kind is NegationExpression:
            self._take(expression.args[0], -times)
        elif kind is ProductExpression and isinstance(expression.args[0], int | float):
            self._take(expression.args[1], times * expression.args[0])
        else:
            self._take_any(expression, times)

    def _take_any(self, expression: Any, times: float) -> None:
        terms = generate_standard_repn(expression)
        if not terms.is_linear():
            raise ValueError(f"not linear: {expression}")
        self._constants[-1] += times * terms.constant
        self._at += [self._column[id(v)] for v in terms.linear_vars]
        self._coefficients += [times * c for c in terms.linear_coefs]

    def table(self, n_columns: int) -> tuple[csr_array, np.ndarray]:
        """Coefficients, shape (rows, columns), without zeros; and the constant of each row."""
        made = csr_array((np.array(self._coefficients), np.array(self._at, dtype=np.int32), [0, *self.ends]), shape=(len(self.ends), n_columns))
        made.sum_duplicates()
        made.eliminate_zeros()
        return made, np.array(self._constants)


@dataclass(frozen=True)
class Part:
    """Rows and columns that share nothing with the rest."""

    number: int
    rows: np.ndarray
    columns: np.ndarray


def independent_parts(matrix: Matrix) -> list[Part]:
    """Sets of rows and columns that share nothing, largest first."""
    n_rows, n_columns = matrix.rows.shape
    pattern = matrix.rows.copy()
    pattern.data = np.ones_like(pattern.data)
    joined = vstack([csr_array((n_columns, n_columns)), pattern]).tocoo()
    square = csr_array((joined.data, (joined.row, joined.col)), shape=(n_columns + n_rows, n_columns + n_rows))
    count, label = connected_components(square, directed=False)
    order = np.argsort(-np.bincount(label[:n_columns], minlength=count), kind="stable")
    parts = [Part(0, np.flatnonzero(label[n_columns:] == c), np.flatnonzero(label[:n_columns] == c)) for c in order[:64]]
    rest = np.isin(label, order[64:])
    if rest.any():
        parts.append(Part(0, np.flatnonzero(rest[n_columns:]), np.flatnonzero(rest[:n_columns])))
    return [Part(i, p.rows, p.columns) for i, p in enumerate(parts) if len(p.columns)]


def cut(matrix: Matrix, part: Part) -> Matrix:
    """One part as a matrix of its own, without names and constants."""
    rows = matrix.rows[part.rows, :][:, part.columns]
    return Matrix(
        csr_array(matrix.goals[:, part.columns]), np.zeros(matrix.goals.shape[0]), csr_array(rows), matrix.row_bounds[:, part.rows],
        matrix.column_bounds[:, part.columns], matrix.whole[part.columns], matrix.counted[part.columns], [], [],
        None if matrix.start is None else matrix.start[part.columns],
    )  # fmt: skip
