"""What else a report may hold: results without odd pairs, and unpaired studies, counted by a road of their own."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import pandas as pd

from corrtest.analysis import ArmCounts, GroupResult, Results
from tests.disclosure.attacks.attacker import (
    FIELDS,
    KINDS,
    MARGINS,
    OUTCOMES,
    counted,
    kinds,
    membership,
)


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
    inputs = {"outcomes": {name: sorted(words) for name, words in OUTCOMES.items()}}
    return Results(groups=tuple(groups), design="unpaired", inputs=inputs, simulated=True, membership=membership(table))
