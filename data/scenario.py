"""The scenario: what a planner changes on top of a dataset, with levers and locked decisions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import pandas as pd

from data.assumptions import ASSUMPTIONS, Assumptions
from data.errors import Refused
from data.fields import Field, Kind, Table
from data.findings import Findings, refusal
from data.frames import content_bytes, to_csv_text


@dataclass(frozen=True)
class Lever:
    """Something the optimiser may be allowed to use or not."""

    name: str
    title: str
    help: str
    default: bool = True


LEVERS: tuple[Lever, ...] = (
    Lever("change_sessions", "Change sessions", "Run more or fewer sessions than today's rota."),
    Lever("move_mobiles", "Move mobile units", "Place mobile units week by week; off = they stay where they stand today."),
    Lever("mutual_aid", "Mutual aid", "Offer patients an examination at another trust with room."),
    Lever("insourcing", "Insourcing", "Use independent providers in the trusts' own rooms."),
    Lever("outsourcing", "Outsourcing", "Buy examinations from independent providers."),
    Lever("overtime", "Overtime", "Pay own staff for extra hours."),
    Lever("bank_and_agency", "Bank and agency", "Pay bank and agency staff for extra hours."),
    Lever("cross_site_reporting", "Cross-site reporting", "Let trusts with reporting time to spare write reports of other trusts."),
    Lever("outsourced_reporting", "Outsourced reporting", "Buy reports from independent providers."),
    Lever("shared_staff", "Shared staff", "Lend staff to another trust for sessions there, where the trusts have agreed to."),
)
LEVER_NAMES = tuple(lever.name for lever in LEVERS)

LOCKS = Table(
    "locks", "Locks", "Decisions fixed by the planner; the plan is solved around them.",
    (
        Field("decision", "Decision", Kind.CHOICE, choices=("sessions", "mobile"), help="What is fixed"),
        Field("site", "Site", Kind.ID, help="Where", refers_to="sites"),
        Field("asset_type", "Asset type", Kind.ID, required=False, refers_to="asset_types", help="For sessions"),
        Field("session_type", "Session type", Kind.ID, required=False, refers_to="session_types", help="For sessions"),
        Field("mobile", "Mobile unit", Kind.ID, required=False, refers_to="mobiles", help="For mobile units"),
        Field("from_week", "From week", Kind.DATE, help="First Monday"),
        Field("to_week", "To week", Kind.DATE, help="Last Monday"),
        Field("value", "Value", Kind.NUMBER, minimum=0, help="Sessions a week; for a mobile unit 1 = stands there, 0 = does not"),
    ),
    key=("decision", "site", "asset_type", "session_type", "mobile", "from_week"),
)  # fmt: skip


def all_levers(on: bool = True) -> dict[str, bool]:
    """Every lever on or off."""
    return dict.fromkeys(LEVER_NAMES, on)


@dataclass(frozen=True, eq=False)
class Scenario:
    """A named set of changes on a dataset.

    Attributes:
        name: shown to planners; unique within a scope.
        dataset_id: the dataset it was made for.
        changes: typed frame of `ASSUMPTIONS`: rows that replace or add to the dataset's.
        levers: lever name → may be used.
        locks: typed frame of `LOCKS`.
        weeks: length of the plan in weeks (1 to 156).
        description: one sentence for the planner.
    """

    name: str
    dataset_id: str
    changes: pd.DataFrame = field(default_factory=ASSUMPTIONS.empty)
    levers: Mapping[str, bool] = field(default_factory=all_levers)
    locks: pd.DataFrame = field(default_factory=LOCKS.empty)
    weeks: int = 52
    description: str = ""

    def __post_init__(self) -> None:
        unknown = set(self.levers) - set(LEVER_NAMES)
        problems = []
        if unknown:
            problems.append(refusal("lever", ", ".join(sorted(unknown)), ", ".join(LEVER_NAMES), "Correct the lever's name."))
        if not 1 <= self.weeks <= 156:
            problems.append(refusal("weeks", f"{self.weeks} weeks", "1 to 156 weeks", "Choose a shorter or longer plan."))
        if not self.name.strip():
            problems.append(refusal("name", "no name", "a name", "Give the scenario a name."))
        if problems:
            raise Refused(problems)
        object.__setattr__(self, "changes", ASSUMPTIONS.typed(self.changes))
        object.__setattr__(self, "locks", LOCKS.typed(self.locks))
        object.__setattr__(self, "levers", all_levers() | dict(self.levers))
        Assumptions({"assumptions": self.changes})

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Scenario) and (self.name, self.content_id) == (other.name, other.content_id)

    def __hash__(self) -> int:
        return hash((self.name, self.content_id))

    def changed(self, **parts: Any) -> Self:
        """The same scenario with some parts replaced, checked again."""
        held = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return type(self)(**(held | parts))

    def on(self, assumptions: Assumptions) -> Assumptions:
        """The assumptions in force under this scenario.

        Raises:
            Refused: a change clashes with an equally specific row.
        """
        return assumptions.with_rows(self.changes)

    @property
    def content_id(self) -> str:
        """SHA-256 of what the scenario does; its name and description do not count."""
        digest = hashlib.sha256(self.dataset_id.encode())
        digest.update(content_bytes(ASSUMPTIONS, self.changes))
        digest.update(content_bytes(LOCKS, self.locks))
        digest.update(json.dumps([sorted(self.levers.items()), self.weeks]).encode())
        return digest.hexdigest()

    def to_json(self) -> str:
        """The scenario as JSON text that `from_json` reads back without loss."""
        return json.dumps(
            {
                "name": self.name,
                "dataset_id": self.dataset_id,
                "description": self.description,
                "weeks": self.weeks,
                "levers": dict(self.levers),
                "changes": _records(ASSUMPTIONS, self.changes),
                "locks": _records(LOCKS, self.locks),
            },
            indent=2,
        )

    @classmethod
    def from_json(cls, text: str, *, file: str = "", dataset_id: str = "") -> Scenario:
        """Read a scenario from JSON text.

        Args:
            text: what `to_json` writes; absent parts take their defaults.
            file: file name for the findings.
            dataset_id: used where the text names none.

        Raises:
            Refused: the text is not JSON of this form, or a value is not allowed.
        """
        try:
            parts = json.loads(text)
        except json.JSONDecodeError as error:
            raise Refused([refusal("json", f"text that is not JSON ({error.msg})", "a scenario as JSON",
                                   "Save the scenario again from the portal.", file=file, row=error.lineno)]) from None  # fmt: skip
        known = {"name", "dataset_id", "description", "weeks", "levers", "changes", "locks"}
        if not isinstance(parts, dict) or set(parts) - known:
            found = ", ".join(sorted(set(parts) - known)) if isinstance(parts, dict) else type(parts).__name__
            raise Refused([refusal("scenario", found, "an object with " + ", ".join(sorted(known)), "Remove what is not listed.", file=file)])
        changes = _read_records(ASSUMPTIONS, parts.pop("changes", []), file)
        locks = _read_records(LOCKS, parts.pop("locks", []), file)
        stated: dict[str, Any] = {"name": file or "scenario", "dataset_id": dataset_id} | parts
        return cls(**stated, changes=changes, locks=locks)


def do_nothing(dataset_id: str, weeks: int = 52) -> Scenario:
    """Today's rota, no lever used: what happens without a decision."""
    return Scenario("Do nothing", dataset_id, levers=all_levers(False), weeks=weeks,
                    description="Today's rota goes on and no lever is used.")  # fmt: skip


def base(dataset_id: str, weeks: int = 52) -> Scenario:
    """Every lever may be used, no assumption changed."""
    return Scenario("Base plan", dataset_id, weeks=weeks, description="Every lever may be used and no assumption is changed.")


def _records(table: Table, frame: pd.DataFrame) -> list[dict[str, str]]:
    """Rows as text cells, blanks left out, in the table's CSV conventions."""
    import csv
    import io

    rows = csv.DictReader(io.StringIO(to_csv_text(table, frame)))
    return [{k: v for k, v in row.items() if v} for row in rows]


def _read_records(table: Table, records: list[dict[str, Any]], file: str) -> pd.DataFrame:
    raw = pd.DataFrame(records, columns=table.columns if not records else None, dtype=object)
    for column in table.columns:
        if column not in raw:
            raw[column] = None
    raw.index = range(1, len(raw) + 1)
    frame, findings = table.read(raw, file=file, sheet=table.title)
    if Findings(findings).refusals:
        raise Refused(findings)
    return frame
