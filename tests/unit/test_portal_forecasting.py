"""`sixweeks forecast`: tidy files under national codes, nothing seen after the origin, given months in place of forecasts."""

import json

import pandas as pd
import pytest

from data.activity import ACTIVITY, BANDS, Activity
from data.store import SINGLE_USER
from portal import services
from portal.cli import main
from tests.networks.extracts import small_dataset

FORECAST = ["provider_code", "test_id", "stream", "origin", "horizon", "forecast", "lower_80", "upper_80", "lower_95", "upper_95"]
LISTS = ["provider_code", "test_id", "origin", "horizon", "share_over_six", "lower_80", "upper_80"]


@pytest.fixture
def stored(tmp_path, monkeypatch):
    """A small network with two years of history in a store of its own."""
    monkeypatch.setenv("SIXWEEKS_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("SIXWEEKS_DATABASE_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    held = small_dataset()
    months = pd.date_range("2024-04-01", periods=24, freq="MS")
    rows = [
        [o, t, m, 200 + 5 * k, 20, 10, *[30] * 6, *[5] * (BANDS - 6)]
        for o in held.network.organisations for t in held.network["tests"]["test"] for k, m in enumerate(months)
    ]  # fmt: skip
    made = held.changed(activity=Activity({ACTIVITY.name: ACTIVITY.typed(pd.DataFrame(rows, columns=ACTIVITY.columns))}))
    services.store().save_dataset(SINGLE_USER, made, name="Two years")
    return made


def test_every_series_and_list_is_forecast_under_national_codes(stored, tmp_path):
    assert main(["forecast", "--out", "out"]) == 0
    made, lists = (pd.read_csv(tmp_path / "out" / f"{name}.csv") for name in ("forecast", "list_projection"))
    assert list(made.columns) == FORECAST
    assert list(lists.columns) == LISTS
    series = len(stored.network.organisations) * len(stored.network["tests"])
    assert len(made) == series * 4 * 12
    assert len(lists) == series * 12
    assert set(made["origin"]) == {"2026-03"}
    assert (made["lower_95"] <= made["lower_80"]).all()
    assert (made["lower_80"] <= made["upper_80"]).all()
    assert lists[["share_over_six", "lower_80", "upper_80"]].stack().between(0, 1).all()
    facts = json.loads((tmp_path / "out" / "forecast.json").read_text())
    assert facts["origin"] == "2026-03"
    assert "stored national coefficients" in facts["learnt_from"]


def test_nothing_after_the_origin_is_seen(stored, tmp_path):
    assert main(["forecast", "--origin", "2025-12", "--horizon", "3", "--out", "whole"]) == 0
    rows = stored.activity.rows
    shorter = stored.changed(activity=Activity({ACTIVITY.name: rows[rows["period"] <= "2025-12-01"]}))
    services.store().save_dataset(SINGLE_USER, shorter, name="Shorter")
    assert main(["forecast", "--dataset", "Shorter", "--horizon", "3", "--out", "short"]) == 0
    for name in ("forecast.csv", "list_projection.csv"):
        assert (tmp_path / "whole" / name).read_bytes() == (tmp_path / "short" / name).read_bytes()


def test_given_months_take_the_place_of_forecasts_in_the_lists(stored, tmp_path):
    own = stored.network.organisations[0]
    test = pd.read_csv(tmp_path / "out" / "forecast.csv")["test_id"].iloc[0] if main(["forecast", "--out", "out"]) == 0 else None
    given = pd.DataFrame({"provider_code": own, "test_id": test, "period": ["2026-04-01", "2026-05-01"], "additions": 900, "activity": 100})
    given.to_csv(tmp_path / "given.csv", index=False)
    assert main(["forecast", "--given", "given.csv", "--horizon", "2", "--out", "given"]) == 0
    before, after = (
        pd.read_csv(tmp_path / folder / "list_projection.csv").set_index(["provider_code", "test_id", "horizon"])["share_over_six"]
        for folder in ("out", "given")
    )
    assert after[own, test, 2] != pytest.approx(before[own, test, 2], abs=0.01)
    others = [key for key in after.index if key[0] != own]
    assert after[others].tolist() == pytest.approx(before[others].tolist())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("provider_code,test_id\nAAA,1\n", "no such column"),
        ("provider_code,test_id,period,additions,activity\nAAA,none,2026-04-01,1,1\n", "none"),
        ("provider_code,test_id,period,additions,activity\nAAA,1,soon,1,1\n", '"soon"'),
    ],
)
def test_given_months_that_are_not_in_order_are_refused_in_words(stored, tmp_path, capsys, text, said):
    (tmp_path / "given.csv").write_text(text)
    assert main(["forecast", "--given", "given.csv", "--out", "out"]) == 1
    assert said in "".join(capsys.readouterr())
    assert not (tmp_path / "out").exists()


def test_a_history_too_short_to_forecast_says_what_to_load(stored, capsys):
    assert main(["forecast", "--origin", "2024-04", "--out", "out", "--json"]) == 1
    (finding,) = json.loads(capsys.readouterr().out)["findings"]
    assert finding["found"] == "1 month up to April 2024"
    assert "Load more monthly returns" in finding["mend"]


def test_a_month_that_is_none_is_wrong_usage(stored):
    with pytest.raises(SystemExit) as stopped:
        main(["forecast", "--origin", "2025-13", "--out", "out"])
    assert stopped.value.code == 2
