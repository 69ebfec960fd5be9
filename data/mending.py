"""Mending a month at intake where what is wrong with it is certain and the figures are all there: two columns that were exchanged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from data.activity import ACTIVITY, KINDS, Activity
from data.checks.history import Concern, check_history
from data.checks.history_rules import SWAPPED
from data.dataset import Dataset
from data.findings import Finding, Findings, note
from data.working_days import WorkingDays

_PAIR = [f"done_{kind}" for kind in KINDS[:2]]


@dataclass(frozen=True)
class Mend:
    """An offer to exchange two columns back.

    Attributes:
        concern: what is wrong: one organisation and test, some months.
        finding: the same as a finding of the dataset.
    """

    concern: Concern
    finding: Finding

    @property
    def words(self) -> str:
        """What is offered, for a planner."""
        titles = " and ".join(f'"{ACTIVITY.field(name).title}"' for name in _PAIR)
        place = self.finding.found.split(":")[0]
        return f"{place}: exchange {titles}"


def offers(dataset: Dataset, concerns: Sequence[Concern]) -> tuple[Mend, ...]:
    """The concerns that exchanging two columns settles: they are gone once it is done, and no other comes in their place.

    Args:
        dataset: with the months as they were sent.
        concerns: what the checks of its history found.
    """
    network = dataset.network
    titles = network.titles("organisations"), network.titles("tests")
    calendar = WorkingDays.of(network)
    found = []
    for concern in (c for c in concerns if c.rule == SWAPPED):
        after = check_history(_exchanged(dataset.activity, concern), calendar, [concern.organisation])
        if not any(_same_place(other, concern) for other in after):
            found.append(Mend(concern, concern.finding(*titles)))
    return tuple(found)


def mended(dataset: Dataset, mends: Iterable[Mend], *, by: str) -> Dataset:
    """The dataset with columns exchanged, and a note in place of each finding that this settles.

    Args:
        dataset: with the months as they were sent.
        mends: of `offers`.
        by: who decided so.
    """
    activity, accepted = dataset.activity, list(dataset.accepted)
    for mend in mends:
        activity = _exchanged(activity, mend.concern)
        accepted = [_told(f, by) if f == mend.finding else f for f in accepted]
    return dataset.changed(activity=activity, accepted=Findings(accepted))


def _told(finding: Finding, by: str) -> Finding:
    return note("columns-exchanged", f"{finding.found}; the two columns were exchanged by {by}", finding.expected,
                "Load the month again once the organisation has sent it corrected.", sheet=finding.sheet, column=finding.column)  # fmt: skip


def _exchanged(activity: Activity, concern: Concern) -> Activity:
    rows = activity.rows
    here = (rows["organisation"] == concern.organisation) & (rows["test"] == concern.test)
    here &= (rows["period"] >= concern.period) & (rows["period"] <= concern.until)
    other = rows.copy()
    other.loc[here, _PAIR] = rows.loc[here, _PAIR[::-1]].to_numpy()
    return Activity({ACTIVITY.name: other})


def _same_place(one: Concern, other: Concern) -> bool:
    same = one.test == other.test and one.column in ("", *_PAIR)
    return same and not (one.until < other.period or one.period > other.until)
