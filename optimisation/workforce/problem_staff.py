"""The part of the workforce problem about people: those of today, ways into posts, those in training, leavers kept, supervisors."""

from __future__ import annotations

import numpy as np

from data.working_time import QUARTER_WEEKS
from optimisation.formulation import Index
from optimisation.workforce.flows import (
    Presence,
    Started,
    Way,
    missing,
    newcomers,
    quarterly,
    remaining,
    started,
    stock_of_ages,
    stock_of_rates,
)
from optimisation.workforce.problem import RECRUITED, Draft, InTraining

_RETIRE = (55, 60, 65)
"""Ages from which a share retires."""

_SHARES = ("post_share", "post_end", "work_share", "away_share", "away_end", "away_work", "trainee_share")


def today(d: Draft) -> None:
    """Organisations and staff groups that matter, and what becomes of those in post today."""
    post = {(r.organisation, r.staff_group): float(r.wte) for r in d.inputs.network["staff_in_post"].itertuples()}
    cells = _cells(d, post)
    d.sets["organisations"] = [(o,) for o in d.inputs.network.organisations]
    d.sets["cells"], d.sets["staff"] = cells, d.by_quarter(cells)
    d.early = {i: quarterly(a) for i, a in d.rate("early_leaver_rate", cells).items()}
    d.settled = {i: quarterly(a) for i, a in d.rate("leaver_rate", cells).items()}
    flat = dict(zip(cells, quarterly(d.inputs.assumptions.values("retirement_rate", d.places_of(cells, "organisation", "staff_group"))), strict=True))
    groups = list(dict.fromkeys((g,) for _, g in cells))
    where = d.places_of(groups, "staff_group")
    at_age = {age: dict(zip(groups, quarterly(d.inputs.assumptions.values(f"retire_from_{age}", where)), strict=True)) for age in _RETIRE}
    ages = {i: rows for i, rows in d.inputs.network["staff_ages"].groupby(["organisation", "staff_group"]) if rows["wte"].sum() > 0}
    for i in cells:
        wte = post.get(i, 0.0)
        if i in ages:
            known = ages[i]
            of_all = (wte * known["wte"] / known["wte"].sum()).to_numpy()
            retire = {age: rates[i[1:]] for age, rates in at_age.items()}
            years = known["years_from"].to_numpy()
            stock = stock_of_ages(of_all, known["age_from"].to_numpy(), years, d.early[i], d.settled[i], retire)
        else:
            stock = stock_of_rates(wte, d.settled[i], np.full(len(d.quarters), flat[i]))
        d.staffing.today[i] = stock
    missing_ages = [i for i in cells if i not in ages and post.get(i, 0.0) > 0]
    if missing_ages:
        d.notes.append(f"Ages are not known for {len(missing_ages):,} of {len(cells):,} staff groups at a trust: the assumed share retires there.")


def _cells(d: Draft, post: dict[Index, float]) -> list[Index]:
    """Groups with staff or work, those who may help them, and those whom they come out of or are trained by; in the order of the tables."""
    needed = {i[:2] for i in d.sets["work"]} | {i for i, wte in post.items() if wte > 0} | {(i[0], i[4]) for i in d.sets["skill_mix"]}
    found = set(needed)
    while True:
        more = {(o, g) for o, h in found for r in d.routes.values() if r.staff_group == h for g in (r.from_group, r.supervisors) if g} - found
        if not more:
            break
        found |= more
    return [(o, g) for o in d.inputs.network.organisations for g in d.inputs.network["staff_groups"]["staff_group"] if (o, g) in found]


def starts(d: Draft) -> None:
    """Who may start where and when, and what becomes of one person asked for."""
    cells = set(d.sets["cells"])
    single = d.inputs.network["places"].query("organisation != ''").groupby("route")["organisation"].agg(set).to_dict()
    pairs = [
        (o, r.route) for r in d.routes.values() for (o,) in d.sets["organisations"]
        if (o, r.staff_group) in cells and o in single.get(r.route, {o}) and not (r.supervisors and r.trainees_each == 0)
        and d.inputs.lever("recruit" if r.kind in RECRUITED else "train")
    ]  # fmt: skip
    d.sets["ways"] = pairs
    d.sets["starts"] = [(o, r, q) for o, r in pairs for q in d.quarters if _starts_in(d, r, q)]
    into = d.places_of([(o, d.routes[r].staff_group) for o, r in pairs], "organisation", "staff_group")
    found = d.inputs.assumptions.values("recruitment_success", into)
    for (o, r), share in zip(pairs, found.tolist(), strict=True):
        row = d.routes[r]
        way = way_of(d, row)
        d.staffing.found[o, r] = share
        g, f = (o, row.staff_group), (o, row.from_group)
        one = started(way, newcomers(d.early[g], d.settled[g]))
        trains = 0.0 if row.kind in RECRUITED else share
        d.staffing.started[o, r] = Started(one.post.times(share), one.work * share, one.training * trains, one.came * share, one.back * share)
        if row.from_group:
            d.staffing.away[o, r] = missing(one.back, d.settled[f]).times(share)


def _starts_in(d: Draft, r: str, q: int) -> bool:
    month = int(d.routes[r].start_month)
    return month == 0 or bool((month - d.inputs.quarters[q - 1].month) % 12 < 3)


def way_of(d: Draft, row: object) -> Way:
    """A row of the table of ways into posts, in time."""
    month = row.start_month  # type: ignore[attr-defined]
    wait = (month - d.inputs.quarters[0].month) % 3 if month else 0
    return Way(row.months, int(wait), row.drop_out, row.competence_months, row.at_first)  # type: ignore[attr-defined]


def in_training(d: Draft) -> None:
    """Those in training today, as a start so many quarters ago: they come in on their day, less those who do not finish."""
    first, cells = d.inputs.quarters[0], set(d.sets["cells"])
    for row in d.inputs.network["in_training"].itertuples():
        r = d.routes[row.route]
        g, f = (row.organisation, r.staff_group), (row.organisation, r.from_group)
        if g not in cells or row.people == 0:
            continue
        months = max((row.finishes.year - first.year) * 12 + row.finishes.month - first.month + (row.finishes.day > first.day), 0)
        whole = way_of(d, r)
        over = max(whole.months - months, 0) / whole.months if whole.months else 1.0
        finish = whole.finish / (1 - (1 - whole.finish) * over) if whole.finish > 0 else 0.0
        one = started(Way(months, 0, 1 - finish, r.competence_months, r.at_first), newcomers(d.early[g], d.settled[g]))
        people, back = float(row.people), one.back[0]
        returned = remaining(d.settled[f]) if r.from_group else None
        there = None if returned is None else Presence(people * back @ returned.begin, people * back @ returned.end)
        trains = 0.0 if r.kind in RECRUITED else people
        post = Presence(people * one.post.begin[0], people * one.post.end[0])
        d.staffing.in_training.append(
            InTraining(row.organisation, row.route, post, people * one.work[0], trains * one.training[0], people * one.came[0], people * back, there)
        )


def kept(d: Draft) -> None:
    """Leavers, other than to retire, who can be kept."""
    cells = d.sets["cells"]
    most = d.rate("kept_limit", cells) if d.inputs.lever("keep") else {}
    limit = {(*i, q): float(most[i][q - 1] * d.staffing.today[i].left[q - 1]) for i in most for q in d.quarters}
    d.values["kept_limit"] = {i: n for i, n in limit.items() if n > 0}
    d.sets["leavers"] = list(d.values["kept_limit"])
    d.join("kept_in", ((i[:2], i[2]) for i in d.sets["leavers"]))
    for i in d.neighbours["kept_in"]:
        d.staffing.kept[i] = remaining(d.settled[i])
    d.over("kept_cost", list(d.neighbours["kept_in"]), "kept_cost", ["organisation", "staff_group"])


def shares(d: Draft) -> None:
    """Those of today, and shares of starts and of leavers kept, as values of parameters."""
    _without_decision(d)
    for name in _SHARES:
        d.values[name] = {}
    for o, r, p in d.sets["starts"]:
        row, one, away = d.routes[r], d.staffing.started[o, r], d.staffing.away.get((o, r))
        meanwhile = row.while_training * one.training
        found = {"post_share": one.post.mean, "post_end": one.post.end, "trainee_share": one.training,
                 "work_share": one.work if away is not None else one.work + meanwhile}  # fmt: skip
        if away is not None:
            found |= {"away_share": away.mean, "away_end": away.end, "away_work": away.mean - meanwhile}
        for name, table in found.items():
            line = table[p - 1].tolist()
            d.values[name] |= {(o, r, p, q): line[q - 1] for q in range(p, d.quarters[-1] + 1) if line[q - 1]}
    for name, part in (("kept_share", "mean"), ("kept_end", "end")):
        tables = {i: getattr(d.staffing.kept[i], part) for i in d.neighbours["kept_in"]}
        d.values[name] = {(o, g, p, q): float(tables[o, g][p - 1, q - 1]) for o, g, p in d.sets["leavers"] for q in range(p, d.quarters[-1] + 1)}
    d.join("starts_into", (((o, d.routes[r].staff_group), (o, r, q)) for o, r, q in d.sets["starts"]))
    d.join("starts_from", (((o, d.routes[r].from_group), (o, r, q)) for o, r, q in d.sets["starts"] if d.routes[r].from_group))


def _without_decision(d: Draft) -> None:
    """Those of today who stay, with those in training today once they come in or back."""
    mean, end = ({i: getattr(stock, part).copy() for i, stock in d.staffing.today.items()} for part in ("mean", "end"))
    works = {i: n.copy() for i, n in mean.items()}
    for t in d.staffing.in_training:
        row = d.routes[t.route]
        g, f = (t.organisation, row.staff_group), (t.organisation, row.from_group)
        mean[g], end[g], works[g] = mean[g] + t.post.mean, end[g] + t.post.end, works[g] + t.work
        works[f if row.from_group else g] += row.while_training * t.training
        if t.returned is not None:
            mean[f], end[f], works[f] = mean[f] + t.returned.mean, end[f] + t.returned.end, works[f] + t.returned.mean
    for name, table in (("staying", mean), ("staying_end", end), ("staying_work", works)):
        d.values[name] = {(*i, q): float(table[i][q - 1]) for i in d.sets["cells"] for q in d.quarters}
    fixed = [] if d.inputs.lever("grow") else d.sets["staff"]
    d.values["most_in_post"] = {i: max(float(d.staffing.today[i[:2]].begin[0]), d.values["staying"][i]) for i in fixed}


def supervision(d: Draft) -> None:
    """Supervisors' time and number for trainees; those of today are counted as far as there are supervisors for them."""
    trained = {r: row for r, row in d.routes.items() if row.supervisors and row.kind not in RECRUITED}
    d.values["supervision"] = {(r,): QUARTER_WEEKS * row.supervision_hours for r, row in trained.items()}
    d.values["supervisors_each"] = {(r,): 1 / row.trainees_each for r, row in trained.items() if row.trainees_each > 0}
    d.join("starts_supervised_by", (((i[0], trained[i[1]].supervisors), i) for i in d.sets["starts"] if i[1] in trained))
    hours, each = ({i: np.zeros(len(d.quarters)) for i in d.sets["cells"]} for _ in range(2))
    for t in d.staffing.in_training:
        if t.route in trained:
            by = (t.organisation, trained[t.route].supervisors)
            hours[by] += t.training * d.values["supervision"][(t.route,)]
            each[by] += t.training * d.values["supervisors_each"].get((t.route,), 0.0)
    d.join("supervised_today", ((i, i) for i, n in hours.items() if n.any()))
    d.given_hours = hours
    d.values["supervisors_today"] = {(*i, q): min(float(n[q - 1]), d.values["staying"][*i, q]) for i, n in each.items() for q in d.quarters}
