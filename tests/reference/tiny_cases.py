"""Tiny networks of many kinds, drawn from a seed; small enough for every plan to be tried."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from data.assumptions import ASSUMPTIONS
from data.scenario import Scenario, all_levers
from tests.networks.small import frame
from tests.small_networks import Stream, Tiny, readers, session_type


@dataclass(frozen=True)
class Case:
    """A network, the length of its plan, and what the scenario changes."""

    tiny: Tiny
    weeks: int
    levers: dict[str, bool] = field(default_factory=dict)
    changes: list[dict[str, Any]] = field(default_factory=list)

    def scenario(self, dataset_id: str) -> Scenario:
        """The scenario of this case."""
        return Scenario("case", dataset_id, changes=frame(ASSUMPTIONS, self.changes), levers=all_levers() | self.levers, weeks=self.weeks)


def _stream(rng: np.random.Generator, longest: int = 16, **more: float) -> Stream:
    """A list of any age mix; 43 seen are ten a week, 20 joining are five."""
    bands = [float(n) for n in rng.integers(0, 3, 13)] + [float(rng.integers(0, longest))]
    return Stream(bands, **{"seen": 43.0, "joined": float(rng.integers(0, 9) * 4)} | more)


def _pair(rng: np.random.Generator, *, a_week: int, today: int = 1, **more: Any) -> Tiny:
    """Two trusts with a room each for one test, a session holding four patients."""
    return Tiny(
        sites={"p1": "P", "q1": "Q"}, streams={("P", "x"): _stream(rng, 24), ("Q", "x"): _stream(rng, 3)},
        session_types=[session_type(minutes=240, a_week=a_week)], rota={(s, "room", "core"): today for s in ("p1", "q1")},
        travel={("p1", "q1"): float(rng.integers(10, 70))},
    ).but(**more).assuming(
        session_cost=float(rng.integers(50, 400)), ramp_price=float(rng.integers(0, 30)), examination_cost=float(rng.integers(0, 20)),
        waiting_price=float(rng.integers(0, 3)), target_share=float(rng.choice([0, 0.05, 0.2])),
    )  # fmt: skip


def sessions(rng: np.random.Generator) -> Case:
    """Two weeks of sessions at two trusts without aid."""
    return Case(_pair(rng, a_week=3), 2, {"mutual_aid": False})


def shared_room(rng: np.random.Generator) -> Case:
    """Two tests share one room, with planned and unscheduled work before the lists."""
    streams = {
        (o, m): _stream(rng, 12, planned=float(rng.integers(0, 3) * 8.6), unscheduled=float(rng.integers(0, 3) * 8.6)) for o in "PQ" for m in "xy"
    }
    tiny = _pair(rng, a_week=4, streams=streams).assuming(
        unscheduled_outside=0.5, aid_accept_to_30=0.5, aid_accept_to_45=0.5, aid_cost=5, longer_price=40
    )  # fmt: skip
    slow = [{"name": "scans_per_hour", "value": 0.5, "test": "y"}, {"name": "scans_per_hour", "value": 1.5, "test": "x", "site": "q1"}]
    return Case(tiny.but(scoped=slow), 1)


def left_undone(rng: np.random.Generator) -> Case:
    """More planned work than room: what is left undone comes back the next week."""
    streams = {("P", "x"): _stream(rng, planned=43 * float(rng.integers(1, 3))), ("Q", "x"): _stream(rng, 3, planned=8.6)}
    return Case(_pair(rng, a_week=2, streams=streams).assuming(undone_price=700), 2, {"mutual_aid": bool(rng.integers(0, 2))})


def mobile(rng: np.random.Generator) -> Case:
    """A unit, a pad beside a room and a pad alone, set-up and a minimum stay."""
    tiny = _pair(rng, a_week=1).but(
        sites={"p1": "P", "q1": "Q", "q2": "Q"}, assets={("p1", "room"): 1, ("q1", "room"): 1},
        streams={("P", "x"): _stream(rng, 40), ("Q", "x"): _stream(rng, 12, planned=8.6)},
        mobiles={"v": {"asset_type": "room", "starts_at": str(rng.choice(["", "p1", "q2"])), "staffed": bool(rng.integers(0, 2))}},
        pads={("p1", "room"): {}, ("q2", "room"): {"ready_from": str(rng.choice(["2025-12-01", "2025-12-08"]))}},
        wte=dict.fromkeys("PQ", 1.0),
    )  # fmt: skip
    assumed = {
        "mobile_hours": 12, "mobile_setup_loss": 0.25, "mobile_minimum_stay": float(rng.integers(1, 4)), "mobile_notice": float(rng.integers(0, 2)),
        "mobile_suitable": float(rng.choice([0.4, 0.8])), "mobile_week_cost": float(rng.integers(100, 900)),
        "mobile_move_cost": float(rng.integers(0, 400)), "utilisation": 0.9, "dna_rate": 0.1, "overtime_limit": 0.1, "overtime_cost": 20,
    }  # fmt: skip
    return Case(tiny.assuming(**assumed), 3, {"mutual_aid": False})


def aid_in_batches(rng: np.random.Generator) -> Case:
    """Three trusts, journeys near and beyond the limit, a smallest and a largest batch, refusals."""
    tiny = Tiny(
        sites={"p1": "P", "q1": "Q", "r1": "R"},
        streams={("P", "x"): _stream(rng, 30), ("Q", "x"): _stream(rng, 8), ("R", "x"): _stream(rng, 2)},
        session_types=[session_type(minutes=240, a_week=3)], rota={(s, "room", "core"): 1 for s in ("p1", "q1", "r1")},
        travel={("p1", "q1"): float(rng.integers(20, 50)), ("q1", "r1"): float(rng.integers(20, 50)), ("p1", "r1"): float(rng.integers(30, 70))},
    )  # fmt: skip
    assumed = {
        "aid_travel_limit": 45, "aid_accept_to_30": 0.75, "aid_accept_to_45": 0.5, "aid_suitable": 0.8,
        "aid_minimum_batch": float(rng.integers(1, 5)), "aid_maximum_batch": float(rng.integers(6, 9)), "aid_cost": float(rng.integers(1, 30)),
        "session_cost": float(rng.integers(50, 300)), "longer_price": 60.0,
    }  # fmt: skip
    return Case(tiny.assuming(**assumed), 1)


def no_relay(rng: np.random.Generator) -> Case:
    """Four trusts in a row: each could help its neighbours only, and passing patients along would clear every list."""
    far = {("p1", "q1"): 30.0, ("q1", "r1"): 30.0, ("r1", "s1"): 30.0, ("p1", "r1"): 50.0, ("p1", "s1"): 70.0, ("q1", "s1"): 55.0}
    lists = [float(rng.integers(a, b)) for a, b in ((6, 12), (2, 7), (0, 4), (0, 6))]
    tiny = Tiny(
        sites={"p1": "P", "q1": "Q", "r1": "R", "s1": "S"},
        streams={(o, "x"): Stream([0.0] * 13 + [n], seen=4, joined=4) for o, n in zip("PQRS", lists, strict=True)},
        session_types=[session_type(minutes=240, a_week=1)], rota={(s, "room", "core"): 1 for s in ("p1", "q1", "r1", "s1")}, travel=far,
    )  # fmt: skip
    return Case(tiny.assuming(aid_travel_limit=40, session_cost=float(rng.integers(20, 90)), scans_per_hour=float(rng.choice([1, 1.5]))), 1)


def aid_over_weeks(rng: np.random.Generator) -> Case:
    """Two weeks of aid: roles for one week or two, asking again changes nobody's mind."""
    tiny = _pair(rng, a_week=2, travel={("p1", "q1"): 25.0})
    return Case(tiny.assuming(aid_accept_to_30=0.4, aid_suitable=0.7, aid_role_weeks=float(rng.integers(1, 3)), aid_cost=3), 2)


def providers(rng: np.random.Generator) -> Case:
    """Insourcing in late openings, which own sessions use too, and outsourcing."""
    tiny = _pair(rng, a_week=1).but(
        session_types=[session_type(minutes=240, a_week=1), session_type("late", 180, 2, insourcing=True, fill_order=2)]
    )  # fmt: skip
    assumed = {
        "insourced_limit": float(rng.integers(1, 6)), "insourced_price": float(rng.integers(20, 200)), "outsourced_limit": float(rng.integers(1, 4)),
        "outsourced_price": float(rng.integers(20, 200)), "aid_travel_limit": 0,
    }  # fmt: skip
    return Case(tiny.assuming(**assumed), 2 if rng.integers(0, 2) else 1)


def short_of_staff(rng: np.random.Generator) -> Case:
    """Staff for today's rota only: more sessions need overtime, bank and agency."""
    tiny = _pair(rng, a_week=4, today=2, wte={"P": 0.1, "Q": 0.1}, staffing={"room": 2.0})
    assumed = {
        "overtime_limit": float(rng.choice([0.25, 0.5])), "bank_limit": float(rng.choice([0, 0.5])), "overtime_cost": float(rng.integers(10, 60)),
        "bank_cost": float(rng.integers(10, 60)), "aid_travel_limit": 0,
    }  # fmt: skip
    return Case(tiny.assuming(**assumed), 1, {"bank_and_agency": bool(rng.integers(0, 2))})


def reports(rng: np.random.Generator) -> Case:
    """Reports wait at one trust, the other has some time to spare, a provider may write a few; two tests, one of them partly reported at once."""
    streams = {(o, m): _stream(rng, 16, unscheduled=float(rng.integers(1, 3) * 8.6)) for o in "PQ" for m in "xy"}
    said = [
        {"name": "reporting_share", "value": 0.5, "staff_group": "readers"}, {"name": "report_minutes", "value": 12.0, "test": "y"},
        {"name": "reported_at_once", "value": 0.5, "test": "y"},
        {"name": "report_backlog", "value": float(rng.integers(100, 180)), "organisation": "P"},
    ]  # fmt: skip
    tables = readers(P=float(rng.choice([0.02, 0.05])), Q=float(rng.choice([0.15, 0.4])))
    tiny = _pair(rng, a_week=2, streams=streams, tables=tables, scoped=said).assuming(
        unscheduled_outside=0.5, report_minutes=20, shared_reporting_limit=float(rng.choice([0.1, 0.3])), shared_reporting_price=float(rng.random()),
        outsourced_report_limit=float(rng.integers(1, 5)), outsourced_report_price=float(rng.integers(20, 60)),
        late_report_price=float(rng.choice([100, 500, 3000])), aid_travel_limit=30,
    )  # fmt: skip
    off = str(rng.choice(["mutual_aid", "mutual_aid", "cross_site_reporting", "outsourced_reporting"]))
    return Case(tiny, 1 if rng.integers(0, 3) else 2, {off: False})


def shared_staff(rng: np.random.Generator) -> Case:
    """P has too few staff for its list, Q more than it needs: Q may lend some, at the price of the journey."""
    tiny = _pair(rng, a_week=4, today=1, wte={"P": 0.1, "Q": 1.0}, staffing={"room": 2.0}, travel={("p1", "q1"): float(rng.integers(10, 70))})
    scoped = [{"name": "shared_staff_limit", "value": float(rng.choice([0.25, 0.5])), "organisation": "Q"},
              {"name": "shared_staff_limit", "value": 0.1, "organisation": "P"}]  # fmt: skip
    assumed = {
        "overtime_limit": float(rng.choice([0.25, 1.0])), "overtime_cost": float(rng.integers(10, 60)), "aid_travel_limit": 0,
        "shared_staff_travel_cost": float(rng.integers(20, 90)), "shared_staff_visit": float(rng.choice([4, 8])),
    }  # fmt: skip
    return Case(tiny.but(scoped=scoped).assuming(**assumed), 1, {"overtime": bool(rng.integers(0, 2))})


def premium_budget(rng: np.random.Generator) -> Case:
    """Overtime, providers and a unit's weeks are paid from one budget, of one trust or of both."""
    tiny = _pair(rng, a_week=3, today=1, wte={"P": 0.1, "Q": 0.1}).but(
        mobiles={"v": {"asset_type": "room", "starts_at": str(rng.choice(["", "p1"])), "staffed": True}},
        pads={("p1", "room"): {}, ("q1", "room"): {}},
    )  # fmt: skip
    scoped = [{"name": "premium_budget", "value": float(rng.integers(1, 12) * 50), "organisation": o} for o in ("P", "Q")[: rng.integers(1, 3)]]
    assumed = {
        "overtime_limit": 1.0, "overtime_cost": float(rng.integers(10, 60)), "outsourced_limit": float(rng.integers(1, 6)),
        "outsourced_price": float(rng.integers(20, 200)), "mobile_hours": 4, "mobile_week_cost": float(rng.integers(50, 300)),
        "mobile_notice": float(rng.integers(0, 2)), "aid_travel_limit": 0,
    }  # fmt: skip
    return Case(tiny.but(scoped=scoped).assuming(**assumed), 1)


def smallest_orders(rng: np.random.Generator) -> Case:
    """Providers take no order below a size: none, or more than is needed."""
    case = providers(rng)
    assumed = {"outsourced_minimum": float(rng.integers(2, 14)), "insourced_minimum": float(rng.integers(0, 2) * 7), "insourced_limit": 4.0}
    return Case(case.tiny.assuming(**assumed, outsourced_limit=4.0, outsourced_price=float(rng.integers(5, 60))), case.weeks)


def longest_waiters(rng: np.random.Generator) -> Case:
    """A share for thirteen weeks beside one for six, which falls in a step within the plan."""
    steps = [{"name": "target_share", "value": 0.1, "from_week": "2025-12-08"}, {"name": "thirteen_share", "value": 0.02, "organisation": "P"}]
    tiny = _pair(rng, a_week=2, streams={("P", "x"): Stream([2.0] * 13 + [float(rng.integers(10, 30))], seen=43.0), ("Q", "x"): _stream(rng, 20)})
    assumed = {"target_share": 0.3, "thirteen_price": float(rng.integers(100, 900)), "aid_travel_limit": 0}
    return Case(tiny.but(scoped=steps).assuming(**assumed), 2)


def unequal_waits(rng: np.random.Generator) -> Case:
    """Two trusts a test of which could be made equal by aid that costs no more than a session at home."""
    tiny = _pair(rng, a_week=2, streams={("P", "x"): _stream(rng, 24), ("Q", "x"): _stream(rng, 16)}, travel={("p1", "q1"): 25.0})
    return Case(tiny.assuming(fairness_price=float(rng.integers(1, 60)), aid_cost=0, aid_accept_to_30=0.8, target_week=1), 1)


def shrinking(rng: np.random.Generator) -> Case:
    """Lists that shrink without being seen: removals may be counted on, no more than that; and a shortest list."""
    streams = {("P", "x"): _stream(rng, 20, joined=-12.0), ("Q", "x"): _stream(rng, 6)}
    return Case(_pair(rng, a_week=3, streams=streams).assuming(list_floor=float(rng.integers(1, 3)), aid_travel_limit=0), 2)


def as_today(rng: np.random.Generator) -> Case:
    """Sessions may not change; two tests keep their shares of the room, and aid or a provider may help."""
    streams = {(o, m): _stream(rng, 12, planned=8.6, seen=float(rng.integers(20, 60))) for o in "PQ" for m in "xy"}
    tiny = _pair(rng, a_week=4, today=3, streams=streams).assuming(outsourced_limit=2.0, aid_travel_limit=30)
    return Case(tiny, 2, {"change_sessions": False, "outsourcing": bool(rng.integers(0, 2)), "mutual_aid": bool(rng.integers(0, 2))})


def weekend_demand(rng: np.random.Generator) -> Case:
    """Weekends bring demand, a scenario changes it for one trust and one week, and an asset is out of use."""
    tiny = _pair(rng, a_week=2, assets={("p1", "room"): 2, ("q1", "room"): 1}).assuming(
        other_day_additions=0.3, other_day_planned=0.5, other_day_unscheduled=0.6, aid_travel_limit=0
    )  # fmt: skip
    changes = [
        {"name": "demand_change", "value": 0.5, "organisation": "P", "from_week": "2025-12-08"},
        {"name": "assets_out", "value": 1.0, "site": "p1", "from_week": "2025-12-01", "to_week": "2025-12-07"},
        {"name": "session_share", "value": 0.5, "site": "q1"},
    ]  # fmt: skip
    return Case(tiny, 2, changes=changes)


_KINDS = (
    sessions, shared_room, left_undone, mobile, aid_in_batches, no_relay, aid_over_weeks, providers, short_of_staff, shrinking, as_today,
    weekend_demand, reports, shared_staff, premium_budget, smallest_orders, longest_waiters, unequal_waits,
)  # fmt: skip

KINDS: dict[str, Callable[[np.random.Generator], Case]] = {f.__name__: f for f in _KINDS}
