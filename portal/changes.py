"""Changing an assumption: a row with its reason on top of a scenario, tried before it is stored. No Streamlit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import pandas as pd

from data.assumption import SCOPES
from data.assumptions import ASSUMPTIONS, BY_NAME, Assumptions
from data.dataset import Dataset
from data.errors import Refused
from data.findings import Findings, refusal
from data.network import Network
from data.scenario import Scenario
from portal.charts.tables import place_words, when_words
from portal.services import built_in


@dataclass(frozen=True)
class Change:
    """A new value for an assumption.

    Attributes:
        name: which assumption.
        value: in its declared unit.
        reason: why; never empty.
        places: where it holds, by scope; absent = everywhere.
        from_week, to_week: when it holds; None = always.
        owner, confidence, source: who answers for it, how sure, and where it comes from.
    """

    name: str
    value: float
    reason: str
    places: Mapping[str, str] = field(default_factory=dict)
    from_week: date | None = None
    to_week: date | None = None
    owner: str = ""
    confidence: str = "low"
    source: str = ""


def row_of(change: Change, on: date) -> pd.DataFrame:
    """The change as one typed row of `ASSUMPTIONS`, dated `on`.

    Raises:
        Refused: no reason is given, or a cell does not hold what it may.
    """
    if not change.reason.strip():
        raise Refused([refusal("reason", "no reason", "a reason", "Say in a few words why the value should be another.", column="Reason")])
    cells = {
        "name": change.name, "value": change.value, "reason": change.reason, "owner": change.owner, "confidence": change.confidence,
        "source": change.source, "basis": "sourced" if change.source.strip() else "assumption", "dated": on,
        "from_week": change.from_week, "to_week": change.to_week, **change.places,
    }  # fmt: skip
    raw = pd.DataFrame({c: pd.Series([cells.get(c)], dtype=object) for c in ASSUMPTIONS.columns})
    frame, found = ASSUMPTIONS.read(raw)
    if found.refusals:
        raise Refused(_without_rows(found))
    return frame


def with_change(start: Scenario, change: Change, held: Dataset, *, name: str, on: date) -> Scenario:
    """A scenario that does what `start` does and has the change on top, tried on its dataset.

    Args:
        start: the scenario to begin with.
        change: what to change.
        held: the dataset.
        name: name of the new scenario.
        on: date of the decision.

    Raises:
        Refused: no reason, a value out of bounds, a place the assumption does not vary by, a clash with another row, or a name that is taken.
    """
    return with_changes(start, [change], held, name=name, on=on)


def with_changes(start: Scenario, made_changes: Sequence[Change], held: Dataset, *, name: str, on: date) -> Scenario:
    """`with_change` for several changes at once: all of them or none.

    Raises:
        Refused: as `with_change` says; also where there is no change at all.
    """
    if not made_changes:
        raise Refused([refusal("no-change", "no value", "a value in one place at least", "Fill in the places that should hold another value.")])
    if name.strip() in {c.title for c in built_in(start.dataset_id)}:
        raise Refused([refusal("name", f'"{name}"', "a name of its own", "Give the scenario another name.")])
    rows = pd.concat([row_of(change, on) for change in made_changes], ignore_index=True)
    try:
        changes = Assumptions({"assumptions": start.changes}).with_rows(rows).rows
        made = start.changed(name=name.strip(), changes=changes, description=describe(rows, held, start))
        held.changed(assumptions=made.on(held.assumptions))
    except Refused as error:
        raise Refused(_without_rows(error.findings)) from None
    return made


def describe(rows: pd.DataFrame, held: Dataset, start: Scenario) -> str:
    """What changes of one assumption do, in one sentence: the assumption, where, from what value to what; of many, how many and how far."""
    changed = next(rows.itertuples())
    declared = BY_NAME[changed.name]
    before = [
        value_in_force(start.on(held.assumptions), row.name, {s: getattr(row, s) for s in SCOPES}, row.from_week)
        for row in rows.itertuples(index=False, name="Row")
    ]  # fmt: skip
    if len(rows) == 1:
        where = place_words(changed, held.network) + when_words(changed)
        return f'On top of "{start.name}": {declared.title} ({where}) {changed.value:,g} in place of {before[0]:,g} {declared.unit}.'
    least, most = rows["value"].min(), rows["value"].max()
    return (
        f'On top of "{start.name}": {declared.title} in {len(rows):,} places, {least:,g} to {most:,g} in place of {min(before):,g} to '
        f"{max(before):,g} {declared.unit}."
    )


def value_in_force(held: Assumptions, name: str, places: Mapping[str, str], week: pd.Timestamp = pd.NaT) -> float:
    """The value that holds at a place (and in a week)."""
    place = pd.DataFrame({s: [places.get(s, "")] for s in SCOPES} | {"week": [week]})
    return float(held.values(name, place)[0])


def more_specific(held: Assumptions, network: Network, name: str, places: Mapping[str, str]) -> list[str]:
    """Rows that would still win inside the place of a change, in words: the change does not reach there."""
    rows = held.rows[held.rows["name"] == name]
    named = {s: v for s, v in places.items() if v}
    said = []
    for row in rows.itertuples():
        scopes = {s: getattr(row, s) for s in SCOPES if getattr(row, s)}
        clash = any(scopes.get(s, v) != v for s, v in named.items())
        more = len(scopes) > len(named) or (len(scopes) == len(named) and scopes != named) or pd.notna(row.from_week) or pd.notna(row.to_week)
        if more and not clash:
            said.append(f"{place_words(row, network)}{when_words(row)}: {row.value:,g}")
    return said


def suggested_name(start: Scenario, name: str, places: Mapping[str, str], network: Network) -> str:
    """A name that says what is changed; the same name again where it says so already, which makes a new version of the scenario."""
    row = pd.Series({s: places.get(s, "") for s in SCOPES})
    where = f" ({place_words(row, network)})" if any(places.values()) else ""
    said = f", other {BY_NAME[name].title[:1].lower()}{BY_NAME[name].title[1:]}{where}"
    return start.name if said in start.name else start.name + said


def _without_rows(found: Findings) -> Findings:
    """A form has no rows and sheets to point at."""
    return Findings(replace(f, sheet="", row=None) for f in found)
