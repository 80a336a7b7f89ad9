"""Clusters, weights, bootstrap and randomisation: identities with the plain forms, and agreement with each other."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corrtest.analysis import MarginCounts, PairsTable, analyse, clustered_tests, pairs_table
from corrtest.analysis.designs.paired.bootstrap import bootstrap_intervals
from corrtest.analysis.designs.paired.counting import count
from corrtest.analysis.grouping import groupings
from corrtest.analysis.randomisation import exact_sign_test, randomisation_test
from corrtest.analysis.statistics.mcnemar import mcnemar_asymptotic, mcnemar_exact
from corrtest.errors import AnalysisError, InputError


def draw(seed: int, pairs: int = 240, per_employer: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    kinds = rng.choice(4, size=pairs, p=[0.15, 0.15, 0.08, 0.62])
    return pd.DataFrame(
        {
            "pair_id": range(pairs),
            "sector": "s",
            "joint_committee": "124",
            "criterion": "origin",
            "level": "x",
            "employer": [f"e{i // per_employer}" for i in range(pairs)],
            "control_positive": np.isin(kinds, (0, 1)).astype(int),
            "treated_positive": np.isin(kinds, (0, 2)).astype(int),
            "weight": rng.uniform(0.5, 3, pairs),
            "first_arm": rng.choice(["control", "treated"], pairs),
            "first_arm_probability": 0.5,
        }
    )


def margin(table: PairsTable) -> MarginCounts:
    return count(groupings(table)[0], table.positives["positive"])


@given(st.integers(0, 10_000))
@settings(max_examples=15)
def test_clustered_tests_with_one_pair_an_employer(seed: int) -> None:
    counts = margin(pairs_table(draw(seed)))
    tests = clustered_tests(counts)
    plain = mcnemar_asymptotic(counts.tables).statistic[0]
    assert tests["durkalski"].statistic[0] == pytest.approx(plain)
    assert tests["obuchowski"].statistic[0] == pytest.approx(plain * 239 / 240)


@given(st.integers(0, 10_000), st.sampled_from([2, 3, 4]))
@settings(max_examples=25)
def test_clustered_interval_and_test_agree(seed: int, per_employer: int) -> None:
    group = analyse(pairs_table(draw(seed, per_employer=per_employer)), all_methods=True).groups[0]
    interval = group.estimate("rate_difference", "cluster_robust")
    pvalue = group.test("mcnemar_cluster_robust").pvalue
    assert (pvalue < 0.05) == (not interval.lower <= 0 <= interval.upper)


def test_other_columns_and_two_ways() -> None:
    frame = draw(11, pairs=400, per_employer=2)
    # Partners of 40 pairs each, of which some meet a kinder market than others.
    partner = np.arange(400) // 40
    kind = np.random.default_rng(5).random(10)[partner]
    frame["treated_positive"] = (np.random.default_rng(6).random(400) < 0.5 * kind).astype(int)
    frame["partner"] = [f"p{number}" for number in partner]
    table = pairs_table(frame)
    by_employer, by_partner, both = (
        analyse(table, cluster=way, all_methods=True).groups[0].estimate("rate_difference", "cluster_robust")
        for way in ("employer", "partner", ("employer", "partner"))
    )
    plain = analyse(table, cluster="none").groups[0].estimate("rate_difference")
    widths = [e.upper - e.lower for e in (plain, by_employer, by_partner, both)]
    assert widths[2] > 1.2 * widths[0]
    assert widths[3] >= 0.95 * widths[2]
    assert "Clustered by employer and partner" in (both.note or "")
    # The pair itself as the second way adds nothing: what the two share is all of it.
    same = pairs_table(frame.assign(row=range(400)))
    again = analyse(same, cluster=("partner", "row")).groups[0].estimate("rate_difference", "cluster_robust")
    assert again.lower == pytest.approx(by_partner.lower)
    with pytest.raises(InputError, match="no column 'team'"):
        analyse(table, cluster="team")
    with pytest.raises(AnalysisError, match="two different"):
        analyse(table, cluster=("employer", "employer"))


def test_doubling_every_pair_within_its_employer_adds_nothing() -> None:
    frame = draw(5)
    doubled = pd.concat([frame, frame.assign(pair_id=frame["pair_id"] + 1000)], ignore_index=True)
    once = analyse(pairs_table(frame), cluster="none").groups[0].estimate("discrimination_ratio")
    found = analyse(pairs_table(doubled), all_methods=True).groups[0]
    twice = found.estimate("discrimination_ratio", "cluster_robust")
    assert twice.value == once.value
    # What is published counts the two pairs of an employer as 1/(1 + 0.2) of two.
    published = found.estimate("discrimination_ratio")
    assert (found.design_effect, published.method) == (1.2, "tang_widened")
    assert published.upper - published.lower < 0.9 * (once.upper - once.lower)
    assert "Internal: employers differ more" in (published.note or "")
    assert twice.upper - twice.lower > 0.99 * (once.upper - once.lower)


@pytest.mark.parametrize("weight", [1.0, 2.5])
def test_equal_weights_change_nothing(weight: float) -> None:
    table = pairs_table(draw(6).assign(weight=weight))
    assert analyse(table, weights="weight").groups == analyse(table).groups


def test_weights_move_the_value_and_widen_the_interval() -> None:
    frame = draw(7)
    group = analyse(pairs_table(frame), weights="weight").groups[0]
    plain = analyse(pairs_table(frame)).groups[0]
    control = np.average(frame["control_positive"], weights=frame["weight"])
    treated = np.average(frame["treated_positive"], weights=frame["weight"])
    ratio = group.estimate("discrimination_ratio")
    assert ratio.method == "weighted_linearised"
    assert ratio.value == pytest.approx(treated / control)
    assert group.counts == plain.counts
    assert (
        ratio.upper / ratio.lower
        > plain.estimate("discrimination_ratio").upper / plain.estimate("discrimination_ratio").lower
    )
    with pytest.raises(AnalysisError, match="row 2"):
        analyse(pairs_table(frame.assign(weight=0)), weights="weight")


def test_whole_number_weights_weigh_as_copies() -> None:
    frame = draw(8).assign(weight=np.tile([1, 3], 120))
    weighted = analyse(pairs_table(frame), weights="weight").groups[0]
    copies = frame.loc[np.repeat(frame.index, frame["weight"])].reset_index(drop=True)
    copied = analyse(pairs_table(copies.assign(pair_id=range(len(copies))))).groups[0]
    for one, other in zip(weighted.estimates, copied.estimates, strict=True):
        assert one.value == pytest.approx(other.value)


def test_bootstrap_agrees_with_the_score_intervals() -> None:
    for per_employer in (1, 3):
        table = pairs_table(draw(9, pairs=600, per_employer=per_employer))
        group = analyse(table).groups[0]
        boot = bootstrap_intervals(margin(table), replicates=2000, seed=1)
        for name, methods in boot.items():
            score = group.estimate(name)
            width = score.upper - score.lower
            for method, interval in methods.items():
                assert interval.value[0] == pytest.approx(score.value), (name, method)
                assert interval.lower[0] < score.value < interval.upper[0]
                assert abs(interval.lower[0] - score.lower) < 0.25 * width, (name, method)
                assert abs(interval.upper[0] - score.upper) < 0.25 * width, (name, method)


def test_bootstrap_is_reproducible_and_says_nothing_without_discordance() -> None:
    counts = margin(pairs_table(draw(9)))
    one, two = (bootstrap_intervals(counts, replicates=200, seed=4) for _ in range(2))
    assert np.array_equal(one["odds_ratio"]["bca"].lower, two["odds_ratio"]["bca"].lower)
    frame = draw(9)
    counts = margin(pairs_table(frame.assign(treated_positive=frame["control_positive"])))
    interval = bootstrap_intervals(counts, replicates=200, seed=4)["rate_difference"]["percentile"]
    assert interval.value[0] == 0
    assert np.isnan(interval.lower[0])
    with pytest.raises(AnalysisError, match="too few"):
        bootstrap_intervals(counts, replicates=10, seed=4)


def test_randomisation_with_even_chances_is_the_exact_test() -> None:
    table = pairs_table(draw(10))
    counts = margin(table)
    result = randomisation_test(table, outcome="positive")
    assert result.pvalue == pytest.approx(mcnemar_exact(counts.tables).pvalue[0])
    assert result.net == counts.tables.control_only[0] - counts.tables.treated_only[0]


def test_randomisation_with_uneven_chances() -> None:
    # Both pairs came out against the treated with a chance of 0.9 each: what was expected is no evidence.
    result = exact_sign_test(np.array([-1, -1]), np.array([0.9, 0.9]))
    assert result.pvalue == pytest.approx(0.81 + 0.01 + 0.18)
    surprising = exact_sign_test(np.array([-1, -1]), np.array([0.1, 0.1]))
    assert surprising.pvalue == pytest.approx(0.01)


def test_counterbalanced_randomisation_is_the_enumeration() -> None:
    """Deal the orders of two strata in every way with the same numbers, and exchange reactions accordingly."""
    frame = draw(12, pairs=9).assign(joint_committee=["124"] * 5 + ["200"] * 4)
    frame["first_arm"] = [
        "control",
        "control",
        "treated",
        "treated",
        "treated",
        "control",
        "treated",
        "treated",
        "control",
    ]
    frame["control_positive"] = [1, 1, 0, 1, 0, 0, 1, 1, 0]
    frame["treated_positive"] = [0, 1, 1, 0, 0, 1, 0, 0, 0]
    found = randomisation_test(pairs_table(frame), outcome="positive", draw="counterbalanced")
    is_first = (frame["first_arm"] == "treated").to_numpy()
    first = np.where(is_first, frame["treated_positive"], frame["control_positive"])
    second = np.where(is_first, frame["control_positive"], frame["treated_positive"])
    sums = []
    for one in itertools.combinations(range(5), int(is_first[:5].sum())):
        for two in itertools.combinations(range(5, 9), int(is_first[5:].sum())):
            treated_first = np.isin(np.arange(9), [*one, *two])
            sums.append(int(np.sum(np.where(treated_first, second - first, first - second))))
    distance = np.abs(np.array(sums) - np.mean(sums))
    assert found.expected == pytest.approx(np.mean(sums))
    assert found.pvalue == pytest.approx(np.mean(distance >= abs(found.net - np.mean(sums)) - 1e-9))
    assert found.net == int((frame["control_positive"] - frame["treated_positive"]).sum())
    with pytest.raises(AnalysisError, match="no draw 'even'"):
        randomisation_test(pairs_table(frame), outcome="positive", draw="even")


def test_randomisation_needs_the_plan() -> None:
    with pytest.raises(AnalysisError, match="first_arm"):
        randomisation_test(pairs_table(draw(1).drop(columns="first_arm")), outcome="positive")
    with pytest.raises(AnalysisError, match="not drawn"):
        randomisation_test(pairs_table(draw(1).assign(first_arm_probability=1.0)), outcome="positive")
