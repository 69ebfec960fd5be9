"""What the page of the imaging dataset asks: which months are there, the patterns under its filters, and figures beside those in force."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from data.activity import KINDS
from data.assumptions import BY_NAME
from data.dataset import Dataset
from data.measured import accepted, for_information, measured, rounded
from data.measures import BY_MEASURE, months_words
from data.measuring import Seen
from data.network import Network
from data.small_numbers import LARGEST, applies, guarded, guarded_totals
from data.sources.imaging import KIND, SOURCES
from data.store import Scope, StoredDataset
from data.store.imaging import Filters
from data.words import number
from data.working_days import WorkingDays
from data.workload import recent_activity
from portal import services
from portal.charts.imaging_figures import places
from portal.services import kept

_KEPT = 12

SOURCE_TITLES = {s: "General practice" if s == "gp" else s.capitalize() for s in SOURCES}
"""Sources of referral in words."""

GUARDED: Mapping[str, tuple[tuple[str, ...], Mapping[str, str]]] = {
    "by_hour": (("n",), {}),
    "by_month": (("n",), {}),
    "utilisation": ((), dict.fromkeys(("minutes_scanned", "minutes_open", "utilisation"), "n")),
    "planned": (("n",), dict.fromkeys(("minutes_scanned", "minutes_open", "utilisation"), "n")),
    "sessions": (("n",), dict.fromkeys(("sessions", "listed_sessions"), "n")),
    "attendance": (
        ("dna", "cancelled_patient", "cancelled_hospital", "kept_or_missed", "n"), {"dna_rate": "kept_or_missed", "cancellation_rate": "n"},
    ),
    "lengths": (("n",), dict.fromkeys(("lower_quartile", "median", "upper_quartile", "mean"), "n")),
    "acute": (("acute", "n"), {"acute_share": "n"}),
    "downtime": ((), {}),
    "turnaround": (("n",), dict.fromkeys(("median", "p85", "p95", "share_over"), "n")),
}  # fmt: skip
"""By pattern shown: columns that count patients, and averages with what they are taken over. Days of scanners are no patients."""


@dataclass(frozen=True)
class Part:
    """What is in force of one organisation and month: organisation, month (`YYYY-MM`), rows, content, day it was loaded."""

    organisation: str
    month: str
    rows: int
    sha256: str
    loaded: pd.Timestamp


@dataclass(frozen=True)
class Asked:
    """The filters of the page; empty = everything. Months are `YYYY-MM`, both ends included."""

    organisation: str = ""
    site: str = ""
    test: str = ""
    source: str = ""
    first: str = ""
    last: str = ""

    def of(self, parts: Collection[Part]) -> tuple[Part, ...]:
        """The parts these filters look at."""
        return tuple(
            p for p in parts
            if self.organisation in ("", p.organisation) and (self.first or p.month) <= p.month <= (self.last or p.month)
        )  # fmt: skip

    def filters(self, parts: Collection[Part]) -> Filters:
        """The same as the store takes them."""
        seen = self.of(parts)
        return Filters(
            organisations=tuple(sorted({p.organisation for p in seen})), sites=(self.site,) if self.site else None,
            tests=(self.test,) if self.test else None, sources=(self.source,) if self.source else None,
            months=tuple(sorted({p.month for p in seen})),
        )  # fmt: skip


@dataclass(frozen=True, eq=False)
class View:
    """A pattern as it may be shown.

    Attributes:
        table: the pattern; guarded where the rule applies.
        examinations: examinations done under the same filters, as it may be shown.
        guarded: True where the rule on small numbers was applied.
        months: in words.
    """

    table: pd.DataFrame
    examinations: float
    guarded: bool
    months: str


def parts(scope: Scope, network: Network) -> tuple[Part, ...]:
    """What is in force of this network's organisations, as far as the scope sees it."""
    return tuple(
        Part(p.organisation, p.month, p.rows, p.sha256, pd.Timestamp(e.created).tz_localize(None))
        for e in services.store().extracts(scope, KIND) for p in e.parts
        if p.current and p.purged is None and p.organisation in network.organisations
    )  # fmt: skip


def sent(scope: Scope, held: Collection[Part], network: Network) -> pd.DataFrame:
    """Who has sent what, as it may be shown.

    Returns:
        organisation, month, rows (missing where nothing came), loaded; every organisation the scope sees, every month between the first and last.
    """
    rows = pd.DataFrame([(p.organisation, p.month, float(p.rows), p.loaded) for p in held], columns=["organisation", "month", "rows", "loaded"])
    span = pd.period_range(rows["month"].min(), rows["month"].max(), freq="M").astype(str)
    senders = [scope.organisation] if scope.organisation else network.organisations
    full = (
        rows.set_index(["organisation", "month"]).reindex(pd.MultiIndex.from_product([senders, span], names=["organisation", "month"])).reset_index()
    )
    return guarded(full, ["rows"]) if is_guarded(scope, Asked(), held) else full


def is_guarded(scope: Scope, asked: Asked, held: Collection[Part]) -> bool:
    """Whether the rule on small numbers is in force for what is shown."""
    return applies(scope.organisation, {p.organisation for p in asked.of(held)})


def pattern(scope: Scope, network: Network, name: str, asked: Asked, held: Collection[Part]) -> View:
    """One pattern as it may be shown.

    Args:
        scope: on whose behalf.
        network: whose calendar.
        name: of the pattern.
        asked: the filters.
        held: what is in force.
    """
    guard = is_guarded(scope, asked, held)
    table = _raw(scope, network, name, asked, held)
    if name == "by_hour":
        table = table.groupby(["weekday", "hour"], as_index=False)["n"].sum()
    if name == "planned":
        table = table.groupby(["site", "test"], as_index=False)[["minutes_scanned", "minutes_open", "n"]].sum()
        table["utilisation"] = table["minutes_scanned"] / table["minutes_open"].where(table["minutes_open"] > 0)
    if name == "by_month":
        table = table.groupby(["site", "month"], as_index=False)["n"].sum()
    counts, averages = GUARDED[name]
    done = _raw(scope, network, "by_hour", asked, held)
    total = guarded_totals(done, [], ["n"])["n"].iloc[0] if guard else done["n"].sum()
    words = months_words(sorted({p.month for p in asked.of(held)}))
    return View(guarded(table, counts, averages) if guard else table, float(total), guard, words)


def _raw(scope: Scope, network: Network, name: str, asked: Asked, held: Collection[Part]) -> pd.DataFrame:
    return services.store().imaging_pattern(scope, name, WorkingDays.of(network), asked.filters(held))


def answer(scope: Scope, network: Network, asked: Asked, held: Collection[Part]) -> str:
    """What was done, where and when, in one sentence."""
    done, acute, missed = (_raw(scope, network, n, asked, held) for n in ("by_hour", "acute", "attendance"))
    seen = pattern(scope, network, "by_hour", asked, held)
    if not done["n"].sum():
        return f"{seen.months}: no examination was done under these filters."
    if seen.guarded and done["n"].sum() <= LARGEST:
        return f"{seen.months}: a few examinations were done under these filters."
    booked, known = missed["kept_or_missed"].sum(), acute["n"].sum()
    parts = [f"{seen.months}: {number(seen.examinations)} examinations were done"]
    parts += [f"{number(100 * acute['acute'].sum() / known)}% were for emergencies and inpatients"] if known > LARGEST and not asked.source else []
    parts += [f"{number(100 * missed['dna'].sum() / booked, 1)}% of appointments were missed"] if booked > LARGEST else []
    return "; ".join(parts) + "."


def weeks(held: Collection[Part], asked: Asked) -> dict[str, float]:
    """Weeks looked at, by organisation: days of its months over seven."""
    days: dict[str, float] = {}
    for p in asked.of(held):
        days[p.organisation] = days.get(p.organisation, 0.0) + pd.Period(p.month, freq="M").days_in_month / 7
    return days


def figures(scope: Scope, dataset_id: str, asked: Asked, held: Collection[Part]) -> pd.DataFrame:
    """Measured assumptions and figures for information; counted over every test, source and site of an organisation, as assumptions hold.

    Returns:
        Typed frame of `data.measured.MEASURED`; where a site or test is asked for, the rows that hold there.
    """
    rows = _figures(scope, dataset_id, replace(asked, site="", test="", source=""), tuple(held))
    return rows[
        rows["site"].isin(["", asked.site] if asked.site else rows["site"]) & rows["test"].isin(["", asked.test] if asked.test else rows["test"])
    ]


@kept(_KEPT)
def _figures(scope: Scope, dataset_id: str, asked: Asked, held: tuple[Part, ...]) -> pd.DataFrame:
    known = services.dataset(scope, dataset_id)
    names = ("planned", "attendance", "downtime", "acute", "turnaround", "by_hour")
    months: dict[str, tuple[str, ...]] = {}
    for p in sorted(asked.of(held), key=lambda p: p.month):
        months[p.organisation] = (*months.get(p.organisation, ()), p.month)
    seen = Seen(**{n: _raw(scope, known.network, n, asked, held) for n in names}, months=months, returned=_returned(known, months))
    own = measured(known.network, known.assumptions, seen)
    more = for_information(known.network, seen, *_beside(scope, dataset_id, known))
    return pd.concat([own, more], ignore_index=True)


def _returned(known: Dataset, months: Mapping[str, tuple[str, ...]]) -> dict[tuple[str, str], float]:
    """Examinations of the monthly return by organisation and test, where it holds every month the organisation sent."""
    if not known.has_history:
        return {}
    rows = known.activity.of(known.network.organisations)
    rows = rows.assign(month=rows["period"].dt.strftime("%Y-%m"), every=rows[[f"done_{k}" for k in KINDS]].sum(axis=1))
    rows = rows[[month in months.get(organisation, ()) for organisation, month in zip(rows["organisation"], rows["month"], strict=True)]]
    sums = rows.groupby(["organisation", "test"]).agg(every=("every", "sum"), months=("month", "nunique"))
    return {(str(o), str(t)): float(every) for (o, t), every, n in sums.itertuples(name=None) if n == len(months[o])}


def _beside(scope: Scope, dataset_id: str, known: Dataset) -> tuple[dict[str, dict[tuple[str, ...], float]], dict[str, str]]:
    """What the model has beside figures that are no assumption: the unscheduled share of recent months, and the hours of today's rota."""
    if not known.has_history:
        return {}, {}
    wide = recent_activity(known, known.assumptions).pivot(index=["organisation", "test"], columns="kind", values="patients")
    every = wide.sum(axis=1)
    shares = (wide["unscheduled"] / every.where(every > 0)).dropna()
    beside: dict[str, dict[tuple[str, ...], float]] = {"acute_share": {(str(o), str(t)): float(v) for (o, t), v in shares.items()}}
    if known.network.plannable:
        rows = services.rota(scope, dataset_id).ordinary
        minutes = rows["session_type"].map(known.network["session_types"].set_index("session_type")["minutes"])
        hours = (rows["sessions"] * minutes / 60).groupby([rows["site"], rows["asset_type"]]).sum()
        beside["hours_run"] = {(str(s), str(a)): float(v) for (s, a), v in hours.items()}
    return beside, {"acute_share": "Unscheduled share of the monthly return, recent months", "hours_run": "Today's rota"}


def effects(rows: pd.DataFrame, network: Network) -> list[str]:
    """What accepting measured figures changes, one sentence each."""
    return [
        f"{BY_MEASURE[r.measure].title} ({place}): {rounded(r.value):g} in place of {r.in_force:g} {BY_NAME[r.measure].unit}"
        for r, place in zip(rows.itertuples(), places(rows, network), strict=True)
    ]


def accept(scope: Scope, dataset_id: str, rows: pd.DataFrame, *, name: str, on: pd.Timestamp) -> StoredDataset:
    """Store a new version of the dataset in which measured figures are in force; the earlier one stays.

    Args:
        scope: a planner's, who becomes the owner of the figures.
        dataset_id: the dataset to begin with.
        rows: rows of `data.measured.MEASURED` that are offered.
        name: of the new version.
        on: the day of the decision.

    Raises:
        Refused: a figure clashes with another row, or no name was given.
        NotAllowed: the role may not save.
    """
    held = services.dataset(scope, dataset_id)
    made = held.changed(assumptions=held.assumptions.with_rows(accepted(rows, owner=scope.user, on=on)))
    note = f"{len(rows)} measured from the imaging extract"
    return services.store().save_dataset(scope, made, name=name, note=note)
