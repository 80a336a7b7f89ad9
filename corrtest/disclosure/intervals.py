"""Estimates from published counts, with intervals widened for the noise and for employers with several pairs.

Nothing here reads the true counts: what a reader gets is a function of published counts and of facts of the design.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping, Sequence

from scipy.stats import norm

from corrtest.analysis import ESTIMATORS, ArmCounts, Estimate, PairedCounts, PairedTables, unmatched

_CELLS = ("both", "control_only", "treated_only", "neither")

_RATIOS = frozenset({"discrimination_ratio", "odds_ratio"})
_RANGE: Mapping[str, tuple[float, float]] = {
    "positive_rate_control": (0.0, 1.0),
    "positive_rate_treated": (0.0, 1.0),
    "rate_difference": (-1.0, 1.0),
    "net_discrimination_rate": (-1.0, 1.0),
    "discrimination_ratio": (0.0, math.inf),
    "odds_ratio": (0.0, math.inf),
}


def design_effect(pairs: int, employers: int | None, largest: int | None, correlation: float) -> float:
    """Return 1 + (m − 1)·ρ, the factor on a variance for pairs of the same employer.

    m = Σk²/Σk over employers with k pairs is not known here; taken is the most that it can be when no employer has more
    than `largest` pairs.
    """
    if not employers or not largest or largest < 2 or employers >= pairs:
        return 1.0
    full = (pairs - employers) / (largest - 1)
    squares = full * largest**2 + (employers - full)
    return 1 + (squares / pairs - 1) * correlation


def protected_estimates(
    counts: Sequence[PairedCounts | ArmCounts],
    *,
    noise_variances: Sequence[float],
    effects: Sequence[float],
    confidence_level: float,
) -> list[tuple[Estimate, ...]]:
    """Return the default estimates of each table of counts, every interval widened.

    Parameters
    ----------
    counts : sequence of PairedCounts or of ArmCounts
        Published counts; all tables are estimated at once.
    noise_variances : sequence of float
        Variance of the noise on each of a table's noisy counts.
    effects : sequence of float
        See `design_effect`.
    """
    made = _plain(counts, confidence_level)
    return [
        tuple(_widened(estimate, table, variance, effect) for estimate in estimates)
        for table, estimates, variance, effect in zip(counts, made, noise_variances, effects, strict=True)
    ]


def _plain(counts: Sequence[PairedCounts | ArmCounts], confidence_level: float) -> list[list[Estimate]]:
    """Return the default estimates of each table as if its counts were exact and its pairs independent."""
    if any(isinstance(table, ArmCounts) for table in counts):
        return [_arm_estimates(table, confidence_level) if isinstance(table, ArmCounts) else [] for table in counts]
    pairs = [table for table in counts if not isinstance(table, ArmCounts)]
    tables = PairedTables.of(*([getattr(c, name) for c in pairs] for name in _CELLS))
    made: list[list[Estimate]] = [[] for _ in pairs]
    for name in _GRADIENTS:
        method, estimator = next(iter(ESTIMATORS[name].items()))
        intervals = estimator(tables, confidence_level)
        for place, (value, lower, upper) in enumerate(zip(*intervals, strict=True)):
            made[place].append(
                Estimate(
                    name=name,
                    value=_finite(value),
                    lower=_finite(lower),
                    upper=_finite(upper),
                    confidence_level=confidence_level,
                    method=method,
                    note=None if math.isfinite(value) else "Not defined for these counts.",
                )
            )
    return made


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _arm_estimates(counts: ArmCounts, confidence_level: float) -> list[Estimate]:
    if not counts.control_applications or not counts.treated_applications:
        return []  # too small to show, and without an arm there is nothing to estimate
    found = unmatched(
        counts.control_positive,
        counts.control_applications,
        counts.treated_positive,
        counts.treated_applications,
        confidence_level=confidence_level,
    )
    return list(found.estimates)


def _squared_slopes(counts: PairedCounts | ArmCounts, name: str) -> float:
    """Return the sum of the squared derivatives of an estimate's (log) value by the noisy counts."""
    return _ARM_GRADIENTS[name](counts) if isinstance(counts, ArmCounts) else _GRADIENTS[name](counts)


def _widened(estimate: Estimate, counts: PairedCounts | ArmCounts, noise_variance: float, effect: float) -> Estimate:
    value, lower, upper = estimate.value, estimate.lower, estimate.upper
    if value is None or lower is None or upper is None:
        return estimate
    forward, backward = (_log, math.exp) if estimate.name in _RATIOS else (float, float)
    low, middle, high = forward(lower), forward(value), forward(upper)
    if not all(map(math.isfinite, (low, middle, high))) or high <= low:
        return estimate
    z = float(norm.ppf(0.5 + estimate.confidence_level / 2))
    spread = (high - low) / (2 * z)
    factor = math.sqrt(effect + noise_variance * _squared_slopes(counts, estimate.name) / spread**2)
    if factor <= 1:
        return estimate
    least, most = _RANGE[estimate.name]
    return dataclasses.replace(
        estimate,
        lower=max(least, backward(middle - factor * (middle - low))),
        upper=min(most, backward(middle + factor * (high - middle))),
        method=f"{estimate.method}_widened",
        note=f"Interval widened {factor:.2f} times to protect employers.",
    )


def _log(value: float) -> float:
    return math.log(value) if value > 0 else -math.inf


def _sum_of_squares(*parts: float) -> float:
    return sum(part * part for part in parts)


def _rate(counts: PairedCounts) -> float:
    return 2 / counts.pairs**2


def _ratio(counts: PairedCounts) -> float:
    control, treated = counts.both + counts.control_only, counts.both + counts.treated_only
    return _sum_of_squares(1 / treated, 1 / control, 1 / treated - 1 / control)


def _net(counts: PairedCounts) -> float:
    any_positive, net = counts.any_positive, counts.control_only - counts.treated_only
    slope = net / any_positive**2
    return _sum_of_squares(1 / any_positive - slope, 1 / any_positive + slope, slope)


def _odds(counts: PairedCounts) -> float:
    return _sum_of_squares(1 / counts.treated_only, 1 / counts.control_only)


# Estimate → sum of the squared derivatives of its (log) value by the noisy counts.
_GRADIENTS: Mapping[str, Callable[[PairedCounts], float]] = {
    "positive_rate_control": _rate,
    "positive_rate_treated": _rate,
    "rate_difference": _rate,
    "discrimination_ratio": _ratio,
    "net_discrimination_rate": _net,
    "odds_ratio": _odds,
}


def _arm_ratio(counts: ArmCounts) -> float:
    return _sum_of_squares(1 / counts.treated_positive, 1 / counts.control_positive)


_ARM_GRADIENTS: Mapping[str, Callable[[ArmCounts], float]] = {
    "positive_rate_control": lambda counts: 1 / counts.control_applications**2,
    "positive_rate_treated": lambda counts: 1 / counts.treated_applications**2,
    "rate_difference": lambda counts: 1 / counts.control_applications**2 + 1 / counts.treated_applications**2,
    "discrimination_ratio": _arm_ratio,
}
