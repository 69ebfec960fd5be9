"""Summary figures of a workforce plan, computed from its own tables."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from optimisation.workforce.problem import year_of

_WHERE = ["organisation", "staff_group", "year"]
_COLUMNS = ["measure", *_WHERE, "value", "unit"]


def measures(tables: Mapping[str, pd.DataFrame], quarters: pd.DatetimeIndex) -> pd.DataFrame:
    """Rows of the table `workforce_measures`: gaps, uncovered work, temporary hours and lost examinations by place and year; cost.

    Args:
        tables: the result tables of the plan.
        quarters: first days of its quarters.
    """
    year = {day: year_of(q) for q, day in enumerate(quarters, start=1)}
    last = [day for day in quarters if day == quarters[-1] or year_of(quarters.get_loc(day) + 2) > year[day]]
    staff = tables["staff"].assign(year=tables["staff"]["quarter"].map(year))
    ends = staff[staff["quarter"].isin(last)]
    cover = tables["cover"].assign(year=tables["cover"]["quarter"].map(year))
    hours = tables["hours"].assign(year=tables["hours"]["quarter"].map(year))
    extra, used = ((hours["overtime"] + hours["bank_or_agency"]).groupby([hours[c] for c in _WHERE]).sum(), hours.groupby(_WHERE)["used"].sum())
    lost = tables["examinations"].assign(year=tables["examinations"]["quarter"].map(year), staff_group="")
    costs = tables["costs"].assign(organisation="", staff_group="", measure="cost: " + tables["costs"]["kind"].str.lower())
    left, needed = (cover.groupby(_WHERE)[name].sum() for name in ("uncovered", "needed"))
    found = [
        _rows("WTE short at year end", (ends["needed"] - ends["closing"]).clip(lower=0).groupby([ends[c] for c in _WHERE]).sum(), "WTE"),
        _rows("hours left uncovered", left, "hours"),
        _rows("share of hours left uncovered", (left / needed).where(needed > 0, 0.0), "share of the hours needed"),
        _rows(
            "share of overtime, bank and agency",
            (extra / used).where(used > 0, 0.0),
            "share of the hours used",
        ),
        _rows("lost examinations", lost.groupby(_WHERE)["lost"].sum(), "examinations"),
        costs.groupby(["measure", *_WHERE])["cost_gbp"].sum().rename("value").reset_index().assign(unit="£"),
    ]
    return pd.concat([rows[_COLUMNS] for rows in found], ignore_index=True)


def _rows(measure: str, values: pd.Series, unit: str) -> pd.DataFrame:
    return values.rename("value").reset_index().assign(measure=measure, unit=unit)
