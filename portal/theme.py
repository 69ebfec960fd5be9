"""Colours, the look of pages and charts, and how text that people typed is shown as it is. No Streamlit: exports use it too."""

from __future__ import annotations

import re
from typing import Any

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
        "yaxis": {**_AXIS, "ticklabelstandoff": 6},
        "hoverlabel": {"bgcolor": "#ffffff", "bordercolor": SECONDARY_TEXT, "font": {"family": "Arial, sans-serif", "size": 14, "color": TEXT}},
        "showlegend": False,
        "hovermode": "closest",
        "dragmode": False,
    }
)

_MARKDOWN = re.compile(r"[\\`*_\[\]<>$#~|@{}]|:(?=[\w/+\-])|(?<=www)\.")
_LIST_SIGN = re.compile(r"^(?:(\d+)(?=[.)]\s)|(?=[-+]\s))")
_MARKUP = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "$": "&#36;"}


def plain(text: Any) -> str:
    """Text that people typed, for a place that reads Markdown: shown as it is, never as markup."""
    line = _MARKDOWN.sub(lambda m: "\\" + m.group(), " ".join(str(text).split()))
    return _LIST_SIGN.sub(lambda m: (m.group(1) or "") + "\\", line)


def chart_text(text: Any) -> str:
    """Text that people typed, for a chart: charts read some tags and formulas."""
    return "".join(_MARKUP.get(c, c) for c in str(text))
