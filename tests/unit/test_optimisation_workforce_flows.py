"""Who comes, learns, stays and goes, worked out by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimisation.workforce.flows import (
    EARLY,
    Way,
    missing,
    newcomers,
    quarterly,
    remaining,
    started,
    stock_of_ages,
    stock_of_rates,
)
from tests.small_networks import few

NOBODY_LEAVES = np.zeros(20)


def test_four_quarters_make_the_rate_of_a_year():
    assert (1 - quarterly(np.array([0.1, 0.0, 1.0]))) ** 4 == pytest.approx([0.9, 1.0, 0.0])


def test_those_in_post_without_ages_leave_and_retire_at_their_rates():
    stock = stock_of_rates(100.0, np.array([0.1, 0.2]), np.array([0.05, 0.0]))
    # 100 less 10 leavers are 90, of whom 4.5 retire: 85.5; a fifth of them, 17.1, leave.
    assert stock.left == pytest.approx([10, 17.1])
    assert stock.retired == pytest.approx([4.5, 0])
    assert stock.end == pytest.approx([85.5, 68.4])
    assert stock.mean == pytest.approx([92.75, (85.5 + 68.4) / 2])


def test_a_group_of_ages_is_spread_evenly_and_grows_a_year_older_every_four_quarters():
    rates = np.zeros(9)
    stock = stock_of_ages(np.array([10.0]), np.array([50]), np.array([5]), rates, rates, {55: np.array(0.5), 60: np.array(1.0)})
    # Aged 50 to 54, two each. Nobody is 55 in the first year; two are in the second, and half of those who are left retire in each quarter.
    assert stock.retired[:4] == pytest.approx(0)
    assert stock.retired[4:8] == pytest.approx([1, 0.5, 0.25, 0.125])
    # In the third year the first two are 56, the next two 55.
    assert stock.retired[8] == pytest.approx(0.5 * (0.125 + 2))


def test_those_above_an_age_retire_at_its_rate_until_the_next_age():
    rates = np.zeros(1)
    retire = {55: np.array(0.1), 60: np.array(0.2), 65: np.array(0.4)}
    stock = stock_of_ages(np.array([5.0, 5.0, 5.0]), np.array([55, 60, 70]), np.array([9, 9, 9]), rates, rates, retire)
    assert stock.retired == pytest.approx([5 * 0.1 + 5 * 0.2 + 5 * 0.4])


def test_the_newly_qualified_leave_at_the_early_rate_until_they_have_two_years():
    early, settled = np.full(9, 0.5), np.zeros(9)
    stock = stock_of_ages(np.array([8.0, 8.0]), np.array([25, 25]), np.array([0, 1]), early, settled, {})
    # Both leave early in the first year, the newly qualified alone in the second, nobody after that.
    assert stock.left[:5] == pytest.approx([8, 4, 2, 1, 0.25])
    assert stock.left[8] == 0


def test_newcomers_leave_at_the_early_rate_for_eight_quarters():
    early, settled = np.full(10, 0.5), np.full(10, 0.1)
    there = newcomers(early, settled)
    assert there.begin[0, 0] == 1
    assert there.end[0, :2] == pytest.approx([0.5, 0.25])
    assert there.end[0, EARLY - 1] == pytest.approx(0.5**8)
    assert there.end[0, EARLY] == pytest.approx(0.5**8 * 0.9)
    assert there.mean[3, 3] == pytest.approx(0.75)
    assert there.begin[3, :3] == pytest.approx(0)


def test_whoever_is_kept_or_comes_back_is_there_for_half_the_quarter():
    there = remaining(np.full(4, 0.2))
    assert there.mean[1] == pytest.approx([0, 0.5, 0.9, 0.72])
    assert there.left[1] == pytest.approx([0, 0, 0.2, 0.16])


def test_a_start_of_thirty_six_months_qualifies_after_twelve_quarters():
    one = started(Way(36, drop_out=0.2), newcomers(NOBODY_LEAVES, NOBODY_LEAVES))
    assert one.came[2] == pytest.approx([0.8 if q == 14 else 0 for q in range(20)])
    assert one.post.mean[2, :14] == pytest.approx(0)
    assert one.post.mean[2, 14:] == pytest.approx(0.8)
    # A fifth is lost evenly: a sixtieth in each quarter, half of it by its middle.
    assert one.training[2, 2:14] == pytest.approx([1 - 0.2 * (k + 0.5) / 12 for k in range(12)])
    assert one.training[2, 14:] == pytest.approx(0)
    assert one.back[2].sum() == pytest.approx(0.2)


def test_those_who_start_in_a_later_month_are_in_training_from_then_and_qualify_no_earlier():
    way = Way(12, wait=2)
    one = started(way, newcomers(NOBODY_LEAVES, NOBODY_LEAVES))
    assert way.quarters == 5
    assert one.training[0, :6] == pytest.approx([1 / 3, 1, 1, 1, 2 / 3, 0])
    assert one.post.mean[0, :6] == pytest.approx([0, 0, 0, 0, 0, 1])


def test_whoever_needs_no_time_is_there_at_once_and_is_not_lost():
    one = started(Way(0, drop_out=0.5), newcomers(NOBODY_LEAVES, NOBODY_LEAVES))
    assert one.post.mean[1, :3] == pytest.approx([0, 1, 1])
    assert one.training.sum() == 0


def test_work_grows_evenly_from_what_they_do_at_first():
    one = started(Way(0, competence_months=6, at_first=0.4), newcomers(NOBODY_LEAVES, NOBODY_LEAVES))
    # In the middle of the first quarter a quarter of six months is over, in the middle of the second three quarters.
    assert one.work[0, :4] == pytest.approx([0.4 + 0.6 * 0.25, 0.4 + 0.6 * 0.75, 1, 1])


def test_those_who_go_to_learn_are_missing_until_they_come_back_or_would_have_left():
    settled = np.full(4, 0.1)
    one = started(Way(6, drop_out=0.5), newcomers(settled, settled))
    away = missing(one.back, settled)
    # One goes on the first day; a quarter of one comes back in each of two quarters and stays as others do.
    assert away.begin[0] == pytest.approx([1, 0.9 - 0.25, 0.81 - 0.225 - 0.25, 0.729 - 0.2025 - 0.225])
    assert away.end[0, 0] == pytest.approx(0.9 - 0.25)


@few(40)
@given(
    st.integers(0, 60), st.integers(0, 2), st.floats(0, 0.9), st.floats(0, 0.3), st.floats(0, 0.3), st.integers(1, 24)
)  # fmt: skip
def test_nobody_is_in_two_places_or_comes_from_nowhere(months, wait, drop_out, early, settled, quarters):
    way = Way(months, wait, drop_out)
    one = started(way, newcomers(np.full(quarters, early), np.full(quarters, settled)))
    start, quarter = np.indices((quarters, quarters))
    assert (one.post.begin[quarter - start < (wait + months) / 3] == 0).all() or months == 0, "nobody is in post before the months are over"
    total = one.post.mean + one.training
    assert (total <= 1 + 1e-12).all()
    assert (total[quarter < start] == 0).all()
    ends = one.came.sum(axis=1) + one.back.sum(axis=1)
    assert ends[start[:, 0] + way.quarters < quarters] == pytest.approx(1)
    assert np.cumsum(one.came - one.post.left, axis=1) == pytest.approx(one.post.end)


def test_sample_paths_are_worked_out_at_once():
    paths = np.stack([np.full(6, 0.1), np.full(6, 0.2)])
    many = started(Way(3), newcomers(paths, paths))
    for k in range(2):
        assert many.post.end[k] == pytest.approx(started(Way(3), newcomers(paths[k], paths[k])).post.end)
    both = stock_of_ages(np.array([5.0]), np.array([60]), np.array([5]), paths, paths, {60: np.array([0.1, 0.3])})
    assert both.end.shape == (2, 6)
    assert both.retired[1, 0] == pytest.approx(5 * 0.8 * 0.3)
