"""Networks by name or folder: the examples, those in the store, and those made of what a file holds."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from data.activity import Activity
from data.assumptions import Assumptions
from data.dataset import SOURCES, Dataset
from data.errors import NotFound
from data.folder import Parts, example_networks, read_folder
from data.intake import from_parts
from data.network import NETWORK, ORGANISATIONS, TESTS, Network
from data.sources.national_tests import national_tests
from data.sources.reading import Reading
from data.store import SINGLE_USER, Scope, StoredDataset
from data.workbook import write_workbook
from portal import services
from portal.commands.screen import DONE, Screen, WrongUsage

FROM_FILE = "from-file"
"""Name that stands for a network of the organisations and tests of the files given."""

_MADE = "from_file"


def example(name: str) -> Dataset:
    """An example network as a dataset."""
    return from_parts(read_folder(example_networks()[name]), file=name)


def newest(scope: Scope, wanted: str = "", network: str = "") -> StoredDataset:
    """The dataset a command works on.

    Args:
        scope: on whose behalf.
        wanted: its id or name; empty = the newest.
        network: identifier of the network; empty = the only one in the store.

    Raises:
        NotFound: there is none.
        WrongUsage: the store holds several networks and none is named.
    """
    if wanted:
        return services.store().stored_dataset(scope, wanted)
    known = services.store().datasets(scope, network or None)
    if not known:
        where = f' of the network "{network}"' if network else ""
        raise NotFound(f"There is no dataset{where} here yet. Load files with `sixweeks import`, or the demonstration with `sixweeks demo`.")
    names = sorted({d.network for d in known})
    if len(names) > 1:
        raise WrongUsage(f"There are several networks: name one with --network: {', '.join(names)}.")
    return known[0]


def template(source: str, out: Path, *, empty: bool, dataset: str, screen: Screen) -> int:
    """Write the network workbook of an example, a folder or a stored network."""
    parts = _parts(source, dataset)
    content = write_workbook(parts.network, parts.assumptions, parts.activity, empty=empty)
    out.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}.")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(temporary).chmod(0o644)
    Path(temporary).replace(out)
    filled = "its headings, to be filled in" if empty else f"its tables and {len(parts.assumptions.rows):,} assumptions"
    screen.say(f'Wrote the workbook of "{parts.network.title}" with {filled}: {out}')
    screen.add(network=parts.network.name, file=str(out), empty=empty)
    return DONE


def _parts(source: str, dataset: str) -> Parts:
    """A folder; a stored dataset or network; an example. Official months are left out: they are loaded again from their own files."""
    if source and not dataset:
        if Path(source).is_dir():
            return read_folder(Path(source))
        if source in example_networks() and not services.store().datasets(SINGLE_USER, source):
            return read_folder(example_networks()[source])
    known = services.dataset(SINGLE_USER, newest(SINGLE_USER, dataset, source).id)
    own_history = known.has_history and bool((known.sources["source"] == "network").all())
    return Parts(known.network, known.assumptions, known.activity if own_history else None)


def made_from(scope: Scope, readings: Sequence[Reading]) -> Dataset:
    """A network of the organisations and tests that official files hold; it can be forecast, not planned.

    Args:
        scope: on whose behalf.
        readings: the files; organisations of an earlier network of this kind are kept, with its history.
    """
    rows = pd.concat([r.frame for r in readings], ignore_index=True).sort_values("period", kind="stable")
    earlier = services.store().newest_dataset(scope, _MADE)
    base = services.dataset(scope, earlier.id) if earlier else None
    names = base.network.titles("organisations") if base else {}
    codes = set(base.network["tests"]["test"] if base else ()) | set(rows["national_code"])
    names |= {code: name or code for code, name in zip(rows["organisation"], rows["organisation_name"], strict=True)}
    tests = [t for t in national_tests().values() if t.national_code in codes]
    network = Network({
        "network": NETWORK.typed({"network": [_MADE], "title": ["Organisations of the official files"], "synthetic": [False],
                                  "description": ["Organisations and tests only: it can be forecast, not planned."], "country": ["GB"],
                                  "subdivision": ["ENG"]}),
        "organisations": ORGANISATIONS.typed({"organisation": list(names), "title": list(names.values()), "short_title": [""] * len(names)}),
        "tests": TESTS.typed({"test": [t.national_code for t in tests], "title": [t.name for t in tests],
                              "national_code": [t.national_code for t in tests], "allocated": [False] * len(tests)}),
    })  # fmt: skip
    return base.changed(network=network) if base else Dataset(network, Activity({}), Assumptions({}), SOURCES.empty())
