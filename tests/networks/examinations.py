"""Examinations of the small network, so few that every measure of them can be counted by hand."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from data.sources.imaging import IMAGING, ImagingReading, Vocabulary, vocabulary
from data.sources.imaging_intake import Workplace, intake
from tests.networks.small import small_parts

NOW = datetime(2026, 11, 22, 12)

DONE: dict[str, Any] = {
    "patient_id": "p1", "organisation": "AAA", "site": "a1", "test": "ct", "examination_code": "C1", "scanner_id": "007",
    "source_of_referral": "outpatient", "priority": "routine", "requested": "2026-04-20 10:00", "booked": "2026-05-04 09:00",
    "attended": "2026-05-04 08:50", "scanned_start": "2026-05-04 09:00", "scanned_end": "2026-05-04 09:20", "reported": "2026-05-05 09:00",
    "outcome": "done",
}  # fmt: skip
"""An examination of Monday 4 May 2026: 20 minutes, 14 days after its request, reported a day after its start."""

NOT_DONE = {"attended": "", "scanned_start": "", "scanned_end": "", "reported": ""}


def rows(*changes: dict[str, Any]) -> list[dict[str, Any]]:
    """One row for each change of `DONE`, each examination with a name of its own."""
    return [{"examination_id": f"e{i}", **DONE, **change} for i, change in enumerate(changes)]


def as_csv(lines: list[dict[str, Any]], columns: list[str] | None = None, delimiter: str = ",") -> bytes:
    """The rows as a file; `columns` default to those declared."""
    text = io.StringIO()
    names = columns or IMAGING.columns
    writer = csv.DictWriter(text, names, delimiter=delimiter, lineterminator="\r\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue().encode()


@cache
def words() -> Vocabulary:
    """What the small network calls its things."""
    return vocabulary(small_parts().network)


def read(content: bytes, folder: Path, name: str = "extract.csv", **options: Any) -> ImagingReading:
    """What the adapter makes of a file of the small network, in this process."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(content)
    place = Workplace(folder, 500_000_000, 100_000_000)
    return intake(path, name, words(), place, **{"now": NOW, **options})
