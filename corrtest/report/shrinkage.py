"""Shrunken ratios: each group's log ratio drawn towards the common mean, the more so the less it rests on.

Random-effects model y_i ~ N(μ, v_i + τ²) with the paired variance v = (b + c)/(x₁x₂) of a log ratio, τ² by Paule and
Mandel (1982, J. Res. NBS 87:377), posterior mean (τ²·y + v·μ)/(τ² + v).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from scipy.optimize import brentq
from scipy.stats import norm


@dataclass(frozen=True, slots=True, kw_only=True)
class Shrunken:
    """One group's shrunken ratio with its interval, and the weight (0 to 1) that its own data got."""

    value: float
    lower: float
    upper: float
    weight: float


def paired_log_variance(both: int, control_only: int, treated_only: int) -> float | None:
    """Return (b + c)/(x₁x₂), the variance of a paired log ratio; None where it is undefined or zero."""
    control, treated = both + control_only, both + treated_only
    if not control or not treated or not control_only + treated_only:
        return None
    return (control_only + treated_only) / (control * treated)


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
