"""A draft: files that were read and wait for a decision. Nothing of them is stored before somebody accepts them."""

from __future__ import annotations

import hashlib
import shutil
import time
import weakref
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp

import pandas as pd

from data.dataset import Dataset
from data.findings import Findings
from data.mending import Mend
from data.sources.imaging import ImagingReading
from data.sources.mapping import ColumnMapping
from data.store import home
from portal.questions import Question

_ABANDONED = 24 * 3600
"""Seconds after which a folder is taken for one whose process was killed."""

Upload = tuple[str, bytes]
"""Name of a file as the browser gave it, and its bytes."""


class Folder:
    """A folder for what waits for a decision; it is removed with its holder, and those a killed process left are removed by `sweep`.

    Attributes:
        path: of the folder.
    """

    def __init__(self) -> None:
        incoming = _incoming()
        incoming.mkdir(parents=True, exist_ok=True)
        self.path = Path(mkdtemp(dir=incoming))
        self._remove = weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)

    def __enter__(self) -> Path:
        return self.path

    def __exit__(self, *_: object) -> None:
        self._remove()


def sweep() -> None:
    """Remove folders nobody can decide on any more."""
    for folder in _incoming().glob("*"):
        if time.time() - folder.stat().st_mtime > _ABANDONED:
            shutil.rmtree(folder, ignore_errors=True)


def _incoming() -> Path:
    return home() / "incoming"


@dataclass(frozen=True, eq=False)
class Draft:
    """What some files hold.

    Attributes:
        key: tells one choice of files from another.
        sentences: what each file is.
        effects: what storing them does.
        findings: what the checks have to say; any refusal means that nothing can be stored.
        made: the dataset that would be stored; None where the files are refused, change nothing, or are no part of a dataset.
        name: a name for it.
        preview: what the files hold, as shown; may be cut short.
        differences: what storing changes against the version in force, as shown.
        mapping: what was said about the names in the files; None where nothing can be said.
        questions: what the files leave open.
        extracts: examination-level extracts that would be stored.
        mends: what can be put right while it is stored, for a planner to choose from.
        folder: where the rows of extracts lie until then; it goes when the draft does.
    """

    key: str
    sentences: tuple[str, ...]
    effects: tuple[str, ...]
    findings: Findings
    made: Dataset | None = None
    name: str = ""
    preview: pd.DataFrame = field(default_factory=pd.DataFrame)
    differences: pd.DataFrame = field(default_factory=pd.DataFrame)
    mapping: ColumnMapping | None = None
    questions: tuple[Question, ...] = ()
    extracts: tuple[ImagingReading, ...] = ()
    mends: tuple[Mend, ...] = ()
    folder: Folder | None = None

    @property
    def refused(self) -> bool:
        """True where a finding stops the files from being stored."""
        return bool(self.findings.refusals)

    @property
    def storable(self) -> bool:
        """True where there is something to store and nothing against it."""
        return not self.refused and (self.made is not None or bool(self.extracts))


def key_of(files: Sequence[Upload]) -> str:
    """Tells one choice of files from another, whatever their order."""
    return hashlib.sha256("".join(sorted(name + hashlib.sha256(content).hexdigest() for name, content in files)).encode()).hexdigest()
