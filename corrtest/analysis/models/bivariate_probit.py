"""Bivariate probit of a pair's two reactions: what moves each, and how strongly the employer's disposition ties them.

Both reactions have a latent index with the same covariates of the vacancy (or none) and normal errors with
correlation ρ. With intercepts alone the rates are the observed ones and ρ is the tetrachoric correlation of the
paired table (Pearson 1900).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtr, owens_t

from corrtest.analysis.models.fitted import FittedModel, design
from corrtest.analysis.models.likelihood import fitted, score_pvalue
from corrtest.analysis.models.probit import probit
from corrtest.analysis.tables import FloatArray
from corrtest.errors import AnalysisError
from corrtest.language import say

CORRELATION_TERM = "atanh(rho)"
# A correlation of 1 makes the four chances differences of equal numbers.
_CLOSEST = 1 - 1e-12


def bivariate_probit(
    control: npt.ArrayLike,
    treated: npt.ArrayLike,
    covariates: pd.DataFrame,
    *,
    clusters: npt.ArrayLike | None = None,
) -> FittedModel:
    """Fit both reactions at once.

    Terms are called ``control:…`` and ``treated:…``, and ``atanh(rho)`` for the correlation's Fisher transform.

    Parameters
    ----------
    control, treated : array-like
        1 for a positive reaction, one entry a pair.
    covariates : DataFrame
        One row a pair, intercept included.
    """
    y0, x, codes = design(control, covariates, clusters)
    y1, _, _ = design(treated, covariates, None)
    if np.all(y0 == y1):
        raise AnalysisError(say("No pair is discordant: the correlation is 1 and the model has no maximum."))
    if np.ptp(y0) == 0 or np.ptp(y1) == 0:
        raise AnalysisError(
            say("All reactions to one arm are alike: neither its rate nor the correlation has a maximum of the model.")
        )
    p = x.shape[1]

    def of(reactions: tuple[FloatArray, FloatArray], parameters: FloatArray) -> tuple[FloatArray, FloatArray]:
        s0, s1 = (2 * reaction - 1 for reaction in reactions)
        rho = np.clip(np.tanh(parameters[-1]), -_CLOSEST, _CLOSEST)
        signed = s0 * s1 * rho
        h, k = s0 * (x @ parameters[:p]), s1 * (x @ parameters[p : 2 * p])
        joint = np.maximum(bivariate_normal(h, k, signed), 1e-300)
        root = np.sqrt(1 - signed**2)
        slope_h = _density(h) * ndtr((k - signed * h) / root) / joint
        slope_k = _density(k) * ndtr((h - signed * k) / root) / joint
        point = np.exp(-(h**2 - 2 * signed * h * k + k**2) / (2 * root**2)) / (2 * np.pi * root)
        slope_rho = s0 * s1 * point / joint * (1 - rho**2)
        scores = np.column_stack([(s0 * slope_h)[:, None] * x, (s1 * slope_k)[:, None] * x, slope_rho])
        return np.log(joint), scores

    def likelihood(parameters: FloatArray) -> tuple[FloatArray, FloatArray]:
        return of((y0, y1), parameters)

    starts = [probit(y, covariates).coefficients for y in (y0, y1)]
    correlation = float(np.corrcoef(y0, y1)[0, 1])
    start = np.concatenate([*starts, [np.arctanh(np.clip(1.3 * correlation, -0.9, 0.9))]])
    names = [str(name) for name in covariates.columns]
    terms = (*(f"control:{name}" for name in names), *(f"treated:{name}" for name in names), CORRELATION_TERM)
    model = fitted("bivariate probit", terms, likelihood, start, observations=len(y0), clusters=codes)
    return replace(model, test_of_arms=lambda: _equal_arms(of, (y0, y1), x, model.coefficients, codes))


def _equal_arms(
    of: Callable[[tuple[FloatArray, FloatArray], FloatArray], tuple[FloatArray, FloatArray]],
    reactions: tuple[FloatArray, FloatArray],
    x: FloatArray,
    coefficients: FloatArray,
    codes: npt.NDArray[np.int64] | None,
) -> float:
    """Return the p-value of the score test that both arms have one index at the mean of the covariates.

    The parameters are written as the control's coefficients and what the treated arm adds to them at the mean, and
    beyond it. Without covariates, and without clusters larger than a pair, it is the asymptotic McNemar test.
    """
    p = x.shape[1]
    mean = x.mean(axis=0)
    # What is added at the mean stands first; the other covariates keep what they add as they move from their mean.
    constant = int(np.argmin(np.ptp(x, axis=0)))
    added = np.eye(p)
    added[constant] -= mean / mean[constant]
    added[constant, constant] = 1.0 / mean[constant]
    to_model = np.zeros((2 * p + 1, 2 * p + 1))
    to_model[:p, :p] = to_model[p : 2 * p, :p] = np.eye(p)
    to_model[p : 2 * p, p : 2 * p] = added
    to_model[-1, -1] = 1.0

    def likelihood(parameters: FloatArray) -> tuple[FloatArray, FloatArray]:
        values, scores = of(reactions, to_model @ parameters)
        return values, scores @ to_model

    def expected(parameters: FloatArray) -> FloatArray:
        information = np.zeros((len(parameters), len(parameters)))
        for control in (0.0, 1.0):
            for treated in (0.0, 1.0):
                everywhere = (np.full(len(x), control), np.full(len(x), treated))
                values, scores = of(everywhere, to_model @ parameters)
                scores = scores @ to_model
                information += scores.T @ (np.exp(values)[:, None] * scores)
        return information

    start = np.asarray(np.linalg.solve(to_model, coefficients), dtype=np.float64)
    return score_pvalue(likelihood, start, p + constant, codes, expected)


def bivariate_normal(h: FloatArray, k: FloatArray, rho: FloatArray) -> FloatArray:
    """Compute P(X ≤ h, Y ≤ k) of standard normals with correlation `rho`, from Owen's T function (Owen 1956)."""
    # The formula has 0/0 at 0; a shift of 1e-12 moves the result by less.
    h = np.where(np.abs(h) < 1e-12, 1e-12, h)
    k = np.where(np.abs(k) < 1e-12, 1e-12, k)
    root = np.sqrt(1 - rho**2)
    opposite = np.where(h * k < 0, 0.5, 0.0)
    return np.asarray(
        (ndtr(h) + ndtr(k)) / 2 - owens_t(h, (k / h - rho) / root) - owens_t(k, (h / k - rho) / root) - opposite
    )


def _density(values: FloatArray) -> FloatArray:
    return np.asarray(np.exp(-(values**2) / 2) / np.sqrt(2 * np.pi))
