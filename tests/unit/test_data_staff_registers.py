"""Staff lists of a trust taken into the network: which table they are, bands and ages as people write them, and the totals they bring."""

import pytest

from data.errors import Refused
from data.folder import demonstration
from data.intake_local import take_in_register
from data.sources import registers
from data.sources.mapping import ColumnMapping
from portal.commands.networks import example


@pytest.fixture(scope="module")
def dataset():
    return example(demonstration())


def read(*lines):
    return registers.read("\n".join(lines).encode(), "staff.csv", None)


def taken(dataset, *lines):
    return take_in_register(dataset, [read(*lines)], ColumnMapping("registers"))[0].network


HEADINGS = "Trust,Staff group,AfC band,Age band,Years qualified,Heads,FTE"


@pytest.mark.parametrize(("headings", "row", "table"), [
    (HEADINGS, "RXL,radiographers,band_6,25-29,0,8,7.2", "staff_ages"),
    ("Trust,Staff group,FTE", "RXL,radiographers,7.2", "staff_in_post"),
    ("Trust,Staff group,Band,Establishment", "RXL,radiographers,band_6,60", "posts"),
    ("Trust,Staff group,Activity,Hours a week", "RXL,radiographers,Plain film,600", "other_work"),
    ("Trust,Programme,Completion date,Trainees", "RXL,radiographer_apprentice,01/09/2027,2", "in_training"),
])  # fmt: skip
def test_a_staff_list_is_told_by_its_headings(headings, row, table):
    assert read(headings, row).facts["table"] == table


def test_a_list_by_age_brings_the_staff_in_post_of_its_groups_up_to_date_and_leaves_the_others(dataset):
    network = taken(
        dataset, HEADINGS, "RXL,Radiographers,Band 6,25-29,0,8,7.2", "RXL,radiographers,,30 to 34,6,40,36.3", "RXL,radiographers,band_7,60+,20,30,26"
    )
    ages = network["staff_ages"].query("organisation == 'RXL'")
    assert ages[["band", "age_from", "wte"]].to_numpy().tolist() == [["band_6", 25, 7.2], ["", 30, 36.3], ["band_7", 60, 26.0]]
    post = network["staff_in_post"].set_index(["organisation", "staff_group"])["wte"]
    before = dataset.network["staff_in_post"].set_index(["organisation", "staff_group"])["wte"]
    assert post["RXL", "radiographers"] == pytest.approx(69.5)
    assert post.drop(("RXL", "radiographers")).sort_index().equals(before.drop(("RXL", "radiographers")).sort_index())


@pytest.mark.parametrize(("row", "found"), [
    ("RXL,radiographers,Band 12,25-29,0,8,7.2", "Band 12"),
    ("RXL,astronauts,band_6,25-29,0,8,7.2", "astronauts"),
    ("RXL,radiographers,band_6,young,0,8,7.2", "young"),
])  # fmt: skip
def test_what_nobody_knows_is_refused_where_it_stands(dataset, row, found):
    with pytest.raises(Refused) as why:
        taken(dataset, HEADINGS, "RXL,radiographers,band_6,30-34,0,8,7.2", row)
    finding = why.value.findings.refusals[0]
    assert found in finding.found
    assert (finding.file, finding.row) == ("staff.csv", 3)
