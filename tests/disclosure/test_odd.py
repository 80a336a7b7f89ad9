"""Results without odd pairs: beside the result as coded, and instead of it."""

import dataclasses

import pytest

from corrtest.analysis import analyse, pairs_table
from corrtest.disclosure import default_policy, release
from corrtest.disclosure.odd import odd_kinds
from tests.disclosure.sectors import sector_pairs, with_automatic_answers

POLICY = dataclasses.replace(default_policy(), protection="all_but_one", robustness_share=0.2)
EXACT = dataclasses.replace(POLICY, certainty=1.0)


def results(share: float, **options):
    made = analyse(pairs_table(with_automatic_answers(sector_pairs(1), share)), simulated=True, **options)
    return dataclasses.replace(made, inputs={**made.inputs, "pairs": {"sha256": "0123456789abcdef" * 4}})


def test_without_noise_the_check_is_the_analysis_own_row():
    made = results(0.3)
    rows = {(r["criterion"], r["outcome"]): r for r in made.robustness if r["choice"] == "odd pairs left out"}
    released = release(made, EXACT)
    assert len(released.odd_checks) == len(rows) == 6
    for check in released.odd_checks:
        row = rows[check.criterion, check.outcome]
        assert check.counts.as_dict() == row["counts"]
        assert check.odd == 200 - row["pairs"]
        assert check.ratio.value == pytest.approx(row["ratio"])


@pytest.mark.parametrize("share", [0.0, 0.02])
def test_few_odd_pairs_are_not_told_and_whether_there_are_any_neither(share):
    made = results(share)
    assert set(odd_kinds(made, POLICY)) == set(odd_kinds(results(0.2), POLICY))
    for check in release(made, POLICY).odd_checks:
        assert (check.odd, check.counts, check.estimates) == (None, None, ())
        assert check.suppression.rule == "few_odd"


def test_a_hidden_result_has_no_check():
    hidden = dataclasses.replace(POLICY, min_pairs=500)
    checks = release(results(0.2), hidden).odd_checks
    assert {check.suppression.rule for check in checks} == {"main_hidden"}


def test_the_checks_take_their_share_of_the_protection_from_the_main_counts():
    made = results(0.2)
    without = dataclasses.replace(POLICY, robustness_share=0.0)
    assert release(made, without).odd_checks == ()
    first, second = (next(cell for cell in release(made, policy) if cell.shown) for policy in (without, POLICY))
    assert all(first.deviations[name] < sd for name, sd in second.deviations.items())
    assert all(min(check.deviations.values()) > 2 for check in release(made, POLICY).odd_checks if check.counts)


def test_a_check_has_no_more_strict_than_broad_reactions():
    for check in (checks := release(results(0.3), POLICY).odd_checks):
        other = next(c for c in checks if (c.criterion, c.outcome) == (check.criterion, "broad"))
        if check.counts and other.counts and check.outcome == "strict":
            assert check.odd == other.odd
            assert check.counts.control_positives <= other.counts.control_positives
            assert check.counts.treated_positives <= other.counts.treated_positives


def test_where_odd_pairs_are_left_out_of_the_result_sizes_carry_noise_too():
    made = results(0.2, odd_reactions="left_out")
    released = release(made, POLICY)
    assert released.odd_checks == ()
    pairs = [(group.pairs, cell.pairs) for group, cell in zip(made.groups, released, strict=True) if cell.shown]
    assert any(true != shown for true, shown in pairs)
    assert max(abs(true - shown) for true, shown in pairs) < 40
    assert all(cell.employers is None for cell in released)
    assert all(cell.pairs == sum(cell.counts.as_dict().values()) for cell in released if cell.shown)
