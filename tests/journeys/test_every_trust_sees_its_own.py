"""Four trusts and their network in one store: no call, answer that is kept, page, download or message of one trust holds a word of another's."""

import inspect
import io
import itertools
import types
import zipfile
from datetime import UTC, datetime

import hypothesis
import pandas as pd
import pytest
import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.testing.v1 import local_script_runner

from data.errors import NotAllowed, SixweeksError
from data.run import Progress
from data.scenario import base
from data.store import WORKER, Store
from data.store.imaging import PATTERNS, Filters
from data.working_days import WorkingDays
from forecasting.signals import Settings
from portal import (
    administration,
    cancer_waits,
    demand,
    drivers,
    files,
    history,
    imaging,
    lists_ahead,
    mutual_aid,
    peers,
    performance,
    performance_ahead,
    performance_lists,
    performance_returns,
    priorities_ahead,
    results,
    services,
    trajectories,
    workforce_reading,
)
from tests.conftest import REPOSITORY
from tests.four_trusts import CANARIES, NETWORK, canaries_in, fill, imaging_of, plan_of, scope_of, told
from tests.journeys.conftest import Planner

ASKED_OF = ("", "N", "E")
"""Whose things are asked for, by everybody."""

TURNS = ("N", "E", "S")
"""Who asks, one after the other."""

PAGES = sorted(p.stem for p in (REPOSITORY / "portal" / "pages").glob("[!_]*.py"))

LATER = datetime(2040, 1, 1, tzinfo=UTC)

NO_SCOPE = {"open", "close", "sweep_extracts"}
"""What is done for the store itself; it answers nothing about anybody."""

ACTS = {
    "save_dataset", "save_scenario", "save_mapping", "save_extract", "save_imaging", "start_run", "request_cancel", "set_retention", "purge",
    "save_rebase",
    "claim_run", "hand_over", "heartbeat", "progress", "finish_run", "fail_run", "mark_lost", "cancel_requested", "leases",
}  # fmt: skip
"""Calls that change the store or are a worker's; each is tried below."""

ASKED_BY_PAGES = (
    services, results, files, history, imaging, administration, lists_ahead, demand, trajectories, cancer_waits, peers, performance,
    performance_ahead, performance_lists, performance_returns, priorities_ahead, mutual_aid, drivers, workforce_reading,
)  # fmt: skip
PROJECTING = (lists_ahead, demand, priorities_ahead, mutual_aid)
"""Modules whose answers take a second each: asked of one dataset and one scenario of each trust."""

PORTAL_ACTS = {
    services.load_example,
    services.save_scenario,
    services.start_plan,
    services.start_workforce_plan,
    services.cancel,
    imaging.accept,
    drivers.plan_between,
}


DATABASES = ["sqlite", "postgresql"] if hypothesis.settings.get_current_profile_name() == "soak" else ["sqlite"]
"""Who sees what is decided above the database; `tests/unit/test_data_store.py` holds the scopes of both."""


@pytest.fixture(scope="module", params=DATABASES)
def together(request, tmp_path_factory):
    """A store that four trusts and their network have filled; everything in it that has an id."""
    folder = tmp_path_factory.mktemp("together")
    url = f"sqlite:///{folder / 'store.db'}" if request.param == "sqlite" else _database(request.getfixturevalue("postgres"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SIXWEEKS_HOME", str(folder / "home"))
        patch.setenv("SIXWEEKS_DATABASE_URL", url)
        held = services.store()
        yield held, fill(held, folder / "sent")
        held.close()


def _database(address):
    import psycopg

    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS together")
        connection.execute("CREATE DATABASE together")
    return address.replace("/postgres?", "/together?")


@pytest.fixture(scope="module")
def everything(together):
    """Every value that an argument of a question may have, whoever it belongs to, by the argument's name."""
    store, ids = together
    datasets = [d.id for d in store.datasets(NETWORK) if d.organisation in ASKED_OF]
    runs = [r for r in store.runs(NETWORK) if r.organisation in ASKED_OF]
    scenarios = [s.id for s in store.scenarios(NETWORK) if s.organisation in ASKED_OF]
    done = [r.id for r in runs if r.state == "done"]
    extracts = [e.id for e in store.extracts(NETWORK)]
    return {
        "id_or_name": [*datasets, *scenarios], "dataset_id": datasets, "network": [None, store.stored_dataset(NETWORK, datasets[0]).network],
        "scenario_id": [*scenarios, "base"], "chosen": [c for t in ("N", "E") for c in services.choices(scope_of(t), ids["bare"])],
        "run_id": [r.id for r in runs], "of": runs, "left_run": done, "right_run": done, "empty": [False], "table": ["waiting_list"],
        "limit": [1000], "skip": [0], "action": [""], "now": [LATER], "kind": ["imaging"],
        "standard": ["28_day"], "route": [""], "organisation": list(CANARIES), "test": ["SCAN"], "measure": ["over_six"],
        "period": [pd.Timestamp("2026-05-01")], "among": [""],
        "source": ["waiting_list", "imaging"], "extract_id": [None, *extracts],
        "organisations": [None, list(CANARIES)], "months": [None], "name": list(PATTERNS), "calendar": [WorkingDays("GB", "ENG")],
        "made": [c.scenario for t in ("N", "E") for c in services.choices(scope_of(t), ids["bare"])],
        "filters": [Filters(), Filters(organisations=tuple(CANARIES))],
    }  # fmt: skip


def questions_of(owner):
    """Every public call of a store or a module that is asked on somebody's behalf, by name."""
    names = [n for n in dir(owner) if not n.startswith("_")]
    calls = {n: getattr(owner, n) for n in names if callable(getattr(owner, n)) and not inspect.isclass(getattr(owner, n))}
    if isinstance(owner, types.ModuleType):
        calls = {n: c for n, c in calls.items() if inspect.unwrap(c).__module__ == owner.__name__}
    return {n: c for n, c in calls.items() if next(iter(inspect.signature(c).parameters), "") == "scope"}


def answers(call, scope, everything):
    """What a call answers for every value of its arguments; what it refuses is an answer too."""
    parameters = list(inspect.signature(call).parameters.values())[1:]
    unknown = [p.name for p in parameters if p.name not in everything]
    assert not unknown, f"say above which values {unknown} of {call.__name__} may have"
    for values in itertools.product(*(everything[p.name] for p in parameters)):
        named = {p.name: v for p, v in zip(parameters, values, strict=True) if p.kind is p.KEYWORD_ONLY}
        try:
            yield call(scope, *(v for p, v in zip(parameters, values, strict=True) if p.name not in named), **named)
        except SixweeksError as error:
            yield str(error)


def all_told(calls, scope, everything):
    """Everything that calls tell somebody, by the name of the call."""
    return {name: "\n".join(map(told, answers(call, scope, everything))) for name, call in calls.items()}


def test_every_call_of_the_store_takes_a_scope_and_is_tried_here(together):
    store, _ = together
    public = {n for n in dir(Store) if not n.startswith("_") and callable(getattr(Store, n))}
    assert public - NO_SCOPE == set(questions_of(store))
    assert public >= ACTS


@pytest.mark.parametrize("role", ["viewer", "admin"])
def test_no_answer_of_the_store_holds_a_word_of_another_trust(together, everything, role):
    store, _ = together
    calls = {n: c for n, c in questions_of(store).items() if n not in ACTS}
    for trust in TURNS:
        for name, text in all_told(calls, scope_of(trust, role), everything).items():
            assert canaries_in(text) <= {trust}, f"{name} for a {role} of {trust}"


def test_the_store_tells_everybody_their_own_and_the_network_everything(together, everything):
    store, _ = together
    calls = {n: c for n, c in questions_of(store).items() if n not in ACTS}
    own = all_told(calls, scope_of("N", "admin"), everything)
    said = {name for name, text in own.items() if canaries_in(text) == {"N"}}
    assert said >= {"datasets", "dataset", "stored_dataset", "scenarios", "scenario", "stored_scenario", "mapping", "mapping_versions", "runs",
                    "run", "plan", "extracts", "paths", "audit", "imaging_pattern", "retention_versions", "held_parts", "due",
                    "rebases", "rebase_versions"}  # fmt: skip
    every = all_told(calls, scope_of("", "admin"), everything)
    assert {n for n, text in every.items() if canaries_in(text) >= {"N", "E"}} >= said - {"mapping", "mapping_versions"}


def _one_each(stored):
    return list({s.organisation: s.id for s in stored if s.organisation in ("N", "E")}.values())


@pytest.mark.parametrize("together", ["sqlite"], indirect=True)  # what is kept is kept in memory, whatever the database
@pytest.mark.parametrize("module", ASKED_BY_PAGES, ids=lambda m: m.__name__.rpartition(".")[2])
def test_no_answer_that_is_kept_for_one_trust_is_given_to_another(together, everything, module):
    store, ids = together
    network = store.dataset(NETWORK, ids["bare"]).network
    more = {
        "network": [network], "asked": [imaging.Asked()], "held": [imaging.parts(NETWORK, network)], "newer_id": everything["dataset_id"],
        "older_id": [ids["bare"]], "settings": [Settings()], "rebases": [()], "weeks": [13], "examinations": [""], "base": ["2026-05"],
        "per_day": [True], "filtered": [False], "wanted": [mutual_aid.Wanted()], "group": network.titles("staff_groups"),
    }  # fmt: skip
    if module in PROJECTING:
        more |= {"dataset_id": [ids["bare"], *_one_each(store.datasets(NETWORK))], "scenario_id": _one_each(store.scenarios(NETWORK))}
    if module is drivers:
        runs = everything["left_run"]
        more |= {"known": [drivers.way(NETWORK, a, b) for a, b in itertools.permutations(runs, 2)], "measure": [drivers.MEASURES[-1]]}
    calls = {n: c for n, c in questions_of(module).items() if c not in PORTAL_ACTS}
    assert calls
    for trust in (*TURNS, "N"):
        for name, text in all_told(calls, scope_of(trust), everything | more).items():
            assert canaries_in(text) <= {trust}, f"{name} for {trust}"


def test_nobody_acts_on_what_belongs_to_another_trust(together, tmp_path):
    store, ids = together
    theirs = scope_of("E")
    run = next(r for r in store.runs(theirs) if r.organisation == "E")
    data = next(d for d in store.datasets(theirs) if d.organisation == "E")
    scenario = store.scenario(theirs, next(s for s in store.scenarios(theirs) if s.dataset_id == ids["bare"]).id)
    extract = imaging_of(tmp_path / "e", "e.csv", "E", month="2026-04")
    one, admin = scope_of("N"), scope_of("N", "admin")
    before = told([store.datasets(NETWORK), store.scenarios(NETWORK), store.runs(NETWORK), store.extracts(NETWORK)])
    refused = [
        lambda: store.request_cancel(one, run.id),
        lambda: store.save_scenario(one, base(data.id)),
        lambda: store.start_run(one, "allocation", data.id, scenario.content_id, {}, "1"),
        lambda: store.start_run(one, "allocation", ids["bare"], run.scenario_id, {}, "1"),
        lambda: services.start_plan(one, base(ids["bare"]), start_from=run.id),
        lambda: store.save_imaging(one, extract),
        lambda: store.save_rebase(one, data.network, "E", "SCAN", "over_six", "2026-05", reason="none"),
        lambda: store.save_extract(one, "imaging", [("E", "2026-04", extract.parts[0].path)], file="f", sha256="0" * 64, parser_version=1),
    ]
    for act in refused:
        with pytest.raises(SixweeksError) as told_why:
            act()
        assert canaries_in(str(told_why.value)) == set()
    workers = {
        "claim_run": (run.id, "w"), "hand_over": (run.id, "w"), "heartbeat": (run.id,), "progress": (run.id, Progress("x", 0.5)),
        "mark_lost": (), "leases": (), "finish_run": (run.id, plan_of(ids["bare"], "")), "fail_run": (run.id, ""), "cancel_requested": (run.id,),
    }  # fmt: skip
    for name, arguments in workers.items():
        with pytest.raises(NotAllowed):
            getattr(store, name)(admin, *arguments, **({"seconds": 1.0} if name == "hand_over" else {}))
    assert told([store.datasets(NETWORK), store.scenarios(NETWORK), store.runs(NETWORK), store.extracts(NETWORK)]) == before
    assert store.leases(WORKER) == []


def test_a_saved_mapping_and_a_repeated_save_answer_with_ones_own(together):
    store, ids = together
    for trust in ("N", "E"):
        own = scope_of(trust)
        data = next(d for d in store.datasets(own) if d.organisation == trust)
        again = [
            store.save_dataset(own, store.dataset(own, data.id), name="again"),
            store.save_mapping(own, store.mapping(own, "waiting_list")),
            store.save_scenario(own, base(ids["bare"]).changed(name="one of the same name", description=CANARIES[trust])),
        ]
        assert canaries_in(told(again)) == {trust}
    assert len([s for s in store.scenarios(NETWORK) if s.name == "one of the same name"]) == 2


@pytest.fixture
def seen(monkeypatch):
    """Everything that pages send to a browser while a test runs: messages, and every file that could be downloaded."""
    sent: list[str] = []
    parse, button = local_script_runner.parse_tree_from_messages, DeltaGenerator.download_button

    def parsed(messages):
        sent.extend(m.SerializeToString().decode("utf-8", "replace") for m in messages)
        return parse(messages)

    def offered(self, label, data, *arguments, **options):
        content = data() if callable(data) else data
        sent.append(told(content if isinstance(content, bytes | str) else content.getvalue()))
        sent.append(_unpacked(content))
        return button(self, label, data, *arguments, **options)

    monkeypatch.setattr(local_script_runner, "parse_tree_from_messages", parsed)
    monkeypatch.setattr(DeltaGenerator, "download_button", offered)
    monkeypatch.setattr(st, "download_button", lambda *a, **k: offered(st._main, *a, **k))
    return sent


def _unpacked(content):
    """What stands in a workbook."""
    if not isinstance(content, bytes) or not zipfile.is_zipfile(io.BytesIO(content)):
        return ""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return "\n".join(archive.read(n).decode("utf-8", "replace") for n in archive.namelist())


def look(page, address):
    """Open the portal in a new window, in it a page, and each of its tabs."""
    planner = Planner(**address)
    app = planner.open(page)
    labels = [tab.label for tab in app.tabs]
    keys = [k for k, value in app.session_state._state.filtered_state.items() if isinstance(value, str) and value in labels]
    for key, label in itertools.product(keys, labels[1:]):
        app.session_state[key] = label
        app.run()
        planner.settled()


@pytest.mark.parametrize("together", ["sqlite"], indirect=True)
@pytest.mark.parametrize("where", PAGES)
def test_no_page_and_no_download_of_a_trust_holds_a_word_of_another(together, seen, monkeypatch, where):
    store, ids = together
    foreign = next(r for r in store.runs(NETWORK) if r.organisation == "W" and r.state == "done")
    their_data = next(d for d in store.datasets(NETWORK) if d.organisation == "W")
    for trust in ("N", "E"):
        own = scope_of(trust, "admin")
        monkeypatch.setattr("portal.workspace.SINGLE_USER", own)
        run = next(r for r in store.runs(own) if r.organisation == trust and r.state == "done")
        data = next(d for d in store.datasets(own) if d.organisation == trust)
        seen.clear()
        look(where, {"dataset": ids["bare"], "run": run.id, "scenario": run.scenario_id})
        others = ({"dataset": data.id}, {"dataset": their_data.id}, {"dataset": ids["bare"], "run": foreign.id}) if trust == "N" else ()
        for address in (*others, {"dataset": ids["together"]}):
            Planner(**address).open(where)
        assert canaries_in("\n".join(seen)) == {trust}


def test_an_administrator_of_a_trust_ends_its_own_rows_alone(together):
    store, _ = together
    admin, others = scope_of("W", "admin"), [t for t in CANARIES if t != "W"]
    terms = [store.retention(scope_of(t)) for t in others]
    store.set_retention(admin, "imaging", 34, "less is needed")
    assert [store.retention(scope_of(t)) for t in others] == terms
    assert {part.organisation for part in store.purge(admin, LATER)} == {"W"}
    assert sorted({part.organisation for part in store.held_parts(NETWORK)}) == sorted(others)
