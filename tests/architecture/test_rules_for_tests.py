"""The rules of tests/conftest.py, tried on a tree of tests made for it."""

import os
import shutil
import subprocess
import sys

import pytest

SKIPS = """
import pytest

def test_lacks_a_part():
    pytest.skip("no browser here")

@pytest.mark.skipif(True, reason="no database here")
def test_lacks_another():
    pass

def test_lacks_the_published_data(shared_data):
    pass

@pytest.mark.xfail(reason="known", strict=True)
def test_known_to_fail():
    assert False
"""


@pytest.fixture
def run_tests(repository, tmp_path):
    """Runs pytest on a small tree under the rules of this repository; returns the exit code and what was printed."""

    def run(files, *arguments, require_all=False):
        tree = tmp_path / "repository"
        (tree / "tests").mkdir(parents=True)
        shutil.copy(repository / "pyproject.toml", tree)
        shutil.copy(repository / "tests" / "conftest.py", tree / "tests")
        for name, text in files.items():
            (tree / "tests" / name).parent.mkdir(exist_ok=True)
            (tree / "tests" / name).write_text(text, encoding="utf-8")
        switches = {"SIXWEEKS_REQUIRE_ALL": "1" if require_all else "0", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        environment = {**os.environ, **switches}
        plugins = [word for name in ("pytest_timeout", "xdist.plugin", "no:cacheprovider") for word in ("-p", name)]
        command = [sys.executable, "-m", "pytest", *plugins, *arguments]
        result = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)
        return result.returncode, result.stdout + result.stderr

    return run


def test_a_folder_is_a_marker(run_tests):
    code, text = run_tests({"unit/test_a.py": "def test_a(): pass\n", "golden/test_b.py": "def test_b(): pass\n"}, "-m", "golden", "-v")
    assert code == 0
    assert "1 passed, 1 deselected" in text


@pytest.mark.parametrize("place", ["test_a.py", "elsewhere/test_a.py"])
def test_a_test_in_a_wrong_place_is_refused(run_tests, place):
    code, text = run_tests({place: "def test_a(): pass\n"})
    assert code == pytest.ExitCode.USAGE_ERROR
    assert "in a wrong place" in text


def test_a_marker_of_another_folder_is_refused(run_tests):
    code, text = run_tests({"unit/test_a.py": "import pytest\n@pytest.mark.browser\ndef test_a(): pass\n"})
    assert code == pytest.ExitCode.USAGE_ERROR
    assert "is marked browser but stands in tests/unit" in text


def test_a_missing_part_skips_with_its_reason(run_tests):
    code, text = run_tests({"unit/test_a.py": SKIPS})
    assert code == 0
    assert "3 skipped, 1 xfailed" in text
    assert "no browser here" in text


@pytest.mark.parametrize("processes", [0, 2])
def test_a_missing_part_fails_where_everything_is_required(run_tests, processes):
    code, text = run_tests({"unit/test_a.py": SKIPS}, "-n", str(processes), require_all=True)
    assert code == pytest.ExitCode.TESTS_FAILED
    assert "1 failed, 1 skipped, 1 xfailed, 1 error" in text
    assert "Skipped where everything is required (SIXWEEKS_REQUIRE_ALL=1): no database here" in text


@pytest.mark.parametrize(("processes", "failed"), [(0, pytest.ExitCode.INTERRUPTED), (2, pytest.ExitCode.TESTS_FAILED)])
def test_a_skipped_module_fails_where_everything_is_required(run_tests, processes, failed):
    files = {"unit/test_a.py": "import pytest\npytest.importorskip('no_such_library')\n"}
    code, text = run_tests(files, "-n", str(processes), require_all=True)
    assert code == failed
    assert "Skipped where everything is required" in text
    assert "no_such_library" in text


BESIDE = """
import time
from pathlib import Path
import pytest

@pytest.mark.parametrize("k", range(30))
def test_among_others(k):
    with Path("seen").open("a") as seen:
        seen.write("begins")
        seen.flush()
        time.sleep(0.02)
        seen.write("ends")
"""

ALONE = """
import time
from pathlib import Path
import pytest

@pytest.mark.alone
@pytest.mark.parametrize("k", range(5))
def test_alone(k):
    before = Path("seen").read_text() if Path("seen").exists() else ""
    time.sleep(0.1)
    assert not before or Path("seen").read_text() == before
    assert before.count("begins") == before.count("ends")
"""


def test_a_test_that_must_be_alone_runs_while_the_others_wait(run_tests):
    code, text = run_tests({"unit/test_a.py": ALONE, "unit/test_b.py": BESIDE}, "-n", "2", "--dist", "loadfile")
    assert code == 0, text
    assert "35 passed" in text


def test_a_warning_is_an_error(run_tests):
    code, text = run_tests({"unit/test_a.py": "import warnings\ndef test_a(): warnings.warn('old', DeprecationWarning)\n"})
    assert code == pytest.ExitCode.TESTS_FAILED
    assert "DeprecationWarning: old" in text
