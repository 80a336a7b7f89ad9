"""Random-effects meta-analysis: one number from many strata or experiments, and how much they differ.

Sources: DerSimonian and Laird 1986 (DL); Paule and Mandel 1982 (PM); restricted maximum likelihood (REML, the
default) and the other formulas as in Viechtbauer 2005, Journal of Educational and Behavioral Statistics 30:261;
Hartung and Knapp 2001, Statistics in Medicine 20:3875 (the default test); Q-profile interval of τ²: Viechtbauer
2007, Statistics in Medicine 26:37. Checked to 5 decimals against R's metafor on 24 groups of published experiments.
Coverage at 95 %: Hartung-Knapp 0.922 to 0.959, z 0.872 to 0.964, prediction interval 0.820 to 0.960, least where true
ratios differ little (analysis/calibration/strata).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import chdtrc, chdtri, ndtri, stdtrit

from corrtest.analysis.pooling.between_variance import TAU2, q_profile, weighted_mean
from corrtest.analysis.tables import normal_quantile
from corrtest.errors import AnalysisError
from corrtest.language import say

Tau2Method = Literal["REML", "PM", "DL"]
PoolingTest = Literal["hartung_knapp", "z"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledEffect:
    """A pooled effect on the scale it was given on (log ratios, as a rule), with the spread of the true effects.

    `prediction_lower` and `prediction_upper` bound the true effect of one more stratum like these.
    """

    effect: float
    standard_error: float
    lower: float
    upper: float
    prediction_lower: float
    prediction_upper: float
    tau2: float
    tau2_lower: float
    tau2_upper: float
    i2: float
    q: float
    q_pvalue: float
    k: int
    method: Tau2Method
    test: PoolingTest
    confidence_level: float


def random_effects(
    effects: npt.ArrayLike,
    variances: npt.ArrayLike,
    *,
    method: Tau2Method = "REML",
    test: PoolingTest = "hartung_knapp",
    confidence_level: float = 0.95,
) -> PooledEffect:
    """Pool effects with known sampling variances.

    Parameters
    ----------
    effects, variances : array-like
        One entry a stratum; variances above 0.
    method : "REML", "PM" or "DL"
        How τ², the variance of the true effects, is estimated.
    test : "hartung_knapp" or "z"
        Hartung and Knapp's interval uses Student's t and holds its level with few strata; "z" does not.

    Raises
    ------
    AnalysisError
        Fewer than two strata, a variance that is not positive, or an unknown method.
    """
    y, v = np.asarray(effects, dtype=np.float64), np.asarray(variances, dtype=np.float64)
    if y.shape != v.shape or y.ndim != 1 or not np.all(np.isfinite(y)) or not np.all(np.isfinite(v) & (v > 0)):
        raise AnalysisError(say("Pooling needs a finite effect and a variance above 0 for each stratum."))
    if len(y) < 2:
        raise AnalysisError(say("Pooling needs at least 2 strata; there is {count}.", count=len(y)))
    if method not in TAU2:
        raise AnalysisError(
            say("There is no method '{method}' for τ². Use one of: {tau2}.", method=method, tau2=", ".join(TAU2))
        )
    normal_quantile(confidence_level)
    k, tail = len(y), (1 - confidence_level) / 2
    tau2 = TAU2[method](y, v)
    mean, squares = weighted_mean(y, v + tau2)
    weight = float(np.sum(1 / (v + tau2)))
    if test == "hartung_knapp":
        standard_error = float(np.sqrt(squares / (k - 1) / weight))
        quantile = float(-stdtrit(k - 1, tail))
    else:
        standard_error = weight**-0.5
        quantile = float(-ndtri(tail))
    reach = quantile * float(np.sqrt(standard_error**2 + tau2))
    _, q = weighted_mean(y, v)
    w = 1 / v
    typical = (k - 1) * w.sum() / (w.sum() ** 2 - (w**2).sum())
    tau2_lower, tau2_upper = (q_profile(y, v, float(chdtri(k - 1, part))) for part in (tail, 1 - tail))
    return PooledEffect(
        effect=mean,
        standard_error=standard_error,
        lower=mean - quantile * standard_error,
        upper=mean + quantile * standard_error,
        prediction_lower=mean - reach,
        prediction_upper=mean + reach,
        tau2=tau2,
        tau2_lower=tau2_lower,
        tau2_upper=tau2_upper,
        i2=float(100 * tau2 / (tau2 + typical)),
        q=q,
        q_pvalue=float(chdtrc(k - 1, q)),
        k=k,
        method=method,
        test=test,
        confidence_level=confidence_level,
    )
