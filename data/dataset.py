"""The dataset: everything a plan is computed from, with where it came from and what was accepted about it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Self

import pandas as pd

from data.activity import Activity, WaitingList
from data.assumptions import Assumptions
from data.errors import Refused
from data.fields import Field, Kind, Table
from data.findings import Finding, Findings, refusal
from data.frames import content_bytes
from data.local_tables import LocalData, no_local_data
from data.network import Network
from data.waiting_lists import LISTS, at_month_end, split_by_shares

SOURCES = Table(
    "sources", "Sources", "One row for each file or generator behind the history in this dataset.",
    (
        Field("file", "File", Kind.TEXT, help="Name of the file as it was uploaded"),
        Field("sha256", "SHA-256", Kind.ID, help="Digest of the file's bytes"),
        Field("source", "Kind of source", Kind.ID),
        Field("period", "Month", Kind.DATE, required=False),
        Field("published", "Published", Kind.TEXT, required=False),
        Field("revised", "Revised", Kind.TEXT, required=False),
        Field("parser_version", "Parser version", Kind.COUNT, minimum=0),
        Field("rows", "Rows used", Kind.COUNT, minimum=0),
        Field("synthetic", "Synthetic", Kind.FLAG, default=False),
    ),
    key=("source", "period", "sha256"),
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Dataset:
    """A network, its history and its assumptions, with provenance.

    Attributes:
        network: the network.
        activity: monthly history of the network's organisations and, for comparison, of others.
        assumptions: the assumptions in force.
        sources: typed frame of `SOURCES`.
        accepted: findings that were accepted when the data was taken in.
        local: lists by priority, provisional returns and reference tables; empty where none is loaded.

    Raises:
        Refused: assumptions that name places the network does not have.
    """

    network: Network
    activity: Activity
    assumptions: Assumptions
    sources: pd.DataFrame
    accepted: Findings = Findings()
    local: LocalData = field(default_factory=no_local_data)

    def __post_init__(self) -> None:
        refused = self.assumptions.check_against(self.network).refusals
        if refused:
            raise Refused(refused)

    def changed(self, **parts: object) -> Self:
        """The same dataset with some parts replaced, checked again."""
        return replace(self, **parts)  # type: ignore[arg-type]

    @cached_property
    def content_id(self) -> str:
        """SHA-256 over network, history, assumptions, sources and local tables: equal content, equal id."""
        digest = hashlib.sha256()
        for part in (self.network.content_id, self.activity.content_id, self.assumptions.content_id):
            digest.update(part.encode())
        digest.update(content_bytes(SOURCES, self.sources))
        digest.update(json.dumps([f.sentence() for f in self.accepted]).encode())
        if not self.local.is_empty:
            digest.update(self.local.content_id.encode())
        return digest.hexdigest()

    @property
    def synthetic(self) -> bool:
        """True where the network or any part of its history is invented."""
        return self.network.synthetic or self.synthetic_history

    @property
    def synthetic_history(self) -> bool:
        """True where any part of the history is invented."""
        return bool(self.sources["synthetic"].any())

    @cached_property
    def has_history(self) -> bool:
        """True where at least one month is loaded for the network's own organisations."""
        return not self.activity.of(self.network.organisations).empty

    @cached_property
    def waiting_list(self) -> WaitingList:
        """The newest published list of the network's organisations and tests, in the one class `all`.

        Raises:
            Refused: no month is loaded.
        """
        if not self.has_history:
            raise Refused([no_history()])
        return WaitingList.from_activity(self.activity, self.network.organisations, list(self.network["tests"]["test"]))

    @cached_property
    def waiting_list_by_priority(self) -> WaitingList:
        """The newest list by priority where an extract was taken on the very day of the published one; in class `all` elsewhere.

        Raises:
            Refused: no month is loaded.
        """
        return at_month_end(self.waiting_list, self.own_lists)

    def waiting_list_split(self, *, within_days: int) -> tuple[WaitingList, Findings]:
        """The published list split by the priorities of the nearest extract: an estimate with its notes; see `split_by_shares`.

        Raises:
            Refused: no month is loaded.
        """
        return split_by_shares(self.waiting_list, self.own_lists, within_days=within_days)

    @property
    def own_lists(self) -> pd.DataFrame:
        """Lists by priority at every snapshot date; typed frame of `LISTS`."""
        return self.local[LISTS.name]

    @property
    def data_date(self) -> pd.Timestamp | None:
        """Last day of the newest month, or None where none is loaded."""
        return self.activity.snapshot_date if self.has_history else None


def no_history() -> Finding:
    """The finding for a dataset without any month of its own organisations."""
    return refusal("no-history", "no month of activity for this network's organisations", "at least two months",
                   "Load the monthly return (the provider workbooks), or fill in the sheet Activity.")  # fmt: skip
