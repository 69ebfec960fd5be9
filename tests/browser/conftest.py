"""A real browser against a served portal. Nothing may be asked of another host, and nothing may go wrong in the browser."""

from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect, sync_playwright

ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
SIZE = {"width": 1280, "height": 1000}
PATIENCE = 60_000
"""Milliseconds."""

PROBES = ("/_stcore/health", "/_stcore/host-config")
"""Asked for below a page's address first, where they are not found: Streamlit's own way of finding out where it is served."""


@pytest.fixture(scope="module")
def browser(chromium):
    """The browser; one for all tests of a module."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield running
        running.close()


@contextmanager
def window_of(browser):
    """A browser window, and what went wrong in it: requests to another host, script errors, dialogs, what could not be loaded."""
    context = browser.new_context(viewport=SIZE, accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    wrong = []
    page.on("request", lambda request: wrong.append(request.url) if _is_elsewhere(request.url) else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("dialog", lambda dialog: (wrong.append(dialog.message), dialog.dismiss()))
    page.on("response", lambda answer: wrong.append(answer.url) if answer.status >= 400 and not answer.url.endswith(PROBES) else None)
    yield page, wrong
    context.close()


def _is_elsewhere(url):
    parts = urlsplit(url)
    return parts.scheme not in ("data", "blob") and parts.hostname != "127.0.0.1"


def settled(page):
    """Wait until the page is drawn."""
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')
    page.wait_for_selector("h1")
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0, timeout=PATIENCE)
