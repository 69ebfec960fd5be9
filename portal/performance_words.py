"""The answer of the page of performance in sentences: who meets the target, who is furthest from it, and what changed."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from data.activity import ACTIVITY
from data.checks.history import Concern
from data.network import Network
from data.words import count, listed, month, number, percent
from forecasting.signals import COMMON, CONCERN, FAIL, HIT_OR_MISS, IMPROVEMENT, PASS, SPECIAL

_NAMED = 3
"""Lists named in a sentence."""

_TRUSTS_NAMED = 8
"""With more trusts than this, they are counted and not named."""

STATES: Mapping[str, str] = {
    COMMON: "No significant change", IMPROVEMENT: "Improvement", CONCERN: "Concern", SPECIAL: "Special cause", "": "Too few points",
}  # fmt: skip
"""What the newest point shows, in words."""

ASSURANCE: Mapping[str, str] = {PASS: "Passes reliably", FAIL: "Fails reliably", HIT_OR_MISS: "Hit or miss", "": "No target"}
"""Whether the target is met, in words."""


def state_words(state: str, high: bool) -> str:
    """What a point shows, with the side of the mean it is on where that matters."""
    return STATES[state] if state in (COMMON, "") else f"{STATES[state]}, {'high' if high else 'low'}"


def met(rows: pd.DataFrame, network: Network) -> str:
    """Which trusts and tests are within the target; `rows` as `portal.performance.standing` makes them."""
    if rows.empty:
        return ""
    titles, tests = network.short_titles("organisations"), network.titles("tests")
    by_trust = dict(iter(rows.groupby("organisation", sort=False)))
    if len(by_trust) > _TRUSTS_NAMED:
        whole = sum(bool(part["within"].all()) for part in by_trust.values())
        none = sum(not part["within"].any() for part in by_trust.values())
        return f"Every list is within the target at {number(whole)} of {count(len(by_trust), 'trust')}, none at {number(none)}."
    said = []
    for organisation in (o for o in titles if o in by_trust):
        part = by_trust[organisation]
        held = set(part.loc[part["within"], "test"])
        named = [t for test, t in tests.items() if test in held]
        said.append(f"{titles[organisation]} {'all tests' if len(held) == len(part) else listed(named) or 'none'}")
    return f"Within the target: {'; '.join(said)}."


def since(rows: pd.DataFrame, network: Network, before: pd.Timestamp) -> str:
    """What changed since the month before, `before`."""
    known = rows.dropna(subset=["change"])
    known = known[~known["late"]]
    if known.empty:
        return ""
    then = known["over_six"] - known["change"]
    was_within = then <= known["target"]
    waited = known["waiting"] - known["change_waiting"]
    share_now = (known["over_six"] * known["waiting"]).sum() / max(known["waiting"].sum(), 1.0)
    share_then = (then * waited).sum() / max(waited.sum(), 1.0)
    points = 100 * (share_now - share_then)
    went = (
        "did not change" if abs(points) < 0.05 else f"{'rose' if points > 0 else 'fell'} by {number(abs(points), 1)} points to {percent(share_now)}"
    )
    came, left = known[known["within"] & ~was_within], known[~known["within"] & was_within]
    said = [f"Since {month(before)} the share over six weeks {went}"]
    said += [f"{_lists(part, network)} {verb}" for part, verb in ((came, "came within the target"), (left, "went over it")) if len(part)]
    return "; ".join(said) + ("." if len(said) > 1 else "; no list crossed the target.")


def signalled(rows: pd.DataFrame, network: Network) -> str:
    """Which lists stand out from their own past."""
    parts = []
    for state, words in ((CONCERN, "for the worse"), (IMPROVEMENT, "for the better")):
        part = rows[rows["state"] == state]
        parts += [f"{words} {_lists(part, network)}"] if len(part) else []
    if not parts:
        return "No list stands out from its own past by more than chance." if (rows["state"] == COMMON).any() else ""
    return f"Out of their own past by more than chance: {'; '.join(parts)}."


def unsound(rows: pd.DataFrame, network: Network, newest: pd.Timestamp) -> str:
    """Which lists have no sound figure in the newest month, so that nobody takes the totals for whole."""
    late, doubtful = rows[rows["late"]], rows[rows["doubtful"] & ~rows["late"]]
    said = [f"No sound figure of {month(newest)} for {_lists(late, network)}"] if len(late) else []
    said += [f"Figures of {month(newest)} to be looked at: {_lists(doubtful, network)}"] if len(doubtful) else []
    return ". ".join([*said, ""]).strip()


def list_title(organisation: str, test: str, network: Network) -> str:
    """A list in words."""
    return f"{network.titles('tests').get(test, test)} at {network.short_titles('organisations').get(organisation, organisation)}"


def concern_words(concern: Concern) -> str:
    """What was found about figures of one list, in a sentence or two."""
    months = month(concern.period) if concern.period == concern.until else f"{month(concern.period)} to {month(concern.until)}"
    column = f" ({ACTIVITY.field(concern.column).title.lower()})" if concern.column in ACTIVITY.columns else ""
    return f"{months}{column}: {concern.found}; expected: {concern.expected}. {concern.mend}"


def _lists(rows: pd.DataFrame, network: Network) -> str:
    first = rows.head(_NAMED)
    named = [list_title(o, t, network) for o, t in zip(first["organisation"], first["test"], strict=True)]
    return listed([*named, f"{number(len(rows) - _NAMED)} more"] if len(rows) > _NAMED else named)


def change_words(points: float) -> str:
    """A change of a share, in points; blank where there is none to compare with."""
    if np.isnan(points):
        return ""
    value = number(100 * points, 1)
    return f"+{value}" if round(100 * points, 1) > 0 else value
