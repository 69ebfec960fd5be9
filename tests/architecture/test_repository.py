"""The repository as a whole: nothing of one machine in it, settings that the portal really accepts."""

import re
import subprocess
import sys
import tomllib

import pytest
from streamlit import config

MACHINE = re.compile(r"(?<![\w.:/$}-])/(?:work|root|home|Users)/\w")
HOSTS = re.compile(r"\b(?:" + "|".join(("py" + "pi", "python" + "hosted", "npm" + "js", "debian")) + r")\.org\b")

SECURE = {
    "server.address": "127.0.0.1",
    "server.enableCORS": True,
    "server.enableXsrfProtection": True,
    "server.enableStaticServing": False,
    "server.enableAgentApi": False,
    "server.maxUploadSize": 50,
    "browser.gatherUsageStats": False,
    "client.showErrorDetails": "none",
    "client.showErrorLinks": False,
    "client.showSidebarNavigation": False,
    "runner.magicEnabled": False,
}


@pytest.fixture(scope="module")
def settings(repository):
    def flat(table, prefix=""):
        for key, value in table.items():
            if isinstance(value, dict):
                yield from flat(value, f"{prefix}{key}.")
            else:
                yield f"{prefix}{key}", value

    return dict(flat(tomllib.loads((repository / ".streamlit" / "config.toml").read_text("utf-8"))))


def test_no_file_names_a_machine_path_or_a_package_registry(repository, tracked):
    found = []
    for path in tracked:
        text = (repository / path).read_bytes().decode("utf-8", errors="ignore")
        found += [f"{path}: {m.group()}" for pattern in (MACHINE, HOSTS) for m in pattern.finditer(text)]
    assert found == []


@pytest.mark.parametrize("text", ['"/' + 'work/main"', "see /" + "home/me", "cd /" + "root/x"])
def test_a_machine_path_is_found(text):
    assert MACHINE.search(text)


@pytest.mark.parametrize("text", ["www.example.org/" + "home/page", "a/" + "work/b", "../" + "work/b"])
def test_an_address_or_a_relative_path_is_not_taken_for_a_machine_path(text):
    assert not MACHINE.search(text)


def test_streamlit_knows_every_setting(settings):
    assert set(settings) - set(config.get_config_options()) == set()


def test_the_portal_is_closed_and_quiet_by_default(settings):
    assert {key: settings.get(key) for key in SECURE} == SECURE
    assert set(settings["server.allowedHosts"]) == {"127.0.0.1", "localhost"}


def test_nothing_stored_or_secret_would_be_committed(tracked):
    kept = [p.as_posix() for p in tracked if p.suffix in {".db", ".sqlite", ".parquet", ".xls"} or p.name in {"secrets.toml", ".env"}]
    assert kept == []


def test_every_command_the_readme_names_exists(repository):
    named = set(re.findall(r"\bsixweeks (\w+)", (repository / "README.md").read_text("utf-8")))
    command = [sys.executable, "-c", "import sys; from portal.cli import main; sys.argv = ['sixweeks', '--help']; sys.exit(main())"]
    shown = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=False).stdout
    assert named
    assert {name for name in named if not re.search(rf"\b{name}\b", shown)} == set()
