"""Demand as drawn: months behind and ahead with their ranges, why the year ahead differs, and the years after it."""

from __future__ import annotations

import pandas as pd

from data.network import Network
from data.words import count, month, number, percent
from portal.charts.evidence import Evidence, canvas
from portal.charts.waterfalls import across
from portal.demand import MONTHS, STREAM_TITLES, STREAM_UNITS, Asked, Expected, ahead, behind, errors, signed, small, unknown, unusual, why, years
from portal.theme import CATEGORICAL, SECONDARY_TEXT, TEXT

_WIDE, _NARROW = "rgba(18,67,109,0.14)", "rgba(18,67,109,0.28)"
_BOUNDS = {"lower_80": "Lower bound of 80 in 100", "upper_80": "Upper bound of 80 in 100", "lower_95": "Lower bound of 95 in 100",
           "upper_95": "Upper bound of 95 in 100"}  # fmt: skip


def where(asked: Asked, network: Network) -> str:
    """What is looked at, in words."""
    organisation = network.short_titles("organisations").get(asked.organisation, f"all of {network.title}")
    return f"{organisation}, {network.titles('tests').get(asked.test, 'every test')}"


def forecast(held: Expected, asked: Asked, network: Network) -> Evidence:
    """Months behind and ahead."""
    past, future = behind(held, asked), ahead(held, asked)
    unit = STREAM_UNITS[asked.stream]
    figure = canvas(380, yaxis={"rangemode": "tozero", "tickformat": ",", "title": f"{unit.capitalize()} a month"}, xaxis={"tickformat": "%b<br>%Y"})
    for low, high, colour in (("lower_95", "upper_95", _WIDE), ("lower_80", "upper_80", _NARROW)):
        line = {"x": future["period"], "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
        figure.add_scatter(**line, y=future[high])
        figure.add_scatter(**line, y=future[low], fill="tonexty", fillcolor=colour)
    hover = "%{x|%B %Y}: %{y:,.0f}<extra>"
    figure.add_scatter(x=past["period"], y=past["value"], mode="lines+markers", line={"color": TEXT, "width": 2}, marker={"size": 6},
                       connectgaps=False, hovertemplate=hover + "counted</extra>")  # fmt: skip
    figure.add_scatter(x=future["period"], y=future["central"], mode="lines+markers", line={"color": CATEGORICAL[0], "width": 2.5, "dash": "dash"},
                       marker={"size": 7, "symbol": "diamond"}, hovertemplate=hover + "expected</extra>")  # fmt: skip
    odd = past[past["unusual"]]
    figure.add_scatter(x=odd["period"], y=odd["value"], mode="markers", hovertemplate=hover + "stood out</extra>",
                       marker={"size": 14, "symbol": "circle-open", "color": CATEGORICAL[2], "line": {"width": 2.5}})  # fmt: skip
    for row, words in ((past.iloc[0], "Counted"), (future.iloc[0], "Expected; shaded: 80 and 95 in 100")):
        figure.add_annotation(x=row["period"], y=1.0, yref="paper", yanchor="bottom", xanchor="left", text=words, showarrow=False,
                              font={"color": SECONDARY_TEXT, "size": 13})  # fmt: skip
    mean_past, mean_ahead = past["value"].tail(len(future)).mean(), future["central"].mean()
    change = f", {percent(abs(mean_ahead / mean_past - 1), 1)} {'more' if mean_ahead >= mean_past else 'fewer'} a month" if mean_past > 0 else ""
    finding = f"{number(future['central'].sum())} expected in twelve months{change}"
    named = f" {count(len(odd), 'month')} with a figure that stood out {'is' if len(odd) == 1 else 'are'} circled." if len(odd) else ""
    subtitle = f"{STREAM_TITLES[asked.stream]}, {where(asked, network)}, {unit} a month.{named}"
    table = pd.concat([
        pd.DataFrame({"Month": past["period"].map(month), f"Counted ({unit})": past["value"]}),
        pd.DataFrame({"Month": future["period"].map(month), f"Expected ({unit})": future["central"].round(),
                      **{words: future[c].round() for c, words in _BOUNDS.items()}}),
    ], ignore_index=True)  # fmt: skip
    span = f"{month(past['period'].iloc[0])} to {month(future['period'].iloc[-1])}"
    alt = f"{finding}. {STREAM_TITLES[asked.stream]} of {where(asked, network)} by month, {span}."
    return Evidence(finding, subtitle, figure, alt, table, "demand_months")


def steps(held: Expected, asked: Asked, network: Network) -> Evidence:
    """Why the months ahead differ from those behind."""
    rows, unit = why(held, asked), STREAM_UNITS[asked.stream]
    between = rows.iloc[1:-1]
    shown = pd.concat([rows.iloc[[0]], between[between["change"].abs() >= 0.5], rows.iloc[[-1]]])
    totals = [k in (0, len(shown) - 1) for k in range(len(shown))]
    texts = [number(v) if t else signed(v) for v, t in zip(shown["change"], totals, strict=True)]
    figure = across(list(shown["step"]), list(shown["change"]), texts)
    largest = between.loc[between["change"].abs().idxmax()]
    finding = f"Largest step: {small(largest['step'])}, {signed(largest['change'])}"
    table = pd.DataFrame({"Step": rows["step"], f"Change ({unit})": rows["change"].round()})
    months = count(min(MONTHS, len(held.months.panel.periods)), "month")
    subtitle = f"{STREAM_TITLES[asked.stream]}, {where(asked, network)}: the last {months} to the next; bars do not begin at zero"
    if missing := unknown(held, asked):
        subtitle += f". {count(missing, 'month')} of single lists {'is' if missing == 1 else 'are'} not known and counted at the list's level"
    alt = f"{finding}: " + "; ".join(f"{r.step} {number(r.change)}" for r in rows.itertuples()) + "."
    return Evidence(finding, subtitle, figure, alt, table, "demand_steps")


def fan(held: Expected, asked: Asked, network: Network) -> Evidence:
    """The years ahead."""
    rows, unit = years(held, asked), STREAM_UNITS[asked.stream]
    figure = canvas(340, yaxis={"rangemode": "tozero", "tickformat": ",", "title": f"{unit.capitalize()} a year"},
                    xaxis={"dtick": 1, "title": "Year ahead (1 = the next twelve months)"})  # fmt: skip
    for low, high, colour in (("lower_95", "upper_95", _WIDE), ("lower_80", "upper_80", _NARROW)):
        line = {"x": rows["year"], "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
        figure.add_scatter(**line, y=rows[high])
        figure.add_scatter(**line, y=rows[low], fill="tonexty", fillcolor=colour)
    figure.add_scatter(x=rows["year"], y=rows["central"], mode="lines+markers", line={"color": CATEGORICAL[0], "width": 2.5},
                       hovertemplate="Year %{x}: %{y:,.0f}<extra></extra>")  # fmt: skip
    five = rows[rows["year"] == min(5, rows["year"].max())].iloc[0]
    between = f"between {number(five['lower_80'])} and {number(five['upper_80'])} in 80 of 100 courses"
    finding = f"Year {five['year']:.0f}: {number(five['central'])}, {between}"
    subtitle = f"{STREAM_TITLES[asked.stream]}, {where(asked, network)}, {unit} a year; shaded: 80 and 95 in 100. Nothing loaded can confirm it"
    bounds = {words: rows[c].round() for c, words in _BOUNDS.items()}
    table = pd.DataFrame({"Year ahead": rows["year"], f"Central ({unit})": rows["central"].round(), **bounds})
    return Evidence(finding, subtitle, figure, f"{finding}.", table, "demand_years")


def error_table(held: Expected, asked: Asked) -> pd.DataFrame:
    """How wrong earlier forecasts would have been: one row for each method, one column for each number of months ahead."""
    rows = errors(held, asked)
    wide = rows.pivot(index="method", columns="horizon", values="error").reindex(rows["method"].unique())
    shown = wide.map(lambda share: percent(share, 1) if pd.notna(share) else "too few months")
    return shown.set_axis([f"{count(h, 'month')} ahead" for h in wide.columns], axis=1).rename_axis("Method").reset_index()


def unusual_table(held: Expected, asked: Asked, network: Network) -> pd.DataFrame:
    """Figures that stood out, the newest first."""
    rows = unusual(held, asked).sort_values(["period", "organisation", "test"], ascending=[False, True, True], kind="stable")
    organisations, tests = network.short_titles("organisations"), network.titles("tests")
    return pd.DataFrame({
        "Trust": rows["organisation"].map(organisations), "Test": rows["test"].map(tests), "Month": rows["period"].map(month),
        f"Counted ({STREAM_UNITS[asked.stream]})": rows["value"].round(),
    }).reset_index(drop=True)  # fmt: skip
