"""Counts of any design."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from corrtest.analysis.tables.arms import ArmCounts
from corrtest.analysis.tables.paired import PairedCounts
from corrtest.analysis.tables.shares import ShareCounts
from corrtest.errors import AnalysisError
from corrtest.language import say

Counts = PairedCounts | ArmCounts | ShareCounts
_KINDS: Mapping[str, Callable[..., Counts]] = {
    "both": PairedCounts,
    "control_positive": ArmCounts,
    "positive": ShareCounts,
}


def counts_of(content: Mapping[str, int]) -> Counts:
    """Return the counts of a group of results.json: of pairs, of applications per arm, or of one arm alone."""
    made = next((kind for cell, kind in _KINDS.items() if cell in content), ShareCounts)
    return made(**content)


def of_pairs(counts: Counts) -> PairedCounts:
    """Return counts of pairs.

    Raises
    ------
    AnalysisError
        They are of applications or of one arm alone.
    """
    if isinstance(counts, PairedCounts):
        return counts
    raise AnalysisError(say("This group has no pairs to count: its rows are single applications or calls."))
