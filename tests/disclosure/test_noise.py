import dataclasses
import math

import numpy as np
import pytest

from corrtest.analysis import PAIRED, analyse, pairs_table
from corrtest.disclosure import default_policy, noise_scale, release
from corrtest.disclosure.noise import Noise, noise_variance, noisy_counts, published
from tests.disclosure.sectors import sector_pairs

(PAIRS,) = PAIRED.blocks
POLICY = dataclasses.replace(default_policy(), protection="all_but_one")
COUNTS = {"both": 10, "control_only": 20, "treated_only": 8, "neither": 62}


def draws(scale: float, number: int) -> np.ndarray:
    noise = Noise(secret=b"secret", scale=scale)
    return np.array([noise.draw({"criterion": str(i)}, COUNTS)["both"] for i in range(number)])


def test_the_noise_has_the_promised_distribution():
    scale = noise_scale(0.95)
    alpha = math.exp(-1 / scale)
    seen = draws(scale, 20_000)
    assert seen.var() == pytest.approx(noise_variance(scale), rel=0.05)
    assert abs(seen.mean()) < 0.03
    for value in range(-2, 3):
        assert np.mean(seen == value) == pytest.approx((1 - alpha) / (1 + alpha) * alpha ** abs(value), abs=0.012)


def test_the_scale_gives_the_promised_certainty():
    for certainty in (0.6, 0.9, 0.95, 0.99):
        odds = math.exp(2 / noise_scale(certainty))
        assert odds / (1 + odds) == pytest.approx(certainty)
    assert noise_scale(1.0) == 0


def test_totals_are_sums_of_their_finest_cells():
    cells = [{"criterion": "age", "level": level, "outcome": "o"} for level in (None, "a", "b")]
    counts = [dict.fromkeys(COUNTS, 6), dict.fromkeys(COUNTS, 2), dict.fromkeys(COUNTS, 4)]
    made = noisy_counts(cells, [24, 8, 16], counts, Noise(secret=b"s", scale=2.0))
    for name in ("both", "control_only", "treated_only"):
        assert made.counts[0][name] == made.counts[1][name] + made.counts[2][name]
    assert made.variances[0] == pytest.approx(2 * made.variances[1])


def test_each_further_grouping_of_the_same_pairs_gets_more_noise():
    table = sector_pairs(5).assign(province=lambda frame: np.where(frame.index % 2, "Antwerpen", "Limburg"))
    plain = release(analyse(pairs_table(table), simulated=True), POLICY)
    by = release(analyse(pairs_table(table), by=("province",), simulated=True), POLICY)
    assert any(cell.extra.get("province") for cell in by)

    def width(released):
        cell = next(c for c in released if c.criterion == "origin" and c.level == "maghrebi_name" and c.joint_committee)
        return cell.estimate("rate_difference")

    before, after = width(plain), width(by)
    assert after.upper - after.lower > before.upper - before.lower


def test_the_noise_is_the_same_on_every_machine():
    """The last digits of an estimate are the processor's own, versions those of the installation."""
    results = analyse(pairs_table(sector_pairs(5)), simulated=True)

    def elsewhere(group):
        nudged = [dataclasses.replace(each, value=math.nextafter(each.value, 1.0)) for each in group.estimates]
        return dataclasses.replace(group, estimates=tuple(nudged))

    other = dataclasses.replace(
        results,
        groups=tuple(elsewhere(group) for group in results.groups),
        inputs={**results.inputs, "versions": {"numpy": "another"}},
    )
    assert other.to_json() != results.to_json()
    here, there = (release(each, POLICY) for each in (results, other))
    assert [cell.counts for cell in here] == [cell.counts for cell in there]


def test_published_counts_are_never_negative_and_add_up_to_the_pairs():
    for noisy in (
        {"both": -3, "control_only": 2, "treated_only": 1},
        {"both": 9, "control_only": 9, "treated_only": 9},
    ):
        made = published(noisy, PAIRS, 20, 1)
        assert min(made.values()) >= 0
        assert sum(made.values()) == 20
    rounded = published({"both": 7, "control_only": 13, "treated_only": 3}, PAIRS, 100, 5)
    assert rounded == {"both": 5, "control_only": 15, "treated_only": 5, "neither": 75}


def test_intervals_cover_the_true_ratio_despite_the_noise():
    """95 % intervals from noisy counts hold the ratio of the population at least 93 % of the time."""
    rng = np.random.default_rng(1)
    probabilities = [0.08, 0.14, 0.06, 0.72]
    truth = (0.08 + 0.06) / (0.08 + 0.14)
    from corrtest.analysis import PairedCounts
    from corrtest.disclosure.intervals import protected_estimates

    scale = noise_scale(0.95)
    counts = []
    for number in range(1500):
        drawn = dict(zip(COUNTS, (int(n) for n in rng.multinomial(200, probabilities)), strict=True))
        noise = Noise(secret=str(number).encode(), scale=scale).draw({"c": "x"}, drawn)
        made = published({name: drawn[name] + noise[name] for name in noise}, PAIRS, 200, 1)
        counts.append(PairedCounts(**made))
    variances = [noise_variance(scale)] * len(counts)
    made = protected_estimates(counts, noise_variances=variances, effects=[1.0] * len(counts), confidence_level=0.95)
    ratios = [next(e for e in estimates if e.name == "discrimination_ratio") for estimates in made]
    covered = np.mean([ratio.lower <= truth <= ratio.upper for ratio in ratios])
    assert 0.93 <= covered <= 0.975
