"""Networks for the workforce plan: tiny ones that are planned by hand, and an invented one of the size of a real network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from data.assumptions import ASSUMPTIONS, Assumptions
from data.network import NETWORK_TABLES, Network
from data.workforce_plan import NEED
from optimisation.workforce.problem import Inputs
from tests.networks.small import frame

FIRST = pd.Timestamp("2027-01-01")

NEUTRAL: dict[str, float] = {
    "hours_per_wte": 40, "non_clinical_share": 0, "leaver_rate": 0, "early_leaver_rate": 0, "retirement_rate": 0, "retire_from_55": 0,
    "retire_from_60": 0, "retire_from_65": 0, "recruitment_success": 1, "kept_limit": 0, "kept_cost": 0, "on_cost": 0, "pay_point": 0,
    "unsocial_share": 0, "unequal_cover_price": 0, "uneven_starts_price": 0, "overtime_limit": 0, "bank_limit": 0,
}  # fmt: skip
"""Values for a network in which only what a test names plays a part."""


def route(name: str, group: str = "g", **more: Any) -> dict[str, Any]:
    """A way into a staff group: by recruiting somebody who starts at once, unless said otherwise."""
    usual = {"kind": "recruit", "band": "b", "months": 0, "competence_months": 0, "at_first": 1.0, "trainees_each": 1.0, "funding": "own"}
    return {"route": name, "title": name, "staff_group": group} | usual | more


@dataclass(frozen=True)
class Team:
    """What a tiny network of people is made of: organisations P and Q at sites p and q, test x; groups g (and h where it is named).

    Attributes:
        wte: (organisation, group) → in post.
        need: (organisation, group, kind of work, test) → hours by quarter, the last holds on; examinations are one an hour of the first group.
        examinations: (organisation, test) → examinations a quarter; those left out have as many as the first row of need has hours.
        routes, places, funding, mix: rows of the tables.
        tables: further rows of network tables.
        assumed: name → value everywhere, on top of `NEUTRAL`.
        scoped: further rows of assumptions.
        levers: name → may be used.
    """

    wte: Mapping[tuple[str, str], float]
    need: Mapping[tuple[str, str, str, str], Sequence[float]]
    quarters: int = 4
    examinations: Mapping[tuple[str, str], float] = ()  # type: ignore[assignment]
    routes: Sequence[Mapping[str, Any]] = ()
    places: Sequence[Mapping[str, Any]] = ()
    funding: Sequence[Mapping[str, Any]] = ()
    mix: Sequence[Mapping[str, Any]] = ()
    tables: Mapping[str, Sequence[Mapping[str, Any]]] = ()  # type: ignore[assignment]
    assumed: Mapping[str, float] = ()  # type: ignore[assignment]
    scoped: Sequence[Mapping[str, Any]] = ()
    levers: Mapping[str, bool] = ()  # type: ignore[assignment]

    def but(self, **parts: Any) -> Team:
        """The same with some parts replaced."""
        return replace(self, **parts)

    def assuming(self, **values: float) -> Team:
        """The same with other assumptions."""
        return replace(self, assumed=dict(self.assumed) | values)

    def inputs(self) -> Inputs:
        """What the problem is made from."""
        quarters = pd.date_range(FIRST, periods=self.quarters, freq="QS")
        assumed = [{"name": n, "value": float(v)} for n, v in (NEUTRAL | dict(self.assumed)).items()]
        assumptions = Assumptions({"assumptions": frame(ASSUMPTIONS, [*assumed, *map(dict, self.scoped)])})
        return Inputs(self._network(), assumptions, self._need(quarters), quarters, dict(self.levers))

    def _network(self) -> Network:
        groups = list(dict.fromkeys([*(g for _, g in self.wte), *(k[1] for k in self.need), *(r["staff_group"] for r in self.routes)]))
        tests = list(dict.fromkeys([*(k[3] for k in self.need if k[3]), *(m for _, m in dict(self.examinations))])) or ["x"]
        tables: dict[str, Any] = {
            "network": [{"network": "team", "title": "Team", "synthetic": True}],
            "organisations": [{"organisation": o, "title": f"Trust {o}"} for o in "PQ"],
            "sites": [{"site": o.lower(), "title": f"Site {o}", "organisation": o} for o in "PQ"],
            "tests": [{"test": m, "title": m, "allocated": True} for m in tests],
            "asset_types": [{"asset_type": "room", "title": "Room"}],
            "capabilities": [{"asset_type": "room", "test": m} for m in tests],
            "assets": [{"asset": f"{s} room", "site": s, "asset_type": "room"} for s in "pq"],
            "session_types": [{"session_type": "core", "title": "Core", "minutes": 240.0, "monday": 1, "fill_order": 1}],
            "staff_groups": [{"staff_group": g, "title": g} for g in groups],
            "staffing": [{"asset_type": "room", "staff_group": groups[0], "staff": 1.0}],
            "staff_in_post": [{"organisation": o, "staff_group": g, "wte": n} for (o, g), n in self.wte.items()],
            "posts": [{"organisation": o, "staff_group": g, "band": "b", "wte": n} for (o, g), n in self.wte.items()],
            "travel": [{"from_place": "p", "to_site": "q", "minutes": 30.0}],
            "pay": [{"band": "b", "from_date": "2026-04-01", "minimum_gbp": 40_000.0, "maximum_gbp": 50_000.0}],
            "routes": self.routes, "places": self.places, "funding": self.funding, "skill_mix": self.mix,
        }  # fmt: skip
        tables |= dict(self.tables)
        return Network({t.name: frame(t, [dict(r) for r in tables.get(t.name, [])]) for t in NETWORK_TABLES})

    def _need(self, quarters: pd.DatetimeIndex) -> pd.DataFrame:
        rows, examinations = [], dict(self.examinations)
        for (o, g, kind, m), hours in self.need.items():
            for q, day in enumerate(quarters):
                n = float(hours[min(q, len(hours) - 1)])
                done = examinations.get((o, m), n) if m else 0.0
                rows.append(
                    {"organisation": o, "staff_group": g, "kind": kind, "test": m, "quarter": day, "examinations": done, "hours": n, "wte": 0.0}
                )
        return frame(NEED, [{"wte": 0.0, **row} for row in rows])


def of_a_network(seed: int = 1, quarters: int = 20, organisations: int = 4) -> Inputs:
    """An invented network: four trusts, eight groups (four that scan, four that help or report), six tests, twelve ways into posts."""
    rng = np.random.default_rng(seed)
    orgs = [f"T{k}" for k in range(organisations)]
    scan, help_, report = ["s1", "s2", "s3"], ["a1", "a2", "a3"], ["r1", "r2"]
    groups = [*scan, *help_, *report]
    tests = {"m1": 0, "m2": 0, "m3": 0, "m4": 1, "m5": 1, "m6": 2}
    days = pd.date_range(FIRST, periods=quarters, freq="QS")
    need, wte = [], dict.fromkeys(((o, g) for o in orgs for g in groups), 0.0)
    for o in orgs:
        size = rng.uniform(0.6, 1.4)
        for m, family in tests.items():
            per_quarter = size * rng.uniform(2_000, 9_000)
            hours = {("scanning", scan[family]): rng.uniform(0.5, 1.2), ("scanning", help_[family]): rng.uniform(0.2, 0.5)}
            if family == 0:
                hours["reporting", "r1"] = rng.uniform(0.2, 0.35)
            growth = 1 + rng.uniform(0.0, 0.05)
            for (kind, g), each in hours.items():
                wte[o, g] += per_quarter * each / 340 * (rng.uniform(0.8, 0.9) if kind == "reporting" else rng.uniform(0.9, 1.0))
                for q, day in enumerate(days):
                    n = per_quarter * growth ** (q / 4)
                    need.append({"organisation": o, "staff_group": g, "kind": kind, "test": m, "quarter": day, "examinations": n, "hours": n * each})
        for g in groups:
            other = float(rng.uniform(200, 1500) * size)
            wte[o, g] += other / 340
            need += [{"organisation": o, "staff_group": g, "kind": "other", "test": "", "quarter": day, "hours": other} for day in days]
    bands = dict(zip(groups, ["b6", "b7", "b7", "b3", "b3", "b3", "con", "b7"], strict=True))
    tables: dict[str, Any] = {
        "network": [{"network": "made", "title": "Made", "synthetic": True}],
        "organisations": [{"organisation": o, "title": f"Trust {o}"} for o in orgs],
        "sites": [{"site": f"{o} site", "title": f"Site of {o}", "organisation": o} for o in orgs],
        "tests": [{"test": m, "title": m, "allocated": True} for m in tests],
        "asset_types": [{"asset_type": f"room{k}", "title": f"Room {k}"} for k in range(3)],
        "capabilities": [{"asset_type": f"room{k}", "test": m} for m, k in tests.items()],
        "assets": [{"asset": f"{o} {k}", "site": f"{o} site", "asset_type": f"room{k}"} for o in orgs for k in range(3)],
        "session_types": [{"session_type": "core", "title": "Core", "minutes": 240.0, "monday": 1, "fill_order": 1}],
        "staff_groups": [{"staff_group": g, "title": g} for g in groups],
        "staffing": [{"asset_type": f"room{k}", "staff_group": g, "staff": 1.0} for k in range(3) for g in (scan[k], help_[k])],
        "staff_in_post": [{"organisation": o, "staff_group": g, "wte": round(n, 1)} for (o, g), n in wte.items()],
        "travel": [{"from_place": f"{a} site", "to_site": f"{b} site", "minutes": 40.0} for k, a in enumerate(orgs) for b in orgs[k + 1 :]],
        "pay": [{"band": b, "from_date": "2026-04-01", "minimum_gbp": low, "maximum_gbp": high} for b, low, high in (
            ("b3", 25e3, 27e3), ("b5", 31e3, 38e3), ("b6", 39e3, 47e3), ("b7", 48e3, 55e3), ("con", 110e3, 145e3))],
        "posts": [{"organisation": o, "staff_group": g, "band": bands[g], "wte": round(n * 1.1, 1)} for (o, g), n in wte.items()],
        "staff_ages": [{"organisation": o, "staff_group": g, "band": bands[g], "age_from": age, "years_from": 0 if age == 25 else 5,
                        "headcount": 3, "wte": float(part * n)} for (o, g), n in wte.items()
                       for age, part in ((25, 0.2), (35, 0.3), (45, 0.25), (55, 0.15), (60, 0.1))],
        "routes": [
            route("hire1", "s1", band="b6", months=3, cost_gbp=3_000.0), route("hire2", "s2", band="b7", months=3, cost_gbp=3_000.0),
            route("hire3", "s3", band="b7", months=3, cost_gbp=3_000.0), route("hire4", "a1", band="b3", months=2, cost_gbp=1_000.0),
            route("hire5", "a2", band="b3", months=2, cost_gbp=1_000.0), route("hire6", "a3", band="b3", months=2, cost_gbp=1_000.0),
            route("hire7", "r1", band="con", months=6, cost_gbp=8_000.0),
            route("abroad", "s1", kind="international", band="b6", months=9, cost_gbp=12_000.0, competence_months=9, at_first=0.5, drop_out=0.1),
            route("graduate", "s1", kind="graduate", band="b5", months=6, start_month=9, competence_months=12, at_first=0.5),
            route("apprentice", "s1", kind="apprentice", band="b5", training_band="b3", months=36, start_month=9, drop_out=0.15, while_training=0.2,
                  supervision_hours=4.0, supervisors="s1", trainees_each=0.3, funding="levy", competence_months=6, at_first=0.6),
            route("train2", "s2", kind="upskill", from_group="s1", band="b7", training_band="b6", months=18, start_month=9, drop_out=0.1,
                  while_training=0.4, supervision_hours=5.0, supervisors="s2", trainees_each=0.5, funding="academy", cost_gbp=9_000.0),
            route("train_r", "r2", kind="upskill", from_group="s1", band="b7", training_band="b6", months=12, start_month=9, drop_out=0.1,
                  while_training=0.5, supervision_hours=3.0, supervisors="r1", trainees_each=0.5, funding="academy", cost_gbp=6_000.0),
        ],
        "places": [{"route": "hire1", "a_year": 16}, {"route": "hire2", "a_year": 6}, {"route": "hire3", "a_year": 5},
                   {"route": "hire7", "a_year": 9}, {"route": "abroad", "a_year": 12},
                   {"route": "graduate", "a_year": 14}, {"route": "apprentice", "a_year": 10},
                   {"route": "train2", "a_year": 8}, {"route": "train_r", "a_year": 6},
                   *({"route": "train_r", "organisation": o, "a_year": 2} for o in orgs)],
        "in_training": [{"organisation": orgs[0], "route": "apprentice", "finishes": "2028-09-01", "people": 4}],
        "funding": [{"funding": "academy", "a_year_gbp": 500_000.0}, {"funding": "levy", "a_year_gbp": 900_000.0}],
        "skill_mix": [{"work_of": "r1", "done_by": "r2", "kind": "reporting", "most": 0.4, "hours_each": 1.1},
                      {"work_of": "s1", "done_by": "a1", "kind": "scanning", "most": 0.2, "hours_each": 1.2}],
    }  # fmt: skip
    rows = [
        {"name": "outsourced_limit", "value": 60.0},
        {"name": "outsourced_report_limit", "value": 250.0},
        {"name": "vacancy_limit", "value": 0.12},
    ]
    network = Network({t.name: frame(t, tables.get(t.name, [])) for t in NETWORK_TABLES})
    needed = frame(NEED, [{"examinations": 0.0, "wte": 0.0, **row} for row in need])
    return Inputs(network, Assumptions({"assumptions": frame(ASSUMPTIONS, rows)}), needed, days)
