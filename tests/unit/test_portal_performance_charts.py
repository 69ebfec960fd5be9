"""Control charts, icons and the table of exceptions: what is drawn, what is not joined, and that nothing people typed becomes markup."""

import base64
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from forecasting.signals import COMMON, CONCERN, FAIL, HIT_OR_MISS, IMPROVEMENT, PASS, SPECIAL, Settings, judge, phases_from
from portal.charts import exceptions, icons
from portal.charts import performance as drawn
from portal.charts.signals import Charted, control_chart
from portal.charts.signals_small import SMALL_AT_MOST, small_charts
from portal.performance import MEASURES
from portal.performance_ahead import EXPECTED, POSSIBLE
from portal.performance_lists import ByPriority
from tests.networks.small import small_parts

MONTHS = pd.date_range("2025-01-01", periods=24, freq="MS")
NO = np.zeros(24, dtype=bool)
GAP = float("nan")
DANGER = '<img src=x onerror="alert(1)">'


def charted(values, *, measure="over_six", target=0.05, rebase=(), left_out=NO, marked=NO, fix_after=None, **more):
    raw = np.asarray(values, dtype=float)
    settings, left_out, marked = Settings(fix_after=fix_after), left_out[: len(raw)], marked[: len(raw)]
    judged = judge(np.where(left_out, np.nan, raw)[None, :], settings, phases_from([list(rebase)], len(raw)))
    return Charted("CT at Alpha", MEASURES[measure], MONTHS[: len(raw)], judged, raw, left_out, marked, target, **more)


def lines_of(figure):
    """Traces of figures: those that follow the points."""
    return [t for t in figure.data if t.mode == "lines" and t.connectgaps is False]


def markers_of(figure):
    return {t.marker.symbol if isinstance(t.marker.symbol, str) else t.marker.symbol[0]: t for t in figure.data if "markers" in t.mode}


@pytest.mark.parametrize(
    ("icon", "title", "sign"),
    [
        (icons.variation(CONCERN, True), "Variation: concern, high", "H"),
        (icons.variation(IMPROVEMENT, False), "Variation: improvement, low", "L"),
        (icons.variation(COMMON, True), "Variation: no significant change", None),
        (icons.variation(SPECIAL, False), "Variation: special cause, low", None),
        (icons.variation("", False), "Variation: too few points", None),
        (icons.assurance(PASS), "Assurance: passes reliably", "P"),
        (icons.assurance(FAIL), "Assurance: fails reliably", "F"),
        (icons.assurance(HIT_OR_MISS), "Assurance: hit or miss", "?"),
        (icons.assurance(""), "Assurance: no target", None),
    ],
)
def test_an_icon_is_a_picture_with_a_sign_a_title_and_a_word(icon, title, sign):
    picture = ElementTree.fromstring(icon.svg)  # noqa: S314, made by us
    space = "{http://www.w3.org/2000/svg}"
    assert picture.get("role") == "img"
    assert picture.get("aria-label") == title
    assert picture.find(f"{space}title").text == title
    assert title.endswith(icon.word.lower())
    assert [t.text for t in picture.findall(f"{space}text")] == ([sign] if sign else [])
    assert f'alt="{title}"' in icon.html
    assert base64.b64decode(icon.html.split(icons.PICTURE)[1].split('"')[0]).decode() == icon.svg


def test_every_state_has_its_own_icon_marker_and_colour():
    pictures = [icons.variation(state, high).svg for state in (COMMON, IMPROVEMENT, CONCERN, SPECIAL, "") for high in (True, False)]
    # Common cause and too few points have no side.
    assert len(set(pictures)) == 8
    assert len(set(icons.SYMBOLS.values())) == len(icons.SYMBOLS) == len(set(icons.COLOURS.values()))


STEADY = [0.10, 0.12] * 6


def test_a_chart_says_what_stands_out_and_whether_the_target_is_met():
    made = control_chart(charted([*STEADY, *[0.105] * 7], fix_after=12), "x")
    assert made.title == "CT at Alpha: a change for the better; the target cannot be met as things are"
    assert "July 2026: 10.5%; mean 11.0%, limits 5.7% to 16.3%; 7 points beyond chance" in made.alt
    assert made.table["Rule"].tolist() == [""] * 12 + ["run on one side"] * 7
    assert made.table["What it shows"].iloc[-1] == "Improvement, low"
    assert set(markers_of(made.figure)) == {"circle", "diamond"}


def test_markers_have_an_outline_that_can_be_seen():
    made = control_chart(charted([*STEADY, 0.4]), "x")
    assert {t.marker.line.color for t in markers_of(made.figure).values()} == {"#212b32"}


def test_a_missing_month_is_not_joined():
    made = control_chart(charted([0.1, 0.12, 0.1, GAP, 0.1, 0.12]), "x")
    (line,) = lines_of(made.figure)
    assert np.isnan(line.y[3])
    assert line.connectgaps is False
    assert len(markers_of(made.figure)["circle"].x) == 5


def test_a_rebase_breaks_the_line_and_says_why_without_running_it():
    made = control_chart(charted([*STEADY, *[0.3, 0.32] * 6], rebase=[12], rebased=(("2026-01", f"New scanner {DANGER}"),)), "x")
    first, second = lines_of(made.figure)
    assert (len(first.x), len(second.x)) == (12, 12)
    said = [a.text for a in made.figure.layout.annotations if a.text.startswith("New limits")]
    assert len(said) == 1
    assert "<img" not in said[0]
    assert "&lt;img" in said[0]


def test_few_points_are_trial_limits_and_the_lower_limit_is_not_drawn_below_nothing():
    made = control_chart(charted([0.0, 0.1, 0.0, 0.1]), "x")
    assert set(made.table["Limits"]) == {"trial"}
    assert (made.table["Lower limit"] < 0).all()
    said = [a.text for a in made.figure.layout.annotations]
    assert any(text.startswith("Upper limit, trial") for text in said)
    assert not any(text.startswith("Lower limit") for text in said)
    assert min(float(np.nanmin(t.y)) for t in made.figure.data if not np.isnan(np.asarray(t.y, dtype=float)).all()) >= 0


def test_a_figure_that_is_left_out_has_a_marker_of_its_own_and_moves_no_limit():
    out = NO.copy()[:13]
    out[12] = True
    made = control_chart(charted([*STEADY, 0.9], left_out=out, marked=out), "x")
    assert markers_of(made.figure)["x-thin"].y == (0.9,)
    assert made.table["Mean"].iloc[0] == pytest.approx(11.0)
    assert made.table["Remark"].iloc[12] == "left out"
    assert "✕ left out" in made.subtitle


def test_a_figure_to_be_looked_at_is_ringed_and_counts():
    marked = NO.copy()[:13]
    marked[12] = True
    made = control_chart(charted([*STEADY, 0.9], marked=marked), "x")
    assert markers_of(made.figure)["circle-open"].y == (0.9,)
    assert made.table["Mean"].iloc[0] > 11.0
    assert "to be looked at" in made.subtitle


def test_a_provisional_figure_is_a_star_beside_the_line_and_in_no_limit():
    early = pd.DataFrame({"date": [pd.Timestamp("2026-01-18")], "value": [0.4]})
    made = control_chart(charted(STEADY, provisional=early), "x")
    star = markers_of(made.figure)["star-open"]
    assert star.y == (0.4,)
    assert star.text == ("provisional",)
    assert made.table["Mean"].iloc[0] == pytest.approx(11.0)
    assert made.table["Month"].iloc[-1] == "As at 18 January 2026"
    assert made.table["Remark"].iloc[-1] == "provisional, not in the limits"
    assert "provisional" in made.subtitle


def test_a_list_without_a_figure_has_a_chart_that_says_so():
    made = control_chart(charted([GAP] * 12), "x")
    assert made.title == "CT at Alpha: no figure"
    assert made.alt == "CT at Alpha: no figure."


def test_many_charts_are_drawn_up_to_a_number_and_all_are_in_the_table():
    names = [f"Trust {k}" for k in range(SMALL_AT_MOST + 3)]
    made = small_charts([charted([*STEADY, 0.4])] * len(names), names, "CT", "x")
    assert made.title == f"CT: {SMALL_AT_MOST} of {SMALL_AT_MOST} charts end beyond chance"
    assert len(made.table) == SMALL_AT_MOST + 3
    assert "3 more are in the table" in made.subtitle
    assert set(made.table["Variation"]) == {"Concern, high"}
    assert [a.text.partition("<br>")[0] for a in made.figure.layout.annotations] == names[:SMALL_AT_MOST]


def test_small_charts_join_nothing_across_a_rebase():
    made = small_charts([charted([*STEADY, *[0.3, 0.32] * 6], rebase=[12])], ["Alpha"], "CT", "x")
    (line,) = lines_of(made.figure)
    assert len(line.y) == 25
    assert np.isnan(line.y[12])
    assert line.x[12] is None


def standing(**changes):
    row = {"organisation": "AAA", "test": "ct", "period": MONTHS[-1], "late": False, "waiting": 1234.0, "change_waiting": -56.0, "over_six": 0.123,
           "over_thirteen": 0.01, "target": 0.05, "change": 0.02, "state": CONCERN, "high": True, "assurance": FAIL, "trial": False,
           "doubtful": False, "exception": True}  # fmt: skip
    return pd.DataFrame([row | changes])


def test_the_table_of_exceptions_has_a_word_beside_each_icon_and_escapes_what_people_typed():
    parts = small_parts()
    titles = parts.network["organisations"].assign(title=[DANGER, "Beta"])
    network = parts.network.changed(organisations=titles)
    html = exceptions.exceptions(standing(), network, f"About {DANGER}")
    body = ElementTree.fromstring(html.replace("&nbsp;", " ").replace("<br>", "<br/>").replace('height="28">', 'height="28"/>'))  # noqa: S314
    assert "<img src=x" not in html
    cells = ["".join(cell.itertext()) for cell in body.iter("td")]
    assert cells == ["CT", "12.3", "+2.0", "1.0", "1,234", "5", "Concern, high", "Fails reliably"]
    assert [cell.text for cell in body.iter("th")][-1] == DANGER
    assert [picture.get("alt") for picture in body.iter("img")] == ["Variation: concern, high", "Assurance: fails reliably"]
    assert {cell.get("scope") for cell in body.iter("th")} == {"col", "row"}


def test_the_table_of_exceptions_says_what_is_wrong_with_a_figure():
    html = exceptions.exceptions(standing(late=True, doubtful=True, trial=True, period=MONTHS[-2]), small_parts().network, "")
    assert "<em>newest figure: November 2026; to be looked at; trial limits</em>" in html
    table = exceptions.standing_table(standing(late=True, period=MONTHS[-2]), small_parts().network)
    assert table["Remark"].tolist() == ["newest figure: November 2026"]
    assert table["Over six weeks (%)"].tolist() == [12.3]


def test_weeks_waited_leave_a_gap_where_a_month_is_left_out():
    waiting = np.tile(np.arange(14.0), (24, 1))
    waiting[3] = GAP
    doubt = NO.copy()
    doubt[3] = True
    made = drawn.bands("CT at Alpha", MONTHS, waiting, doubt, "x")
    assert made.title == "CT at Alpha: 76 of 91 patients had waited six weeks or more in December 2026"
    assert made.figure.data[0].x[3] == "Apr 25 ?"
    assert made.figure.data[0].text[0][3] == ""
    assert made.table["Remark"].tolist().count("to be looked at") == 1


def test_an_early_warning_names_list_month_and_range():
    rows = pd.DataFrame([
        ("AAA", "ct", 0.04, 0.05, EXPECTED, pd.Timestamp("2027-01-31"), 4.4, 0.06, 0.03, 0.1),
        ("BBB", "ct", 0.01, 0.05, POSSIBLE, pd.Timestamp("2027-01-31"), 4.4, 0.02, 0.0, 0.07),
    ], columns=["organisation", "test", "now", "target", "kind", "when", "weeks", "share", "lower_80", "upper_80"])  # fmt: skip
    made = drawn.ahead(rows, small_parts().network, 5)
    assert made.title == "1 list expected over the target within 5 weeks; for 1 more it is possible"
    assert made.table.iloc[0].tolist() == ["CT at Alpha", "expected", "31 January 2027", 4.4, 4.0, 6.0, "3.0 to 10.0", 5.0]
    assert "Possible: the upper end of the range is over it" in made.subtitle
    assert "only expected lists are named" in drawn.ahead(rows.head(1), small_parts().network, 26).subtitle
    none = drawn.ahead(rows.head(0), small_parts().network, 5)
    assert (none.title, none.figure) == ("No list is expected over the target within 5 weeks", None)


def test_examinations_by_kind_are_stacked_and_a_month_left_out_is_not_drawn():
    done = np.tile([10.0, 2.0, 3.0], (24, 1))
    done[23] = GAP
    made = drawn.kinds("CT at Alpha", MONTHS, done, ["List", "Planned", "Unscheduled"], "x")
    assert made.title == "CT at Alpha: 15.0 examinations for each working day in November 2026"
    assert [np.isnan(t.y[23]) for t in made.figure.data] == [True] * 3
    assert len({t.marker.pattern.shape for t in made.figure.data}) == 3


def against(ratio):
    return pd.DataFrame({"period": MONTHS, "done": 11.0, "base": 10.0, "ratio": ratio})


def test_examinations_against_a_base_say_the_newest_month_that_can_be_compared():
    ratio = np.full(24, 1.1)
    ratio[23] = GAP
    made = drawn.against("CT at Alpha", against(ratio), against(np.full(24, 0.9)), "month", "All examinations", "x")
    assert made.title == "CT at Alpha: 110% of the base in November 2026"
    assert made.table["Network (% of the base)"].tolist() == [90.0] * 24
    assert {"This list", "Network"} <= {a.text for a in made.figure.layout.annotations}
    none = drawn.against("CT at Alpha", against(np.full(24, GAP)), against(np.full(24, GAP)), "month", "All examinations", "x")
    assert none.title == "CT at Alpha: no month can be compared with this base"


def by_priority(limit=2.0):
    bands = pd.DataFrame([["Urgent", *[1.0] * 14], [DANGER, *[2.0] * 14]], columns=["priority", *range(14)])
    booked = pd.DataFrame({"priority": ["Urgent", DANGER], "limit": [limit, GAP], "waiting": [14, 28], "over": [12, 0], "yes": [4, 8], "no": [10, 20],
                           "": [0, 0]})  # fmt: skip
    weekly = pd.DataFrame({"date": pd.to_datetime(["2026-06-07", "2026-06-14"]), "waiting": [50, 42], "over_six": [20, 16]})
    return ByPriority(pd.Timestamp("2026-06-14"), bands, booked, weekly, 42.0, 12.0, guarded=False)


def test_a_list_by_priority_says_who_is_beyond_the_limit_of_their_class_and_shows_names_as_text():
    made = drawn.priority("CT at Alpha", by_priority(), "x")
    assert made.title == "CT at Alpha: 12 of 42 patients are beyond the limit of their class"
    assert all("<img" not in t.name for t in made.figure.data)
    assert made.table["Not booked (patients)"].tolist() == [10, 20]
    assert drawn.priority("CT at Alpha", by_priority(limit=GAP), "x").title == "CT at Alpha: 42 patients wait"


def test_snapshots_say_how_the_list_has_moved():
    assert drawn.weekly("CT at Alpha", by_priority(), "x").title == "CT at Alpha: the list is 8 patients shorter since 7 June 2026"
