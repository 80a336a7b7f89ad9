"""The sector survey and the risk analysis: forms out, answers in, figures against R, and the gate."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from pyxform.xls2xform import convert

from corrtest.disclosure import QuestionnaireRelease, release_questionnaire
from corrtest.errors import DisclosureError, InputError
from corrtest.lab import simulate_risk_answers, simulate_survey_answers
from corrtest.questionnaires import (
    analyse_risks,
    analyse_survey,
    draw_sample,
    limesurvey,
    matched,
    ranked,
    read_form_answers,
    read_frame,
    risk_form,
    survey_form,
    xlsform,
)
from corrtest.report import questionnaire_document
from corrtest.resources import ready_design
from corrtest.spec import read_study

SURVEY = read_study(ready_design("audiovisual"))
RISK = read_study(ready_design("removals"))


@pytest.fixture(scope="module")
def sampled(tmp_path_factory):
    """Return a drawn sample, and the matched answers of 300 simulated respondents."""
    folder, rng = tmp_path_factory.mktemp("survey"), np.random.default_rng(1)
    workers = np.rint(np.exp(rng.normal(2, 1.4, 2000))).astype(int)
    committees = rng.choice(["227", "303.01"], 2000, p=[0.7, 0.3])
    pd.DataFrame({"unit": range(2000), "joint_committee": committees, "workers": workers}).to_csv(
        folder / "frame.csv", index=False
    )
    drawn = draw_sample(SURVEY, read_frame(folder / "frame.csv", SURVEY), b"k" * 32)
    simulate_survey_answers(SURVEY, 300, 1, drawn.codes).to_csv(folder / "export.csv", index=False)
    given = read_form_answers(folder / "export.csv", survey_form(SURVEY))
    return drawn, given, matched(given, drawn.codes, "export.csv")


@pytest.mark.parametrize("form", [survey_form(SURVEY), risk_form(RISK)], ids=["survey", "risk"])
@pytest.mark.slow
def test_the_validator_of_odk_takes_the_form(tmp_path, form):
    path = tmp_path / "form.xlsx"
    path.write_bytes(xlsform(form))
    assert convert(path, validate=shutil.which("java") is not None).warnings == []


def test_the_form_for_limesurvey_keeps_its_limits_on_codes():
    rows = [row.split("\t") for row in limesurvey(risk_form(RISK)).decode("utf-8-sig").splitlines()]
    place = rows[0].index("name")
    codes = [row[place] for row in rows if row[2] == "Q"]
    assert len(set(codes)) == len(codes) / 3 and all(code.isalnum() for code in codes)
    assert all(len(row[place]) <= 5 for row in rows if row[2] == "A")


def test_answers_are_read_by_label_and_by_the_codes_of_limesurvey(tmp_path):
    pd.DataFrame(
        {"role. Rol": ["A2", "vakbond of werknemersafgevaardigde"], "recruitmentoriginharm": ["A4", "1"]}
    ).to_csv(tmp_path / "a.csv", index=False)
    given = read_form_answers(tmp_path / "a.csv", risk_form(RISK))
    assert given["role"].tolist() == ["hr", "union"]
    assert given["recruitment_origin_harm"].tolist() == ["4", "1"]


def limesurvey_export(given, form, *, full, language):
    """Return answers as LimeSurvey writes them: its codes, or codes with texts as headings and full answers."""
    asked = {question.name: question for question in form.questions()}
    made = {"id": range(1, len(given) + 1), "submitdate": "2027-03-01 10:00:00", "startlanguage": language}
    for name in [*(lot.name for lot in form.lots), *asked]:
        question = asked.get(name)
        heading, column = "".join(sign for sign in name if sign.isalnum()), given[name]
        if question is not None and question.kind == "choice":
            choices = form.choices[question.choices]
            said = {c.name: c.label[language] if full else f"A{place}" for place, c in enumerate(choices, start=1)}
            column = column.map(lambda answer, said=said: said.get(answer, "N/A" if full else ""))
        if full:
            heading += f". {question.label[language] if question else 'lot'}"
        made[heading] = column
    return pd.DataFrame(made).assign(simulated=True)


@pytest.mark.parametrize(
    ("full", "separator", "encoding"), [(False, ",", "utf-8"), (True, ";", "utf-8-sig"), (True, "\t", "utf-16")]
)
@pytest.mark.parametrize("language", ["nl", "fr", "en"])
def test_limesurvey_brings_the_same_estimates_as_xlsform(sampled, tmp_path, full, separator, encoding, language):
    drawn, given, answers = sampled
    path, form = tmp_path / "results-survey.csv", survey_form(SURVEY)
    exported = limesurvey_export(given, form, full=full, language=language)
    exported.to_csv(path, index=False, sep=separator, encoding=encoding)
    back = matched(read_form_answers(path, form), drawn.codes, path.name)
    assert len(back) == 300
    assert analyse_survey(SURVEY, back, drawn.codes) == analyse_survey(SURVEY, answers, drawn.codes)


@pytest.mark.parametrize("full", [False, True])
def test_limesurvey_brings_the_same_scores_as_xlsform(tmp_path, full):
    path, form = tmp_path / "results.csv", risk_form(RISK)
    simulate_risk_answers(RISK, 300, 1).to_csv(path, index=False)
    given = read_form_answers(path, form)
    limesurvey_export(given, form, full=full, language="nl").to_csv(path, index=False, sep=";")
    assert analyse_risks(RISK, read_form_answers(path, form)) == analyse_risks(RISK, given)


def test_headings_that_several_questions_share_are_refused(tmp_path):
    """The text alone does not say of which area a question is."""
    form = risk_form(RISK)
    harm = next(question for question in form.questions() if question.name == "recruitment_origin_harm")
    pd.DataFrame({"role": ["hr"], harm.label["nl"]: ["4"]}).to_csv(tmp_path / "a.csv", index=False)
    with pytest.raises(InputError, match="codes of the questions"):
        read_form_answers(tmp_path / "a.csv", form)


def test_one_wrong_answer_in_many_rows_is_one_fault(tmp_path):
    pd.DataFrame({"role": ["boss"] * 7 + ["hr"]}).to_csv(tmp_path / "a.csv", index=False)
    with pytest.raises(InputError, match="7 rows") as caught:
        read_form_answers(tmp_path / "a.csv", risk_form(RISK))
    assert len(caught.value.faults) == 1


def test_codes_that_nobody_was_given_are_refused(sampled):
    drawn, given, _ = sampled
    with pytest.raises(InputError, match="code of an invitation"):
        matched(given.assign(code="zz"), drawn.codes, "export.csv")


def test_weighted_shares_are_those_of_the_formula(sampled):
    """The stratified mean and its variance with the finite population, written out."""
    drawn, _, answers = sampled
    answers = answers.assign(language=np.where(answers["language"] == "unknown", "no", answers["language"]))
    results = analyse_survey(SURVEY, answers, drawn.codes)
    found = next(each for each in results.figures if (each.item, each.margin) == ("language", "all"))
    numbers = drawn.strata.set_index(["committee", "size"])["population"]
    yes = (answers["language"] == "yes").groupby([answers["committee"], answers["size"]])
    assert yes.size().min() >= 2 and len(yes) == len(numbers)
    share = numbers / numbers.sum()
    value = (share * yes.mean()).sum()
    error = np.sqrt((share**2 * (1 - yes.size() / numbers) * yes.var(ddof=1) / yes.size()).sum())
    assert found.value == pytest.approx(value, abs=1e-12)
    middle = (np.log(found.upper / (1 - found.upper)) - np.log(found.lower / (1 - found.lower))) / 2
    from scipy.stats import t

    assert middle == pytest.approx(t.ppf(0.975, 300 - len(numbers)) * error / (value * (1 - value)), rel=1e-9)


@pytest.mark.slow
def test_weighted_shares_and_differences_are_those_of_the_survey_package_of_r(sampled, tmp_path):
    if shutil.which("Rscript") is None:
        pytest.skip("R is not installed")
    drawn, _, answers = sampled
    results = analyse_survey(SURVEY, answers, drawn.codes)
    table = answers.merge(drawn.strata, on=["committee", "size"]).assign(
        stratum=lambda each: each["committee"] + each["size"],
        known=lambda each: each["language"].isin(["yes", "no"]).astype(int),
        y=lambda each: (each["language"] == "yes").astype(int),
        treated=lambda each: (each["vignette_treated"] != "").astype(int),
        invite=lambda each: (each["vignette_treated"] + each["vignette_control"]).isin(["4", "5"]).astype(int),
    )
    table[["stratum", "population", "known", "y", "treated", "invite"]].to_csv(tmp_path / "x.csv", index=False)
    script = (
        f'library(survey); x <- read.csv("{tmp_path / "x.csv"}"); '
        "d <- svydesign(id = ~1, strata = ~stratum, fpc = ~population, data = x); "
        'p <- svyciprop(~y, subset(d, known == 1), method = "logit", df = degf(d)); g <- svyglm(invite ~ treated, d); '
        "cat(format(c(coef(p), confint(p), coef(g)[2], SE(g)[2]), digits = 15))"
    )
    told = subprocess.run(["Rscript", "-e", script], capture_output=True, text=True, check=True).stdout.split()
    share, lower, upper, difference, error = map(float, told)
    found = next(each for each in results.figures if (each.item, each.margin) == ("language", "all"))
    assert (found.value, found.lower, found.upper) == pytest.approx((share, lower, upper), abs=1e-8)
    found = next(each for each in results.figures if (each.item, each.kind) == ("vignette", "difference"))
    from scipy.stats import t

    reach = t.ppf(0.975, 300 - table["stratum"].nunique()) * error
    assert (found.value, found.upper - found.value) == pytest.approx((difference, reach), abs=1e-8)


def test_what_is_hidden_cannot_be_had_by_subtraction_and_no_release_is_made_elsewhere(sampled):
    drawn, _, answers = sampled
    results = analyse_survey(SURVEY, answers, drawn.codes)
    released = release_questionnaire(results)
    assert released.figures and all(each.answers >= released.least for each in released.figures)
    hidden = pd.DataFrame(released.hidden, columns=["item", "kind", "margin", "group"])
    assert hidden[hidden["margin"] == "size"].groupby("item").size().min() >= 2
    with pytest.raises(DisclosureError, match="gate"):
        replace(released, seal=None)
    assert isinstance(released, QuestionnaireRelease)


def test_a_few_answerers_are_not_shown_and_enough_are_ranked(tmp_path):
    simulate_risk_answers(RISK, 45, 1).to_csv(tmp_path / "a.csv", index=False)
    answers = read_form_answers(tmp_path / "a.csv", risk_form(RISK))
    with pytest.raises(DisclosureError, match="10 answers or more"):
        release_questionnaire(analyse_risks(RISK, answers.head(9)))
    results = analyse_risks(RISK, answers)
    top = ranked(results.figures)[0]
    own = answers[[f"{top.item.replace('.', '_')}_{scale}" for scale in ("likelihood", "harm", "evidence")]]
    scores = own.apply(pd.to_numeric, errors="coerce").prod(axis=1, skipna=False)
    assert top.value == pytest.approx(scores.mean()) == pytest.approx(max(e.value for e in ranked(results.figures)))
    for language in ("nl", "fr", "en"):
        assert len(questionnaire_document(release_questionnaire(results), language).chapters) == 5
