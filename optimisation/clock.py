"""Time, progress and cancelling, shared by the parts that are solved side by side."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from data.run import Progress


class Clock:
    """Shared time, progress and cancelling of the parts being solved."""

    def __init__(self, limit: float, report: Callable[[Progress], None], cancelled: Callable[[], bool]) -> None:
        self.started = time.monotonic()
        self.limit = limit
        self.report = report
        self._cancelled = cancelled
        self._asked = 0.0
        self.stopped = False
        self.late = False
        self.best: dict[int, tuple[float, float]] = {}
        self.done: dict[int, float] = {}
        self.sizes: list[int] = []
        self.constant = 0.0

    def begin(self, sizes: list[int]) -> None:
        """Start with parts of these sizes; says at once that the solver is at work."""
        self.sizes = sizes
        self.report(Progress("Solving", seconds=time.monotonic() - self.started))

    def left(self) -> float:
        """Seconds left, at least a moment so that HiGHS can return what it has."""
        return max(self.limit - (time.monotonic() - self.started), 0.1)

    def must_stop(self) -> bool:
        """True once the time is up or somebody asked to stop."""
        now = time.monotonic()
        if now - self.started > self.limit:
            self.late = True
        if not self.stopped and now - self._asked > 0.2:
            self._asked = now
            self.stopped = self._cancelled()
        return self.stopped or self.late

    def tell(self, number: int, stage: str, best: float, bound: float, share: float) -> None:
        """Report one part's progress, added up over the parts."""
        self.best[number] = (best, bound)
        self.done[number] = share
        weight = np.array(self.sizes, dtype=float)
        fraction = sum(weight[i] * s for i, s in self.done.items()) / weight.sum()
        total, low = (sum(b[k] for b in self.best.values()) + self.constant for k in (0, 1))
        known = len(self.best) == len(self.sizes) and np.isfinite(total) and np.isfinite(low)
        gap = abs(total - low) / max(abs(total), 1.0) if known else None
        self.report(Progress(stage, float(fraction), total if known else None, low if known else None, gap, time.monotonic() - self.started))
