"""τ², the variance of the true effects between strata: DerSimonian-Laird, Paule-Mandel, restricted maximum likelihood.

REML is taken at its maximum, which is 0 where no τ² above 0 is likelier; R's metafor stops its iteration when a step is
at most 0.00001, so that the two agree to about the fifth decimal. Paule-Mandel has no closed form either and stops
where metafor stops: Brent's root finder (1973, Algorithms for Minimization without Derivatives, chapter 4) on 0 to 100
with a tolerance of the fourth root of the machine precision.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.optimize import brentq, minimize_scalar

from corrtest.analysis.tables import FloatArray

# Points at which the slope of the restricted likelihood is looked at: it may rise and fall more than once.
_GRID = 400
_ROOT_TOLERANCE = float(np.finfo(np.float64).eps ** 0.25)
_LARGEST_TAU2 = 100.0


def weighted_mean(y: FloatArray, total: FloatArray) -> tuple[float, float]:
    """Return the mean weighted by 1 / total variance, and the weighted sum of squares around it."""
    w = 1 / total
    mean = float(np.sum(w * y) / np.sum(w))
    return mean, float(np.sum(w * (y - mean) ** 2))


def dersimonian_laird(y: FloatArray, v: FloatArray) -> float:
    """Estimate τ² by the method of moments (DerSimonian and Laird 1986)."""
    w = 1 / v
    _, q = weighted_mean(y, v)
    return max(0.0, float((q - (len(y) - 1)) / (w.sum() - (w**2).sum() / w.sum())))


def restricted_maximum_likelihood(y: FloatArray, v: FloatArray) -> float:
    """Estimate τ² as the value of 0 or more at which the restricted likelihood is greatest.

    Every place where its slope (Viechtbauer 2005, equation 9) turns from up to down is found, and the likeliest taken.
    """
    top = 4 * float(np.var(y, ddof=1)) + 1e-12
    while _restricted_slope(y, v, top) > 0:
        top *= 4
    # Finer near 0, where the maxima lie close together.
    grid = top * np.linspace(0.0, 1.0, _GRID) ** 3
    slopes = _restricted_slope(y, v, grid[:, None])
    turns = np.flatnonzero((slopes[:-1] > 0) & (slopes[1:] <= 0))
    peaks = [0.0] if slopes[0] <= 0 else []
    peaks += [
        float(brentq(lambda tau2: float(_restricted_slope(y, v, tau2)), grid[place], grid[place + 1], xtol=1e-15))
        for place in turns
    ]
    return max(peaks, key=lambda tau2: _restricted_likelihood(y, v, tau2))


def _restricted_slope(y: FloatArray, v: FloatArray, tau2: FloatArray | float) -> FloatArray:
    """Return twice the derivative of the restricted log likelihood at τ², or at each of a column of them."""
    w = 1 / (v + tau2)
    total = w.sum(axis=-1, keepdims=True)
    mean = (w * y).sum(axis=-1, keepdims=True) / total
    return np.asarray((w**2 * (y - mean) ** 2 - w + w**2 / total).sum(axis=-1))


def _restricted_likelihood(y: FloatArray, v: FloatArray, tau2: float) -> float:
    """Return the restricted log likelihood, but for a constant."""
    total = v + tau2
    _, squares = weighted_mean(y, total)
    return -0.5 * float(np.sum(np.log(total)) + np.log(np.sum(1 / total)) + squares)


def paule_mandel(y: FloatArray, v: FloatArray) -> float:
    """Estimate τ² as the value at which the weighted sum of squares is its expectation, k − 1."""
    target = len(y) - 1.0

    def excess(tau2: float) -> float:
        return weighted_mean(y, v + tau2)[1] - target

    return 0.0 if excess(0.0) <= 0 else _brent_root(excess, 0.0, _LARGEST_TAU2, _ROOT_TOLERANCE)


def q_profile(y: FloatArray, v: FloatArray, target: float) -> float:
    """Find the τ² at which the weighted sum of squares falls to `target`; 0 where it is below from the start."""

    def excess(tau2: float) -> float:
        return weighted_mean(y, v + tau2)[1] - target

    if excess(0.0) <= 0:
        return 0.0
    top = float(np.var(y)) + 1.0
    while excess(top) > 0:
        top *= 4
    return float(brentq(excess, 0.0, top, xtol=1e-14))


def _brent_root(function: Callable[[float], float], low: float, high: float, tolerance: float) -> float:
    """Find a root as Brent's `zeroin` does; SciPy's brentq stops elsewhere."""
    a, b = low, high
    fa, fb = function(a), function(b)
    c, fc = a, fa
    epsilon = float(np.finfo(np.float64).eps)
    while True:
        previous = b - a
        if abs(fc) < abs(fb):
            a, b, c = b, c, b
            fa, fb, fc = fb, fc, fb
        least = 2 * epsilon * abs(b) + tolerance / 2
        step = (c - b) / 2
        if abs(step) <= least or fb == 0.0:
            return b
        if abs(previous) >= least and abs(fa) > abs(fb):
            if a == c:
                p, q = (c - b) * (fb / fa), 1.0 - fb / fa
            else:
                q, r, s = fa / fc, fb / fc, fb / fa
                p = s * ((c - b) * q * (q - r) - (b - a) * (r - 1.0))
                q = (q - 1.0) * (r - 1.0) * (s - 1.0)
            if p > 0:
                q = -q
            else:
                p = -p
            if p < 0.75 * (c - b) * q - abs(least * q) / 2 and p < abs(previous * q / 2):
                step = p / q
        if abs(step) < least:
            step = least if step > 0 else -least
        a, fa = b, fb
        b += step
        fb = function(b)
        if (fb > 0) == (fc > 0):
            c, fc = a, fa


def adjusted_density(y: FloatArray, v: FloatArray) -> float:
    """Estimate τ² by adjusted density maximisation: the maximum of τ² times the restricted likelihood.

    It is never 0, where restricted maximum likelihood often is with few strata, so that intervals of shrunken effects
    keep a width (Morris and Tang 2011, Statistical Science 26:271). It needs four strata or more.
    """

    def negative(log_tau2: float) -> float:
        return -float(log_tau2 + _restricted_likelihood(y, v, float(np.exp(log_tau2))))

    typical = np.log(float(np.mean(v)) + float(np.var(y)))
    found = minimize_scalar(negative, bounds=(typical - 15.0, typical + 5.0), method="bounded")
    return float(np.exp(found.x))


TAU2: dict[str, Callable[[FloatArray, FloatArray], float]] = {
    "REML": restricted_maximum_likelihood,
    "PM": paule_mandel,
    "DL": dersimonian_laird,
}
