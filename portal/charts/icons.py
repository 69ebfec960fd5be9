"""Icons of variation and assurance, drawn by us: a ring in the colour of the state, a sign that tells without colour, and its meaning in words."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from html import escape

from forecasting.signals import COMMON, CONCERN, FAIL, HIT_OR_MISS, IMPROVEMENT, PASS, SPECIAL
from portal.performance_words import ASSURANCE, state_words
from portal.theme import TEXT

COLOURS = {COMMON: "#a6a6a6", IMPROVEMENT: "#00b0f0", CONCERN: "#e46c0a", SPECIAL: "#490092", "": "#ffffff"}
"""Of Making Data Count. Two of them are too pale on white: every sign has an outline, a shape of its own and a word."""

SYMBOLS = {COMMON: "circle", IMPROVEMENT: "diamond", CONCERN: "square", SPECIAL: "triangle-up", "": "circle-open"}
"""Marker of each state in charts."""

SYMBOL_WORDS = {COMMON: "● no significant change", IMPROVEMENT: "◆ improvement", CONCERN: "■ concern", SPECIAL: "▲ special cause"}
"""The key of a chart, in words."""

PICTURE = "data:image/svg+xml;base64,"
"""How the address of one of our own pictures begins."""

_SIZE = 28

_ASSURED = {PASS: ("P", COLOURS[IMPROVEMENT]), FAIL: ("F", COLOURS[CONCERN]), HIT_OR_MISS: ("?", COLOURS[COMMON])}

_WAVE = f'<path d="M9 22 C13 12 17 12 20 20 S27 28 31 18" fill="none" stroke="{TEXT}" stroke-width="2.5"/>'
_NONE = f'<path d="M13 20 H27" fill="none" stroke="{TEXT}" stroke-width="2.5"/>'
_TARGET = f'<path d="M5 29 H35" fill="none" stroke="{TEXT}" stroke-width="1.2" stroke-dasharray="3 2"/>'
_ARROWS = {
    True: f'<path d="M20 30 V11 M13 18 L20 10 L27 18" fill="none" stroke="{TEXT}" stroke-width="2.5"/>',
    False: f'<path d="M20 10 V29 M13 22 L20 30 L27 22" fill="none" stroke="{TEXT}" stroke-width="2.5"/>',
}


@dataclass(frozen=True)
class Icon:
    """A judgement as a picture and a word.

    Attributes:
        word: to stand beside the picture.
        title: the whole meaning, for those who cannot see it.
        svg: the picture, with its title.
    """

    word: str
    title: str
    svg: str

    @property
    def html(self) -> str:
        """The picture for a page. Streamlit takes drawings out of HTML and leaves pictures in."""
        content = base64.b64encode(self.svg.encode()).decode()
        return f'<img src="{PICTURE}{content}" alt="{escape(self.title)}" width="{_SIZE}" height="{_SIZE}">'


def variation(state: str, high: bool) -> Icon:
    """What the newest point shows: a wave for common cause, H or L for a point above or below the mean, an arrow where no side is better.

    Args:
        state: of `forecasting.signals`.
        high: whether the point is above the mean.
    """
    sign = _WAVE if state == COMMON else _NONE if not state else _ARROWS[high] if state == SPECIAL else _letter("H" if high else "L")
    return _icon(COLOURS[state], sign, "Variation", state_words(state, high))


def assurance(state: str) -> Icon:
    """Whether the target is met: P for passes, F for fails, ? for hit or miss; a dash without a target."""
    letter, colour = _ASSURED.get(state, ("", "#ffffff"))
    return _icon(colour, _letter(letter) + _TARGET if letter else _NONE, "Assurance", ASSURANCE[state])


def _letter(letter: str) -> str:
    return f'<text x="20" y="26" font-family="Arial, sans-serif" font-size="17" font-weight="700" text-anchor="middle" fill="{TEXT}">{letter}</text>'


def _icon(colour: str, sign: str, what: str, word: str) -> Icon:
    title = f"{what}: {word.lower()}"
    ring = f'<circle cx="20" cy="20" r="18.5" fill="{TEXT}"/><circle cx="20" cy="20" r="17.5" fill="{colour}"/>'
    inside = f'<circle cx="20" cy="20" r="14" fill="#ffffff" stroke="{TEXT}" stroke-width="0.8"/>'
    start = f'<svg xmlns="http://www.w3.org/2000/svg" width="{_SIZE}" height="{_SIZE}" viewBox="0 0 40 40" role="img" aria-label="{escape(title)}">'
    return Icon(word, title, f"{start}<title>{escape(title)}</title>{ring}{inside}{sign}</svg>")
