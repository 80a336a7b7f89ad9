"""What a plan must satisfy, checked pair by pair with plain dates and dictionaries; shares no code with the planner."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import pandas as pd


def employer_limits(study: Any, employees: float | None) -> tuple[int, int]:
    total, window = study.caps.total, study.caps.window.pairs
    if employees is not None:
        reached = [step for step in study.caps.by_size if step.employees <= employees]
        if reached:
            top = max(reached, key=lambda step: step.employees)
            total, window = top.total, top.window_pairs
    return total, window


def broken_rules(  # noqa: PLR0912  (one rule after the other)
    study: Any,
    vacancies: pd.DataFrame,
    pairs: pd.DataFrame,
    other_loads: Mapping[str, Sequence[tuple[date, date]]] | None = None,
) -> list[str]:
    """List every rule that one study's pairs break; `other_loads` are pairs of other studies (first, second day)."""
    broken: list[str] = []
    listed = {row["vacancy_id"]: row for row in vacancies.to_dict("records")}
    per_application = 2 if study.fieldwork.tests_are == "applications" else 1
    quota = {
        (committee.number, criterion): count // per_application
        for committee in study.committees
        for criterion, count in committee.pairs.items()
    }
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
        first, second = pair["send_first_on"].date(), pair["send_second_on"].date()
        if (second - first).days != study.fieldwork.lag_days:
            broken.append(f"{name}: lag {(second - first).days}")
        for day in (first, second):
            if not (vacancy["opens"].date() <= day <= vacancy["closes"].date()):
                broken.append(f"{name}: {day} outside the vacancy")
            if not (study.period.start <= day <= study.period.end):
                broken.append(f"{name}: {day} outside the period")
            if day.isoweekday() > 5 or day in study.fieldwork.blackout_days:
                broken.append(f"{name}: {day} is no sending day")
        if pair["control_template"] == pair["treated_template"]:
            broken.append(f"{name}: one template twice")
        levels = {level.name: level.share for c in study.criteria if c.name == pair["criterion"] for level in c.levels}
        if levels.get(pair["level"]) != pair["level_probability"]:
            broken.append(f"{name}: level or its probability")
        loads[pair["employer_id"]].append((first, second))
    employees: dict[str, float] = {}
    for row in vacancies.to_dict("records"):
        if row.get("employees") not in (None, ""):
            employees[row["employer_id"]] = max(employees.get(row["employer_id"], 0), float(row["employees"]))
    for employer, own in loads.items():
        total, window = employer_limits(study, employees.get(employer))
        every = sorted([*own, *(other_loads or {}).get(employer, ())])
        if len(every) > total:
            broken.append(f"employer {employer}: {len(every)} pairs, cap {total}")
        broken += [
            f"employer {employer}: {n} pairs touch the window from {day}"
            for day, n in windows(every, study.caps.window.weeks * 7)
            if n > window
        ]
    return broken


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
        templates = set(stratum["control_template"]) | set(stratum["treated_template"])
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
