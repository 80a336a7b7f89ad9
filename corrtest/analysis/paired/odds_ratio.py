"""The conditional odds ratio, treated only ÷ control only: the odds that a pair's one positive is the treated arm's.

Every interval here is one for the share of the treated arm among the discordant pairs, π = c / (b + c), carried
over by π / (1 − π). Fagerland, Lydersen and Laake (2014) recommend Wilson's, the default. Each belongs to a form of
McNemar's test and leaves out 1 where that rejects: Wilson to the asymptotic, Clopper-Pearson to the exact, mid-p to
the mid-p form.

Without discordant pairs the odds ratio is undefined; with those of one kind alone it is 0 or unbounded.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import bdtr, bdtrc, betaincinv

from corrtest.analysis.paired.positive_rate import wilson_at as wilson_share_at
from corrtest.analysis.paired.tables import FloatArray, Intervals, PairedTables, divide, normal_quantile

_HALVINGS = 60


def odds_ratio(tables: PairedTables) -> FloatArray:
    """Compute treated only / control only."""
    return divide(tables.treated_only, tables.control_only)


def wald(tables: PairedTables, confidence_level: float = 0.95) -> Intervals:
    """Compute (c/b)·exp(± z √(1/b + 1/c)); no limits where b or c is 0."""
    value = odds_ratio(tables)
    usable = (tables.control_only > 0) & (tables.treated_only > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        half = normal_quantile(confidence_level) * np.sqrt(1 / tables.control_only + 1 / tables.treated_only)
        lower, upper = value * np.exp(-half), value * np.exp(half)
    return Intervals(value, np.where(usable, lower, np.nan), np.where(usable, upper, np.nan))


def wilson(tables: PairedTables, confidence_level: float = 0.95) -> Intervals:
    """Carry over Wilson's interval of the share: the default.

    Coverage at 95 % where 10 or more discordant pairs are expected: 0.940 to 0.962 (analysis/calibration/exact).
    """
    return wilson_at(tables, np.full_like(tables.pairs, normal_quantile(confidence_level)))


def wilson_at(tables: PairedTables, z: FloatArray) -> Intervals:
    """Carry over Wilson's interval at the quantile `z`, one a table."""
    share = wilson_share_at(tables.treated_only, tables.discordant, z)
    return _carried_over(tables, share.lower, share.upper)


def clopper_pearson(tables: PairedTables, confidence_level: float = 0.95) -> Intervals:
    """Carry over the exact interval of the share (Clopper and Pearson 1934)."""
    tail = (1 - confidence_level) / 2
    normal_quantile(confidence_level)
    b, c = tables.control_only, tables.treated_only
    lower = np.where(c > 0, betaincinv(np.maximum(c, 1), b + 1, tail), 0.0)
    upper = np.where(b > 0, betaincinv(c + 1, np.maximum(b, 1), 1 - tail), 1.0)
    return _carried_over(tables, lower, upper)


def midp(tables: PairedTables, confidence_level: float = 0.95) -> Intervals:
    """Carry over the mid-p form of the exact interval, in which the observed outcome counts half."""
    tail = (1 - confidence_level) / 2
    normal_quantile(confidence_level)
    c = tables.treated_only
    m = np.rint(tables.discordant).astype(np.int64)
    count = np.rint(c)

    def upper_tail(share: FloatArray) -> FloatArray:
        at_least = np.where(count > 0, bdtrc(np.maximum(count - 1, 0), m, share), 1.0)
        return np.asarray((at_least + bdtrc(count, m, share)) / 2)

    def lower_tail(share: FloatArray) -> FloatArray:
        below = np.where(count > 0, bdtr(np.maximum(count - 1, 0), m, share), 0.0)
        return np.asarray((bdtr(count, m, share) + below) / 2)

    lower = np.where(c > 0, _share_where(lambda share: upper_tail(share) < tail, m.shape), 0.0)
    upper = np.where(tables.control_only > 0, _share_where(lambda share: lower_tail(share) > tail, m.shape), 1.0)
    return _carried_over(tables, lower, upper)


def _share_where(holds: Callable[[FloatArray], np.ndarray], shape: tuple[int, ...]) -> FloatArray:
    """Bisect for the share up to which `holds` is true."""
    low, high = np.zeros(shape), np.ones(shape)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        inside = holds(middle)
        low, high = np.where(inside, middle, low), np.where(inside, high, middle)
    return (low + high) / 2


def _carried_over(tables: PairedTables, lower: FloatArray, upper: FloatArray) -> Intervals:
    undefined = tables.discordant == 0
    return Intervals(
        odds_ratio(tables),
        np.where(undefined, np.nan, divide(lower, 1 - lower)),
        np.where(undefined, np.nan, divide(upper, 1 - upper)),
    )
