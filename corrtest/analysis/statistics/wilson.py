"""Wilson's interval of a proportion, and its adjusted form.

Which interval? What a rate's interval covers swings with the number of positives, for every method that draws no lots
(Brown, Cai and DasGupta 2001, Statistical Science 16:101). Enumerated exactly over 50 to 800 pairs and all rates of
which 10 or more positives are expected (analysis/calibration/exact), Wilson's covers 0.932 to 0.967. With an
adjustment of 0.2 of a reaction it covers 0.940 to 0.972, and 0.940 to 0.970 from 15 expected positives on: the
default. What counts for a rate is the number of positives (and of other reactions), not that of discordant pairs.
"""

from __future__ import annotations

import numpy as np

from corrtest.analysis.tables import FloatArray, Intervals, divide, normal_quantile

# Reactions by which each limit is moved outwards: the full correction for continuity, 0.5, covers far more than asked.
ADJUSTMENT = 0.2


def wilson(positives: FloatArray, trials: FloatArray, confidence_level: float = 0.95) -> Intervals:
    """Compute proportions with Wilson's score interval.

    Source: Wilson 1927; recommended for one proportion by Brown, Cai and DasGupta 2001. Trials may be fractional,
    as an effective number of pairs is; without trials everything is nan.
    """
    return wilson_at(positives, trials, np.asarray(normal_quantile(confidence_level)))


def wilson_at(positives: FloatArray, trials: FloatArray, z: FloatArray) -> Intervals:
    """Compute Wilson's interval at the quantile `z`, one for all or one a table."""
    rate = divide(positives, trials)
    with np.errstate(invalid="ignore", divide="ignore"):
        centre = (2 * positives + z**2) / (2 * (trials + z**2))
        half = z * np.sqrt(z**2 + 4 * positives * (1 - rate)) / (2 * (trials + z**2))
        # At the ends the limit is exactly 0 or 1; subtraction leaves 1e-17 and a rate outside its own interval.
        lower = np.where(positives == 0, 0.0, np.maximum(centre - half, 0.0))
        upper = np.where(positives == trials, 1.0, np.minimum(centre + half, 1.0))
    empty = trials == 0
    return Intervals(rate, np.where(empty, np.nan, lower), np.where(empty, np.nan, upper))


def wilson_adjusted_at(positives: FloatArray, trials: FloatArray, z: FloatArray) -> Intervals:
    """Compute Wilson's interval with an adjustment for continuity, at the quantile `z`.

    The limits are those p at which (|x − n·p| − 0.2) / √(n·p·(1 − p)) equals z. Newcombe (1998, Statistics in Medicine
    17:857, method 4) has 0.5 in place of 0.2; smaller amounts as in R's ratesci and proportion.
    """
    lower = wilson_at(np.maximum(positives - ADJUSTMENT, 0.0), trials, z).lower
    upper = wilson_at(np.minimum(positives + ADJUSTMENT, trials), trials, z).upper
    return Intervals(divide(positives, trials), lower, upper)
