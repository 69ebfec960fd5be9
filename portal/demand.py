"""What is asked on the page Demand: how much will be asked for, how sure that is, and why. No Streamlit."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from data.network import Network
from data.store import Scope
from data.words import listed, month, number, percent
from forecasting.backtest import OURS, backtest
from forecasting.drivers import COUNTED, EXPECTED, monthly_changes, steps
from forecasting.fan import MOST_YEARS, Fan, fan
from forecasting.months import Months, months_ahead
from forecasting.paths import sample_paths
from portal import services
from portal.services import kept

_KEPT = 4
COURSES, SEED = 1000, 1
MONTHS = 12
_NAMED = 5

STREAM_TITLES = {
    "additions": "Additions to the list", "waiting_list": "Seen from the list", "planned": "Planned examinations",
    "unscheduled": "Unscheduled examinations",
}  # fmt: skip
STREAM_UNITS = {
    "additions": "patients", "waiting_list": "examinations", "planned": "examinations", "unscheduled": "examinations",
}  # fmt: skip

SHARES = {"lower_95": 0.025, "lower_80": 0.1, "upper_80": 0.9, "upper_95": 0.975}


@dataclass(frozen=True)
class Asked:
    """What is looked at; empty = all organisations, or all tests."""

    organisation: str = ""
    test: str = ""
    stream: str = "additions"


@dataclass(frozen=True, eq=False)
class Expected:
    """The forecast of a dataset under a scenario's assumptions.

    Attributes:
        months: months ahead, before named changes.
        changed: factor of all named changes by list and month, shape (n, horizon).
        paths: by stream, sample courses with named changes, shape (courses, n, horizon).
        steps: typed frame of `forecasting.drivers.STEPS`.
        errors: typed frame of `forecasting.backtest.ERRORS`.
        years: the years ahead.
    """

    months: Months
    changed: np.ndarray
    paths: dict[str, np.ndarray]
    steps: pd.DataFrame
    errors: pd.DataFrame
    years: Fan

    @cached_property
    def lists(self) -> pd.DataFrame:
        """Organisation and test of each list."""
        return self.months.panel.lists

    def chosen(self, asked: Asked) -> np.ndarray:
        """Which lists are looked at, shape (n,)."""
        return np.asarray(self.lists["organisation"].isin([asked.organisation] if asked.organisation else self.lists["organisation"])
                          & self.lists["test"].isin([asked.test] if asked.test else self.lists["test"]))  # fmt: skip


@kept(_KEPT)
def expected(scope: Scope, dataset_id: str, scenario_id: str) -> Expected | None:
    """What is expected; None where no month is loaded.

    Args:
        scope: on whose behalf.
        dataset_id: the dataset.
        scenario_id: of the scenario whose assumptions hold.
    """
    held = services.dataset(scope, dataset_id)
    assumptions = services.in_force(scope, dataset_id, services.choice(scope, dataset_id, scenario_id))
    months = months_ahead(held.network, held.activity, assumptions, MONTHS) if held.has_history else None
    if months is None:
        return None
    changed = np.prod(list(monthly_changes(months, assumptions).values()), axis=0)
    paths = {stream: made * changed for stream, made in sample_paths(months, COURSES, SEED).items()}
    return Expected(
        months, changed, paths, steps(months, assumptions), backtest(months, assumptions.one("older_month_weight")),
        fan(months, assumptions, MOST_YEARS, count=COURSES, seed=SEED),
    )  # fmt: skip


def ahead(held: Expected, asked: Asked) -> pd.DataFrame:
    """The months ahead of what is looked at: period, central, and the bounds of `SHARES`; of several lists from their courses together."""
    chosen, made = held.chosen(asked), held.months.made
    central = (made.central[asked.stream] * held.changed)[chosen]
    if chosen.sum() == 1:
        bounds = {c: (made.bounds[asked.stream][c] * held.changed)[chosen][0] for c in SHARES}
    else:
        summed = held.paths[asked.stream][:, chosen].sum(axis=1)
        bounds = {c: np.quantile(summed, share, axis=0) for c, share in SHARES.items()}
    floor = -np.inf if asked.stream == "additions" else 0.0
    return pd.DataFrame({"period": held.months.ahead, "central": np.maximum(central.sum(axis=0), floor), **bounds})


def behind(held: Expected, asked: Asked) -> pd.DataFrame:
    """The loaded months of what is looked at: period, value (missing where any list's is not known), unusual (a list's figure stood out)."""
    chosen, panel = held.chosen(asked), held.months.panel
    return pd.DataFrame({
        "period": panel.periods, "value": panel.streams[asked.stream][chosen].sum(axis=0),
        "unusual": held.months.made.unusual[asked.stream][chosen].any(axis=0),
    })  # fmt: skip


def unusual(held: Expected, asked: Asked) -> pd.DataFrame:
    """Figures that stood out and counted as if at the edge of what the months beside them allow: organisation, test, period, value."""
    rows = np.flatnonzero(held.chosen(asked))
    at, when = np.nonzero(held.months.made.unusual[asked.stream][rows])
    return held.lists.iloc[rows[at]].assign(
        period=held.months.panel.periods[when], value=held.months.panel.streams[asked.stream][rows[at], when]
    ).reset_index(drop=True)  # fmt: skip


def exchanged(held: Expected, asked: Asked, network: Network) -> str:
    """Which months are left out because their columns were exchanged, in a sentence; empty where none is."""
    rows = held.months.exchanged.merge(held.lists[held.chosen(asked)], on=["organisation", "test"])
    if rows.empty or asked.stream == "unscheduled":
        return ""
    organisations, tests = network.short_titles("organisations"), network.titles("tests")
    named = [f"{organisations[r.organisation]}, {tests[r.test]}, {month(r.period)}" for r in rows.itertuples()]
    more = f" and {number(len(named) - _NAMED)} more" if len(named) > _NAMED else ""
    return (
        f"Left out, because waiting-list and planned activity were exchanged: {'; '.join(named[:_NAMED])}{more}. Ask for the return again, or "
        "exchange the columns back when it is uploaded."
    )


def why(held: Expected, asked: Asked) -> pd.DataFrame:
    """Steps from what was counted to what is expected, summed over what is looked at: step, change; in order."""
    lists = held.lists[held.chosen(asked)]
    rows = held.steps[held.steps["stream"] == asked.stream].merge(lists, on=["organisation", "test"])
    return rows.groupby("step", sort=False)["change"].sum().reindex(held.steps["step"].unique()).rename_axis("step").reset_index()


def unknown(held: Expected, asked: Asked) -> int:
    """Months of lists among the last ones that are not known, and count at the level of their list."""
    values = held.months.panel.streams[asked.stream][held.chosen(asked)][:, -MONTHS:]
    return int(np.isnan(values).sum())


def errors(held: Expected, asked: Asked) -> pd.DataFrame:
    """How wrong earlier forecasts would have been: method, horizon, error (share of what happened), origins."""
    lists = held.lists[held.chosen(asked)]
    rows = held.errors[held.errors["stream"] == asked.stream].merge(lists, on=["organisation", "test"])
    sums = rows.groupby(["method", "horizon"], sort=False).agg(error=("error", "sum"), happened=("happened", "sum"), origins=("origins", "max"))
    sums["error"] = sums["error"] / sums["happened"].where(sums["happened"] > 0)
    return sums.drop(columns="happened").reset_index()


def years(held: Expected, asked: Asked) -> pd.DataFrame:
    """The years ahead of what is looked at: year, central and bounds."""
    chosen, rows = held.chosen(asked), held.years.rows
    made = held.years.paths[asked.stream][:, chosen].sum(axis=1)
    of_each = rows[(rows["stream"] == asked.stream) & (rows["organisation"] != "")].merge(held.lists[chosen], on=["organisation", "test"])
    central = of_each.groupby("year")["central"].sum().to_numpy()
    bounds = {c: np.quantile(made, share, axis=0) for c, share in SHARES.items()}
    return pd.DataFrame({"year": np.arange(1, made.shape[1] + 1), "central": central, **bounds})


def profiles(held: Expected, asked: Asked, network: Network) -> pd.DataFrame:
    """What organisations have in common, by test: how much other days count, growth a year, and the highest and lowest months."""
    found = []
    for test in [t for t in network["tests"]["test"] if t in set(held.lists[held.chosen(asked)]["test"])]:
        known = held.months.profiles[test, asked.stream]
        season = np.exp(np.array(known.season))
        names = [f"{pd.Timestamp(2024, k, 1):%B}" for k in range(1, 13)]
        varies = season.max() / season.min() > 1.005
        found.append((
            network.titles("tests")[test], round(100 * known.weight), round(100 * np.expm1(known.growth), 1),
            f"{names[int(season.argmax())]} ({percent(season.max() - 1, 0)} more)" if varies else "no difference",
            f"{names[int(season.argmin())]} ({percent(1 - season.min(), 0)} less)" if varies else "no difference",
        ))  # fmt: skip
    return pd.DataFrame(found, columns=["Test", "Another day counts (% of a working day)", "National growth (% a year)", "Highest", "Lowest"])


def answer(held: Expected, asked: Asked, network: Network) -> tuple[str, str]:
    """How much will be asked for and how sure that is, in a sentence, and why, in another."""
    rows, made = why(held, asked).set_index("step")["change"], ahead(held, asked)
    summed = held.paths[asked.stream][:, held.chosen(asked)].sum(axis=(1, 2))
    low, high = np.quantile(summed, [0.1, 0.9])
    where = network.short_titles("organisations").get(asked.organisation, network.title)
    test = f", {network.titles('tests')[asked.test]}" if asked.test else ""
    central, count = float(made["central"].sum()), min(MONTHS, len(held.months.panel.periods))
    more = rows[EXPECTED] / rows[COUNTED] - 1 if rows[COUNTED] > 0 else np.nan
    unit = STREAM_UNITS[asked.stream]
    what = STREAM_TITLES[asked.stream].lower()
    said = f"{where}{test}: {number(central)} {unit} expected in the twelve months to {month(made['period'].iloc[-1])} ({what})"
    change = ""
    if pd.notna(more):
        much = f"{percent(abs(more), 1)} {'more' if more >= 0 else 'fewer'} than in the last {number(count)} months"
        change = f", {much}" if count == MONTHS else f"; over the next {number(count)} months {much}"
    between = f"In 80 of 100 courses between {number(low)} and {number(high)}."
    causes = rows.drop([COUNTED, EXPECTED])
    largest = causes.abs().sort_values(ascending=False, kind="stable").index[:2]
    named = [f"{small(step)} ({signed(causes[step])})" for step in largest if abs(causes[step]) >= 1]
    return f"{said}{change}.", f"{between} Most of the change: {listed(named)}." if named else between


def small(step: str) -> str:
    """A step within a sentence."""
    return step[0].lower() + step[1:]


def signed(change: float) -> str:
    """A change with its sign."""
    return f"{'+' if change >= 0 else '−'}{number(abs(change))}"


def own_error(held: Expected, asked: Asked, horizon: int = 3) -> float:
    """Share by which this forecast would have missed, so many months ahead; NaN where too few months are loaded."""
    rows = errors(held, asked)
    hit = rows[(rows["method"] == OURS) & (rows["horizon"] == horizon)]["error"]
    return float(hit.iloc[0]) if len(hit) else float("nan")
