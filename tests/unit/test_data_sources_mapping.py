"""Names that differ from file to file."""

import pytest

from data.sources.mapping import LEFT_OUT, ColumnMapping, Wanted, likeness, match, proposed_value

WANTED = (
    Wanted("test", "Test", ("Diagnostic_Modality", "Modality"), required=True),
    Wanted("clock_start", "Clock start", ("Diagnostic_Clock_Start_Date",), required=True),
    Wanted("site", "Site", ("Site code",)),
)
NOTHING = ColumnMapping("list")


def test_a_column_is_known_by_its_names_whatever_the_case_and_spaces():
    found = match(WANTED, ["diagnostic modality", "CLOCK-START", "Site Code"], NOTHING)
    assert found.columns == {"test": "diagnostic modality", "clock_start": "CLOCK-START", "site": "Site Code"}
    assert [found.unknown, found.missing, found.repeated, found.proposals] == [(), (), (), {}]


def test_of_two_known_names_the_preferred_one_is_read():
    assert match(WANTED, ["Modality", "Diagnostic_Modality", "Clock start"], NOTHING).columns["test"] == "Diagnostic_Modality"


def test_what_only_looks_alike_is_proposed_and_not_read():
    found = match(WANTED, ["Diagnostic_Modalty", "Clock start"], NOTHING)
    assert "test" not in found.columns
    assert [w.name for w in found.missing] == ["test"]
    assert found.proposals == {"test": "Diagnostic_Modalty"}


def test_what_was_said_goes_before_every_known_name():
    mapping = NOTHING.with_column("Exam", "test").with_column("Modality", LEFT_OUT)
    found = match(WANTED, ["Modality", "Exam", "Clock start"], mapping)
    assert found.columns["test"] == "Exam"
    assert found.unknown == ()


def test_a_heading_that_is_not_wanted_is_not_asked_for_again():
    assert match(WANTED, ["Test", "Clock start", "Remarks"], NOTHING).unknown == ("Remarks",)
    assert match(WANTED, ["Test", "Clock start", "Remarks"], NOTHING.with_column("Remarks", LEFT_OUT)).unknown == ()


def test_a_needed_heading_that_stands_twice_is_reported():
    assert match(WANTED, ["Test", "Test ", "Clock start"], NOTHING).repeated == ("Test",)


def test_a_value_is_known_once_it_was_said():
    mapping = NOTHING.with_value("test", "XR-MR 1", "mr")
    assert mapping.value("test", "xr mr1") == "mr"
    assert mapping.value("test", "other") is None
    assert mapping.value("site", "xr mr1") is None


TAUGHT = NOTHING.with_column("Exam", "test").with_value("test", "Ünïcode", "x").with_value("test", "b", LEFT_OUT)


@pytest.mark.parametrize("mapping", [NOTHING, TAUGHT, TAUGHT.with_fixed("date", "2026-01-01")])
def test_a_mapping_comes_back_from_its_text(mapping):
    back = ColumnMapping.from_body(mapping.body)
    assert back == mapping
    assert back.content_id == mapping.content_id


def test_the_order_in_which_names_were_said_does_not_change_a_mapping():
    one = NOTHING.with_column("a", "test").with_column("b", "site")
    other = NOTHING.with_column("b", "site").with_column("a", "test")
    assert one.content_id == other.content_id != ""
    assert NOTHING.content_id == ""


def test_a_value_fixed_for_one_file_is_not_remembered():
    assert NOTHING.with_fixed("date", "2026-01-01").without_fixed().is_empty


def test_the_most_alike_of_ours_is_proposed_and_nothing_for_what_is_like_none():
    choices = {"mr": ["Magnetic resonance imaging"], "us": ["Ultrasound"]}
    assert proposed_value("Magnetic resonance", choices) == "mr"
    assert proposed_value("Ultra-sound scan", choices) == "us"
    assert proposed_value("Blood test", choices) is None


def test_likeness_is_the_same_both_ways_and_whole_for_the_same_name():
    assert likeness("clockstart", "clockstart") == 1
    assert likeness("", "a") == 0
    assert likeness("clockstartdate", "clockstart") >= 0.8
