"""Why two plans differ, as drawn: from the first plan to the second, change by change."""

from __future__ import annotations

import pandas as pd

from data.words import count, number, pounds
from portal.charts.evidence import Evidence
from portal.charts.waterfalls import across

_NOTHING = 0.05


def waterfall(rows: pd.DataFrame, measure: str) -> Evidence:
    """What each change adds to those before it; `rows` as `portal.drivers.steps` gives them."""
    unit = str(rows["unit"].iloc[0])

    def text(value: float, *, sign: bool) -> str:
        figure = pounds(abs(value)) if unit.startswith("£") else number(abs(value), int(abs(value) < 10 and abs(value - round(value)) >= _NOTHING))
        return f"{('+' if value > 0 else '−') if sign and abs(value) >= _NOTHING else '−' if value <= -_NOTHING else ''}{figure}"

    last = len(rows) - 1
    texts = [text(change, sign=k not in (0, last)) for k, change in enumerate(rows["change"])]
    between = rows.iloc[1:-1]
    largest = between.loc[between["change"].abs().idxmax()]
    moved = abs(largest["change"]) >= _NOTHING
    finding = f"Largest step: {largest['step']}, {text(largest['change'], sign=True)}" if moved else f"{measure}: no change makes a difference"
    subtitle = (
        f"{measure}, {unit}: {count(len(between), 'change')}, each with those before it; in another order "
        "single steps may be larger or smaller. Bars need not begin at zero"
    )
    table = pd.DataFrame(
        {"Step": rows["step"], f"{measure} ({unit})": rows["value"].round(2), "Change": [None, *rows["change"].iloc[1:-1].round(2), None]}
    )
    alt = f"{finding}. " + "; ".join(f"{step} {words}" for step, words in zip(rows["step"], texts, strict=True)) + "."
    return Evidence(finding, subtitle, across(list(rows["step"]), list(rows["change"]), texts), alt, table, "drivers")
