"""The lock files: exact versions with hashes, no addresses, one set of versions."""

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LOCKS = ("runtime", "postgres", "cluster", "dev")
EXTRAS = {"runtime": (), "postgres": ("postgres",), "cluster": ("cluster",), "dev": ("dev", "postgres", "cluster")}

PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==(\S+)((?:\s*;[^\\]*)?)((?: \\\n +--hash=sha256:[0-9a-f]{64})+)$", re.MULTILINE)


def lines_that_are_not_pins(text: str) -> list[str]:
    """What stands in a lock besides hashed pins and comments."""
    rest = PIN.sub("", text)
    return [line for line in rest.splitlines() if line.strip() and not line.lstrip().startswith("#")]


@pytest.fixture(scope="module")
def lock_texts(repository):
    return {name: (repository / "requirements" / f"{name}.txt").read_text("utf-8") for name in LOCKS}


@pytest.fixture(scope="module")
def pins(lock_texts):
    return {name: {canonicalize_name(m[1]): m[2] for m in PIN.finditer(text)} for name, text in lock_texts.items()}


@pytest.fixture(scope="module")
def project(repository):
    return tomllib.loads((repository / "pyproject.toml").read_text("utf-8"))


@pytest.mark.parametrize("name", LOCKS)
def test_every_requirement_has_an_exact_version_and_a_hash(lock_texts, name):
    assert lines_that_are_not_pins(lock_texts[name]) == []
    assert PIN.search(lock_texts[name])


@pytest.mark.parametrize("name", LOCKS)
def test_no_lock_names_an_address_or_a_path(lock_texts, name):
    assert re.findall(r"https?:|file:/|index-url|find-links|trusted-host|@ |(?<![\w.])/\w+", lock_texts[name]) == []


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_holds_what_the_project_asks_for(pins, project, name):
    asked = [*project["build-system"]["requires"], *project["project"]["dependencies"]]
    for extra in EXTRAS[name]:
        asked += project["project"]["optional-dependencies"][extra]
    for requirement in map(Requirement, asked):
        version = pins[name].get(canonicalize_name(requirement.name))
        assert version is not None, f"{requirement} is not in requirements/{name}.txt: make lock"
        assert requirement.specifier.contains(version), f"{requirement} but {version} in requirements/{name}.txt: make lock"


@pytest.mark.parametrize("name", [n for n in LOCKS if n != "runtime"])
def test_a_larger_lock_agrees_with_the_runtime_lock(pins, name):
    differing = {package: (v, pins[name].get(package)) for package, v in pins["runtime"].items() if pins[name].get(package) != v}
    assert differing == {}


def test_every_dependency_has_an_upper_bound(project):
    asked = [*project["build-system"]["requires"], *project["project"]["dependencies"]]
    asked += [r for extra in project["project"]["optional-dependencies"].values() for r in extra]
    open_ended = [r for r in asked if not any(s.operator in ("~=", "<", "<=", "==") for s in Requirement(r).specifier)]
    assert open_ended == []


def test_no_tool_for_tests_is_installed_for_users(pins):
    assert pins["runtime"].keys() & {"pytest", "hypothesis", "ruff", "mypy", "playwright", "import-linter", "pip-tools"} == set()


@pytest.mark.parametrize("text", ["numpy==2.4.6\n", "numpy>=2 \\\n    --hash=sha256:" + "0" * 64, "--index-url somewhere\n"])
def test_a_loose_line_is_found(text):
    assert lines_that_are_not_pins(text)
