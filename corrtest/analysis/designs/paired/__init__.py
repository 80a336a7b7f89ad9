"""Pairs: both applications of a pair go to one vacancy.

============  =====================================================================
counting      pairs per group and cluster
clusters      intervals and tests that allow for several pairs of one employer
estimating    counts to estimates and tests
notes         why something is undefined, and what few discordant pairs mean
log_ratios    what meta-analysis pools
bootstrap     cluster bootstrap
============  =====================================================================
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from corrtest.analysis.designs.design import Block, Caution, Design
from corrtest.analysis.designs.detectable import power
from corrtest.analysis.designs.paired.bootstrap import bootstrap_intervals
from corrtest.analysis.designs.paired.clusters import clustered_tests, log_ratio_design_effect
from corrtest.analysis.designs.paired.counting import MarginCounts, count, equal_employers
from corrtest.analysis.designs.paired.estimating import group_results
from corrtest.analysis.designs.paired.log_ratios import paired_log_ratios
from corrtest.analysis.designs.paired.notes import estimate_note, test_note
from corrtest.analysis.group_result import GroupResult
from corrtest.analysis.grouping import Grouping
from corrtest.analysis.statistics import OF_PAIRS, PairedStatistic
from corrtest.analysis.statistics.few import FEW_DISCORDANT
from corrtest.analysis.statistics.mcnemar import mcnemar_midp_at
from corrtest.analysis.tables import (
    BoolArray,
    Counts,
    FloatArray,
    Intervals,
    PairedCounts,
    PairedTables,
    PairPositives,
    Tests,
)
from corrtest.errors import AnalysisError
from corrtest.language import mark, say

__all__ = ["PAIRED", "PairedDesign"]


@dataclass(frozen=True)
class PairedDesign(Design[MarginCounts, PairPositives]):
    """The paired design."""

    statistics: Mapping[str, PairedStatistic] = field(kw_only=True)

    name: ClassVar[str] = "paired"
    rows: ClassVar[str] = "pairs"
    seen: ClassVar[str] = mark(
        "In {pairs} the treated candidates got {treated} ({treated_share}) and the control candidates {control} "
        "({control_share})."
    )
    blocks: ClassVar[tuple[Block, ...]] = (
        Block(name="pairs", noisy=("both", "control_only", "treated_only"), rest="neither"),
    )
    reactions: ClassVar[Mapping[str, tuple[int | None, int | None]]] = {
        "both": (1, 1),
        "control_only": (1, 0),
        "treated_only": (0, 1),
        "neither": (0, 0),
    }
    change: ClassVar[int] = 2
    decisive: ClassVar[str] = "mcnemar_midp"
    applications_a_row: ClassVar[int] = 2

    def counts(self, content: Mapping[str, int]) -> PairedCounts:
        """Return counts by name as an object."""
        return PairedCounts(**content)

    def tables(self, counts: Sequence[Counts]) -> PairedTables:
        """Return counts as an array of tables."""
        return PairedTables.of(*zip(*(table.as_dict().values() for table in counts), strict=True))

    def count(
        self, grouping: Grouping, positives: PairPositives, weights: npt.NDArray[np.float64] | None = None
    ) -> MarginCounts:
        """Count the pairs of every group and cluster."""
        return count(grouping, positives, weights)

    def sizes(self, margin: MarginCounts) -> npt.NDArray[np.int64]:
        """Return the pairs of each group."""
        return margin.counted.pairs.astype(np.int64)

    def results(
        self, margin: MarginCounts, outcome: str, *, confidence_level: float, all_methods: bool, cluster: bool
    ) -> list[GroupResult]:
        """Return every group's estimates and tests."""
        return group_results(
            margin, outcome, confidence_level=confidence_level, all_methods=all_methods, cluster=cluster
        )

    def equal_employers(self, margin: MarginCounts) -> MarginCounts | None:
        """Return the margin with every employer weighing the same; None where that changes nothing."""
        return equal_employers(margin)

    def log_ratios(self, margin: MarginCounts, *, cluster: bool) -> tuple[FloatArray, FloatArray, BoolArray]:
        """Return log ratios with the variance of pairs, times the design effect of employers."""
        effects, variances, sparse = paired_log_ratios(margin.tables)
        return effects, variances * (log_ratio_design_effect(margin) if cluster else 1.0), sparse

    def pvalues(self, margin: MarginCounts, effects: FloatArray) -> FloatArray:
        """Return McNemar's mid-p, or the clustered form of weighted pairs."""
        if margin.raw is not None:
            return clustered_tests(margin)["mcnemar_cluster_robust"].pvalue
        return self.decisive_test(margin.counted, effects).pvalue

    def decisive_test(self, tables: PairedTables, effect: FloatArray) -> Tests:
        """Return McNemar's mid-p."""
        return mcnemar_midp_at(tables, effect)

    def note(self, statistic: str, counts: PairedCounts, *, upper: float, effect: float) -> str | None:
        """Say why a limit is missing, or that discordant pairs are few."""
        method = self.statistics[statistic].default
        return estimate_note(statistic, method, counts, value=float("nan"), upper=upper, design_effect=effect)

    def test_note(self, counts: PairedCounts) -> str | None:
        """Say that no pair is discordant."""
        return test_note(self.decisive, counts)

    def null_variance(self, tables: PairedTables) -> FloatArray:
        """Return (b + c)/n²."""
        return tables.discordant / tables.pairs**2

    def bootstrap(
        self, margin: MarginCounts, *, replicates: int, seed: int, confidence_level: float
    ) -> tuple[Mapping[str, Mapping[str, Intervals]], str]:
        """Draw employers, or pairs where no employer is known."""
        if margin.second_way is not None:
            raise AnalysisError(say("The bootstrap draws clusters of one kind. Name one column to cluster by."))
        found = bootstrap_intervals(margin, replicates=replicates, seed=seed, confidence_level=confidence_level)
        return found, "clusters" if margin.clusters is not None else "pairs"

    def departure(self, group: GroupResult) -> float:
        """Return McNemar's z without a correction, at the effective number of pairs."""
        counts = group.paired_counts
        gap = abs(counts.treated_only - counts.control_only)
        return float(gap / np.sqrt(max(counts.discordant, 1) * group.design_effect))

    def power(self, counts: Counts, control_rate: float, ratio: float) -> float:
        """Return the power of McNemar's mid-p test."""
        return power(counts.rows, control_rate, ratio)

    def caution(self, group: GroupResult) -> Caution | None:
        """Look at discordant pairs by the same limit as the notes of the estimates."""
        counts = group.paired_counts
        if counts.discordant / group.design_effect < FEW_DISCORDANT:
            return Caution(of="discordant", number=counts.discordant)
        return None


PAIRED = PairedDesign(statistics=OF_PAIRS)
