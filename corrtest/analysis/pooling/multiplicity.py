"""Several tests at once: p-values adjusted over the family that the study preregistered."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from corrtest.analysis.tables import FloatArray
from corrtest.errors import AnalysisError


def holm(pvalues: npt.ArrayLike) -> FloatArray:
    """Adjust by Holm's step-down method (1979): the chance of any false finding stays below the level.

    >>> [round(float(p), 3) for p in holm([0.01, 0.04, 0.03])]
    [0.03, 0.06, 0.06]
    """
    p = _checked(pvalues)
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate((len(p) - np.arange(len(p))) * p[order])
    return _back(np.minimum(stepped, 1.0), order)


def benjamini_hochberg(pvalues: npt.ArrayLike) -> FloatArray:
    """Adjust by Benjamini and Hochberg (1995): the expected share of false findings stays below the level.

    >>> [round(float(p), 3) for p in benjamini_hochberg([0.01, 0.04, 0.03])]
    [0.03, 0.04, 0.04]
    """
    p = _checked(pvalues)
    order = np.argsort(p, kind="stable")
    scaled = p[order] * len(p) / np.arange(1, len(p) + 1)
    stepped = np.minimum.accumulate(scaled[::-1])[::-1]
    return _back(np.minimum(stepped, 1.0), order)


def _checked(pvalues: npt.ArrayLike) -> FloatArray:
    p = np.asarray(pvalues, dtype=np.float64)
    if p.ndim != 1 or len(p) == 0 or not np.all((p >= 0) & (p <= 1)):
        raise AnalysisError("A family of tests is a list of p-values between 0 and 1; leave out the undefined ones.")
    return p


def _back(stepped: FloatArray, order: npt.NDArray[np.intp]) -> FloatArray:
    adjusted = np.empty_like(stepped)
    adjusted[order] = stepped
    return adjusted
