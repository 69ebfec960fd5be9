"""Migrations of the store, one file per change of form."""
