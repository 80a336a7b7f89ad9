"""Width of intervals, and power to see a change between waves or a difference between sectors, on the log ratio.

These rest on the large-sample variance of the log ratio of paired rates, discordant ÷ (n × control rate × treated
rate): the comparison of two independent paired tables has four free counts, too many to enumerate at these sizes. The
tests hold them against simulation.
"""

from __future__ import annotations

import math
from typing import Literal

from scipy import stats

from corrtest.design import PairedRates
from corrtest.errors import DesignError, Fault
from corrtest.language import say
from corrtest.power.mcnemar import INDEPENDENT, Clustering

__all__ = [
    "change_power",
    "detectable_change",
    "interval_width",
    "pairs_for_change",
    "pairs_for_width",
]

Measure = Literal["ratio", "difference"]


def interval_width(
    pairs: float,
    rates: PairedRates,
    *,
    measure: Measure = "ratio",
    confidence_level: float = 0.95,
    clustering: Clustering = INDEPENDENT,
) -> float:
    """Return the expected width of the confidence interval for the ratio or for the difference of the rates."""
    z = stats.norm.isf((1 - confidence_level) / 2)
    n = pairs / clustering.design_effect
    if n <= 0:
        return math.inf
    if measure == "difference":
        difference = rates.control_only - rates.treated_only
        return float(2 * z * math.sqrt((rates.discordant - difference**2) / n))
    return float(2 * rates.ratio * math.sinh(min(z * math.sqrt(rates.log_ratio_variance / n), 700)))


def pairs_for_width(
    width: float,
    rates: PairedRates,
    *,
    measure: Measure = "ratio",
    confidence_level: float = 0.95,
    clustering: Clustering = INDEPENDENT,
) -> int:
    """Return the fewest pairs whose interval is expected to be no wider than `width`."""
    if width <= 0:
        raise DesignError(
            say("No number of pairs gives an interval without width."),
            [
                Fault(
                    key="width",
                    given=f"{width:g}",
                    expected=say("a width above 0"),
                    action=say("Give a width such as 0.3."),
                )
            ],
        )
    z = stats.norm.isf((1 - confidence_level) / 2)
    if measure == "difference":
        difference = rates.control_only - rates.treated_only
        n = (2 * z / width) ** 2 * (rates.discordant - difference**2)
    else:
        n = rates.log_ratio_variance * (z / math.asinh(width / (2 * rates.ratio))) ** 2
    return math.ceil(float(n * clustering.design_effect) - 1e-9)


def change_power(
    first: tuple[float, PairedRates],
    second: tuple[float, PairedRates],
    *,
    alpha: float = 0.05,
    comparisons: int = 1,
    clustering: Clustering = INDEPENDENT,
) -> float:
    """Return the power to tell two discrimination ratios apart: a follow-up from its baseline, or one sector from
    another.

    Parameters
    ----------
    first, second : (pairs, PairedRates)
        Independent measurements.
    comparisons : int
        Number of such comparisons in the family. The first step of Holm's method tests at alpha ÷ comparisons, which is
        what is used: the power is that of the comparison at worst.
    """
    if min(first[0], second[0]) <= 0 or comparisons < 1:
        raise DesignError(
            say("No change can be told."),
            [
                Fault(
                    given=say(
                        "{first:g} and {second:g} pairs, {comparisons} comparison(s)",
                        first=first[0],
                        second=second[0],
                        comparisons=comparisons,
                    ),
                    expected=say("pairs in both measurements, and 1 comparison or more"),
                    action=say("Correct the numbers."),
                )
            ],
        )
    variance = sum(rates.log_ratio_variance * clustering.design_effect / n for n, rates in (first, second))
    shift = math.log(second[1].ratio / first[1].ratio) / math.sqrt(variance)
    z = stats.norm.isf(alpha / comparisons / 2)
    return float(stats.norm.sf(z - shift) + stats.norm.cdf(-z - shift))


def detectable_change(
    first: tuple[float, PairedRates],
    pairs: float,
    control_rate: float,
    association: float,
    *,
    power: float = 0.8,
    alpha: float = 0.05,
    comparisons: int = 1,
    clustering: Clustering = INDEPENDENT,
) -> float | None:
    """Return the smallest second ratio above the first that this power tells apart from it; None if there is none."""

    def told(ratio: float) -> float:
        second = (pairs, PairedRates.from_ratio(control_rate, ratio, association))
        return change_power(first, second, alpha=alpha, comparisons=comparisons, clustering=clustering)

    low, high = first[1].ratio, min(20.0, (1 - 1e-6) / control_rate)
    if high <= low or told(high) < power:
        return None
    while high - low > 1e-5:
        middle = (low + high) / 2
        if told(middle) >= power:
            high = middle
        else:
            low = middle
    return high


def pairs_for_change(
    first: PairedRates,
    second: PairedRates,
    *,
    power: float = 0.8,
    alpha: float = 0.05,
    comparisons: int = 1,
    clustering: Clustering = INDEPENDENT,
) -> int:
    """Return the pairs that each of two equal measurements needs to tell their ratios apart."""
    distance = abs(math.log(second.ratio / first.ratio))
    if not distance:
        raise DesignError(
            say("Two equal ratios cannot be told apart."),
            [
                Fault(
                    key="ratio",
                    given=say("the same ratio twice"),
                    expected=say("two ratios"),
                    action=say("Give another ratio."),
                )
            ],
        )
    z = stats.norm.isf(alpha / comparisons / 2) + stats.norm.ppf(power)
    variance = (first.log_ratio_variance + second.log_ratio_variance) * clustering.design_effect
    return math.ceil(float((z / distance) ** 2 * variance))
