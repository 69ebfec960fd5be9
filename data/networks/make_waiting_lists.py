"""Synthetic waiting list extracts of any network: one row for each invented patient, under the national column names, with a seed.

    python -m data.networks.make_waiting_lists data/networks/NAME 2026-03-29 FILE.csv.gz

Nothing here knows a place or a test. Where the network has a history, each list is as long as its newest month says and waits as long; where it
has none, every organisation and test gets a short list. Pathways are counted up, so that no number could be anybody's.
"""

from __future__ import annotations

import gzip
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from data.activity import BANDS, WAITING, Activity
from data.folder import read_folder
from data.network import Network

COLUMNS = (
    "Week_Ending_Date", "ORGANISATION_IDENTIFIER_CODE_OF_PROVIDER", "ORGANISATION_SITE_IDENTIFIER_OF_TREATMENT", "Diagnostic_Modality",
    "Waiting_List_Type", "Diagnostic_Clock_Start_Date", "Planned_Diagnostic_Due_Date", "Diagnostic_Priority_Code", "PRIORITY_TYPE_CODE",
    "Inclusion_On_Cancer_Ptl", "PSEUDO_PATIENT_PATHWAY_IDENTIFIER", "Proposed_Procedure_Opcs_Code", "Booked_Date", "DNA_Count",
    "Cancellation_Count", "IMD_Decile", "Rural_Urban", "Age",
)  # fmt: skip

_CODES = (("D1", "3"), ("D2", "2"), ("D3", "2"), ("D4", "1"))
_CODE_SHARES = (0.05, 0.2, 0.25, 0.5)
_CODE_STATED = 0.8
"""Share of rows with a clinical code; the others have the national type alone."""

_LONGEST = 30
"""Weeks waited at most; the open last band is spread from its start to here."""

_SHORT_LIST = 40
_PLANNED = 0.06
_DUE_DAYS = 56
_BOOKED = 0.6
_DAYS_AHEAD = 28
_MISSED, _CANCELLED = 0.1, 0.15
_RURAL = 0.25
_OLDEST = 96
_PROCEDURES = 4


def extract(network: Network, date: pd.Timestamp, seed: int, activity: Activity | None = None) -> pd.DataFrame:
    """An invented extract; columns as `COLUMNS`, every cell text, one row for each patient and test.

    Args:
        network: whose lists.
        date: snapshot date.
        seed: the same seed gives the same extract.
        activity: history for the length of the lists; None or empty = a short list for each organisation and test.
    """
    draws = np.random.default_rng(seed)
    codes = dict(zip(network["tests"]["test"], network["tests"]["national_code"], strict=True))
    sites = {o: [s for s, owner in network.owner.items() if owner == o] or [""] for o in network.organisations}
    parts = []
    for (organisation, test), bands in _lists(network, activity).items():
        parts.append(_list(draws, date, bands).assign(
            ORGANISATION_IDENTIFIER_CODE_OF_PROVIDER=organisation, Diagnostic_Modality=codes[test] or test,
            ORGANISATION_SITE_IDENTIFIER_OF_TREATMENT=lambda rows, at=sites[organisation]: draws.choice(at, len(rows)),
        ))  # fmt: skip
    rows = pd.concat(parts, ignore_index=True)
    rows["PSEUDO_PATIENT_PATHWAY_IDENTIFIER"] = [f"P{seed}-{k}" for k in range(1, len(rows) + 1)]
    return rows[list(COLUMNS)]


def extract_bytes(rows: pd.DataFrame) -> bytes:
    """The extract as a CSV file."""
    return str(rows.to_csv(index=False, lineterminator="\n")).encode()


def main(arguments: Sequence[str]) -> int:
    """Write the extract of a network folder at a date; 0 done, 2 wrong usage."""
    if len(arguments) != 3:
        return 2
    folder, date, file = arguments
    parts = read_folder(Path(folder))
    rows = extract(parts.network, pd.Timestamp(date), seed=1, activity=parts.activity)
    Path(file).write_bytes(gzip.compress(extract_bytes(rows), mtime=0) if file.endswith(".gz") else extract_bytes(rows))
    sys.stdout.write(f"{file}: {len(rows):,} rows\n")
    return 0


def _lists(network: Network, activity: Activity | None) -> dict[tuple[str, str], np.ndarray]:
    """Patients by weekly band, shape (14,), for each organisation and test with a list."""
    tests = list(network["tests"]["test"])
    if activity is None or activity.of(network.organisations, tests).empty:
        bands = np.full(BANDS, _SHORT_LIST // BANDS)
        return {(o, t): bands for o in network.organisations for t in tests}
    newest = activity.of(network.organisations, tests)
    newest = newest[newest["period"] == activity.latest].set_index(["organisation", "test"])[WAITING]
    return {key: row.to_numpy().round().astype(int) for key, row in newest.iterrows() if row.sum() > 0}


def _list(draws: np.random.Generator, date: pd.Timestamp, bands: np.ndarray) -> pd.DataFrame:
    """Patients of one list: those who wait, by band, and planned ones besides."""
    starts = np.repeat(np.arange(BANDS), bands)
    width = np.where(starts == BANDS - 1, 7 * (_LONGEST - BANDS + 1), 7)
    days = 7 * starts + np.floor(draws.random(len(starts)) * width).astype(int)
    planned = round(_PLANNED * len(starts))
    due = np.floor(draws.random(planned) * 2 * _DUE_DAYS).astype(int) - _DUE_DAYS // 4
    n = len(days) + planned
    kind = np.repeat(["Waiting list", "Planned"], [len(days), planned])
    code = draws.choice(len(_CODES), size=n, p=_CODE_SHARES)
    stated, booked = draws.random(n) < _CODE_STATED, draws.random(n) < _BOOKED
    ahead = 1 + np.floor(draws.random(n) * _DAYS_AHEAD).astype(int)
    return pd.DataFrame({
        "Week_Ending_Date": _day(date, np.zeros(n, dtype=int)),
        "Waiting_List_Type": kind,
        "Diagnostic_Clock_Start_Date": [*_day(date, -days), *[""] * planned],
        "Planned_Diagnostic_Due_Date": [*[""] * len(days), *_day(date, due)],
        "Diagnostic_Priority_Code": [_CODES[c][0] if s else "" for c, s in zip(code, stated, strict=True)],
        "PRIORITY_TYPE_CODE": [_CODES[c][1] for c in code],
        "Inclusion_On_Cancer_Ptl": np.where(code == 0, "Y", "N"),
        "Proposed_Procedure_Opcs_Code": [f"X{k}" for k in draws.integers(1, _PROCEDURES + 1, n)],
        "Booked_Date": [d if b else "" for d, b in zip(_day(date, ahead), booked, strict=True)],
        "DNA_Count": np.where(draws.random(n) < _MISSED, "1", "0"),
        "Cancellation_Count": np.where(draws.random(n) < _CANCELLED, "1", "0"),
        "IMD_Decile": draws.integers(1, 11, n).astype(str),
        "Rural_Urban": np.where(draws.random(n) < _RURAL, "Rural", "Urban"),
        "Age": draws.integers(0, _OLDEST, n).astype(str),
    })  # fmt: skip


def _day(date: pd.Timestamp, days: np.ndarray) -> list[str]:
    """Dates some days from a date, the day first."""
    return [f"{date + pd.Timedelta(days=int(d)):%d/%m/%Y}" for d in days]


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
