"""The example networks: complete, evidenced, reproducible, and such as their texts say."""

import gzip
import itertools
import shutil

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from data import folder
from data.activity import BANDS, WAITING
from data.assumptions import ASSUMPTIONS, defaults_in_force
from data.errors import Refused
from data.evidence import EVIDENCE
from data.folder import DECLARED_EXAMPLES, demonstration, example_networks, read_folder
from data.network import NETWORK_TABLES, WEEKDAYS
from data.networks.history_tables import read_history_tables
from data.networks.make_history import HISTORY_FILE, history, history_bytes, main

FOLDERS = example_networks()
DEMO = "lancashire_south_cumbria"
TINY = "four_trusts_one_week"
GENERATED = (DEMO, "two_trusts_endoscopy")
EVIDENCE_COLUMNS = [f.name for f in EVIDENCE]


@pytest.fixture(scope="module")
def parts():
    return {name: read_folder(folder) for name, folder in FOLDERS.items()}


@pytest.fixture(scope="module")
def regenerated():
    return {name: history(FOLDERS[name]) for name in GENERATED}


@pytest.fixture(scope="module")
def demo(parts):
    return parts[DEMO]


def lists_of(activity):
    """Rows with the length of the list and how many wait six weeks or more, by month."""
    rows = activity.rows
    total = rows[WAITING].sum(axis=1)
    rows = rows.assign(total=total, over=rows[WAITING[6:]].sum(axis=1), old=rows[WAITING[5:]].sum(axis=1))
    previous = rows.groupby(["organisation", "test"])["total"].shift()
    return rows.assign(previous=previous, additions=rows["done_waiting_list"] + total - previous)


def test_the_demo_the_endoscopy_and_the_tiny_network_are_there():
    assert set(FOLDERS) == {DEMO, TINY, "two_trusts_endoscopy"}


def test_the_demonstration_is_the_one_that_the_examples_declare(tmp_path, monkeypatch):
    assert demonstration() == DEMO
    (tmp_path / DECLARED_EXAMPLES).write_text('demonstration = "another"\n', encoding="utf-8")
    monkeypatch.setattr(folder, "EXAMPLES", tmp_path)
    assert demonstration() == "another"


@pytest.mark.parametrize("name", FOLDERS)
def test_a_network_reads_without_a_finding_and_says_it_is_synthetic(name, parts):
    assert parts[name].findings.summary() == ""
    assert parts[name].network.synthetic
    assert parts[name].network.plannable
    assert parts[name].activity is not None


@pytest.mark.parametrize("name", FOLDERS)
def test_every_row_of_figures_says_where_it_comes_from(name, parts):
    frames = {t.name: parts[name].network[t.name] for t in NETWORK_TABLES if set(EVIDENCE_COLUMNS) <= set(t.columns)}
    frames[ASSUMPTIONS.name] = parts[name].assumptions.rows
    if name in GENERATED:
        frames["history/lists"] = read_history_tables(FOLDERS[name]).lists
    for table, rows in frames.items():
        for column in ("basis", "reason", "owner", "confidence"):
            assert (rows[column] != "").all(), f"{table}: {column}"
        assert rows["dated"].notna().all(), table
        assert (rows.loc[rows["basis"] != "assumption", "source"] != "").all(), table
        assert rows["reason"].str.match(r"^[A-Z0-9£'].*\.$").all(), f"{table}: a reason is a sentence"


def test_the_demo_has_figures_of_each_basis(demo):
    assert set(demo.assumptions.rows["basis"]) == {"sourced", "assumption", "derived"}
    assert {"sourced", "assumption"} <= set(demo.network["assets"]["basis"])


@pytest.mark.parametrize("name", FOLDERS)
def test_no_built_in_default_is_in_force(name, parts):
    assert defaults_in_force(parts[name].assumptions.rows).summary() == ""


@pytest.mark.parametrize("name", GENERATED)
def test_the_committed_history_is_what_the_generator_makes(name, parts, regenerated):
    committed = FOLDERS[name] / HISTORY_FILE
    assert gzip.decompress(history_bytes(regenerated[name])) == gzip.decompress(committed.read_bytes())
    assert parts[name].activity.content_id == regenerated[name].content_id


def test_equal_histories_are_packed_into_equal_bytes(regenerated):
    activity = regenerated[GENERATED[1]]
    assert history_bytes(activity) == history_bytes(activity.changed(activity=activity.rows))


@pytest.fixture
def small_copy(tmp_path):
    """A copy of the smaller generated network with one month of history and a short warm-up."""
    folder = tmp_path / "copy"
    shutil.copytree(FOLDERS[GENERATED[1]], folder)
    edit(folder, "settings", lambda t: t.assign(months="1", warm_up_weeks="4"))
    return folder


def edit(folder, table, change):
    path = folder / "history" / f"{table}.csv"
    change(pd.read_csv(path, dtype=str, keep_default_na=False)).to_csv(path, index=False)


def test_another_seed_makes_another_history(small_copy):
    before = history(small_copy)
    edit(small_copy, "settings", lambda t: t.assign(seed="1"))
    assert history(small_copy).content_id != before.content_id


def test_the_order_of_lists_in_their_table_changes_nothing(small_copy):
    before = history(small_copy)
    edit(small_copy, "lists", lambda t: t.iloc[::-1])
    assert history(small_copy).content_id == before.content_id


def test_the_command_writes_the_history_it_made(small_copy, capsys):
    assert main([str(small_copy)]) == 0
    assert "6 rows, 1 months" in capsys.readouterr().out
    assert (small_copy / HISTORY_FILE).read_bytes() == history_bytes(history(small_copy))
    assert main([]) == 2


@pytest.mark.parametrize(
    ("table", "change", "said"),
    [
        ("lists", lambda t: t.assign(additions=["many", *t["additions"][1:]]), 'lists.csv, row 2, column "Additions": found "many"'),
        ("lists", lambda t: t.assign(order=["sideways", *t["order"][1:]]), 'lists.csv, row 2, column "Order": found "sideways"'),
        ("lists", lambda t: t.assign(urgent="0.99"), "lists.csv, row 2"),
        ("lists", lambda t: t.iloc[:0], "lists.csv: found no rows"),
        ("seasons", lambda t: t[t["month"] != "7"], "found no row for month 7"),
    ],
)
def test_a_wrong_history_table_is_refused_with_its_place(table, change, said, small_copy, capsys):
    edit(small_copy, table, change)
    with pytest.raises(Refused) as refused:
        history(small_copy)
    assert said in str(refused.value)
    assert main([str(small_copy)]) == 1
    assert said in capsys.readouterr().err


def test_a_missing_history_table_is_refused(small_copy):
    (small_copy / "history" / "orders.csv").unlink()
    with pytest.raises(Refused, match=r"orders\.csv: found no such file"):
        history(small_copy)


@pytest.mark.parametrize("name", GENERATED)
def test_a_history_has_two_years_of_every_list_in_whole_patients(name, parts):
    rows = parts[name].activity.rows
    lists = read_history_tables(FOLDERS[name]).lists
    assert parts[name].activity.periods == list(pd.date_range("2024-11-01", "2026-10-01", freq="MS"))
    assert len(rows) == 24 * len(lists)
    counts = rows.drop(columns=["organisation", "test", "period"])
    assert (counts == np.floor(counts)).all().all()


@pytest.mark.parametrize("name", FOLDERS)
def test_additions_are_never_below_zero(name, parts):
    additions = lists_of(parts[name].activity)["additions"].dropna()
    assert (additions >= 0).all()


@pytest.mark.parametrize("name", FOLDERS)
def test_whoever_has_waited_five_weeks_was_on_the_list_a_month_ago(name, parts):
    rows = lists_of(parts[name].activity).dropna(subset=["previous"])
    assert (rows["old"] <= rows["previous"]).all()


def test_months_with_more_working_days_have_more_activity(parts, regenerated):
    monthly = parts[DEMO].activity.rows.groupby("period")["done_waiting_list"].sum()
    assert monthly[pd.Timestamp("2025-10-01")] > 1.15 * monthly[pd.Timestamp("2025-12-01")]


def test_the_demo_does_not_serve_in_turn(demo):
    rows = lists_of(demo.activity)
    newest = rows[rows["period"] == demo.activity.latest]
    # Strictly in turn, a month that sees more patients than were waiting at its start leaves nobody from before it.
    would_be_clear = newest[newest["done_waiting_list"] > newest["previous"]]
    assert (would_be_clear["over"] > 50).sum() >= 3


def test_waits_in_the_demo_are_very_unequal(demo):
    rows = lists_of(demo.activity)
    newest = rows[rows["period"] == demo.activity.latest]
    shares = newest.assign(share=newest["over"] / newest["total"]).set_index(["organisation", "test"])["share"].unstack("organisation")
    assert (shares.max() >= 0.4).sum() == 1
    worst = shares.max().idxmax()
    assert (shares[worst] > 0.4).sum() >= 2
    best = shares.max().idxmin()
    assert shares[best].max() < 0.05
    totals = newest.groupby("organisation")[["over", "total"]].sum()
    assert totals.loc[worst, "over"] / totals.loc[worst, "total"] > 0.35
    assert totals.loc[best, "over"] / totals.loc[best, "total"] < 0.05


@pytest.mark.parametrize("name", FOLDERS)
def test_whoever_does_a_test_has_an_asset_for_it(name, parts):
    network = parts[name].network
    assets = network["assets"].merge(network["capabilities"], on="asset_type")
    able = set(zip(assets["site"].map(network.owner), assets["test"], strict=True))
    rows = parts[name].activity.rows
    done = rows[(rows.filter(like="done_").sum(axis=1) > 0) & rows["test"].isin(network.allocated_tests)]
    assert set(zip(done["organisation"], done["test"], strict=True)) <= able


@pytest.mark.parametrize("name", GENERATED)
def test_the_register_holds_the_recent_work_with_room_to_spare_and_little_idle(name, parts):
    load = load_by_asset_type(parts[name])
    assert load.between(0.55, 0.95).all(), load.round(3).to_dict()


def load_by_asset_type(parts):
    """Minutes of recent work over the most minutes the register gives, by organisation and asset type.

    Computed from the tables alone, apart from the code that derives the rota: examinations a week × minutes, less what mobile units hold
    where they stand, over assets × openings × share that may be used × utilisation × (1 - DNA).
    """
    network, assumptions = parts.network, parts.assumptions
    types = network["session_types"]
    week_minutes = types[list(WEEKDAYS)].sum(axis=1) * types["minutes"]
    stations = network["assets"].groupby(["site", "asset_type"], as_index=False).size()
    stations["organisation"] = stations["site"].map(network.owner)
    stations["yield"] = assumptions.values("utilisation", stations) * (1 - assumptions.values("dna_rate", stations))
    stations["most"] = 0.0
    for session_type, minutes in zip(types["session_type"], week_minutes, strict=True):
        share = assumptions.values("session_share", stations.assign(session_type=session_type, week=pd.Timestamp("2026-12-07")))
        stations["most"] += stations["size"] * minutes * share * stations["yield"]
    able = stations.merge(network["capabilities"], on="asset_type")
    able["speed"] = assumptions.values("scans_per_hour", able) / 60 * able["size"]
    speed = able.groupby(["organisation", "asset_type", "test"])[["speed", "size"]].sum()
    work = weekly_work(parts).join((speed["size"] / speed["speed"]).rename("minutes"), how="inner")
    needed = (work["patients"] * work["minutes"]).groupby(["organisation", "asset_type"]).sum()
    most = stations.groupby(["organisation", "asset_type"])["most"].sum()
    return (needed - mobile_minutes(parts).reindex(needed.index, fill_value=0.0)) / most


def weekly_work(parts):
    """Examinations a week inside planned sessions, mean of the last three months, by organisation and test."""
    rows = parts.activity.rows
    start = parts.activity.latest - pd.DateOffset(months=2)
    days = (parts.activity.snapshot_date - start).days + 1
    recent = rows[rows["period"] >= start].groupby(["organisation", "test"], as_index=False).sum(numeric_only=True)
    inside = 1 - parts.assumptions.values("unscheduled_outside", recent)
    recent["patients"] = (recent["done_waiting_list"] + recent["done_planned"] + inside * recent["done_unscheduled"]) * 7 / days
    return recent.set_index(["organisation", "test"])[["patients"]]


def mobile_minutes(parts):
    """Minutes a week that mobile units give where they stand today, by organisation and asset type."""
    standing = parts.network["mobiles"].rename(columns={"starts_at": "site"})
    standing["organisation"] = standing["site"].map(parts.network.owner)
    assumptions = parts.assumptions
    attended = assumptions.values("utilisation", standing) * (1 - assumptions.values("dna_rate", standing))
    standing["minutes"] = 60 * assumptions.values("mobile_hours", standing) * attended
    return standing.groupby(["organisation", "asset_type"])["minutes"].sum()


@pytest.mark.parametrize("name", FOLDERS)
def test_the_road_between_any_two_sites_is_known(name, parts):
    network = parts[name].network
    places = [*network.owner, *network["home_areas"]["home_area"]]
    assert [pair for pair in itertools.product(places, network.owner) if pair not in network.minutes] == []


def test_the_demo_does_not_drive_across_the_bay(demo):
    assert demo.network.minutes["FGH", "BVH"] >= 90
    assert demo.network.minutes["CRO", "FLE"] >= 90


def test_the_demo_has_sixteen_sites_three_mobile_units_and_pads_to_move_to(demo):
    network = demo.network
    assert network["sites"]["kind"].value_counts().to_dict() == {"acute hospital": 8, "community diagnostic centre": 8}
    assert network["mobiles"]["asset_type"].value_counts().to_dict() == {"ct": 2, "mri": 1}
    pads = network["pads"]
    assert (pads["ready_from"].notna()).any()
    for unit in network["mobiles"].itertuples():
        elsewhere = pads[(pads["asset_type"] == unit.asset_type) & (pads["site"] != unit.starts_at)]
        assert len(elsewhere) >= 3


def test_the_demo_splits_into_parts_that_share_no_staff(demo):
    staffing = demo.network["staffing"]
    groups = staffing.groupby("asset_type")["staff_group"].agg(frozenset)
    assert groups["dexa"] <= groups["ct"] == groups["mri"]
    assert groups["ultrasound"].isdisjoint(groups["ct"] | groups["echo"])
    assert groups["echo"].isdisjoint(groups["ct"])


def test_a_session_costs_more_in_the_evening_and_most_at_the_weekend(demo):
    rows = demo.assumptions.rows
    cost = rows[rows["name"] == "session_cost"].set_index(["asset_type", "session_type"])["value"].unstack("session_type")
    assert (cost["core"] < cost["evening"]).all()
    assert (cost["evening"] < cost["weekend"]).all()


def test_only_the_test_without_sessions_is_left_out_of_the_allocation(demo):
    tests = demo.network["tests"]
    assert list(tests.loc[~tests["allocated"], "national_code"]) == ["BARIUM_ENEMA"]


# The tiny network, planned once more with nothing but its tables and a textbook flow.


@pytest.fixture(scope="module")
def tiny(parts):
    return parts[TINY]


def left_waiting(tiny, *, limit=None, more_room=None, relay=False):
    """Fewest patients left after the week, over every choice of who receives and who sends."""
    network, assumptions = tiny.network, tiny.assumptions
    names = network.organisations
    latest = tiny.activity.rows[tiny.activity.rows["period"] == tiny.activity.latest].set_index("organisation")
    waiting = {o: latest.loc[o, WAITING].sum() for o in names}
    a_session = 4 * assumptions.one("scans_per_hour")
    rota = network["rota"].set_index("site")["sessions"]
    room = {o: rota[s] * a_session + a_session * (o == more_room) for s, o in network.owner.items()}
    limit = assumptions.one("aid_travel_limit") if limit is None else limit
    near = [(network.owner[a], network.owner[b]) for a, b in itertools.product(network.owner, repeat=2) if network.minutes[a, b] <= limit]
    left = []
    for receives in [dict.fromkeys(names)] if relay else (dict(zip(names, c, strict=True)) for c in itertools.product((0, 1), repeat=4)):
        pairs = [(i, j) for i, j in near if relay or i == j or (receives[j] and not receives[i])]
        seen_of = [[i == o for i, _ in pairs] for o in names]
        done_at = [[j == o for _, j in pairs] for o in names]
        bounds = [waiting[o] for o in names] + [room[o] for o in names]
        best = linprog(-np.ones(len(pairs)), A_ub=np.array(seen_of + done_at, dtype=float), b_ub=bounds)
        left.append(sum(waiting.values()) + best.fun)
    return round(min(left), 6)


def test_the_tiny_network_leaves_twenty_waiting(tiny):
    assert left_waiting(tiny) == 20


def test_without_the_rule_against_relaying_the_tiny_network_would_claim_to_leave_nobody(tiny):
    assert left_waiting(tiny, relay=True) == 0


def test_a_longer_journey_would_leave_nobody_in_the_tiny_network(tiny):
    assert left_waiting(tiny, limit=55) == 0


@pytest.mark.parametrize(("organisation", "left"), [("N", 8), ("W", 8), ("E", 18), ("S", 20)])
def test_one_more_session_is_worth_what_the_text_of_the_tiny_network_says(organisation, left, tiny):
    assert left_waiting(tiny, more_room=organisation) == left


def test_the_tiny_network_runs_every_opening_today_and_adds_nobody(tiny):
    network = tiny.network
    openings = network["session_types"][list(WEEKDAYS)].sum(axis=1).iloc[0]
    assert (network["rota"]["sessions"] == openings).all()
    assert len(network["assets"]) == len(network["rota"]) == 4
    rows = lists_of(tiny.activity)
    assert (rows["additions"].dropna() == 0).all()
    assert (rows[WAITING[: BANDS - 1]] == 0).all().all()
