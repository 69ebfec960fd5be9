"""Tables of the network that come as files of their own: staff in post, scanners, priority classes and codes, improvement plans, targets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from data.local_tables import CANCER_TARGETS
from data.network import ASSETS, STAFF_IN_POST
from data.sources import trajectories
from data.sources.declared_tables import KnownTable, read_known
from data.sources.local_reading import LocalReading
from data.waiting_lists import PRIORITIES, PRIORITY_CODES
from data.workforce_tables import IN_TRAINING, OTHER_WORK, POSTS, STAFF_AGES

SOURCE = "register"

PARSER_VERSION = 1
"""Raise whenever the same file would be read differently."""

_STAFF = {
    "organisation": ("Provider code", "Provider", "Trust", "Trust code", "Org code"), "staff_group": ("Staff group", "Group", "Role", "Profession"),
}  # fmt: skip
_AGES = re.compile(r"(\d{2})\s*(?:-|–|to|\+|and over)?\s*(?:\d{2})?\s*(?:years)?", re.IGNORECASE)


def _youngest(cell: Any) -> Any:
    """Youngest age of a group such as 25-29 or 65+."""
    found = _AGES.fullmatch(str(cell).strip())
    return int(found.group(1)) if found else cell


KNOWN: tuple[KnownTable, ...] = (
    KnownTable(
        STAFF_IN_POST,
        {
            **_STAFF,
            "wte": ("WTE in post", "Whole-time equivalents", "FTE", "Staff in post WTE", "Contracted WTE"),
        },
    ),
    KnownTable(
        STAFF_AGES,
        {
            **_STAFF,
            "band": ("AfC band", "Grade", "Pay band"),
            "age_from": ("Age band", "Age group", "Age from (years)", "Youngest age"),
            "years_from": ("Years qualified", "Years since qualifying", "Experience"),
            "headcount": ("Heads", "Number of staff", "Staff count"),
            "wte": ("WTE in post", "Whole-time equivalents", "FTE", "Contracted WTE"),
        },
        cells={"age_from": _youngest},
    ),
    KnownTable(
        POSTS, {**_STAFF, "band": ("AfC band", "Grade", "Pay band"), "wte": ("Establishment", "Establishment WTE", "Funded WTE", "Budgeted WTE")}
    ),
    KnownTable(OTHER_WORK, {**_STAFF, "work": ("Activity", "Kind of work", "Duty"), "hours": ("Hours a week", "Weekly hours")}),
    KnownTable(
        IN_TRAINING,
        {
            "organisation": _STAFF["organisation"],
            "route": ("Programme", "Course", "Way into posts"),
            "finishes": ("Qualifies", "Completion date", "Expected completion", "End date"),
            "people": ("Trainees", "Headcount", "Learners"),
        },
    ),
    KnownTable(
        ASSETS,
        {
            "asset": ("Asset number", "Asset ID", "Register number", "Scanner", "Serial number"),
            "site": ("Site code", "Site name", "Location"),
            "asset_type": ("Equipment type", "Scanner type", "Type", "Modality"),
            "installed": ("Installation date", "Date installed", "Install date", "In use since"),
            "available_until": ("Out of use from", "Decommission date", "End of life"),
        },
    ),
    KnownTable(PRIORITIES),
    KnownTable(PRIORITY_CODES),
    trajectories.KNOWN,
    KnownTable(CANCER_TARGETS),
)


def read(content: bytes, file: str, options: Mapping[str, Any] | None = None) -> LocalReading:
    """Read one register, told by its headings. Uploads come here through `data.safe_reading`, in its limited child process.

    Args:
        content: the file (.csv, .csv.gz or .xlsx).
        file: its name, for the findings only.
        options: `mapping`, the body of a `ColumnMapping`.

    Returns:
        The reading, as `data.sources.declared_tables.read_known` describes it.
    """
    return read_known(content, file, options, source=SOURCE, version=PARSER_VERSION, known=KNOWN)
