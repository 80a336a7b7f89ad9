"""Counts of either design."""

from __future__ import annotations

from collections.abc import Mapping

from corrtest.analysis.tables.arms import ArmCounts
from corrtest.analysis.tables.paired import PairedCounts
from corrtest.errors import AnalysisError
from corrtest.language import say

Counts = PairedCounts | ArmCounts


def counts_of(content: Mapping[str, int]) -> Counts:
    """Return the counts of a group of results.json: of pairs, or of applications per arm."""
    return PairedCounts(**content) if "both" in content else ArmCounts(**content)


def of_pairs(counts: Counts) -> PairedCounts:
    """Return counts of pairs.

    Raises
    ------
    AnalysisError
        They are of applications.
    """
    if isinstance(counts, PairedCounts):
        return counts
    raise AnalysisError(say("This group has one application per vacancy, so that there are no pairs to count."))
