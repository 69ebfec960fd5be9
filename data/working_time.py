"""Working time: the hours that one whole-time equivalent is at work."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.assumptions import Assumptions

WEEKS_A_YEAR = 365.25 / 7
QUARTER_WEEKS = WEEKS_A_YEAR / 4

_WORKING_DAYS = 5 * WEEKS_A_YEAR
"""Days a year that somebody who works five days a week is paid for."""


def hours_a_week(assumptions: Assumptions, places: pd.DataFrame) -> np.ndarray:
    """Hours a week at work of one WTE: as stated, else contracted hours less leave, bank holidays, study, sickness and other absence.

    Args:
        assumptions: in force.
        places: organisation and staff_group of each row.

    Returns:
        Shape (rows,), hours a week on average over a year.
    """
    stated = assumptions.values("hours_per_wte", places)
    return np.asarray(
        np.where(stated > 0, stated, assumptions.values("contracted_hours", places) * days_at_work(assumptions, places) / _WORKING_DAYS)
    )


def days_at_work(assumptions: Assumptions, places: pd.DataFrame) -> np.ndarray:
    """Days a year at work of one WTE who works five days a week, shape (rows,)."""
    away = sum(assumptions.values(name, places) for name in ("leave_days", "bank_holiday_days", "study_days"))
    absent = assumptions.values("sickness_share", places) + assumptions.values("other_absence_share", places)
    return np.asarray(np.maximum(_WORKING_DAYS - away, 0) * np.maximum(1 - absent, 0))
