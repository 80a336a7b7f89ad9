"""Power of a paired measurement, exact by enumeration, and the pairs needed or the ratio detected.

The McNemar tests look at discordant pairs alone: of n pairs, m ~ Bin(n, p10 + p01) are discordant, and of these
b ~ Bin(m, p10 / (p10 + p01)) favour the control arm. Power is the chance of a rejection summed over every (m, b): no
simulation, no approximation. Fagerland, Lydersen and Laake (2013), BMC Medical Research Methodology 13:91, for the
tests.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from corrtest.design import PairedRates
from corrtest.errors import DesignError, Fault
from corrtest.language import say

__all__ = ["Clustering", "connor_pairs", "detectable_ratio", "mcnemar_power", "pairs_needed", "power_curve"]

Method = Literal["mid-p", "exact"]
IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]

# The tails of m beyond this many standard deviations hold less than 1e-15.
TAIL = 9.0
# Exact power is not monotone in n: a number of pairs counts as enough when none of so many larger numbers falls short.
LOOK_AHEAD = 25
MOST_PAIRS = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Clustering:
    """Pairs per employer (on average over pairs) and the correlation between two pairs of one employer."""

    pairs_per_employer: float = 1.0
    correlation: float = 0.0

    @property
    def design_effect(self) -> float:
        """1 + (m - 1) ρ: by how much clustering widens variances (Kish 1965)."""
        return 1 + (self.pairs_per_employer - 1) * self.correlation

    def effective(self, pairs: int) -> int:
        """Return the number of independent pairs that carry as much information, rounded down."""
        return math.floor(pairs / self.design_effect + 1e-9)


INDEPENDENT = Clustering()
RATIOS = np.linspace(0.30, 1.00, 200)


@lru_cache(maxsize=8)
def _critical(most: int, alpha: float, method: Method) -> IntArray:
    """Give, for m = 0 … most discordant pairs, the largest min(b, m - b) that rejects; -1 where none does."""
    m = np.arange(most + 1)
    bound = stats.binom.ppf(min(alpha, 1.0) / 2, m, 0.5).astype(np.int64) + 2
    critical = np.full(most + 1, -1, dtype=np.int64)
    for offset in range(5):
        b = np.maximum(bound - 4 + offset, -1)
        p = 2 * stats.binom.cdf(b, m, 0.5)
        if method == "mid-p":
            p = p - stats.binom.pmf(b, m, 0.5)
        rejects = (b >= 0) & (2 * b < m) & (p <= alpha + 1e-12)
        critical = np.where(rejects, np.maximum(critical, b), critical)
    return critical


def mcnemar_power(
    pairs: int,
    rates: PairedRates,
    *,
    alpha: float = 0.05,
    method: Method = "mid-p",
    clustering: Clustering = INDEPENDENT,
) -> float:
    """Return the exact chance that the two-sided McNemar test rejects.

    Parameters
    ----------
    pairs : int
        Number of pairs.
    rates : PairedRates
    alpha : float
        Level of the two-sided test.
    method : {"mid-p", "exact"}
    clustering : Clustering
        With several pairs an employer, the power of the effective number of pairs.

    Examples
    --------
    >>> rates = PairedRates.from_ratio(0.20, 0.7, 0.7)
    >>> round(mcnemar_power(200, rates), 3), round(mcnemar_power(200, rates, method="exact"), 3)
    (0.847, 0.792)
    """
    check_numbers(pairs, alpha)
    n = clustering.effective(pairs)
    p = rates.discordant
    if p <= 0 or n == 0:
        return 0.0
    middle, spread = n * p, math.sqrt(n * p * (1 - p)) + 1
    m = np.arange(max(0, math.floor(middle - TAIL * spread)), min(n, math.ceil(middle + TAIL * spread)) + 1)
    critical = _critical(n, alpha, method)[m]
    share = rates.control_only / p
    reject = stats.binom.cdf(critical, m, share) + stats.binom.sf(m - critical - 1, m, share)
    return float(np.sum(stats.binom.pmf(m, n, p) * np.where(critical >= 0, reject, 0.0)))


def connor_pairs(rates: PairedRates, *, power: float = 0.8, alpha: float = 0.05) -> int:
    """Return the pairs needed by Connor's normal approximation, rounded up.

    n = (z_α √(p10 + p01) + z_β √(p10 + p01 - (p10 - p01)²))² ÷ (p10 - p01)². Connor (1987), Biometrics 43:207-211.
    """
    difference = rates.control_only - rates.treated_only
    if not difference:
        raise no_effect()
    z_alpha, z_beta = stats.norm.isf(alpha / 2), stats.norm.ppf(power)
    root = z_alpha * math.sqrt(rates.discordant) + z_beta * math.sqrt(rates.discordant - difference**2)
    return math.ceil(float(root**2 / difference**2))


def pairs_needed(
    rates: PairedRates,
    *,
    power: float = 0.8,
    alpha: float = 0.05,
    method: Method = "mid-p",
    clustering: Clustering = INDEPENDENT,
) -> int:
    """Return the fewest pairs from which on the exact power stays at `power` or above.

    Above 100,000 pairs Connor's approximation is given instead.
    """
    start = connor_pairs(rates, power=power, alpha=alpha)
    if start <= MOST_PAIRS:
        start = least_enough(lambda n: mcnemar_power(n, rates, alpha=alpha, method=method) >= power, start)
    return math.ceil(start * clustering.design_effect)


def least_enough(enough: Callable[[int], bool], start: int) -> int:
    """Return the smallest number from which `enough` always holds, searching from `start`."""
    low, high = max(1, start // 2), start
    while not all(enough(n) for n in range(high, high + LOOK_AHEAD)):
        low, high = high, math.ceil(high * 1.1) + 1
    while high - low > LOOK_AHEAD:
        middle = (low + high) // 2
        if all(enough(n) for n in range(middle, middle + LOOK_AHEAD)):
            high = middle
        else:
            low = middle
    while high > 1 and enough(high - 1):
        high -= 1
    return high


def detectable_ratio(
    pairs: int,
    control_rate: float,
    association: float,
    *,
    power: float = 0.8,
    alpha: float = 0.05,
    method: Method = "mid-p",
    clustering: Clustering = INDEPENDENT,
) -> float | None:
    """Return the ratio closest to 1 from below that is detected with this power; None where even 0.01 is not."""

    def shown(ratio: float) -> float:
        rates = PairedRates.from_ratio(control_rate, ratio, association)
        return mcnemar_power(pairs, rates, alpha=alpha, method=method, clustering=clustering)

    return closest_ratio(lambda ratio: shown(ratio) >= power)


def closest_ratio(shown: Callable[[float], bool]) -> float | None:
    """Return the ratio closest to 1 from below that is detected; None where even 0.01 is not."""
    low, high = 0.01, 0.9999
    if not shown(low):
        return None
    while high - low > 1e-5:
        middle = (low + high) / 2
        if shown(middle):
            low = middle
        else:
            high = middle
    return low


def power_curve(
    pairs: int,
    control_rate: float,
    association: float,
    *,
    ratios: Sequence[float] | FloatArray | None = None,
    alpha: float = 0.05,
    method: Method = "mid-p",
    clustering: Clustering = INDEPENDENT,
) -> pd.DataFrame:
    """Return the exact power over a grid of ratios (default 200 points from 0.30 to 1.00): columns ratio, power."""
    grid = RATIOS if ratios is None else np.asarray(ratios, dtype=np.float64)
    power = [
        mcnemar_power(
            pairs,
            PairedRates.from_ratio(control_rate, float(ratio), association),
            alpha=alpha,
            method=method,
            clustering=clustering,
        )
        for ratio in grid
    ]
    return pd.DataFrame({"ratio": grid, "power": power})


def check_numbers(pairs: int, alpha: float) -> None:
    """Raise DesignError for fewer than 0 pairs or a level outside (0, 1)."""
    if pairs < 0 or not 0 < alpha < 1:
        raise DesignError(
            say("No power can be computed."),
            [
                Fault(
                    given=say("{pairs} pairs, level {alpha:g}", pairs=pairs, alpha=alpha),
                    expected=say("pairs of 0 or more and a level between 0 and 1"),
                    action=say("Correct the number."),
                )
            ],
        )


def no_effect() -> DesignError:
    """Return the error to raise for a ratio of 1."""
    return DesignError(
        say("No number of pairs shows an effect that is not there."),
        [
            Fault(
                key="ratio",
                given="1",
                expected=say("a ratio other than 1"),
                action=say("Give the ratio that must be shown."),
            )
        ],
    )
