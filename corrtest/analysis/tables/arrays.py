"""Arrays of figures: values with limits, test statistics with p-values, and the arithmetic that they share."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from corrtest.errors import AnalysisError
from corrtest.language import say

FloatArray = npt.NDArray[np.float64]


class Intervals(NamedTuple):
    """Values with their limits, one per table: nan where undefined, inf where unbounded."""

    value: FloatArray
    lower: FloatArray
    upper: FloatArray

    def without_zero_width(self) -> Intervals:
        """Return the intervals with both limits nan where they coincide: no data make an estimate that certain."""
        collapsed = self.lower == self.upper
        return Intervals(self.value, np.where(collapsed, np.nan, self.lower), np.where(collapsed, np.nan, self.upper))


class Tests(NamedTuple):
    """Test statistics with their two-sided p-values, one per table: nan where undefined."""

    statistic: FloatArray
    pvalue: FloatArray


def normal_quantile(confidence_level: float) -> float:
    """Return z of a two-sided interval at `confidence_level`.

    Raises
    ------
    AnalysisError
        The level is not strictly between 0 and 1.
    """
    if not 0.0 < confidence_level < 1.0:
        raise AnalysisError(
            say(
                "The confidence level {confidence_level} is outside the open interval from 0 to 1. Use for "
                "instance 0.95.",
                confidence_level=confidence_level,
            )
        )
    return float(ndtri(0.5 + confidence_level / 2))


def divide(numerator: FloatArray, denominator: FloatArray) -> FloatArray:
    """Return the quotient: nan for 0/0, inf for a positive number over 0, without a warning."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(numerator / denominator, dtype=np.float64)
