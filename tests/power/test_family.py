"""The level that is left to one test of a family against the adjustment itself."""

import numpy as np
import pytest

from corrtest.analysis import benjamini_hochberg, holm
from corrtest.power.family import draws_for, levels_left


@pytest.mark.parametrize(("method", "adjust"), [("holm", holm), ("benjamini_hochberg", benjamini_hochberg)])
@pytest.mark.parametrize("size", [2, 3, 8])
def test_a_test_rejects_exactly_where_it_stays_below_the_level_that_is_left(method, adjust, size):
    rng = np.random.default_rng(size)
    for _ in range(300):
        pvalues = rng.random(size) ** 4
        ((level, weight),) = levels_left(pvalues[None, 1:], method=method, alpha=0.05)
        assert weight == 1
        assert (adjust(pvalues)[0] <= 0.05) == (pvalues[0] <= level)


def test_a_hidden_result_makes_the_others_stricter():
    hidden = np.ones((50, 3))
    assert levels_left(hidden, method="holm", alpha=0.05) == ((0.0125, 1.0),)
    assert levels_left(hidden, method="none", alpha=0.05) == ((0.05, 1.0),)
    assert levels_left(np.ones((50, 0)), method="holm", alpha=0.05) == ((0.05, 1.0),)


def test_the_weights_are_how_often_each_level_is_left():
    others = np.array([[0.001, 0.5]] * 600 + [[0.5, 0.5]] * 399 + [[0.001, 0.001]])
    levels = levels_left(others, method="holm", alpha=0.06)
    assert [round(level, 4) for level, _ in levels] == [0.02, 0.03, 0.06]
    assert [weight for _, weight in levels] == pytest.approx([0.399, 0.6, 0.001])
    assert draws_for(21) == 20_000
    assert draws_for(2_000) == 1_000
