"""`python -m benchmarks.england`: a plan for a country of trusts: the demonstration many times over, 33 times for the 130 trusts of England.

Patients, mobile units and reports stay within each of the networks, so that the model falls into independent parts; nothing else ties them. Nothing
is written into the repository.
"""

from __future__ import annotations

import argparse
import resource

import pandas as pd

from benchmarks.measure import timed
from data.activity import Activity
from data.assumptions import Assumptions
from data.dataset import Dataset
from data.folder import demonstration
from data.network import Network
from data.run import PlanSettings
from data.scenario import base
from portal.commands.networks import example
from portal.planning import make_plan

SECONDS = 150.0
"""Most seconds of a plan of 52 weeks at a gap of 0.5 %."""

COPIES, ASKED, LIMIT = 33, 0.005, 3600.0
"""Networks of four trusts for the 130 trusts of England; the gap asked for; most seconds."""

_PLACES = ("organisation", "site", "asset", "mobile", "home_area", "starts_at", "nearest_site", "from_place", "to_site", "asset_type")
"""Columns that name something of one network; asset types too, or units would move to pads of another. Tests and groups are the same everywhere."""


def country(one: Dataset, copies: int) -> Dataset:
    """A dataset several times over, side by side."""

    def over(frame: pd.DataFrame) -> pd.DataFrame:
        named = [column for column in _PLACES if column in frame]
        here = frame[named].ne("").any(axis=1) if named else pd.Series(data=False, index=frame.index)
        parts = [frame[~here]]
        for k in range(copies):
            part = frame[here].copy()
            for column in named:
                part[column] = part[column].where(part[column] == "", part[column] + f"_{k:02d}")
            parts.append(part)
        return pd.concat(parts, ignore_index=True)

    network = Network({name: over(frame) for name, frame in one.network.tables.items()})
    return one.changed(network=network, activity=Activity({n: over(f) for n, f in one.activity.tables.items()}),
                       assumptions=Assumptions({"assumptions": over(one.assumptions.rows)}))  # fmt: skip


def measured(copies: int, weeks: int, settings: PlanSettings) -> tuple[float, bool]:
    """Seconds of the plan, and whether it reached the gap; what it took is printed."""
    dataset, making = timed(lambda: country(example(demonstration()), copies))
    trusts, sites = len(dataset.network.organisations), len(dataset.network["sites"])
    print(f"{trusts} trusts, {sites} sites, {weeks} weeks; made in {making:.0f} s", flush=True)
    alone = base(dataset.content_id, weeks)
    alone = alone.changed(levers={**alone.levers, "cross_site_reporting": False})
    plan, seconds = timed(lambda: make_plan(dataset, alone, settings))
    size, laps = plan.summary["size"], plan.summary["seconds"]
    print(f"{size['rows']:,} rows, {size['columns']:,} columns, {size['integers']:,} whole, {size['parts']} parts: {plan.summary['status']}")
    print("Seconds: " + ", ".join(f"{name.replace('_', ' ')} {value:.0f}" for name, value in laps.items()))
    print("Gaps: " + ", ".join(f"{s['name']} {s['gap']:.2%}" for s in plan.summary["stages"]))
    print(f"Memory at its peak: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.1f} GB")
    return seconds, plan.summary["status"] == "optimal"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.england", description=__doc__)
    parser.add_argument("--copies", type=int, default=COPIES, help=f"networks of four trusts (default {COPIES})")
    parser.add_argument("--weeks", type=int, default=52, help="length of the plan (default 52)")
    parser.add_argument("--gap", type=float, default=ASKED, help=f"gap asked for (default {ASKED})")
    parser.add_argument("--limit", type=float, default=LIMIT, help=f"most seconds (default {LIMIT:.0f})")
    options = parser.parse_args()
    seconds, reached = measured(options.copies, options.weeks, PlanSettings(gap=options.gap, time_limit=options.limit))
    verdict = "kept" if reached and seconds <= SECONDS else "MISSED"
    print(f"The plan took {seconds:.0f} s. Goal {SECONDS:.0f}: {verdict}.")


if __name__ == "__main__":
    main()
