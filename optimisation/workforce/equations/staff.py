"""Who is in post and what they work: those of today, those who start, those who are kept, less those who go to learn something else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def in_post_followed(m: Any, o: str, g: str, q: int) -> Any:
    """In post are those of today who stay, those who came by any way, and leavers who were kept, less those who left for another group.

    P[o,g,q] = E[o,g,q] + Σ_{r into g, q'≤q} post[o,r,q',q]·n[o,r,q']
      - Σ_{r out of g, q'≤q} away[o,r,q',q]·n[o,r,q'] + Σ_{q'≤q} stay[o,g,q',q]·keep[o,g,q']

    Units: wte = wte.
    """
    came = _of(m, "starts_into", m.post_share, o, g, q) - _of(m, "starts_from", m.away_share, o, g, q)
    return m.in_post[o, g, q] - came - _kept(m, m.kept_share, o, g, q) == m.staying[o, g, q]


def working_followed(m: Any, o: str, g: str, q: int) -> Any:
    """They work what they have learnt so far; trainees work a part meanwhile, in the group they come out of where there is one.

    W[o,g,q] = EW[o,g,q] + Σ_{r into g, q'≤q} work[o,r,q',q]·n[o,r,q']
      - Σ_{r out of g, q'≤q} away_work[o,r,q',q]·n[o,r,q'] + Σ_{q'≤q} stay[o,g,q',q]·keep[o,g,q']

    Units: wte = wte.
    """
    came = _of(m, "starts_into", m.work_share, o, g, q) - _of(m, "starts_from", m.away_work, o, g, q)
    return m.working[o, g, q] - came - _kept(m, m.kept_share, o, g, q) == m.staying_work[o, g, q]


def only_who_is_there(m: Any, o: str, g: str, q: int) -> Any:
    """Nobody goes to learn something else who is not there.

    E[o,g,q] + Σ_{r into g, q'≤q} post[o,r,q',q]·n[o,r,q'] - Σ_{r out of g, q'≤q} away[o,r,q',q]·n[o,r,q']
      + Σ_{q'≤q} stay[o,g,q',q]·keep[o,g,q'] ≥ 0 at the end of the quarter

    Units: wte = wte. Only of groups that people can go out of.
    """
    came = _of(m, "starts_into", m.post_end, o, g, q) - _of(m, "starts_from", m.away_end, o, g, q)
    return came + _kept(m, m.kept_end, o, g, q) >= -m.staying_end[o, g, q]


def supervisors_there(m: Any, o: str, g: str, q: int) -> Any:
    """Nobody has more trainees than are allowed to a supervisor.

    Σ_{r supervised by g, q'≤q} each[r]·training[o,r,q',q]·n[o,r,q'] + today[o,g,q] ≤ P[o,g,q]

    Units: wte = wte.
    """
    here = [i for i in m.problem.near("starts_supervised_by", (o, g)) if (*i, q) in m.trainee_share]
    taken = sum(m.supervisors_each[i[1]] * m.trainee_share[(*i, q)] * m.starts[i] for i in here)
    return taken + m.supervisors_today[o, g, q] <= m.in_post[o, g, q]


def _of(m: Any, near: str, shares: Mapping[Any, Any], o: str, g: str, q: int) -> Any:
    """Shares of those who have started up to the quarter."""
    return sum(shares[(*i, q)] * m.starts[i] for i in m.problem.near(near, (o, g)) if (*i, q) in shares)


def _kept(m: Any, shares: Mapping[Any, Any], o: str, g: str, q: int) -> Any:
    return sum(shares[o, g, p, q] * m.kept[o, g, p] for p in m.problem.near("kept_in", (o, g)) if p <= q)
