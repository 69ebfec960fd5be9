"""Where hours come from, by hand."""

import pytest

from data.working_time import QUARTER_WEEKS
from tests.equations.hand import let, over
from tests.equations.workforce_hand import HOURS, one_equation

SCANS, REPORTS, OTHER = ("P", "g", "scanning", "x"), ("P", "h", "reporting", "x"), ("P", "g", "other", "")


def test_work_covered__examinations_that_are_lost_or_bought_take_their_hours_away():
    m = one_equation("work_covered")
    let(m, done_own={(*SCANS, 2): 4000}, lost={("P", "x", 2): 100}, bought={("P", "outsourced", "x", 2): 130})
    # 5,100 hours for 2,000 examinations: 2.55 each.
    assert over(m.work_covered[*SCANS, 2]) == pytest.approx(4000 + 2.55 * 230 - 5100)


def test_work_covered__their_reports_go_with_them_and_others_may_write_or_be_bought():
    m = one_equation("work_covered")
    let(m, done_own={(*REPORTS, 1): 300}, done_by={("P", "h", "reporting", "x", "g", 1): 100}, reports_bought={(*REPORTS, 1): 80},
        lost={("P", "x", 1): 100}, uncovered={(*REPORTS, 1): 50})  # fmt: skip
    # 600 hours for 2,000 examinations: 0.3 each; a bought report is a quarter of an hour.
    assert over(m.work_covered[*REPORTS, 1]) == pytest.approx(300 + 100 + 20 + 30 + 50 - 600)


def test_work_covered__other_work_is_done_or_left():
    m = one_equation("work_covered")
    let(m, done_own={(*OTHER, 1): 260}, uncovered={(*OTHER, 1): 30}, lost={("P", "x", 1): 100})
    assert over(m.work_covered[*OTHER, 1]) == pytest.approx(260 + 30 - 300)
    assert (*SCANS, 1) not in m.uncovered, "what is not scanned is lost"


def test_no_more_than_needed__examinations_are_lost_or_bought_once():
    m = one_equation("no_more_than_needed")
    let(m, lost={("Q", "x", 1): 700}, bought={("Q", "outsourced", "x", 1): 120})
    assert over(m.no_more_than_needed["Q", "x", 1]) == pytest.approx(700 + 120 - 800)


def test_hours_there__what_is_done_takes_no_more_than_there_is():
    m = one_equation("hours_there")
    let(m, done_own={(*SCANS, 1): 4500, (*OTHER, 1): 300}, done_by={("P", "h", "reporting", "x", "g", 1): 100}, working={("P", "g", 1): 9},
        overtime={("P", "g", 1): 200}, bank={("P", "g", 1): 150}, lent={("P", "Q", "g", 1): 40, ("Q", "P", "g", 1): 25})  # fmt: skip
    # Others' reports take one and a half hours each.
    assert over(m.hours_there["P", "g", 1]) == pytest.approx(4500 + 300 + 150 - (9 * HOURS + 350 + 25 - 40))


def test_hours_there__supervisors_give_their_time():
    m = one_equation("hours_there")
    let(m, starts={("P", "learn", 1): 2}, working={("P", "h", 1): 3}, done_own={(*REPORTS, 1): 500})
    # 1.6 × 0.875 who started and 10/6 of today are in training, at four hours a week.
    assert over(m.hours_there["P", "h", 1]) == pytest.approx(500 + 4 * QUARTER_WEEKS * (1.4 + 10 / 6) - 3 * HOURS)
