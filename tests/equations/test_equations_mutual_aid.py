"""Mutual aid, by hand."""

import pytest

from tests.equations.hand import FAST, Q1, Q2, SLOW, let, one_equation, over


def test_only_receivers_receive__a_batch_goes_to_a_receiver_only():
    m = one_equation("only_receivers_receive")
    let(m, batch={("P", "Q", "x", 1): 1, ("P", "Q", "x", 2): 1}, receiving={("Q", "x", 2): 1})
    assert over(m.only_receivers_receive["P", "Q", "x", 1]) == pytest.approx(1)
    assert over(m.only_receivers_receive["P", "Q", "x", 2]) == pytest.approx(0)


def test_receivers_do_not_send__who_receives_a_test_sends_nobody_for_it():
    m = one_equation("receivers_do_not_send")
    let(m, batch={("P", "Q", "x", 1): 1, ("P", "Q", "x", 2): 1}, receiving={("P", "x", 2): 1})
    assert over(m.receivers_do_not_send["P", "Q", "x", 1]) == pytest.approx(0)
    assert over(m.receivers_do_not_send["P", "Q", "x", 2]) == pytest.approx(1)  # P receives in week 2


def test_batch_not_too_small__a_batch_that_runs_is_large_enough_over_all_sites_and_classes():
    m = one_equation("batch_not_too_small")
    let(m, batch={("P", "Q", "x", 1): 1}, examined={(*FAST, *Q1, 1): 0.5, (*SLOW, *Q1, 1): 1, (*SLOW, *Q2, 1): 1})
    assert over(m.batch_not_too_small["P", "Q", "x", 1]) == pytest.approx(3 - 2.5)
    assert over(m.batch_not_too_small["P", "Q", "x", 2]) == pytest.approx(0)


def test_batch_not_too_large__nobody_is_sent_without_a_batch():
    m = one_equation("batch_not_too_large")
    sent = {(*FAST, *Q1, w): 9 for w in (1, 2)} | {(*SLOW, *Q2, w): 5 for w in (1, 2)}
    let(m, batch={("P", "Q", "x", 1): 1}, examined=sent)
    assert over(m.batch_not_too_large["P", "Q", "x", 1]) == pytest.approx(14 - 15)
    assert over(m.batch_not_too_large["P", "Q", "x", 2]) == pytest.approx(14 - 0)


def test_offers_to_those_waiting__more_offers_are_needed_where_fewer_accept():
    m = one_equation("offers_to_those_waiting")
    let(m, examined={(*SLOW, *Q1, 1): 4, (*SLOW, *Q2, 1): 6, (*SLOW, *Q1, 2): 5}, waiting={(*SLOW, 1): 15})
    # Half accept at q1, four in ten at q2: 8 + 15 = 23 offers; 80 % of the 30 waiting may be asked.
    assert over(m.offers_to_those_waiting[*SLOW, 1]) == pytest.approx(23 - 24)
    assert over(m.offers_to_those_waiting[*SLOW, 2]) == pytest.approx(10 - 12)


def test_aided_so_far__counts_add_up_over_weeks():
    m = one_equation("aided_so_far")
    let(m, examined={(*FAST, *Q2, 1): 2, (*FAST, *Q2, 2): 3}, aided={(*FAST, "q2", 1): 2, (*FAST, "q2", 2): 4})
    assert over(m.aided_so_far[*FAST, "q2", 1]) == pytest.approx(0)
    assert over(m.aided_so_far[*FAST, "q2", 2]) == pytest.approx(4 - (2 + 3))


def test_aided_so_far__no_more_than_those_who_would_ever_accept():
    m = one_equation("aided_so_far")
    assert m.aided[*FAST, "q1", 1].ub == pytest.approx(0.5 * 0.8 * 16)
    assert m.aided[*FAST, "q2", 2].ub == pytest.approx(0.4 * 0.8 * 21)
