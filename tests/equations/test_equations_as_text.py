"""Every equation and goal of the hand problem as text, compared with what is stored beside it.

SIXWEEKS_REGENERATE_GOLDEN=1 writes the texts again; read the difference before it is committed. The texts are a tripwire: what they say is
derived in the tests by hand.
"""

import pytest

from optimisation.allocation import equations
from optimisation.allocation.model import EQUATIONS, build_model
from optimisation.allocation.objective import GOALS
from tests.equations.hand import hand_problem, text_of
from tests.equations.stored_texts import HERE, claims, listed, reads_as_stored, stated_in

GOLDEN = HERE / "golden"
TAGS = [e.tag for e in EQUATIONS]
NAMES = [*TAGS, *(f"goal_{g.name}" for g in GOALS)]


@pytest.fixture(scope="module")
def models():
    """Two weeks; with the rota fixed, for what exists only then; seven weeks, for what stands at the end of a plan; goals of some emphases only."""
    some = (hand_problem(), hand_problem(fixed=True), hand_problem(weeks=7), hand_problem(emphasis="fairest"), hand_problem(emphasis="least_change"))
    return [build_model(p) for p in some]


@pytest.mark.parametrize("name", NAMES)
def test_an_equation_reads_as_stored(models, name):
    text = next(text_of(getattr(m, name)) for m in models if hasattr(m, name))
    reads_as_stored(GOLDEN / f"{name}.txt", text)


def test_no_equation_lacks_an_instance_by_hand_or_a_stored_text():
    named = claims("test_equations_*.py")
    assert set(TAGS) - named == set()
    assert named - set(TAGS) == set(), "a test names an equation that is not in the list"
    assert set(NAMES) == {path.stem for path in GOLDEN.glob("*.txt")}


def test_every_function_that_states_an_equation_is_in_the_list():
    assert stated_in(equations) == listed(EQUATIONS)


def test_every_file_of_equations_has_a_file_of_tests():
    files = set(listed(EQUATIONS).values())
    assert {path.stem.removeprefix("test_equations_") for path in HERE.glob("test_equations_*.py")} - {"as_text"} == files
