"""Writes the data dictionary and the formulation from the declarations and equations: `python -m docs.generate`.

With `--check` nothing is written; the exit code is 1 where a page is stale.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from data.activity import ACTIVITY
from data.assumptions import ASSUMPTIONS, DECLARED
from data.fields import Table
from data.network import NETWORK_TABLES
from data.plan import PLAN_TABLES
from data.scenario import LEVERS, LOCKS
from optimisation.allocation import parameters
from optimisation.allocation.model import EQUATIONS
from optimisation.allocation.objective import COSTS, GOALS
from optimisation.allocation.parameters import PARAMETERS
from optimisation.allocation.variables import VARIABLES

HERE = Path(__file__).parent
_MADE = "<!-- Written by `make docs` from the declarations: change those, not this page. -->\n"


def dictionary() -> str:
    """Every table, column and assumption, with unit, what is allowed and help."""
    parts = ["# Data dictionary\n", _MADE]
    parts.append("## The network workbook and folder\n\nOne sheet, or one CSV file, for each table.\n")
    parts.extend(_table(t) for t in (*NETWORK_TABLES, ASSUMPTIONS, ACTIVITY))
    parts.append("## Assumptions\n\nEach varies by the places named; a blank place means everywhere and the most specific row wins.\n")
    parts.append(_rows(
        ["Name", "Title", "Unit", "Allowed", "Default", "Varies by", "Meaning"],
        [[f"`{a.name}`", a.title, a.unit, f"{a.minimum:g} to {a.maximum:g}", f"{a.default:g}",
          ", ".join([*(v.replace("_", " ") for v in a.varies_by), *(["week"] if a.by_week else [])]) or "nothing", a.help] for a in DECLARED],
    ))  # fmt: skip
    parts.append("## Levers and locks of a scenario\n")
    parts.append(_rows(["Lever", "Title", "Meaning"], [[f"`{lever.name}`", lever.title, lever.help] for lever in LEVERS]))
    parts.append(_table(LOCKS))
    parts.append("## Result tables of an allocation plan\n")
    parts.extend(_table(t) for t in PLAN_TABLES)
    return "\n".join(parts)


def formulation() -> str:
    """Notation, decisions, equations in order, goals."""
    parts = ["# The allocation model\n", _MADE, f"{inspect.getdoc(parameters)}\n", "## Parameters\n"]
    parts.append(_rows(["Name", "Index", "Unit", "Meaning"], [[f"`{p.name}`", p.index, p.unit, p.meaning] for p in PARAMETERS]))
    parts.append("## Decisions\n")
    parts.append(_rows(
        ["Name", "Symbol", "Kind", "Unit", "Meaning"], [[f"`{v.name}`", v.symbol, v.kind, v.unit, v.meaning] for v in VARIABLES]
    ))  # fmt: skip
    parts.append("## Equations\n")
    parts.extend(f"### `{e.tag}`\n\n{_words(e.rule)}\n" for e in EQUATIONS)
    parts.append("## Goals, in order\n\nEach is kept while the next is improved.\n")
    parts.extend(f"### {n}. {g.title}\n\n{_words(g.expression)}\n" for n, g in enumerate(GOALS, start=1))
    parts.append("Kinds of cost: " + ", ".join(COSTS) + ".\n")
    return "\n".join(parts)


def _table(table: Table) -> str:
    rows = [[f"`{f.name}`", f.title, f.unit, f.allowed(), f.help] for f in table.fields]
    key = ", ".join(f"`{k}`" for k in table.key)
    return f"### {table.title} (`{table.name}`)\n\n{table.help}{f' One row for each {key}.' if key else ''}\n\n" + _rows(
        ["Column", "Title", "Unit", "Allowed", "Meaning"], rows
    )


def _rows(headings: list[str], rows: list[list[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"


def _words(function: Callable[..., Any]) -> str:
    return inspect.getdoc(function) or ""


PAGES: dict[str, Callable[[], str]] = {"dictionary.md": dictionary, "formulation.md": formulation}


def stale() -> list[str]:
    """Names of pages that differ from what would be written."""
    return [name for name, page in PAGES.items() if not (HERE / name).exists() or (HERE / name).read_text("utf-8") != page()]


def main(arguments: list[str]) -> int:
    """Write the pages, or with `--check` only say which are stale."""
    old = stale()
    if "--check" in arguments:
        print("\n".join(f"docs/{name} is stale: run make docs" for name in old) or "docs are current")
        return 1 if old else 0
    for name in old:
        (HERE / name).write_text(PAGES[name](), encoding="utf-8")
        print(f"wrote docs/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
