"""Rates, difference and ratio of two arms counted separately: arrays of tables in, arrays out.

Intervals are Newcombe's hybrid score for the difference (1998, Statistics in Medicine 17:873, method 10) and its
counterpart for the ratio (Donner and Zou 2012, Statistical Methods in Medical Research 21:347), both made of Wilson's
limits. Where employers got applications of both arms, the correlation of the two rates enters as in those papers.
The test is the chi-squared test without correction. Coverage at 95 % with 10 or more expected positives of the treated
arm: 0.945 to 0.958; size of the test 0.046 to 0.054 (analysis/calibration/unmatched).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import chdtrc

from corrtest.analysis.arms import ArmTables
from corrtest.analysis.paired.positive_rate import wilson_adjusted_at, wilson_at
from corrtest.analysis.paired.tables import FloatArray, Intervals, Tests, divide

METHODS = {
    "positive_rate_control": "wilson_adjusted",
    "positive_rate_treated": "wilson_adjusted",
    "rate_difference": "newcombe_independent",
    "discrimination_ratio": "mover_wilson_independent",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Precision:
    """What the intervals rest on: design effects of both arms, correlation of their rates, and the quantiles."""

    control_effect: FloatArray
    treated_effect: FloatArray
    correlation: FloatArray
    control_quantile: FloatArray
    treated_quantile: FloatArray
    joint_quantile: FloatArray

    @classmethod
    def independent(cls, tables: ArmTables, z: float) -> Precision:
        """Return the precision of applications that are all independent of each other."""
        one, zero = np.ones_like(tables.applications), np.zeros_like(tables.applications)
        return cls(
            control_effect=one,
            treated_effect=one,
            correlation=zero,
            control_quantile=one * z,
            treated_quantile=one * z,
            joint_quantile=one * z,
        )


def intervals(tables: ArmTables, precision: Precision) -> dict[str, Intervals]:
    """Return the interval of each estimate; nan where an arm has no application."""
    control = _Arm(tables.control_positives, tables.control_applications, precision.control_effect)
    treated = _Arm(tables.treated_positives, tables.treated_applications, precision.treated_effect)
    low, high = (arm.limits(wilson_at, precision.joint_quantile) for arm in (control, treated))
    return {
        "positive_rate_control": control.limits(wilson_adjusted_at, precision.control_quantile),
        "positive_rate_treated": treated.limits(wilson_adjusted_at, precision.treated_quantile),
        "rate_difference": _difference(low, high, precision.correlation),
        "discrimination_ratio": _ratio(low, high, precision.correlation),
    }


class _Arm(NamedTuple):
    positives: FloatArray
    applications: FloatArray
    effect: FloatArray

    def limits(self, method: Callable[[FloatArray, FloatArray, FloatArray], Intervals], z: FloatArray) -> Intervals:
        """Return the rate with its limits at the effective number of applications."""
        usable = (self.applications > 0) & np.isfinite(z)
        found = method(
            np.where(usable, self.positives, 0.0) / self.effect,
            np.where(usable, self.applications, 1.0) / self.effect,
            np.where(usable, z, 1.0),
        )
        return Intervals(
            divide(self.positives, self.applications),
            np.where(usable, found.lower, np.nan),
            np.where(usable, found.upper, np.nan),
        )


def at(found: Intervals, place: int) -> tuple[float, float, float]:
    """Return value and limits of one table."""
    return float(found.value[place]), float(found.lower[place]), float(found.upper[place])


def chi_squared(tables: ArmTables) -> Tests:
    """Test equal rates by Pearson's chi-squared; nan where all reactions are of one kind, or an arm is empty."""
    x0, n0 = tables.control_positives, tables.control_applications
    x1, n1 = tables.treated_positives, tables.treated_applications
    pooled = divide(x0 + x1, n0 + n1)
    with np.errstate(invalid="ignore"):  # an empty arm without positives is 0 · ∞: nan, as it should be
        variance = pooled * (1 - pooled) * (divide(np.ones_like(n0), n0) + divide(np.ones_like(n1), n1))
    statistic = np.where(variance > 0, divide((divide(x1, n1) - divide(x0, n0)) ** 2, variance), np.nan)
    return Tests(statistic, np.where(np.isnan(statistic), np.nan, chdtrc(1, np.nan_to_num(statistic))))


def _difference(control: Intervals, treated: Intervals, correlation: FloatArray) -> Intervals:
    value = treated.value - control.value
    down, up = treated.value - treated.lower, control.upper - control.value
    lower = value - np.sqrt(np.maximum(down**2 + up**2 - 2 * correlation * down * up, 0.0))
    up, down = treated.upper - treated.value, control.value - control.lower
    upper = value + np.sqrt(np.maximum(up**2 + down**2 - 2 * correlation * up * down, 0.0))
    return Intervals(value, lower, upper)


def _ratio(control: Intervals, treated: Intervals, correlation: FloatArray) -> Intervals:
    value = divide(treated.value, control.value)
    with np.errstate(divide="ignore", invalid="ignore"):
        lower = _limit(control, treated, treated.lower, control.upper, correlation, -1.0)
        upper = _limit(control, treated, treated.upper, control.lower, correlation, 1.0)
    upper = np.where(control.value == 0, np.inf, upper)
    lower = np.where(treated.value == 0, 0.0, lower)
    undefined = ~(treated.value + control.value > 0) | np.isnan(control.lower + treated.lower)
    return Intervals(value, np.where(undefined, np.nan, lower), np.where(undefined, np.nan, upper))


def _limit(
    control: Intervals, treated: Intervals, mine: FloatArray, theirs: FloatArray, correlation: FloatArray, sign: float
) -> FloatArray:
    """Solve for one limit of treated ÷ control, given the limit of each rate that it is made of (Donner and Zou)."""
    # The sign of the product of the two departures is negative: one limit is below its rate, the other above.
    shared = correlation * (mine - treated.value) * (control.value - theirs)
    product = treated.value * control.value - shared
    inner = product**2 - mine * theirs * (2 * treated.value - mine) * (2 * control.value - theirs)
    return np.asarray((product + sign * np.sqrt(np.maximum(inner, 0.0))) / (theirs * (2 * control.value - theirs)))
