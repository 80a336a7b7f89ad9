"""The rules on one set of pairs, against coalitions that are enumerated here."""

from __future__ import annotations

import dataclasses
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corrtest.analysis import ArmCounts, PairedCounts
from corrtest.disclosure import default_policy
from corrtest.disclosure.rules import alike, all_or_nothing, broken_by_sizes, too_alike, weighty_share

POLICY = default_policy()
# Twelve employers at most: coalitions can be enumerated, and the other rules do not come first.
SMALL = dataclasses.replace(
    POLICY,
    coalition_employers=2,
    outside_employers=3,
    min_pairs=1,
    min_employers=1,
    largest_share=1.0,
    together_share=1.0,
    remainder_share=0.0,
)


def descending(sizes) -> np.ndarray:
    return np.sort(np.array(sizes, dtype=np.int64))[::-1]


@pytest.mark.parametrize(
    ("largest", "rule"),
    [
        ((25, 15), None),
        ((26,), "largest_share"),
        ((24, 17), "together_share"),
        ((19, 19, 19, 18), "outside_employers"),
        ((19, 19, 19, 17), None),
        ((), None),
    ],
)
def test_a_few_employers_may_not_weigh_too_much(largest, rule):
    found = broken_by_sizes(descending([*largest, *[1] * (100 - sum(largest))]), POLICY)
    assert (found.rule if found else None) == rule
    assert len(largest) == 0 or rule is None or largest[0] >= weighty_share(POLICY) * 100 - 1e-9


def test_the_second_largest_cannot_work_out_the_largest():
    """p% rule by its definition: the rest that hides x1 from the second largest is at least p of x1."""
    lax = dataclasses.replace(SMALL, remainder_share=0.10, coalition_employers=1, outside_employers=1)
    for largest, second, rest in ((50, 10, 5), (50, 10, 4), (60, 39, 1), (40, 40, 20)):
        broken = broken_by_sizes(descending([largest, second, *[1] * rest]), lax) is not None
        assert broken == (rest < 0.10 * largest)


def coalitions(sizes, policy):
    """Return every coalition: so many employers, or employers that hold no more than a share of the pairs."""
    everyone = range(len(sizes))
    for number in range(len(sizes) + 1):
        for members in combinations(everyone, number):
            few = number <= policy.coalition_employers
            if few or sum(sizes[m] for m in members) <= policy.coalition_share * sum(sizes):
                yield set(members)


@settings(max_examples=60)
@given(st.lists(st.integers(1, 9), min_size=1, max_size=9), st.floats(0.0, 0.6), st.integers(0, 60))
def test_the_guarantee_is_that_of_every_coalition(sizes, share, count):
    policy = dataclasses.replace(SMALL, coalition_share=share)
    sizes = descending(sizes)
    least = min(len(sizes) - len(members) for members in coalitions(sizes, policy))
    assert (broken_by_sizes(sizes, policy) is None) == (least >= policy.outside_employers)
    outside = [sum(sizes) - sum(sizes[m] for m in members) for members in coalitions(sizes, policy)]
    if not too_alike(count, sizes, policy):
        assert count <= policy.most_alike * min(outside) + 1e-9


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=10, max_size=16),
    st.integers(0, 40),
    st.integers(0, 40),
)
def test_a_union_of_disjoint_sets_that_keep_to_the_rules_keeps_to_them(sizes, one, other):
    first, second = (descending([pair[part] for pair in sizes if pair[part]]) for part in (0, 1))
    both = descending([a + b for a, b in sizes if a + b])
    if not broken_by_sizes(first, POLICY) and not broken_by_sizes(second, POLICY):
        assert not broken_by_sizes(both, POLICY)
    if not too_alike(one, first, POLICY) and not too_alike(other, second, POLICY):
        assert not too_alike(one + other, both, POLICY)


@pytest.mark.parametrize(
    ("sizes", "rule"),
    [([1] * 20, None), ([1] * 19, "min_applications"), ([3] * 7 + [1], "min_arm_employers"), ([2] * 9 + [1] * 2, None)],
)
def test_each_arm_of_an_unpaired_study_is_held_to_the_sizes(sizes, rule):
    found = broken_by_sizes(descending(sizes), POLICY, one_arm=True)
    assert (found.rule if found else None) == rule


def test_vacancies_stand_in_where_employers_are_not_known():
    strict = dataclasses.replace(POLICY, min_employers=30)
    assert broken_by_sizes(descending([1] * 25), strict, employers_known=False).rule == "min_vacancies"


@pytest.mark.parametrize(
    ("positives", "exact", "noisy"), [((0, 9), 0, 1), ((9, 0), 0, 1), ((40, 9), 1, 1), ((9, 8), 0, 0)]
)
def test_an_arm_in_which_all_were_positive_is_hidden(positives, exact, noisy):
    control, treated = positives
    counts = ArmCounts(
        control_positive=control, control_other=40 - control, treated_positive=treated, treated_other=40 - treated
    )
    under_noise = dataclasses.replace(POLICY, protection="all_but_one")
    assert (all_or_nothing(counts, POLICY) is not None) == bool(exact)
    assert (all_or_nothing(counts, under_noise) is not None) == bool(noisy)
    assert all_or_nothing(counts, dataclasses.replace(POLICY, hide_all_or_nothing=False)) is None


@pytest.mark.parametrize(
    ("counts", "rule"),
    [
        (PairedCounts(both=60, control_only=10, treated_only=0, neither=30), None),
        (PairedCounts(both=61, control_only=10, treated_only=0, neither=29), "complementary"),
        (PairedCounts(both=0, control_only=0, treated_only=70, neither=30), "complementary"),
        (PairedCounts(both=0, control_only=0, treated_only=0, neither=100), None),
    ],
)
def test_no_outcome_makes_up_most_of_the_pairs_outside_a_coalition(counts, rule):
    """100 pairs of 100 employers: a coalition holds 25 of them, and 80 % of the other 75 are 60."""
    found = alike(counts, (np.ones(100, dtype=np.int64),), POLICY)
    assert (found.rule if found else None) == rule
    assert alike(counts, (np.ones(100, dtype=np.int64),), dataclasses.replace(POLICY, protection="all_but_one")) is None
