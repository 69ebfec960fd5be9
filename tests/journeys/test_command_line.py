"""The command line from files to a plan, and the planner's guide as it is written."""

import json
import re
import shlex
import shutil

import pandas as pd
import pytest

from data.run import ALLOCATION
from data.store import SINGLE_USER, WORKER
from portal import engine, services
from portal.cli import main
from portal.commands import demo as demo_command
from portal.exports.plan_files import read_plan
from portal.worker import Process
from tests.conftest import REPOSITORY

GUIDE = REPOSITORY / "docs" / "guide" / "planner.md"
FOUR = "four_trusts_one_week"


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty folder to work in, with a store of its own."""
    monkeypatch.setenv("SIXWEEKS_HOME", str(tmp_path / "var"))
    monkeypatch.delenv("SIXWEEKS_DATABASE_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    store = services.store()
    engine.stop(store)
    for lease in store.leases(WORKER):
        Process.parse(lease.worker).kill()
    store.close()


@pytest.fixture
def command(capsys):
    """Runs a command; gives its exit code and what it printed."""

    def run(*arguments):
        capsys.readouterr()
        code = main([str(a) for a in arguments])
        printed = capsys.readouterr()
        assert "Traceback" not in printed.out + printed.err
        return code, printed.out, printed.err

    return run


@pytest.fixture
def official(shared_data, here):
    """The two newest official workbooks, in the folder worked in."""
    paths = [path for path in (shared_data / "dm01" / "raw").glob("*.xls") if "February" in path.name or "March" in path.name]
    return [shutil.copy(path, here / path.name) for path in sorted(paths)]


@pytest.mark.cold
def test_from_a_network_workbook_to_a_checked_plan(here, command):
    assert command("template", "--network", FOUR, "--out", "network.xlsx")[0] == 0
    code, said, _ = command("import", "network.xlsx")
    assert code == 0
    assert 'Stored as "Four trusts, one week' in said

    code, said, progress = command("plan", "--weeks", 1)
    assert code == 0
    assert "The six-week target is missed on 1 of 4 lists" in said
    assert "travel limit of 40 minutes" in said
    assert "every limit is kept" in said
    assert progress
    plan = read_plan(here / "plan")
    assert plan["waiting_list"].groupby("organisation")["waiting"].sum().round(6).to_dict() == {"E": 0, "N": 20, "S": 0, "W": 0}

    # The portal sees the run, and equal inputs share it.
    runs = services.store().runs(SINGLE_USER)
    assert [run.state for run in runs] == ["done"]
    code, said, _ = command("plan", "--weeks", 1, "--out", "again", "--json")
    assert code == 0
    told = json.loads(said)
    assert told["run"] == runs[0].id
    assert told["check"] == "passed"
    assert len(services.store().runs(SINGLE_USER)) == 1

    further = {"name": "Further", "weeks": 1, "changes": [{"name": "aid_travel_limit", "value": 55, "reason": "Agreed"}]}
    (here / "further.json").write_text(json.dumps(further))
    code, said, _ = command("plan", "--scenario", "further.json", "--out", "further")
    assert code == 0
    assert "The six-week target is met on all 4 lists" in said
    code, said, _ = command("plan", "--scenario", "further", "--out", "by-name", "--json")
    assert (code, json.loads(said)["scenario"]["name"]) == (0, "Further")


def test_official_workbooks_on_an_empty_store(here, command, official):
    code, said, _ = command("import", *official)
    assert code == 0
    assert "No network is stored yet" in said
    assert "2 months loaded (February 2025 to March 2025)" in said
    assert "The synthetic history was removed" in said
    store = services.store()
    assert [(d.data_date, d.synthetic) for d in store.datasets(SINGLE_USER)] == [
        (pd.Timestamp("2025-03-31"), True), (pd.Timestamp("2026-10-31"), True)
    ]  # fmt: skip
    newest = store.dataset(SINGLE_USER, store.newest_dataset(SINGLE_USER).id)
    assert not newest.synthetic_history

    code, said, _ = command("import", official[0], "--json")
    assert code == 0
    assert json.loads(said)["dataset"]["already"] is True
    assert len(store.datasets(SINGLE_USER)) == 2


def test_one_damaged_file_stores_nothing_of_the_others(here, command, official):
    damaged = here / "damaged.xls"
    damaged.write_bytes(official[0].read_bytes()[:30_000])
    (here / "letter.xlsx").write_bytes(b"Dear planner")
    code, said, faults = command("import", official[1], damaged, "letter.xlsx")
    assert code == 1
    assert "damaged.xls" in faults
    assert "letter.xlsx" in faults
    assert all(heading in faults for heading in ("File", "Found", "Allowed", "How to mend it"))
    assert "No network is stored yet" not in said
    assert services.store().datasets(SINGLE_USER) == []


def test_a_network_of_what_the_files_hold_can_be_stored_and_not_planned(here, command, official):
    code, said, _ = command("import", "--network", "from-file", official[1])
    assert code == 0
    assert "it can be forecast, not planned" in said
    assert command("import", "--network", "from-file", official[0])[0] == 0
    store = services.store()
    known = store.dataset(SINGLE_USER, store.newest_dataset(SINGLE_USER).id)
    assert len(known.activity.of(known.network.organisations)["period"].unique()) == 2
    assert len(known.network.organisations) > 400
    code, _, faults = command("plan")
    assert code == 1
    assert "at least one asset" in faults
    assert store.runs(SINGLE_USER) == []


def test_a_network_folder_is_imported_with_months_of_its_own_and_two_networks_must_be_told_apart(here, command):
    folders = REPOSITORY / "data" / "networks"
    assert command("import", folders / FOUR)[0] == 0
    assert command("import", folders / "two_trusts_endoscopy")[0] == 0
    with pytest.raises(SystemExit) as stopped:
        command("plan")
    assert stopped.value.code == 2
    assert command("import", folders / FOUR, folders / "two_trusts_endoscopy")[0] == 1
    assert command("template", "--network", FOUR, "--out", here / "four.xlsx", "--empty")[0] == 0
    code, _, faults = command("import", here / "four.xlsx")
    assert code == 1
    assert "four.xlsx" in faults


def queued(scope, made, **settings):
    """A run that is asked for and computed by nobody."""
    store = services.store()
    return store.start_run(scope, ALLOCATION, made.dataset_id, store.save_scenario(scope, made).id, settings, "0")


def test_the_demonstration_is_loaded_once_and_asked_for_with_and_without_change(here, command, monkeypatch):
    monkeypatch.setattr(services, "start_plan", queued)
    code, said, _ = command("demo")
    assert code == 0
    assert "Loaded" in said
    assert "computed in the background" in said
    code, said, _ = command("demo", "--json")
    assert (code, json.loads(said)["already"]) == (0, True)
    store = services.store()
    assert len(store.datasets(SINGLE_USER)) == 1
    names = {store.scenario(SINGLE_USER, run.scenario_id).name for run in store.runs(SINGLE_USER)}
    assert names == {"Base plan", "Do nothing"}
    assert len(store.runs(SINGLE_USER)) == 2


def test_the_demonstration_can_be_waited_for(here, command, monkeypatch):
    monkeypatch.setattr(demo_command, "demonstration", lambda: "two_trusts_endoscopy")
    code, said, _ = command("demo", "--wait")
    assert code == 0
    assert "Its plans are there" in said
    assert [run.state for run in services.store().runs(SINGLE_USER)] == ["done", "done"]


def commands_of(text):
    """The commands a guide shows, in order."""
    return [line.strip() for line in text.splitlines() if re.match(r"    sixweeks ", line)]


@pytest.mark.timeout(240)
def test_the_planner_s_guide_works_as_it_is_written(here, command, official, monkeypatch):
    text = GUIDE.read_text("utf-8")
    (here / "further.json").write_text(text.partition("```json")[2].partition("```")[0].replace('"weeks": 52', '"weeks": 6'))
    ran = []
    for line in commands_of(text):
        # A few weeks are enough to see that the commands work; serving would not end by itself.
        words = shlex.split(line.replace("--weeks 52", "--weeks 6"))[1:]
        if words[0] == "serve":
            continue
        with monkeypatch.context() as patch:
            if words[0] == "demo":
                patch.setattr(services, "start_plan", queued)
            code, said, faults = command(*(found for word in words for found in (sorted(here.glob(word)) if "*" in word else [word])))
        assert code == 0, f"{line}\n{said}\n{faults}"
        for run in services.store().runs(SINGLE_USER):
            if run.state == "queued":
                services.store().request_cancel(SINGLE_USER, run.id)
        ran.append(words[0])
    assert set(ran) == {"demo", "import", "plan", "template"}
    assert {path.name for path in (here / "plan").iterdir()} >= {"plan.xlsx", "plan.json", "waiting_list.csv"}
    before, after = (read_plan(here / folder) for folder in ("plan", "plan-further"))
    assert before.summary["provenance"]["scenario_id"] != after.summary["provenance"]["scenario_id"]
