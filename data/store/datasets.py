"""Stored datasets: immutable, known by their content, named by their owners."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Row, Select, insert, or_, select

from data.activity import ACTIVITY, Activity
from data.assumptions import ASSUMPTIONS, Assumptions
from data.dataset import SOURCES, Dataset
from data.errors import NotFound, Refused
from data.fields import Table
from data.findings import Finding, Findings, refusal
from data.local_tables import LOCAL_SOURCES, LOCAL_TABLES, PROVISIONAL, LocalData, no_local_data
from data.network import NETWORK_TABLES, Network
from data.store.audit_chain import append, lawful_basis
from data.store.blobs import checked, damaged, decode, digest, encode_checked, manifest, put
from data.store.repository import NETWORK_OWNED, Repository, owners, visible
from data.store.scope import PLANNERS, Scope
from data.store.tables import BLOBS, DATASET_CONTENTS, DATASET_TABLES, DATASETS
from data.waiting_lists import LISTS

_PARTS: tuple[tuple[str, Table], ...] = (
    *(("network", table) for table in NETWORK_TABLES),
    ("activity", ACTIVITY),
    ("assumptions", ASSUMPTIONS),
    ("dataset", SOURCES),
    *(("local", table) for table in LOCAL_TABLES),
)
"""Every declared table of a dataset, with the part it belongs to."""

_BY_DATE = {ACTIVITY.name: ("period", "%Y-%m"), LISTS.name: ("date", "%Y-%m-%d"), PROVISIONAL.name: ("date", "%Y-%m-%d")}
"""Tables stored date by date, so that a dataset which only adds some adds only those; rows in order of the key."""

_SHORT_ID = 8
"""An id may be shortened to this many characters as long as it is the only one."""


@dataclass(frozen=True)
class StoredDataset:
    """What the store knows of a dataset without opening it.

    Attributes:
        id: content id.
        name: name its owner gave it.
        note: why it was stored.
        created: when (UTC).
        created_by: who stored it.
        organisation: owner; empty = the whole network.
        network: identifier of the network.
        network_title: the network's title.
        data_date: last day of the newest month, or None where none is loaded.
        synthetic: True where any part is invented.
        already: True where saving found the same content already stored.
    """

    id: str
    name: str
    note: str
    created: datetime
    created_by: str
    organisation: str
    network: str
    network_title: str
    data_date: pd.Timestamp | None
    synthetic: bool
    already: bool = False


class DatasetRepository(Repository):
    """Datasets."""

    def save_dataset(self, scope: Scope, dataset: Dataset, *, name: str, note: str = "", basis: str = "") -> StoredDataset:
        """Store a dataset for good.

        The same content again returns what is stored already, with `already` set and under its first name.

        Args:
            scope: a planner's.
            dataset: what to store.
            name: to find it by.
            note: why it was stored.
            basis: by what right rows of patients were used, where some were; it goes into the audit.

        Raises:
            NotAllowed: the role may not save.
            Refused: no name was given.
        """
        self._require(scope, PLANNERS, "save a dataset", "dataset")
        if not name.strip():
            raise Refused([refusal("name", "no name", "a name", "Give the dataset a name.")])
        dataset_id = dataset.content_id
        with self._database.read() as connection:
            known = _owned(connection, scope, dataset_id)
        pieces = {} if known else dict(_pieces(dataset))
        with self._database.write() as connection:
            known = known or _owned(connection, scope, dataset_id)
            if known:
                return _stored(known, already=True)
            _put_content(connection, dataset, pieces)
            connection.execute(
                insert(DATASETS).values(
                    dataset_id=dataset_id, owner=scope.organisation, name=name.strip(), note=note,
                    created=datetime.now(UTC), created_by=scope.user,
                )
            )  # fmt: skip
            told: dict[str, Any] = {"name": name.strip(), "network": dataset.network.name} | lawful_basis(basis)
            append(connection, scope, "save dataset", "dataset", dataset_id, **told)
            return _stored(find_dataset(connection, scope, dataset_id))

    def datasets(self, scope: Scope, network: str | None = None) -> list[StoredDataset]:
        """Every dataset the scope sees, newest first, each content once; of one network where `network` names it."""
        query = _query(scope)
        if network is not None:
            query = query.where(DATASET_CONTENTS.c.network == network)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(DATASETS.c.created.desc(), DATASETS.c.owner)).all()
        first: dict[str, Row[Any]] = {}
        for row in rows:
            first.setdefault(row.id, row)
        return [_stored(row) for row in first.values()]

    def newest_dataset(self, scope: Scope, network: str | None = None) -> StoredDataset | None:
        """The newest dataset the scope sees, or None where there is none."""
        return next(iter(self.datasets(scope, network)), None)

    def stored_dataset(self, scope: Scope, id_or_name: str) -> StoredDataset:
        """What is known of one dataset.

        Raises:
            NotFound: no dataset of this id or name in the scope.
        """
        with self._database.read() as connection:
            return _stored(find_dataset(connection, scope, id_or_name))

    def dataset(self, scope: Scope, id_or_name: str) -> Dataset:
        """A dataset as it was saved, checked against its digests; its content id is the id it is stored under.

        An organisation's scope gets its own rows only of tables that are not published: nobody else's lists by priority or provisional returns.

        Raises:
            NotFound: no dataset of this id or name in the scope.
            SixweeksError: what is stored is not what was saved.
        """
        with self._database.read() as connection:
            row = find_dataset(connection, scope, id_or_name)
            contents = _contents(connection, row)
        return _assembled(row, contents, scope.organisation)


def find_dataset(connection: Connection, scope: Scope, id_or_name: str) -> Row[Any]:
    """The row of a dataset by id, by name (the newest of that name), or by the beginning of its id.

    Raises:
        NotFound: none in the scope, or several ids begin so.
    """
    newest_first = _query(scope).order_by(DATASETS.c.created.desc(), DATASETS.c.owner)
    row = connection.execute(newest_first.where(or_(DATASETS.c.dataset_id == id_or_name, DATASETS.c.name == id_or_name))).first()
    if row:
        return row
    if len(id_or_name) >= _SHORT_ID:
        rows = connection.execute(newest_first.where(DATASETS.c.dataset_id.startswith(id_or_name, autoescape=True))).all()
        if len({r.id for r in rows}) == 1:
            return rows[0]
    raise NotFound(f'There is no dataset "{id_or_name}" here.')


def _query(scope: Scope) -> Select[Any]:
    return select(DATASETS, DATASET_CONTENTS).join(DATASET_CONTENTS).where(visible(DATASETS.c.owner, scope))


def _owned(connection: Connection, scope: Scope, dataset_id: str) -> Row[Any] | None:
    own = DATASETS.c.owner.in_(owners(scope))
    return connection.execute(_query(scope).where(DATASETS.c.dataset_id == dataset_id, own).order_by(DATASETS.c.created)).first()


def _stored(row: Row[Any], *, already: bool = False) -> StoredDataset:
    return StoredDataset(
        id=row.id, name=row.name, note=row.note, created=row.created, created_by=row.created_by, organisation=row.owner,
        network=row.network, network_title=row.network_title,
        data_date=pd.Timestamp(row.data_date) if row.data_date else None, synthetic=row.synthetic, already=already,
    )  # fmt: skip


def _frame(dataset: Dataset, part: str, table: Table) -> pd.DataFrame:
    return table.typed(dataset.sources) if part == "dataset" else getattr(dataset, part)[table.name]


def _pieces(dataset: Dataset) -> Iterator[tuple[tuple[str, str, str], bytes]]:
    """(part, table, piece) and content of everything to store; a table without rows is not stored."""
    for part, table in _PARTS:
        frame = _frame(dataset, part, table)
        by, form = _BY_DATE.get(table.name, ("", ""))
        if not by:
            if not frame.empty:
                yield (part, table.name, ""), encode_checked(table, frame)
            continue
        for date, rows in frame.sort_values(list(table.key), kind="stable").groupby(by):
            yield (part, table.name, f"{date:{form}}"), encode_checked(table, rows.reset_index(drop=True))


def _put_content(connection: Connection, dataset: Dataset, pieces: dict[tuple[str, str, str], bytes]) -> None:
    """Store what the dataset is, unless another owner has done so."""
    dataset_id = dataset.content_id
    if connection.execute(select(DATASET_CONTENTS.c.id).where(DATASET_CONTENTS.c.id == dataset_id)).first():
        return
    shas = {place: digest(content) for place, content in pieces.items()}
    put(connection, {shas[place]: content for place, content in pieces.items()})
    accepted = json.dumps([asdict(finding) for finding in dataset.accepted], default=int)
    connection.execute(
        insert(DATASET_CONTENTS).values(
            id=dataset_id, network=dataset.network.name, network_title=dataset.network.title,
            data_date=None if dataset.data_date is None else f"{dataset.data_date:%Y-%m-%d}", synthetic=dataset.synthetic,
            accepted=accepted, manifest=_manifest(dataset_id, accepted, shas),
        )
    )  # fmt: skip
    rows = [{"dataset_id": dataset_id, "part": p, "name": n, "piece": k, "sha256": sha} for (p, n, k), sha in shas.items()]
    connection.execute(insert(DATASET_TABLES), rows)


def _manifest(dataset_id: str, accepted: str, shas: dict[tuple[str, str, str], str]) -> str:
    return manifest([dataset_id, accepted, *(" ".join((*place, sha)) for place, sha in shas.items())])


def _contents(connection: Connection, row: Row[Any]) -> dict[tuple[str, str], list[bytes]]:
    """Stored pieces by (part, table) in order, all of them as they were saved.

    Raises:
        SixweeksError: one is missing, added or changed.
    """
    what = f'The dataset "{row.name}"'
    query = select(DATASET_TABLES, BLOBS.c.content).join(BLOBS).where(DATASET_TABLES.c.dataset_id == row.id).order_by(DATASET_TABLES.c.piece)
    held = connection.execute(query).all()
    if _manifest(row.id, row.accepted, {(r.part, r.name, r.piece): r.sha256 for r in held}) != row.manifest:
        raise damaged(what)
    contents: dict[tuple[str, str], list[bytes]] = defaultdict(list)
    for r in held:
        contents[r.part, r.name].append(checked(r.sha256, r.content, what))
    return contents


def _assembled(row: Row[Any], contents: dict[tuple[str, str], list[bytes]], organisation: str) -> Dataset:
    frames: dict[str, dict[str, pd.DataFrame]] = defaultdict(dict)
    for part, table in _PARTS:
        if (part, table.name) in contents:
            frames[part][table.name] = decode(table, contents[part, table.name])
    dataset = Dataset(
        network=Network(frames["network"]),
        activity=Activity(frames["activity"]),
        assumptions=Assumptions(frames["assumptions"]),
        sources=frames["dataset"].get(SOURCES.name, SOURCES.empty()),
        accepted=Findings(Finding(**finding) for finding in json.loads(row.accepted)),
        local=LocalData(frames["local"]) if "local" in frames else no_local_data(),
    )
    if organisation != NETWORK_OWNED and not dataset.local.is_empty:
        dataset = _seen_by(dataset, organisation)
    # The digests prove that this is what was saved under the id; computing the id anew from text takes longer than loading.
    vars(dataset)["content_id"] = row.id
    return dataset


def _seen_by(dataset: Dataset, organisation: str) -> Dataset:
    """The dataset without other organisations' rows of tables that are not published, and without what was said about any file of theirs.

    What was said names a file, and names are not unique: of a name that somebody else's file has too, nothing is told. Nor is anything told of a
    file that was replaced since, whose owner is not known any more.
    """
    local = dataset.local.only_for(organisation)
    shown = set(local[LOCAL_SOURCES.name]["file"]) | set(dataset.sources["file"])
    every = dataset.local[LOCAL_SOURCES.name]
    theirs = set(every.loc[~every["organisation"].isin([NETWORK_OWNED, organisation]), "file"])
    told = Findings(f for f in dataset.accepted if not f.file or f.file in shown - theirs)
    return dataset.changed(local=local, accepted=told)
