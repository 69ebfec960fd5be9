"""Stored scenarios: every version is kept; a changed scenario under the same name is a new version."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, case, func, insert, or_, select

from data.errors import NotFound, Refused
from data.scenario import Scenario
from data.store.audit_chain import append
from data.store.blobs import damaged
from data.store.datasets import find_dataset
from data.store.repository import NETWORK_OWNED, Repository, visible
from data.store.scope import PLANNERS, Scope
from data.store.tables import SCENARIOS


@dataclass(frozen=True)
class StoredScenario:
    """What the store knows of one version of a scenario.

    Attributes:
        id: digest of name and content; a version that goes back to an earlier content has the earlier id.
        name: the scenario's name.
        version: 1 for the first under this name, owner and dataset.
        dataset_id: the dataset it was made for.
        content_id: digest of what it does, whatever its name.
        organisation: owner; empty = the whole network.
        created: when this version was saved (UTC).
        created_by: who saved it.
        reason: why.
        description: one sentence for the planner.
        weeks: length of the plan in weeks.
    """

    id: str
    name: str
    version: int
    dataset_id: str
    content_id: str
    organisation: str
    created: datetime
    created_by: str
    reason: str
    description: str
    weeks: int


class ScenarioRepository(Repository):
    """Scenarios."""

    def save_scenario(self, scope: Scope, scenario: Scenario, *, reason: str = "") -> StoredScenario:
        """Store a scenario; the same content and description as the newest version of that name returns that version.

        Raises:
            NotAllowed: the role may not save.
            NotFound: the scenario's dataset is not in the scope.
        """
        self._require(scope, PLANNERS, "save a scenario", "scenario")
        body = scenario.to_json()
        content_id = scenario.content_id
        if _read(body, scenario.name).content_id != content_id:
            raise damaged(f'The scenario "{scenario.name}"')
        with self._database.write() as connection:
            find_dataset(connection, scope, scenario.dataset_id)
            same_name = _newest_first(scope).where(SCENARIOS.c.dataset_id == scenario.dataset_id, SCENARIOS.c.name == scenario.name)
            newest = connection.execute(same_name).first()
            if newest and (newest.content_id, newest.description) == (content_id, scenario.description):
                return _stored(newest)
            version = _next_version(connection, scope, scenario)
            scenario_id = _id(scenario.name, content_id)
            connection.execute(
                insert(SCENARIOS).values(
                    owner=scope.organisation, dataset_id=scenario.dataset_id, name=scenario.name, version=version, id=scenario_id,
                    content_id=content_id, description=scenario.description, weeks=scenario.weeks, body=body, reason=reason,
                    created=datetime.now(UTC), created_by=scope.user,
                )
            )  # fmt: skip
            append(connection, scope, "save scenario", "scenario", scenario_id, name=scenario.name, version=version)
            return _stored(find_scenario(connection, scope, scenario_id, scenario.dataset_id))

    def scenarios(self, scope: Scope, dataset_id: str | None = None) -> list[StoredScenario]:
        """The newest version of every scenario the scope sees, newest first; of one dataset where `dataset_id` names it."""
        query = select(SCENARIOS).where(visible(SCENARIOS.c.owner, scope)).order_by(SCENARIOS.c.created.desc(), SCENARIOS.c.version.desc())
        if dataset_id is not None:
            query = query.where(SCENARIOS.c.dataset_id == dataset_id)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        newest: dict[tuple[str, str, str], Row[Any]] = {}
        for row in rows:
            newest.setdefault((row.owner, row.dataset_id, row.name), row)
        return [_stored(row) for row in newest.values()]

    def stored_scenario(self, scope: Scope, id_or_name: str, dataset_id: str | None = None) -> StoredScenario:
        """What is known of one scenario.

        Raises:
            NotFound: no scenario of this id or name in the scope.
        """
        with self._database.read() as connection:
            return _stored(find_scenario(connection, scope, id_or_name, dataset_id))

    def scenario(self, scope: Scope, id_or_name: str, dataset_id: str | None = None) -> Scenario:
        """A scenario as it was saved: by id that very content, by name its newest version.

        Raises:
            NotFound: no scenario of this id or name in the scope.
            SixweeksError: what is stored is not what was saved.
        """
        with self._database.read() as connection:
            row = find_scenario(connection, scope, id_or_name, dataset_id)
        scenario = _read(row.body, row.name)
        if (scenario.content_id, scenario.name) != (row.content_id, row.name) or _id(row.name, row.content_id) != row.id:
            raise damaged(f'The scenario "{row.name}"')
        return scenario


def find_scenario(connection: Connection, scope: Scope, id_or_name: str, dataset_id: str | None = None) -> Row[Any]:
    """The row of a scenario by id or name: the scope's own before others', then the newest version.

    Raises:
        NotFound: none in the scope.
    """
    query = _newest_first(scope).where(or_(SCENARIOS.c.id == id_or_name, SCENARIOS.c.name == id_or_name))
    if dataset_id is not None:
        query = query.where(SCENARIOS.c.dataset_id == dataset_id)
    row = connection.execute(query).first()
    if row is None:
        raise NotFound(f'There is no scenario "{id_or_name}" here.')
    return row


def _newest_first(scope: Scope) -> Select[Any]:
    own = case((SCENARIOS.c.owner == scope.organisation, 0), (SCENARIOS.c.owner == NETWORK_OWNED, 1), else_=2)
    return select(SCENARIOS).where(visible(SCENARIOS.c.owner, scope)).order_by(own, SCENARIOS.c.created.desc(), SCENARIOS.c.version.desc())


def _next_version(connection: Connection, scope: Scope, scenario: Scenario) -> int:
    query = select(func.max(SCENARIOS.c.version)).where(
        SCENARIOS.c.owner == scope.organisation, SCENARIOS.c.dataset_id == scenario.dataset_id, SCENARIOS.c.name == scenario.name
    )
    return (connection.execute(query).scalar() or 0) + 1


def _id(name: str, content_id: str) -> str:
    return hashlib.sha256(json.dumps([name, content_id]).encode()).hexdigest()


def _read(body: str, name: str) -> Scenario:
    try:
        return Scenario.from_json(body)
    except (Refused, TypeError) as error:
        raise damaged(f'The scenario "{name}"') from error


def _stored(row: Row[Any]) -> StoredScenario:
    return StoredScenario(
        id=row.id, name=row.name, version=row.version, dataset_id=row.dataset_id, content_id=row.content_id, organisation=row.owner,
        created=row.created, created_by=row.created_by, reason=row.reason, description=row.description, weeks=row.weeks,
    )  # fmt: skip
