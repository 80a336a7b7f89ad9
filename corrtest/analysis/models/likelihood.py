"""Maximum likelihood by Newton's method, with analytic scores and the observed information.

A Wald test divides a coefficient by an error that grows as the coefficient does, so that few discordant vacancies give
p-values that are far too small or far too large. Where a test of one coefficient is asked for it is the score test, at
the maximum under its hypothesis; with clusters, in its robust form (Boos 1992, The American Statistician 46:327).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy.special import chdtrc

from corrtest.analysis.models.fitted import FittedModel, cluster_sums
from corrtest.analysis.tables import FloatArray
from corrtest.errors import AnalysisError
from corrtest.language import say

_STEPS = 200
_PERFECT = -1e-6
# Central differences of an analytic score: the cube root of the machine precision balances truncation and rounding.
_DIFFERENCE = float(np.cbrt(np.finfo(np.float64).eps))

# Parameters → log likelihood and score of every observation.
Likelihood = Callable[[FloatArray], tuple[FloatArray, FloatArray]]
# Parameters → expected information.
Information = Callable[[FloatArray], FloatArray]


def maximise(likelihood: Likelihood, start: FloatArray) -> tuple[FloatArray, FloatArray, float]:
    """Return the parameters, the observed information and the log likelihood at the maximum.

    Raises
    ------
    AnalysisError
        There is no maximum to be found: a covariate separates the outcomes, or the model is not identified.
    """
    parameters = np.asarray(start, dtype=np.float64)
    value, score = _summed(likelihood, parameters)
    for _ in range(_STEPS):
        information = _information(likelihood, parameters)
        try:
            step = np.linalg.solve(_positive(information), score)
        except np.linalg.LinAlgError:
            break
        size = 1.0
        while True:
            candidate = parameters + size * step
            new_value, new_score = _summed(likelihood, candidate)
            if np.isfinite(new_value) and new_value >= value - 1e-12:
                break
            size /= 2
            if size < 1e-10:
                candidate, new_value, new_score = parameters, value, score
                break
        gain = float(score @ step)
        parameters, value, score = candidate, new_value, new_score
        # A log likelihood of 0 predicts every reaction: the parameters are on their way to infinity.
        if value > _PERFECT:
            break
        if gain < 1e-13 * max(1.0, abs(value)):
            information = _information(likelihood, parameters)
            if np.all(np.linalg.eigvalsh(information) > 0):
                return parameters, information, value
            break
    raise AnalysisError(
        say(
            "The model has no clear maximum: a covariate may separate positive from other reactions, or too few "
            "positive reactions tell its coefficients apart. Use fewer covariates."
        )
    )


def covariance(
    likelihood: Likelihood,
    parameters: FloatArray,
    information: FloatArray,
    clusters: npt.NDArray[np.int64] | None,
) -> FloatArray:
    """Return the inverse information, or the clustered sandwich around it where clusters are given.

    The sandwich has the correction K/(K − 1) for K clusters, as R's `vcovCL` and Stata have it.
    """
    bread = np.linalg.inv(information)
    if clusters is None:
        return np.asarray(bread)
    sums = cluster_sums(likelihood(parameters)[1], clusters)
    return np.asarray(bread @ (sums.T @ sums) @ bread * len(sums) / (len(sums) - 1))


def fitted(
    model: str,
    terms: tuple[str, ...],
    likelihood: Likelihood,
    start: FloatArray,
    *,
    observations: int,
    clusters: npt.NDArray[np.int64] | None,
    expected: Information | None = None,
) -> FittedModel:
    """Maximise the likelihood and return the model, its errors clustered (CR1) where clusters are given.

    `expected` gives the expected information, which the score test takes where it is not the observed one.
    """
    parameters, information, value = maximise(likelihood, start)
    return FittedModel(
        model=model,
        terms=terms,
        coefficients=parameters,
        covariance=covariance(likelihood, parameters, information, clusters),
        df=np.full(len(parameters), np.inf),
        errors="observed information" if clusters is None else "CR1",
        observations=observations,
        clusters=None if clusters is None else int(clusters.max()) + 1,
        log_likelihood=value,
        test_of_zero=lambda place: score_pvalue(likelihood, start, place, clusters, expected),
    )


def score_pvalue(
    likelihood: Likelihood,
    start: FloatArray,
    place: int,
    clusters: npt.NDArray[np.int64] | None,
    expected: Information | None = None,
) -> float:
    """Return the two-sided p-value of the score test that the coefficient at `place` is 0, the others being free.

    Without clusters its variance is the information; with them, the sum of squared scores of the clusters. The
    information is the expected one where it is given: observed, it differs between arms whose rates differ, and the
    test of few discordant pairs would no longer be McNemar's.

    Raises
    ------
    AnalysisError
        The model has no clear maximum where the coefficient is 0.
    """
    free = np.delete(np.arange(len(start)), place)

    def at(values: FloatArray) -> FloatArray:
        parameters = np.zeros(len(start))
        parameters[free] = values
        return parameters

    def restricted(values: FloatArray) -> tuple[FloatArray, FloatArray]:
        value, score = likelihood(at(values))
        return value, score[:, free]

    null = at(maximise(restricted, np.asarray(start, dtype=np.float64)[free])[0] if len(free) else np.zeros(0))
    information = _information(likelihood, null) if expected is None else expected(null)
    # What is left of the score of this coefficient once the others have taken their part of it.
    loading = np.zeros(len(start))
    loading[place] = 1.0
    loading[free] = -np.linalg.solve(information[np.ix_(free, free)], information[free, place])
    scores = likelihood(null)[1]
    if clusters is None:
        variance = float(loading @ information @ loading)
    else:
        sums = cluster_sums(scores, clusters) @ loading
        variance = float(np.sum(sums**2))
    return float(chdtrc(1, float(scores.sum(axis=0) @ loading) ** 2 / variance)) if variance > 0 else 1.0


def delta_errors(
    function: Callable[[FloatArray], FloatArray], parameters: FloatArray, matrix: FloatArray
) -> FloatArray:
    """Return the standard errors of functions of the parameters, by the delta method with numerical derivatives."""
    rows = []
    for place, parameter in enumerate(parameters):
        shift = np.zeros_like(parameters)
        shift[place] = _DIFFERENCE * max(1.0, abs(parameter))
        rows.append((function(parameters + shift) - function(parameters - shift)) / (2 * shift[place]))
    jacobian = np.array(rows)
    return np.asarray(np.sqrt(np.einsum("ps,pq,qs->s", jacobian, matrix, jacobian)))


def _summed(likelihood: Likelihood, parameters: FloatArray) -> tuple[float, FloatArray]:
    values, scores = likelihood(parameters)
    return float(values.sum()), scores.sum(axis=0)


def _information(likelihood: Likelihood, parameters: FloatArray) -> FloatArray:
    rows = []
    for place, parameter in enumerate(parameters):
        width = _DIFFERENCE * max(1.0, abs(parameter))
        shift = np.zeros_like(parameters)
        shift[place] = width
        above, below = (_summed(likelihood, parameters + sign * shift)[1] for sign in (1, -1))
        rows.append(-(above - below) / (2 * width))
    matrix = np.array(rows)
    return np.asarray((matrix + matrix.T) / 2)


def _positive(information: FloatArray) -> FloatArray:
    """Return the information, lifted where it is not positive definite far from the maximum."""
    least = float(np.linalg.eigvalsh(information)[0])
    return information if least > 1e-8 else information + (1e-4 - min(least, 0.0) * 1.1) * np.eye(len(information))
