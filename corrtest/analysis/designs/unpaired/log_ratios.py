"""The log ratio of two arms counted separately, with its variance: what meta-analysis pools."""

from __future__ import annotations

import numpy as np

from corrtest.analysis.tables import BoolArray, FloatArray, divide


def log_ratio_of_independent_arms(
    control_positives: FloatArray,
    control_applications: FloatArray,
    treated_positives: FloatArray,
    treated_applications: FloatArray,
) -> tuple[FloatArray, FloatArray, BoolArray]:
    """Compute log ratios, their variances 1/x₁ − 1/n₁ + 1/x₂ − 1/n₂, and which experiments needed half a reaction.

    Where a cell of the experiment's 2×2 table is 0, half is added to all four, as metafor's `escalc` does. Without an
    application in an arm both are nan.
    """
    x0, n0, x1, n1 = (
        np.asarray(part, dtype=np.float64)
        for part in (control_positives, control_applications, treated_positives, treated_applications)
    )
    none = (n0 == 0) | (n1 == 0)
    sparse = (x0 == 0) | (x1 == 0) | (x0 == n0) | (x1 == n1)
    x0, x1 = x0 + sparse * 0.5, x1 + sparse * 0.5
    n0, n1 = n0 + sparse * 1.0, n1 + sparse * 1.0
    one = np.ones_like(x0)
    effects = np.log(divide(x1, n1)) - np.log(divide(x0, n0))
    variances = divide(one, x1) - divide(one, n1) + divide(one, x0) - divide(one, n0)
    return np.where(none, np.nan, effects), np.where(none, np.nan, variances), sparse
