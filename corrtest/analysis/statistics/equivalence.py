"""One-sided, non-inferiority and equivalence tests of a ratio or a difference, by the score.

"No difference was shown" is not "there is no relevant difference". The second is a finding, and these tests can
make it: non-inferiority rejects that the treated arm is worse off than a margin; equivalence (two one-sided tests,
Schuirmann 1987) rejects both that it is worse and that it is better off than margins fixed beforehand. The scores
at a margin other than equality are Tango's (1998) and Tang's (2003), who proposed them for this. An equivalence
test at level α rejects exactly where the interval at confidence level 1 − 2α lies within the margins. Size on the
margin at 0.05: at most 0.053; power in analysis/calibration/equivalence.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from scipy.special import ndtr

from corrtest.analysis.statistics.score import difference_score, ratio_score
from corrtest.analysis.tables import FloatArray, PairedTables, Tests
from corrtest.errors import AnalysisError
from corrtest.language import say

Scale = Literal["rate_difference", "discrimination_ratio"]


def noninferiority(tables: PairedTables, margin: float, scale: Scale = "discrimination_ratio") -> Tests:
    """Test against "the treated arm is at or below `margin`" (a ratio below 1, or a difference below 0).

    A small p-value says: the disadvantage, if any, is smaller than the margin.
    """
    _require_margin(margin, scale, below=True)
    score = _score(tables, margin, scale)
    return Tests(score, ndtr(-score))


def equivalence(
    tables: PairedTables, low: float = 0.8, high: float = 1.25, scale: Scale = "discrimination_ratio"
) -> Tests:
    """Test against "the truth is at or outside `low` to `high`" by two one-sided tests.

    The statistic is the score of the one that rejects less. A small p-value says: the arms differ by less than the
    margins.
    """
    _require_margin(low, scale, below=True)
    _require_margin(high, scale, below=False)
    above, below = _score(tables, low, scale), _score(tables, high, scale)
    pvalue = np.maximum(ndtr(-above), ndtr(below))
    return Tests(np.where(above < -below, above, below), pvalue)


def one_sided(tables: PairedTables, alternative: Literal["disadvantage", "advantage"] = "disadvantage") -> Tests:
    """Test equal treatment against a disadvantage (or advantage) of the treated arm, by McNemar's z, one-sided."""
    if alternative not in ("disadvantage", "advantage"):
        raise AnalysisError(
            say(
                "The alternative '{alternative}' does not exist. Use 'disadvantage' or 'advantage'.",
                alternative=alternative,
            )
        )
    score = _score(tables, 0.0, "rate_difference")
    return Tests(score, ndtr(score) if alternative == "disadvantage" else ndtr(-score))


def _score(tables: PairedTables, at: float, scale: Scale) -> FloatArray:
    values = np.full_like(tables.pairs, at)
    if scale == "rate_difference":
        score = difference_score(tables, values)
        undefined = (tables.discordant == 0) & (at == 0)
    else:
        score = ratio_score(tables, values)
        undefined = tables.any_positive == 0
    return np.where(undefined, np.nan, score)


def _require_margin(margin: float, scale: Scale, *, below: bool) -> None:
    if scale not in ("rate_difference", "discrimination_ratio"):
        raise AnalysisError(
            say("There is no margin on '{scale}'. Use 'rate_difference' or 'discrimination_ratio'.", scale=scale)
        )
    equality = 0.0 if scale == "rate_difference" else 1.0
    least, most = (-1.0, 1.0) if scale == "rate_difference" else (0.0, np.inf)
    inside = least < margin < equality if below else equality < margin < most
    if not inside:
        side = (
            say("between {least:g} and {equality:g}", least=least, equality=equality)
            if below
            else say("above {equality:g}", equality=equality)
        )
        raise AnalysisError(
            say(
                "The margin {margin:g} must lie {side} on the scale of the {scale}.",
                margin=margin,
                side=side,
                scale=scale.replace("_", " "),
            )
        )
