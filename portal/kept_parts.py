"""Answers of independent parts, kept on disk: a plan solves again only the parts in which something changed.

A part is kept under a digest of everything it is solved from, so that what is taken from here is what solving it again would give.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import logging
import os
import uuid
from collections.abc import Callable, Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from data.dataset import Dataset
from data.decisions import Decisions
from data.plan import Plan
from data.run import CODE_VERSION, PlanSettings, Progress
from data.scenario import Scenario
from data.store import home
from optimisation.clock import Clock
from optimisation.part_solving import PartAnswer
from optimisation.passes import CurveCheck
from optimisation.pricing import Instead, Repriced
from optimisation.probing import Answers, Elsewhere, Probed
from optimisation.solving import PartTask, Spread, in_threads
from portal import planning

MOST_BYTES = 500_000_000
"""What is kept at most; the parts used longest ago go first."""

_SHAPE = "shape"
_KINDS = {kind.__name__: kind for kind in (PartAnswer, CurveCheck, Answers, Probed, Elsewhere, Repriced, Instead)}
"""What an answer is made of."""

_log = logging.getLogger(__name__)


def make_plan(
    dataset: Dataset, scenario: Scenario, settings: PlanSettings, report: Callable[[Progress], None], cancelled: Callable[[], bool],
    start: Decisions | None = None,
) -> Plan:  # fmt: skip
    """As `portal.planning.make_plan`, with parts of earlier plans of this computer.

    Raises:
        Refused, NoPlan: likewise.
    """
    return planning.make_plan(dataset, scenario, settings, report, cancelled, kept_in(home() / "parts"), start)


def kept_in(folder: Path) -> Spread:
    """A spread that takes from a folder what is there, solves the rest in threads, and keeps it unless the search was stopped.

    What was solved in full is taken before what was answered quickly.
    """

    def spread(tasks: Sequence[PartTask], clock: Clock) -> list[PartAnswer]:
        in_full, quick = ([_place(folder, task) for task in several] for several in ([task.in_full for task in tasks], tasks))
        answers = [_read(first) or (_read(then) if then != first else None) for first, then in zip(in_full, quick, strict=True)]
        for task, answer in zip(tasks, answers, strict=True):
            if answer is not None:
                clock.tell(task.number, "Taking what has not changed", *answer.told, 1.0)
        missing = [k for k, answer in enumerate(answers) if answer is None]
        for k, answer in zip(missing, in_threads([tasks[k] for k in missing], clock) if missing else [], strict=True):
            answers[k] = answer
            if not (clock.stopped or clock.late):
                _keep(quick[k] if answer.steps else in_full[k], answer)
        return [answer for answer in answers if answer is not None]

    return spread


def _place(folder: Path, task: PartTask) -> Path:
    return folder / f"{digest(task)}.part"


def digest(task: PartTask) -> str:
    """SHA-256 of everything a part is solved from, and of what solves it; time and threads do not change an answer that was not stopped."""
    settings = dataclasses.replace(task.settings, time_limit=0.0, threads=1, frontier=0, start_from="")
    found = hashlib.sha256(f"{CODE_VERSION} {metadata.version('highspy')}".encode())
    _add(found, (task.matrix, task.asks, settings))
    return found.hexdigest()


def _add(found: Any, value: Any) -> None:
    if isinstance(value, np.ndarray):
        found.update(f"{value.dtype}{value.shape}".encode() + np.ascontiguousarray(value).tobytes())
    elif isinstance(value, csr_array):
        for array in (value.data, value.indices, value.indptr, np.array(value.shape)):
            _add(found, array)
    elif dataclasses.is_dataclass(value):
        found.update(type(value).__name__.encode())
        for field in dataclasses.fields(value):
            _add(found, getattr(value, field.name))
    elif isinstance(value, list | tuple):
        found.update(f"[{len(value)}".encode())
        for member in value:
            _add(found, member)
    elif value is None or isinstance(value, str | int | float | np.generic):
        found.update(f"{value!r};".encode())
    else:
        raise TypeError(type(value))


def _read(place: Path) -> PartAnswer | None:
    try:
        with place.open("rb") as file, np.load(file) as arrays:
            answer = _unpacked(json.loads(str(arrays[_SHAPE])), arrays)
        os.utime(place)
    except FileNotFoundError:
        return None
    except Exception:  # half written before a power cut, or by an earlier version
        _log.warning("a kept part cannot be read and is solved again: %s", place.name, exc_info=True)
        return None
    return dataclasses.replace(answer, kept=True, seconds=0.0) if isinstance(answer, PartAnswer) else None


def _keep(place: Path, answer: PartAnswer) -> None:
    staged, arrays = place.with_name(f"{uuid.uuid4().hex}.staged"), dict[str, np.ndarray]()
    arrays[_SHAPE] = np.array(json.dumps(_packed(answer, arrays)))
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with staged.open("wb") as file:
            np.savez(file, **arrays)  # type: ignore[arg-type]  # none is named as its one option
        staged.replace(place)
        _tidy(place.parent)
    except OSError as error:  # the plan does not need it
        _log.warning("a part could not be kept: %s", error)
        with contextlib.suppress(OSError):
            staged.unlink()


def _packed(value: Any, arrays: dict[str, np.ndarray]) -> Any:
    """What JSON can hold of a value; its arrays go into `arrays`, each once."""
    if isinstance(value, np.ndarray):
        known = next((name for name, array in arrays.items() if array is value), f"array {len(arrays)}")
        arrays[known] = value
        return {"array": known}
    if dataclasses.is_dataclass(value):
        fields = {field.name: _packed(getattr(value, field.name), arrays) for field in dataclasses.fields(value)}
        return {"of": type(value).__name__, "fields": fields}
    if isinstance(value, list | tuple):
        return {"tuple" if isinstance(value, tuple) else "list": [_packed(member, arrays) for member in value]}
    return value.item() if isinstance(value, np.generic) else value


def _unpacked(shape: Any, arrays: Mapping[str, np.ndarray]) -> Any:
    """What `_packed` was given."""
    if not isinstance(shape, dict):
        return shape
    if "array" in shape:
        return arrays[shape["array"]]
    if "of" in shape:
        return _KINDS[shape["of"]](**{name: _unpacked(field, arrays) for name, field in shape["fields"].items()})
    kind = "tuple" if "tuple" in shape else "list"
    return (tuple if kind == "tuple" else list)(_unpacked(member, arrays) for member in shape[kind])


def _tidy(folder: Path) -> None:
    """Remove what was used longest ago beyond `MOST_BYTES`, and what a process left half written."""
    used = sorted(((path.stat(), path) for path in folder.iterdir()), key=lambda known: known[0].st_mtime, reverse=True)
    total = 0
    for stat, path in used:
        total += stat.st_size
        if total > MOST_BYTES:
            path.unlink(missing_ok=True)
