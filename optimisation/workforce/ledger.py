"""The ledger: who was there at the beginning of a quarter, who came, who went, and who is there at its end."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from optimisation.formulation import Index
from optimisation.workforce.problem import RECRUITED, Staffing

EVENTS = ("joined", "qualified", "returned", "kept", "left", "retired", "to_training")
"""What changes the WTE in post, in the order of the table."""


class Ledger:
    """WTE by organisation and staff group, each array of shape (quarters,)."""

    def __init__(self, staffing: Staffing, routes: Mapping[str, object], cells: list[Index], quarters: int) -> None:
        """Those in post and in training today, without any decision."""
        self._staffing, self._routes, self._quarters = staffing, routes, quarters
        self.flows = {i: {name: np.zeros(quarters) for name in (*EVENTS, "trainees", "closing", "in_post")} for i in cells}
        for i in cells:
            stock = staffing.today[i]
            self.add(i, left=stock.left, retired=stock.retired, closing=stock.end, in_post=stock.mean)
        for t in staffing.in_training:
            row = routes[t.route]
            g, f = (t.organisation, row.staff_group), (t.organisation, row.from_group)  # type: ignore[attr-defined]
            self._come(g, row, t.came)
            self.add(g, left=_left(t.post.begin, t.post.end), trainees=t.training, closing=t.post.end, in_post=t.post.mean)
            if t.returned is not None:
                gone = t.returned.begin + t.back - t.returned.end
                self.add(f, returned=t.back, left=gone, closing=t.returned.end, in_post=t.returned.mean)

    def add(self, cell: Index, **amounts: np.ndarray) -> None:
        """Add to the flows of one group."""
        for name, amount in amounts.items():
            self.flows[cell][name] = self.flows[cell][name] + amount

    def start(self, o: str, r: str, people: np.ndarray) -> None:
        """People asked for on one way, by quarter, shape (quarters,)."""
        row, one = self._routes[r], self._staffing.started[o, r]
        g, f = (o, row.staff_group), (o, row.from_group)  # type: ignore[attr-defined]
        self._come(g, row, people @ one.came)
        self.add(g, left=people @ one.post.left, trainees=people @ one.training, closing=people @ one.post.end, in_post=people @ one.post.mean)
        if (o, r) in self._staffing.away:
            away, taken, back = self._staffing.away[o, r], people * self._staffing.found[o, r], people @ one.back
            # Those who are away would have left in time: so many fewer do.
            stayed = people @ away.begin - people @ away.end - back
            self.add(f, to_training=taken, returned=back, left=-stayed, closing=-(people @ away.end), in_post=-(people @ away.mean))

    def keep(self, cell: Index, wte: np.ndarray) -> None:
        """Leavers kept, by quarter, shape (quarters,)."""
        one = self._staffing.kept[cell]
        self.add(cell, kept=wte, left=wte @ one.left, closing=wte @ one.end, in_post=wte @ one.mean)

    def _come(self, cell: Index, row: object, came: np.ndarray) -> None:
        self.add(cell, **{"joined" if row.kind in RECRUITED else "qualified": came})  # type: ignore[attr-defined]

    def frame(self, quarters: pd.DatetimeIndex, opening: Mapping[Index, float]) -> pd.DataFrame:
        """organisation, staff_group, quarter, opening, the events, closing, trainees and in_post; one row for each group and quarter."""
        parts = []
        for (o, g), flows in self.flows.items():
            begun = np.concatenate([[opening.get((o, g), 0.0)], flows["closing"][:-1]])
            parts.append(pd.DataFrame({"organisation": o, "staff_group": g, "quarter": quarters, "opening": begun} | flows))
        columns = ["organisation", "staff_group", "quarter", "opening", *EVENTS, "trainees", "closing", "in_post"]
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame({c: [] for c in columns})


def _left(begin: np.ndarray, end: np.ndarray) -> np.ndarray:
    return np.where(begin > 0, begin - end, 0.0)
