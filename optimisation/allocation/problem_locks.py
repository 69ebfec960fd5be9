"""Locks of aid and purchases: least and most by week."""

from __future__ import annotations

from typing import Any

from data.errors import Refused
from data.findings import Finding, refusal
from data.words import day
from optimisation.allocation.problem import Draft, weeks_between
from optimisation.formulation import Index

_KINDS = ("insourced", "outsourced")


def locks(d: Draft) -> None:
    """Least and most patients of aid and of purchases, where the planner has locked any.

    Of several locks on one week the narrowest holds. A most where nothing could be sent or bought limits nothing, and neither does a least of none.

    Raises:
        Refused: something is to be sent or bought where nothing can be.
    """
    places = {"insourced": d.sets["insourcing_places"], "outsourced": d.sets["outsourcing_places"]}
    stated: list[dict[Index, float]] = [{}, {}]
    for lock in d.inputs.scenario.locks.itertuples():
        if lock.decision == "aid" or lock.decision in _KINDS:
            _narrow(d, lock, *stated)
    least, most = stated
    locked = {i for i in (*least, *most) if i[0] in _KINDS}
    d.join("purchases_of", (((kind, *i[:2], i[-1]), i) for kind in _KINDS for i in places[kind] if (kind, *i[:2], i[-1]) in locked))
    pairs = set(d.sets["aid_pairs"])
    d.values["locked_aid_least"] = {i[1:]: n for i, n in least.items() if i[0] == "aid" and n > 0}
    d.values["locked_aid_most"] = {i[1:]: n for i, n in most.items() if i[0] == "aid" and i[1:] in pairs}
    d.values["locked_bought_least"] = {i: n for i, n in least.items() if i[0] != "aid" and n > 0}
    d.values["locked_bought_most"] = {i: n for i, n in most.items() if i in d.neighbours["purchases_of"]}
    for name, known in (("locked_aid_least", pairs), ("locked_bought_least", d.neighbours["purchases_of"])):
        for i in d.values[name]:
            if i not in known:
                raise Refused([_nowhere(d, i)])


def _nowhere(d: Draft, i: Index) -> Finding:
    found = f"patients of {i[-4] if len(i) == 4 and i[0] not in _KINDS else i[1]} for {i[2]}, week of {day(d.inputs.weeks[i[-1] - 1])}"
    allowed = "a test, and a week, for which there is room for it"
    return refusal("lock-beyond-limit", found, allowed, "Correct the lock, or remove it.", sheet="Locks")


def _narrow(d: Draft, lock: Any, least: dict[Index, float], most: dict[Index, float]) -> None:
    place = (lock.organisation, lock.to_organisation, lock.test) if lock.decision == "aid" else (lock.organisation, lock.test)
    for w in weeks_between(d, lock.from_week, lock.to_week):
        i = (lock.decision, *place, w)
        if lock.how != "at_most":
            least[i] = max(least.get(i, 0.0), float(lock.value))
        if lock.how != "at_least":
            most[i] = min(most.get(i, float("inf")), float(lock.value))
