"""Who imports whom: portal, then optimisation and forecasting side by side, then data."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

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


def test_an_import_inside_a_function_is_seen():
    assert imported_by("def f():\n    from streamlit.web import cli\n") == {"streamlit"}
