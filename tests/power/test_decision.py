"""The chance of a verdict against the verdict on every table there is, one by one."""

import numpy as np
import pytest
from scipy import stats

from corrtest.analysis import ArmTables, PairedTables, decisions, design_named, pvalues
from corrtest.power.chances import arm_chances, pair_chances
from corrtest.power.decision import Decision


def every_paired_table(pairs):
    both, control, treated = np.meshgrid(*[np.arange(pairs + 1)] * 3, indexing="ij")
    neither = pairs - both - control - treated
    inside = neither >= 0
    return np.stack([each[inside] for each in (both, control, treated, neither)], axis=-1)


@pytest.mark.parametrize("ratio_below", [True, False])
@pytest.mark.parametrize(("effect", "levels"), [(1.0, ((0.05, 1.0),)), (1.3, ((0.025, 0.4), (0.05, 0.6)))])
def test_pairs(ratio_below, effect, levels):
    chances = (0.15, 0.35, 0.1, 0.4) if ratio_below else (0.15, 0.1, 0.35, 0.4)
    cells = every_paired_table(30)
    chance = stats.multinomial.pmf(cells, 30, chances)
    tables = PairedTables.of_cells(cells.astype(float))
    design = design_named("paired")
    own = pvalues(design, tables, effects=effect)
    expected = 0.0
    for level, weight in levels:
        said = decisions(design, tables, effects=effect, pvalues_adjusted=own * 0.05 / level)
        expected += weight * chance[said == (-1 if ratio_below else 1)].sum()
    rule = Decision(pairing="paired", control=30, treated=30, both=4, design_effect=effect)
    found = rule.chance(pair_chances(chances[1], chances[2], {1: 30}, 0.0), levels, lower=ratio_below)
    assert 0.2 < expected < 0.95
    assert found == pytest.approx(expected, abs=1e-9)


def test_single_applications():
    control, treated = np.meshgrid(np.arange(41), np.arange(41), indexing="ij")
    cells = np.stack([control, 40 - control, treated, 40 - treated], axis=-1).reshape(-1, 4)
    chance = stats.binom.pmf(cells[:, 0], 40, 0.5) * stats.binom.pmf(cells[:, 2], 40, 0.2)
    said = decisions(design_named("unpaired"), ArmTables.of_cells(cells), effects=1.1)
    rule = Decision(pairing="unpaired", control=40, treated=40, design_effect=1.1)
    found = rule.chance(arm_chances(0.5, 0.2, {1: 40}, {1: 40}, 0.0), ((0.05, 1.0),), lower=True)
    assert found == pytest.approx(chance[said == -1].sum(), abs=1e-9)


def test_noise_is_weighed_as_the_verdict_weighs_it():
    """The number of pairs in which both were positive is taken as expected: of little matter."""
    rng = np.random.default_rng(5)
    number, noise = 4_000, 2.0
    both, control, treated, _ = rng.multinomial(400, [0.1, 0.12, 0.05, 0.73], size=number).T
    moved = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [-1, -1, -1]])
    covariance = np.broadcast_to(noise**2 * (moved @ moved.T), (number, 4, 4))
    noisy = np.maximum(np.rint(np.stack([both, control, treated]) + noise * rng.standard_normal((3, number))), 0).T
    cells = np.column_stack([noisy, 400 - noisy.sum(axis=1)])
    said = decisions(design_named("paired"), PairedTables.of_cells(cells), noise=covariance)
    rule = Decision(
        pairing="paired", control=400, treated=400, both=40, noise=tuple(map(tuple, covariance[0].tolist()))
    )
    of_two = ((noise**2, 0.0), (0.0, noise**2))
    found = rule.chance(pair_chances(0.12, 0.05, {1: 400}, 0.0, of_two), ((0.05, 1.0),), lower=True)
    error = np.sqrt(found * (1 - found) / number)
    assert np.mean(said == -1) == pytest.approx(found, abs=3 * error + 0.005)
    assert found < Decision(pairing="paired", control=400, treated=400).chance(
        pair_chances(0.12, 0.05, {1: 400}, 0.0), ((0.05, 1.0),), lower=True
    )
