"""What a plan puts first, and what each of its goals costs, in sentences."""

from __future__ import annotations

from typing import Any

from data.plan import Plan
from data.scenario import EMPHASES
from data.words import count, number, pounds

_WORTH_A_WORD = 0.5
"""Patients, sessions or pounds."""


def put_first(plan: Plan) -> list[str]:
    """The emphasis of a plan, and the price of each goal that was solved again."""
    usual = {"title": EMPHASES[0].title, "help": EMPHASES[0].help}
    emphasis = plan.summary.get("emphasis", usual)
    rows = plan["goal_prices"]
    said = [f"{emphasis['title']}: {emphasis['help'][0].lower()}{emphasis['help'][1:]}"]
    place = {stage["name"]: k for k, stage in enumerate(plan.summary["stages"])}
    said += [_SAID[row.goal, row.instead](row) for row in sorted(rows.itertuples(), key=lambda row: place.get(row.goal, 0))]
    if len(rows):
        said.append("Each was solved again around this plan: mobile units, aid and roles stay, sessions need not be whole, all else is chosen anew.")
    return said


def _target(row: Any) -> str:
    late, saved = row.over_target_after - row.over_target_before, -row.cost_change_gbp
    if saved < _WORTH_A_WORD or late < _WORTH_A_WORD:
        return "Putting the target before cost costs nothing: if each patient over it were only weighed at its price, the plan would be the same."
    return (
        f"Putting the target before cost costs {pounds(saved)}: if a patient over it were only weighed at the price in the assumptions, "
        f"{count(round(late), 'more patient')} would be over it, which is {pounds(saved / late)} for each."
    )


def _longer(row: Any) -> str:
    lists, saved = row.longer_after - row.longer_before, -row.cost_change_gbp
    if saved < _WORTH_A_WORD and lists < _WORTH_A_WORD:
        return "Keeping every list no longer than without a change costs nothing."
    return (
        f"Keeping every list no longer than without a change costs {_cost(saved)}: otherwise lists would be longer by "
        f"{number(lists)} patients at worst{_late(row)}."
    )


def _longer_first(row: Any) -> str:
    lists, more = row.longer_before - row.longer_after, row.cost_change_gbp
    if lists < _WORTH_A_WORD:
        left = f"{number(row.longer_before)} patients longer at worst" if row.longer_before >= _WORTH_A_WORD else "no longer"
        return f"Lists are {left} than without a change in this plan, and putting that before cost would change nothing."
    return f"Keeping lists shorter by {number(lists)} patients at worst, were that put before cost, would cost {_cost(more)}."


def _worst(row: Any) -> str:
    late, saved = row.over_target_before - row.over_target_after, -row.cost_change_gbp
    if abs(late) < _WORTH_A_WORD and abs(saved) < _WORTH_A_WORD:
        return "Bringing the trust furthest over the target nearer first costs nothing: the plan would be the same without it."
    return f"Bringing the trust furthest over the target nearer first costs {_cost(saved)}{_fewer(late)}."


def _change(row: Any) -> str:
    more, saved = row.changed_after - row.changed_before, -row.cost_change_gbp
    if abs(saved) < _WORTH_A_WORD and more < _WORTH_A_WORD:
        return "Changing as little as possible costs nothing."
    otherwise = f"{number(more)} more sessions over the plan would differ from today's rota"
    return f"Changing as little as possible costs {_cost(saved)}: otherwise {otherwise}."


def _cost(amount: float) -> str:
    if abs(amount) < _WORTH_A_WORD:
        return "no money"
    return pounds(amount) if amount > 0 else f"no money, and saves {pounds(-amount)}"


def _fewer(late: float) -> str:
    if abs(late) < _WORTH_A_WORD:
        return ""
    if late > 0:
        return f", and {count(round(late), 'patient')} more over the target in all"
    return f", with {count(round(-late), 'patient')} fewer over the target in all"


def _late(row: Any) -> str:
    late = row.over_target_after - row.over_target_before
    return "" if abs(late) < _WORTH_A_WORD else f", and {number(abs(late))} {'more' if late > 0 else 'fewer'} patients over the target"


_SAID = {
    ("shortfall", "at its price"): _target, ("longer", "left out"): _longer, ("longer", "before cost"): _longer_first,
    ("worst", "left out"): _worst, ("change", "left out"): _change,
}  # fmt: skip
