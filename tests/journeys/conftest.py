"""A planner at the portal without a browser: an empty store of their own, pages, files to upload, and patience for a plan."""

import sqlite3
import time
from contextlib import closing
from functools import cache, cached_property

import pytest
from streamlit import config
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from data.store import SINGLE_USER, home
from portal import results, services
from tests.conftest import REPOSITORY
from tests.served import SECONDS, leave, make_plan, save_tiny


@pytest.fixture(autouse=True)
def _quick(warm):
    """Workers start at once."""


@pytest.fixture(autouse=True, scope="session")
def _asked_once():
    """Every window asks all installed packages for components of pages, which takes longer than many a page: here they are asked once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture
def portal_store(tmp_path, monkeypatch):
    """An empty store for the portal of this test; no worker outlives it, and a fault of ours shows its message."""
    monkeypatch.setenv("SIXWEEKS_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("SIXWEEKS_DATABASE_URL", raising=False)
    shown = config.get_option("client.showErrorDetails")
    config.set_option("client.showErrorDetails", "full")
    held = services.store()
    yield held
    config.set_option("client.showErrorDetails", shown)
    leave(held)


class Planner:
    """Somebody with a browser window, who may open another."""

    def __init__(self, **address):
        self._address = address

    @cached_property
    def app(self):
        """The window, opened at the address when it is first looked at."""
        return window(self._address)

    def open(self, page, **address):
        """Go to a page by its link, or in a new window where an address is given."""
        if address:
            self.app = closed_window(address)
        self.app.switch_page(f"../pages/{page}.py").run()
        return self.settled()

    def settled(self):
        """The page, which has no fault of ours on it."""
        assert not self.app.exception, self.app.exception
        return self.app

    @property
    def address(self):
        """The query parameters in the address bar."""
        return {name: value[0] if isinstance(value, list) else value for name, value in dict(self.app.query_params).items()}

    def again(self):
        """Refresh: a new session with the same address."""
        page, address = self.app._page_hash, self.address
        self.app = window(address)
        self.app._page_hash = page
        self.app.run()
        return self.settled()

    def do(self, element):
        """Click, choose or type, and wait for the page."""
        element.run()
        return self.settled()

    def press(self, label):
        """Press the button with this label; what stands in its form is sent along."""
        return self.do(labelled(self.app.button, label).click())

    def wait_for_plan(self):
        """Wait until nothing is being computed, then look again."""
        give_up = time.monotonic() + SECONDS
        while any(not run.ended for run in results.runs(SINGLE_USER)):
            assert time.monotonic() < give_up, "no plan in time"
            time.sleep(0.1)
        self.app.run()
        return self.settled()

    @property
    def title(self):
        """The answer of the page."""
        return unescaped(self.app.title[0].value)

    @property
    def text(self):
        """Everything written on the page, without its tables."""
        kinds = ("title", "header", "subheader", "markdown", "caption", "success", "info", "warning", "error")
        return unescaped("\n".join(element.value for kind in kinds for element in getattr(self.app, kind)))


def labelled(elements, label):
    """The one element with this label."""
    found = [element for element in elements if element.label == label]
    assert len(found) == 1, (label, [element.label for element in elements])
    return found[0]


def unescaped(text):
    """What is read of text that stands on a page."""
    return text.replace("\\", "")


def window(address):
    """A new browser window at an address."""
    return closed_window(address).run()


def closed_window(address):
    """A browser window that shows nothing yet, at an address."""
    app = AppTest.from_file(REPOSITORY / "portal" / "main" / "app.py", default_timeout=SECONDS)
    for name, value in address.items():
        app.query_params[name] = value
    return app


@pytest.fixture
def planner(portal_store):
    """Somebody about to open the portal."""
    return Planner()


@pytest.fixture
def tiny(portal_store):
    """The id of a stored tiny dataset."""
    return save_tiny(portal_store)


@pytest.fixture(scope="session")
def finished_plan(tmp_path_factory, copies):
    """A store with a finished plan of the tiny dataset, and the plan's run."""
    folder = tmp_path_factory.mktemp("planned")
    return folder, make_plan(folder, copies)


@pytest.fixture
def planned(portal_store, finished_plan):
    """The run of a finished plan, in the store of this test."""
    folder, run = finished_plan
    portal_store.close()
    with closing(sqlite3.connect(folder / "sixweeks.db")) as source, closing(sqlite3.connect(home() / "sixweeks.db")) as copy:
        source.backup(copy)
    return run
