"""Files that were read and wait for a decision: nothing of them is stored before somebody accepts them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from data.dataset import Dataset
from data.errors import Refused
from data.findings import Findings
from data.folder import Parts
from data.intake import from_parts, take_in
from data.rota import work_without_a_place
from data.safe_reading import read_many, shown_name
from data.sources.reading import Reading
from data.store import Scope, StoredDataset
from data.words import count, day, listed, month, number
from portal import services

Upload = tuple[str, bytes]
"""Name of a file as the browser gave it, and its bytes."""


@dataclass(frozen=True, eq=False)
class Draft:
    """What some files hold.

    Attributes:
        key: tells one choice of files from another.
        sentences: what each file is.
        effects: what storing them does.
        findings: what the checks have to say; any refusal means that nothing can be stored.
        made: the dataset that would be stored; None where the files are refused or change nothing.
        name: a name for it.
    """

    key: str
    sentences: tuple[str, ...]
    effects: tuple[str, ...]
    findings: Findings
    made: Dataset | None
    name: str

    @property
    def refused(self) -> bool:
        """True where a finding stops the files from being stored."""
        return bool(self.findings.refusals)


def key_of(files: Sequence[Upload]) -> str:
    """Tells one choice of files from another, whatever their order."""
    return hashlib.sha256("".join(sorted(name + hashlib.sha256(content).hexdigest() for name, content in files)).encode()).hexdigest()


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
        return Draft(key_of(files), tuple(sentences), (), found, None, "")
    effects = intake.sentences(stored=False)
    effects += [_loaded_already(scope, dataset_id, r) for r in readings if r.file in intake.already]
    changed = made is not held
    name = f"{held.network.title}, data to {day(made.data_date)}"
    return Draft(key_of(files), tuple(sentences), tuple(effects), intake.findings.plus(work_without_a_place(made)), made if changed else None, name)


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
        return Draft(key_of([file]), (f"{shown_name(name)} cannot be used as it is.",), (), error.findings, None, "")
    made = from_parts(parts, file=shown_name(name), sha256=hashlib.sha256(content).hexdigest())
    effects = []
    held = services.dataset(scope, dataset_id) if keep_history and dataset_id else None
    if held and held.network.name == parts.network.name:
        made = held.changed(network=parts.network, assumptions=parts.assumptions)
        effects.append(f"The loaded months are kept: {_months(held)}.")
    title = f"{parts.network.title}, {shown_name(name)}"
    return Draft(
        key_of([file]), (_network_sentence(shown_name(name), parts),), tuple(effects), parts.findings.plus(work_without_a_place(made)), made, title
    )


def accept(scope: Scope, draft: Draft, *, name: str, note: str) -> StoredDataset:
    """Store what was read as a dataset of its own; earlier datasets stay as they are.

    Raises:
        Refused: the files are refused, change nothing, or no name was given.
        NotAllowed: the role may not save.
    """
    if draft.made is None or draft.refused:
        raise Refused(draft.findings)
    return services.store().save_dataset(scope, draft.made, name=name, note=note)


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
