"""`python -m benchmarks.forecasts`: forecasts and projected lists against what happened, by rolling origins inside the shared published months.

Everything at an origin is estimated from the months up to it. With `--store` the national coefficients that come with the product are made anew of
all shared months.
"""

from __future__ import annotations

import argparse
import csv
import time
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from data.activity import ACTIVITY, Activity
from data.assumptions import Assumptions
from data.demand import STREAMS
from data.folder import demonstration, example_networks, read_folder
from data.network import Network
from data.sources.dm01 import read
from data.working_days import WorkingDays
from forecasting import national
from forecasting.booking_fit import fit_order
from forecasting.booking_order import FORECAST_LAST_SHARE, blended, project, share_over_six
from forecasting.list_ranges import COLUMNS, moves
from forecasting.methods import shared_profile
from forecasting.methods.conformal import LEVELS, Spread
from forecasting.methods.profile import fit_profiles
from forecasting.monthly import Ranges, learnt_ranges, monthly_forecast
from forecasting.months import months_ahead
from forecasting.panel import Panel, panel_of

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "dm01" / "dm01_provider.csv.gz"
LEAST_MEAN = 10.0
"""Mean of a series that is judged, a month."""

LAST = "last value"
LEAST_LIST = 50.0
"""Mean length of a list that is judged, patients."""


@cache
def demonstrated() -> Network:
    """The network of the demonstration: its organisations are judged apart from the others."""
    return read_folder(example_networks()[demonstration()]).network


def england() -> tuple[Panel, WorkingDays]:
    """Every provider's series of the demonstration's tests."""
    frame = read(SHARED.read_bytes(), SHARED.name).frame
    rows = frame.rename(columns={"national_code": "test"})
    activity = Activity({ACTIVITY.name: ACTIVITY.typed(rows)})
    tests = list(demonstrated()["tests"]["national_code"])
    return panel_of(activity, sorted(rows["organisation"].unique()), tests), WorkingDays.of(demonstrated())


def judged(panel: Panel, stream: str) -> np.ndarray:
    """Series that are there in every month and large enough, shape (n,)."""
    there = (np.nan_to_num(panel.bands).sum(axis=2) + sum(np.nan_to_num(panel.streams[s]) for s in STREAMS[1:]) > 0).all(axis=1)
    return np.asarray(there & (np.nanmean(panel.streams[stream], axis=1) >= LEAST_MEAN))


def own(panel: Panel) -> np.ndarray:
    """Series of the network, shape (n,)."""
    return np.asarray(panel.lists["organisation"].isin(demonstrated().organisations))


def points(panel: Panel, calendar: WorkingDays, origins: tuple[int, ...]) -> dict[tuple[str, str], float]:
    """Sum of absolute errors over sum of outcomes, by method and group of series; `sums` are those of the network by test and stream."""
    sums: dict[tuple[str, str], np.ndarray] = defaultdict(lambda: np.zeros(2))
    for months in origins:
        past, horizon = panel.until(months), min(12, len(panel.periods) - months)
        profiles = fit_profiles(past, calendar)
        for stream in STREAMS:
            for test in panel.lists["test"].unique():
                here = judged(panel, stream) & (panel.lists["test"] == test).to_numpy()
                if not here.any():
                    continue
                values, real = past.streams[stream][here], panel.streams[stream][here][:, months : months + horizon]
                growth = np.exp(profiles[test, stream].growth)
                year = values[:, -12:][:, :horizon]
                made = {
                    "seasonal naive": year, "last year and national growth": year * growth,
                    "local level, shared profile": shared_profile.forecast(values, past.periods, horizon, profiles[test, stream], calendar),
                }  # fmt: skip
                for method, ahead in made.items():
                    for group, rows in (("network", own(panel)[here]), ("others", ~own(panel)[here])):
                        sums[method, group] += np.abs(real - ahead)[rows].sum(), real[rows].sum()
                    mine = own(panel)[here]
                    sums[method, "sums"] += np.abs((real - ahead)[mine].sum(axis=0)).sum(), real[mine].sum()
    return {key: float(100 * error / total) for key, (error, total) in sums.items()}


def swapped(months: int = 20) -> list[float]:
    """What a month with activity from the list and planned activity exchanged costs: extra points of error of the trust, the worst of the network.

    Returns:
        With the month half a year before the last exchanged, and with the last one.
    """
    network, own = demonstrated(), demonstrated().organisations
    codes = dict(zip(network["tests"]["national_code"], network["tests"]["test"], strict=True))
    rows = read(SHARED.read_bytes(), SHARED.name).frame.rename(columns={"national_code": "test"})
    rows = rows[rows["test"].isin(codes)].assign(test=lambda r: r["test"].map(codes))
    periods = sorted(rows["period"].unique())
    pair, origin = ["done_waiting_list", "done_planned"], periods[months - 1]
    defaults = Assumptions({})
    real = panel_of(Activity({ACTIVITY.name: ACTIVITY.typed(rows)}), own, list(codes.values()))

    def error(activity: pd.DataFrame, organisation: str) -> float:
        held = Activity({ACTIVITY.name: ACTIVITY.typed(activity)})
        found = months_ahead(network, held, defaults, len(periods) - months, origin)
        assert found is not None
        at = (found.panel.lists["organisation"] == organisation).to_numpy()
        index = pd.MultiIndex.from_frame(real.lists).get_indexer(pd.MultiIndex.from_frame(found.panel.lists[at]))
        made = {s: found.made.central[s][at] for s in STREAMS}
        happened = {s: real.streams[s][index][:, months:] for s in STREAMS}
        return float(100 * sum(np.abs(made[s] - happened[s]).sum() for s in STREAMS) / sum(v.sum() for v in happened.values()))

    worst = []
    for month in (periods[months - 7], origin):
        costs = []
        for organisation in own:
            changed = rows.copy()
            here = ((changed["organisation"] == organisation) & (changed["period"] == month)).to_numpy()
            changed.loc[here, pair] = rows.loc[here, pair[::-1]].to_numpy()
            costs.append(error(changed, organisation) - error(rows, organisation))
        worst.append(max(costs))
    return worst


def coverage(panel: Panel, calendar: WorkingDays, origins: tuple[int, ...]) -> dict[str, tuple[float, float]]:
    """Share of outcomes within the ranges of 80 and 95 in 100, by stream and all together."""
    inside: dict[str, list[np.ndarray]] = defaultdict(list)
    for months in origins:
        past, horizon = panel.until(months), min(12, len(panel.periods) - months)
        made = monthly_forecast(past, fit_profiles(past, calendar), calendar, 12)
        for stream in STREAMS:
            here = judged(panel, stream)
            real = panel.streams[stream][here][:, months : months + horizon]
            bounds = {c: made.bounds[stream][c][here][:, :horizon] for c in LEVELS}
            both = [(real >= bounds[f"lower_{level}"]) & (real <= bounds[f"upper_{level}"]) for level in (80, 95)]
            inside[stream].append(np.stack([b.ravel() for b in both]))
    found = {stream: np.concatenate(parts, axis=1).mean(axis=1) for stream, parts in inside.items()}
    found["all"] = np.concatenate([part for parts in inside.values() for part in parts], axis=1).mean(axis=1)
    return {name: (float(v[0]), float(v[1])) for name, v in found.items()}


def lists(panel: Panel, origins: tuple[int, ...]) -> dict[tuple[str, str], np.ndarray]:
    """Mean absolute error of the share over six weeks in points, by method and group, shape (6,), with the real additions and activity given."""
    found: dict[tuple[str, str], list[np.ndarray]] = defaultdict(list)
    waiting = np.nan_to_num(panel.bands).sum(axis=2)
    # Every list of the network that is never empty; of the others those with examinations in every month, as some come and go.
    always = (np.nan_to_num(panel.streams["waiting_list"]).min(axis=1) > 0) | own(panel)
    here = (waiting.mean(axis=1) >= LEAST_LIST) & (waiting.min(axis=1) > 0) & always
    bands, net, done = panel.bands[here], panel.streams["additions"][here], panel.streams["waiting_list"][here]
    days, tests = panel.periods.days_in_month.to_numpy(), pd.factorize(panel.lists["test"][here])[0]
    share = share_over_six(bands)
    for months in origins:
        ahead = slice(months, months + 6)
        order = fit_order(bands[:, :months], net[:, :months], done[:, :months], days[:months], tests)
        made = share_over_six(project(bands[:, months - 1], order, net[:, ahead], done[:, ahead], days[ahead]))
        last = share[:, months - 1]
        for method, guess in ((LAST, np.repeat(last[:, None], 6, axis=1)), ("booking order", made), ("and last value", blended(made, last))):
            error = 100 * np.abs(guess - share[:, ahead])
            for group, rows in (("network", own(panel)[here]), ("others", ~own(panel)[here])):
                found[method, group].append(error[rows].mean(axis=0))
    return {key: np.mean(parts, axis=0) for key, parts in found.items()}


def share_errors(panel: Panel, calendar: WorkingDays, ranges: Ranges, origins: tuple[int, ...]) -> Spread:
    """Spread of projected shares, the lists being projected with forecasts, over each list's usual move."""
    scaled: dict[int, list[np.ndarray]] = defaultdict(list)
    days, tests = panel.periods.days_in_month.to_numpy(), pd.factorize(panel.lists["test"])[0]
    share, here = share_over_six(np.nan_to_num(panel.bands)), np.nan_to_num(panel.bands).sum(axis=2).mean(axis=1) >= LEAST_LIST
    for months in origins:
        past, horizon = panel.until(months), min(12, len(panel.periods) - months)
        made = monthly_forecast(past, fit_profiles(past, calendar), calendar, horizon, ranges)
        order = fit_order(past.bands, past.streams["additions"], past.streams["waiting_list"], days[:months], tests)
        ahead = project(np.nan_to_num(past.bands[:, -1]), order, made.central["additions"], np.maximum(made.central["waiting_list"], 0),
                        days[months : months + horizon])  # fmt: skip
        error = share[:, months : months + horizon] - blended(share_over_six(ahead), share[:, months - 1], FORECAST_LAST_SHARE)
        for h in range(horizon):
            scaled[h].append((error[:, h] / moves(past.bands))[here])
    horizons = sorted(scaled)
    design = np.array([[1.0, np.sqrt(h + 1)] for h in horizons])
    start, slope = {}, {}
    for column in COLUMNS:
        fitted = np.linalg.lstsq(design, np.array([np.quantile(np.concatenate(scaled[h]), LEVELS[column]) for h in horizons]), rcond=None)[0]
        start[column], slope[column] = float(fitted[0]), float(fitted[1])
    return Spread(start, slope)


def store(panel: Panel, calendar: WorkingDays) -> None:
    """Write the national coefficients that come with the product."""
    profiles = fit_profiles(panel, calendar)
    ranges = learnt_ranges(panel, profiles, calendar, 12)
    spread = share_errors(panel, calendar, ranges, (12, 14, 16, 18, 20))
    for file, rows in ((national.PROFILES, national.profile_rows(profiles)), (national.RANGES, national.range_rows(ranges, spread))):
        with file.open("w", encoding="utf-8", newline="") as opened:
            writer = csv.DictWriter(opened, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


def report(panel: Panel, calendar: WorkingDays) -> Iterator[str]:
    """The tables, line by line."""
    began = time.perf_counter()
    yield "Error of forecasts in % of what happened, origins 2024-09 and 2024-11, to 2025-03"
    yield f"  {'':<34}{'network':>9}{'others':>9}{'sums of the network':>21}"
    error = points(panel, calendar, (18, 20))
    for method in dict.fromkeys(m for m, _ in error):
        yield f"  {method:<34}{error[method, 'network']:>9.1f}{error[method, 'others']:>9.1f}{error[method, 'sums']:>21.1f}"
    before, last = swapped()
    yield "Extra error in points of a trust with a month of exchanged columns, the worst of the network"
    yield f"  a month half a year before the last {before:.1f}, the last month {last:.1f}"
    yield "Outcomes within the range, in %, origins 2024-07, 2024-09 and 2024-11"
    for stream, (eighty, ninety_five) in coverage(panel, calendar, (16, 18, 20)).items():
        yield f"  {stream:<34}{100 * eighty:>9.1f}{100 * ninety_five:>9.1f}"
    yield "Error of the share over six weeks in points, additions and activity given, 1 to 6 months ahead; origins 2024-05 and 2024-09,"
    yield "and of the last value 2024-07 too"
    for (method, group), errors in {**lists(panel, (14, 18)), **{k: v for k, v in lists(panel, (14, 16, 18)).items() if k[0] == LAST}}.items():
        yield f"  {method:<20}{group:<10}" + "".join(f"{e:>6.1f}" for e in errors)
    yield f"{time.perf_counter() - began:.1f} s"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.forecasts", description=__doc__)
    parser.add_argument("--store", action="store_true", help="make the stored national coefficients anew")
    options = parser.parse_args()
    if not SHARED.exists():
        raise SystemExit(f"The published months are not there: {SHARED.name}")
    panel, calendar = england()
    if options.store:
        store(panel, calendar)
    for line in report(panel, calendar):
        print(line)


if __name__ == "__main__":
    main()
