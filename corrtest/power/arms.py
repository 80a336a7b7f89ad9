"""Power of an unpaired measurement: two independent binomial counts, exact by enumeration.

The power of a test is the chance of a rejection summed over every pair of counts, one an arm: no simulation, no
approximation. Fleiss, Levin and Paik (2003), Statistical Methods for Rates and Proportions, chapter 4, for the normal
approximation that the search for a sample size starts from.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import stats

from corrtest.design import PairedRates
from corrtest.power.mcnemar import (
    INDEPENDENT,
    MOST_PAIRS,
    TAIL,
    Clustering,
    check_numbers,
    least_enough,
    no_effect,
)

__all__ = ["applications_needed", "arms_power"]

Method = Literal["score", "exact"]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


def arms_power(
    per_arm: int,
    rates: PairedRates,
    *,
    alpha: float = 0.05,
    method: Method = "score",
    clustering: Clustering = INDEPENDENT,
) -> float:
    """Return the exact chance that the two-sided test of two independent rates rejects.

    Parameters
    ----------
    per_arm : int
        Applications of each arm.
    rates : PairedRates
        Only its two rates count: the arms are independent.
    method : {"score", "exact"}
        The score test (Pearson's chi-squared without correction), or Fisher's exact test.
    clustering : Clustering
        With several applications an employer, the power of the effective number.

    Examples
    --------
    >>> rates = PairedRates.from_ratio(0.20, 0.5, 0.0)
    >>> round(arms_power(200, rates), 3), round(arms_power(200, rates, method="exact"), 3)
    (0.807, 0.769)
    """
    check_numbers(per_arm, alpha)
    n = clustering.effective(per_arm)
    if n == 0:
        return 0.0
    control, treated = _likely(n, rates.control_rate), _likely(n, rates.treated_rate)
    rejects = _score_rejects if method == "score" else _fisher_rejects
    chance = np.outer(stats.binom.pmf(control, n, rates.control_rate), stats.binom.pmf(treated, n, rates.treated_rate))
    return float(np.sum(chance * rejects(control[:, None], treated[None, :], n, alpha)))


def _likely(n: int, rate: float) -> IntArray:
    """Return the counts out of which a binomial count falls with a chance below 1e-15."""
    middle, spread = n * rate, math.sqrt(n * rate * (1 - rate)) + 1
    return np.arange(max(0, math.floor(middle - TAIL * spread)), min(n, math.ceil(middle + TAIL * spread)) + 1)


def _score_rejects(control: IntArray, treated: IntArray, n: int, alpha: float) -> BoolArray:
    """Tell where Pearson's chi-squared rejects; equal counts never do."""
    total = control + treated
    spread = total * (2 * n - total) / (2 * n)
    statistic = (control - treated) ** 2 / np.where(spread > 0, spread, 1)
    rejected: BoolArray = statistic >= stats.chi2.isf(alpha, 1)
    return rejected


def _fisher_rejects(control: IntArray, treated: IntArray, n: int, alpha: float) -> BoolArray:
    """Tell where Fisher's exact test rejects: the chances of all tables no likelier than the observed one add up."""
    total = control + treated
    rejected = np.zeros(total.shape, dtype=np.bool_)
    for number in np.unique(total):
        inside = total == number
        count = np.arange(max(0, number - n), min(n, number) + 1)
        chance = stats.hypergeom.pmf(count, 2 * n, n, number)
        order = np.sort(chance)
        # Tables of equal chance differ by rounding alone.
        upto = np.searchsorted(order, chance * (1 + 1e-9), side="right")
        pvalue = np.cumsum(order)[upto - 1]
        rejected[inside] = (pvalue <= alpha)[np.broadcast_to(control, total.shape)[inside] - count[0]]
    return rejected


def applications_needed(
    rates: PairedRates,
    *,
    power: float = 0.8,
    alpha: float = 0.05,
    method: Method = "score",
    clustering: Clustering = INDEPENDENT,
) -> int:
    """Return the fewest applications, both arms together, from which on the exact power stays at `power` or above.

    Above 100,000 an arm the normal approximation is given instead.
    """
    one, other = rates.control_rate, rates.treated_rate
    if abs(one - other) < 1e-12:
        raise no_effect()
    mean = (one + other) / 2
    z_alpha, z_beta = stats.norm.isf(alpha / 2), stats.norm.ppf(power)
    root = z_alpha * math.sqrt(2 * mean * (1 - mean)) + z_beta * math.sqrt(one * (1 - one) + other * (1 - other))
    start = math.ceil(float(root**2 / (one - other) ** 2))
    if start <= MOST_PAIRS:
        start = least_enough(lambda n: arms_power(n, rates, alpha=alpha, method=method) >= power, start)
    return 2 * math.ceil(start * clustering.design_effect)
