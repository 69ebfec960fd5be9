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
    """The arrays of a Pyomo model: rows in the order of its equations, one goal per active objective."""
    form = LinearStandardFormCompiler().write(model, mixed_form=True)
    sense = np.array([multiplier for _, multiplier in form.rows])
    right = np.asarray(form.rhs, dtype=float)
    lower = np.where(sense == 1, -INFINITY, right)
    upper = np.where(sense == -1, INFINITY, right)
    names = {id(v): (family.local_name, i) for family in model.component_objects(pyo.Var) for i, v in family.items()}
    columns = [names[id(v)] for v in form.columns]
    tags = {id(c): (family.local_name, i) for family in model.component_objects(pyo.Constraint) for i, c in family.items()}
    kinds = {family.local_name: next(iter(family.values())) for family in model.component_objects(pyo.Var) if len(family)}
    whole = {name: not v.is_continuous() for name, v in kinds.items()}
    counted = {name: v.is_integer() and not v.is_binary() for name, v in kinds.items()}
    bounds = np.array([v.bounds for v in form.columns], dtype=object).reshape(-1, 2).T
    low = np.array([-INFINITY if b is None else b for b in bounds[0]], dtype=float)
    high = np.array([INFINITY if b is None else b for b in bounds[1]], dtype=float)
    return Matrix(
        csr_array(form.c), np.asarray(form.c_offset, dtype=float), csr_array(form.A), np.array([lower, upper]), np.array([low, high]),
        np.array([whole[name] for name, _ in columns], dtype=bool), np.array([counted[name] for name, _ in columns], dtype=bool),
        [tags[id(c)] for c, _ in form.rows], columns, np.array([v.value or 0.0 for v in form.columns], dtype=float),
    )  # fmt: skip


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
