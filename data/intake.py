"""Taking files into a dataset: what they hold is merged whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from data.activity import ACTIVITY, Activity
from data.checks.history import Concern, check_history
from data.checks.history import findings as as_findings
from data.dataset import SOURCES, Dataset
from data.errors import Refused
from data.findings import Finding, Findings, note, refusal
from data.folder import Parts
from data.local_tables import PROVIDERS
from data.network import Network
from data.revisions import CHANGES, FIGURES, changes, sentences
from data.sources.reading import SAID, Reading
from data.words import count, listed, month, sentence_start
from data.working_days import WorkingDays

_WRITTEN_OUT = 3

_REGION = r"Y\d+"
"""Codes of regions, whatever column of a national file they stand in; the parent of a provider is its region or its system."""


@dataclass(frozen=True, eq=False)
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
        changes: typed frame of `CHANGES`: the figures of this network's organisations that differ, in the months that are replaced, from the
            version in force.
        changed: the same by organisation, in words.
        concerns: what the months taken in look like beside the others, also among `findings`.
    """

    months: tuple[pd.Timestamp, ...]
    replaced: tuple[pd.Timestamp, ...]
    already: tuple[str, ...]
    organisations_inside: int
    organisations_outside: int
    tests_outside: int
    dropped_synthetic: bool
    findings: Findings
    changes: pd.DataFrame = field(default_factory=CHANGES.empty)
    changed: tuple[str, ...] = ()
    concerns: tuple[Concern, ...] = ()

    def sentences(self, *, stored: bool) -> list[str]:
        """What storing the files does, for the planner.

        Args:
            stored: True once it is done; False while somebody still decides.
        """
        will, was = ("", "was") if stored else ("will be ", "will be")
        said = []
        if self.months:
            said.append(f"{count(len(self.months), 'month')} {will}loaded ({_span(self.months)}).")
            said.append(f"{count(self.organisations_inside, 'organisation')} of this network found.")
            said.append(sentence_start(f"{will}kept for comparison: {count(self.organisations_outside, 'other organisation')}."))
        if self.tests_outside:
            said.append(sentence_start(f"{will}left out: {count(self.tests_outside, 'national test')} that this network does not have."))
        if self.replaced:
            said.append(f"Loaded before, and {will}replaced: {_months(self.replaced)}.")
            said.extend(self.changed)
        if self.dropped_synthetic:
            said.append(f"The synthetic history {was} removed: real and invented months are never mixed.")
        if stored and self.already:
            said.append(f"Already loaded, nothing changed: {listed(list(self.already))}.")
        return said


def _span(months: Sequence[pd.Timestamp]) -> str:
    first, last = month(months[0]), month(months[-1])
    return first if first == last else f"{first} to {last}"


def _months(months: Sequence[pd.Timestamp]) -> str:
    """Months in order, written out where they are few."""
    return listed([month(m) for m in months]) if len(months) <= _WRITTEN_OUT else f"{len(months)} months, {_span(months)}"


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
    fresh = [r for r in readings if not _in_force(dataset, r)]
    already = tuple(r.file for r in readings if r not in fresh)
    findings = [f for r in readings for f in r.findings]
    if not fresh:
        return dataset, Intake((), (), already, 0, 0, 0, False, Findings(findings))
    read, outside = _network_tests(dataset, pd.concat([r.frame for r in fresh], ignore_index=True))
    if read.empty:
        raise Refused([_no_tests(r.file) for r in fresh])
    merged, left_out = _complete(dataset, read)
    findings += [*left_out, *_missing_organisations(dataset, merged)]
    invented = dataset.synthetic_history
    base = Activity({}) if invented else dataset.activity
    months = tuple(sorted(merged["period"].unique()))
    replaced = tuple(m for m in months if m in set(base.periods))
    sources = SOURCES.empty() if invented else dataset.sources[~dataset.sources["period"].isin(months)]
    sources = SOURCES.typed(pd.concat([sources, _source_rows(fresh)], ignore_index=True))
    accepted = Findings() if invented else dataset.accepted
    network, activity = dataset.network, base.with_months(merged)
    concerns = _quality(network, base, activity, months)
    findings += as_findings(concerns, network.titles("organisations"), network.titles("tests"))
    local = dataset.local.without_invented() if invented else dataset.local
    local = local.changed(**{PROVIDERS.name: _providers(local[PROVIDERS.name], fresh)})
    result = dataset.changed(activity=activity, sources=sources, accepted=accepted.plus(findings), local=local)
    inside, present = set(network.organisations), set(merged["organisation"])
    different = changes(base, result.activity, network.organisations, replaced)
    said = sentences(different, replaced, network.titles("organisations"), network.titles("tests"))
    return result, Intake(
        months, replaced, already, len(present & inside), len(present - inside), outside, invented, Findings(findings), different, tuple(said),
        tuple(concerns),
    )  # fmt: skip


def _providers(known: pd.DataFrame, fresh: Sequence[Reading]) -> pd.DataFrame:
    """What the organisations are called and where they belong: of each the newest that any file says."""
    names = dict(zip(SAID, PROVIDERS.columns[1:], strict=True))
    told = pd.concat([r.frame for r in fresh], ignore_index=True).sort_values("period", kind="stable").rename(columns=names)
    regions = told["system"].str.fullmatch(_REGION)
    for kind, of_system in (("region", "system"), ("region_title", "system_title")):
        told[kind] = told[kind].where(~regions, told[of_system])
        told[of_system] = told[of_system].where(~regions, "")
    every = pd.concat([known, told[PROVIDERS.columns].drop_duplicates(keep="last")], ignore_index=True)
    newest = every.where(every != "", None).groupby("organisation").last().reset_index().astype(object)
    return PROVIDERS.typed(newest.where(newest.notna(), ""))


def _quality(network: Network, before: Activity, after: Activity, months: Sequence[pd.Timestamp]) -> list[Concern]:
    """What the months taken in look like beside the others: the network's own organisations only, whose figures are planned with."""
    concerns = check_history(after, WorkingDays.of(network), network.organisations, earlier=before if before.periods else None)
    return [c for c in concerns if any(c.period <= m <= c.until for m in months)]


def _in_force(dataset: Dataset, reading: Reading) -> bool:
    """True where every month of the reading is in the dataset from the same content, read in the same way."""
    same = (dataset.sources["sha256"] == reading.sha256) & (dataset.sources["parser_version"] == reading.parser_version)
    return set(reading.frame["period"]) <= set(dataset.sources.loc[same, "period"])


def _once(readings: Sequence[Reading]) -> list[Reading]:
    """The same content given twice counts once."""
    by_content: dict[str, Reading] = {}
    for reading in readings:
        by_content.setdefault(reading.sha256, reading)
    return list(by_content.values())


def _same_month_twice(readings: Sequence[Reading]) -> list[Finding]:
    """A refusal for each two files that hold the same months."""
    first: dict[pd.Timestamp, str] = {}
    shared: dict[tuple[str, str], list[pd.Timestamp]] = {}
    for reading in readings:
        for period in sorted(reading.frame["period"].unique()):
            if period in first:
                shared.setdefault((reading.file, first[period]), []).append(period)
            first.setdefault(period, reading.file)
    return [
        refusal("month-twice", f"{_months(months)}, which {'is' if len(months) == 1 else 'are'} in {other} too", "each month in one file",
                "Load the newer issue alone: it replaces what is loaded.", file=file)
        for (file, other), months in shared.items()
    ]  # fmt: skip


def _network_tests(dataset: Dataset, rows: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Rows of the network's own tests under their identifiers, and how many national tests were left out."""
    tests = dataset.network["tests"]
    names = dict(zip(tests["national_code"], tests["test"], strict=True))
    outside = rows.loc[~rows["national_code"].isin(names), "national_code"].nunique()
    kept = rows[rows["national_code"].isin(names)]
    return ACTIVITY.typed(kept.assign(test=kept["national_code"].map(names))), int(outside)


def _no_tests(file: str) -> Finding:
    return refusal("no-rows", "no row of a test that this network has", "rows of the network's tests",
                   "Check the national codes in the network's sheet Tests.", file=file)  # fmt: skip


def _complete(dataset: Dataset, rows: pd.DataFrame) -> tuple[pd.DataFrame, list[Finding]]:
    """The rows without a missing figure, and a note on those left out; a missing figure is never zero.

    Raises:
        Refused: a figure of the network's own organisations is missing: nothing can be computed with it.
    """
    gaps = rows[FIGURES].isna()
    lacking = gaps.any(axis=1)
    own = lacking & rows["organisation"].isin(dataset.network.organisations)
    titles, tests = dataset.network.titles("organisations"), dataset.network.titles("tests")
    if own.any():
        mend = "Put the figure in, with the organisation that sent the return, and load the file again."
        raise Refused(
            refusal("missing-figure", f"no figure for {titles[row.organisation]}, {tests[row.test]}, {row.period:%B %Y}",
                    "every figure of this network's own organisations", mend, column=ACTIVITY.field(str(column)).title)
            for row, missing in zip(rows[own].itertuples(), gaps[own].to_numpy(), strict=True)
            for column, is_missing in zip(FIGURES, missing, strict=True) if is_missing
        )  # fmt: skip
    if not lacking.any():
        return rows, []
    found = f"{count(int(lacking.sum()), 'row')} of organisations outside this network with a figure missing"
    return rows[~lacking], [note("left-out", found, "every figure", "Nothing to do: these rows are left out, they do not count as zero.")]


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
