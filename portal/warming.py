"""Drawing the first page, and working out what others show, before anybody asks: what is read is kept, and what libraries load late is loaded."""

from __future__ import annotations

from data.store import Scope
from portal import position, results, services
from portal.charts import lists


def draw_first_page(scope: Scope) -> None:
    """Ask what the page Overview asks, of the newest data; nothing where there are none yet.

    Raises:
        SixweeksError: the store does not answer, or what it holds is damaged.
    """
    newest = services.store().newest_dataset(scope)
    held = services.dataset(scope, newest.id) if newest else None
    if newest is None or held is None or not held.has_history:
        return
    position.headline(held)
    for plan in filter(None, results.newest_plans(scope, newest.id)):
        results.answer(scope, plan.run.id)
    lists.standing(position.newest(held), held.network).to_html()
    drawn = lists.trend(position.trend(held), held.network, "All tests", position.one_target(held))
    if drawn.figure:
        drawn.figure.to_json()
    position.decisions(held)


def work_ahead(scope: Scope) -> None:
    """What the pages of the newest data take longest over, under the base plan; kept until newer data come.

    Raises:
        SixweeksError: the store does not answer, or what it holds is damaged.
    """
    # Loaded here, so that the first page need not wait for them.
    from portal import demand, lists_ahead, performance

    newest = services.store().newest_dataset(scope)
    if newest is None or not services.dataset(scope, newest.id).has_history:
        return
    base = services.choice(scope, newest.id, "").id
    performance.monthly(scope, newest.id)
    demand.expected(scope, newest.id, base)
    lists_ahead.lists(scope, newest.id, base)
