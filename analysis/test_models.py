"""Regressions against R where counts do not suffice: the order of sending, and Neumark's correction."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from corrtest.analysis.models import indicators, interactions, joint_test, neumark, with_intercept

TOLERANCE = 5e-6


@pytest.fixture(scope="module")
def oracle(data: Path) -> pd.DataFrame:
    return pd.read_csv(data / "regression_oracle.csv")


def test_joint_test_of_the_sending_order(oracle: pd.DataFrame, data: Path) -> None:
    table = pd.read_csv(data / "callback_inter1.csv")
    woman = pd.DataFrame({"woman": (table["gender"] == "Woman").astype(float)})
    origin = indicators(table["origin"], "F", prefix="origin")
    covariates, reaction = (
        pd.concat([woman, origin, interactions(woman, origin)], axis=1),
        table["callback"].astype(int),
    )
    known = table["sentorder"].notna()
    order = indicators(table.loc[known, "sentorder"], prefix="order")
    test = joint_test(
        reaction[known],
        with_intercept(pd.concat([covariates[known], order], axis=1)),
        tuple(order.columns),
        clusters=table.loc[known, "offer"],
    )
    rows = oracle[oracle["model"] == "order effects joint CR2 HTZ"].set_index("quantity")["value"]
    assert test.statistic == pytest.approx(rows["F"], abs=TOLERANCE)
    assert test.df_denominator == pytest.approx(rows["df"], abs=1e-4)
    assert test.pvalue == pytest.approx(rows["p"], abs=TOLERANCE)


def resume_covariates(boston: pd.DataFrame) -> pd.DataFrame:
    names = {
        "h": "h1",
        "years_exp": "yearsexp",
        "honors": "honors",
        "volunteer": "volunteer",
        "military": "military",
        "emp_holes": "empholes",
        "work_in_school": "workinschool",
        "email": "email",
        "computer_skills": "computerskills",
        "special_skills": "specialskills",
    }
    frame = boston[list(names)].astype(float).rename(columns=names)
    frame["yearsexp"] /= 10
    return pd.concat([pd.DataFrame({"black": (boston["race"] == "b").astype(float)}), frame], axis=1)


def test_neumark_on_the_resumes(oracle: pd.DataFrame, data: Path) -> None:
    boston = pd.read_csv(data / "bertrand_mullainathan_2004.csv", low_memory=False)
    rows = oracle[oracle["source"] == "B&M"].set_index(["model", "quantity"])["value"]
    model = "hetprobit black + 10 resume vars (yearsexp/10), sd=exp(d*black)"
    result = neumark(boston["call"], with_intercept(resume_covariates(boston)), treated="black")
    frame = result.heteroskedastic.to_frame().set_index("term")
    names = {"(Intercept)": "const", "log_sd:treated": "lnsigma_black"}
    assert len(frame) == 13
    # The source stopped a step before the maximum: its log likelihood is lower, and the two coefficients that the
    # data hardly tell apart (standard errors 0.42 and 0.22) are off by up to 0.00004 there.
    loose = {"black": 5e-5, "log_sd:treated": 5e-5}
    for term in frame.index:
        name, tolerance = names.get(term, term), loose.get(term, TOLERANCE)
        assert frame.loc[term, "coefficient"] == pytest.approx(rows[(model, f"{name}:b")], abs=tolerance), term
        assert frame.loc[term, "standard_error"] == pytest.approx(rows[(model, f"{name}:se")], abs=tolerance), term
    assert result.heteroskedastic.log_likelihood > rows[("hetprobit", "logLik")]
    assert result.heteroskedastic.log_likelihood == pytest.approx(rows[("hetprobit", "logLik")], abs=TOLERANCE)
    assert result.plain.log_likelihood == pytest.approx(rows[("probit same covariates", "logLik")], abs=TOLERANCE)
    assert result.sd_ratio == pytest.approx(np.exp(rows[(model, "lnsigma_black:b")]), abs=5e-5)
    assert result.total_effect == pytest.approx(result.level_effect + result.variance_effect)
    assert 0 < result.equal_quality_pvalue < 1
