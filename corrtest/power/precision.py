"""Width of intervals, and power to see a change between waves or a difference between sectors, on the log ratio.

These rest on the large-sample variance of the published log ratio: the comparison of two independent paired tables has
four free counts, too many to enumerate at these sizes. The tests hold them against simulation.
"""

from __future__ import annotations

import math

from scipy import stats

from corrtest.errors import DesignError, Fault
from corrtest.language import say


def ratio_width(ratio: float, variance: float, confidence_level: float = 0.95) -> float:
    """Return the expected width of an interval for a ratio whose log has this variance."""
    z = float(stats.norm.isf((1 - confidence_level) / 2))
    return 2 * ratio * math.sinh(min(z * math.sqrt(variance), 700))


def change_power(first: float, second: float, variance: float, *, alpha: float = 0.05, comparisons: int = 1) -> float:
    """Return the power to tell two independent discrimination ratios apart.

    Parameters
    ----------
    first, second : float
        The ratios: of a baseline and its follow-up, or of two sectors.
    variance : float
        Of the difference of their logs.
    comparisons : int
        Number of such comparisons in the family. The first step of Holm's method tests at alpha ÷ comparisons, which is
        what is used: the power is that of the comparison at worst.
    """
    shift = math.log(second / first) / math.sqrt(variance)
    z = stats.norm.isf(alpha / comparisons / 2)
    return float(stats.norm.sf(z - shift) + stats.norm.cdf(-z - shift))


def check_width(width: float) -> None:
    """Refuse a width that no interval has."""
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


def check_change(first: int, second: int, comparisons: int) -> None:
    """Refuse measurements without pairs, and families without comparisons."""
    if min(first, second) <= 0 or comparisons < 1:
        raise DesignError(
            say("No change can be told."),
            [
                Fault(
                    given=say(
                        "{first:g} and {second:g} pairs, {comparisons} comparison(s)",
                        first=first,
                        second=second,
                        comparisons=comparisons,
                    ),
                    expected=say("pairs in both measurements, and 1 comparison or more"),
                    action=say("Correct the numbers."),
                )
            ],
        )


def check_apart(first: float, second: float) -> None:
    """Refuse two equal ratios, which no number of pairs tells apart."""
    if abs(math.log(second / first)) < 1e-12:
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
