"""What a plan must satisfy, checked pair by pair with plain dates and dictionaries; shares no code with the planner."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import pandas as pd


def wanted_of(study: Any) -> dict[tuple[str, str], int]:
    """Count the rows of the plan that each stratum may have: pairs, or single applications."""
    rows = {}
    for committee in study.committees:
        for criterion, count in committee.pairs.items():
            applications = count if study.fieldwork.tests_are == "applications" else 2 * count
            rows[(committee.number, criterion)] = applications if study.pairing == "unpaired" else applications // 2
    return rows


def employer_limits(study: Any, employees: float | None) -> tuple[int, int]:
    total, window = study.caps.total, study.caps.window.pairs
    if employees is not None:
        reached = [step for step in study.caps.by_size if step.employees <= employees]
        if reached:
            top = max(reached, key=lambda step: step.employees)
            total, window = top.total, top.window_pairs
    return total, window


def broken_rules(  # noqa: PLR0912, PLR0915  (one rule after the other)
    study: Any,
    vacancies: pd.DataFrame,
    pairs: pd.DataFrame,
    other_loads: Mapping[str, Sequence[tuple[date, date]]] | None = None,
    together: Sequence[Any] = (),
) -> list[str]:
    """List every rule that one study's pairs break.

    `other_loads` are pairs of other studies (first, second day), `together` the studies whose caps hold as well.
    """
    broken: list[str] = []
    listed = {row["vacancy_id"]: row for row in vacancies.to_dict("records")}
    quota = wanted_of(study)
    filled = Counter(zip(pairs["joint_committee"], pairs["criterion"], strict=True))
    broken += [f"quota of {key}: {n} > {quota.get(key, 0)}" for key, n in filled.items() if n > quota.get(key, 0)]
    broken += [f"vacancy {name} used {n} times" for name, n in Counter(pairs["vacancy_id"]).items() if n > 1]
    broken += [f"pair id {name} {n} times" for name, n in Counter(pairs["pair_id"]).items() if n > 1]
    occupations = {(number, o.code) for o in study.occupations for number in o.committees}
    loads: dict[str, list[tuple[date, date]]] = defaultdict(list)
    for pair in pairs.to_dict("records"):
        name = pair["pair_id"]
        vacancy = listed[pair["vacancy_id"]]
        for column in ("employer_id", "joint_committee", "occupation", "province", "postal_code", "channel", "address"):
            if pair[column] != vacancy[column]:
                broken.append(f"{name}: {column} is not the vacancy's")
        if occupations and (pair["joint_committee"], pair["occupation"]) not in occupations:
            broken.append(f"{name}: occupation not tested")
        first = pair["send_first_on"].date()
        days = [first]
        if study.pairing == "unpaired":
            if not pd.isna(pair["send_second_on"]) or pair["lag_probability"] != 1:
                broken.append(f"{name}: a second application")
            other = "treated" if pair["first_arm"] == "control" else "control"
            if not pair[f"{pair['first_arm']}_template"] or pair[f"{other}_template"]:
                broken.append(f"{name}: templates of one application")
        else:
            days.append(pair["send_second_on"].date())
            lag = (days[1] - first).days
            may = [
                days_on
                for days_on in range(study.fieldwork.lag_days, study.fieldwork.lag_days_most + 1)
                if sending_day(study, first + timedelta(days=days_on))
                and first + timedelta(days=days_on) <= vacancy["closes"].date()
            ]
            if lag not in may:
                broken.append(f"{name}: lag {lag}")
            elif abs(pair["lag_probability"] * len(may) - 1) > 1e-12:
                broken.append(f"{name}: probability of its lag")
            if pair["control_template"] == pair["treated_template"]:
                broken.append(f"{name}: one template twice")
        for day in days:
            if not (vacancy["opens"].date() <= day <= vacancy["closes"].date()):
                broken.append(f"{name}: {day} outside the vacancy")
            if not sending_day(study, day):
                broken.append(f"{name}: {day} is no sending day")
        levels = {level.name: level.share for c in study.criteria if c.name == pair["criterion"] for level in c.levels}
        if levels.get(pair["level"]) != pair["level_probability"]:
            broken.append(f"{name}: level or its probability")
        loads[pair["employer_id"]].append((days[0], days[-1]))
    broken += partner_faults(study, pairs)
    employees: dict[str, float] = {}
    for row in vacancies.to_dict("records"):
        if row.get("employees") not in (None, ""):
            employees[row["employer_id"]] = max(employees.get(row["employer_id"], 0), float(row["employees"]))
    for employer, own in loads.items():
        every = sorted([*own, *(other_loads or {}).get(employer, ())])
        for each in (study, *together):
            total, window = employer_limits(each, employees.get(employer))
            if len(every) > total:
                broken.append(f"employer {employer}: {len(every)} pairs, cap {total}")
            broken += [
                f"employer {employer}: {n} pairs touch the window from {day}"
                for day, n in windows(every, each.caps.window.weeks * 7)
                if n > window
            ]
    return broken


def sending_day(study: Any, day: date) -> bool:
    inside = study.period.start <= day <= study.period.end
    return inside and day.isoweekday() <= 5 and day not in study.fieldwork.blackout_days


def partner_faults(study: Any, pairs: pd.DataFrame) -> list[str]:
    """List each partner's days with more pairs than it starts, and the pairs whose partner the study does not name."""
    most = {partner.name: partner.pairs_per_day for partner in study.partners}
    if not most:
        return [f"partner {name} unknown" for name in set(pairs["partner"]) if name]
    started = Counter(zip(pairs["partner"], pairs["send_first_on"], strict=True))
    return [
        f"partner {name}: {count} pairs on {day.date()}"
        for (name, day), count in started.items()
        if name not in most or (most[name] is not None and count > most[name])
    ]


def windows(pairs: Iterable[tuple[date, date]], length: int) -> Iterable[tuple[date, int]]:
    """Count, for each window that ends on a sending day or starts on one, the pairs with an application in it."""
    pairs = list(pairs)
    for anchor in sorted({day for pair in pairs for day in pair}):
        for start in (anchor, anchor - timedelta(days=length - 1)):
            end = start + timedelta(days=length - 1)
            yield start, sum(any(start <= day <= end for day in pair) for pair in pairs)


def unbalanced(pairs: pd.DataFrame, study: Any) -> list[str]:
    """List every stratum in which order, template or level is not counterbalanced exactly."""
    broken = []
    for key, stratum in pairs.groupby(["joint_committee", "criterion"]):
        n = len(stratum)
        first = (stratum["first_arm"] == "control").sum()
        if abs(2 * first - n) > 1:
            broken.append(f"{key}: control first {first} of {n}")
        if study.pairing == "unpaired":
            chosen = stratum["control_template"] + stratum["treated_template"]
            for template, own in stratum.groupby(chosen):
                on_control = (own["first_arm"] == "control").sum()
                if abs(2 * on_control - len(own)) > 1:
                    broken.append(f"{key}: template {template} on control {on_control} of {len(own)}")
            templates = set()
        else:
            templates = set(stratum["control_template"]) | set(stratum["treated_template"])
            for chance, same in stratum.groupby("lag_probability"):
                counts = Counter((same["send_second_on"] - same["send_first_on"]).dt.days)
                # Only where every lag suits a pair does its probability tell which lags it was drawn from.
                every = range(study.fieldwork.lag_days, study.fieldwork.lag_days_most + 1)
                dealt = [counts[lag] for lag in every]
                if abs(chance * len(every) - 1) < 1e-9 and max(dealt) - min(dealt) > 1:
                    broken.append(f"{key}: lags {dict(counts)}")
        for template in templates if len(templates) == 2 else ():
            on_control = (stratum["control_template"] == template).sum()
            if abs(2 * on_control - n) > 1:
                broken.append(f"{key}: template {template} on control {on_control} of {n}")
        shares = {level.name: level.share for c in study.criteria if c.name == key[1] for level in c.levels}
        for level, share in shares.items():
            count = (stratum["level"] == level).sum()
            if abs(count - share * n) >= 1 + 1e-6:
                broken.append(f"{key}: level {level} {count}, due {share * n:.2f}")
    return broken
