"""Waiting list minimum data set extracts: one row for each patient and test, pseudonymised, at a weekly snapshot.

Rows of patients stay in the limited child process that reads the file: what leaves it is counts by organisation, site, test, priority, weeks
waited and group. Codes that only a network can explain (organisation, site, test, priority) leave it as the file writes them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import pandas as pd

from data.errors import Refused
from data.fields import Field, Kind, Table
from data.findings import Finding, Findings, refusal
from data.sources.local_reading import VALUES, LocalReading, codes_of
from data.sources.mapped_sheet import MappedSheet, open_sheet
from data.sources.mapping import ColumnMapping, Wanted
from data.sources.waiting_list_rows import CODES, patients_of, still_waiting
from data.waiting_lists import LISTS, MEASURES

SOURCE = "waiting_list"

PARSER_VERSION = 1
"""Raise whenever the same file would be read differently."""

MOST_CODES = 300
"""Different values a column of codes may hold; a column with more is not one of codes, and nothing of it is repeated."""

LONGEST_CODE = 80

WANTED: tuple[Wanted, ...] = (
    Wanted("date", "Snapshot date", ("Week_Ending_Date", "derWeekEnding", "Week ending", "Census date", "Extract date", "Snapshot"), True,
           "the day the list was counted"),
    Wanted("organisation", "Provider", ("ORGANISATION_IDENTIFIER_CODE_OF_PROVIDER", "ORGANISATION_IDENTIFIER_(CODE_OF_PROVIDER)",
           "Pseudo_Organisation_Identifier_Code_Of_Provider", "derProviderCode", "Provider code", "Provider org code", "Organisation code",
           "Organisation", "Trust code", "Trust", "ODS code"), True, "the trust that holds the list"),
    Wanted("site", "Site", ("ORGANISATION_SITE_IDENTIFIER_OF_TREATMENT", "ORGANISATION_SITE_IDENTIFIER_(OF_TREATMENT)",
           "Pseudo_Organisation_Site_Identifier_Of_Treatment", "Site code", "Site of treatment", "Site name", "Hospital site")),
    Wanted("test", "Test", ("Diagnostic_Modality", "Diagnostic test", "Diagnostic tests", "DM01 test", "Modality", "Test name"), True,
           "which examination the patient waits for"),
    Wanted("clock_start", "Clock start", ("Diagnostic_Clock_Start_Date", "Clock start date", "DM01 clock start", "Waiting since"), True,
           "the day the wait is counted from"),
    Wanted("priority", "Priority", ("Diagnostic_Priority_Code", "Clinical priority", "Clinical priority code", "D code", "Urgency")),
    Wanted("priority_type", "Priority type", ("PRIORITY_TYPE_CODE", "Priority type code", "National priority type")),
    Wanted("cancer", "On the cancer list", ("Inclusion_On_Cancer_Ptl", "Cancer PTL", "Cancer pathway")),
    Wanted("list_type", "Kind of list", ("Waiting_List_Type", "List type", "Activity category")),
    Wanted("due", "Planned due date", ("Planned_Diagnostic_Due_Date", "Due date", "Planned date")),
    Wanted("booked", "Booked date", ("Booked", "Appointment date", "Date booked", "Booking date", "TCI date", "Offered appointment date")),
    Wanted("dna", "Missed appointments", ("DNA count", "DNAs", "Number of DNAs", "Did not attend count", "DNA")),
    Wanted("cancellations", "Cancellations", ("Cancellation count", "Number of cancellations", "Cancelled count", "Patient cancellations")),
    Wanted("deprivation", "Deprivation decile", ("IMD decile", "IMD_Decile", "Index of multiple deprivation decile", "Deprivation")),
    Wanted("rurality", "Rurality", ("Rural urban", "Rural urban classification", "RUC", "Urban rural", "Rural_Urban_Indicator")),
    Wanted("age", "Age or age band", ("Der_Age_WeekEndingDate", "Der_AgeBand_WeekEndingDate", "Age at census", "Age", "Age band")),
    Wanted("pathway", "Pathway", ("PSEUDO_PATIENT_PATHWAY_IDENTIFIER", "PATIENT_PATHWAY_IDENTIFIER", "Pathway identifier", "Pathway ID",
           "Pseudo pathway ID", "Pseudonymised pathway identifier")),
    Wanted("procedure", "Procedure", ("Proposed_Procedure_Opcs_Code", "OPCS code", "Procedure code", "Examination code")),
)  # fmt: skip

_CODE_HELP = "As the file writes it"

COUNTED = Table(
    "counted", "Counted", "Patients waiting, counted by what the file says about them; codes of the network are not explained yet.",
    (
        *(Field(name, name.replace("_", " ").capitalize(), Kind.TEXT, required=False, help=_CODE_HELP) for name in CODES),
        *(LISTS.field(name) for name in ("date", "weeks_waited", "booked", "deprivation", "rurality", "age_band", *MEASURES)),
    ),
    key=(*CODES, "date", "weeks_waited", "booked", "deprivation", "rurality", "age_band"),
)  # fmt: skip


def read(content: bytes, file: str, options: Mapping[str, Any] | None = None) -> LocalReading:
    """Read one extract. Uploads come here through `data.safe_reading`, in its limited child process.

    Args:
        content: the extract (.csv, .csv.gz or .xlsx).
        file: its name, for the findings only.
        options: `mapping`, the body of a `ColumnMapping`: what was said about this organisation's names.

    Returns:
        The reading: frames `counted` (typed as `COUNTED`) and `values` (every code of the file, typed as `VALUES`); or every reason why the
        file is refused.
    """
    mapping = ColumnMapping.from_body(options["mapping"]) if options and options.get("mapping") else ColumnMapping(SOURCE)
    try:
        sheet = open_sheet(content, file, WANTED, mapping, ("csv", "xlsx"))
    except Refused as error:
        return LocalReading.refused(SOURCE, file, content, PARSER_VERSION, error.findings, mapping=mapping.content_id)
    understood: dict[str, Any] = {
        "columns": dict(sheet.match.columns), "unknown": sheet.match.unknown, "proposals": dict(sheet.match.proposals), "mapping": mapping.content_id,
    }  # fmt: skip
    if sheet.match.missing or sheet.match.repeated or sheet.raw.empty:
        return LocalReading.refused(SOURCE, file, content, PARSER_VERSION, [*_discreet(sheet.faults.findings()), *_empty(sheet, file)], **understood)
    patients = patients_of(sheet)
    waiting = still_waiting(patients, sheet)
    values = _values(patients, sheet)
    findings = _discreet(sheet.faults.findings())
    if findings.refusals:
        return LocalReading.refused(SOURCE, file, content, PARSER_VERSION, findings, **understood)
    facts = {"rows": str(len(patients)), "waiting": str(len(waiting))}
    frames = {"counted": _counted(waiting), "values": values}
    return LocalReading(SOURCE, file, hashlib.sha256(content).hexdigest(), PARSER_VERSION, frames, findings=findings, facts=facts, **understood)


def _counted(waiting: pd.DataFrame) -> pd.DataFrame:
    """Rows of `COUNTED`: everybody in exactly one of them."""
    if waiting.empty:
        return COUNTED.empty()
    sums = waiting.assign(patients=1).groupby(list(COUNTED.key), sort=True, dropna=False)[list(MEASURES)].sum(min_count=1)
    return COUNTED.typed(sums.reset_index())


def _values(patients: pd.DataFrame, sheet: MappedSheet) -> pd.DataFrame:
    """Rows of `VALUES` for each column of codes; a column that holds something else is refused without repeating any of it."""
    rows: list[tuple[str, str, str, int, int]] = []
    for name in CODES:
        found = codes_of(patients[name], patients["row"])
        longest = max(map(len, found))
        if len(found) > MOST_CODES or longest > LONGEST_CODE:
            what = f"{len(found):,} different values" if len(found) > MOST_CODES else f"a value of {longest:,} letters"
            sheet.faults.add(refusal, "not-codes", what, f"codes or names, at most {MOST_CODES} different ones of at most {LONGEST_CODE} letters",
                             "Check that this is the right column.", row=1, column=sheet.heading(name))  # fmt: skip
            continue
        rows += [(name, sheet.heading(name), value, many, first) for value, (many, first) in found.items()]
    return VALUES.typed(pd.DataFrame(rows, columns=VALUES.columns))


def _empty(sheet: MappedSheet, file: str) -> list[Finding]:
    if not sheet.raw.empty:
        return []
    return [refusal("no-rows", "no rows below the headings", "one row for each patient and test", "Upload the extract as it was made.", file=file)]


def _discreet(findings: Findings) -> Findings:
    """Cells below no heading are not repeated: they may belong to a patient."""
    return Findings(Finding(**{**vars(f), "found": "a cell below no heading"}) if f.rule == "no-heading" else f for f in findings)
