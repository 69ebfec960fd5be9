"""Writes `dictionary.md` and `formulation.md` from the declarations in code, so that they say what the program does.

Run with `make docs`. A test fails where a written document is no longer what this makes.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from data.activity import ACTIVITY
from data.assumption import Assumption
from data.assumptions import ASSUMPTIONS, DECLARED
from data.checks.history import QUALITY
from data.dataset import SOURCES
from data.demand import DEMAND, FORECAST, GIVEN, LIST_OUTLOOK, LIST_RESPONSE, OPENING
from data.differences import DIFFERENCES
from data.evidence import EVIDENCE
from data.fields import Field, Kind, Table
from data.local_tables import LOCAL_TABLES
from data.network import NETWORK_TABLES
from data.plan import PLAN_TABLES
from data.revisions import CHANGES
from data.scenario import EMPHASES, LEVERS, LOCKS
from data.sources.imaging import IMAGING
from data.store.imaging import PATTERNS
from data.workforce_plan import WORKFORCE_TABLES
from optimisation.allocation import parameters as notation
from optimisation.allocation.model import EQUATIONS
from optimisation.allocation.objective import COSTS, GOALS, goals_of
from optimisation.allocation.parameters import PARAMETERS
from optimisation.allocation.variables import VARIABLES
from optimisation.formulation import Equation, Goal, Parameter, Variable
from optimisation.workforce import objective as workforce
from optimisation.workforce import parameters as workforce_notation
from optimisation.workforce.model import EQUATIONS as WORKFORCE_EQUATIONS
from optimisation.workforce.variables import VARIABLES as WORKFORCE_VARIABLES

FOLDER = Path(__file__).parent

_MADE = "<!-- Made by docs/generate.py from the declarations in code. Change those, then run: make docs -->"
_EVIDENCE = {f.name for f in EVIDENCE}


def dictionary() -> str:
    """Every table, field, assumption and lever, as Markdown."""
    parts = [_MADE, "# Data dictionary", _DICTIONARY]
    parts += ["## Figures and their evidence", _EVIDENCE_TEXT, _fields(EVIDENCE)]
    parts += ["## Tables of a network", "One sheet of the network workbook, and one CSV file of a network folder, for each table."]
    parts += [_table(t, without=_EVIDENCE) for t in (*NETWORK_TABLES, ASSUMPTIONS, ACTIVITY)]
    parts += ["## Assumptions", _ASSUMPTION_TEXT, *_assumptions()]
    parts += ["## Scenarios", _SCENARIO_TEXT, _levers(), _emphases(), _table(LOCKS)]
    parts += ["## Local tables", _LOCAL_TEXT, *(_table(t) for t in LOCAL_TABLES)]
    parts += ["## Imaging dataset", _IMAGING_TEXT, _table(IMAGING), *(_table(t) for t in PATTERNS.values())]
    parts += ["## What has changed, and what to look at", _REPORT_TEXT, *(_table(t) for t in (CHANGES, DIFFERENCES, QUALITY))]
    parts += [
        "## Tables between the steps",
        _BETWEEN_TEXT,
        *(_table(t) for t in (SOURCES, DEMAND, LIST_RESPONSE, OPENING, FORECAST, LIST_OUTLOOK, GIVEN)),
    ]
    parts += ["## Tables of a plan", _PLAN_TEXT, *(_table(t) for t in PLAN_TABLES)]
    parts += ["## Tables of a workforce plan", _WORKFORCE_TEXT, *(_table(t) for t in WORKFORCE_TABLES)]
    return "\n\n".join(parts) + "\n"


_DICTIONARY = (
    "What every table and every number means, with its unit and what it may hold. Workbook sheets, forms, checks and exports read the same "
    "declarations. *Needed* means that a cell may not be empty; where a default stands, an empty cell takes it."
)
_EVIDENCE_TEXT = "Tables marked *with evidence* carry these columns too, so that each figure says where it comes from."
_ASSUMPTION_TEXT = (
    "Each is a row of the table Assumptions: its name, the places it holds for (blank = everywhere), its value. The row that names most places "
    "wins, a dated row before an undated one. Two rows that are equally specific and disagree are refused."
)
_SCENARIO_TEXT = "A scenario changes rows of the assumptions, uses levers or not, says what its plan puts first, and locks decisions."
_LOCAL_TEXT = "What a dataset carries beside its published history; each may be empty."
_IMAGING_TEXT = (
    "The examination-level extract as it is read, and the answers the portal gives of it. Rows are pseudonymised, stored by organisation and month, "
    "and never leave the store; the answers do."
)
_REPORT_TEXT = "What a newer version changes against the one in force, and what the checks of the history report."
_BETWEEN_TEXT = "What the steps of the chain hand to each other: where the history comes from, weekly demand, and how lists move."
_PLAN_TEXT = "A plan is a folder with one CSV file for each of these tables (weeks as ISO Mondays), `plan.json` and `plan.xlsx`."

_WORKFORCE_TEXT = "A workforce plan is a folder like a plan's. Quarters are named by their first day; year 1 is the first four of them."


def _table(table: Table, without: Iterable[str] = ()) -> str:
    left_out = set(without)
    shown = [f for f in table.fields if f.name not in left_out]
    evidence = " *With evidence.*" if left_out & {f.name for f in table.fields} else ""
    key = ", ".join(f"`{k}`" for k in table.key)
    return f"### {table.title} (`{table.name}`)\n\n{table.help}{evidence} One row for each {key}.\n\n{_fields(shown)}"


def _fields(fields: Sequence[Field]) -> str:
    rows = [(f"`{f.name}`", f.title, _holds(f), _needed(f), f.help) for f in fields]
    return _grid(("Column", "Title", "Holds", "Needed", "Meaning"), rows)


def _holds(field: Field) -> str:
    allowed = field.allowed().removesuffix(", or empty")
    if len(field.choices) > len(LEVERS):
        allowed = "one of the names below"
    return allowed + (f" of `{field.refers_to}`" if field.refers_to else "")


def _needed(field: Field) -> str:
    if field.default is not None:
        default = {True: "yes", False: "no"}.get(field.default, str(field.default)) if field.kind is Kind.FLAG else str(field.default)
        return f"default {default}"
    return "yes" if field.required else "no"


def _assumptions() -> Iterable[str]:
    for group in dict.fromkeys(a.group for a in DECLARED):
        rows = [_assumption(a) for a in DECLARED if a.group == group]
        yield f"### {group}\n\n" + _grid(("Name", "Title", "Unit", "Allowed", "Default", "May vary by", "Meaning"), rows)


def _assumption(a: Assumption) -> tuple[str, ...]:
    places = [*(s.replace("_", " ") for s in a.varies_by), *(["week"] if a.by_week else [])]
    meaning = a.help + (f" Source: {a.source}." if a.source else "")
    return f"`{a.name}`", a.title, a.unit, f"{a.minimum:,g} to {a.maximum:,g}", f"{a.default:,g}", ", ".join(places) or "nothing", meaning


def _levers() -> str:
    rows = [(f"`{lever.name}`", lever.title, "on" if lever.default else "off", lever.help) for lever in LEVERS]
    return "### Levers\n\n" + _grid(("Name", "Title", "Unless said otherwise", "Meaning"), rows)


def _emphases() -> str:
    rows = [(f"`{e.name}`", e.title, e.help) for e in EMPHASES]
    return "### What a plan puts first\n\n" + _grid(("Name", "Title", "Meaning"), rows)


def _orders() -> str:
    """The goals of each emphasis, in order."""
    rows = [(e.title, "; ".join(f"`{g.name}`" for g in goals_of(e.name))) for e in EMPHASES]
    return _grid(("Emphasis", "Goals, in order"), rows)


def formulation() -> str:
    """Each model: notation, parameters, decisions, equations and goals, as Markdown."""
    weekly = ["## Goals", _GOALS, _orders(), *_goals(GOALS), "Cost is the sum of: " + ", ".join(COSTS) + "."]
    yearly = ["## Goal", *_goals(workforce.GOALS), "Cost is the sum of: " + ", ".join(workforce.COSTS) + ".",
              "Beside it are weighed, and never paid:", "\n".join(f"- {_doc(part)}" for part in workforce.PRICES.values())]  # fmt: skip
    parts = [_MADE, _FORMULATION]
    parts += ["# The allocation model", _ALLOCATION, *_model(notation, PARAMETERS, VARIABLES, EQUATIONS), *weekly]
    parts += ["# The workforce model", _WORKFORCE]
    parts += [*_model(workforce_notation, workforce_notation.PARAMETERS, WORKFORCE_VARIABLES, WORKFORCE_EQUATIONS), *yearly]
    return "\n\n".join(parts) + "\n"


_FORMULATION = (
    "What the optimisers decide, within which limits, and for which goals. A name in `code letters` is the name in the program. Each equation is one "
    "function; its sentence, its mathematics and its units stand below as they stand there."
)
_ALLOCATION = "What is run week by week, where, by whom and for whom."
_WORKFORCE = (
    "Whom to recruit, train, upskill and keep, quarter by quarter. People come whole; what becomes of them afterwards is arithmetic of rates and "
    "ages, done once before the search."
)
_DECISIONS = "All are zero or more. *Whole* decisions are counts; *amounts* may be fractions of a patient or an hour."
_GOALS = (
    "All in pounds. They are met in the order of the plan's emphasis: each is kept, within the gap that was asked for, while the next is improved."
)


def _model(letters: Any, parameters: Iterable[Parameter], variables: Iterable[Variable], equations: Iterable[Equation]) -> Iterable[str]:
    """Notation, parameters, decisions and equations of one model."""
    given = [(f"`{p.name}`", p.index, p.unit, p.meaning) for p in parameters]
    decided = [(f"`{v.name}`", v.symbol, v.kind, v.unit, v.meaning) for v in variables]
    yield from ("## Notation", _notation(letters), "## Parameters", _grid(("Name", "Indices", "Unit", "Meaning"), given))
    yield from ("## Decisions", _DECISIONS, _grid(("Name", "Symbol", "Kind", "Unit", "Meaning"), decided))
    yield from ("## Equations", *(_equation(e.tag, e.rule) for e in equations))


def _goals(goals: Iterable[Goal]) -> Iterable[str]:
    return (f"### {g.title} (`{g.name}`)\n\n{_doc(g.expression)}" for g in goals)


def _notation(module: Any) -> str:
    """The letters of the indices, as the module of parameters states them."""
    text = inspect.getdoc(module) or ""
    letters = text.partition("Indices:")[2].replace("\n", " ").strip().rstrip(".")
    rows = [tuple(item.strip().split(" ", 1)) for item in letters.split("·")]
    return _grid(("Letter", "Stands for"), rows)


def _equation(tag: str, rule: Callable[..., Any]) -> str:
    sentence, *rest = _doc(rule).split("\n\n")
    mathematics = [part for part in rest if not part.startswith("Units:")]
    units = [part for part in rest if part.startswith("Units:")]
    formula = "\n\n".join(f"    {_one_line(part)}" for part in mathematics)
    return "\n\n".join(part for part in (f"### `{tag}`", sentence, formula, *units) if part)


def _doc(thing: Callable[..., Any]) -> str:
    text = inspect.getdoc(thing)
    if not text:
        raise ValueError(f"{thing} has no docstring")
    return "\n\n".join(_one_line(part) for part in text.split("\n\n"))


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _grid(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(_one_line(str(cell)).replace("|", "\\|") for cell in row) + " |" for row in lines)


DOCUMENTS: dict[str, Callable[[], str]] = {"dictionary.md": dictionary, "formulation.md": formulation}


def main() -> None:
    """Write every document."""
    for name, make in DOCUMENTS.items():
        (FOLDER / name).write_text(make(), encoding="utf-8")
        print(f"docs/{name}")


if __name__ == "__main__":
    main()
