"""A synthetic extract in a store, for tests of pages."""

from __future__ import annotations

from pathlib import Path

from data.folder import Parts
from data.networks.make_imaging import write_extract
from data.sources.imaging_process import read_extract
from data.store import SINGLE_USER, Store

ROWS, MONTHS, FIRST = 2500, 2, "2026-05-01"


def load_extract(store: Store, parts: Parts, folder: Path, *, rows: int = ROWS, months: int = MONTHS, first: str = FIRST) -> None:
    """Make an extract of the network's scanners, read it as an upload is read, and store it."""
    path, place = folder / "extract.parquet", folder / "parts"
    place.mkdir()
    write_extract(parts.network, parts.assumptions, path, rows, months=months, first_month=first)
    reading = read_extract(path, parts.network, place)
    assert reading.findings == ()
    store.save_imaging(SINGLE_USER, reading)
