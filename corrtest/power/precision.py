"""Width of intervals, and power to see a change between waves or a difference between sectors, on the log ratio.

These rest on the large-sample variance of the published log ratio: the comparison of two independent paired tables has
four free counts, too many to enumerate at these sizes. The tests hold them against simulation.
"""

from __future__ import annotations

import math

from scipy import stats

from corrtest.errors import DesignError, Fault
from corrtest.language import say
from corrtest.power.family import Levels


def ratio_width(ratio: float, variance: float, confidence_level: float = 0.95) -> float:
    """Return the expected width of an interval for a ratio whose log has this variance."""
    z = float(stats.norm.isf((1 - confidence_level) / 2))
    return 2 * ratio * math.sinh(min(z * math.sqrt(variance), 700))


def expected_statistic(first: float, second: float, variance: float) -> float:
    """Return the mean of the normal statistic by which two independent discrimination ratios are told apart.

    Parameters
    ----------
    first, second : float
        The ratios: of a baseline and its follow-up, or of two sectors.
    variance : float
        Of the difference of their logs.
    """
    return math.log(second / first) / math.sqrt(variance)


def change_power(statistic: float, levels: Levels) -> float:
    """Return the chance that such a statistic rejects on its own side.

    Parameters
    ----------
    levels : tuple of (level, weight)
        That the comparison's p-value must stay below after adjustment, each with its chance.
    """
    shift = abs(statistic)
    return sum(weight * float(stats.norm.sf(stats.norm.isf(level / 2) - shift)) for level, weight in levels)


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
