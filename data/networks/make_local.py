"""Synthetic files beside the history of any network: improvement plans and cancer waiting times, invented with a seed.

    python -m data.networks.make_local data/networks/NAME

writes `NAME/local/registers/trajectories.csv` and `NAME/local/published/cancer_waits.csv`. Plans begin some months before the newest one and bring
lists down in a straight line, whatever happened to them: some organisations are behind, some ahead. Nothing here is anybody's record.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from data.activity import OVER_SIX, WAITING, Activity
from data.example_files import FOLDER
from data.folder import read_folder
from data.network import Network

_BEGUN, _AHEAD = 7, 12
"""Months of a plan up to the newest one, and after it."""

_PLANS_EACH = 2
_LEAST_SHARE = 0.03
_PATHS = ((1.0, 0.35), (1.45, 0.8), (1.2, 0.6))
"""Where plans begin and end, as parts of what the list was when they began; by turns, so that some are met and some are not."""

_SAID = ("Recovery plan (invented)", "More sessions and fewer missed slots (invented)", "Invented for demonstration")

_KINDS = (
    ("Suspected breast cancer", 420, 0.84), ("Suspected lower gastrointestinal cancer", 380, 0.62), ("Suspected lung cancer", 60, 0.74),
    ("Suspected skin cancer", 520, 0.9), ("Suspected urological malignancies", 210, 0.58),
)  # fmt: skip
"""Invented: kind of cancer, patients a month, share told within 28 days."""

_ROUTE, _SCREENING = "URGENT SUSPECTED CANCER", "NATIONAL SCREENING PROGRAMME"


def trajectories(network: Network, activity: Activity) -> pd.DataFrame:
    """Invented improvement plans; columns as a planner's file has them."""
    rows = activity.of(network.organisations)
    rows = rows.assign(waiting=rows[WAITING].sum(axis=1), over=rows[WAITING[OVER_SIX:]].sum(axis=1))
    start = activity.latest - pd.DateOffset(months=_BEGUN)
    at_start = rows[(rows["period"] == start) & (rows["waiting"] > 0)].assign(share=lambda r: r["over"] / r["waiting"])
    longest = at_start[at_start["share"] > _LEAST_SHARE].sort_values(["organisation", "over"], ascending=[True, False])
    months = pd.date_range(start, periods=_BEGUN + _AHEAD + 1, freq="MS")
    shares, sizes = longest.groupby("organisation").head(_PLANS_EACH), at_start.sort_values("waiting").groupby("organisation").tail(1)
    lists = [*(("Share over six weeks", r) for r in shares.itertuples()), *(("Patients waiting", r) for r in sizes.itertuples())]
    made = [
        (r.organisation, r.test, month, measure, written, *_SAID) for k, (measure, r) in enumerate(lists)
        for month, written in zip(months, _path(k, r, measure, len(months)), strict=True)
    ]  # fmt: skip
    frame = pd.DataFrame(made, columns=["Organisation", "Test", "Month", "Measure", "Planned", "Plan", "Reason", "Owner"])
    return frame.assign(Month=frame["Month"].dt.strftime("%Y-%m-%d"))


def _path(k: int, row: Any, measure: str, months: int) -> list[str]:
    """What is planned month by month: a straight line."""
    parts = np.linspace(*_PATHS[k % len(_PATHS)], months)
    return [f"{100 * min(row.share * p, 1.0):.1f}%" for p in parts] if measure.startswith("Share") else [f"{row.waiting * p:.0f}" for p in parts]


def cancer_waits(network: Network, activity: Activity, seed: int) -> pd.DataFrame:
    """Invented figures of the Faster Diagnosis Standard for every month of a history; columns as the published extract has them."""
    draws = np.random.default_rng(seed)
    made = []
    for organisation in network.organisations:
        size, level = draws.uniform(0.6, 1.4), draws.uniform(-0.06, 0.08)
        drift = draws.uniform(-0.004, 0.006)
        for k, month in enumerate(activity.periods):
            for kind, patients, share in _KINDS:
                total = int(draws.poisson(size * patients))
                within = int(draws.binomial(total, np.clip(share + level + drift * k, 0.05, 0.98)))
                made.append((f"{month:%Y-%m-%d}", "28-day FDS", organisation, _ROUTE, "", kind, total, within, total - within))
            total = int(draws.poisson(size * 60))
            within = int(draws.binomial(total, 0.7))
            made.append((f"{month:%Y-%m-%d}", "28-day FDS", organisation, _SCREENING, "", _KINDS[0][0], total, within, total - within))
    return pd.DataFrame(made, columns=[
        "period", "standard", "provider_code", "stage_route", "treatment_modality", "cancer_type", "total_treated", "within_standard", "breaches",
    ])  # fmt: skip


def main(arguments: Sequence[str]) -> int:
    """Write the files of a network folder; 0 done, 2 wrong usage."""
    if len(arguments) != 1:
        return 2
    folder = Path(arguments[0])
    parts = read_folder(folder)
    activity = parts.activity or Activity({})
    files = {
        "registers/trajectories": trajectories(parts.network, activity), "published/cancer_waits": cancer_waits(parts.network, activity, seed=1),
    }  # fmt: skip
    for name, rows in files.items():
        path = folder / FOLDER / f"{name}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(rows.to_csv(index=False, lineterminator="\n"), encoding="utf-8", newline="")
        sys.stdout.write(f"{path}: {len(rows):,} rows\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
