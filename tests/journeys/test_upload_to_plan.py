"""From files to a plan: what is right is stored and planned, what is wrong is refused with its place."""

import pytest

from data.folder import example_networks, read_folder
from data.intake import from_parts
from data.store import SINGLE_USER
from data.workbook import write_workbook
from portal import services
from tests.journeys.conftest import labelled
from tests.networks.broken import official_rows, official_xls, with_cell
from tests.networks.small import small_parts
from tests.served import TINY

STORE = "Store and use these data"
XLS = "application/vnd.ms-excel"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def upload(planner, *files, kind=XLS):
    """Choose files in the uploader of the page."""
    uploader = planner.app.get("file_uploader")[0]
    for name, content in files:
        uploader.upload(name, content, kind)
    return planner.do(uploader)


def accept(planner):
    return planner.press(STORE)


def network_file(name=TINY):
    parts = read_folder(example_networks()[name])
    return write_workbook(parts.network, parts.assumptions, parts.activity)


def months(*names):
    return [(f"Provider-{name}.xls", official_xls(official_rows(name))) for name in names]


@pytest.fixture
def small(portal_store, planner):
    """A planner whose store holds a small network with an invented history."""
    portal_store.save_dataset(SINGLE_USER, from_parts(small_parts(), file="small.xlsx"), name="Small")
    return planner


def make_plan(planner, weeks):
    planner.open("plan")
    labelled(planner.app.number_input, "Weeks").set_value(weeks)
    planner.press("Make the plan")
    return planner.wait_for_plan()


def test_a_network_workbook_becomes_a_plan_that_a_refresh_keeps(planner):
    planner.open("upload")
    assert planner.title.startswith("No data are loaded.")
    upload(planner, ("network.xlsx", network_file()), kind=XLSX)
    assert 'the network "Four trusts, one week" with 4 organisations' in planner.text
    accept(planner)
    assert "is stored and is in use now" in planner.text
    make_plan(planner, 1)
    assert planner.title.startswith("The six-week target is missed on 1 of 4 lists")
    assert "North" in planner.title
    assert "limited by" in planner.text
    before = planner.title
    planner.again()
    assert planner.title == before
    assert planner.address["run"]


def test_official_months_in_any_order_replace_the_invented_history_and_are_planned(small):
    small.open("upload")
    upload(small, *months("April 2025", "March 2025"))
    assert "2 months will be loaded (March 2025 to April 2025)." in small.text
    assert "The synthetic history will be removed" in small.text
    accept(small)
    held = services.dataset(SINGLE_USER, services.store().newest_dataset(SINGLE_USER).id)
    assert [f"{p:%Y-%m}" for p in held.activity.periods] == ["2025-03", "2025-04"]
    assert not held.synthetic_history
    assert "Real waiting lists; assets, staff and costs are placeholders" in small.text
    make_plan(small, 4)
    assert small.title.startswith(("The six-week target", "No target is measured"))


def test_a_file_that_is_loaded_already_says_when_and_changes_nothing(small):
    small.open("upload")
    upload(small, *months("March 2025"))
    accept(small)
    before = len(services.store().datasets(SINGLE_USER))
    small.open("upload")
    upload(small, *months("March 2025"))
    assert "already loaded on" in small.text
    assert not any(b.label == STORE for b in small.app.button)
    assert len(services.store().datasets(SINGLE_USER)) == before


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"not a workbook", "found"),
        (official_xls(with_cell(official_rows(), 17, "Provider Code", "")), "Provider Code"),
    ],
)  # fmt: skip
def test_a_refused_file_names_the_place_and_stores_nothing(small, content, found):
    before = [d.id for d in services.store().datasets(SINGLE_USER)]
    small.open("upload")
    upload(small, *months("March 2025"), ("wrong.xls", content))
    assert "Nothing was stored" in small.app.error[0].value
    table = small.app.dataframe[0].value
    wrong = table[table[""] == "Must be mended"]
    assert set(wrong["File"]) == {"wrong.xls"}
    assert all(cell for column in ("Found", "Allowed", "How to mend it") for cell in wrong[column])
    assert found == "found" or (wrong["Column"].str.contains(found).any() and (wrong["Row"] == "17").any())
    assert not any(b.label == STORE for b in small.app.button)
    assert [d.id for d in services.store().datasets(SINGLE_USER)] == before


def test_a_network_workbook_with_a_fault_is_refused_with_sheet_row_and_column(planner):
    parts = small_parts()
    broken = parts.network["sites"].assign(organisation=["AAA", "nobody"])
    content = write_workbook(_Unchecked(parts.network, sites=broken), parts.assumptions, None)
    planner.open("upload")
    upload(planner, ("network.xlsx", content), kind=XLSX)
    table = planner.app.dataframe[0].value
    assert ("Sites", "3", "Organisation") in set(zip(table["Sheet"], table["Row"], table["Column"], strict=True))
    assert services.store().datasets(SINGLE_USER) == []


class _Unchecked:
    """A network as a planner's spreadsheet may hold it, whatever the checks would say."""

    def __init__(self, network, **tables):
        self._network, self._tables = network, tables
        self.organisations = network.organisations

    def __getitem__(self, name):
        return self._tables.get(name, self._network[name])


def test_the_network_in_use_is_taken_away_and_comes_back_with_the_loaded_months_kept(small):
    small.open("upload")
    upload(small, *months("March 2025", "April 2025"))
    accept(small)
    dataset_id = services.store().newest_dataset(SINGLE_USER).id
    held = services.dataset(SINGLE_USER, dataset_id)
    small.open("upload")
    small.do(labelled(small.app.radio, "What do you want to load?").set_value("Network workbook"))
    upload(small, ("mine.xlsx", write_workbook(held.network, held.assumptions, held.activity)), kind=XLSX)
    assert "The loaded months are kept: 2 months, March 2025 to April 2025." in small.text
    accept(small)
    assert "was stored before" in small.text
    assert services.store().newest_dataset(SINGLE_USER).id == dataset_id
