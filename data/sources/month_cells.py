"""Months as local files write them."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pandas as pd

from data.sources.dm01_sheet import month_of
from data.sources.mapped_sheet import day_first

_SEPT = re.compile(r"\bsept\b", re.IGNORECASE)


def month_start(cell: Any) -> Any:
    """First day of the month a cell names: `April 2025`, `Apr-25`, `04/2025`, `2025-04`, or any day of it, the day first; another cell as it is."""
    try:
        return day_first(cell).replace(day=1)
    except ValueError:
        pass
    if not isinstance(cell, str):
        return cell
    text = _SEPT.sub("sep", " ".join(cell.split()))
    return _short(text) or month_of(text) or cell


def _short(text: str) -> pd.Timestamp | None:
    """The month of `Apr-25` or `04/2025`."""
    for form in ("%b-%y", "%b %y", "%m/%Y"):
        try:
            return pd.Timestamp(datetime.strptime(text, form)).as_unit("s")
        except ValueError:
            continue
    return None
