"""What the gate decided, cell by cell: shown, or hidden and why."""

from __future__ import annotations

from dataclasses import dataclass

from corrtest.disclosure import ReleaseSet
from corrtest.pages import catalogue
from corrtest.report.sentences import reason
from corrtest.report.view import View


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What the gate decided of one cell; `why` says why it is hidden, and is "" where it is shown."""

    cell: str
    outcome: str
    shown: bool
    why: str


def gate_decisions(released: ReleaseSet, language: str) -> tuple[Decision, ...]:
    """Return what the gate decided of each cell, the hidden ones first, in the words of the report."""
    words = catalogue(language)
    view = View(releases=released, words=words)
    found = [
        Decision(
            cell=view.label(each, with_criterion=True),
            outcome=words.name("outcome_short", each.outcome),
            shown=each.suppression is None,
            why="" if each.suppression is None else reason(each.suppression, words),
        )
        for each in released
    ]
    return tuple(sorted(found, key=lambda each: each.shown))
