"""One list by priority class in the weeks ahead, if nothing is changed and patients are booked as they are now."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.activity import OVER_SIX
from data.small_numbers import applies, guarded
from data.store import Scope
from forecasting.priorities import class_orders, project_classes
from portal import lists_ahead, services
from portal.performance_lists import newest_extract
from portal.services import kept

_KEPT = 48
AHEAD = (4, 13, 26)
"""Weeks ahead that are shown."""

_BASE = "base"


@dataclass(frozen=True, eq=False)
class Classes:
    """The classes of one list.

    Attributes:
        date: of the extract.
        first: the Monday on which the weeks ahead begin.
        rows: priority (title), waiting, over_six, and for each week of `AHEAD` waiting_N and over_six_N; patients, as they may be shown.
        coverage: patients of the extract over those of the newest monthly return.
        guarded: True where the rule on small numbers was applied.
    """

    date: pd.Timestamp
    first: pd.Timestamp
    rows: pd.DataFrame
    coverage: float
    guarded: bool


@kept(_KEPT)
def ahead(scope: Scope, dataset_id: str, organisation: str, test: str) -> Classes | None:
    """The classes of one list in the weeks ahead; None where no extract is stored, or too few months to know how the list is booked.

    Args:
        scope: on whose behalf; an organisation sees its own only.
        dataset_id: the dataset.
        organisation: holder of the list.
        test: which test.
    """
    held = services.dataset(scope, dataset_id)
    extract = newest_extract(held, organisation, test)
    if extract is None or not held.has_history:
        return None
    unchanged = lists_ahead.lists(scope, dataset_id, _BASE)
    orders = unchanged.orders
    if orders is None or (organisation, test) not in orders.lists:
        return None
    bands = extract.bands.to_numpy(dtype=float)
    here, at = unchanged.of(organisation, test), orders.lists.get_loc((organisation, test))
    weeks = np.flatnonzero(unchanged.weeks > extract.date)[: max(AHEAD)]
    if here.sum() != 1 or len(weeks) < max(AHEAD):
        return None
    # An extract may hold a part of the list, or more than the return counts: whoever joins and is seen is taken in the same proportion.
    coverage = float(bands.sum() / max(float(unchanged.rows.loc[here, "waiting"].iloc[0]), 1.0))
    net, seen = (coverage * flow[here][0, weeks] for flow in (unchanged.demand, unchanged.seen))
    fitted = class_orders(bands, orders.order.hazards[at], float(orders.order.removed_share[at]))
    made = project_classes(bands, fitted, np.maximum(net, 0.0), np.maximum(-net, 0.0), seen)
    found = pd.DataFrame({"waiting": bands.sum(axis=1), "over_six": bands[:, OVER_SIX:].sum(axis=1)})
    for week in AHEAD:
        found[f"waiting_{week}"] = made[:, week - 1].sum(axis=1).round()
        found[f"over_six_{week}"] = made[:, week - 1, OVER_SIX:].sum(axis=1).round()
    guard = applies(scope.organisation, {organisation})
    shown = guarded(found, list(found.columns)) if guard else found
    shown.insert(0, "priority", extract.titles)
    return Classes(extract.date, unchanged.weeks[weeks[0]], shown, coverage, guard)
