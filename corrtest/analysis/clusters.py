"""Intervals that allow for pairs of one employer being alike.

The variance of each estimate is taken between employers, by linearisation: an estimate's influence is summed per
employer, and the sums' spread gives the variance (the sandwich estimator with the correction K/(K − 1), K
employers). Its ratio to the variance that independent pairs would have is the design effect; pairs divided by it is
the effective number of pairs. The score interval is then computed at that number, with Student's t on K − 1 degrees
of freedom in place of the normal quantile, as Korn and Graubard (1998, Survey Methodology 24:193) do for one
proportion. So a clustered interval stays inside its range and keeps a width where a symmetric one would not. A
design effect below 1 is taken as 1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import chdtrc, stdtr, stdtrit

from corrtest.analysis.margins import Clusters, MarginCounts
from corrtest.analysis.paired import discrimination_ratio, net_discrimination_rate, odds_ratio, rate_difference
from corrtest.analysis.paired.positive_rate import wilson_at
from corrtest.analysis.paired.tables import (
    FloatArray,
    Intervals,
    PairedTables,
    Tests,
    divide,
    normal_quantile,
)

# Tables and clusters → the sum of squared influences of the clusters, and what it would be for independent pairs.
_Effect = Callable[[PairedTables, Clusters], tuple[FloatArray, FloatArray]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusteredIntervals:
    """Intervals of one estimate; `assumed` says where the employers do not vary, so that their spread tells nothing."""

    intervals: Intervals
    assumed: np.ndarray


def clustered_intervals(counts: MarginCounts, confidence_level: float) -> dict[str, ClusteredIntervals]:
    """Compute the clustered interval of each estimate, for every group."""
    tables = counts.tables
    employers = _fewest_clusters(counts)
    tail = (1 - confidence_level) / 2
    normal_quantile(confidence_level)
    t = np.where(employers > 1, -stdtrit(np.maximum(employers - 1, 1), tail), np.nan)
    wanted: dict[str, _Effect] = {
        "positive_rate_control": partial(_rate_effect, treated=False),
        "positive_rate_treated": partial(_rate_effect, treated=True),
        "rate_difference": _difference_effect,
        "discrimination_ratio": _ratio_effect,
        "net_discrimination_rate": _net_effect,
        "odds_ratio": _odds_effect,
    }
    result = {}
    for name, effect_of in wanted.items():
        effect, assumed = _design_effect(counts, effect_of, employers)
        result[name] = ClusteredIntervals(intervals=_at(name, tables, effect, t), assumed=assumed)
    turned = result["rate_difference"]
    result["net_discrimination_rate_all_pairs"] = ClusteredIntervals(
        intervals=Intervals(0.0 - turned.intervals.value, 0.0 - turned.intervals.upper, 0.0 - turned.intervals.lower),
        assumed=turned.assumed,
    )
    return result


def clustered_tests(counts: MarginCounts) -> dict[str, Tests]:
    """Test equal treatment in every group, allowing for employers: three forms of McNemar's test.

    ``mcnemar_cluster_robust``
        McNemar's z divided by the square root of the design effect, on Student's t with K − 1 degrees of freedom:
        it rejects exactly where the clustered interval of the difference leaves out 0.
    ``obuchowski``
        (K − 1)/K · (Σd)² / Σd², d an employer's treated only minus control only (Obuchowski 1998, Statistics in
        Medicine 17:1495).
    ``durkalski``
        (Σd/n)² / Σ(d/n)², n an employer's pairs, so that every employer weighs the same (Durkalski, Palesch,
        Lipsitz and Rust 2003, Statistics in Medicine 22:2417).
    """
    clusters = _required(counts)
    tables, groups = counts.tables, len(counts.keys)
    employers = _employers(clusters, groups)
    net = (clusters.treated_only - clusters.control_only).astype(np.float64)

    def summed(values: FloatArray) -> FloatArray:
        return np.bincount(clusters.group, weights=values, minlength=groups).astype(np.float64)

    share = net / clusters.pairs
    several = employers > 1
    obuchowski = divide(summed(net) ** 2, summed(net**2)) * (employers - 1) / employers
    durkalski = divide(summed(share) ** 2, summed(share**2))
    fewest = _fewest_clusters(counts)
    effect, _ = _design_effect(counts, _difference_effect, fewest)
    z = divide(tables.treated_only - tables.control_only, np.sqrt(tables.discordant * effect))
    robust = 2 * stdtr(np.maximum(fewest - 1, 1), -np.abs(z))
    return {
        "mcnemar_cluster_robust": Tests(z**2, np.where(several, robust, np.nan)),
        "obuchowski": Tests(obuchowski, np.where(several, chdtrc(1, obuchowski), np.nan)),
        "durkalski": Tests(durkalski, np.where(several, chdtrc(1, durkalski), np.nan)),
    }


def log_ratio_design_effect(counts: MarginCounts) -> FloatArray:
    """Compute the design effect of each group's log ratio: 1 without employers, or with one pair an employer."""
    if counts.clusters is None:
        return np.ones_like(counts.tables.pairs)
    employers = _employers(counts.clusters, len(counts.keys))
    effect, _ = _design_effect(counts, _ratio_effect, employers)
    return np.where(counts.tables.pairs > employers, effect, 1.0)


def _required(counts: MarginCounts) -> Clusters:
    if counts.clusters is None:
        raise ValueError("there are no employers to cluster by")
    return counts.clusters


def _employers(clusters: Clusters, groups: int) -> FloatArray:
    return np.bincount(clusters.group, minlength=groups).astype(np.float64)


def _fewest_clusters(counts: MarginCounts) -> FloatArray:
    """Return the clusters of each group; of the way with fewest, where there are two ways."""
    groups = len(counts.keys)
    found = _employers(_required(counts), groups)
    if counts.second_way is None:
        return found
    return np.minimum(found, _employers(counts.second_way[0], groups))


def _design_effect(counts: MarginCounts, effect_of: _Effect, employers: FloatArray) -> tuple[FloatArray, np.ndarray]:
    """Return the design effect, at least 1, and where it is assumed because nothing varies between clusters."""
    first = _required(counts)
    ways: tuple[tuple[float, Clusters], ...] = ((1.0, first),)
    if counts.second_way is not None:
        # Two ways: the variances of both, less what they share (Cameron, Gelbach and Miller 2011).
        ways = (*ways, (1.0, counts.second_way[0]), (-1.0, counts.second_way[1]))
    between = np.zeros_like(counts.tables.pairs)
    independent = effect_of(counts.tables, first)[1]
    for sign, clusters in ways:
        k = _employers(clusters, len(counts.keys))
        correction = np.where(k > 1, k / np.maximum(k - 1, 1), np.nan)
        between = between + sign * correction * effect_of(counts.tables, clusters)[0]
    effect = divide(between, independent)
    assumed = ~(np.isfinite(effect) & (independent > 0) & (between > 0))
    # Then each employer counts as one pair: the least that the data can be worth.
    return np.where(assumed, divide(counts.tables.pairs, employers), np.maximum(effect, 1.0)), assumed


def _at(name: str, tables: PairedTables, effect: FloatArray, t: FloatArray) -> Intervals:
    """Compute the score interval of the estimate at the effective number of pairs; nan where there is one employer."""
    quantile = np.where(np.isnan(t), 1.0, t)
    scaled = tables.scaled(1 / effect)
    if name == "positive_rate_control":
        interval = wilson_at(scaled.control_positives, scaled.pairs, quantile)
    elif name == "positive_rate_treated":
        interval = wilson_at(scaled.treated_positives, scaled.pairs, quantile)
    elif name == "rate_difference":
        interval = rate_difference.tango_at(scaled, quantile)
    elif name == "discrimination_ratio":
        interval = discrimination_ratio.tang_at(scaled, quantile)
    elif name == "net_discrimination_rate":
        interval = net_discrimination_rate.tango_at(scaled, quantile)
    else:
        interval = odds_ratio.wilson_at(scaled, quantile)
    return Intervals(
        interval.value,
        np.where(np.isnan(t), np.nan, interval.lower),
        np.where(np.isnan(t), np.nan, interval.upper),
    )


def _squares(values: npt.NDArray[Any], clusters: Clusters, groups: int) -> FloatArray:
    return np.bincount(clusters.group, weights=np.nan_to_num(values) ** 2, minlength=groups).astype(np.float64)


def _rate_effect(tables: PairedTables, clusters: Clusters, *, treated: bool) -> tuple[FloatArray, FloatArray]:
    positives = clusters.both + (clusters.treated_only if treated else clusters.control_only)
    rate = (tables.treated_positives if treated else tables.control_positives) / tables.pairs
    influence = positives - rate[clusters.group] * clusters.pairs
    return _squares(influence, clusters, len(rate)), tables.pairs * rate * (1 - rate)


def _difference_effect(tables: PairedTables, clusters: Clusters) -> tuple[FloatArray, FloatArray]:
    difference = rate_difference.rate_difference(tables)
    influence = clusters.treated_only - clusters.control_only - difference[clusters.group] * clusters.pairs
    return _squares(influence, clusters, len(difference)), tables.discordant - tables.pairs * difference**2


def _ratio_effect(tables: PairedTables, clusters: Clusters) -> tuple[FloatArray, FloatArray]:
    x_control, x_treated = tables.control_positives, tables.treated_positives
    mine, theirs = (clusters.both + only for only in (clusters.treated_only, clusters.control_only))
    influence = divide(mine.astype(np.float64), x_treated[clusters.group]) - divide(
        theirs.astype(np.float64), x_control[clusters.group]
    )
    usable = (x_control > 0) & (x_treated > 0)
    variance = discrimination_ratio.log_ratio_variance(tables)
    squares = _squares(np.where(usable[clusters.group], influence, 0.0), clusters, len(usable))
    return squares, np.where(usable, variance, 0.0)


def _net_effect(tables: PairedTables, clusters: Clusters) -> tuple[FloatArray, FloatArray]:
    net = np.nan_to_num(net_discrimination_rate.net_discrimination_rate(tables))
    positive = clusters.both + clusters.control_only + clusters.treated_only
    influence = clusters.control_only - clusters.treated_only - net[clusters.group] * positive
    return _squares(influence, clusters, len(net)), tables.discordant - tables.any_positive * net**2


def _odds_effect(tables: PairedTables, clusters: Clusters) -> tuple[FloatArray, FloatArray]:
    share = np.nan_to_num(divide(tables.treated_only, tables.discordant))
    discordant = clusters.control_only + clusters.treated_only
    influence = clusters.treated_only - share[clusters.group] * discordant
    return _squares(influence, clusters, len(share)), tables.discordant * share * (1 - share)
