"""What crossed signals can show: the smallest interaction that is told from none, on differences and on ratios."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from scipy import stats

from corrtest.pages import Catalogue
from corrtest.power.measurement import Measurement
from corrtest.spec import Combination, Study

__all__ = ["InteractionReach", "interaction_reaches"]


@dataclass(frozen=True, slots=True, kw_only=True)
class InteractionReach:
    """The smallest interaction of two crossed signals that the study shows with the target power.

    `difference` is in positive rates, `ratio` a ratio of ratios above 1 (its inverse is shown as surely). Each level
    is taken at the assumed rates of its criterion, without noise: (z₁₋α/₂ + z_power) standard errors of the published
    estimate (`analysis.combined_interactions`), with the design effect of its criterion.
    """

    combination: Combination
    pairs: int
    difference: float
    ratio: float
    target_power: float

    def sentence(self, words: Catalogue) -> str:
        """Return it in words."""
        first, second = self.combination.first.criterion, self.combination.second.criterion
        return words.text(
            "{first} and {second} crossed, {pairs} pairs: their interaction is told from none in {tens} of 10 such "
            "measurements where it is {points} percentage points or more, or a ratio of ratios of {ratio} or more "
            "(or its inverse).",
            first=words.title("criterion", first),
            second=words.name("criterion", second),
            pairs=words.number(self.pairs, 0),
            tens=words.short(self.target_power * 10),
            points=words.number(100 * self.difference, 1),
            ratio=words.number(self.ratio),
        )


def interaction_reaches(
    study: Study, measurements: Mapping[str, Measurement], counts: Mapping[str, int], target_power: float
) -> tuple[InteractionReach, ...]:
    """Return what the study can show of each of its combinations.

    Parameters
    ----------
    measurements, counts : mapping
        Criterion → the measurement over the sector, and its pairs (in an unpaired study applications).
    """
    found = []
    for combination in study.combinations:
        levels = [
            (measurements[signal.criterion], round(_share(study, signal.criterion, level) * counts[signal.criterion]))
            for signal in (combination.first, combination.second)
            for level in (signal.alone, signal.beside)
            if signal.criterion in measurements and counts.get(signal.criterion)
        ]
        if len(levels) < 4 or not all(count for _, count in levels):
            continue
        # Each level weighs one half in the estimate.
        errors = [
            math.sqrt(sum(variance(measurement, count) for measurement, count in levels) / 4)
            for variance in (_variance_of_difference, _variance_of_log_ratio)
        ]
        reach = float(stats.norm.isf(levels[0][0].alpha / 2) + stats.norm.isf(1 - target_power))
        found.append(
            InteractionReach(
                combination=combination,
                pairs=sum(count for _, count in levels),
                difference=reach * errors[0],
                ratio=math.exp(reach * errors[1]),
                target_power=target_power,
            )
        )
    return tuple(found)


def _share(study: Study, criterion: str, level: str) -> float:
    return next(each.share for each in study.criterion(criterion).levels if each.name == level)


def _comparisons(measurement: Measurement, count: int) -> float:
    """Return how many comparisons of the two arms so many pairs, or applications, make."""
    return count / 2 if measurement.pairing == "unpaired" else count


def _variance_of_difference(measurement: Measurement, count: int) -> float:
    rates = measurement.rates
    one_sided, gap = rates.control_only + rates.treated_only, rates.treated_only - rates.control_only
    return measurement.employers.design_effect * (one_sided - gap**2) / _comparisons(measurement, count)


def _variance_of_log_ratio(measurement: Measurement, count: int) -> float:
    return measurement.pair_variance / _comparisons(measurement, count)
