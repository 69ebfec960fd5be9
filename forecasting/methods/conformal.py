"""Ranges of a forecast from its own past errors: pooled over series by a scale of their own, and over horizons by the root of the horizon."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

LEVELS = {"lower_80": 0.10, "upper_80": 0.90, "lower_95": 0.014, "upper_95": 0.986}
"""Columns of a range and the share of past errors below each. The outer ones reach a little further than 2.5 in 100: the profile has seen the months
that the errors are taken from, and rare errors are the ones it makes look smallest."""

LEAST_MONTHS = 9
"""Months before the first origin that errors are taken from."""

FLOOR = 5.0
"""Forecasts below this count as this when errors are put in proportion to them."""

PRIOR_ORIGINS = 6.0
"""Origins that the scale common to series of a size weighs as much as."""

LEAST_ORIGINS = 4
"""Origins a horizon needs before its errors count."""


@dataclass(frozen=True)
class Scale:
    """Usual size of a one-month error over the forecast: `base` and, for series of mean level one, `chance` more.

    Attributes:
        base: of long series.
        chance: times one over the root of the level.
    """

    base: float
    chance: float

    def of(self, level: np.ndarray) -> np.ndarray:
        """Scale of series by their level, shape as `level`."""
        return np.asarray(self.base + self.chance / np.sqrt(np.maximum(level, 1.0)))


@dataclass(frozen=True)
class Spread:
    """Quantiles of scaled errors: `start` + `slope` × root of the horizon.

    Attributes:
        start, slope: by column of `LEVELS`.
    """

    start: dict[str, float]
    slope: dict[str, float]

    def at(self, column: str, horizon: int) -> np.ndarray:
        """The quantile at each horizon from 1 on, shape (horizon,)."""
        return np.asarray(self.start[column] + self.slope[column] * np.sqrt(np.arange(1, horizon + 1)))


@dataclass(frozen=True, eq=False)
class PastErrors:
    """Errors of forecasts made at earlier origins.

    Attributes:
        relative: outcome less forecast over the forecast, shape (origins, n, horizon); NaN where there was no outcome, or a forecast below
            `FLOOR`.
        level: mean of each series, shape (n,).
    """

    relative: np.ndarray
    level: np.ndarray

    def own_scale(self) -> tuple[np.ndarray, np.ndarray]:
        """Root mean square of one-month errors of each series and how many there are, both shape (n,)."""
        first = np.clip(self.relative[:, :, 0], -1, 1)
        known = ~np.isnan(first)
        many = known.sum(axis=0)
        return np.sqrt((np.where(known, first, 0.0) ** 2).sum(axis=0) / np.maximum(many, 1)), many


def fit_scale(errors: Sequence[PastErrors]) -> Scale:
    """The scale that series of a size have in common, by least squares over groups of series."""
    parts = [(*e.own_scale(), e.level) for e in errors]
    own, many, level = (np.concatenate(column) for column in zip(*parts, strict=True))
    use = (many > 0) & (level >= FLOOR)
    if use.sum() < 2:
        return Scale(0.1, 1.0)
    design = np.column_stack([np.ones(use.sum()), 1 / np.sqrt(np.maximum(level[use], 1.0))])
    base, chance = np.linalg.lstsq(design, own[use], rcond=None)[0]
    return Scale(float(max(base, 0.01)), float(max(chance, 0.0)))


def scales(errors: PastErrors, common: Scale) -> np.ndarray:
    """Scale of each series: its own past, drawn to that of series of its size; shape (n,)."""
    own, many = errors.own_scale()
    return np.asarray(np.sqrt((PRIOR_ORIGINS * common.of(errors.level) ** 2 + many * own**2) / (PRIOR_ORIGINS + many)))


def fit_spread(errors: Sequence[PastErrors], series_scales: Sequence[np.ndarray]) -> Spread:
    """Quantiles of scaled errors by horizon, pooled over groups of series.

    Args:
        errors: of each group.
        series_scales: of the series of each group.
    """
    horizons, weights, quantiles = [], [], []
    for h in range(errors[0].relative.shape[2]):
        origins = max((~np.isnan(e.relative[:, :, h])).any(axis=1).sum() for e in errors)
        if origins >= LEAST_ORIGINS:
            pooled = np.concatenate([(e.relative[:, :, h] / c).ravel() for e, c in zip(errors, series_scales, strict=True)])
            horizons.append(h + 1.0)
            weights.append(float(origins))
            quantiles.append(np.quantile(pooled[~np.isnan(pooled)], list(LEVELS.values())))
    weighted = np.array(weights)[:, None]
    design = np.column_stack([np.ones(len(horizons)), np.sqrt(horizons)])
    fitted = np.linalg.lstsq(design * weighted, np.array(quantiles) * weighted, rcond=None)[0]
    start, slope = (dict(zip(LEVELS, map(float, row), strict=True)) for row in fitted)
    return Spread(start, slope)


def ranges(central: np.ndarray, series_scales: np.ndarray, spread: Spread) -> dict[str, np.ndarray]:
    """Bounds of each forecast by column of `LEVELS`, shape as `central` (n, horizon)."""
    size = np.maximum(central, FLOOR) * series_scales[:, None]
    return {column: central + spread.at(column, central.shape[1])[None, :] * size for column in LEVELS}
