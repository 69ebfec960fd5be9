"""The arrays of a model: rows, columns, goals, and the parts that share nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
import pyomo.environ as pyo
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler
from scipy.sparse import csr_array, vstack
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


def matrix_of(model: pyo.ConcreteModel) -> Matrix:
    """The arrays of a Pyomo model: rows in the order of its equations, one goal per active objective."""
    form = LinearStandardFormCompiler().write(model, mixed_form=True)
    sense = np.array([multiplier for _, multiplier in form.rows])
    right = np.asarray(form.rhs, dtype=float)
    lower = np.where(sense == 1, -INFINITY, right)
    upper = np.where(sense == -1, INFINITY, right)
    bounds = np.array([(_or(v.lb, -INFINITY), _or(v.ub, INFINITY)) for v in form.columns], dtype=float).reshape(-1, 2).T
    whole = np.array([not v.is_continuous() for v in form.columns], dtype=bool)
    counted = np.array([v.is_integer() and not v.is_binary() for v in form.columns], dtype=bool)
    return Matrix(
        csr_array(form.c), np.asarray(form.c_offset, dtype=float), csr_array(form.A), np.array([lower, upper]), bounds, whole, counted,
        [_name(c) for c, _ in form.rows], [_name(v) for v in form.columns],
    )  # fmt: skip


def _or(value: float | None, default: float) -> float:
    return default if value is None else float(value)


def _name(component: Any) -> tuple[str, Any]:
    return component.parent_component().local_name, component.index()


@dataclass(frozen=True)
class Part:
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
    rows = matrix.rows[part.rows, :][:, part.columns]
    return Matrix(
        csr_array(matrix.goals[:, part.columns]), np.zeros(matrix.goals.shape[0]), csr_array(rows), matrix.row_bounds[:, part.rows],
        matrix.column_bounds[:, part.columns], matrix.whole[part.columns], matrix.counted[part.columns], [], [],
    )  # fmt: skip
