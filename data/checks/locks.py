"""Checks of a scenario's locked decisions against the network and the weeks of the plan: a lock that names nothing would be ignored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from data.fields import shown
from data.findings import Finding, Findings, refusal, warning
from data.network import Network
from data.scenario import LOCKS
from data.stations import station_rows
from data.words import day

_NEEDED = {
    "sessions": ("site", "asset_type", "session_type"), "mobile": ("site", "mobile"), "aid": ("organisation", "to_organisation", "test"),
    "insourced": ("organisation", "test"), "outsourced": ("organisation", "test"),
}  # fmt: skip
PATIENTS = ("aid", "insourced", "outsourced")
"""Locks whose value is a number of patients a week."""
_MOST_NAMED = 20
"""Allowed identifiers that are named in a finding; where there are more it names their sheet."""


def lock_findings(locks: pd.DataFrame, network: Network, weeks: pd.DatetimeIndex | None = None) -> Findings:
    """Locks that name what the network does not have, and locks outside the plan.

    Args:
        locks: rows of `LOCKS`.
        network: the network they are to hold in.
        weeks: the Mondays of the plan; None where they are not known yet.

    Returns:
        Refusals and warnings; rows are numbered from 1, as in the list of locks of a scenario file.
    """
    return Findings(finding for number, lock in enumerate(locks.itertuples(), start=1) for finding in _of_one(lock, number, network, weeks))


def _of_one(lock: Any, number: int, network: Network, weeks: pd.DatetimeIndex | None) -> Iterator[Finding]:
    wrong = [*_unknown_names(lock, number, network), *_missing_names(lock, number)]
    yield from wrong or (_patients(lock, number, network) if lock.decision in PATIENTS else _nothing_there(lock, number, network))
    yield from _weeks(lock, number, weeks)


def _patients(lock: Any, number: int, network: Network) -> Iterator[Finding]:
    """A lock of patients on a test that is not planned, or of aid to oneself."""
    if lock.test not in network.allocated_tests:
        allowed = ", ".join(network.titles("tests")[m] for m in network.allocated_tests)
        yield refusal("lock-without-place", network.titles("tests")[lock.test], f"a test that is planned: {allowed}", "Correct the test, or remove "
                      "the lock.", **at(number, "test"))  # fmt: skip
    if lock.decision == "aid" and lock.organisation == lock.to_organisation:
        yield refusal("lock-without-place", network.titles("organisations")[lock.organisation], "another organisation", "Name who examines the "
                      "patients, or remove the lock.", **at(number, "to_organisation"))  # fmt: skip


def at(number: int, column: str) -> dict[str, Any]:
    """Where in the list of locks a finding is."""
    return {"sheet": LOCKS.title, "row": number, "column": LOCKS.field(column).title}


def _unknown_names(lock: Any, number: int, network: Network) -> Iterator[Finding]:
    for field in LOCKS.fields:
        if not field.refers_to:
            continue
        name, known = getattr(lock, field.name), network.titles(field.refers_to)
        if name and name not in known:
            allowed = f"one of {', '.join(known)}" if 0 < len(known) <= _MOST_NAMED else f"an identifier of the network's {field.refers_to}"
            yield refusal("unknown-reference", shown(name), allowed, "Correct the name, or remove the lock.", **at(number, field.name))


def _missing_names(lock: Any, number: int) -> Iterator[Finding]:
    for column in _NEEDED[lock.decision]:
        if not getattr(lock, column):
            title = LOCKS.field(column).title.lower()
            yield refusal("cell", "an empty cell", f"the {title} that is locked", f"Name the {title}, or remove the lock.", **at(number, column))


def _nothing_there(lock: Any, number: int, network: Network) -> Iterator[Finding]:
    """A lock on a room or a pad that the site does not have, or one that is not of a number."""
    if lock.how != "exactly":
        yield refusal("cell", lock.how.replace("_", " "), "exactly: only numbers of patients may have a least or a most", "Correct it, or remove "
                      "the lock.", **at(number, "how"))  # fmt: skip
    site = network.titles("sites")[lock.site]
    if lock.decision == "sessions":
        places, kind, column = station_rows(network), lock.asset_type, "asset_type"
    else:
        units = network["mobiles"].set_index("mobile")["asset_type"]
        places, kind, column = network["pads"], units[lock.mobile], "mobile"
    there = list(dict.fromkeys(places.loc[places["site"] == lock.site, "asset_type"]))
    if kind not in there:
        what = "sessions" if lock.decision == "sessions" else "a pad"
        titles = network.titles("asset_types")
        allowed = f"at {site}, {what} for {', '.join(titles[t] for t in there)}" if there else f"a site with {what}; {site} has none"
        yield refusal("lock-without-place", f"{titles[kind]} at {site}", allowed, "Correct the site, or remove the lock.", **at(number, column))


def _weeks(lock: Any, number: int, weeks: pd.DatetimeIndex | None) -> Iterator[Finding]:
    found = f"{day(lock.from_week)} to {day(lock.to_week)}"
    if lock.to_week < lock.from_week:
        yield refusal("dates-in-order", found, "a last week on or after the first", "Correct one of the two dates.", **at(number, "to_week"))
    elif weeks is not None and not ((weeks >= lock.from_week) & (weeks <= lock.to_week)).any():
        allowed = f"weeks of the plan, which begin on Mondays from {day(weeks[0])} to {day(weeks[-1])}"
        yield warning("lock-outside-plan", found, allowed, "This lock changes nothing: correct its weeks, or make the plan longer.",
                      **at(number, "from_week"))  # fmt: skip
