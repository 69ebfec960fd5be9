"""Every equation and the goal of the two trusts as text, compared with what is stored beside it.

SIXWEEKS_REGENERATE_GOLDEN=1 writes the texts again; read the difference before it is committed. The texts are a tripwire: what they say is
derived in the tests by hand.
"""

import pytest

from optimisation.workforce import equations
from optimisation.workforce.model import EQUATIONS, build_model
from optimisation.workforce.objective import GOALS
from tests.equations.hand import text_of
from tests.equations.stored_texts import HERE, claims, listed, reads_as_stored, stated_in
from tests.equations.workforce_hand import hand_problem

GOLDEN = HERE / "golden_workforce"
TAGS = [e.tag for e in EQUATIONS]
NAMES = [*TAGS, *(f"goal_{g.name}" for g in GOALS)]


@pytest.fixture(scope="module")
def model():
    return build_model(hand_problem())


@pytest.mark.parametrize("name", NAMES)
def test_an_equation_reads_as_stored(model, name):
    reads_as_stored(GOLDEN / f"{name}.txt", text_of(getattr(model, name)))


def test_no_equation_lacks_an_instance_by_hand_or_a_stored_text():
    named = claims("test_workforce_*.py")
    assert set(TAGS) - named == set()
    assert named - set(TAGS) == set(), "a test names an equation that is not in the list"
    assert set(NAMES) == {path.stem for path in GOLDEN.glob("*.txt")}


def test_every_function_that_states_an_equation_is_in_the_list():
    assert stated_in(equations) == listed(EQUATIONS)


def test_every_file_of_equations_has_a_file_of_tests():
    files = set(listed(EQUATIONS).values())
    assert {path.stem.removeprefix("test_workforce_") for path in HERE.glob("test_workforce_*.py")} - {"as_text", "units_and_use"} == files
