"""Checks: one function per check, each returns findings; all are collected, then shown together."""
