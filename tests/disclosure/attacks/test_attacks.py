"""1,000 synthetic sectors under attack; the figures are printed with `pytest -s` and by benchmarks/bench_report.py."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from corrtest.analysis import largest_design_effect
from corrtest.disclosure import ReleaseLog, default_policy, release
from corrtest.disclosure.intervals import protected_estimates
from corrtest.disclosure.noise import noise_scale, noise_variance
from tests.disclosure.attacks.attacker import OUTCOMES, attack, counted
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


def attack_many(seeds, policy, log_folder=None):
    """Attack one random pair of each sector, both outcomes; return every attack's finding and the shares hidden."""
    scale = noise_scale(policy.certainty)
    findings, cells, hidden, primary, lines = [], 0, 0, 0, 0
    for seed in seeds:
        table = random_sector(seed)
        released = release(counted(table), policy)
        rng = np.random.default_rng(10_000 + seed)
        target = int(rng.integers(len(table)))
        findings += [attack(released, table, target, outcome, scale) for outcome in OUTCOMES]
        cells += len(released)
        hidden += len(released.hidden)
        primary += sum(cell.suppression.primary for cell in released.hidden)
        lines += _whole_lines(released)
    return findings, {"cells": cells, "hidden": hidden, "primary": primary, "whole tables": lines}


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


def _report(findings, shares) -> str:
    known = [finding.subtraction_right for finding in findings if finding.subtraction_right is not None]
    return (
        f"{len(findings)} attacks; narrowest bound {min(f.narrowest for f in findings):.3f} (1 = nothing "
        f"learned), highest certainty {max(f.certainty for f in findings):.4f} (allowed {POLICY.certainty}), "
        f"plain subtraction right in {sum(known)} of {len(known)}; "
        f"cells hidden {shares['hidden'] / shares['cells']:.1%} "
        f"(rules alone {shares['primary'] / shares['cells']:.1%}, "
        f"naive: whole lines {shares['whole tables'] / shares['cells']:.1%})"
    )


def _hold(findings) -> None:
    assert min(finding.narrowest for finding in findings) > 1 - 1e-9
    assert max(finding.certainty for finding in findings) <= POLICY.certainty + 1e-9


def test_no_reaction_is_bounded_in_fifteen_sectors():
    findings, shares = attack_many(range(15), POLICY)
    print(_report(findings, shares))
    _hold(findings)


@pytest.mark.slow
def test_no_reaction_is_bounded_in_a_thousand_sectors():
    findings, shares = attack_many(range(1000), POLICY)
    print(_report(findings, shares))
    assert len(findings) == 2000
    _hold(findings)
    assert shares["hidden"] < shares["whole tables"]


@pytest.mark.slow
def test_the_attack_succeeds_where_counts_leave_as_they_are():
    """The attacks can bite: without noise the last reaction is known for certain wherever a cell is shown."""
    findings, _ = attack_many(range(40), EXACT)
    known = [finding for finding in findings if finding.subtraction_right is not None]
    assert len(known) > 40
    assert all(finding.subtraction_right for finding in known)
    assert all(finding.certainty == 1 and finding.narrowest < 1e-9 for finding in known)


@pytest.mark.parametrize("seed", range(20))
def test_two_releases_do_not_tell_the_answer_of_those_who_differ(seed, tmp_path):
    table = random_sector(seed)
    target = int(np.random.default_rng(seed).integers(len(table)))
    log = ReleaseLog.open(tmp_path / "log")
    first = release(counted(table.drop(index=target)), POLICY, log)
    second = release(counted(table), POLICY, log)
    earlier = {tuple(cell.keys.items()): cell for cell in first if cell.shown}
    row = table.loc[target]
    for cell in second:
        before = earlier.get(tuple(cell.keys.items()))
        holds = all(
            getattr(cell, name) in (None, row[name]) for name in ("sector", "joint_committee", "criterion", "level")
        )
        if not cell.shown or before is None:
            continue
        assert not holds, "a cell left twice with one pair of difference"
        assert cell.counts == before.counts


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
    scale = noise_scale(POLICY.certainty)
    atoms = [g for g in results.groups if g.joint_committee and g.level]
    checked = 0
    for cell, group in zip(released, results.groups, strict=True):
        if not cell.shown:
            continue
        number = sum(
            atom.outcome == cell.outcome
            and all(
                getattr(cell, name) in (None, getattr(atom, name)) for name in ("criterion", "joint_committee", "level")
            )
            for atom in atoms
        )
        effect = largest_design_effect(
            cell.pairs, cell.employers, group.largest_employer_pairs, POLICY.employer_correlation
        )
        (expected,) = protected_estimates(
            [cell.counts],
            noise_variances=[noise_variance(scale) * number],
            effects=[effect],
            confidence_level=0.95,
        )
        assert cell.estimates == expected
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
        if all(part.shown and min(dataclasses.asdict(part.counts).values()) > 0 for part in parts):
            assert sum(part.counts.both for part in parts) == cell.counts.both
            compared += 1
    assert compared
