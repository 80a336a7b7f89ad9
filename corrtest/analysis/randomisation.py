"""Randomisation inference: how unusual is the difference, given how the plan drew which arm goes first?

Under the sharp hypothesis that no employer's reactions depend on the signal, a pair's first and second reaction
would have been the same with the arms exchanged. What was random is the order of the arms, with the probability
that the plan declares. A pair whose reactions differ then adds +1 or −1 with known probabilities, and the exact
distribution of their sum follows. With probability 1/2 throughout, the test is McNemar's exact test. Source: Fisher
1935; Rosenbaum 2002, chapter 2.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corrtest.analysis.paired.tables import FloatArray
from corrtest.analysis.pairs import PairsTable
from corrtest.analysis.rows import DEFAULT_OUTCOMES
from corrtest.errors import AnalysisError
from corrtest.spec import ARMS, parse_numbers

FIRST_ARM = "first_arm"
PROBABILITY = "first_arm_probability"


@dataclass(frozen=True, slots=True, kw_only=True)
class RandomisationResult:
    """The net number of pairs against the treated arm, what the plan's draw gives on average, and the p-value."""

    net: int
    expected: float
    pvalue: float
    discordant: int


def randomisation_test(
    table: PairsTable,
    *,
    outcome: str,
    first_arm: str = FIRST_ARM,
    probability: str = PROBABILITY,
) -> RandomisationResult:
    """Test the sharp hypothesis of no effect with the plan's declared probabilities.

    Parameters
    ----------
    first_arm, probability : str
        Columns that say which arm was sent first, and how probable that was in the plan.

    Raises
    ------
    AnalysisError
        A column is missing, or a probability is not between 0 and 1.
    """
    frame = table.frame
    for name in (first_arm, probability):
        if name not in frame:
            raise AnalysisError(f"Randomisation inference needs the column '{name}', as the plan has it.")
    positives = table.outcomes(dict(DEFAULT_OUTCOMES))
    if outcome not in positives:
        raise AnalysisError(f"There is no outcome '{outcome}'. Use one of: {', '.join(positives)}.")
    arm = frame[first_arm].astype(str).to_numpy()
    if not np.isin(arm, ARMS).all():
        raise AnalysisError(f"Column '{first_arm}' must say 'control' or 'treated' for every pair.")
    chance = parse_numbers(frame[probability]).to_numpy(dtype=np.float64, na_value=np.nan)
    if not np.all((chance > 0) & (chance < 1)):
        raise AnalysisError(
            f"Column '{probability}' must lie between 0 and 1 for every pair: an order that was certain "
            "was not drawn, and says nothing."
        )
    control, treated = positives[outcome]
    difference = treated.astype(np.int64) - control
    discordant = difference != 0
    # The declared probability is that of the order which came about; exchanging the arms has the other one.
    return exact_sign_test(difference[discordant], chance[discordant])


def exact_sign_test(signs: npt.NDArray[np.int64], chance: FloatArray) -> RandomisationResult:
    """Test a sum of signs, each with its own probability of having come out as it did, two-sided."""
    down = np.where(signs < 0, chance, 1 - chance)
    distribution = np.ones(1)
    for share in down:
        distribution = np.convolve(distribution, [1 - share, share])
    against = int(np.sum(signs < 0))
    expected = float(down.sum())
    outcomes = np.arange(len(distribution))
    # As far from the expectation as observed, or farther, on either side.
    extreme = np.abs(outcomes - expected) >= abs(against - expected) - 1e-9
    return RandomisationResult(
        net=2 * against - len(signs),
        expected=2 * expected - len(signs),
        pvalue=float(min(1.0, distribution[extreme].sum())),
        discordant=len(signs),
    )
