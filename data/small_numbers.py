"""Small numbers in what leaves the portal: counts made from patients' rows never tell of a few people.

The rule is the national one for hospital and emergency care data below national level. It is for counts made from patient-level rows; never for
the published monthly return, for model results or for money.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import pandas as pd

SMALLEST, LARGEST = 1, 7
"""Counts from the smallest to the largest of these are shown as `SHOWN_AS`."""

SHOWN_AS = 5
ROUNDED_TO = 5
HIDDEN = "*"
"""What stands in place of an average over few people."""

RULE = (
    f"Counts of patients from {SMALLEST} to {LARGEST} are shown as {SHOWN_AS}, larger ones rounded to the nearest {ROUNDED_TO}, none as 0; averages "
    f"over {SMALLEST} to {LARGEST} patients are shown as {HIDDEN}. Totals are rounded on their own and need not add up."
)
"""The rule in words, to be printed wherever it was applied."""


def applies(viewer: str, shown: Collection[str], *, switched_on: bool | None = None) -> bool:
    """Whether the rule is in force for a table.

    Args:
        viewer: organisation of who looks or exports; empty = the whole network.
        shown: organisations whose patients are counted in the table.
        switched_on: the setting; None = on, but for an organisation's view of its own patients.
    """
    return set(shown) != {viewer} if switched_on is None else switched_on


def shown_count(counts: pd.Series[float]) -> pd.Series[float]:
    """Counts as they may be shown; a count that is missing stays missing.

    Raises:
        ValueError: a count below zero: differences are taken between counts as they are shown, never shown as counts.
    """
    values = counts.to_numpy(dtype=float)
    if (values < 0).any():
        raise ValueError("a count below zero")
    few = (values > 0) & (values < LARGEST + 1)
    rounded = np.floor(values / ROUNDED_TO + 0.5) * ROUNDED_TO
    return pd.Series(np.where(few, float(SHOWN_AS), rounded), index=counts.index, name=counts.name)


def guarded(table: pd.DataFrame, counts: Sequence[str], averages: Mapping[str, str] | None = None) -> pd.DataFrame:
    """A table as it may leave the portal.

    Args:
        table: one row for each group.
        counts: columns that count patients, or what happened to them.
        averages: column of an average or share → column of the patients it is taken over.

    Returns:
        The table with counts as `shown_count`; averages over few people, or over nobody, are text with `HIDDEN` in their place. The others
        stay as they are: they are to be made from counts that stay behind, not from these.
    """
    result = table.copy()
    for average, over in (averages or {}).items():
        people = table[over].to_numpy(dtype=float)
        hidden = people < LARGEST + 1
        result[average] = pd.Series([HIDDEN if few else value for few, value in zip(hidden, table[average], strict=True)],
                                    index=table.index, dtype=object)  # fmt: skip
    for name in counts:
        result[name] = shown_count(table[name])
    return result


def guarded_totals(table: pd.DataFrame, by: Sequence[str], counts: Sequence[str]) -> pd.DataFrame:
    """Totals as they may leave the portal: added up from the true counts, then rounded on their own.

    Args:
        table: true counts, one row for each group.
        by: columns of the totals; none = one row for everything.
        counts: columns to add up.
    """
    if by:
        totals = table.groupby(list(by), sort=True)[list(counts)].sum(min_count=1).reset_index()
    else:
        totals = table[list(counts)].sum(min_count=1).to_frame().T
    return guarded(totals, counts)
