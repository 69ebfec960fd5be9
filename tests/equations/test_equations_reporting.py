"""Reports, by hand."""

import pytest

from tests.equations.hand import FAST, P1, Q1, Q2, SLOW, Q, Y, hand_problem, let, one_equation, over


def test_reports_arise__from_whoever_is_examined_at_the_sites_of_a_trust_and_not_reported_at_once():
    m = one_equation("reports_arise")
    let(m, examined={(*FAST, *P1, 2): 5, (*Q, *P1, 2): 2, (*Y, *P1, 2): 3, (*FAST, *Q1, 2): 50}, must_done={("P", "y", *P1, 2): 1},
        scanned={("P", 2): 200})  # fmt: skip
    # Seven of x at 15 × 0.8 = 12 minutes, four of y at 20; 35 from outside sessions. What goes to Q brings P nothing.
    assert over(m.reports_arise["P", 2]) == pytest.approx(200 - (7 * 12 + 4 * 20) - 35)


def test_reports_arise__at_every_site_of_the_trust_for_patients_of_others_too():
    m = one_equation("reports_arise")
    let(m, examined={(*SLOW, *Q1, 1): 1, (*SLOW, *Q2, 1): 2, (*Q, *Q2, 1): 4}, must_done={("Q", "x", *Q1, 1): 3}, scanned={("Q", 1): 90})
    # Ten of x at 16 × 0.5 = 8 minutes, 10 from outside sessions: nothing is missing.
    assert over(m.reports_arise["Q", 1]) == pytest.approx(0)


def test_reports_arise__not_from_what_providers_do():
    m = one_equation("reports_arise")
    let(m, insourced={(*FAST, *P1, 1): 6}, outsourced={(*Y, 1): 2}, scanned={("P", 1): 30})
    assert over(m.reports_arise["P", 1]) == pytest.approx(0)


def test_report_backlog__is_what_it_was_and_what_was_examined_less_what_was_reported():
    m = one_equation("report_backlog")
    let(m, scanned={("P", 1): 250, ("P", 2): 240}, reported={("P", 1): 220, ("P", 2): 300}, backlog={("P", 1): 630, ("P", 2): 560})
    # 600 + 250 - 220 = 630; then 630 + 240 - 300 = 570, of which 560 are there.
    assert over(m.report_backlog["P", 1]) == pytest.approx(0)
    assert over(m.report_backlog["P", 2]) == pytest.approx(560 - 570)


def test_reporting_time__is_that_of_own_staff_others_and_providers():
    m = one_equation("reporting_time")
    let(m, reported={("P", 2): 300, ("Q", 2): 140}, borrowed={("P", 2): 40}, lent={("P", 2): 5, ("Q", 2): 40}, outsourced_reports={("P", 2): 3})
    # P: 210 own + 40 - 5 + 3 × 17 = 296 for 300. Q: 150 own - 40 = 110 for 140.
    assert over(m.reporting_time["P", 2]) == pytest.approx(300 - 296)
    assert over(m.reporting_time["Q", 2]) == pytest.approx(140 - 110)


def test_reporting_shared__nobody_gets_what_nobody_gives():
    m = one_equation("reporting_shared")
    let(m, borrowed={("P", 1): 40}, lent={("Q", 1): 30, ("Q", 2): 99})
    assert over(m.reporting_shared[1]) == pytest.approx(40 - 30)


def test_outsourced_when_done__no_more_reports_are_sent_away_than_the_week_brings():
    m = one_equation("outsourced_when_done")
    let(m, outsourced_reports={("P", 1): 4}, scanned={("P", 1): 60, ("P", 2): 99})
    assert over(m.outsourced_when_done["P", 1]) == pytest.approx(4 * 17 - 60)


def test_late_after_four_weeks__weeks_before_the_plan_are_ordinary_ones():
    m = one_equation("late_after_four_weeks")
    let(m, backlog={("P", 1): 1000, ("P", 2): 1100}, scanned={("P", 1): 250, ("P", 2): 200}, late_reports={("P", 1): 20})
    # Week 1: 250 and three ordinary weeks of 240 are in time: 30 late, 20 counted. Week 2: 450 and two ordinary weeks: 170 late.
    assert over(m.late_after_four_weeks["P", 1]) == pytest.approx(30 - 20)
    assert over(m.late_after_four_weeks["P", 2]) == pytest.approx(170)


def test_late_after_four_weeks__a_report_is_late_from_the_fifth_week_on():
    m = one_equation("late_after_four_weeks", hand_problem(weeks=7))
    let(m, backlog={("Q", 5): 400, ("Q", 7): 400}, scanned={("Q", w): 100 for w in range(2, 6)} | {("Q", 1): 999, ("Q", 6): 10, ("Q", 7): 20})
    assert over(m.late_after_four_weeks["Q", 5]) == pytest.approx(400 - 400)
    assert over(m.late_after_four_weeks["Q", 7]) == pytest.approx(400 - 230)


def test_reports_owed__are_the_growth_of_the_backlog_over_the_plan():
    m = one_equation("reports_owed")
    let(m, backlog={("P", 1): 5000, ("P", 2): 640, ("Q", 2): 20}, owed_reports={"P": 10})
    assert over(m.reports_owed["P"]) == pytest.approx(40 - 10)
    assert over(m.reports_owed["Q"]) == pytest.approx(20 - 50)
