"""What keeps a plan believable: changes from today's rota, from week to week, and the end of the plan."""

from __future__ import annotations

from typing import Any


def above_rota(m: Any, s: str, a: str, t: str, w: int) -> Any:
    """Sessions beyond today's rota are counted as more.

    n[s,a,t,w] ≤ today[s,a,t,w] + more[s,a,t,w]

    Units: session = session. The size of the change is then 2·more - (n - today): one decision prices both directions.
    """
    return m.sessions[s, a, t, w] - m.more[s, a, t, w] <= m.sessions_today[s, a, t, w]


def ramp(m: Any, s: str, a: str, t: str, w: int) -> Any:
    """The change from today's rota rises from one week to the next by no more than what is counted as a rise.

    (n - today)[s,a,t,w] ≤ (n - today)[s,a,t,w-1] + rise[s,a,t,w]

    Units: session = session. Measured on the change, so that bank holidays and alternating weeks of today's rota cost nothing.
    """
    if w == 1:
        return m.sessions[s, a, t, w] - m.rise[s, a, t, w] <= m.sessions_today[s, a, t, w]
    today = m.sessions_today[s, a, t, w] - m.sessions_today[s, a, t, w - 1]
    return m.sessions[s, a, t, w] - m.sessions[s, a, t, w - 1] - m.rise[s, a, t, w] <= today


def not_longer(m: Any, o: str, k: str, u: str, w: int) -> Any:
    """At month ends and at the end, a list longer than it would be without a change is counted.

    L[o,m,u,w] ≤ max(L°[o,m,u,w], floor) + longer[o,m,u,w]

    Units: patient = patient. No list is made to wait to save sessions, only to help one that is over the target; the floor is what booking
    lead time keeps on any list.
    """
    return m.waiting[o, k, u, w] <= m.longest_list[o, k, u, w] + m.longer[o, k, u, w]


def no_cliff(m: Any, o: str, k: str, u: str) -> Any:
    """A list that grows over the last six weeks of the plan is counted as a cliff.

    L[o,m,u,W] ≤ L[o,m,u,W-6] + cliff[o,m,u]

    Units: patient = patient.
    """
    last = m.problem.last_week
    return m.waiting[o, k, u, last] <= m.waiting[o, k, u, last - 6] + m.cliff[o, k, u]
