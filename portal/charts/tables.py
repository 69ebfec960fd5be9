"""Tidy tables as planners read them: titles in place of identifiers, headings with units, cells that no spreadsheet takes for a formula."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from pandas.io.formats.style import Styler

from data.assumption import SCOPES
from data.assumptions import ASSUMPTIONS, DECLARED, Assumptions
from data.evidence import EVIDENCE
from data.fields import Field, Kind, Table
from data.frames import to_csv_text
from data.network import Network
from data.scenario import EMPHASES, Scenario
from data.store import StoredScenario
from data.words import day, moment
from portal.theme import TEXT, plain

_TITLED = {
    "organisation": "organisations", "from_organisation": "organisations", "to_organisation": "organisations", "site": "sites", "to_site": "sites",
    "nearest_site": "sites", "starts_at": "sites", "test": "tests", "asset_type": "asset_types", "session_type": "session_types",
    "staff_group": "staff_groups", "mobile": "mobiles",
}  # fmt: skip
"""Columns of identifiers, and the network's table that holds their titles."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", *map(chr, (0xFF1D, 0xFF0B, 0xFF0D, 0xFF20)))
"""What a spreadsheet program may take for the beginning of a formula; the last four are the full-width forms."""

_SHADES = ("#ffffff", "#e3eef8", "#ADD1F1", "#6BACE6", "#2073BC", "#12436D")
_DARK_FROM = 4


def shown(table: Table, frame: pd.DataFrame, network: Network, *, without: tuple[str, ...] = ()) -> pd.DataFrame:
    """A declared table under its headings, with titles in place of the network's identifiers.

    Args:
        table: its declaration.
        frame: some of its rows.
        network: whose titles.
        without: columns to leave out.
    """
    fields = [f for f in table.fields if f.name not in without]
    return pd.DataFrame({_heading(f): _cells(f, table, frame[f.name], network) for f in fields})


def _heading(field: Field) -> str:
    return f"{field.title} ({field.unit})" if field.unit else field.title


def _cells(field: Field, table: Table, cells: pd.Series, network: Network) -> pd.Series:
    if field.kind is Kind.FLAG:
        return cells.map({True: "yes", False: "no"})
    if field.name in _TITLED and table.name != _TITLED[field.name]:
        return titled(cells, _TITLED[field.name], network)
    return cells


def titled(cells: pd.Series, table: str, network: Network) -> pd.Series:
    """Identifiers replaced by their short titles; what has no title stays."""
    titles = network.short_titles(table)
    return cells.map(lambda c: titles.get(c, c)) if len(cells) else cells


def without_empty(frame: pd.DataFrame) -> pd.DataFrame:
    """The table without columns that hold nothing; whole where it has no row."""
    return frame if frame.empty else frame.loc[:, [not (frame[c].isna() | (frame[c] == "")).all() for c in frame.columns]]


def csv(frame: pd.DataFrame) -> bytes:
    """A shown table as a CSV file for a spreadsheet program: text that it would run as a formula is given a leading apostrophe."""
    safe = frame.copy()
    for column in safe.columns:
        if safe[column].dtype == "str" or safe[column].dtype == object:
            safe[column] = safe[column].map(_harmless)
    return safe.to_csv(index=False, lineterminator="\r\n", date_format="%Y-%m-%d").encode("utf-8-sig")


def declared_csv(table: Table, frame: pd.DataFrame) -> bytes:
    """A declared table as it stands, in the columns and forms of its CSV file, with the same care for formulas."""
    texts = {f.name: frame[f.name].map(_harmless) for f in table.fields if f.dtype == "str"}
    return to_csv_text(table, frame.assign(**texts)).encode("utf-8-sig")


def _harmless(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def place_words(row: Any, network: Network) -> str:
    """Where an assumption's row holds, in titles; "everywhere" where it names no place."""
    words = [network.short_titles(_TITLED[s]).get(getattr(row, s), getattr(row, s)) for s in SCOPES if getattr(row, s)]
    return ", ".join(words) or "everywhere"


def when_words(row: Any) -> str:
    """When an assumption's row holds, to follow the place; empty where it always does."""
    start = f", from {day(row.from_week)}" if pd.notna(row.from_week) else ""
    end = f", to {day(row.to_week)}" if pd.notna(row.to_week) else ""
    return start + end


def assumption_groups() -> list[str]:
    """The groups of assumptions, in declared order."""
    return list(dict.fromkeys(a.group for a in DECLARED))


def assumption_table(group: str, held: Assumptions, network: Network, changes: pd.DataFrame) -> pd.DataFrame:
    """The assumptions of one group as they hold, one row for each stated value, and one for each built-in default that nothing replaces.

    Args:
        group: as declared.
        held: the assumptions in force.
        network: for titles.
        changes: rows a scenario changed, in the columns of `ASSUMPTIONS`; may be empty.
    """
    changed = {_key(row) for row in changes.itertuples()}
    rows = []
    for declared in (a for a in DECLARED if a.group == group):
        stated = held.rows[held.rows["name"] == declared.name]
        for row in stated.itertuples():
            by = "this scenario" if _key(row) in changed else "the dataset"
            evidence = [getattr(row, f.name) for f in EVIDENCE]
            rows.append((declared.title, place_words(row, network) + when_words(row), row.value, declared.unit, by, *evidence))
        if stated.empty:
            blank = ["assumption", declared.source, "Built-in default: nobody has stated a value", "", "low", pd.NaT]
            rows.append((declared.title, "everywhere", declared.default, declared.unit, "built in", *blank))
    columns = ["Assumption", "Where", "Value", "Unit", "Stated by", *(f.title for f in EVIDENCE)]
    frame = pd.DataFrame(rows, columns=columns)
    frame["Dated"] = frame["Dated"].map(day)
    return frame[["Assumption", "Where", "Value", "Unit", "Reason", "Basis", "Confidence", "Owner", "Dated", "Source", "Stated by"]]


def scenario_table(scenarios: list[tuple[Scenario, StoredScenario | None]]) -> pd.DataFrame:
    """Scenarios with who made them when and why; those that are not stored yet are built in."""
    built_in = (1, "", "built in", "")
    stored = [(k.version, k.reason, moment(k.created), k.created_by) if k else built_in for _, k in scenarios]
    first = {e.name: e.title for e in EMPHASES}
    rows = [(made.name, made.description, first[made.emphasis], made.weeks, *more) for (made, _), more in zip(scenarios, stored, strict=True)]
    return pd.DataFrame(rows, columns=["Scenario", "What it does", "Puts first", "Weeks", "Version", "Reason", "Saved", "By"])


def _key(row: Any) -> tuple[Any, ...]:
    return tuple("" if pd.isna(value) else value for value in (getattr(row, name) for name in ASSUMPTIONS.key))


def shaded(text: pd.DataFrame, shade: pd.DataFrame, alert: pd.DataFrame | None = None) -> Styler:
    """A small table whose cells are shaded by a number, for reading at a glance; the words in it say the same.

    Args:
        text: what stands in the cells, index and columns being row and column headings; already safe to show.
        shade: 0 to 1 for each cell, NaN for no shade.
        alert: True for cells written in bold.
    """

    def style(cells: pd.DataFrame) -> pd.DataFrame:
        styles = shade.map(_shade).set_axis(cells.index, axis=0).set_axis(cells.columns, axis=1)
        if alert is not None:
            bold = alert.set_axis(cells.index, axis=0).set_axis(cells.columns, axis=1)
            styles = styles + bold.map({True: "font-weight: 700;", False: ""}.get)
        return styles

    safe = text.set_axis(text.index.map(plain), axis=0).set_axis(text.columns.map(plain), axis=1)
    return safe.style.apply(style, axis=None)


def _shade(level: float) -> str:
    if pd.isna(level):
        return ""
    step = min(int(max(level, 0.0) * len(_SHADES)), len(_SHADES) - 1)
    return f"background-color: {_SHADES[step]}; color: {'#ffffff' if step >= _DARK_FROM else TEXT};"


def pivoted(frame: pd.DataFrame, rows: Mapping[str, str], columns: Mapping[str, str], row: str, column: str, value: str) -> pd.DataFrame:
    """A wide table in the order of the network's tables, with titles as headings; pairs without a row are missing values.

    Args:
        frame: tidy rows, one for each pair.
        rows: identifier → title of the row headings.
        columns: identifier → title of the column headings.
        row: name of the column whose identifiers become rows.
        column: name of the column whose identifiers become columns.
        value: name of the column that fills the cells.
    """
    wide = frame.pivot(index=row, columns=column, values=value)
    keep_rows, keep_columns = [r for r in rows if r in wide.index], [c for c in columns if c in wide.columns]
    return (
        wide.reindex(index=keep_rows, columns=keep_columns)
        .set_axis([rows[r] for r in keep_rows])
        .set_axis([columns[c] for c in keep_columns], axis=1)
    )
