"""Tiny networks as datasets: small enough to plan by hand, or by trying every plan.

The history is October and November 2025: 23 and 20 working days, no bank holiday. November ends on a Sunday, so plans start the day after the list
was counted, on Monday 1 December 2025; their first three weeks have no bank holiday either. Unless a test says otherwise every slot is used and
attended, weekends bring nothing, and staff never bind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
from hypothesis import settings

from data.activity import ACTIVITY, WAITING, Activity
from data.assumptions import ASSUMPTIONS, Assumptions
from data.dataset import SOURCES, Dataset
from data.network import NETWORK_TABLES, Network
from data.run import PlanSettings
from data.scenario import Scenario
from optimisation.allocation.model import build_model
from optimisation.allocation.objective import GOALS
from optimisation.allocation.problem import build_problem
from optimisation.matrix import matrix_of
from optimisation.solving import Outcome, solve_in_order
from portal.planning import prepare
from tests.networks.small import frame

MONTHS = ("2025-10-01", "2025-11-01")
WORKING_DAYS = (23, 20)
FIRST_MONDAY = pd.Timestamp("2025-12-01")

NEUTRAL: dict[str, float] = {
    "scans_per_hour": 1, "utilisation": 1, "dna_rate": 0, "unscheduled_outside": 0, "hours_per_wte": 40,
    "overtime_limit": 0, "bank_limit": 0, "examination_cost": 0, "list_floor": 0, "booked_in_turn": 1,
    "longer_price": 0, "mobile_hours": 10, "mobile_setup_loss": 0, "mobile_minimum_stay": 1, "mobile_notice": 0, "mobile_suitable": 1,
    "aid_accept_to_30": 1, "aid_accept_to_45": 1, "aid_accept_to_60": 1, "aid_accept_beyond": 1, "aid_suitable": 1,
    "aid_minimum_batch": 0, "aid_maximum_batch": 1000, "aid_role_weeks": 1,
    "target_share": 0, "target_week": 1, "ramp_price": 0,
    "other_day_additions": 0, "other_day_planned": 0, "other_day_unscheduled": 0, "older_month_weight": 1,
}  # fmt: skip
"""Values for a network in which only what a test names plays a part."""


@dataclass(frozen=True)
class Stream:
    """The history of one organisation and test, both months alike.

    Attributes:
        waiting: patients by weeks waited at the end of November; shorter than 14 = nobody has waited longer.
        seen, planned, unscheduled: examinations a month; 43 in each of the two months make 10 in a week of five days.
        joined: net additions in November: what the list grew by, and what was seen from it; 20 make 5 a week.
    """

    waiting: Sequence[float] = ()
    seen: float = 0
    planned: float = 0
    unscheduled: float = 0
    joined: float = 0

    def rows(self, organisation: str, test: str) -> list[dict[str, Any]]:
        """Rows of the activity table. October's list differs from November's in the longest band only."""
        bands = [*self.waiting, *[0.0] * (len(WAITING) - len(self.waiting))]
        before = [*bands[:-1], bands[-1] + self.seen - self.joined]
        if before[-1] < 0:
            before = [sum(bands) + self.seen - self.joined, *[0.0] * (len(WAITING) - 1)]
        done = {"done_waiting_list": self.seen, "done_planned": self.planned, "done_unscheduled": self.unscheduled}
        return [
            {"organisation": organisation, "test": test, "period": month, **done, **dict(zip(WAITING, counts, strict=True))}
            for month, counts in zip(MONTHS, (before, bands), strict=True)
        ]


def session_type(name: str = "core", minutes: float = 60, a_week: int = 2, **more: Any) -> dict[str, Any]:
    """A session type run `a_week` times on Mondays."""
    return {"session_type": name, "title": name, "minutes": minutes, "monday": a_week, "fill_order": 1} | more


@dataclass(frozen=True)
class Tiny:
    """What a tiny network is made of; two organisations with one room each unless said otherwise.

    Attributes:
        sites: site → organisation, in order.
        rooms: asset type → tests done on it.
        assets: (site, asset type) → how many stay there.
        streams: (organisation, test) → history.
        travel: (site, site) → minutes by road.
        rota: (site, asset type, session type) → sessions a week today; a station left out has its rota derived.
        staffing: asset type → people of the one staff group.
        wte: organisation → whole-time equivalents.
        mobiles: unit → row of the table of mobile units.
        pads: (site, asset type) → row of the table of pads.
        assumed: name → value everywhere, on top of `NEUTRAL`.
        scoped: further rows of assumptions.
        tables: further rows of network tables.
    """

    sites: Mapping[str, str]
    streams: Mapping[tuple[str, str], Stream]
    rooms: Mapping[str, Sequence[str]] = ()  # type: ignore[assignment]
    assets: Mapping[tuple[str, str], int] = ()  # type: ignore[assignment]
    session_types: Sequence[Mapping[str, Any]] = (session_type(),)
    travel: Mapping[tuple[str, str], float] = ()  # type: ignore[assignment]
    rota: Mapping[tuple[str, str, str], float] = ()  # type: ignore[assignment]
    staffing: Mapping[str, float] = ()  # type: ignore[assignment]
    wte: Mapping[str, float] = ()  # type: ignore[assignment]
    mobiles: Mapping[str, Mapping[str, Any]] = ()  # type: ignore[assignment]
    pads: Mapping[tuple[str, str], Mapping[str, Any]] = ()  # type: ignore[assignment]
    assumed: Mapping[str, float] = ()  # type: ignore[assignment]
    scoped: Sequence[Mapping[str, Any]] = ()
    tables: Mapping[str, Sequence[Mapping[str, Any]]] = ()  # type: ignore[assignment]

    def but(self, **parts: Any) -> Tiny:
        """The same network with some parts replaced."""
        return replace(self, **parts)

    def assuming(self, **values: float) -> Tiny:
        """The same network with other assumptions."""
        return replace(self, assumed=dict(self.assumed) | values)

    def dataset(self) -> Dataset:
        """The network with its history and assumptions."""
        tables = self._tables()
        for name, rows in dict(self.tables).items():
            tables[name] = [*tables.get(name, []), *map(dict, rows)]
        network = Network({t.name: frame(t, tables.get(t.name, [])) for t in NETWORK_TABLES})
        assumed = [{"name": n, "value": float(v)} for n, v in (NEUTRAL | dict(self.assumed)).items()]
        rows = [row for (o, m), stream in self.streams.items() for row in stream.rows(o, m)]
        return Dataset(
            network, Activity({"activity": frame(ACTIVITY, rows)}),
            Assumptions({"assumptions": frame(ASSUMPTIONS, [*assumed, *map(dict, self.scoped)])}), SOURCES.empty(),
        )  # fmt: skip

    def _tables(self) -> dict[str, list[dict[str, Any]]]:
        tests = list(dict.fromkeys(m for _, m in self.streams))
        organisations = list(dict.fromkeys(self.sites.values()))
        rooms = dict(self.rooms) or {"room": tests}
        assets = dict(self.assets) or {(s, a): 1 for s in self.sites for a in rooms}
        staffing = dict(self.staffing) or dict.fromkeys(rooms, 1.0)
        wte = dict(self.wte) or dict.fromkeys(organisations, 100.0)
        return {
            "network": [{"network": "tiny", "title": "Tiny", "synthetic": True}],
            "organisations": [{"organisation": o, "title": f"Trust {o}"} for o in organisations],
            "sites": [{"site": s, "title": f"Site {s}", "organisation": o} for s, o in self.sites.items()],
            "tests": [{"test": m, "title": m, "allocated": True} for m in tests],
            "asset_types": [{"asset_type": a, "title": a} for a in rooms],
            "capabilities": [{"asset_type": a, "test": m} for a, done in rooms.items() for m in done],
            "assets": [{"asset": f"{s} {a} {k}", "site": s, "asset_type": a} for (s, a), n in assets.items() for k in range(n)],
            "session_types": [dict(t) for t in self.session_types],
            "staff_groups": [{"staff_group": "staff", "title": "Staff"}],
            "staffing": [{"asset_type": a, "staff_group": "staff", "staff": n} for a, n in staffing.items()],
            "staff_in_post": [{"organisation": o, "staff_group": "staff", "wte": n} for o, n in wte.items()],
            "mobiles": [{"mobile": v, "title": v} | dict(row) for v, row in dict(self.mobiles).items()],
            "pads": [{"site": s, "asset_type": a} | dict(row) for (s, a), row in dict(self.pads).items()],
            "travel": [{"from_place": s, "to_site": e, "minutes": n} for (s, e), n in dict(self.travel).items()],
            "rota": [{"site": s, "asset_type": a, "session_type": t, "sessions": n} for (s, a, t), n in dict(self.rota).items()],
        }


def readers(**wte: float) -> dict[str, list[dict[str, Any]]]:
    """Tables of a staff group that writes reports; organisation → whole-time equivalents in post."""
    post = [{"organisation": o, "staff_group": "readers", "wte": n} for o, n in wte.items()]
    return {"staff_groups": [{"staff_group": "readers", "title": "Readers"}], "staff_in_post": post}


def month(
    period: str, *, organisation: str = "P", test: str = "x", seen: float = 0, planned: float = 0, unscheduled: float = 0, **bands: float
) -> dict[str, Any]:  # fmt: skip
    """A row of the activity table; `b0=5` are five who have waited less than a week."""
    counts = dict.fromkeys(WAITING, 0.0) | {f"waiting_{k[1:]}": float(n) for k, n in bands.items()}
    done = {"done_waiting_list": seen, "done_planned": planned, "done_unscheduled": unscheduled}
    return {"organisation": organisation, "test": test, "period": period} | done | counts


def with_history(dataset: Dataset, *rows: Mapping[str, Any]) -> Dataset:
    """The dataset with another history, made of rows of `month`."""
    return dataset.changed(activity=Activity({"activity": frame(ACTIVITY, [dict(r) for r in rows])}))


def solved(dataset: Dataset, scenario: Scenario, gap: float = 1e-7) -> Outcome:
    """The chain as far as the solver's answer, one part of the matrix after another."""
    matrix = matrix_of(build_model(build_problem(prepare(dataset, scenario))))
    return solve_in_order(matrix, [g.name for g in GOALS], PlanSettings(gap=gap, threads=1), lambda _: None, lambda: False)


def few(examples: int) -> settings:
    """So many examples where hypothesis draws a hundred; in proportion where it is asked for more."""
    return settings(max_examples=max(1, settings().max_examples * examples // 100))


def two_trusts(**parts: Any) -> Tiny:
    """P with a long list and ten joining a week, Q with a short list and five; a room each for four patients a session, twenty minutes apart."""
    return Tiny(
        sites={"p1": "P", "q1": "Q"},
        streams={("P", "x"): Stream([0.0] * 13 + [12.0], seen=43, joined=40), ("Q", "x"): Stream([2.0], seen=43, joined=20)},
        session_types=[session_type(minutes=240, a_week=3)],
        travel={("p1", "q1"): 20.0},
    ).but(**parts)
