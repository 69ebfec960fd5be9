"""Work in planned sessions: added up once for each part of the extract, kept in a small file beside it, and answered from there.

A planned session is a part of a day in which a scanner did an examination of outpatients or from general practice; it is open from the first
start of those to the end of the last examination begun before they were over. Minutes open are shared by tests as the minutes scanned are.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from data.sources.imaging import ACUTE, PARTS_OF_DAY
from data.store.extract_files import STAGING

_log = logging.getLogger(__name__)

LISTS = ("outpatient", "gp")
"""Sources of referral whose examinations make a session a planned one."""

_FORM = 1
"""Raise whenever the same examinations would be added up differently: files of an earlier form are not looked at again."""

_THREADS = 2
_DAYS = 100_000
"""More than the number of any day, counted from 1970."""

_PARTS = len(PARTS_OF_DAY)
_CODED = ("site", "scanner_id", "test", "source_of_referral", "outcome")
_READ = (*_CODED, "day", "start_second", "minutes")
_KEY, _SUMS = ("site", "test", "scanner_id", "day"), ("minutes_scanned", "minutes_open", "acute", "n")
_NAME = pa.dictionary(pa.int32(), pa.string())
_SCHEMA = pa.schema(
    [
        *((name, pa.date32() if name == "day" else _NAME) for name in _KEY),
        *((name, pa.float64() if name.startswith("minutes") else pa.int64()) for name in _SUMS),
        ("list", _NAME), ("every_test", pa.bool_()), ("one_test", pa.bool_()),
    ]
)  # fmt: skip


@dataclass(frozen=True)
class _Done:
    """Examinations done on known scanners, in order of `place`: one array of each, all of one length.

    Attributes:
        place: scanner, day, part of the day and test, as one number.
        source: number of the source of referral; -1 = not known.
        listed, acute: what the source is.
        start: seconds since midnight.
        minutes: length; not a number where it is not known.
    """

    place: NDArray[np.int64]
    source: NDArray[np.int32]
    listed: NDArray[np.bool_]
    acute: NDArray[np.bool_]
    start: NDArray[np.float64]
    minutes: NDArray[np.float64]

    def where(self, kept: NDArray[Any]) -> _Done:
        """Some of them: a mask, or positions in order."""
        return _Done(*(getattr(self, field.name)[kept] for field in fields(self)))


@dataclass(frozen=True)
class _Names:
    """What the numbers stand for; a scanner's is that of its site and that of its name in one."""

    site: pa.Array
    scanner: pa.Array
    test: pa.Array
    source: pa.Array


def planned(
    paths: Sequence[Path], sites: Sequence[str] | None, tests: Sequence[str] | None, sources: Sequence[str] | None
) -> pd.DataFrame:  # fmt: skip
    """Work in planned sessions under filters; an examination that is filtered out makes no session and is in none.

    Args:
        paths: of the parts.
        sites: only of these; None = all.
        tests: likewise.
        sources: of referral, likewise.

    Returns:
        site, test, scanner_id, day, minutes_scanned, minutes_open, acute, n; in order of the first four.
    """
    if any(only is not None and len(only) > 1 for only in (tests, sources)):
        # Not every combination of several is kept.
        rows = pa.concat_tables(_added_up(path, tests, sources, ("",)) for path in paths)
        kept = rows["every_test"]
    else:
        rows = pa.concat_tables(summed_up(paths))
        kept = rows["every_test"] if tests is None else pc.and_(rows["one_test"], _among(rows["test"], tests))
        kept = pc.and_(kept, _among(rows["list"], ("",) if sources is None else sources))
    if sites is not None:
        kept = pc.and_(kept, _among(rows["site"], sites))
    chosen = rows.filter(kept).select([*_KEY, *_SUMS])
    names = [(name, pa.string() if kind == _NAME else kind) for name, kind in zip(chosen.schema.names, chosen.schema.types, strict=True)]
    return chosen.cast(pa.schema(names)).sort_by([(name, "ascending") for name in _KEY]).to_pandas()


def summed_up(paths: Sequence[Path]) -> list[pa.Table]:
    """What each part holds of planned sessions, from the file beside it; that file is written where it is not there or cannot be read.

    Args:
        paths: of the parts.

    Returns:
        For each part a table of site, test, scanner, day and sums, counted of every source (`list` is empty) and of each of `LISTS` by itself.
        Rows marked `every_test` are of sessions that all tests of a scanner make together, those marked `one_test` of sessions of one test.
    """
    with ThreadPoolExecutor(_THREADS) as pool:
        return list(pool.map(_summed_up, paths))


def _summed_up(path: Path) -> pa.Table:
    beside = path.with_name(f"{path.stem}.planned-{_FORM}.parquet")
    try:
        return pq.read_table(beside, use_threads=False)
    except (OSError, pa.ArrowInvalid):  # not there, or left empty by a power cut
        made = _added_up(path, None, None, ("", *LISTS))
    staged = path.parents[1] / f"{STAGING}{uuid.uuid4().hex}"
    try:
        pq.write_table(made, staged, compression="lz4", write_statistics=False, use_dictionary=[*_KEY, "list"])
        staged.replace(beside)
    except OSError as error:  # the answer does not need it
        staged.unlink(missing_ok=True)
        _log.warning("Work in planned sessions is not kept: %s", error.strerror)
    return made


def _added_up(path: Path, tests: Sequence[str] | None, sources: Sequence[str] | None, lists: Sequence[str]) -> pa.Table:
    """The table of `summed_up`, of the examinations of a part that these filters leave."""
    done, names = _read(path, tests, sources)
    width = len(names.test)
    scanner = done.place // (width * _PARTS * _DAYS)
    scanners_of_tests = np.unique(scanner * width + done.place % width) // width
    several = np.bincount(scanners_of_tests, minlength=len(names.site) * len(names.scanner)) > 1
    pieces = []
    for name in lists:
        of_list = _is_any(done.source, names.source, [name]) if name else np.full(len(scanner), True)
        pieces.append(_by_day(done.where(of_list), names, name, several, together=True))
        if (of_several := of_list & several[scanner]).any():
            pieces.append(_by_day(done.where(of_several), names, name, several, together=False))
    return pa.concat_tables(pieces).unify_dictionaries()


def _read(path: Path, tests: Sequence[str] | None, sources: Sequence[str] | None) -> tuple[_Done, _Names]:
    with pq.ParquetFile(path, read_dictionary=list(_CODED), memory_map=True) as file:
        table = file.read(columns=list(_READ), use_threads=False).unify_dictionaries().combine_chunks()
    coded = {name: table[name].combine_chunks() for name in _CODED}
    number = {name: column.indices.fill_null(-1).to_numpy() for name, column in coded.items()}
    known = {name: column.dictionary for name, column in coded.items()}
    start, source, width = table["start_second"].to_numpy(), number["source_of_referral"], len(known["scanner_id"])
    kept = _is_any(number["outcome"], known["outcome"], ["done"]) & (number["scanner_id"] >= 0) & ~np.isnan(start)
    for name, only in (("test", tests), ("source_of_referral", sources)):
        kept &= True if only is None else _is_any(number[name], known[name], only)
    part = sum((start >= 3600 * hour).astype(np.int64) for hour in list(PARTS_OF_DAY.values())[1:])
    scanner, day = number["site"].astype(np.int64) * width + number["scanner_id"], table["day"].cast(pa.int32()).to_numpy()
    place = ((scanner * _DAYS + day) * _PARTS + part) * len(known["test"]) + number["test"]
    listed, acute = (_is_any(source, known["source_of_referral"], some) for some in (LISTS, ACUTE))
    chosen = np.flatnonzero(kept)
    done = _Done(place, source, listed, acute, start, table["minutes"].to_numpy()).where(chosen[np.argsort(place[chosen], kind="stable")])
    return replace(done, start=done.start.astype(float), minutes=done.minutes.astype(float)), _Names(*(known[name] for name in _CODED[:4]))


def _by_day(done: _Done, names: _Names, name: str, several: NDArray[np.bool_], *, together: bool) -> pa.Table:
    """One row for each scanner, day and test; `together` = the tests of a scanner share its sessions."""
    width = len(names.test)
    place, sums = _inside(done, width if together else 1)
    place = place // (width * _PARTS) * width + place % width  # the parts of a day together
    order = np.argsort(place, kind="stable")
    first = _firsts(place[order])
    scanner_day, test = np.divmod(place[order][first], width)
    scanner, day = np.divmod(scanner_day, _DAYS)
    columns = {
        "site": _named(scanner // len(names.scanner), names.site), "test": _named(test, names.test),
        "scanner_id": _named(scanner % len(names.scanner), names.scanner),
        "day": pa.array(day.astype(np.int32), pa.int32()).cast(pa.date32()),
        **{column: np.add.reduceat(sums[column][order], first) for column in _SUMS},
        "list": _named(np.zeros(len(first)), pa.array([name])), "every_test": np.full(len(first), together),
        "one_test": ~several[scanner] if together else np.full(len(first), True),
    }  # fmt: skip
    return pa.table(columns, schema=_SCHEMA)


def _inside(done: _Done, width: int) -> tuple[NDArray[np.int64], dict[str, NDArray[Any]]]:
    """What was done inside planned sessions, by session and test: where, and the sums. A session is `width` places long."""
    session = np.cumsum(np.diff(done.place // width, prepend=-1) != 0) - 1
    opens = done.listed & (done.minutes > 0)
    began, closed = (np.full(session[-1] + 1 if len(session) else 0, at) for at in (np.inf, -np.inf))
    first = _firsts(session[opens])
    began[session[opens][first]] = np.minimum.reduceat(done.start[opens], first)
    closed[session[opens][first]] = np.maximum.reduceat((done.start + 60 * done.minutes)[opens], first)
    kept = (done.start >= began[session]) & (done.start < closed[session])
    done, session = done.where(kept), session[kept]
    known = np.nan_to_num(done.minutes)
    first, whole = _firsts(done.place), _firsts(session)
    of_session = np.cumsum(np.diff(session[first], prepend=-1) != 0) - 1
    scanned, minutes = np.add.reduceat(known, first), np.maximum.reduceat(done.start / 60 + known, whole) - began[session[whole]] / 60
    sums = {
        "minutes_scanned": scanned, "minutes_open": minutes[of_session] * scanned / np.add.reduceat(known, whole)[of_session],
        "acute": np.add.reduceat(done.acute.astype(np.int64), first), "n": np.add.reduceat((~np.isnan(done.minutes)).astype(np.int64), first),
    }  # fmt: skip
    return done.place[first], sums


def _firsts(numbers: NDArray[np.int64]) -> NDArray[np.intp]:
    """Where equal numbers that stand together begin."""
    return np.flatnonzero(np.diff(numbers, prepend=-1))


def _is_any(numbers: NDArray[np.int32], names: pa.Array, some: Sequence[str]) -> NDArray[np.bool_]:
    """Whether each number stands for one of these names; -1 stands for none."""
    among = np.append(_among(names, some).to_numpy(zero_copy_only=False), False)
    return np.asarray(among[numbers])


def _named(numbers: NDArray[Any], names: pa.Array) -> pa.Array:
    return pa.DictionaryArray.from_arrays(numbers.astype(np.int32), names)


def _among(column: Any, values: Sequence[str]) -> Any:
    return pc.is_in(column, pa.array(values, pa.string()))
