"""Bivariate probit of a pair's two reactions: what moves each, and how strongly the employer's disposition ties them.

Both reactions have a latent index with the same covariates of the vacancy (or none) and normal errors with
correlation ρ. With intercepts alone the rates are the observed ones and ρ is the tetrachoric correlation of the
paired table (Pearson 1900).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtr, owens_t

from corrtest.analysis.models.fitted import FittedModel, design
from corrtest.analysis.models.likelihood import fitted
from corrtest.analysis.models.probit import probit
from corrtest.analysis.tables import FloatArray
from corrtest.errors import AnalysisError
from corrtest.language import say

CORRELATION_TERM = "atanh(rho)"


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
    s0, s1 = 2 * y0 - 1, 2 * y1 - 1
    p = x.shape[1]

    def likelihood(parameters: FloatArray) -> tuple[FloatArray, FloatArray]:
        rho = np.tanh(parameters[-1])
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

    starts = [probit(y, covariates).coefficients for y in (y0, y1)]
    varied = y0.std() > 0 and y1.std() > 0
    correlation = float(np.corrcoef(y0, y1)[0, 1]) if varied else 0.0
    start = np.concatenate([*starts, [np.arctanh(np.clip(1.3 * correlation, -0.9, 0.9))]])
    names = [str(name) for name in covariates.columns]
    terms = (*(f"control:{name}" for name in names), *(f"treated:{name}" for name in names), CORRELATION_TERM)
    return fitted("bivariate probit", terms, likelihood, start, observations=len(y0), clusters=codes)


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
