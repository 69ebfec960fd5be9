"""Work that never waits on the list."""

from __future__ import annotations

from typing import Any


def must_be_done(m: Any, o: str, k: str, w: int) -> Any:
    """Planned and unscheduled work is done at the organisation's own sites, or left undone, counted and carried to the next week.

    Σ_{s,a of o} p[o,m,s,a,w] + undone[o,m,w] = must[o,m,w] + undone[o,m,w-1]

    Units: patient = patient.
    """
    done = sum(m.must_done[o, k, s, a, w] for s, a in m.problem.near("must_do_sites", (o, k)))
    carried = m.undone[o, k, w - 1] if w > 1 else 0 * m.must_do[o, k, w]
    return done + m.undone[o, k, w] == m.must_do[o, k, w] + carried
