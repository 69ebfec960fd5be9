"""Why the year ahead differs from the year behind: one step after the other, from what was counted to what is expected."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.assumptions import BY_NAME, Assumptions
from data.fields import Field, Kind, Table
from forecasting.forecast import CHANGES, changes
from forecasting.methods import shared_profile
from forecasting.months import Months

COUNTED, LEVEL, CALENDAR, GROWTH, EXPECTED = (
    "Counted in the last months", "Where the level stands now", "Working days and months of the year", "Half of the national growth", "Expected",
)  # fmt: skip

STEPS = Table(
    "demand_steps", "Why demand changes", "From what was counted to what is expected, one step after the other.",
    (
        Field("organisation", "Organisation", Kind.ID),
        Field("test", "Test", Kind.ID),
        Field("stream", "Stream", Kind.ID),
        Field("step", "Step", Kind.TEXT),
        Field("change", "Change", Kind.NUMBER, unit="examinations or patients", help="Of the first and the last step the whole number"),
    ),
    key=("organisation", "test", "stream", "step"),
)  # fmt: skip


def monthly_changes(months: Months, assumptions: Assumptions) -> dict[str, np.ndarray]:
    """Factor by which each named change multiplies each month ahead, the mean over its Mondays; each of shape (n, horizon)."""
    ahead = months.ahead
    mondays = pd.date_range(ahead[0], ahead[-1] + pd.offsets.MonthEnd(0), freq="W-MON")
    index = pd.MultiIndex.from_frame(months.panel.lists)
    month = ((mondays.year - ahead[0].year) * 12 + mondays.month - ahead[0].month).to_numpy()
    counts = np.bincount(month, minlength=len(ahead))
    sums = np.zeros((len(mondays), len(ahead)))
    sums[np.arange(len(mondays)), month] = 1 / counts[month]
    return {name: factors @ sums for name, factors in changes(assumptions, index, mondays).items()}


def steps(months: Months, assumptions: Assumptions) -> pd.DataFrame:
    """Every step of every list and stream, from as many months behind as are set against those ahead: all of these, or as many as are loaded.

    A month behind that is not known counts at the list's level.

    Args:
        months: the forecast.
        assumptions: the assumptions in force, for what somebody has named.

    Returns:
        Typed frame of `STEPS`; the steps between the first and the last add up to the difference of the two.
    """
    behind = months.panel.periods
    count = min(len(months.ahead), len(behind))
    last, ahead = slice(-count, None), slice(None, count)
    named = monthly_changes(months, assumptions)
    parts = []
    for stream, values in months.panel.streams.items():
        counted = np.nansum(values[:, last], axis=1)
        level_behind, level_ahead = np.zeros((2, len(values)))
        for test in months.panel.lists["test"].unique():
            rows = np.flatnonzero(months.panel.lists["test"] == test)
            load = months.profiles[test, stream].load(months.calendar, behind.append(months.ahead))
            past = load[: len(behind)]
            level, _ = shared_profile.discounted_level(shared_profile.clipped(values[rows], past), past, assumptions.one("older_month_weight"))
            # A month that is not known counts at the level: it is neither a loss behind nor a gain ahead.
            counted[rows] += level * (np.isnan(values[rows][:, last]) * past[last]).sum(axis=1)
            level_behind[rows] = level * past[last].sum()
            level_ahead[rows] = level * load[len(behind) :][ahead].sum()
        monthly = months.made.central[stream][:, ahead]
        columns = {COUNTED: counted, LEVEL: level_behind - counted, CALENDAR: level_ahead - level_behind, GROWTH: monthly.sum(axis=1) - level_ahead}
        for name in CHANGES:
            columns[BY_NAME[name].title] = (monthly * (named[name][:, ahead] - 1)).sum(axis=1)
            monthly = monthly * named[name][:, ahead]
        columns[EXPECTED] = monthly.sum(axis=1)
        wide = pd.DataFrame(columns).assign(**{c: months.panel.lists[c] for c in ("organisation", "test")}, stream=stream)
        parts.append(wide.melt(["organisation", "test", "stream"], var_name="step", value_name="change"))
    return STEPS.typed(pd.concat(parts, ignore_index=True))
