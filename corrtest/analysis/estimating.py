"""From counts to estimates: every group of a margin at once, then one frozen object each."""

from __future__ import annotations

import math

import numpy as np

from corrtest.analysis import notes
from corrtest.analysis.clusters import ClusteredIntervals, clustered_intervals, clustered_tests
from corrtest.analysis.margins import MarginCounts
from corrtest.analysis.paired import DEFAULT_TESTS, ESTIMATORS, TESTS, Intervals, Tests
from corrtest.analysis.paired.tables import PairedCounts
from corrtest.analysis.results import GROUPING, Estimate, GroupResult, TestResult

CLUSTER_METHOD = "cluster_robust"
WEIGHTED_METHOD = "weighted_linearised"
_ROBUST = (CLUSTER_METHOD, WEIGHTED_METHOD)

_DEFAULT_ESTIMATES = tuple(name for name in ESTIMATORS if name != "net_discrimination_rate_all_pairs")


def group_results(
    counts: MarginCounts, outcome: str, *, confidence_level: float, all_methods: bool, cluster: bool = True
) -> list[GroupResult]:
    """Return the results of every group of one margin for one outcome.

    A group in which an employer has more than one pair gets intervals clustered by employer; the others get the
    default method of each estimate. With `all_methods`, every method follows, the clustered one first.
    """
    names = tuple(ESTIMATORS) if all_methods else _DEFAULT_ESTIMATES
    plain = {
        name: {
            method: estimator(counts.tables, confidence_level)
            for method, estimator in list(ESTIMATORS[name].items())[: None if all_methods else 1]
        }
        for name in names
    }
    tests = {name: TESTS[name](counts.counted) for name in (TESTS if all_methods else DEFAULT_TESTS)}
    employers, largest = counts.employers, counts.largest_employer_pairs
    clustered = counts.repeated if cluster else np.zeros(len(counts.keys), dtype=np.bool_)
    if counts.raw is not None:
        clustered = np.ones_like(clustered)
    robust = clustered_intervals(counts, confidence_level) if clustered.any() else {}
    robust_tests = clustered_tests(counts) if clustered.any() else {}
    results = []
    for place, key in enumerate(counts.keys):
        cells = _cells(counts, place)
        is_clustered = bool(clustered[place])
        estimates = [
            estimate
            for name in names
            for estimate in _estimates(name, plain[name], robust, place, cells, confidence_level, counts, is_clustered)
            if (all_methods and counts.raw is None) or estimate.method in _ROBUST or not is_clustered
        ]
        fields = dict(zip(counts.fields, key, strict=True))
        results.append(
            GroupResult(
                **{name: fields.get(name) for name in GROUPING},
                extra={name: value or "" for name, value in fields.items() if name not in GROUPING},
                outcome=outcome,
                pairs=cells.pairs,
                employers=None if employers is None else int(employers[place]),
                largest_employer_pairs=None if largest is None else int(largest[place]),
                counts=cells,
                estimates=tuple(estimates),
                tests=(
                    *_clustered_test_results(robust_tests if is_clustered else {}, place, all_methods),
                    *(
                        TestResult(
                            name=name,
                            statistic=_number(test.statistic[place]),
                            pvalue=_number(test.pvalue[place]),
                            note=_test_note(name, cells, is_clustered),
                        )
                        for name, test in tests.items()
                    ),
                ),
            )
        )
    return results


def _clustered_test_results(tests: dict[str, Tests], place: int, all_methods: bool) -> list[TestResult]:
    found = []
    for name, test in list(tests.items())[: None if all_methods else 1]:
        pvalue = _number(test.pvalue[place])
        missing = "Undefined: no pair is discordant, all pairs are of one employer, or employers cancel out exactly."
        found.append(
            TestResult(
                name=name,
                statistic=_number(test.statistic[place]),
                pvalue=pvalue,
                note=missing if pvalue is None else "Allows for several pairs of one employer, and for weights.",
            )
        )
    return found


def _estimates(
    name: str,
    plain: dict[str, Intervals],
    robust: dict[str, ClusteredIntervals],
    place: int,
    cells: PairedCounts,
    confidence_level: float,
    counts: MarginCounts,
    clustered: bool,
) -> list[Estimate]:
    found = []
    first = next(iter(plain))
    if clustered:
        result = robust[name]
        value = float(plain[first].value[place])
        lower, upper = (float(part[place]) for part in result.intervals[1:])
        base = notes.estimate_note(name, first, cells, value=value, lower=lower, upper=upper)
        note = " ".join(part for part in (base, _cluster_note(counts, place, bool(result.assumed[place]))) if part)
        method = CLUSTER_METHOD if counts.raw is None else WEIGHTED_METHOD
        found.append(_estimate(name, method, value, lower, upper, confidence_level, note))
    for method, intervals in plain.items():
        value, lower, upper = (float(part[place]) for part in intervals)
        plain_note = notes.estimate_note(name, method, cells, value=value, lower=lower, upper=upper)
        if clustered:
            naive = "Takes all pairs as independent, although some are of one employer."
            plain_note = f"{plain_note} {naive}" if plain_note else naive
        found.append(_estimate(name, method, value, lower, upper, confidence_level, plain_note))
    return found


def _estimate(
    name: str, method: str, value: float, lower: float, upper: float, confidence_level: float, note: str | None
) -> Estimate:
    return Estimate(
        name=name,
        value=_number(value),
        lower=_number(lower),
        upper=_number(upper),
        confidence_level=confidence_level,
        method=method,
        note=note,
    )


def _cluster_note(counts: MarginCounts, place: int, assumed: bool) -> str:
    employers, largest = counts.employers, counts.largest_employer_pairs
    weighted = "Weighted: the score interval at the effective number of pairs." if counts.raw is not None else ""
    if counts.clustered_by != ("employer",):
        told = f"Clustered by {' and '.join(counts.clustered_by)}: the score interval at the effective number of pairs."
        return f"{told} {weighted}".strip()
    if employers is None or largest is None:
        return weighted
    if employers[place] == 1:
        return "All pairs are of one employer: no interval can be computed."
    told = f"Clustered by employer ({int(employers[place])} employers, at most {int(largest[place])} pairs each)"
    if assumed:
        return f"{told}; nothing varies between them, so each counts as one pair."
    return f"{told}. {weighted}" if weighted else f"{told}: the score interval at the effective number of pairs."


def _test_note(name: str, cells: PairedCounts, clustered: bool) -> str | None:
    note = notes.test_note(name, cells)
    if not clustered:
        return note
    naive = "Takes all pairs as independent and of equal weight, although they are not."
    return f"{note} {naive}" if note else naive


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
