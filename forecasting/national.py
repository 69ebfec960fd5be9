"""What the product knows of all organisations together: profiles and ranges, stored as coefficients, and made anew where national files are loaded.

The stored ones are what `python -m benchmarks.forecasts --store` made of the published months 2023-04 to 2025-03 of every provider in England.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from data.demand import STREAMS
from data.working_days import WorkingDays
from forecasting.methods.conformal import LEVELS, Scale, Spread
from forecasting.methods.profile import USUAL_WEIGHT, Profile, Profiles, fit_profiles
from forecasting.monthly import Ranges, learnt_ranges
from forecasting.panel import Panel

LEAST_ORGANISATIONS = 30
LEAST_MONTHS = 18
"""With fewer organisations or months than these the stored coefficients say more than the loaded ones."""

PROFILES, RANGES = (Path(__file__).with_name(f"national_{name}.csv") for name in ("profiles", "ranges"))

LOADED, STORED = "the loaded organisations", "the stored national coefficients (April 2023 to March 2025)"


def common_traits(
    panel: Panel, codes: Mapping[str, str], calendar: WorkingDays, horizon: int, usual: Mapping[str, float] = USUAL_WEIGHT
) -> tuple[Profiles, Ranges, str]:  # fmt: skip
    """Profiles and ranges for the tests of a panel, and where they come from in words.

    Args:
        panel: every organisation that is loaded, the network's own and others.
        codes: national code of each test; a test without one has a profile of the panel's own.
        calendar: working days.
        horizon: months ahead.
        usual: how much other days count before any month is seen, by stream.
    """
    many = panel.lists["organisation"].nunique() >= LEAST_ORGANISATIONS and len(panel.periods) >= LEAST_MONTHS
    if many:
        fitted = fit_profiles(panel, calendar)
        return fitted, learnt_ranges(panel, fitted, calendar, horizon), LOADED
    stored, own = stored_profiles(), fit_profiles(panel, calendar, usual)
    chosen = {(test, stream): stored.get((codes.get(test, ""), stream), _plain(own[test, stream])) for test, stream in own}
    return chosen, stored_ranges(), STORED


def _plain(own: Profile) -> Profile:
    """The weight of other days and the seasons of few organisations, without their growth, which does not last."""
    return Profile(own.weight, 0.0, own.season)


@cache
def stored_profiles() -> Profiles:
    """The stored profiles, by national code of the test and stream."""
    return {(row["national_code"], row["stream"]): _profile(row) for row in _rows(PROFILES)}


@cache
def stored_ranges() -> Ranges:
    """The stored scales and spread of forecasts."""
    rows = {(row["kind"], row["name"]): (float(row["first"]), float(row["second"])) for row in _rows(RANGES)}
    return Ranges({s: Scale(*rows["scale", s]) for s in STREAMS}, _spread(rows, "spread", list(LEVELS)))


@cache
def stored_share_spread() -> Spread:
    """The stored spread of projected shares over six weeks."""
    rows = {(row["kind"], row["name"]): (float(row["first"]), float(row["second"])) for row in _rows(RANGES)}
    return _spread(rows, "share", [name for kind, name in rows if kind == "share"])


def profile_rows(profiles: Profiles) -> list[dict[str, str]]:
    """Profiles as rows of the stored table."""
    return [
        {"national_code": test, "stream": stream, "weight": f"{p.weight:.3f}", "growth": f"{p.growth:.4f}"}
        | {f"month_{k}": f"{s:.4f}" for k, s in enumerate(p.season, 1)}
        for (test, stream), p in sorted(profiles.items())
    ]  # fmt: skip


def range_rows(ranges: Ranges, share: Spread) -> list[dict[str, str]]:
    """Scales and spreads as rows of the stored table."""
    found = [("scale", s, scale.base, scale.chance) for s, scale in ranges.scales.items()]
    found += [("spread", c, ranges.spread.start[c], ranges.spread.slope[c]) for c in ranges.spread.start]
    found += [("share", c, share.start[c], share.slope[c]) for c in share.start]
    return [{"kind": kind, "name": name, "first": f"{first:.4f}", "second": f"{second:.4f}"} for kind, name, first, second in found]


def _profile(row: Mapping[str, str]) -> Profile:
    return Profile(float(row["weight"]), float(row["growth"]), tuple(float(row[f"month_{k}"]) for k in range(1, 13)))


def _spread(rows: Mapping[tuple[str, str], tuple[float, float]], kind: str, names: Sequence[str]) -> Spread:
    return Spread({n: rows[kind, n][0] for n in names}, {n: rows[kind, n][1] for n in names})


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))
