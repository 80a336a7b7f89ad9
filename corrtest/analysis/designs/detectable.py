"""What a measurement of a given size could have shown: the power of McNemar's mid-p test, by enumeration.

The reader of a small cell needs this beside its result: 200 pairs at a 20 % rate find a true ratio of 0.7 in 6 of
10 measurements (within-pair correlation 0.5), so that an interval holding 1 is no surprise there.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.special import ndtr, ndtri
from scipy.stats import binom

from corrtest.analysis.statistics.mcnemar import mcnemar_midp
from corrtest.analysis.tables import PairedTables
from corrtest.errors import AnalysisError
from corrtest.language import say

# Beyond this many pairs the normal approximation is as good, and enumeration slow.
_ENUMERATED = 3000


@lru_cache(maxsize=512)
def power(pairs: int, control_rate: float, ratio: float, association: float = 0.5, alpha: float = 0.05) -> float:
    """Compute the chance that the mid-p test rejects at level `alpha`.

    Parameters
    ----------
    pairs : int
    control_rate, ratio, association : float
        Positive rate of the control arm, true discrimination ratio, and correlation between the arms of a pair;
        0.40 to 0.58 in published experiments.

    Raises
    ------
    AnalysisError
        No market has these rates and this association.
    """
    treated = control_rate * ratio
    if not (0 < control_rate < 1 and 0 < treated < 1):
        raise AnalysisError(
            say(
                "No market has a control rate of {control_rate:g} and a ratio of {ratio:g}.",
                control_rate=control_rate,
                ratio=ratio,
            )
        )
    shared = association * np.sqrt(control_rate * (1 - control_rate) * treated * (1 - treated))
    both = min(control_rate * treated + float(shared), treated, control_rate)
    p_control, p_treated = control_rate - both, treated - both
    if p_control + p_treated <= 0:
        raise AnalysisError(say("With so strong an association no pair would ever be discordant."))
    if pairs > _ENUMERATED:
        return _approximate(pairs, p_control, p_treated, alpha)
    discordant = np.arange(pairs + 1)
    weight = binom.pmf(discordant, pairs, p_control + p_treated)
    likely = weight > 1e-12
    total = 0.0
    share = p_treated / (p_control + p_treated)
    for m, w in zip(discordant[likely], weight[likely], strict=True):
        c = np.arange(m + 1, dtype=np.float64)
        tables = PairedTables.of(0.0, m - c, c, float(pairs - m) + (1.0 if m == pairs else 0.0))
        rejected = mcnemar_midp(tables).pvalue <= alpha
        total += float(w) * float(binom.pmf(np.arange(m + 1), m, share)[rejected].sum())
    return total


@lru_cache(maxsize=512)
def unmatched_power(control: int, treated: int, control_rate: float, ratio: float, alpha: float = 0.05) -> float:
    """Compute the chance that the chi-squared test of two independent arms rejects, by the normal approximation.

    Parameters
    ----------
    control, treated : int
        Applications of each arm.
    control_rate, ratio : float
        Positive rate of the control arm, and the true discrimination ratio.

    Examples
    --------
    >>> round(unmatched_power(400, 400, 0.2, 0.7), 2)
    0.62
    """
    treated_rate = control_rate * ratio
    if not (0 < control_rate < 1 and 0 < treated_rate < 1):
        raise AnalysisError(
            say(
                "No market has a control rate of {control_rate:g} and a ratio of {ratio:g}.",
                control_rate=control_rate,
                ratio=ratio,
            )
        )
    pooled = (control * control_rate + treated * treated_rate) / (control + treated)
    under_null = np.sqrt(pooled * (1 - pooled) * (1 / control + 1 / treated))
    spread = np.sqrt(control_rate * (1 - control_rate) / control + treated_rate * (1 - treated_rate) / treated)
    gap = abs(control_rate - treated_rate)
    z = -ndtri(alpha / 2)
    return float(ndtr((gap - z * under_null) / spread) + ndtr((-gap - z * under_null) / spread))


def _approximate(pairs: int, p_control: float, p_treated: float, alpha: float) -> float:
    """Connor's (1987) formula, solved for the power."""
    both, gap = p_control + p_treated, abs(p_control - p_treated)
    z = (gap * np.sqrt(pairs) + ndtri(alpha / 2) * np.sqrt(both)) / np.sqrt(both - gap**2)
    return float(ndtr(z))
