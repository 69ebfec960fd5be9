"""What a version changes against another, as planners read it."""

from __future__ import annotations

import pandas as pd

from data.activity import ACTIVITY
from data.differences import DIFFERENCES
from data.network import Network
from data.words import month
from portal.charts.tables import titled


def headed(differences: pd.DataFrame) -> pd.DataFrame:
    """Rows of `data.differences.DIFFERENCES` under their headings."""
    return differences.set_axis([DIFFERENCES.field(c).title for c in differences.columns], axis=1)


def figures_changed(changes: pd.DataFrame, network: Network) -> pd.DataFrame:
    """Rows of `data.revisions.CHANGES` under their headings, the newest month first."""
    rows = changes.sort_values(["period", "organisation", "test"], ascending=[False, True, True], kind="stable")
    return pd.DataFrame({
        "Organisation": titled(rows["organisation"], "organisations", network), "Test": titled(rows["test"], "tests", network),
        "Month": rows["period"].map(month), "Figure": rows["column"].map(lambda c: ACTIVITY.field(c).title),
        "Before": rows["before"], "After": rows["after"],
    }).reset_index(drop=True)  # fmt: skip
