"""Files that were read and wait for a decision: nothing of them is stored before somebody accepts them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from data.dataset import Dataset
from data.differences import DIFFERENCES, dataset_differences, in_words
from data.errors import Refused
from data.findings import refusal
from data.folder import Parts
from data.intake import from_parts, take_in
from data.mending import Mend, mended, offers
from data.rota import work_without_a_place
from data.safe_reading import read_many, shown_name
from data.sources.mapping import ColumnMapping
from data.sources.reading import Reading
from data.store import Scope
from data.words import count, day, listed, month, number
from portal import services
from portal.charts import previews
from portal.charts.changes import figures_changed, headed
from portal.drafts import Draft, Upload, key_of
from portal.kinds import SOURCES, Source
from portal.uploads_imaging import read_imaging, save_imaging
from portal.uploads_local import read_local


@dataclass(frozen=True)
class Kind:
    """A kind of file that can be uploaded.

    Attributes:
        title: as shown.
        hint: what files of this kind are.
        types: endings of their names.
        several: True where several files may be read at once.
        needs_network: True where there must be a network to read it with.
        declared: what is known of it beside; None for returns and networks, whose names are fixed.
    """

    title: str
    hint: str
    types: tuple[str, ...] = ("csv", "gz", "xlsx")
    several: bool = True
    needs_network: bool = True
    declared: Source | None = None

    @property
    def patients(self) -> bool:
        """True where the file has a row for each patient, so that somebody must say by what right it is used."""
        return self.declared is not None and self.declared.patients


def _declared(name: str, hint: str, *types: str) -> Kind:
    known = SOURCES[name]
    return Kind(known.title.capitalize(), hint, types or Kind.types, declared=known)


KINDS: dict[str, Kind] = {
    "returns": Kind(
        "Monthly returns",
        "The provider workbooks or the full extract as they were published (also .csv.gz, or a zip with one CSV): several months, in any order.",
        ("xls", "xlsx", "csv", "gz", "zip"),
    ),
    "provisional": _declared(
        "provisional",
        "A trust's own figures before a month is published: the columns of the monthly return and the date they were taken. "
        "They are kept beside the published month, never mixed with it.",
    ),
    "waiting-list": _declared(
        "waiting-list",
        "The waiting list minimum data set, one row for each patient and test, pseudonymised. Rows are counted while they are read and never "
        "stored: what stays is patients by test, priority, weeks waited and group.",
    ),
    "imaging": _declared(
        "imaging",
        "One row for each examination, pseudonymised, up to 50 MB: a month at a time. Larger files come in through the command line.",
        "csv", "gz", "zip", "parquet",
    ),
    "registers": _declared(
        "registers",
        "Staff in post, by age or in training, posts, other work, the scanner register, improvement plans, priority classes or codes, or cancer "
        "targets; the headings tell which.",
    ),
    "published": _declared(
        "published", "Cancer waiting times, workforce, population, deprivation, or where patients come from; the headings tell which."
    ),
    "network": Kind(
        "Network workbook", "One .xlsx workbook with a sheet for each table: download one below.", ("xlsx",), several=False, needs_network=False,
    ),
}  # fmt: skip
"""Every kind of file, in the order they are offered."""


def read(scope: Scope, dataset_id: str, kind: str, files: Sequence[Upload], mapping: ColumnMapping, *, keep_history: bool = True) -> Draft:
    """Read files of one kind and try them on a dataset; nothing is stored.

    Args:
        scope: on whose behalf.
        dataset_id: the dataset they would be added to; empty where there is none and the kind needs none.
        kind: one of `KINDS`.
        files: at least one.
        mapping: what was said about the names in them.
        keep_history: of a network workbook, keep the loaded months in place of its own.
    """
    if kind == "returns":
        return read_returns(scope, dataset_id, files)
    if kind == "network":
        return read_network(scope, dataset_id, files[0], keep_history=keep_history)
    task = SOURCES[kind].task
    return read_local(scope, dataset_id, task, files, mapping) if task else read_imaging(scope, dataset_id, files, mapping)


def mapping_of(scope: Scope, kind: str) -> ColumnMapping:
    """What was said before about the names in files of a kind."""
    declared = KINDS[kind].declared
    return services.store().mapping(scope, declared.source) if declared else ColumnMapping("")


def remember(scope: Scope, mapping: ColumnMapping) -> None:
    """Keep what was said about names for the next files of the kind.

    Raises:
        NotAllowed: the role may not save.
    """
    services.store().save_mapping(scope, mapping)


def read_returns(scope: Scope, dataset_id: str, files: Sequence[Upload]) -> Draft:
    """Read monthly returns, each in a process of its own, and try them on a dataset.

    Args:
        scope: on whose behalf.
        dataset_id: the dataset they would be added to.
        files: any number, in any order.
    """
    held = services.dataset(scope, dataset_id)
    readings = list(read_many(files, "dm01"))
    sentences = [_file_sentence(r) for r in readings]
    try:
        made, intake = take_in(held, readings)
    except Refused as error:
        found = error.findings.plus(f for r in readings for f in r.findings if f.severity != "refuse")
        return Draft(key_of(files), tuple(sentences), (), found)
    effects = intake.sentences(stored=False)
    effects += [_loaded_already(scope, dataset_id, r) for r in readings if r.file in intake.already]
    changed = made is not held
    name = f"{held.network.title}, data to {day(made.data_date)}"
    found = intake.findings.plus(work_without_a_place(made))
    return Draft(
        key_of(files), tuple(sentences), tuple(effects), found, made if changed else None, name,
        previews.of_returns(made, intake.months), figures_changed(intake.changes, held.network), mends=offers(made, intake.concerns),
    )  # fmt: skip


def read_network(scope: Scope, dataset_id: str, file: Upload, *, keep_history: bool) -> Draft:
    """Read a network's own workbook in a process of its own.

    Args:
        scope: on whose behalf.
        dataset_id: the dataset whose history may be kept; empty where there is none.
        file: the workbook.
        keep_history: keep the loaded months in place of the workbook's own.
    """
    name, content = file
    try:
        parts = next(iter(read_many([file], "workbook"))).parts()
    except Refused as error:
        return Draft(key_of([file]), (f"{shown_name(name)} cannot be used as it is.",), (), error.findings)
    made = from_parts(parts, file=shown_name(name), sha256=hashlib.sha256(content).hexdigest())
    effects = []
    held = services.dataset(scope, dataset_id) if dataset_id else None
    same = held if held and held.network.name == parts.network.name else None
    if same and keep_history:
        made = same.changed(network=parts.network, assumptions=parts.assumptions)
        effects.append(f"The loaded months are kept: {_months(same)}.")
    different = dataset_differences(same, made) if same else DIFFERENCES.empty()
    if same:
        effects.append(f"Against the network in use: {in_words(different) or 'nothing changes.'}")
    title = f"{parts.network.title}, {shown_name(name)}"
    found = parts.findings.plus(work_without_a_place(made))
    return Draft(
        key_of([file]),
        (_network_sentence(shown_name(name), parts),),
        tuple(effects),
        found,
        made,
        title,
        previews.of_network(parts),
        headed(different),
    )


def accept(scope: Scope, draft: Draft, *, kind: str, name: str, note: str, basis: str = "", mends: Sequence[Mend] = ()) -> tuple[str, str]:
    """Store what was read: a dataset of its own, or extracts; what was stored before stays as it is.

    Args:
        scope: on whose behalf.
        draft: what was read.
        kind: one of `KINDS`.
        name: of the dataset.
        note: kept with it.
        basis: by what right rows of patients are used.
        mends: those of the draft that are wanted.

    Returns:
        Id of the dataset (empty where none was made), and what happened in one sentence.

    Raises:
        Refused: the files are refused, change nothing, no name was given, or no lawful basis where one is needed.
        NotAllowed: the role may not save.
    """
    if not draft.storable:
        raise Refused(draft.findings)
    if KINDS[kind].patients and not basis.strip():
        raise Refused([refusal("lawful-basis", "no lawful basis", "by what right these rows are used", "Name the agreement or the legal basis.")])
    if draft.made is None:
        return "", save_imaging(scope, draft, basis.strip())
    made = mended(draft.made, mends, by=scope.user) if mends else draft.made
    stored = services.store().save_dataset(scope, made, name=name, note=note, basis=basis.strip())
    return stored.id, f'"{stored.name}" {"was stored before and" if stored.already else "is stored and"} is in use now.'


def _file_sentence(reading: Reading) -> str:
    if reading.is_refused:
        return f"{reading.file}: refused, {count(len(reading.findings.refusals), 'fault')}."
    months = listed([month(m) for m in sorted(reading.frame["period"].unique())])
    organisations, tests = reading.frame["organisation"].nunique(), reading.frame["national_code"].nunique()
    published = f", published {reading.facts['published']}" if reading.facts.get("published") else ""
    return f"{reading.file}: the monthly return for {months}{published}; {count(organisations, 'organisation')}, {count(tests, 'test')}."


def _loaded_already(scope: Scope, dataset_id: str, reading: Reading) -> str:
    """Where the same content was stored first, as far as the line of datasets of this network goes back."""
    first = services.store().stored_dataset(scope, dataset_id)
    for known in services.store().datasets(scope, first.network):
        if known.created >= first.created:
            continue
        if reading.sha256 not in set(services.dataset(scope, known.id).sources["sha256"]):
            break
        first = known
    return f'{reading.file}: already loaded on {day(first.created.replace(tzinfo=None))}, in "{first.name}". Nothing changes.'


def _network_sentence(file: str, parts: Parts) -> str:
    network = parts.network
    things = listed([
        count(len(network["organisations"]), "organisation"), count(len(network["sites"]), "site"),
        f"{number(len(network['assets']))} scanners and rooms", count(len(network["mobiles"]), "mobile unit"),
        count(len(parts.assumptions.rows), "assumption"),
    ])  # fmt: skip
    return f'{file}: the network "{network.title}" with {things}.'


def _months(held: Dataset) -> str:
    periods: list[pd.Timestamp] = held.activity.periods
    return f"{count(len(periods), 'month')}, {month(periods[0])} to {month(periods[-1])}"
