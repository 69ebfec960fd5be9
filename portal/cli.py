"""The command line: the same chain as the pages, for automation, tests and people who prefer it."""

from __future__ import annotations

import argparse
import logging
import secrets
import sys
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data.run import CODE_VERSION

if TYPE_CHECKING:
    from portal.commands.screen import Screen

_DESCRIPTION = "Sixweeks: who can be seen within six weeks, with which sessions, where, in which week and at what cost."
_EXIT_CODES = "Exit code: 0 done, 1 refused or no plan, 2 wrong usage."
_WEEKS = (1, 156)
_KINDS = ("returns", "network", "provisional", "waiting-list", "imaging", "registers", "published")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code.

    Args:
        arguments: as on the command line; None = those of the process.
    """
    parser = _parser()
    options = vars(parser.parse_args(arguments))
    command, as_json = options.pop("command"), options.pop("json", False)
    # What a command needs is loaded only when it runs: help is shown at once.
    from data.errors import Refused, SixweeksError
    from portal.commands.screen import REFUSED, Screen, WrongUsage

    logging.getLogger().addHandler(logging.NullHandler())
    screen = Screen(as_json=as_json)
    screen.add(command=command)
    try:
        return _run(command, options, screen)
    except WrongUsage as error:
        parser.error(str(error))
    except Refused as error:
        screen.findings(error.findings)
        screen.warn("\nRefused. Nothing was stored.")
    except SixweeksError as error:
        screen.warn(str(error))
        screen.add(error=str(error))
    except OSError as error:
        sentence = f"{error.strerror or error}: {error.filename}" if error.filename else str(error)
        screen.warn(sentence)
        screen.add(error=sentence)
    except KeyboardInterrupt:
        screen.warn("Stopped.")
        screen.add(error="Stopped.")
    except Exception:
        sentence = _fault()
        screen.warn(sentence)
        screen.add(error=sentence)
    finally:
        screen.close()
    return REFUSED


def _run(command: str, options: dict[str, Any], screen: Screen) -> int:
    if command == "serve":
        from portal.commands.serving import serve

        return serve(**options)
    if command == "demo":
        from portal.commands.demo import demo

        return demo(**options, screen=screen)
    if command == "template":
        from portal.commands.networks import template

        return template(**options, screen=screen)
    if command == "import":
        from portal.commands.importing import import_files

        return import_files(**options, screen=screen)
    if command == "purge":
        from portal.commands.purging import purge

        return purge(**options, screen=screen)
    if command == "forecast":
        from portal.commands.forecasting import forecast

        return forecast(**options, screen=screen)
    if command == "workforce":
        from portal.commands.workforce import workforce

        return workforce(**options, screen=screen)
    from portal.commands.planning import plan

    return plan(**options, screen=screen)


def _fault() -> str:
    """Log a fault of ours under a reference number; the sentence that tells it."""
    from data.store import home

    reference = secrets.token_hex(4).upper()
    folder = home() / "log"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    log = folder / "command-line.log"
    with log.open("a", encoding="utf-8") as file:
        file.write(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} reference {reference}\n{traceback.format_exc()}\n")
    return f"Something went wrong on our side. Please report it with the reference {reference}; {log} tells more."


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="sixweeks", description=_DESCRIPTION, epilog=_EXIT_CODES)
    parser.add_argument("--version", action="version", version=CODE_VERSION)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_serve(commands)
    _add_demo(commands)
    _add_template(commands)
    _add_import(commands)
    _add_forecast(commands)
    _add_plan(commands)
    _add_workforce(commands)
    _add_purge(commands)
    return parser


def _command(commands: Any, name: str, help_: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=help_, description=help_, epilog=_EXIT_CODES)
    return parser


def _add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON object for machines")


def _add_dataset(parser: argparse.ArgumentParser, help_: str) -> None:
    parser.add_argument("--dataset", default="", metavar="ID|NAME", help=help_)


def _add_serve(commands: Any) -> None:
    parser = _command(commands, "serve", "serve the portal on this computer")
    parser.add_argument("--port", type=_whole(1, 65535), help="port to listen on (default: as the settings say, 8501)")


def _add_demo(commands: Any) -> None:
    parser = _command(commands, "demo", "load the demonstration network into the store and plan it")
    parser.add_argument("--wait", action="store_true", help="wait until its plans are there; otherwise they are computed in the background")
    _add_json(parser)


def _add_template(commands: Any) -> None:
    parser = _command(commands, "template", "write the network workbook, filled or empty")
    parser.add_argument(
        "--network", dest="source", default="", metavar="DIR|NAME", help="folder, example or stored network (default: the stored one)"
    )
    _add_dataset(parser, "write the workbook of this dataset")
    parser.add_argument("--out", type=Path, required=True, metavar="F.xlsx", help="file to write")
    parser.add_argument("--empty", action="store_true", help="headings only, to be filled in")
    _add_json(parser)


def _add_import(commands: Any) -> None:
    parser = _command(commands, "import", "read, check and store files of any source: returns, networks, lists, registers, examinations")
    parser.add_argument(
        "files", nargs="+", type=Path, metavar="FILE",
        help="files of one kind: monthly returns, one network workbook or its folder, waiting list or imaging extracts, registers, ...",
    )  # fmt: skip
    parser.add_argument("--source", default="", choices=_KINDS, help="kind of the files (default: told apart by their headings)")
    parser.add_argument("--network", default="", metavar="NAME|from-file", help="network the files belong to (default: the stored one)")
    _add_dataset(parser, "dataset the files are added to (default: the newest)")
    parser.add_argument(
        "--column", dest="columns", action="append", default=[], type=_heading, metavar="THEIRS=OURS",
        help='a heading of theirs is this column of ours, or not wanted ("THEIRS="); may be repeated, is remembered',
    )  # fmt: skip
    parser.add_argument(
        "--value", dest="values", action="append", default=[], type=_meaning, metavar="COLUMN:THEIRS=OURS",
        help='a code of theirs means this one of ours, or rows with it are not wanted ("COLUMN:THEIRS="); may be repeated, is remembered',
    )  # fmt: skip
    parser.add_argument(
        "--fixed", action="append", default=[], type=_fixed, metavar="COLUMN=VALUE",
        help="what a column is in every row of files that do not have it, such as date=2026-06-28; may be repeated, is not remembered",
    )  # fmt: skip
    parser.add_argument("--lawful-basis", dest="basis", default="", metavar="TEXT", help="by what right rows of patients are used; kept in the audit")
    parser.add_argument("--name", default="", help="name of the new dataset")
    parser.add_argument("--note", default="", help="why it is stored")
    _add_json(parser)


def _add_forecast(commands: Any) -> None:
    parser = _command(commands, "forecast", "forecast demand and project the lists: forecast.csv and list_projection.csv")
    _add_dataset(parser, "dataset to forecast (default: the newest)")
    parser.add_argument("--network", default="", metavar="NAME", help="network whose newest dataset is forecast (default: the only stored one)")
    parser.add_argument("--origin", type=_month, metavar="YYYY-MM", help="last month that may be seen (default: the newest)")
    parser.add_argument("--horizon", type=_whole(1, 36), default=12, help="months ahead (default 12)")
    given = "CSV file with provider_code, test_id, period, additions and activity to project the lists with, in place of the forecasts"
    parser.add_argument("--given", type=Path, metavar="FILE", help=given)
    parser.add_argument("--out", type=Path, default=Path("forecast"), metavar="DIR", help="folder to write (default: ./forecast)")
    _add_json(parser)


def _add_plan(commands: Any) -> None:
    parser = _command(commands, "plan", "compute an allocation plan: tables as CSV, plan.json and plan.xlsx")
    parser.add_argument("--scenario", default="base", metavar="FILE|NAME", help="scenario as a JSON file, or by name (default: the base plan)")
    _add_dataset(parser, "dataset to plan (default: the newest)")
    parser.add_argument("--network", default="", metavar="NAME", help="network whose newest dataset is planned (default: the only stored one)")
    parser.add_argument("--weeks", type=_whole(*_WEEKS), help="length of the plan (default: as the scenario says, 52)")
    parser.add_argument("--gap", type=_share, default=0.01, help="distance from the best plan that is good enough, 0.01 = 1%% (default)")
    parser.add_argument("--time-limit", type=_seconds, default=300.0, metavar="S", help="most seconds of computing (default 300)")
    quick = "quick answer near an earlier plan of these data and weeks: a run, or the folder of its plan (default: solved in full)"
    parser.add_argument("--start-from", default="", metavar="RUN|DIR", help=quick)
    parser.add_argument("--out", type=Path, default=Path("plan"), metavar="DIR", help="folder to write (default: ./plan)")
    _add_json(parser)


def _add_workforce(commands: Any) -> None:
    parser = _command(commands, "workforce", "plan five years of staff: tables as CSV, a workbook and a business case in Word")
    parser.add_argument("--scenario", default="base", metavar="FILE|NAME", help="scenario as a JSON file, or by name (default: the base plan)")
    _add_dataset(parser, "dataset to plan (default: the newest)")
    parser.add_argument("--network", default="", metavar="NAME", help="network whose newest dataset is planned (default: the only stored one)")
    parser.add_argument("--gap", type=_share, default=0.005, help="distance from the best plan that is good enough, 0.005 = 0.5%% (default)")
    parser.add_argument("--time-limit", type=_seconds, default=120.0, metavar="S", help="most seconds of computing (default 120)")
    parser.add_argument("--out", type=Path, default=Path("workforce"), metavar="DIR", help="folder to write (default: ./workforce)")
    _add_json(parser)


def _add_purge(commands: Any) -> None:
    parser = _command(commands, "purge", "remove extracts of patients' rows whose time is over, for good")
    parser.add_argument("--dry-run", action="store_true", help="only say what would be removed")
    _add_json(parser)


def _month(text: str) -> str:
    try:
        return datetime.strptime(text, "%Y-%m").strftime("%Y-%m")
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a month such as 2025-03") from None


def _heading(text: str) -> tuple[str, str]:
    theirs, between, ours = text.rpartition("=")
    if not between or not theirs.strip():
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form THEIRS=OURS")
    return theirs, ours.strip()


def _fixed(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    if not name.strip() or not value.strip():
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form COLUMN=VALUE")
    return name.strip(), value.strip()


def _meaning(text: str) -> tuple[str, str, str]:
    name, colon, rest = text.partition(":")
    theirs, between, ours = rest.rpartition("=")
    if not colon or not between or not name.strip():
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form COLUMN:THEIRS=OURS")
    return name.strip(), theirs, ours.strip()


def _whole(least: int, most: int) -> Any:
    def whole(text: str) -> int:
        if not text.isdecimal() or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {least} to {most}")
        return int(text)

    return whole


def _share(text: str) -> float:
    value = _number(text)
    if not 0 <= value < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a share from 0 to 1, such as 0.01")
    return value


def _seconds(text: str) -> float:
    value = _number(text)
    if not 1 <= value <= 86_400:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds from 1 to 86400")
    return value


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number") from None


if __name__ == "__main__":
    sys.exit(main())
