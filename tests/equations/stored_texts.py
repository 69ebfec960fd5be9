"""What is asked of the equations of every model: a stored text, an instance by hand, a place in the list."""

import ast
import os
from pathlib import Path

HERE = Path(__file__).parent
REGENERATE = os.environ.get("SIXWEEKS_REGENERATE_GOLDEN") == "1"


def reads_as_stored(path, text):
    """Fails where the text is not the stored one; writes it where that was asked for."""
    if REGENERATE:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert path.is_file(), f"no {path.name}: set SIXWEEKS_REGENERATE_GOLDEN=1, and read what it writes"
    assert text == path.read_text("utf-8")


def claims(tests):
    """Equations that a test by hand names: `test_<equation>__<claim>`."""
    found = set()
    for path in HERE.glob(tests):
        found |= {
            function.name.removeprefix("test_").split("__")[0]
            for function in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(function, ast.FunctionDef) and "__" in function.name and calls(function, "over")
        }
    return found


def calls(function, name):
    """True where a function calls another by that name."""
    return any(isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id == name for n in ast.walk(function))


def stated_in(package):
    """Equation → file, of every function of a package that states one."""
    stated = {}
    for path in Path(package.__file__).parent.glob("*.py"):
        for function in ast.parse(path.read_text("utf-8")).body:
            if isinstance(function, ast.FunctionDef) and "\n\n    Units:" in (ast.get_docstring(function, clean=False) or ""):
                stated[function.name] = path.stem
    return stated


def listed(equations):
    """Equation → file, of a list of equations; each tag is the name of its function."""
    assert [e.rule.__name__ for e in equations] == [e.tag for e in equations]
    assert len({e.tag for e in equations}) == len(equations)
    return {e.tag: e.rule.__module__.rpartition(".")[2] for e in equations}
