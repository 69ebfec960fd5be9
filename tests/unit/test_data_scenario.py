"""What a scenario says its plan puts first, and settings that ask for more than one plan."""

import pytest

from data.errors import Refused
from data.run import PlanSettings, inputs_hash
from data.scenario import EMPHASES, USUAL_EMPHASIS, Scenario, base


@pytest.mark.parametrize("emphasis", [e.name for e in EMPHASES])
def test_what_a_plan_puts_first_is_kept_as_text_and_counts_as_content(emphasis):
    made = base("data", 3).changed(emphasis=emphasis)
    assert Scenario.from_json(made.to_json()) == made
    assert Scenario.from_json(made.to_json()).emphasis == emphasis
    assert (made.content_id == base("data", 3).content_id) == (emphasis == USUAL_EMPHASIS)


def test_an_emphasis_nobody_declared_is_refused():
    with pytest.raises(Refused, match="fewest_late, least_cost"):
        base("data", 3).changed(emphasis="cheapest")


def test_a_scenario_that_says_nothing_puts_fewest_late_first():
    assert Scenario.from_json('{"name": "Old", "dataset_id": "data"}').emphasis == "fewest_late"


def test_settings_without_a_frontier_are_what_they_were_before_there_was_one():
    values = PlanSettings().as_values()
    assert values == {"gap": 0.01, "time_limit": 300.0, "threads": 2, "seed": 1}
    assert PlanSettings(**values) == PlanSettings()
    more = PlanSettings(frontier=6).as_values()
    assert PlanSettings(**more) == PlanSettings(frontier=6)
    assert inputs_hash("allocation", "d", "s", values, "1") != inputs_hash("allocation", "d", "s", more, "1")
