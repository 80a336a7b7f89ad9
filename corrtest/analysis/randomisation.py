"""Randomisation inference: how unusual is the difference, given how the plan drew which arm goes first?

Under the sharp hypothesis that no employer's reactions depend on the signal, a pair's first and second reaction
would have been the same with the arms exchanged. What was random is the order of the arms. A pair whose reactions
differ then adds +1 or −1, and the exact distribution of their sum follows from the draw:

``independent``
    each pair's order was drawn by itself, with the probability that the plan declares. With probability 1/2
    throughout, the test is McNemar's exact test.
``counterbalanced``
    each stratum had a fixed number of pairs in either order, all ways to deal them equally likely. A plan of corrtest
    deals orders evenly within each joint committee × criterion, by twos: this draw is much nearer to it than the
    independent one.

In an unpaired study what was drawn is the arm of the application, and the sum is of the treated among the positives.
Source: Fisher 1935; Rosenbaum 2002, chapter 2. Size at 0.05 of the independent form: at most 0.046, also where being
first matters and orders were drawn unevenly (analysis/calibration/randomisation).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

from corrtest.analysis.read import StudyTable
from corrtest.analysis.rows import DEFAULT_OUTCOMES, require_drawn
from corrtest.analysis.tables import FloatArray, Positives
from corrtest.errors import AnalysisError, nearest
from corrtest.language import say
from corrtest.spec import parse_numbers

Draw = Literal["independent", "counterbalanced"]
DRAWS: tuple[Draw, ...] = ("independent", "counterbalanced")
FIRST_ARM = "first_arm"
PROBABILITY = "first_arm_probability"
STRATA = ("sector", "joint_committee", "criterion")
_EXACT_FOR = {
    "independent": "Exact where each order was drawn by itself, with the declared probability.",
    "counterbalanced": "Exact where each stratum (joint committee and criterion) got a fixed number of either order.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RandomisationResult:
    """The net number of pairs against the treated arm, what the plan's draw gives on average, and the p-value.

    `discordant` are the pairs whose reactions differ (in an unpaired study, the positive applications); `note` says
    for which draw the p-value is exact.
    """

    net: int
    expected: float
    pvalue: float
    discordant: int
    note: str = _EXACT_FOR["independent"]


def randomisation_test(
    table: StudyTable,
    *,
    outcome: str,
    draw: Draw = "independent",
    outcomes: Mapping[str, Sequence[str]] | None = None,
    first_arm: str = FIRST_ARM,
    probability: str = PROBABILITY,
) -> RandomisationResult:
    """Test the sharp hypothesis of no effect with the plan's draw.

    Parameters
    ----------
    draw : "independent" or "counterbalanced"
    first_arm, probability : str
        Columns that say which arm was sent first, and (for the independent draw) how probable that was in the plan.

    Raises
    ------
    AnalysisError
        A column is missing, or a probability is not between 0 and 1.
    """
    positives = table.outcomes(outcomes or DEFAULT_OUTCOMES)
    if outcome not in positives:
        raise AnalysisError(
            say(
                "There is no outcome '{outcome}'. Use one of: {positives}.",
                outcome=outcome,
                positives=", ".join(positives),
            )
        )
    randomised = Randomised(table, draw, first_arm=first_arm, probability=probability)
    return randomised.test(positives[outcome], np.arange(len(table)))


class Randomised:
    """What a table says of the draw, checked once for all its groups."""

    def __init__(
        self, table: StudyTable, draw: Draw, *, first_arm: str = FIRST_ARM, probability: str = PROBABILITY
    ) -> None:
        if draw not in DRAWS:
            raise AnalysisError(say("There is no draw '{draw}'. {nearest}", draw=draw, nearest=nearest(draw, DRAWS)))
        self.draw = draw
        self.treated_first = table.treated_first(first_arm)
        if draw == "independent":
            self.chance = _chance(table, probability)
        names = [name for name in STRATA if name in table.frame]
        self.stratum = (
            table.frame.groupby(names, sort=False, observed=True, dropna=False).ngroup().to_numpy()
            if names
            else np.zeros(len(table), dtype=np.int64)
        )

    def test(self, positive: Positives, rows: npt.NDArray[np.int64]) -> RandomisationResult:
        """Test the rows of one group."""
        signs = positive.rows(rows).signs
        telling = signs != 0
        if self.draw == "independent":
            # The declared probability is that of the order which came about; exchanging the arms has the other one.
            return exact_sign_test(signs[telling], self.chance[rows][telling])
        return self._counterbalanced(signs, rows)

    def _counterbalanced(self, signs: npt.NDArray[np.int64], rows: npt.NDArray[np.int64]) -> RandomisationResult:
        treated_first = self.treated_first[rows]
        # Above 0: the one sent first (the application, in an unpaired study) was positive, and the other not.
        first = np.where(treated_first, signs, -signs)
        distribution = np.ones(1)
        for stratum in np.unique(self.stratum[rows]):
            here = self.stratum[rows] == stratum
            distribution = np.convolve(
                distribution,
                _dealt(
                    len(first[here]),
                    int(treated_first[here].sum()),
                    int(np.sum(first[here] > 0)),
                    int(np.sum(first[here] < 0)),
                ),
            )
        return _two_sided(distribution, int(np.sum(signs < 0)), int(np.sum(signs != 0)), _EXACT_FOR["counterbalanced"])


def exact_sign_test(signs: npt.NDArray[np.int64], chance: FloatArray) -> RandomisationResult:
    """Test a sum of signs, each with its own probability of having come out as it did, two-sided."""
    down = np.where(signs < 0, chance, 1 - chance)
    distribution = np.ones(1)
    for share in down:
        distribution = np.convolve(distribution, [1 - share, share])
    return _two_sided(distribution, int(np.sum(signs < 0)), len(signs), _EXACT_FOR["independent"])


def _dealt(pairs: int, treated_first: int, first_only: int, second_only: int) -> FloatArray:
    """Return the distribution of the pairs against the treated arm in a stratum with fixed numbers of either order.

    Of the pairs whose first alone was positive, a get the treated arm first, and of those whose second alone was, b:
    (a, b) is multivariate hypergeometric, and first_only − a + b pairs are against the treated arm.
    """
    a, b = np.meshgrid(np.arange(first_only + 1), np.arange(second_only + 1), indexing="ij")
    rest = pairs - first_only - second_only
    others = treated_first - a - b
    possible = (others >= 0) & (others <= rest)
    logs = (
        _choose(first_only, a)
        + _choose(second_only, b)
        + _choose(rest, np.clip(others, 0, rest))
        - _choose(pairs, np.asarray(treated_first))
    )
    weight = np.where(possible, np.exp(logs), 0.0)
    against = first_only - a + b
    shares = np.bincount(against.ravel(), weights=weight.ravel(), minlength=first_only + second_only + 1)
    return shares.astype(np.float64)


def _choose(n: int, k: npt.NDArray[np.int64]) -> FloatArray:
    return np.asarray(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1))


def _two_sided(distribution: FloatArray, against: int, telling: int, note: str) -> RandomisationResult:
    outcomes = np.arange(len(distribution))
    expected = float(distribution @ outcomes)
    # As far from the expectation as observed, or farther, on either side.
    extreme = np.abs(outcomes - expected) >= abs(against - expected) - 1e-9
    return RandomisationResult(
        net=2 * against - telling,
        expected=2 * expected - telling,
        pvalue=float(min(1.0, distribution[extreme].sum())),
        discordant=telling,
        note=note,
    )


def _chance(table: StudyTable, probability: str) -> FloatArray:
    require_drawn(table, probability)
    chance = parse_numbers(table.frame[probability]).to_numpy(dtype=np.float64, na_value=np.nan)
    if not np.all((chance > 0) & (chance < 1)):
        raise AnalysisError(
            say(
                "Column '{probability}' must lie between 0 and 1 for every pair: an order that was certain was "
                "not drawn, and says nothing.",
                probability=probability,
            )
        )
    return np.asarray(chance, dtype=np.float64)
