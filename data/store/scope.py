"""The scope: on whose behalf a call is made. Every call of the store takes one; there is no unscoped query."""

from __future__ import annotations

from dataclasses import dataclass

ROLES = ("viewer", "planner", "admin", "worker")

PLANNERS = ("planner", "admin")
"""Roles that may save and start."""

ADMINS = ("admin",)
"""Roles that may read the audit."""

WORKERS = ("worker",)
"""Roles that may move a run along: the engine's own, never a person's."""


@dataclass(frozen=True)
class Scope:
    """Who asks, for which organisation, in which role.

    Attributes:
        user: name as it is written into the audit.
        organisation: code of the organisation; empty = the whole network. What is made belongs to this organisation. An organisation sees
            its own and the whole network's; the whole network sees everything.
        role: `viewer` reads, `planner` also saves and starts, `admin` also reads the audit, `worker` is the engine.

    Raises:
        ValueError: the role is none of `ROLES`.
    """

    user: str
    organisation: str
    role: str

    def __post_init__(self) -> None:
        if self.role not in ROLES:
            raise ValueError(f"{self.role!r} is none of {', '.join(ROLES)}")


SINGLE_USER = Scope("single user", "", "admin")
"""The one identity there is until people sign in."""

WORKER = Scope("worker", "", "worker")
"""The engine and its worker processes."""
