"""A network's own tables: read and written as a folder of CSV files, and put together into nouns whatever file they came from."""

from __future__ import annotations

import gzip
import tomllib
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd

from data.activity import ACTIVITY, Activity
from data.assumptions import ASSUMPTIONS, Assumptions
from data.cells import Sheet, headed
from data.errors import NotFound, Refused
from data.fields import Table, shown
from data.findings import Finding, Findings, refusal
from data.frames import to_csv_text
from data.network import NETWORK_TABLES, Network
from data.tabular import Format, read_sheets

TABLES: tuple[Table, ...] = (*NETWORK_TABLES, ASSUMPTIONS, ACTIVITY)
"""Every table a network's own workbook or folder may hold."""

EXAMPLES = Path(__file__).parent / "networks"
DECLARED_EXAMPLES = "examples.toml"
"""File that says which of the examples is the demonstration."""

MAX_FILE = 100_000_000
"""Most bytes of one CSV file, unpacked."""

_FIRST_DATA_ROW = 2
_TYPES: tuple[Format, ...] = ("csv",)
_BY_NAME = {t.name: t for t in TABLES}
_Noun = TypeVar("_Noun")


@dataclass(frozen=True, eq=False)
class TableReading:
    """One declared table as it was read.

    Attributes:
        table: name of the declared table.
        frame: typed frame of it.
        rows: the row of the sheet or file that each row of the frame stands in.
        findings: what is wrong with its cells.
        file: name of the file.
        sheet: name of the sheet, empty for a CSV file.
    """

    table: str
    frame: pd.DataFrame
    rows: tuple[int, ...]
    findings: Findings
    file: str
    sheet: str = ""


@dataclass(frozen=True, eq=False)
class Parts:
    """A network with its assumptions and, where the file holds any, its history.

    `findings` are the warnings and notes of every check; a refusal never gets this far.
    """

    network: Network
    assumptions: Assumptions
    activity: Activity | None = None
    findings: Findings = field(default_factory=Findings)


@dataclass(frozen=True, eq=False)
class NetworkTables:
    """The typed tables of one file or folder, not yet checked against each other."""

    tables: tuple[TableReading, ...]
    findings: Findings = field(default_factory=Findings)

    @classmethod
    def refused(cls, source: str, file: str, content: bytes, version: int, findings: Findings) -> NetworkTables:  # noqa: ARG003
        """What was read of a file that was refused: no table, and the reasons; told as every adapter's result is."""
        return cls((), findings.in_file(file))

    def pack(self) -> tuple[dict[str, Any], dict[str, pd.DataFrame]]:
        """Plain values and frames, to be sent from one process to another."""
        plain = {
            "findings": [asdict(f) for f in self.findings],
            "tables": [
                {"table": t.table, "rows": list(t.rows), "file": t.file, "sheet": t.sheet, "findings": [asdict(f) for f in t.findings]}
                for t in self.tables
            ],
        }
        return plain, {t.table: t.frame for t in self.tables}

    @classmethod
    def unpack(cls, plain: dict[str, Any], frames: dict[str, pd.DataFrame]) -> NetworkTables:
        """The opposite of `pack`; the frames are typed again."""
        tables = []
        for t in plain["tables"]:
            declared, sent = _BY_NAME[t["table"]], frames[t["table"]]
            frame = declared.typed({name: sent[name] for name in declared.columns})
            findings = Findings(Finding(**f) for f in t["findings"])
            tables.append(TableReading(declared.name, frame, tuple(t["rows"]), findings, t["file"], t["sheet"]))
        return cls(tuple(tables), Findings(Finding(**f) for f in plain["findings"]))

    def parts(self) -> Parts:
        """The nouns these tables make.

        Raises:
            Refused: with every finding: those of single cells first; where there are none, those of the tables against each other.
        """
        read = self.findings.plus(*(t.findings for t in self.tables))
        if read.refusals:
            raise Refused(read)
        frames = {t.table: t.frame for t in self.tables}
        found: list[Finding] = []
        network = _made(lambda: Network({t.name: frames[t.name] for t in NETWORK_TABLES if t.name in frames}), found)
        assumptions = _made(lambda: Assumptions({k: f for k, f in frames.items() if k == ASSUMPTIONS.name}), found)
        rows = frames.get(ACTIVITY.name)
        activity = None if rows is None or rows.empty else _made(lambda: Activity({ACTIVITY.name: rows}), found)
        if network is not None and assumptions is not None:
            found += assumptions.check_against(network)
        if network is not None and activity is not None:
            found += _strangers(activity, network)
        findings = read.plus(placed(found, self.tables))
        if network is None or assumptions is None or findings.refusals:
            raise Refused(findings)
        return Parts(network, assumptions, activity, findings)


def _made(make: Callable[[], _Noun], found: list[Finding]) -> _Noun | None:
    """The noun, or None with its findings collected."""
    try:
        noun = make()
    except Refused as error:
        found += error.findings
        return None
    found += noun.findings  # type: ignore[attr-defined]
    return noun


def placed(findings: Sequence[Finding], tables: Sequence[TableReading]) -> Iterator[Finding]:
    """Findings of nouns, which count rows of frames, at the true row, sheet and file."""
    by_title = {_BY_NAME[t.table].title: t for t in tables}
    for finding in findings:
        table = by_title.get(finding.sheet)
        if table is None or finding.file:
            yield finding
            continue
        row = finding.row
        if row is not None and _FIRST_DATA_ROW <= row < _FIRST_DATA_ROW + len(table.rows):
            row = table.rows[row - _FIRST_DATA_ROW]
        yield replace(finding, file=table.file, sheet=table.sheet, row=row)


def _strangers(activity: Activity, network: Network) -> Iterator[Finding]:
    """A network's own history names its own organisations and tests only; one finding for each unknown name."""
    for column, table in (("organisation", "organisations"), ("test", "tests")):
        values = activity.rows[column].reset_index(drop=True)
        wrong = values[~values.isin(network[table].iloc[:, 0])]
        for value, where in wrong.groupby(wrong).groups.items():
            title = _BY_NAME[table].title
            found = shown(value) + (f" (in {len(where):,} rows)" if len(where) > 1 else "")
            mend = f'Correct the value, remove the rows, or add it to "{title}".'
            yield refusal(
                "unknown-reference", found, f'a value of "{title}"', mend,
                sheet=ACTIVITY.title, row=int(min(where)) + _FIRST_DATA_ROW, column=ACTIVITY.field(column).title,
            )  # fmt: skip


def read_table(table: Table, sheet: Sheet, file: str) -> TableReading:
    """One declared table from raw cells whose headings stand in row 1."""
    raw, wrong = headed(sheet, file)
    frame, typing = table.read(raw, file=file, sheet=sheet.name)
    title = {_letters(name): f.title for f in table.fields for name in (f.name, f.title)}
    told = {(f.row, title.get(_letters(f.column))) for f in wrong}
    findings = wrong.plus(f for f in typing if f.rule != "cell" or (f.row, f.column) not in told)
    return TableReading(table.name, frame, tuple(int(r) for r in raw.index), findings, file, sheet.name)


def _letters(text: str) -> str:
    return "".join(c for c in text.lower() if c.isalnum())


def read_folder(path: Path) -> Parts:
    """A network from a folder with one `<table>.csv` for each declared table; a table without a file is empty.

    Args:
        path: the folder; `activity` may be packed as `activity.csv.gz`.

    Raises:
        NotFound: there is no such folder.
        Refused: with every finding.
    """
    if not path.is_dir():
        raise NotFound(f"There is no folder {path.name}.")
    tables: list[TableReading] = []
    findings: list[Finding] = list(_unknown_files(path))
    for table in TABLES:
        file = next((p for p in (path / f"{table.name}.csv", path / f"{table.name}.csv.gz") if p.is_file()), None)
        if file is None:
            if table.required:
                mend = f"Add the file: {table.help}"
                findings.append(refusal("missing-file", "no such file", f"a file {table.name}.csv", mend, file=f"{table.name}.csv"))
            continue
        try:
            sheets, notes = read_sheets(_unpacked(file), file.name, types=_TYPES)
        except Refused as error:
            findings += error.findings
            continue
        findings += notes
        tables.append(read_table(table, sheets[0], file.name))
    return NetworkTables(tuple(tables), Findings(findings)).parts()


def _unpacked(file: Path) -> bytes:
    try:
        with gzip.open(file) if file.suffix == ".gz" else file.open("rb") as stream:
            content = bytes(stream.read(MAX_FILE + 1))
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise Refused([refusal("damaged", "a damaged file", "a whole .csv.gz file", "Pack the file again.", file=file.name)]) from None
    if len(content) > MAX_FILE:
        allowed = f"at most {MAX_FILE // 1_000_000} MB unpacked"
        raise Refused([refusal("too-large", "a larger file", allowed, "Keep fewer rows.", file=file.name)])
    return content


def _unknown_files(path: Path) -> Iterator[Finding]:
    known = {f"{t.name}{suffix}" for t in TABLES for suffix in (".csv", ".csv.gz")}
    for file in sorted(path.iterdir()):
        if file.name.endswith((".csv", ".csv.gz")) and file.name not in known:
            allowed = "one of " + ", ".join(f"{t.name}.csv" for t in TABLES)
            yield refusal("unknown-file", "a table of another name", allowed, "Rename or remove the file.", file=file.name)


def write_folder(parts: Parts, path: Path) -> None:
    """Write a network as one CSV file for each declared table; `read_folder` reads it back without loss.

    Args:
        parts: the network, its assumptions and its history; history is written only where there is any.
        path: the folder, made if it does not exist. Tables already in it are replaced.
    """
    path.mkdir(parents=True, exist_ok=True)
    frames = {t.name: parts.network[t.name] for t in NETWORK_TABLES} | {ASSUMPTIONS.name: parts.assumptions.rows}
    for suffix in (".csv", ".csv.gz"):
        (path / f"{ACTIVITY.name}{suffix}").unlink(missing_ok=True)
    if parts.activity is not None:
        frames[ACTIVITY.name] = parts.activity.rows
    for name, frame in frames.items():
        (path / f"{name}.csv").write_text(to_csv_text(_BY_NAME[name], frame), encoding="utf-8", newline="")


def example_networks() -> dict[str, Path]:
    """The complete networks that come with the product: folder name → folder."""
    folders = sorted(p.parent for p in EXAMPLES.glob(f"*/{NETWORK_TABLES[0].name}.csv"))
    return {folder.name: folder for folder in folders}


def demonstration() -> str:
    """Folder name of the example that `sixweeks demo` loads, as the examples declare it."""
    return str(tomllib.loads((EXAMPLES / DECLARED_EXAMPLES).read_text("utf-8"))["demonstration"])
