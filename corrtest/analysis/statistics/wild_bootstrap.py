"""The wild cluster bootstrap: a test of one coefficient, and its interval, that hold with few employers.

The hypothesis is imposed, its residuals are multiplied by one random weight a cluster, and the share of such samples
whose t is as large as the observed one is the p-value; the interval holds every value that is not rejected (Cameron,
Gelbach and Miller 2008, Review of Economics and Statistics 90:414; Roodman, Nielsen, MacKinnon and Webb 2019, Stata
Journal 19:4). Fewer than ten clusters have too few patterns of signs, and get Webb's six points in place of two (Webb
2014, Queen's Economics Department working paper 1315; MacKinnon and Webb 2018, Econometrics Journal 21:114). Where all
patterns are few they are enumerated, and the p-value is exact for them; else it counts the observed sample as one.

With one observation a cluster, and no other covariate than the intercept, signs alone are turned: it is then the
randomisation test of the paired differences.

Size with 5 to 12 employers, equal or one four times the others: 0.020 to 0.056, where the sandwich has up to 0.077; the
interval covers 0.913 to 0.980, the clustered score interval 0.944 to 0.983 (analysis/calibration/few_employers).

Sums over clusters are all it needs: samples under a hypothesis are linear in it, so that t² is a quotient of two
polynomials of the second degree, and an interval costs no more sampling than the test.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from corrtest.analysis.tables import FloatArray, normal_quantile
from corrtest.language import keep

Weights = Literal["rademacher", "webb"]
METHOD = "wild_cluster_bootstrap"
# From so many clusters on, the sandwich with its degrees of freedom holds (Cameron and Miller 2015, section VI).
FEW_CLUSTERS = 50
_POINTS: dict[Weights, tuple[float, ...]] = {
    "rademacher": (-1.0, 1.0),
    "webb": tuple(sign * float(np.sqrt(size)) for sign in (-1, 1) for size in (0.5, 1.0, 1.5)),
}
_FEWEST_OF_SIGNS = 10
# Patterns are enumerated up to so many: 13 clusters of signs, 5 of six points.
_ENUMERATED = 2**13
_DRAWN = 9_999
# t of a pattern that mirrors the observed one differs from it by rounding.
_TIED = 1 - 1e-9
_HALVINGS = 30
_FURTHEST = 2.0**40


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterScores:
    """What each cluster adds to a least squares coefficient.

    x̃ and ỹ are covariate and outcome less their projection on the other covariates, X all covariates.

    Attributes
    ----------
    outcome, covariate : array of shape (clusters,)
        x̃'ỹ and x̃'x̃.
    leverage : array of shape (clusters, terms)
        x̃'X.
    outcomes, covariates : array of shape (clusters, terms)
        X'ỹ and X'x̃.
    bread : array of shape (terms, terms)
        (X'X)⁻¹ over all clusters.
    """

    outcome: FloatArray
    covariate: FloatArray
    leverage: FloatArray
    outcomes: FloatArray
    covariates: FloatArray
    bread: FloatArray

    @classmethod
    def of_means(cls, sums: FloatArray, sizes: FloatArray) -> ClusterScores:
        """Return the scores of a mean: the sum and the number (or weight) of each cluster's observations."""
        return cls(
            outcome=sums,
            covariate=sizes,
            leverage=sizes[:, None],
            outcomes=sums[:, None],
            covariates=sizes[:, None],
            bread=np.array([[1 / sizes.sum()]]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class WildBootstrap:
    """A coefficient with the p-value of no effect, and its interval at any level.

    `statistic` is its t with the sandwich CR1; None with `pvalue` where nothing varies between clusters.
    """

    value: float
    statistic: float | None
    pvalue: float | None
    clusters: int
    weights: Weights
    replicates: int
    enumerated: bool
    _draws: _Draws = field(repr=False, compare=False)

    def interval(self, confidence_level: float = 0.95) -> tuple[float | None, float | None]:
        """Return the limits beyond which every value is rejected; None where none is, or nothing varies."""
        normal_quantile(confidence_level)
        if self.statistic is None:
            return None, None
        lower, upper = (self._draws.limit(self.value, sign, 1 - confidence_level) for sign in (-1.0, 1.0))
        return lower, upper

    @property
    def note(self) -> str:
        """How it was made."""
        how = keep("every pattern") if self.enumerated else keep("drawn patterns")
        return keep(
            "Wild bootstrap of {clusters} clusters under the hypothesis, {weights} weights: {how}, {replicates}.",
            clusters=self.clusters,
            weights="Webb" if self.weights == "webb" else "Rademacher",
            how=how,
            replicates=self.replicates,
        )


def wild_cluster_bootstrap(
    scores: ClusterScores, rng: np.random.Generator, *, weights: Weights | None = None
) -> WildBootstrap:
    """Test that the coefficient is 0.

    Parameters
    ----------
    scores : ClusterScores
        Of two or more clusters.
    rng : Generator
        Of the patterns, where they are too many to be enumerated.
    weights : "rademacher" or "webb", optional
        Webb's below ten clusters, else Rademacher's.
    """
    clusters = len(scores.outcome)
    chosen: Weights = weights or ("webb" if clusters < _FEWEST_OF_SIGNS else "rademacher")
    points = _POINTS[chosen]
    enumerated = len(points) ** clusters <= _ENUMERATED
    if enumerated:
        patterns = np.array(list(itertools.product(points, repeat=clusters)))
    else:
        patterns = rng.choice(points, size=(_DRAWN, clusters))
    draws = _Draws.of(scores, patterns, enumerated=enumerated)
    observed = draws.observed(0.0)
    # Clusters that are all fitted perfectly leave no spread to compare with.
    telling = bool(np.isfinite(observed) and clusters > 1)
    value = float(scores.outcome.sum() / scores.covariate.sum())
    return WildBootstrap(
        value=value,
        statistic=float(np.sign(value) * np.sqrt(observed * (clusters - 1) / clusters)) if telling else None,
        pvalue=draws.pvalue(0.0) if telling else None,
        clusters=clusters,
        weights=chosen,
        replicates=len(patterns),
        enumerated=enumerated,
        _draws=draws,
    )


@dataclass(frozen=True, slots=True)
class _Draws:
    """Numerator and denominator of t² of the observed sample (first) and of each pattern, by powers of the hypothesis.

    The numerator is the square of `sums` at the hypothesis β, sums[0] − β·sums[1]; the denominator, the sum of squared
    scores of the clusters, is squares[0] − 2β·squares[1] + β²·squares[2].
    """

    sums: FloatArray
    squares: FloatArray
    enumerated: bool

    @classmethod
    def of(cls, scores: ClusterScores, patterns: FloatArray, *, enumerated: bool) -> _Draws:
        weights = np.vstack([np.ones(len(scores.outcome)), patterns])
        fitted = scores.bread @ scores.leverage.T
        outcome = weights * scores.outcome - weights @ scores.outcomes @ fitted
        covariate = weights * scores.covariate - weights @ scores.covariates @ fitted
        return cls(
            sums=np.stack([weights @ scores.outcome, weights @ scores.covariate]),
            squares=np.stack(
                [np.sum(outcome**2, axis=1), np.sum(outcome * covariate, axis=1), np.sum(covariate**2, axis=1)]
            ),
            enumerated=enumerated,
        )

    def _squared(self, null: float) -> FloatArray:
        """Return t² of each, without the factor that they share; nan for 0/0."""
        numerator = (self.sums[0] - null * self.sums[1]) ** 2
        parts = np.stack([self.squares[0], -2 * null * self.squares[1], null**2 * self.squares[2]])
        denominator = parts.sum(axis=0)
        # A difference of equal sums is rounding.
        denominator = np.where(denominator > 1e-13 * np.abs(parts).sum(axis=0), denominator, 0.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(numerator / denominator)

    def observed(self, null: float) -> float:
        return float(self._squared(null)[0])

    def pvalue(self, null: float) -> float:
        squared = self._squared(null)
        as_large = int(np.sum(squared[1:] >= squared[0] * _TIED))
        replicates = len(squared) - 1
        return as_large / replicates if self.enumerated else (1 + as_large) / (1 + replicates)

    def limit(self, value: float, sign: float, level: float) -> float | None:
        """Go outwards from the value until it is rejected, then halve; None where it never is."""
        error = abs(value) / np.sqrt(self.observed(0.0)) if value else np.sqrt(self.squares[0][0]) / self.sums[1][0]
        inside, step = value, float(error)
        while self.pvalue(value + sign * step) > level:
            inside, step = value + sign * step, 2 * step
            if step > _FURTHEST * error:
                return None
        outside = value + sign * step
        for _ in range(_HALVINGS):
            middle = (inside + outside) / 2
            if self.pvalue(middle) > level:
                inside = middle
            else:
                outside = middle
        return (inside + outside) / 2
