"""Monthly series of a network: activity by kind, list totals, and net additions from the identity of the monthly return."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.activity import KINDS, WAITING
from data.dataset import Dataset


@dataclass(frozen=True)
class MonthlySeries:
    """Series of every organisation and test of a network.

    Attributes:
        index: organisation × test, in network order, length n.
        periods: the months loaded, length m; months need not follow each other.
        done: activity by kind, each shape (n, m), examinations in the month.
        bands: waiting by weekly band at month end, shape (n, m, 14), patients.
    """

    index: pd.MultiIndex
    periods: pd.DatetimeIndex
    done: dict[str, np.ndarray]
    bands: np.ndarray

    @property
    def waiting(self) -> np.ndarray:
        """List totals at month end, shape (n, m), patients."""
        return self.bands.sum(axis=2)

    def net_additions(self) -> tuple[np.ndarray, np.ndarray]:
        """Additions less removals without a test: activity from the list plus the change of the list.

        Returns:
            Values of shape (n, k) in patients a month and the positions (k,) of the months they belong to: those whose previous month is loaded.
        """
        follows = np.flatnonzero((self.periods[1:] - pd.DateOffset(months=1)) == self.periods[:-1]) + 1
        change = self.waiting[:, follows] - self.waiting[:, follows - 1]
        return self.done["waiting_list"][:, follows] + change, follows


def monthly_series(dataset: Dataset) -> MonthlySeries:
    """Series of the network's own organisations and tests; a month without a row counts as zero."""
    network = dataset.network
    tests = list(network["tests"]["test"])
    index = pd.MultiIndex.from_product([network.organisations, tests], names=["organisation", "test"])
    rows = dataset.activity.of(network.organisations, tests)
    periods = pd.DatetimeIndex(sorted(rows["period"].unique()))
    wide = rows.set_index(["organisation", "test", "period"]).unstack("period", fill_value=0.0).reindex(index, fill_value=0.0)

    def block(column: str) -> np.ndarray:
        return wide[column].reindex(columns=periods, fill_value=0.0).to_numpy(dtype=float)

    done = {kind: block(f"done_{kind}") for kind in KINDS}
    return MonthlySeries(index, periods, done, np.stack([block(w) for w in WAITING], axis=2))
