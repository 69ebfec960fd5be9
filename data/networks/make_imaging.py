"""A synthetic examination-level extract of any size for any network: invented people, nobody's record.

Run as `python -m data.networks.make_imaging data/networks/NAME extract.csv.gz --rows 1500000`. The same arguments give the same file.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from data.assumptions import Assumptions
from data.errors import Refused
from data.folder import read_folder
from data.network import Network
from data.working_days import WorkingDays

_DAY = 1440
_OPEN, _CLOSE = 8 * 60, 20 * 60
_FILLED = 0.75
"""Share of openings in use where fewer rows are asked for than the network could make: fewer scanners then, not idle ones."""

_WEEKEND, _CLOSED, _NIGHT = 0.35, 0.01, 0.12
"""Chance of a slot's use beside one of a working day: weekends, weekends of sites without emergencies, nights."""

_SLOT_FILL = 0.8
"""Examination as a share of its slot; the rest is changing over."""

SOURCES = ("emergency", "inpatient", "outpatient", "gp", "other")
OUTCOMES = ("done", "dna", "cancelled_patient", "cancelled_hospital")
PRIORITIES = ("two_weeks", "four_weeks", "routine", "planned")
_CODES_PER_TEST = 12

_TEXT = Path(__file__).with_name("make_imaging.sql")


@dataclass(frozen=True)
class _Scanners:
    """Scanners in use, one position each.

    Attributes:
        table: columns asset, site, organisation, test, slot (minutes), acute.
        patients: how many people the extract is about.
    """

    table: pd.DataFrame
    patients: int


def examinations(
    network: Network, assumptions: Assumptions, rows: int, *, seed: int = 1, first_month: str = "2024-10-01", months: int = 24
) -> Mapping[str, np.ndarray]:  # fmt: skip
    """Examinations as arrays of equal length, in order of their time.

    Args:
        network: whose scanners, sites and tests they are on.
        assumptions: examinations an hour by test.
        rows: how many.
        seed: of the random numbers.
        first_month: first day of the first month.
        months: how many months.

    Returns:
        Positions into the network's scanners (`scanner`), and times in minutes since the first day (NaN = none).

    Raises:
        ValueError: the network's scanners cannot do so many in these months.
    """
    random = np.random.default_rng(seed)
    days = pd.date_range(first_month, periods=months, freq="MS")
    dates = pd.date_range(days[0], days[-1] + pd.offsets.MonthEnd(0), freq="D")
    scanners = _scanners(network, assumptions, rows, len(dates))
    working = WorkingDays.of(network).exposure(dates.to_numpy().astype("datetime64[D]"), 0.0) > 0
    scanner, slot = _slots(random, scanners.table, working, rows)
    row = _rows(random, scanners, scanner, slot)
    # What is not reported when the extract is drawn, on the last day, is empty.
    row["reported"] = np.where(row["reported"] < len(dates) * _DAY, row["reported"], np.nan)
    return {
        **row,
        "epoch": np.array([np.datetime64(dates[0], "s")]),
        **{c: scanners.table[c].to_numpy() for c in ("asset", "site", "organisation", "test")},
    }


def write_extract(network: Network, assumptions: Assumptions, path: Path, rows: int, **options: object) -> int:
    """Write an extract as CSV, CSV.gz or Parquet, by the ending of its name.

    Returns:
        Number of rows written.
    """
    made = examinations(network, assumptions, rows, **options)  # type: ignore[arg-type]
    tables = {
        "scanners": pd.DataFrame({c: made[c] for c in ("asset", "site", "organisation", "test")}).reset_index(names="scanner"),
        "drawn": pd.DataFrame({c: v for c, v in made.items() if len(v) == rows}),
        **{name: pd.DataFrame({"code": range(len(words)), "word": words})
           for name, words in (("sources", SOURCES), ("outcomes", OUTCOMES), ("priorities", PRIORITIES))},
    }  # fmt: skip
    form = "(FORMAT parquet)" if path.suffix == ".parquet" else "(HEADER, DELIMITER ',')"
    with duckdb.connect(config={"threads": 2, "memory_limit": "2GB"}) as connection:
        connection.execute("SET enable_progress_bar = false")
        for name, frame in tables.items():
            connection.register(name, frame)
        connection.execute(_TEXT.read_text("utf-8").replace("(FORM)", form), {"path": str(path), "epoch": made["epoch"][0].item()})
    return rows


def _scanners(network: Network, assumptions: Assumptions, rows: int, days: int) -> _Scanners:
    """Scanners of every organisation in turn, until they could do three quarters more than asked for."""
    mobiles = network["mobiles"].rename(columns={"mobile": "asset", "starts_at": "site"})
    assets = pd.concat([network["assets"], mobiles[mobiles["site"] != ""]])[["asset", "site", "asset_type"]]
    table = assets.merge(network["capabilities"], on="asset_type").drop_duplicates("asset", ignore_index=True)
    table["organisation"] = table["site"].map(network.owner)
    table["slot"] = (60 / assumptions.values("scans_per_hour", table[["site", "test", "asset_type"]])).round().clip(5, 240)
    busiest = table.groupby("organisation")["site"].agg(lambda sites: sites.value_counts().index[0])
    table["acute"] = table["site"].isin(set(busiest))
    order = table.groupby("organisation").cumcount().argsort(kind="stable")
    table = table.iloc[order].reset_index(drop=True)
    could = ((_CLOSE - _OPEN) / table["slot"] * days * _FILLED * (5 / 7)).cumsum()
    needed = min(int(np.searchsorted(could, rows)) + 1, len(table))
    return _Scanners(table.iloc[:needed], max(1, int(0.45 * rows)))


def _slots(random: np.random.Generator, table: pd.DataFrame, working: np.ndarray, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Scanner and start (minutes since the first day) of each examination, in order of time."""
    scanners, starts, chances = [], [], []
    for i, (slot, acute) in enumerate(zip(table["slot"], table["acute"], strict=True)):
        within = np.arange(_OPEN % slot, _DAY - slot, slot)
        open_now = (within >= _OPEN) & (within < _CLOSE)
        by_day = np.where(working, 1.0, _WEEKEND if acute else _CLOSED)
        chance = by_day[:, None] * np.where(open_now, 1.0, 0.0) + (_NIGHT if acute else 0.0) * ~open_now
        day, at = np.nonzero(chance)
        scanners.append(np.full(len(day), i, dtype=np.int32))
        starts.append(day * _DAY + within[at])
        chances.append(chance[day, at])
    scanner, start, chance = np.concatenate(scanners), np.concatenate(starts), np.concatenate(chances)
    if rows > len(start):
        raise ValueError(f"{rows:,} examinations do not fit: the scanners have {len(start):,} slots. Ask for more months.")
    # The smallest of exponential variates divided by their weights are a weighted sample without replacement.
    drawn = random.standard_exponential(len(start)) / chance
    chosen = np.argpartition(drawn, rows - 1)[:rows]
    chosen = chosen[np.lexsort((scanner[chosen], start[chosen]))]
    return scanner[chosen], start[chosen]


def _rows(random: np.random.Generator, scanners: _Scanners, scanner: np.ndarray, slot_start: np.ndarray) -> dict[str, np.ndarray]:
    n = len(scanner)
    acute = scanners.table["acute"].to_numpy()[scanner]
    slot = scanners.table["slot"].to_numpy()[scanner]
    hour = slot_start % _DAY // 60
    night = (hour < 8) | (hour >= 20)
    source = _source(random, acute, night)
    urgent_now = source <= 1
    outcome = np.where(urgent_now, 0, random.choice(4, n, p=(0.9, 0.05, 0.03, 0.02)))
    priority = np.where(urgent_now, 0, random.choice(4, n, p=(0.12, 0.13, 0.63, 0.12)))
    start = slot_start + np.round(random.uniform(0, 0.1, n) * slot, 1)
    length = np.clip(_SLOT_FILL * slot * random.lognormal(-0.03, 0.25, n), 2, np.maximum(3, 0.9 * slot))
    waited = np.select(
        [source == 0, source == 1],
        [random.lognormal(4.2, 0.6, n), random.lognormal(6.3, 0.8, n)],
        random.lognormal(np.log(_DAY * np.array([7.0, 12.0, 24.0, 30.0]))[priority], 0.6),
    )
    report = np.select(
        [source == 0, source == 1],
        [random.lognormal(4.1, 0.7, n), random.lognormal(6.4, 0.8, n)],
        random.lognormal(np.log(_DAY * np.array([1.5, 1.5, 4.0, 4.0]))[priority], 0.9),
    )
    done, booked = outcome == 0, ~urgent_now
    end = start + np.maximum(1.0, length)
    return {
        "scanner": scanner, "patient": random.integers(0, scanners.patients, n), "source": source, "outcome": outcome, "priority": priority,
        "examination_code": np.minimum(random.geometric(0.25, n), _CODES_PER_TEST), "requested": start - waited,
        "booked": np.where(booked, slot_start, np.nan), "attended": np.where(done, start - random.gamma(2, 5, n), np.nan),
        "started": np.where(done, start, np.nan), "ended": np.where(done, end, np.nan), "reported": np.where(done, end + report, np.nan),
        "planned_start": slot_start.astype(float),
    }  # fmt: skip


def _source(random: np.random.Generator, acute: np.ndarray, night: np.ndarray) -> np.ndarray:
    n = len(acute)
    by_day = random.choice(5, n, p=(0.18, 0.14, 0.42, 0.24, 0.02))
    by_night = random.choice(5, n, p=(0.72, 0.26, 0.01, 0.005, 0.005))
    elsewhere = random.choice(5, n, p=(0.0, 0.0, 0.6, 0.38, 0.02))
    return np.where(acute, np.where(night, by_night, by_day), elsewhere)


def main(arguments: Sequence[str]) -> int:
    """Write one extract; 0 done, 1 refused with findings."""
    parser = argparse.ArgumentParser(prog="python -m data.networks.make_imaging", description=__doc__)
    parser.add_argument("network", type=Path, help="folder of the network")
    parser.add_argument("out", type=Path, help="file to write: .csv, .csv.gz or .parquet")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first-month", default="2024-10-01", help="first day of the first month (default 2024-10-01)")
    parser.add_argument("--months", type=int, default=24)
    options = parser.parse_args(arguments)
    try:
        parts = read_folder(options.network)
        written = write_extract(
            parts.network, parts.assumptions, options.out, options.rows,
            seed=options.seed, first_month=options.first_month, months=options.months,
        )  # fmt: skip
    except (Refused, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{options.out.name}: {written:,} examinations\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
