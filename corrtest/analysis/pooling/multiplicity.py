"""Several tests at once: p-values adjusted over the family that the study preregistered.

Tests hold both against statsmodels, whose own function collects garbage at each call: a tenth of a second a family.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.stats import false_discovery_control

from corrtest.analysis.tables import FloatArray
from corrtest.errors import AnalysisError
from corrtest.language import say


def holm(pvalues: npt.ArrayLike) -> FloatArray:
    """Adjust by Holm's step-down method (1979): the chance of any false finding stays below the level.

    >>> [round(float(p), 3) for p in holm([0.01, 0.04, 0.03])]
    [0.03, 0.06, 0.06]
    """
    p = _checked(pvalues)
    order = np.argsort(p, kind="stable")
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(np.maximum.accumulate((len(p) - np.arange(len(p))) * p[order]), 1.0)
    return adjusted


def benjamini_hochberg(pvalues: npt.ArrayLike) -> FloatArray:
    """Adjust by Benjamini and Hochberg (1995): the expected share of false findings stays below the level.

    >>> [round(float(p), 3) for p in benjamini_hochberg([0.01, 0.04, 0.03])]
    [0.03, 0.04, 0.04]
    """
    return np.asarray(false_discovery_control(_checked(pvalues)), dtype=np.float64)


def _checked(pvalues: npt.ArrayLike) -> FloatArray:
    p = np.asarray(pvalues, dtype=np.float64)
    if p.ndim != 1 or len(p) == 0 or not np.all((p >= 0) & (p <= 1)):
        raise AnalysisError(
            say("A family of tests is a list of p-values between 0 and 1; leave out the undefined ones.")
        )
    return p
