"""Tails of the binomial distribution, for any number of trials.

The incomplete beta function is Boost's (`scipy.special.betainc`): the Cephes one behind `bdtr` loses its digits above
10⁵ trials (P(X ≤ 10⁹) of 2·10⁹ fair trials: 0.885 in place of 0.500009) and gives nan above 10¹¹.
"""

from __future__ import annotations

import numpy as np
from scipy.special import betainc

from corrtest.analysis.tables import FloatArray


def at_most(successes: FloatArray, trials: FloatArray, chance: FloatArray | float) -> FloatArray:
    """Compute P(X ≤ successes), X binomial; 0 below 0 successes, 1 from `trials` on."""
    k, n = np.rint(successes), np.rint(trials)
    inside = (k >= 0) & (k < n)
    tail = betainc(np.where(inside, n - k, 1.0), np.where(inside, k + 1, 1.0), 1 - np.asarray(chance))
    return np.where(inside, tail, np.where(k < 0, 0.0, 1.0))


def at_least(successes: FloatArray, trials: FloatArray, chance: FloatArray | float) -> FloatArray:
    """Compute P(X ≥ successes), X binomial; 1 from 0 successes down, 0 above `trials`."""
    k, n = np.rint(successes), np.rint(trials)
    inside = (k > 0) & (k <= n)
    tail = betainc(np.where(inside, k, 1.0), np.where(inside, n - k + 1, 1.0), np.asarray(chance))
    return np.where(inside, tail, np.where(k > n, 0.0, 1.0))
