"""Noisy counts made whole: they add up, none is below 0, and no outcome has what the other forbids."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corrtest.analysis import PAIRED, UNPAIRED
from corrtest.disclosure.layers import layers_of
from corrtest.disclosure.noise import Law, kinds_of
from corrtest.disclosure.whole import whole_counts
from tests.disclosure.test_layers import EPSILON, LAW, tables

OUTCOMES = {"strict": ("invitation",), "broad": ("invitation", "other_positive")}
(PAIRS,) = kinds_of(PAIRED, OUTCOMES)


def layered(*tabled, variance=LAW.variance):
    cells, sizes = tables(*tabled)
    (layers,) = layers_of(cells, sizes, [True] * len(cells), epsilon=EPSILON, variance=variance, total_variance=2.5)
    return layers, [cells[node[0]] for node in layers.nodes], [sizes[node[0]] for node in layers.nodes]


def true_tables(layers, cells, committees, levels, pairs, shares, rng):
    """Return each node's cells of both outcomes, from tables of kinds that add up."""
    atoms = rng.multinomial(pairs, shares, size=(committees, levels))
    kinds = []
    for cell in cells:
        rows = atoms if cell["joint_committee"] is None else atoms[[int(cell["joint_committee"][1:])]]
        rows = rows if cell["level"] is None else rows[:, [int(cell["level"][1:])]]
        kinds.append(rows.sum(axis=(0, 1)))
    return {o: np.array([list(PAIRS.counts(each, o).values()) for each in kinds], dtype=float) for o in OUTCOMES}


def hold(layers, whole, sizes):
    for counts in whole.values():
        assert counts.min() >= 0
        assert (counts.sum(axis=1) == sizes).all()
        for link in layers.links:
            if not link.rest:
                assert (counts[link.total] == counts[list(link.parts)].sum(axis=0)).all()
    strict, broad = whole["strict"], whole["broad"]  # both, control only, treated only, neither
    assert (strict[:, 0] <= broad[:, 0]).all()
    assert (strict[:, 0] + strict[:, 1] <= broad[:, 0] + broad[:, 1]).all()
    assert (strict[:, 0] + strict[:, 2] <= broad[:, 0] + broad[:, 2]).all()
    assert (strict[:, 3] >= broad[:, 3]).all()


@settings(max_examples=40, deadline=None)
@given(
    committees=st.integers(1, 3),
    levels=st.integers(1, 3),
    pairs=st.integers(1, 12),
    spread=st.floats(0, 12),
    seed=st.integers(0, 10_000),
)
def test_whatever_the_noise_the_counts_are_those_of_some_table(committees, levels, pairs, spread, seed):
    rng = np.random.default_rng(seed)
    layers, cells, sizes = layered(committees, levels, pairs)
    true = true_tables(layers, cells, committees, levels, pairs, rng.dirichlet(np.ones(9)), rng)
    noise = {outcome: spread * rng.normal(size=counts.shape) for outcome, counts in true.items()}
    fitted = {outcome: layers.weights @ (counts + noise[outcome]) for outcome, counts in true.items()}
    hold(layers, whole_counts(layers, PAIRS, fitted, sizes, deviation=max(1.0, spread)), sizes)


@pytest.mark.parametrize("tabled", [(1, 3, 40), (7, 3, 30)])
def test_what_is_whole_already_stays_as_it_is(tabled):
    layers, cells, sizes = layered(*tabled)
    true = true_tables(layers, cells, *tabled, np.full(9, 1 / 9), np.random.default_rng(1))
    whole = whole_counts(layers, PAIRS, true, sizes, deviation=2.0)
    assert all((whole[outcome] == true[outcome]).all() for outcome in OUTCOMES)


def test_fractions_of_a_table_that_could_be_stay_near():
    """Means of two tables that add up. Three-way tables cannot always be rounded up or down alone: one step more."""
    layers, cells, sizes = layered(3, 3, 30)
    shares = np.array([5, 1, 2, 1, 1, 1, 2, 1, 1]) / 15
    one, other = (true_tables(layers, cells, 3, 3, 30, shares, np.random.default_rng(seed)) for seed in (1, 2))
    fitted = {outcome: (one[outcome] + other[outcome]) / 2 for outcome in OUTCOMES}
    whole = whole_counts(layers, PAIRS, fitted, sizes, deviation=2.0)
    hold(layers, whole, sizes)
    away = np.abs([whole[o] - fitted[o] for o in OUTCOMES])
    assert away.max() < 2
    assert away.mean() < 0.5


def test_a_total_stays_where_its_own_noise_left_it():
    """Cells far below zero are cut, and it is the other cells that give way."""
    layers, cells, sizes = layered(4, 3, 20)
    true = true_tables(layers, cells, 4, 3, 20, np.array([80, 2, 4, 2, 2, 2, 4, 2, 2]) / 100, np.random.default_rng(3))
    rng = np.random.default_rng(4)
    noise = {outcome: 6 * rng.normal(size=counts.shape) for outcome, counts in true.items()}
    for outcome, counts in noise.items():
        counts[0] = 0  # the total is measured well
        noise[outcome] = counts - counts.mean(axis=1, keepdims=True)
    free = np.zeros(len(layers.nodes))
    free[0] = 1e6
    fitted = {o: true[o] + noise[o] * (1 - free / 1e6)[:, None] for o in OUTCOMES}
    whole = whole_counts(layers, PAIRS, fitted, sizes, deviation=6.0)
    hold(layers, whole, sizes)
    assert all((whole[o][0] == true[o][0]).all() for o in OUTCOMES)


def test_counts_can_be_multiples_of_a_base():
    layers, cells, sizes = layered(3, 2, 30)
    true = true_tables(layers, cells, 3, 2, 30, np.full(9, 1 / 9), np.random.default_rng(5))
    whole = whole_counts(layers, PAIRS, true, sizes, deviation=3.0, base=5)
    hold(layers, whole, sizes)
    assert all((counts[:, :3] % 5 == 0).all() for counts in whole.values())


def test_pairs_without_a_value_of_a_field_are_a_table_as_well():
    """A total of 100 and two provinces of 40: the 20 others are neither below zero nor more than 20."""
    cells = [{"sector": "s", "criterion": "age", "province": name} for name in (None, "a", "b")]
    (layers,) = layers_of(cells, [100, 40, 40], [True] * 3, epsilon=EPSILON, variance=LAW.variance, total_variance=2.5)
    fitted = {
        "strict": np.array([[4.0, 5, 6, 85], [8, 3, 1, 28], [3, 9, 2, 26]]),
        "broad": np.array([[9.0, 5, 6, 80], [9, 3, 1, 27], [8, 9, 2, 21]]),
    }
    whole = whole_counts(layers, PAIRS, fitted, [100, 40, 40], deviation=2.0)
    hold(layers, whole, [100, 40, 40])
    for counts in whole.values():
        rest = counts[0] - counts[1] - counts[2]
        assert rest.min() >= 0
        assert rest.sum() == 20


def test_each_arm_of_an_unpaired_study_keeps_to_its_own_size():
    control, _ = kinds_of(UNPAIRED, OUTCOMES)
    law = Law(control.number)
    layers, _, _ = layered(2, 2, 30, variance=law.variance)
    sizes = [60, 31, 29, 31, 29, 15, 16, 16, 13]
    rng = np.random.default_rng(6)
    fitted = {o: layers.weights @ rng.normal(5, 8, size=(len(layers.nodes), 2)) for o in OUTCOMES}
    whole = whole_counts(layers, control, fitted, sizes, deviation=4.0)
    for counts in whole.values():
        assert counts.min() >= 0
        assert (counts.sum(axis=1) == sizes).all()
    assert (whole["strict"][:, 0] <= whole["broad"][:, 0]).all()
