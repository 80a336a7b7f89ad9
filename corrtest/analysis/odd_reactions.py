"""Odd reactions: automatic answers, and applications of which something went wrong; counted, left out, or bounded.

An automatic answer is no reaction of the employer; a bounced application never arrived; a vacancy may be withdrawn
between the two sendings, and an answer may come after the window. The study says beforehand how they count: as coded,
left out of the main result, or bounded by the best and the worst case for the treated arm.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar, cast

import numpy as np

from corrtest.analysis.read import AnswersTable, ApplicationsTable, PairsTable, StudyTable
from corrtest.analysis.rows import APART, USABLE
from corrtest.analysis.tables import BoolArray
from corrtest.errors import AnalysisError
from corrtest.language import keep, say
from corrtest.spec import INCIDENT

Table = TypeVar("Table", bound=PairsTable | ApplicationsTable | AnswersTable)

AS_CODED, LEFT_OUT = "as coded", "odd pairs left out"
BEST, WORST = "best case for the treated", "worst case for the treated"
INCIDENTS_IN, INCIDENTS_OUT = "pairs with an incident counted", "pairs with an incident left out"
LATE_OUT = "pairs whose second letter was late left out"
CHOICES = {
    AS_CODED: "odd reactions are not positive; every pair counts",
    LEFT_OUT: "pairs with an automatic answer, or not marked as usable, are left out",
    BEST: "odd reactions to the treated are positive, those to the control are not",
    WORST: "odd reactions to the control are positive, those to the treated are not",
}


def odd_rows(table: StudyTable | AnswersTable) -> BoolArray:
    """Say which rows hold an odd reaction."""
    return table.odd.any


def without_odd_reactions(table: StudyTable) -> StudyTable:
    """Return the table without them, with a note that counts what was left out.

    Raises
    ------
    AnalysisError
        Nothing would be left.
    """
    odd = odd_rows(table)
    if odd.all():
        raise AnalysisError(
            say("Every reaction is odd (automatic, bounced, late, withdrawn): nothing is left to analyse.")
        )
    if not odd.any():
        return table
    return replace(
        table.kept(~odd), notes=(*table.notes, keep("Left out for odd reactions: {counted}.", counted=counted(table)))
    )


def without_incidents(table: Table) -> Table:
    """Return the table without the rows of which the employer complained or found out, with a note that counts them.

    Raises
    ------
    AnalysisError
        Nothing would be left.
    """
    marked = table.marked(INCIDENT)
    if not marked.any():
        return table
    if marked.all():
        raise AnalysisError(say("Every row has an incident: nothing is left to analyse."))
    note = keep("Left out for incidents: {count} {rows}.", count=int(marked.sum()), rows=table.design.rows)
    return cast(Table, replace(cast(Any, table.kept(~marked)), notes=(*table.notes, note)))


def counted(table: StudyTable) -> str:
    """Count the rows with odd reactions, by kind."""
    codes, words = table.statuses
    number = np.bincount(codes, minlength=len(words))
    parts = {
        word: int(number[place]) for place, word in enumerate(words) if word not in (*USABLE, *APART) and number[place]
    }
    automatic = int((odd_rows(table) & ~table.unusable).sum())
    if automatic:
        parts["automatic answer"] = automatic
    total = sum(parts.values())
    return f"{total} {table.design.rows}" + "".join(
        f", {name.replace('_', ' ')} {n}" for name, n in sorted(parts.items())
    )
