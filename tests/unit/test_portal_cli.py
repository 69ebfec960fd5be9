"""The command line: exit codes, findings as tables, JSON for machines, and never a traceback."""

import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from streamlit.web import cli as streamlit

from data.assumptions import ASSUMPTIONS
from data.errors import NoPlan, NotFound, Refused
from data.findings import Findings, note, refusal, warning
from data.folder import demonstration
from data.run import PlanSettings, Progress
from data.scenario import base
from portal import cli
from portal.cli import main
from portal.commands import following, planning, serving
from portal.commands.screen import Screen, WrongUsage, finding_table, table
from portal.planning import make_plan
from tests.conftest import REPOSITORY
from tests.networks.small import frame
from tests.small_networks import two_trusts

CELL = refusal("cell", '"many"', "a number in hours, 0 or more", "Correct the cell.", file="n.xlsx", sheet="Staff", row=7, column="WTE")


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    monkeypatch.setenv("SIXWEEKS_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("SIXWEEKS_DATABASE_URL", raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def instead(monkeypatch):
    """Makes every command do something else."""

    def replace(action):
        monkeypatch.setattr(cli, "_run", lambda command, options, screen: action(screen))

    return replace


def raises(error):
    def action(_):
        raise error

    return action


@pytest.mark.parametrize(
    "arguments",
    [
        [], ["fly"], ["plan", "--weeks", "0"], ["plan", "--weeks", "157"], ["plan", "--weeks", "ten"], ["plan", "--gap", "1"],
        ["plan", "--gap", "nan"], ["plan", "--time-limit", "0"], ["plan", "--time-limit", "soon"], ["import"], ["template"],
        ["serve", "--port", "0"], ["serve", "--port", "99999"], ["plan", "--no-such-option"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_wrong_usage_ends_with_two(arguments, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert "usage: sixweeks" in capsys.readouterr().err


def test_what_only_the_store_can_tell_to_be_wrong_usage_ends_with_two(instead, capsys):
    instead(raises(WrongUsage("There are several networks: name one with --network: a, b.")))
    with pytest.raises(SystemExit) as stopped:
        main(["plan"])
    assert stopped.value.code == 2
    assert "name one with --network: a, b" in capsys.readouterr().err


def test_help_names_every_command_and_loads_nothing_heavy():
    program = "import sys, portal.cli as c; c._parser().print_help(); print(sorted({'pandas', 'pyomo', 'streamlit'} & set(sys.modules)))"
    shown = subprocess.run([sys.executable, "-c", program], cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
    assert all(name in shown for name in ("serve", "demo", "template", "import", "plan"))
    assert shown.rstrip().endswith("[]")


def test_a_refusal_is_a_table_on_standard_error_and_one(instead, capsys):
    instead(raises(Refused([CELL, note("n", "one thing", "another", "Nothing to do.")])))
    assert main(["demo"]) == 1
    printed = capsys.readouterr()
    for words in ("n.xlsx", "Staff", "7", "WTE", '"many"', "a number in hours", "Correct the cell.", "Nothing was stored"):
        assert words in printed.err
    assert "one thing" in printed.out


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (NotFound('There is no dataset "x" here.'), 'There is no dataset "x" here.'),
        (NoPlan("No plan was found in the time allowed."), "No plan was found"),
        (FileNotFoundError(2, "No such file or directory", "lost.xls"), "No such file or directory: lost.xls"),
        (PermissionError(13, "Permission denied", "/plan"), "Permission denied: /plan"),
        (KeyboardInterrupt(), "Stopped."),
    ],
)
def test_whatever_ends_without_a_result_is_one_sentence_and_one(error, words, instead, capsys):
    instead(raises(error))
    assert main(["demo"]) == 1
    printed = capsys.readouterr()
    assert words in printed.err
    assert "Traceback" not in printed.err + printed.out


def test_a_fault_of_ours_has_a_reference_that_the_log_explains(instead, capsys, tmp_path):
    instead(raises(ZeroDivisionError("secret detail")))
    assert main(["demo"]) == 1
    printed = capsys.readouterr()
    reference = printed.err.partition("reference ")[2][:8]
    log = (tmp_path / "home" / "log" / "command-line.log").read_text()
    assert reference in log
    assert "ZeroDivisionError: secret detail" in log
    assert "secret detail" not in printed.err + printed.out
    assert "Traceback" not in printed.err


@pytest.mark.parametrize(
    ("action", "code", "holds"),
    [
        (lambda screen: screen.add(dataset="d") or 0, 0, {"command": "demo", "dataset": "d"}),
        (raises(NotFound("Nothing here.")), 1, {"command": "demo", "error": "Nothing here."}),
        (raises(Refused([CELL])), 1, {"command": "demo"}),
    ],
)
def test_json_is_one_object_and_nothing_else(action, code, holds, instead, capsys):
    instead(action)
    assert main(["demo", "--json"]) == code
    told = json.loads(capsys.readouterr().out)
    assert holds.items() <= told.items()


def test_json_holds_every_finding(capsys):
    screen = Screen(as_json=True)
    screen.say("never shown")
    screen.findings(Findings([CELL, warning("w", "a", "b", "c.")]))
    screen.close()
    told = json.loads(capsys.readouterr().out)
    assert [(f["severity"], f["file"], f["row"]) for f in told["findings"]] == [("refuse", "n.xlsx", 7), ("warn", "", None)]


@pytest.mark.parametrize("width", [80, 120, 160])
def test_a_table_of_findings_is_no_wider_than_the_screen_and_loses_no_word(width):
    text = finding_table([CELL], width)
    lines = text.splitlines()
    assert max(map(len, lines)) <= width
    assert {"Correct", "cell.", "hours,", "more", '"many"', "n.xlsx"} <= set(text.split())


def test_columns_that_no_finding_fills_are_left_out():
    text = finding_table([refusal("r", "one", "two", "Three.", file="a.csv")], 120)
    assert "Row" not in text
    assert "File" in text


def test_very_many_findings_are_counted():
    text = finding_table([CELL] * 100, 120)
    assert "and 60 more" in text


def test_a_very_long_list_of_what_is_allowed_is_cut():
    text = finding_table([refusal("r", "one", "one of " + ", ".join(f"name_{k}" for k in range(500)), "Mend.")], 120)
    assert "…" in text
    assert len(text.splitlines()) < 20


def test_cells_wrap_under_their_heading():
    assert table(["A", "B"], [["x", "four words to wrap"]], 14) == "A  B\n-  -----------\nx  four words\n   to wrap"


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_progress_on_a_terminal_is_one_line_written_over(monkeypatch):
    monkeypatch.setattr(sys, "stderr", stream := Terminal())
    screen = Screen()
    screen.progress(Progress("Building the model", 0.02, seconds=2))
    screen.progress(Progress("Looking for a better plan", 0.5, gap=0.012, seconds=9))
    screen.warn("Done.")
    assert stream.getvalue().count("\n") == 1
    assert "Looking for a better plan 50%, 9 seconds, within 1.2% of the best possible" in stream.getvalue()


def test_progress_in_a_file_is_a_line_for_each_stage(monkeypatch):
    monkeypatch.setattr(sys, "stderr", stream := io.StringIO())
    screen = Screen()
    for stage in ("Building", "Building", "Building", "Solving"):
        screen.progress(Progress(stage, 0.1))
    assert stream.getvalue().splitlines() == ["Building 10%", "Solving 10%"]


def test_the_server_reads_its_settings_here_and_keeps_what_people_store_where_it_was_started(monkeypatch, tmp_path):
    seen = {}
    monkeypatch.delenv("SIXWEEKS_HOME")
    monkeypatch.setattr(streamlit, "main", lambda words, **_: seen.update(words=words, folder=Path.cwd(), home=os.environ["SIXWEEKS_HOME"]))
    assert main(["serve", "--port", "8999"]) == 0
    assert seen["words"] == ["run", str(Path("portal") / "asgi.py"), "--server.port=8999"]
    assert seen["folder"] == REPOSITORY
    assert seen["home"] == str(tmp_path / "var")
    assert (serving._ROOT / ".streamlit" / "config.toml").is_file()


def test_the_demonstration_is_an_example_that_is_called_one():
    readme = (REPOSITORY / "data" / "networks" / "README.md").read_text("utf-8")
    assert f"| `{demonstration()}` | The demonstration" in readme


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "not JSON"), ("[]", "list"), ('{"name": "x", "weeks": "many"}', "wrong kind"), ('{"name": "x", "weeks": 500}', "1 to 156 weeks"),
        ('{"name": "x", "levers": {"hope": true}}', "hope"), ('{"name": "x", "levers": 3}', "wrong kind"),
        ('{"changes": [{"name": "aid_travel_limit", "value": "far"}]}', "far"), ('{"plans": []}', "plans"), ('{"name": 5}', "wrong kind"),
    ],
)  # fmt: skip
def test_a_scenario_file_that_cannot_be_right_is_refused(text, words, tmp_path):
    path = tmp_path / "s.json"
    path.write_text(text)
    with pytest.raises(Refused) as refused:
        planning._from_file(path, "d" * 64)
    assert words in refused.value.findings.summary()


def test_a_wrong_plan_is_shouted_and_one(monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("COLUMNS", "120")  # in a narrow window the words stand on several lines
    dataset = two_trusts().dataset()
    scenario = base(dataset.content_id, 2)
    plan = make_plan(dataset, scenario, PlanSettings(threads=1))
    assert planning.write_and_check(plan, dataset, scenario, tmp_path / "right", Screen()) == 0
    assert "every limit is kept" in capsys.readouterr().out
    # Checked against twice the demand, the same tables are wrong.
    other = scenario.changed(changes=frame(ASSUMPTIONS, [{"name": "demand_change", "value": 1.0}]))
    assert planning.write_and_check(plan, dataset, other, tmp_path / "wrong", Screen()) == 1
    printed = capsys.readouterr()
    assert "THE PLAN IS WRONG" in printed.err
    assert "patients added" in printed.err
    assert "every limit is kept" not in printed.out


@dataclass(frozen=True)
class Row:
    """As much of a run as waiting for one looks at."""

    state: str = "running"
    progress: Progress = field(default_factory=Progress)
    started: None = None
    id: str = "r"


def test_a_run_that_ends_before_it_tells_anything_is_still_seen_to_start(monkeypatch, capsys):
    monkeypatch.setattr(following.time, "sleep", lambda _: None)
    monkeypatch.setattr(following.services, "run", lambda scope, run_id: Row("done"))
    assert following.follow(Row(), Screen()).state == "done"
    assert capsys.readouterr().err == "Starting\n"


def test_the_first_interrupt_stops_the_run_and_keeps_its_plan_the_second_leaves_it(monkeypatch):
    asked = []
    states = iter(["running", "cancelled"])
    interrupts = iter([True])

    def sleep(_):
        if next(interrupts, False):
            raise KeyboardInterrupt

    monkeypatch.setattr(following.time, "sleep", sleep)
    monkeypatch.setattr(following.services, "cancel", lambda scope, run_id: asked.append(run_id))
    monkeypatch.setattr(following.services, "run", lambda scope, run_id: replace(Row(), state=next(states)))
    assert following.follow(Row(), Screen()).state == "cancelled"
    assert asked == ["r"]

    monkeypatch.setattr(following.time, "sleep", raises(KeyboardInterrupt()))
    monkeypatch.setattr(following.services, "run", lambda scope, run_id: Row())
    with pytest.raises(KeyboardInterrupt):
        following.follow(Row(), Screen())
