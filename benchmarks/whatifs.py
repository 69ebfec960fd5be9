"""`python -m benchmarks.whatifs`: twelve changes to a plan of the demonstration, each planned cold and with the parts kept of the plan before it.

What has not changed is taken from that plan, the rest is solved again: both answers are equal, and so are their gaps. Nothing is written into the
repository.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
from pathlib import Path

from benchmarks.measure import assuming, timed
from data.dataset import Dataset
from data.folder import demonstration
from data.plan import BY_TABLE, Plan
from data.run import PlanSettings
from data.scenario import Scenario, base
from portal.commands.networks import example
from portal.kept_parts import kept_in
from portal.planning import make_plan

RATIO = 0.1
"""Most time of a what-if over that of a cold plan."""

GAP = 0.003
"""Most gap of a what-if."""


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


def measured(weeks: int) -> tuple[list[float], list[float]]:
    """Seconds of each what-if over those of the cold plan, and its gap; a line of each is printed."""
    dataset, settings = example(demonstration()), PlanSettings()
    start = base(dataset.content_id, weeks)
    print(f"{dataset.network.title}, {weeks} weeks. Goals: ratio {RATIO}, gap {GAP:.1%}.")
    print(f"{'Change':<58}{'Cold, s':>9}{'What-if, s':>12}{'Ratio':>8}{'Kept':>8}{'Gap':>8}  Equal")
    ratios, gaps = [], []
    with tempfile.TemporaryDirectory() as folder:
        before = Path(folder) / "before"
        make_plan(dataset, start, settings, spread=kept_in(before))
        for k, (what, scenario) in enumerate(changes(dataset, start).items()):
            kept = kept_in(shutil.copytree(before, Path(folder) / f"{k}"))
            cold, first = timed(lambda scenario=scenario: make_plan(dataset, scenario, settings))  # type: ignore[misc]
            warm, second = timed(lambda scenario=scenario, kept=kept: make_plan(dataset, scenario, settings, spread=kept))  # type: ignore[misc]
            size, gap = warm.summary["size"], max(s["gap"] for s in warm.summary["stages"][:-1])
            ratios.append(second / first)
            gaps.append(gap)
            parts = f"{size['parts kept']} of {size['parts']}"
            print(
                f"{what:<58}{first:>9.1f}{second:>12.1f}{second / first:>8.2f}{parts:>8}{gap:>8.2%}  {'yes' if _equal(cold, warm) else 'NO'}",
                flush=True,
            )
    return ratios, gaps


def _equal(one: Plan, other: Plan) -> bool:
    return all(one[name].equals(other[name]) for name in BY_TABLE)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.whatifs", description=__doc__)
    parser.add_argument("--weeks", type=int, default=26, help="length of the plans (default 26)")
    ratios, gaps = measured(parser.parse_args().weeks)
    verdict = "kept" if max(ratios) <= RATIO else "MISSED"
    print(f"Ratio: median {statistics.median(ratios):.2f}, worst {max(ratios):.2f}. Goal {RATIO}: {verdict}.")
    print(f"Worst gap {max(gaps):.2%}. Goal {GAP:.1%}: {'kept' if max(gaps) <= GAP else 'MISSED'}.")


if __name__ == "__main__":
    main()
