"""Checks of locked aid and purchases against what the assumptions and levers of their scenario allow: no plan could keep them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from data.assumptions import BY_NAME, Assumptions
from data.checks.locks import PATIENTS, at
from data.findings import Finding, Findings, refusal
from data.network import Network
from data.scenario import LEVERS, Scenario
from data.travel import offers_of
from data.words import day, number

_LEVER = {"aid": "mutual_aid", "insourced": "insourcing", "outsourced": "outsourcing"}
_MEND = "Lower the lock, change what limits it, or remove the lock."


def lock_limit_findings(scenario: Scenario, network: Network, assumptions: Assumptions, weeks: pd.DatetimeIndex) -> Findings:
    """Locks of patients that ask for more than a limit allows, and locks that contradict each other.

    Args:
        scenario: its locks name what the network has: see `lock_findings`.
        network: the network they are to hold in.
        assumptions: in force under the scenario.
        weeks: the Mondays of the plan.

    Returns:
        Refusals; rows are numbered from 1, as in the list of locks of a scenario file.
    """
    rows = [(k, lock) for k, lock in enumerate(scenario.locks.itertuples(), start=1) if lock.decision in PATIENTS]
    found: list[Finding] = []
    for k, lock in rows:
        within = weeks[(weeks >= lock.from_week) & (weeks <= lock.to_week)]
        if lock.how != "at_most" and lock.value > 0 and len(within):
            found.extend(_beyond(lock, k, scenario, network, assumptions, within))
        found.extend(_contradicting(lock, k, rows))
    return Findings(found)


def _beyond(
    lock: Any, k: int, scenario: Scenario, network: Network, assumptions: Assumptions, weeks: pd.DatetimeIndex
) -> Iterator[Finding]:  # fmt: skip
    found = f"{number(lock.value, 1)} patients a week"
    lever = next(lever for lever in LEVERS if lever.name == _LEVER[lock.decision])
    if not scenario.levers[lever.name]:
        yield refusal("lock-beyond-limit", found, f"none: {lever.title.lower()} may not be used in this scenario", _MEND, **at(k, "value"))
        return
    for limit, why in _limits(lock, network, assumptions, weeks):
        if lock.value > limit + 1e-9:
            yield refusal("lock-beyond-limit", found, f"at most {number(limit, 1)}: {why}", _MEND, **at(k, "value"))
            return


def _limits(lock: Any, network: Network, assumptions: Assumptions, weeks: pd.DatetimeIndex) -> Iterator[tuple[float, str]]:
    """The most patients a week that each limit allows, and what it is."""
    if lock.decision == "aid":
        offers = offers_of(network, assumptions).query("organisation == @lock.organisation and test == @lock.test")
        if not any(network.owner[site] == lock.to_organisation for site in offers["site"]):
            yield 0.0, "no site there does the test within the travel limit"
        yield float(assumptions.values("aid_maximum_batch", pd.DataFrame({"test": [lock.test]}))[0]), f'"{BY_NAME["aid_maximum_batch"].title}"'
        return
    name = f"{lock.decision}_limit"
    sites = [s for s, owner in network.owner.items() if owner == lock.organisation] if lock.decision == "insourced" else [""]
    places = pd.DataFrame([{"organisation": lock.organisation, "test": lock.test, "week": w, "site": s} for w in weeks for s in sites])
    allowed = places.assign(limit=assumptions.values(name, places)).groupby("week")["limit"].sum()
    yield float(allowed.min()), f'"{BY_NAME[name].title}" in the week of {day(allowed.idxmin())}'


def _contradicting(lock: Any, k: int, rows: list[tuple[int, Any]]) -> Iterator[Finding]:
    """A later lock of the same patients in the same weeks that cannot be kept together with this one."""
    for other_k, other in rows:
        same = all(getattr(other, c) == getattr(lock, c) for c in ("decision", "organisation", "to_organisation", "test"))
        together = lock.from_week <= other.to_week and other.from_week <= lock.to_week
        if other_k > k and same and together and (_clash(lock, other) or _clash(other, lock)):
            found = f"{_words(other)} beside {_words(lock)} in row {k}"
            yield refusal("locks-contradict", found, "locks that can be kept together", "Correct or remove one of the two.", **at(other_k, "value"))


def _clash(least: Any, most: Any) -> bool:
    return bool(least.how != "at_most" and most.how != "at_least" and least.value > most.value + 1e-9)


def _words(lock: Any) -> str:
    return f"{lock.how.replace('_', ' ')} {number(lock.value, 1)}"
