"""1,000 synthetic sectors under attack; the figures are printed with `pytest -s` and by benchmarks/bench_report.py."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from corrtest.analysis import analyse, pairs_table
from corrtest.disclosure import ReleaseLog, default_policy, noise_covariances, release
from corrtest.disclosure.intervals import protected_figures
from corrtest.errors import DisclosureError
from tests.disclosure.attacks.attacker import OUTCOMES, attack, counted
from tests.disclosure.attacks.measured import Recorder, certainties
from tests.disclosure.sectors import sector_pairs

POLICY = dataclasses.replace(default_policy(), protection="all_but_one")
EXACT = dataclasses.replace(POLICY, certainty=1.0)


def random_sector(seed: int):
    """Return a small sector with one to five committees, some of them too small to show."""
    rng = np.random.default_rng(seed)
    numbers = rng.choice(["318", "319", "327", "329", "330", "331", "337"], size=int(rng.integers(1, 6)), replace=False)
    committees = {str(number): int(rng.integers(8, 220)) for number in sorted(numbers)}
    criteria = ("origin", "disability")[: int(rng.integers(1, 3))]
    return sector_pairs(seed, sector="sector", committees=committees, criteria=criteria, cap=int(rng.integers(1, 5)))


def attack_many(seeds, policy, release=release):
    """Attack two random pairs of each sector; return how certain each attack became, and the shares hidden."""
    found, cells, hidden, primary, lines = [], 0, 0, 0, 0
    for seed in seeds:
        table = random_sector(seed)
        with Recorder().listening() as measured:
            released = release(counted(table), policy)
        found += certainties(table, measured, np.random.default_rng(10_000 + seed).choice(table.index, 2))
        cells += len(released)
        hidden += len(released.hidden)
        primary += sum(cell.suppression.primary for cell in released.hidden)
        lines += _whole_lines(released)
    return found, {"cells": cells, "hidden": hidden, "primary": primary, "whole tables": lines}


def _whole_lines(released) -> int:
    """Return how many cells naive suppression hides: every cell beside a cell that breaks a rule, in any table."""
    broken = {
        (cell.criterion, cell.outcome, cell.joint_committee, cell.level)
        for cell in released
        if not cell.shown and cell.suppression.primary
    }
    hidden = 0
    for cell in released:
        own = (cell.criterion, cell.outcome, cell.joint_committee, cell.level)
        beside = any(
            other[:2] == own[:2]
            and (other[2] is None) == (own[2] is None)
            and (other[3] is None) == (own[3] is None)
            and (other[2] == own[2] or other[3] == own[3])
            for other in broken
        )
        hidden += own in broken or beside
    return hidden


def _report(found, shares) -> str:
    return (
        f"{len(found)} attacks: highest certainty {max(found):.4f} (allowed {POLICY.certainty}), from "
        f"all layers and both outcomes; cells hidden {shares['hidden'] / shares['cells']:.1%} "
        f"(rules alone {shares['primary'] / shares['cells']:.1%}, "
        f"naive: whole lines {shares['whole tables'] / shares['cells']:.1%})"
    )


def test_no_reaction_is_told_in_six_sectors():
    found, shares = attack_many(range(6), POLICY)
    print(_report(found, shares))
    assert max(found) <= POLICY.certainty + 1e-9
    assert max(found) > 0.9  # the attack learns something: it does bite


@pytest.mark.slow
def test_no_reaction_is_told_in_a_thousand_sectors():
    found, shares = attack_many(range(1000), POLICY)
    print(_report(found, shares))
    assert len(found) == 2000
    assert max(found) <= POLICY.certainty + 1e-9
    assert shares["hidden"] < shares["whole tables"]


@pytest.mark.slow
def test_the_attack_succeeds_where_counts_leave_as_they_are():
    """Without noise the last reaction is known for certain wherever a cell is shown."""
    findings = []
    for seed in range(40):
        table = random_sector(seed)
        released = release(counted(table), EXACT)
        target = int(np.random.default_rng(10_000 + seed).integers(len(table)))
        findings += [attack(released, table, target, outcome) for outcome in OUTCOMES]
    known = [finding for finding in findings if finding.subtraction_right is not None]
    assert len(known) > 40
    assert all(finding.subtraction_right and finding.narrowest == 0 for finding in known)


@pytest.mark.slow
def test_subtraction_from_noisy_counts_is_a_guess():
    right = []
    for seed in range(150):
        table = random_sector(seed)
        released = release(counted(table), POLICY)
        target = int(np.random.default_rng(10_000 + seed).integers(len(table)))
        found = [attack(released, table, target, outcome).subtraction_right for outcome in OUTCOMES]
        right += [each for each in found if each is not None]
    assert len(right) > 100
    assert np.mean(right) < 0.5


@pytest.mark.parametrize("seed", range(4))
def test_all_releases_together_keep_to_the_policy(seed, tmp_path):
    """The same figures again are the same draws; one pair more, other reactions or another grouping do not leave."""
    table = random_sector(seed)
    table["province"] = np.where(table.index % 2, "Namur", "Limburg")
    log = ReleaseLog.open(tmp_path / "log")
    results = analyse(pairs_table(table))
    with Recorder().listening() as measured:
        release(results, POLICY, log)
        first = list(measured)
        release(results, POLICY, log)
    assert measured == [*first, *first]
    targets = np.random.default_rng(seed).choice(table.index, 2)
    assert max(certainties(table, first, targets)) <= POLICY.certainty + 1e-9
    late = table.assign(treated_reaction=np.roll(table["treated_reaction"], 1))
    again = [analyse(pairs_table(changed)) for changed in (table.drop(index=targets[0]), late)]
    for other in (*again, analyse(pairs_table(table), by=("province",))):
        with pytest.raises(DisclosureError, match="is spent"):
            release(other, POLICY, log)
    assert len(log.earlier()) == 1


def test_asking_again_gives_the_same_noise_and_another_log_gives_another(tmp_path):
    results = counted(random_sector(3))
    log = ReleaseLog.open(tmp_path / "a")
    first, again = release(results, POLICY, log), release(results, POLICY, ReleaseLog.open(tmp_path / "a"))
    assert first == again
    other = release(results, POLICY, ReleaseLog.open(tmp_path / "b"))
    assert [cell.counts for cell in first] != [cell.counts for cell in other]


def test_intervals_follow_from_published_counts_and_the_design_alone():
    """Outlying intervals tell nothing more: whoever has the counts can compute them himself."""
    results = counted(random_sector(11))
    released = release(results, POLICY)
    sizes = {
        (g.joint_committee, g.criterion, g.level): g.pairs for g in results.groups if g.joint_committee and g.level
    }
    policy = dataclasses.replace(POLICY, robustness_share=0.0)
    outcomes = {name: sorted(words) for name, words in OUTCOMES.items()}
    noise = noise_covariances(policy, sizes, outcomes)
    checked = 0
    for cell, group in zip(released, results.groups, strict=True):
        if not cell.shown:
            continue
        covariance = noise[cell.joint_committee, cell.criterion, cell.level, cell.outcome]
        (expected,) = protected_figures(
            [cell.counts], noise=[covariance], effects=[group.design_effect], confidence_level=0.95
        )
        assert (cell.estimates, cell.tests) == (expected.estimates, expected.tests)
        checked += 1
    assert checked


@pytest.mark.parametrize("seed", range(15))
def test_row_counts_and_the_pattern_of_hidden_cells_do_not_depend_on_reactions(seed):
    table = random_sector(seed)
    rng = np.random.default_rng(seed)
    shuffled = table.assign(control_reaction=rng.permutation(table["control_reaction"].to_numpy()))
    policy = dataclasses.replace(POLICY, hide_all_or_nothing=False)
    first, second = release(counted(table), policy), release(counted(shuffled), policy)
    assert [(c.pairs, c.employers, c.suppression) for c in first] == [
        (c.pairs, c.employers, c.suppression) for c in second
    ]


def test_published_tables_add_up():
    released = release(counted(sector_pairs(21, committees={"318": 200, "330": 260})), POLICY)
    cells = {tuple(cell.keys.items()): cell for cell in released}
    compared = 0
    for cell in released:
        if cell.level is not None or not cell.shown:
            continue
        parts = [
            other
            for other in cells.values()
            if other.level is not None
            and (other.criterion, other.joint_committee, other.outcome)
            == (cell.criterion, cell.joint_committee, cell.outcome)
        ]
        if parts and all(part.shown for part in parts):
            for name, count in cell.counts.as_dict().items():
                assert sum(part.counts.as_dict()[name] for part in parts) == count
            compared += 1
    assert compared
