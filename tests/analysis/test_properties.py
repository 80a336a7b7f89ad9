"""Properties of the whole analysis on generated tables: rows, arms, weights, clusters, tests against intervals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from corrtest.analysis import ESTIMATORS, GroupResult, PairedTables, analyse, pairs_table
from corrtest.analysis.statistics import TESTS

WORDS = ["invitation", "other_positive", "none", "automatic"]
# Each example analyses a whole table, and a smaller failing table would take minutes to find.
FEW = settings(max_examples=4, deadline=None, phases=[Phase.generate])
rows = st.lists(
    st.tuples(
        st.sampled_from(WORDS),
        st.sampled_from(WORDS),
        st.sampled_from(["124", "200"]),
        st.integers(0, 9),
        st.sampled_from(["control", "treated"]),
        st.integers(1, 4),
    ),
    min_size=4,
    max_size=40,
)


def frame_of(drawn: list[tuple[str, str, str, int, str, int]]) -> pd.DataFrame:
    names = ["control_reaction", "treated_reaction", "joint_committee", "employer", "first_arm", "weight"]
    frame = pd.DataFrame(drawn, columns=names)
    frame["employer"] = "e" + frame["employer"].astype(str)
    return frame.assign(pair_id=range(len(frame)), sector="s", criterion="origin", level="x")


def alone(frame: pd.DataFrame) -> pd.DataFrame:
    """Give every pair an employer of its own."""
    return frame.assign(employer=[f"own{place}" for place in range(len(frame))])


@given(rows, st.integers(0, 1000), st.booleans())
@FEW
def test_order_of_rows_is_irrelevant(drawn: list, seed: int, weighted: bool) -> None:
    frame = frame_of(drawn)
    shuffled = frame.sample(frac=1, random_state=seed)
    weights = "weight" if weighted else None
    one, other = (analyse(pairs_table(table), all_methods=True, weights=weights) for table in (frame, shuffled))
    if weighted:
        # Sums of weights in another order differ in the last digit.
        assert one.to_frame()["lower"].to_numpy(float) == pytest.approx(
            other.to_frame()["lower"].to_numpy(float), nan_ok=True
        )
    else:
        assert one.groups == other.groups
        assert one.strata == other.strata
        assert one.multiplicity == other.multiplicity
        plain = [row for row in one.robustness if not row["choice"].startswith("adjusted")]
        assert plain == [row for row in other.robustness if not row["choice"].startswith("adjusted")]


@given(rows)
@FEW
def test_weights_of_one_change_nothing(drawn: list) -> None:
    frame = frame_of(drawn).assign(weight=1)
    assert analyse(pairs_table(frame), weights="weight").groups == analyse(pairs_table(frame)).groups


@given(rows)
@FEW
def test_clusters_of_one_equal_no_clusters(drawn: list) -> None:
    table = pairs_table(alone(frame_of(drawn)))
    assert analyse(table).groups == analyse(table, cluster="none").groups


def swapped_columns(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.rename(columns={"control_reaction": "treated_reaction", "treated_reaction": "control_reaction"})


def same(one: float | None, other: float | None) -> bool:
    return (one is None) == (other is None) and (one is None or one == pytest.approx(other, rel=1e-6, abs=1e-9))


def check_swapped(one: GroupResult, other: GroupResult) -> None:
    for mine, theirs in zip(one.estimates, other.estimates, strict=True):
        if mine.name in ("rate_difference", "net_discrimination_rate"):
            assert same(mine.value, None if theirs.value is None else -theirs.value)
            assert same(mine.lower, None if theirs.upper is None else -theirs.upper)
        elif mine.name in ("discrimination_ratio", "odds_ratio") and mine.value and theirs.value:
            assert same(mine.value, 1 / theirs.value)
            if mine.lower and theirs.upper:
                assert same(mine.lower, 1 / theirs.upper)
    assert same(one.tests[0].pvalue, other.tests[0].pvalue)
    assert same(one.estimate("positive_rate_control").lower, other.estimate("positive_rate_treated").lower)


@given(rows, st.booleans())
@FEW
def test_swapping_the_arms_inverts_ratios_and_signs(drawn: list, clustered: bool) -> None:
    frame = frame_of(drawn) if clustered else alone(frame_of(drawn))
    one, other = (analyse(pairs_table(table)) for table in (frame, swapped_columns(frame)))
    for mine, theirs in zip(one.groups, other.groups, strict=True):
        check_swapped(mine, theirs)


@given(rows, st.booleans())
@FEW
def test_every_interval_holds_its_estimate_and_has_a_width(drawn: list, clustered: bool) -> None:
    frame = frame_of(drawn) if clustered else alone(frame_of(drawn))
    for group in analyse(pairs_table(frame)).groups:
        for estimate in group.estimates:
            if estimate.value is not None and estimate.lower is not None and estimate.upper is not None:
                assert estimate.lower - 1e-9 <= estimate.value <= estimate.upper + 1e-9, estimate
                assert estimate.lower < estimate.upper, estimate


@given(rows)
@FEW
def test_clustered_test_and_interval_agree(drawn: list) -> None:
    for group in analyse(pairs_table(frame_of(drawn)), all_methods=True).groups:
        robust = [test for test in group.tests if test.name == "mcnemar_cluster_robust"]
        if not robust or robust[0].pvalue is None:
            continue
        interval, test = group.estimate("rate_difference", "cluster_robust"), robust[0]
        if interval.lower is None:
            continue
        if abs(test.pvalue - 0.05) > 1e-6:
            assert (test.pvalue < 0.05) == (not interval.lower <= 0 <= (interval.upper or 0)), group


@given(st.tuples(*[st.integers(0, 60)] * 4).filter(lambda cells: cells[1] + cells[2] > 0))
@settings(max_examples=60)
def test_tests_and_intervals_of_one_family_agree(cells: tuple[int, int, int, int]) -> None:
    """McNemar's asymptotic test with Tango's and Tang's intervals; the exact and mid-p tests with the odds ratio's."""
    tables = PairedTables.of(*([cell] for cell in cells))
    pairs = (
        ("mcnemar_asymptotic", "rate_difference", "tango", 0.0),
        ("mcnemar_asymptotic", "discrimination_ratio", "tang", 1.0),
        ("mcnemar_exact", "odds_ratio", "clopper_pearson", 1.0),
        ("mcnemar_midp", "odds_ratio", "midp", 1.0),
    )
    for test, name, method, equality in pairs:
        pvalue = float(TESTS[test](tables).pvalue[0])
        found = ESTIMATORS[name][method](tables, 0.95)
        lower, upper = float(found.lower[0]), float(found.upper[0])
        if np.isnan(lower) or abs(pvalue - 0.05) < 1e-6:
            continue
        assert (pvalue < 0.05) == (not lower <= equality <= upper), (test, cells, pvalue, lower, upper)
