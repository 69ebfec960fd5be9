"""What the architecture tests look at."""

import subprocess
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
PACKAGES = ("portal", "optimisation", "forecasting", "data")


@pytest.fixture(scope="session")
def repository():
    """Root folder of the repository."""
    return REPOSITORY


@pytest.fixture(scope="session")
def modules():
    """Path of every Python file of the product, relative to the repository."""
    found = sorted(path.relative_to(REPOSITORY) for package in PACKAGES for path in (REPOSITORY / package).rglob("*.py"))
    assert found
    return found


@pytest.fixture(scope="session")
def tracked():
    """Path of every file that is or could be committed, relative to the repository."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    return sorted(Path(name) for name in listing.stdout.split("\0") if name and (REPOSITORY / name).is_file())
