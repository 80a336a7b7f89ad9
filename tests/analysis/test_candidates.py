"""More than two candidates, interactions and unmatched arms, against identities and statsmodels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from statsmodels.stats.contingency_tables import cochrans_q
from statsmodels.stats.proportion import confint_proportions_2indep

from corrtest.analysis.candidates import (
    adjusted_comparisons,
    all_comparisons,
    cochran_q,
    components,
    interaction,
)
from corrtest.analysis.designs.unpaired import unmatched
from corrtest.analysis.read.long_form import CandidateTable, read_candidates
from corrtest.analysis.statistics import TESTS, PairedTables
from corrtest.errors import AnalysisError


@pytest.fixture(scope="module")
def developers(developers_file: Path) -> CandidateTable:
    return read_candidates(developers_file, vacancy="offer", candidates=("origin", "gender"), positive="callback")


def test_cochran_q_equals_statsmodels(developers: CandidateTable) -> None:
    mine = cochran_q(developers)
    theirs = cochrans_q(developers.reactions.astype(int))
    assert mine.statistic == pytest.approx(theirs.statistic)
    assert mine.pvalue == pytest.approx(theirs.pvalue)
    assert (mine.df, mine.vacancies) == (7, 310)


def test_cochran_q_of_two_is_mcnemar(developers: CandidateTable) -> None:
    two = CandidateTable(names=developers.names[:2], reactions=developers.reactions[:, :2], outcome="callback")
    first, second = two.reactions.T
    tables = PairedTables.of(
        np.sum(first & second), np.sum(first & ~second & 1), np.sum(second & ~first & 1), np.sum((first | second) == 0)
    )
    assert cochran_q(two).statistic == pytest.approx(float(TESTS["mcnemar_asymptotic"](tables).statistic))


def test_equal_treatment_in_every_vacancy_leaves_q_undefined() -> None:
    table = CandidateTable(names=("a", "b"), reactions=np.array([[1, 1], [0, 0]], dtype=np.int8), outcome="y")
    result = cochran_q(table)
    assert result.pvalue is None
    assert "0/0" in (result.note or "")


def test_all_comparisons_and_their_adjustment(developers: CandidateTable) -> None:
    groups = all_comparisons(developers)
    assert len(groups) == 28
    by_name = {group.level: group for group in groups}
    assert by_name["M,Man vs F,Man"].counts.as_dict() == {
        "both": 45,
        "control_only": 41,
        "treated_only": 20,
        "neither": 204,
    }
    frame = adjusted_comparisons(groups)
    assert (frame["pvalue_holm"] >= frame["pvalue_benjamini_hochberg"]).all()
    shares = components(by_name["M,Man vs F,Man"]).set_index("component")
    assert shares.loc["matched rates", "control"] == pytest.approx(86 / 310)
    assert shares.loc["exclusive shares", "treated"] == pytest.approx(20 / 61)
    assert shares.loc["total shares", "denominator"] == 106


def test_interaction_equals_the_regression(developers: CandidateTable, reference: Path) -> None:
    """Woman × Vietnamese name: the coefficient of the saturated regression, .129 with standard error .037."""
    result = interaction(developers, neither="F,Man", first="F,Woman", second="V,Man", both="V,Woman")
    oracle = pd.read_csv(reference / "regressions.csv").set_index(["model", "quantity"])["value"]
    model = "LPM y~woman*origin CR1"
    assert result.difference == pytest.approx(oracle[(model, "woman:originV:b")])
    error = (result.difference_upper - result.difference_lower) / (2 * 1.959963984540054)
    assert error == pytest.approx(oracle[(model, "woman:originV:se")], abs=1e-6)
    assert result.ratio == pytest.approx((62 * 86) / (70 * 38))
    with pytest.raises(AnalysisError, match="no candidate 'V'"):
        interaction(developers, neither="F,Man", first="F,Woman", second="V", both="V,Woman")


@pytest.mark.parametrize("cells", [(100, 500, 70, 480), (12, 60, 30, 55), (3, 40, 5, 44)])
def test_unmatched_arms_equal_statsmodels(cells: tuple[int, int, int, int]) -> None:
    result = unmatched(*cells)
    x0, n0, x1, n1 = cells
    difference = result.estimate("rate_difference")
    expected = confint_proportions_2indep(x1, n1, x0, n0, method="newcomb", compare="diff")
    assert (difference.lower, difference.upper) == pytest.approx(expected)
    ratio = result.estimate("discrimination_ratio")
    score = confint_proportions_2indep(x1, n1, x0, n0, method="score", compare="ratio")
    assert ratio.lower == pytest.approx(score[0], rel=0.05)
    assert ratio.upper == pytest.approx(score[1], rel=0.05)
    table = sm.stats.Table2x2([[x0, n0 - x0], [x1, n1 - x1]])
    assert result.tests[0].pvalue == pytest.approx(table.test_nominal_association().pvalue)


def test_unmatched_arms_at_the_edges() -> None:
    assert unmatched(0, 20, 0, 20).estimate("discrimination_ratio").value is None
    unbounded = unmatched(0, 20, 4, 20).estimate("discrimination_ratio")
    assert unbounded.upper is None
    assert unbounded.lower > 0
    with pytest.raises(AnalysisError, match="treated arm has 30"):
        unmatched(1, 20, 30, 20)
