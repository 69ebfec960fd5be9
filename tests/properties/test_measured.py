"""Measured figures, whatever the extract holds: intervals hold the figure, shares stay shares, the product is what was done."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.intervals import ratio, share
from data.measured import accepted, measured
from data.measuring import Seen
from data.store.imaging import PATTERNS
from tests.networks.small import small_parts

PARTS = small_parts()
DAYS = pd.date_range("2026-05-04", periods=40)

a_day = st.tuples(st.integers(1, 60), st.floats(0.5, 900), st.floats(1, 900))
"""Examinations, minutes scanned and minutes open of one scanner and day; examinations may overlap."""


def seen_of(days, missed, kept, idle, working, acute, every):
    rows = [("a1", "ct", "007", day, minutes, opened, min(n, acute), n) for day, (n, minutes, opened) in zip(DAYS, days, strict=False)]

    def frame(name, rows):
        table = PATTERNS[name]
        return table.typed(pd.DataFrame(rows, columns=table.columns))

    inside = sum(row[6] for row in rows)
    return Seen(
        planned=frame("planned", rows),
        attendance=frame("attendance", [("a1", "ct", missed, 0, 0, missed + kept, missed / (missed + kept), 0.0, missed + kept)]),
        downtime=frame("downtime", [("a1", "007", DAYS[0], DAYS[-1], min(idle, working), min(idle, working) / working, working)]),
        acute=frame("acute", [("a1", "ct", inside + every, 0.5, 2 * (inside + every) + 1)]),
        turnaround=PATTERNS["turnaround"].empty(), by_hour=PATTERNS["by_hour"].empty(), months={"AAA": ("2026-05", "2026-06")},
    )  # fmt: skip


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_the_interval_of_a_share_holds_it_and_stays_between_none_and_all(hits, of):
    value, low, high = share(min(hits, of), of)
    assert 0 <= low <= value <= high <= 1


@given(st.lists(st.tuples(st.floats(0, 1e6), st.floats(0.01, 1e6)), min_size=2, max_size=30))
def test_the_interval_of_a_ratio_holds_it_and_is_never_below_none(clusters):
    value, low, high = ratio([y for y, _ in clusters], [x for _, x in clusters])
    assert 0 <= low <= value <= high


@settings(max_examples=max(10, settings().max_examples // 4))  # a case takes a tenth of a second
@given(
    st.lists(a_day, min_size=1, max_size=40), st.integers(0, 300), st.integers(1, 3000), st.integers(0, 40), st.integers(1, 40), st.integers(0, 5),
    st.integers(0, 300),
)  # fmt: skip
def test_the_product_is_what_was_done_and_every_interval_holds_its_figure(days, missed, kept, idle, working, acute, every):
    rows = measured(PARTS.network, PARTS.assumptions, seen_of(days, missed, kept, idle, working, acute, every))
    found = {r.measure: r for r in rows.itertuples()}
    done, opened = sum(n for n, _, _ in days), sum(o for _, _, o in days) / 60
    product = found["scans_per_hour"].value * found["utilisation"].value * (1 - found["dna_rate"].value)
    assert product == pytest.approx(done / opened)
    for name, row in found.items():
        if name != "scans_per_hour":
            assert 0 <= row.value <= 1, name
        if row.low == row.low:
            assert row.low <= row.value * (1 + 1e-12), name
            assert row.high >= row.value * (1 - 1e-12), name
    offered = rows[rows["offered"]]
    assert (offered["n"] >= 100).all()
    PARTS.assumptions.with_rows(accepted(offered, owner="Ann", on=DAYS[0]))
