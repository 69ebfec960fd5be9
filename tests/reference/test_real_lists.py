"""Plans for published lists: every limit is kept, and the lists they report are what each list, replayed on its own, comes to.

The last linear model and the projection of the same plan may differ by this many points of a list, over lists and the weeks in which months end.
"""

import gzip

import hypothesis
import pytest

from data.assumptions import ASSUMPTIONS
from data.folder import example_networks, read_folder
from data.intake import from_parts, take_in
from data.plan import IN_TURN, PRESENT_ORDER
from data.run import PlanSettings
from data.scenario import base
from data.sources.dm01 import read
from portal.checking import check_plan
from portal.exports.plan_files import write_plan
from portal.exports.plan_reading import read_summary
from portal.planning import make_plan
from tests.networks.small import frame

pytestmark = pytest.mark.timeout(300)

LINEAR_MEAN, MEAN, WORST = 0.1, 0.3, 1.0

SOAK = hypothesis.settings.get_current_profile_name() == "soak"
STARTS = ["the workbooks", *(["2025-01", "2025-02", "2025-03"] if SOAK else [])]
"""Last month of the lists; half a year for each of three is for `make soak`."""


@pytest.fixture(scope="module", params=STARTS)
def planned(request, shared_data, tmp_path_factory):
    """Dataset, scenario and the folder of the plan that starts after a month."""
    folder = shared_data / "dm01"
    dataset, _ = take_in(demonstration(), workbooks(folder) if request.param == "the workbooks" else [table(folder, request.param)])
    scenario = base(dataset.content_id, 26)
    if request.param == "the workbooks":  # long enough for month ends that count, short enough for every day
        scenario = base(dataset.content_id, 18).changed(changes=frame(ASSUMPTIONS, [{"name": "target_week", "value": 9.0}]))
    written = tmp_path_factory.mktemp("real")
    write_plan(make_plan(dataset, scenario, PlanSettings(time_limit=1200.0)), written, dataset.network)
    return dataset, scenario, written


def demonstration():
    """The example network with most sites."""
    networks = [from_parts(read_folder(path), file=name) for name, path in example_networks().items()]
    return max(networks, key=lambda held: len(held.network["sites"]))


def workbooks(folder):
    """Eight months as they were published."""
    files = sorted((folder / "raw").glob("*.xls"))
    readings = [read(file.read_bytes(), file.name) for file in files]
    assert len(readings) == 8
    return readings


def table(folder, last):
    """Every month to the last one, from the table by provider."""
    lines = gzip.decompress((folder / "dm01_provider.csv.gz").read_bytes()).splitlines(keepends=True)
    return read(b"".join([lines[0], *(line for line in lines[1:] if line[:7] <= last.encode())]), "provider.csv")


def test_every_limit_is_kept_and_every_list_is_what_its_replay_comes_to(planned):
    dataset, scenario, folder = planned
    assert [finding.sentence() for finding in check_plan(folder, dataset, scenario)] == []


def test_the_linear_model_tells_the_lists_of_the_plan_in_both_booking_orders(planned):
    _, _, folder = planned
    check = read_summary(folder)["list_check"]
    in_turn, booked = (check[order] for order in (IN_TURN, PRESENT_ORDER))
    assert in_turn["mean_points"] <= LINEAR_MEAN
    assert in_turn["worst_points"] <= WORST
    assert booked["linear_mean_points"] <= LINEAR_MEAN
    assert booked["linear_worst_points"] <= WORST
    assert booked["mean_points"] <= MEAN
    assert booked["worst_points"] <= WORST
