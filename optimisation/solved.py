"""Values and prices of a solved problem, by variable and index."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Generic, TypeVar

from optimisation.formulation import Index, Instance
from optimisation.matrix import Matrix
from optimisation.solving import Outcome

NONE = 1e-6
"""Amounts smaller than this are solver noise."""

P = TypeVar("P", bound=Instance)


class Values(Generic[P]):
    """Values of one solved problem.

    Attributes:
        problem: what was solved.
        values, prices: of decisions and of their bounds, by name and index.
        row_prices: of equations, by tag and index.
    """

    def __init__(self, problem: P, matrix: Matrix, outcome: Outcome) -> None:
        self.problem = problem
        self.values: dict[str, dict[Any, float]] = {}
        self.prices: dict[str, dict[Any, float]] = {}
        self.row_prices: dict[str, dict[Any, float]] = {}
        for (name, index), value, price in zip(matrix.column_names, outcome.values.tolist(), outcome.column_prices.tolist(), strict=True):
            self.values.setdefault(name, {})[index] = value
            self.prices.setdefault(name, {})[index] = price
        for (name, index), price in zip(matrix.row_names, outcome.row_prices.tolist(), strict=True):
            self.row_prices.setdefault(name, {})[index] = price

    def of(self, name: str, index: Any) -> float:
        """Value of one decision; zero where it does not occur in the problem."""
        return self.values.get(name, {}).get(index, 0.0)

    def flows(self, name: str) -> Iterable[tuple[Any, float]]:
        """Indices and values above noise, in the order of the index set."""
        return ((i, v) for i, v in self.values.get(name, {}).items() if v > NONE)

    def given(self, name: str, index: Index) -> float:
        """A parameter's value, zero where there is none."""
        return self.problem.values[name].get(index, 0.0)
