"""Registers in a network: which rows a file replaces, and the network that results."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pandas as pd

from data.dataset import Dataset
from data.errors import Refused
from data.evidence import EVIDENCE
from data.fields import Table, shown
from data.findings import Finding, note, refusal
from data.local_names import Names
from data.local_tables import LOCAL_TABLES, TRAJECTORIES
from data.network import ASSETS, NETWORK_TABLES, STAFF_IN_POST
from data.pieces import Piece
from data.sources.local_reading import LocalReading
from data.sources.mapping import LEFT_OUT
from data.words import count, month
from data.workforce_tables import IN_TRAINING, REGISTERS, STAFF_AGES

_NETWORK = {t.name: t for t in NETWORK_TABLES}
_LOCAL = {t.name: t for t in LOCAL_TABLES}
_DECLARED = _LOCAL | _NETWORK
_FIRST_DATA_ROW = 2
NAMED = {
    **dict.fromkeys((t.name for t in (STAFF_IN_POST, *REGISTERS)), ("organisation", "staff_group")),
    **dict.fromkeys((t.name for t in REGISTERS if "band" in t.columns), ("organisation", "staff_group", "band")),
    IN_TRAINING.name: ("organisation", "route"), ASSETS.name: ("site", "asset_type"), TRAJECTORIES.name: ("organisation", "test"),
}  # fmt: skip
"""Columns of a register that name things of the network."""


def register_pieces(dataset: Dataset, reading: LocalReading, names: Names) -> tuple[list[Piece], list[Finding]]:
    """What a register brings for each organisation, its names explained; and a refusal for each name nobody knows.

    A table beside the network may name what the network does not have: such rows are left out.
    """
    name = reading.facts["table"]
    rows, lines = reading.frames[name].copy(), reading.frames["rows"]["row"].tolist()
    if name not in NAMED:
        return [Piece(name, "", pd.NaT, rows, reading.file, tuple(lines))], []
    found: list[Finding] = []
    for column in NAMED[name]:
        found += _explain(rows, column, lines, reading, names)
    if found:
        return [], found
    stated = [column for column in NAMED[name] if _DECLARED[name].field(column).required]
    wanted = (rows[stated] != LEFT_OUT).all(axis=1)
    rows, lines = rows[wanted].reset_index(drop=True), [line for line, stays in zip(lines, wanted, strict=True) if stays]
    owners = _organisations(dataset, rows)
    pieces = []
    for organisation in sorted(owners.unique()):
        own = (owners == organisation).to_numpy()
        kept = tuple(line for line, mine in zip(lines, own, strict=True) if mine)
        pieces.append(Piece(name, organisation, pd.NaT, rows[own].reset_index(drop=True), reading.file, kept))
    left = [] if wanted.all() else [_left_out(int((~wanted).sum()), reading)]
    return pieces, [*_repeated(dataset, _NETWORK.get(name) or _LOCAL[name], rows, lines, owners, reading), *left]


def _left_out(rows: int, reading: LocalReading) -> Finding:
    return note("tests-outside", f"{count(rows, 'row')} of organisations or tests this network does not have", "rows of the network",
                "They are left out; nothing to do.", file=reading.file)  # fmt: skip


def _explain(rows: pd.DataFrame, column: str, lines: list[int], reading: LocalReading, names: Names) -> Iterator[Finding]:
    """Put our identifiers into a column; a value nobody knows is refused where it stands first."""
    first = dict(reversed(list(zip(rows[column], lines, strict=True))))
    optional = not _DECLARED[reading.facts["table"]].field(column).required
    ours = {value: names.ours(column, value) for value in first}
    known = set(ours.values()) - {None} - ({LEFT_OUT} if reading.facts["table"] in _NETWORK and not optional else set())
    for value, line in sorted(first.items(), key=lambda item: item[1]):
        if ours[value] not in known:
            like = names.proposal(column, value)
            mend = (f"Is it {like}? " if like else "") + "Say once what it means, correct it, or add it to the network."
            allowed = "one of " + ", ".join(sorted(names.choices(column)))
            yield refusal("unknown-reference", shown(value), allowed, mend, file=reading.file, row=line, column=reading.columns.get(column, ""))
    rows[column] = rows[column].map(ours).fillna("").astype("str")


def _organisations(dataset: Dataset, rows: pd.DataFrame) -> pd.Series[str]:
    """Whose each row is: its organisation, or the owner of its site."""
    return rows["organisation"] if "organisation" in rows else rows["site"].map(dataset.network.owner).astype("str")


def _repeated(
    dataset: Dataset, table: Table, rows: pd.DataFrame, lines: list[int], owners: pd.Series[str], reading: LocalReading
) -> Iterator[Finding]:  # fmt: skip
    """Rows that stand twice once names are explained, or whose key another organisation uses."""
    held = dataset.network[table.name] if table.name in _NETWORK else dataset.local[table.name]
    others = held[~_organisations(dataset, held).isin(owners)]
    known = {tuple(key): 0 for key in others[list(table.key)].itertuples(index=False)}
    for line, key in zip(lines, map(tuple, rows[list(table.key)].itertuples(index=False)), strict=True):
        if key in known:
            where = f"as in row {known[key]}" if known[key] else "which another organisation has"
            titles = ", ".join(table.field(k).title for k in table.key)
            found = f"{shown(' / '.join(map(_key_words, key)))}, {where}"
            yield refusal("duplicate-row", found, f"one row for each {titles}", "Remove or rename one of the two.",
                          file=reading.file, row=line, column=reading.columns.get(table.key[0], ""))  # fmt: skip
        known.setdefault(key, line)


def _key_words(part: str | pd.Timestamp) -> str:
    return part if isinstance(part, str) else month(part)


def held_register(dataset: Dataset, name: str, organisation: str) -> pd.DataFrame:
    """Rows of one organisation in a table of the network."""
    frame = dataset.network[name]
    return frame[_organisations(dataset, frame) == organisation]


def with_registers(dataset: Dataset, pieces: Sequence[Piece]) -> Dataset:
    """The dataset whose network holds these pieces in place of what their organisations had.

    Raises:
        Refused: the network that would result contradicts itself; findings name the row of the file.
    """
    changed: dict[str, pd.DataFrame] = {}
    lines: dict[str, list[tuple[str, int] | None]] = {}
    for piece in (p for p in pieces if p.table in _NETWORK):
        held = changed.get(piece.table, dataset.network[piece.table])
        kept = (_organisations(dataset, held) != piece.organisation).to_numpy()
        before = lines.get(piece.table, [None] * len(held))
        lines[piece.table] = [w for w, stays in zip(before, kept, strict=True) if stays] + [(piece.file, line) for line in piece.lines]
        changed[piece.table] = pd.concat([held[kept], piece.rows], ignore_index=True)
    if not changed:
        return dataset
    if STAFF_AGES.name in changed and STAFF_IN_POST.name not in changed:
        new = pd.concat([p.rows for p in pieces if p.table == STAFF_AGES.name], ignore_index=True)
        changed[STAFF_IN_POST.name] = _in_post(dataset.network[STAFF_IN_POST.name], new)
        lines[STAFF_IN_POST.name] = [None] * len(changed[STAFF_IN_POST.name])
    try:
        network = dataset.network.changed(**changed)
    except Refused as error:
        raise Refused(_at_its_line(f, lines) for f in error.findings) from None
    return dataset.changed(network=network)


def _in_post(held: pd.DataFrame, ages: pd.DataFrame) -> pd.DataFrame:
    """Staff in post with the totals of a list by age for every organisation and staff group in it."""
    keys = ["organisation", "staff_group"]
    evidence = [f.name for f in EVIDENCE]
    sums = ages.groupby(keys, sort=False).agg({"wte": "sum", **dict.fromkeys(evidence, "first")}).reset_index()
    kept = held[~pd.MultiIndex.from_frame(held[keys]).isin(pd.MultiIndex.from_frame(sums[keys]))]
    return STAFF_IN_POST.typed(pd.concat([kept, sums], ignore_index=True))


def _at_its_line(finding: Finding, lines: dict[str, list[tuple[str, int] | None]]) -> Finding:
    table = next((name for name in lines if _NETWORK[name].title == finding.sheet), None)
    if table is None or finding.row is None:
        return finding
    where = lines[table][finding.row - _FIRST_DATA_ROW]
    return replace(finding, file=where[0], row=where[1], sheet="") if where else finding
