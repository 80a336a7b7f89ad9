"""How much do the answers depend on choices about odd reactions? One table over all of them.

A study says beforehand how automatic answers, bounces, late answers and withdrawn vacancies count (`odd_reactions`);
here every choice is laid side by side, with the bounds of the best and the worst case for the treated arm.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from corrtest.analysis.group_result import GroupResult
from corrtest.analysis.odd_reactions import AS_CODED, CHOICES
from corrtest.analysis.read import StudyTable
from corrtest.analysis.robustness import Setting, odd_choice_groups, other_rows
from corrtest.analysis.rows import DEFAULT_OUTCOMES
from corrtest.errors import AnalysisError
from corrtest.language import say

__all__ = ["CHOICES", "sensitivity"]


def sensitivity(
    table: StudyTable,
    *,
    criterion: str | None = None,
    outcomes: Mapping[str, Sequence[str]] | None = None,
    confidence_level: float = 0.95,
) -> pd.DataFrame:
    """Return the ratio for every criterion × outcome × choice about odd reactions, one row each.

    Odd are automatic answers, and every reaction of a row whose column `status` says anything but "ok" (for
    instance "bounced", "vacancy_withdrawn", "late_answer"), where the table has that column. Pairs with an incident,
    and those whose second letter was late, count in these rows; where there are any, one more leaves them out.

    Raises
    ------
    AnalysisError
        The table has 0/1 columns instead of reactions, so that odd reactions cannot be told.
    """
    if table.reactions is None:
        raise AnalysisError(
            say("The table says positive or not, and no longer which reaction it was; use one with reactions.")
        )
    if criterion is not None:
        keep = (table.frame["criterion"] == criterion).to_numpy(dtype=np.bool_)
        if not keep.any():
            raise AnalysisError(say("No pair tests the criterion '{criterion}'.", criterion=criterion))
        table = table.kept(keep)
    setting = Setting(
        outcomes=outcomes or DEFAULT_OUTCOMES,
        confidence_level=confidence_level,
        cluster_by=("employer",),
        clustered=True,
    )
    rows = [_row(group, choice) for choice, groups in odd_choice_groups(table, setting) for group in groups]
    for choice, kept in other_rows(table, table, "flag"):
        rows += [_row(group, choice) for _, groups in odd_choice_groups(kept, setting, (AS_CODED,)) for group in groups]
    return pd.DataFrame(rows)


def _row(group: GroupResult, choice: str) -> dict[str, object]:
    ratio = group.estimate("discrimination_ratio")
    return {
        "criterion": group.criterion,
        "outcome": group.outcome,
        "choice": choice,
        "pairs": group.pairs,
        **group.counts.as_dict(),
        "discrimination_ratio": ratio.value,
        "lower": ratio.lower,
        "upper": ratio.upper,
        "pvalue": group.tests[0].pvalue,
    }
