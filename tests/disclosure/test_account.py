"""What releases with noise spend, pair by pair."""

import dataclasses
import math

import pytest

from corrtest.analysis import analyse, pairs_table
from corrtest.disclosure import ReleaseLog, default_policy, release, spent
from corrtest.errors import DisclosureError
from tests.disclosure.sectors import sector_pairs

EXACT = default_policy()
NOISE = dataclasses.replace(EXACT, protection="all_but_one")
TABLE = sector_pairs(1, criteria=("origin", "age"))
TABLE["province"] = ["Antwerpen" if n % 2 else "Namur" for n in range(len(TABLE))]


def results(table=TABLE, by=(), wave="baseline"):
    return analyse(pairs_table(table), by=by, study={"sector": "construction", "wave": wave})


@pytest.fixture
def log(tmp_path):
    return ReleaseLog.open(tmp_path / "log")


def test_a_release_with_noise_spends_all_that_its_pairs_have_and_the_same_again_nothing(log):
    first = release(results(), NOISE, log)
    account = spent(log.earlier())
    assert len(account) == len(TABLE)
    assert set(account.values()) == {NOISE.epsilon}
    assert release(results(), NOISE, log) == first
    assert spent(log.earlier()) == account


def test_a_second_grouping_of_the_same_pairs_is_refused_and_nothing_of_it_is_logged(log):
    release(results(), NOISE, log)
    before = log.entries()
    with pytest.raises(DisclosureError, match="protection of 400 of these pairs is spent"):
        release(results(by=("province",)), NOISE, log)
    assert log.entries() == before


def test_other_reactions_of_the_same_pairs_are_refused_and_other_pairs_are_not(log):
    release(results(TABLE[TABLE["criterion"] == "age"]), NOISE, log)
    release(results(TABLE[TABLE["criterion"] == "origin"]), NOISE, log)
    late = TABLE[TABLE["criterion"] == "age"].copy()
    late.iloc[:10, late.columns.get_loc("treated_reaction")] = "invitation"
    with pytest.raises(DisclosureError, match="200 of these pairs is spent"):
        release(results(late), NOISE, log)
    release(results(late, wave="follow_up"), NOISE, log)
    assert len(spent(log.earlier())) == 600


def test_exact_counts_do_not_follow_noise_nor_noise_exact_counts(log, tmp_path):
    release(results(), NOISE, log)
    with pytest.raises(DisclosureError, match="exact counts now would undo it"):
        release(results(), EXACT, log)
    other = ReleaseLog.open(tmp_path / "other")
    release(results(), EXACT, other)
    assert set(spent(other.earlier()).values()) == {math.inf}
    with pytest.raises(DisclosureError, match="is spent"):
        release(results(), NOISE, other)


def test_a_hidden_criterion_spends_nothing(log):
    few = TABLE[(TABLE["criterion"] == "age") | (TABLE.index < 9)]
    release(results(few), NOISE, log)
    assert len(spent(log.earlier())) == 200
