"""The same attacker before what else a report may hold: results without odd pairs, and unpaired studies."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import pandas as pd

from corrtest.analysis import ArmCounts, GroupResult, Results
from corrtest.disclosure import Policy, ReleaseSet, noise_scale
from tests.disclosure.attacks.attacker import (
    FIELDS,
    KINDS,
    MARGINS,
    OUTCOMES,
    counted,
    inside,
    kinds,
    noise_probability,
)

NOISY = KINDS[:3]


def is_odd(table: pd.DataFrame) -> pd.Series:
    """Return which pairs got an automatic answer."""
    return (table["control_reaction"] == "automatic") | (table["treated_reaction"] == "automatic")


def counted_with_odd(table: pd.DataFrame) -> Results:
    """Return results with counts alone, and the rows of the analysis about odd pairs."""
    results = counted(table)
    rows = []
    for group in results.groups:
        if group.joint_committee is None and group.level is None:
            key = {"sector": group.sector, "criterion": group.criterion, "outcome": group.outcome}
            own = table[table["criterion"] == group.criterion]
            left = kinds(own[~is_odd(own)], group.outcome).value_counts()
            rows.append({**key, "choice": "as coded", "counts": group.counts.as_dict()})
            if is_odd(own).any():
                counts = {kind: int(left.get(kind, 0)) for kind in KINDS}
                rows.append({**key, "choice": "odd pairs left out", "counts": counts})
    return dataclasses.replace(results, robustness=tuple(rows))


def certainty_with_odd(
    released: ReleaseSet, table: pd.DataFrame, target: object, outcome: str, policy: Policy
) -> float:
    """Return how certain the attacker becomes of one pair's reaction, odd or not, from the result and its check."""
    row, others = table.loc[target], table.drop(index=target)
    main = _finest(released, row, table, outcome)
    check = next(c for c in released.odd_checks if (c.criterion, c.outcome) == (row["criterion"], outcome))
    scale = noise_scale(policy.certainty)
    likelihood = {}
    for kind in KINDS:
        for odd in (False, True):
            product = 1.0
            if main is not None:
                cell, members = main
                known = kinds(inside(cell, others), outcome).value_counts()
                printed = cell.counts.as_dict()
                for name in NOISY:
                    noise = printed[name] - int(known.get(name, 0)) - (name == kind)
                    wide = scale / (1 - policy.robustness_share)
                    product *= noise_probability(noise, members, wide, below=printed[name] == 0)
            own = others[others["criterion"] == row["criterion"]]
            product *= _check_likelihood(check, own, kind, odd, outcome, policy, scale)
            likelihood[kind, odd] = product
    most, least = max(likelihood.values()), min(likelihood.values())
    return most / (most + least) if most else 0.5


def _check_likelihood(
    check, others: pd.DataFrame, kind: str, odd: bool, outcome: str, policy: Policy, scale: float
) -> float:
    wide = scale / policy.robustness_share
    odd_known = int(is_odd(others).sum()) + odd
    if check.counts is None:
        if check.suppression.rule != "few_odd":
            return 1.0
        least = max(policy.min_pairs, policy.min_employers * int(others["employer"].value_counts().iloc[0]))
        return noise_probability(least - 1 - odd_known, 1, wide, below=True)
    known = kinds(others[~is_odd(others)], outcome).value_counts()
    product = noise_probability(check.odd - odd_known, 1, wide, below=check.odd == 0)
    for name in NOISY:
        true = int(known.get(name, 0)) + (name == kind and not odd)
        printed = check.counts.as_dict()[name]
        product *= noise_probability(printed - true, 1, wide, below=printed == 0)
    return product


def _finest(released: ReleaseSet, row: pd.Series, table: pd.DataFrame, outcome: str):
    """Return the shown cell of fewest finest cells that holds a pair, and how many finest cells it holds."""
    found = [
        (cell, inside(cell, table)[list(FIELDS)].drop_duplicates().shape[0])
        for cell in (*released, *released.merged)
        if cell.outcome == outcome and cell.shown and len(inside(cell, row.to_frame().T))
    ]
    return min(found, key=lambda each: each[1], default=None)


def counted_by_arm(table: pd.DataFrame) -> Results:
    """Return results of an unpaired study with counts alone."""
    groups = []
    for outcome, positive in OUTCOMES.items():
        frame = table.assign(positive=table["reaction"].isin(positive))
        for margin in MARGINS:
            for key, rows in frame.groupby(list(margin), sort=True):
                fields: Mapping[str, str] = dict(zip(margin, key, strict=True))
                per_employer = rows["employer"].value_counts()
                arms = {arm: rows.loc[rows["arm"] == arm, "positive"] for arm in ("control", "treated")}
                counts = ArmCounts(
                    control_positive=int(arms["control"].sum()),
                    control_other=int((~arms["control"]).sum()),
                    treated_positive=int(arms["treated"].sum()),
                    treated_other=int((~arms["treated"]).sum()),
                )
                groups.append(
                    GroupResult(
                        **{name: fields.get(name) for name in FIELDS},
                        outcome=outcome,
                        pairs=len(rows),
                        employers=len(per_employer),
                        employer_sizes={int(n): int(k) for n, k in per_employer.value_counts().items()},
                        counts=counts,
                        estimates=(),
                        tests=(),
                    )
                )
    return Results(groups=tuple(groups), design="unpaired", simulated=True)


def certainty_of_application(
    released: ReleaseSet, table: pd.DataFrame, target: object, outcome: str, policy: Policy
) -> float:
    """Return how certain the attacker becomes of whether one application got a positive reaction."""
    row, others = table.loc[target], table.drop(index=target)
    found = _finest(released, row, table, outcome)
    if found is None:
        return 0.5
    cell, members = found
    name = f"{row['arm']}_positive"
    printed = cell.counts.as_dict()[name]
    own = inside(cell, others)
    known = int((own["reaction"].isin(OUTCOMES[outcome]) & (own["arm"] == row["arm"])).sum())
    scale = noise_scale(policy.certainty, 1)
    arm = cell.arms[0 if row["arm"] == "control" else 1]
    if printed == arm.applications:
        return 0.5  # cut off above: hidden by the rule on all or nothing, so this does not occur
    likelihood = [noise_probability(printed - known - x, members, scale, below=printed == 0) for x in (0, 1)]
    return max(likelihood) / sum(likelihood)
