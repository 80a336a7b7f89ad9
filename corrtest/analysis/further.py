"""What an analysis adds to its groups on request: bootstrap intervals, and the test by the plan's draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from corrtest.analysis.counted import CountedMargin
from corrtest.analysis.every_margin import Margin
from corrtest.analysis.group_result import Estimate, GroupResult, TestResult
from corrtest.analysis.grouping import Grouping
from corrtest.analysis.randomisation import Randomised
from corrtest.analysis.tables import Positives
from corrtest.language import keep

DEFAULT_SEED = 2026
TEST_NAME = "randomisation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Further:
    """What was asked for: bootstrap replicates (0 for none) and their seed, and the draw to test by."""

    bootstrap: int
    seed: int
    drawn: Randomised | None

    def groups(self, margin: Margin, positives: Mapping[str, Positives]) -> list[GroupResult]:
        """Return the groups of a margin with what was asked for, outcome by outcome."""
        groups: list[GroupResult] = []
        for outcome, counted in margin.counted.items():
            found = list(margin.results[outcome])
            if self.bootstrap:
                found = with_bootstrap(found, counted, replicates=self.bootstrap, seed=self.seed)
            if self.drawn is not None:
                found = with_randomisation(found, margin.grouping, positives[outcome], self.drawn)
            groups += found
        return groups


def with_bootstrap(
    groups: Sequence[GroupResult], counted: CountedMargin, *, replicates: int, seed: int
) -> list[GroupResult]:
    """Return the groups with three bootstrap intervals of each estimate after the others.

    Raises
    ------
    AnalysisError
        The study is unpaired, clusters are of two kinds at once, or the replicates are too few.
    """
    level = groups[0].estimates[0].confidence_level
    found, what = counted.design.bootstrap(counted.counts, replicates=replicates, seed=seed, confidence_level=level)
    more = []
    for place, group in enumerate(groups):
        estimates = [
            Estimate.of(
                name,
                f"bootstrap_{method}",
                (float(interval.value[place]), float(interval.lower[place]), float(interval.upper[place])),
                level,
                keep("{replicates} replicates of {what}.", replicates=replicates, what=what)
                if np.isfinite(interval.lower[place])
                else keep("The replicates do not vary, or some are undefined: no interval."),
            )
            for name, methods in found.items()
            for method, interval in methods.items()
        ]
        more.append(replace(group, estimates=(*group.estimates, *estimates)))
    return more


def with_randomisation(
    groups: Sequence[GroupResult], grouping: Grouping, positive: Positives, drawn: Randomised
) -> list[GroupResult]:
    """Return the groups with the test by the plan's draw after their other tests."""
    order = np.argsort(grouping.group_of, kind="stable")
    bounds = np.searchsorted(grouping.group_of[order], np.arange(len(groups) + 1))
    more = []
    for place, group in enumerate(groups):
        found = drawn.test(positive, order[bounds[place] : bounds[place + 1]])
        test = TestResult(
            name=f"{TEST_NAME}_{drawn.draw}", statistic=float(found.net), pvalue=found.pvalue, note=found.note
        )
        more.append(replace(group, tests=(*group.tests, test)))
    return more
