"""Reading what trusts and the network send beside the monthly return, and trying it on a dataset."""

from __future__ import annotations

from collections.abc import Sequence

from data.dataset import Dataset
from data.errors import Refused
from data.fields import shown
from data.findings import Findings
from data.intake_local import TAKE_IN
from data.local_names import Names
from data.pieces import EVERY, LocalIntake
from data.safe_reading import LocalTask, read_many
from data.sources.local_reading import LocalReading
from data.sources.mapping import ColumnMapping
from data.store import Scope
from data.words import count, listed, number
from portal import services
from portal.charts.changes import headed
from portal.charts.previews import of_pieces
from portal.drafts import Draft, Upload, key_of
from portal.questions import questions


def read_local(scope: Scope, dataset_id: str, task: LocalTask, files: Sequence[Upload], mapping: ColumnMapping) -> Draft:
    """Read local files, each in a process of its own, and try them on a dataset.

    Args:
        scope: on whose behalf; an organisation loads its own rows only.
        dataset_id: the dataset they would be added to.
        task: kind of file.
        files: any number, in any order.
        mapping: what was said about their names.
    """
    held = services.dataset(scope, dataset_id)
    readings = list(read_many(files, task, options={"mapping": mapping.body}))
    names = Names(held, mapping)
    open_questions = tuple(questions(readings, names))
    sentences = tuple(_sentence(r) for r in readings)
    own = (scope.organisation,) if scope.organisation else None
    try:
        made, intake = TAKE_IN[task](held, readings, mapping, organisations=own)
    except Refused as error:
        found = error.findings.plus(f for r in readings for f in r.findings if f.severity != "refuse")
        return Draft(key_of(files), sentences, (), Findings(dict.fromkeys(found)), mapping=mapping, questions=open_questions)
    return Draft(
        key_of(files), sentences, tuple(intake.sentences(stored=False)), intake.findings, made if made is not held else None,
        dataset_name(held, intake), of_pieces([*intake.taken, *intake.replaced], made), headed(intake.differences), mapping, open_questions,
    )  # fmt: skip


def _sentence(reading: LocalReading) -> str:
    """What a file is, and what of it was read."""
    if reading.is_refused:
        return f"{reading.file}: refused, {count(len(reading.findings.refusals), 'fault')}."
    what = EVERY[reading.facts["table"]].title.lower() if "table" in reading.facts else reading.source.replace("_", " ")
    rows = reading.facts.get("rows") or str(max((len(frame) for frame in reading.frames.values()), default=0))
    left = f" Not read: {listed([shown(h) for h in reading.unknown])}." if reading.unknown else ""
    return f"{reading.file}: {what}, {number(int(rows))} rows; {count(len(reading.columns), 'column')} read.{left}"


def dataset_name(held: Dataset, intake: LocalIntake) -> str:
    """A name for a dataset that says what came in."""
    return f"{held.network.title}, with {intake.tables}"[:120] if intake.tables else held.network.title
