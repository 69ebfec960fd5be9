"""Early warning: lists within the target now that are expected to go over it within some weeks, booked as they are booked today."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.store import Scope
from forecasting.outlook import Outlook, outlook
from portal import services
from portal.performance import TARGETED, monthly
from portal.services import kept

_KEPT = 4

WEEKS = (5, 9, 13, 26)
"""How far ahead may be looked: one, two, three and six month ends."""

POSSIBLE_WITHIN = 13
"""Weeks beyond which only expected lists are named: the upper end of the range is over the target for nearly every list by then."""

EXPECTED, POSSIBLE = "expected", "possible"
"""The central projection goes over the target; only the upper end of the range of 80 in 100 does."""


@kept(_KEPT)
def projected(scope: Scope, dataset_id: str) -> Outlook:
    """The outlook of a dataset's own organisations, twelve months ahead."""
    held = services.dataset(scope, dataset_id)
    return outlook(held.network, held.activity, held.assumptions)


@kept(_KEPT * len(WEEKS))
def breaches(scope: Scope, dataset_id: str, weeks: int) -> pd.DataFrame:
    """Lists within the target at the newest month end that may leave it.

    Args:
        scope: on whose behalf.
        dataset_id: the dataset.
        weeks: how far ahead.

    Returns:
        organisation, test, now (share over six weeks), target, kind (`EXPECTED` or `POSSIBLE`), when (the first month end over the target),
        weeks (until then), share, lower_80, upper_80 (then); those expected first, the soonest first. Looking further
        ahead than `POSSIBLE_WITHIN`, those expected only.
    """
    held = services.dataset(scope, dataset_id)
    rows = projected(scope, dataset_id).lists
    columns = ["organisation", "test", "now", "target", "kind", "when", "weeks", "share", "lower_80", "upper_80"]
    if rows.empty:
        return pd.DataFrame(columns=columns)
    first = rows["origin"].dt.to_period("M")
    when = (first + rows["horizon"].to_numpy()).dt.to_timestamp(how="end").dt.normalize()
    at = rows[["organisation", "test"]]
    asked = {name: held.assumptions.values("target_share", at.assign(week=week)) for name, week in (("now", held.data_date), ("then", when))}
    rows = rows.assign(target=asked["then"], now=_now(scope, dataset_id, rows), when=when)
    rows = rows[rows["now"].to_numpy() <= asked["now"]]
    first = rows["origin"].dt.to_period("M")
    rows = rows.assign(weeks=(rows["when"] - first.dt.to_timestamp(how="end").dt.normalize()).dt.days / 7, share=rows["share_over_six"])
    rows = rows[rows["weeks"] <= weeks + 0.5]
    over = rows["share"] > rows["target"]
    possible = (rows["upper_80"] > rows["target"]) & (weeks <= POSSIBLE_WITHIN)
    rows = rows.assign(kind=np.where(over, EXPECTED, POSSIBLE))[over | possible]
    rows = rows.sort_values(["kind", "weeks", "share"], ascending=[True, True, False], kind="stable")
    return rows.drop_duplicates(["organisation", "test"])[columns].reset_index(drop=True)


def _now(scope: Scope, dataset_id: str, rows: pd.DataFrame) -> np.ndarray:
    """Share over six weeks at the newest month end, for each row; NaN where nobody waits."""
    known = monthly(scope, dataset_id)
    share = pd.Series(known.raw(TARGETED)[:, -1], index=pd.MultiIndex.from_frame(known.lists))
    return share.reindex(pd.MultiIndex.from_frame(rows[["organisation", "test"]])).to_numpy()
