"""More than two candidates, interactions and unmatched arms, against identities and statsmodels."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.stats import contingency
from statsmodels.stats.contingency_tables import StratifiedTable, cochrans_q
from statsmodels.stats.proportion import confint_proportions_2indep

from corrtest.analysis.candidates import (
    adjusted_comparisons,
    all_comparisons,
    analyse_candidates,
    cochran_q,
    comparisons_frame,
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


def once(positives) -> CandidateTable:
    """Return a table to whose vacancies each candidate applied once."""
    had = np.asarray(positives)
    return CandidateTable(names=tuple("abcdefgh"[: had.shape[1]]), positives=had, applied=had * 0 + 1, outcome="y")


def test_cochran_q_equals_statsmodels(developers: CandidateTable) -> None:
    mine = cochran_q(developers)
    theirs = cochrans_q(developers.positives)
    assert mine.statistic == pytest.approx(theirs.statistic)
    assert mine.pvalue == pytest.approx(theirs.pvalue)
    assert (mine.df, mine.vacancies) == (7, 310)


def test_cochran_q_of_two_is_mcnemar(developers: CandidateTable) -> None:
    two = once(developers.positives[:, :2])
    first, second = two.positives.T
    tables = PairedTables.of(
        np.sum(first & second), np.sum(first & ~second & 1), np.sum(second & ~first & 1), np.sum((first | second) == 0)
    )
    assert cochran_q(two).statistic == pytest.approx(float(TESTS["mcnemar_asymptotic"](tables).statistic))


def test_equal_treatment_in_every_vacancy_leaves_q_undefined() -> None:
    result = cochran_q(once([[1, 1], [0, 0]]))
    assert result.pvalue is None
    assert "0/0" in (result.note or "")


def uneven(seed: int, vacancies: int, candidates: int) -> CandidateTable:
    """Return a table in which candidates are missing from vacancies, or applied to one twice."""
    rng = np.random.default_rng(seed)
    applied = rng.integers(0, 3, (vacancies, candidates))
    return CandidateTable(
        names=tuple("abcdefgh"[:candidates]), positives=rng.binomial(applied, 0.5), applied=applied, outcome="y"
    )


def test_cochran_q_of_uneven_vacancies_by_enumeration() -> None:
    """Deal out each vacancy's positives in every possible way: the moments that the statistic rests on."""
    table = uneven(3, 12, 3)
    departure, covariance = np.zeros(3), np.zeros((3, 3))
    for had, sent in zip(table.positives, table.applied, strict=True):
        if (sent > 0).sum() < 2:
            continue
        of = np.repeat(np.arange(3), sent)
        ways = np.array([np.bincount(of[list(way)], minlength=3) for way in combinations(range(len(of)), had.sum())])
        departure += had - ways.mean(axis=0)
        covariance += np.cov(ways.T, bias=True)
    expected = departure[:2] @ np.linalg.solve(covariance[:2, :2], departure[:2])
    found = cochran_q(table)
    assert found.statistic == pytest.approx(expected)
    assert found.df == 2


def test_cochran_q_of_two_who_applied_several_times_is_mantel_haenszel() -> None:
    table = uneven(4, 60, 2)
    had, sent = table.positives, table.applied
    both = [np.column_stack([h, s - h]) for h, s in zip(had, sent, strict=True) if (s > 0).all()]
    theirs = StratifiedTable(both).test_null_odds(correction=False)
    assert cochran_q(table).statistic == pytest.approx(theirs.statistic)


def test_candidates_that_no_vacancy_joins_have_fewer_degrees_of_freedom_and_are_not_compared() -> None:
    applied = np.array([[1, 1, 0, 0]] * 5 + [[0, 0, 1, 1]] * 7)
    rng = np.random.default_rng(5)
    positives = rng.binomial(applied, 0.5)
    table = CandidateTable(names=tuple("abcd"), positives=positives, applied=applied, outcome="y")
    assert cochran_q(table).df == 2
    results = analyse_candidates(table)
    assert [(group.level, group.pairs) for group in results.groups] == [("b vs a", 5), ("d vs c", 7)]
    assert any("c vs a; d vs a; c vs b; d vs b" in note for note in results.notes)
    assert any("from 5 to 7" in note for note in results.notes)


@pytest.mark.parametrize("seed", range(3))
def test_each_comparison_of_an_incomplete_design_is_of_the_vacancies_that_had_both(seed: int) -> None:
    rng = np.random.default_rng(seed)
    applied = rng.integers(0, 2, (80, 4))
    positives = rng.binomial(applied, 0.4)
    table = CandidateTable(names=tuple("abcd"), positives=positives, applied=applied, outcome="y")
    found = {group.level: group.counts.as_dict() for group in all_comparisons(table)}
    assert len(found) == 6
    for a, b in combinations(range(4), 2):
        kinds = Counter(
            (int(had[a]), int(had[b])) for had, sent in zip(positives, applied, strict=True) if sent[a] and sent[b]
        )
        assert found[f"{'abcd'[b]} vs {'abcd'[a]}"] == {
            "both": kinds[1, 1],
            "control_only": kinds[1, 0],
            "treated_only": kinds[0, 1],
            "neither": kinds[0, 0],
        }


def test_candidates_who_applied_several_times_are_compared_by_application() -> None:
    table = uneven(6, 200, 3)
    results = analyse_candidates(table)
    assert results.design == "unpaired"
    group = results.groups[0]
    both = (table.applied[:, :2] > 0).all(axis=1)
    had, sent = table.positives[both], table.applied[both]
    assert group.estimate("positive_rate_control").value == pytest.approx(had[:, 0].sum() / sent[:, 0].sum())
    assert group.estimate("positive_rate_treated").value == pytest.approx(had[:, 1].sum() / sent[:, 1].sum())
    assert group.pairs == sent[:, :2].sum()
    assert components(group).empty
    assert "applications" in comparisons_frame(results)


def test_interaction_of_candidates_who_applied_several_times_is_that_of_the_regression() -> None:
    table = uneven(7, 120, 4)
    found = interaction(table, neither="a", first="b", second="c", both="d")
    whole = (table.applied > 0).all(axis=1)
    had, sent = table.positives[whole], table.applied[whole]
    rows = [
        (vacancy, place, reaction)
        for vacancy in range(len(had))
        for place in range(4)
        for reaction in [1] * had[vacancy, place] + [0] * (sent[vacancy, place] - had[vacancy, place])
    ]
    vacancy, place, y = np.array(rows).T
    x = np.column_stack([np.ones(len(y)), place % 2, place // 2, place == 3]).astype(float)
    fit = sm.OLS(y, x).fit(cov_type="cluster", cov_kwds={"groups": vacancy, "use_correction": False})
    k = len(had)
    assert found.difference == pytest.approx(fit.params[3])
    error = (found.difference_upper - found.difference_lower) / (2 * 1.959963984540054)
    assert error == pytest.approx(fit.bse[3] * np.sqrt(k / (k - 1)))


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
    corrected, plain = result.tests
    assert plain.pvalue == pytest.approx(table.test_nominal_association().pvalue)
    yates = contingency.chi2_contingency([[x0, n0 - x0], [x1, n1 - x1]], correction=True).pvalue
    assert plain.pvalue < corrected.pvalue < yates


def test_unmatched_arms_at_the_edges() -> None:
    assert unmatched(0, 20, 0, 20).estimate("discrimination_ratio").value is None
    unbounded = unmatched(0, 20, 4, 20).estimate("discrimination_ratio")
    assert unbounded.upper is None
    assert unbounded.lower > 0
    with pytest.raises(AnalysisError, match="treated arm has 30"):
        unmatched(1, 20, 30, 20)
