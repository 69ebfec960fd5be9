"""Ranges of a projected share over six weeks: from the errors of projections made at earlier months, in proportion to how much each list moves."""

from __future__ import annotations

import numpy as np

from forecasting.booking_order import share_over_six
from forecasting.methods.conformal import PRIOR_ORIGINS, Spread

COMMON_MOVE = 0.05
"""Usual change of a share from one month to the next, before a list's own months are seen."""

COLUMNS = ("lower_80", "upper_80")


def moves(bands: np.ndarray) -> np.ndarray:
    """Usual change of each list's share from one month to the next, shape (n,).

    Args:
        bands: shape (n, T, 14), patients at month ends; NaN where nothing is known.
    """
    share = np.where(np.isnan(bands).any(axis=2), np.nan, share_over_six(np.nan_to_num(bands)))[:, -13:]
    change = np.diff(share, axis=1)
    known = ~np.isnan(change)
    total, many = (np.where(known, change, 0.0) ** 2).sum(axis=1), known.sum(axis=1)
    return np.asarray(np.sqrt((PRIOR_ORIGINS * COMMON_MOVE**2 + total) / (PRIOR_ORIGINS + many)))


def share_ranges(share: np.ndarray, move: np.ndarray, spread: Spread) -> dict[str, np.ndarray]:
    """Bounds of projected shares, by column, each shape (n, horizon), within 0 and 1.

    Args:
        share: shape (n, horizon).
        move: as `moves` gives it, shape (n,).
        spread: quantiles of errors over `move`.
    """
    return {c: np.clip(share + spread.at(c, share.shape[1])[None, :] * move[:, None], 0.0, 1.0) for c in COLUMNS}
