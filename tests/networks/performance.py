"""A small history whose months differ, with plans and cancer waiting times that can be worked by hand, for the network of `small`."""

from __future__ import annotations

from typing import Any

from data.activity import ACTIVITY, WAITING, Activity
from data.dataset import Dataset
from data.intake_local import take_in_reference, take_in_register
from data.sources import published, registers
from data.sources.mapping import ColumnMapping
from tests.networks.extracts import small_dataset
from tests.networks.small import frame

CANCER_COLUMNS = "period,standard,provider_code,stage_route,treatment_modality,cancer_type,total_treated,within_standard,breaches"
PLAN_COLUMNS = "Trust,Test,Month,Measure,Planned,Plan,Owner"


def month(period: str, organisation: str = "AAA", *, under: float, over: float, done: float = 100.0, test: str = "ct") -> dict[str, Any]:
    """A row of the history: `under` in their first week, `over` in their eleventh."""
    bands = dict.fromkeys(WAITING, 0.0) | {"waiting_0": under, "waiting_10": over}
    return {"organisation": organisation, "test": test, "period": f"{period}-01", "done_waiting_list": done, "done_planned": 5.0,
            "done_unscheduled": 40.0, **bands}  # fmt: skip


HISTORY = [
    month("2026-04", under=900, over=100), month("2026-05", under=880, over=120, done=110), month("2026-06", under=800, over=200, done=120),
    month("2026-04", "BBB", under=450, over=50), month("2026-05", "BBB", under=470, over=30, done=103), month("2026-06", "BBB", under=490, over=10),
]  # fmt: skip
"""At AAA 10, 12 and 20 in 100 are over six weeks; at BBB 10, 6 and 2."""


def dataset(*more: dict[str, Any]) -> Dataset:
    """The small network with `HISTORY` and further rows."""
    return small_dataset().changed(activity=Activity({"activity": frame(ACTIVITY, [*HISTORY, *more])}))


def cancer(*rows: str) -> bytes:
    """A published extract of cancer waiting times."""
    return "\n".join([CANCER_COLUMNS, *rows, ""]).encode()


def plan(*rows: str) -> bytes:
    """A planner's table of trajectories."""
    return "\n".join([PLAN_COLUMNS, *rows, ""]).encode()


def with_cancer(held: Dataset, *rows: str, file: str = "cancer.csv") -> Dataset:
    """The dataset with an extract taken in."""
    return take_in_reference(held, [published.read(cancer(*rows), file)], ColumnMapping("published"))[0]


def with_plan(held: Dataset, *rows: str, file: str = "plan.csv") -> Dataset:
    """The dataset with trajectories taken in."""
    return take_in_register(held, [registers.read(plan(*rows), file)], ColumnMapping("register"))[0]
