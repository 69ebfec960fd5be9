"""Units of the optimisation models, known to Pyomo.

Flows are totals of one week, so a flow of patients and a list of patients share the unit `patient`.
"""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

DEFINITIONS = (
    "patient = [patient]", "session = [session]", "mobile_unit = [mobile_unit]", "report = [report]", "gbp = [money]", "person = [person]",
    "wte = [wte]",
)  # fmt: skip

NONE = "dimensionless"
PATIENTS = "patient"
SESSIONS = "session"
MINUTES = "minute"
HOURS = "hour"
MOBILES = "mobile_unit"
GBP = "gbp"


def pyomo_unit(text: str) -> Any:
    """The Pyomo unit for a text such as `minute / patient`."""
    units = pyo.units
    if not hasattr(units.pint_registry, "gbp"):
        units.load_definitions_from_strings(DEFINITIONS)
    return _read(text)


def _read(text: str) -> Any:
    """Product and quotient of named units, read left to right."""
    units = pyo.units
    parts = text.replace("/", " / ").replace("*", " * ").split()
    result = getattr(units, parts[0])
    for operator, name in zip(parts[1::2], parts[2::2], strict=True):
        unit = getattr(units, name)
        result = result / unit if operator == "/" else result * unit
    return result
