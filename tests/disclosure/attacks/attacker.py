"""An attacker who knows every vacancy, the mechanism and all reactions but one, and sees everything that was released.

He works on counts alone; nothing of the gate is imported except the formula of the noise, which is public.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import linprog

from corrtest.analysis import GroupResult, PairedCounts, Results
from corrtest.disclosure import ReleaseSet

OUTCOMES = {"strict": {"invitation"}, "broad": {"invitation", "other_positive"}}
KINDS = ("both", "control_only", "treated_only", "neither")
MARGINS = (
    ("sector", "criterion"),
    ("sector", "criterion", "level"),
    ("sector", "criterion", "joint_committee"),
    ("sector", "criterion", "joint_committee", "level"),
)
FIELDS = ("sector", "joint_committee", "criterion", "level")


def kinds(table: pd.DataFrame, outcome: str) -> pd.Series:
    """Return each pair's kind (both, control_only, …)."""
    control = table["control_reaction"].isin(OUTCOMES[outcome])
    treated = table["treated_reaction"].isin(OUTCOMES[outcome])
    names = np.select([control & treated, control & ~treated, ~control & treated], KINDS[:3], KINDS[3])
    return pd.Series(names, index=table.index)


def counted(table: pd.DataFrame) -> Results:
    """Return results with counts alone, by a road that shares nothing with the analysis."""
    groups = []
    for outcome in OUTCOMES:
        frame = table.assign(kind=kinds(table, outcome))
        for margin in MARGINS:
            for key, rows in frame.groupby(list(margin), sort=True):
                fields = dict(zip(margin, key, strict=True))
                held = rows["kind"].value_counts()
                per_employer = rows["employer"].value_counts()
                groups.append(
                    GroupResult(
                        **{name: fields.get(name) for name in FIELDS},
                        outcome=outcome,
                        pairs=len(rows),
                        employers=len(per_employer),
                        employer_sizes={int(n): int(k) for n, k in per_employer.value_counts().items()},
                        counts=PairedCounts(**{kind: int(held.get(kind, 0)) for kind in KINDS}),
                        estimates=(),
                        tests=(),
                    )
                )
    return Results(groups=tuple(groups), simulated=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """What one attack found about the one unknown reaction."""

    narrowest: float  # least width, over the kinds, of the interval in which the indicator of that kind must lie
    certainty: float  # highest probability of one kind against another, from even odds
    subtraction_right: bool | None  # did plain subtraction name the right kind? None where nothing could be subtracted


def attack(released: ReleaseSet, table: pd.DataFrame, target: object, outcome: str, scale: float) -> Knowledge:
    """Attack the reaction of one pair; `scale` is the noise that the policy promises (0 = none)."""
    row = table.loc[target]
    others = table.drop(index=target)
    known = others.assign(kind=kinds(others, outcome))
    containing, atoms = _cells(released, row, outcome, table)
    equations = []
    for cell, members in containing:
        held = inside(cell, known)["kind"].value_counts()
        excess = {kind: getattr(cell.counts, kind) - int(held.get(kind, 0)) for kind in KINDS[:3]}
        equations.append((excess, members, {kind: getattr(cell.counts, kind) for kind in KINDS[:3]}))
    truth = kinds(table.loc[[target]], outcome).iloc[0]
    return Knowledge(
        narrowest=_linear_bounds(equations, len(atoms), scale),
        certainty=_posterior(equations, scale),
        subtraction_right=_subtract(equations, truth),
    )


def _cells(released: ReleaseSet, row: pd.Series, outcome: str, table: pd.DataFrame):
    """Return the shown cells that hold the target with the finest cells in each, and all finest cells."""
    atoms = list(dict.fromkeys(zip(*(table[name] for name in FIELDS), strict=True)))
    found = []
    for cell in (*released, *released.merged):
        fixed = fixed_values(cell)
        if cell.outcome != outcome or not cell.shown or any(row[name] not in values for name, values in fixed.items()):
            continue
        members = [
            number
            for number, atom in enumerate(atoms)
            if all(atom[FIELDS.index(name)] in values for name, values in fixed.items())
        ]
        found.append((cell, members))
    return found, atoms


def fixed_values(cell) -> dict[str, list[str]]:
    """Return what a cell says of its pairs: several committees where it merges them."""
    return {name: str(getattr(cell, name)).split(" + ") for name in FIELDS if getattr(cell, name) is not None}


def inside(cell, table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a table that a cell is about."""
    for name, values in fixed_values(cell).items():
        table = table[table[name].isin(values)]
    return table


def _linear_bounds(equations: Sequence, atoms: int, scale: float) -> float:
    """Return the narrowest interval for an indicator of the unknown kind, by linear programming.

    Unknown: the four indicators (sum 1) and the noise of each finest cell and count, taken to be at most what it
    exceeds once in a million.
    """
    if not equations:
        return 1.0
    reach = math.ceil(-math.log(1e-6) * scale) if scale else 0
    width = 4 + 3 * atoms
    upper_rows, upper, rows, right = [], [], [], []
    for excess, members, printed in equations:
        for number, kind in enumerate(KINDS[:3]):
            line = np.zeros(width)
            line[number] = 1
            line[[4 + 3 * member + number for member in members]] = 1 if scale else 0
            if printed[kind] == 0:  # cut off at zero: the noisy count may lie below
                upper_rows.append(line)
                upper.append(excess[kind])
            else:
                rows.append(line)
                right.append(excess[kind])
    rows.append(np.concatenate([np.ones(4), np.zeros(width - 4)]))
    right.append(1)
    bounds = [(0, 1)] * 4 + [(-reach, reach)] * (3 * atoms)
    narrowest = 1.0
    for number in range(4):
        ends = []
        for sign in (1, -1):
            goal = np.zeros(width)
            goal[number] = sign
            solved = linprog(
                goal,
                A_ub=np.array(upper_rows) if upper_rows else None,
                b_ub=upper or None,
                A_eq=np.array(rows),
                b_eq=right,
                bounds=bounds,
                method="highs",
            )
            if solved.fun is None:
                return 1.0  # his model does not fit the figures: he learns that it is wrong, and no more
            ends.append(sign * solved.fun)
        narrowest = min(narrowest, ends[1] - ends[0])
    return narrowest


def _posterior(equations: Sequence, scale: float) -> float:
    """Return the highest probability of one kind against one other, from even odds, given the finest figure he has."""
    if not equations:
        return 0.5
    excess, members, printed = min(equations, key=lambda equation: len(equation[1]))
    likelihood = {}
    for candidate in KINDS:
        product = 1.0
        for kind in KINDS[:3]:
            noise = excess[kind] - (kind == candidate)
            product *= noise_probability(noise, len(members), scale, below=printed[kind] == 0)
        likelihood[candidate] = product
    most, least = max(likelihood.values()), min(likelihood.values())
    return most / (most + least) if most else 0.5


_PMF: dict[tuple[float, int], np.ndarray] = {}


def noise_probability(value: int, atoms: int, scale: float, *, below: bool) -> float:
    """Return P(sum of the noise of `atoms` cells = value), or ≤ value."""
    if not scale:
        return float(value >= 0) if below else float(value == 0)
    reach = 200
    if (scale, atoms) not in _PMF:
        z = np.arange(-reach, reach + 1)
        one = np.exp(-np.abs(z) / scale)
        one /= one.sum()
        total = one
        for _ in range(atoms - 1):
            total = np.convolve(total, one)[reach:-reach]
        _PMF[scale, atoms] = total
    pmf = _PMF[scale, atoms]
    place = value + reach
    if not 0 <= place < len(pmf):
        return 0.0
    return float(pmf[: place + 1].sum() if below else pmf[place])


def _subtract(equations: Sequence, truth: str) -> bool | None:
    """Name the kind by taking the finest figure as exact."""
    if not equations:
        return None
    excess: Mapping[str, int] = min(equations, key=lambda equation: len(equation[1]))[0]
    claims = [kind for kind in KINDS[:3] if excess[kind] == 1]
    claim = claims[0] if len(claims) == 1 else KINDS[3] if not any(excess.values()) else None
    return claim == truth
