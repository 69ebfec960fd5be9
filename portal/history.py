"""Who changed what, when and why: the stored versions of a network's data, its scenarios, and what one version changes against another."""

from __future__ import annotations

import pandas as pd

from data.activity import Activity
from data.dataset import Dataset
from data.differences import dataset_differences, in_words
from data.revisions import changes
from data.store import Scope, StoredDataset
from data.words import count, day, listed, moment, month
from portal import services
from portal.charts.changes import figures_changed, headed
from portal.services import kept


def versions(scope: Scope, dataset_id: str) -> list[StoredDataset]:
    """Every stored version of the network of a dataset, newest first."""
    return services.store().datasets(scope, services.store().stored_dataset(scope, dataset_id).network)


def version_table(known: list[StoredDataset]) -> pd.DataFrame:
    """Versions as shown: when, by whom, under which name, and why."""
    rows = [(moment(d.created), d.created_by, d.name, d.note, day(d.data_date) if d.data_date is not None else "none", d.id[:12]) for d in known]
    return pd.DataFrame(rows, columns=["Stored", "By", "Version", "Note", "Data to", "Id"])


def assumption_changes(scope: Scope, dataset_id: str) -> pd.DataFrame:
    """Every stored scenario that changes an assumption: when, by whom, what it does and why; the newest first."""
    rows = [
        (moment(c.stored.created), c.stored.created_by, c.title, c.stored.version, c.scenario.description, c.stored.reason)
        for c in services.choices(scope, dataset_id) if c.stored and len(c.scenario.changes)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["Saved", "By", "Scenario", "Version", "What it does", "Reason"])


@kept(12)
def what_changed(scope: Scope, newer_id: str, older_id: str) -> tuple[list[str], pd.DataFrame, pd.DataFrame]:
    """What a version changes against an older one.

    Args:
        scope: on whose behalf.
        newer_id: the version.
        older_id: the version it is compared with.

    Returns:
        What changes in sentences, the figures of the monthly history that differ, and the cells of the network, its assumptions and its
        local files that differ, both as shown.
    """
    newer, older = services.dataset(scope, newer_id), services.dataset(scope, older_id)
    both = sorted(set(newer.activity.periods) & set(older.activity.periods))
    figures = changes(older.activity, newer.activity, newer.network.organisations, both)
    cells = dataset_differences(older, newer)
    said = [*_months(older.activity, newer.activity), *_figures(newer, figures)]
    said += [in_words(cells)] if len(cells) else []
    return said or ["Nothing that is planned with changes."], figures_changed(figures, newer.network), headed(cells)


def _months(older: Activity, newer: Activity) -> list[str]:
    before, after = set(older.periods), set(newer.periods)
    parts = [("loaded", sorted(after - before)), ("removed", sorted(before - after))]
    return [f"{count(len(months), 'month')} {word}: {_span(months)}." for word, months in parts if months]


def _span(months: list[pd.Timestamp]) -> str:
    return listed([month(m) for m in months]) if len(months) < 4 else f"{month(months[0])} to {month(months[-1])}"


def _figures(newer: Dataset, figures: pd.DataFrame) -> list[str]:
    if figures.empty:
        return []
    titles = newer.network.short_titles("organisations")
    by = figures["organisation"].map(titles).value_counts()
    return [f"{count(len(figures), 'figure')} of the monthly history changed: {listed([f'{o} {n:,}' for o, n in by.items()])}."]
