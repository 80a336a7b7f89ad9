"""The wild cluster bootstrap against samples made and fitted one by one, and against known special cases."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from corrtest.analysis import analyse, pairs_table
from corrtest.analysis.models import fit_models, linear_probability, wild_bootstrap, with_intercept
from corrtest.analysis.models.application_rows import application_rows
from corrtest.analysis.statistics.wild_bootstrap import ClusterScores, wild_cluster_bootstrap
from corrtest.design import substream

SIGNS = (-1.0, 1.0)
WEBB = tuple(sign * np.sqrt(size) for sign in SIGNS for size in (0.5, 1.0, 1.5))


def sample(sizes: list[int], seed: int) -> tuple[np.ndarray, pd.DataFrame, np.ndarray]:
    """Return reactions, covariates and clusters."""
    rng = np.random.default_rng(seed)
    codes = np.repeat(np.arange(len(sizes)), sizes)
    treated, quality = rng.integers(0, 2, len(codes)).astype(float), rng.normal(size=len(codes))
    chance = 0.35 - 0.1 * treated + 0.2 * rng.normal(size=len(sizes))[codes]
    y = (rng.random(len(codes)) < chance).astype(float)
    return y, with_intercept(pd.DataFrame({"treated": treated, "quality": quality})), codes


def share_as_large(y, frame, codes, null: float, points: tuple[float, ...]) -> float:
    """Fit the model under the hypothesis, make every sample, fit each, and count those whose t is as large."""
    x = frame.to_numpy()

    def t_of(outcome: np.ndarray) -> float:
        fitted = sm.OLS(outcome, x).fit(cov_type="cluster", cov_kwds={"groups": codes})
        return abs((fitted.params[1] - null) / fitted.bse[1])

    restricted = sm.OLS(y - null * x[:, 1], np.delete(x, 1, axis=1)).fit()
    under = null * x[:, 1] + restricted.fittedvalues
    observed = t_of(y) * (1 - 1e-9)
    patterns = itertools.product(points, repeat=int(codes.max()) + 1)
    return float(np.mean([t_of(under + np.array(way)[codes] * restricted.resid) >= observed for way in patterns]))


@pytest.mark.parametrize(("sizes", "points"), [([4, 9, 3, 6, 8, 5], SIGNS), ([9, 14, 8], WEBB)])
def test_every_pattern_fitted_one_by_one_gives_the_same_p_value_and_interval(sizes: list[int], points) -> None:
    y, frame, codes = sample(sizes, seed=3)
    weights = "rademacher" if points == SIGNS else "webb"
    x = frame.to_numpy()
    others = np.delete(x, 1, axis=1)
    left = np.column_stack([x[:, 1], y])
    own, rest = (left - others @ np.linalg.pinv(others) @ left).T

    def sums(values: np.ndarray) -> np.ndarray:
        return np.array([values[codes == cluster].sum(axis=0) for cluster in range(len(sizes))])

    scores = ClusterScores(
        outcome=sums(own * rest),
        covariate=sums(own**2),
        leverage=sums(own[:, None] * x),
        outcomes=sums(rest[:, None] * x),
        covariates=sums(own[:, None] * x),
        bread=np.linalg.inv(x.T @ x),
    )
    found = wild_cluster_bootstrap(scores, substream(1, "unused"), weights=weights)
    assert found.enumerated
    assert found.replicates == len(points) ** len(sizes)
    assert found.pvalue == share_as_large(y, frame, codes, 0.0, points)
    fitted = linear_probability(y, frame, clusters=codes, errors="CR1")
    assert found.value == pytest.approx(fitted.coefficient("treated"))
    assert found.statistic == pytest.approx(fitted.coefficient("treated") / fitted.standard_error("treated"))
    for sign, limit in zip((-1, 1), found.interval(0.8), strict=True):
        assert limit is not None
        assert share_as_large(y, frame, codes, limit - sign * 1e-5, points) > 0.2
        assert share_as_large(y, frame, codes, limit + sign * 1e-5, points) <= 0.2
    of_model = wild_bootstrap(y, frame, "treated", clusters=codes)
    assert of_model.value == pytest.approx(found.value)
    assert of_model.weights == "webb"


def test_single_observations_turn_their_signs_as_a_randomisation_test() -> None:
    """With one difference a cluster and no other covariate, t depends on the sum alone: the exact test of signs."""
    net = np.array([1, 1, 1, -1, 1, 0, 0, 1, 1, 1, 0.0])
    found = wild_cluster_bootstrap(ClusterScores.of_means(net, np.ones(11)), substream(1, "unused"))
    assert (found.weights, found.enumerated) == ("rademacher", True)
    sums = [abs(np.dot(net, way)) for way in itertools.product(SIGNS, repeat=11)]
    assert found.pvalue == np.mean(np.array(sums) >= abs(net.sum()))


def test_so_few_clusters_that_nothing_can_be_rejected_have_no_limit() -> None:
    scores = ClusterScores.of_means(np.array([-3.0, -2, -4, -3]), np.full(4, 10.0))
    signs = wild_cluster_bootstrap(scores, substream(1, "unused"), weights="rademacher")
    # Of 16 patterns the observed one and its mirror image are as large.
    assert signs.pvalue == 2 / 16
    assert signs.interval(0.95) == (None, None)
    webb = wild_cluster_bootstrap(scores, substream(1, "unused"))
    assert webb.replicates == 6**4
    assert webb.pvalue < 0.05
    assert None not in webb.interval(0.95)


def test_clusters_that_do_not_vary_have_neither_test_nor_interval() -> None:
    alike = wild_cluster_bootstrap(ClusterScores.of_means(np.full(6, -2.0), np.full(6, 10.0)), substream(1, "unused"))
    assert alike.value == -0.2
    assert (alike.statistic, alike.pvalue) == (None, None)
    assert alike.interval() == (None, None)
    nothing = wild_cluster_bootstrap(ClusterScores.of_means(np.zeros(6), np.full(6, 10.0)), substream(1, "unused"))
    assert (nothing.statistic, nothing.pvalue) == (None, None)


def few_pairs(employers: int) -> pd.DataFrame:
    rng = np.random.default_rng(4)
    employer = np.arange(120) % employers
    chance = rng.beta(2, 5, employers)[employer]
    return pd.DataFrame(
        {
            "pair_id": np.arange(120).astype(str),
            "sector": "s",
            "joint_committee": "124",
            "criterion": "origin",
            "level": "x",
            "employer": employer.astype(str),
            "control_positive": (rng.random(120) < chance).astype(int),
            "treated_positive": (rng.random(120) < 0.6 * chance).astype(int),
        }
    )


def test_an_analysis_by_all_methods_has_it_where_employers_are_few() -> None:
    table = pairs_table(few_pairs(8))
    group = analyse(table, all_methods=True).groups[0]
    again = analyse(table, all_methods=True).groups[0]
    assert group == again
    test = group.test("wild_cluster_bootstrap")
    (estimate,) = (found for found in group.estimates if found.method == "wild_cluster_bootstrap")
    assert estimate.name == "rate_difference"
    assert estimate.lower < estimate.value < estimate.upper
    assert (test.pvalue < 0.05) == (not estimate.lower <= 0 <= estimate.upper)
    assert "8 clusters" in test.note
    many = analyse(pairs_table(few_pairs(60)), all_methods=True).groups[0]
    assert not [found for found in many.estimates if found.method == "wild_cluster_bootstrap"]


def test_models_of_few_employers_have_it_beside_the_sandwich() -> None:
    table = pairs_table(few_pairs(8))
    found = fit_models(application_rows(table, table.outcomes({})["positive"]))
    frame = found.to_frame()
    row = frame[frame["errors"] == "wild bootstrap"].iloc[0]
    group = analyse(table, all_methods=True).groups[0]
    # Pairs and their applications are the same regression; the patterns are drawn apart.
    assert row["effect"] == pytest.approx(group.estimate("rate_difference").value)
    assert row["pvalue"] == pytest.approx(group.test("wild_cluster_bootstrap").pvalue, abs=0.01)
    assert any("Webb weights" in note for note in found.notes)
