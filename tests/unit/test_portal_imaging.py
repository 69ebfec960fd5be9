"""The imaging dataset as pages see it: filters, who sees what, small numbers, and what charts and tables say."""

from dataclasses import replace

import pandas as pd
import pytest

from data.errors import NotAllowed
from data.intake import from_parts
from data.measured import MEASURED
from data.small_numbers import HIDDEN
from data.store import SINGLE_USER
from data.store.imaging import PATTERNS
from portal import imaging, services
from portal.charts import imaging as drawn
from portal.charts import imaging_figures as figures
from portal.charts.tables import csv
from portal.imaging import Asked, Part
from tests.networks.examinations import NOT_DONE, as_csv, read, rows
from tests.networks.small import small_parts
from tests.unit.store_fixtures import ONE, OTHER, VIEWER

NOW = pd.Timestamp("2026-11-22")
HELD = (
    Part("AAA", "2026-04", 9, "a" * 64, NOW), Part("AAA", "2026-06", 11, "b" * 64, NOW), Part("BBB", "2026-06", 100, "c" * 64, NOW),
)  # fmt: skip


def at(day, hour, **change):
    """An examination of 20 minutes in May 2026."""
    begins = f"2026-05-{day:02d} {hour:02d}"
    return {"scanned_start": f"{begins}:00", "scanned_end": f"{begins}:20", "requested": "2026-05-01", "booked": begins[:10], "attended": "",
            "reported": "", **change}  # fmt: skip


BETA = {"organisation": "BBB", "site": "b1", "scanner_id": "x2"}
EXTRACT = rows(
    *(at(d, h) for d in (5, 6, 7, 8) for h in (9, 10, 11)), *({**NOT_DONE, "booked": f"2026-05-0{d}", "outcome": "dna"} for d in (5, 6)),
    *(at(5, h, **BETA, source_of_referral="emergency", booked="") for h in (9, 10, 11)),
)  # fmt: skip
"""At a1 twelve done and two missed; at b1 three emergencies."""


@pytest.fixture
def loaded(tmp_path, monkeypatch):
    """A portal's store with a small network and its extract: the id of the dataset, and the network."""
    monkeypatch.setenv("SIXWEEKS_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("SIXWEEKS_DATABASE_URL", raising=False)
    held = services.store()
    stored = held.save_dataset(SINGLE_USER, from_parts(small_parts(), file="small"), name="Small")
    reading = read(as_csv(EXTRACT), tmp_path / "reading")
    assert reading.findings == ()
    held.save_imaging(SINGLE_USER, reading)
    yield stored.id, services.dataset(SINGLE_USER, stored.id).network
    held.close()


def view(loaded, name, scope=SINGLE_USER, **asked):
    network = loaded[1]
    return imaging.pattern(scope, network, name, Asked(**asked), imaging.parts(scope, network))


def test_filters_choose_organisations_and_months_and_nothing_else_by_default():
    assert Asked().of(HELD) == HELD
    assert Asked(organisation="AAA", first="2026-05").of(HELD) == (HELD[1],)
    assert Asked(last="2026-05").of(HELD) == (HELD[0],)
    asked = Asked(site="a1", source="gp").filters(HELD)
    assert (asked.organisations, asked.months, asked.sites, asked.tests, asked.sources) == (
        ("AAA", "BBB"), ("2026-04", "2026-06"), ("a1",), None, ("gp",),
    )  # fmt: skip


def test_months_nobody_sent_are_missing_and_counts_are_as_they_may_be_shown():
    network = small_parts().network
    rows = imaging.sent(SINGLE_USER, HELD, network).set_index(["organisation", "month"])["rows"]
    assert rows.fillna(-1).to_dict() == {
        ("AAA", "2026-04"): 10, ("AAA", "2026-05"): -1, ("AAA", "2026-06"): 10,
        ("BBB", "2026-04"): -1, ("BBB", "2026-05"): -1, ("BBB", "2026-06"): 100,
    }  # fmt: skip
    own = imaging.sent(ONE, HELD[:2], network)
    assert (own["organisation"].tolist(), own["rows"].fillna(-1).tolist()) == (["AAA"] * 3, [9, -1, 11])


def test_weeks_looked_at_are_those_of_the_months_sent():
    assert imaging.weeks(HELD, Asked()) == pytest.approx({"AAA": 60 / 7, "BBB": 30 / 7})


def test_the_whole_network_sees_small_numbers_guarded(loaded):
    shown = view(loaded, "attendance")
    assert shown.guarded
    row = shown.table.set_index("site").loc["a1"]
    assert (row["dna"], row["kept_or_missed"], row["n"]) == (5, 15, 15)
    assert row["dna_rate"] == pytest.approx(2 / 14)
    acute = view(loaded, "acute").table.set_index("site")
    assert (acute.loc["b1", "acute"], acute.loc["b1", "acute_share"]) == (5, HIDDEN)
    assert shown.examinations == 15


def test_an_organisation_sees_its_own_examinations_only_and_as_they_are(loaded):
    for scope, site, done in ((ONE, "a1", 12), (VIEWER, "a1", 12), (OTHER, "b1", 3), (ONE, "a1", 12)):
        assert {p.organisation for p in imaging.parts(scope, loaded[1])} == {scope.organisation}
        for name in imaging.GUARDED:
            shown = view(loaded, name, scope)
            assert not shown.guarded
            assert "site" not in shown.table or set(shown.table["site"]) <= {site}
            assert shown.examinations == done


def test_every_pattern_has_its_rule_on_small_numbers():
    assert imaging.GUARDED.keys() == PATTERNS.keys()


def test_the_answer_says_what_was_done_and_nothing_of_a_few(loaded):
    network = loaded[1]
    parts = imaging.parts(SINGLE_USER, network)

    def answer(**asked):
        return imaging.answer(SINGLE_USER, network, Asked(**asked), parts)

    assert answer() == (
        "May 2026: 15 examinations were done; 20% were for emergencies and inpatients; 14.3% of appointments were missed."
    )  # fmt: skip
    assert answer(organisation="BBB") == "May 2026: a few examinations were done under these filters."
    assert answer(site="b1", source="gp") == "May 2026: no examination was done under these filters."


def test_use_of_planned_sessions_is_added_up_over_scanners_and_days(loaded):
    table = view(loaded, "planned", ONE).table
    # Four mornings from 09:00 to 11:20 with three examinations of 20 minutes each.
    assert table[["site", "minutes_scanned", "minutes_open", "n"]].to_numpy().tolist() == [["a1", 240, 560, 12]]
    assert table["utilisation"].iloc[0] == pytest.approx(240 / 560)


def test_a_heat_map_names_its_busiest_hour_and_downloads_what_is_shown(loaded):
    made = drawn.by_hour(view(loaded, "by_hour").table)
    assert made.title == "Most examinations start on Tuesdays between 09:00 and 10:00"
    assert made.table.shape == (7, 25)
    text = csv(made.table).decode("utf-8-sig")
    assert text.splitlines()[2] == "Tuesday" + ",0" * 9 + ",5" * 3 + ",0" * 12


def test_a_grid_leaves_hidden_figures_blank_and_says_where_the_highest_is(loaded):
    network = loaded[1]
    made = drawn.grid("acute", view(loaded, "acute").table, network, pattern="acute", file="acute")
    assert made.title == "The acute share is highest at Alpha General, CT: 0%"
    assert made.table["Acute share (share)"].tolist() == ["0", HIDDEN]
    assert [cell for row in made.figure.data[0].text for cell in row] == ["0", ""]
    only_few = view(loaded, "acute", organisation="BBB").table
    assert drawn.grid("acute", only_few, network, pattern="acute", file="acute").title == "No figure can be shown here"
    nothing = PATTERNS["acute"].empty()
    assert drawn.grid("acute", nothing, network, pattern="acute", file="acute").figure is None


def test_sessions_are_counted_for_a_week_and_downtime_for_each_scanner(loaded):
    network = loaded[1]
    parts = imaging.parts(ONE, network)
    made = drawn.sessions(view(loaded, "sessions", ONE).table, network, imaging.weeks(parts, Asked()))
    # Four sessions in 31 days.
    assert made.title == "1 session with lists in a week, 0 of them at weekends"
    idle = drawn.downtime(view(loaded, "downtime", ONE).table, network)
    assert (idle.title, idle.figure) == ("1 scanner: 0.0% of working days without an examination", None)
    worst = PATTERNS["downtime"].typed(pd.DataFrame([("a1", "<b>", NOW, NOW, 1, 0.25, 4)], columns=PATTERNS["downtime"].columns))
    assert drawn.downtime(worst, network).figure.data[0].y == ("Alpha General, &lt;b&gt;",)


def test_sites_are_set_beside_each_other_by_their_kind_and_month(loaded):
    network = loaded[1]
    sites = network["sites"].assign(
        kind=["acute hospital", "community <b>centre</b>", ""][: len(network["sites"])] + [""] * max(len(network["sites"]) - 3, 0)
    )
    made = drawn.by_month(view(loaded, "by_month", ONE).table, network.changed(sites=sites))
    assert made.title == "Examinations in May 2026 by kind of site: acute hospital 100%"
    assert made.table.to_dict("records") == [{"Site": "Alpha General", "Kind": "acute hospital", "Trust": "Alpha", "May 2026": 12}]
    rows = pd.DataFrame({"site": ["a1", "b1", "a1"], "month": pd.to_datetime(["2026-04-01", "2026-05-01", "2026-05-01"]), "n": [10, 25, 75]})
    both = drawn.by_month(rows, network.changed(sites=sites))
    assert "acute hospital 75% and community <b>centre</b> 25%" in both.title
    assert [t.x.tolist() == both.figure.data[0].x.tolist() for t in both.figure.data] == [True, True]
    assert "<b>" not in "".join(t.name for t in both.figure.data)


def test_figures_are_measured_of_whole_organisations_and_shown_where_they_are_asked_for(loaded):
    dataset, network = loaded
    parts = imaging.parts(SINGLE_USER, network)
    every = imaging.figures(SINGLE_USER, dataset, Asked(), parts)
    assert every.columns.tolist() == MEASURED.columns
    assert set(imaging.figures(SINGLE_USER, dataset, Asked(site="a1"), parts)["site"]) <= {"a1", ""}
    narrowed = imaging.figures(SINGLE_USER, dataset, Asked(source="gp", test="ct"), parts)
    assert narrowed["n"].tolist() == every["n"].tolist()
    hours = every[every["measure"] == "hours_run"].set_index("site")
    # Nine core sessions of four hours are the planner's own rota there.
    assert hours.loc["a1", "in_force"] == 36


def test_a_table_of_figures_hides_averages_of_a_few_and_rounds_what_it_counts(loaded):
    dataset, network = loaded
    every = imaging.figures(SINGLE_USER, dataset, Asked(), imaging.parts(SINGLE_USER, network))
    few = every[(every["measure"] == "acute_share") & (every["organisation"] == "BBB")]
    shown = figures.figure_table(few, network, guard=True).iloc[0]
    assert (shown["Measured"], shown["95% interval"], shown["From"]) == (HIDDEN, HIDDEN, "5 examinations")
    assert figures.figure_table(few, network, guard=False).iloc[0]["From"] == "3 examinations"
    assert figures.finding(every) == ("Nothing measured is offered as an assumption here", "")


def test_accepting_needs_a_planner_and_says_what_it_changes(loaded):
    dataset, network = loaded
    rows = imaging.figures(SINGLE_USER, dataset, Asked(), imaging.parts(SINGLE_USER, network))
    rate = rows[rows["measure"] == "dna_rate"]
    assert imaging.effects(rate, network) == [
        "Did not attend (Alpha General, Scanner): 0.1429 in place of 0.05 share of booked examinations"
    ]  # fmt: skip
    with pytest.raises(NotAllowed):
        imaging.accept(replace(SINGLE_USER, role="viewer"), dataset, rate, name="No", on=NOW)
    stored = imaging.accept(SINGLE_USER, dataset, rate, name="Measured", on=NOW)
    made = services.dataset(SINGLE_USER, stored.id)
    assert made.assumptions.values("dna_rate", pd.DataFrame([{"organisation": "AAA", "site": "a1", "asset_type": "scanner"}]))[0] == 0.1429
    assert services.dataset(SINGLE_USER, dataset).assumptions.rows.equals(small_parts().assumptions.rows)
