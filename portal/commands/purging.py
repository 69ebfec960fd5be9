"""`sixweeks purge`: extracts of patients' rows whose time is over are removed for good."""

from __future__ import annotations

from data.store import SINGLE_USER
from data.words import month
from portal import administration, services
from portal.commands.screen import DONE, Screen, table


def purge(*, dry_run: bool, screen: Screen) -> int:
    """Remove what is due, or say what would be removed.

    Args:
        dry_run: only say it.
        screen: where it is told.
    """
    moment = administration.now()
    parts = services.store().due(SINGLE_USER, moment) if dry_run else services.store().purge(SINGLE_USER, moment)
    if parts:
        screen.say(f"{'Would remove' if dry_run else 'Removed'} {administration.due_sentence(parts)}.")
        rows = [(p.kind.replace("_", " "), p.organisation, month(p.month), f"{p.version}", f"{p.rows:,}") for p in parts]
        screen.say(table(["Kind", "Organisation", "Month", "Version", "Rows"], rows, 120))
    else:
        screen.say("Nothing is due to be purged.")
    told = [{"kind": p.kind, "organisation": p.organisation, "month": p.month, "version": p.version, "rows": p.rows} for p in parts]
    screen.add(dry_run=dry_run, purged=told)
    return DONE
