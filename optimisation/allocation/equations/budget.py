"""What may be spent beyond ordinary pay and running cost."""

from __future__ import annotations

from typing import Any


def premium_budget_kept(m: Any, o: str) -> Any:
    """An organisation's premium spend over the plan stays within its budget.

    Σ_{g,w} (c_ot[o,g]·ot[o,g,w] + c_bank[o,g]·bank[o,g,w]) + Σ_{m,u,s,a,w} c_ins[o,m]·ins[o,m,u,s,a,w] + Σ_{m,u,w} c_out[o,m]·out[o,m,u,w]
      + Σ_{v, s of o, w free} c_week[v]·y[v,s,w] ≤ budget[o]

    Units: gbp = gbp. The row joins weeks, tests and staff groups that share nothing otherwise, so that they can no longer be solved apart: it is
    built only where a limit is set.
    """
    return premium_spend(m, o) <= m.premium_budget[o]


def premium_spend(m: Any, o: str) -> Any:
    """£ of overtime, bank and agency, insourcing, outsourcing, and mobile weeks that the plan is free to choose."""
    near = m.problem.near
    hours = sum(m.overtime_cost[i[:2]] * m.overtime[i] + m.bank_cost[i[:2]] * m.bank[i] for i in near("premium_staff", (o,)))
    bought = sum(m.insourced_price[i[:2]] * m.insourced[i] for i in near("premium_insourced", (o,)))
    bought += sum(m.outsourced_price[i[:2]] * m.outsourced[i] for i in near("premium_outsourced", (o,)))
    return hours + bought + sum(m.mobile_week_cost[i[0]] * m.present[i] for i in near("premium_mobiles", (o,)))
