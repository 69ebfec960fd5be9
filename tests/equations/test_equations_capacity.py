"""What rooms and scanners can hold, by hand."""

import pytest

from tests.equations.hand import FAST, P1, Q1, Q2, SLOW, Q, Y, let, one_equation, over


def test_room_time__two_tests_must_do_work_and_the_patients_of_another_trust_share_one_room():
    m = one_equation("room_time")
    let(
        m,
        examined={(*FAST, *P1, 1): 2, (*SLOW, *P1, 1): 3, (*Y, *P1, 1): 4, (*Q, *P1, 1): 1},
        must_done={("P", "x", *P1, 1): 5, ("P", "y", *P1, 1): 2},
        sessions={(*P1, "core", 1): 1, (*P1, "late", 1): 1},
    )
    # x at 20 minutes: 2 + 3 + 1 + 5 = 11 → 220; y at 30: 4 + 2 = 6 → 180; together 400. One core session gives 200, one late 150.
    assert over(m.room_time[*P1, 1]) == pytest.approx(400 - 350)


def test_room_time__a_unit_gives_its_minutes_less_what_arriving_costs():
    m = one_equation("room_time")
    let(m, examined={(*Q, *Q2, 2): 10, (*FAST, *Q2, 2): 12}, present={("v", "q2", 2): 1}, arriving={("v", "q2", 2): 1})
    # 22 examinations of 25 minutes are 550; 900 minutes less a quarter are 675.
    assert over(m.room_time[*Q2, 2]) == pytest.approx(550 - 675)


def test_room_time__at_a_site_with_both_a_unit_adds_to_the_room():
    m = one_equation("room_time")
    let(m, examined={(*Q, *Q1, 1): 50}, sessions={(*Q1, "core", 1): 1}, present={("v", "q1", 1): 1})
    # 50 at 24 minutes are 1,200; one session gives 210 and the unit 1,000.
    assert over(m.room_time[*Q1, 1]) == pytest.approx(1200 - 1210)


def test_fixed_room_time__must_do_work_and_unsuitable_patients_need_the_fixed_room():
    m = one_equation("fixed_room_time")
    assert sorted(m.fixed_room_time) == [(*Q1, 1), (*Q1, 2)]
    let(m, examined={(*Q, *Q1, 1): 10, (*SLOW, *Q1, 1): 5}, must_done={("Q", "x", *Q1, 1): 4}, sessions={(*Q1, "core", 1): 1},
        present={("v", "q1", 1): 1})  # fmt: skip
    # Must-do work 4 × 24 = 96; 15 patients × 30 % who cannot use a unit × 24 = 108; the one session gives 210, the unit nothing.
    assert over(m.fixed_room_time[*Q1, 1]) == pytest.approx(96 + 108 - 210)


def test_suitable_for_unit__only_suitable_patients_among_those_waiting_are_booked_where_there_is_a_unit_only():
    m = one_equation("suitable_for_unit")
    let(m, examined={(*Q, *Q2, 1): 15, (*Q, *Q2, 2): 9}, waiting={(*Q, 1): 12})
    assert over(m.suitable_for_unit[*Q, 1]) == pytest.approx(15 - 0.7 * 20)  # 20 wait on the first Monday
    assert over(m.suitable_for_unit[*Q, 2]) == pytest.approx(9 - 0.7 * 12)


def test_suitable_for_unit__patients_sent_by_another_trust_count_on_their_own_list():
    m = one_equation("suitable_for_unit")
    let(m, examined={(*SLOW, *Q2, 1): 22, (*SLOW, *Q1, 1): 99})
    assert over(m.suitable_for_unit[*SLOW, 1]) == pytest.approx(22 - 0.7 * 30)


def test_shared_openings__own_sessions_and_insourced_patients_share_the_late_openings():
    m = one_equation("shared_openings")
    let(m, sessions={(*P1, "late", 2): 2, (*P1, "core", 2): 4}, insourced={(*FAST, *P1, 2): 4, (*SLOW, *P1, 2): 6})
    # Own: 2 late sessions of 180 minutes; bought: 10 × 20; openings: 3 × 180. Core sessions are no part of it.
    assert over(m.shared_openings[*P1, 2]) == pytest.approx(360 + 200 - 540)


def test_insourcing_limit__insourced_patients_of_every_class_count_against_the_limit():
    m = one_equation("insourcing_limit")
    let(m, insourced={(*FAST, *P1, 1): 4, (*SLOW, *P1, 1): 3})
    assert over(m.insourcing_limit["p1", "x", 1]) == pytest.approx(4 + 3 - 6)


def test_outsourcing_limit__outsourced_patients_count_against_the_limit():
    m = one_equation("outsourcing_limit")
    let(m, outsourced={(*Y, 2): 2.5})
    assert over(m.outsourcing_limit["P", "y", 2]) == pytest.approx(2.5 - 3)
