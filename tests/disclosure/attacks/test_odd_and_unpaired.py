"""Attacks on results without odd pairs, unpaired studies, merged committees, and cells of two large employers."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from corrtest.disclosure import ReleaseLog, default_policy, release
from corrtest.errors import DisclosureError
from tests.disclosure.attacks.attacker import OUTCOMES, counted
from tests.disclosure.attacks.measured import Recorder, certainties
from tests.disclosure.attacks.odd_and_unpaired import (
    counted_by_arm,
    counted_with_odd,
)
from tests.disclosure.attacks.test_attacks import random_sector
from tests.disclosure.sectors import one_application_each, sector_pairs, with_automatic_answers

POLICY = dataclasses.replace(default_policy(), protection="all_but_one")
EXACT = dataclasses.replace(POLICY, certainty=1.0)


WITH_CHECKS = dataclasses.replace(POLICY, robustness_share=0.2)


def attack_odd(seeds, policy=WITH_CHECKS) -> tuple[list[float], int]:
    """Return how certain each attack became of a pair's answers, odd or not, and how many checks were shown."""
    found, shown = [], 0
    for seed in seeds:
        table = with_automatic_answers(random_sector(seed), (0.02, 0.15, 0.4)[seed % 3], seed)
        with Recorder().listening() as measured:
            released = release(counted_with_odd(table), policy)
        shown += sum(check.counts is not None for check in released.odd_checks)
        found += certainties(table, measured, np.random.default_rng(10_000 + seed).choice(table.index, 2))
    return found, shown


def attack_unpaired(seeds, policy=POLICY) -> tuple[list[float], float]:
    """Return how certain each attack became, and the share of cells hidden."""
    found, cells, hidden = [], 0, 0
    for seed in seeds:
        table = one_application_each(random_sector(seed), seed)
        with Recorder().listening() as measured:
            released = release(counted_by_arm(table), policy)
        cells, hidden = cells + len(released), hidden + len(released.hidden)
        found += certainties(table, measured, np.random.default_rng(10_000 + seed).choice(table.index, 2))
    return found, hidden / cells


@pytest.mark.parametrize("sectors", [6, pytest.param(300, marks=pytest.mark.slow)])
def test_result_and_check_together_keep_to_the_policy(sectors):
    found, shown = attack_odd(range(sectors))
    print(f"{len(found)} attacks on result and check, {shown} checks shown: highest certainty {max(found):.4f}")
    assert shown > sectors / 3
    assert max(found) <= POLICY.certainty + 1e-9
    assert max(found) > 0.9  # the attack learns something: it does bite


@pytest.mark.parametrize("sectors", [6, pytest.param(300, marks=pytest.mark.slow)])
def test_no_application_of_an_unpaired_study_is_told(sectors):
    found, hidden = attack_unpaired(range(sectors))
    print(f"{len(found)} attacks on unpaired studies: highest certainty {max(found):.4f}, cells hidden {hidden:.1%}")
    assert max(found) <= POLICY.certainty + 1e-9
    assert max(found) > 0.9
    assert hidden < 1


@pytest.mark.parametrize("seed", range(12))
def test_merged_committees_tell_no_more_than_the_other_rows(seed):
    table = sector_pairs(seed, sector="s", committees={"318": 9, "319": 13, "330": 90, "331": 60 + seed})
    results = counted(table)
    separate = release(results, dataclasses.replace(POLICY, merge_small=False))
    merged = release(results, POLICY)
    assert [cell.counts for cell in merged] == [cell.counts for cell in separate]
    for row in merged.merged:
        beside = [
            cell
            for cell in merged
            if (cell.criterion, cell.outcome, cell.level) == (row.criterion, row.outcome, None) and cell.shown
        ]
        (total,) = (cell for cell in beside if cell.joint_committee is None)
        for name, count in row.counts.as_dict().items():
            others = sum(cell.counts.as_dict()[name] for cell in beside if cell.joint_committee)
            assert count == total.counts.as_dict()[name] - others


def two_large_employers(pairs: int, each: int, positives: int) -> pd.DataFrame:
    """Return one cell in which two employers hold `each` pairs, and the second one invited `positives` times."""
    table = sector_pairs(7, sector="s", committees={"124": pairs}, criteria=("age",), cap=1)
    employers = [*["first"] * each, *["second"] * each, *(f"E{n}" for n in range(pairs - 2 * each))]
    second = np.array(employers) == "second"
    invited = second & (np.cumsum(second) <= positives)
    treated = np.where(second, np.where(invited, "invitation", "none"), table["treated_reaction"])
    return table.assign(employer=employers, treated_reaction=treated)


def known_of_the_second(released, table: pd.DataFrame) -> tuple[int, int] | None:
    """Return the bounds that the first employer, who knows its own answers, sets on the second's invitations."""
    cell = next(
        c for c in released if (c.criterion, c.level, c.joint_committee, c.outcome) == ("age", None, None, "broad")
    )
    if not cell.shown:
        return None
    own = table["treated_reaction"].isin(OUTCOMES["broad"]) & (table["employer"] == "first")
    others = int((~table["employer"].isin(["first", "second"])).sum())
    rest = cell.arms[1].positives - int(own.sum())
    second = int((table["employer"] == "second").sum())
    return max(0, rest - others), min(second, rest)


def test_a_cell_of_two_large_employers_is_hidden_from_the_one_who_knows_its_own_part():
    """Two employers with 45 of 100 pairs each: the first bounds the second's invitations to 11 values of 46."""
    table = two_large_employers(100, 45, 40)
    results = counted(table)
    open_policy = dataclasses.replace(
        EXACT, largest_share=1.0, together_share=1.0, remainder_share=0.0, outside_employers=1
    )
    low, high = known_of_the_second(release(results, open_policy), table)
    assert high - low < 20
    assert low <= 40 <= high
    assert known_of_the_second(release(results, POLICY), table) is None


@pytest.mark.parametrize("each", [3, 10, 18, 20, 21, 24, 26, 40])
def test_whoever_is_among_the_two_largest_keeps_three_fifths_of_the_cell_between_it_and_the_other(each):
    table = two_large_employers(100, each, each // 2)
    released = release(counted(table), POLICY)
    bounds = known_of_the_second(released, table)
    if bounds is not None:
        assert 100 - 2 * each >= (1 - POLICY.together_share) * 100


def test_another_certainty_is_another_release_and_the_budget_is_spent(tmp_path):
    """Two draws of noise on the same pairs tell more than one: the log stops the second."""
    results = counted_with_odd(with_automatic_answers(random_sector(3), 0.2))
    log = ReleaseLog.open(tmp_path / "log")
    first = release(results, WITH_CHECKS, log)
    again = release(results, WITH_CHECKS, log)
    assert any(cell.shown for cell in first)
    assert first.releases == again.releases
    with pytest.raises(DisclosureError, match="is spent"):
        release(results, dataclasses.replace(WITH_CHECKS, certainty=0.9), log)
