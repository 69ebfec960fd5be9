"""Demand of five to ten years: a fan of sample courses about stated growth. Two years of history cannot confirm it, and the range says so.

log demand of year y = log of the first year's forecast + growth × (y - 1) + what each organisation does beyond growth (a random walk of its own)
+ an error of the growth itself, common to a test. Own growth of one organisation is never carried on: it does not persist.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.assumptions import Assumptions
from data.demand import FAN, STREAMS
from forecasting.drivers import monthly_changes
from forecasting.forecast import CHANGES, changes
from forecasting.months import Months
from forecasting.paths import sample_paths

MOST_YEARS = 10
_SHARES = {"lower_80": 0.1, "upper_80": 0.9, "lower_95": 0.025, "upper_95": 0.975}


@dataclass(frozen=True, eq=False)
class Fan:
    """Years ahead.

    Attributes:
        rows: typed frame of `FAN`: every organisation and test, and their sums over the network.
        lists: organisation and test of n lists.
        paths: by stream, shape (count, n, years), examinations or patients a year.
    """

    rows: pd.DataFrame
    lists: pd.MultiIndex
    paths: dict[str, np.ndarray]


def fan(months: Months, assumptions: Assumptions, years: int, *, count: int = 2000, seed: int = 1) -> Fan:
    """Courses of the years ahead.

    Args:
        months: the forecast of the first twelve months.
        assumptions: growth, its uncertainty, and changes that somebody has named.
        years: 1 to `MOST_YEARS`.
        count: how many courses.
        seed: the same seed gives the same courses.
    """
    random = np.random.default_rng(seed)
    lists = pd.MultiIndex.from_frame(months.panel.lists)
    first = sample_paths(months, count, seed)
    named = np.prod(list(monthly_changes(months, assumptions).values()), axis=0)
    later = _yearly_changes(months, assumptions, lists, years)
    paths, rows = {}, []
    for stream in STREAMS:
        start, unchanged = (np.maximum(part.sum(axis=2), 0.0) for part in (first[stream] * named, first[stream]))
        growth, spread, doubt = _growth(months, assumptions, stream)
        own = spread[:, None] * random.standard_normal((count, len(lists), years - 1)).cumsum(axis=2)
        tests = pd.factorize(months.panel.lists["test"])[0]
        common = (random.standard_normal((count, tests.max() + 1)))[:, tests] * doubt
        ahead = np.arange(1, years)
        logs = own + (growth + common)[:, :, None] * ahead
        made = np.concatenate([start[:, :, None], unchanged[:, :, None] * np.exp(logs) * later], axis=2)
        paths[stream] = made
        year, plain = (np.maximum(part.sum(axis=1), 0.0) for part in (months.made.central[stream] * named, months.made.central[stream]))
        central = np.concatenate([year[:, None], plain[:, None] * np.exp(growth[:, None] * ahead) * later], axis=1)
        rows += [_rows(months.panel.lists, stream, made, central), _rows(*_sums(months.panel.lists, stream, made, central))]
    return Fan(FAN.typed(pd.concat(rows, ignore_index=True).sort_values(list(FAN.key), kind="stable")), lists, paths)


def _growth(months: Months, assumptions: Assumptions, stream: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Log growth a year, spread of one organisation in a year, and doubt about the growth; each of shape (n,)."""
    places = months.panel.lists
    national = np.array([months.profiles[test, stream].growth for test in places["test"]])
    weight, stated, spread, doubt = (
        assumptions.values(name, places) for name in ("national_growth_weight", "long_run_growth", "yearly_spread", "growth_spread")
    )
    return weight * national + (1 - weight) * np.log1p(stated), spread, doubt


def _yearly_changes(months: Months, assumptions: Assumptions, lists: pd.MultiIndex, years: int) -> np.ndarray:
    """Factor by which named changes multiply each year after the first, shape (n, years - 1)."""
    mondays = pd.date_range(months.ahead[0], periods=52 * years, freq="W-MON")
    factor = np.prod([changes(assumptions, lists, mondays)[name] for name in CHANGES], axis=0).reshape(len(lists), years, 52).mean(axis=2)
    return np.asarray(factor[:, 1:])


def _rows(lists: pd.DataFrame, stream: str, made: np.ndarray, central: np.ndarray) -> pd.DataFrame:
    years = made.shape[2]
    bounds = {c: np.quantile(made, share, axis=0).ravel() for c, share in _SHARES.items()}
    return pd.DataFrame({
        "organisation": np.repeat(lists["organisation"].to_numpy(), years), "test": np.repeat(lists["test"].to_numpy(), years), "stream": stream,
        "year": np.tile(np.arange(1, years + 1), len(lists)), "central": central.ravel(), **bounds,
    })  # fmt: skip


def _sums(lists: pd.DataFrame, stream: str, made: np.ndarray, central: np.ndarray) -> tuple[pd.DataFrame, str, np.ndarray, np.ndarray]:
    """The same of every test over all organisations."""
    codes, tests = pd.factorize(lists["test"])
    summed = np.stack([made[:, codes == k].sum(axis=1) for k in range(len(tests))], axis=1)
    middle = np.stack([central[codes == k].sum(axis=0) for k in range(len(tests))])
    return pd.DataFrame({"organisation": "", "test": tests}), stream, summed, middle
