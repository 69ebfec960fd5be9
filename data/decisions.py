"""What a plan decided, by name: another plan of the same weeks can start from it, whatever else its problem holds."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

_BETWEEN, _LINE = "\x1f", "\n"

Name = tuple[str, Any]
"""A family and an index within it, as the rows and columns of a matrix are named."""


@dataclass(frozen=True, eq=False)
class Decisions:
    """Decisions of a plan and the prices of its relaxation.

    Attributes:
        scenario: name of the scenario that was planned.
        columns: labels of decisions, see `label`; amounts of nought are left out.
        values: one for each of them, shape (c,).
        rows: labels of equations that have a price.
        prices: £ of the goals in one for one unit of the right-hand side, in the linear problem whose whole numbers are relaxed, shape (r,).
    """

    scenario: str
    columns: tuple[str, ...]
    values: np.ndarray
    rows: tuple[str, ...]
    prices: np.ndarray

    def as_bytes(self) -> bytes:
        """The decisions as stored: equal decisions give equal bytes."""
        file = io.BytesIO()
        texts = {name: np.frombuffer(text.encode(), dtype=np.uint8) for name, text in self._texts().items()}
        np.savez_compressed(file, values=self.values, prices=self.prices, **texts)  # type: ignore[arg-type]  # none is named as its one option
        return file.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes) -> Decisions:
        """What `as_bytes` wrote.

        Raises:
            ValueError: it is something else.
        """
        with np.load(io.BytesIO(content)) as arrays:
            scenario, columns, rows = (arrays[name].tobytes().decode() for name in ("scenario", "columns", "rows"))
            return cls(scenario, _lines(columns), arrays["values"], _lines(rows), arrays["prices"])

    def values_of(self, names: Sequence[Name], otherwise: np.ndarray) -> np.ndarray:
        """The value of each named decision; `otherwise`, shape (names,), where this plan knew none of that name."""
        return _found(dict(zip(self.columns, self.values.tolist(), strict=True)), names, otherwise)

    def prices_of(self, names: Sequence[Name]) -> np.ndarray:
        """The price of each named equation; nought where this plan knew none of that name."""
        return _found(dict(zip(self.rows, self.prices.tolist(), strict=True)), names, np.zeros(len(names)))

    def _texts(self) -> dict[str, str]:
        return {"scenario": self.scenario, "columns": _LINE.join(self.columns), "rows": _LINE.join(self.rows)}


def decisions_of(
    scenario: str, columns: Sequence[Name], values: np.ndarray, whole: np.ndarray, rows: Sequence[Name], prices: np.ndarray
) -> Decisions:  # fmt: skip
    """What is kept of a plan.

    Args:
        scenario: name of the scenario that was planned.
        columns: name of each decision.
        values: its value, shape (columns,).
        whole: where it is a whole number: kept even where it is nought, so that no decision is not taken for an unknown one.
        rows: name of each equation.
        prices: its price, shape (rows,).
    """
    kept, priced = np.flatnonzero(whole | (values != 0)).tolist(), np.flatnonzero(prices).tolist()
    return Decisions(scenario, tuple(label(columns[k]) for k in kept), values[kept], tuple(label(rows[k]) for k in priced), prices[priced])


def label(name: Name) -> str:
    """A name as one text."""
    family, index = name
    return _BETWEEN.join([family, *map(str, index if isinstance(index, tuple) else (index,))])


def _found(known: dict[str, float], names: Sequence[Name], otherwise: np.ndarray) -> np.ndarray:
    return np.array([known.get(label(name), other) for name, other in zip(names, otherwise.tolist(), strict=True)], dtype=float)


def _lines(text: str) -> tuple[str, ...]:
    return tuple(text.split(_LINE)) if text else ()
