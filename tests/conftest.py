"""Rules for every test: its folder is its marker, several run at once, and under CI nothing is skipped for a missing part."""

import fcntl
import os
import shutil
from contextlib import contextmanager
from pathlib import Path

import hypothesis
import pytest

TESTS = Path(__file__).parent
REPOSITORY = TESTS.parent
FOLDERS = ("architecture", "browser", "equations", "golden", "hostile", "journeys", "networks", "properties", "reference", "unit")

LONGEST = (
    "browser",
    "journeys",
    "reference",
    "unit/test_portal_engine.py",
    "unit/test_portal_cluster.py",
    "unit/test_data_store.py",
    "unit/test_data_safe_reading.py",
    "hostile/test_nothing_is_left_behind.py",
    "unit/test_published_forecasts.py",
    "properties",
)
"""Folders and files that begin first, so that no process is left with one of them when the others have finished."""

ALLOWED_SKIP = "shared data absent"
"""The published data folder stands beside the repository and may really be absent."""

# No deadline: the same case takes ten times longer on a busy machine. Fixed cases keep a green run green; `make soak` draws new ones.
hypothesis.settings.register_profile("default", deadline=None, derandomize=True, max_examples=60)
hypothesis.settings.register_profile("soak", deadline=None, max_examples=2000)
hypothesis.settings.load_profile("default")


def pytest_collection_modifyitems(items):
    """Gives each test the marker of its folder; refuses a test that stands elsewhere or claims another folder's marker."""
    for item in items:
        folder = _folder_of(item.path)
        claimed = {marker.name for marker in item.iter_markers()} & set(FOLDERS) - {folder}
        if claimed:
            raise pytest.UsageError(f"{item.nodeid} is marked {', '.join(sorted(claimed))} but stands in tests/{folder}")
        item.add_marker(folder)
    items.sort(key=_place_in_line)


def _place_in_line(item):
    place = item.path.relative_to(TESTS).as_posix()
    return next((k for k, longest in enumerate(LONGEST) if place.startswith(longest)), len(LONGEST))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item):
    """Where several processes run tests, those marked `alone` run while the others wait; waiting counts to no test's time."""
    if not hasattr(item.config, "workerinput"):
        return (yield)
    with _turn(alone=item.get_closest_marker("alone") is not None):
        return (yield)


@contextmanager
def _turn(*, alone):
    """One test's right to run. Whoever must be alone waits at the gate, where nobody passes it: else it might wait for ever."""
    with (TESTS / "conftest.py").open() as gate, (REPOSITORY / "pyproject.toml").open() as floor:
        fcntl.flock(gate, fcntl.LOCK_EX)
        fcntl.flock(floor, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        fcntl.flock(gate, fcntl.LOCK_UN)
        yield


def _folder_of(path):
    parts = path.relative_to(TESTS).parts if path.is_relative_to(TESTS) else ()
    if len(parts) < 2 or parts[0] not in FOLDERS:
        raise pytest.UsageError(f"{path} is in a wrong place: a test stands in one of tests/{{{','.join(FOLDERS)}}}")
    return parts[0]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Turns a skipped test into a failed one where everything is required."""
    report = yield
    return _required(report)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    """Turns a skipped module into a failed one where everything is required."""
    report = yield
    return _required(report)


def _required(report):
    expected_failure = hasattr(report, "wasxfail")
    if os.environ.get("SIXWEEKS_REQUIRE_ALL") == "1" and report.skipped and not expected_failure:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        reason = reason.removeprefix("Skipped: ")
        if not reason.startswith(ALLOWED_SKIP):
            report.outcome = "failed"
            report.longrepr = f"Skipped where everything is required (SIXWEEKS_REQUIRE_ALL=1): {reason}"
    return report


@pytest.fixture(scope="session")
def shared_data():
    """Folder of the published data; it stands beside the repository."""
    folder = REPOSITORY.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"{ALLOWED_SKIP}: no folder ../shared/data beside the repository")
    return folder


@pytest.fixture(scope="session")
def chromium():
    """Path of the browser: the environment variable CHROMIUM, else `chromium` on the path."""
    found = shutil.which(os.environ.get("CHROMIUM") or "chromium")
    if found is None:
        pytest.skip("no browser: install Debian's chromium, or set CHROMIUM to its path")
    return Path(found)


@pytest.fixture(scope="session")
def copies():
    """Workers that start at once."""
    from tests.warm import Copies  # it needs the product, which the rules above do not

    started = Copies()
    yield started
    started.close()


@pytest.fixture(scope="session")
def readers():
    """Reading processes that start at once."""
    from tests.warm_reading import Readers

    started = Readers()
    yield started
    started.close()


@pytest.fixture
def warm(request, copies, readers, monkeypatch):
    """Workers and reading processes of this test start at once, unless it is marked `cold`."""
    if request.node.get_closest_marker("cold") is None:
        monkeypatch.setattr("portal.worker._spawn", copies.spawn)
        monkeypatch.setattr("data.safe_reading._child", readers.of_uploads)
        monkeypatch.setattr("data.sources.imaging_process._child", readers.of_extracts)


@pytest.fixture(scope="session")
def postgres():
    """The address of an empty PostgreSQL database; what a test leaves in it is cleared before the next."""
    from tests.unit.store_fixtures import postgres_server

    with postgres_server() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request, tmp_path):
    """The address of a store that does not exist yet, in each kind of database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.db'}"
    address = request.getfixturevalue("postgres")
    import psycopg

    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    return address


@pytest.fixture
def store(store_url):
    """An empty store, in each kind of database."""
    from data.store import Store

    store = Store.open(store_url)
    yield store
    store.close()
