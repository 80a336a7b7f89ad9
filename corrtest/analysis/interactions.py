"""Interactions of two signals: do both together cost what the two cost apart? On differences and on ratios.

Where vacancies got all four candidates, `candidates.interaction` estimates it. Where each got two of them, as a study
plans it (`corrtest.spec.combinations`), it follows from the four levels' published figures alone: no further figure of
the reactions is needed, so that what passed the gate is enough.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import pandas as pd

from corrtest.analysis.group_result import Estimate, Keyed
from corrtest.spec import Combination

__all__ = ["CombinedInteraction", "Interaction", "combined_interactions"]

# Published estimate → the scale on which interactions add up.
_DIFFERENCE, _RATIO = "rate_difference", "discrimination_ratio"
_HALF = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction:
    """Does the effect of one criterion depend on the other? On the difference and on the ratio scale.

    `difference` is (both − first only) − (second only − neither) of the positive rates; `ratio` is the same with
    quotients: above 1, the two criteria together cost less than the product of each. P-values are None where the
    interval alone decides; `candidates` are those of each vacancy: four, or two of them.
    """

    difference: float
    difference_lower: float
    difference_upper: float
    difference_pvalue: float | None = None
    ratio: float | None
    ratio_lower: float | None
    ratio_upper: float | None
    ratio_pvalue: float | None = None
    vacancies: int
    confidence_level: float
    candidates: int = 4

    def to_frame(self) -> pd.DataFrame:
        """Return one row a scale: the interaction on the difference and on the ratio."""
        return pd.DataFrame(
            {
                "scale": ["difference", "ratio"],
                "interaction": [self.difference, self.ratio],
                "lower": [self.difference_lower, self.ratio_lower],
                "upper": [self.difference_upper, self.ratio_upper],
                "pvalue": [self.difference_pvalue, self.ratio_pvalue],
                "vacancies": [self.vacancies, self.vacancies],
            }
        ).astype(dict.fromkeys(("interaction", "lower", "upper", "pvalue"), float))


class Figures(Keyed, Protocol):
    """A group of the analysis or a release: its keys with what is published of it."""

    @property
    def estimates(self) -> Sequence[Estimate]:
        """The estimates, the published one of each name first; none where hidden."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CombinedInteraction:
    """The interaction of two crossed signals for one outcome.

    `interaction` is None where one of the four levels has no figures: it was hidden, or not tested.
    """

    combination: Combination
    outcome: str
    interaction: Interaction | None


def combined_interactions(groups: Iterable[Figures], study: Mapping[str, Any] | None) -> list[CombinedInteraction]:
    """Return the interaction of each combination that a study's description names, for each outcome.

    With D(x) the difference of the positive rates in the pairs of level x, the interaction is
    ½ [D(first beside) − D(first alone)] + ½ [D(second beside) − D(second alone)]: each half estimates it by itself, in
    pairs of its own. On the ratio scale D is the logarithm of the discrimination ratio. The interval puts the levels'
    published ones together by the method of variance estimates recovery (Zou and Donner 2008, Statistics in Medicine
    27:1693), so that it has their design effect and, where there is any, their noise. It takes the levels as
    independent; what pairs of one employer in two levels share cancels in part, which makes the interval wide rather
    than narrow.

    Parameters
    ----------
    groups : iterable of groups or releases
        Those of one study; of all committees together and no further grouping are used.
    study : mapping
        `Study.description()`, with its `combinations`.
    """
    described = (study or {}).get("combinations") or ()
    if not described:
        return []
    known: dict[tuple[str, str | None, str | None], Figures] = {}
    for group in groups:
        if group.joint_committee is None and group.level and not any(group.extra.values()):
            known.setdefault((group.outcome, group.criterion, group.level), group)
    outcomes = dict.fromkeys(outcome for outcome, _, _ in known)
    found = []
    for combination in map(Combination.of, described):
        # Level and its weight in the interaction.
        sides = [
            (signal.criterion, level, weight)
            for signal in (combination.first, combination.second)
            for level, weight in ((signal.beside, _HALF), (signal.alone, -_HALF))
        ]
        for outcome in outcomes:
            figures = [known.get((outcome, criterion, level)) for criterion, level, _ in sides]
            weights = [weight for _, _, weight in sides]
            found.append(
                CombinedInteraction(combination=combination, outcome=outcome, interaction=_of_levels(figures, weights))
            )
    return found


# A value with its limits, on the scale on which interactions add up.
_Limits = tuple[float, float, float]


def _of_levels(figures: Sequence[Figures | None], weights: Sequence[float]) -> Interaction | None:
    shown = [each for each in figures if each is not None]
    differences = [_limits(each, _DIFFERENCE) for each in shown]
    sums = _put_together(differences, weights)
    if sums is None:
        return None
    quotients = _put_together([_limits(each, _RATIO) for each in shown], weights)
    ratio = (None, None, None) if quotients is None else tuple(math.exp(each) for each in quotients)
    return Interaction(
        difference=sums[0],
        difference_lower=sums[1],
        difference_upper=sums[2],
        ratio=ratio[0],
        ratio_lower=ratio[1],
        ratio_upper=ratio[2],
        vacancies=sum(each.pairs or 0 for each in shown),
        confidence_level=next(each.confidence_level for each in shown[0].estimates if each.name == _DIFFERENCE),
        candidates=2,
    )


def _limits(figures: Figures, name: str) -> _Limits | None:
    """Return the published estimate called `name`, a ratio as logarithms; None where a limit is undefined."""
    estimate = next((each for each in figures.estimates if each.name == name), None)
    if estimate is None or estimate.value is None or estimate.lower is None or estimate.upper is None:
        return None
    limits = (estimate.value, estimate.lower, estimate.upper)
    if name == _DIFFERENCE:
        return limits
    return None if min(limits) <= 0 else (math.log(limits[0]), math.log(limits[1]), math.log(limits[2]))


def _put_together(parts: Sequence[_Limits | None], weights: Sequence[float]) -> _Limits | None:
    """Return the weighted sum of independent estimates with its limits; None where one of them is undefined."""
    known = [part for part in parts if part is not None]
    if len(known) < len(weights):
        return None
    below = above = value = 0.0
    for (middle, lower, upper), weight in zip(known, weights, strict=True):
        value += weight * middle
        down, up = (middle - lower, upper - middle) if weight > 0 else (upper - middle, middle - lower)
        below += (weight * down) ** 2
        above += (weight * up) ** 2
    return value, value - math.sqrt(below), value + math.sqrt(above)
