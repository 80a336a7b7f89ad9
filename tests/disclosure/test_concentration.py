"""What a report may say of how unequal treatment is spread over employers."""

import dataclasses
import itertools
import json

import numpy as np
import pytest

from corrtest.analysis import analyse, pairs_table
from corrtest.disclosure import ReleaseLog, default_policy, release, releases_from_json, releases_to_json
from corrtest.disclosure.concentration import EMPLOYERS_OUTSIDE, employers_outside
from tests.disclosure.sectors import sector_pairs

POLICY = default_policy()


def results(employers: int, pairs: int = 5, seed: int = 1, **changes):
    """Return the results of one criterion in which every employer got as many pairs."""
    table = sector_pairs(seed, committees={"124": employers * pairs}, criteria=["origin"])
    table["employer"] = [f"e{number % employers:03d}" for number in range(len(table))]
    return analyse(pairs_table(table), **changes)


@pytest.fixture
def log(tmp_path):
    return ReleaseLog.open(tmp_path / "log")


def test_what_leaves_is_rounded_names_no_one_and_survives_json(log):
    made = results(40)
    released = release(made, POLICY, log)
    assert {row["outcome"] for row in released.concentration} == {"strict", "broad"}
    for row in released.concentration:
        (own,) = (each for each in made.concentration if each["outcome"] == row["outcome"])
        assert abs(row["standard_deviation"] - own["standard_deviation"]) <= 0.005
        assert round(row["standard_deviation"] * 100, 6) == round(row["standard_deviation"] * 100)
        for name in ("share_least", "share_most", "share"):
            assert row[name] is None or round(row[name] * 20, 6) == round(row[name] * 20)
        assert not {"variance", "sizes", "disadvantage", "pairs"} & set(row)
    again = releases_from_json(releases_to_json(released))
    assert again.concentration == tuple(json.loads(json.dumps(list(released.concentration))))


def test_the_employers_outside_every_coalition_are_counted():
    """Against every set of employers that the policy calls a coalition."""
    rng = np.random.default_rng(1)
    for _ in range(40):
        sizes = rng.integers(2, 7, 9)
        share = rng.choice([0.0, 0.25, 0.5])
        policy = dataclasses.replace(POLICY, coalition_employers=3, coalition_share=float(share))
        most = max(
            len(members)
            for number in range(10)
            for members in itertools.combinations(range(9), number)
            if number <= 3 or sizes[list(members)].sum() <= share * sizes.sum()
        )
        table = [(int(size), int(number)) for size, number in zip(*np.unique(sizes, return_counts=True), strict=True)]
        assert employers_outside(table, policy) == 9 - most


def test_with_few_employers_outside_nothing_leaves(log):
    enough = EMPLOYERS_OUTSIDE + 7
    assert release(results(enough), POLICY, log).concentration
    fewer = results(EMPLOYERS_OUTSIDE + 4)
    assert fewer.concentration[0]["variance"] is not None
    assert release(dataclasses.replace(fewer, simulated=True), POLICY).concentration == ()


def test_other_pairs_of_the_same_cell_tell_nothing_more(log):
    """One employer more, laid beside the first release, would be told by the difference."""
    first, more = results(40), results(41)
    once = release(first, POLICY, log).concentration
    assert once
    assert release(more, POLICY, log).concentration == ()
    again = ReleaseLog.open(log.folder.parent / "other")
    assert release(first, POLICY, again).concentration == once
    assert release(first, POLICY, again).concentration == once


def test_a_hidden_cell_noise_and_odd_pairs_left_out_keep_it_in(log):
    made = results(40)
    hidden = dataclasses.replace(POLICY, min_pairs=10_000)
    assert release(made, hidden, log).concentration == ()
    noisy = dataclasses.replace(POLICY, protection="all_but_one")
    assert release(made, noisy, log).concentration == ()
    left_out = results(40, odd_reactions="left_out")
    assert left_out.concentration
    assert release(dataclasses.replace(left_out, simulated=True), POLICY).concentration == ()


@pytest.mark.parametrize("seed", range(3))
def test_the_spread_beside_the_counts_pins_no_answer_outside_the_coalition(seed):
    """A coalition of the five largest knows its own answers, all counts and the plan.

    It keeps every way to deal the rest out over the pairs outside that gives the spread that left. Pairs of
    employers of one size are alike to it.
    """
    rng = np.random.default_rng(seed)
    sizes = np.sort(rng.choice([2, 2, 2, 3, 4, 6], 30))[::-1]
    employer = np.repeat(np.arange(30), sizes)
    uneven = rng.random(30) < 0.2
    net = np.where(rng.random(len(employer)) < np.where(uneven, 0.4, 0.06)[employer], 1, 0)
    net -= rng.random(len(employer)) < 0.04

    own = (employer[:, None] == np.arange(30)).astype(float)

    def spread(drawn: np.ndarray) -> np.ndarray:
        sums, squares = drawn @ own, drawn**2 @ own
        means, products = sums / sizes, (sums**2 - squares) / (sizes * (sizes - 1))
        square = (means.sum(axis=1) ** 2 - (means**2).sum(axis=1)) / (30 * 29)
        return np.round(np.sqrt(np.maximum(products.mean(axis=1) - square, 0)), 2)

    outside = employer >= 5
    ways = np.tile(net, (40_000, 1))
    ways[:, outside] = rng.permuted(ways[:, outside], axis=1)
    fits = ways[spread(ways) == spread(net[None])[0]]
    assert len(fits) > 50
    for size in np.unique(sizes[5:]):
        pairs = outside & (sizes[employer] == size)
        for answer in (1, -1):
            before, after = np.mean(net[outside] == answer), np.mean(fits[:, pairs] == answer)
            assert after < 0.5 * POLICY.most_alike
            assert after < before + 0.15
