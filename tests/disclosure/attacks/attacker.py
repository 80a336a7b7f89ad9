"""An attacker who knows every vacancy and all reactions but one, and takes every count that was released as exact.

He works on counts alone; nothing of the gate is imported. `measured` has the one who reckons with noise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from corrtest.analysis import Atom, GroupResult, Membership, PairedCounts, Results
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
    inputs = {"outcomes": {name: sorted(words) for name, words in OUTCOMES.items()}}
    return Results(groups=tuple(groups), inputs=inputs, simulated=True, membership=membership(table))


def membership(table: pd.DataFrame) -> Membership:
    """Return which pairs stand in which cell, by a road that shares nothing with the analysis."""
    reactions = [name for name in table.columns if name.endswith("reaction")]
    odd = (table[reactions] == "automatic").any(axis=1)
    return Membership(
        fields=FIELDS,
        atoms=tuple(
            Atom(values=values, pairs=tuple(rows["pair_id"]), employers=tuple(rows["employer"]))
            for values, rows in table.groupby(list(FIELDS), sort=True)
        ),
        odd=tuple(table.loc[odd, "pair_id"]),
        treated=tuple(table.loc[table["arm"] == "treated", "pair_id"]) if "arm" in table else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """What one attack found about the one unknown reaction."""

    narrowest: float  # least width, over the kinds, of the interval in which the indicator of that kind must lie
    subtraction_right: bool | None  # did plain subtraction name the right kind? None where nothing could be subtracted


def attack(released: ReleaseSet, table: pd.DataFrame, target: object, outcome: str) -> Knowledge:
    """Attack the reaction of one pair."""
    row = table.loc[target]
    others = table.drop(index=target)
    known = others.assign(kind=kinds(others, outcome))
    equations = []
    for cell in _containing(released, row, outcome):
        held = inside(cell, known)["kind"].value_counts()
        excess = {kind: getattr(cell.counts, kind) - int(held.get(kind, 0)) for kind in KINDS[:3]}
        equations.append((excess, cell.pairs))
    truth = kinds(table.loc[[target]], outcome).iloc[0]
    return Knowledge(narrowest=_linear_bounds(equations), subtraction_right=_subtract(equations, truth))


def _containing(released: ReleaseSet, row: pd.Series, outcome: str):
    """Return the shown cells that hold the target."""
    return [
        cell
        for cell in (*released, *released.merged)
        if cell.outcome == outcome
        and cell.shown
        and all(row[name] in values for name, values in fixed_values(cell).items())
    ]


def fixed_values(cell) -> dict[str, list[str]]:
    """Return what a cell says of its pairs: several committees where it merges them."""
    return {name: str(getattr(cell, name)).split(" + ") for name in FIELDS if getattr(cell, name) is not None}


def inside(cell, table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a table that a cell is about."""
    for name, values in fixed_values(cell).items():
        table = table[table[name].isin(values)]
    return table


def _linear_bounds(equations: Sequence) -> float:
    """Return the narrowest interval for an indicator of the unknown kind: the four add up to 1, and each is told."""
    told = [{kind: excess[kind] for kind in KINDS[:3]} for excess, _ in equations]
    if not told or any(other != told[0] for other in told) or not _possible(told[0]):
        return 1.0  # nothing is told, or his model does not fit the figures: he learns that it is wrong, and no more
    return 0.0


def _possible(excess: Mapping[str, int]) -> bool:
    return all(number in (0, 1) for number in excess.values()) and sum(excess.values()) <= 1


def _subtract(equations: Sequence, truth: str) -> bool | None:
    """Name the kind by taking the figure of fewest pairs as exact."""
    if not equations:
        return None
    excess: Mapping[str, int] = min(equations, key=lambda equation: equation[1])[0]
    claims = [kind for kind in KINDS[:3] if excess[kind] == 1]
    claim = claims[0] if len(claims) == 1 else KINDS[3] if not any(excess.values()) else None
    return claim == truth
