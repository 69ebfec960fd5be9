"""What trusts send beside the monthly return: read, questions answered once, stored with its right of use, told apart from what was there."""

import gzip
import json
from datetime import date

import pytest

from data.intake import from_parts
from data.sources.imaging import KIND
from data.store import SINGLE_USER
from portal import services
from tests.journeys.conftest import labelled
from tests.networks.examinations import as_csv, rows
from tests.networks.extracts import csv_of, patient
from tests.networks.small import small_parts

CSV = "text/csv"
STORE = "Store and use these data"
STORE_EXAMINATIONS = "Store these examinations"
REMEMBER = "Remember and read again"
RIGHT = "By what right are these rows used? (required)"


@pytest.fixture
def small(portal_store, planner):
    """A planner whose store holds a small network with an invented history."""
    portal_store.save_dataset(SINGLE_USER, from_parts(small_parts(), file="small.xlsx"), name="Small")
    planner.open("upload")
    return planner


def upload(planner, kind, *files):
    """Choose the kind of file, then files of it."""
    planner.do(labelled(planner.app.radio, "What do you want to load?").set_value(kind))
    uploader = planner.app.get("file_uploader")[0]
    for name, content in files:
        uploader.upload(name, content, CSV)
    return planner.do(uploader)


def accept(planner, basis=""):
    if basis:
        labelled(planner.app.text_input, RIGHT).set_value(basis)
    return planner.press(STORE)


def newest():
    return services.dataset(SINGLE_USER, services.store().newest_dataset(SINGLE_USER).id)


def test_a_waiting_list_is_counted_and_stored_only_with_a_right_to_use_it(small):
    upload(small, "Waiting list extracts", ("week.csv", csv_of(patient(), patient(Diagnostic_Priority_Code="D4"))))
    assert "Will be loaded: waiting list of AAA at 28 June 2026, 2 patients." in small.text
    preview = next(frame.value for frame in small.app.dataframe if "Priority" in frame.value)
    assert preview["Waiting (patients)"].tolist() == [1, 1]
    accept(small)
    assert "Name the agreement or the legal basis." in small.text
    assert len(services.store().datasets(SINGLE_USER)) == 1
    accept(small, "Sharing agreement 7")
    assert newest().own_lists["patients"].sum() == 2
    told = [json.loads(d) for d in services.store().audit(SINGLE_USER)["details"]]
    assert [d["lawful_basis"] for d in told if "lawful_basis" in d] == ["Sharing agreement 7"]


def test_a_column_and_a_code_nobody_knows_are_asked_for_once_and_then_known(small):
    renamed = {("Scan wanted" if k == "Diagnostic_Modality" else k): v for k, v in patient(Provider_Code="The first").items()}
    upload(small, "Waiting list extracts", ("week.csv", csv_of(renamed)))
    assert "2 answers needed" in small.text or "1 answer needed" in small.text
    which = next(box for box in small.app.selectbox if box.label.startswith("Which column is"))
    which.set_value("Scan wanted")
    small.press(REMEMBER)
    meaning = next(box for box in small.app.selectbox if "The first" in box.label)
    meaning.set_value("AAA")
    small.press(REMEMBER)
    assert "Will be loaded: waiting list of AAA at 28 June 2026, 1 patients." in small.text
    accept(small, "Agreement")
    again = {
        ("Scan wanted" if k == "Diagnostic_Modality" else k): v for k, v in patient(Provider_Code="The first", Week_Ending_Date="05/07/2026").items()
    }
    small.open("upload")
    upload(small, "Waiting list extracts", ("next.csv", csv_of(again)))
    assert "Will be loaded: waiting list of AAA at 5 July 2026, 1 patients." in small.text


def test_a_date_for_the_whole_file_holds_for_that_file_alone(small):
    undated = {k: v for k, v in patient().items() if k != "Week_Ending_Date"}
    upload(small, "Waiting list extracts", ("week.csv", csv_of(undated)))
    box = next(box for box in small.app.date_input if "of the whole file" in box.label)
    box.set_value(date(2026, 6, 28))
    small.press(REMEMBER)
    assert "Will be loaded: waiting list of AAA at 28 June 2026, 1 patients." in small.text
    accept(small, "Agreement")
    small.open("upload")
    upload(small, "Waiting list extracts", ("other.csv", csv_of({**undated, "Age": "51"})))
    assert "Nothing was stored: 1 fault to mend." in small.app.error[0].value


def test_a_corrected_list_says_what_it_changes_and_the_same_list_changes_nothing(small):
    first = csv_of(patient(), patient())
    upload(small, "Waiting list extracts", ("week.csv", first))
    accept(small, "Agreement")
    small.open("upload")
    upload(small, "Waiting list extracts", ("week.csv.gz", gzip.compress(first, mtime=0)))
    assert "Already loaded, nothing changes: waiting list of AAA" in small.text
    assert not any(b.label == STORE for b in small.app.button)
    small.open("upload")
    small.press("Put these files aside")
    upload(small, "Waiting list extracts", ("corrected.csv", csv_of(patient(), patient(), patient())))
    assert "will be replaced: waiting list of AAA at 28 June 2026, 3 patients." in small.text
    changes = next(frame.value for frame in small.app.dataframe if "Before" in frame.value)
    assert changes[["Column", "Before", "After"]].to_numpy().tolist() == [["Patients", "2", "3"]]


def test_provisional_figures_are_stored_beside_the_history_which_stays_as_it_is(small):
    before = newest().activity.content_id
    text = "Organisation,Test,Date,Waiting List Activity,Total WL\nAAA,CT,21/07/2026,40,50\n"
    upload(small, "Provisional returns", ("july.csv", text.encode()))
    accept(small)
    held = newest()
    assert held.activity.content_id == before
    assert held.local["provisional"]["done_waiting_list"].tolist() == [40]


def test_staff_in_post_say_which_cells_they_change(small):
    table = newest().network["staff_in_post"]
    row = table.iloc[0]
    text = f"Organisation,Staff group,WTE\n{row.organisation},{row.staff_group},{row.wte + 1:g}\n"
    upload(small, "Staff in post and registers", ("staff.csv", text.encode()))
    changes = next(frame.value for frame in small.app.dataframe if "Before" in frame.value)
    assert f"{row.wte + 1:g}" in changes["After"].tolist()
    accept(small)
    assert newest().network["staff_in_post"].set_index(["organisation", "staff_group"])["wte"][row.organisation, row.staff_group] == row.wte + 1


def test_a_file_of_another_kind_is_refused_in_words_and_nothing_is_stored(small):
    for kind in ("Waiting list extracts", "Provisional returns", "Staff in post and registers", "Published tables", "Imaging extracts"):
        upload(small, kind, ("odd.csv", b"a,b\n1,2\n"))
        assert "Nothing was stored" in small.app.error[0].value, kind
    assert len(services.store().datasets(SINGLE_USER)) == 1


def test_examinations_are_stored_by_month_with_a_right_to_use_them_and_the_same_file_changes_nothing(small):
    first = as_csv(rows({}, {"source_of_referral": "inpatient"}))
    before = newest().content_id
    upload(small, "Imaging extracts", ("may.csv", first))
    assert "AAA, May 2026: 2 examinations, new." in small.text
    small.press(STORE_EXAMINATIONS)
    assert "Name the agreement or the legal basis." in small.text
    labelled(small.app.text_input, RIGHT).set_value("Agreement")
    small.press(STORE_EXAMINATIONS)
    assert "2 examinations stored: 1 month of an organisation." in small.text
    assert len(list(services.store().paths(SINGLE_USER, KIND)[0].parent.glob("*.planned-*"))) == 1, "planned sessions are added up"
    assert newest().content_id == before
    upload(small, "Imaging extracts", ("again.csv", first))
    assert "AAA, May 2026: 2 examinations, already loaded on" in small.text
    assert not any(b.label == STORE_EXAMINATIONS for b in small.app.button)
    small.press("Put these files aside")
    upload(small, "Imaging extracts", ("corrected.csv", as_csv(rows({}, {}, {}))))
    assert "in place of version 1 with 2, which stays readable." in small.text


def test_codes_of_an_imaging_extract_that_nobody_knows_are_asked_for(small):
    upload(small, "Imaging extracts", ("may.csv", as_csv(rows({"test": "Head scan"}))))
    meaning = next(box for box in small.app.selectbox if "Head scan" in box.label)
    meaning.set_value("ct")
    small.press(REMEMBER)
    assert "AAA, May 2026: 1 examination, new." in small.text
