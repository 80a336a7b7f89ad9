"""Shrunken ratios: each group's log ratio drawn towards the common mean, the more so the less it rests on.

The analysis' own estimator (`corrtest.analysis.pooling`: random effects by REML with Hartung and Knapp's interval,
empirical Bayes), on released ratios with the variance that their released intervals tell.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scipy.stats import norm

from corrtest.analysis import pooling
from corrtest.disclosure import Release
from corrtest.errors import AnalysisError

# Fewer groups than this tell nothing of how much groups differ.
LEAST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Shrunken:
    """One group's shrunken ratio with its interval, and the weight (0 to 1) that its own data got."""

    value: float
    lower: float
    upper: float
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Shrinkage:
    """The mean ratio of several groups with its interval, and each group's shrunken ratio by its position.

    `method` is how the variance between the groups was estimated: "REML", or "PM" where that does not settle.
    """

    mean: float
    lower: float
    upper: float
    method: str
    ratios: Mapping[int, Shrunken]


def log_and_variance(release: Release) -> tuple[float, float] | None:
    """Return a released ratio's logarithm and variance; None where either is undefined.

    The variance is read from the released interval, so that it holds what widened it: noise and
    employers with several pairs.
    """
    ratio = release.estimate("discrimination_ratio")
    if ratio is None or not ratio.value or not ratio.lower or not ratio.upper:
        return None
    width = math.log(ratio.upper / ratio.lower)
    spread = width / (2 * float(norm.ppf(0.5 + ratio.confidence_level / 2)))
    return (math.log(ratio.value), spread**2) if spread > 0 else None


def shrunken_by_release(releases: Sequence[Release]) -> Shrinkage | None:
    """Return the shrunken ratios of the releases that have a variance; None below three of them."""
    usable = [(place, found) for place, release in enumerate(releases) if (found := log_and_variance(release))]
    if len(usable) < LEAST:
        return None
    ratio = releases[usable[0][0]].estimate("discrimination_ratio")
    logs, variances = zip(*(found for _, found in usable), strict=True)
    pooled = _pooled(logs, variances, ratio.confidence_level if ratio else 0.95)
    effects = pooling.shrink(logs, variances, pooled)
    return Shrinkage(
        mean=math.exp(pooled.effect),
        lower=math.exp(pooled.lower),
        upper=math.exp(pooled.upper),
        method=pooled.method,
        ratios={
            place: Shrunken(
                value=math.exp(effects.shrunken[number]),
                lower=math.exp(effects.lower[number]),
                upper=math.exp(effects.upper[number]),
                weight=float(effects.weight_on_own[number]),
            )
            for number, (place, _) in enumerate(usable)
        },
    )


def _pooled(logs: Sequence[float], variances: Sequence[float], confidence_level: float) -> pooling.PooledEffect:
    """Pool as the analysis does by default; Paule and Mandel's estimate always settles where REML does not."""
    try:
        return pooling.random_effects(logs, variances, confidence_level=confidence_level)
    except AnalysisError:
        return pooling.random_effects(logs, variances, method="PM", confidence_level=confidence_level)


def rank_intervals(releases: Sequence[Release], confidence_level: float = 0.95) -> dict[int, tuple[int, int]]:
    """Return position → lowest and highest rank (1 = lowest ratio) that the data leave open, all at once.

    A pair of groups is ordered when its difference of log ratios is clear after Bonferroni over all pairs; a rank's
    ends follow from how many groups lie surely below and surely above (Mogstad, Romano, Shaikh and Wilhelm 2024, Review
    of Economic Studies 91:476).
    """
    usable = {place: found for place, release in enumerate(releases) if (found := log_and_variance(release))}
    count = len(usable)
    if count < 2:
        return {}
    z = float(norm.ppf(1 - (1 - confidence_level) / (count * (count - 1))))
    ranks = {}
    for place, (own, variance) in usable.items():
        below = above = 0
        for other, (log, spread) in usable.items():
            clear = z * math.sqrt(variance + spread)
            below += other != place and own - log > clear
            above += other != place and log - own > clear
        ranks[place] = (1 + below, count - above)
    return ranks
