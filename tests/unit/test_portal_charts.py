"""Figures and shown tables: what they say is what the plan holds, in words, numbers and colours everybody can read."""

import io

import pandas as pd
import pytest

from data.assumptions import ASSUMPTIONS, Assumptions
from data.dataset import SOURCES, Dataset
from data.plan import BY_TABLE, IN_TURN, Plan
from data.scenario import base
from portal import position, theme
from portal.charts import figures, flows, grids, lists, network, reporting
from portal.charts.evidence import canvas, spread
from portal.charts.tables import (
    assumption_groups,
    assumption_table,
    csv,
    declared_csv,
    place_words,
    scenario_table,
    shaded,
    shown,
    without_empty,
)
from portal.comparison import Comparison
from tests.networks.small import frame, small_parts

WEEKS = pd.date_range("2026-07-06", periods=3, freq="7D")


def rows(name, *given):
    table = BY_TABLE[name]
    return table.typed(pd.DataFrame([dict(zip(table.columns, row, strict=True)) for row in given], columns=table.columns))


@pytest.fixture(scope="module")
def net():
    return small_parts().network


@pytest.fixture(scope="module")
def plan():
    """Three weeks: Alpha misses its target, a mobile unit stays two weeks, 10 patients travel, one limit binds twice."""
    nan = float("nan")
    first, second, _ = WEEKS
    run = [("a1", "scanner", "core", w, n, 9.0, 240.0 * n, 300.0 * n) for w, n in zip(WEEKS, (9.0, 12.0, 7.0), strict=True)]
    full = [(w, b, v) for w, b, v in zip(WEEKS, (True, True, False), (50.0, 80.0, 0.0), strict=True)]
    over = [(o, w, n) for o, n in (("AAA", 20.0), ("BBB", 0.0)) for w in WEEKS]
    tables = {
        "sessions": rows("sessions", *run),
        "mobiles": rows("mobiles", *[("m1", "b1", "scanner", w, True, w == first, 600.0, 1000.0) for w in (first, second)]),
        "transfers": rows(
            "transfers", ("AAA", "BBB", "b1", "ct", "all", first, 4.0, 30.0, 60.0), ("AAA", "BBB", "b1", "ct", "all", second, 6.0, 40.0, 90.0),
        ),
        "staffing": rows(
            "staffing", ("AAA", "radiographer", first, 110.0, 100.0, 10.0, 0.0, 0.0, 0.0, 450.0),
            ("AAA", "radiographer", second, 50.0, 100.0, 0.0, 0.0, 0.0, 0.0, 0.0),
        ),
        "reporting": rows(
            "reporting",
            ("AAA", first, 6000.0, 5400.0, 300.0, 20.0, 900.0, 0.0, 900.0), ("AAA", second, 6600.0, 5400.0, 0.0, 0.0, 2100.0, 120.0, 0.0),
            ("BBB", first, 600.0, 1200.0, -300.0, 0.0, 0.0, 0.0, 0.0), ("BBB", second, 600.0, 1200.0, 0.0, 0.0, 0.0, 0.0, 0.0),
        ),
        "waiting_list": rows("waiting_list", *[(o, "ct", "all", w, 10.0, 0.0, 10.0, 100.0, nan, n, nan, n / 100) for o, w, n in over]),
        "limits": rows("limits", *[("Openings", "Scanner, Alpha General, Core", w, 10.0, 10.0, b, v, "sessions") for w, b, v in full]),
    }  # fmt: skip
    met = [
        {"organisation": o, "test": "ct", "met": o == "BBB", "worst_share": s, "worst_week": "2026-07-20", "over_target": x, "target_share": 0.05}
        for o, s, x in (("AAA", 0.2, 15.0), ("BBB", 0.0, 0.0))
    ]
    target = {
        "share": {o: {"ct": 0.05} for o in ("AAA", "BBB")},
        "from_week": 2,
        "horizon_weeks": 3,
        "measured_weeks": ["2026-07-20"],
        "month_ends": ["2026-07-27"],
    }
    return Plan(
        tables,
        {
            "status": "optimal",
            "booking_order": IN_TURN,
            "met": met,
            "target": target,
            "cost_gbp": {"sessions": 8400.0, "mobile units": 2000.0, "total": 10400.0},
        },
    )


@pytest.fixture(scope="module")
def dataset():
    parts = small_parts()
    return Dataset(parts.network, parts.activity, parts.assumptions, SOURCES.empty())


def contrast(a, b="#ffffff"):
    def luminance(colour):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    lighter, darker = sorted((luminance(a), luminance(b)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("colour", theme.CATEGORICAL[:5])
def test_a_line_stands_out_from_white(colour):
    assert contrast(colour) >= 3


@pytest.mark.parametrize("colour", [theme.TEXT, theme.SECONDARY_TEXT, theme.BLUE, theme.RED])
def test_text_stands_out_from_white(colour):
    assert contrast(colour) >= 4.5


@pytest.mark.parametrize("share", [0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0, 1.4])
def test_words_on_a_shaded_cell_can_be_read(share):
    styler = shaded(pd.DataFrame([["12% missed"]]), pd.DataFrame([[share]]))
    style = dict(part.split(": ") for part in "".join(f"{a}: {b};" for a, b in styler._compute().ctx[0, 0]).strip(";").split(";"))
    assert contrast(style["color"], style["background-color"]) >= 4.5


def test_no_figure_needs_anything_from_elsewhere(plan, net):
    drawn = [
        lists.of_plan(plan, net, "ct", "share_over_six").figure,
        grids.sessions(plan, net, "scanner", changed_only=False).figure, flows.mobiles(plan, net).figure,
        grids.staffing(plan, net, "AAA").figure, figures.costs(plan).figure, reporting.backlog(plan, net).figure,
    ]  # fmt: skip
    kinds = {trace.type for figure in drawn for trace in figure.data}
    assert kinds <= {"scatter", "bar", "heatmap"}
    assert not any("map" in name or "geo" in name for figure in drawn for name in figure.to_plotly_json()["layout"])


def test_sessions_are_drawn_as_the_change_from_todays_rota(plan, net):
    shown_sessions = grids.sessions(plan, net, "scanner", changed_only=True)
    assert shown_sessions.figure.data[0].z.tolist() == [[0.0, 3.0, -2.0]]
    assert shown_sessions.figure.data[0].text.tolist() == [["9", "12", "7"]]
    assert shown_sessions.title == "Scanner: 9 sessions a week against 9 in today's rota"
    assert "12 sessions, 9 in today's rota" in shown_sessions.figure.data[0].customdata[0][1]
    assert "Alpha General, core, 1 over the plan" in shown_sessions.alt


def test_a_row_that_runs_as_today_is_left_out_only_when_asked(plan, net):
    calm = Plan({"sessions": plan["sessions"].assign(sessions=9.0)}, plan.summary)
    assert grids.sessions(calm, net, "scanner", changed_only=True).figure is None
    assert len(grids.sessions(calm, net, "scanner", changed_only=False).figure.data[0].y) == 1


def test_the_table_of_sessions_has_a_column_for_each_week(plan, net):
    table = grids.sessions_by_week(plan, net, "scanner").data
    assert table.columns.tolist() == ["Site and session type", "6 Jul 2026", "13 Jul 2026", "20 Jul 2026"]
    assert table.iloc[0].tolist() == ["Alpha General, core", "9", "12", "7"]


def test_staffing_says_what_is_needed_beside_what_there_is(plan, net):
    drawn = grids.staffing(plan, net, "AAA")
    assert drawn.title == "Alpha: 10 hours of overtime, bank and agency over the plan"
    assert drawn.figure.data[0].z.tolist() == [[1.1, 0.5]]
    assert "1 group and week" in drawn.alt
    groups = grids.staff_groups(plan, net, "AAA").iloc[0].tolist()
    assert groups == ["Radiographers", "80", "100", "110%", "10", "0", "0", "0", "£450"]


def test_reports_say_what_waits_what_is_late_and_who_helps(plan, net):
    drawn = reporting.backlog(plan, net)
    assert drawn.title == "Alpha: up to 2 hours of reports are late"
    assert [trace.y.tolist() for trace in drawn.figure.data] == [[15, 35], [0, 0]]
    assert drawn.alt == "Alpha: up to 2 hours of reports are late. At the end: Alpha 35 hours; Beta 0 hours."
    assert reporting.by_trust(plan, net).to_numpy().tolist() == [
        ["Alpha", "105", "90", "5", "0", "20", "2", "£900"], ["Beta", "10", "20", "0", "5", "0", "0", "£0"],
    ]  # fmt: skip
    calm = Plan({"reporting": plan["reporting"].assign(late_over_4_weeks=0.0)}, plan.summary)
    assert reporting.backlog(calm, net).title == "No report waits more than four weeks"


def test_a_mobile_units_stay_is_one_bar_of_its_weeks(plan, net):
    stays = flows.stays(plan)
    assert stays[["mobile", "site", "weeks"]].values.tolist() == [["m1", "b1", 2]]
    assert stays["end"].iloc[0] - stays["start"].iloc[0] == pd.Timedelta(weeks=2)
    drawn = flows.mobiles(plan, net)
    assert drawn.title == "1 mobile unit of 1 in use, 2 unit weeks"
    assert [bar.type for bar in drawn.figure.data] == ["bar"]
    assert drawn.table["To"].tolist() == ["19 July 2026"]


def test_a_mobile_unit_that_comes_back_has_two_stays(plan):
    gone = plan["mobiles"].assign(week=[WEEKS[0], WEEKS[2]])
    assert flows.stays(Plan({"mobiles": gone}, plan.summary))["weeks"].tolist() == [1, 1]


def test_a_mobile_unit_without_a_stay_is_said_to_be_unused(plan, net):
    drawn = flows.mobiles(Plan({"waiting_list": plan["waiting_list"]}, plan.summary), net)
    assert drawn.title == "0 mobile units of 1 in use, 0 unit weeks"
    assert [a.text for a in drawn.figure.layout.annotations] == ["not used in this plan"]


def test_who_helps_whom_adds_up_the_weeks(plan, net):
    matrix = flows.aid_matrix(plan, net, "").data
    assert matrix.loc["From Alpha", "to Beta"] == "10"
    assert matrix.loc["From Beta", "to Alpha"] == "none"
    assert matrix.loc["From Alpha", "to Alpha"] == "own"
    route = flows.aid_routes(plan, net).iloc[0]
    assert (route["Patients over the plan"], route["In weeks"], route["Minutes by road (mean)"], route["Cost (£)"]) == (10, 2, 36, 150)
    assert flows.aid_matrix(Plan({}, plan.summary), net, "") is None


def test_a_limit_is_one_row_with_its_weeks_and_its_highest_value(plan):
    table = figures.binding_limits(plan)
    assert len(table) == 1
    assert table.iloc[0][["Binds in (weeks)", "One more: up to (£)", "First week of", "Last week of"]].tolist() == [
        2,
        80,
        "6 July 2026",
        "13 July 2026",
    ]


def test_costs_name_the_largest_kind_and_add_up(plan):
    drawn = figures.costs(plan)
    assert drawn.title == "£10,000 over 3 weeks, most of it sessions"
    assert drawn.table["Cost over the plan (£)"].tolist() == [8400, 2000, 10400]
    assert drawn.table["Share (%)"].tolist() == [80.8, 19.2, 100.0]


def test_lists_of_a_plan_are_lines_with_the_target_from_its_first_week(plan, net):
    drawn = lists.of_plan(plan, net, "ct", "share_over_six")
    assert {line.name: line.y.tolist() for line in drawn.figure.data} == {"Alpha": [0.2] * 3, "Beta": [0.0] * 3}
    assert len({line.line.dash for line in drawn.figure.data}) == 2
    assert drawn.title == "CT: the target is missed on 1 of 2 lists"
    assert "lower bound" in drawn.subtitle
    assert "Alpha 20.0%; Beta 0.0%" in drawn.alt
    target = drawn.figure.layout.shapes[0]
    assert (target.y0, str(target.x0)[:10]) == (0.05, "2026-07-20")
    assert not lists.of_plan(plan, net, "ct", "waiting").figure.layout.shapes


def test_a_target_in_steps_is_drawn_step_by_step(plan, net):
    steps = [["2026-07-06", 0.2], ["2026-07-13", 0.1]]
    target = plan.summary["target"] | {"steps": {o: {"ct": steps} for o in ("AAA", "BBB")}}
    drawn = lists.of_plan(Plan(plan.tables, dict(plan.summary) | {"target": target}), net, "ct", "share_over_six")
    shapes = [(s.y0, str(s.x0)[:10], str(s.x1)[:10]) for s in drawn.figure.layout.shapes]
    assert shapes == [(0.2, "2026-07-06", "2026-07-13"), (0.1, "2026-07-13", "2026-07-20")]


def test_met_and_missed_are_words_as_well_as_shades(plan, net):
    table = lists.met_matrix(plan, net).data
    assert table.loc["Alpha", "CT"] == "20.0% missed"
    assert table.loc["Beta", "CT"] == "0.0% met"


def test_where_the_lists_stand_counts_patients_from_six_weeks_on(dataset, net):
    newest = position.newest(dataset)
    # Bands 0 to 13 hold 13, 12, ... 0 patients: 91 in all, 7 + 6 + ... + 0 = 28 of them from six weeks on.
    assert newest[["waiting", "over_six"]].values.tolist() == [[91.0, 28.0]] * 2
    assert position.headline(dataset) == "No list is within the target: 56 of 182 patients (30.8%) had waited six weeks or more on 30 June 2026."
    assert "CT at Alpha (30.8%, 28 patients)" in position.furthest(dataset)
    assert lists.standing(newest, net).data.loc["Alpha", "CT"] == "30.8% missed"


def test_where_the_lists_stand_is_judged_by_the_target_of_that_day(dataset):
    steps = [{"name": "target_share", "value": 0.4, "to_week": "2026-06-30"}, {"name": "target_share", "value": 0.05, "from_week": "2026-07-01"}]
    stepped = dataset.changed(assumptions=dataset.assumptions.with_rows(frame(ASSUMPTIONS, steps)))
    assert set(position.newest(stepped)["target_share"]) == {0.4}
    assert position.newest(stepped)["within"].all()


def test_the_trend_names_who_is_worst_and_keeps_every_month(dataset, net):
    drawn = lists.trend(position.trend(dataset), net, "All tests", position.one_target(dataset))
    assert len(drawn.table) == 6
    assert drawn.table["Share over six weeks (%)"].unique().tolist() == [30.8]
    assert "April 2026 to June 2026" in drawn.alt


def test_decisions_count_assumptions_without_a_source(dataset):
    said = position.decisions(dataset)
    assert said[0] == "2 assumptions of 2 have no source and low confidence: confirm or replace them."
    assert "derived from recent activity for 1 place of 2" in said[1]


def test_every_assumption_is_shown_with_its_reason_or_as_a_default(net):
    changes = frame(ASSUMPTIONS, [{"name": "aid_travel_limit", "value": 50, "organisation": "AAA", "reason": "Asked"}])
    held = Assumptions({"assumptions": changes})
    table = assumption_table("Mutual aid", held, net, changes)
    row = table[table["Assumption"] == "Travel limit for mutual aid"].iloc[0]
    assert row[["Where", "Value", "Unit", "Reason", "Stated by"]].tolist() == ["Alpha", 50, "minutes", "Asked", "this scenario"]
    assert set(table.loc[table["Stated by"] == "built in", "Confidence"]) == {"low"}
    assert sum(len(assumption_table(g, held, net, changes)) for g in assumption_groups()) >= 50


def test_identifiers_become_titles_and_headings_say_the_unit(plan, net):
    table = shown(BY_TABLE["transfers"], plan["transfers"], net)
    assert table.iloc[0][["From", "To", "Test"]].tolist() == ["Alpha", "Beta", "CT"]
    assert "Patients (patients)" in table.columns


def test_a_cell_that_a_spreadsheet_would_run_is_made_harmless():
    content = csv(pd.DataFrame({"Site": ['=HYPERLINK("x")', "+1", "-2", "@x", "\ty", chr(0xFF1D) + "1", "plain"], "Patients": [-1.0] * 7}))
    back = pd.read_csv(io.BytesIO(content), encoding="utf-8-sig")
    assert [cell[0] for cell in back["Site"][:-1]] == ["'"] * 6
    assert back["Site"].iloc[-1] == "plain"
    assert back["Patients"].tolist() == [-1.0] * 7


def test_a_table_taken_away_reads_back_as_it_was(plan):
    content = declared_csv(BY_TABLE["sessions"], plan["sessions"]).decode("utf-8-sig")
    raw = pd.read_csv(io.StringIO(content), dtype=object)
    back, found = BY_TABLE["sessions"].read(raw)
    assert found == ()
    pd.testing.assert_frame_equal(back, plan["sessions"])


def test_places_are_named_by_their_titles(net):
    row = next(frame(ASSUMPTIONS, [{"name": "scans_per_hour", "value": 2, "site": "a1", "test": "ct"}]).itertuples())
    assert place_words(row, net) == "Alpha General, CT"
    assert place_words(next(frame(ASSUMPTIONS, [{"name": "recent_months", "value": 2}]).itertuples()), net) == "everywhere"


def test_a_built_in_scenario_is_shown_as_built_in():
    table = scenario_table([(base("0" * 64), None)])
    assert table.iloc[0][["Scenario", "Weeks", "Saved"]].tolist() == ["Base plan", 52, "built in"]


def test_the_network_is_told_in_one_sentence(dataset):
    assert network.headline(dataset) == "A small network: 2 organisations, 2 sites, 2 scanners and rooms and 1 mobile unit."
    assert network.evidence_words(dataset) == "2 rows of assumptions: 2 are assumptions nobody has confirmed."


def test_columns_that_hold_nothing_are_left_out_of_a_network_table(net):
    from data.network import SITES

    table = network.declared_table(net, SITES)
    assert "Postcode" not in table.columns
    assert table["Organisation"].tolist() == ["Alpha", "Beta"]


def test_columns_that_hold_nothing_are_left_out_unless_there_is_no_row():
    table = pd.DataFrame({"a": ["x", ""], "b": ["", ""], "c": [float("nan")] * 2, "d": [0, 0]})
    assert list(without_empty(table).columns) == ["a", "d"]
    assert list(without_empty(table.iloc[:0]).columns) == ["a", "b", "c", "d"]


def test_two_plans_are_told_apart_by_a_legend_and_clear_of_their_labels(net):
    compared = pd.DataFrame({"organisation": ["AAA", "BBB"], "test": ["ct", "ct"], "left": [0.0, 0.3], "right": [0.0, 0.1],
                             "difference": [0.0, -0.2], "target_share": [0.05, 0.05]})  # fmt: skip
    figure = figures.sides(Comparison("", [], pd.DataFrame(), pd.DataFrame(), compared, pd.DataFrame()), net, "One", "Two").figure
    assert figure.layout.showlegend
    assert [line.name for line in figure.data if line.showlegend] == ["One", "Two"]
    low, high = figure.layout.xaxis.range
    assert low < 0
    assert high > 0.3


def test_labels_keep_their_distance_and_their_order():
    placed = spread([0.10, 0.11, 0.50], 0.05)
    assert placed[1] - placed[0] >= 0.05 - 1e-9
    assert placed[2] == 0.50


def test_a_chart_shows_tags_and_formulas_as_text():
    assert theme.chart_text("<b>A</b> & $x$") == "&lt;b&gt;A&lt;/b&gt; &amp; &#36;x&#36;"
    figure = canvas(100)
    assert figure.layout.template.layout.font.family == "Arial, sans-serif"
