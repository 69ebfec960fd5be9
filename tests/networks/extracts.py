"""Waiting list extracts small enough to count by hand, for the network of `small`."""

import csv
import io
from typing import Any

from data.dataset import Dataset
from data.intake import from_parts
from data.safe_reading import shown_name
from data.sources import waiting_list
from data.sources.local_reading import LocalReading
from data.sources.mapping import ColumnMapping
from tests.networks.small import small_parts

FILE = "wlmds.csv"

PATIENT = {
    "Week_Ending_Date": "28/06/2026", "Provider_Code": "AAA", "Site_Code": "a1", "Diagnostic_Modality": "CT", "Waiting_List_Type": "Waiting",
    "Diagnostic_Clock_Start_Date": "18/06/2026", "Planned_Diagnostic_Due_Date": "", "Diagnostic_Priority_Code": "D2", "PRIORITY_TYPE_CODE": "",
    "Inclusion_On_Cancer_Ptl": "", "Pathway_ID": "", "Booked_Date": "", "DNA_Count": "0", "Cancellation_Count": "0", "IMD_Decile": "3",
    "Rural_Urban": "Urban", "Age": "50",
}  # fmt: skip
"""Ten days on the list at Sunday 28 June 2026, the end of a week."""


def patient(**cells: Any) -> dict[str, Any]:
    """A row of an extract: `PATIENT` with some cells replaced; every pathway different unless it is given."""
    return PATIENT | cells


def csv_of(*rows: dict[str, Any]) -> bytes:
    """The rows as a CSV file; each row without a pathway gets one of its own."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    for k, row in enumerate(rows):
        writer.writerow({**row, "Pathway_ID": row["Pathway_ID"] or f"own-{k}"} if "Pathway_ID" in row else row)
    return text.getvalue().encode()


def read(*rows: dict[str, Any], mapping: ColumnMapping | None = None, file: str = FILE) -> LocalReading:
    """The reading of an extract with these rows."""
    options = {"mapping": mapping.body} if mapping else None
    return waiting_list.read(csv_of(*rows), shown_name(file), options)


def small_dataset() -> Dataset:
    """The network of `small` with its three months; the newest list was counted on 30 June 2026."""
    return from_parts(small_parts(), file="small.xlsx")
