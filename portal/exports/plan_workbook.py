"""A plan as an Excel workbook: the answer in sentences, then met or not, then one sheet for each table with anything in it."""

from __future__ import annotations

import io
import textwrap
from typing import Any

import pandas as pd
import xlsxwriter

from data.fields import Field, Kind, Table
from data.network import Network
from data.plan import PLAN_TABLES, Plan
from data.scenario import EMPHASES
from data.words import day
from optimisation.explain import answer
from portal.exports.sheets import LINE_HEIGHT, Column, TableSheet, formats_of

SUMMARY = "Summary"
MET = "Met or not"
BY_WEEK = "Sessions by week"

_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}

_TITLED = {
    "organisation": "organisations", "from_organisation": "organisations", "to_organisation": "organisations", "site": "sites",
    "to_site": "sites", "test": "tests", "asset_type": "asset_types", "session_type": "session_types", "staff_group": "staff_groups",
    "mobile": "mobiles",
}  # fmt: skip
"""Table that gives the title of each identifier."""

_SENTENCE_WIDTH = 110
_LETTERS_A_LINE = 122
_LABEL_WIDTH = 26

_READING = (
    "Weeks are named by their Monday. Patients, hours and minutes are expected values and need not be whole. Costs are in pounds at the prices in "
    "the assumptions. In the CSV files beside this workbook every figure has all its digits, and places have their short identifiers."
)


def plan_workbook(plan: Plan, network: Network) -> bytes:
    """The workbook of a plan.

    Args:
        plan: the plan.
        network: the network it was made for: identifiers are shown by its titles.

    Returns:
        An .xlsx file. Text is never taken for a formula or an address.
    """
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, _OPTIONS) as book:
        formats = formats_of(book)
        book.set_properties({"title": _title(plan), "comments": f"Scenario {plan.summary['provenance']['scenario_id']}"})
        cover = book.add_worksheet(SUMMARY)
        titles = {column: network.titles(table) for column, table in _TITLED.items()}
        met, by_week = _met_columns(plan, network), _by_week(plan["sessions"], titles)
        shown = [(t, plan[t.name]) for t in PLAN_TABLES if not plan[t.name].empty]
        contents = [(MET, "Each list at the month end at which it is furthest over its target.", len(met[0].values))] if met else []
        contents += [(BY_WEEK, "The sessions of each site in every week, one column for each week.", len(by_week[0].values))] if by_week else []
        contents += [(table.title, table.help, len(frame)) for table, frame in shown]
        _write_cover(cover, plan, network, contents, formats)
        if met:
            _write_met(_sheet(book, MET, met, formats), met, formats)
        if by_week:
            calendar = _sheet(book, BY_WEEK, by_week, formats, still=3)
            calendar.set_print_scale(70)
            calendar.repeat_columns(0, 2)
        for table, frame in shown:
            _sheet(book, table.title, _columns(table, frame, titles), formats)
    return file.getvalue()


def _title(plan: Plan) -> str:
    return f"Allocation plan: {plan.summary['provenance']['scenario_name']}"


def _sheet(book: xlsxwriter.Workbook, name: str, columns: list[Column], formats: dict[str, Any], *, still: int = 1) -> TableSheet:
    """A sheet of columns whose heading and first `still` columns stay in view."""
    sheet = book.add_worksheet(name, TableSheet)
    sheet.put(columns, formats, row=0)
    sheet.freeze_panes(1, still)
    sheet.autofilter(0, 0, len(columns[0].values), len(columns) - 1)
    _for_paper(sheet, name)
    return sheet


def _for_paper(sheet: Any, name: str) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_footer(f"&L{name}&RPage &P of &N")


def _columns(table: Table, frame: pd.DataFrame, titles: dict[str, dict[str, str]]) -> list[Column]:
    """The columns of a table, without those that hold nothing."""
    filled = [f for f in table.fields if f.required or (frame[f.name].notna() & (frame[f.name] != "")).any()]
    return [Column(_heading(f), _shown(f, frame[f.name], titles), _pattern(f)) for f in filled]


def _heading(field: Field) -> str:
    unit = field.unit
    return field.title if not unit or unit.lower() == field.title.lower() or unit == "£" else f"{field.title} ({unit})"


def _shown(field: Field, values: pd.Series, titles: dict[str, dict[str, str]]) -> pd.Series:
    if field.name in titles:
        return values.map(lambda v: titles[field.name].get(v, v))
    if field.kind is Kind.FLAG:
        return values.map({True: "yes", False: "no"})
    if field.kind in (Kind.CHOICE, Kind.ID):
        return values.map(lambda v: str(v).replace("_", " ").capitalize())
    return values


def _pattern(field: Field) -> str:
    if field.kind is Kind.DATE:
        return "date"
    if field.kind not in (Kind.NUMBER, Kind.COUNT):
        return "text"
    if field.unit.startswith("£"):
        return "pounds"
    if field.unit.startswith("share"):
        return "percent"
    if field.kind is Kind.COUNT or field.unit == "sessions":
        return "whole"
    return "plain" if field.name in ("value", "weight") else "one"


def _met_columns(plan: Plan, network: Network) -> list[Column]:
    """Columns of the sheet Met or not; none where no target is measured within the plan."""
    entries = pd.DataFrame(plan.summary["met"])
    if entries.empty:
        return []
    organisations, tests = network.titles("organisations"), network.titles("tests")
    entries = entries.sort_values(["met", "over_target"], ascending=[True, False], kind="stable", ignore_index=True)
    return [
        Column("Organisation", entries["organisation"].map(organisations), "text"),
        Column("Test", entries["test"].map(tests), "text"),
        Column("Target met", entries["met"].map({True: "yes", False: "no"}), "text"),
        Column("Worst share over six weeks at a month end", entries["worst_share"], "percent"),
        Column("Target share", entries["target_share"], "percent"),
        Column("Patients over the target then", entries["over_target"], "one"),
        Column("In the week of", pd.to_datetime(entries["worst_week"]), "date"),
    ]


def _by_week(sessions: pd.DataFrame, titles: dict[str, dict[str, str]]) -> list[Column]:
    """Sessions with one row for each site, asset type and session type, and one column for each week; none where nothing runs."""
    if sessions.empty:
        return []
    place = ["site", "asset_type", "session_type"]
    weeks = sorted(sessions["week"].unique())
    wide = sessions.pivot(index=place, columns="week", values="sessions").reindex(columns=weeks).fillna(0.0)
    today = sessions.groupby(place)["sessions_today"].sum().reindex(wide.index) / len(weeks)
    names = wide.index.to_frame(index=False)
    columns = [Column(name.replace("_", " ").capitalize(), names[name].map(titles[name]), "text") for name in place]
    columns += [Column("Today, a week", today.reset_index(drop=True), "one")]
    columns += [Column("Planned, a week", wide.mean(axis=1).reset_index(drop=True), "one")]
    return columns + [Column(f"{week.day} {week:%b %Y}", wide[week].reset_index(drop=True), "whole") for week in weeks]


def _write_met(sheet: TableSheet, columns: list[Column], formats: dict[str, Any]) -> None:
    last = len(columns[0].values)
    for word in ("yes", "no"):
        sheet.conditional_format(1, 2, last, 2, {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": formats[word]})


def _write_cover(sheet: Any, plan: Plan, network: Network, contents: list[tuple[str, str, int]], formats: dict[str, Any]) -> None:
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, _LABEL_WIDTH)
    sheet.set_column(1, 1, _SENTENCE_WIDTH)
    _for_paper(sheet, SUMMARY)
    sheet.set_portrait()
    said = answer(plan, network)
    sheet.write_string(0, 0, f"{network.title}. {_title(plan)}", formats["title"])
    _write_sentence(sheet, 2, said.headline, formats["answer"], size=1.2)
    row = 4
    for title, sentences in said.sections():
        row = _write_rows(sheet, row, title, [("", sentence) for sentence in sentences], formats)
    row = _write_rows(sheet, row, "How to read this workbook", [("", _READING)], formats)
    sheet.write_string(row, 0, "Sheets", formats["section"])
    for name, help_, rows in contents:
        row += 1
        sheet.write_url(row, 0, f"internal:'{name}'!A1", formats["link"], name)
        _write_sentence(sheet, row, f"{help_} {rows:,} row{'s' if rows != 1 else ''}.", formats["sentence"])
    _write_rows(sheet, row + 2, "Where the figures come from", _provenance(plan), formats)


def _write_rows(sheet: Any, row: int, title: str, rows: list[tuple[str, str]], formats: dict[str, Any]) -> int:
    """A titled block of labels and sentences; returns the row after the gap below it."""
    sheet.write_string(row, 0, title, formats["section"])
    first = row if not rows[0][0] else row + 1
    for r, (label, text) in enumerate(rows, start=first):
        if label:
            sheet.write_string(r, 0, label, formats["label"])
        _write_sentence(sheet, r, text, formats["sentence"])
    return first + len(rows) + 1


def _write_sentence(sheet: Any, row: int, text: str, style: Any, size: float = 1.0) -> None:
    """A sentence in as many lines as it needs: not every program that opens a workbook makes the row high enough by itself."""
    lines = len(textwrap.wrap(text, int(_LETTERS_A_LINE / size))) or 1
    sheet.set_row(row, lines * LINE_HEIGHT * size + 2)
    sheet.write_string(row, 1, text, style)


def _provenance(plan: Plan) -> list[tuple[str, str]]:
    came = plan.summary["provenance"]
    size = plan.summary["size"]
    asked = f"seed {came['seed']}, threads {came['threads']}, gap asked {came['gap']:.2%}, at most {came['time_limit']:g} seconds"
    return [
        ("Scenario", f"{came['scenario_name']} ({came['scenario_id'][:12]})"),
        ("Puts first", plan.summary.get("emphasis", {}).get("title", EMPHASES[0].title)),
        ("Data to", day(came["data_date"])),
        ("Plan from", f"the week of {day(came['first_monday'])}, {plan.summary['target']['horizon_weeks']} weeks"),
        ("Dataset", came["dataset_id"]),
        ("Files", "; ".join(source.removesuffix(" ()") for source in came["sources"]) or "none"),
        ("Computed", f"{came['created']} by version {came['code_version']}"),
        ("Solver", f"{came['solver']} {came['solver_version']}, Pyomo {came['pyomo_version']}; {asked}"),
        ("Result", f"{plan.summary['status']}; {size['rows']:,} rows, {size['columns']:,} columns, {size['integers']:,} of them whole"),
        ("Goals, in order", "; ".join(f"{s['title']}: £{s['value']:,.0f} (gap {s['gap']:.2%})" for s in plan.summary["stages"])),
    ]  # fmt: skip
