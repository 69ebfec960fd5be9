"""Files that come with an example network beside its tables: read and taken in as a planner's own would be, and marked as invented.

They stand in `local/KIND/` of the network's folder, KIND being the kind of file: `published` or `registers`.
"""

from __future__ import annotations

import importlib
from dataclasses import replace
from pathlib import Path

from data.dataset import Dataset
from data.errors import Refused
from data.intake_local import TAKE_IN
from data.local_tables import INVENTED
from data.safe_reading import TASKS
from data.sources.mapping import ColumnMapping

FOLDER = "local"


def with_example_files(dataset: Dataset, folder: Path) -> Dataset:
    """The dataset of an example network with the files of its folder.

    Args:
        dataset: the network, its history and its assumptions.
        folder: of the network.

    Raises:
        Refused: a file that does not keep to its declaration.
    """
    for kind in sorted(path.name for path in (folder / FOLDER).glob("*") if path.is_dir()):
        task = next((t for t in TAKE_IN if t == kind), None)
        if task is None:
            raise ValueError(f"no kind of file called {kind}")
        adapter = importlib.import_module(TASKS[task][0])
        for path in sorted((folder / FOLDER / kind).glob("*.csv*")):
            reading = adapter.read(path.read_bytes(), path.name)
            if reading.is_refused:
                raise Refused(reading.findings)
            invented = replace(reading, facts={**reading.facts, "publication": INVENTED})
            dataset, _ = TAKE_IN[task](dataset, [invented], ColumnMapping(adapter.SOURCE))
    return dataset
