import dataclasses

import pytest

from corrtest.analysis import ArmCounts, GroupResult, PairedCounts
from corrtest.disclosure import default_policy, release
from corrtest.disclosure.rules import all_or_nothing, dominated, largest_employers, too_small
from tests.disclosure.sectors import sector_results

POLICY = default_policy()


def group(counts, **changes) -> GroupResult:
    fields = {
        "sector": "s",
        "joint_committee": None,
        "criterion": "age",
        "level": None,
        "outcome": "broad",
        "pairs": sum(counts.as_dict().values()),
        "employers": 80,
        "employer_sizes": {2: 20, 1: 60},
        "counts": counts,
        "estimates": (),
        "tests": (),
    }
    return GroupResult(**{**fields, **changes})


PAIRS = PairedCounts(both=10, control_only=20, treated_only=10, neither=60)


@pytest.mark.parametrize(
    ("largest", "rule"),
    [
        ((25, 15, 1), None),
        ((26, 1, 1), "largest_share"),
        ((24, 17, 1), "together_share"),
        ((21, 20, 1), "together_share"),
        ((), None),
    ],
)
def test_one_employer_and_two_together_may_not_weigh_too_much(largest, rule):
    found = dominated(100, largest, POLICY)
    assert (found.rule if found else None) == rule


def test_the_second_largest_cannot_work_out_the_largest():
    """p% rule by its definition: the rest that hides x1 from the second largest is at least p of x1."""
    lax = dataclasses.replace(POLICY, largest_share=1.0, together_share=1.0, remainder_share=0.10)
    for largest, second, rest in ((50, 10, 5), (50, 10, 4), (60, 39, 1), (40, 40, 20)):
        broken = dominated(largest + second + rest, (largest, second), lax) is not None
        assert broken == (rest < 0.10 * largest)


def test_the_five_largest_employers_follow_from_how_many_have_each_size():
    known = group(PAIRS, employer_sizes={1: 70, 3: 3, 21: 1})
    assert largest_employers(known) == (21, 3, 3, 3, 1)
    assert dominated(100, largest_employers(known), POLICY) is None
    alike = group(PAIRS, employer_sizes={1: 16, 21: 4})
    assert dominated(100, largest_employers(alike), POLICY).rule == "together_share"
    assert largest_employers(group(PAIRS, employers=None, employer_sizes={})) == ()


def test_the_gate_hides_a_cell_of_two_large_employers():
    results = sector_results(1)
    groups = list(results.groups)
    where = next(i for i, g in enumerate(groups) if g.criterion == "age" and g.level is None and not g.joint_committee)
    pairs = groups[where].pairs
    sizes = {1: pairs - 2 * (pairs // 4), pairs // 4: 2}
    groups[where] = dataclasses.replace(groups[where], employer_sizes=sizes)
    released = release(dataclasses.replace(results, groups=tuple(groups)), POLICY)
    assert released.releases[where].suppression.rule == "together_share"
    assert "2 largest employers together" in released.releases[where].suppression.reason


@pytest.mark.parametrize(
    ("counts", "changes", "rule"),
    [
        (ArmCounts(control_positive=5, control_other=35, treated_positive=4, treated_other=36), {}, None),
        (
            ArmCounts(control_positive=5, control_other=14, treated_positive=4, treated_other=76),
            {},
            "min_applications",
        ),
        (
            ArmCounts(control_positive=5, control_other=35, treated_positive=4, treated_other=36),
            {"employer_sizes": {5: 1, 1: 115}},
            "min_arm_employers",
        ),
    ],
)
def test_each_arm_of_an_unpaired_study_is_held_to_the_sizes(counts, changes, rule):
    found = too_small(group(counts, **changes), POLICY, employers_known=True)
    assert (found.rule if found else None) == rule


@pytest.mark.parametrize("positives", [(0, 9), (9, 0), (40, 9)])
def test_an_arm_in_which_all_or_none_were_positive_is_hidden(positives):
    control, treated = positives
    counts = ArmCounts(
        control_positive=control, control_other=40 - control, treated_positive=treated, treated_other=40 - treated
    )
    assert all_or_nothing(counts, POLICY).rule == "all_or_nothing"
    assert all_or_nothing(counts, dataclasses.replace(POLICY, hide_all_or_nothing=False)) is None
