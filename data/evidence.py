"""What tables of a network have in common: where a figure comes from, identifiers, and references to other tables."""

from __future__ import annotations

from data.fields import Field, Kind

CONFIDENCE = ("high", "medium", "low")
BASIS = ("sourced", "assumption", "derived")

EVIDENCE = (
    Field("basis", "Basis", Kind.CHOICE, choices=BASIS, default="assumption",
          help="sourced = a document says so; assumption = nobody has confirmed it; derived = computed from other figures"),
    Field("source", "Source", Kind.TEXT, required=False, help="Document, page or system the figure comes from"),
    Field("reason", "Reason", Kind.TEXT, required=False, help="Why this value"),
    Field("owner", "Owner", Kind.TEXT, required=False, help="Who answers for the value"),
    Field("confidence", "Confidence", Kind.CHOICE, choices=CONFIDENCE, default="low", help="How sure the owner is"),
    Field("dated", "Dated", Kind.DATE, required=False, help="Date of the source or of the decision"),
)  # fmt: skip
"""Columns that every table holding figures carries, so that each figure says where it comes from."""


def key_id(name: str, title: str, help: str) -> Field:
    """The identifier column of a table."""
    return Field(name, title, Kind.ID, help=help)


def refers(name: str, title: str, table: str, *, required: bool = True, help: str = "") -> Field:
    """A column whose values must stand in the first key column of `table`."""
    return Field(name, title, Kind.ID, refers_to=table, required=required, help=help or f"As in the sheet for {table}")
