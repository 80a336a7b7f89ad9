"""Probit, and the heteroskedastic probit that answers Heckman and Siegelman.

Heckman and Siegelman (1993) showed that a correspondence test can find discrimination where there is none, or hide
it: if employers believe that unobserved productivity varies more among the treated than among the controls, the two
are called back at different rates at one level of qualification. Neumark (2012, Journal of Human Resources 47:1128)
separates the two with applications of varied quality: P(positive) = Φ(x'β / exp(δ·treated)), with equal effects of
quality for both arms. β of treated is then discrimination in level, and exp(δ) the ratio of the standard
deviations. On markets with a known truth it recovers the level where the plain probit is off by 0.2 to 0.3, with
coverage of 0.936 to 0.962 (analysis/calibration/neumark).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import chdtrc, log_ndtr

from corrtest.analysis.models.average_effects import LOG_SD_TERM, AverageEffect, average_effect
from corrtest.analysis.models.fitted import FittedModel, design
from corrtest.analysis.models.likelihood import Likelihood, delta_errors, fitted, maximise
from corrtest.analysis.tables import FloatArray
from corrtest.errors import AnalysisError
from corrtest.language import say


@dataclass(frozen=True, slots=True, kw_only=True)
class NeumarkResult:
    """The heteroskedastic probit beside the plain one, with the marginal effect split into level and variance.

    Effects are those of a small change in `treated` at the means of the covariates, as Neumark reports them;
    `average` is the heteroskedastic probit's average effect of the signal over all applications.
    `equal_quality` tests that quality counts equally in both arms (a likelihood ratio against separate probits); it
    needs two or more covariates of quality.
    """

    plain: FittedModel
    heteroskedastic: FittedModel
    sd_ratio: float
    plain_effect: float
    total_effect: float
    level_effect: float
    level_standard_error: float
    variance_effect: float
    variance_standard_error: float
    average: AverageEffect
    equal_variance_pvalue: float
    equal_quality_pvalue: float | None


def probit(outcome: npt.ArrayLike, covariates: pd.DataFrame, *, clusters: npt.ArrayLike | None = None) -> FittedModel:
    """Fit a probit by maximum likelihood, with clustered errors (CR1) where clusters are given."""
    y, x, codes = design(outcome, covariates, clusters)
    likelihood = _probit_likelihood(y, x)
    terms = tuple(map(str, covariates.columns))

    def expected(beta: FloatArray) -> FloatArray:
        (above, rising), (below, falling) = (_signed(np.full(len(x), mark), x @ beta) for mark in (1.0, 0.0))
        weights = np.exp(above) * rising**2 + np.exp(below) * falling**2
        return np.asarray(x.T @ (weights[:, None] * x))

    return fitted(
        "probit", terms, likelihood, np.zeros(x.shape[1]), observations=len(y), clusters=codes, expected=expected
    )


def heteroskedastic_probit(
    outcome: npt.ArrayLike,
    covariates: pd.DataFrame,
    *,
    treated: str,
    clusters: npt.ArrayLike | None = None,
) -> FittedModel:
    """Fit P = Φ(x'β / exp(δ·treated)); δ is the term "log_sd:treated".

    Parameters
    ----------
    treated : str
        The 0/1 column that marks the treated arm; at least one more column besides the intercept must vary.
    """
    y, x, codes = design(outcome, covariates, clusters)
    names = tuple(map(str, covariates.columns))
    if treated not in names:
        raise AnalysisError(
            say("There is no column '{treated}'. The covariates are: {names}.", treated=treated, names=", ".join(names))
        )
    marks = x[:, names.index(treated)]
    varying = int(np.sum(np.ptp(x, axis=0) > 0))
    if varying < 2:
        raise AnalysisError(
            say(
                "The heteroskedastic probit needs applications that differ in quality: add at least one covariate "
                "that varies within the arms. Without one, level and variance cannot be told apart."
            )
        )
    likelihood = _heteroskedastic_likelihood(y, x, marks)
    start, _, _ = maximise(_probit_likelihood(y, x), np.zeros(x.shape[1]))
    return fitted(
        "heteroskedastic probit",
        (*names, LOG_SD_TERM),
        likelihood,
        np.append(start, 0.0),
        observations=len(y),
        clusters=codes,
    )


def neumark(
    outcome: npt.ArrayLike, covariates: pd.DataFrame, *, treated: str, clusters: npt.ArrayLike | None = None
) -> NeumarkResult:
    """Fit both probits and split the marginal effect of `treated` into level and variance (Neumark 2012)."""
    plain = probit(outcome, covariates, clusters=clusters)
    split = heteroskedastic_probit(outcome, covariates, treated=treated, clusters=clusters)
    means = covariates.to_numpy(dtype=np.float64).mean(axis=0)
    place = list(map(str, covariates.columns)).index(treated)
    share = float(means[place])

    def effects(parameters: FloatArray) -> FloatArray:
        beta, delta = parameters[:-1], parameters[-1]
        scale = np.exp(delta * share)
        index = float(means @ beta)
        density = float(_density(np.array([index / scale]))[0])
        return np.array([density * beta[place] / scale, -density * index * delta / scale])

    level, variance = effects(split.coefficients)
    errors = delta_errors(effects, split.coefficients, split.covariance)
    difference = 2 * (_loglik(split) - _loglik(plain))
    plain_density = float(_density(np.array([means @ plain.coefficients]))[0])
    return NeumarkResult(
        plain=plain,
        heteroskedastic=split,
        sd_ratio=float(np.exp(split.coefficients[-1])),
        plain_effect=plain_density * float(plain.coefficients[place]),
        total_effect=float(level + variance),
        level_effect=float(level),
        level_standard_error=float(errors[0]),
        variance_effect=float(variance),
        variance_standard_error=float(errors[1]),
        average=average_effect(split, covariates, treated),
        equal_variance_pvalue=float(chdtrc(1, max(difference, 0.0))),
        equal_quality_pvalue=_equal_quality(outcome, covariates, place, _loglik(split)),
    )


def _equal_quality(outcome: npt.ArrayLike, covariates: pd.DataFrame, place: int, restricted: float) -> float | None:
    """Compare with a probit for each arm: the heteroskedastic probit is their restriction to proportional quality."""
    y, x = np.asarray(outcome, dtype=np.float64), covariates.to_numpy(dtype=np.float64)
    rest = np.delete(x, place, axis=1)
    quality = rest.shape[1] - 1
    if quality < 2:
        return None
    free = 0.0
    for mark in (0.0, 1.0):
        here = x[:, place] == mark
        free += maximise(_probit_likelihood(y[here], rest[here]), np.zeros(rest.shape[1]))[2]
    return float(chdtrc(quality - 1, max(2 * (free - restricted), 0.0)))


def _loglik(model: FittedModel) -> float:
    if model.log_likelihood is None:
        raise ValueError("a maximum likelihood fit has a log likelihood")
    return model.log_likelihood


def _density(index: FloatArray) -> FloatArray:
    return np.asarray(np.exp(-(index**2) / 2) / np.sqrt(2 * np.pi))


def _signed(y: FloatArray, index: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return each observation's log likelihood and its derivative with respect to the index."""
    sign = 2 * y - 1
    values = np.asarray(log_ndtr(sign * index))
    # φ/Φ from logs: neither underflows in the tails.
    derivative = sign * np.exp(-(index**2) / 2 - 0.5 * np.log(2 * np.pi) - values)
    return values, derivative


def _probit_likelihood(y: FloatArray, x: FloatArray) -> Likelihood:
    def likelihood(beta: FloatArray) -> tuple[FloatArray, FloatArray]:
        values, derivative = _signed(y, x @ beta)
        return values, derivative[:, None] * x

    return likelihood


def _heteroskedastic_likelihood(y: FloatArray, x: FloatArray, marks: FloatArray) -> Likelihood:
    def likelihood(parameters: FloatArray) -> tuple[FloatArray, FloatArray]:
        beta, delta = parameters[:-1], parameters[-1]
        scale = np.exp(-delta * marks)
        index = (x @ beta) * scale
        values, derivative = _signed(y, index)
        scores = np.column_stack([derivative[:, None] * x * scale[:, None], -derivative * index * marks])
        return values, scores

    return likelihood
