"""A share against a standard, such as "at least 80 % of the firms refuse".

The test is the score test at the effective number of rows, z = (p − p₀)/√(p₀(1 − p₀)·deff/n): Wilson's interval holds
exactly the standards that it does not reject.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from scipy.stats import norm

from corrtest.analysis.tables import ShareCounts

Kind = Literal["above", "below", "not_settled", "undefined"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgainstStandard:
    """What the counts say of a standard; `pvalue` is two-sided."""

    kind: Kind
    share: float | None
    standard: float
    statistic: float | None
    pvalue: float | None


def against_standard(
    counts: ShareCounts,
    standard: float,
    *,
    of_others: bool = False,
    design_effect: float = 1.0,
    confidence_level: float = 0.95,
    noise_variance: float = 0.0,
) -> AgainstStandard:
    """Return whether a share lies above or below a standard.

    Parameters
    ----------
    of_others : bool
        The standard is on the share of the rows that are not positive.
    design_effect : float
        On the variance, the finite population counted; 0 where everybody was asked, so that nothing is left to chance.
    noise_variance : float
        What noise adds to the variance of the share.
    """
    rows, counted = counts.rows, counts.other if of_others else counts.positive
    if not rows or not 0 < standard < 1:
        return AgainstStandard(kind="undefined", share=None, standard=standard, statistic=None, pvalue=None)
    share = counted / rows
    spread = math.sqrt(standard * (1 - standard) * max(design_effect, 0.0) / rows + noise_variance)
    away = share - standard
    statistic = away / spread if spread else math.copysign(math.inf, away) if away else 0.0
    pvalue = float(2 * norm.sf(abs(statistic)))
    rejected = pvalue <= (1 - confidence_level) * (1 + 1e-9)
    kind: Kind = "not_settled" if not rejected else "above" if away > 0 else "below"
    return AgainstStandard(
        kind=kind,
        share=share,
        standard=standard,
        statistic=statistic if math.isfinite(statistic) else None,
        pvalue=pvalue,
    )
