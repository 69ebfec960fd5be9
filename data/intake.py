"""Taking files into a dataset: what they hold is merged whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from data.activity import ACTIVITY, Activity
from data.dataset import SOURCES, Dataset
from data.errors import Refused
from data.findings import Finding, Findings, note, refusal
from data.folder import Parts
from data.sources.reading import Reading
from data.words import count, listed, month, sentence_start


@dataclass(frozen=True)
class Intake:
    """What happened to the files.

    Attributes:
        months: months taken in.
        replaced: months that were loaded before and are now a newer version.
        already: names of files whose content was loaded before; they change nothing.
        organisations_inside, organisations_outside: organisations of the network, and others kept for comparison.
        tests_outside: national tests this network does not have; left out.
        dropped_synthetic: True where invented history gave way to real.
        findings: warnings and notes of every file.
    """

    months: tuple[pd.Timestamp, ...]
    replaced: tuple[pd.Timestamp, ...]
    already: tuple[str, ...]
    organisations_inside: int
    organisations_outside: int
    tests_outside: int
    dropped_synthetic: bool
    findings: Findings

    def sentences(self, *, stored: bool) -> list[str]:
        """What storing the files does, for the planner.

        Args:
            stored: True once it is done; False while somebody still decides.
        """
        will, was = ("", "was") if stored else ("will be ", "will be")
        said = []
        if self.months:
            first, last = month(self.months[0]), month(self.months[-1])
            span = first if first == last else f"{first} to {last}"
            said.append(f"{count(len(self.months), 'month')} {will}loaded ({span}).")
            said.append(f"{count(self.organisations_inside, 'organisation')} of this network found.")
            said.append(sentence_start(f"{will}kept for comparison: {count(self.organisations_outside, 'other organisation')}."))
        if self.tests_outside:
            said.append(sentence_start(f"{will}left out: {count(self.tests_outside, 'national test')} that this network does not have."))
        if self.replaced:
            said.append(f"Loaded before, and {will}replaced: {listed([month(m) for m in self.replaced])}.")
        if self.dropped_synthetic:
            said.append(f"The synthetic history {was} removed: real and invented months are never mixed.")
        if stored and self.already:
            said.append(f"Already loaded, nothing changed: {listed(list(self.already))}.")
        return said


def from_parts(parts: Parts, *, file: str, sha256: str = "", synthetic: bool | None = None) -> Dataset:
    """A network's own workbook or folder as a dataset.

    Args:
        parts: what was read.
        file: name shown as the source.
        sha256: digest of the file; empty for a folder.
        synthetic: whether its history is invented; None = as the network says of itself.
    """
    activity = parts.activity or Activity({})
    invented = parts.network.synthetic if synthetic is None else synthetic
    rows = [] if activity.rows.empty else [
        {"file": file, "sha256": sha256, "source": "network", "period": activity.latest, "published": "", "revised": "", "parser_version": 1,
         "rows": len(activity.rows), "synthetic": invented}
    ]  # fmt: skip
    sources = SOURCES.typed(pd.DataFrame(rows, columns=SOURCES.columns)) if rows else SOURCES.empty()
    return Dataset(parts.network, activity, parts.assumptions, sources, parts.findings)


def take_in(dataset: Dataset, readings: Sequence[Reading]) -> tuple[Dataset, Intake]:
    """Merge monthly readings of a national return into a dataset.

    A month is replaced whole; a file whose content is already in the dataset changes nothing; real months never stand beside invented ones.

    Raises:
        Refused: with every refusal of every file, when any file is refused or two files hold the same month. Nothing is merged then.
    """
    refused = [f for r in readings for f in r.findings.refusals]
    readings = _once(readings)
    refused.extend(_same_month_twice(readings))
    if refused:
        raise Refused(refused)
    known = set(dataset.sources["sha256"])
    already = tuple(r.file for r in readings if r.sha256 in known)
    fresh = [r for r in readings if r.sha256 not in known]
    findings = [f for r in readings for f in r.findings]
    if not fresh:
        return dataset, Intake((), (), already, 0, 0, 0, False, Findings(findings))
    merged, outside = _network_tests(dataset, pd.concat([r.frame for r in fresh], ignore_index=True))
    findings.extend(_missing_organisations(dataset, merged))
    invented = dataset.synthetic_history
    base = Activity({}) if invented else dataset.activity
    months = tuple(sorted(merged["period"].unique()))
    replaced = tuple(m for m in months if m in set(base.periods))
    sources = SOURCES.empty() if invented else dataset.sources[~dataset.sources["period"].isin(months)]
    sources = SOURCES.typed(pd.concat([sources, _source_rows(fresh)], ignore_index=True))
    accepted = Findings() if invented else dataset.accepted
    result = dataset.changed(activity=base.with_months(merged), sources=sources, accepted=accepted.plus(findings))
    inside = set(dataset.network.organisations)
    present = set(merged["organisation"])
    return result, Intake(months, replaced, already, len(present & inside), len(present - inside), outside, invented, Findings(findings))


def _once(readings: Sequence[Reading]) -> list[Reading]:
    """The same content given twice counts once."""
    by_content: dict[str, Reading] = {}
    for reading in readings:
        by_content.setdefault(reading.sha256, reading)
    return list(by_content.values())


def _same_month_twice(readings: Sequence[Reading]) -> list[Finding]:
    first: dict[pd.Timestamp, str] = {}
    found: list[Finding] = []
    for reading in readings:
        for period in reading.frame["period"].unique():
            if period in first:
                found.append(
                    refusal("month-twice", f"{month(period)}, which is in {first[period]} too", "each month in one file",
                            "Load the newer issue alone: it replaces the month.", file=reading.file)
                )  # fmt: skip
            first.setdefault(period, reading.file)
    return found


def _network_tests(dataset: Dataset, rows: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Rows of the network's own tests under their identifiers, and how many national tests were left out."""
    tests = dataset.network["tests"]
    names = dict(zip(tests["national_code"], tests["test"], strict=True))
    outside = rows.loc[~rows["national_code"].isin(names), "national_code"].nunique()
    kept = rows[rows["national_code"].isin(names)]
    return ACTIVITY.typed(kept.assign(test=kept["national_code"].map(names))), int(outside)


def _missing_organisations(dataset: Dataset, rows: pd.DataFrame) -> list[Finding]:
    titles = dataset.network.short_titles("organisations")
    found: list[Finding] = []
    for period in sorted(rows["period"].unique()):
        present = set(rows.loc[rows["period"] == period, "organisation"])
        found.extend(
            note("organisation-missing", f"no row for {titles[o]} in {month(period)}", "every organisation of the network in every month",
                 "Check whether it sent a return: an absent row counts as zero.")
            for o in dataset.network.organisations if o not in present
        )  # fmt: skip
    return found


def _source_rows(readings: Sequence[Reading]) -> pd.DataFrame:
    rows = [
        {"file": r.file, "sha256": r.sha256, "source": r.source, "period": period, "published": r.facts.get("published", ""),
         "revised": r.facts.get("revised", ""), "parser_version": r.parser_version, "rows": int((r.frame["period"] == period).sum()),
         "synthetic": False}
        for r in readings for period in r.frame["period"].unique()
    ]  # fmt: skip
    return SOURCES.typed(pd.DataFrame(rows, columns=SOURCES.columns))
