"""Chances of counts against the trinomial, and against all employers put together one by one."""

from collections import Counter
from itertools import product

import numpy as np
import pytest
from scipy import stats
from scipy.special import gammaln

from corrtest.power.chances import (
    arm_chances,
    capped_sizes,
    pair_chances,
    pairs_in,
    scaled_sizes,
    sizes_of,
)


def of_employer(pairs, chances, correlation):
    """Return the Dirichlet-multinomial by its formula (Mosimann 1962): outcome counts → chance."""
    total = (1 - correlation) / correlation
    alpha = np.array(chances) * total
    found = {}
    for counts in product(range(pairs + 1), repeat=len(chances) - 1):
        if sum(counts) <= pairs:
            every = np.array([pairs - sum(counts), *counts])
            log = gammaln(total) - gammaln(total + pairs) + gammaln(pairs + 1)
            found[counts] = np.exp(log + np.sum(gammaln(alpha + every) - gammaln(alpha) - gammaln(every + 1)))
    return found


def together(sizes, chances, correlation):
    every = {(0,) * (len(chances) - 1): 1.0}
    for size in sizes:
        made = Counter()
        for before, one in every.items():
            for counts, other in of_employer(size, chances, correlation).items():
                made[tuple(np.add(before, counts))] += one * other
        every = made
    return every


def test_independent_pairs_are_trinomial():
    found = pair_chances(0.1, 0.05, {1: 200}, 0.0)
    control, treated = np.meshgrid(found.control, found.treated, indexing="ij")
    expected = stats.multinomial.pmf(np.stack([control, treated, 200 - control - treated], -1), 200, [0.1, 0.05, 0.85])
    assert np.abs(found.probability - expected).max() < 1e-12
    assert found.probability.sum() == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("correlation", [0.05, 0.3, 0.9])
def test_pairs_of_one_employer_are_alike_as_stated(correlation):
    found = pair_chances(0.2, 0.1, {1: 1, 2: 2, 3: 1}, correlation)
    expected = together((1, 2, 2, 3), (0.7, 0.2, 0.1), correlation)
    place = {count: number for number, count in enumerate(found.control)}
    other = {count: number for number, count in enumerate(found.treated)}
    assert all(
        found.probability[place[counts[0]], other[counts[1]]] == pytest.approx(chance, abs=1e-12)
        for counts, chance in expected.items()
    )


def test_an_employer_of_one_mind_gives_one_answer():
    found = pair_chances(0.2, 0.1, {3: 1}, 1.0)
    place = {count: number for number, count in enumerate(found.control)}
    assert found.probability[place[3], 0] == pytest.approx(0.2)
    assert found.probability[place[0], 0] == pytest.approx(0.7)


def test_arms_are_counted_apart():
    found = arm_chances(0.3, 0.2, {1: 2, 2: 1}, {1: 3}, 0.25)
    control = together((1, 1, 2), (0.7, 0.3), 0.25)
    for number, count in enumerate(found.control[:5]):
        assert found.probability[number].sum() == pytest.approx(control[(count,)], abs=1e-12)
    assert found.probability.sum(axis=0)[:4] == pytest.approx(stats.binom.pmf(range(4), 3, 0.2), abs=1e-12)


def test_noise_widens_and_does_not_move():
    covariance = ((9.0, -4.0), (-4.0, 6.0))
    exact, noisy = (pair_chances(0.3, 0.2, {2: 200}, 0.2, noise) for noise in (None, covariance))
    products = [each.control @ each.probability @ each.treated for each in (exact, noisy)]
    assert products[1] - products[0] == pytest.approx(-4, abs=1e-3)
    apart = arm_chances(0.3, 0.2, {1: 300}, {1: 300}, 0.0, ((4.0, 0.0), (0.0, 4.0)))
    margin = apart.probability.sum(axis=0)
    assert margin @ apart.treated**2 - (margin @ apart.treated) ** 2 == pytest.approx(300 * 0.16 + 4, abs=1e-3)
    for found, more in ((exact, 0.0), (noisy, 9.0)):
        margin = found.probability.sum(axis=1)
        mean = margin @ found.control
        assert mean == pytest.approx(120, abs=1e-6)
        assert margin @ (found.control - mean) ** 2 == pytest.approx(400 * 0.21 * 1.2 + more, abs=1e-3)
    few = pair_chances(0.01, 0.01, {1: 50}, 0.0, ((16.0, 0.0), (0.0, 16.0)))
    assert few.control[0] == 0
    assert few.probability.sum() == pytest.approx(1)


def test_tables_are_drawn_by_their_chances():
    found = pair_chances(0.1, 0.05, {2: 100}, 0.2)
    control, treated = found.sample(20_000, np.random.default_rng(3))
    assert control.mean() == pytest.approx(20, abs=4 * np.sqrt(18 * 1.2 / 20_000))
    assert treated.mean() == pytest.approx(10, abs=4 * np.sqrt(9.5 * 1.2 / 20_000))


def test_sizes_hold_all_pairs():
    assert capped_sizes(7, 3) == {3: 2, 1: 1}
    assert capped_sizes(2, 3) == {2: 1}
    assert sizes_of([1, 1, 2, 5]) == {1: 2, 2: 1, 5: 1}
    for pairs in (10, 55, 400):
        assert pairs_in(scaled_sizes({1: 30, 2: 12, 3: 2}, pairs)) == pairs
