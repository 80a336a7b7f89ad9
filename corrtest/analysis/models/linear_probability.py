"""The linear probability model with clustered errors, vacancy fixed effects, and tests that hold with few clusters.

Sources: Liang and Zeger 1986 (CR0); Bell and McCaffrey 2002, Survey Methodology 28:169 (CR2, Satterthwaite degrees
of freedom); Pustejovsky and Tipton 2018, Journal of Business and Economic Statistics 36:672 (the joint test,
"HTZ"). Checked to 5 decimals against R's clubSandwich and fixest on published experiments.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import fdtrc

from corrtest.analysis.models.fitted import FittedModel, cluster_sums, design
from corrtest.analysis.statistics.wild_bootstrap import ClusterScores, WildBootstrap, wild_cluster_bootstrap
from corrtest.analysis.tables import FloatArray
from corrtest.design import substream
from corrtest.errors import AnalysisError
from corrtest.language import say

Errors = Literal["CR0", "CR1", "CR2"]


@dataclass(frozen=True, slots=True, kw_only=True)
class JointTest:
    """An F test that several coefficients are all 0."""

    terms: tuple[str, ...]
    statistic: float
    df_numerator: int
    df_denominator: float
    pvalue: float


def linear_probability(
    outcome: npt.ArrayLike,
    covariates: pd.DataFrame,
    *,
    clusters: npt.ArrayLike,
    errors: Errors = "CR2",
    binary: bool = True,
) -> FittedModel:
    """Fit ordinary least squares with clustered errors.

    Parameters
    ----------
    outcome : array-like
        1 for a positive reaction, else 0 (any number with ``binary=False``, as a difference within pairs).
    covariates : DataFrame
        All columns of the model, the intercept included (`with_intercept`).
    clusters : array-like
        The highest level at which reactions hang together: employer, or vacancy where the employer is not known.
    errors : "CR0", "CR1" or "CR2"
        CR1 is CR0 times K/(K − 1), K clusters; CR2 is unbiased under independence and has Satterthwaite degrees of
        freedom.
    """
    y, x, codes = design(outcome, covariates, clusters, binary=binary)
    fit = _Clustered(y, x, _required(codes), errors)
    return FittedModel(
        model="linear probability",
        terms=tuple(map(str, covariates.columns)),
        coefficients=fit.coefficients,
        covariance=fit.covariance,
        df=fit.degrees_of_freedom(),
        errors=errors,
        observations=len(y),
        clusters=fit.clusters,
    )


def linear_probability_within(
    outcome: npt.ArrayLike,
    covariates: pd.DataFrame,
    *,
    vacancies: npt.ArrayLike,
    clusters: npt.ArrayLike | None = None,
    count_fixed_effects: bool = True,
) -> FittedModel:
    """Fit the linear probability model with a fixed effect for every vacancy.

    Covariates that do not vary within a vacancy (and an intercept) cannot be part of it. Errors are clustered (by
    vacancy unless said otherwise) with the correction K/(K − 1) · (n − 1)/(n − p). p counts the fixed effects, as R's
    fixest does by default for all effects; without them p counts the covariates alone, which is right where vacancies
    lie within clusters (Cameron and Miller 2015, Journal of Human Resources 50:317, section III.B).
    """
    frame = covariates
    _, groups = _grouped(vacancies, len(frame))
    y, x, codes = design(outcome, frame, vacancies if clusters is None else clusters)
    y, x = _demeaned(y[:, None], groups)[:, 0], _demeaned(x, groups)
    if np.linalg.matrix_rank(x) < x.shape[1]:
        raise AnalysisError(
            say("A covariate does not vary within vacancies, so the fixed effects already hold it. Leave it out.")
        )
    fit = _Clustered(y, x, _required(codes), "CR1")
    n, parameters = len(y), x.shape[1] + (int(groups.max()) + 1 if count_fixed_effects else 0)
    return FittedModel(
        model="linear probability, vacancy fixed effects",
        terms=tuple(map(str, frame.columns)),
        coefficients=fit.coefficients,
        covariance=fit.covariance * (n - 1) / (n - parameters),
        df=np.full(x.shape[1], fit.clusters - 1.0),
        errors="CR1, fixed effects counted" if count_fixed_effects else "CR1",
        observations=n,
        clusters=fit.clusters,
    )


def wild_bootstrap(
    outcome: npt.ArrayLike, covariates: pd.DataFrame, term: str, *, clusters: npt.ArrayLike, seed: int = 2026
) -> WildBootstrap:
    """Test that the coefficient of `term` is 0 by the wild cluster bootstrap, for few clusters.

    Parameters
    ----------
    outcome, covariates, clusters
        As `linear_probability` takes them.
    seed : int
        Of the patterns, where they are too many to be enumerated.
    """
    y, x, codes = design(outcome, covariates, clusters)
    codes = _required(codes)
    place = [str(name) for name in covariates.columns].index(term)
    others = np.delete(x, place, axis=1)
    projected = np.column_stack([x[:, place], y])
    projected = projected - others @ np.linalg.lstsq(others, projected, rcond=None)[0]
    own, left = projected.T
    scores = ClusterScores(
        outcome=cluster_sums((own * left)[:, None], codes)[:, 0],
        covariate=cluster_sums((own**2)[:, None], codes)[:, 0],
        leverage=cluster_sums(own[:, None] * x, codes),
        outcomes=cluster_sums(left[:, None] * x, codes),
        covariates=cluster_sums(own[:, None] * x, codes),
        bread=np.asarray(np.linalg.inv(x.T @ x), dtype=np.float64),
    )
    return wild_cluster_bootstrap(scores, substream(seed, "wild bootstrap", term))


def joint_test(
    outcome: npt.ArrayLike,
    covariates: pd.DataFrame,
    terms: tuple[str, ...],
    *,
    clusters: npt.ArrayLike,
    binary: bool = True,
) -> JointTest:
    """Test that the coefficients of `terms` are all 0, with CR2 errors and Hotelling's T² approximation (HTZ).

    Raises
    ------
    AnalysisError
        A term is not among the covariates, or there are too few clusters for so many terms.
    """
    names = [str(name) for name in covariates.columns]
    missing = [term for term in terms if term not in names]
    if missing or not terms:
        raise AnalysisError(
            say(
                "There is no term '{missing}'. The model has: {names}.",
                missing=missing[0] if missing else "",
                names=", ".join(names),
            )
        )
    y, x, codes = design(outcome, covariates, clusters, binary=binary)
    fit = _Clustered(y, x, _required(codes), "CR2")
    chosen = [names.index(term) for term in terms]
    return fit.joint_test(chosen, terms)


def _required(codes: npt.NDArray[np.int64] | None) -> npt.NDArray[np.int64]:
    if codes is None or int(codes.max()) < 1:
        raise AnalysisError(say("Clustered errors need at least two clusters."))
    return codes


def _grouped(labels: npt.ArrayLike, rows: int) -> tuple[int, npt.NDArray[np.int64]]:
    codes = pd.factorize(np.asarray(labels))[0].astype(np.int64)
    if len(codes) != rows:
        raise AnalysisError(say("There are {count} vacancy labels for {rows} rows.", count=len(codes), rows=rows))
    return int(codes.max()) + 1, codes


def _demeaned(values: FloatArray, groups: npt.NDArray[np.int64]) -> FloatArray:
    sizes = np.bincount(groups).astype(np.float64)
    return np.asarray(values - (cluster_sums(values, groups) / sizes[:, None])[groups])


class _Clustered:
    """Least squares with one of the clustered covariances, and what their tests need."""

    def __init__(self, y: FloatArray, x: FloatArray, codes: npt.NDArray[np.int64], errors: Errors) -> None:
        if errors not in ("CR0", "CR1", "CR2"):
            raise AnalysisError(
                say("There are no errors of kind '{errors}'. Use one of: CR0, CR1, CR2.", errors=errors)
            )
        order = np.argsort(codes, kind="stable")
        y, x, codes = y[order], x[order], codes[order]
        self.bread = np.linalg.inv(x.T @ x)
        self.coefficients = self.bread @ (x.T @ y)
        residuals = y - x @ self.coefficients
        self.clusters = int(codes[-1]) + 1
        self._parts = np.split(x, np.flatnonzero(np.diff(codes)) + 1)
        self._adjusted = [self._adjust(part) for part in self._parts] if errors == "CR2" else self._parts
        pieces = np.split(residuals, np.flatnonzero(np.diff(codes)) + 1)
        scores = np.array([w.T @ e for w, e in zip(self._adjusted, pieces, strict=True)])
        factor = self.clusters / (self.clusters - 1) if errors == "CR1" else 1.0
        self.covariance = factor * self.bread @ (scores.T @ scores) @ self.bread

    def _adjust(self, part: FloatArray) -> FloatArray:
        """Return (I − H)^(−1/2) X of one cluster, H its block of the hat matrix."""
        values, vectors = np.linalg.eigh(np.eye(len(part)) - part @ self.bread @ part.T)
        # An eigenvalue of 0 is a direction the cluster fits perfectly; the generalised inverse leaves it out.
        powers = np.where(values > 1e-10, np.maximum(values, 1e-10) ** -0.5, 0.0)
        return np.asarray(vectors @ (powers[:, None] * (vectors.T @ part)))

    def _products(self, contrasts: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return what the products W[g, h] = U_g' U_h, U_g = (I − H)_g' A_g X_g M C', of two clusters are made of.

        W[g, h] = own_g·1(g = h) − inner_g' M inner_h; with thousands of employers W itself would not fit into memory.
        """
        weights = [part @ self.bread @ contrasts.T for part in self._adjusted]
        inner = np.array([part.T @ w for part, w in zip(self._parts, weights, strict=True)])
        own = np.array([w.T @ w for w in weights])
        return inner, own, own - np.einsum("gis,ij,gjt->gst", inner, self.bread, inner, optimize=True)

    def _sum_of_squares(self, inner: FloatArray, own: FloatArray, diagonal: FloatArray) -> float:
        """Return Σ over g, h of tr(W[g, h])² + tr(W[g, h]·W[h, g]'), without forming any W[g, h] of two clusters."""
        crossed = np.einsum("gis,gjt->stij", inner, inner, optimize=True)
        shared = np.einsum("ij,stjk->stik", self.bread, crossed, optimize=True)
        # tr(W)²: Σ over s, t of tr(M S_st M S_ts); tr(W W'): Σ over s, t of tr(M S_st M S_st).
        between = float(np.einsum("stij,tsji->", shared, shared) + np.einsum("stij,stji->", shared, shared))
        without_own = diagonal - own

        def squares(parts: FloatArray) -> float:
            return float(np.sum(np.einsum("gss->g", parts) ** 2) + np.einsum("gst,gts->", parts, parts))

        return between + squares(diagonal) - squares(without_own)

    def degrees_of_freedom(self) -> FloatArray:
        """Return Satterthwaite degrees of freedom, one a coefficient."""
        found = []
        for contrast in np.eye(len(self.coefficients)):
            inner, own, diagonal = self._products(contrast[None, :])
            # With one contrast both parts of the sum are the same.
            found.append(float(diagonal.sum()) ** 2 / (self._sum_of_squares(inner, own, diagonal) / 2))
        return np.array(found)

    def joint_test(self, chosen: list[int], terms: tuple[str, ...]) -> JointTest:
        contrasts = np.eye(len(self.coefficients))[chosen]
        q = len(chosen)
        inner, own, diagonal = self._products(contrasts)
        values, vectors = np.linalg.eigh(diagonal.sum(axis=0))
        root = vectors @ np.diag(values**-0.5) @ vectors.T
        total = self._sum_of_squares(inner @ root, root @ own @ root, root @ diagonal @ root)
        eta = q * (q + 1) / total
        if eta <= q - 1:
            raise AnalysisError(
                say("{clusters} clusters are too few to test {q} terms at once.", clusters=self.clusters, q=q)
            )
        estimate = contrasts @ self.coefficients
        quadratic = float(estimate @ np.linalg.solve(contrasts @ self.covariance @ contrasts.T, estimate))
        statistic = (eta - q + 1) / (eta * q) * quadratic
        return JointTest(
            terms=terms,
            statistic=statistic,
            df_numerator=q,
            df_denominator=float(eta - q + 1),
            pvalue=float(fdtrc(q, eta - q + 1, statistic)),
        )
