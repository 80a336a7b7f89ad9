"""One arm and nothing to compare: a share of calls, of answers or of firms.

=============  ================================================================
counting       rows per group, in all and per employer
estimating     the share with its limits: several rows of one employer, weights,
               the finite population
standard       a share against a standard
=============  ================================================================

What is protected is a positive row: an employer that went along with a wish, or a yes to a sensitive question.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, NoReturn

import numpy as np
import numpy.typing as npt

from corrtest.analysis.designs.design import Block, Caution, Design
from corrtest.analysis.designs.one_arm.counting import ShareMargin, count_shares, equal_employers
from corrtest.analysis.designs.one_arm.estimating import share_results, share_variance
from corrtest.analysis.designs.one_arm.standard import AgainstStandard, against_standard
from corrtest.analysis.group_result import GroupResult
from corrtest.analysis.grouping import Grouping
from corrtest.analysis.statistics import OF_SHARES, ShareStatistic
from corrtest.analysis.statistics.of_arms import FEW_POSITIVE
from corrtest.analysis.tables import (
    BoolArray,
    Counts,
    FloatArray,
    Intervals,
    ShareCounts,
    SharePositives,
    ShareTables,
    Tests,
)
from corrtest.errors import AnalysisError
from corrtest.language import keep, mark, say

__all__ = ["ONE_ARM", "AgainstStandard", "OneArmDesign", "ShareMargin", "against_standard", "share_variance"]


@dataclass(frozen=True)
class OneArmDesign(Design[ShareMargin, SharePositives]):
    """The design without a comparison."""

    statistics: Mapping[str, ShareStatistic] = field(kw_only=True)

    name: ClassVar[str] = "one_arm"
    rows: ClassVar[str] = "answers"
    seen: ClassVar[str] = mark("{treated} of {treated_sent} ({treated_share}).")
    blocks: ClassVar[tuple[Block, ...]] = (Block(name="answers", noisy=("positive",), rest="other"),)
    reactions: ClassVar[Mapping[str, tuple[int | None, int | None]]] = {"positive": (None, 1), "other": (None, 0)}
    change: ClassVar[int] = 1
    decisive: ClassVar[str] = ""
    applications_a_row: ClassVar[int] = 1
    difference: ClassVar[str] = "share"

    def counts(self, content: Mapping[str, int]) -> ShareCounts:
        """Return counts by name as an object."""
        return ShareCounts(**content)

    def tables(self, counts: Sequence[Counts]) -> ShareTables:
        """Return counts as an array of tables."""
        return ShareTables.of_cells(np.array([list(each.as_dict().values()) for each in counts], dtype=np.float64))

    def count(
        self, grouping: Grouping, positives: SharePositives, weights: npt.NDArray[np.float64] | None = None
    ) -> ShareMargin:
        """Count the rows of every group and cluster."""
        return count_shares(grouping, positives, weights)

    def sizes(self, margin: ShareMargin) -> npt.NDArray[np.int64]:
        """Return the rows of each group."""
        return np.asarray(margin.cells.sum(axis=1), dtype=np.int64)

    def results(
        self, margin: ShareMargin, outcome: str, *, confidence_level: float, all_methods: bool, cluster: bool
    ) -> list[GroupResult]:
        """Return every group's share."""
        return share_results(
            margin, outcome, confidence_level=confidence_level, all_methods=all_methods, cluster=cluster
        )

    def equal_employers(self, margin: ShareMargin) -> ShareMargin | None:
        """Return the margin with every employer weighing the same; None where that changes nothing."""
        return equal_employers(margin)

    def null_variance(self, tables: ShareTables) -> FloatArray:
        """Return p(1 − p)/n."""
        return self.statistics["share"].independent_variance(tables)

    def note(self, statistic: str, counts: ShareCounts, *, upper: float, effect: float) -> str | None:
        """Say that positive rows, or the others, are few."""
        few = min(counts.positive, counts.other)
        if few >= FEW_POSITIVE:
            return None
        return keep("Few answers of one kind ({few}): the interval is wide, and its level an approximation.", few=few)

    def test_note(self, counts: ShareCounts) -> str | None:
        """Return nothing: a share has no test of its own."""
        return None

    def caution(self, group: GroupResult) -> Caution | None:
        """Look at the kind of answer that is rarest."""
        least = min(group.counts.treated_positives, group.counts.treated_applications - group.counts.treated_positives)
        return Caution(of="positives", number=least) if least < FEW_POSITIVE else None

    def log_ratios(self, margin: ShareMargin, *, cluster: bool) -> tuple[FloatArray, FloatArray, BoolArray]:
        """Refuse: there is no control arm."""
        _nothing_to_compare()

    def pvalues(self, margin: ShareMargin, effects: FloatArray) -> FloatArray:
        """Refuse: there is no control arm."""
        _nothing_to_compare()

    def decisive_test(self, tables: ShareTables, effect: FloatArray) -> Tests:
        """Refuse: there is no control arm; see `against_standard`."""
        _nothing_to_compare()

    def bootstrap(
        self, margin: ShareMargin, *, replicates: int, seed: int, confidence_level: float
    ) -> tuple[Mapping[str, Mapping[str, Intervals]], str]:
        """Refuse: there is no control arm."""
        _nothing_to_compare()

    def departure(self, group: GroupResult) -> float:
        """Refuse: there is no control arm."""
        _nothing_to_compare()

    def power(self, counts: Counts, control_rate: float, ratio: float) -> float:
        """Refuse: there is no control arm."""
        _nothing_to_compare()


def _nothing_to_compare() -> NoReturn:
    raise AnalysisError(
        say(
            "These answers have no control arm, so that there is nothing to compare: a share with its interval is what "
            "they give."
        )
    )


ONE_ARM = OneArmDesign(statistics=OF_SHARES)
