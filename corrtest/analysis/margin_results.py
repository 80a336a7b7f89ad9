"""The groups of one margin for one outcome, for tables of pairs and of applications: counts, results, log ratios."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from corrtest.analysis.applications import ApplicationsTable
from corrtest.analysis.clusters import clustered_tests, log_ratio_design_effect
from corrtest.analysis.estimating import group_results
from corrtest.analysis.group_result import GroupResult
from corrtest.analysis.grouping import Grouping
from corrtest.analysis.margins import MarginCounts, count, equal_employers
from corrtest.analysis.paired import TESTS, PairedTables
from corrtest.analysis.paired.discrimination_ratio import log_ratio_variance
from corrtest.analysis.paired.tables import FloatArray
from corrtest.analysis.pairs import PairsTable, StudyTable
from corrtest.analysis.rows import BoolArray
from corrtest.analysis.unmatched.counting import ArmMargin, count_arms
from corrtest.analysis.unmatched.counting import equal_employers as arms_of_equal_employers
from corrtest.analysis.unmatched.estimating import arm_log_ratios, arm_pvalues, arm_results

# Which reactions were positive: of both arms of every pair, or of every application.
Positives = tuple[BoolArray, BoolArray] | BoolArray


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedMargin:
    """The counts of one margin for one outcome."""

    counts: MarginCounts | ArmMargin
    outcome: str

    def results(self, *, confidence_level: float, all_methods: bool = False, cluster: bool = True) -> list[GroupResult]:
        """Return every group's estimates and tests."""
        if isinstance(self.counts, ArmMargin):
            return arm_results(self.counts, self.outcome, confidence_level=confidence_level, cluster=cluster)
        return group_results(
            self.counts, self.outcome, confidence_level=confidence_level, all_methods=all_methods, cluster=cluster
        )

    @property
    def pairs(self) -> npt.NDArray[np.int64]:
        """Pairs of each group, or applications."""
        if isinstance(self.counts, ArmMargin):
            return np.asarray(self.counts.cells.sum(axis=1), dtype=np.int64)
        return self.counts.counted.pairs.astype(np.int64)

    def with_equal_employers(self) -> CountedMargin | None:
        """Return the margin with every employer weighing the same; None where that changes nothing."""
        if isinstance(self.counts, ArmMargin):
            arms = arms_of_equal_employers(self.counts)
            return None if arms is None else replace(self, counts=arms)
        pairs = equal_employers(self.counts)
        return None if pairs is None else replace(self, counts=pairs)

    def log_ratios(self, *, cluster: bool = True) -> tuple[FloatArray, FloatArray, BoolArray]:
        """Return log ratios, their variances, and which groups needed half a pair (or application) added.

        Variances are those of pairs (or of independent arms), times the design effect of employers unless `cluster` is
        off.
        """
        if isinstance(self.counts, ArmMargin):
            return arm_log_ratios(self.counts, cluster=cluster)
        effects, variances, sparse = paired_log_ratios(self.counts.tables)
        return effects, variances * (log_ratio_design_effect(self.counts) if cluster else 1.0), sparse

    def pvalues(self, *, cluster: bool = True) -> FloatArray:
        """Return the p-value of each group's first test: McNemar's mid-p or chi-squared, or their clustered forms."""
        if isinstance(self.counts, ArmMargin):
            return arm_pvalues(self.counts, cluster=cluster)
        plain = TESTS["mcnemar_midp"](self.counts.counted).pvalue
        clustered = self.counts.repeated | (self.counts.raw is not None)
        if not cluster or not clustered.any():
            return plain
        return np.where(clustered, clustered_tests(self.counts)["mcnemar_cluster_robust"].pvalue, plain)


def count_margin(
    table: StudyTable,
    grouping: Grouping,
    outcome: str,
    positives: Positives,
    weights: npt.NDArray[np.float64] | None = None,
) -> CountedMargin:
    """Count the groups of `grouping`."""
    if isinstance(table, ApplicationsTable):
        if isinstance(positives, tuple):
            raise TypeError("applications have one array of positives")
        return CountedMargin(counts=count_arms(grouping, table.treated, positives, weights), outcome=outcome)
    if not isinstance(positives, tuple):
        raise TypeError("pairs have an array of positives for each arm")
    return CountedMargin(counts=count(grouping, *positives, weights), outcome=outcome)


def positives_of(table: StudyTable, outcomes: Mapping[str, Sequence[str]]) -> dict[str, Positives]:
    """Return per outcome which reactions were positive."""
    found: dict[str, Positives] = {}
    found.update(table.outcomes(outcomes))
    return found


def of_pairs(table: StudyTable) -> bool:
    """Say whether a row is a pair."""
    return isinstance(table, PairsTable)


def paired_log_ratios(tables: PairedTables) -> tuple[FloatArray, FloatArray, BoolArray]:
    """Compute log ratios with the variance of pairs, (b + c)/(x₁x₂), and which tables needed half a pair added.

    A table without discordant pairs, or with an arm without positives, has no finite log ratio with a positive
    variance; half a pair is added to control only and to treated only there.
    """
    sparse = (tables.discordant == 0) | (tables.control_positives == 0) | (tables.treated_positives == 0)
    mended = PairedTables(
        both=tables.both,
        control_only=tables.control_only + 0.5 * sparse,
        treated_only=tables.treated_only + 0.5 * sparse,
        neither=tables.neither,
    )
    return (
        np.log(mended.treated_positives) - np.log(mended.control_positives),
        log_ratio_variance(mended),
        sparse,
    )
