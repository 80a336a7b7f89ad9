"""What every model returns: named coefficients with their covariance, and how that was computed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import stdtr, stdtrit

from corrtest.analysis.handling import as_html
from corrtest.analysis.tables import FloatArray, normal_quantile
from corrtest.errors import AnalysisError
from corrtest.language import say

# A standard error below this is rounding.
_LEAST_ERROR = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedModel:
    """Coefficients of one regression. `df` is inf where the normal distribution is used.

    `test_of_zero` gives, for models fitted by maximum likelihood, the p-value of the score test that the coefficient
    at a place is 0; `test_of_arms`, where each arm has coefficients of its own, that the arms are alike. The p-values
    of `to_frame` are those of Wald.
    """

    model: str
    terms: tuple[str, ...]
    coefficients: FloatArray
    covariance: FloatArray
    df: FloatArray
    errors: str
    observations: int
    clusters: int | None
    log_likelihood: float | None = None
    test_of_zero: Callable[[int], float] | None = field(default=None, repr=False, compare=False)
    test_of_arms: Callable[[], float] | None = field(default=None, repr=False, compare=False)

    @property
    def standard_errors(self) -> FloatArray:
        """Standard errors, one a term; nan where rounding made a variance negative."""
        with np.errstate(invalid="ignore"):
            return np.sqrt(np.diag(self.covariance))

    def coefficient(self, term: str) -> float:
        """Return the coefficient of `term`; KeyError where there is none."""
        return float(self.coefficients[self._place(term)])

    def standard_error(self, term: str) -> float:
        """Return the standard error of `term`; KeyError where there is none."""
        return float(self.standard_errors[self._place(term)])

    def to_frame(self, confidence_level: float = 0.95) -> pd.DataFrame:
        """Return one row a term, with its interval and two-sided p-value.

        A term without any residual variation (all reactions behind it are alike) has neither: no interval of width
        zero is shown.
        """
        normal_quantile(confidence_level)
        errors = np.where(self.standard_errors > _LEAST_ERROR, self.standard_errors, np.nan)
        statistic = self.coefficients / errors
        quantile = -stdtrit(self.df, (1 - confidence_level) / 2)
        return pd.DataFrame(
            {
                "term": self.terms,
                "coefficient": self.coefficients,
                "standard_error": errors,
                "df": self.df,
                "lower": self.coefficients - quantile * errors,
                "upper": self.coefficients + quantile * errors,
                "statistic": statistic,
                "pvalue": 2 * stdtr(self.df, -np.abs(statistic)),
            }
        )

    def _repr_html_(self) -> str:
        clusters = "" if self.clusters is None else f", {self.clusters} clusters"
        head = f"<p><b>{self.model}</b>: {self.observations} observations{clusters}; errors: {self.errors}.</p>"
        return as_html(self.to_frame(), head=head)

    def _place(self, term: str) -> int:
        if term not in self.terms:
            raise KeyError(term)
        return self.terms.index(term)


def design(
    outcome: npt.ArrayLike, covariates: pd.DataFrame, clusters: npt.ArrayLike | None, *, binary: bool = True
) -> tuple[FloatArray, FloatArray, npt.NDArray[np.int64] | None]:
    """Check the parts of a regression: outcome, covariates (an intercept among them where wanted), cluster codes.

    Raises
    ------
    AnalysisError
        Lengths differ, a value is missing, the outcome is not 0/1, or the covariates are linearly dependent.
    """
    y = np.asarray(outcome, dtype=np.float64)
    x = covariates.to_numpy(dtype=np.float64)
    if len(y) != len(x):
        raise AnalysisError(say("The outcome has {count} values and the covariates {x} rows.", count=len(y), x=len(x)))
    if not np.all(np.isfinite(y)) or not np.all(np.isfinite(x)):
        raise AnalysisError(
            say("A model cannot use missing values. Leave out those rows, or code them as a group of their own.")
        )
    if binary and not np.all(np.isin(y, (0.0, 1.0))):
        raise AnalysisError(say("The outcome must be 1 (positive) or 0."))
    if np.linalg.matrix_rank(x) < x.shape[1]:
        raise AnalysisError(
            say(
                "The covariates are linearly dependent: {words}. Leave one out.",
                words=", ".join(map(str, covariates.columns)),
            )
        )
    codes = None if clusters is None else pd.factorize(np.asarray(clusters))[0].astype(np.int64)
    if codes is not None and len(codes) != len(y):
        raise AnalysisError(say("There are {count} cluster labels for {y} rows.", count=len(codes), y=len(y)))
    return y, x, codes


def with_intercept(covariates: pd.DataFrame) -> pd.DataFrame:
    """Put a column of ones, called "(Intercept)", before the covariates."""
    ones = pd.DataFrame({"(Intercept)": np.ones(len(covariates))}, index=covariates.index)
    return pd.concat([ones, covariates], axis=1)


def indicators(values: pd.Series, reference: str | None = None, prefix: str = "") -> pd.DataFrame:
    """Return 0/1 columns for the values of a column, but for the reference (the first in order where not given)."""
    if values.isna().any():
        raise AnalysisError(
            say(
                "Column '{values}' has {value} empty cells. Leave out those rows, or give them a name.",
                values=values.name,
                value=int(values.isna().sum()),
            )
        )
    names = sorted(values.astype(str).unique())
    base = names[0] if reference is None else reference
    if base not in names:
        raise AnalysisError(say("There is no value '{base}' in column '{values}'.", base=base, values=values.name))
    text = values.astype(str)
    return pd.DataFrame(
        {f"{prefix}{name}": (text == name).astype(np.float64) for name in names if name != base}, index=values.index
    )


def interactions(left: pd.DataFrame, right: pd.DataFrame) -> pd.DataFrame:
    """Return the products of each column of `left` with each of `right`, named ``a:b``."""
    return pd.DataFrame({f"{a}:{b}": left[a] * right[b] for a in left.columns for b in right.columns}, index=left.index)


def cluster_sums(scores: FloatArray, codes: npt.NDArray[np.int64]) -> FloatArray:
    """Sum the rows of `scores` within clusters."""
    sums = np.zeros((int(codes.max()) + 1, scores.shape[1]))
    np.add.at(sums, codes, scores)
    return sums
