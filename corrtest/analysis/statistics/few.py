"""What a note says of the coverage of a default interval where the data are few.

Lowest and highest coverage, in percent, of the default 95 % intervals: analysis/calibration/README.md, from the exact
enumeration and the grid of clustered cells.
"""

from __future__ import annotations

from corrtest.analysis.statistics.statistic import Few
from corrtest.analysis.tables import PairedCounts
from corrtest.language import keep

NO_DISCORDANT = keep("No pair is discordant")
FEW_DISCORDANT = 10
FEW_REACTIONS = 10
FEW_DISCORDANT_MARK = keep("Few discordant pairs")
WITH_SO_FEW = keep("with so few")
_COVERAGE_OF_RATES = (93, 99)


def few_discordant(low: float, high: float) -> Few[PairedCounts]:
    """Return what says that discordant pairs are few, given the coverage of the interval there."""

    def few(counts: PairedCounts, effect: float) -> str | None:
        if counts.discordant == 0 or counts.discordant / effect >= FEW_DISCORDANT:
            return None
        return so_few(
            keep("{what} ({worth})", what=FEW_DISCORDANT_MARK, worth=_worth(counts.discordant, effect)), (low, high)
        )

    return few


def few_reactions(positive: int, other: int, effect: float) -> str | None:
    """Say that positive reactions of an arm are few, or those that are not positive."""
    if positive / effect < FEW_REACTIONS:
        return so_few(keep("Few positive reactions ({worth})", worth=_worth(positive, effect)), _COVERAGE_OF_RATES)
    if other / effect < FEW_REACTIONS:
        return so_few(
            keep("Few reactions that were not positive ({worth})", worth=_worth(other, effect)), _COVERAGE_OF_RATES
        )
    return None


def so_few(what: str, coverage: tuple[float, float], so: str = WITH_SO_FEW) -> str:
    """Say how often intervals held the truth with so few of something."""
    low, high = coverage
    return keep(
        "{what}: {so}, 95 % intervals of this kind held the truth in {low:g} to {high:g} % of simulated experiments.",
        what=what,
        so=so,
        low=low,
        high=high,
    )


def _worth(number: int, effect: float) -> str:
    return (
        f"{number}"
        if effect < 1.05
        else keep("{number}, worth {worth:.0f} of different employers", number=number, worth=number / effect)
    )
