"""Checks of the tables that the workforce plan needs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data.fields import shown
from data.findings import Finding, refusal, warning
from data.words import number

if TYPE_CHECKING:
    from data.network import Network

_FIRST_DATA_ROW = 2
_AGREE = 0.05
"""Whole-time equivalents by which two tables may differ."""

_BANDED = {"posts": ("band",), "routes": ("band", "training_band"), "staff_ages": ("band",)}


def bands_have_pay(network: Network) -> Iterator[Finding]:
    """A band that is named must have a scale; where no scale is loaded at all, nothing is paid and the plan says so."""
    known = set(network["pay"]["band"])
    for table in (t for t in network.declared if t.name in _BANDED and known):
        for column in _BANDED[table.name]:
            values = network[table.name][column]
            for i in np.flatnonzero(~values.isin(known) & (values != "")):
                yield refusal(
                    "unknown-band", shown(values.iloc[i]), 'a band of sheet "Pay"', 'Correct the band, or add its scale to sheet "Pay".',
                    sheet=table.title, row=int(i) + _FIRST_DATA_ROW, column=table.field(column).title,
                )  # fmt: skip


def pay_scales_rise(network: Network) -> Iterator[Finding]:
    """The top of a scale is not below its bottom."""
    pay = network["pay"]
    for i in np.flatnonzero(pay["maximum_gbp"] < pay["minimum_gbp"]):
        yield refusal(
            "scale", f"£{pay['maximum_gbp'].iloc[i]:,.0f}", f"£{pay['minimum_gbp'].iloc[i]:,.0f}, the bottom of the scale, or more",
            "Correct one of the two.", sheet="Pay", row=int(i) + _FIRST_DATA_ROW, column="Top of the scale",
        )  # fmt: skip


def routes_make_sense(network: Network) -> Iterator[Finding]:
    """Only upskilling takes people out of another staff group, and supervision needs supervisors."""
    for i, route in enumerate(network["routes"].itertuples()):
        row = i + _FIRST_DATA_ROW
        upskill = route.kind == "upskill"
        if upskill and not route.from_group:
            yield refusal("route", "an empty cell", "the staff group they come out of", "Name it, or choose another kind.",
                          sheet="Ways into posts", row=row, column="Out of")  # fmt: skip
        if route.from_group and not upskill:
            yield refusal("route", shown(route.from_group), "an empty cell unless people are upskilled", "Leave the cell empty, or choose upskill.",
                          sheet="Ways into posts", row=row, column="Out of")  # fmt: skip
        if upskill and route.from_group == route.staff_group:
            yield refusal("route", shown(route.from_group), "another staff group than they come into", "Correct one of the two.",
                          sheet="Ways into posts", row=row, column="Out of")  # fmt: skip
        if route.supervision_hours > 0 and not route.supervisors:
            yield refusal("route", "an empty cell", "the staff group that supervises", "Name it, or set the hours of supervision to 0.",
                          sheet="Ways into posts", row=row, column="Supervised by")  # fmt: skip
        if route.supervisors and route.trainees_each <= 0:
            yield refusal("route", "0", "more than 0 trainees to one supervisor", "Correct it, or leave Supervised by empty.",
                          sheet="Ways into posts", row=row, column="Trainees to a supervisor")  # fmt: skip


def skill_mix_crosses_groups(network: Network) -> Iterator[Finding]:
    """A staff group always does its own work."""
    mix = network["skill_mix"]
    for i in np.flatnonzero(mix["work_of"] == mix["done_by"]):
        yield refusal("skill-mix", shown(mix["done_by"].iloc[i]), "another staff group than the one whose work it is", "Remove the row.",
                      sheet="Skill mix", row=int(i) + _FIRST_DATA_ROW, column="Done by")  # fmt: skip


def ages_agree_with_staff_in_post(network: Network) -> Iterator[Finding]:
    """Staff by age are staff in post, seen another way; the total in post holds."""
    keys = ["organisation", "staff_group"]
    by_age = network["staff_ages"].groupby(keys, sort=True)["wte"].sum()
    in_post = network["staff_in_post"].set_index(keys)["wte"]
    groups, organisations = network.titles("staff_groups"), network.short_titles("organisations")
    known = by_age[by_age.index.isin(in_post.index)]
    for key in known.index[(known - in_post.reindex(known.index)).abs() > _AGREE]:
        yield warning(
            "ages-differ", f"{number(by_age[key], 1)} WTE of {groups[key[1]]} at {organisations[key[0]]} by age",
            f"{number(in_post[key], 1)} WTE, as in sheet \"Staff in post\"",
            "Bring both up to the same day. Until then the total in post holds, with the ages in proportion.", sheet="Staff by age", column="WTE",
        )  # fmt: skip
    for key in by_age.index[~by_age.index.isin(in_post.index)]:
        yield warning(
            "ages-without-post", f"{groups[key[1]]} at {organisations[key[0]]} by age", 'a row in sheet "Staff in post"',
            "Add the total in post: until then nobody is counted there.", sheet="Staff by age", column="Staff group",
        )  # fmt: skip


def training_ends_in_time(network: Network) -> Iterator[Finding]:
    """People in training are on a route that trains."""
    months = network["routes"].set_index("route")["months"].to_dict()
    for i, row in enumerate(network["in_training"].itertuples()):
        if row.route in months and months[row.route] == 0:
            yield refusal("in-training", shown(row.route), "a route that takes some months", "Correct the route, or its months.",
                          sheet="In training", row=i + _FIRST_DATA_ROW, column="Route")  # fmt: skip


WORKFORCE_CHECKS = (
    bands_have_pay,
    pay_scales_rise,
    routes_make_sense,
    skill_mix_crosses_groups,
    ages_agree_with_staff_in_post,
    training_ends_in_time,
)


def time_is_not_spent_twice(network: Network, shares: pd.DataFrame) -> Iterator[Finding]:
    """Sessions, reports and time that is not clinical are parts of the same hours. Needs the assumptions, so it is no part of `WORKFORCE_CHECKS`.

    Args:
        network: for its titles.
        shares: organisation, staff_group and the sum of the three shares.
    """
    groups, organisations = network.titles("staff_groups"), network.short_titles("organisations")
    for row in shares[shares["total"] > 1 + 1e-9].itertuples():
        yield warning(
            "time-twice", f"{row.total:.0%} of the hours of {groups[row.staff_group]} at {organisations[row.organisation]}", "100% or less",
            "Time in planned sessions, time spent on reports and time that is not clinical must fit together: correct one of the three.",
            sheet="Assumptions", column="Value",
        )  # fmt: skip
