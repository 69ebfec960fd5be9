"""A plan as an Excel workbook: the answer in sentences, then met or not, then one sheet for each table with anything in it."""

from __future__ import annotations

import io
from typing import Any

import pandas as pd
import xlsxwriter

from data.network import Network
from data.plan import PLAN_TABLES, Plan
from data.scenario import EMPHASES
from data.words import day
from optimisation.explain import answer
from portal.exports.result_workbook import OPTIONS, SUMMARY, Cover, columns_of, sheet_of, titles_of, write_cover
from portal.exports.sheets import Column, TableSheet, formats_of

MET = "Met or not"
BY_WEEK = "Sessions by week"

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
    with xlsxwriter.Workbook(file, OPTIONS) as book:
        formats = formats_of(book)
        book.set_properties({"title": _title(plan), "comments": f"Scenario {plan.summary['provenance']['scenario_id']}"})
        cover = book.add_worksheet(SUMMARY)
        titles = titles_of(network)
        met, by_week = _met_columns(plan, network), _by_week(plan["sessions"], titles)
        shown = [(t, plan[t.name]) for t in PLAN_TABLES if not plan[t.name].empty]
        contents = [(MET, "Each list at the month end at which it is furthest over its target.", len(met[0].values))] if met else []
        contents += [(BY_WEEK, "The sessions of each site in every week, one column for each week.", len(by_week[0].values))] if by_week else []
        contents += [(table.title, table.help, len(frame)) for table, frame in shown]
        said = answer(plan, network)
        first = Cover(f"{network.title}. {_title(plan)}", said.headline, said.sections(), _READING, contents, _provenance(plan))
        write_cover(cover, first, formats)
        if met:
            _write_met(sheet_of(book, MET, met, formats), met, formats)
        if by_week:
            calendar = sheet_of(book, BY_WEEK, by_week, formats, still=3)
            calendar.set_print_scale(70)
            calendar.repeat_columns(0, 2)
        for table, frame in shown:
            sheet_of(book, table.title, columns_of(table, frame, titles), formats)
    return file.getvalue()


def _title(plan: Plan) -> str:
    return f"Allocation plan: {plan.summary['provenance']['scenario_name']}"


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
