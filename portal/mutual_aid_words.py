"""Mutual aid in sentences: the answer, and how its figures are worked out."""

from __future__ import annotations

from data.activity import OVER_SIX
from data.network import Network
from data.words import count, day, listed, number, percent
from forecasting.capacity import RECOVERY_WEEKS
from portal.mutual_aid import Aid, Wanted
from portal.mutual_aid_offers import LIMITS

FULL = 0.05
"""A network whose room is a smaller part than this of what its lists are short of is full."""

LEAST = 0.5
"""Fewer patients a week than this are nobody."""


def answer(found: Aid, network: Network) -> list[str]:
    """Who can help whom most, or that nobody can: the sentence, then what must be said at once."""
    rows, moves = found.balance.rows, float(found.pairs["together"].sum())
    short = float(rows["short"].sum() - (rows["own_openings"].sum() if found.wanted.openings else 0.0))
    room = float(rows["room"].sum() + (rows["openings"].sum() if found.wanted.openings else 0.0))
    if short < LEAST:
        by = " once its own free openings are used" if found.wanted.openings else ""
        return [f"Nobody is short of slots{by}: no test needs aid {span(found)}.", _openings(found)]
    met = percent(moves / short, 0 if moves >= short / 10 or moves < LEAST else 1)
    beyond = " beyond their own free openings" if found.wanted.openings else ""
    gain = f"{_patients(moves)} a week and meet {met} of the need, {_slots(short)} a week{beyond}"
    best = _best(found, network) if moves >= LEAST else ""
    if room < FULL * short:
        said = [f"The whole network is full: aid would move {gain}; the rest needs capacity.", f"{best}." if best else ""]
    elif best:
        rest = f"; the rest, {number(short - moves)} a week, needs capacity" if short - moves >= LEAST else ""
        said = [f"{best}.", f"Ask for aid before anything is bought: in all it would move {gain}{rest}."]
    else:
        said = [f"Aid would move nobody: there is room for {_patients(room)} a week, but not where it helps.", _why(found)]
    return [*said, f"Figures are a mean of the weeks looked at, {span(found)}.", _openings(found)]


def span(found: Aid) -> str:
    """The weeks looked at, in words."""
    first, last = (found.lists.monday(w) for w in (found.wanted.first, found.wanted.last))
    return f"in the week of {day(first)}" if first == last else f"from the week of {day(first)} to that of {day(last)}"


def _best(found: Aid, network: Network) -> str:
    best = found.pairs.loc[found.pairs["together"].idxmax()]
    names, tests = network.short_titles("organisations"), network.titles("tests")
    begins = found.wanted.first - 1 + int(best["first"])
    since = f", from the week of {day(found.lists.monday(begins))}" if begins > found.wanted.first else ""
    return (
        f"{names[best['receiver']]} can help {names[best['sender']]} most, with {_patients(best['together'])} a week for {tests[best['test']]}, "
        f"{number(best['median'])} minutes by road{since}"
    )


def _why(found: Aid) -> str:
    needing = found.pairs[(found.pairs["need"] >= LEAST) & (found.pairs["room"] >= LEAST)]
    if needing.empty:
        return "Those with room and those who are short do different tests, or no road is known between them."
    reasons = needing["binds"].value_counts().index
    return f"What holds back those who are short, at those with room for the same test: {listed([LIMITS[r] for r in reasons])}."


def _openings(found: Aid) -> str:
    """What sessions outside today's rota could do."""
    own, others = (float(found.balance.rows[c].sum()) for c in ("own_openings", "openings"))
    if own + others < LEAST:
        return "Staff in post could run no session beyond today's rota."
    first = f"{_slots(own)} a week for the trusts' own lists that are short" if own >= LEAST else ""
    then = f"room for {_patients(others)} a week of other trusts" if others >= LEAST else ""
    counted = " Both are counted here." if found.wanted.openings else " Neither is counted here." if first and then else " It is not counted here."
    return f"Sessions beyond today's rota that staff in post could run: {' and '.join(p for p in (first, then) if p)}.{counted}"


def _patients(n: float) -> str:
    return count(round(n), "patient")


def _slots(n: float) -> str:
    return count(round(n), "slot")


def state_words(short: float, room: float) -> str:
    """One list with its sign: short, room or enough."""
    if room >= LEAST:
        return f"● room for {number(room)}"
    return f"▲ {number(short)} short" if short >= LEAST else "◆ enough"


def method_words(wanted: Wanted) -> list[str]:
    """How the figures are worked out under these choices."""
    batches = "The smallest batch is waited for; a week's batch is never larger than the largest."
    limit = "the travel limit" if wanted.limit is None else f"{wanted.limit:g} minutes (tried here, not stored)"
    said = [
        f"Short: slots a list needs beyond today's rota. It needs its demand, and on top of it room for weeks that vary or, for {RECOVERY_WEEKS:g} "
        f"weeks, what clears the list to its sustainable size, whichever is more; both as on the page Capacity with {OVER_SIX} weeks as target.",
        "Room: slots of today's rota that their own list neither needs nor can use without falling below its shortest length.",
        "Free openings: sessions the register could hold and today's rota does not run, as far as staff in post have free hours, without overtime, "
        "bank and agency. A trust that is short uses its own first.",
        "A minute is counted once: tests that share a room have their parts of its time as today, and what one of them leaves goes first to tests of "
        "the same trust and room that are short.",
        f"What could move: the least of what the sender is short of, room, largest batch, and acceptance × suitable × (waiting + joining) ÷ weeks, "
        f"as nobody is asked twice. {batches}",
        f"Travel: minutes by road from home areas to the nearest site of the receiver where the test is done; nobody beyond {limit} accepts.",
        "Both lists are projected with and without the aid of one pair. In all: pairs are served one after the other, those first that most accept.",
    ]
    return (
        said if not wanted.openings else [*said, "Free openings are counted as room, after what the sender could open itself is taken off its need."]
    )
