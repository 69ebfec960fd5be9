"""Plans for tests, without the test tools: worker processes import this too."""

import pandas as pd

from data.plan import BY_TABLE, Plan


def sample_plan(status="optimal", waiting=12.0):
    """A plan of one list and one week."""
    row = {
        "organisation": "AAA", "test": "X", "priority": "all", "week": pd.Timestamp("2026-03-02"), "additions": 5.0, "removed": 0.0,
        "seen": 4.0, "waiting": waiting, "over_six_present_order": float("nan"), "over_six_in_turn": 1.0,
        "over_thirteen_present_order": float("nan"), "share_over_six": 1 / waiting,
    }  # fmt: skip
    table = BY_TABLE["waiting_list"]
    return Plan({"waiting_list": table.typed({k: [v] for k, v in row.items()})}, {"status": status, "seconds": {"solve": 1.5}})


def same_plan(a, b):
    """True where two plans hold the same tables and summary."""
    return a.summary == b.summary and all(a.tables[name].equals(b.tables[name]) for name in BY_TABLE)
