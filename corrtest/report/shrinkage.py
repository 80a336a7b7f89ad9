"""Shrunken ratios: each group's log ratio drawn towards the common mean, the more so the less it rests on.

Random-effects model y_i ~ N(μ, v_i + τ²) with v_i from the released interval, τ² by Paule and Mandel (1982, J. Res.
NBS 87:377), posterior mean (τ²·y + v·μ)/(τ² + v).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from scipy.optimize import brentq
from scipy.stats import norm

from corrtest.disclosure import Release


@dataclass(frozen=True, slots=True, kw_only=True)
class Shrunken:
    """One group's shrunken ratio with its interval, and the weight (0 to 1) that its own data got."""

    value: float
    lower: float
    upper: float
    weight: float


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


def between_variance(logs: Sequence[float], variances: Sequence[float]) -> float:
    """Return τ² by Paule and Mandel: the value at which the generalised Q equals its degrees of freedom."""

    def excess(tau2: float) -> float:
        weights = [1 / (v + tau2) for v in variances]
        mean = sum(w * y for w, y in zip(weights, logs, strict=True)) / sum(weights)
        return sum(w * (y - mean) ** 2 for w, y in zip(weights, logs, strict=True)) - (len(logs) - 1)

    if len(logs) < 2 or excess(0.0) <= 0:
        return 0.0
    high = 1.0
    while excess(high) > 0:
        high *= 2
    return float(brentq(excess, 0.0, high))


def shrink(logs: Sequence[float], variances: Sequence[float], confidence_level: float) -> tuple[Shrunken, ...]:
    """Return each group's shrunken ratio.

    The interval adds the uncertainty of the common mean: var = v·B + (1 − B)²·var(μ), B = τ²/(τ² + v).
    """
    tau2 = between_variance(logs, variances)
    weights = [1 / (v + tau2) for v in variances]
    mean = sum(w * y for w, y in zip(weights, logs, strict=True)) / sum(weights)
    z = float(norm.ppf(0.5 + confidence_level / 2))
    shrunken = []
    for y, v in zip(logs, variances, strict=True):
        own = tau2 / (tau2 + v)
        centre = own * y + (1 - own) * mean
        half = z * math.sqrt(own * v + (1 - own) ** 2 / sum(weights))
        shrunken.append(
            Shrunken(value=math.exp(centre), lower=math.exp(centre - half), upper=math.exp(centre + half), weight=own)
        )
    return tuple(shrunken)


def shrunken_by_release(releases: Sequence[Release]) -> dict[int, Shrunken]:
    """Return position → shrunken ratio for the releases with a defined variance; empty below three of them."""
    usable = [(place, found) for place, release in enumerate(releases) if (found := log_and_variance(release))]
    if len(usable) < 3:
        return {}
    ratio = releases[usable[0][0]].estimate("discrimination_ratio")
    level = ratio.confidence_level if ratio else 0.95
    shrunken = shrink([found[0] for _, found in usable], [found[1] for _, found in usable], level)
    return {place: value for (place, _), value in zip(usable, shrunken, strict=True)}


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
