"""A planner loads cancer waiting times and an improvement plan, and sees both on the page of performance beside the lists."""

import io

import pandas as pd
import pytest

from data.store import SINGLE_USER
from portal import files, services
from tests.journeys.conftest import labelled
from tests.journeys.test_upload_local import REMEMBER, newest, upload
from tests.networks.performance import cancer, dataset, month, plan

STORE = "Store and use these data"
LUNG = "{},28-day FDS,{},URGENT SUSPECTED CANCER,,Suspected lung cancer,{},{},{}"
OTHERS = [month("2026-06", f"X{k:02d}", under=100 - k, over=k) for k in range(1, 13)]


@pytest.fixture
def small(portal_store, planner):
    """A planner whose store holds a small network with months that differ, and twelve organisations to compare with."""
    portal_store.save_dataset(SINGLE_USER, dataset(*OTHERS), name="Small")
    planner.open("upload")
    return planner


def view(planner, title):
    """The page of performance at one of its views."""
    planner.open("performance", performance_view=title, dataset=services.store().newest_dataset(SINGLE_USER).id)
    return planner


def test_cancer_waits_are_previewed_stored_and_drawn_with_their_target(small):
    content = cancer(LUNG.format("2026-06-01", "AAA", 50, 39.5, 10.5), LUNG.format("2026-06-01", "BBB", 10, "*", 1))
    upload(small, "Published tables", ("cancer.csv", content))
    assert "Will be loaded: cancer waiting times, June 2026, 2 rows." in small.text
    found = next(frame.value for frame in small.app.dataframe if "How to mend it" in frame.value)
    assert found[["Row", "Column", "Found"]].to_numpy().tolist() == [["3", "within_standard", '"*"']]
    small.press(STORE)
    assert newest().local["cancer_waits"]["within"].isna().tolist() == [False, True]
    view(small, "Cancer waits")
    assert "None of 1 organisation reached 80% in June 2026; below: Alpha (79.0%)" in small.text
    assert "Source: Cancer Waiting Times, provider extract (NHS England), 1 month to June 2026." in small.text


def test_a_plan_in_the_planners_words_is_asked_about_stored_and_held_against_the_lists(small):
    content = plan("The first,CT,Jun-26,% over six weeks,17.9%,Recovery,Lead", "The first,CT,Jul-26,% over six weeks,15%,Recovery,Lead")
    upload(small, "Staff in post and registers", ("plan.csv", content))
    assert any(e.value.startswith("Nothing was stored") for e in small.app.error)
    next(box for box in small.app.selectbox if "The first" in box.label).set_value("AAA")
    small.press(REMEMBER)
    assert "Will be loaded: improvement-plan trajectories of AAA, 2 rows." in small.text
    small.press(STORE)
    view(small, "Improvement plans")
    assert "1 of 1 trajectory is behind plan." in small.text
    assert "CT at Alpha: behind plan by 2.1 points in June 2026; forecast to be" in small.text
    assert "Source: improvement plans from plan.csv; actual figures of the monthly return to 30 June 2026; forecast by this portal." in small.text


def test_a_file_of_other_columns_stores_nothing(small):
    upload(small, "Published tables", ("wrong.csv", b"period,standard,provider_code,seen\n2026-06-01,28-day FDS,AAA,4\n"))
    assert any(e.value.startswith("Nothing was stored") for e in small.app.error)
    assert not any(b.label == STORE for b in small.app.button)


def test_our_lists_are_shown_among_everybody_elses(small):
    view(small, "Compared")
    assert "1 of our 2 is at or below the median of 14 organisations (6.5%); Alpha is 14th" in small.text
    labelled(small.app.selectbox, "Measure").set_value("over_thirteen")
    small.do(labelled(small.app.selectbox, "Measure"))
    assert "2 of our 2 are at or below the median of 14 organisations (0.0%)" in small.text


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Improvement plans", "No improvement plan is loaded."),
        ("Cancer waits", "No cancer waiting times are loaded."),
    ],
)
def test_a_view_without_data_says_what_to_load(small, title, words):
    view(small, title)
    assert words in small.text


def test_the_table_for_improvement_plans_can_be_filled_in_and_uploaded(small):
    content = files.trajectory_template(SINGLE_USER, services.store().newest_dataset(SINGLE_USER).id)
    table = pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False)
    assert len(table) == 2 * 2 * 12
    table.loc[(table["Organisation"] == "Beta") & (table["Test"] == "CT") & (table["Month"] == "July 2026"), "Planned"] = "5%"
    upload(small, "Staff in post and registers", ("filled.csv", table.to_csv(index=False).encode()))
    assert "Will be loaded: improvement-plan trajectories of BBB, 1 rows." in small.text
    small.press(STORE)
    assert newest().local["trajectories"][["test", "planned"]].to_numpy().tolist() == [["ct", 0.05]]
