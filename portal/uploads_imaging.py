"""Reading examination-level extracts for the imaging dataset: what they hold and what storing them does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from data.errors import Refused
from data.findings import Finding, Findings, refusal
from data.network import Network
from data.sources.imaging import IMAGING, KIND, ImagingReading, Part, in_two_files
from data.sources.imaging_process import read_upload
from data.sources.mapping import ColumnMapping, Wanted, match
from data.store import Scope
from data.store.extracts import StoredExtract, StoredPart
from data.words import count, day, listed, month, number
from portal import services
from portal.charts.previews import of_extracts
from portal.drafts import Draft, Folder, Upload, key_of
from portal.questions import Question, column_question, value_question


def read_imaging(scope: Scope, dataset_id: str, files: Sequence[Upload], mapping: ColumnMapping) -> Draft:
    """Read extracts, each in a limited process of its own; their rows wait in a folder that goes when the draft does.

    Args:
        scope: on whose behalf; an organisation loads its own examinations only.
        dataset_id: the dataset whose network they must fit.
        files: any number, each whole months of one organisation or several.
        mapping: what was said about their names.
    """
    network = services.dataset(scope, dataset_id).network
    folder = Folder()
    readings = []
    for k, (name, content) in enumerate(files):
        place = folder.path / str(k)
        place.mkdir()
        readings.append(read_upload(content, name, network, place, mapping=mapping))
    found = Findings(f for r in readings for f in r.findings).plus(_not_allowed(scope, readings), in_two_files(readings))
    asked = tuple(_questions(readings, network))
    sentences = tuple(_sentence(r) for r in readings)
    if found.refusals:
        return Draft(key_of(files), sentences, (), found, mapping=mapping, questions=asked)
    preview = of_extracts([part for r in readings for part in r.parts], network)
    effects, fresh = _effects(services.store().extracts(scope, KIND), readings)
    return Draft(
        key_of(files), sentences, tuple(effects), found, preview=preview, mapping=mapping, questions=asked, extracts=tuple(fresh),
        folder=folder if fresh else None,
    )  # fmt: skip


def save_imaging(scope: Scope, draft: Draft, basis: str) -> str:
    """Store the extracts of a draft; what was stored, in one sentence.

    Raises:
        Refused: nothing to store, or no lawful basis was given.
        NotAllowed: the role may not save.
    """
    if not draft.storable:
        raise Refused(draft.findings)
    store = services.store()
    stored = [store.save_imaging(scope, reading, basis=basis) for reading in draft.extracts]
    for extract in stored:
        store.add_up_imaging(scope, extract.id)
    parts = {(p.organisation, p.month) for s in stored for p in s.parts}
    return f"{count(sum(s.rows for s in stored), 'examination')} stored: {count(len(parts), 'month of an organisation', 'months of organisations')}."


def _effects(held: Sequence[StoredExtract], readings: Sequence[ImagingReading]) -> tuple[list[str], list[ImagingReading]]:
    """What storing does, by organisation and month, and the readings that bring something new."""
    in_force = {(p.organisation, p.month): (p, e) for e in held for p in e.parts if p.current and p.purged is None}
    said, fresh = [], []
    for reading in readings:
        states = [(part, in_force.get((part.organisation, part.month))) for part in reading.parts]
        said += [_part_sentence(part, known) for part, known in states]
        if any(known is None or known[0].sha256 != part.sha256 for part, known in states):
            fresh.append(reading)
    return said, fresh


def _part_sentence(part: Part, known: tuple[StoredPart, StoredExtract] | None) -> str:
    what = f"{part.organisation}, {month(part.month)}: {count(part.rows, 'examination')}"
    if known is None:
        return f"{what}, new."
    held, extract = known
    if held.sha256 == part.sha256:
        return f"{what}, already loaded on {day(extract.created.replace(tzinfo=None))}; nothing changes."
    return f"{what}, in place of version {held.version} with {number(held.rows)}, which stays readable."


def _sentence(reading: ImagingReading) -> str:
    if reading.is_refused:
        return f"{reading.file}: refused, {count(len(reading.findings.refusals), 'fault')}."
    months = sorted({part.month for part in reading.parts})
    span = month(months[0]) if len(months) == 1 else f"{month(months[0])} to {month(months[-1])}"
    organisations = listed(sorted({part.organisation for part in reading.parts}))
    left = f"; {count(reading.left_out, 'examination')} of tests this network does not have left out" if reading.left_out else ""
    return f"{reading.file}: {count(reading.rows, 'examination')} of {organisations}, {span}{left}."


def _not_allowed(scope: Scope, readings: Sequence[ImagingReading]) -> Iterator[Finding]:
    for reading in readings if scope.organisation else ():
        if others := sorted({p.organisation for p in reading.parts} - {scope.organisation}):
            yield refusal("not-your-organisation", f"rows of {', '.join(others)}", f"rows of {scope.organisation}",
                          "Remove the rows of other organisations.", file=reading.file)  # fmt: skip


def _questions(readings: Sequence[ImagingReading], network: Network) -> Iterator[Question]:
    wanted = [Wanted(f.name, f.title, (), f.required, f.help) for f in IMAGING.fields]
    asked: set[str] = set()
    for reading in readings:
        told = match([w for w in wanted if w.name not in reading.columns], reading.unknown, ColumnMapping(KIND))
        found = [
            column_question(w, reading.unknown, told.proposals.get(w.name, ""))
            for w in wanted if w.name not in reading.columns and reading.unknown and (w.required or w.name in told.proposals)
        ]  # fmt: skip
        for name, values in reading.values.items():
            field = IMAGING.field(name)
            titles = network.titles(field.refers_to) if field.refers_to else {c: c.replace("_", " ") for c in field.choices}
            found += [value_question(name, v, 0, titles, None, heading=reading.columns.get(name, ""), needed=field.required) for v in values]
        for question in found:
            if question.key not in asked:
                asked.add(question.key)
                yield question
