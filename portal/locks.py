"""Locked decisions of a scenario: in words, one more, one fewer. No Streamlit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from data.dataset import Dataset
from data.errors import Refused
from data.findings import Findings, refusal
from data.network import Network
from data.scenario import LOCKS, Scenario
from data.words import count, day, number
from portal.services import built_in

HOW = {"exactly": "exactly", "at_least": "at least", "at_most": "at most"}


def in_words(lock: Any, network: Network) -> str:
    """One lock as a sentence without a full stop; `lock` is a row of `LOCKS`."""

    def title(table: str, name: str) -> str:
        return network.short_titles(table).get(name, name)

    span = f"in the week of {day(lock.from_week)}" if lock.to_week == lock.from_week else f"from {day(lock.from_week)} to {day(lock.to_week)}"
    if lock.decision == "sessions":
        kind = f"{title('asset_types', lock.asset_type)}, {title('session_types', lock.session_type)}"
        return f"{title('sites', lock.site)}: {count(round(lock.value), 'session')} a week ({kind}), {span}"
    if lock.decision == "mobile":
        return f"{title('mobiles', lock.mobile)} {'stands' if lock.value >= 1 else 'does not stand'} at {title('sites', lock.site)}, {span}"
    patients = f"{HOW[lock.how]} {number(lock.value, 0 if lock.value == round(lock.value) else 1)} patients a week for {title('tests', lock.test)}"
    whose = title("organisations", lock.organisation)
    if lock.decision == "aid":
        return f"{title('organisations', lock.to_organisation)} examines {patients} of {whose}, {span}"
    return f"{whose} has {patients} {lock.decision}, {span}"


def sentences(locks: pd.DataFrame, network: Network) -> list[str]:
    """Each lock in words, in the order of the rows."""
    return [f"{in_words(lock, network)}." for lock in locks.itertuples()]


def with_lock(start: Scenario, cells: Mapping[str, Any], held: Dataset, *, name: str) -> Scenario:
    """A scenario that does what `start` does and has one more lock; whether it can be kept is checked when it is saved.

    Args:
        start: the scenario to begin with.
        cells: column of `LOCKS` → what stands there; what is left out is empty.
        held: the dataset.
        name: name of the new scenario.

    Raises:
        Refused: a cell does not hold what it may, the same is locked already, or the name is taken.
    """
    raw = pd.DataFrame({c: pd.Series([cells.get(c)], dtype=object) for c in LOCKS.columns})
    frame, found = LOCKS.read(raw)
    if found.refusals:
        raise Refused(found)
    locks = pd.concat([start.locks, frame], ignore_index=True) if len(start.locks) else frame
    if locks.duplicated(list(LOCKS.key)).any():
        words = in_words(next(frame.itertuples()), held.network)
        raise Refused([refusal("lock-twice", words, "one lock on the same from the same week", "Remove the other one first.")])
    return _saved_as(start, locks, held, name)


def without_lock(start: Scenario, which: int, held: Dataset, *, name: str) -> Scenario:
    """A scenario that does what `start` does, less one lock.

    Args:
        start: the scenario to begin with.
        which: position of the lock, from 0.
        held: the dataset.
        name: name of the new scenario.

    Raises:
        Refused: the name is taken.
    """
    return _saved_as(start, start.locks.drop(index=start.locks.index[which]).reset_index(drop=True), held, name)


def _saved_as(start: Scenario, locks: pd.DataFrame, held: Dataset, name: str) -> Scenario:
    if name.strip() in {c.title for c in built_in(start.dataset_id)}:
        raise Refused(Findings([refusal("name", f'"{name}"', "a name of its own", "Give the scenario another name.")]))
    own = start.description.partition(" Locked: ")[0]
    said = f"{own} Locked: {'; '.join(in_words(lock, held.network) for lock in locks.itertuples())}." if len(locks) else own
    return start.changed(name=name.strip(), locks=locks, description=said)
