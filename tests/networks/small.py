"""A network so small that every row can be named in a test."""

from __future__ import annotations

from typing import Any

import pandas as pd

from data.activity import ACTIVITY, WAITING, Activity
from data.assumptions import ASSUMPTIONS, Assumptions
from data.fields import Field, Kind, Table
from data.folder import Parts
from data.network import NETWORK_TABLES, Network

_ROWS: dict[str, list[dict[str, Any]]] = {
    "network": [{"network": "small", "title": "A small network", "synthetic": True}],
    "organisations": [{"organisation": "AAA", "title": "Alpha"}, {"organisation": "BBB", "title": "Beta"}],
    "sites": [
        {"site": "a1", "title": "Alpha General", "organisation": "AAA", "latitude": 53.7},
        {"site": "b1", "title": "=HYPERLINK(\"x\")", "organisation": "BBB"},
    ],
    "tests": [{"test": "ct", "title": "CT", "national_code": "CT", "allocated": True},
              {"test": "be", "title": "Barium enema", "national_code": "BARIUM_ENEMA", "allocated": False}],
    "asset_types": [{"asset_type": "scanner", "title": "Scanner"}],
    "capabilities": [{"asset_type": "scanner", "test": "ct"}],
    "assets": [{"asset": "007", "site": "a1", "asset_type": "scanner", "installed": "2019-04-01"},
               {"asset": "x2", "site": "b1", "asset_type": "scanner"}],
    "session_types": [{"session_type": "core", "title": "Core", "minutes": 240.0, "monday": 2, "fill_order": 1}],
    "staff_groups": [{"staff_group": "radiographer", "title": "Radiographers"}],
    "staffing": [{"asset_type": "scanner", "staff_group": "radiographer", "staff": 1.5}],
    "staff_in_post": [{"organisation": "AAA", "staff_group": "radiographer", "wte": 12.4}],
    "mobiles": [{"mobile": "m1", "title": "Mobile", "asset_type": "scanner", "starts_at": "b1"}],
    "pads": [{"site": "b1", "asset_type": "scanner"}],
    "home_areas": [{"home_area": "north", "title": "North", "organisation": "AAA", "share": 1.0, "nearest_site": "a1"}],
    "travel": [{"from_place": "a1", "to_site": "b1", "minutes": 32.5}],
    "rota": [{"site": "a1", "asset_type": "scanner", "session_type": "core", "sessions": 9.0}],
}  # fmt: skip

_ASSUMED = [
    {"name": "scans_per_hour", "value": 2.7, "test": "ct", "reason": "Timed in June", "dated": "2026-06-30"},
    {"name": "overtime_limit", "value": 0.1, "organisation": "AAA", "from_week": "2026-11-02", "to_week": "2026-12-27"},
]

_HISTORY = [
    {"organisation": o, "test": "ct", "period": f"2026-{m:02d}-01", "done_waiting_list": 100.0 + m,
     "done_planned": 5.0, "done_unscheduled": 40.0, **{name: float(13 - k) for k, name in enumerate(WAITING)}}
    for o in ("AAA", "BBB") for m in (4, 5, 6)
]  # fmt: skip


def small_parts() -> Parts:
    """Two organisations with a site each, one scanner each, a mobile unit, two assumptions and three months."""
    network = Network({t.name: frame(t, _ROWS.get(t.name, [])) for t in NETWORK_TABLES})
    return Parts(network, Assumptions({"assumptions": frame(ASSUMPTIONS, _ASSUMED)}), Activity({"activity": frame(ACTIVITY, _HISTORY)}))


def frame(table: Table, rows: list[dict[str, Any]]) -> pd.DataFrame:
    """A typed frame; what a row leaves out is what an empty cell means."""
    return table.typed({f.name: [_value(f, row) for row in rows] for f in table.fields})


def _value(declared: Field, row: dict[str, Any]) -> Any:
    value = row.get(declared.name)
    if value is None:
        return 0 if declared.kind is Kind.COUNT and declared.required else declared.empty()
    return pd.Timestamp(value) if declared.kind is Kind.DATE else value
