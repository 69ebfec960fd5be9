"""`sixweeks forecast`: what every organisation and test will be asked for, and how the lists move, as tidy files."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pandas as pd

from data.dataset import Dataset
from data.demand import FORECAST, GIVEN, LIST_OUTLOOK
from data.errors import Refused
from data.fields import Field, Kind, Table
from data.findings import Finding, refusal
from data.frames import to_csv_text
from data.network import Network
from data.run import CODE_VERSION
from data.sources.declared_tables import KnownTable, read_known
from data.sources.national_tests import national_tests
from data.store import SINGLE_USER
from data.words import count, listed, month
from portal import services
from portal.commands.networks import newest
from portal.commands.screen import DONE, Screen
from portal.exports.plan_files import replace_file

_PROVIDER = Field("provider_code", "Provider", Kind.ID, help="ODS code")
_TEST = Field("test_id", "Test", Kind.ID, help="Number of the test in the national return; the network's own identifier where it has none")
_ORIGIN = Field("origin", "Origin", Kind.TEXT, help="Last month that was seen, YYYY-MM")
_READ = KnownTable(GIVEN, {"organisation": ("provider_code",), "test": ("test_id",)})
_UNUSUAL_NAMED = 3


def _published(table: Table, name: str, *, without: tuple[str, ...] = ()) -> Table:
    """The table as it is written: organisations and tests under their national codes."""
    own = {"organisation": _PROVIDER, "test": _TEST, "origin": _ORIGIN}
    key = tuple(own[k].name if k in own else k for k in table.key)
    return Table(name, table.title, table.help, tuple(own.get(f.name, f) for f in table.fields if f.name not in without), key)


FORECAST_FILE = _published(FORECAST, "forecast")
LISTS_FILE = _published(LIST_OUTLOOK, "list_projection", without=("waiting",))


def forecast(*, dataset: str, network: str, origin: str | None, horizon: int, given: Path | None, out: Path, screen: Screen) -> int:
    """Forecast a dataset and write what was found into a folder.

    Raises:
        Refused: the file of given months is not in order, or no two months up to the origin are loaded.
        NotFound: no such dataset.
        WrongUsage: the store holds several networks and none is named.
    """
    from forecasting.outlook import outlook

    stored = newest(SINGLE_USER, dataset, network)
    held = services.dataset(SINGLE_USER, stored.id)
    last = pd.Timestamp(origin) if origin else None
    told = _given(given, held.network) if given else None
    began = time.perf_counter()
    made = outlook(held.network, held.activity, held.assumptions, origin=last, horizon=horizon, given=told)
    seconds = time.perf_counter() - began
    if made.forecast.empty:
        raise Refused([_too_few_months(held, last)])
    out.mkdir(parents=True, exist_ok=True)
    numbers = _numbers(held.network)
    for table, rows in ((FORECAST_FILE, made.forecast), (LISTS_FILE, made.lists)):
        replace_file(out / f"{table.name}.csv", to_csv_text(table, _named(table, rows, numbers)).encode())
    facts = {
        "dataset": stored.id, "origin": f"{made.origin:%Y-%m}", "horizon": horizon, "learnt_from": made.basis, "given": told is not None,
        "code_version": CODE_VERSION, "seconds": round(seconds, 2), "unusual_figures": len(made.unusual),
    }  # fmt: skip
    replace_file(out / "forecast.json", json.dumps(facts, indent=2).encode())
    screen.add(**facts, out=str(out))
    organisations, lists = made.forecast["organisation"].nunique(), len(made.lists) // horizon
    screen.say(f"Forecast {count(organisations, 'organisation')} for {count(horizon, 'month')} after {month(made.origin)}, {count(lists, 'list')}.")
    screen.say(f"What months, working days and growth have in common is from {made.basis}. Wrote {out}/forecast.csv and list_projection.csv.")
    if len(made.unusual):
        screen.say(_unusual_words(made.unusual, held.network))
    return DONE


def _given(path: Path, network: Network) -> pd.DataFrame:
    """The given months under the network's identifiers.

    Raises:
        Refused: the file is not in order, or names a test the network does not have.
    """
    reading = read_known(path.read_bytes(), path.name, None, source=GIVEN.name, version=1, known=(_READ,))
    if reading.is_refused:
        raise Refused(reading.findings)
    rows = reading.frames[GIVEN.name]
    ours = {number: test for test, number in _numbers(network).items()} | {test: test for test in network["tests"]["test"]}
    unknown = sorted(set(rows["test"]) - set(ours))
    if unknown:
        allowed = listed([f"{number}" for number in ours])
        raise Refused(
            [refusal("unknown-test", listed(unknown), allowed, "Use the numbers of the national return.", file=path.name, column="test_id")]
        )
    return rows.assign(test=rows["test"].map(ours))


def _numbers(network: Network) -> dict[str, str]:
    """Number in the national return of each test; the test itself where it has none."""
    by_code = {t.national_code: str(number) for number, t in national_tests().items()}
    tests = network["tests"]
    return {test: by_code.get(code, test) for test, code in zip(tests["test"], tests["national_code"], strict=True)}


def _named(table: Table, rows: pd.DataFrame, numbers: dict[str, str]) -> pd.DataFrame:
    renamed = rows.assign(test=rows["test"].map(numbers), origin=rows["origin"].dt.strftime("%Y-%m"))
    return table.typed(renamed.rename(columns={"organisation": _PROVIDER.name, "test": _TEST.name}))


def _too_few_months(held: Dataset, last: pd.Timestamp | None) -> Finding:
    loaded = [m for m in held.activity.periods if last is None or m <= last]
    found = f"{count(len(loaded), 'month')} up to {month(last)}" if last is not None else count(len(loaded), "month")
    return refusal("too-few-months", found, "two months that follow each other, at least", "Load more monthly returns with `sixweeks import`.")


def _unusual_words(unusual: pd.DataFrame, network: Network) -> str:
    """How many figures stood out, and the latest of the network's own."""
    titles, tests = network.short_titles("organisations"), network.titles("tests")
    newest_first = unusual[unusual["organisation"].isin(network.organisations)].sort_values("period", ascending=False, kind="stable")
    named = [
        f"{titles[row.organisation]}, {tests[row.test]}, {row.stream.replace('_', ' ')}, {month(row.period)} ({row.value:,.0f})"
        for row in newest_first.head(_UNUSUAL_NAMED).itertuples()
    ]  # fmt: skip
    return f"{count(len(unusual), 'figure')} stood out and counted as if at the edge of what the months beside them allow: {'; '.join(named)}."
