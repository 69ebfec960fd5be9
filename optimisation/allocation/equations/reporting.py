"""Reports: written after the examination by whoever has the time, the oldest first, and late after four weeks."""

from __future__ import annotations

from typing import Any

WEEKS_IN_TIME = 4
"""A report is in time in the week of the examination and in the three after it."""


def reports_arise(m: Any, o: str, w: int) -> Any:
    """Whatever is examined at an organisation's sites and not reported at once brings reporting work; what providers do comes with its report.

    scanned[o,w] = outside[o,w] + Σ_{s of o} mins[o,m]·later[o,m]·(Σ_{o',u} x[o',m,u,s,a,w] + p[o,m,s,a,w])

    Units: minute = minute.
    """
    near = m.problem.near
    done = sum(m.report_minutes[o, i[1]] * m.reports_later[o, i[1]] * m.examined[(*i, w)] for i in near("reported_lists", (o,)))
    done += sum(m.report_minutes[o, i[1]] * m.reports_later[o, i[1]] * m.must_done[(*i, w)] for i in near("reported_work", (o,)))
    return m.scanned[o, w] - done == m.minutes_outside[o, w]


def report_backlog(m: Any, o: str, w: int) -> Any:
    """What is examined and not yet reported waits.

    B[o,w] = B[o,w-1] + scanned[o,w] - reported[o,w]

    Units: minute = minute.
    """
    before = m.backlog[o, w - 1] if w > 1 else m.opening_backlog[o]
    return m.backlog[o, w] - m.scanned[o, w] + m.reported[o, w] == before


def reporting_time(m: Any, o: str, w: int) -> Any:
    """Reports take no more time than own staff, other organisations and providers give.

    reported[o,w] ≤ own[o,w] + borrowed[o,w] - lent[o,w] + mean[o]·outr[o,w]

    Units: minute = minute.
    """
    given = 0
    if (o, w) in m.borrowed:
        given += m.borrowed[o, w] - m.lent[o, w]
    if (o, w) in m.outsourced_reports:
        given += m.mean_report[o] * m.outsourced_reports[o, w]
    return m.reported[o, w] - given <= m.reporting_minutes[o, w]


def reporting_shared(m: Any, w: int) -> Any:
    """Nobody has more reporting time from others than others give.

    Σ_o borrowed[o,w] ≤ Σ_o lent[o,w]

    Units: minute = minute.
    """
    pool = m.problem.near("reporters_in", (w,))
    return sum(m.borrowed[o, w] - m.lent[o, w] for o in pool) <= 0


def outsourced_when_done(m: Any, o: str, w: int) -> Any:
    """A report goes to a provider in the week of the examination or not at all.

    mean[o]·outr[o,w] ≤ scanned[o,w]

    Units: minute = minute.
    """
    return m.mean_report[o] * m.outsourced_reports[o, w] <= m.scanned[o, w]


def late_after_four_weeks(m: Any, o: str, w: int) -> Any:
    """What waits beyond the reports of the last four weeks is late; before the plan, every week was an ordinary one.

    late[o,w] ≥ B[o,w] - Σ_{q<4} scanned[o,w-q]

    Units: minute = minute.
    """
    recent = range(max(w - WEEKS_IN_TIME, 0) + 1, w + 1)
    before = (WEEKS_IN_TIME - len(recent)) * m.ordinary_reports[o]
    return m.backlog[o, w] - sum(m.scanned[o, q] for q in recent) - m.late_reports[o, w] <= before


def reports_owed(m: Any, o: str) -> Any:
    """A backlog that grows over the plan is owed.

    owed[o] ≥ B[o,W] - B[o,0]

    Units: minute = minute.
    """
    return m.backlog[o, m.problem.last_week] - m.owed_reports[o] <= m.opening_backlog[o]
