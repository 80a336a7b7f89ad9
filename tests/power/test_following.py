"""Tests of a follow-up: the fewest that reach the power wanted beside the baseline as it was."""

from __future__ import annotations

from dataclasses import replace

import pytest

from corrtest.power import follow_ups, power_of_study, quotas_of_follow_up
from corrtest.resources import designs_folder
from corrtest.spec import read_study

STUDY = read_study(designs_folder() / "hospitality.toml")
RATES = {"origin": (0.4, 0.3), "age": (0.4, 0.8), "disability": (0.4, 0.43)}
AFTER = 0.76


@pytest.fixture(scope="module")
def first():
    return power_of_study(STUDY, rates=RATES).by_criterion


@pytest.fixture(scope="module")
def found(first):
    return {each.criterion: each for each in follow_ups(STUDY, AFTER, RATES)}


def power(first, criterion, tests):
    return first[criterion].change_power(200, replace(first[criterion], ratio=AFTER), tests, 3)


def test_a_large_change_takes_no_more_than_the_baseline(first, found):
    told = found["origin"]
    assert (told.before, told.after, told.tests, told.needed) == (0.3, AFTER, 200, 200)
    assert told.power == pytest.approx(power(first, "origin", 200))
    assert told.power >= 0.8


def test_what_is_needed_is_the_least_that_is_enough(first, found):
    needed = found["disability"].needed
    assert 200 < needed < 2000
    assert power(first, "disability", needed - 1) < 0.8 <= power(first, "disability", needed)


def test_a_change_too_small_for_the_baseline_cannot_be_bought(found):
    assert found["age"].needed is None
    assert found["age"].reach is None or found["age"].reach > AFTER


def test_quotas_keep_the_proportions_of_the_committees_and_never_fall(found):
    quotas = quotas_of_follow_up(STUDY, tuple(found.values()))
    assert quotas == {"302": {"origin": 200, "age": 200, "disability": found["disability"].needed}}
    several = read_study(designs_folder() / "chemicals.toml")
    doubled = quotas_of_follow_up(several, (replace(found["disability"], tests=400, needed=801),))
    assert [quota["disability"] for quota in doubled.values()] == [401, 401]
    assert [quota["origin"] for quota in doubled.values()] == [200, 200]
