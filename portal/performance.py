"""What the page of performance asks: every list by month, which of them stand out, and what changed. No Streamlit.

Answers are kept by dataset and scope. A month whose figures cannot be right is left out of limits and named; it is never drawn as if it were sound.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.activity import KINDS, OVER_SIX, OVER_THIRTEEN
from data.checks.history import Concern, check_history
from data.checks.history_rules import CONSTANT, MISSING, NOWHERE, REPEATED, SWAPPED
from data.store import Scope
from data.working_days import WorkingDays
from forecasting.panel import exposures, panel_of
from forecasting.signals import CONCERN, FAIL, TRIAL_POINTS, Direction, Settings, Signals, judge, phases_from
from portal import services
from portal.services import kept

_KEPT = 4
_KEPT_JUDGED = 24

LIST, DONE, SPLIT = "list", "done", "split"
"""What a measure is made of: the list, all examinations, or examinations by kind."""

FAULTS = frozenset({MISSING, REPEATED, SWAPPED, CONSTANT})
"""Findings that say a figure is not what was counted; figures that others touch are marked and still count: they may be the special cause."""


@dataclass(frozen=True)
class Measure:
    """Something that is charted by month.

    Attributes:
        title: in a list of choices, and at the start of a sentence.
        unit: of its figures as shown.
        direction: which figures are better.
        made_of: what a finding must touch to touch it.
        decimals: shown.
        share: True for a share, shown in %.
    """

    title: str
    unit: str
    direction: Direction
    made_of: frozenset[str]
    decimals: int = 0
    share: bool = False


MEASURES: Mapping[str, Measure] = {
    "over_six": Measure("Share over six weeks", "% of the list at month end", "lower", frozenset({LIST}), 1, share=True),
    "over_thirteen": Measure("Share over thirteen weeks", "% of the list at month end", "lower", frozenset({LIST}), 1, share=True),
    "waiting": Measure("Patients waiting", "patients at month end", "lower", frozenset({LIST})),
    "activity": Measure("Examinations", "examinations for each working day", "higher", frozenset({DONE}), 1),
    "additions": Measure(
        "Additions to the list", "patients for each working day, less removals without a test", "neutral", frozenset({LIST, DONE, SPLIT}), 1
    ),
}
"""What can be charted; the first is the one that has a target."""

TARGETED = "over_six"


@dataclass(frozen=True)
class Rebase:
    """From which month a list's limits are computed anew, for one measure."""

    organisation: str
    test: str
    measure: str
    month: str


@dataclass(frozen=True, eq=False)
class Monthly:
    """The network's lists by month.

    Attributes:
        lists: columns organisation and test, n rows, in the network's order.
        periods: months, each following the one before, T of them.
        bands: waiting at month end by whole weeks waited, shape (n, T, 14), patients; NaN where nothing is known.
        done: examinations by kind, shape (n, T, 3).
        additions: net additions, shape (n, T), patients a month.
        working_days: shape (T,).
        targets: largest share over six weeks, shape (n,).
        concerns: what the checks of the history found.
        spoilt, marked: by part of a measure, shape (n, T): figures that are left out, and figures somebody should look at.
    """

    lists: pd.DataFrame
    periods: pd.DatetimeIndex
    bands: np.ndarray
    done: np.ndarray
    additions: np.ndarray
    working_days: np.ndarray
    targets: np.ndarray
    concerns: Sequence[Concern]
    spoilt: Mapping[str, np.ndarray]
    marked: Mapping[str, np.ndarray]

    @property
    def waiting(self) -> np.ndarray:
        """Lists at month end, shape (n, T), patients."""
        return np.asarray(self.bands.sum(axis=2))

    def raw(self, measure: str) -> np.ndarray:
        """Figures of a measure as they were sent, shape (n, T); shares as shares of one."""
        if measure == "activity":
            return np.asarray(self.done.sum(axis=2) / self.working_days)
        if measure == "additions":
            return np.asarray(self.additions / self.working_days)
        if measure == "waiting":
            return self.waiting
        first = OVER_SIX if measure == TARGETED else OVER_THIRTEEN
        waiting = self.waiting
        return np.asarray(self.bands[:, :, first:].sum(axis=2) / np.where(waiting > 0, waiting, np.nan))

    def left_out(self, measure: str) -> np.ndarray:
        """Figures of a measure that cannot be right, shape (n, T)."""
        out = np.any([self.spoilt[part] for part in MEASURES[measure].made_of], axis=0)
        if measure == "additions":
            # They are worked out from the list of the month before too.
            out[:, 1:] |= self.spoilt[LIST][:, :-1]
        return np.asarray(out)

    def values(self, measure: str) -> np.ndarray:
        """Figures of a measure that count, shape (n, T); NaN elsewhere."""
        return np.where(self.left_out(measure), np.nan, self.raw(measure))

    def position(self, organisation: str, test: str) -> int | None:
        """Which list it is; None where there is none."""
        at = np.flatnonzero((self.lists["organisation"] == organisation) & (self.lists["test"] == test))
        return int(at[0]) if len(at) else None

    def said_of(self, position: int) -> list[Concern]:
        """What was found about one list, the newest month first."""
        organisation, test = self.lists.loc[position, ["organisation", "test"]]
        own = [c for c in self.concerns if c.organisation == organisation and c.test in ("", test)]
        return sorted(own, key=lambda c: (c.period, c.rule), reverse=True)


@kept(_KEPT)
def monthly(scope: Scope, dataset_id: str) -> Monthly:
    """The lists of a dataset's own organisations by month."""
    held = services.dataset(scope, dataset_id)
    network = held.network
    tests = list(network["tests"]["test"])
    panel = panel_of(held.activity, network.organisations, tests)
    ranks = [{name: k for k, name in enumerate(names)} for names in (network.organisations, tests)]
    rank = [panel.lists[column].map(of) for column, of in zip(("organisation", "test"), ranks, strict=True)]
    order = np.lexsort([r.to_numpy() for r in rank[::-1]])
    lists, calendar = panel.lists.iloc[order].reset_index(drop=True), WorkingDays.of(network)
    concerns = check_history(held.activity, calendar, network.organisations)
    marks = _marks(concerns, lists, panel.periods)
    return Monthly(
        lists, panel.periods, panel.bands[order], np.stack([panel.streams[k][order] for k in KINDS], axis=2), panel.streams["additions"][order],
        exposures(calendar, panel.periods, 0.0), held.assumptions.values("target_share", lists.assign(week=pd.Timestamp(held.data_date))), concerns,
        {part: marks[part, True] for part in (LIST, DONE, SPLIT)}, {part: marks[part, False] for part in (LIST, DONE, SPLIT)},
    )  # fmt: skip


def _marks(concerns: Collection[Concern], lists: pd.DataFrame, periods: pd.DatetimeIndex) -> dict[tuple[str, bool], np.ndarray]:
    """Figures that findings touch, by part of a measure and whether they are left out; each of shape (n, T)."""
    marks = {(part, out): np.zeros((len(lists), len(periods)), dtype=bool) for part in (LIST, DONE, SPLIT) for out in (True, False)}
    for concern in concerns:
        rows = (lists["organisation"] == concern.organisation) & lists["test"].isin([concern.test] if concern.test else lists["test"])
        months = (periods >= concern.period) & (periods <= concern.until)
        for part in _touched(concern):
            marks[part, concern.rule in FAULTS] |= np.outer(rows, months)
    return marks


def _touched(concern: Concern) -> tuple[str, ...]:
    if concern.rule in (MISSING, REPEATED):
        return (LIST, DONE, SPLIT)
    if concern.rule == SWAPPED:
        return (SPLIT,)
    if concern.column.startswith("done_"):
        return (DONE, SPLIT)
    return (LIST,) if concern.rule == NOWHERE or not concern.column or concern.column.startswith("waiting") else (DONE,)


@kept(_KEPT_JUDGED)
def judged(scope: Scope, dataset_id: str, measure: str, settings: Settings, rebases: tuple[Rebase, ...]) -> Signals:
    """Limits and signals of a measure, every list.

    Args:
        scope: on whose behalf.
        dataset_id: the dataset.
        measure: a key of `MEASURES`.
        settings: how limits are made.
        rebases: where they are made anew; those of other measures are passed over.
    """
    known = monthly(scope, dataset_id)
    months = {f"{period:%Y-%m}": k for k, period in enumerate(known.periods)}
    starts: list[list[int]] = [[] for _ in range(len(known.lists))]
    for rebase in rebases:
        position = known.position(rebase.organisation, rebase.test)
        if rebase.measure == measure and position is not None and rebase.month in months:
            starts[position].append(months[rebase.month])
    return judge(known.values(measure), settings, phases_from(starts, len(known.periods)))


@kept(_KEPT_JUDGED)
def standing(scope: Scope, dataset_id: str, settings: Settings, rebases: tuple[Rebase, ...]) -> pd.DataFrame:
    """How every list that holds somebody stands at the newest month, exceptions first.

    Args:
        scope: on whose behalf.
        dataset_id: the dataset.
        settings: how limits are made.
        rebases: where they are made anew.

    Returns:
        organisation, test, position (of the list), period (month of its newest figure), late (True where that is not the newest month),
        waiting, change_waiting (patients), over_six, over_thirteen, target (shares), change (of the share over six, in points of a share),
        excess (patients over the target), within, state, high (the newest point is above the mean), assurance, trial (limits from few
        points), doubtful (its newest figure is left out or marked), exception.
    """
    known = monthly(scope, dataset_id)
    signals = judged(scope, dataset_id, TARGETED, settings, rebases)
    shares, waiting = signals.values, np.where(np.isnan(signals.values), np.nan, known.waiting)
    n, last = np.arange(len(known.lists)), signals.last
    ended = (known.waiting[:, -1] == 0) & ~known.left_out(TARGETED)[:, -1]
    rows = known.lists.assign(position=n, last=last)[(last >= 0) & ~ended]
    at, end = rows["position"].to_numpy(), rows["last"].to_numpy()
    before = np.maximum(end - 1, 0)
    marked = known.marked[LIST] | known.spoilt[LIST]
    rows = rows.assign(
        period=known.periods[end], late=end < len(known.periods) - 1, waiting=waiting[at, end],
        change_waiting=np.where(end > 0, waiting[at, end] - waiting[at, before], np.nan), over_six=shares[at, end],
        over_thirteen=known.values("over_thirteen")[at, end], target=known.targets[at],
        change=np.where(end > 0, shares[at, end] - shares[at, before], np.nan), state=signals.states("lower")[at, end],
        high=signals.side[at, end] > 0, assurance=signals.assurance(known.targets, "lower")[at],
        trial=signals.points[at, end] < TRIAL_POINTS, doubtful=marked[at, end] | marked[at, -1],
    )  # fmt: skip
    rows["within"] = rows["over_six"] <= rows["target"]
    rows["excess"] = np.maximum(rows["over_six"] - rows["target"], 0.0) * rows["waiting"]
    rows["exception"] = ~rows["within"] | (rows["state"] == CONCERN) | (rows["assurance"] == FAIL) | rows["doubtful"] | rows["late"]
    return rows.sort_values(["exception", "excess", "over_six"], ascending=[False, False, False], kind="stable", ignore_index=True)


def worst(rows: pd.DataFrame, known: Monthly) -> tuple[str, str]:
    """Organisation and test of the list furthest over its target; the first list where nobody waits."""
    first = rows.iloc[0] if len(rows) else known.lists.iloc[0]
    return str(first["organisation"]), str(first["test"])
