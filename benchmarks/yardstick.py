"""`python -m benchmarks.yardstick`: our forecast beside AutoETS and AutoTheta of statsforecast, on the same series of the shared published months.

statsforecast holds pandas below 3, so it runs in an environment of its own (`.yardstick`, made when it is not there) and is never a dependency.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import venv
from collections import defaultdict
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.forecasts import england, judged, own
from data.demand import STREAMS
from data.working_days import WorkingDays
from forecasting.methods import shared_profile
from forecasting.methods.profile import fit_profiles
from forecasting.panel import Panel

ROOT = Path(__file__).parents[1]
ENVIRONMENT = ROOT / ".yardstick"
ORIGINS = (18, 20)
"""Months before the origins 2024-09 and 2024-11."""

OTHERS, SEED = 343, 1
"""How many series outside the network are judged, drawn at random."""

_CHILD = """
import sys
import pandas as pd
from statsforecast import StatsForecast
from statsforecast.models import AutoETS, AutoTheta
rows = pd.read_csv(sys.argv[1], parse_dates=["ds"])
made = StatsForecast([AutoETS(season_length=12), AutoTheta(season_length=12)], freq="MS").forecast(df=rows, h=int(sys.argv[3]))
made.to_csv(sys.argv[2], index=False)
"""


def environment() -> Path:
    """The interpreter of the yardstick; its environment is made where it is not there."""
    python = ENVIRONMENT / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if not python.exists():
        venv.create(ENVIRONMENT, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "-r", ROOT / "benchmarks" / "yardstick.txt"], check=True)
    return python


def theirs(python: Path, values: np.ndarray, periods: pd.DatetimeIndex, horizon: int) -> dict[str, np.ndarray]:
    """Forecasts of each of their methods, shape (n, horizon); `values` has shape (n, T), months nobody knows are left out."""
    rows = pd.DataFrame({
        "unique_id": np.repeat(np.arange(len(values)), values.shape[1]), "ds": np.tile(periods, len(values)), "y": values.ravel(),
    }).dropna()  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        given, answer = Path(folder, "given.csv"), Path(folder, "answer.csv")
        rows.to_csv(given, index=False)
        subprocess.run([python, "-c", _CHILD, given, answer, str(horizon)], check=True)
        made = pd.read_csv(answer).sort_values(["unique_id", "ds"], kind="stable")
    return {method: made[method].to_numpy().reshape(len(values), horizon) for method in ("AutoETS", "AutoTheta")}


def chosen(panel: Panel) -> dict[str, np.ndarray]:
    """By stream the series that are judged, shape (n,): all of the network, and others drawn at random."""
    every = {stream: judged(panel, stream) for stream in STREAMS}
    others = [(stream, i) for stream, here in every.items() for i in np.flatnonzero(here & ~own(panel))]
    drawn = {others[k] for k in np.random.default_rng(SEED).choice(len(others), OTHERS, replace=False)}
    return {s: np.array([bool(here[i] and (own(panel)[i] or (s, i) in drawn)) for i in range(len(here))]) for s, here in every.items()}


def errors(panel: Panel, calendar: WorkingDays, python: Path) -> dict[tuple[str, str], float]:
    """Sum of absolute errors over sum of outcomes in %, by method and group of series."""
    sums: dict[tuple[str, str], np.ndarray] = defaultdict(lambda: np.zeros(2))
    rows = chosen(panel)
    for months in ORIGINS:
        past, horizon = panel.until(months), len(panel.periods) - months
        profiles = fit_profiles(past, calendar)
        for stream, here in rows.items():
            first = 1 if stream == "additions" else 0
            made = theirs(python, past.streams[stream][here][:, first:], past.periods[first:], horizon)
            ours = np.full((here.sum(), horizon), np.nan)
            tests = panel.lists["test"][here].to_numpy()
            for test in np.unique(tests):
                at = tests == test
                ours[at] = shared_profile.forecast(past.streams[stream][here][at], past.periods, horizon, profiles[test, stream], calendar)
            real = panel.streams[stream][here][:, months:]
            for method, ahead in {**made, "local level, shared profile": ours}.items():
                for group, member in (("network", own(panel)[here]), ("others", ~own(panel)[here])):
                    sums[method, group] += np.abs(real - ahead)[member].sum(), real[member].sum()
    return {key: float(100 * error / total) for key, (error, total) in sums.items()}


def main() -> None:
    """Print the table."""
    python = environment()
    found = errors(*england(), python)
    print(f"Error of forecasts in % of what happened, origins 2024-09 and 2024-11, to 2025-03; {OTHERS} other series drawn at random")
    print(f"  {'':<34}{'network':>9}{'others':>9}")
    for method in dict.fromkeys(m for m, _ in found):
        print(f"  {method:<34}{found[method, 'network']:>9.1f}{found[method, 'others']:>9.1f}")
    for group in ("network", "others"):
        print(f"  ours over AutoETS, {group}: {found['local level, shared profile', group] / found['AutoETS', group]:.2f}")


if __name__ == "__main__":
    main()
