"""One application per vacancy, so that the arms are independent groups.

=============  ==============================================================
counting       applications per group and arm, in all and per employer
estimating     counts to estimates and tests, with several of one employer
chi_squared    the test
log_ratios     what meta-analysis pools
single         one table by its four numbers
=============  ==============================================================

Such a design needs about 1/(1 − φ) times the applications of a paired one, φ the within-pair correlation, and in
return employers never see two of its candidates.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from corrtest.analysis.designs.design import Block, Caution, Design
from corrtest.analysis.designs.detectable import unmatched_power
from corrtest.analysis.designs.unpaired.chi_squared import chi_squared, chi_squared_corrected, chi_squared_note
from corrtest.analysis.designs.unpaired.counting import ArmMargin, count_arms, equal_employers
from corrtest.analysis.designs.unpaired.estimating import arm_log_ratios, arm_results, weighted_pvalues
from corrtest.analysis.designs.unpaired.single import UnmatchedResult, unmatched
from corrtest.analysis.group_result import GroupResult
from corrtest.analysis.grouping import Grouping
from corrtest.analysis.statistics import OF_ARMS, ArmStatistic
from corrtest.analysis.statistics.of_arms import FEW_POSITIVE
from corrtest.analysis.tables import (
    ArmCounts,
    ArmPositives,
    ArmTables,
    BoolArray,
    Counts,
    FloatArray,
    Intervals,
    Tests,
    divide,
)
from corrtest.errors import AnalysisError
from corrtest.language import mark, say

__all__ = ["UNPAIRED", "UnmatchedResult", "UnpairedDesign", "unmatched"]


@dataclass(frozen=True)
class UnpairedDesign(Design[ArmMargin, ArmPositives]):
    """The unpaired design."""

    statistics: Mapping[str, ArmStatistic] = field(kw_only=True)

    name: ClassVar[str] = "unpaired"
    rows: ClassVar[str] = "applications"
    seen: ClassVar[str] = mark(
        "The treated candidates got {treated} to {treated_sent} ({treated_share}), the control candidates {control} to "
        "{control_sent} ({control_share})."
    )
    blocks: ClassVar[tuple[Block, ...]] = (
        Block(name="control", noisy=("control_positive",), rest="control_other"),
        Block(name="treated", noisy=("treated_positive",), rest="treated_other"),
    )
    reactions: ClassVar[Mapping[str, tuple[int | None, int | None]]] = {
        "control_positive": (1, None),
        "control_other": (0, None),
        "treated_positive": (None, 1),
        "treated_other": (None, 0),
    }
    change: ClassVar[int] = 1
    decisive: ClassVar[str] = "chi_squared_corrected"
    applications_a_row: ClassVar[int] = 1

    def counts(self, content: Mapping[str, int]) -> ArmCounts:
        """Return counts by name as an object."""
        return ArmCounts(**content)

    def tables(self, counts: Sequence[Counts]) -> ArmTables:
        """Return counts as an array of tables."""
        return ArmTables.of_cells(np.array([list(table.as_dict().values()) for table in counts], dtype=np.float64))

    def count(
        self, grouping: Grouping, positives: ArmPositives, weights: npt.NDArray[np.float64] | None = None
    ) -> ArmMargin:
        """Count the applications of every group and cluster, arm by arm."""
        return count_arms(grouping, positives, weights)

    def sizes(self, margin: ArmMargin) -> npt.NDArray[np.int64]:
        """Return the applications of each group."""
        return np.asarray(margin.cells.sum(axis=1), dtype=np.int64)

    def results(
        self, margin: ArmMargin, outcome: str, *, confidence_level: float, all_methods: bool, cluster: bool
    ) -> list[GroupResult]:
        """Return every group's estimates and tests; each statistic has one method."""
        return arm_results(margin, outcome, confidence_level=confidence_level, cluster=cluster)

    def equal_employers(self, margin: ArmMargin) -> ArmMargin | None:
        """Return the margin with every employer weighing the same; None where that changes nothing."""
        return equal_employers(margin)

    def log_ratios(self, margin: ArmMargin, *, cluster: bool) -> tuple[FloatArray, FloatArray, BoolArray]:
        """Return log ratios with the variance of independent arms, at least."""
        return arm_log_ratios(margin, cluster=cluster)

    def pvalues(self, margin: ArmMargin, effects: FloatArray) -> FloatArray:
        """Return the p-value of the chi-squared test, or of the clustered form of weighted applications."""
        return weighted_pvalues(margin) if margin.weighted else self.decisive_test(margin.tables, effects).pvalue

    def decisive_test(self, tables: ArmTables, effect: FloatArray) -> Tests:
        """Return the chi-squared test, corrected by a quarter of an application."""
        return chi_squared_corrected(tables, effect)

    def note(self, statistic: str, counts: ArmCounts, *, upper: float, effect: float) -> str | None:
        """Say why a limit is missing, or that positive reactions are few."""
        found = self.statistics[statistic]
        return found.note and found.note(counts, found.default, upper)

    def test_note(self, counts: ArmCounts) -> str | None:
        """Say that all reactions are of one kind."""
        alike = counts.any_positive in (0, counts.applications)
        return chi_squared_note(counts) if alike else None

    def null_variance(self, tables: ArmTables) -> FloatArray:
        """Return p(1 − p)(1/n₀ + 1/n₁), p the rate of both arms together."""
        pooled = divide(tables.control_positives + tables.treated_positives, tables.applications)
        each = divide(np.ones_like(pooled), tables.control_applications)
        return np.asarray(pooled * (1 - pooled) * (each + divide(np.ones_like(pooled), tables.treated_applications)))

    def bootstrap(
        self, margin: ArmMargin, *, replicates: int, seed: int, confidence_level: float
    ) -> tuple[Mapping[str, Mapping[str, Intervals]], str]:
        """Refuse: the bootstrap draws pairs."""
        raise AnalysisError(say("The bootstrap draws pairs; this table has one application per vacancy."))

    def departure(self, group: GroupResult) -> float:
        """Return the square root of chi-squared without a correction, at the effective numbers."""
        statistic = float(chi_squared(self.tables([group.counts])).statistic[0])
        return math.sqrt(np.nan_to_num(statistic) / group.design_effect)

    def power(self, counts: Counts, control_rate: float, ratio: float) -> float:
        """Return the power of the chi-squared test."""
        return unmatched_power(counts.control_applications, counts.treated_applications, control_rate, ratio)

    def caution(self, group: GroupResult) -> Caution | None:
        """Look at the positive reactions of the arm that has fewest."""
        least = min(group.counts.control_positives, group.counts.treated_positives)
        return Caution(of="positives", number=least) if least < FEW_POSITIVE else None


UNPAIRED = UnpairedDesign(statistics=OF_ARMS)
