"""What calls can show is what their report will print; minutes and money follow from their number."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from corrtest.errors import CorrtestError
from corrtest.power import calls_budget, calls_precision
from corrtest.resources import designs_folder
from corrtest.spec import read_study
from corrtest.spec.study import Budget

STUDY = read_study(designs_folder() / "service_vouchers.toml")
Z = 1.959963984540054


def outside(share: float, p: float, n: int, population: float) -> float:
    """Return how far a true share p lies outside what a measured one allows, at n of so many firms."""
    left = 1 - n / population
    return abs(share - p) - 0.2 * left / n - Z * math.sqrt(p * (1 - p) / n * left)


def test_limits_are_those_of_the_score_test_in_a_finite_population():
    found = calls_precision(STUDY, 755)
    assert (found.firms, found.calls) == (300, 300)
    for row in found.shares:
        for limit in (row.lower, row.upper):
            assert outside(row.share, limit, 300, 755) == pytest.approx(0, abs=1e-9)


def test_a_sector_that_is_called_whole_is_known():
    assert {row.upper - row.lower for row in calls_precision(STUDY, 300).shares} == {0.0}
    known, unknown = (calls_precision(STUDY, number).shares[0] for number in (755, None))
    assert (known.upper - known.lower) / (unknown.upper - unknown.lower) == pytest.approx(
        math.sqrt(455 / 755), rel=0.01
    )


def test_the_share_below_the_standard_is_the_last_that_the_test_rejects():
    found = calls_precision(STUDY, 755)
    assert found.below_standard is not None
    last = round(found.below_standard * 300)
    assert outside(last / 300, 0.8, 300, 755) > 0 > outside((last + 1) / 300, 0.8, 300, 755)


def test_a_second_call_to_a_firm_tells_less_than_a_call_to_another():
    calls = replace(STUDY.client_calls, firms=150, calls_per_firm=2)
    twice = calls_precision(replace(STUDY, client_calls=calls), None)
    assert twice.calls == 300
    assert twice.design_effect == pytest.approx(1 + STUDY.analysis.employer_correlation)


def test_calls_and_minutes_and_what_the_money_pays():
    money = Budget(total=10_000.0, cost_per_pair=20.0, fixed=3_000.0)
    found = calls_budget(replace(STUDY, budget=money), 755)
    assert (found.calls, found.minutes, found.cost, found.calls_paid, found.assumed) == (300, 4500, 9000, 350, ())
    assert calls_budget(replace(STUDY, budget=money), 755, total=5_000.0).calls_paid == 100
    with pytest.raises(CorrtestError, match="more than 0 euro"):
        calls_budget(replace(STUDY, budget=replace(money, cost_per_pair=0.0)), 755)


def test_every_firm_asks_how_many_there_are():
    every = replace(STUDY, client_calls=replace(STUDY.client_calls, firms=None))
    with pytest.raises(CorrtestError, match="frame/"):
        calls_precision(every, None)
    assert calls_budget(every, 755).calls == 755
