"""The discrimination ratio: positive rate treated ÷ control; below 1 the treated arm is at a disadvantage.

Which interval? Fagerland, Lydersen and Laake (2014) recommend Tang's score interval, above all where rates are low,
and Bonett and Price's hybrid as a closed form; the log-Wald interval is here to compare with older work only.
Tang's is the default.

Without a positive reaction to the control the ratio is unbounded (inf), and with none at all undefined (nan).
"""

from __future__ import annotations

import numpy as np

from corrtest.analysis.paired.positive_rate import wilson, wilson_at
from corrtest.analysis.paired.score import ratio_root
from corrtest.analysis.paired.tables import FloatArray, Intervals, PairedTables, divide, normal_quantile


def discrimination_ratio(tables: PairedTables) -> FloatArray:
    """Compute the positives of the treated arm over those of the control arm."""
    return divide(tables.treated_positives, tables.control_positives)


def log_ratio_variance(tables: PairedTables) -> FloatArray:
    """Compute the variance of the log ratio, (b + c) / (x_control · x_treated), as pairs have it.

    The formula for independent groups, 1/x − 1/n for each arm, ignores what the arms share and is too large for
    pairs.
    """
    return divide(tables.discordant, tables.control_positives * tables.treated_positives)


def wald_log(tables: PairedTables, confidence_level: float = 0.95) -> Intervals:
    """Compute φ·exp(± z √((b + c)/(x₁x₂))); no limits where that has no width or an arm has no positive reaction."""
    value = discrimination_ratio(tables)
    with np.errstate(invalid="ignore", over="ignore"):
        half = normal_quantile(confidence_level) * np.sqrt(log_ratio_variance(tables))
        interval = Intervals(value, value * np.exp(-half), value * np.exp(half)).without_zero_width()
    usable = (tables.control_positives > 0) & (tables.treated_positives > 0)
    return Intervals(value, np.where(usable, interval.lower, np.nan), np.where(usable, interval.upper, np.nan))


def tang(tables: PairedTables, confidence_level: float = 0.95) -> Intervals:
    """Compute Tang's score interval (2003), the same as Nam and Blackwelder's (2002): the default.

    At φ = 1 its score is McNemar's, so it leaves out 1 exactly where the asymptotic test rejects.
    Coverage at 95 % where 10 or more discordant pairs are expected: 0.946 to 0.957 (analysis/calibration/exact).
    """
    z = normal_quantile(confidence_level)
    return tang_at(tables, np.full_like(tables.pairs, z))


def tang_at(tables: PairedTables, z: FloatArray) -> Intervals:
    """Compute Tang's interval at the quantile `z`, one a table."""
    value = discrimination_ratio(tables)
    return _score_interval(tables, value, z, skewness_corrected=False)


def score_skewness_corrected(tables: PairedTables, confidence_level: float = 0.95) -> Intervals:
    """Compute the skewness-corrected score interval (Laud 2017; ratesci 1.0), without its variance bias correction.

    The value is where the corrected score is 0. Without discordant pairs that holds at φ and at 1/φ; then the value
    is 1.
    """
    z = np.full_like(tables.pairs, normal_quantile(confidence_level))
    zero = np.zeros_like(z)
    value = ratio_root(tables, zero, zero, zero + np.inf, skewness_corrected=True)
    value = np.where(tables.control_only == tables.treated_only, 1.0, value)
    value = np.where(tables.control_positives == 0, np.inf, value)
    return _score_interval(tables, value, z, skewness_corrected=True)


def bonett_price(tables: PairedTables, confidence_level: float = 0.95) -> Intervals:
    """Compute the hybrid of two Wilson intervals at a reduced quantile.

    Source: Bonett and Price 2006, Biometrical Journal 48:1080; formula as in Fagerland, Lydersen and Laake 2014.
    """
    positive = tables.any_positive
    x_treated, x_control = tables.treated_positives, tables.control_positives
    joint = np.sqrt((tables.discordant + 2) / ((x_treated + 1) * (x_control + 1)))
    apart = np.sqrt((1 - (x_treated + 1) / (positive + 2)) / (x_treated + 1)) + np.sqrt(
        (1 - (x_control + 1) / (positive + 2)) / (x_control + 1)
    )
    z = normal_quantile(confidence_level) * joint / apart
    treated, control = wilson_at(x_treated, positive, z), wilson_at(x_control, positive, z)
    return Intervals(
        discrimination_ratio(tables),
        divide(treated.lower, control.upper),
        divide(treated.upper, control.lower),
    )


def mover_wilson(tables: PairedTables, confidence_level: float = 0.95) -> Intervals:
    """Recover the variance of the ratio from Wilson's limits of the two rates and their correlation.

    Source: Donner and Zou 2012, Statistical Methods in Medical Research 21:347; formula as in Fagerland et al.
    2014.
    """
    n = tables.pairs
    treated = wilson(tables.treated_positives, n, confidence_level)
    control = wilson(tables.control_positives, n, confidence_level)
    product = (
        tables.treated_positives
        * (n - tables.treated_positives)
        * tables.control_positives
        * (n - tables.control_positives)
    )
    cross = tables.both * tables.neither - tables.control_only * tables.treated_only
    correlation = np.where(product > 0, divide(cross, np.sqrt(product)), 0.0)
    p_t, p_c = treated.value, control.value
    lower = _mover_limit(
        p_t, p_c, treated.lower, control.upper, correlation * (p_t - treated.lower) * (control.upper - p_c), sign=1
    )
    upper = _mover_limit(
        p_t, p_c, treated.upper, control.lower, correlation * (treated.upper - p_t) * (p_c - control.lower), sign=-1
    )
    lower = np.maximum(lower, 0.0)
    upper = np.where((tables.control_positives == 0) | ~(upper >= 0), np.inf, upper)
    undefined = tables.any_positive == 0
    return Intervals(
        discrimination_ratio(tables),
        np.where(undefined, np.nan, lower),
        np.where(undefined, np.nan, upper),
    )


def _mover_limit(
    p_t: FloatArray, p_c: FloatArray, end_t: FloatArray, end_c: FloatArray, shared: FloatArray, *, sign: int
) -> FloatArray:
    middle = shared - p_t * p_c
    with np.errstate(invalid="ignore", divide="ignore"):
        root = np.sqrt(np.maximum(middle**2 - end_t * (2 * p_t - end_t) * end_c * (2 * p_c - end_c), 0.0))
        return np.asarray((middle + sign * root) / (end_c * (end_c - 2 * p_c)), dtype=np.float64)


def _score_interval(tables: PairedTables, value: FloatArray, z: FloatArray, *, skewness_corrected: bool) -> Intervals:
    zero = np.zeros_like(value)
    known = np.where(np.isnan(value), 1.0, value)
    lower, upper = ratio_root(
        tables.doubled(),
        np.stack([z, -z]),
        np.stack([zero, known]),
        np.stack([known, zero + np.inf]),
        skewness_corrected=skewness_corrected,
    )
    lower = np.where(tables.treated_positives == 0, 0.0, lower)
    upper = np.where(tables.control_positives == 0, np.inf, upper)
    undefined = tables.any_positive == 0
    return Intervals(
        np.where(undefined, np.nan, value),
        np.where(undefined, np.nan, lower),
        np.where(undefined, np.nan, upper),
    )
