"""Hours and posts that the work of each quarter needs, step by step: examinations, minutes, staff for each running asset, hours at work."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.assumptions import Assumptions
from data.network import Network
from data.rota import Today
from data.stations import examination_minutes
from data.workforce_plan import NEED
from data.working_time import QUARTER_WEEKS, hours_a_week

QUARTERS_A_YEAR = 4


@dataclass(frozen=True, eq=False)
class Work:
    """What is to be done, and what an examination takes.

    Attributes:
        examinations: organisation, test, quarter, in_sessions (examinations of planned sessions) and all (every examination, also at night).
        times: organisation, test, asset_type, share (of the organisation's examinations of the test that are done on it with own staff) and minutes
            (operational minutes of one attended examination).
    """

    examinations: pd.DataFrame
    times: pd.DataFrame


def examination_times(rota: Today, network: Network, assumptions: Assumptions) -> pd.DataFrame:
    """How long an examination takes where it is done today, as `Work.times`.

    Minutes on the scanner over the share of minutes that end in an attended examination. Weighed by where today's rota does them; where it does none,
    all places that can do the test count alike. Units that come with their own staff take none of ours.
    """
    stations = rota.stations
    able = examination_minutes(network, assumptions, stations)
    done = rota.slots.rows.assign(done=rota.slots.must_do.mean(axis=1) + rota.slots.waiting_list.mean(axis=1))
    own = 1 - np.minimum(np.divide(_staffed_minutes(network, assumptions, rota), np.maximum(rota.slots.attended.mean(axis=1), 1e-9)), 1.0)
    rows = able.merge(done[["station", "test", "done"]], on=["station", "test"], how="left").fillna({"done": 0.0})
    keys = [rows["organisation"], rows["test"]]
    total = rows.groupby(["organisation", "test"])["done"].transform("sum")
    share = (rows["done"] / total).where(total > 0, 1 / rows.groupby(["organisation", "test"])["done"].transform("size"))
    at = rows["station"].to_numpy()
    rows = rows.assign(share=share * own[at], minutes=rows["minutes"] / stations.yield_share[at])
    weighed = rows.assign(weight=rows["share"] * rows["minutes"]).groupby([*(k.name for k in keys), "asset_type"], sort=False)
    found = weighed[["share", "weight"]].sum().reset_index()
    plain = weighed["minutes"].mean().to_numpy()
    found["minutes"] = np.where(found["share"] > 0, found["weight"] / found["share"].where(found["share"] > 0, 1.0), plain)
    return found.drop(columns="weight")


def _staffed_minutes(network: Network, assumptions: Assumptions, rota: Today) -> np.ndarray:
    """Attended minutes a week of units that come with their own staff where they stand today, shape (stations,)."""
    minutes = np.zeros(len(rota.stations.rows))
    units = network["mobiles"]
    units = units[(units["starts_at"] != "") & units["staffed"]].rename(columns={"starts_at": "site"})
    for unit, hours in zip(units.itertuples(), assumptions.values("mobile_hours", units), strict=True):
        k = rota.stations.index[unit.site, unit.asset_type]
        minutes[k] += 60 * hours * rota.stations.yield_share[k]
    return minutes


def staff_need(network: Network, assumptions: Assumptions, work: Work) -> pd.DataFrame:
    """Every step from examinations to posts; typed frame of `NEED`."""
    rows = pd.concat([_scanning(network, work), _reporting(network, assumptions, work), _other(network, work)], ignore_index=True)
    one = hours_a_week(assumptions, rows) * QUARTER_WEEKS
    rows["hours_of_one"], rows["not_clinical"] = one, assumptions.values("non_clinical_share", rows)
    rows["wte"] = rows["hours"] / (one * (1 - rows["not_clinical"]))
    return NEED.typed(rows.sort_values(list(NEED.key), kind="stable", ignore_index=True))


def reporters(network: Network, assumptions: Assumptions) -> pd.DataFrame:
    """Staff groups that lead on reports: in post with time for reports, doing no other group's reports.

    Returns:
        organisation, staff_group and part (of the organisation's reporting time of such groups).
    """
    post = network["staff_in_post"][["organisation", "staff_group", "wte"]]
    time = post["wte"] * hours_a_week(assumptions, post) * assumptions.values("reporting_share", post)
    mix = network["skill_mix"]
    helpers = set(mix.loc[mix["kind"] == "reporting", "done_by"])
    lead = post.assign(time=time)[(time > 0) & ~post["staff_group"].isin(helpers)]
    return lead.assign(part=lead["time"] / lead.groupby("organisation")["time"].transform("sum"))[["organisation", "staff_group", "part"]]


def _scanning(network: Network, work: Work) -> pd.DataFrame:
    rows = work.examinations.merge(work.times, on=["organisation", "test"]).merge(network["staffing"][["asset_type", "staff_group", "staff"]])
    rows = rows.assign(kind="scanning", examinations=rows["in_sessions"] * rows["share"])
    rows["hours"] = rows["examinations"] * rows["minutes"] * rows["staff"] / 60
    keys = ["organisation", "staff_group", "kind", "test", "quarter"]
    summed = rows.assign(_m=rows["examinations"] * rows["minutes"]).groupby(keys, sort=False)[["examinations", "_m", "hours"]].sum().reset_index()
    summed["minutes"] = _over(summed["_m"], summed["examinations"])
    summed["staff"] = _over(60 * summed["hours"], summed["_m"])
    return summed.drop(columns="_m")


def _reporting(network: Network, assumptions: Assumptions, work: Work) -> pd.DataFrame:
    rows = work.examinations.merge(reporters(network, assumptions), on="organisation")
    reports = rows["all"] * (1 - assumptions.values("reported_at_once", rows))
    rows = rows.assign(kind="reporting", examinations=reports * rows["part"], minutes=assumptions.values("report_minutes", rows), staff=1.0)
    rows["hours"] = rows["examinations"] * rows["minutes"] / 60
    return rows[rows["examinations"] > 0].drop(columns=["part", "in_sessions", "all"])


def _other(network: Network, work: Work) -> pd.DataFrame:
    """Other work grows from quarter to quarter, evenly."""
    quarters = pd.DataFrame({"quarter": np.sort(work.examinations["quarter"].unique())})
    rows = network["other_work"].merge(quarters.assign(_y=np.arange(len(quarters)) / QUARTERS_A_YEAR), how="cross")
    hours = rows["hours"] * QUARTER_WEEKS * (1 + rows["growth"]) ** rows["_y"]
    summed = rows.assign(hours=hours).groupby(["organisation", "staff_group", "quarter"], sort=False)["hours"].sum().reset_index()
    return summed.assign(kind="other", test="", examinations=0.0, minutes=0.0, staff=0.0)


def _over(above: pd.Series[float], below: pd.Series[float]) -> pd.Series[float]:
    return above / below.where(below > 0, 1.0)
