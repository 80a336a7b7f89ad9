"""How unequal treatment is spread over employers, against sums made one by one, linear programmes and known markets."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog
from scipy.special import xlogy
from scipy.stats import norm

from corrtest.analysis import Concentration, analyse, concentrations_of, pairs_table, share_bounds
from corrtest.analysis.concentration import _EVEN, _GRID, _most_likely, variance_between

# Chances of both, control only, treated only, neither.
FEW = ((0.1, 0.45, 0.05, 0.4), (0.1, 0.06, 0.04, 0.8))
# A fifth of the employers have θ = 0.4, the others 0.02.
FEW_MEAN, FEW_VARIANCE, FEW_SHARE = 0.096, 0.2 * 0.8 * 0.38**2, 0.4 * 0.2 / 0.096


def market(employers: int, sizes, rng: np.random.Generator, *, alike: bool = False) -> pd.DataFrame:
    """Return the pairs of a market in which a fifth of the employers treat candidates far less equally."""
    few = np.zeros(employers, dtype=bool) if alike else rng.random(employers) < 0.2
    sizes = np.broadcast_to(sizes, employers)
    employer = np.repeat(np.arange(employers), sizes)
    chances = np.where(few[:, None], *FEW) if not alike else np.tile((0.1, 0.2, 0.1, 0.6), (employers, 1))
    kind = (rng.random(len(employer))[:, None] > np.cumsum(chances, axis=1)[employer]).sum(axis=1)
    return pd.DataFrame(
        {
            "pair_id": np.arange(len(employer)),
            "sector": "s",
            "joint_committee": "124",
            "criterion": "origin",
            "level": "x",
            "employer": [f"e{number}" for number in employer],
            "control_positive": np.isin(kind, (0, 1)).astype(int),
            "treated_positive": np.isin(kind, (0, 2)).astype(int),
        }
    )


def found_in(frame: pd.DataFrame) -> Concentration:
    (found,) = concentrations_of(pairs_table(frame))
    return found


def by_products(frame: pd.DataFrame) -> tuple[float, float]:
    """Return mean and variance by multiplying every two pairs, of one employer and of two."""
    frame = frame.assign(net=frame["control_positive"] - frame["treated_positive"])
    nets = [group.tolist() for _, group in frame.groupby("employer")["net"] if len(group) >= 2]
    own = [np.mean([a * b for a, b in itertools.permutations(net, 2)]) for net in nets]
    across = [np.mean(a) * np.mean(b) for a, b in itertools.permutations(nets, 2)]
    return float(np.mean([np.mean(net) for net in nets])), float(np.mean(own) - np.mean(across))


def test_the_variance_is_that_of_products_and_its_error_that_of_leaving_out_each_employer() -> None:
    rng = np.random.default_rng(1)
    frame = market(25, rng.integers(1, 6, 25), rng)
    found = found_in(frame)
    mean, variance = by_products(frame)
    assert (found.disadvantage, found.variance) == pytest.approx((mean, variance))
    several = frame.groupby("employer")["pair_id"].transform("size") >= 2
    assert (found.employers, found.pairs) == (frame[several]["employer"].nunique(), several.sum())
    assert sum(number for _, number in found.sizes) == found.employers
    left_out = [by_products(frame[frame["employer"] != name]) for name in frame[several]["employer"].unique()]
    number = len(left_out)
    errors = np.sqrt((number - 1) / number * np.sum((left_out - np.mean(left_out, axis=0)) ** 2, axis=0))
    assert found.disadvantage_upper - mean == pytest.approx(1.959964 * errors[0], rel=1e-5)
    assert found.variance_upper - variance == pytest.approx(1.959964 * errors[1], rel=1e-5)


@pytest.mark.parametrize("alike", [False, True])
def test_the_variance_has_no_bias_even_with_two_pairs_an_employer(alike: bool) -> None:
    rng = np.random.default_rng(2)
    experiments, employers = 4000, 30
    few = rng.random((experiments, employers)) < (0 if alike else 0.2)
    chances = np.where(few[..., None], *FEW)
    cells = rng.multinomial(2, chances)
    net, discordant = cells[..., 1] - cells[..., 2], cells[..., 1] + cells[..., 2]
    found = np.array([variance_between(*each, np.full(employers, 2.0)) for each in zip(net, discordant, strict=True)])
    truth = (0.02, 0.0) if alike else (FEW_MEAN, FEW_VARIANCE)
    errors = found.std(axis=0) / np.sqrt(experiments)
    assert np.all(np.abs(found.mean(axis=0) - truth) < 3.5 * errors)


@pytest.mark.parametrize(("mean", "variance"), [(0.1, 0.02), (0.05, 0.0), (0.2, 0.15), (0.021, 0.019**2)])
def test_bounds_of_the_share_are_those_of_a_linear_programme(mean: float, variance: float) -> None:
    """All distributions on a fine grid with this mean and variance: the largest and least mean of the top fifth."""
    grid = np.linspace(-1, 1, 401)
    moments = np.stack([np.ones_like(grid), grid, grid**2])
    wanted = np.array([1, mean, variance + mean**2])
    # Weights f, and of them g in the top fifth: the most that g can have.
    top = linprog(
        np.concatenate([np.zeros_like(grid), -grid]),
        A_ub=np.hstack([-np.eye(len(grid)), np.eye(len(grid))]),
        b_ub=np.zeros(len(grid)),
        A_eq=np.vstack([np.hstack([moments, np.zeros_like(moments)]), np.concatenate([grid * 0, grid * 0 + 1])]),
        b_eq=np.append(wanted, 0.2),
    )
    # The top fifth's sum is the least over c of 0.2·c + E(θ − c)+, so its least is that over c and f.
    least = min(
        found.fun + 0.2 * c
        for c in np.linspace(-0.2, 0.6, 161)
        if (found := linprog(np.maximum(grid - c, 0), A_eq=moments, b_eq=wanted)).status == 0
    )
    lower, upper = share_bounds(mean, variance)
    assert upper * mean == pytest.approx(-top.fun, abs=0.004)
    assert lower * mean == pytest.approx(least, abs=0.004)


def test_the_published_mean_and_deviation_agree_with_the_published_share() -> None:
    """Kline, Rose and Walters 2022, abstract: 2.1 and 1.9 points, "nearly half" by the top fifth of 108 companies.

    A normal distribution with these has 45 %; the bounds hold it.
    """
    normal = 0.2 * (0.021 + 0.019 * norm.pdf(norm.ppf(0.8)) / 0.2) / 0.021
    assert normal == pytest.approx(0.45, abs=0.005)
    lower, upper = share_bounds(0.021, 0.019**2)
    assert lower < normal < upper
    assert (float(lower), float(upper)) == pytest.approx((0.203, 0.562), abs=0.001)


def test_the_mixture_is_the_most_likely_one() -> None:
    """Where no point of the grid would make the data likelier, the mixture is at its maximum (Lindsay 1983)."""
    rng = np.random.default_rng(3)
    few = rng.random(300) < 0.2
    kinds, number = np.unique(rng.multinomial(8, np.where(few[:, None], *FEW))[:, 1:], axis=0, return_counts=True)
    kinds = np.column_stack([kinds[:, 0], kinds[:, 1], 8 - kinds[:, 0] - kinds[:, 1]])
    likelihood = np.exp(xlogy(kinds[:, None, :], _GRID[None]).sum(axis=2))
    mixture = _most_likely(likelihood, number.astype(float), _EVEN, 3000)
    gradient = (number / (likelihood @ mixture)) @ likelihood / number.sum()
    assert mixture.sum() == pytest.approx(1)
    assert gradient.max() < 1.002


def test_a_fifth_of_the_employers_behind_most_of_it_is_found() -> None:
    found = found_in(market(400, 10, np.random.default_rng(4)))
    assert found.share == pytest.approx(FEW_SHARE, abs=0.1)
    assert found.share_lower < FEW_SHARE < found.share_upper
    assert found.standard_deviation == pytest.approx(np.sqrt(FEW_VARIANCE), abs=0.02)
    assert found.note == ""
    again = found_in(market(400, 10, np.random.default_rng(4)))
    assert again == found


def test_under_a_cap_of_two_the_share_is_bounded_only() -> None:
    found = found_in(market(400, 2, np.random.default_rng(5)))
    assert found.share is None
    assert found.share_least < FEW_SHARE < found.share_most
    assert "cannot be estimated, only bounded" in found.note
    assert found.variance_lower < FEW_VARIANCE < found.variance_upper


def test_employers_that_are_alike_are_not_said_to_differ() -> None:
    found = found_in(market(100, 6, np.random.default_rng(6), alike=True))
    assert found.variance_lower <= 0 <= found.variance_upper
    assert found.share is None
    assert "No difference between employers is settled" in found.note


def test_what_lacks_is_said() -> None:
    rng = np.random.default_rng(7)
    assert "9 employers" in found_in(market(9, 4, rng)).note
    nothing = market(30, 3, rng).assign(control_positive=0, treated_positive=0)
    assert "No disadvantage on average is settled" in found_in(nothing).note
    assert (
        concentrations_of(
            pairs_table(
                market(30, 3, rng).drop(columns="employer"), control="control_positive", treated="treated_positive"
            )
        )
        == ()
    )


def test_results_keep_it_and_weights_or_other_clusters_leave_it_out() -> None:
    frame = market(30, 3, np.random.default_rng(8)).assign(weight=lambda table: 1 + table["pair_id"] % 3)
    table = pairs_table(frame)
    results = analyse(table)
    (row,) = results.concentration
    assert row == found_in(frame).to_dict()
    assert type(results).from_json(results.to_json()).to_json() == results.to_json()
    assert analyse(table, weights="weight").concentration == ()
    assert analyse(table, cluster="level").concentration == ()


@pytest.mark.slow
@pytest.mark.parametrize(("employers", "pairs"), [(60, 5), (100, 10)])
def test_intervals_hold_the_truth(employers: int, pairs: int) -> None:
    rng = np.random.default_rng(9)
    variances, shares = [], []
    for _ in range(150):
        found = found_in(market(employers, pairs, rng))
        variances.append(found.variance_lower <= FEW_VARIANCE <= found.variance_upper)
        if found.share is not None:
            shares.append(found.share_lower <= FEW_SHARE <= found.share_upper)
    assert np.mean(variances) > 0.85
    assert np.mean(shares) > 0.85
