"""Cancer waiting times as NHS England publishes them by provider: each patient counted once.

The file gives treatments twice: every kind of cancer over all modalities, and every modality over all cancers. It may hold totals besides. Of
each organisation, month and standard one of these views is kept, the finest that tells kinds of cancer apart, and the others must agree with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from data.fields import Field, Kind, Table
from data.findings import Finding, refusal, warning
from data.local_tables import CANCER_WAITS, STANDARDS
from data.sources.declared_tables import KnownTable, Rows
from data.sources.dm01_lines import by_value
from data.sources.month_cells import month_start
from data.sources.national_tests import plain
from data.words import month, number

_MODALITY = Field("modality", "Treatment modality", Kind.TEXT, required=False, help="Empty in the Faster Diagnosis Standard")
_FILE = Table(
    "cancer_file", CANCER_WAITS.title, "One row for each organisation, month, standard, route, modality and kind of cancer.",
    (*CANCER_WAITS.fields[:4], _MODALITY, *CANCER_WAITS.fields[4:]), key=(*CANCER_WAITS.key, _MODALITY.name),
)  # fmt: skip

_FIGURES = ("total", "within", "breaches")
_GROUP = ["organisation", "period", "standard"]
_AGREE = 1e-6
_HALVES = 2
_TYPES, _CROSSED, _MODALITIES, _TOTALS = range(4)
"""Views of the same patients, the one that is kept first: by kind of cancer, by kind and modality, by modality, and totals."""


def _standard(cell: Any) -> Any:
    """Our name of a standard from how files write it: `28-day FDS`, `31-day Combined`, `62-day Combined`."""
    digits = "".join(c for c in str(cell).split("-")[0].split(" ")[0] if c.isdigit())
    return next((s for s in STANDARDS if s.split("_")[0] == digits), cell)


def _kept(rows: Rows) -> Rows:
    """Rows in which every patient stands once, or why there are none."""
    wrong = list(_wrong_figures(rows))
    if wrong:
        return rows.kept(pd.Series(True, index=rows.frame.index), *wrong)
    frame = rows.frame
    whole_route = by_value(frame["route"], _is_all).astype(bool)
    routes = whole_route.groupby([frame[c] for c in _GROUP]).transform("min").astype(bool)
    rows = rows.kept(~whole_route | routes)
    frame = rows.frame
    types, modalities = (~by_value(frame[name], _is_all).astype(bool) for name in ("cancer_type", "modality"))
    view = pd.Series(np.select([types & ~modalities, types & modalities, ~types & modalities], [_TYPES, _CROSSED, _MODALITIES], _TOTALS), frame.index)
    best = view.groupby([frame[c] for c in _GROUP]).transform("min")
    differ = list(_disagreements(rows, view))
    kept = rows.kept(view == best, *differ)
    return _without_modality(kept)


def _is_all(text: str) -> bool:
    return plain(text) in ("", "all") or plain(text).startswith(("allcancer", "allmodalit", "allroute", "allstage"))


def _wrong_figures(rows: Rows) -> Iterator[Finding]:
    """Figures that are no half patients, and rows that do not add up."""
    frame = rows.frame
    for name in _FIGURES:
        doubled = frame[name] * _HALVES
        for i in np.flatnonzero((doubled - doubled.round()).abs() > _AGREE):
            yield refusal("half-patients", number(frame[name].iloc[i], 2), "whole or half patients", "Correct the figure.", **rows.at(int(i), name))
    for i in np.flatnonzero((frame["within"] + frame["breaches"] - frame["total"]).abs() > _AGREE):
        row = frame.iloc[i]
        yield refusal("total", number(row["total"], 1), f"{number(row['within'] + row['breaches'], 1)}, those within and later together",
                      "Correct one of the three figures of this row.", **rows.at(int(i), "total"))  # fmt: skip


def _disagreements(rows: Rows, view: pd.Series[int]) -> Iterator[Finding]:
    """Views of the same patients whose sums differ from those of the view that is kept."""
    sums = rows.frame.assign(view=view).groupby([*_GROUP, "view"])["total"].sum(min_count=1, skipna=False)
    wide = sums.unstack("view").sort_index(axis=1)
    first = wide.bfill(axis=1).iloc[:, 0] if not wide.empty else pd.Series(dtype=float)
    for name in wide.columns:
        for (organisation, period, standard), total in wide[name][(wide[name] - first).abs() > _AGREE].items():
            kept = number(first[organisation, period, standard], 1)
            yield warning("cancer-views", f"{number(total, 1)} patients of {organisation}, {standard.replace('_', '-')}, {month(period)}",
                          f"{kept}, as counted by kind of cancer", "A row is missing or was changed: check the file against the published one.",
                          file=rows.file, sheet=rows.sheet, column=rows.headings.get("total", ""))  # fmt: skip


def _without_modality(rows: Rows) -> Rows:
    """Rows of the kept table: modalities of one kind of cancer added up."""
    frame, key = rows.frame, list(CANCER_WAITS.key)
    first = ~frame.duplicated(key)
    summed = frame.groupby(key, sort=False)[list(_FIGURES)].sum(min_count=1, skipna=False).reset_index()
    kept = rows.kept(first)
    return Rows(CANCER_WAITS.typed(summed), kept.lines, rows.file, rows.sheet, rows.headings, rows.findings)


KNOWN = KnownTable(
    _FILE,
    {
        "organisation": ("provider_code", "Org code", "Provider", "Provider code"), "period": ("Period", "Month"),
        "standard": ("Standard or item", "Standard"), "route": ("stage_route", "Stage or route", "Stage/Route"),
        "modality": ("treatment_modality",), "cancer_type": ("cancer_type", "Cancer report category"),
        "total": ("total_treated", "Total treated", "Total"), "within": ("within_standard", "Within standard"),
        "breaches": ("Breaches", "Outside standard", "After standard"),
    },
    "Cancer Waiting Times, provider extract (NHS England)",
    cells={"period": month_start, "standard": _standard}, figures=_FIGURES, kept_as=CANCER_WAITS, kept=_kept,
)  # fmt: skip
"""The published extract."""
