"""Taking local sources into a dataset: lists by priority, provisional returns, reference tables and registers, each whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from data.dataset import Dataset
from data.differences import DIFFERENCES
from data.errors import Refused
from data.fields import Table, shown
from data.findings import Finding, Findings, note, refusal, warning
from data.local_names import PRIORITY_FIELDS, Names, unknown_classes
from data.local_tables import DATED, INVENTED, LOCAL_SOURCES, PROVISIONAL
from data.pieces import EVERY, LocalIntake, Piece, reference_pieces
from data.register_intake import held_register, register_pieces, with_registers
from data.safe_reading import LocalTask
from data.sources.local_reading import LocalReading
from data.sources.mapping import LEFT_OUT, ColumnMapping
from data.sources.provisional import FIGURES
from data.waiting_lists import LISTS, MEASURES, NOT_STATED, counted


def take_in_lists(
    dataset: Dataset, readings: Sequence[LocalReading], mapping: ColumnMapping, *, organisations: Collection[str] | None = None
) -> tuple[Dataset, LocalIntake]:  # fmt: skip
    """Take waiting list extracts into a dataset: the list of an organisation at a date is replaced whole, nothing else is touched.

    Args:
        dataset: the dataset.
        readings: of `data.sources.waiting_list`.
        mapping: what was said about the names of these files.
        organisations: whose lists may be loaded; None = every organisation of the network.

    Raises:
        Refused: with every refusal of every file: a file that is refused, a code nobody knows, an organisation outside the network or not
            the caller's own, the same list in two files. Nothing is taken in then.
    """
    names = Names(dataset, mapping)
    return _taken(dataset, readings, organisations, LISTS, "date", lambda r: _lists(r, names))


def take_in_provisional(
    dataset: Dataset, readings: Sequence[LocalReading], mapping: ColumnMapping, *, organisations: Collection[str] | None = None
) -> tuple[Dataset, LocalIntake]:  # fmt: skip
    """Take provisional returns into a dataset, beside its published months: an organisation's return of a date is replaced whole.

    Args:
        dataset: the dataset.
        readings: of `data.sources.provisional`.
        mapping: what was said about the names of these files.
        organisations: whose returns may be loaded; None = every organisation of the network.

    Raises:
        Refused: as `take_in_lists` says; also two rows for one organisation, test and date.
    """
    names = Names(dataset, mapping)
    return _taken(dataset, readings, organisations, PROVISIONAL, "date", lambda r: _provisional(r, names))


def take_in_reference(
    dataset: Dataset, readings: Sequence[LocalReading], mapping: ColumnMapping, *, organisations: Collection[str] | None = None
) -> tuple[Dataset, LocalIntake]:  # fmt: skip
    """Take published reference tables into a dataset; a table is replaced whole, or the months that a file brings of it.

    Args:
        dataset: the dataset.
        readings: of `data.sources.published`.
        mapping: says nothing of these files: their names are fixed.
        organisations: whose tables may be loaded; None = everybody's. Published tables are nobody's own, so that an organisation may load none.

    Raises:
        Refused: with every refusal of every file, or two files that hold the same table.
    """
    del mapping
    _refuse([f for r in readings for f in r.findings.refusals])
    pieces = [(r, piece) for r in _once(readings) for piece in reference_pieces(r)]
    _refuse([*(f for r, p in pieces for f in _not_allowed([p], organisations, r)), *_twice(pieces)])
    return _merged(dataset, pieces)


def take_in_register(
    dataset: Dataset, readings: Sequence[LocalReading], mapping: ColumnMapping, *, organisations: Collection[str] | None = None
) -> tuple[Dataset, LocalIntake]:  # fmt: skip
    """Take registers into a dataset's network: the rows of each organisation that a file names are replaced whole.

    Priority classes and codes belong to nobody alone and are replaced as a whole table.

    Args:
        dataset: the dataset.
        readings: of `data.sources.registers`.
        mapping: what was said about the names of these files.
        organisations: whose rows may be loaded; None = every organisation of the network.

    Raises:
        Refused: with every refusal: of the files, of names nobody knows, and of the network that would result.
    """
    _refuse([f for r in readings for f in r.findings.refusals])
    names = Names(dataset, mapping)
    pieces, found = [], []
    for reading in _once(readings):
        own, wrong = register_pieces(dataset, reading, names)
        pieces += [(reading, p) for p in own]
        found += [*wrong, *_not_allowed(own, organisations, reading)]
    _refuse([*(f for f in found if f.severity == "refuse"), *_twice(pieces)])
    made, intake = _merged(dataset, pieces, [f for f in found if f.severity != "refuse"])
    made = with_registers(made, [*intake.taken, *intake.replaced])
    if unknown := unknown_classes(made):
        mend = "Add the class to the table of priority classes, or correct the code."
        raise Refused([refusal("unknown-priority", ", ".join(map(shown, unknown)), "classes of the table of priority classes", mend)])
    return made, intake


TAKE_IN: Mapping[LocalTask, Callable[..., tuple[Dataset, LocalIntake]]] = {
    "waiting_list": take_in_lists, "provisional": take_in_provisional, "registers": take_in_register, "published": take_in_reference,
}  # fmt: skip
"""How files of each kind are taken in."""


def _taken(
    dataset: Dataset, readings: Sequence[LocalReading], organisations: Collection[str] | None, table: Table, date: str,
    rows_of: Callable[[LocalReading], tuple[pd.DataFrame, list[Finding]]],
) -> tuple[Dataset, LocalIntake]:  # fmt: skip
    """The common way of tables by organisation and date."""
    _refuse([f for r in readings for f in r.findings.refusals])
    pieces: list[tuple[LocalReading, Piece]] = []
    found: list[Finding] = []
    for reading in _once(readings):
        rows, wrong = rows_of(reading)
        own = [Piece(table.name, o, d, part.reset_index(drop=True), reading.file) for (o, d), part in rows.groupby(["organisation", date])]
        pieces += [(reading, piece) for piece in own]
        found += [*wrong, *_not_allowed(own, organisations, reading)]
    _refuse([*(f for f in found if f.severity == "refuse"), *_twice(pieces)])
    return _merged(dataset, pieces, [f for f in found if f.severity != "refuse"])


def _lists(reading: LocalReading, names: Names) -> tuple[pd.DataFrame, list[Finding]]:
    """Rows of `LISTS` from the counts of a file: codes explained, rows that are not wanted left out."""
    columns = ("organisation", "site", "test", *PRIORITY_FIELDS)
    explained, found = names.explain(reading, columns, optional=("site",))
    rows = reading.frames["counted"].copy()
    rows["priority"] = names.priority_of(rows)
    for column in ("organisation", "site", "test"):
        rows[column] = rows[column].map(explained[column]).astype("str")
    kept = rows[(rows["organisation"] != LEFT_OUT) & (rows["test"] != LEFT_OUT)]
    outside = int(rows.loc[(rows["organisation"] != LEFT_OUT) & (rows["test"] == LEFT_OUT), "patients"].sum())
    if outside and not any(f.rule == "unknown-test" for f in found):
        found.append(_outside(outside, reading))
    unstated = int(kept.loc[kept["priority"] == NOT_STATED, "patients"].sum())
    if unstated and not any(f.rule.startswith("unknown-priority") for f in found):
        found.append(_unstated(unstated, reading))
    return counted(kept[[*LISTS.key, *MEASURES]]), found


def _outside(patients: int, reading: LocalReading) -> Finding:
    return note("tests-outside", f"{patients:,} patients who wait for tests this network does not have", "tests of the network",
                "They are left out; nothing to do.", file=reading.file)  # fmt: skip


def _unstated(patients: int, reading: LocalReading) -> Finding:
    return warning("priority-not-stated", f"{patients:,} patients without a priority", "a priority for everybody",
                   "Send the priority with the extract. Until then they are a class of their own; none is invented.", file=reading.file)  # fmt: skip


def _provisional(reading: LocalReading, names: Names) -> tuple[pd.DataFrame, list[Finding]]:
    """Rows of `PROVISIONAL` from a file: codes explained, tests the network does not have left out."""
    explained, found = names.explain(reading, ("organisation", "test"))
    rows = reading.frames["taken"].copy()
    for column in ("organisation", "test"):
        rows[column] = rows[column].map(explained[column]).astype("str")
    rows = rows[(rows["organisation"] != LEFT_OUT) & (rows["test"] != LEFT_OUT)]
    rows["period"] = rows["date"].dt.to_period("M").dt.start_time
    key = list(PROVISIONAL.key)
    first = rows.groupby(key)["row"].transform("min")
    again = rows[first != rows["row"]]
    for row, before in zip(again["row"], first[again.index], strict=True):
        found.append(refusal("duplicate-row", f"the organisation, test and date of row {before}", "each once in a file",
                             "Remove one of the two rows.", file=reading.file, row=int(row), column=reading.columns.get("test", "")))  # fmt: skip
    kept = rows.drop(again.index)
    return PROVISIONAL.typed(kept[[*PROVISIONAL.columns[:5], *FIGURES]].sort_values(key, kind="stable")), found


def _once(readings: Sequence[LocalReading]) -> list[LocalReading]:
    """The same content given twice counts once."""
    by_content: dict[str, LocalReading] = {}
    for reading in readings:
        by_content.setdefault(reading.sha256, reading)
    return list(by_content.values())


def _refuse(findings: Iterable[Finding]) -> None:
    if refused := Findings(findings):
        raise Refused(refused)


def _not_allowed(pieces: Sequence[Piece], organisations: Collection[str] | None, reading: LocalReading) -> Iterator[Finding]:
    if organisations is None:
        return
    for organisation in sorted({p.organisation for p in pieces if p.organisation not in organisations}):
        mend = "Remove the rows of other organisations."
        found = f"rows of {organisation}" if organisation else "a table of the whole network"
        yield refusal("not-your-organisation", found, "rows of " + ", ".join(sorted(organisations)), mend,
                      file=reading.file, column=reading.columns.get("organisation", ""))  # fmt: skip


def _twice(pieces: Sequence[tuple[LocalReading, Piece]]) -> Iterator[Finding]:
    first: dict[tuple[str, str, Any], str] = {}
    for reading, piece in pieces:
        key = (piece.table, piece.organisation, str(piece.date))
        if key in first:
            mend = "Load one of the two files, or put their rows into one: what an organisation sends for a date is replaced whole."
            yield refusal("twice", f"{piece.words}, which is in {first[key]} too", "each in one file", mend, file=reading.file)
        first.setdefault(key, reading.file)


def _merged(dataset: Dataset, pieces: Sequence[tuple[LocalReading, Piece]], more: Sequence[Finding] = ()) -> tuple[Dataset, LocalIntake]:
    """The dataset with every piece that differs from what it holds, and what happened."""
    taken: list[Piece] = []
    replaced: list[Piece] = []
    already: list[Piece] = []
    different = [DIFFERENCES.empty()]
    given, more = dataset, [*more, *_invented(dataset, [r for r, _ in pieces])]
    dataset = dataset.changed(local=dataset.local.without_invented({p.table for r, p in pieces if not _is_invented(r)}))
    local = dataset.local
    for reading, piece in pieces:
        known = _held(dataset, piece)
        if piece.same_as(known):
            already.append(piece)
            continue
        (taken if known.empty else replaced).append(piece)
        if not known.empty:
            different.append(piece.differences(known))
        changed = {LOCAL_SOURCES.name: _sources(local[LOCAL_SOURCES.name], reading, piece)}
        if piece.table in local.tables:
            changed[piece.table] = _with_piece(local[piece.table], piece)
        local = local.changed(**changed)
    findings = Findings([*(f for r in dict.fromkeys(r for r, _ in pieces) for f in r.findings), *more])
    intake = LocalIntake(tuple(taken), tuple(replaced), tuple(already), findings, pd.concat(different, ignore_index=True))
    if not taken and not replaced:
        return given, intake
    return dataset.changed(local=local, accepted=dataset.accepted.plus(findings)), intake


def _is_invented(reading: LocalReading) -> bool:
    return reading.facts.get("publication") == INVENTED


def _invented(dataset: Dataset, readings: Sequence[LocalReading]) -> Iterator[Finding]:
    """A note where invented rows give way to real ones."""
    sources = dataset.local[LOCAL_SOURCES.name]
    held = set(sources.loc[sources["source"] == INVENTED, "table"])
    for name in sorted(held & {r.facts.get("table", "") for r in readings if not _is_invented(r)}):
        yield note("invented-removed", f"{EVERY[name].title.lower()} that were {INVENTED}", "real figures alone",
                   "They are removed: real and invented figures are never mixed.")  # fmt: skip


def _held(dataset: Dataset, piece: Piece) -> pd.DataFrame:
    """What the dataset holds in the place of a piece."""
    if piece.table not in dataset.local.tables:
        return held_register(dataset, piece.table, piece.organisation)
    frame = dataset.local[piece.table]
    return frame[_place(frame, piece)]


def _place(frame: pd.DataFrame, piece: Piece) -> pd.Series[bool]:
    """Rows a piece stands for: those of its organisation, where it has one, and of its date, where the table is replaced date by date."""
    place = pd.Series(True, index=frame.index)
    if piece.organisation:
        place &= frame["organisation"] == piece.organisation
    return place & (frame[DATED[piece.table]] == piece.date) if piece.table in DATED else place


def _with_piece(frame: pd.DataFrame, piece: Piece) -> pd.DataFrame:
    return pd.concat([frame[~_place(frame, piece)], piece.rows], ignore_index=True)


def _sources(known: pd.DataFrame, reading: LocalReading, piece: Piece) -> pd.DataFrame:
    """Sources with the file of a piece in place of what brought it before."""
    before = (known["table"] == piece.table) & (known["organisation"] == piece.organisation)
    if piece.table in DATED:
        before &= known["date"] == piece.date
    row = {
        "table": piece.table, "file": reading.file, "sha256": reading.sha256, "source": reading.facts.get("publication") or reading.source,
        "organisation": piece.organisation, "date": piece.date, "mapping": reading.mapping, "parser_version": reading.parser_version,
        "rows": len(piece.rows),
    }  # fmt: skip
    return LOCAL_SOURCES.typed(pd.concat([known[~before], pd.DataFrame([row])], ignore_index=True))
