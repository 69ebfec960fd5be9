"""How numbers, money, dates and lists are written in sentences: said once for screens, exports, findings and the command line."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pandas as pd


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


def sentence_start(text: str) -> str:
    """The same text with a capital at its start."""
    return text[:1].upper() + text[1:]


def _no_minus_zero(value: float, decimals: int) -> float:
    return float(round(value, decimals)) or 0.0
