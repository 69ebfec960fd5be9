"""`python -m benchmarks.whatifs`: twelve changes to a plan of the demonstration, each planned cold, with parts of the plan before it, and quickly.

With kept parts, what has not changed is taken from that plan and the rest is solved again: both answers are equal. A quick answer starts from that
plan, without its kept parts; how far it can be from the best is proved, and how far it is from the cold answer is measured. Nothing is written into
the repository.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from benchmarks.measure import assuming, timed
from data.dataset import Dataset
from data.folder import demonstration
from data.plan import BY_TABLE, Plan
from data.run import PlanSettings
from data.scenario import Scenario, base
from optimisation.allocation.objective import raised
from portal.commands.networks import example
from portal.kept_parts import kept_in
from portal.planning import make_plan

RATIO = 0.1
"""Most time of a what-if over that of a cold plan."""

GAP = 0.003
"""Most gap of a what-if, over its goals in one."""


def changes(dataset: Dataset, plan: Scenario) -> dict[str, Scenario]:
    """The twelve, by what they change; tests are those with the shortest and the longest list."""
    lists = dataset.waiting_list.rows
    waiting = lists[lists["test"].isin(dataset.network.allocated_tests)].groupby("test")["patients"].sum()
    short, long = waiting.idxmin(), waiting.idxmax()
    tests = dataset.network.titles("tests")

    def changed(name: str, value: float, **where: str) -> Scenario:
        return assuming(plan, name, value, **where)

    def without(lever: str) -> Scenario:
        return plan.changed(levers={**plan.levers, lever: False})

    return {
        "Demand 5 in 100 higher": changed("demand_change", 0.05),
        f"Demand for {tests[short]} 10 in 100 higher": changed("demand_change", 0.1, test=short),
        f"Demand for {tests[long]} 5 in 100 higher": changed("demand_change", 0.05, test=long),
        f"Outsourced {tests[short]} at £150": changed("outsourced_price", 150.0, test=short),
        f"Outsourced {tests[long]} at £150": changed("outsourced_price", 150.0, test=long),
        f"Three in ten slots of {tests[short]} strictly in turn": changed("booked_in_turn", 0.3, test=short),
        f"Three in ten slots of {tests[long]} strictly in turn": changed("booked_in_turn", 0.3, test=long),
        "Target one in ten": changed("target_share", 0.1),
        "Travel of 30 minutes at most": changed("aid_travel_limit", 30.0),
        "Units stay where they are": without("move_mobiles"),
        "No outsourcing": without("outsourcing"),
        "Patients sent elsewhere at £50": changed("aid_cost", 50.0),
    }


def measured(dataset: Dataset, start: Scenario, only: Collection[int] | None = None) -> tuple[list[float], list[float], list[float]]:
    """Seconds of each quick answer over those of the cold plan, the gap it proves, and its goals in one above the cold plan's; a line of each is
    printed.

    Args:
        dataset: what is planned.
        start: the plan that is changed.
        only: numbers of the changes, from 0; None = all.
    """
    settings = PlanSettings()
    print(f"{dataset.network.title}, {start.weeks} weeks. Goals: ratio {RATIO}, gap {GAP:.1%}.")
    print(f"{'Change':<58}{'Cold, s':>9}{'Kept, s':>9}{'Ratio':>7}{'Parts':>8}{'Quick, s':>10}{'Ratio':>7}{'Proved':>8}{'True':>8}  Kept as cold")
    ratios, proved, true = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        before = Path(folder) / "before"
        earlier = make_plan(dataset, start, settings, spread=kept_in(before))
        for k, (what, scenario) in enumerate(changes(dataset, start).items()):
            if only is not None and k not in only:
                continue
            kept = kept_in(shutil.copytree(before, Path(folder) / f"{k}"))
            cold, first = timed(lambda scenario=scenario: make_plan(dataset, scenario, settings))  # type: ignore[misc]
            warm, second = timed(lambda scenario=scenario, kept=kept: make_plan(dataset, scenario, settings, spread=kept))  # type: ignore[misc]
            asked = replace(settings, start_from="before")
            quick, third = timed(lambda scenario=scenario, asked=asked: make_plan(dataset, scenario, asked, start=earlier.decisions))  # type: ignore[misc]
            ratios.append(third / first)
            proved.append(quick.summary["quick"]["gap"] if "quick" in quick.summary else 0.0)
            true.append(_in_one(quick) / _in_one(cold) - 1)
            size = warm.summary["size"]
            parts = f"{size['parts kept']} of {size['parts']}"
            print(
                f"{what:<58}{first:>9.1f}{second:>9.1f}{second / first:>7.2f}{parts:>8}{third:>10.1f}{ratios[-1]:>7.2f}{proved[-1]:>8.2%}"
                f"{true[-1]:>8.2%}  {'yes' if _equal(cold, warm) else 'NO'}",
                flush=True,
            )
    return ratios, proved, true


def _in_one(plan: Plan) -> float:
    """The goals of a plan in one number, as its search weighs them."""
    return sum(f * stage["value"] for f, stage in zip(raised(plan.summary["emphasis"]["name"]), plan.summary["stages"], strict=True))


def _equal(one: Plan, other: Plan) -> bool:
    return all(one[name].equals(other[name]) for name in BY_TABLE)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.whatifs", description=__doc__)
    parser.add_argument("--only", type=int, nargs="*", metavar="N", help="numbers of the changes, from 0 (default: all)")
    parser.add_argument("--weeks", type=int, default=26, help="length of the plans (default 26)")
    options = parser.parse_args()
    dataset = example(demonstration())
    ratios, proved, true = measured(dataset, base(dataset.content_id, options.weeks), options.only)
    verdict = "kept" if max(ratios) <= RATIO else "MISSED"
    print(f"Ratio of a quick answer: median {statistics.median(ratios):.2f}, worst {max(ratios):.2f}. Goal {RATIO}: {verdict}.")
    for words, gaps in (("Proved gap", proved), ("Goals in one above the cold answer", true)):
        print(f"{words}: worst {max(gaps):.2%}. Goal {GAP:.1%}: {'kept' if max(gaps) <= GAP else 'MISSED'}.")


if __name__ == "__main__":
    main()
