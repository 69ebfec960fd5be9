"""Every equation and goal of the problems by hand as text, compared with what is stored beside them.

SIXWEEKS_REGENERATE_GOLDEN=1 writes the texts again; read the difference before it is committed. The texts are a tripwire: what they say is
derived in the tests by hand.
"""

from functools import cache
from types import SimpleNamespace

import pytest

from optimisation.allocation import equations as weekly_equations
from optimisation.allocation import model as weekly
from optimisation.allocation import objective as weekly_goals
from optimisation.workforce import equations as yearly_equations
from optimisation.workforce import model as yearly
from optimisation.workforce import objective as yearly_goals
from tests.equations import hand, workforce_hand
from tests.equations.stored_texts import HERE, claims, listed, reads_as_stored, stated_in

MODELS = {
    "allocation": SimpleNamespace(
        model=weekly, equations=weekly_equations, goals=weekly_goals.GOALS, golden=HERE / "golden", tests="test_equations_",
        # Two weeks; with the rota fixed, for what exists only then; seven weeks, for the end of a plan; goals of some emphases only.
        problems=lambda: [hand.hand_problem(), hand.hand_problem(fixed=True), hand.hand_problem(weeks=7), hand.hand_problem(emphasis="fairest"),
                          hand.hand_problem(emphasis="least_change")],
    ),
    "workforce": SimpleNamespace(
        model=yearly, equations=yearly_equations, goals=yearly_goals.GOALS, golden=HERE / "golden_workforce", tests="test_workforce_",
        problems=lambda: [workforce_hand.hand_problem()],
    ),
}  # fmt: skip


def tags(which):
    return [e.tag for e in MODELS[which].model.EQUATIONS]


def names(which):
    return [*tags(which), *(f"goal_{g.name}" for g in MODELS[which].goals)]


@cache
def built(which):
    return [MODELS[which].model.build_model(p) for p in MODELS[which].problems()]


@pytest.mark.parametrize(("which", "name"), [(which, name) for which in MODELS for name in names(which)])
def test_an_equation_reads_as_stored(which, name):
    text = next(hand.text_of(getattr(m, name)) for m in built(which) if hasattr(m, name))
    reads_as_stored(MODELS[which].golden / f"{name}.txt", text)


@pytest.mark.parametrize("which", MODELS)
def test_no_equation_lacks_an_instance_by_hand_or_a_stored_text(which):
    named = claims(f"{MODELS[which].tests}*.py")
    assert set(tags(which)) - named == set()
    assert named - set(tags(which)) == set(), "a test names an equation that is not in the list"
    assert set(names(which)) == {path.stem for path in MODELS[which].golden.glob("*.txt")}


@pytest.mark.parametrize("which", MODELS)
def test_every_function_that_states_an_equation_is_in_the_list(which):
    assert stated_in(MODELS[which].equations) == listed(MODELS[which].model.EQUATIONS)


@pytest.mark.parametrize("which", MODELS)
def test_every_file_of_equations_has_a_file_of_tests(which):
    files, start = set(listed(MODELS[which].model.EQUATIONS).values()), MODELS[which].tests
    assert {path.stem.removeprefix(start) for path in HERE.glob(f"{start}*.py")} - {"as_text", "units_and_use"} == files
