"""Four trusts in one store, each with a word of its own in everything it could write; and whatever an answer holds, as one text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from data.assumptions import ASSUMPTIONS
from data.dataset import Dataset
from data.findings import Finding, warning
from data.intake import from_parts
from data.intake_local import take_in_lists, take_in_provisional, take_in_reference, take_in_register
from data.plan import Plan
from data.run import CODE_VERSION
from data.safe_reading import shown_name
from data.scenario import base, do_nothing
from data.sources import provisional, published, registers, waiting_list
from data.sources.imaging import ImagingReading, Vocabulary, vocabulary
from data.sources.imaging_intake import Workplace, intake
from data.sources.mapping import ColumnMapping
from data.store import WORKER, Scope, Store
from portal.planning import make_plan
from tests.networks.examinations import NOW, as_csv, rows
from tests.networks.extracts import csv_of, patient
from tests.served import tiny_parts
from tests.small_networks import frame

CANARIES = {"N": "kittiwake", "E": "ptarmigan", "S": "goldcrest", "W": "dunnock"}
"""Trust and the word that nobody else may ever read."""

SAME_NAME = "waiting list.csv"
"""What every trust calls its file."""

NETWORK = Scope("the network", "", "planner")


def scope_of(trust: str, role: str = "planner") -> Scope:
    """Somebody of a trust."""
    return Scope(f"{CANARIES.get(trust, 'network')} {role}", trust, role)


def lists_of(trust: str, file: str, **cells: Any) -> Any:
    """A waiting list extract of a trust, from a place nobody knows."""
    row = patient(Provider_Code=trust, Site_Code=f"{CANARIES[trust]} ward", Diagnostic_Modality="Scan", **cells)
    return waiting_list.read(csv_of(row), shown_name(file))


def provisional_of(trust: str, file: str) -> Any:
    """A provisional return of a trust, with a column nobody reads."""
    text = f"Trust,Test,Date,00 <01 weeks,{CANARIES[trust]} remarks\n{trust},Scan,21/06/2026,6,x\n"
    return provisional.read(text.encode(), file)


def trajectories_of(trust: str, file: str) -> Any:
    """An improvement plan of a trust."""
    said = f"{CANARIES[trust]} plan,{CANARIES[trust]} reason,{CANARIES[trust]} lead"
    return registers.read(f"Trust,Test,Month,Measure,Planned,Plan,Reason,Owner\n{trust},Scan,2026-05,Activity,9,{said}\n".encode(), file)


def _cancer() -> Any:
    """What is published of every trust."""
    lines = [f"2026-05-01,28-day FDS,{t},URGENT,,Suspected lung cancer,10,8,2" for t in CANARIES]
    head = "period,standard,provider_code,stage_route,treatment_modality,cancer_type,total_treated,within_standard,breaches"
    return published.read("\n".join([head, *lines, ""]).encode(), "published.csv")


def imaging_of(folder: Path, file: str, *trusts: str, month: str = "2026-05") -> ImagingReading:
    """Examinations of some trusts, on scanners that no register has."""
    lines = rows(*(
        {"organisation": t, "site": f"{t}1", "test": "SCAN", "scanner_id": f"{CANARIES[t]}-7", "patient_id": f"p-{CANARIES[t]}",
         "examination_code": f"code {CANARIES[t]}"} | ({} if month == "2026-05" else _in(month))
        for t in trusts
    ))  # fmt: skip
    folder.mkdir(parents=True)
    (folder / "extract.csv").write_bytes(as_csv(lines))
    reading = intake(folder / "extract.csv", file, _words(), Workplace(folder, 500_000_000, 100_000_000), now=NOW)
    assert not reading.is_refused, reading.findings.summary()
    return reading


@cache
def _words() -> Vocabulary:
    return vocabulary(tiny_parts().network)


def _in(month: str) -> dict[str, str]:
    """The moments of an examination of May 2026, in another month."""
    return {k: f"{month}{v[7:]}" for k, v in rows({})[0].items() if str(v).startswith("2026-05")}


def fill(store: Store, folder: Path) -> dict[str, str]:
    """Store what four trusts and their network send and make; the ids of the network's own datasets."""
    ids = {"bare": store.save_dataset(NETWORK, from_parts(tiny_parts(), file="tiny"), name="Network").id}
    for trust, canary in CANARIES.items():
        _fill_one(store, folder / trust, ids["bare"], trust, canary)
    every = store.dataset(NETWORK, ids["bare"])
    replaced = [lists_of(trust, f"{canary} old.csv", Diagnostic_Priority_Code="D3") for trust, canary in CANARIES.items()]
    for readings in (replaced, [lists_of(trust, SAME_NAME) for trust in CANARIES]):
        every, _ = take_in_lists(every, readings, ColumnMapping("waiting_list"))
    every, _ = take_in_provisional(every, [provisional_of(trust, SAME_NAME) for trust in CANARIES], ColumnMapping("provisional"))
    plans = [trajectories_of(trust, f"{canary} plan.csv") for trust, canary in CANARIES.items()]
    every, _ = take_in_register(every, plans, ColumnMapping("register"))
    every, _ = take_in_reference(every, [_cancer()], ColumnMapping("published"))
    ids["together"] = store.save_dataset(NETWORK, every, name="Lists of everybody").id
    store.save_imaging(NETWORK, imaging_of(folder / "all", "all.csv", *CANARIES, month="2026-06"))
    return ids


def _fill_one(store: Store, folder: Path, bare: str, trust: str, canary: str) -> None:
    own = scope_of(trust)
    made: Dataset = store.dataset(own, bare)
    made, _ = take_in_lists(made, [lists_of(trust, SAME_NAME)], ColumnMapping("waiting_list"), organisations=[trust])
    made, _ = take_in_provisional(made, [provisional_of(trust, f"{canary}.csv")], ColumnMapping("provisional"), organisations=[trust])
    made, _ = take_in_register(made, [trajectories_of(trust, f"{canary} plan.csv")], ColumnMapping("register"), organisations=[trust])
    row = {"name": "dna_rate", "value": 0.05, "organisation": trust, "reason": f"{canary} asked", "owner": canary, "source": canary}
    made = made.changed(
        assumptions=made.assumptions.with_rows(frame(ASSUMPTIONS, [row])), accepted=made.accepted.plus([_said(canary)]),
    )  # fmt: skip
    stored = store.save_dataset(own, made, name=f"{canary} data", note=f"{canary} note", basis=f"{canary} agreement")
    store.save_mapping(own, ColumnMapping("waiting_list").with_column(f"{canary} column", "test").with_value("test", f"{canary} value", "SCAN"))
    for dataset_id, kind, fails in ((bare, base, False), (stored.id, do_nothing, True)):
        scenario = kind(dataset_id).changed(name=f"{canary} {kind.__name__}", description=f"{canary} words")
        saved = store.save_scenario(own, scenario, reason=f"{canary} reason")
        run = store.start_run(own, "allocation", dataset_id, saved.id, {"gap": 0.01, "time_limit": 60.0}, CODE_VERSION)
        store.claim_run(WORKER, run.id, "worker")
        if fails:
            store.fail_run(WORKER, run.id, f"{canary} message", "R1")
        else:
            store.finish_run(WORKER, run.id, plan_of(dataset_id, canary))
    store.save_imaging(own, imaging_of(folder, f"{canary} imaging.csv", trust), basis=f"{canary} agreement")
    store.set_retention(scope_of(trust, "admin"), "imaging", 35, f"{canary} term")
    store.save_rebase(own, stored.network, trust, "SCAN", "over_six", "2026-05", reason=f"{canary} change")


def plan_of(dataset_id: str, canary: str) -> Plan:
    """A plan that says a word."""
    plan = _plan(dataset_id)
    assert plan.decisions is not None
    return Plan(plan.tables, plan.summary | {"notes": [f"{canary} said so"]}, replace(plan.decisions, scenario=f"{canary} plan"))


@cache
def _plan(dataset_id: str) -> Plan:
    held = from_parts(tiny_parts(), file="tiny")
    return make_plan(held, base(dataset_id, weeks=1))


def _said(canary: str) -> Finding:
    return warning("doubt", f"{canary} found", "nothing", "Look again.")


def told(answer: Any) -> str:
    """Everything an answer holds, files it names included, as one text."""
    pieces: list[str] = []
    _tell(answer, pieces, {})
    return "\n".join(pieces)


def _tell(answer: Any, pieces: list[str], seen: dict[int, Any]) -> None:
    if isinstance(answer, str | bytes | int | float | None):
        pieces.append(answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer))
    elif isinstance(answer, pd.DataFrame | pd.Series):
        pieces += [answer.to_csv(), str(answer.attrs)]
    elif isinstance(answer, Path):
        pieces += [str(answer), pq.read_table(answer).to_pandas().to_csv()]
    elif id(answer) not in seen:
        seen[id(answer)] = answer
        inside = list(_inside(answer))
        pieces += [] if inside else [repr(answer)]
        for piece in inside:
            _tell(piece, pieces, seen)


def _inside(answer: Any) -> Iterator[Any]:
    if isinstance(answer, Mapping):
        yield from answer.items()
    elif isinstance(answer, list | tuple | set | frozenset):
        yield from answer
    yield from vars(answer).values() if hasattr(answer, "__dict__") else ()


def canaries_in(text: str) -> set[str]:
    """Trusts whose word a text holds."""
    low = text.lower()
    return {trust for trust, canary in CANARIES.items() if canary in low}
