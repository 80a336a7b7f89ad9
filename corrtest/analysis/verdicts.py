"""The figures that are published of a table of counts, and the one verdict in words that follows from them.

All of it is a function of counts and of what the plan tells: how many pairs each employer has. So it says no more than
the counts do, and the analysis, the report, a comparison and a calculation of power come to the same verdict. Intervals
that read the reactions employer by employer (`designs.paired.clusters`) stay inside, as a check of the correlation that
is assumed here.

A verdict is a disadvantage or an advantage where the preregistered test rejects after adjustment for the number of
tests *and* the printed interval of the ratio leaves out 1 on that side; else nothing is settled. Both must say so, so
that no sentence can contradict the interval or the p-value that stands beside it. Size, enumerated: see
`designs.paired` (mid-p) and analysis/calibration/verdict.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt

from corrtest.analysis.designs import Design, design_of
from corrtest.analysis.designs.robust import CLUSTER_METHOD, WEIGHTED_METHOD
from corrtest.analysis.group_result import Estimate, GroupResult, TestResult
from corrtest.analysis.statistics import Statistic
from corrtest.analysis.tables import Counts, FloatArray, divide
from corrtest.language import keep, keep_together

Kind = Literal["disadvantage", "advantage", "not_settled", "undefined"]
# Why nothing is settled: the interval holds 1, with the test or by itself; the test alone does not reject; or it does
# not once it is adjusted for the number of tests.
Reason = Literal["interval", "interval_alone", "test", "adjustment"]
# What the name of a method has at its end where it is at a design effect above 1; the catalogue knows it.
WIDENED = "_widened"
# The same below 1, where a good part of a finite population was drawn.
FINITE = "_finite"
RATIO = "discrimination_ratio"
# From how many times the published variance on the spread between employers is worth an internal note.
MUCH_LARGER = 1.5


class Told(Protocol):
    """A result of the analysis or a release: counts with what is published of them."""

    @property
    def counts(self) -> Counts | None:
        """The counts; None where they are hidden."""

    @property
    def estimates(self) -> Sequence[Estimate]:
        """The estimates; the first of each name is the published one."""

    @property
    def tests(self) -> Sequence[TestResult]:
        """The tests; the first decides."""

    @property
    def design_effect(self) -> float:
        """See `design_effect`."""

    @property
    def noise_variance(self) -> float:
        """What noise adds to the variance of the difference of the rates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What is published of one table: the default estimates and the deciding test."""

    counts: Counts
    estimates: tuple[Estimate, ...]
    tests: tuple[TestResult, ...]
    design_effect: float = 1.0
    noise_variance: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One verdict with what it rests on; limits as `Estimate` has them, None where undefined or unbounded.

    `pvalue_adjusted` is the p-value itself where the result stands in no family. `level` is that of the test, `reason`
    says why nothing is settled, `noise_variance` is what noise adds to the variance of the difference of the rates.
    """

    kind: Kind
    reason: Reason | None
    ratio: float | None
    lower: float | None
    upper: float | None
    confidence_level: float
    test: str | None
    pvalue: float | None
    pvalue_adjusted: float | None
    level: float
    design_effect: float
    noise_variance: float

    @property
    def settled(self) -> bool:
        """Whether the measurement tells a difference."""
        return self.kind in ("disadvantage", "advantage")


def design_effect(sizes: Mapping[int, int], correlation: float) -> float:
    """Return 1 + (m − 1)·ρ, the factor on a variance for pairs of the same employer (Kish 1965, section 5.4).

    Parameters
    ----------
    sizes : mapping of pairs to employers
        How many employers have that many pairs, as the plan says; m = Σk²/Σk over employers with k pairs.
    correlation : float
        ρ between two pairs of one employer, preregistered.
    """
    pairs = sum(size * employers for size, employers in sizes.items())
    if not pairs:
        return 1.0
    squares = sum(size**2 * employers for size, employers in sizes.items())
    return 1 + (squares / pairs - 1) * correlation


def largest_design_effect(pairs: int, employers: int | None, largest: int | None, correlation: float) -> float:
    """Return the most that `design_effect` can be where no employer has more than `largest` of the pairs."""
    if not employers or not largest or largest < 2 or employers >= pairs:
        return 1.0
    full = (pairs - employers) / (largest - 1)
    return 1 + ((full * largest**2 + (employers - full)) / pairs - 1) * correlation


def published(
    counts: Sequence[Counts],
    *,
    effects: npt.ArrayLike = 1.0,
    noise: npt.ArrayLike | None = None,
    confidence_level: float = 0.95,
    names: Collection[str] | None = None,
) -> list[Published | None]:
    """Return what is published of each table; None where an arm has no application at all.

    Parameters
    ----------
    counts : sequence of counts
        As they are published, all of one design; all tables are computed at once.
    effects : float or array of one a table
        Design effects, the finite population of a drawn sample counted.
    noise : array of shape (tables, cells, cells), optional
        Covariance of the noise on the cells of each table, in the order of the counts.
    names : collection of str, optional
        The statistics wanted; else those that every analysis gives.
    """
    usable = [place for place, table in enumerate(counts) if table.measured]
    made: list[Published | None] = [None] * len(counts)
    if not usable:
        return made
    design = design_of(counts[usable[0]])
    effect = np.broadcast_to(np.asarray(effects, dtype=np.float64), (len(counts),))[usable]
    covariance = None if noise is None else np.asarray(noise, dtype=np.float64)[usable]
    tables = design.tables([counts[place] for place in usable])
    wanted = [found for found in design.statistics.values() if (found.name in names if names else found.standard)]
    shown = [counts[place] for place in usable]
    columns = [
        _estimates(
            design, statistic, tables, shown, _with_noise(statistic, tables, effect, covariance), confidence_level
        )
        for statistic in wanted
    ]
    tests = _tests(design, tables, shown, effect, covariance)
    spread = noise_variance(design, tables, covariance)
    for number, place in enumerate(usable):
        made[place] = Published(
            counts=counts[place],
            estimates=tuple(column[number] for column in columns),
            tests=tests[number],
            design_effect=float(effect[number]),
            noise_variance=float(spread[number]),
        )
    return made


def verdict(
    counts: Counts,
    *,
    design_effect: float = 1.0,
    noise: npt.ArrayLike | None = None,
    confidence_level: float = 0.95,
    pvalue_adjusted: float | None = None,
) -> Verdict:
    """Return the verdict on one table.

    Parameters
    ----------
    noise : array of shape (cells, cells), optional
        Covariance of the noise on its cells.
    pvalue_adjusted : float, optional
        The p-value adjusted over its family; its own where it stands in none.
    """
    covariance = None if noise is None else np.asarray(noise, dtype=np.float64)[None]
    (found,) = published(
        [counts], effects=design_effect, noise=covariance, confidence_level=confidence_level, names=(RATIO,)
    )
    if found is None:
        return _undefined(design_effect, confidence_level)
    return verdict_of(found, pvalue_adjusted=pvalue_adjusted)


def verdict_of(found: Told, *, pvalue_adjusted: float | None = None) -> Verdict:
    """Return the verdict on what is published of a table; `pvalue_adjusted` as for `verdict`."""
    ratio = next((estimate for estimate in found.estimates if estimate.name == RATIO), None)
    if found.counts is None or ratio is None or not found.tests:
        return _undefined(found.design_effect, 0.95 if ratio is None else ratio.confidence_level)
    test = found.tests[0]
    adjusted = test.pvalue if pvalue_adjusted is None else pvalue_adjusted
    level = 1 - ratio.confidence_level
    kind, reason = _decided(found.counts, ratio, test.pvalue, adjusted, level)
    return Verdict(
        kind=kind,
        reason=reason,
        ratio=ratio.value,
        lower=ratio.lower,
        upper=ratio.upper,
        confidence_level=ratio.confidence_level,
        test=test.name,
        pvalue=test.pvalue,
        pvalue_adjusted=adjusted,
        level=level,
        design_effect=found.design_effect,
        noise_variance=found.noise_variance,
    )


def with_published(
    groups: Sequence[GroupResult],
    *,
    confidence_level: float,
    correlation: float,
    spread: bool,
    finite: Sequence[float] | None = None,
) -> list[GroupResult]:
    """Return the groups of one design with what is published of each first.

    Parameters
    ----------
    correlation : float
        Between the pairs of one employer, as preregistered.
    spread : bool
        Whether the figures from the spread between clusters follow. A note says it in any case where that spread is
        much larger than the correlation allows.
    finite : sequence of float, optional
        One a group: 1 − the share of its finite population that was drawn.

    Weighted figures, which no counts give, stay as they are: what is published of such groups does not hold them.
    """
    effects = [design_effect(group.employer_sizes, correlation) for group in groups]
    if finite is not None:
        effects = [effect * left for effect, left in zip(effects, finite, strict=True)]
    names = {estimate.name for group in groups for estimate in group.estimates}
    found = published(
        [group.counts for group in groups], effects=effects, confidence_level=confidence_level, names=names
    )
    return [
        group if each is None or _weighted(group) else _with(group, each, spread=spread)
        for group, each in zip(groups, found, strict=True)
    ]


def _weighted(group: GroupResult) -> bool:
    return any(estimate.method == WEIGHTED_METHOD for estimate in group.estimates)


def _with(group: GroupResult, found: Published, *, spread: bool) -> GroupResult:
    estimates: list[Estimate] = []
    for first in found.estimates:
        others = [other for other in group.estimates if other.name == first.name and other.method != first.method]
        robust = [other for other in others if other.method == CLUSTER_METHOD]
        note = _spread_note(first, robust[0]) if robust and first.name == RATIO else None
        estimates.append(replace(first, note=keep_together((first.note, note)) or None))
        estimates += others if spread else [other for other in others if other not in robust]
    others_tests = [other for other in group.tests if other.name not in {test.name for test in found.tests}]
    if not spread:
        # Those that take all rows as independent stand beside the deciding one only where it does too.
        plain = [other for other in others_tests if not other.name.endswith(CLUSTER_METHOD)]
        others_tests = plain if found.design_effect == 1 else []
    return replace(
        group, estimates=tuple(estimates), tests=(*found.tests, *others_tests), design_effect=found.design_effect
    )


def _spread_note(first: Estimate, robust: Estimate) -> str | None:
    """Say that employers differ more than the correlation that is assumed lets them."""
    if not first.lower or not first.upper or not robust.lower or not robust.upper:
        return None
    wider = (math.log(robust.upper / robust.lower) / math.log(first.upper / first.lower)) ** 2
    if wider < MUCH_LARGER:
        return None
    return keep(
        "Internal: employers differ more than the assumed correlation lets them. Their own spread gives an interval "
        "from {lower:.2f} to {upper:.2f}, {wider:.1f} times the variance.",
        lower=robust.lower,
        upper=robust.upper,
        wider=wider,
    )


def decisions(
    design: Design[Any, Any],
    tables: Any,
    *,
    effects: npt.ArrayLike = 1.0,
    noise: npt.ArrayLike | None = None,
    confidence_level: float = 0.95,
    pvalues_adjusted: FloatArray | None = None,
) -> npt.NDArray[np.int8]:
    """Return the verdict on each of many tables: −1 disadvantage, 1 advantage, 0 neither; for power and calibration.

    `pvalues_adjusted` as from `pvalues` and an adjustment over each family; else the p-values themselves.
    """
    effect = np.broadcast_to(np.asarray(effects, dtype=np.float64), tables.cells.shape[:-1])
    covariance = None if noise is None else np.asarray(noise, dtype=np.float64)
    pvalue = pvalues(design, tables, effects=effects, noise=noise) if pvalues_adjusted is None else pvalues_adjusted
    rejected = pvalue <= _rounded_up(1 - confidence_level)
    statistic = design.statistics[RATIO]
    at = _with_noise(statistic, tables, effect, covariance)
    _, lower, upper = statistic.at_effect(tables, at, confidence_level)
    return np.where(rejected & (upper < 1), -1, np.where(rejected & (lower > 1), 1, 0)).astype(np.int8)


def pvalues(
    design: Design[Any, Any], tables: Any, *, effects: npt.ArrayLike = 1.0, noise: npt.ArrayLike | None = None
) -> FloatArray:
    """Return the p-value of the deciding test of each table; 1 where it is undefined."""
    effect = np.broadcast_to(np.asarray(effects, dtype=np.float64), tables.cells.shape[:-1])
    covariance = None if noise is None else np.asarray(noise, dtype=np.float64)
    return np.nan_to_num(
        design.decisive_test(tables, _of_test(design, tables, effect, covariance)).pvalue, nan=1.0, posinf=1.0
    )


def noise_variance(design: Design[Any, Any], tables: Any, noise: FloatArray | None) -> FloatArray:
    """Return the variance that noise adds to the difference of the rates of each table."""
    if noise is None:
        return np.zeros(tables.cells.shape[:-1])
    slopes = design.statistics[design.difference].slopes(tables)
    return np.asarray(np.einsum("...i,...ij,...j->...", slopes, noise, slopes))


def _of_test(design: Design[Any, Any], tables: Any, effect: FloatArray, noise: FloatArray | None) -> FloatArray:
    """Return the design effect of the test, noise counted as more variance under equal treatment."""
    if noise is None:
        return effect
    added = divide(noise_variance(design, tables, noise), design.null_variance(tables))
    return np.where(np.isfinite(added), effect + added, effect)


def _with_noise(
    statistic: Statistic[Any, Any], tables: Any, effect: FloatArray, noise: FloatArray | None
) -> FloatArray:
    """Return the design effect of a statistic, noise counted as more variance.

    Half a row is added to each cell here, so that a table with an empty cell gets a wider interval as others do.
    """
    if noise is None:
        return effect
    filled = type(tables).of_cells(tables.cells + 0.5)
    slopes = statistic.slopes(filled)
    added = divide(np.einsum("...i,...ij,...j->...", slopes, noise, slopes), statistic.independent_variance(filled))
    return np.where(np.isfinite(added), effect + added, effect)


def _estimates(
    design: Design[Any, Any],
    statistic: Statistic[Any, Any],
    tables: Any,
    counts: Sequence[Counts],
    effect: FloatArray,
    confidence_level: float,
) -> list[Estimate]:
    _, lowest, highest = statistic.at_effect(tables, effect, confidence_level)
    return [
        Estimate.of(
            statistic.name,
            statistic.default + _suffix(one),
            (value, lower, upper),
            confidence_level,
            keep_together((design.note(statistic.name, table, upper=upper, effect=one), _effect_note(one))) or None,
        )
        for value, lower, upper, table, one in zip(
            statistic.value(tables).tolist(), lowest.tolist(), highest.tolist(), counts, effect.tolist(), strict=True
        )
    ]


def _suffix(effect: float) -> str:
    """Return what the name of a method has at its end at a design effect."""
    if effect == 1:
        return ""
    return WIDENED if effect > 1 else FINITE


def _effect_note(effect: float) -> str | None:
    if effect == 1:
        return None
    return keep("At the number of rows divided by a design effect of {effect:.2f}.", effect=effect)


def _tests(
    design: Design[Any, Any], tables: Any, counts: Sequence[Counts], effect: FloatArray, noise: FloatArray | None
) -> list[tuple[TestResult, ...]]:
    if not design.decisive:
        return [()] * len(counts)
    at = _of_test(design, tables, effect, noise)
    found = design.decisive_test(tables, at)
    return [
        (
            TestResult(
                name=design.decisive + _suffix(one),
                statistic=_number(statistic),
                pvalue=_number(pvalue),
                note=keep_together((design.test_note(table), _effect_note(one))) or None,
            ),
        )
        for statistic, pvalue, table, one in zip(
            found.statistic.tolist(), found.pvalue.tolist(), counts, at.tolist(), strict=True
        )
    ]


def _decided(
    counts: Counts, ratio: Estimate, pvalue: float | None, adjusted: float | None, level: float
) -> tuple[Kind, Reason | None]:
    nothing = ratio.lower is None and ratio.upper is None
    if pvalue is None or adjusted is None or nothing or not counts.any_positive:
        return "undefined", None
    lower, upper = ratio.lower or 0.0, math.inf if ratio.upper is None else ratio.upper
    bound = _rounded_up(level)
    if lower <= 1 <= upper:
        return "not_settled", "interval_alone" if adjusted <= bound else "interval"
    if pvalue > bound:
        return "not_settled", "test"
    if adjusted > bound:
        return "not_settled", "adjustment"
    return ("disadvantage" if upper < 1 else "advantage"), None


def _undefined(effect: float, confidence_level: float) -> Verdict:
    return Verdict(
        kind="undefined",
        reason=None,
        ratio=None,
        lower=None,
        upper=None,
        confidence_level=confidence_level,
        test=None,
        pvalue=None,
        pvalue_adjusted=None,
        level=1 - confidence_level,
        design_effect=effect,
        noise_variance=0.0,
    )


def _rounded_up(level: float) -> float:
    """Return a level with room for rounding: 1 − 0.95 is a little more than 0.05, 1 − 0.9 a little less than 0.1."""
    return level * (1 + 1e-9)


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
