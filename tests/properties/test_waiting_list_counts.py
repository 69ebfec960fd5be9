"""Claims about counting waiting list extracts that hold for whatever an extract holds."""

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from data.activity import WAITING
from data.intake_local import take_in_lists
from data.networks.make_waiting_lists import extract, extract_bytes
from data.sources import waiting_list
from data.sources.mapping import ColumnMapping
from tests.networks.extracts import patient, read, small_dataset
from tests.small_networks import few

DATASET = small_dataset()
NOTHING = ColumnMapping("waiting_list")
SNAPSHOT = pd.Timestamp("2026-06-28")


@st.composite
def patients(draw):
    """A row of an extract that waits, and how many missed appointments it has."""
    days = draw(st.integers(0, 500))
    return patient(
        Provider_Code=draw(st.sampled_from(["AAA", "BBB"])), Site_Code=draw(st.sampled_from(["a1", "b1", "", "elsewhere"])),
        Diagnostic_Modality=draw(st.sampled_from(["CT", "BARIUM_ENEMA", "ct"])), DNA_Count=str(draw(st.integers(0, 9))),
        Diagnostic_Clock_Start_Date=f"{SNAPSHOT - pd.Timedelta(days=days):%d/%m/%Y}", Age=draw(st.sampled_from(["", "3", "70", "85+"])),
        Diagnostic_Priority_Code=draw(st.sampled_from(["D1", "D2", "D3", "D4", ""])), IMD_Decile=draw(st.sampled_from(["", "1", "10"])),
        Booked_Date=draw(st.sampled_from(["", "30/06/2026"])), Rural_Urban=draw(st.sampled_from(["", "Rural", "Urban"])),
    )  # fmt: skip


@few(10)
@given(st.lists(patients(), min_size=1, max_size=12))
def test_everybody_is_counted_once_whatever_they_are_counted_by(rows):
    made, _ = take_in_lists(DATASET, [read(*rows)], NOTHING)
    lists = made.own_lists
    assert lists["patients"].sum() == len(rows)
    assert lists["dna"].sum() == sum(int(r["DNA_Count"]) for r in rows)
    for organisation, counted in lists.groupby("organisation")["patients"].sum().items():
        assert counted == sum(r["Provider_Code"] == organisation for r in rows)


@few(5)
@given(st.lists(patients(), min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(rows, random):
    shuffled = random.sample(rows, len(rows))
    made, _ = take_in_lists(DATASET, [read(*rows)], NOTHING)
    again, intake = take_in_lists(made, [read(*shuffled)], NOTHING)
    assert again is made
    assert not intake.replaced


@few(10)
@given(st.integers(0, 10_000))
def test_an_invented_extract_of_the_newest_month_has_the_lists_of_that_month(seed):
    date = DATASET.activity.snapshot_date
    rows = extract(DATASET.network, date, seed, DATASET.activity)
    waiting = rows[rows["Waiting_List_Type"] == "Waiting list"]
    reading = waiting_list.read(extract_bytes(waiting), "invented.csv")
    made, _ = take_in_lists(DATASET, [reading], NOTHING)
    split = made.waiting_list_by_priority.rows
    assert "all" not in set(split["priority"])
    ours = split.groupby(["organisation", "test", "weeks_waited"])["patients"].sum().to_dict()
    newest = DATASET.activity.rows[DATASET.activity.rows["period"] == DATASET.activity.latest]
    assert ours == {(r["organisation"], r["test"], k): r[name] for _, r in newest.iterrows() for k, name in enumerate(WAITING)}


@few(5)
@given(st.integers(0, 10_000))
def test_the_same_seed_invents_the_same_extract(seed):
    date = DATASET.activity.snapshot_date
    assert extract_bytes(extract(DATASET.network, date, seed)) == extract_bytes(extract(DATASET.network, date, seed))
