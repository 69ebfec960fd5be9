"""Where the hours of the work come from."""

from __future__ import annotations

from typing import Any


def work_covered(m: Any, o: str, g: str, k: str, t: str, q: int) -> Any:
    """The hours that the work needs are done by the own group or another one, go away with examinations that are bought or lost, or stay uncovered.

    x[o,g,k,m,q] + Σ_h z[o,g,k,m,h,q] + one[o,g,k,m,q]·(lost[o,m,q] + Σ_p b[o,p,m,q]) + hours[o,m]·rep[o,g,m,q] + u[o,g,k,m,q] = need[o,g,k,m,q]

    Units: hour = hour. A lost or bought examination takes away the hours of every group, and its report.
    """
    i = (o, g, k, t, q)
    done = m.done_own[i] + sum(m.done_by[o, g, k, t, h, q] for h in m.problem.near("helpers", i))
    if (o, t, q) in m.lost and i in m.hours_of_one:
        gone = m.lost[o, t, q] + sum(m.bought[o, p, t, q] for p in m.problem.near("providers", (o, t, q)))
        done += m.hours_of_one[i] * gone
    if i in m.reports_bought:
        done += m.report_hours[o, t] * m.reports_bought[i]
    if i in m.uncovered:
        done += m.uncovered[i]
    return done == m.need[i]


def no_more_than_needed(m: Any, o: str, t: str, q: int) -> Any:
    """No more examinations are bought and lost than are needed.

    lost[o,m,q] + Σ_p b[o,p,m,q] ≤ examinations[o,m,q]

    Units: patient = patient.
    """
    return m.lost[o, t, q] + sum(m.bought[o, p, t, q] for p in m.problem.near("providers", (o, t, q))) <= m.examinations[o, t, q]


def hours_there(m: Any, o: str, g: str, q: int) -> Any:
    """Nobody works more hours than own, temporary and borrowed staff have, after supervising and lending.

    Σ_{k,m} x[o,g,k,m,q] + Σ_{g',k,m} each[g',k,m,g]·z[o,g',k,m,g,q]
      + Σ_{r supervised by g, q'≤q} hours[r]·training[o,r,q',q]·n[o,r,q'] + today[o,g,q]
      ≤ clinical[o,g]·W[o,g,q] + ot[o,g,q] + bank[o,g,q] + Σ_i sh[i,o,g,q] - Σ_j sh[o,j,g,q]

    Units: hour = hour.
    """
    near = m.problem.near
    used = sum(m.done_own[o, g, k, t, q] for k, t in near("own_work", (o, g, q)))
    used += sum(m.hours_in_place[f, k, t, g] * m.done_by[o, f, k, t, g, q] for f, k, t in near("helped_work", (o, g, q)))
    trained = [i for i in near("starts_supervised_by", (o, g)) if (*i, q) in m.trainee_share]
    used += sum(m.supervision[i[1]] * m.trainee_share[(*i, q)] * m.starts[i] for i in trained)
    if trained or near("supervised_today", (o, g)):
        used += m.supervising_today[o, g, q]
    borrowed = sum(m.lent[i, o, g, q] for i in near("borrows_from", (o, g, q)))
    lent = sum(m.lent[o, j, g, q] for j in near("lends_to", (o, g, q)))
    own = m.clinical_hours[o, g] * m.working[o, g, q]
    return used <= own + m.overtime[o, g, q] + m.bank[o, g, q] + borrowed - lent
