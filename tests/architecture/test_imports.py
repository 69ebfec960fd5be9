"""Who imports whom: portal, then optimisation and forecasting side by side, then data."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGES = ("portal", "optimisation", "forecasting", "data")
DRAWN_FROM_TABLES = ("portal/planning.py", "portal/charts", "portal/exports")
"""Parts of the portal that the command line uses too."""


def imported_by(source: str) -> set[str]:
    """Top-level names that a module imports."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


def test_import_contracts_hold(repository, tmp_path):
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()", "--cache-dir", tmp_path]
    result = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_no_module_hides_from_the_import_contracts(repository, modules):
    hidden = [module for module in modules if not (repository / module.parent / "__init__.py").exists()]
    assert hidden == [], "import-linter sees only folders that hold an __init__.py"


def test_charts_exports_and_the_chain_work_without_streamlit(repository, modules):
    drawing = [m for m in modules if m.as_posix().startswith(DRAWN_FROM_TABLES)]
    importing = [m.as_posix() for m in drawing if "streamlit" in imported_by((repository / m).read_text("utf-8"))]
    assert importing == []


@pytest.mark.parametrize("folder", ["portal", "portal/main", "portal/pages", "tests"])
def test_no_file_or_folder_hides_a_package_of_ours(repository, folder):
    packages = {"portal", "optimisation", "forecasting", "data"}
    inside = {Path(entry).stem for entry in (repository / folder).iterdir()} if (repository / folder).is_dir() else set()
    assert inside & packages == set(), f"a name in {folder} would be imported in place of the package"


def test_the_web_process_never_loads_the_solver(repository):
    """Neither drawing a page nor asking for a plan does: worker processes load it. Pages run when they are imported, so what they import is."""
    names = ["portal.asgi"]
    for page in [*(repository / "portal" / "pages").glob("*.py"), repository / "portal" / "main" / "app.py"]:
        for node in ast.walk(ast.parse(page.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in PACKAGES:
                names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    program = (
        "import importlib, importlib.util, sys\n"
        "for name in sys.argv[1:]:\n"
        "    parent, _, own = name.rpartition('.')\n"
        "    if not hasattr(sys.modules.get(parent), own):\n"
        "        importlib.import_module(name)\n"
        "print(*sorted({'pyomo', 'highspy'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", program, *dict.fromkeys(names)]
    result = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout.strip()) == (0, ""), result.stderr
    assert "portal.parts.plan_views" in names


@pytest.mark.parametrize("start", ["portal/asgi.py", "portal/main/app.py", *(f"portal/pages/{p}.py" for p in ("overview", "plan", "network"))])
def test_an_import_inside_a_function_brings_no_solver_either(repository, start):
    """Follows every import, also those inside functions, through the packages of ours."""
    waiting, seen = [repository / start], set()
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        source = path.read_text("utf-8")
        assert imported_by(source).isdisjoint({"pyomo", "highspy"}), f"{path.relative_to(repository)} imports the solver"
        waiting += [module for module in modules_of_ours(source, repository) if module.is_file()]
    assert repository / "portal" / "services.py" in seen


def modules_of_ours(source: str, repository: Path) -> set[Path]:
    """Files that may stand behind the imports of a module."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] in PACKAGES:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    paths = {repository.joinpath(*name.split(".")) for name in names}
    return {path.with_suffix(".py") for path in paths} | {path / "__init__.py" for path in paths}


def test_an_import_inside_a_function_is_seen():
    assert imported_by("def f():\n    from streamlit.web import cli\n") == {"streamlit"}
