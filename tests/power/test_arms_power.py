import itertools

import numpy as np
import pytest
from scipy import stats

from corrtest.design import PairedRates
from corrtest.errors import DesignError
from corrtest.power import (
    Clustering,
    Measurement,
    applications_needed,
    arms_power,
    interval_width,
    power_of_measurement,
)


@pytest.mark.parametrize("method", ["score", "exact"])
@pytest.mark.parametrize("n", [1, 2, 5, 12])
def test_power_is_the_sum_over_every_pair_of_counts(n, method):
    rates = PairedRates.from_ratio(0.6, 0.3, 0.0)
    expected = 0.0
    for x, y in itertools.product(range(n + 1), repeat=2):
        table = [[x, n - x], [y, n - y]]
        if method == "exact":
            pvalue = stats.fisher_exact(table)[1]
        else:
            both = x + y
            pvalue = 1.0 if both in (0, 2 * n) else stats.chi2_contingency(table, correction=False)[1]
        if pvalue <= 0.05:
            expected += stats.binom.pmf(x, n, 0.6) * stats.binom.pmf(y, n, 0.18)
    assert arms_power(n, rates, method=method) == pytest.approx(expected, abs=1e-12)


def test_power_agrees_with_simulation():
    rng = np.random.default_rng(11)
    one, other = rng.binomial(400, 0.25, 40_000), rng.binomial(400, 0.17, 40_000)
    total = one + other
    statistic = (one - other) ** 2 / (total * (800 - total) / 800)
    simulated = np.mean(statistic >= stats.chi2.isf(0.05, 1))
    assert arms_power(400, PairedRates.from_ratio(0.25, 0.68, 0.0)) == pytest.approx(simulated, abs=0.007)


def test_what_is_needed_is_enough_and_no_more():
    rates = PairedRates.from_ratio(0.25, 0.6, 0.0)
    needed = applications_needed(rates)
    assert arms_power(needed // 2, rates) >= 0.8 > arms_power(needed // 2 - 1, rates)
    assert applications_needed(rates, clustering=Clustering(pairs_per_employer=3, correlation=0.1)) > needed
    with pytest.raises(DesignError, match="a ratio other than 1"):
        applications_needed(PairedRates.from_ratio(0.25, 1, 0.0))


def test_an_unpaired_measurement_needs_more_than_a_paired_one():
    common = {"control_rate": 0.25, "ratio": 0.65, "association": 0.5}
    paired = Measurement(pairing="paired", **common)
    apart = Measurement(pairing="unpaired", **common)
    assert apart.needed() > 2 * paired.needed()
    assert apart.association == 0
    assert apart.method == "score"
    assert apart.power(800) > apart.power(400)
    # Independent arms: the log ratio's variance is the sum of (1 - p) / (n p) over the arms.
    spread = np.sqrt(0.75 / (400 * 0.25) + (1 - 0.1625) / (400 * 0.1625))
    expected = 2 * 0.65 * np.sinh(1.959964 * spread)
    assert apart.width(800) == pytest.approx(expected, rel=1e-6)
    assert apart.width(800) == interval_width(400, apart.rates)
    assert apart.width(apart.needed_for_width(0.3)) <= 0.3 < apart.width(apart.needed_for_width(0.3) - 4)
    second = Measurement(pairing="unpaired", control_rate=0.25, ratio=0.9, association=0)
    needed = apart.needed_for_change(second)
    assert apart.change_power(needed, second, needed) == pytest.approx(0.8, abs=0.01)
    assert len(apart.curve(400)) == 200


def test_a_method_of_the_other_design_is_refused():
    with pytest.raises(DesignError, match="score, exact for a design that is unpaired"):
        Measurement(pairing="unpaired", control_rate=0.2, ratio=0.7, association=0, method="mid-p")


def test_a_measurement_says_what_it_shows_in_two_languages():
    shown = power_of_measurement(Measurement(pairing="unpaired", control_rate=0.2, ratio=0.6, association=0), 400)
    assert shown.sentences()[0].startswith("400 applications, 200 of each arm, show a ratio of 0.")
    assert "400 sollicitaties, 200 van elke kandidaat, tonen" in shown.sentences("nl")[0]
