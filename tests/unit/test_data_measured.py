"""Measured assumptions: figures counted by hand, their intervals, what is offered and what accepting makes of it."""

import math

import pandas as pd
import pytest

from data.assumptions import ASSUMPTIONS, Assumptions
from data.intervals import Z, mean, ratio, share
from data.measured import FEWEST, FEWEST_DAYS, accepted, confidence, for_information, measured, together
from data.measures import BY_MEASURE, MEASURES, months_words
from data.measuring import Seen, placed
from data.network import NETWORK_TABLES, Network
from data.store.imaging import PATTERNS
from tests.networks.small import frame, small_parts

TODAY = pd.Timestamp("2026-11-22")
MONTHS = {"AAA": ("2026-05", "2026-06"), "BBB": ("2026-06",)}
DAYS = pd.bdate_range("2026-05-04", periods=25)


def pattern(name, *rows):
    table = PATTERNS[name]
    return table.typed(pd.DataFrame([dict(zip(table.columns, row, strict=True)) for row in rows], columns=table.columns))


def day_of(day, n, minutes, opened, scanner="007", site="a1", test="ct"):
    """A scanner's day in planned sessions."""
    return (site, test, scanner, day, minutes, opened, 0, n)


WORK = pattern("planned", *(day_of(d, 10, 150, 200) for d in DAYS))
"""25 days at a1, each 10 examinations in 150 of 200 minutes."""

BOOKED = pattern("attendance", ("a1", "ct", 50, 0, 0, 200, 0.25, 0.0, 200))
"""A quarter of 200 appointments missed."""

IDLE = pattern("downtime", ("a1", "007", DAYS[0], DAYS[-1], 30, 0.25, 120))
ACUTE = pattern("acute", ("a1", "ct", 120, 0.4, 300))
LATE = pattern(
    "turnaround", ("a1", "ct", "request_to_scan", 20, 30, 50, 42, 0.1, 250), ("a1", "ct", "scan_to_report", 1, 2, 40, 28, 0.02, 200)
)  # fmt: skip
HOURS = pattern("by_hour", ("a1", "ct", 1, 9, 200), ("a1", "ct", 2, 14, 100))


def seen(**changed):
    frames = {"planned": WORK, "attendance": BOOKED, "downtime": IDLE, "acute": ACUTE, "turnaround": LATE, "by_hour": HOURS}
    return Seen(**{**frames, **changed}, months=MONTHS)


def figures(held=None, parts=None, **changed):
    """Measured rows of the small network, by measure."""
    parts = parts or small_parts()
    rows = measured(parts.network, held or parts.assumptions, seen(**changed))
    return {r.measure: r for r in rows.itertuples()}


def test_a_share_and_its_interval_are_those_of_the_textbook():
    # Wilson for 10 of 100.
    assert share(10, 100) == pytest.approx((0.1, 0.0552, 0.1744), abs=1e-4)
    assert share(0, 50)[:2] == (0, 0)
    assert share(50, 50)[2] == 1
    assert all(math.isnan(v) for v in share(0, 0))


def test_the_interval_of_a_ratio_comes_from_how_clusters_differ():
    # Two days: 1 of 2 and 3 of 2. The ratio is 1, the residuals -1 and 1, the standard error sqrt(2 * 2) / 4.
    assert ratio([1, 3], [2, 2]) == pytest.approx((1, 1 - Z / 2, 1 + Z / 2))
    assert ratio([3, 3], [2, 2]) == pytest.approx((1.5, 1.5, 1.5))
    assert mean([1.0, 3.0]) == pytest.approx((2, 2 - Z, 2 + Z))
    assert [math.isnan(v) for v in ratio([1], [2])] == [False, True, True]


def test_the_factors_of_throughput_are_as_counted_by_hand():
    found = figures()
    assert found["scans_per_hour"].value == pytest.approx(60 * 10 / 150)
    assert found["dna_rate"].value == 0.25
    # 150 minutes scanned and a third more missed at the same length: all 200.
    assert found["utilisation"].value == pytest.approx(1.0)
    assert (found["scans_per_hour"].n, found["scans_per_hour"].days, found["dna_rate"].n) == (250, 25, 200)
    assert found["scans_per_hour"].months == "May to June 2026"


def test_their_product_is_what_was_done_in_an_open_hour():
    found = figures()
    product = found["scans_per_hour"].value * found["utilisation"].value * (1 - found["dna_rate"].value)
    assert product == pytest.approx(250 / (25 * 200 / 60))


def test_where_examinations_overlap_utilisation_stays_at_one_and_the_product_is_kept():
    found = figures(planned=pattern("planned", *(day_of(d, 10, 300, 200) for d in DAYS)))
    assert found["utilisation"].value == found["utilisation"].high == 1
    assert found["scans_per_hour"].value * (1 - 0.25) == pytest.approx(10 / (200 / 60))


def test_work_of_an_unknown_scanner_goes_to_the_only_kind_that_does_the_test_there():
    network = small_parts().network
    rows = pattern(
        "planned", day_of(DAYS[0], 1, 10, 10, "borrowed"), day_of(DAYS[0], 1, 10, 10, site="elsewhere"), day_of(DAYS[0], 1, 10, 10, test="be")
    )
    assert placed(rows, network)[["site", "scanner_id", "asset_type", "organisation"]].to_numpy().tolist() == [["a1", "borrowed", "scanner", "AAA"]]


def two_tests():
    """The small network, whose scanners do both tests."""
    parts = small_parts()
    able = frame(next(t for t in NETWORK_TABLES if t.name == "capabilities"),
                 [{"asset_type": "scanner", "test": "ct"}, {"asset_type": "scanner", "test": "be"}])  # fmt: skip
    return parts.network.changed(capabilities=able), parts.assumptions


def test_minutes_of_a_scanner_of_two_tests_are_those_its_sessions_were_open():
    network, held = two_tests()
    days = [day_of(d, 6, 60, 100, test=t) if t == "ct" else day_of(d, 1, 30, 50, test=t) for d in DAYS for t in ("ct", "be")]
    rows = measured(network, held, seen(planned=pattern("planned", *days)))
    value = {(r.measure, r.test): r.value for r in rows.itertuples()}
    attended = value["utilisation", ""] * (1 - value["dna_rate", ""])
    needed = sum(n / value["scans_per_hour", test] for test, n in (("ct", 150), ("be", 25)))
    assert attended * 25 * 150 / 60 == pytest.approx(needed)
    assert (value["scans_per_hour", "ct"], value["scans_per_hour", "be"]) == pytest.approx((6, 2))


def test_openings_used_and_acute_work_outside_are_as_counted_by_hand():
    found = figures(planned=pattern("planned", *((*day_of(d, 10, 150, 200)[:6], 1, 10) for d in DAYS)))
    assert (found["session_share"].value, found["session_share"].n, found["session_share"].session_type) == (0.75, 120, "core")
    # 25 of 120 emergencies and inpatients were begun in planned sessions.
    assert (found["unscheduled_outside"].value, found["unscheduled_outside"].n) == (pytest.approx(95 / 120), 120)


def test_a_figure_stands_beside_the_most_specific_value_in_force_and_who_says_so():
    rows = frame(ASSUMPTIONS, [
        {"name": "dna_rate", "value": 0.1, "reason": "Everywhere", "owner": "Nobody"},
        {"name": "dna_rate", "value": 0.2, "site": "a1", "reason": "Counted", "owner": "Ann", "source": "A list"},
    ])  # fmt: skip
    found = figures(Assumptions({"assumptions": rows}))
    row = found["dna_rate"]
    assert (row.in_force, row.in_force_reason, row.in_force_owner, row.in_force_source) == (0.2, "Counted", "Ann", "A list")
    assert not row.beyond_chance
    assert figures(Assumptions({"assumptions": rows[:1]}))["dna_rate"].beyond_chance
    assert found["utilisation"].in_force == 0.87
    assert found["utilisation"].in_force_reason.startswith("Built-in default")


@pytest.mark.parametrize(("name", "changed", "why"), [
    ("dna_rate", {"attendance": pattern("attendance", ("a1", "ct", 9, 0, 0, FEWEST - 1, 9 / 99, 0, 99))}, "Fewer than 100 appointments"),
    ("utilisation", {"planned": WORK[: FEWEST_DAYS - 1]}, "Fewer than 20 days of scanners"),
    ("scans_per_hour", {"planned": pattern("planned", *(day_of(d, 10, 9, 200) for d in DAYS))}, "Outside 0.1 to 60, what this assumption may be"),
    ("session_share", {"downtime": pattern("downtime", ("a1", "007", DAYS[0], DAYS[-1], 0, 0.0, 120))}, "In force already"),
])  # fmt: skip
def test_a_figure_that_cannot_be_relied_on_is_shown_and_not_offered_with_the_reason(name, changed, why):
    row = figures(**changed)[name]
    assert (row.offered, row.why_not) == (False, why)
    assert figures()[name].offered


def test_a_closure_with_dates_is_not_overruled():
    closed = frame(ASSUMPTIONS, [{"name": "session_share", "value": 0.0, "site": "a1", "from_week": "2026-12-21", "to_week": "2026-12-28"}])
    row = figures(Assumptions({"assumptions": closed}))["session_share"]
    assert (row.in_force, row.offered) == (1.0, False)
    assert row.why_not.startswith("Rows with dates hold here")


def test_utilisation_and_length_are_not_offered_without_the_rate_they_rest_on():
    found = figures(attendance=pattern("attendance", ("a1", "ct", 9, 0, 0, 99, 9 / 99, 0, 99)))
    assert not found["utilisation"].offered
    assert found["scans_per_hour"].why_not.startswith("Goes together with")


def test_ticking_one_factor_takes_the_others_of_its_place_and_non_attendance_stands_alone():
    parts = small_parts()
    rows = measured(parts.network, parts.assumptions, seen())
    label = {r.measure: r.Index for r in rows.itertuples()}
    factors = [label[m] for m in ("scans_per_hour", "utilisation", "dna_rate")]
    assert together(rows, [label["utilisation"]]) == together(rows, [label["scans_per_hour"]]) == sorted(factors)
    assert together(rows, [label["dna_rate"]]) == [label["dna_rate"]]
    assert together(rows, [label["session_share"], label["utilisation"]]) == sorted([*factors, label["session_share"]])
    assert together(rows, []) == []


def test_accepted_figures_are_in_force_with_reason_source_owner_and_date():
    parts = small_parts()
    rows = measured(parts.network, parts.assumptions, seen())
    made = accepted(rows[rows["offered"]], owner="Ann", on=TODAY)
    held = parts.assumptions.with_rows(made)
    assert held.check_against(parts.network) == ()
    row = made[made["name"] == "scans_per_hour"].iloc[0]
    assert (row["organisation"], row["site"], row["test"], row["asset_type"]) == ("", "a1", "ct", "scanner")
    assert row["reason"] == "Measured from the imaging extract, May to June 2026, 250 examinations; 95% interval 4 to 4."
    assert (row["source"], row["basis"], row["owner"], row["confidence"]) == ("Imaging extract, May to June 2026", "derived", "Ann", "high")
    assert row["dated"] == TODAY
    again = measured(parts.network, held, seen())
    assert set(again[again["measure"].isin(made["name"])]["why_not"]) == {"In force already"}


def test_a_reason_counts_patients_as_they_may_be_shown():
    parts = small_parts()
    rows = measured(parts.network, parts.assumptions, seen(attendance=pattern("attendance", ("a1", "ct", 51, 0, 0, 203, 51 / 203, 0, 203))))
    made = accepted(rows[rows["measure"] == "dna_rate"], owner="Ann", on=TODAY)
    assert "205 appointments" in made["reason"].iloc[0]
    assert "203" not in made["reason"].iloc[0]


def test_confidence_follows_the_width_of_the_interval():
    def sure(half):
        return confidence(pd.Series({"value": 1.0, "low": 1 - half, "high": 1 + half}))

    assert [sure(half) for half in (0.05, 0.2, 0.3)] == ["high", "medium", "low"]


def test_what_is_no_assumption_stands_beside_what_the_model_has_and_is_not_offered():
    parts = small_parts()
    beside = {"acute_share": {("AAA", "ct"): 0.3}, "hours_run": {("a1", "scanner"): 36.0}}
    rows = for_information(parts.network, seen(), beside, {"acute_share": "Return", "hours_run": "Rota"})
    assert not rows["offered"].any()
    found = {r.measure: r for r in rows.itertuples()}
    assert (found["acute_share"].value, found["acute_share"].in_force, found["acute_share"].in_force_source) == (0.4, 0.3, "Return")
    assert found["acute_share"].beyond_chance
    assert (found["late_scan"].value, found["late_report"].value) == pytest.approx((0.1, 0.02))
    assert math.isnan(found["late_scan"].in_force)
    # Whole weeks of May and June 2026 begin on 4 May and end on 28 June: eight. 25 days of 200 minutes in five of them.
    assert found["hours_run"].n == 8
    assert (found["hours_run"].value, found["hours_run"].in_force) == (pytest.approx(25 * 200 / 60 / 8), 36.0)


def test_nothing_is_measured_where_nothing_was_sent():
    parts = small_parts()
    nothing = Seen(**{name: PATTERNS[name].empty() for name in ("planned", "attendance", "downtime", "acute", "turnaround", "by_hour")}, months={})
    assert measured(parts.network, parts.assumptions, nothing).empty
    assert for_information(parts.network, nothing, {}, {}).empty


def test_examinations_of_places_the_network_no_longer_has_are_left_out():
    parts = small_parts()
    tables = {t.name: parts.network[t.name] for t in NETWORK_TABLES if t.name in ("network", "organisations", "sites", "tests")}
    bare = Network({**tables, "sites": tables["sites"][tables["sites"]["site"] == "b1"]})
    assert measured(bare, Assumptions({}), seen()).empty
    assert for_information(bare, seen(), {}, {}).empty


def test_months_are_written_as_people_say_them():
    assert months_words(["2026-01"]) == "January 2026"
    assert months_words(["2026-02", "2026-01"]) == "January to February 2026"
    assert months_words(["2025-12", "2026-01"]) == "December 2025 to January 2026"
    assert months_words(["2026-01", "2026-06"]) == "January to June 2026 (2 of 6 months)"
    assert months_words([]) == ""


def test_every_measure_says_what_is_counted_over_what():
    assert list(BY_MEASURE) == [m.name for m in MEASURES]
    for measure in MEASURES:
        assert all((measure.numerator, measure.denominator, measure.interval, measure.observations, measure.unit)), measure.name


@pytest.mark.parametrize(("returned", "offered"), [(300, True), (375, True), (376, False), (240, True), (239, False)])
def test_what_hangs_on_seeing_every_examination_is_offered_only_where_the_extract_holds_about_all_of_the_monthly_return(returned, offered):
    rows = figures(returned={("AAA", "ct"): float(returned)})
    assert rows["utilisation"].coverage == pytest.approx(300 / returned)
    for name in ("utilisation", "session_share", "unscheduled_outside"):
        assert rows[name].offered == offered
        assert offered or "of the examinations of the monthly return" in rows[name].why_not
    assert rows["scans_per_hour"].offered == offered, "its product with utilisation is what was measured"
    assert rows["dna_rate"].offered, "a sample of appointments is enough for a rate"


def test_without_a_monthly_return_of_the_same_months_coverage_is_not_known_and_nothing_is_withheld_for_it():
    rows = figures(returned={("BBB", "ct"): 900.0})
    assert math.isnan(rows["utilisation"].coverage)
    assert rows["utilisation"].offered
