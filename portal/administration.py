"""What an administrator looks after: extracts of patients' rows and their end, and the audit."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pandas as pd

from data.retention import RETENTION
from data.store import WORKER, Scope
from data.store.retentions import HeldPart, StoredRetention
from data.words import count, day, listed, moment, month, number
from portal import services
from portal.charts.tables import csv

MOST_SHOWN = 500
"""Rows of the audit on screen; the file holds all."""

_EVERYBODY = "the whole network"


def now() -> datetime:
    """The moment by which it is judged what is due."""
    return datetime.now(UTC)


def purge_at_start() -> list[HeldPart]:
    """Purge what is due in the engine's own name, whenever the portal starts; what was purged.

    Raises:
        SixweeksError: the store does not answer.
    """
    return services.store().purge(WORKER, now())


def headline(parts: Sequence[HeldPart], due: Sequence[HeldPart]) -> str:
    """What is held and what is due, in one sentence."""
    if not parts:
        return "No rows of patients are held."
    held = f"{count(sum(p.rows for p in parts), 'row')} of patients are held"
    return f"{held}, none of them due to be purged." if not due else f"{held}, {number(sum(p.rows for p in due))} of them due to be purged."


def due_sentence(due: Sequence[HeldPart]) -> str:
    """What a purge would remove, or has removed."""
    months: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for part in due:
        months[part.kind].add((part.organisation, part.month))
    many = {kind: count(len(of), "month of an organisation", "months of organisations") for kind, of in months.items()}
    kinds = listed([f"{RETENTION[kind].title.lower()}s of {words}" for kind, words in many.items()])
    return f"{count(sum(p.rows for p in due), 'row')} ({kinds})" if due else "nothing"


def held_table(parts: Sequence[HeldPart]) -> pd.DataFrame:
    """Parts as shown, what is to be purged first on top."""
    rows = [
        (RETENTION[p.kind].title, p.organisation, month(p.month), p.rows, day(p.ends.date()), "yes" if p.current else "no, a newer version is",
         p.version, moment(p.loaded), p.file)
        for p in parts
    ]  # fmt: skip
    columns = ["Kind", "Organisation", "Month", "Rows", "To be purged on", "In force", "Version", "Loaded", "File"]
    return pd.DataFrame(rows, columns=columns)


def term_table(scope: Scope) -> pd.DataFrame:
    """The rule in force for each kind of extract, and the declared one."""
    rows = [(rule.title, rule.words, RETENTION[kind].words) for kind, rule in services.store().retention(scope).items()]
    return pd.DataFrame(rows, columns=["Kind", "Kept for", "Unless set otherwise"])


def term_versions(known: Sequence[StoredRetention]) -> pd.DataFrame:
    """Terms that were set, newest first: what, for whom, by whom, when and why."""
    rows = [(moment(v.created), v.created_by, v.retention.title, v.retention.words, v.reason, v.organisation or _EVERYBODY) for v in known]
    return pd.DataFrame(rows, columns=["Set", "By", "Kind", "Kept for", "Reason", "For rows of"])


def audit_table(scope: Scope, action: str, limit: int | None = MOST_SHOWN) -> pd.DataFrame:
    """Rows of the audit as shown, newest first.

    Args:
        scope: an admin's.
        action: only of this action; empty = of every one.
        limit: most rows; None = all.
    """
    rows = services.store().audit(scope, limit, action=action)
    return pd.DataFrame({
        "When": [moment(at.to_pydatetime()) for at in rows["at"]], "Who": rows["who"], "What": rows["action"],
        "Details": [_in_words(details) for details in rows["details"]],
        "Which": [f"{kind} {object_id[:12]}".strip() for kind, object_id in zip(rows["object_kind"], rows["object_id"], strict=True)],
        "On behalf of": [organisation or _EVERYBODY for organisation in rows["organisation"]], "Role": rows["role"], "Outcome": rows["outcome"],
        "Number": rows["seq"],
    })  # fmt: skip


def audit_csv(scope: Scope, action: str) -> partial[bytes]:
    """All rows of the audit as a CSV file, made when it is asked for."""
    return partial(_audit_csv, scope, action)


def _audit_csv(scope: Scope, action: str) -> bytes:
    return csv(audit_table(scope, action, None))


def chain_sentences(scope: Scope) -> list[str]:
    """What is wrong with the audit; nothing where it is whole."""
    return services.store().verify_audit(scope)


def _in_words(details: str) -> str:
    return "; ".join(f"{name.replace('_', ' ')}: {_value(value)}" for name, value in json.loads(details).items())


def _value(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_value, value))
    return number(value) if isinstance(value, int) else str(value)
