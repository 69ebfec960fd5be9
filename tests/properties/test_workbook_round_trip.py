"""Whatever a network holds, its workbook and its folder give it back."""

import tempfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.activity import ACTIVITY, Activity
from data.assumption import SCOPES
from data.assumptions import ASSUMPTIONS, BY_NAME, Assumptions
from data.errors import Refused
from data.fields import Kind
from data.folder import Parts, read_folder, write_folder
from data.network import NETWORK_TABLES, Network
from data.workbook import read, write_workbook
from data.workforce_tables import POSTS, STAFF_AGES
from tests.networks.broken import xlsx
from tests.networks.small import frame

TRICKY = [
    "=1+1", "+44", "@x", "'", "#REF!", "nan", "NA", "None", "1.0", "007", "1e5", "TRUE", "_x000D_", "_x005F_x", "a\nb",
    'a,"b"', "a;b", "£½", "🚑",
]  # fmt: skip
WORDS = st.sampled_from(TRICKY) | st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=12)
TEXT = WORDS.map(str.strip).filter(bool)
DATES = st.dates(pd.Timestamp("1700-01-01").date(), pd.Timestamp("2999-12-31").date()).map(pd.Timestamp)


@st.composite
def rows_of(draw, table, known, at_most=2):
    """Rows of a table whose references exist; `known` holds the keys of the tables before it."""
    targets = {f.name: known[f.refers_to] for f in table.fields if f.refers_to}
    targets |= {f.name: known["sites"] for f in table.fields if f.name == "from_place"}
    if not all(targets[f.name] or not f.required for f in table.fields if f.name in targets):
        return []
    least = 1 if table.required or draw(st.integers(0, 7)) else 0
    rows = draw(st.lists(st.fixed_dictionaries({f.name: values(f, targets) for f in table.fields}), min_size=least, max_size=at_most))
    unique = {tuple(row[k] for k in table.key): row for row in rows}
    return list(unique.values())[: 1 if table.name == "network" else None]


def values(field, targets):
    """What a column may hold."""
    if field.name in targets:
        names = st.sampled_from(targets[field.name]) if targets[field.name] else st.nothing()
        return names if field.required else names | st.just("")
    if field.choices:
        return st.sampled_from(field.choices)
    present = {
        Kind.ID: TEXT, Kind.TEXT: TEXT, Kind.DATE: DATES, Kind.FLAG: st.booleans(),
        Kind.NUMBER: st.floats(field.minimum, field.maximum, allow_nan=False, allow_infinity=False),
        Kind.COUNT: st.integers(int(field.minimum or 0), int(field.maximum or 1000)),
    }[field.kind]  # fmt: skip
    return present if field.required or field.kind is Kind.FLAG else present | st.just(field.empty())


@st.composite
def networks(draw):
    """Networks that pass every check, with text nobody would type and numbers of full length."""
    rows, known = {}, {}
    for table in NETWORK_TABLES:
        rows[table.name] = draw(rows_of(table, known))
        known[table.name] = [row[table.key[0]] for row in rows[table.name]]
    for area in rows["home_areas"]:
        area["share"] = 1 / sum(a["organisation"] == area["organisation"] for a in rows["home_areas"])
    able = {row["test"] for row in rows["capabilities"]}
    for test in rows["tests"]:
        test["allocated"] = test["allocated"] and test["test"] in able
    for asset in rows["assets"]:
        asset["available_until"] = None
    pads = {(row["site"], row["asset_type"]) for row in rows["pads"]}
    for mobile in rows["mobiles"]:
        if (mobile["starts_at"], mobile["asset_type"]) not in pads:
            mobile["starts_at"] = ""
    mend_people(rows)
    return Network({t.name: frame(t, rows[t.name]) for t in NETWORK_TABLES})


def mend_people(rows):
    """Scales that rise, bands that have one, ways into posts that make sense, and groups that help others, not themselves."""
    for scale in rows["pay"]:
        scale["minimum_gbp"], scale["maximum_gbp"] = sorted((scale["minimum_gbp"], scale["maximum_gbp"]))
    bands = [scale["band"] for scale in rows["pay"]]
    for row in (*rows["posts"], *rows["staff_ages"], *rows["routes"]):
        row |= {column: bands[0] for column in ("band", "training_band") if column in row and bands and row[column]}
    for table in (POSTS, STAFF_AGES):
        rows[table.name] = list({tuple(row[k] for k in table.key): row for row in rows[table.name]}.values())
    for route in rows["routes"]:
        others = [g["staff_group"] for g in rows["staff_groups"] if g["staff_group"] != route["staff_group"]]
        route["kind"] = route["kind"] if others else "recruit"
        route["from_group"] = others[0] if route["kind"] == "upskill" else ""
        route["months"] = max(route["months"], 1)
        route["trainees_each"] = max(route["trainees_each"], 0.5)
        if not route["supervisors"]:
            route["supervision_hours"] = 0.0
    rows["skill_mix"] = [row for row in rows["skill_mix"] if row["work_of"] != row["done_by"]]


@st.composite
def whole(draw):
    """A network with assumptions and history."""
    network = draw(networks())
    known = {t.name: list(network[t.name].iloc[:, 0]) for t in NETWORK_TABLES}
    assumed = {}
    for row in draw(rows_of(ASSUMPTIONS, known)):
        declared = BY_NAME[row["name"]]
        row |= {scope: "" for scope in SCOPES if scope not in declared.varies_by}
        row |= {} if declared.by_week else {"from_week": None, "to_week": None}
        row["value"] = draw(st.floats(declared.minimum, declared.maximum))
        assumed[row["name"]] = row  # one for each name: no two can disagree
    pairs = st.tuples(st.sampled_from(known["organisations"]), st.sampled_from(known["tests"]), st.integers(1, 12))
    figures = st.lists(st.floats(0, 1e6), min_size=len(ACTIVITY.columns) - 3, max_size=len(ACTIVITY.columns) - 3)
    history = [
        {"organisation": o, "test": t, "period": f"2026-{m:02d}-01", **dict(zip(ACTIVITY.columns[3:], counts, strict=True))}
        for (o, t, m), counts in draw(st.dictionaries(pairs, figures, max_size=3)).items()
    ]
    activity = Activity({"activity": frame(ACTIVITY, history)}) if history else None
    return Parts(network, Assumptions({"assumptions": frame(ASSUMPTIONS, list(assumed.values()))}), activity)


def ids(parts):
    activity = None if parts.activity is None else parts.activity.content_id
    return parts.network.content_id, parts.assumptions.content_id, activity


@given(whole())
@settings(max_examples=max(8, settings().max_examples // 12))  # a case takes a second
def test_a_workbook_and_a_folder_give_back_what_was_written(parts):
    written = ids(parts)
    workbook = write_workbook(parts.network, parts.assumptions, parts.activity)
    assert ids(read(workbook, "network.xlsx").parts()) == written
    with tempfile.TemporaryDirectory() as folder:
        write_folder(parts, Path(folder))
        assert ids(read_folder(Path(folder))) == written


@given(TEXT.filter(lambda name: name not in ("a1", "b1")), st.integers(2, 40))
@settings(max_examples=15)
def test_an_unknown_name_is_found_in_its_own_row(name, row):
    declared = (*NETWORK_TABLES, ASSUMPTIONS)
    sheets = {t.title: [[f.title for f in t.fields]] for t in declared}
    sheets["Network"].append(["small", "A small network"])
    sheets["Organisations"].append(["AAA", "Alpha"])
    sheets["Tests"].append(["ct", "CT", None, "no"])
    sheets["Sites"].append(["a1", "Alpha General", None, "AAA"])
    sheets["Asset types"].append(["scanner", "Scanner"])
    sheets["Pads"] += [[] for _ in range(row - 2)] + [[name, "scanner"]]
    with pytest.raises(Refused) as refused:
        read(xlsx(sheets), "network.xlsx").parts()
    assert [(f.sheet, f.row, f.column) for f in refused.value.findings.refusals] == [("Pads", row, "Site")]
