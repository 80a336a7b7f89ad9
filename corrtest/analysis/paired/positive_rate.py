"""Positive rates of an arm with Wilson's interval."""

from __future__ import annotations

import numpy as np

from corrtest.analysis.paired.tables import FloatArray, Intervals, PairedTables, divide, normal_quantile


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


def positive_rate_control(tables: PairedTables, confidence_level: float = 0.95) -> Intervals:
    """Compute the control arm's positive rate over all pairs, with Wilson's interval."""
    return wilson(tables.control_positives, tables.pairs, confidence_level)


def positive_rate_treated(tables: PairedTables, confidence_level: float = 0.95) -> Intervals:
    """Compute the treated arm's positive rate over all pairs, with Wilson's interval."""
    return wilson(tables.treated_positives, tables.pairs, confidence_level)
