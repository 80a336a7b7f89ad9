from __future__ import annotations

from collections import Counter
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corrtest.design import substream
from corrtest.design.counterbalance import deal_templates


@given(st.sampled_from([2, 4, 6, 8]), st.integers(1, 400), st.integers(0, 50))
def test_each_template_comes_equally_often_on_each_arm(size, total, seed):
    names = [f"set_{number}" for number in range(size)]
    control, treated, first = deal_templates(names, total, substream(seed, "cards"))
    assert len(control) == len(treated) == len(first) == total
    assert all(one != other for one, other in zip(control, treated, strict=True))
    assert abs(first.count("control") - first.count("treated")) <= 1
    for arm in (control, treated):
        counts = [arm.count(name) for name in names]
        assert max(counts) - min(counts) <= 1


@pytest.mark.parametrize("size", [2, 3, 5, 6])
def test_a_round_holds_every_combination_and_order_once(size):
    names = [f"set_{number}" for number in range(size)]
    cards = Counter(zip(*deal_templates(names, 2 * size * (size - 1), substream(7, "cards")), strict=True))
    assert set(cards) == {(one, other, arm) for one, other in permutations(names, 2) for arm in ("control", "treated")}
    assert set(cards.values()) == {1}
