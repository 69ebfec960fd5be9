"""`sixweeks import`: official monthly returns, a network's own workbook or folder, and every other kind of file, told apart by what they hold."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path

from data.dataset import Dataset
from data.errors import NotFound, Refused
from data.findings import Finding, Findings, refusal
from data.folder import Parts, demonstration, example_networks, read_folder
from data.intake import from_parts, take_in
from data.rota import work_without_a_place
from data.run import Progress
from data.safe_reading import MAX_UPLOAD, read_many, read_path_safely, read_safely, shown_name
from data.sources.mapping import ColumnMapping
from data.sources.reading import Reading
from data.store import SINGLE_USER, Scope
from data.words import day
from portal import services
from portal.commands.networks import FROM_FILE, example, made_from, newest
from portal.commands.other_files import Answers, Order, import_other
from portal.commands.screen import DONE, Screen, WrongUsage
from portal.kinds import SOURCES, told_apart

_PACKED = (".gz", ".zip")
"""Files that may be far larger when unpacked."""


@dataclass
class _Read:
    """What the files hold: returns, at most one network, and what is wrong."""

    returns: list[Reading] = field(default_factory=list)
    network: Dataset | None = None
    network_file: str = ""
    findings: Findings = Findings()


@dataclass
class _Base:
    """The dataset that returns are added to, and the name it is stored under first where it is not stored yet."""

    dataset: Dataset
    name: str = ""


def import_files(
    files: list[Path], *, network: str, dataset: str, name: str, note: str, screen: Screen, source: str = "",
    columns: Sequence[tuple[str, str]] = (), values: Sequence[tuple[str, str, str]] = (), fixed: Sequence[tuple[str, str]] = (), basis: str = "",
) -> int:  # fmt: skip
    """Read, check and store files; all of them, or none where any is refused.

    Args:
        files: of one kind; returns and one network may come together.
        network: to which they are added; empty = the stored one.
        dataset: to which they are added; empty = the newest.
        name: of the new dataset.
        note: why it is stored.
        screen: where it is told.
        source: kind of the files; empty = told apart by what they hold.
        columns: their heading and our column.
        values: our column, their value and ours.
        fixed: our column and its value in every row.
        basis: by what right rows of patients are used.

    Raises:
        Refused: with the findings of every file.
        NotFound: no such file, dataset or network.
        WrongUsage: the store holds several networks and none is named, or what was said about names cannot be.
    """
    scope = SINGLE_USER
    answers = Answers(tuple(columns), tuple(values), tuple(fixed))
    kind = source or told_apart([f for f in files if not f.is_dir()], scope, answers.added_to(ColumnMapping("")))
    if kind in SOURCES:
        return import_other(Order(files, kind, answers, basis, name, note), network=network, dataset=dataset, screen=screen)
    if answers or basis:
        raise WrongUsage("Returns and networks have names of their own: leave out --column, --value, --fixed and --lawful-basis, or name --source.")
    try:
        read = _read(files, screen)
    except Refused as error:
        raise Refused(error.findings if source else Findings(map(_or_another_kind, error.findings))) from None
    if read.network and (network or dataset):
        raise WrongUsage("A network's own workbook or folder is a dataset of its own: leave out --network and --dataset.")
    base = _Base(read.network) if read.network else _base(scope, read.returns, network, dataset, screen)
    made, findings = base.dataset, read.findings
    said: list[str] = []
    if read.returns:
        made, intake = take_in(base.dataset, read.returns)
        findings = findings.plus(intake.findings)
        said = intake.sentences(stored=True)
        screen.add(sentences=said)
    screen.findings(findings.plus(work_without_a_place(made)))
    if base.name and made is not base.dataset:
        services.store().save_dataset(scope, base.dataset, name=base.name, note="Loaded first, to add files to")
    _store(scope, made, name or _name(made, read), note or f"From {', '.join(shown_name(f.name) for f in files)}"[:200], screen)
    for sentence in said:
        screen.say(sentence)
    return DONE


def _or_another_kind(finding: Finding) -> Finding:
    """A fault of the headings, and that the file may be of a kind its headings do not tell."""
    if finding.rule not in ("missing-column", "unknown-workbook"):
        return finding
    return replace(finding, mend=f"{finding.mend} If it is something else, name its kind with --source: {', '.join(SOURCES)}.")


def _read(files: list[Path], screen: Screen) -> _Read:
    """Open every file in a limited process of its own; a folder is read as it is."""
    found = _Read()
    refused: list[Finding] = []
    for folder in (f for f in files if f.is_dir()):
        refused += _take_network(found, partial(read_folder, folder), folder.name, "")
    paths = [f for f in files if not f.is_dir()]
    for k, (path, reading) in enumerate(zip(paths, _readings(paths), strict=True), start=1):
        screen.progress(Progress(f"Reading {shown_name(path.name)}", k / len(paths)))
        missing = next((f for f in reading.findings if f.rule == "missing-sheet"), None)
        if missing is None:
            found.returns.append(reading)
            continue
        content = path.read_bytes()
        tables = read_safely(content, path.name, "workbook")
        if tables.tables:
            refused += _take_network(found, tables.parts, shown_name(path.name), hashlib.sha256(content).hexdigest())
        else:
            refused.append(_unknown(missing))
    if refused or any(r.is_refused for r in found.returns):
        raise Refused([*refused, *(f for r in found.returns for f in r.findings)])
    return found


def _readings(paths: list[Path]) -> Iterator[Reading]:
    """Every file as a return, in order: small ones two at a time; large and packed ones alone, from where they lie."""
    small = [path for path in paths if not _is_large(path)]
    readings = read_many([(path.name, path.read_bytes()) for path in small], "dm01")
    for path in paths:
        yield read_path_safely(path, "dm01") if _is_large(path) else next(readings)


def _is_large(path: Path) -> bool:
    return path.stat().st_size > MAX_UPLOAD or path.suffix.lower() in _PACKED


def _take_network(found: _Read, read: Callable[[], Parts], file: str, sha256: str) -> Findings:
    """Keep a network that is read, or say why not."""
    if found.network:
        allowed = f"one network: {found.network_file} holds one already"
        return Findings([refusal("second-network", "a second network", allowed, "Import one network at a time.", file=file)])
    try:
        parts = read()
    except Refused as error:
        return error.findings
    found.network, found.network_file = from_parts(parts, file=file, sha256=sha256), file
    found.findings = found.findings.plus(parts.findings)
    return Findings()


def _unknown(missing: Finding) -> Finding:
    """A workbook that is neither of the two that can be read."""
    allowed = f"{missing.expected}, as in the official provider workbook; or the sheets of a network workbook"
    mend = "Import the official workbook as it was published, or a workbook made with `sixweeks template`."
    return refusal("unknown-workbook", missing.found, allowed, mend, file=missing.file)


def _base(scope: Scope, returns: list[Reading], network: str, dataset: str, screen: Screen) -> _Base:
    """The dataset that returns are added to."""
    if network == FROM_FILE:
        return _Base(made_from(scope, returns))
    if not dataset and not services.store().datasets(scope, network or None):
        name = network or demonstration()
        if name not in example_networks():
            known = ", ".join(sorted({d.network for d in services.store().datasets(scope)} | set(example_networks())))
            raise NotFound(f'There is no network "{name}". There are: {known}; {FROM_FILE} makes one of what the files hold.')
        loaded = example(name)
        screen.say(f'No network is stored yet: the example "{loaded.network.title}" is loaded first.' if not network else
                   f'The example "{loaded.network.title}" is loaded first.')  # fmt: skip
        return _Base(loaded, loaded.network.title)
    return _Base(services.dataset(scope, newest(scope, dataset, network).id))


def _name(made: Dataset, read: _Read) -> str:
    title = made.network.title
    if read.returns and made.data_date is not None:
        return f"{title}, data to {day(made.data_date)}"
    return f"{title}, {read.network_file}"


def _store(scope: Scope, made: Dataset, name: str, note: str, screen: Screen) -> None:
    stored = services.store().save_dataset(scope, made, name=name, note=note)
    what = "Nothing new: this is stored already as" if stored.already else "Stored as"
    screen.say(f'{what} "{stored.name}" ({stored.id[:12]}).')
    if not made.network.plannable:
        screen.say("It holds no assets: it can be forecast, not planned.")
    screen.add(dataset={**asdict(stored), "created": stored.created.isoformat()})
