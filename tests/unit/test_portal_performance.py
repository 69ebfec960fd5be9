"""Performance as the page sees it: figures by hand, doubtful months left out, exceptions, words, provisional months, priorities, who sent what."""

import numpy as np
import pandas as pd
import pytest

from data.activity import ACTIVITY, WAITING, Activity
from data.assumptions import ASSUMPTIONS
from data.checks.history_rules import MISSING, SWAPPED
from data.intake import from_parts
from data.intake_local import take_in_lists, take_in_provisional
from data.small_numbers import HIDDEN
from data.sources import provisional
from data.sources.mapping import ColumnMapping
from data.store import SINGLE_USER, Scope
from forecasting.signals import CONCERN, Settings
from portal import lists_ahead, performance, performance_ahead, performance_lists, performance_returns, priorities_ahead, services
from portal import performance_words as words
from portal.charts import priorities as drawn_classes
from portal.performance import Rebase
from tests.networks import extracts
from tests.networks.small import frame, small_parts

PLAIN = Settings()
MONTHS = pd.date_range("2024-07-01", periods=24, freq="MS")


def row(organisation, period, *, over=2.0, waiting=100.0, listed=200.0, planned=10.0, unscheduled=40.0, test="ct"):
    """A month: `waiting` patients of whom `over` have waited six weeks, all in two bands."""
    bands = dict.fromkeys(WAITING, 0.0) | {"waiting_2": waiting - over, "waiting_7": over}
    return {"organisation": organisation, "test": test, "period": period, "done_waiting_list": listed, "done_planned": planned,
            "done_unscheduled": unscheduled, **bands}  # fmt: skip


def history(**changes):
    """Two years of two organisations; a change is a month of one of them (`AAA_3`), None to leave it out."""
    made = []
    for organisation in ("AAA", "BBB"):
        for k, period in enumerate(MONTHS):
            # A little movement, so that no month repeats another and limits have a width.
            usual = {"over": 2.0 + k % 2, "listed": 200.0 + 7 * (k % 5), "planned": 10.0 + k % 3, "waiting": 100.0 + k % 4}
            usual |= {"unscheduled": 40.0 + 2 * (k % 4)}
            change = changes.get(f"{organisation}_{k}", {})
            if change is not None:
                made.append(row(organisation, period, **usual | change))
    return made


def dataset(rows):
    parts = small_parts()
    return from_parts(parts, file="small").changed(activity=Activity({"activity": frame(ACTIVITY, rows)}))


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A portal's store: call it with a dataset, or rows of one, to get its id."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SIXWEEKS_HOME", str(tmp_path_factory.mktemp("home")))
        patch.delenv("SIXWEEKS_DATABASE_URL", raising=False)
        store = services.store()
        yield lambda what: store.save_dataset(SINGLE_USER, what if hasattr(what, "network") else dataset(what), name="small").id
        store.close()


def test_figures_of_every_measure_are_those_of_the_return(kept):
    known = performance.monthly(SINGLE_USER, kept(history(AAA_1={"over": 20.0, "waiting": 80.0, "listed": 190.0})))
    at = known.position("AAA", "ct")
    assert known.raw("over_six")[at, :2] == pytest.approx([2 / 100, 20 / 80])
    assert known.raw("over_thirteen")[at, 0] == 0
    assert known.raw("waiting")[at, :2].tolist() == [100, 80]
    # July and August 2024 have 23 and 21 working days (one bank holiday); 190 seen and 20 fewer waiting are 170 additions.
    assert known.working_days[:2].tolist() == [23, 21]
    assert known.raw("activity")[at, 0] == pytest.approx((200 + 10 + 40) / 23)
    assert np.isnan(known.raw("additions")[at, 0])
    assert known.raw("additions")[at, 1] == pytest.approx(170 / 21)


def test_a_swapped_month_is_named_and_left_out_of_what_it_touches_only(kept):
    known = performance.monthly(SINGLE_USER, kept(history(AAA_10={"listed": 10.0, "planned": 214.0})))
    at = known.position("AAA", "ct")
    assert [(c.rule, c.period) for c in known.said_of(at)] == [(SWAPPED, MONTHS[10])]
    assert np.isnan(known.values("additions")[at, 10])
    assert not np.isnan(known.values("additions")[at, 9:12:2]).any()
    assert not np.isnan(known.values("over_six")[at]).any()
    assert known.values("activity")[at, 10] == known.raw("activity")[at, 10]
    assert known.said_of(known.position("BBB", "ct")) == []


def test_a_missing_month_is_a_gap_in_every_measure_and_so_are_the_additions_after_it(kept):
    known = performance.monthly(SINGLE_USER, kept(history(AAA_10=None)))
    at = known.position("AAA", "ct")
    assert [c.rule for c in known.said_of(at)] == [MISSING]
    for measure in performance.MEASURES:
        assert np.isnan(known.values(measure)[at, 10]), measure
    assert np.isnan(known.values("additions")[at, 11])
    assert not np.isnan(known.values("over_six")[at, 11])


def test_a_jump_is_marked_and_still_counts(kept):
    known = performance.monthly(SINGLE_USER, kept(history(AAA_12={"waiting": 900.0})))
    at = known.position("AAA", "ct")
    assert known.marked["list"][at, 12]
    assert known.values("waiting")[at, 12] == 900


def test_lists_over_the_target_or_out_of_their_past_come_first(kept):
    changes = {f"AAA_{k}": {"over": 12.0} for k in (22, 23)}
    rows = performance.standing(SINGLE_USER, kept(history(**changes)), PLAIN, ())
    assert rows["organisation"].tolist() == ["AAA", "BBB"]
    first, second = rows.iloc[0], rows.iloc[1]
    assert (first["over_six"], first["target"], first["waiting"]) == (pytest.approx(12 / 103), 0.05, 103)
    assert first["excess"] == pytest.approx(12 - 0.05 * 103)
    assert (first["state"], bool(first["high"]), bool(first["exception"])) == (CONCERN, True, True)
    assert (bool(second["within"]), bool(second["exception"])) == (True, False)
    assert performance.worst(rows, performance.monthly(SINGLE_USER, kept(history(**changes)))) == ("AAA", "ct")


def test_a_list_whose_newest_return_is_missing_is_an_exception_and_shows_its_last_figure(kept):
    rows = performance.standing(SINGLE_USER, kept(history(AAA_23=None)), PLAIN, ()).set_index("organisation")
    assert rows.loc["AAA", "late"]
    assert rows.loc["AAA", "exception"]
    assert rows.loc["AAA", "period"] == MONTHS[22]
    network = small_parts().network
    assert words.unsound(rows.reset_index(), network, MONTHS[23]) == "No sound figure of June 2026 for CT at Alpha."
    assert words.unsound(rows.reset_index().query("organisation == 'BBB'"), network, MONTHS[23]) == ""


def test_a_list_that_has_ended_is_no_list(kept):
    ended = {f"AAA_{k}": {"over": 0.0, "waiting": 0.0} for k in range(6, 24)}
    rows = performance.standing(SINGLE_USER, kept(history(**ended)), PLAIN, ())
    assert rows["organisation"].tolist() == ["BBB"]


def test_a_rebase_gives_one_list_and_measure_new_limits_and_no_other(kept):
    dataset_id = kept(history(**{f"AAA_{k}": {"over": 30.0 + k % 2} for k in range(12, 24)}))
    rebased = (Rebase("AAA", "ct", "over_six", "2025-07"),)
    before, after = (performance.judged(SINGLE_USER, dataset_id, "over_six", PLAIN, r) for r in ((), rebased))
    at = performance.monthly(SINGLE_USER, dataset_id).position("AAA", "ct")
    assert after.phase[at].tolist() == [0] * 12 + [1] * 12
    assert before.mean[at, -1] != pytest.approx(after.mean[at, -1])
    assert not after.special[at].any()
    assert (after.phase[1 - at] == 0).all()
    waiting = performance.judged(SINGLE_USER, dataset_id, "waiting", PLAIN, rebased)
    assert (waiting.phase == 0).all()


def test_the_answer_says_who_meets_the_target_and_what_changed(kept):
    dataset_id = kept(history(AAA_22={"over": 2.0, "waiting": 100.0}, AAA_23={"over": 10.0, "waiting": 100.0},
                              BBB_22={"over": 3.0, "waiting": 100.0}, BBB_23={"over": 3.0, "waiting": 100.0}))  # fmt: skip
    network = services.dataset(SINGLE_USER, dataset_id).network
    rows = performance.standing(SINGLE_USER, dataset_id, PLAIN, ())
    assert words.met(rows, network) == "Within the target: Alpha none; Beta all tests."
    assert words.since(rows, network, MONTHS[22]) == (
        "Since May 2026 the share over six weeks rose by 4.0 points to 6.5%; CT at Alpha went over it."
    )  # fmt: skip
    assert words.signalled(rows, network) == "Out of their own past by more than chance: for the worse CT at Alpha."


def provisional_rows(*lines):
    bands = ",".join(f"{k:02d} <{k + 1:02d} weeks" for k in range(13)) + ",13+ weeks"
    text = f"Trust,Test,Date,Waiting List Activity,Planned Activity,Unscheduled Activity,{bands}\n" + "\n".join(lines) + "\n"
    reading = provisional.read(text.encode(), "own.csv")
    assert not reading.findings.refusals
    return reading


def with_provisional(*lines):
    made, _ = take_in_provisional(dataset(history()), [provisional_rows(*lines)], ColumnMapping("provisional"))
    return made


def test_a_provisional_month_is_its_newest_return_and_never_enters_a_series(kept):
    bands = "60,0,0,0,0,0,0,40,0,0,0,0,0,0"
    made = with_provisional(f"AAA,CT,12/07/2026,100,5,20,{'1,' * 13}1", f"AAA,CT,19/07/2026,120,6,24,{bands}")
    dataset_id = kept(made)
    rows = performance_lists.provisional(SINGLE_USER, dataset_id, "AAA", "ct")
    assert rows["date"].tolist() == [pd.Timestamp("2026-07-19")]
    assert rows["over_six"].tolist() == [0.4]
    # 1 to 19 July 2026 have 13 working days.
    assert rows["activity"].tolist() == [pytest.approx(150 / 13)]
    assert rows["published"].tolist() == [False]
    assert performance.monthly(SINGLE_USER, dataset_id).periods[-1] == MONTHS[-1]
    assert performance_lists.provisional(SINGLE_USER, dataset_id, "BBB", "ct").empty


def test_a_provisional_return_without_a_band_has_no_share(kept):
    rows = performance_lists.provisional(SINGLE_USER, kept(with_provisional(f"AAA,CT,19/07/2026,120,6,24,{'1,' * 12}*,1")), "AAA", "ct")
    assert rows["over_six"].isna().all()
    assert rows["waiting"].isna().all()


def with_lists():
    patients = [extracts.patient(Diagnostic_Clock_Start_Date=f"{day:02d}/05/2026", Booked_Date="06/07/2026") for day in range(1, 13)]
    patients += [extracts.patient(Diagnostic_Priority_Code="D4") for _ in range(3)]
    made, _ = take_in_lists(dataset(history()), [extracts.read(*patients)], ColumnMapping("waiting_list"))
    return made


def test_a_list_by_priority_is_shown_whole_to_its_own_organisation_and_guarded_to_the_network(kept):
    dataset_id = kept(with_lists())
    own = performance_lists.by_priority(Scope("Ann", "AAA", "planner"), dataset_id, "AAA", "ct")
    every = performance_lists.by_priority(SINGLE_USER, dataset_id, "AAA", "ct")
    assert (own.guarded, every.guarded) == (False, True)
    assert own.booked["waiting"].tolist() == [12, 3]
    assert every.booked["waiting"].tolist() == [10, 5]
    assert (own.waiting, every.waiting) == (15, 15)
    # D2 may wait four weeks: 47 to 58 days are over it, whichever is meant by the class; D4 after ten days is not.
    assert own.booked["over"].tolist() == [12, 0]
    assert own.booked[["yes", "no"]].to_numpy().tolist() == [[12, 0], [0, 3]]
    assert HIDDEN not in every.bands.to_string()


def test_a_list_without_an_extract_has_no_priorities_and_another_trust_sees_none(kept):
    dataset_id = kept(with_lists())
    assert performance_lists.by_priority(SINGLE_USER, dataset_id, "BBB", "ct") is None
    assert performance_lists.by_priority(Scope("Bob", "BBB", "planner"), dataset_id, "AAA", "ct") is None
    assert priorities_ahead.ahead(SINGLE_USER, dataset_id, "BBB", "ct") is None
    assert priorities_ahead.ahead(Scope("Bob", "BBB", "planner"), dataset_id, "AAA", "ct") is None


def test_classes_move_with_their_list_in_the_weeks_ahead(kept):
    dataset_id = kept(with_lists())
    own = priorities_ahead.ahead(Scope("Ann", "AAA", "planner"), dataset_id, "AAA", "ct")
    assert own.rows["waiting"].tolist() == [12, 3]
    assert own.first > own.date
    unchanged = lists_ahead.lists(SINGLE_USER, dataset_id, "base")
    here, weeks = unchanged.of("AAA", "ct"), unchanged.weeks > own.date
    net = (unchanged.demand - unchanged.seen)[here][0, weeks]
    assert own.coverage == pytest.approx(15 / unchanged.rows.loc[here, "waiting"].iloc[0])
    for week in priorities_ahead.AHEAD:
        assert own.rows[f"waiting_{week}"].sum() == pytest.approx(max(15 + own.coverage * net[:week].sum(), 0), abs=4)
        assert (own.rows[f"over_six_{week}"] <= own.rows[f"waiting_{week}"]).all()
    every = priorities_ahead.ahead(SINGLE_USER, dataset_id, "AAA", "ct")
    assert every.guarded
    assert every.rows["waiting"].tolist() == [10, 5]
    shown = drawn_classes.ahead("CT at <b>", every, "classes")
    assert [t.name for t in shown.figure.data] == every.rows["priority"].tolist()
    assert shown.table.columns[0] == "Priority"
    assert "additions and slots are taken in that proportion" in shown.subtitle


def test_examinations_against_the_same_month_of_a_base_year(kept):
    dataset_id = kept(history(AAA_12={"listed": 400.0, "planned": 20.0}))
    known = performance.monthly(SINGLE_USER, dataset_id)
    assert list(performance_lists.bases(known))[:2] == ["2025", "2024-07"]
    raw = performance_lists.against_base(SINGLE_USER, dataset_id, "AAA", "ct", "waiting_list", "2025", False).set_index("period")
    assert raw.loc["2026-04-01", "ratio"] == pytest.approx((200 + 7 * (21 % 5)) / (200 + 7 * (9 % 5)))
    assert raw.loc["2025-06-01":"2026-03-01", "ratio"].isna().all()


def test_examinations_against_one_month_with_and_without_working_days(kept):
    dataset_id = kept(history())
    ask = ("AAA", "ct", "", "2024-07")
    raw, daily = (performance_lists.against_base(SINGLE_USER, dataset_id, *ask, per_day).set_index("period") for per_day in (False, True))
    assert raw.loc["2024-08-01", "ratio"] == pytest.approx(260 / 250)
    assert daily.loc["2024-08-01", "ratio"] == pytest.approx(260 / 21 / (250 / 23))
    both = performance_lists.against_base(SINGLE_USER, dataset_id, "", *ask[1:], False).set_index("period")
    assert both.loc["2024-08-01", "done"] == pytest.approx(2 * 260)


def test_a_list_within_the_target_that_is_expected_over_it_is_named_with_its_month(kept):
    # Nobody is seen any more in the last months: the list grows old.
    silting = {f"AAA_{k}": {"over": 1.0 + (k - 19) ** 2 / 8, "waiting": 60.0 + 40 * (k - 19), "listed": 5.0 + k % 3} for k in range(20, 24)}
    dataset_id = kept(history(**silting))
    rows = performance_ahead.breaches(SINGLE_USER, dataset_id, 26)
    assert set(rows["organisation"]) >= {"AAA"}
    first = rows.iloc[0]
    assert (first["organisation"], first["kind"]) == ("AAA", performance_ahead.EXPECTED)
    assert first["now"] <= first["target"] < first["share"]
    assert first["weeks"] == pytest.approx((first["when"] - pd.Timestamp("2026-06-30")).days / 7)
    assert (performance_ahead.breaches(SINGLE_USER, dataset_id, 5)["weeks"] <= 5.5).all()


def test_a_list_for_which_it_is_only_possible_is_named_within_thirteen_weeks_and_not_beyond(kept):
    dataset_id = kept(history())
    near, far = (performance_ahead.breaches(SINGLE_USER, dataset_id, weeks) for weeks in (13, 26))
    assert performance_ahead.POSSIBLE in set(near["kind"])
    assert set(far["kind"]) <= {performance_ahead.EXPECTED}


def test_the_weeks_ahead_are_judged_by_the_target_of_their_own_date(kept):
    held = dataset(history())
    falls = [{"name": "target_share", "value": 0.5}, {"name": "target_share", "value": 0.001, "from_week": "2026-08-01"}]
    stepped = held.changed(assumptions=held.assumptions.with_rows(frame(ASSUMPTIONS, falls)))
    rows = performance_ahead.breaches(SINGLE_USER, kept(stepped), 26)
    # Within a half today; from August on nobody may wait, and the first month end after that is named.
    assert set(rows["organisation"]) == {"AAA", "BBB"}
    assert set(rows["target"]) == {0.001}
    assert set(rows["when"]) == {pd.Timestamp("2026-08-31")}


def test_without_two_months_nothing_is_projected(kept):
    rows = [row("AAA", MONTHS[0]), row("BBB", MONTHS[0])]
    assert performance_ahead.breaches(SINGLE_USER, kept(rows), 13).empty


def test_who_has_sent_what_is_said_beside_the_newest_of_its_kind(kept):
    dataset_id = kept(history(AAA_10=None, BBB_23=None))
    table, behind = performance_returns.sent_table(SINGLE_USER, dataset_id)
    assert table["Published monthly return"].tolist() == ["June 2026, 1 month missing before", "May 2026, 1 month behind"]
    assert behind == 2


def test_extracts_of_others_are_not_told_to_a_trust(kept):
    dataset_id = kept(with_provisional(f"AAA,CT,19/07/2026,120,6,24,{'1,' * 13}1"))
    table, _ = performance_returns.sent_table(SINGLE_USER, dataset_id)
    assert table["Provisional return"].tolist() == ["19 July 2026", "nothing sent"]
    assert "Provisional return" not in performance_returns.sent_table(Scope("Bob", "BBB", "planner"), dataset_id)[0]


@pytest.mark.parametrize(
    ("today", "said"),
    [
        ("2026-06-20", ""),
        ("2026-08-13", ""),
        ("2026-08-15", ""),
        ("2026-09-15", "July 2026: 1 monthly return is not loaded"),
        ("2026-11-22", "July 2026 to September 2026: 3 monthly returns are not loaded"),
    ],
)
def test_months_that_should_be_published_by_now_are_overdue(today, said):
    assert performance_returns.overdue(MONTHS[-1], pd.Timestamp(today)).startswith(said)
    assert bool(said) == bool(performance_returns.overdue(MONTHS[-1], pd.Timestamp(today)))
