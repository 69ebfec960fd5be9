"""Migrations of the store, one file per change of form."""

FORM = "0005"
"""Revision of the newest migration: the form this version of the code works with."""
