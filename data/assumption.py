"""The declaration of one assumed number; what is declared stands in `data.assumptions` and `data.workforce_assumptions`."""

from __future__ import annotations

from dataclasses import dataclass

from data.fields import Field, Kind

SCOPES = ("organisation", "site", "test", "asset_type", "session_type", "staff_group", "mobile")
"""What an assumption may vary by, besides time."""


@dataclass(frozen=True)
class Assumption:
    """The declaration of one assumed number."""

    name: str
    title: str
    unit: str
    group: str
    minimum: float
    maximum: float
    default: float
    help: str
    varies_by: tuple[str, ...] = ()
    by_week: bool = False
    source: str = ""

    def field(self) -> Field:
        """The same declaration as a field, for forms and readers."""
        return Field(self.name, self.title, Kind.NUMBER, unit=self.unit, help=self.help, minimum=self.minimum,
                     maximum=self.maximum, default=self.default)  # fmt: skip
