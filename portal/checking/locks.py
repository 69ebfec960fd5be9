"""Aid and purchases as the planner has locked them."""

from __future__ import annotations

from portal.checking.facts import Facts, Key
from portal.checking.report import Report
from portal.checking.written import Written


def check_locks(report: Report, facts: Facts, written: Written) -> None:
    """Patients sent, and examinations bought, in each week of a lock."""
    sent = written.sums("transfers", "from_organisation to_organisation test week", "patients")
    bought = written.sums("external", "kind organisation test week", "patients")
    for lock in facts.scenario.locks.itertuples():
        if lock.decision in ("sessions", "mobile"):
            continue  # checked where sessions and units are
        aid = lock.decision == "aid"
        table, rule = ("transfers", "locked-aid") if aid else ("external", "locked-purchase")
        for week in facts.weeks:
            if lock.from_week <= week <= lock.to_week:
                place: Key = (lock.organisation, lock.to_organisation, lock.test) if aid else (lock.decision, lock.organisation, lock.test)
                patients = (sent if aid else bought).get((*place, week), 0.0)
                if lock.how != "at_most":
                    report.at_most(rule, table, (*place, week), -patients, -float(lock.value), "patients, counted below zero, as at least")
                if lock.how != "at_least":
                    report.at_most(rule, table, (*place, week), patients, float(lock.value), "patients")
