"""A problem while it is being put together: what the drafts of all models share."""

from __future__ import annotations

from typing import Any

import pandas as pd

from data.assumptions import Assumptions
from data.network import Network
from optimisation.formulation import Index


class Parts:
    """Sets, values and neighbours, to which each part of a problem adds.

    Attributes:
        sets: members of each index set, in a fixed order.
        neighbours: members of one index set by those of another, so that sums need no filter.
        values: parameter name → index → value.
    """

    def __init__(self, network: Network, assumptions: Assumptions, periods: pd.DatetimeIndex) -> None:
        self._network, self._assumptions, self._periods = network, assumptions, periods
        self.sets: dict[str, list[Index]] = {}
        self.neighbours: dict[str, dict[Index, list[Any]]] = {}
        self.values: dict[str, dict[Index, float]] = {}

    def over(self, name: str, members: list[Index], assumption: str, places: list[str], *, dated: bool = False) -> dict[Index, float]:
        """Store the assumption's value for each member; `places` names the scopes in the order of the member's parts (and the period last)."""
        columns: dict[str, list[Any]] = {scope: [i[k] for i in members] for k, scope in enumerate(places) if scope}
        frame = pd.DataFrame(columns, index=range(len(members)))
        if dated:
            frame["week"] = self._periods[[i[-1] - 1 for i in members]]
        if "site" in frame and "organisation" not in frame:
            frame["organisation"] = frame["site"].map(self._network.owner)
        numbers = self._assumptions.values(assumption, frame)
        self.values[name] = dict(zip(members, (float(n) for n in numbers), strict=True))
        return self.values[name]

    def join(self, name: str, pairs: Any) -> None:
        """Store neighbours from (member, neighbour) pairs, in order of appearance."""
        table: dict[Index, list[Any]] = {}
        for member, neighbour in pairs:
            table.setdefault(member, []).append(neighbour)
        self.neighbours[name] = table
