"""Checks of a network's tables against each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data.checks.workforce import WORKFORCE_CHECKS
from data.fields import Table, shown
from data.findings import Finding, Findings, refusal, warning
from data.words import number

if TYPE_CHECKING:
    from data.network import Network

Check = Callable[["Network"], Iterator[Finding]]

_FIRST_DATA_ROW = 2


def check_network(network: Network) -> Findings:
    """Every check below, in order."""
    return Findings(finding for check in CHECKS for finding in check(network))


def required_tables_have_rows(network: Network) -> Iterator[Finding]:
    """A network needs a name, organisations and tests."""
    for table in network.declared:
        if table.required and network[table.name].empty:
            yield refusal("empty-table", "no rows", "at least one row", f"Fill in the sheet: {table.help}", sheet=table.title)
    if len(network["network"]) > 1:
        mend = "Keep one row; give other networks a folder or workbook of their own."
        yield refusal("one-network", "several rows", "one row", mend, sheet="Network", row=3)


def references_exist(network: Network) -> Iterator[Finding]:
    """A value that refers to another table must stand there."""
    for table in network.declared:
        for field in table.fields:
            if field.refers_to:
                yield from _dangling(network, table, field.name)


def _dangling(network: Network, table: Table, column: str) -> Iterator[Finding]:
    field = table.field(column)
    target = next(t for t in network.declared if t.name == field.refers_to)
    known = set(network[target.name][target.key[0]])
    values = network[table.name][column]
    wrong = ~values.isin(known) & (values != "")
    for i in np.flatnonzero(wrong):
        yield refusal(
            "unknown-reference",
            shown(values.iloc[i]),
            f'a value of column "{target.field(target.key[0]).title}" in sheet "{target.title}"',
            f'Correct the value, or add it to sheet "{target.title}".',
            sheet=table.title,
            row=int(i) + _FIRST_DATA_ROW,
            column=field.title,
        )


def travel_starts_are_known(network: Network) -> Iterator[Finding]:
    """Travel is measured from a site or a home area."""
    known = set(network["sites"]["site"]) | set(network["home_areas"]["home_area"])
    starts = network["travel"]["from_place"]
    for i in np.flatnonzero(~starts.isin(known)):
        yield refusal(
            "unknown-reference", shown(starts.iloc[i]), "a site or a home area",
            "Correct the value, or add the place to its sheet.", sheet="Travel", row=int(i) + _FIRST_DATA_ROW, column="From",
        )  # fmt: skip


def home_area_shares_add_up(network: Network) -> Iterator[Finding]:
    """The shares of an organisation's home areas add up to one."""
    totals = network["home_areas"].groupby("organisation", sort=True)["share"].sum()
    for organisation, total in totals.items():
        if abs(total - 1) > 0.005:
            yield refusal(
                "shares-add-up", f"{total:.3f} in total for {organisation}", "a total of 1 for each organisation",
                "Correct the shares of this organisation's home areas.", sheet="Home areas", column="Share",
            )  # fmt: skip


def allocated_tests_can_be_done(network: Network) -> Iterator[Finding]:
    """A test that is given sessions needs an asset type that can do it."""
    if not network.plannable:
        return
    able = set(network["capabilities"]["test"])
    for test in network.allocated_tests:
        if test not in able:
            yield refusal(
                "test-without-asset", shown(test), "a test that stands in the sheet \"Capabilities\"",
                "Add the asset type that does the test, or set Allocated to no.", sheet="Tests", column="Allocated",
            )  # fmt: skip


def asset_dates_are_in_order(network: Network) -> Iterator[Finding]:
    """An asset cannot leave before it arrives."""
    assets = network["assets"]
    wrong = assets["available_until"] < assets["available_from"]
    for i in np.flatnonzero(wrong):
        yield refusal(
            "dates-in-order", f"{assets['available_until'].iloc[i]:%Y-%m-%d}", "a date on or after Available from",
            "Correct one of the two dates.", sheet="Assets", row=int(i) + _FIRST_DATA_ROW, column="Available until",
        )  # fmt: skip


def running_assets_need_staff(network: Network) -> Iterator[Finding]:
    """An asset type without staff would run for nothing."""
    staffed = set(network["staffing"]["asset_type"])
    used = set(network["assets"]["asset_type"]) | set(network["mobiles"]["asset_type"])
    for asset_type in sorted(used - staffed):
        yield warning(
            "asset-without-staff", f"no staffing for {shown(asset_type)}", "at least one staff group per running asset",
            "Add a row to the sheet \"Staffing\", unless it runs without staff.", sheet="Staffing", column="Asset type",
        )  # fmt: skip


def mobiles_start_on_a_pad(network: Network) -> Iterator[Finding]:
    """Where a unit stands today there must be a pad for it."""
    pads = set(zip(network["pads"]["site"], network["pads"]["asset_type"], strict=True))
    mobiles = network["mobiles"]
    for i, unit in enumerate(mobiles.itertuples()):
        if unit.starts_at and (unit.starts_at, unit.asset_type) not in pads:
            yield refusal(
                "mobile-without-pad", shown(unit.starts_at), "a site with a pad for this asset type",
                "Add the pad, or correct where the unit stands.", sheet="Mobile units", row=i + _FIRST_DATA_ROW, column="Starts at",
            )  # fmt: skip


def work_has_a_place(weekly: pd.DataFrame, able: pd.DataFrame, network: Network) -> Iterator[Finding]:
    """Recent work of an organisation that has nothing to do it with, or nothing that is open. Needs the history, so it is no part of `CHECKS`.

    Args:
        weekly: organisation, test and patients of an ordinary week.
        able: organisation, test and open (True where sessions can be run) of every station that can do the test.
        network: for its allocated tests and its titles.
    """
    is_open = able.groupby(["organisation", "test"])["open"].any().to_dict()
    tests, organisations = network.titles("tests"), network.short_titles("organisations")
    for row in weekly[weekly["test"].isin(network.allocated_tests) & (weekly["patients"] > 0)].itertuples():
        found = f"{number(row.patients)} examinations of {tests[row.test]} a week at {organisations[row.organisation]}"
        if (row.organisation, row.test) not in is_open:
            yield warning(
                "no-asset-for-work", found, "a scanner, a room or a pad of the same organisation that can do them",
                "Add it to the register: until then no plan counts this work, as it has nowhere to be done.", sheet="Assets",
            )  # fmt: skip
        elif not is_open[row.organisation, row.test]:
            yield warning(
                "no-opening-for-work", found, "an opening at one of the places that can do them: all are closed",
                "Correct the assumption that closes them, or the session types: until then no plan counts this work.", sheet="Assumptions",
            )  # fmt: skip


CHECKS: tuple[Check, ...] = (
    required_tables_have_rows,
    references_exist,
    travel_starts_are_known,
    home_area_shares_add_up,
    allocated_tests_can_be_done,
    asset_dates_are_in_order,
    running_assets_need_staff,
    mobiles_start_on_a_pad,
    *WORKFORCE_CHECKS,
)
