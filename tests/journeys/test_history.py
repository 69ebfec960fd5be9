"""Who changed what, when and why."""

import pytest

from data.intake import from_parts
from data.store import SINGLE_USER
from tests.networks.small import small_parts


@pytest.fixture
def two_versions(portal_store, planner):
    """A store whose network has a corrected version."""
    first = from_parts(small_parts(), file="small.xlsx")
    portal_store.save_dataset(SINGLE_USER, first, name="First", note="As sent")
    staff = first.network["staff_in_post"]
    other = first.changed(network=first.network.changed(staff_in_post=staff.assign(wte=staff["wte"] + 1)))
    portal_store.save_dataset(SINGLE_USER, other, name="Second", note="Two starters")
    planner.open("network")
    planner.app.session_state["part"] = "Who changed what"
    planner.app.run()
    return planner.settled()


def test_versions_are_listed_with_who_when_and_why_and_what_each_changed(two_versions):
    versions = next(frame.value for frame in two_versions.dataframe if "Version" in frame.value and "Note" in frame.value)
    assert versions[["Version", "Note", "By"]].to_numpy().tolist() == [["Second", "Two starters", "single user"], ["First", "As sent", "single user"]]
    cells = next(frame.value for frame in two_versions.dataframe if "Before" in frame.value)
    assert set(cells["Table"]) == {"Staff in post"}
    assert set(cells["Column"]) == {"WTE"}
    assert (cells["After"].astype(float) - cells["Before"].astype(float) == 1).all()
