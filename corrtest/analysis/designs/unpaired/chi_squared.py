"""Pearson's chi-squared test that both arms have the same rate.

Size with 10 or more expected positives of the treated arm: 0.046 to 0.054 (analysis/calibration/unmatched); coverage of
the intervals beside it: 0.945 to 0.958.
"""

from __future__ import annotations

import numpy as np
from scipy.special import chdtrc

from corrtest.analysis.statistics.of_arms import undefined_note
from corrtest.analysis.tables import ArmCounts, ArmTables, FloatArray, Tests, divide
from corrtest.language import keep


def chi_squared(tables: ArmTables) -> Tests:
    """Test equal rates without correction; nan where all reactions are of one kind, or an arm is empty."""
    x0, n0 = tables.control_positives, tables.control_applications
    x1, n1 = tables.treated_positives, tables.treated_applications
    pooled = divide(x0 + x1, n0 + n1)
    with np.errstate(invalid="ignore"):  # an empty arm without positives is 0 · ∞: nan, as it should be
        variance = pooled * (1 - pooled) * (divide(np.ones_like(n0), n0) + divide(np.ones_like(n1), n1))
    statistic = np.where(variance > 0, divide((divide(x1, n1) - divide(x0, n0)) ** 2, variance), np.nan)
    return Tests(statistic, np.where(np.isnan(statistic), np.nan, chdtrc(1, np.nan_to_num(statistic))))


def chi_squared_corrected(tables: ArmTables, effect: FloatArray | float = 1.0) -> Tests:
    """Test equal rates with a correction of a quarter of an application in each arm, half of Yates'.

    At the numbers of applications divided by a design effect. Pearson's test exceeds its level (up to 0.059 with 40
    applications an arm), Yates' and Fisher's are needlessly conservative (0.03); Laud (2017, Pharmaceutical Statistics
    16:334) has corrections between none and Yates' for this. Size, enumerated over rates from 0 to 1 with 10 to 200
    applications an arm: at most 0.047 at the level of 0.05 (analysis/calibration/verdict).
    """
    x0, n0 = tables.control_positives, tables.control_applications
    x1, n1 = tables.treated_positives, tables.treated_applications
    pooled = divide(x0 + x1, n0 + n1)
    with np.errstate(invalid="ignore"):
        apart = divide(np.ones_like(n0), n0) + divide(np.ones_like(n1), n1)
        variance = pooled * (1 - pooled) * apart * effect
        gap = np.maximum(np.abs(divide(x1, n1) - divide(x0, n0)) - apart * effect / 4, 0.0)
    statistic = np.where(variance > 0, divide(gap**2, variance), np.nan)
    return Tests(statistic, np.where(np.isnan(statistic), np.nan, chdtrc(1, np.nan_to_num(statistic))))


def chi_squared_note(counts: ArmCounts) -> str:
    """Say why the test is undefined."""
    return undefined_note(counts) or keep("All reactions are of one kind: the statistic is 0/0 and undefined.")
