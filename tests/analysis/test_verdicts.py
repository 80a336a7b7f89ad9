"""The published figures and the verdict that follows from them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from corrtest.analysis import (
    PAIRED,
    TESTS,
    UNPAIRED,
    ArmTables,
    PairedCounts,
    PairedTables,
    decisions,
    design_effect,
    largest_design_effect,
    verdict,
)


def test_the_design_effect_follows_from_the_sizes():
    assert design_effect({1: 200}, 0.2) == 1
    assert design_effect({}, 0.2) == 1
    # 100 employers with 2 pairs each: m = (100·4)/200 = 2
    assert design_effect({2: 100}, 0.2) == pytest.approx(1.2)
    assert design_effect({2: 100}, 0.0) == 1
    # 120 with one and 40 with two: m = (120 + 160)/200 = 1.4
    assert design_effect({1: 120, 2: 40}, 0.2) == pytest.approx(1.08)


def test_the_largest_design_effect_is_the_worst_that_the_load_allows():
    assert largest_design_effect(200, None, None, 0.2) == 1
    assert largest_design_effect(200, 200, 1, 0.2) == 1
    assert largest_design_effect(200, 100, 2, 0.2) == pytest.approx(1.2)
    assert largest_design_effect(200, 160, 3, 0.2) >= design_effect({1: 120, 2: 40}, 0.2)


def test_few_discordant_pairs_settle_nothing():
    """Tang's interval of 0 4 0 196 leaves out 1, where mid-p is 0.0625 and the exact p 0.125."""
    found = verdict(PairedCounts(both=0, control_only=4, treated_only=0, neither=196))
    assert (found.kind, found.reason) == ("not_settled", "test")
    assert found.upper < 1
    assert found.pvalue == 0.0625


def paired_size(level: float, pairs: int, discordant: np.ndarray) -> np.ndarray:
    """Enumerate how often equal treatment is called a difference, per probability that a pair is discordant."""
    m, b = (grid.ravel() for grid in np.meshgrid(np.arange(pairs + 1), np.arange(pairs + 1), indexing="ij"))
    keep = b <= m
    m, b = m[keep], b[keep]
    cells = np.stack([np.zeros_like(m), b, m - b, pairs - m], axis=-1).astype(float)
    # Positives of both arms only make the interval of the ratio shorter on its own scale: at 1 its score is McNemar's.
    decided = decisions(PAIRED, PairedTables.of_cells(cells), confidence_level=1 - level) != 0
    each = binom.pmf(b, m, 0.5) * decided
    conditional = np.bincount(m, weights=each, minlength=pairs + 1)
    return binom.pmf(np.arange(pairs + 1)[:, None], pairs, discordant).T @ conditional


@pytest.mark.parametrize("pairs", [10, 13, 20, 34, 60])
def test_the_size_of_the_verdict_on_pairs_is_at_most_its_level(pairs):
    """Up to half of the pairs discordant: the most where the answers of a pair do not oppose each other."""
    discordant = np.linspace(0.01, 0.5, 50)
    assert paired_size(0.05, pairs, discordant).max() <= 0.05


def test_the_enumeration_is_that_of_the_test_alone():
    """The interval never takes back what mid-p rejects at one level: Tang's score at 1 is the asymptotic test."""
    b = np.arange(60.0)
    tables = PairedTables.of(10, b, 59 - b, 131)
    rejected = TESTS["mcnemar_midp"](tables).pvalue <= 0.05
    assert ((decisions(PAIRED, tables) != 0) == rejected).all()


@pytest.mark.parametrize(("control", "treated"), [(10, 10), (25, 20), (40, 40), (60, 50)])
def test_the_size_of_the_verdict_on_arms_is_at_most_its_level(control, treated):
    x0, x1 = (grid.ravel() for grid in np.meshgrid(np.arange(control + 1), np.arange(treated + 1), indexing="ij"))
    tables = ArmTables.of_cells(np.stack([x0, control - x0, x1, treated - x1], axis=-1))
    decided = decisions(UNPAIRED, tables) != 0
    for rate in np.linspace(0.02, 0.98, 49):
        size = (binom.pmf(x0, control, rate) * binom.pmf(x1, treated, rate) * decided).sum()
        assert size <= 0.05
