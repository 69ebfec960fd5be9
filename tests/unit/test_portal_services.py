"""What pages ask for: answers about what never changes are kept."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from data.errors import NotFound
from portal import services


@pytest.fixture(autouse=True)
def own_store(tmp_path, monkeypatch):
    """Another store for each test."""
    monkeypatch.setenv("SIXWEEKS_HOME", str(tmp_path))
    monkeypatch.delenv("SIXWEEKS_DATABASE_URL", raising=False)
    yield
    services.store().close()


def counted(most=2, seconds=0.0):
    asked = []

    @services.kept(most)
    def square(n):
        asked.append(n)
        time.sleep(seconds)
        if n < 0:
            raise NotFound("There is no such number.")
        return n * n

    return square, asked


def test_an_answer_is_worked_out_once_however_many_ask_at_the_same_time():
    square, asked = counted(seconds=0.05)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(square, [3] * 4)) == [9] * 4
    assert asked == [3]


def test_only_the_newest_answers_are_kept():
    square, asked = counted(most=1)
    assert [square(2), square(3), square(2)] == [4, 9, 4]
    assert asked == [2, 3, 2]


def test_an_answer_of_another_store_is_not_taken(tmp_path, monkeypatch):
    square, asked = counted()
    square(2)
    monkeypatch.setenv("SIXWEEKS_HOME", str(tmp_path / "another"))
    square(2)
    services.store().close()
    monkeypatch.setenv("SIXWEEKS_HOME", str(tmp_path))
    assert asked == [2, 2]


def test_an_error_is_not_kept():
    square, asked = counted()
    for _ in range(2):
        with pytest.raises(NotFound):
            square(-1)
    assert asked == [-1, -1]
