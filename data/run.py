"""The run: one job, its inputs, how it is solved, where it stands and what it said. The row in the store is the truth; this is its picture."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib import metadata
from typing import Any, Literal

CODE_VERSION = metadata.version("sixweeks")
"""Version of this program: part of what a result depends on."""

ALLOCATION, WORKFORCE = "allocation", "workforce"
"""Kinds of run: which problem is solved."""

RunState = Literal["queued", "running", "done", "failed", "cancelled", "lost"]

ENDED: tuple[RunState, ...] = ("done", "failed", "cancelled", "lost")
"""States a run never leaves."""

SHARED: tuple[RunState, ...] = ("queued", "running", "done")
"""States in which a run answers for everybody who asks for equal inputs; any other is tried anew."""


@dataclass(frozen=True)
class PlanSettings:
    """How to solve.

    Attributes:
        gap: relative distance between plan and bound at which a goal counts as reached.
        time_limit: seconds of wall clock for everything.
        threads: parts of the matrix solved at the same time.
        seed: random seed of the solver.
        frontier: plans from this one to the cheapest, this one among them, all in the time limit; 0 = this plan only.
        start_from: id of the run whose plan a quick answer starts from; empty = solved in full.
    """

    gap: float = 0.01
    time_limit: float = 300.0
    threads: int = 2
    seed: int = 1
    frontier: int = 0
    start_from: str = ""

    def as_values(self) -> dict[str, Any]:
        """The settings as plain values; what is not asked for has none, so that equal plans stay equal."""
        return {name: value for name, value in asdict(self).items() if value or name not in ("frontier", "start_from")}


@dataclass(frozen=True)
class Progress:
    """How far a run is.

    Attributes:
        stage: what is being done, in words for planners.
        fraction: share of the work done, 0 to 1; None where it cannot be told.
        best: objective of the best plan so far, in £ of the weighted goals.
        bound: no plan can be better than this, in the same unit.
        gap: relative distance between the two, 0 to 1.
        seconds: time since the start.
    """

    stage: str = ""
    fraction: float | None = None
    best: float | None = None
    bound: float | None = None
    gap: float | None = None
    seconds: float = 0.0


@dataclass(frozen=True)
class Run:
    """One job.

    Attributes:
        id: identifier.
        kind: which problem is solved: `ALLOCATION` or `WORKFORCE`.
        state: where it stands.
        dataset_id: content id of the dataset.
        scenario_id: id of the stored scenario.
        settings: settings of the solve as plain values.
        code_version: version of the code that was asked to compute it.
        organisation: owner; empty = the whole network.
        created: when it was asked for (UTC).
        created_by: who asked.
        started: when work began (UTC), or None.
        finished: when it ended (UTC), or None.
        cancel_asked: True once somebody asked to stop it.
        progress: the last that was heard from it.
        message: one plain sentence where it ended without a plan, else empty.
        reference: number under which the log tells more, else empty.
        inputs_hash: digest of everything the result depends on.
    """

    id: str
    kind: str
    state: RunState
    dataset_id: str
    scenario_id: str
    settings: Mapping[str, Any]
    code_version: str
    organisation: str
    created: datetime
    created_by: str
    started: datetime | None
    finished: datetime | None
    cancel_asked: bool
    progress: Progress
    message: str
    reference: str
    inputs_hash: str

    @property
    def ended(self) -> bool:
        """True once nothing more will happen."""
        return self.state in ENDED


def inputs_hash(kind: str, dataset_id: str, scenario_id: str, settings: Mapping[str, Any], code_version: str) -> str:
    """SHA-256 of everything a result depends on: runs with equal digests give the same tables."""
    parts = [kind, dataset_id, scenario_id, dict(settings), code_version]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
