"""Odd reactions: automatic answers, and applications of which something went wrong; counted, left out, or bounded.

An automatic answer is no reaction of the employer; a bounced application never arrived; a vacancy may be withdrawn
between the two sendings, and an answer may come after the window. The study says beforehand how they count: as coded,
left out of the main result, or bounded by the best and the worst case for the treated arm.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from corrtest.analysis.applications import ApplicationsTable
from corrtest.analysis.pairs import PairsTable, StudyTable
from corrtest.analysis.rows import USABLE, BoolArray
from corrtest.errors import AnalysisError
from corrtest.spec import REACTIONS

AS_CODED, LEFT_OUT = "as coded", "odd pairs left out"
BEST, WORST = "best case for the treated", "worst case for the treated"
CHOICES = {
    AS_CODED: "odd reactions are not positive; every pair counts",
    LEFT_OUT: "pairs with an automatic answer, or not marked as usable, are left out",
    BEST: "odd reactions to the treated are positive, those to the control are not",
    WORST: "odd reactions to the control are positive, those to the treated are not",
}
_AUTOMATIC = REACTIONS.index("automatic")


def odd_pairs(table: PairsTable) -> tuple[BoolArray, BoolArray]:
    """Say of which pairs the control's reaction is odd, and of which the treated's.

    Odd are automatic answers, and both reactions of a pair whose `status` is not "ok".
    """
    unusable = table.unusable
    if table.reactions is None:
        return unusable, unusable
    control, treated = ((codes == _AUTOMATIC) | unusable for codes in table.reactions)
    return control, treated


def odd_applications(table: ApplicationsTable) -> BoolArray:
    """Say which applications got an odd reaction."""
    return table.unusable if table.reactions is None else (table.reactions == _AUTOMATIC) | table.unusable


def odd_rows(table: StudyTable) -> BoolArray:
    """Say which rows of either kind of table hold an odd reaction."""
    if isinstance(table, PairsTable):
        control, treated = odd_pairs(table)
        return control | treated
    return odd_applications(table)


def without_odd_reactions(table: StudyTable) -> StudyTable:
    """Return the table without them, with a note that counts what was left out.

    Raises
    ------
    AnalysisError
        Nothing would be left.
    """
    odd = odd_rows(table)
    if odd.all():
        raise AnalysisError("Every reaction is odd (automatic, bounced, late, withdrawn): nothing is left to analyse.")
    if not odd.any():
        return table
    return replace(table.kept(~odd), notes=(*table.notes, f"Left out for odd reactions: {counted(table)}."))


def counted(table: StudyTable) -> str:
    """Count the rows with odd reactions, by kind."""
    codes, words = table.statuses
    number = np.bincount(codes, minlength=len(words))
    parts = {word: int(number[place]) for place, word in enumerate(words) if word not in USABLE and number[place]}
    automatic = int((odd_rows(table) & ~table.unusable).sum())
    if automatic:
        parts["automatic answer"] = automatic
    what = "pairs" if isinstance(table, PairsTable) else "applications"
    total = sum(parts.values())
    return f"{total} {what}" + "".join(f", {name.replace('_', ' ')} {n}" for name, n in sorted(parts.items()))


def bounded(
    choice: str, control: BoolArray, treated: BoolArray, odd_control: BoolArray, odd_treated: BoolArray
) -> tuple[BoolArray, BoolArray]:
    """Return the positives of both arms under a choice that keeps every pair."""
    if choice == BEST:
        return control & ~odd_control, treated | odd_treated
    if choice == WORST:
        return control | odd_control, treated & ~odd_treated
    return control, treated
