"""Waiting lists served strictly in turn, by hand and against lists of single cohorts."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.activity import BANDS
from data.plan import IN_TURN
from data.scenario import base
from data.working_days import mondays
from forecasting.forecast import weekly_demand
from forecasting.waiting_list import age_by_days, list_response, project_in_turn, younger_than
from portal.planning import prepare
from tests.small_networks import FIRST_MONDAY, Stream, month, two_trusts, with_history


def bands(**counts):
    """One list: `b3=5` are five who have waited three weeks."""
    row = np.zeros((1, BANDS))
    for name, n in counts.items():
        row[0, int(name[1:])] = n
    return row


def row(*numbers):
    return np.array([numbers], dtype=float)


def test_whoever_could_be_younger_is_counted_by_when_they_joined():
    found = younger_than(6, bands(b0=10, b4=20, b5=40, b13=80), row(1, 2, 4, 8, 16, 32, 64))
    # After one week those who waited 0 and 4 weeks are still below six; after two only the first; after six nobody of the opening list.
    # Additions of the last six weeks count: in week 7 the first week's one has waited six weeks.
    assert found.tolist() == [[1 + 30, 3 + 10, 7 + 10, 15 + 10, 31 + 10, 63, 126]]


def test_a_list_in_turn_by_hand():
    found = project_in_turn(bands(b1=4, b13=6), row(5, 5, 5), row(0, 1, 9), row(7, 2, 20))
    # 10 + 5 - 7 = 8; 8 + 5 - 2 - 1 = 10; 10 + 5 - 15 seen of 20 slots, nobody is left to be removed.
    assert found.waiting.tolist() == [[8, 10, 0]]
    assert found.served.tolist() == [[7, 2, 15]]
    assert found.removed.tolist() == [[0, 1, 0]]
    # The six longest waits go first: after week 1 nobody over six weeks is left.
    assert found.over_six.tolist() == [[0, 0, 0]]


def test_a_list_nobody_sees_grows_old():
    found = project_in_turn(bands(b5=3, b12=2), row(1, 1), row(0, 0), row(0, 0))
    assert found.over_six.tolist() == [[5, 5]]  # five weeks waited are six at the end of the first week
    assert found.over_thirteen.tolist() == [[2, 2]]


def cohorts(opening, additions, removals, capacity):
    """The same, patient by patient's cohort: longest wait first. Waiting, over six and over thirteen at each week end."""
    waiting = [[float(weeks), float(n)] for weeks, n in reversed(list(enumerate(opening)))]
    found = []
    for w, joined in enumerate(additions):
        waiting = [[weeks + 1, n] for weeks, n in waiting] + [[0.0, float(joined)]]
        for leaving in (capacity[w], removals[w]):
            for cohort in waiting:  # oldest first
                gone = min(cohort[1], leaving)
                cohort[1] -= gone
                leaving -= gone
        found.append([sum(n for weeks, n in waiting if weeks >= least) for least in (0, 6, 13)])
    return np.array(found).T


amounts = st.integers(0, 40)


@given(st.data())
def test_two_running_totals_say_the_same_as_every_cohort_followed(data):
    weeks = data.draw(st.integers(1, 20))
    opening = data.draw(st.lists(amounts, min_size=BANDS, max_size=BANDS))
    flows = [data.draw(st.lists(amounts, min_size=weeks, max_size=weeks)) for _ in range(3)]
    found = project_in_turn(row(*opening), *(row(*f) for f in flows))
    wanted = cohorts(opening, *flows)
    assert found.waiting[0] == pytest.approx(wanted[0])
    assert found.over_six[0] == pytest.approx(wanted[1])
    assert found.over_thirteen[0] == pytest.approx(wanted[2])


@given(st.data())
def test_nobody_is_lost_or_counted_twice(data):
    weeks = data.draw(st.integers(1, 12))
    opening = row(*data.draw(st.lists(amounts, min_size=BANDS, max_size=BANDS)))
    added, removals, capacity = (row(*data.draw(st.lists(amounts, min_size=weeks, max_size=weeks))) for _ in range(3))
    found = project_in_turn(opening, added, removals, capacity)
    flow = added - found.served - found.removed
    assert opening.sum() + flow.cumsum(axis=1) == pytest.approx(found.waiting)
    assert (found.served <= capacity).all()
    assert (found.removed <= removals).all()
    assert (found.waiting >= 0).all()
    assert (found.over_six <= found.waiting + 1e-9).all()


def test_a_day_moves_a_seventh_of_each_week_up_and_takes_the_longest_waits():
    found = age_by_days(bands(b0=7, b2=14, b13=21), 1, np.array([2.0]), np.array([3.0]))
    # A seventh of 7 and of 14 moves up; 2 join; 3 of the longest waits are seen; nobody leaves the last band by ageing.
    assert found == pytest.approx(bands(b0=6 + 2, b1=1, b2=12, b3=2, b13=18))


def test_no_day_moves_nobody():
    assert age_by_days(bands(b0=7, b13=1), 0, np.array([2.0]), np.array([3.0])).tolist() == bands(b0=7, b13=1).tolist()


def test_more_slots_than_the_longest_waits_reach_into_the_next():
    found = age_by_days(bands(b12=7, b13=1), 2, np.array([0.0]), np.array([2.0]))
    # Two sevenths of 7 move into the last band, which then holds 3; 4 are seen: those 3 and one of the 5 before them.
    assert found == pytest.approx(bands(b12=4))


def test_a_list_that_only_loses_people_loses_the_longest_waits():
    found = age_by_days(bands(b0=7, b13=10), 3, np.array([-2.0]), np.array([1.0]))
    # 3 days × (1 seen + 2 removed) = 9 leave; three sevenths of 7 move up.
    assert found == pytest.approx(bands(b0=4, b1=3, b13=1))


@given(st.lists(amounts, min_size=BANDS, max_size=BANDS), st.integers(0, 6), st.integers(-5, 5), st.integers(0, 5))
def test_ageing_loses_nobody_but_those_who_leave(opening, days, added, served):
    found = age_by_days(row(*opening), days, np.array([float(added)]), np.array([float(served)]))
    assert (found >= 0).all()
    assert found.sum() == pytest.approx(max(sum(opening) + max(added, 0) * days - (served + max(-added, 0)) * days, 0))


def response(tiny, weeks):
    """The list response of a tiny network."""
    return prepare(tiny.dataset(), base("as it is", weeks)).response


def test_without_a_change_a_list_follows_todays_rota():
    # P: 12 wait over thirteen weeks, ten join and four are seen a week. Q: two wait, five join, eight could be seen.
    rota = {("p1", "room", "core"): 1, ("q1", "room", "core"): 2}
    rows = response(two_trusts(rota=rota), 3).rows.set_index(["organisation", "week"])
    columns = ["additions", "served", "removed", "waiting", "under_six", "in_turn"]
    assert rows.loc["P", columns].to_numpy() == pytest.approx(np.array([[10, 4, 0, 18, 10, 8], [10, 4, 0, 24, 20, 4], [10, 4, 0, 30, 30, 0]]))
    assert rows.loc["Q", columns].to_numpy() == pytest.approx(np.array([[5, 7, 0, 0, 7, 0], [5, 5, 0, 0, 12, 0], [5, 5, 0, 0, 17, 0]]))


def test_removals_are_counted_after_those_seen():
    tiny = two_trusts(
        rota={("p1", "room", "core"): 1, ("q1", "room", "core"): 1},
        streams={("P", "x"): Stream([0.0] * 13 + [20.0], seen=43, joined=-12), ("Q", "x"): Stream([1.0], seen=43)},
    )
    rows = response(tiny, 3).rows.query("organisation == 'P'")
    # Three a week leave without being seen; in the third week six are left: four seen, two of the three removed.
    assert rows["waiting"].tolist() == pytest.approx([13, 6, 0])
    assert rows["removed"].tolist() == pytest.approx([3, 3, 3])  # most that may be counted on
    assert rows["served"].tolist() == pytest.approx([4, 4, 4])


def seen_at_p(weeks, patients):
    """So many patients a week seen from P's list, and nobody elsewhere."""
    index = pd.MultiIndex.from_tuples([("P", "x", "all")], names=["organisation", "test", "priority"])
    return pd.DataFrame([[float(patients)] * len(weeks)], index=index, columns=weeks)


def test_the_list_is_aged_from_the_day_it_was_counted_to_the_first_monday():
    # January 2026 ends on a Saturday, so one Sunday passes: a seventh of a week.
    dataset = with_history(two_trusts().dataset(), month("2025-12-01", b0=70), month("2026-01-01", seen=42, b0=70, b6=7, b13=49))
    weeks = mondays(pd.Timestamp("2026-02-02"), 2)
    demand = weekly_demand(dataset, dataset.assumptions, weeks)
    found, _ = list_response(dataset.waiting_list, demand, seen_at_p(weeks, 14))
    joined = 98 / 21 * 5 / 7  # 42 seen and 56 more on the list, on 21 working days
    opening = found.opening.query("organisation == 'P'").set_index("weeks_waited")["patients"]
    wanted = bands(b0=60 + joined, b1=10, b6=6, b7=1, b13=49 - 2)
    assert opening.to_numpy() == pytest.approx(wanted[0])
    assert found.order == IN_TURN


def test_a_list_without_demand_or_service_only_ages():
    dataset = with_history(two_trusts().dataset(), month("2025-11-01", b5=8))
    weeks = mondays(FIRST_MONDAY, 2)
    found, _ = list_response(dataset.waiting_list, weekly_demand(dataset, dataset.assumptions, weeks), seen_at_p(weeks, 0))
    rows = found.rows.query("organisation == 'P'")
    assert rows["waiting"].tolist() == [8, 8]
    assert rows["over_six"].tolist() == [8, 8]
