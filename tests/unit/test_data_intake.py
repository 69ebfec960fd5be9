"""What storing files does, before and after."""

import pandas as pd

from data.findings import Findings
from data.intake import Intake

MONTHS = (pd.Timestamp("2025-02-01"), pd.Timestamp("2025-03-01"))


def test_what_storing_does_is_told_in_the_future_until_it_is_done():
    intake = Intake(MONTHS, MONTHS[:1], ("old.xls",), 4, 120, 1, True, Findings())
    assert intake.sentences(stored=False) == [
        "2 months will be loaded (February 2025 to March 2025).",
        "4 organisations of this network found.",
        "Will be kept for comparison: 120 other organisations.",
        "Will be left out: 1 national test that this network does not have.",
        "Loaded before, and will be replaced: February 2025.",
        "The synthetic history will be removed: real and invented months are never mixed.",
    ]
    assert intake.sentences(stored=True) == [
        "2 months loaded (February 2025 to March 2025).",
        "4 organisations of this network found.",
        "Kept for comparison: 120 other organisations.",
        "Left out: 1 national test that this network does not have.",
        "Loaded before, and replaced: February 2025.",
        "The synthetic history was removed: real and invented months are never mixed.",
        "Already loaded, nothing changed: old.xls.",
    ]
