"""Claims about the return as text that hold for generated files."""

import random
from types import SimpleNamespace

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from data import plain_text
from data.activity import KINDS, WAITING
from data.errors import Refused
from data.plain_text import strings
from data.sources.dm01 import read
from data.text_rows import TextRows, text_rows
from data.unpacking import contents_of
from tests.networks.full_extract import as_csv, as_gzip, as_zip, extract_rows, tidy_rows

FIGURES = [*(f"done_{kind}" for kind in KINDS), *WAITING]
FEWER = settings(max_examples=max(10, settings().max_examples // 8))  # a case takes a tenth of a second

STARTS = [b"", b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b\x08\x00", b"\xff\xfe", b"\xef\xbb\xbf", as_csv(tidy_rows())[:400]]
WHOLE = [as_csv(extract_rows()), as_csv(tidy_rows()), as_zip(("a.csv", as_csv(extract_rows()))), as_gzip(as_csv(tidy_rows()))]
NAMES = st.lists(st.text("ABCDEFGHJK0123456789", min_size=3, max_size=5), min_size=1, max_size=4, unique=True)


def check(content):
    """Whatever the bytes are, they are read or refused in words."""
    reading = read(content, "any.csv")
    assert reading.is_refused == reading.frame.empty
    for finding in reading.findings:
        assert finding.file == "any.csv"
        assert all((finding.rule, finding.found, finding.expected, finding.mend))
        assert "\n" not in finding.sentence()
    return reading


@given(st.builds(bytes.__add__, st.sampled_from(STARTS), st.binary(max_size=2000)))
@example(b"")
@example(b"\n")
def test_any_bytes_are_refused_in_words(content):
    assert check(content).is_refused


@given(st.sampled_from(WHOLE), st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=6), st.just(1.0) | st.floats(0, 1))
def test_a_damaged_file_is_read_or_refused_in_words(content, changes, end):
    harmed = bytearray(content)
    for where, value in changes:
        harmed[int(where * (len(harmed) - 1))] = value
    check(bytes(harmed[: int(len(harmed) * end)]))


def rows_or_reason(read_rows, content):
    """What a reader makes of a text: its rows by number, or the rule and row of its refusal."""
    try:
        text = text_rows(contents_of(content, "any.csv"))
        return [(int(n), list(cells)) for part in read_rows(text) for n, *cells in zip(part.rows, *map(list, part.columns), strict=True)]
    except Refused as error:
        return [(f.rule, f.row) for f in error.findings]


def fast(text):
    return (SimpleNamespace(rows=part.rows, columns=[c.to_pylist() for c in part.columns]) for part in strings(text))


@given(st.text('ab,1 "\n\r;\té', max_size=60), st.integers(1, 20))
def test_the_fast_reader_and_the_strict_one_agree_on_every_text(text, piece):
    content = b"x,y\n" + text.encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plain_text, "PIECE", piece)
        assert rows_or_reason(fast, content) == rows_or_reason(TextRows.blocks, content)


@FEWER
@given(NAMES, NAMES, st.sets(st.integers(1, 15), min_size=1, max_size=5), st.booleans(), st.booleans(), st.randoms(use_true_random=False))
def test_the_order_of_rows_the_totals_and_the_names_of_tests_change_nothing(providers, commissioners, tests, long_names, totals, shuffle):
    plain = extract_rows(providers=providers, commissioners=commissioners, tests=sorted(tests), totals=False)
    dressed = extract_rows(providers=providers, commissioners=commissioners, tests=sorted(tests), long_names=long_names, totals=totals)
    shuffle.shuffle(dressed)
    expected, found = (check(as_csv(rows)) for rows in (plain, dressed))
    assert found.findings == ()
    pd.testing.assert_frame_equal(found.frame, expected.frame)


@FEWER
@given(NAMES, NAMES, st.integers(0, 10_000))
def test_every_figure_of_the_extract_is_in_the_sums_once(providers, commissioners, seed):
    rows = extract_rows(("MARCH-2026", "APRIL-2026"), providers=providers, commissioners=commissioners)
    random.Random(seed).shuffle(rows)  # noqa: S311 - an order, not a secret
    frame = check(as_csv(rows)).frame
    counted = [r for r in rows if r["Diagnostic Tests"] != "TOTAL"]
    assert frame[WAITING].to_numpy().sum() == sum(int(r["Total WL"]) for r in counted)
    assert frame[FIGURES[: len(KINDS)]].to_numpy().sum() == sum(int(r["Total Activity"]) for r in counted)
    assert len(frame) == 2 * len(providers) * 4


@FEWER
@given(st.lists(st.sampled_from(range(24)), min_size=1, max_size=6), st.data())
def test_no_row_can_be_given_twice_unseen(places, data):
    rows = extract_rows()
    extra = [rows[i % len(rows)] for i in places]
    position = data.draw(st.integers(0, len(rows)))
    reading = check(as_csv([*rows[:position], *extra, *rows[position:]]))
    assert len([f for f in reading.findings if f.rule == "duplicate-row"]) == len(extra)
