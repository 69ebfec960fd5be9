"""Generated pages say what the declarations and equations say."""

from docs.generate import formulation, stale
from optimisation.allocation.model import EQUATIONS


def test_generated_pages_are_current():
    assert stale() == [], "run make docs"


def test_the_formulation_states_every_equation_with_its_units():
    page = formulation()
    for equation in EQUATIONS:
        section = page.split(f"### `{equation.tag}`")[1].split("###")[0]
        assert "Units:" in section, equation.tag
