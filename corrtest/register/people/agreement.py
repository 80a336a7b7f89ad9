"""How far two coders agree: Cohen's kappa of all items that were coded twice."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import norm
from statsmodels.stats.inter_rater import cohens_kappa

from corrtest.language import say


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Cohen's kappa of two coders (Cohen, Educational and Psychological Measurement 1960), as statsmodels computes it.

    Values are nan with a `note` where kappa is undefined.
    """

    items: int
    agreed: int
    kappa: float
    lower: float
    upper: float
    confidence_level: float
    note: str = ""

    def sentence(self) -> str:
        """Return the agreement in plain words."""
        alike = say("{agreed} of {items} items coded alike", agreed=self.agreed, items=self.items)
        if self.note:
            return say("{alike}; kappa is undefined: {note}.", alike=alike, note=self.note)
        if math.isnan(self.lower):
            return say(
                "{alike}; Cohen's kappa {kappa:.2f}, too few items for an interval.", alike=alike, kappa=self.kappa
            )
        return say(
            "{alike}; Cohen's kappa {kappa:.2f} ({confidence_level:.0%} interval {lower:.2f} to {upper:.2f}).",
            alike=alike,
            kappa=self.kappa,
            confidence_level=self.confidence_level,
            lower=self.lower,
            upper=self.upper,
        )


def kappa(counts: np.ndarray[Any, np.dtype[np.float64]], confidence_level: float) -> Agreement:
    """Return kappa of a square table (first coder in rows, second in columns)."""
    items, agreed = int(counts.sum()), int(np.trace(counts))
    used = (counts.sum(axis=0) + counts.sum(axis=1)) > 0
    table = counts[np.ix_(used, used)]
    undefined = math.nan
    note = ""
    if items == 0:
        note = say("no item was coded twice")
    elif len(table) == 1:
        note = say("both coders used one and the same word throughout")
    if note:
        return Agreement(
            items=items,
            agreed=agreed,
            kappa=undefined,
            lower=undefined,
            upper=undefined,
            confidence_level=confidence_level,
            note=note,
        )
    with np.errstate(divide="ignore", invalid="ignore"):
        result = cohens_kappa(table)
    # std_kappa is the large-sample standard error of Fleiss, Cohen and Everitt (Psychological Bulletin 1969).
    # On very few items, all of which differ, it is undefined and the interval nan.
    half = float(norm.isf((1 - confidence_level) / 2)) * float(result.std_kappa)
    return Agreement(
        items=items,
        agreed=agreed,
        kappa=float(result.kappa),
        lower=float(result.kappa) - half,
        upper=float(result.kappa) + half,
        confidence_level=confidence_level,
    )
