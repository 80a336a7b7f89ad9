"""One measurement, paired or not: what its pairs or applications show, how many it takes, and what it tells apart.

What is shown is what will be published: the verdict on the counts, with its test, its interval, what both allow for
employers with several pairs, the level that is left after adjustment for the number of tests, and any noise. The same
questions have one answer for pairs and for single applications. The log ratio's variance is one formula for both: of
independent arms the correlation within a pair is 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from corrtest.analysis import design_effect
from corrtest.design import PairedRates
from corrtest.disclosure import Noise
from corrtest.errors import DesignError, Fault
from corrtest.language import say
from corrtest.power import precision
from corrtest.power.chances import (
    Chances,
    Sizes,
    TwoByTwo,
    arm_chances,
    capped_sizes,
    pair_chances,
    pairs_in,
    scaled_sizes,
)
from corrtest.power.decision import Decision
from corrtest.power.family import Levels

__all__ = ["Employers", "Measurement"]

FloatArray = npt.NDArray[np.float64]

RATIOS = np.linspace(0.30, 1.00, 200)
# Power is not monotone in the number of pairs: a number counts as enough when none of so many larger ones falls short.
LOOK_AHEAD = 25
# Above this many it is found to half a per cent.
TO_THE_PAIR = 1_000
MOST_PAIRS = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Employers:
    """How the pairs of a measurement spread over employers, and how alike the pairs of one employer are answered.

    Parameters
    ----------
    cap : int
        Pairs of each employer, at worst, where no plan says more.
    sizes : mapping of pairs to employers, optional
        As the plan has them; another number of pairs is spread in the same proportions.
    correlation : float
        ρ between two pairs of one employer, as it is supposed to be.
    allowed : float
        ρ that the published interval and test allow for, as preregistered.
    """

    cap: int = 1
    sizes: Sizes | None = field(default=None, hash=False)
    correlation: float = 0.0
    allowed: float = 0.0

    def spread(self, pairs: int) -> Sizes:
        """Return how many employers have how many of so many pairs."""
        if self.sizes is None:
            return capped_sizes(pairs, self.cap)
        return self.sizes if pairs_in(self.sizes) == pairs else scaled_sizes(self.sizes, pairs)

    @property
    def design_effect(self) -> float:
        """What the published interval and test allow for: 1 + (m − 1)·ρ."""
        return design_effect({self.cap: 1} if self.sizes is None else self.sizes, self.allowed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """What is assumed of one measurement, and how it is published.

    A `count` is a number of pairs; in an unpaired design a number of applications, half of them of each arm. `levels`
    are those that the test must meet after adjustment, with their weights; None where it stands alone. `noise` is
    the covariance of the noise on the published counts, None where they are exact.
    """

    pairing: Literal["paired", "unpaired"]
    control_rate: float
    ratio: float
    association: float
    alpha: float = 0.05
    employers: Employers = Employers()
    levels: Levels | None = None
    noise: Noise | None = None

    def __post_init__(self) -> None:
        if not 0 < self.alpha < 1:
            raise DesignError(
                say("No power can be computed."),
                [
                    Fault(
                        key="alpha",
                        given=f"{self.alpha:g}",
                        expected=say("a level between 0 and 1"),
                        action=say("Give a level such as 0.05."),
                    )
                ],
            )
        if self.pairing == "unpaired":
            object.__setattr__(self, "association", 0.0)

    @property
    def rates(self) -> PairedRates:
        """The rates assumed."""
        return PairedRates.from_ratio(self.control_rate, self.ratio, self.association)

    @property
    def _weight(self) -> int:
        """How much of `count` makes one comparison of the two arms: a pair, or two applications."""
        return 2 if self.pairing == "unpaired" else 1

    def chances(self, count: int) -> Chances:
        """Return the chance of each table of counts that decides."""
        rates, sizes = self.rates, self.employers.spread(count)
        correlation = self.employers.correlation
        if self.pairing == "paired":
            return pair_chances(rates.control_only, rates.treated_only, sizes, correlation, self._noise_of(1, 2))
        arm = scaled_sizes(_halved(sizes), count // 2)
        return arm_chances(rates.control_rate, rates.treated_rate, arm, arm, correlation, self._noise_of(0, 2))

    def decision(self, count: int) -> Decision:
        """Return how the verdict on such a table is made."""
        each = count // self._weight
        return Decision(
            pairing=self.pairing,
            control=each,
            treated=each,
            both=round(each * self.rates.both),
            design_effect=self.employers.design_effect,
            noise=self.noise,
            confidence_level=1 - self.alpha,
        )

    def power(self, count: int) -> float:
        """Return the exact chance that the published verdict is the true one.

        That is a disadvantage where the ratio is not above 1, else an advantage.

        Examples
        --------
        >>> measured = Measurement(pairing="paired", control_rate=0.2, ratio=0.7, association=0.7)
        >>> round(measured.power(200), 3)
        0.847
        """
        if count < 0:
            raise DesignError(
                say("No power can be computed."),
                [Fault(given=str(count), expected=say("0 pairs or more"), action=say("Correct the number."))],
            )
        if count // self._weight == 0:
            return 0.0
        levels = self.levels or ((self.alpha, 1.0),)
        return self.decision(count).chance(self.chances(count), levels, lower=self.ratio <= 1)

    def needed(self, target: float = 0.8) -> int:
        """Return the count from which on the power stays at `target` or above; above 1,000 to half a per cent.

        Raises
        ------
        DesignError
            The ratio is 1.
        """
        rates = self.rates
        if abs(rates.control_rate - rates.treated_rate) < 1e-12:
            raise no_effect()
        level = min(level for level, _ in self.levels) if self.levels else self.alpha
        start = connor_pairs(rates, power=target, alpha=level)
        if start <= MOST_PAIRS:
            start = least_enough(lambda n: self.power(n * self._weight) >= target, start)
        else:
            start = math.ceil(start * self.employers.design_effect)
        return start * self._weight

    def detectable(self, count: int, target: float = 0.8) -> float | None:
        """Return the ratio closest to 1 from below that is shown with power `target`; None where even 0.01 is not."""
        return closest_ratio(lambda ratio: replace(self, ratio=ratio).power(count) >= target)

    @property
    def pair_variance(self) -> float:
        """Variance of the published log ratio of one pair, or of one application of each arm, without noise."""
        return self.rates.log_ratio_variance * self.employers.design_effect

    @property
    def noise_variance(self) -> float:
        """What noise on the counts adds to that variance, times the number squared."""
        if self.noise is None:
            return 0.0
        control, treated = 1 / self.rates.control_rate, 1 / self.rates.treated_rate
        paired = (treated - control, -control, treated, 0.0)
        slopes = np.array(paired if self.pairing == "paired" else (-control, 0.0, treated, 0.0))
        return float(slopes @ np.array(self.noise) @ slopes)

    @property
    def noise_sd(self) -> float:
        """The largest standard deviation of the noise on a published count; 0 where counts are exact."""
        return 0.0 if self.noise is None else math.sqrt(max(np.diag(np.array(self.noise))))

    def _noise_of(self, first: int, second: int) -> TwoByTwo | None:
        """Return the covariance of the noise on two of the counts."""
        if self.noise is None:
            return None
        one, other = self.noise[first], self.noise[second]
        return (one[first], one[second]), (other[first], other[second])

    def _variance(self, count: float) -> float:
        """Return the variance of the published log ratio."""
        each = count / self._weight
        return self.pair_variance / each + self.noise_variance / each**2

    def width(self, count: int) -> float:
        """Return the expected width of the published interval for the ratio."""
        return precision.ratio_width(self.ratio, self._variance(count), 1 - self.alpha) if count else math.inf

    def needed_for_width(self, width: float) -> int:
        """Return the count whose interval for the ratio is expected to be no wider than `width`."""
        precision.check_width(width)
        low, high = 0, 1
        while self.width(high * self._weight) > width:
            low, high = high, 2 * high
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self.width(middle * self._weight) <= width else (middle, high)
        return high * self._weight

    def change_power(
        self, count: int, second: Measurement, second_count: int, comparisons: int = 1, levels: Levels | None = None
    ) -> float:
        """Return the power to tell this ratio from that of a follow-up or of another sector.

        Parameters
        ----------
        comparisons : int
            Number of such comparisons that are adjusted together. The first step of Holm's method tests at alpha ÷
            comparisons, which is what is used: the power is that of the comparison at worst.
        levels : tuple of (level, weight), optional
            What the others of the family leave, where something is supposed of them.
        """
        precision.check_change(count, second_count, comparisons)
        at_worst = ((self.alpha / comparisons, 1.0),)
        return precision.change_power(self.change_statistic(count, second, second_count), levels or at_worst)

    def change_statistic(self, count: int, second: Measurement, second_count: int) -> float:
        """Return the mean of the normal statistic by which the two are told apart."""
        variance = self._variance(count) + second._variance(second_count)
        return precision.expected_statistic(self.ratio, second.ratio, variance)

    def detectable_change(
        self, count: int, second_count: int, target: float = 0.8, comparisons: int = 1
    ) -> float | None:
        """Return the smallest higher ratio of a second measurement that is told apart with power `target`, or None."""

        def told(ratio: float) -> bool:
            return self.change_power(count, replace(self, ratio=ratio), second_count, comparisons) >= target

        low, high = self.ratio, min(20.0, (1 - 1e-6) / self.control_rate)
        if high <= low or not told(high):
            return None
        while high - low > 1e-5:
            middle = (low + high) / 2
            low, high = (low, middle) if told(middle) else (middle, high)
        return high

    def needed_for_change(self, second: Measurement, target: float = 0.8, comparisons: int = 1) -> int:
        """Return the count that each of the two measurements needs to tell their ratios apart."""
        precision.check_apart(self.ratio, second.ratio)
        low, high = 0, 16
        while self.change_power(high * self._weight, second, high * self._weight, comparisons) < target:
            low, high = high, 2 * high
        while high - low > 1:
            middle = (low + high) // 2
            told = self.change_power(middle * self._weight, second, middle * self._weight, comparisons) >= target
            low, high = (low, middle) if told else (middle, high)
        return high * self._weight

    def curve(self, count: int, ratios: Sequence[float] | None = None) -> pd.DataFrame:
        """Return the exact power over a grid of ratios (default 200 points from 0.30 to 1.00): columns ratio, power."""
        grid = RATIOS if ratios is None else np.asarray(ratios, dtype=np.float64)
        powers = [replace(self, ratio=float(ratio)).power(count) for ratio in grid]
        return pd.DataFrame({"ratio": grid, "power": powers})


def connor_pairs(rates: PairedRates, *, power: float = 0.8, alpha: float = 0.05) -> int:
    """Return the pairs needed by Connor's normal approximation, rounded up: where a search starts.

    n = (z_α √(p10 + p01) + z_β √(p10 + p01 - (p10 - p01)²))² ÷ (p10 - p01)². Connor (1987), Biometrics 43:207-211.
    """
    difference = rates.control_only - rates.treated_only
    if not difference:
        raise no_effect()
    z_alpha, z_beta = stats.norm.isf(alpha / 2), stats.norm.ppf(power)
    root = z_alpha * math.sqrt(rates.discordant) + z_beta * math.sqrt(rates.discordant - difference**2)
    return math.ceil(float(root**2 / difference**2))


def least_enough(enough: Callable[[int], bool], start: int) -> int:
    """Return the smallest number from which `enough` always holds, searching from `start`."""
    ahead = (0, 1, 2, 4, 8, 16, LOOK_AHEAD - 1)
    low, high = 0, max(start, 1)
    while not all(enough(high + more) for more in ahead):
        low, high = high, math.ceil(high * 1.15) + 1
    if not low:
        while high > 2 and all(enough(int(high / 1.3) + more) for more in ahead):
            high = int(high / 1.3)
        low = int(high / 1.3)
    step = LOOK_AHEAD if high <= TO_THE_PAIR else high // 200
    while high - low > step:
        middle = (low + high) // 2
        low, high = (low, middle) if all(enough(middle + more) for more in ahead) else (middle, high)
    if high > TO_THE_PAIR:
        return high
    # From here on each number is tried: the last one that falls short is followed by the answer.
    short = max((n for n in range(max(low - LOOK_AHEAD, 1), high + LOOK_AHEAD) if not enough(n)), default=0)
    return short + 1


def closest_ratio(shown: Callable[[float], bool]) -> float | None:
    """Return the ratio closest to 1 from below that is detected; None where even 0.01 is not."""
    low, high = 0.01, 0.9999
    if not shown(low):
        return None
    while high - low > 1e-5:
        middle = (low + high) / 2
        low, high = (middle, high) if shown(middle) else (low, middle)
    return low


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


def _halved(sizes: Sizes) -> dict[int, int]:
    """Return how many employers have how many applications of one arm, where each application's arm is drawn."""
    halved: dict[int, int] = {}
    for size, employers in sizes.items():
        for own in range(1, size + 1):
            halved[own] = halved.get(own, 0) + round(employers * float(stats.binom.pmf(own, size, 0.5)))
    return {size: employers for size, employers in halved.items() if employers}
