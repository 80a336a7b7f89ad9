"""The law of the noise: enumerated, drawn, and what it is for a table whose total is known."""

import math
from itertools import product

import numpy as np
import pytest

from corrtest.analysis import PAIRED, UNPAIRED
from corrtest.disclosure.noise import Law, Stream, kinds_of

OUTCOMES = {"strict": ("invitation",), "broad": ("invitation", "other_positive")}


@pytest.mark.parametrize(("kinds", "epsilon"), [(2, 1.0), (3, 2.0), (4, 2.5)])
def test_the_law_is_that_of_rows_moved_normalised_over_all_of_them(kinds, epsilon):
    """Enumerated: the weights exp(−ε·Σ|z|/2) of all z up to 16 rows moved, what is beyond being below 1e-6."""
    reach = range(-16, 17)
    whole = [(*z, -sum(z)) for z in product(reach, repeat=kinds - 1)]
    weights = np.array([math.exp(-epsilon * sum(map(abs, z)) / 2) for z in whole])
    weights /= weights.sum()
    law = Law(kinds)
    chosen = np.flatnonzero(weights > 1e-5)
    found = [law.probability(whole[place], epsilon) for place in chosen]
    assert np.allclose(found, weights[chosen], rtol=1e-4)
    variance = float((weights * np.array([z[0] ** 2 for z in whole])).sum())
    assert law.variance(epsilon) == pytest.approx(variance, rel=1e-4)


@pytest.mark.parametrize(("design", "outcomes"), [(PAIRED, OUTCOMES), (UNPAIRED, OUTCOMES), (PAIRED, {"positive": ()})])
def test_one_reaction_changes_the_odds_of_no_measurement_beyond_the_policy(design, outcomes):
    """For every measurement y, and any two ways in which one row was answered: P(y | one) ≤ exp(ε)·P(y | other)."""
    for block in kinds_of(design, outcomes):
        law, epsilon, n = Law(block.number), 1.3, block.number
        rng = np.random.default_rng(1)
        worst = 0.0
        for _ in range(300):
            noise = rng.integers(-4, 5, n)
            noise[-1] -= noise.sum()
            one, other = rng.choice(n, 2, replace=False)
            moved = noise.copy()
            moved[one] += 1
            moved[other] -= 1
            odds = law.probability(noise, epsilon) / law.probability(moved, epsilon)
            worst = max(worst, odds, 1 / odds)
        assert worst <= math.exp(epsilon) * (1 + 1e-9)
        assert worst > math.exp(epsilon) * (1 - 1e-9)  # the bound is met: nothing is given away


def test_of_two_kinds_it_is_the_two_sided_geometric_law():
    alpha = math.exp(-0.7)
    for z in range(-5, 6):
        assert Law(2).probability((z, -z), 0.7) == pytest.approx((1 - alpha) / (1 + alpha) * alpha ** abs(z))
    assert Law(2).variance(0.7) == pytest.approx(2 * alpha / (1 - alpha) ** 2)


def test_draws_follow_the_law():
    law, epsilon = Law(4), 1.5
    drawn = np.array([law.draw(epsilon, Stream(b"secret", str(number).encode())) for number in range(6000)])
    assert not drawn.sum(axis=1).any()
    assert drawn.var(axis=0) == pytest.approx(law.variance(epsilon), rel=0.08)
    for noise in ((0, 0, 0, 0), (1, -1, 0, 0), (0, 0, -1, 1), (1, 1, -2, 0), (2, -1, 0, -1)):
        seen = np.mean((drawn == noise).all(axis=1))
        expected = law.probability(noise, epsilon)
        assert abs(seen - expected) < 4 * math.sqrt(expected / 6000) + 1e-9


def test_a_secret_and_a_name_give_the_same_choices_and_another_gives_others():
    first, again, other = (Stream(secret, b"cell") for secret in (b"a", b"a", b"b"))
    assert [first.below(1000) for _ in range(5)] == [again.below(1000) for _ in range(5)]
    assert [Stream(b"a", b"cell").below(1000)] != [other.below(1000)]
    assert sorted(Stream(b"a", b"x").sample(6, 6)) == list(range(6))
    assert all(
        sum(parts) == 9 and min(parts) >= 1 for parts in (Stream(b"a", bytes([n])).parts(9, 4) for n in range(40))
    )


def test_kinds_tell_both_outcomes_at_once():
    (pairs,) = kinds_of(PAIRED, OUTCOMES)
    assert pairs.number == 9
    assert pairs.shares("strict").tolist() == [1, 2, 2, 4]  # both, control only, treated only, neither
    assert pairs.shares("broad").tolist() == [4, 2, 2, 1]
    one_of_each = pairs.counts([1] * 9, "broad")
    assert one_of_each == {"both": 4, "control_only": 2, "treated_only": 2, "neither": 1}
    assert [block.number for block in kinds_of(UNPAIRED, OUTCOMES)] == [3, 3]
    (unknown,) = kinds_of(PAIRED, {"one": (), "other": ()})
    assert unknown.number == 16
    (with_odd,) = kinds_of(PAIRED, OUTCOMES, left_out=True)
    assert with_odd.number == 10
    assert sum(with_odd.counts([1] * 10, "strict").values()) == 9


def test_the_covariance_of_cells_is_that_of_the_draws():
    (pairs,) = kinds_of(PAIRED, OUTCOMES)
    law, epsilon = Law(9), 1.2
    drawn = [law.draw(epsilon, Stream(b"secret", str(number).encode())) for number in range(2500)]
    for outcome in OUTCOMES:
        cells = np.array([list(pairs.counts(noise, outcome).values()) for noise in drawn])
        expected = pairs.covariance(outcome, law.variance(epsilon))
        assert np.cov(cells, rowvar=False) == pytest.approx(expected, abs=0.1 * expected.max())
