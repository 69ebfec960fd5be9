"""The generated documents say what the declarations say."""

import pytest

from data.assumptions import DECLARED
from data.fields import Table
from data.network import NETWORK_TABLES
from data.plan import PLAN_TABLES
from data.workforce_plan import WORKFORCE_TABLES
from docs.generate import DOCUMENTS, dictionary, formulation
from optimisation.allocation.model import EQUATIONS
from optimisation.allocation.objective import GOALS
from optimisation.allocation.parameters import PARAMETERS
from optimisation.allocation.variables import VARIABLES
from optimisation.workforce import model as workforce
from optimisation.workforce.objective import GOALS as WORKFORCE_GOALS


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_generated_document_is_current(name, repository):
    assert (repository / "docs" / name).read_text("utf-8") == DOCUMENTS[name](), f"docs/{name} is stale: make docs"


def test_the_dictionary_names_every_table_field_and_assumption():
    text = dictionary()
    tables: tuple[Table, ...] = (*NETWORK_TABLES, *PLAN_TABLES, *WORKFORCE_TABLES)
    named = {table.name for table in tables} | {field.name for table in tables for field in table.fields} | {a.name for a in DECLARED}
    assert {name for name in named if f"`{name}`" not in text} == set()


def test_the_formulation_holds_every_parameter_decision_equation_and_goal():
    text = formulation()
    named = {p.name for p in PARAMETERS} | {v.name for v in VARIABLES} | {e.tag for e in EQUATIONS} | {g.name for g in GOALS}
    named |= {p.name for p in workforce.BY_NAME.values()} | {v.name for v in workforce.VARIABLES} | {e.tag for e in workforce.EQUATIONS}
    named |= {g.name for g in WORKFORCE_GOALS}
    assert {name for name in named if f"`{name}`" not in text} == set()


def test_every_equation_states_its_mathematics_and_units():
    for equation in (*EQUATIONS, *workforce.EQUATIONS):
        section = formulation().partition(f"### `{equation.tag}`")[2].partition("###")[0]
        assert "\n    " in section, f"{equation.tag} has no mathematics"
        assert "Units:" in section, f"{equation.tag} has no units"
