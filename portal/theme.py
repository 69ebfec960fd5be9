"""Colours, the look of pages and charts, and how numbers, dates and text are written. No Streamlit: exports use it too."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pandas as pd
import plotly.graph_objects as go

BLUE = "#005eb8"
TEXT = "#212b32"
SECONDARY_TEXT = "#4c6272"
LINE = "#d8dde0"
RED = "#d5281b"

CATEGORICAL = ("#12436D", "#F46A25", "#801650", "#28A197", "#3D3D3D", "#A285D1")
"""At least 3:1 on white each; lines differ in dash and are labelled too, so that colour is never the only sign."""

DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")

MUCH = [[0.0, "#ffffff"], [0.35, "#ADD1F1"], [0.7, "#2073BC"], [1.0, "#12436D"]]
"""Little to much."""

FEWER_OR_MORE = [[0.0, "#b3480f"], [0.25, "#F9B48F"], [0.5, "#ffffff"], [0.75, "#6BACE6"], [1.0, "#12436D"]]
"""Fewer to more, white where nothing changes."""

STYLE = f"""<style>
[data-testid="stMainBlockContainer"] {{padding: 4.25rem 2.5rem 4rem 2.5rem; max-width: 84rem;}}
[data-testid="stCaptionContainer"], [data-testid="stCaptionContainer"] p {{color: {SECONDARY_TEXT} !important; opacity: 1 !important;}}
[data-testid="stMain"] h1 {{font-size: 1.5rem; line-height: 1.3; padding: 0.25rem 0 0.5rem 0; max-width: 62rem;}}
[data-testid="stMain"] h2 {{font-size: 1.3rem; padding: 1rem 0 0.25rem 0;}}
[data-testid="stMain"] h3 {{font-size: 1.1rem; padding: 0.75rem 0 0.1rem 0;}}
[data-testid="stMain"] p, [data-testid="stMain"] li {{max-width: 62rem;}}
[data-testid="stMain"] [data-testid="stPageLink"] p {{color: {BLUE}; text-decoration: underline;}}
[data-testid="stTable"] table {{font-size: 0.95rem;}}
[data-testid="stTable"] th, [data-testid="stTable"] th p {{color: {TEXT} !important; font-weight: 700; text-align: left;}}
[class*="st-key-matrix"] td, [class*="st-key-matrix"] th {{padding: 0.35rem 0.5rem !important; font-size: 0.9rem;}}
@media (min-width: 1200px) {{[class*="st-key-matrix"] td, [class*="st-key-matrix"] td * {{white-space: nowrap !important;}}}}
[data-testid="stSidebarContent"] hr {{margin: 0.75rem 0;}}
.st-key-context {{border-bottom: 2px solid {BLUE}; padding-bottom: 0.5rem;}}
.st-key-context p {{font-size: 0.95rem;}}
.st-key-brand p {{font-size: 1.5rem; font-weight: 700; color: {BLUE};}}
[data-testid="stMain"] a:focus-visible, button:focus-visible, [role="tab"]:focus-visible, summary:focus-visible {{
  outline: 3px solid {TEXT} !important; box-shadow: 0 0 0 6px #ffeb3b !important;}}
</style>"""
"""The one style block of every page."""

_AXIS = {
    "gridcolor": LINE, "linecolor": SECONDARY_TEXT, "zeroline": False, "ticks": "outside", "tickcolor": LINE, "title_font_size": 14,
    "automargin": True,
}  # fmt: skip

TEMPLATE = go.layout.Template(
    layout={
        "font": {"family": "Arial, sans-serif", "size": 14, "color": TEXT},
        "colorway": CATEGORICAL,
        "paper_bgcolor": "#ffffff",
        "plot_bgcolor": "#ffffff",
        "margin": {"l": 8, "r": 8, "t": 16, "b": 8},
        "xaxis": {**_AXIS, "showgrid": False},
        "yaxis": _AXIS,
        "hoverlabel": {"bgcolor": "#ffffff", "bordercolor": SECONDARY_TEXT, "font": {"family": "Arial, sans-serif", "size": 14, "color": TEXT}},
        "showlegend": False,
        "hovermode": "closest",
        "dragmode": False,
    }
)

_MARKDOWN = re.compile(r"[\\`*_\[\]<>$#~|@{}]|:(?=[\w/+\-])|(?<=www)\.")
_LIST_SIGN = re.compile(r"^(?:(\d+)(?=[.)]\s)|(?=[-+]\s))")
_LEGAL_FORM = re.compile(r"\s+(?:University )?NHS (?:Foundation )?Trust$")
_MARKUP = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "$": "&#36;"}


def plain(text: Any) -> str:
    """Text that people typed, for a place that reads Markdown: shown as it is, never as markup."""
    line = _MARKDOWN.sub(lambda m: "\\" + m.group(), " ".join(str(text).split()))
    return _LIST_SIGN.sub(lambda m: (m.group(1) or "") + "\\", line)


def chart_text(text: Any) -> str:
    """Text that people typed, for a chart: charts read some tags and formulas."""
    return "".join(_MARKUP.get(c, c) for c in str(text))


def number(value: float | None, decimals: int = 0) -> str:
    """1,234; a dash-free blank where there is none."""
    return "" if value is None or pd.isna(value) else f"{_no_minus_zero(value, decimals):,.{decimals}f}".replace("-", "−")


def percent(share: float | None, decimals: int = 1) -> str:
    """12.3%."""
    return "" if share is None or pd.isna(share) else f"{number(100 * share, decimals)}%"


def pounds(amount: float | None) -> str:
    """£1.23 million, £345,000, £612."""
    if amount is None or pd.isna(amount):
        return ""
    sign, size = ("−" if amount < -0.5 else ""), abs(amount)
    if size >= 999_500:
        return f"{sign}£{size / 1e6:,.2f} million"
    return f"{sign}£{round(size, -3):,.0f}" if size >= 10_000 else f"{sign}£{size:,.0f}"


def day(date: Any) -> str:
    """6 August 2018; blank where there is none."""
    when = pd.Timestamp(date)
    return "" if pd.isna(when) else f"{when.day} {when:%B %Y}"


def short_day(date: Any) -> str:
    """6 Aug 2018, for axes."""
    when = pd.Timestamp(date)
    return f"{when.day} {when:%b %Y}"


def month(date: Any) -> str:
    """August 2018."""
    return f"{pd.Timestamp(date):%B %Y}"


def moment(when: datetime | None) -> str:
    """6 August 2018 at 5.30pm, in the time of this computer; blank where there is none."""
    if when is None:
        return ""
    local = when.astimezone()
    return f"{day(local.replace(tzinfo=None))} at {local.hour % 12 or 12}.{local:%M}{'am' if local.hour < 12 else 'pm'}"


def count(n: int, one: str, many: str = "") -> str:
    """1 list, 2 lists."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def listed(words: list[str]) -> str:
    """a, b and c."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""


def short_name(title: str) -> str:
    """An organisation's name without its legal form, for places where space is short."""
    return _LEGAL_FORM.sub("", title) or title


def sentence_start(text: str) -> str:
    """The same text with a capital at its start."""
    return text[:1].upper() + text[1:]


def _no_minus_zero(value: float, decimals: int) -> float:
    return float(round(value, decimals)) or 0.0
