"""What a result was made from and by."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib import metadata
from typing import Any

import pandas as pd

from data.dataset import Dataset
from data.run import CODE_VERSION, PlanSettings
from data.scenario import Scenario


def provenance(dataset: Dataset, scenario: Scenario, settings: PlanSettings, **first: pd.Timestamp) -> dict[str, Any]:
    """Ids, names, dates, versions and settings behind a result.

    Args:
        dataset: what it was made from.
        scenario: what was changed.
        settings: how it was solved.
        first: the first day of the result, under the name it has there.
    """
    return {
        "dataset_id": dataset.content_id,
        "scenario_id": scenario.content_id,
        "scenario_name": scenario.name,
        "network": dataset.network.name,
        "network_title": dataset.network.title,
        "synthetic_network": dataset.network.synthetic,
        "synthetic_history": dataset.synthetic_history,
        "data_date": f"{dataset.activity.snapshot_date:%Y-%m-%d}",
        **{name: f"{day:%Y-%m-%d}" for name, day in first.items()},
        "sources": [f"{s.file} ({s.sha256[:12]})" for s in dataset.sources.itertuples()],
        "code_version": CODE_VERSION,
        "solver": "HiGHS",
        "solver_version": metadata.version("highspy"),
        "pyomo_version": metadata.version("pyomo"),
        "seed": settings.seed,
        "threads": settings.threads,
        "gap": settings.gap,
        "time_limit": settings.time_limit,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
    }
