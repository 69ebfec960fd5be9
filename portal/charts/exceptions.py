"""The table of exceptions: every list beside its target and its own past, with an icon and a word for each judgement."""

from __future__ import annotations

from html import escape
from typing import Any

import pandas as pd

from data.network import Network
from data.words import count, month, number
from portal.charts import icons
from portal.charts.tables import titled
from portal.performance_words import ASSURANCE, change_words, state_words
from portal.theme import LINE, SECONDARY_TEXT, TEXT

EXCEPTIONS_SHOWN = 10
"""Rows of the table of exceptions; the table below it has every list."""

_HEADS = ("Trust", "Test", "Over six weeks (%)", "Change on last month (points)", "Over thirteen weeks (%)", "Patients waiting", "Change (patients)",
          "Target (%)", "Variation", "Assurance", "Remark")  # fmt: skip
_SHOWN = [head for head in _HEADS[:-1] if head != "Change (patients)"]
"""Headings of the table on screen: what decides, and room for its words."""

_FIGURES = range(2, 7)
"""Columns of numbers."""

_CELL = f"padding:0.25rem 0.4rem;border-bottom:1px solid {LINE};vertical-align:middle"


def remarks(row: Any) -> str:
    """What must be said about the newest figure of a list."""
    said = [f"newest figure: {month(row.period)}"] if row.late else []
    said += ["to be looked at"] if row.doubtful else []
    said += ["trial limits"] if row.trial else []
    return "; ".join(said)


def standing_table(rows: pd.DataFrame, network: Network) -> pd.DataFrame:
    """How every list stands; `rows` as `portal.performance.standing` makes them."""
    columns = [
        titled(rows["organisation"], "organisations", network), rows["test"].map(network.titles("tests")), (100 * rows["over_six"]).round(1),
        (100 * rows["change"]).round(1), (100 * rows["over_thirteen"]).round(1), rows["waiting"], rows["change_waiting"], 100 * rows["target"],
        [state_words(s, h) for s, h in zip(rows["state"], rows["high"], strict=True)], rows["assurance"].map(ASSURANCE),
        [remarks(r) for r in rows.itertuples()],
    ]  # fmt: skip
    return pd.DataFrame(dict(zip(_HEADS, columns, strict=True)))


def caption(shown: pd.DataFrame, rows: pd.DataFrame, source: str) -> str:
    """What the table of exceptions holds, and where its figures come from."""
    most = min(len(shown), EXCEPTIONS_SHOWN)
    what = (
        f"{number(most)} of {count(len(shown), 'list')} over the target, in special cause of concern, late or doubtful, those furthest over first"
        if len(shown) else f"No list is an exception; the first of {count(len(rows), 'list')} are shown"
    )  # fmt: skip
    return f"{what}. {source}"


def exceptions(rows: pd.DataFrame, network: Network, about: str) -> str:
    """The first rows as a table with icons, in HTML; every text is escaped."""
    titles, tests = network.short_titles("organisations"), network.titles("tests")
    lines = [_line(r, titles[r.organisation], tests[r.test]) for r in rows.head(EXCEPTIONS_SHOWN).itertuples()]
    head = "".join(f'<th scope="col" style="{_CELL};text-align:{_side(k)};font-weight:700">{h}</th>' for k, h in enumerate(_SHOWN))
    body = "".join(f"<tr>{''.join(_cell(k, text) for k, text in enumerate(line))}</tr>" for line in lines)
    said = f'<caption style="text-align:left;color:{SECONDARY_TEXT};padding-bottom:0.3rem">{escape(about)}</caption>'
    style = f"border-collapse:collapse;width:100%;font-size:0.88rem;line-height:1.25;color:{TEXT}"
    table = f'<table style="{style}">{said}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    return f'<div style="overflow-x:auto" tabindex="0" role="region" aria-label="Exceptions">{table}</div>'


def _line(row: Any, trust: str, test: str) -> list[str]:
    """The cells of one list, as HTML."""
    target = number(100 * row.target, 1 if round(100 * row.target, 1) % 1 else 0)
    shares = [number(100 * row.over_six, 1), change_words(row.change), number(100 * row.over_thirteen, 1)]
    remark = f"<br><em>{escape(remarks(row))}</em>" if remarks(row) else ""
    return [
        escape(trust), f"{escape(test)}{remark}", *shares, number(row.waiting), target,
        _judged(icons.variation(row.state, row.high)), _judged(icons.assurance(row.assurance)),
    ]  # fmt: skip


def _judged(icon: icons.Icon) -> str:
    """An icon with its word beside it."""
    return f'<span style="display:flex;align-items:center;gap:0.4rem;min-width:6.5rem">{icon.html}<span>{escape(icon.word)}</span></span>'


def _side(column: int) -> str:
    return "right" if column in _FIGURES else "left"


def _cell(column: int, text: str) -> str:
    if column == 0:
        return f'<th scope="row" style="{_CELL};text-align:left;font-weight:700">{text}</th>'
    return f'<td style="{_CELL};text-align:{_side(column)}">{text}</td>'
