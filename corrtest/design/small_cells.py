"""Committees so small that a report may not show them: alone they hide, and a total's rest could give them away."""

from __future__ import annotations

import pandas as pd

from corrtest.design.plan import DrawnPlan
from corrtest.language import say

__all__ = ["small_cells"]


def small_cells(plan: DrawnPlan, *, min_pairs: int, min_employers: int) -> tuple[str, ...]:
    """Warn of each criterion with committees that disclosure rules would hide, in one plain sentence.

    Parameters
    ----------
    plan : DrawnPlan
    min_pairs, min_employers : int
        Least pairs (in an unpaired study applications of each arm) and employers behind a figure. The study's own
        [disclosure] goes before them.

    Notes
    -----
    Where the sector's total is shown and what is hidden is less than may be shown, the total minus what is shown would
    give it away; then the smallest of the others has to be hidden with it.
    """
    study = plan.study
    min_pairs = study.disclosure.min_pairs or min_pairs
    min_employers = study.disclosure.min_employers or min_employers
    warnings = []
    for criterion, pairs in plan.pairs.groupby("criterion", sort=False):
        cells = pd.DataFrame(
            [
                {"committee": str(name), "counted": _counted(plan, own), "employers": own["employer"].nunique()}
                for name, own in pairs.groupby("joint_committee")
            ]
        )
        hidden = (cells["counted"] < min_pairs) | (cells["employers"] < min_employers)
        if not hidden.any():
            continue
        inside = pairs["joint_committee"].isin(cells.loc[hidden, "committee"])
        together = _counted(plan, pairs[inside]), pairs.loc[inside, "employer"].nunique()
        forced = together[0] < min_pairs or together[1] < min_employers or hidden.sum() == 1
        others = cells[~hidden].sort_values(["counted", "committee"])
        warnings.append(
            _sentence(plan, str(criterion), cells[hidden], others if forced else others[:0], min_pairs, min_employers)
        )
    return tuple(warnings)


def _counted(plan: DrawnPlan, rows: pd.DataFrame) -> int:
    """Count pairs, or the applications of the arm that has fewer."""
    if plan.study.pairing == "unpaired":
        return int(min((rows["first_arm"] == arm).sum() for arm in ("control", "treated")))
    return len(rows)


def _sentence(
    plan: DrawnPlan, criterion: str, hidden: pd.DataFrame, others: pd.DataFrame, min_pairs: int, min_employers: int
) -> str:
    unit = say("applications of each arm") if plan.study.pairing == "unpaired" else say("pairs")
    named = ", ".join(
        say(
            "{committee} ({counted} {unit}, {employers} employers)",
            committee=row["committee"],
            counted=row["counted"],
            unit=unit,
            employers=row["employers"],
        )
        for row in hidden.to_dict("records")
    )
    text = say(
        "{criterion}: too few to be shown in {named}; a figure needs {min_pairs} {unit} and {min_employers} employers",
        criterion=criterion,
        named=named,
        min_pairs=min_pairs,
        unit=unit,
        min_employers=min_employers,
    )
    if len(others):
        next_one = others.iloc[0]
        text += say(
            ", and {committee} ({counted} {unit}) would have to be hidden or merged with it, or the sector's "
            "total minus the rest would give it away",
            committee=next_one["committee"],
            counted=next_one["counted"],
            unit=unit,
        )
    return text + say(
        ". Merge small committees in the study, drop the stratum, or accept that its result is not shown."
    )
