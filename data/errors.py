"""Errors meant for the person using the product.

    SixweeksError            base: one plain sentence, no traceback is shown
    ├── Refused              input was read and refused; carries the findings
    ├── NotFound             a name or id that does not exist in this store and scope
    ├── NotAllowed           the scope (organisation and role) does not permit the action
    └── NoPlan               the optimiser ended without a plan; says what to do

Anything else that escapes is a fault of ours and is reported with a reference number.
"""

from __future__ import annotations

from collections.abc import Iterable

from data.findings import Finding, Findings


class SixweeksError(Exception):
    """Base of every error shown to a planner as one sentence."""


class Refused(SixweeksError):
    """Input was refused. `findings` says where, what was found and how to mend it."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = Findings(findings)
        super().__init__(self.findings.summary())

    def __reduce__(self) -> tuple[type[Refused], tuple[list[Finding]]]:
        # Otherwise another process would be sent the sentence in place of the findings.
        return type(self), (list(self.findings),)


class NotFound(SixweeksError):
    """A named thing does not exist in this store and scope."""


class NotAllowed(SixweeksError):
    """The scope of the caller does not permit this action."""


class NoPlan(SixweeksError):
    """The optimiser ended without a plan."""
