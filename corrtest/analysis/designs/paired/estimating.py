"""From counts to estimates: every group of a margin at once, then one frozen object each."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from corrtest.analysis.designs.paired import notes
from corrtest.analysis.designs.paired.clusters import (
    clustered_intervals,
    clustered_tests,
    has_influences,
    wild_bootstraps,
)
from corrtest.analysis.designs.paired.counting import MarginCounts
from corrtest.analysis.designs.robust import CLUSTER_METHOD, WEIGHTED_METHOD
from corrtest.analysis.group_result import Estimate, GroupResult, TestResult, described
from corrtest.analysis.statistics import DEFAULT_TESTS, OF_PAIRS, TESTS
from corrtest.analysis.statistics.wild_bootstrap import METHOD as WILD
from corrtest.analysis.statistics.wild_bootstrap import WildBootstrap
from corrtest.analysis.tables import Intervals, PairedCounts, Tests
from corrtest.language import keep, keep_together

# Of the patterns of the wild bootstrap: an analysis without a seed of its own gives the same figures each time.
WILD_SEED = 2026


def group_results(
    counts: MarginCounts, outcome: str, *, confidence_level: float, all_methods: bool, cluster: bool = True
) -> list[GroupResult]:
    """Return the results of every group of one margin for one outcome.

    A group in which an employer has more than one pair gets intervals clustered by employer; the others get the
    default method of each estimate. With `all_methods`, every method follows, the clustered one first.
    """
    found = _Computed(counts, confidence_level=confidence_level, all_methods=all_methods, cluster=cluster)
    return [_group(counts, place, outcome, found) for place in range(len(counts.keys))]


class _Computed:
    """Every interval and test of a margin, all groups at once: by pairs, and by employers where any group needs it."""

    def __init__(self, counts: MarginCounts, *, confidence_level: float, all_methods: bool, cluster: bool) -> None:
        self.confidence_level = confidence_level
        self.all_methods = all_methods
        self.intervals: dict[str, dict[str, Intervals]] = {
            name: {
                method: found.interval(counts.tables, confidence_level)
                for method, found in list(statistic.methods.items())[: None if all_methods else 1]
            }
            for name, statistic in OF_PAIRS.items()
            if all_methods or statistic.standard
        }
        self.tests = {name: TESTS[name](counts.counted) for name in (TESTS if all_methods else DEFAULT_TESTS)}
        self.weighted = counts.raw is not None
        self.clustered = counts.repeated if cluster else np.zeros(len(counts.keys), dtype=np.bool_)
        if self.weighted:
            self.clustered = np.ones_like(self.clustered)
        any_clustered = bool(self.clustered.any())
        self.robust = clustered_intervals(counts, confidence_level) if any_clustered else {}
        self.robust_tests = clustered_tests(counts) if any_clustered else {}
        self.wild = wild_bootstraps(counts, WILD_SEED) if any_clustered and all_methods else {}


def _group(counts: MarginCounts, place: int, outcome: str, found: _Computed) -> GroupResult:
    cells = _cells(counts, place)
    return GroupResult(
        **described(counts, place),
        outcome=outcome,
        pairs=cells.pairs,
        counts=cells,
        estimates=tuple(
            estimate for name in found.intervals for estimate in _estimates(name, counts, place, cells, found)
        ),
        tests=tuple(_tests(place, cells, found)),
    )


def _tests(place: int, cells: PairedCounts, found: _Computed) -> Iterator[TestResult]:
    clustered = bool(found.clustered[place])
    if clustered:
        yield from _clustered_test_results(found.robust_tests, place, found.all_methods)
        if place in found.wild:
            wild = found.wild[place]
            yield TestResult(name=WILD, statistic=wild.statistic, pvalue=wild.pvalue, note=wild.note)
    for name, test in found.tests.items():
        yield TestResult(
            name=name,
            statistic=_number(test.statistic[place]),
            pvalue=_number(test.pvalue[place]),
            note=_test_note(name, cells, clustered),
        )


def _clustered_test_results(tests: dict[str, Tests], place: int, all_methods: bool) -> list[TestResult]:
    found = []
    for name, test in list(tests.items())[: None if all_methods else 1]:
        pvalue = _number(test.pvalue[place])
        missing = keep(
            "Undefined: no pair is discordant, all pairs are of one employer, or employers cancel out exactly."
        )
        found.append(
            TestResult(
                name=name,
                statistic=_number(test.statistic[place]),
                pvalue=pvalue,
                note=missing if pvalue is None else keep("Allows for several pairs of one employer, and for weights."),
            )
        )
    return found


def _estimates(
    name: str, counts: MarginCounts, place: int, cells: PairedCounts, found: _Computed
) -> Iterator[Estimate]:
    clustered = bool(found.clustered[place])
    plain = found.intervals[name]
    if clustered:
        robust = found.robust[name]
        first = next(iter(plain))
        value = float(plain[first].value[place])
        lower, upper = (float(part[place]) for part in robust.intervals[1:])
        employers = None if counts.employers is None else int(counts.employers[place])
        effect = float(robust.design_effect[place])
        base = notes.estimate_note(
            name, first, cells, value=value, upper=upper, employers=employers, design_effect=effect
        )
        told = _cluster_note(counts, place, bool(robust.assumed[place]))
        if not has_influences(counts, OF_PAIRS[name]):
            told = notes.NO_GRADIENT if OF_PAIRS[name].gradient is None else notes.OF_PAIRS_ALONE
        note = keep_together((base, told))
        method = WEIGHTED_METHOD if found.weighted else CLUSTER_METHOD
        yield Estimate.of(name, method, (value, lower, upper), found.confidence_level, note)
        if name == "rate_difference" and place in found.wild:
            yield _wild_estimate(found.wild[place], value, found.confidence_level)
        if not found.all_methods or found.weighted:
            return
    for method, intervals in plain.items():
        value, lower, upper = (float(part[place]) for part in intervals)
        said = notes.estimate_note(name, method, cells, value=value, upper=upper)
        naive = keep("Takes all pairs as independent, although some are of one employer.") if clustered else None
        note = keep_together((said, naive))
        yield Estimate.of(name, method, (value, lower, upper), found.confidence_level, note or None)


def _wild_estimate(wild: WildBootstrap, value: float, confidence_level: float) -> Estimate:
    lower, upper = wild.interval(confidence_level)
    limits = (np.nan if lower is None else max(lower, -1.0), np.nan if upper is None else min(upper, 1.0))
    missing = None
    if wild.statistic is None:
        missing = keep("Nothing varies between the employers: no interval.")
    elif None in (lower, upper):
        missing = keep("So few employers cannot reject any value at this level: no limit.")
    return Estimate.of("rate_difference", WILD, (value, *limits), confidence_level, keep_together((wild.note, missing)))


def _cluster_note(counts: MarginCounts, place: int, assumed: bool) -> str:
    employers, largest = counts.employers, counts.largest_employer_pairs
    weighted = keep("Weighted: the score interval at the effective number of pairs.") if counts.raw is not None else ""
    if counts.clustered_by != ("employer",):
        told = keep(
            "Clustered by {clustered_by}: the score interval at the effective number of pairs.",
            clustered_by=" and ".join(counts.clustered_by),
        )
        return f"{told} {weighted}".strip()
    if employers is None or largest is None:
        return weighted
    if employers[place] == 1:
        return keep("All pairs are of one employer: no interval can be computed.")
    told = keep(
        "Clustered by employer ({employers} employers, at most {largest} pairs each)",
        employers=int(employers[place]),
        largest=int(largest[place]),
    )
    if assumed:
        return keep("{told}; nothing varies between them, so each counts as one pair.", told=told)
    return (
        f"{told}. {weighted}"
        if weighted
        else keep("{told}: the score interval at the effective number of pairs.", told=told)
    )


def _test_note(name: str, cells: PairedCounts, clustered: bool) -> str | None:
    note = notes.test_note(name, cells)
    if not clustered:
        return note
    naive = keep("Takes all pairs as independent and of equal weight, although they are not.")
    return keep_together((note, naive))


def _cells(counts: MarginCounts, place: int) -> PairedCounts:
    tables = counts.counted
    return PairedCounts(
        both=int(tables.both[place]),
        control_only=int(tables.control_only[place]),
        treated_only=int(tables.treated_only[place]),
        neither=int(tables.neither[place]),
    )


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
