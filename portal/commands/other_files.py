"""`sixweeks import` of what trusts and the network send beside the monthly return: lists, registers, published tables, examinations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from data.dataset import Dataset
from data.errors import Refused
from data.findings import Finding, Findings, refusal
from data.intake_local import TAKE_IN
from data.local_names import Names
from data.pieces import LocalIntake
from data.run import Progress
from data.safe_reading import MAX_UPLOAD, read_many, shown_name
from data.sources.imaging import ImagingReading, in_two_files, vocabulary
from data.sources.imaging_process import read_extract
from data.sources.local_reading import LocalReading
from data.sources.mapping import LEFT_OUT, ColumnMapping
from data.store import SINGLE_USER, Scope, StoredDataset
from data.store.extracts import StoredExtract
from data.words import count, day, listed, number
from portal import services
from portal.commands.networks import FROM_FILE, newest
from portal.commands.screen import DONE, Screen, WrongUsage
from portal.drafts import Folder
from portal.kinds import SOURCES, Source
from portal.uploads_local import dataset_name

_QUOTED = re.compile('^"([^"…]*)"')


@dataclass(frozen=True)
class Answers:
    """What somebody said on the command line about the names in the files.

    Attributes:
        columns: their heading and our column; an empty one is not wanted.
        values: our column, their value and ours; an empty one is not wanted.
        fixed: our column and what it is in every row of files without it; not remembered.
    """

    columns: tuple[tuple[str, str], ...] = ()
    values: tuple[tuple[str, str, str], ...] = ()
    fixed: tuple[tuple[str, str], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.columns or self.values or self.fixed)

    def added_to(self, mapping: ColumnMapping) -> ColumnMapping:
        """A mapping that says this too."""
        for heading, name in self.columns:
            mapping = mapping.with_column(heading, name)
        for name, theirs, ours in self.values:
            mapping = mapping.with_value(name, theirs, ours)
        for name, value in self.fixed:
            mapping = mapping.with_fixed(name, value)
        return mapping


@dataclass(frozen=True)
class Order:
    """What is to be imported.

    Attributes:
        files: of one kind.
        kind: a key of `SOURCES`.
        answers: about the names in them.
        basis: by what right rows of patients are used.
        name, note: of the new dataset.
    """

    files: Sequence[Path]
    kind: str
    answers: Answers = Answers()
    basis: str = ""
    name: str = ""
    note: str = ""

    @property
    def source(self) -> Source:
        """How files of this kind are read."""
        return SOURCES[self.kind]


def import_other(order: Order, *, network: str, dataset: str, screen: Screen) -> int:
    """Read, check and store files of one kind; all of them, or none where any is refused. What was said about their names is remembered.

    Args:
        order: what to import.
        network: of the dataset it is added to; empty = the only one.
        dataset: to which it is added; empty = the newest.
        screen: where it is told.

    Raises:
        Refused: with the findings of every file, each with the option that answers it; or patients' rows without a lawful basis.
        NotFound: there is no such dataset.
        WrongUsage: an answer names what is not there, or the store holds several networks and none is named.
    """
    scope, source = SINGLE_USER, order.source
    if network == FROM_FILE:
        raise WrongUsage(f"{source.title.capitalize()} belong to a network that is stored already: leave out --network {FROM_FILE}.")
    if source.patients and not order.basis.strip():
        mend = 'Say it with --lawful-basis "…": the agreement or the legal basis. It is kept in the audit.'
        raise Refused([refusal("lawful-basis", "no lawful basis", "by what right these rows of patients are used", mend)])
    stored = newest(scope, dataset, network)
    held = services.dataset(scope, stored.id)
    before = services.store().mapping(scope, source.source)
    mapping = order.answers.added_to(before)
    _check(order, Names(held, mapping))
    (_import_local if source.task else _import_imaging)(scope, order, held, mapping, screen)
    if mapping.without_fixed() != before:
        services.store().save_mapping(scope, mapping)
        screen.say("What you said about the names in these files is remembered.")
    return DONE


def _import_local(scope: Scope, order: Order, held: Dataset, mapping: ColumnMapping, screen: Screen) -> None:
    task = order.source.task
    if task is None:
        raise ValueError(order.kind)
    files = [(path.name, _content(path)) for path in order.files]
    readings: list[LocalReading] = []
    for k, reading in enumerate(read_many(files, task, options={"mapping": mapping.body}), start=1):
        readings.append(reading)
        screen.progress(Progress(f"Reading {reading.file}", k / len(files)))
    columns = {heading: name for r in readings for name, heading in r.columns.items()}
    try:
        made, intake = TAKE_IN[task](held, readings, mapping)
    except Refused as error:
        raise Refused(Findings(_with_option(f, order.source, columns) for f in error.findings)) from None
    screen.findings(Findings(_with_option(f, order.source, columns) for f in intake.findings))
    name = order.name or dataset_name(held, intake)
    saved = services.store().save_dataset(scope, made, name=name, note=order.note or _note(order), basis=order.basis)
    _tell(saved, intake, screen)


def _tell(saved: StoredDataset, intake: LocalIntake, screen: Screen) -> None:
    said = intake.sentences(stored=True)
    for sentence in said:
        screen.say(sentence)
    screen.say(f'{"Nothing new: this is stored already as" if saved.already else "Stored as"} "{saved.name}" ({saved.id[:12]}).')
    screen.add(sentences=said, dataset={**asdict(saved), "created": saved.created.isoformat()})


def _content(path: Path) -> bytes:
    """A file that is read whole; of one that is too large only as much as shows it."""
    with path.open("rb") as file:
        return file.read(MAX_UPLOAD + 1)


def _import_imaging(scope: Scope, order: Order, held: Dataset, mapping: ColumnMapping, screen: Screen) -> None:
    with Folder() as folder:
        readings: list[ImagingReading] = []
        for k, path in enumerate(order.files, start=1):
            place = folder / str(k)
            place.mkdir()
            screen.progress(Progress(f"Reading {shown_name(path.name)}", k / len(order.files)))
            readings.append(read_extract(path, held.network, place, mapping=mapping))
        columns = {heading: name for r in readings for name, heading in r.columns.items()}
        found = Findings(f for r in readings for f in r.findings).plus(in_two_files(readings), _nothing_in(readings))
        told = Findings(_with_option(f, order.source, columns) for f in found)
        if told.refusals:
            raise Refused(told)
        screen.findings(told)
        stored = [services.store().save_imaging(scope, reading, basis=order.basis) for reading in readings]
    said = [_stored_sentence(reading, extract) for reading, extract in zip(readings, stored, strict=True)]
    for sentence in said:
        screen.say(sentence)
    for extract in stored:
        services.store().add_up_imaging(scope, extract.id)
    screen.add(sentences=said, extracts=[{"id": e.id, "file": e.file, "rows": e.rows, "already": e.already} for e in stored])


def _nothing_in(readings: Iterable[ImagingReading]) -> Iterator[Finding]:
    for reading in readings:
        if not reading.is_refused and not reading.parts:
            yield refusal("nothing-to-store", f"{count(reading.rows, 'examination')}, all of them left out", "examinations of the network's tests",
                          "Check that the tests of this file are those of the network.", file=reading.file)  # fmt: skip


def _stored_sentence(reading: ImagingReading, extract: StoredExtract) -> str:
    if extract.already:
        return f"{reading.file}: already loaded on {day(extract.created.replace(tzinfo=None))}, nothing changes."
    months = {part.month for part in extract.parts}
    organisations = listed(sorted({part.organisation for part in extract.parts}))
    left = f"; {number(reading.left_out)} left out" if reading.left_out else ""
    return f"{reading.file}: {count(extract.rows, 'examination')} of {organisations} stored, {count(len(months), 'month')}{left}."


def _check(order: Order, names: Names) -> None:
    """Raise `WrongUsage` for an answer that names a column or a value of ours that is not there."""
    columns = order.source.columns
    for name in (*(name for _, name in order.answers.columns if name != LEFT_OUT), *(name for name, _ in order.answers.fixed)):
        if name not in columns:
            raise WrongUsage(f'{order.source.title.capitalize()} have no column "{name}". There are: {", ".join(columns)}.')
    if order.answers.fixed and order.source.task is None:
        raise WrongUsage("Every row of an imaging extract says everything itself: leave out --fixed.")
    for name, theirs, ours in order.answers.values:
        if name not in order.source.codes:
            known = ", ".join(order.source.codes) or "none"
            raise WrongUsage(f'What values of "{name}" mean cannot be said in {order.source.title}; columns of codes: {known}.')
        if ours != LEFT_OUT and ours not in (known_values := _values(order.source, name, names)):
            allowed = ", ".join(sorted(known_values)) or "nothing: leave it empty, and rows with it are left out"
            raise WrongUsage(f'"{theirs}" cannot mean "{ours}". Allowed: {allowed}.')


def _values(source: Source, name: str, names: Names) -> set[str]:
    if source.task:
        return set(names.choices(name))
    return {code for code in vocabulary(names.dataset.network).codes.get(name, {}).values() if code}


def _with_option(finding: Finding, source: Source, columns: Mapping[str, str]) -> Finding:
    """A finding that can be answered, with the option that answers it."""
    by_title = {title: name for name, title in source.columns.items()}
    if finding.rule == "missing-column" and finding.column in by_title:
        return replace(finding, mend=f'{finding.mend} On the command line: --column "THEIR HEADING={by_title[finding.column]}".')
    name = columns.get(finding.column, "")
    if finding.rule.startswith("unknown-") and name in source.codes:
        quoted = _QUOTED.match(finding.found)
        return replace(finding, mend=f'{finding.mend} On the command line: --value "{name}:{quoted[1] if quoted else "THEIRS"}=OURS".')
    return finding


def _note(order: Order) -> str:
    return f"From {', '.join(shown_name(f.name) for f in order.files)}"[:200]
