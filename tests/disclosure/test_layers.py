"""How the protection is spent: totals first, and least squares against an independent solution."""

import math

import numpy as np
import pytest

from corrtest.disclosure.layers import layers_of
from corrtest.disclosure.noise import Law

EPSILON = math.log(19)
LAW = Law(9)
# The count with most kinds, four of nine, has 2.5 times the variance of one kind.
MOST = 9 / 8 * (4 - 16 / 9)


def tables(committees: int, levels: int, pairs: int, provinces: int = 0):
    """Return cells and sizes: total, levels, committees and both, with `pairs` in each of the smallest."""
    names = [None, *(f"c{number}" for number in range(committees))]
    kinds = [None, *(f"l{number}" for number in range(levels))]
    cells, sizes = [], []
    for committee in names:
        for level in kinds:
            cells.append(
                {"sector": "s", "criterion": "origin", "joint_committee": committee, "level": level, "province": None}
            )
            sizes.append(pairs * (1 if committee else committees) * (1 if level else levels))
    for province in range(provinces):
        cells.append({**cells[0], "province": f"p{province}"})
        sizes.append(sizes[0] // provinces)
    return cells, sizes


def spent(*tabled, least=20, total_sd=2.5):
    cells, sizes = tables(*tabled)
    shown = [size >= least for size in sizes]
    return layers_of(cells, sizes, shown, epsilon=EPSILON, variance=LAW.variance, total_variance=total_sd**2 / MOST)


@pytest.mark.parametrize(
    "tabled", [(1, 1, 200), (1, 3, 67), (7, 1, 60), (7, 3, 20), (7, 3, 67), (20, 3, 8), (20, 3, 67), (7, 3, 67, 5)]
)
def test_a_total_has_the_noise_that_the_policy_allows_however_many_cells_it_has(tabled):
    (layers,) = spent(*tabled)
    assert sum(layers.epsilons) == pytest.approx(EPSILON)
    assert math.sqrt(layers.covariance[0, 0] * MOST) <= 2.5


@pytest.mark.parametrize("total_sd", [2.1, 2.3, 2.5])
def test_a_total_that_its_levels_tell_well_enough_costs_nothing(total_sd):
    (layers,) = spent(1, 3, 67, total_sd=total_sd)  # three levels with all of ε: √(3 · variance) = 2.0
    assert math.sqrt(3 * LAW.variance(EPSILON) * MOST) < 2.1
    assert layers.epsilons == pytest.approx((0, EPSILON))


def test_cells_too_small_to_be_shown_cost_nothing():
    (all_of_them,), (few,) = spent(7, 3, 20), spent(7, 3, 19)
    assert sorted(map(len, all_of_them.members)) == [1, 3, 7, 21]
    assert sorted(map(len, few.members)) == [1, 3, 7]
    assert all(few.epsilons)


def test_cells_with_the_very_same_pairs_are_measured_once():
    (layers,) = spent(1, 1, 200)
    assert layers.nodes == ((0, 1, 2, 3),)
    (one_committee,) = spent(1, 3, 67)
    assert sorted(map(len, one_committee.nodes)) == [2, 2, 2, 2]


def test_every_criterion_has_its_own():
    cells, sizes = tables(2, 2, 50)
    other = [{**cell, "criterion": "age"} for cell in cells]
    found = layers_of(
        [*cells, *other], sizes * 2, [True] * 18, epsilon=EPSILON, variance=LAW.variance, total_variance=2.5
    )
    assert [sum(layers.epsilons) for layers in found] == pytest.approx([EPSILON, EPSILON])


@pytest.mark.parametrize("tabled", [(1, 3, 67), (3, 2, 40), (7, 3, 67), (20, 3, 8), (4, 3, 70, 5)])
def test_least_squares_is_the_dense_solution(tabled):
    """Against weighted least squares over the finest cells, as a regression of its own."""
    cells, _ = tables(*tabled)
    (layers,) = spent(*tabled)
    atoms = [
        (committee, level, province)
        for committee in range(tabled[0])
        for level in range(tabled[1])
        for province in range(tabled[3] if len(tabled) > 3 else 1)
    ]

    def holds(cell, atom):
        wanted = cell["joint_committee"], cell["level"], cell["province"]
        return all(want in (None, f"{mark}{own}") for want, mark, own in zip(wanted, "clp", atom, strict=True))

    design = np.array([[float(holds(cells[node[0]], atom)) for atom in atoms] for node in layers.nodes])
    precision = np.zeros(len(layers.nodes))
    for members, epsilon in zip(layers.members, layers.epsilons, strict=True):
        if epsilon:
            precision[list(members)] = 1 / LAW.variance(epsilon)
    root = np.sqrt(precision)[:, None]
    solution = design @ np.linalg.pinv(root * design) * np.sqrt(precision)
    rng = np.random.default_rng(1)
    measured = rng.normal(size=len(layers.nodes)) + design @ rng.normal(10, 3, size=len(atoms))
    assert layers.weights @ measured == pytest.approx(solution @ measured, abs=1e-8)
    spread = np.divide(1, precision, out=np.zeros_like(precision), where=precision > 0)
    assert layers.covariance == pytest.approx((solution * spread) @ solution.T, abs=1e-8)


def test_no_layer_less_or_more_would_tell_more_in_sum():
    """The choice among layers that share evenly what the total leaves is the best that dropping one by one finds."""
    (layers,) = spent(7, 3, 67)
    assert [bool(epsilon) for epsilon in layers.epsilons] == [True, False, False, True]
    (small,) = spent(20, 3, 8)
    assert small.epsilons[1] == small.epsilons[2]
