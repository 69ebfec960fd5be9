"""The network: who there is, what they have, what can be done where.

Trusts are *organisations* and modalities are *tests* in code; the words a planner reads stand in the `title` columns of the tables.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from data.evidence import EVIDENCE, key_id, refers
from data.fields import Field, Kind, Table
from data.frames import TableSet
from data.workforce_tables import WORKFORCE_TABLES

Organisation = str
Site = str
Test = str
AssetType = str
SessionType = str
StaffGroup = str
Mobile = str
Priority = str

ALL_PRIORITIES: Priority = "all"
"""The one priority class where no priority source is loaded; a split is never invented."""

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_TITLE = Field("title", "Title", Kind.TEXT, help="The words shown to planners")
_SHORT_TITLE = Field("short_title", "Short title", Kind.TEXT, required=False, help="Name in sentences and charts; empty = the title")

NETWORK = Table(
    "network", "Network", "One row: what this network is called and how it reads the calendar.",
    (
        key_id("network", "Network", "Short identifier of the network"),
        _TITLE,
        Field("description", "Description", Kind.TEXT, required=False),
        Field("synthetic", "Synthetic", Kind.FLAG, default=False, help="yes = invented for demonstration, never a real service"),
        Field("country", "Country", Kind.TEXT, default="GB", help="ISO country of the bank-holiday calendar"),
        Field("subdivision", "Subdivision", Kind.TEXT, default="ENG", help="ISO subdivision of the bank-holiday calendar"),
    ),
    key=("network",), required=True,
)  # fmt: skip

ORGANISATIONS = Table(
    "organisations", "Organisations", "The trusts that hold waiting lists and own sites.",
    (key_id("organisation", "Organisation", "ODS code of the trust"), _TITLE, _SHORT_TITLE),
    key=("organisation",), required=True,
)  # fmt: skip

SITES = Table(
    "sites", "Sites", "Places where tests are done; each belongs to one organisation.",
    (
        key_id("site", "Site", "Short identifier of the site"),
        _TITLE,
        _SHORT_TITLE,
        refers("organisation", "Organisation", "organisations", help="Owner of the site"),
        Field("kind", "Kind", Kind.TEXT, required=False, help="For example acute hospital or community diagnostic centre"),
        Field("postcode", "Postcode", Kind.TEXT, required=False),
        Field("latitude", "Latitude", Kind.NUMBER, unit="degrees", required=False, minimum=-90, maximum=90),
        Field("longitude", "Longitude", Kind.NUMBER, unit="degrees", required=False, minimum=-180, maximum=180),
        *EVIDENCE,
    ),
    key=("site",),
)  # fmt: skip

TESTS = Table(
    "tests", "Tests", "The diagnostic tests of this network.",
    (
        key_id("test", "Test", "Short identifier of the test"),
        _TITLE,
        Field("national_code", "National code", Kind.TEXT, required=False, help="Code of the test in the national return"),
        Field("allocated", "Allocated", Kind.FLAG, default=True,
              help="no = forecast and shown, but given no sessions by the optimiser"),
    ),
    key=("test",), required=True,
)  # fmt: skip

ASSET_TYPES = Table(
    "asset_types", "Asset types", "What a session occupies: a scanner, a room.",
    (key_id("asset_type", "Asset type", "Short identifier of the asset type"), _TITLE),
    key=("asset_type",),
)  # fmt: skip

CAPABILITIES = Table(
    "capabilities", "Capabilities", "Which tests can be done on which asset type.",
    (refers("asset_type", "Asset type", "asset_types"), refers("test", "Test", "tests")),
    key=("asset_type", "test"),
)  # fmt: skip

ASSETS = Table(
    "assets", "Assets", "The register: one row for each scanner or room that stays at its site.",
    (
        key_id("asset", "Asset", "Identifier in the register"),
        refers("site", "Site", "sites"),
        refers("asset_type", "Asset type", "asset_types"),
        Field("installed", "Installed", Kind.DATE, required=False, help="Date of first use"),
        Field("available_from", "Available from", Kind.DATE, required=False, help="Empty = already in use"),
        Field("available_until", "Available until", Kind.DATE, required=False, help="Last day in use; empty = stays"),
        *EVIDENCE,
    ),
    key=("asset",),
)  # fmt: skip

SESSION_TYPES = Table(
    "session_types", "Session types", "Kinds of session and how many of each an asset can run on each weekday.",
    (
        key_id("session_type", "Session type", "Short identifier, for example core or evening"),
        _TITLE,
        Field("minutes", "Minutes", Kind.NUMBER, unit="minutes", minimum=1, maximum=1440,
              help="Length of one session in operational minutes (in use for patients, after clean-down and breaks)"),
        *(Field(day, day.capitalize(), Kind.COUNT, unit="sessions per asset", minimum=0, maximum=6) for day in WEEKDAYS),
        Field("bank_holidays", "Bank holidays", Kind.FLAG, default=False, help="yes = runs on bank holidays too"),
        Field("insourcing", "Insourcing", Kind.FLAG, default=False,
              help="yes = these openings may be given to an insourcing provider instead"),
        Field("fill_order", "Fill order", Kind.COUNT, minimum=1, maximum=99,
              help="Order in which today's rota is filled when it is derived: 1 first"),
        *EVIDENCE,
    ),
    key=("session_type",),
)  # fmt: skip

STAFF_GROUPS = Table(
    "staff_groups", "Staff groups", "Groups of staff that are planned together.",
    (key_id("staff_group", "Staff group", "Short identifier"), _TITLE),
    key=("staff_group",),
)  # fmt: skip

STAFFING = Table(
    "staffing", "Staffing", "How many of each staff group one running asset needs.",
    (
        refers("asset_type", "Asset type", "asset_types"),
        refers("staff_group", "Staff group", "staff_groups"),
        Field("staff", "Staff", Kind.NUMBER, unit="people per running asset", minimum=0, maximum=20),
        *EVIDENCE,
    ),
    key=("asset_type", "staff_group"),
)  # fmt: skip

STAFF_IN_POST = Table(
    "staff_in_post", "Staff in post", "Whole-time equivalents available to planned sessions.",
    (
        refers("organisation", "Organisation", "organisations"),
        refers("staff_group", "Staff group", "staff_groups"),
        Field("wte", "WTE", Kind.NUMBER, unit="whole-time equivalents", minimum=0, maximum=100_000),
        *EVIDENCE,
    ),
    key=("organisation", "staff_group"),
)  # fmt: skip

MOBILES = Table(
    "mobiles", "Mobile units", "Units that move between pads.",
    (
        key_id("mobile", "Mobile unit", "Short identifier"),
        _TITLE,
        refers("asset_type", "Asset type", "asset_types", help="What the unit is when it stands on a pad"),
        refers("starts_at", "Starts at", "sites", required=False, help="Where it stands today; empty = not in use"),
        Field("staffed", "Staffed", Kind.FLAG, default=False, help="yes = comes with its own staff"),
        Field("available_from", "Available from", Kind.DATE, required=False, help="Empty = from today"),
        *EVIDENCE,
    ),
    key=("mobile",),
)  # fmt: skip

PADS = Table(
    "pads", "Pads", "Sites prepared to take a mobile unit of an asset type.",
    (
        refers("site", "Site", "sites"),
        refers("asset_type", "Asset type", "asset_types"),
        Field("ready_from", "Ready from", Kind.DATE, required=False, help="Empty = ready today"),
        *EVIDENCE,
    ),
    key=("site", "asset_type"),
)  # fmt: skip

HOME_AREAS = Table(
    "home_areas", "Home areas", "Where each organisation's patients live, as shares of its list.",
    (
        key_id("home_area", "Home area", "Short identifier"),
        _TITLE,
        refers("organisation", "Organisation", "organisations"),
        Field("share", "Share", Kind.NUMBER, unit="share of the organisation's patients", minimum=0, maximum=1),
        refers("nearest_site", "Nearest site", "sites", help="Travel minutes are read from this site where the area has none of its own"),
        Field("deprived_share", "Deprived share", Kind.NUMBER, unit="share living in the most deprived fifth", required=False,
              minimum=0, maximum=1),
        Field("rural_share", "Rural share", Kind.NUMBER, unit="share living in rural areas", required=False, minimum=0, maximum=1),
        *EVIDENCE,
    ),
    key=("home_area",),
)  # fmt: skip

TRAVEL = Table(
    "travel", "Travel", "Minutes by road from a site or home area to a site; one direction is enough.",
    (
        Field("from_place", "From", Kind.ID, help="A site or a home area"),
        refers("to_site", "To site", "sites"),
        Field("minutes", "Minutes", Kind.NUMBER, unit="minutes by road", minimum=0, maximum=1440),
        *EVIDENCE,
    ),
    key=("from_place", "to_site"),
)  # fmt: skip

ROTA = Table(
    "rota", "Rota", "Today's sessions in an ordinary week. Where a site and asset type has no row, today's rota is derived.",
    (
        refers("site", "Site", "sites"),
        refers("asset_type", "Asset type", "asset_types"),
        refers("session_type", "Session type", "session_types"),
        Field("sessions", "Sessions", Kind.NUMBER, unit="sessions a week", minimum=0, maximum=1000),
        *EVIDENCE,
    ),
    key=("site", "asset_type", "session_type"),
)  # fmt: skip

NETWORK_TABLES: tuple[Table, ...] = (
    NETWORK, ORGANISATIONS, SITES, TESTS, ASSET_TYPES, CAPABILITIES, ASSETS, SESSION_TYPES, STAFF_GROUPS, STAFFING,
    STAFF_IN_POST, MOBILES, PADS, HOME_AREAS, TRAVEL, ROTA, *WORKFORCE_TABLES,
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Network(TableSet):
    """A network that has passed every check in `data.checks.network`.

    Args:
        tables: one typed frame per table of `NETWORK_TABLES`; an absent table is empty.

    Raises:
        Refused: with every finding, when the tables contradict their declarations or each other.
    """

    declared = NETWORK_TABLES

    def check(self) -> Any:
        """Findings of every network check."""
        from data.checks.network import check_network

        return check_network(self)

    @property
    def name(self) -> str:
        """Short identifier of the network."""
        return str(self["network"]["network"].iloc[0])

    @property
    def title(self) -> str:
        """The network's name as shown to planners."""
        return str(self["network"]["title"].iloc[0])

    @property
    def synthetic(self) -> bool:
        """True where the network is invented for demonstration."""
        return bool(self["network"]["synthetic"].iloc[0])

    @property
    def plannable(self) -> bool:
        """False for a network of organisations and tests only: it can be forecast, not planned."""
        return not self["assets"].empty or not self["mobiles"].empty

    @cached_property
    def organisations(self) -> list[Organisation]:
        """Organisation codes in table order."""
        return list(self["organisations"]["organisation"])

    @cached_property
    def owner(self) -> dict[Site, Organisation]:
        """Owner of each site."""
        return dict(zip(self["sites"]["site"], self["sites"]["organisation"], strict=True))

    @cached_property
    def allocated_tests(self) -> list[Test]:
        """Tests that are given sessions, in table order."""
        tests = self["tests"]
        return list(tests.loc[tests["allocated"], "test"])

    def titles(self, table: str) -> dict[str, str]:
        """Identifier → title of one table that has both; titles that two things have in common say which is meant."""
        frame = self[table]
        shared = set(frame.loc[frame["title"].duplicated(keep=False), "title"])
        return {key: f"{title} ({key})" if title in shared else title for key, title in zip(frame.iloc[:, 0], frame["title"], strict=True)}

    def short_titles(self, table: str) -> dict[str, str]:
        """Identifier → its name in sentences and charts; whole titles where two short ones would read the same, or the table has none."""
        frame, titles = self[table], self.titles(table)
        if "short_title" not in frame:
            return titles
        short = dict(zip(titles, frame["short_title"].where(frame["short_title"] != "", frame["title"]), strict=True))
        return short if len(set(short.values())) == len(short) else titles

    @cached_property
    def minutes(self) -> dict[tuple[str, Site], float]:
        """Travel minutes by (place, site), both directions, zero to itself; unknown pairs are absent."""
        known: dict[tuple[str, Site], float] = {(s, s): 0.0 for s in self.owner}
        travel = self["travel"]
        rows = list(zip(travel["from_place"], travel["to_site"], travel["minutes"], strict=True))
        for start, end, minutes in rows:
            known[end, start] = float(minutes)
        for start, end, minutes in rows:
            known[start, end] = float(minutes)
        return known

    @cached_property
    def patient_travel(self) -> pd.DataFrame:
        """Share of each organisation's patients by travel minutes to every site.

        Columns: organisation, site, home_area, share (sums to 1 over home areas), minutes (NaN where no road time is known), and own_minutes
        (from the same home area to the nearest of the organisation's own sites). Where an organisation has no home areas its patients are
        taken to live at its nearest own site.
        """
        known = self.minutes
        own: dict[str, list[str]] = {o: [] for o in self.organisations}
        for site, organisation in self.owner.items():
            own[organisation].append(site)
        areas: dict[str, list[tuple[str, float, str]]] = {o: [] for o in self.organisations}
        for area in self["home_areas"].itertuples():
            areas[area.organisation].append((area.home_area, float(area.share), area.nearest_site))
        rows = []
        for organisation in self.organisations:
            for site in self.owner:
                homes = areas[organisation] or [("", 1.0, "")]
                for area, share, nearest in homes:
                    starts = [area, nearest] if area else own[organisation]
                    rows.append((organisation, site, area, share, _quickest(known, starts, [site], first=bool(area)),
                                 _quickest(known, starts, own[organisation], first=bool(area))))  # fmt: skip
        return pd.DataFrame(rows, columns=["organisation", "site", "home_area", "share", "minutes", "own_minutes"])


def _quickest(known: dict[tuple[str, Site], float], starts: list[str], ends: list[str], *, first: bool) -> float:
    """The least known minutes; with `first`, the first start that is known at all (an area's own row before its nearest site's)."""
    for_each = [[known[s, e] for e in ends if (s, e) in known] for s in starts]
    if first:
        for_each = [next((times for times in for_each if times), [])]
    times = [t for some in for_each for t in some]
    return min(times) if times else np.nan
