import time

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from corrtest.analysis import PairedTables, decisions, design_named
from corrtest.design import PairedRates, published_rates
from corrtest.errors import DesignError
from corrtest.power import Employers, Measurement, power_of_measurement
from corrtest.power.measurement import connor_pairs

# Noise of standard deviation 3 on each of three counts, which the fourth makes up for.
NOISE = ((9.0, 0.0, 0.0, -9.0), (0.0, 9.0, 0.0, -9.0), (0.0, 0.0, 9.0, -9.0), (-9.0, -9.0, -9.0, 27.0))


def measured(control_rate=0.2, ratio=0.7, association=0.5, **more):
    given = {"pairing": "paired", "control_rate": control_rate, "ratio": ratio, "association": association}
    return Measurement(**(given | more))


def test_power_is_that_of_the_test_where_the_interval_says_the_same(reference):
    """The oracle has the mid-p test alone, two-sided; the verdict asks for the interval too, and for the right side."""
    table = pd.read_csv(reference / "power.csv")
    assert len(table) > 30
    for row in table.to_dict("records"):
        one = measured(row["majority_rate"], row["ratio_min_over_maj"], row["phi"])
        if row["p01"] == 0.0001:
            # Here phi is beyond its bound; the oracle keeps one chance of 0.0001 where `from_ratio` gives 0.
            continue
        assert one.rates.control_only == pytest.approx(row["p10"], abs=1.1e-4)
        assert -0.009 < one.power(200) - row["power_midp_N200"] < 0.0006, row
        assert connor_pairs(one.rates) == pytest.approx(row["N_pairs_connor_80pct"], abs=1.01), row


def test_power_agrees_with_simulated_verdicts_of_employers_with_several_pairs():
    one = measured(ratio=0.65, employers=Employers(cap=3, correlation=0.3, allowed=0.2))
    rng = np.random.default_rng(4)
    runs, employers, total = 4_000, 100, (1 - 0.3) / 0.3
    rates = one.rates
    chances = np.array([rates.both, rates.control_only, rates.treated_only, rates.neither])
    own = rng.dirichlet(chances * total, size=(runs, employers))
    cells = rng.multinomial(3, own).sum(axis=1).astype(float)
    said = decisions(design_named("paired"), PairedTables.of_cells(cells), effects=1.4)
    power = one.power(300)
    assert np.mean(said == -1) == pytest.approx(power, abs=3.5 * np.sqrt(power * (1 - power) / runs))


def test_there_is_little_to_find_where_there_is_nothing():
    assert 0.02 < measured(ratio=1.0).power(200) < 0.027
    assert measured().power(0) == 0
    with pytest.raises(DesignError, match="0 pairs or more"):
        measured().power(-1)
    with pytest.raises(DesignError, match="a level between 0 and 1"):
        measured(alpha=1.5)


def test_an_advantage_is_found_like_a_disadvantage():
    down = measured(0.2, 0.7, 0.5)
    up = measured(0.14, 1 / 0.7, 0.5)
    assert up.power(300) == pytest.approx(down.power(300), abs=1e-9)


def test_pairs_needed_reach_the_power_and_one_less_does_not():
    one = measured()
    needed = one.needed()
    assert abs(needed - connor_pairs(one.rates)) < 15
    assert one.power(needed) >= 0.8 > one.power(needed - 1)
    assert measured(employers=Employers(cap=2, correlation=0.1, allowed=0.1)).needed() > 1.05 * needed
    assert measured(levels=((0.0125, 1.0),)).needed() > 1.3 * needed
    assert measured(noise=NOISE).needed() > needed
    with pytest.raises(DesignError, match="a ratio other than 1"):
        measured(ratio=1.0).needed()
    weak = measured(ratio=0.9)
    assert weak.power(weak.needed()) >= 0.8 > weak.power(int(0.99 * weak.needed()))


def test_the_detectable_ratio_has_the_power():
    ratio = measured(0.25).detectable(200)
    assert measured(0.25, ratio).power(200) == pytest.approx(0.8, abs=1e-3)
    assert measured(0.1).detectable(5) is None
    assert measured(0.25, employers=Employers(cap=3, correlation=0.2, allowed=0.2)).detectable(201) < ratio


def test_two_hundred_points_at_two_hundred_pairs_take_less_than_a_second():
    started = time.perf_counter()
    curve = measured().curve(200)
    assert len(curve) == 200
    assert time.perf_counter() - started < 1
    assert curve["power"].is_monotonic_decreasing


def test_widths_and_pairs_for_them_are_inverse():
    for one in (measured(), measured(noise=NOISE), measured(pairing="unpaired")):
        count, step = one.needed_for_width(0.35), 2 if one.pairing == "unpaired" else 1
        assert one.width(count) <= 0.35 < one.width(count - step)
    with pytest.raises(DesignError, match="a width above 0"):
        measured().needed_for_width(0)


def test_a_change_between_waves_agrees_with_simulation():
    before, after = measured(0.25, 0.6), measured(0.25, 0.85)
    rng = np.random.default_rng(8)

    def log_ratios(rates):
        chances = [rates.both, rates.control_only, rates.treated_only, rates.neither]
        both, control, treated, _ = rng.multinomial(400, chances, size=20_000).T
        x1, x2 = both + control, both + treated
        return np.log(x2 / x1), (control + treated) / (x1 * x2)

    (r0, v0), (r1, v1) = log_ratios(before.rates), log_ratios(after.rates)
    simulated = np.mean(np.abs(r1 - r0) / np.sqrt(v0 + v1) > stats.norm.isf(0.025))
    assert before.change_power(400, after, 400) == pytest.approx(simulated, abs=0.02)
    n = before.needed_for_change(after)
    assert before.change_power(n, after, n) >= 0.8 > before.change_power(n - 2, after, n - 2)
    smallest = before.detectable_change(400, 400)
    assert before.change_power(400, measured(0.25, smallest), 400) == pytest.approx(0.8, abs=1e-3)
    assert before.change_power(400, after, 400, comparisons=37) < before.change_power(400, after, 400)
    with pytest.raises(DesignError, match="two ratios"):
        before.needed_for_change(before)


def test_single_applications_need_far_more():
    paired, apart = (measured(0.25, 0.6, pairing=pairing) for pairing in ("paired", "unpaired"))
    assert apart.association == 0
    needed = apart.needed()
    assert needed % 2 == 0
    assert apart.power(needed) >= 0.8 > apart.power(needed - 2)
    assert needed > 2.5 * paired.needed()
    shown = power_of_measurement(apart, 400)
    assert shown.sentences()[1].startswith("400 applications, 200 of each arm, show a ratio of")
    assert "200 van elke kandidaat" in shown.sentences("nl")[1]


def test_defaults_come_from_published_experiments_with_their_doi():
    control, ratio, sources = published_rates("origin")
    assert 0.1 < control < 0.3
    assert 0.6 < ratio < 0.75
    assert any("10.1177/0019793915570873" in source for source in sources)
    with pytest.raises(DesignError, match="No published Belgian experiment"):
        published_rates("ages")


def test_rates_that_no_market_has_are_refused():
    with pytest.raises(DesignError, match="a rate above 0 and below 1"):
        PairedRates.from_ratio(0, 0.7, 0.5)
    with pytest.raises(DesignError, match="gives a treated rate"):
        PairedRates.from_ratio(0.6, 2, 0.5)
