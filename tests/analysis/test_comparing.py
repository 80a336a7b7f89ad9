"""Waves, sectors and published experiments side by side."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.meta_analysis import combine_effects

from corrtest.analysis import Results, analyse, channel_sentence, channel_summary, comparison_plot, holm, pairs_table
from corrtest.analysis.comparing import (
    channel_tests,
    compare_channels,
    compare_results,
    compare_tables,
    compare_waves,
    compare_with_published,
    published_log_ratio,
)
from corrtest.errors import AnalysisError
from corrtest.pages import catalogue


def wave(seed: int, ratio: float, sector: str = "construction", pairs: int = 2000) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    control = rng.random(pairs) < 0.4
    treated = np.where(control, rng.random(pairs) < ratio * 0.8, rng.random(pairs) < 0.1)
    return pd.DataFrame(
        {
            "pair_id": range(pairs),
            "sector": sector,
            "joint_committee": "124",
            "criterion": "origin",
            "level": "x",
            "employer": [f"e{i // 2}" for i in range(pairs)],
            "control_positive": control.astype(int),
            "treated_positive": treated.astype(int),
        }
    )


def results(frame: pd.DataFrame, **options: object) -> Results:
    return analyse(pairs_table(frame), **options)


def test_swapping_the_waves_inverts_the_quotient() -> None:
    first, second = results(wave(1, 0.5)), results(wave(2, 0.9))
    there = compare_results([first, second], ["baseline", "follow-up"]).comparisons[0]
    back = compare_results([second, first], ["follow-up", "baseline"]).comparisons[0]
    assert there.lower > 1
    assert there.ratio_of_ratios == pytest.approx(1 / back.ratio_of_ratios)
    assert there.lower == pytest.approx(1 / back.upper)
    assert there.net_rate_change == pytest.approx(-back.net_rate_change)
    assert there.net_rate_upper < 0
    assert "stand better in the second" in there.summary()
    assert "staan er in de tweede slechter voor" in back.summary("nl")


def test_no_change_is_not_called_no_change() -> None:
    same = compare_results([results(wave(1, 0.7)), results(wave(3, 0.7))], ["a", "b"]).comparisons[0]
    assert same.lower < 1 < same.upper
    assert "settle neither" in same.summary()


def test_difference_of_differences_and_plot() -> None:
    first, second = results(wave(1, 0.5)), results(wave(2, 0.9))
    found = compare_results([first, second], ["baseline", "follow-up"])
    change = found.comparisons[0]
    before, after = (result.groups[0].estimate("rate_difference").value for result in (first, second))
    assert change.difference_of_differences == pytest.approx(after - before)
    assert change.difference_lower < after - before < change.difference_upper
    assert (change.difference_pvalue < 0.05) == (change.difference_lower > 0)
    axes = comparison_plot(found)
    assert len(axes.get_yticks()) == len(found.comparisons)


def test_every_criterion_of_two_waves_at_once() -> None:
    one, two = (pairs_table(wave(seed, ratio)) for seed, ratio in ((1, 0.5), (2, 0.9)))
    (found,) = compare_waves(one, two).comparisons
    # One comparison is a family of one: its adjusted p-value is its own.
    alone = compare_tables(one, two, outcome="positive", criterion="origin")
    assert found == dataclasses.replace(alone, pvalue_adjusted=alone.pvalue)
    with pytest.raises(AnalysisError, match="nothing in common"):
        compare_waves(one, pairs_table(wave(2, 0.9).assign(criterion="age")))


def test_channels_of_one_study_are_compared_with_shared_employers_kept_together() -> None:
    by_mail, by_telephone = wave(1, 0.5, pairs=1500), wave(2, 0.9, pairs=1500)
    table = pd.concat([by_mail.assign(channel="email"), by_telephone.assign(channel="telephone")], ignore_index=True)
    table["pair_id"] = range(len(table))
    (found,) = compare_channels(pairs_table(table)).comparisons
    (apart,) = compare_waves(pairs_table(by_mail), pairs_table(by_telephone)).comparisons
    assert found.ratio_of_ratios == pytest.approx(apart.ratio_of_ratios)
    assert found.pvalue == pytest.approx(apart.pvalue)
    assert found.lower > 1
    third = table.assign(channel=np.where(np.arange(len(table)) % 2, table["channel"], "portal"))
    several = compare_channels(pairs_table(third))
    assert len(several.comparisons) == 3
    assert all(each.pvalue_adjusted >= each.pvalue for each in several.comparisons)
    with pytest.raises(AnalysisError, match="no two channels"):
        compare_channels(pairs_table(table.assign(channel="email")))
    with pytest.raises(AnalysisError, match="no column 'channel'"):
        compare_channels(pairs_table(by_mail))


def by_channel(**ratios: float) -> Results:
    parts = [wave(seed, ratio).assign(channel=name) for seed, (name, ratio) in enumerate(ratios.items(), start=1)]
    table = pd.concat(parts, ignore_index=True)
    return results(table.assign(pair_id=range(len(table)), employer=table.index.astype(str)), by=["channel"])


def test_whether_any_two_channels_differ_is_cochran_s_q_of_their_log_ratios() -> None:
    found = by_channel(email=0.5, portal=0.7, telephone=0.8)
    (test,) = channel_tests(found.groups, "positive")
    ratios = [g.estimate("discrimination_ratio") for g in found.groups if g.extra.get("channel")]
    variances = [(np.log(each.upper / each.lower) / (2 * 1.959963984540054)) ** 2 for each in ratios]
    oracle = combine_effects(np.log([each.value for each in ratios]), np.array(variances), method_re="dl")
    assert (test.channels, test.criterion) == (("email", "portal", "telephone"), "origin")
    assert test.statistic == pytest.approx(oracle.q)
    assert test.pvalue == pytest.approx(oracle.test_homogeneity().pvalue)
    assert test.pvalue < 0.001
    assert "tussen e-mail, portaal en telefoon meer dan toeval" in channel_summary(found, "nl")
    assert "Vacatures kiezen hun kanaal" in channel_summary(found, "nl")


def test_channels_that_do_not_differ_or_have_no_ratio_are_said_so() -> None:
    alike = by_channel(email=0.7, telephone=0.7)
    (test,) = channel_tests(alike.groups, "positive")
    assert "do not settle" in channel_sentence(test, catalogue("en"))
    (alone,) = channel_tests([g for g in alike.groups if g.extra.get("channel") != "email"], "positive")
    assert alone.pvalue is None
    assert "cannot be tested" in channel_sentence(alone, catalogue("en"))
    assert channel_tests(results(wave(1, 0.5)).groups, "positive") == ()


def test_sectors_are_matched_on_request() -> None:
    two = [results(wave(1, 0.5)), results(wave(2, 0.9, sector="cleaning"))]
    with pytest.raises(AnalysisError, match="no group in common"):
        compare_results(two, ["construction", "cleaning"])
    found = compare_results(two, ["construction", "cleaning"], across_sectors=True)
    assert {comparison.key["level"] for comparison in found.comparisons} == {None, "x"}
    assert found.to_dict()["schema"] == "corrtest/comparison/1"
    assert len(found.to_frame()) == 2


def test_simulated_results_stay_marked() -> None:
    pair = [results(wave(1, 0.5), simulated=True), results(wave(2, 0.5))]
    assert "Simulated" in compare_results(pair, ["a", "b"]).notes[0]


def test_employers_in_both_waves_narrow_the_comparison() -> None:
    """The same employers with the same biases: their covariance is taken off the variance of the change."""
    rng = np.random.default_rng(4)
    bias = rng.choice([0.05, 0.95], 600)

    def drawn(seed: int) -> pd.DataFrame:
        inner = np.random.default_rng(seed)
        control = inner.random(1200) < 0.5
        treated = control & (inner.random(1200) < np.repeat(bias, 2))
        frame = wave(0, 0.5, pairs=1200)
        return frame.assign(control_positive=control.astype(int), treated_positive=treated.astype(int))

    first, second = drawn(1), drawn(2)
    kept = compare_tables(pairs_table(first), pairs_table(second), outcome="positive")
    renamed = second.assign(employer="other " + second["employer"])
    apart = compare_tables(pairs_table(first), pairs_table(renamed), outcome="positive")
    assert kept.ratio_of_ratios == pytest.approx(apart.ratio_of_ratios)
    assert np.log(kept.upper / kept.lower) < 0.9 * np.log(apart.upper / apart.lower)
    assert "600 employers are in both" in (kept.note or "")
    independent = compare_results([results(first), results(second)], ["a", "b"]).comparisons[0]
    # Results are compared by their published intervals, which assume how alike an employer's answers are.
    assert np.log(apart.upper / apart.lower) == pytest.approx(np.log(independent.upper / independent.lower), rel=0.1)


def test_published_experiments_as_benchmark() -> None:
    effect, error, k = published_log_ratio("origin")
    assert 0.6 < np.exp(effect) < 0.75
    assert error > 0
    assert k == 4  # Capéau et al. compare four origins with one control group: one experiment
    found = compare_with_published(results(wave(1, 0.4)))
    (comparison,) = found.comparisons
    assert comparison.upper < 1
    assert "invitations" in found.notes[-1]


def test_comparisons_adjust_over_their_family() -> None:
    """Four criteria are one family: a change that stands out by itself need not stand out among four."""

    def several(seed: int) -> pd.DataFrame:
        frames = [wave(seed + place, 0.75, pairs=150).assign(criterion=name) for place, name in enumerate("abcd")]
        return pd.concat(frames).assign(pair_id=range(600))

    found = compare_results([results(several(1)), results(several(11))], ["baseline", "follow-up"]).comparisons
    whole = [each for each in found if each.key["joint_committee"] is None and each.key["level"] is None]
    assert [each.pvalue_adjusted for each in whole] == pytest.approx(holm([each.pvalue for each in whole]).tolist())
    assert all(each.pvalue_adjusted is None for each in found if each.key["level"] is not None)
    settled = dataclasses.replace(whole[0], lower=1.1, upper=2.0, ratio_of_ratios=1.5, pvalue=0.02)
    assert dataclasses.replace(settled, pvalue_adjusted=0.04).kind == "better"
    held = dataclasses.replace(settled, pvalue_adjusted=0.08)
    assert held.kind == "adjustment"
    assert "not settled" in held.summary()
