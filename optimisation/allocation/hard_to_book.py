"""Who would go on waiting over six weeks however many more slots there were, because of the order lists are booked in."""

from __future__ import annotations

from typing import Any

import numpy as np

from data.demand import ListModel
from optimisation.allocation.result import Solved, flows


def hard_to_book(s: Solved) -> list[dict[str, Any]]:
    """The hard-to-book part of each list at its last month end that counts.

    Each list is projected again in its booking order, as short from the first week on as booking lead time keeps it: no number of slots makes it
    shorter. Whoever is over six weeks even then is reached by another booking order, not by capacity.

    Returns:
        One entry for each organisation and test with a target: organisation, test, week (ISO Monday), over_six (patients, in the plan) and
        hard_to_book (those of them, patients); none where lists are served strictly in turn, which leaves nobody behind.
    """
    if s.problem.booking is None:
        return []
    left = dict(zip(s.problem.sets["booked_lists"], _however_many_slots(s, s.problem.booking), strict=True))
    last = {(o, m): w for o, m, w in s.problem.sets["measured_tests"]}
    found = []
    for (o, m), w in last.items():
        lists = s.problem.near("lists_of_test", (o, m))
        over = sum(s.of("over_six", (o, m, u, w)) for u in lists)
        hard = sum(float(left[o, m, u][w - 1]) for u in lists if (o, m, u) in left)
        found.append({"organisation": o, "test": m, "week": f"{s.monday(w):%Y-%m-%d}", "over_six": over, "hard_to_book": min(hard, over)})
    return found


def _however_many_slots(s: Solved, booking: ListModel) -> np.ndarray:
    """Over six weeks at week ends if the lists were as short as they may be, shape (lists, weeks), patients."""
    lists, weeks = s.problem.sets["booked_lists"], range(1, s.problem.last_week + 1)
    waiting, _, removed = flows(s)
    shortest, added = (np.array([[s.given(name, (*i, w)) for w in weeks] for i in lists]) for name in ("shortest_list", "additions"))
    waiting = np.minimum(waiting, shortest)
    before = np.concatenate([np.array([[s.given("opening_list", i)] for i in lists]), waiting[:, :-1]], axis=1)
    gone = np.maximum(before + added - waiting, 0.0)
    removed = np.minimum(removed, gone)
    return booking.over(gone - removed, removed)[0]
