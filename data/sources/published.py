"""Published reference tables: workforce, population, deprivation, where patients come from, and cancer waiting times."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from data.local_tables import AREA_POPULATION, PATIENT_ORIGIN, SMALL_AREAS, WORKFORCE
from data.sources import cancer_waits
from data.sources.declared_tables import KnownTable, read_known
from data.sources.local_reading import LocalReading

SOURCE = "published"

PARSER_VERSION = 1
"""Raise whenever the same file would be read differently."""

_PROVIDER = ("provider_code", "Provider code", "Org code")
_AREA = ("ltla21_code", "ltla22_code", "Local authority code", "LAD code")
_AREA_TITLE = ("ltla21_name", "ltla22_name", "Local authority", "LAD name")

KNOWN: tuple[KnownTable, ...] = (
    KnownTable(
        WORKFORCE, {"organisation": _PROVIDER},
        "NHS Workforce Statistics, England and Organisation, tables 2 and 3 (NHS England)",
    ),
    KnownTable(
        AREA_POPULATION, {"area": _AREA, "title": _AREA_TITLE},
        "Mid-2020 population estimates by single year of age (Office for National Statistics)", "2020-06-30",
    ),
    KnownTable(
        SMALL_AREAS,
        {
            "small_area": ("lsoa11_code", "lsoa21_code", "LSOA code"), "title": ("lsoa11_name", "lsoa21_name", "LSOA name"),
            "area": _AREA, "area_title": _AREA_TITLE, "commissioner": ("sicbl22_code_h",), "commissioner_title": ("sicbl22_name",),
            "population": ("population_total",), "deprivation_decile": ("IMD_decile",), "deprivation_rank": ("IMD_rank",),
            **{f.name: (f.name,) for f in SMALL_AREAS.fields if f.name.startswith("pop_")},
        },
        "Mid-2020 population (Office for National Statistics); English Indices of Deprivation 2019", "2020-06-30",
    ),
    KnownTable(
        PATIENT_ORIGIN, {"organisation": _PROVIDER, "area": _AREA, "title": _AREA_TITLE, "share": ("proportion_trust_came_from_ltla",)},
        "NHS acute trust catchments (Office for Health Improvement and Disparities)",
    ),
    cancer_waits.KNOWN,
)  # fmt: skip


def read(content: bytes, file: str, options: Mapping[str, Any] | None = None) -> LocalReading:
    """Read one published table, told by its headings. Uploads come here through `data.safe_reading`, in its limited child process.

    Args:
        content: the file (.csv, .csv.gz or .xlsx).
        file: its name, for the findings only.
        options: `mapping`, the body of a `ColumnMapping`.

    Returns:
        The reading, as `data.sources.declared_tables.read_known` describes it.
    """
    return read_known(content, file, options, source=SOURCE, version=PARSER_VERSION, known=KNOWN)
