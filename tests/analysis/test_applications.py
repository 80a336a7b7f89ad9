"""An unpaired study through the whole: reading, groups, clusters, weights, robustness, results.json."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corrtest.analysis import (
    ApplicationsTable,
    ArmCounts,
    Results,
    agreement_plot,
    analyse,
    pairs_table,
    read_pairs,
    results_summary,
    unmatched,
)
from corrtest.analysis.models import average_effect, linear_probability, with_intercept
from corrtest.errors import AnalysisError, InputError


def draw(seed: int, applications: int = 400, per_employer: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    arm = rng.choice(["control", "treated"], applications)
    return pd.DataFrame(
        {
            "pair_id": [f"P{number}" for number in range(applications)],
            "sector": "s",
            "joint_committee": rng.choice(["124", "200"], applications),
            "criterion": "origin",
            "level": "x",
            "employer": [f"e{number // per_employer}" for number in range(applications)],
            "arm": arm,
            "reaction": np.where(rng.random(applications) < np.where(arm == "control", 0.3, 0.2), "invitation", "none"),
            "first_arm_probability": 0.5,
        }
    )


def whole(frame: pd.DataFrame, **options: object):
    return analyse(pairs_table(frame), **options).select(joint_committee=None, level=None, outcome="strict")[0]


def test_one_application_an_employer_is_the_unmatched_table() -> None:
    frame = draw(1)
    group = whole(frame)
    positive = frame["reaction"] == "invitation"
    control = frame["arm"] == "control"
    expected = unmatched(
        int((positive & control).sum()), int(control.sum()), int((positive & ~control).sum()), int((~control).sum())
    )
    assert group.estimates == expected.estimates
    assert group.tests == expected.tests
    assert group.pairs == 400
    assert isinstance(group.counts, ArmCounts)
    assert group.counts.as_dict()["control_positive"] == expected.control_positives


@given(st.integers(0, 10_000))
@settings(max_examples=10)
def test_clustered_errors_equal_the_regression(seed: int) -> None:
    """The width of the difference's interval follows the linear probability model with CR1 errors by employer."""
    frame = draw(seed, applications=900, per_employer=3)
    group = whole(frame, all_methods=True)
    difference = group.estimate("rate_difference", "cluster_robust")
    x = with_intercept(pd.DataFrame({"treated": (frame["arm"] == "treated").astype(float)}))
    fitted = linear_probability(
        (frame["reaction"] == "invitation").astype(int), x, clusters=frame["employer"], errors="CR1"
    )
    effect = average_effect(fitted, x, "treated")
    assert difference.value == pytest.approx(effect.effect)
    width = (difference.upper - difference.lower) / (2 * 1.968)
    plain = whole(frame, cluster="none").estimate("rate_difference")
    # Never narrower than independent applications, else the clustered error.
    assert width == pytest.approx(max(effect.standard_error, (plain.upper - plain.lower) / (2 * 1.968)), rel=0.06)


@given(st.integers(0, 10_000), st.sampled_from([1, 3]))
@settings(max_examples=10)
def test_order_of_rows_and_equal_weights_change_nothing(seed: int, per_employer: int) -> None:
    frame = draw(seed, per_employer=per_employer)
    groups = analyse(pairs_table(frame)).groups
    assert analyse(pairs_table(frame.sample(frac=1, random_state=seed))).groups == groups
    assert analyse(pairs_table(frame.assign(weight=2.0)), weights="weight").groups == groups


@given(st.integers(0, 10_000), st.sampled_from([1, 3]))
@settings(max_examples=10)
def test_swapping_the_arms_inverts_the_ratio(seed: int, per_employer: int) -> None:
    frame = draw(seed, per_employer=per_employer)
    swapped = frame.assign(arm=frame["arm"].map({"control": "treated", "treated": "control"}))
    one, other = whole(frame), whole(swapped)
    ratio, turned = one.estimate("discrimination_ratio"), other.estimate("discrimination_ratio")
    assert ratio.value == pytest.approx(1 / turned.value)
    assert (ratio.lower, ratio.upper) == (pytest.approx(1 / turned.upper), pytest.approx(1 / turned.lower))
    assert one.estimate("rate_difference").lower == pytest.approx(-other.estimate("rate_difference").upper)
    assert one.tests[0].pvalue == pytest.approx(other.tests[0].pvalue)


def test_doubling_every_application_within_its_employer_adds_little() -> None:
    frame = draw(4)
    doubled = pd.concat([frame, frame.assign(pair_id=frame["pair_id"] + "b")], ignore_index=True)
    once, (_, twice) = (
        [each for each in whole(table, all_methods=True).estimates if each.name == "discrimination_ratio"]
        for table in (frame, doubled)
    )
    (once,) = once
    assert twice.value == pytest.approx(once.value)
    assert twice.upper - twice.lower > 0.97 * (once.upper - once.lower)


def test_results_file_and_what_is_in_it() -> None:
    results = analyse(pairs_table(draw(2, per_employer=2)), randomisation="counterbalanced")
    content = json.loads(results.to_json())
    assert content["design"] == "unpaired"
    assert set(content["groups"][0]["counts"]) == {
        "control_positive",
        "control_other",
        "treated_positive",
        "treated_other",
    }
    assert set(content["groups"][0]["employer_sizes"]) == {"2"}
    assert {row["choice"] for row in content["robustness"]} == {
        "as coded",
        "spread between clusters as observed",
        "every employer weighs the same",
    }
    assert len(content["strata"]) == 2
    assert Results.from_json(results.to_json()) == results
    assert "applications" in results_summary(results)
    assert "sollicitaties" in results_summary(results, "nl")
    assert results.groups[0].tests[-1].name == "randomisation_counterbalanced"
    assert len(agreement_plot(results.groups[0]).patches) == 4
    with pytest.raises(AnalysisError, match="no pairs"):
        _ = results.groups[0].paired_counts


def test_counterbalanced_randomisation_is_fishers_exact_test() -> None:
    from scipy.stats import fisher_exact

    frame = draw(3).assign(joint_committee="124")
    group = whole(frame, randomisation="counterbalanced")
    counts = group.counts
    table = [[counts.control_positive, counts.control_other], [counts.treated_positive, counts.treated_other]]
    # Both are exact; they order the tables of a two-sided test by distance and by probability.
    assert group.tests[-1].pvalue == pytest.approx(fisher_exact(table).pvalue, rel=0.25)


def test_a_group_without_an_arm_says_so() -> None:
    frame = draw(5).assign(arm="control")
    group = whole(frame)
    assert group.estimate("discrimination_ratio").value is None
    assert "No application of the treated arm" in (group.estimate("discrimination_ratio").note or "")
    assert "No application" in (group.tests[0].note or "")
    assert json.loads(analyse(pairs_table(frame)).to_json())


def test_two_ways_and_too_few_clusters() -> None:
    frame = draw(8, per_employer=2)
    group = whole(frame, cluster=("employer", "joint_committee"))
    assert group.estimate("rate_difference", "cluster_robust").lower is None
    assert "2 clusters: too few" in (group.estimate("rate_difference", "cluster_robust").note or "")
    frame["team"] = [f"t{number % 20}" for number in range(len(frame))]
    both = whole(frame, cluster=("employer", "team")).estimate("rate_difference", "cluster_robust")
    assert both.lower < both.value < both.upper
    one = whole(frame.assign(employer="e"), all_methods=True).estimate("discrimination_ratio", "cluster_robust")
    assert one.lower is None
    assert "too few" in (one.note or "")


def test_reading(tmp_path: Path) -> None:
    path = tmp_path / "applications.csv"
    draw(6).to_csv(path, index=False)
    assert isinstance(read_pairs(path), ApplicationsTable)
    draw(6).assign(arm="controls").head(3).to_csv(path, index=False)
    with pytest.raises(InputError, match="control or treated") as caught:
        read_pairs(path)
    assert len(caught.value.faults) == 3
    twice = draw(6)
    twice.loc[1, "pair_id"] = "P0"
    with pytest.raises(InputError, match="row 3"):
        pairs_table(twice)


def test_what_needs_pairs_says_so() -> None:
    table = pairs_table(draw(7))
    with pytest.raises(AnalysisError, match="one application per vacancy"):
        analyse(table, bootstrap=200)


def test_oreopoulos_as_a_study_of_applications(reference: Path) -> None:
    """English against foreign names, all Canadian: the unmatched table's ratio, and errors clustered by firm."""
    counted = pd.read_csv(reference / "oreopoulos.csv")
    firms = counted.loc[counted.index.repeat(counted["firms"])].reset_index(drop=True)
    kinds = [
        (arm, positive, number)
        for arm in ("control", "treated")
        for positive, number in ((1, firms[f"{arm}_positive"]), (0, firms[arm] - firms[f"{arm}_positive"]))
    ]
    frame = pd.concat(
        pd.DataFrame({"employer": firms.index.repeat(number).astype(str), "arm": arm, "positive": positive})
        for arm, positive, number in kinds
    ).reset_index(drop=True)
    frame = frame.assign(pair_id=frame.index, sector="s", joint_committee="200", criterion="origin", level="x")
    group = analyse(pairs_table(frame), all_methods=True).groups[0]
    x1, n1, x0, n0 = (
        int(value)
        for arm in ("treated", "control")
        for value in (frame.loc[frame["arm"] == arm, "positive"].sum(), (frame["arm"] == arm).sum())
    )
    plain = unmatched(x0, n0, x1, n1)
    assert group.estimate("discrimination_ratio").value == pytest.approx(plain.estimate("discrimination_ratio").value)
    x = with_intercept(pd.DataFrame({"foreign": (frame["arm"] == "treated").astype(float)}))
    fitted = linear_probability(frame["positive"], x, clusters=frame["employer"], errors="CR1")
    difference = group.estimate("rate_difference", "cluster_robust")
    error = (difference.upper - difference.lower) / (2 * 1.96)
    assert error == pytest.approx(fitted.standard_error("foreign"), rel=0.03)
    assert group.tests[0].pvalue < 0.001
