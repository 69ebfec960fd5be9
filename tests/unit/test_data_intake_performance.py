"""Cancer waiting times, improvement plans and what organisations are called, taken into a dataset, kept, and given to those who may see them."""

import pytest

from data.dataset import Dataset
from data.errors import Refused
from data.example_files import with_example_files
from data.folder import EXAMPLES, demonstration, read_folder
from data.intake import from_parts, take_in
from data.intake_local import take_in_reference, take_in_register
from data.local_tables import INVENTED
from data.networks.make_local import main as make_local
from data.sources import dm01, published, registers
from data.sources.mapping import LEFT_OUT, ColumnMapping
from data.store import Scope
from tests.networks.full_extract import as_csv, extract_rows
from tests.networks.performance import cancer, dataset, plan, with_cancer, with_plan
from tests.unit.store_fixtures import NETWORK_PLANNER

PUBLISHED, REGISTER = ColumnMapping("published"), ColumnMapping("register")
LUNG = "{},28-day FDS,{},URGENT SUSPECTED CANCER,,Suspected lung cancer,{},{},{}"


def counts(held: Dataset) -> dict:
    rows = held.local["cancer_waits"]
    return {(f"{r.period:%Y-%m}", r.organisation): r.total for r in rows.itertuples()}


def take_plan(held, *rows, mapping=REGISTER, **more):
    reading = registers.read(plan(*rows), "plan.csv", {"mapping": mapping.body})
    return take_in_register(held, [reading], mapping, **more)


def test_months_of_cancer_waits_are_replaced_by_a_newer_file_and_others_stay():
    first = with_cancer(dataset(), LUNG.format("2026-04-01", "AAA", 10, 7, 3), LUNG.format("2026-05-01", "AAA", 8, 8, 0))
    reading = published.read(cancer(LUNG.format("2026-05-01", "AAA", 9, 8, 1), LUNG.format("2026-06-01", "AAA", 5, 5, 0)), "newer.csv")
    made, intake = take_in_reference(first, [reading], PUBLISHED)
    assert counts(made) == {("2026-04", "AAA"): 10, ("2026-05", "AAA"): 9, ("2026-06", "AAA"): 5}
    assert intake.sentences(stored=True) == [
        "Loaded: cancer waiting times, June 2026, 1 row.",
        "Replaced: cancer waiting times, May 2026, 1 row.",
    ]
    changed = sorted(map(tuple, intake.differences[["column", "before", "after"]].to_numpy().tolist()))
    assert changed == [("Later than the standard", "0", "1"), ("Told or treated", "8", "9")]
    sources = made.local["local_sources"]
    assert dict(zip(sources["date"].dt.month, sources["file"], strict=True)) == {4: "cancer.csv", 5: "newer.csv", 6: "newer.csv"}


def test_the_same_extract_again_changes_nothing_and_is_told_in_one_sentence():
    rows = [LUNG.format(f"2026-0{m}-01", "AAA", 10, 7, 3) for m in (4, 5, 6)]
    held = with_cancer(dataset(), *rows)
    again, intake = take_in_reference(held, [published.read(cancer(*rows), "again.csv")], PUBLISHED)
    assert again is held
    assert intake.sentences(stored=False) == [
        "Already loaded, nothing changes: cancer waiting times, April 2026 to June 2026, 3 months, 3 rows (again.csv)."
    ]


def test_organisations_outside_the_network_are_kept_for_comparison():
    made = with_cancer(dataset(), LUNG.format("2026-04-01", "AAA", 10, 7, 3), LUNG.format("2026-04-01", "ZZZ", 4, 4, 0))
    assert counts(made) == {("2026-04", "AAA"): 10, ("2026-04", "ZZZ"): 4}


def test_a_plan_replaces_what_the_organisation_had_planned_and_leaves_others():
    held = with_plan(dataset(), "AAA,CT,2026-04,Activity,100,,", "AAA,CT,2026-05,Activity,110,,", "BBB,CT,2026-04,Activity,50,,")
    made, intake = take_plan(held, "Alpha,ct,2026-06,Activity,120,,")
    rows = made.local["trajectories"][["organisation", "planned"]]
    assert sorted(map(tuple, rows.to_numpy().tolist())) == [("AAA", 120), ("BBB", 50)]
    assert [p.organisation for p in intake.replaced] == ["AAA"]
    assert made.network == held.network


def test_a_plan_for_tests_outside_the_network_is_left_out_with_a_note():
    made, intake = take_plan(dataset(), "AAA,CT,2026-04,Activity,100,,", "AAA,Colonoscopy,2026-04,Activity,40,,")
    assert made.local["trajectories"]["test"].tolist() == ["ct"]
    assert [(f.severity, f.rule) for f in intake.findings] == [("note", "tests-outside")]


def test_a_plan_of_an_organisation_nobody_knows_is_refused_until_somebody_says_who_it_is():
    with pytest.raises(Refused) as caught:
        take_plan(dataset(), "Somebody,CT,2026-04,Activity,100,,")
    assert [(f.rule, f.row, f.column) for f in caught.value.findings] == [("unknown-reference", 2, "Trust")]
    made, _ = take_plan(dataset(), "Somebody,CT,2026-04,Activity,100,,", mapping=REGISTER.with_value("organisation", "Somebody", "BBB"))
    assert made.local["trajectories"]["organisation"].tolist() == ["BBB"]
    left, _ = take_plan(
        dataset(), "Somebody,CT,2026-04,Activity,1,,", "AAA,CT,2026-04,Activity,2,,",
        mapping=REGISTER.with_value("organisation", "Somebody", LEFT_OUT),
    )  # fmt: skip
    assert left.local["trajectories"]["planned"].tolist() == [2]


def test_two_names_of_one_list_in_a_month_are_refused():
    with pytest.raises(Refused) as caught:
        take_plan(dataset(), "AAA,CT,2026-04,Activity,100,,", "Alpha,ct,2026-04,Activity,90,,")
    assert [(f.rule, f.row) for f in caught.value.findings] == [("duplicate-row", 3)]


def test_nobody_loads_anothers_plan():
    with pytest.raises(Refused) as caught:
        take_plan(dataset(), "AAA,CT,2026-04,Activity,100,,", "BBB,CT,2026-04,Activity,90,,", organisations=("AAA",))
    assert [f.rule for f in caught.value.findings] == ["not-your-organisation"]


def test_an_organisation_sees_its_own_plans_and_everybodys_published_figures(store):
    held = with_cancer(dataset(), LUNG.format("2026-04-01", "AAA", 10, 7, 3), LUNG.format("2026-04-01", "BBB", 4, 4, 0))
    held = with_plan(held, "AAA,CT,2026-04,Activity,100,,", "BBB,CT,2026-04,Activity,50,,")
    stored = store.save_dataset(NETWORK_PLANNER, held, name="Plans")
    back = store.dataset(NETWORK_PLANNER, stored.id)
    assert back.local == held.local
    seen = store.dataset(Scope("somebody", "AAA", "planner"), stored.id)
    assert seen.local["trajectories"]["organisation"].tolist() == ["AAA"]
    assert set(seen.local["cancer_waits"]["organisation"]) == {"AAA", "BBB"}


def test_targets_are_the_national_ones_until_the_network_has_its_own():
    held = dataset()
    national = held.local.cancer_targets
    assert national.loc[national["standard"] == "28_day", "share"].tolist() == [0.75, 0.77, 0.8]
    text = "Standard,From month,Share\n28_day,2026-04-01,0.9\n"
    made, _ = take_in_register(held, [registers.read(text.encode(), "targets.csv")], REGISTER)
    assert made.local.cancer_targets["share"].tolist() == [0.9]


def test_every_national_target_says_where_it_comes_from():
    rows = dataset().local.cancer_targets
    assert (rows["source"] != "").all()
    assert (rows["reason"] != "").all()


RETURN_COLUMNS = (
    "period,provider_code,provider_name,test_code,wl_total," + ",".join(f"wl_{k:02d}_{k + 1:02d}w" for k in range(13))
    + ",wl_13w_plus,act_waiting_list,act_planned,act_unscheduled"
)  # fmt: skip


def monthly_return(period, region="", name="ALPHA NHS TRUST"):
    columns = RETURN_COLUMNS + (",region_code,region_name" if region else "")
    row = f"{period},AAA,{name},CT,14," + ",".join(["1"] * 14) + ",10,0,0" + (f",{region},Region {region}" if region else "")
    return dm01.read(f"{columns}\n{row}\n".encode(), f"{period}.csv")


def test_what_organisations_are_called_and_where_they_belong_is_kept_of_the_newest_file_that_says_so():
    held, _ = take_in(dataset(), [monthly_return("2026-07-01", "Y1")])
    held, _ = take_in(held, [monthly_return("2026-08-01", name="ALPHA TEACHING")])
    held, _ = take_in(held, [monthly_return("2026-03-01", "Y0", name="ALPHA OLD")])
    (row,) = held.local["providers"].to_dict("records")
    assert (row["organisation"], row["region"], row["region_title"], row["system"]) == ("AAA", "Y0", "Region Y0", "")
    assert row["title"] == "ALPHA OLD"


@pytest.mark.parametrize(
    ("code", "belongs"), [("Y1", ("Y1", "REGION, NORTH", "", "")), ("QZ1", ("", "", "QZ1", "REGION, NORTH"))]
)  # fmt: skip
def test_the_parent_of_a_provider_is_its_region_or_its_system_by_its_code(code, belongs):
    rows = [row | {"Provider Parent Org Code": code} for row in extract_rows(months=("JULY-2026",), tests=(2,))]
    held, _ = take_in(dataset(), [dm01.read(as_csv(rows), "extract.csv")])
    providers = held.local["providers"].set_index("organisation")
    assert tuple(providers.loc["AAA", ["region", "region_title", "system", "system_title"]]) == belongs


def invented() -> Dataset:
    held = with_cancer(dataset(), LUNG.format("2026-04-01", "AAA", 10, 7, 3), LUNG.format("2026-05-01", "AAA", 10, 7, 3))
    sources = held.local["local_sources"].assign(source=INVENTED)
    return held.changed(local=held.local.changed(local_sources=sources))


def test_invented_figures_give_way_whole_to_real_ones_and_are_told():
    reading = published.read(cancer(LUNG.format("2026-06-01", "AAA", 5, 5, 0)), "real.csv")
    made, intake = take_in_reference(invented(), [reading], PUBLISHED)
    assert counts(made) == {("2026-06", "AAA"): 5}
    assert made.local["local_sources"]["file"].tolist() == ["real.csv"]
    assert [f.rule for f in intake.findings] == ["invented-removed"]


def test_invented_figures_of_one_table_stay_while_another_is_loaded():
    made = with_plan(invented(), "AAA,CT,2026-04,Activity,100,,")
    assert len(made.local["cancer_waits"]) == 2
    assert made.local["trajectories"]["planned"].tolist() == [100]


@pytest.fixture(scope="module")
def example():
    folder = EXAMPLES / demonstration()
    return folder, with_example_files(from_parts(read_folder(folder), file="example"), folder)


def test_the_demonstration_has_plans_and_cancer_waits_that_say_they_are_invented(example):
    _, held = example
    assert set(held.local["trajectories"]["organisation"]) == set(held.network.organisations)
    assert set(held.local["cancer_waits"]["organisation"]) == set(held.network.organisations)
    assert set(held.local["local_sources"]["source"]) == {INVENTED}
    assert held.local["trajectories"]["owner"].unique().tolist() == ["Invented for demonstration"]
    assert held.local["cancer_waits"]["period"].max() == held.activity.latest


def test_real_months_leave_nothing_invented_behind(example):
    _, held = example
    invented_history = held.changed(sources=held.sources.assign(synthetic=True))
    made, _ = take_in(invented_history, [monthly_return("2026-07-01")])
    assert made.local["trajectories"].empty
    assert made.local["cancer_waits"].empty
    assert made.local["local_sources"].empty


def test_the_example_files_are_what_their_generator_makes(example, tmp_path):
    folder, _ = example
    copy = tmp_path / "network"
    copy.mkdir()
    for path in folder.glob("*.csv*"):
        (copy / path.name).write_bytes(path.read_bytes())
    assert make_local([str(copy)]) == 0
    for path in sorted((folder / "local").rglob("*.csv")):
        assert (copy / path.relative_to(folder)).read_bytes() == path.read_bytes()
