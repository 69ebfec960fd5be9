"""Control charts: limits, special causes and assurance, by hand and against the published package's rules written out one point at a time."""

import itertools

import numpy as np
import pytest

from forecasting.signals import (
    COMMON,
    CONCERN,
    FAIL,
    HIT_OR_MISS,
    IMPROVEMENT,
    LIMIT,
    PASS,
    SPECIAL,
    TRIAL_POINTS,
    Settings,
    judge,
    phases_from,
)

STEADY = [10.0, 12.0] * 6
"""Mean 11, every moving range 2: limits 5.68 and 16.32, near them beyond 7.4533 and 14.5467."""

FIXED = Settings(fix_after=12)
"""Limits from `STEADY` alone, whatever follows."""

GAP = float("nan")


def after_steady(*tail, settings=FIXED):
    """What the points that follow `STEADY` show."""
    return judge(np.array([[*STEADY, *tail]]), settings)


def flags(found, name="special"):
    """Marks of the points that follow `STEADY`."""
    return getattr(found, name)[0, len(STEADY) :].astype(int).tolist()


def test_limits_are_the_mean_and_2_66_mean_moving_ranges():
    found = judge(np.array([STEADY]))
    assert found.mean[0] == pytest.approx([11.0] * 12)
    assert found.lower[0, 0] == pytest.approx(5.68)
    assert found.upper[0, 0] == pytest.approx(16.32)
    assert not found.special.any()


@pytest.mark.parametrize(("value", "outside"), [(16.32, 0), (16.33, 1), (5.68, 0), (5.67, 1)])
def test_a_point_stands_out_beyond_a_limit_and_not_on_it(value, outside):
    assert flags(after_steady(value), "outside") == [outside]


def test_seven_points_on_one_side_are_a_run_and_six_are_none():
    # The last of the steady points lies above the mean, so that it belongs to no run below.
    assert flags(after_steady(*[10.9] * 6), "run") == [0] * 6
    assert flags(after_steady(*[10.9] * 7), "run") == [1] * 7
    assert flags(after_steady(*[10.9] * 8, 12.0), "run") == [1] * 8 + [0]


def test_only_the_points_of_a_run_are_marked():
    assert after_steady(*[10.9] * 7).special[0].tolist() == [False] * 12 + [True] * 7


def test_a_point_on_the_mean_breaks_a_run():
    assert flags(after_steady(*[10.9] * 4, 11.0, *[10.9] * 4), "run") == [0] * 9


def test_seven_rising_points_are_a_trend_and_six_are_none():
    rising = [9.5, 10.0, 10.5, 11.0, 11.5, 12.0, 12.5]
    assert flags(after_steady(*rising[:6]), "trend") == [0] * 6
    assert flags(after_steady(*rising), "trend") == [1] * 7


def test_seven_falling_points_are_a_trend_too():
    # 12 stands above 9 and rises no further, so that the fall begins with it: it is the last of the steady points.
    assert flags(after_steady(11.5, 11.2, 10.9, 10.5, 10.0, 9.5), "trend") == [-1] * 6
    assert after_steady(11.5, 11.2, 10.9, 10.5, 10.0, 9.5).trend[0, 11] == -1


def test_two_equal_points_break_a_trend():
    assert flags(after_steady(9.5, 10.0, 10.5, 10.5, 11.0, 11.5, 12.0), "trend") == [0] * 7


@pytest.mark.parametrize(
    ("tail", "near"),
    [
        ((14.55, 12.0, 14.55), [1, 0, 1]),
        ((14.54, 12.0, 14.55), [0, 0, 0]),
        ((14.55, 12.0, 12.0, 14.55), [0, 0, 0, 0]),
        ((14.55, 10.9, 14.55), [0, 0, 0]),
        ((14.55, 11.0, 14.55), [0, 0, 0]),
        ((7.45, 14.55, 7.45), [0, 0, 0]),
        ((10.9, 7.45, 7.45), [0, 1, 1]),
    ],
)
def test_two_of_three_near_the_same_limit_need_all_three_on_one_side(tail, near):
    assert flags(after_steady(*tail), "near") == near


def test_whether_a_point_beyond_the_limit_counts_as_near_is_a_setting():
    tail = (17.0, 12.0, 14.55)
    assert flags(after_steady(*tail)) == [1, 0, 1]
    assert flags(after_steady(*tail, settings=Settings(fix_after=12, beyond_is_near=False))) == [1, 0, 0]


SPIKE = [10.0, 12.0, 10.0, 12.0, 10.0, 12.0, 10.0, 40.0, 10.0, 12.0, 10.0, 12.0]
"""Moving ranges: nine of 2 and two of 30, mean 78/11 = 7.0909; 3.267 times that is 23.17."""


def test_without_screening_a_spike_widens_the_limits():
    assert judge(np.array([SPIKE])).upper[0, 0] == pytest.approx(160 / 12 + 2.66 * 78 / 11)


def test_with_screening_the_moving_ranges_of_a_spike_are_dropped_and_its_value_still_counts_to_the_mean():
    found = judge(np.array([SPIKE]), Settings(screen=True))
    assert found.mean[0, 0] == pytest.approx(160 / 12)
    assert found.upper[0, 0] == pytest.approx(160 / 12 + 2.66 * 2)


@pytest.mark.parametrize(("move", "kept"), [(4.36, 5.1), (4.37, 1.0)])
def test_a_moving_range_is_dropped_from_3_267_means_on(move, kept):
    # Nine moves of 1 and one of `move`: the bound is 3.267 * (9 + move) / 10, which is `move` itself at 4.367.
    values = np.cumsum([0.0, 1, -1, 1, -1, 1, -1, 1, -1, 1, move])
    expected = (9 + move) / 10 if kept != 1.0 else 1.0
    assert (judge(values[None, :], Settings(screen=True)).upper - judge(values[None, :]).mean)[0, 0] == pytest.approx(2.66 * expected)


def test_screening_is_done_once():
    values = np.cumsum([0.0, *[1, -1] * 5, 8, -8, 60])
    moves = np.abs(np.diff(values))
    once = moves[moves < 3.267 * moves.mean()].mean()
    assert moves[moves < 3.267 * moves.mean()].max() >= 3.267 * once
    found = judge(values[None, :], Settings(screen=True))
    assert (found.upper - found.mean)[0, 0] == pytest.approx(2.66 * once)


def test_a_rebase_gives_new_limits_and_breaks_runs_at_the_change():
    values = np.array([[*STEADY, *(v + 20 for v in STEADY)]])
    found = judge(values, phase=phases_from([[12]], 24))
    assert found.mean[0, [0, 11, 12, 23]] == pytest.approx([11, 11, 31, 31])
    assert (found.upper - found.lower)[0] == pytest.approx([2 * 5.32] * 24)
    assert not found.special.any()
    assert judge(values).special.any()


def test_a_run_is_not_counted_across_a_rebase():
    values = np.array([[*STEADY, *[10.9] * 8]])
    assert judge(values, FIXED, phases_from([[16]], 20)).run.sum() == 0
    assert judge(values, FIXED).run.sum() == 8


def test_limits_that_are_fixed_do_not_follow_later_points():
    found = after_steady(*[30.0] * 12)
    assert found.mean[0, -1] == pytest.approx(11.0)
    assert flags(found, "outside") == [1] * 12
    assert found.points[0, -1] == 12


def test_fewer_than_twelve_points_give_trial_limits():
    assert (judge(np.array([STEADY[:11]])).points < TRIAL_POINTS).all()
    assert not (judge(np.array([STEADY])).points < TRIAL_POINTS).any()


def test_a_missing_month_counts_to_no_limit_and_no_moving_range_crosses_it():
    # 30 stands alone between two gaps: it counts to the mean, and no range leads to it.
    found = judge(np.array([[10.0, 12.0, 10.0, GAP, 30.0, GAP, 10.0, 12.0]]))
    assert found.mean[0, 0] == pytest.approx(84 / 6)
    assert (found.upper - found.mean)[0, 0] == pytest.approx(2.66 * 2)
    assert found.points[0, 0] == 6


def test_a_missing_month_is_no_special_cause_and_breaks_runs_and_trends():
    found = after_steady(*[10.9] * 4, GAP, *[10.9] * 4)
    assert flags(found) == [0] * 9
    assert found.states("lower")[0, 16] == ""
    assert flags(after_steady(9.5, 10.0, 10.5, GAP, 11.0, 11.5, 12.0, 12.5), "trend") == [0] * 8
    assert flags(after_steady(14.55, GAP, 14.55), "near") == [0] * 3


def test_a_series_that_never_moves_shows_nothing_special_with_and_without_screening():
    values = np.full((1, 24), 0.1)
    for settings in (Settings(), Settings(screen=True)):
        found = judge(values, settings)
        assert set(found.states("lower")[0]) == {COMMON}
        assert found.upper[0, 0] == pytest.approx(0.1)


def test_one_point_has_no_limits_and_no_state():
    found = judge(np.array([[GAP, 5.0, GAP]]))
    assert np.isnan(found.upper).all()
    assert set(found.states("higher")[0]) == {""}
    assert found.assurance(np.array([5.0]), "higher").tolist() == [""]


def test_a_high_point_is_good_or_bad_or_neither_by_what_is_better():
    found = after_steady(17.0, 5.0)
    expected = {"higher": [IMPROVEMENT, CONCERN], "lower": [CONCERN, IMPROVEMENT], "neutral": [SPECIAL, SPECIAL]}
    assert {way: found.states(way)[0, 12:].tolist() for way in expected} == expected


def test_the_point_of_a_trend_that_lies_on_the_mean_goes_the_way_of_the_trend():
    found = after_steady(9.5, 10.0, 10.5, 11.0, 11.5, 12.0, 12.5)
    assert found.side[0, 15] == 0
    assert found.states("higher")[0, 15] == IMPROVEMENT
    assert found.states("lower")[0, 15] == CONCERN


@pytest.mark.parametrize(
    ("target", "higher", "lower"),
    [(16.33, FAIL, PASS), (16.31, HIT_OR_MISS, HIT_OR_MISS), (5.69, HIT_OR_MISS, HIT_OR_MISS), (5.67, PASS, FAIL)],
)
def test_assurance_compares_the_target_with_both_limits(target, higher, lower):
    found = judge(np.array([STEADY]))
    assert found.assurance(np.array([target]), "higher").tolist() == [higher]
    assert found.assurance(np.array([target]), "lower").tolist() == [lower]


def test_assurance_is_by_the_limits_of_the_latest_phase():
    values = np.array([[*STEADY, *(v + 20 for v in STEADY)]])
    found = judge(values, phase=phases_from([[12]], 24))
    assert found.assurance(np.array([20.0]), "higher").tolist() == [PASS]
    assert found.assurance(np.array([20.0]), "lower").tolist() == [FAIL]


def test_there_is_no_assurance_without_a_target_or_where_no_direction_is_better():
    found = judge(np.array([STEADY, STEADY]))
    assert found.assurance(np.array([GAP, 20.0]), "higher").tolist() == ["", FAIL]
    assert found.assurance(np.array([20.0, 20.0]), "neutral").tolist() == ["", ""]


def test_the_last_point_is_the_newest_that_is_known():
    assert judge(np.array([[1.0, 2.0, GAP], [GAP, GAP, GAP], [1.0, 2.0, 3.0]])).last.tolist() == [1, -1, 2]


def as_the_package_says(y, rebase, *, screen):
    """The published package's rules, a point at a time; returns lower limit, upper limit and mark of each point."""
    lower, upper, marks = [], [], []
    bounds = [0, *rebase, len(y)]
    for start, end in itertools.pairwise(bounds):
        part = y[start:end]
        mean = sum(part) / len(part)
        moves = [abs(b - a) for a, b in itertools.pairwise(part)]
        average = sum(moves) / len(moves)
        if screen:
            kept = [m for m in moves if m < 3.267 * average]
            average = sum(kept) / len(kept)
        low, high = mean - 2.66 * average, mean + 2.66 * average
        near_low, near_high = mean - 2 * 2.66 / 3 * average, mean + 2 * 2.66 / 3 * average
        side = [(v > mean) - (v < mean) for v in part]
        beyond = [v > high or v < low for v in part]
        close = [not out and (v < near_low or v > near_high) for v, out in zip(part, beyond, strict=True)]
        for i in range(len(part)):
            runs = [side[k : k + 7] for k in range(i - 6, i + 1) if k >= 0 and k + 7 <= len(part)]
            sevens = [part[k : k + 7] for k in range(i - 6, i + 1) if k >= 0 and k + 7 <= len(part)]
            threes = [range(k, k + 3) for k in range(i - 2, i + 1) if k >= 0 and k + 3 <= len(part)]
            marks.append(
                beyond[i]
                or any(abs(sum(r)) == 7 for r in runs)
                or any(all(b > a for a, b in itertools.pairwise(s)) or all(b < a for a, b in itertools.pairwise(s)) for s in sevens)
                or (close[i] and any(sum(close[k] for k in t) >= 2 and abs(sum(side[k] for k in t)) == 3 for t in threes))
            )
        lower += [low] * len(part)
        upper += [high] * len(part)
    return lower, upper, marks


@pytest.mark.parametrize("screen", [False, True])
def test_the_same_points_stand_out_as_by_the_published_packages_rules(screen):
    random = np.random.default_rng(8)
    steps = random.normal(0, 1, (120, 36)) + 0.7 * np.cumsum(random.normal(0, 0.5, (120, 36)), axis=1)
    steps[random.random(steps.shape) < 0.03] += 9.0
    starts = [sorted(random.choice(np.arange(8, 28), size=k % 3, replace=False).tolist()) for k in range(120)]
    starts = [s if len(s) < 2 or s[1] - s[0] > 4 else s[:1] for s in starts]
    found = judge(steps, Settings(screen=screen, beyond_is_near=False), phases_from(starts, 36))
    marked = 0
    for k, (row, rebase) in enumerate(zip(steps, starts, strict=True)):
        lower, upper, marks = as_the_package_says(row.tolist(), rebase, screen=screen)
        assert found.lower[k] == pytest.approx(lower)
        assert found.upper[k] == pytest.approx(upper)
        assert found.special[k].tolist() == marks
        marked += sum(marks)
    assert 200 < marked < 120 * 36 - 200


def test_the_limit_is_the_documented_constant():
    assert LIMIT == 2.66
