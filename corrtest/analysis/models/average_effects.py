"""Average marginal effects: what a model says the signal does to the chance of a positive reaction.

Each effect is on the scale of rates, so that models can be laid side by side. Errors are by the delta method, from the
covariance that the model was fitted with. An effect cannot leave its bounds, ±1 or narrower, and its sampling
distribution is skewed near them: the limits are taken on the scale of the inverse hyperbolic tangent of effect ÷ bound
and taken back, which for the conditional logit is the interval of its coefficient; those of the linear probability
model are cut off at ±1. Where no effect means that one coefficient is 0, the p-value is that of the score test of this
coefficient; of the bivariate probit, of the score test that both arms have the same rate at the mean of the covariates.

==============================  ====================================================================================
linear probability              the coefficient
probit                          mean over applications of Φ(x'β with the signal) − Φ(x'β without)
heteroskedastic probit          the same with Φ(x'β / exp(δ·signal))
bivariate probit                mean over pairs of Φ(x'β of the treated arm) − Φ(x'β of the control arm)
conditional logit               mean over vacancies of the expected difference between a candidate with the signal and
                                one without, alike for the rest, given how many of its candidates were positive
==============================  ====================================================================================

The conditional logit knows no chance of its own for a vacancy; given the number of its positives, two of its candidates
differ with a known share, and then the one with the signal is the positive one with chance 1/(1 + exp(−β)). For pairs
without covariates the effect is the observed difference of the rates.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtr, stdtr, stdtrit

from corrtest.analysis.models.fitted import FittedModel
from corrtest.analysis.models.likelihood import delta_errors
from corrtest.analysis.tables import FloatArray, normal_quantile
from corrtest.errors import AnalysisError
from corrtest.language import say

LOG_SD_TERM = "log_sd:treated"
# A standard error of a rate below this is rounding: nothing varies.
_LEAST_ERROR = 1e-7


@dataclass(frozen=True, slots=True, kw_only=True)
class AverageEffect:
    """The average marginal effect of a 0/1 covariate on the positive rate.

    Attributes
    ----------
    df : float
        Degrees of freedom of Student's t; inf where the normal distribution is used.
    bound : float
        The largest effect, in absolute value, that the model can give.
    transformed : bool
        Whether limits are taken on the scale on which the bound is infinity; else they are cut off at it.
    tested : float or None
        The p-value of the score test where the model has one; else that of Wald's is taken.
    """

    model: str
    term: str
    effect: float
    standard_error: float
    df: float
    errors: str
    observations: int
    clusters: int | None
    bound: float = 1.0
    transformed: bool = True
    tested: float | None = None

    @property
    def pvalue(self) -> float | None:
        """Two-sided p-value of no effect; None without an error."""
        if not self.standard_error > _LEAST_ERROR:
            return None
        if self.tested is not None:
            return self.tested
        value, error = self._transformed()
        return float(2 * stdtr(self.df, -abs(value) / error))

    def interval(self, confidence_level: float = 0.95) -> tuple[float, float] | tuple[None, None]:
        """Return the limits at `confidence_level`, never beyond the bounds; None where nothing varies."""
        normal_quantile(confidence_level)
        if not self.standard_error > _LEAST_ERROR:
            return None, None
        value, error = self._transformed()
        reach = float(-stdtrit(self.df, (1 - confidence_level) / 2)) * error
        if not self.transformed:
            return max(value - reach, -self.bound), min(value + reach, self.bound)
        return self.bound * float(np.tanh(value - reach)), self.bound * float(np.tanh(value + reach))

    def _transformed(self) -> tuple[float, float]:
        """Return the effect and its error on the scale on which the limits are taken."""
        if not self.transformed:
            return self.effect, self.standard_error
        share = self.effect / self.bound
        return float(np.arctanh(share)), self.standard_error / (self.bound * (1 - share**2))

    def to_dict(self, confidence_level: float = 0.95) -> dict[str, object]:
        """Return the effect with its interval and p-value."""
        lower, upper = self.interval(confidence_level)
        return {
            "model": self.model,
            "term": self.term,
            "effect": self.effect,
            "lower": lower,
            "upper": upper,
            "standard_error": self.standard_error if self.standard_error > _LEAST_ERROR else None,
            "pvalue": self.pvalue,
            "errors": self.errors,
            "observations": self.observations,
            "clusters": self.clusters,
        }


def average_effect(
    fitted: FittedModel,
    covariates: pd.DataFrame,
    term: str,
    *,
    outcome: npt.ArrayLike | None = None,
    vacancies: npt.ArrayLike | None = None,
) -> AverageEffect:
    """Compute the average effect of `term`, a 0/1 covariate (of the bivariate probit: of the treated arm).

    Parameters
    ----------
    covariates : DataFrame
        As the model was fitted with.
    outcome, vacancies : array-like
        For the conditional logit alone: it needs to know how many of each vacancy's candidates were positive.

    Raises
    ------
    AnalysisError
        The model has no such term, or is none of those above.
    """
    x = covariates.to_numpy(dtype=np.float64)
    if fitted.model == "bivariate probit":
        tested = None if fitted.test_of_arms is None else fitted.test_of_arms()
        return _delta(fitted, "treated arm", lambda beta: _between_arms(beta, x), tested=tested)
    if term not in fitted.terms:
        raise AnalysisError(
            say("The model has no term '{term}'. It has: {terms}.", term=term, terms=", ".join(fitted.terms))
        )
    place = fitted.terms.index(term)
    if fitted.model.startswith("linear probability"):
        return _linear(fitted, place)
    if fitted.model == "conditional logit":
        if outcome is None or vacancies is None:
            raise AnalysisError(say("The conditional logit's average effect needs the outcome and the vacancies."))
        share = _discordance(np.asarray(outcome, dtype=np.float64), vacancies)
        return _delta(
            fitted,
            term,
            lambda beta: share * float(np.tanh(beta[place] / 2)),
            bound=share,
            tested=_tested(fitted, place),
        )
    without, with_term = x.copy(), x.copy()
    without[:, place], with_term[:, place] = 0.0, 1.0
    if fitted.model == "probit":
        return _delta(
            fitted,
            term,
            lambda beta: float(np.mean(ndtr(with_term @ beta) - ndtr(without @ beta))),
            tested=_tested(fitted, place),
        )
    if fitted.model == "heteroskedastic probit":
        return _delta(
            fitted,
            term,
            lambda beta: float(np.mean(ndtr((with_term @ beta[:-1]) / np.exp(beta[-1])) - ndtr(without @ beta[:-1]))),
        )
    raise AnalysisError(say("There are no average effects of a {model}.", model=fitted.model))


def _between_arms(parameters: FloatArray, x: FloatArray) -> float:
    p = x.shape[1]
    return float(np.mean(ndtr(x @ parameters[p : 2 * p]) - ndtr(x @ parameters[:p])))


def _discordance(outcome: FloatArray, vacancies: npt.ArrayLike) -> float:
    """Return the mean chance, over vacancies, that two of its candidates drawn at random had different reactions."""
    codes = pd.factorize(np.asarray(vacancies))[0]
    positives, candidates = np.bincount(codes, weights=outcome), np.bincount(codes)
    several = candidates > 1
    m, k = positives[several], candidates[several]
    return float(np.mean(2 * m * (k - m) / (k * (k - 1))))


def _linear(fitted: FittedModel, place: int) -> AverageEffect:
    return AverageEffect(
        model=fitted.model,
        term=fitted.terms[place],
        effect=float(fitted.coefficients[place]),
        standard_error=float(fitted.standard_errors[place]),
        df=float(fitted.df[place]),
        errors=fitted.errors,
        observations=fitted.observations,
        clusters=fitted.clusters,
        transformed=False,
    )


def _tested(fitted: FittedModel, place: int) -> float | None:
    return None if fitted.test_of_zero is None else fitted.test_of_zero(place)


def _delta(
    fitted: FittedModel,
    term: str,
    effect: Callable[[FloatArray], float],
    *,
    bound: float = 1.0,
    tested: float | None = None,
) -> AverageEffect:
    (error,) = delta_errors(lambda beta: np.array([effect(beta)]), fitted.coefficients, fitted.covariance)
    return AverageEffect(
        model=fitted.model,
        term=term,
        effect=effect(fitted.coefficients),
        standard_error=float(error),
        df=float("inf"),
        errors=fitted.errors,
        observations=fitted.observations,
        clusters=fitted.clusters,
        bound=bound,
        tested=tested,
    )
