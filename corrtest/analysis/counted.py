"""The groups of one margin for one outcome, of either design: counts, results, log ratios."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from corrtest.analysis.designs import Design
from corrtest.analysis.group_result import GroupResult
from corrtest.analysis.grouping import Grouping
from corrtest.analysis.tables import BoolArray, FloatArray, Positives
from corrtest.analysis.verdicts import design_effect, with_published


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedMargin:
    """The counts of one margin for one outcome, and the design that says what they mean."""

    design: Design[Any, Any]
    counts: Any
    outcome: str

    @classmethod
    def of(
        cls,
        design: Design[Any, Any],
        grouping: Grouping,
        outcome: str,
        positives: Positives,
        weights: npt.NDArray[np.float64] | None = None,
    ) -> CountedMargin:
        """Count the groups of `grouping`."""
        return cls(design=design, counts=design.count(grouping, positives, weights), outcome=outcome)

    def results(self, *, confidence_level: float, all_methods: bool = False, cluster: bool = True) -> list[GroupResult]:
        """Return every group's estimates and tests."""
        return self.design.results(
            self.counts, self.outcome, confidence_level=confidence_level, all_methods=all_methods, cluster=cluster
        )

    def published(
        self, *, confidence_level: float, correlation: float, all_methods: bool = False, spread: bool | None = True
    ) -> list[GroupResult]:
        """Return every group with what is published of it first: a function of counts and employers' sizes.

        Parameters
        ----------
        correlation : float
            Between the pairs of one employer, as preregistered.
        spread : bool, optional
            Whether figures from the spread between clusters follow; None where rows are independent, so that there are
            none.
        """
        found = self.results(confidence_level=confidence_level, all_methods=all_methods, cluster=spread is not None)
        return with_published(found, confidence_level=confidence_level, correlation=correlation, spread=bool(spread))

    @property
    def sizes(self) -> npt.NDArray[np.int64]:
        """Rows of each group."""
        return self.design.sizes(self.counts)

    def with_equal_employers(self) -> CountedMargin | None:
        """Return the margin with every employer weighing the same; None where that changes nothing."""
        equal = self.design.equal_employers(self.counts)
        return None if equal is None else replace(self, counts=equal)

    def regrouped(self, grouping: Grouping) -> CountedMargin:
        """Return the margin under a grouping with other keys for the same groups."""
        return replace(self, counts=replace(self.counts, fields=grouping.fields, keys=grouping.keys))

    def log_ratios(self, *, cluster: bool = True) -> tuple[FloatArray, FloatArray, BoolArray]:
        """Return log ratios, their variances, and which groups needed half a row added; clustered by default."""
        return self.design.log_ratios(self.counts, cluster=cluster)

    def pvalues(self, correlation: float) -> FloatArray:
        """Return the p-value of each group's deciding test; `correlation` as for `published`."""
        sizes = self.counts.employer_sizes
        effects = np.ones(len(self.counts.keys))
        if sizes is not None:
            effects = np.array([design_effect(each, correlation) for each in sizes])
        return self.design.pvalues(self.counts, effects)
