"""A workforce plan as an Excel workbook: the answer in sentences, then one sheet for each table with anything in it."""

from __future__ import annotations

import io

import xlsxwriter

from data.network import Network
from data.words import day, number
from data.workforce_plan import WORKFORCE_TABLES, WorkforcePlan
from portal.exports.result_workbook import OPTIONS, SUMMARY, Cover, columns_of, sheet_of, titles_of, write_cover
from portal.exports.sheets import formats_of
from portal.workforce_words import answer

_READING = (
    "Quarters are named by their first day; year 1 is the first four quarters. WTE are whole-time equivalents. Costs are in pounds at the prices of "
    "the first year, not discounted. In the CSV files every figure has all its digits, and places have their short identifiers."
)


def title_of(plan: WorkforcePlan) -> str:
    """What the plan is called."""
    return f"Workforce plan: {plan.summary['provenance']['scenario_name']}"


def workforce_workbook(plan: WorkforcePlan, network: Network) -> bytes:
    """The workbook of a workforce plan.

    Args:
        plan: the plan.
        network: the network it was made for: identifiers are shown by its titles.

    Returns:
        An .xlsx file. Text is never taken for a formula or an address.
    """
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, OPTIONS) as book:
        formats, titles = formats_of(book), titles_of(network)
        book.set_properties({"title": title_of(plan), "comments": f"Scenario {plan.summary['provenance']['scenario_id']}"})
        shown = [(table, plan[table.name]) for table in WORKFORCE_TABLES if not plan[table.name].empty]
        said = answer(plan, network)
        contents = [(table.title, table.help, len(frame)) for table, frame in shown]
        headline = f"{said.headline} {said.more}".strip()
        cover = Cover(f"{network.title}. {title_of(plan)}", headline, said.sections, _READING, contents, provenance_rows(plan))
        write_cover(book.add_worksheet(SUMMARY), cover, formats)
        for table, frame in shown:
            sheet_of(book, table.title, columns_of(table, frame, titles), formats)
    return file.getvalue()


def provenance_rows(plan: WorkforcePlan) -> list[tuple[str, str]]:
    """Where the figures come from, label by label."""
    came, size = plan.summary["provenance"], plan.summary["size"]
    asked = f"seed {came['seed']}, threads {came['threads']}, gap asked {came['gap']:.2%}, at most {came['time_limit']:g} seconds"
    return [
        ("Scenario", f"{came['scenario_name']} ({came['scenario_id'][:12]})"),
        ("Data to", day(came["data_date"])),
        ("Plan from", f"the quarter that begins on {day(came['first_quarter'])}"),
        ("Dataset", came["dataset_id"]),
        ("Files", "; ".join(source.removesuffix(" ()") for source in came["sources"]) or "none"),
        ("Computed", f"{came['created']} by version {came['code_version']}"),
        ("Solver", f"{came['solver']} {came['solver_version']}, Pyomo {came['pyomo_version']}; {asked}"),
        ("Result", f"{plan.summary['status']}; {number(size['rows'])} rows, {number(size['columns'])} columns, {number(size['integers'])} whole"),
        ("Goals, in order", "; ".join(f"{s['title']}: £{s['value']:,.0f} (gap {s['gap']:.2%})" for s in plan.summary["stages"])),
    ]  # fmt: skip
