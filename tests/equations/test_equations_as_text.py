"""Every equation and goal of the hand problem as text, compared with what is stored beside it.

SIXWEEKS_REGENERATE_GOLDEN=1 writes the texts again; read the difference before it is committed. The texts are a tripwire: what they say is
derived in the tests by hand.
"""

import ast
import os
from pathlib import Path

import pytest

from optimisation.allocation import equations
from optimisation.allocation.model import EQUATIONS, build_model
from optimisation.allocation.objective import GOALS
from tests.equations.hand import hand_problem, text_of

HERE = Path(__file__).parent
GOLDEN = HERE / "golden"
REGENERATE = os.environ.get("SIXWEEKS_REGENERATE_GOLDEN") == "1"
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
    path = GOLDEN / f"{name}.txt"
    if REGENERATE:
        path.write_text(text, encoding="utf-8")
    assert path.is_file(), f"no {path.name}: set SIXWEEKS_REGENERATE_GOLDEN=1, and read what it writes"
    assert text == path.read_text("utf-8")


def claims():
    """Equations that a test by hand names: `test_<equation>__<claim>`."""
    found = set()
    for path in HERE.glob("test_equations_*.py"):
        found |= {
            function.name.removeprefix("test_").split("__")[0]
            for function in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(function, ast.FunctionDef) and "__" in function.name and calls(function, "over")
        }
    return found


def calls(function, name):
    """True where a function calls another by that name."""
    return any(isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id == name for n in ast.walk(function))


def test_no_equation_lacks_an_instance_by_hand_or_a_stored_text():
    assert set(TAGS) - claims() == set()
    assert claims() - set(TAGS) == set(), "a test names an equation that is not in the list"
    assert set(NAMES) == {path.stem for path in GOLDEN.glob("*.txt")}


def test_every_function_that_states_an_equation_is_in_the_list():
    stated = {}
    for path in Path(equations.__file__).parent.glob("*.py"):
        for function in ast.parse(path.read_text("utf-8")).body:
            if isinstance(function, ast.FunctionDef) and "\n\n    Units:" in (ast.get_docstring(function, clean=False) or ""):
                stated[function.name] = path.stem
    assert stated == {e.rule.__name__: e.rule.__module__.rpartition(".")[2] for e in EQUATIONS}


def test_a_tag_is_the_name_of_its_function():
    assert [e.rule.__name__ for e in EQUATIONS] == TAGS
    assert len(set(TAGS)) == len(TAGS)


def test_every_file_of_equations_has_a_file_of_tests():
    files = {e.rule.__module__.rpartition(".")[2] for e in EQUATIONS}
    assert {path.stem.removeprefix("test_equations_") for path in HERE.glob("test_equations_*.py")} - {"as_text"} == files
