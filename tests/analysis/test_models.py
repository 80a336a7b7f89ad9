"""Regressions against R on two published experiments, and Neumark's correction on a known truth."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtr, ndtri
from scipy.stats import binom, chi2, multivariate_normal

from corrtest.analysis.models import (
    application_rows,
    average_effect,
    bivariate_probit,
    conditional_logit,
    difference_by,
    fit_models,
    heterogeneity,
    heteroskedastic_probit,
    indicators,
    interactions,
    linear_probability,
    linear_probability_within,
    long_rows,
    neumark,
    probit,
    with_intercept,
)
from corrtest.analysis.models.bivariate_probit import bivariate_normal
from corrtest.analysis.models.fitted import FittedModel
from corrtest.analysis.read import pairs_table
from corrtest.analysis.tables import PairPositives
from corrtest.errors import AnalysisError

TOLERANCE = 5e-6


@pytest.fixture(scope="module")
def oracle(reference: Path) -> pd.DataFrame:
    return pd.read_csv(reference / "regressions.csv")


@pytest.fixture(scope="module")
def inter1(developers_applications: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, pd.Series]:
    """Software developers in France: the table, woman × origin, and the reaction."""
    table = developers_applications
    woman = pd.DataFrame({"woman": (table["gender"] == "Woman").astype(float)})
    origin = indicators(table["origin"], "F", prefix="origin")
    return table, pd.concat([woman, origin, interactions(woman, origin)], axis=1), table["callback"].astype(int)


@pytest.fixture(scope="module")
def boston(reference: Path) -> pd.DataFrame:
    """Bertrand and Mullainathan's résumés: race, quality and reaction, by advertisement."""
    counted = pd.read_csv(reference / "resumes.csv")
    resumes = pd.DataFrame({"marks": counted["resumes"].repeat(counted["advertisements"]).reset_index(drop=True)})
    marks = resumes["marks"].str.split().explode()
    return pd.DataFrame(
        {
            "race": marks.str[0],
            "h": marks.str[1].astype(int),
            "call": marks.str[2].astype(int),
            "ad_id": marks.index,
        }
    ).reset_index(drop=True)


def compare(oracle: pd.DataFrame, source: str, model: str, fitted: FittedModel) -> None:
    rows = oracle[(oracle["source"] == source) & (oracle["model"] == model)]
    assert len(rows) >= 2
    frame = fitted.to_frame().set_index("term")
    columns = {"b": "coefficient", "se": "standard_error", "df": "df"}
    for quantity, value in zip(rows["quantity"], rows["value"], strict=True):
        term, _, kind = quantity.rpartition(":")
        assert frame.loc[term, columns[kind]] == pytest.approx(value, abs=TOLERANCE), (model, quantity)


@pytest.mark.parametrize("errors", ["CR0", "CR1", "CR2"])
def test_linear_probability(oracle: pd.DataFrame, inter1: tuple, errors: str) -> None:
    table, covariates, reaction = inter1
    fitted = linear_probability(reaction, with_intercept(covariates), clusters=table["offer"], errors=errors)
    compare(oracle, "inter1", f"LPM y~woman*origin {errors}", fitted)


def test_vacancy_fixed_effects(oracle: pd.DataFrame, inter1: tuple) -> None:
    table, covariates, reaction = inter1
    fitted = linear_probability_within(reaction, covariates, vacancies=table["offer"])
    compare(oracle, "inter1", "LPM + offer FE, CR1 (HC1)", fitted)


def test_conditional_logit(oracle: pd.DataFrame, inter1: tuple) -> None:
    table, covariates, reaction = inter1
    compare(oracle, "inter1", "clogit exact", conditional_logit(reaction, covariates, vacancies=table["offer"]))
    french = (table["origin"] == "F").to_numpy()
    fitted = conditional_logit(
        reaction[french], covariates.loc[french, ["woman"]], vacancies=table.loc[french, "offer"]
    )
    rows = oracle[oracle["source"] == "inter1 F only"].set_index("quantity")["value"]
    assert fitted.coefficient("woman") == pytest.approx(rows["b"], abs=TOLERANCE)
    assert fitted.standard_error("woman") == pytest.approx(rows["se"], abs=TOLERANCE)
    # Identity: for pairs it is the log of the conditional odds ratio.
    assert fitted.coefficient("woman") == pytest.approx(np.log(27 / 43))


def test_probit_with_clustered_errors(oracle: pd.DataFrame, inter1: tuple) -> None:
    table, covariates, reaction = inter1
    compare(oracle, "inter1", "probit CR0", probit(reaction, with_intercept(covariates), clusters=table["offer"]))


def test_linear_probability_of_the_resumes(oracle: pd.DataFrame, boston: pd.DataFrame) -> None:
    black = pd.DataFrame({"black": (boston["race"] == "b").astype(float)})
    fitted = linear_probability(boston["call"], with_intercept(black), clusters=boston["ad_id"], errors="CR1")
    rows = oracle[oracle["model"] == "LPM call~black CR1 by adid"].set_index("quantity")["value"]
    assert fitted.coefficient("black") == pytest.approx(rows["b"], abs=TOLERANCE)
    assert fitted.standard_error("black") == pytest.approx(rows["se"], abs=TOLERANCE)
    high = pd.DataFrame({"h1": boston["h"].astype(float)})
    both = pd.concat([black, high, interactions(black, high)], axis=1)
    fitted = linear_probability(boston["call"], with_intercept(both), clusters=boston["ad_id"], errors="CR1")
    compare(oracle, "B&M", "LPM call~black*h CR1", fitted)


@pytest.mark.slow
def test_neumark_recovers_the_truth_where_the_plain_probit_is_biased() -> None:
    """Equal treatment in level, but a 30 % greater spread of the unobserved among the treated."""
    rng = np.random.default_rng(2012)
    plain, corrected, ratios = [], [], []
    for _ in range(40):
        n = 8000
        treated = rng.integers(0, 2, n).astype(float)
        quality = rng.normal(size=(n, 2))
        index = -1.2 + 0.6 * quality[:, 0] + 0.4 * quality[:, 1]
        called = index + np.exp(np.log(1.3) * treated) * rng.normal(size=n) > 0
        frame = with_intercept(pd.DataFrame({"treated": treated, "q1": quality[:, 0], "q2": quality[:, 1]}))
        result = neumark(called.astype(int), frame, treated="treated")
        plain.append(result.plain.coefficient("treated"))
        corrected.append(result.heteroskedastic.coefficient("treated"))
        ratios.append(np.log(result.sd_ratio))
    # The plain probit sees an advantage of the treated, since few are called and a wide spread helps the few.
    assert np.mean(plain) > 0.15
    assert abs(np.mean(corrected)) < 3 * np.std(corrected) / np.sqrt(40)
    assert abs(np.mean(ratios) - np.log(1.3)) < 3 * np.std(ratios) / np.sqrt(40)


def test_bivariate_probit_is_the_tetrachoric_correlation() -> None:
    both, control_only, treated_only, neither = 40, 25, 10, 125
    control = np.repeat([1, 1, 0, 0], [both, control_only, treated_only, neither])
    treated = np.repeat([1, 0, 1, 0], [both, control_only, treated_only, neither])
    fitted = bivariate_probit(control, treated, with_intercept(pd.DataFrame(index=range(200))))
    rho = np.tanh(fitted.coefficient("atanh(rho)"))
    h, k = fitted.coefficient("control:(Intercept)"), fitted.coefficient("treated:(Intercept)")
    probability = multivariate_normal(cov=[[1, rho], [rho, 1]]).cdf([h, k])
    assert probability == pytest.approx(both / 200, abs=1e-6)
    counts = np.array([both, control_only, treated_only, neither])
    assert fitted.log_likelihood == pytest.approx(np.sum(counts * np.log(counts / 200)))


@pytest.mark.parametrize("rho", [-0.7, 0.0, 0.4, 0.95])
def test_bivariate_normal_equals_scipy(rho: float) -> None:
    h, k = np.meshgrid([-2.0, -0.5, 0.0, 1.3], [-1.1, 0.0, 0.7, 2.2])
    got = bivariate_normal(h.ravel(), k.ravel(), np.full(h.size, rho))
    expected = multivariate_normal(cov=[[1, rho], [rho, 1]]).cdf(np.column_stack([h.ravel(), k.ravel()]))
    assert np.allclose(got, expected, atol=1e-6)


def test_average_effect_without_covariates_is_the_difference_of_rates(inter1: tuple) -> None:
    _, covariates, reaction = inter1
    frame = with_intercept(covariates[["woman"]])
    effect = average_effect(probit(reaction, frame), frame, "woman")
    rates = reaction.groupby(covariates["woman"]).mean()
    assert effect.effect == pytest.approx(rates[1.0] - rates[0.0], abs=1e-9)
    assert effect.standard_error > 0


def test_difference_by_a_factor_of_the_design() -> None:
    rng = np.random.default_rng(8)
    n = 400
    first = rng.choice(["control", "treated"], n)
    frame = pd.DataFrame(
        {
            "pair_id": range(n),
            "sector": "s",
            "joint_committee": "124",
            "criterion": "origin",
            "level": "x",
            "employer": [f"e{i // 2}" for i in range(n)],
            "first_arm": first,
            "control_positive": (rng.random(n) < 0.3).astype(int),
            "treated_positive": (rng.random(n) < np.where(first == "control", 0.05, 0.3)).astype(int),
        }
    )
    result = difference_by(pairs_table(frame), "first_arm", outcome="positive")
    by_hand = (frame["treated_positive"] - frame["control_positive"]).groupby(frame["first_arm"]).mean()
    assert result.to_frame()["rate_difference"].tolist() == pytest.approx(by_hand.tolist())
    assert result.equal.pvalue < 0.01
    with pytest.raises(AnalysisError, match="Did you mean 'first_arm'"):
        difference_by(pairs_table(frame), "frist_arm", outcome="positive")


def test_no_interval_of_width_zero_where_all_pairs_of_a_value_are_alike() -> None:
    n = 60
    frame = pd.DataFrame(
        {
            "pair_id": range(n),
            "sector": "s",
            "joint_committee": "124",
            "criterion": "origin",
            "level": "x",
            "employer": [f"e{i}" for i in range(n)],
            "province": ["Limburg"] * 20 + ["Antwerpen"] * 40,
            "control_positive": [0] * 20 + [0, 1] * 20,
            "treated_positive": [0] * 20 + [0, 0, 1, 1] * 10,
        }
    )
    shown = difference_by(pairs_table(frame), "province", outcome="positive").to_frame().set_index("province")
    assert shown.loc["Limburg", "rate_difference"] == pytest.approx(0)
    assert shown.loc["Limburg", ["lower", "upper"]].isna().all()
    assert shown.loc["Antwerpen", "lower"] < shown.loc["Antwerpen", "upper"]


def test_what_cannot_be_fitted_is_said() -> None:
    frame = with_intercept(pd.DataFrame({"treated": [0.0, 1.0] * 20}))
    reaction = np.tile([0, 1], 20)
    with pytest.raises(AnalysisError, match="no clear maximum"):
        probit(reaction, frame)
    with pytest.raises(AnalysisError, match="differ in quality"):
        heteroskedastic_probit(reaction, frame, treated="treated")
    with pytest.raises(AnalysisError, match="linearly dependent"):
        linear_probability(reaction, frame.assign(control=1 - frame["treated"]), clusters=np.arange(40))
    with pytest.raises(AnalysisError, match="missing"):
        probit(reaction, frame.assign(age=np.nan))
    with pytest.raises(AnalysisError, match="two clusters"):
        linear_probability(reaction, frame, clusters=np.zeros(40))


def test_probit_effect_equals_statsmodels(inter1: tuple) -> None:
    import statsmodels.api as sm

    _, covariates, reaction = inter1
    x = with_intercept(covariates)
    mine = average_effect(probit(reaction, x), x, "woman")
    theirs = sm.Probit(reaction, x).fit(disp=0).get_margeff(dummy=True, at="overall")
    place = list(covariates.columns).index("woman")
    assert mine.effect == pytest.approx(theirs.margeff[place], abs=1e-6)
    assert mine.standard_error == pytest.approx(theirs.margeff_se[place], abs=1e-5)
    # Their interval on the scale of the inverse hyperbolic tangent, taken back.
    value, error = theirs.margeff[place], theirs.margeff_se[place]
    expected = np.tanh(np.arctanh(value) + np.array([-1, 1]) * ndtri(0.975) * error / (1 - value**2))
    assert mine.interval() == pytest.approx(tuple(expected), abs=1e-5)
    null = sm.GLM(reaction, x.drop(columns="woman"), family=sm.families.Binomial(sm.families.links.Probit())).fit(
        tol=1e-12
    )
    _, pvalue = null.score_test(exog_extra=x[["woman"]])
    print(mine.pvalue, pvalue)
    assert mine.pvalue == pytest.approx(float(np.squeeze(pvalue)), abs=1e-3)


@pytest.mark.parametrize(("control_only", "treated_only"), [(8, 2), (10, 4), (19, 1), (30, 1)])
def test_conditional_logit_tests_pairs_as_mcnemar_does(control_only: int, treated_only: int) -> None:
    """The score test of pairs is McNemar's, and the interval that of the log odds ratio, taken to the rates."""
    discordant = control_only + treated_only
    reaction = np.array([1, 0] * control_only + [0, 1] * treated_only + [1, 1] * 40 + [0, 0] * (160 - discordant))
    vacancies = np.repeat(np.arange(200), 2)
    signal = pd.DataFrame({"treated": np.tile([0.0, 1.0], 200)})
    fitted = conditional_logit(reaction, signal, vacancies=vacancies)
    effect = average_effect(fitted, signal, "treated", outcome=reaction, vacancies=vacancies)
    assert effect.effect == pytest.approx((treated_only - control_only) / 200)
    assert effect.pvalue == pytest.approx(chi2.sf((control_only - treated_only) ** 2 / discordant, 1))
    log_odds = np.log(treated_only / control_only)
    reach = ndtri(0.975) * np.sqrt(1 / control_only + 1 / treated_only)
    expected = discordant / 200 * np.tanh(np.array([log_odds - reach, log_odds + reach]) / 2)
    assert effect.interval() == pytest.approx(tuple(expected))
    midp = 2 * (binom.cdf(treated_only, discordant, 0.5) - binom.pmf(treated_only, discordant, 0.5) / 2)
    assert effect.pvalue == pytest.approx(midp, abs=0.01)
    # One cluster a vacancy: the robust score test of pairs is the same one.
    together = conditional_logit(reaction, signal, vacancies=vacancies, clusters=vacancies)
    assert together.test_of_zero(0) == pytest.approx(effect.pvalue)


def test_effects_of_pairs_without_covariates_are_the_observed_difference() -> None:
    """Linear probability, fixed effects, logit and both probits say the same where nothing is held equal."""
    both, control_only, treated_only, neither = 40, 25, 10, 125
    cells = [both, control_only, treated_only, neither]
    control, treated = (np.repeat(kind, cells).astype(bool) for kind in ([1, 1, 0, 0], [1, 0, 1, 0]))
    frame = pd.DataFrame({"pair_id": range(200), "sector": "s", "joint_committee": "124", "criterion": "origin"})
    frame = frame.assign(level="x", employer=frame["pair_id"], control_positive=control, treated_positive=treated)
    rows = application_rows(pairs_table(frame), PairPositives(control, treated))
    found = fit_models(rows)
    assert [effect.model for effect in found.effects] == [
        "linear probability",
        "linear probability, vacancy fixed effects",
        "conditional logit",
        "probit",
        "bivariate probit",
    ]
    for effect in found.effects:
        assert effect.effect == pytest.approx(-15 / 200, abs=1e-6), effect.model
        low, high = effect.interval()
        assert low < -15 / 200 < high
    # Given the discordant pairs, the logit's error is that of the binomial share.
    errors = {effect.model: effect.standard_error for effect in found.effects}
    assert errors["conditional logit"] == pytest.approx(2 * np.sqrt(25 * 10 / 35) / 200, rel=1e-4)
    assert errors["bivariate probit"] == pytest.approx(np.sqrt(35 / 200 - 0.075**2) / np.sqrt(199), rel=1e-2)


def test_heteroskedastic_effect_equals_a_numerical_derivation() -> None:
    rng = np.random.default_rng(9)
    n = 6000
    treated = rng.integers(0, 2, n).astype(float)
    quality = rng.normal(size=n)
    called = -0.8 + 0.9 * quality - 0.2 * treated + np.exp(0.3 * treated) * rng.normal(size=n) > 0
    x = with_intercept(pd.DataFrame({"treated": treated, "quality": quality}))
    fitted = heteroskedastic_probit(called.astype(int), x, treated="treated")
    effect = average_effect(fitted, x, "treated")
    drawn = rng.multivariate_normal(fitted.coefficients, fitted.covariance, size=4000)
    without, with_term = (x.assign(treated=mark).to_numpy() for mark in (0.0, 1.0))
    index = without @ drawn[:, :-1].T, (with_term @ drawn[:, :-1].T) / np.exp(drawn[:, -1])
    simulated = (ndtr(index[1]) - ndtr(index[0])).mean(axis=0)
    assert effect.standard_error == pytest.approx(simulated.std(), rel=0.05)
    assert effect.effect == pytest.approx(simulated.mean(), abs=0.002)
    assert neumark(called.astype(int), x, treated="treated").average.effect == effect.effect


def test_bivariate_effect_with_covariates_equals_a_numerical_derivation() -> None:
    rng = np.random.default_rng(5)
    n = 1500
    size = rng.normal(size=n)
    shared = rng.normal(size=n)
    control = (-0.6 + 0.4 * size + shared + rng.normal(size=n) > 0).astype(int)
    treated = (-0.9 + 0.1 * size + shared + rng.normal(size=n) > 0).astype(int)
    x = with_intercept(pd.DataFrame({"size": size}))
    fitted = bivariate_probit(control, treated, x)
    effect = average_effect(fitted, x, "treated arm")
    drawn = rng.multivariate_normal(fitted.coefficients, fitted.covariance, size=4000)
    matrix = x.to_numpy()
    simulated = (ndtr(matrix @ drawn[:, 2:4].T) - ndtr(matrix @ drawn[:, :2].T)).mean(axis=0)
    assert effect.standard_error == pytest.approx(simulated.std(), rel=0.05)
    assert effect.effect == pytest.approx((treated - control).mean(), abs=0.004)


def test_degrees_of_freedom_without_the_matrix_of_clusters() -> None:
    """Thousands of clusters fit into memory; few give what the products of all clusters say."""
    rng = np.random.default_rng(2)
    n = 30_000
    x = with_intercept(pd.DataFrame({"treated": np.tile([0.0, 1.0], n // 2)}))
    fitted = linear_probability((rng.random(n) < 0.2).astype(int), x, clusters=np.arange(n) // 2)
    assert fitted.df[1] == pytest.approx(n / 2 - 1, rel=1e-6)


def test_heterogeneity_over_all_that_a_table_knows() -> None:
    rng = np.random.default_rng(3)
    n = 600
    size = rng.choice([5, 30, 400], n)
    frame = pd.DataFrame(
        {
            "pair_id": range(n),
            "sector": "s",
            "joint_committee": "124",
            "criterion": rng.choice(["origin", "age"], n),
            "level": "x",
            "employer": [f"e{i // 2}" for i in range(n)],
            "first_arm": rng.choice(["control", "treated"], n),
            "partner": "p1",
            "employees": size,
            "occupation": rng.choice(["mason", "roofer"], n),
            "control_positive": (rng.random(n) < 0.5).astype(int),
            "treated_positive": (rng.random(n) < np.where(size > 100, 0.5, 0.1)).astype(int),
        }
    )
    found, notes = heterogeneity(pairs_table(frame), outcome="positive", criterion="origin")
    by_name = {result.factor: result for result in found}
    assert set(by_name) == {"first_arm", "employees", "occupation"}
    assert notes == ("partner: Every pair has the same partner; there is nothing to compare.",)
    assert by_name["first_arm"].of_design
    assert not by_name["employees"].of_design
    assert list(by_name["employees"].to_frame()["employees"]) == ["1-9", "10-49", "250 and more"]
    assert by_name["employees"].equal.pvalue < 0.001
    assert by_name["occupation"].equal.pvalue > 0.01
    with pytest.raises(AnalysisError, match="no column 'colour'"):
        heterogeneity(pairs_table(frame), outcome="positive", factors=("colour",))


def test_models_of_a_long_table(developers_applications: pd.DataFrame) -> None:
    # The order of sending is made up; the models only have to take it along.
    orders = np.resize(range(1, 9), len(developers_applications))
    table = developers_applications.assign(sentorder=orders).astype(str)
    rows = long_rows(
        table, vacancy="offer", candidates=("gender", "origin"), positive="callback", treated="Man,M", reference="Man,F"
    )
    found = fit_models(rows, covariates=("sentorder",))
    plain = fit_models(rows)
    assert len(rows.positive) == 620
    assert plain.effects[0].effect == pytest.approx((65 - 86) / 310)
    assert any("sentorder" in name for name in found.covariates)
    assert any("bivariate probit leaves out" in note for note in found.notes)
    with pytest.raises(AnalysisError, match="no candidate 'Man,X'"):
        long_rows(
            table,
            vacancy="offer",
            candidates=("gender", "origin"),
            positive="callback",
            treated="Man,X",
            reference="Man,F",
        )
