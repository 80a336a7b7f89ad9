"""1,000 sectors that are hard to protect, attacked by coalitions over all their releases; `pytest -s` tells figures."""

from __future__ import annotations

import dataclasses
from collections import Counter

import numpy as np
import pytest

from corrtest.disclosure import ReleaseLog, default_policy, release
from tests.disclosure.attacks.coalition import Breach, breaches
from tests.disclosure.attacks.risky_sectors import SIDES, counted, one_application_each, risky_sector, with_odd_pairs

POLICY = default_policy()
# What the rules of the coalition say, taken away: the attacks then find what they look for.
OPEN = dataclasses.replace(
    POLICY,
    coalition_employers=1,
    coalition_share=0.0,
    outside_employers=1,
    most_alike=1.0,
    min_pairs=1,
    min_employers=1,
    largest_share=1.0,
    together_share=1.0,
    remainder_share=0.0,
    hide_all_or_nothing=False,
)


def released_of(sector, log, policy=POLICY):
    """Return what leaves of a sector, release after release, with the rows that each rests on."""
    return [
        (step.rows, release(counted(sector.table[step.rows].reset_index(drop=True), step.by), policy, log))
        for step in sector.steps
    ]


def attack_many(seeds, folder, policy=POLICY, coalitions=4, change=None) -> tuple[list[Breach], Counter]:
    """Return what the coalitions found beyond `POLICY`, and how many cells there were, hidden and in all."""
    found, counts = [], Counter()
    for seed in seeds:
        sector = risky_sector(seed) if change is None else change(risky_sector(seed), seed)
        released = released_of(sector, ReleaseLog.open(folder / str(seed)), policy)
        own = breaches(sector.table, released, POLICY, coalitions=coalitions)
        found += own
        counts["sectors"] += 1
        counts["checks"] += sum(check.counts is not None for _, one in released for check in one.odd_checks)
        counts["likely sectors"] += any(breach.how == "likely" for breach in own)
        counts["releases"] += len(released)
        counts["cells"] += sum(len(one) for _, one in released)
        counts["hidden"] += sum(len(one.hidden) for _, one in released)
    return found, counts


def told(found, counts) -> str:
    """Return the figures of an attack in one line."""
    kinds = Counter(breach.how for breach in found)
    return (
        f"{counts['sectors']} sectors, {counts['releases']} releases, {counts['cells']} cells "
        f"({counts['hidden'] / counts['cells']:.1%} hidden): {dict(kinds)}, "
        f"of {counts['likely sectors']} sectors {max((b.share for b in found), default=0):.3f} at most"
    )


def sure(found) -> list[Breach]:
    """Return what is known for certain, or follows: more than a model of tendencies finds likely."""
    return [breach for breach in found if breach.how != "likely"]


@pytest.mark.parametrize("side", range(len(SIDES)), ids=SIDES)
def test_no_coalition_learns_more_than_the_policy_allows(side, tmp_path):
    found, _ = attack_many([side], tmp_path)
    assert found == []


@pytest.mark.parametrize("seed", [51, 197])
def test_what_small_counts_and_late_pairs_leave_open_is_not_bounded(seed, tmp_path):
    """Found by attack: a count of 0 in one table bounds another class of pairs; a late pair beside a hidden cell."""
    assert attack_many([seed], tmp_path)[0] == []


@pytest.mark.slow
@pytest.mark.parametrize("part", range(10))
def test_no_coalition_learns_more_than_the_policy_allows_in_a_thousand_sectors(part, tmp_path):
    found, counts = attack_many(range(100 * part, 100 * part + 100), tmp_path)
    print(told(found, counts))
    assert sure(found) == []
    # Where two groupings cross, tendencies alone rate a few pairs higher than the policy allows (docs/disclosure.md).
    assert counts["likely sectors"] <= 0.1 * counts["sectors"]


@pytest.mark.parametrize("sectors", [[3, 5], pytest.param(range(200), marks=pytest.mark.slow)])
def test_no_coalition_learns_more_of_an_unpaired_study(sectors, tmp_path):
    found, counts = attack_many(sectors, tmp_path, change=one_application_each)
    print(told(found, counts))
    assert found == []
    assert counts["hidden"] < counts["cells"]


@pytest.mark.parametrize("sectors", [[4], pytest.param(range(200), marks=pytest.mark.slow)])
def test_no_coalition_learns_more_from_a_result_without_odd_pairs_beside_it(sectors, tmp_path):
    found, counts = attack_many(sectors, tmp_path, change=with_odd_pairs)
    print(told(found, counts), counts["checks"], "checks shown")
    assert sure(found) == []
    assert counts["checks"]


def test_an_open_policy_gives_applications_away(tmp_path):
    assert attack_many([3], tmp_path, OPEN, change=one_application_each)[0]


def test_the_attacks_find_what_an_open_policy_tells(tmp_path):
    found, counts = attack_many([213], tmp_path, OPEN, coalitions=1)
    print(told(found, counts))
    assert {breach.how for breach in found} >= {"few outside", "computed", "certain"}
    assert counts["hidden"] < counts["cells"] / 2


@pytest.mark.parametrize("seed", [0, 3])
def test_why_a_cell_is_hidden_tells_nothing_of_its_reactions(seed, tmp_path):
    """Same plan, other reactions: what is hidden in both says the same in both."""
    sector = risky_sector(seed)
    order = np.random.default_rng(seed).permutation(len(sector.table))
    reactions = ["control_reaction", "treated_reaction"]
    other = sector.table.copy()
    other[reactions] = sector.table[reactions].to_numpy()[order]
    twin = dataclasses.replace(sector, table=other)
    pairs = zip(released_of(sector, None), released_of(twin, None), strict=True)
    both = [(a.suppression, b.suppression) for (_, one), (_, two) in pairs for a, b in zip(one, two, strict=True)]
    assert all(a == b for a, b in both if a is not None and b is not None)


def test_the_same_figures_again_tell_nothing_new(tmp_path):
    sector = risky_sector(1)
    log = ReleaseLog.open(tmp_path / "log")
    first, again = released_of(sector, log), released_of(sector, log)
    assert [[cell.counts for cell in one] for _, one in first] == [[cell.counts for cell in one] for _, one in again]
    assert breaches(sector.table, [*first, *again], POLICY) == []
