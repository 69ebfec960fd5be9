"""The part of the allocation problem that says how lists are booked: over six weeks in the order in use, linear about a plan."""

from __future__ import annotations

import numpy as np
import pandas as pd

from optimisation.allocation.problem import Draft

IN_TURN = 1 - 1e-9
"""A list of which this share of slots is booked strictly in turn needs no projection: the rows in turn are exact."""


def booking_order(d: Draft) -> None:
    """Lists that are not booked strictly in turn, and how they answer to one more seen, about today's rota."""
    lists = d.sets["lists"]
    model = d.inputs.booking
    every = list(dict.fromkeys(d.inputs.response.rows[["organisation", "test", "priority"]].itertuples(index=False, name=None)))
    share = d.inputs.assumptions.values("booked_in_turn", pd.DataFrame({"organisation": [i[0] for i in lists], "test": [i[1] for i in lists]}))
    booked = [i for i, part in zip(lists, share, strict=True) if part < IN_TURN] if model is not None else []
    d.sets["booked_lists"] = booked
    wanted = set(booked)
    d.sets["booked_weeks"] = [i for i in d.sets["measured_lists"] if i[:3] in wanted]
    for name in ("over_about", "gone_about", "over_answer"):
        d.values[name] = {}
    if model is None or not booked:
        return
    at = {i: k for k, i in enumerate(every)}
    d.booking = model.some(np.array([at[i] for i in booked]))
    served, removed = (np.array([[d.values[name][*i, w] for w in d.weeks] for i in booked]) for name in ("seen_today", "most_removed"))
    ends = sorted({w for *_, w in d.sets["booked_weeks"]})
    over, answer = d.booking.answer(served, removed, np.array(ends, dtype=int) - 1)
    end_at = {w: j for j, w in enumerate(ends)}
    for k, i in enumerate(booked):
        d.values["gone_about"] |= {(*i, w): float(served[k, w - 1] + removed[k, w - 1]) for w in d.weeks}
    row = {i: k for k, i in enumerate(booked)}
    for o, m, u, w in d.sets["booked_weeks"]:
        k = row[o, m, u]
        d.values["over_about"][o, m, u, w] = float(over[k, w - 1])
        d.values["over_answer"] |= {(o, m, u, w, q): float(answer[k, end_at[w], q - 1]) for q in range(1, w + 1)}
