import io
from datetime import date

import pytest
from pypdf import PdfReader

from corrtest.design import freeze, make_plan, preregistration, write_preregistration
from corrtest.errors import ReportError
from corrtest.power import power_of_plan
from corrtest.spec import Caps, Window
from corrtest.spec.study import SizeStep
from tests.design.instances import make_study, make_vacancies


@pytest.fixture(scope="module")
def plan():
    caps = Caps(total=2, window=Window(pairs=1, weeks=8), by_size=(SizeStep(employees=250, total=5, window_pairs=2),))
    study = make_study({"124": {"origin": 60, "age": 60}, "200": {"disability": 400}}, name="study #1 *_[x]", caps=caps)
    return freeze(
        make_plan(study, make_vacancies(study, 500, 300), allow_shortfall=True), by="A. Person", on=date(2027, 1, 4)
    )


@pytest.mark.parametrize("language", ["nl", "en", "fr"])
def test_it_says_what_the_study_and_the_plan_say(plan, language):
    text = preregistration(plan, power_of_plan(plan), language)
    for word in (plan.manifest["sha256"], plan.study.name, "A. Person", "2027", "250", "McNemar", "Tang", "Holm"):
        assert word in text
    for row in plan.pairs.groupby(["joint_committee", "criterion"]).size().items():
        assert f"| {row[1]} |" in text
    assert str(plan.shortfalls[0].planned) in text
    for employer in plan.pairs["employer_id"].unique():
        assert employer not in text
    assert "{{" not in text and "None" not in text


def test_the_setting_of_what_a_test_is_is_printed():
    study = make_study({"124": {"origin": 60}}, tests_are="applications")
    plan = make_plan(study, make_vacancies(study, 300, 200))
    text = preregistration(plan, power_of_plan(plan))
    assert "200 tests are 200 applications, that is 100 pairs" in text
    assert "| JC 124 bouwbedrijf | origin | 30 | 30 |" in text


def test_the_pdf_holds_the_text_and_is_the_same_twice(plan, tmp_path):
    paths = write_preregistration(plan, power_of_plan(plan), tmp_path / "one")
    again = write_preregistration(plan, power_of_plan(plan), tmp_path / "two")
    assert [path.read_bytes() for path in paths] == [path.read_bytes() for path in again]
    assert [path.name for path in paths] == [
        f"preregistration-{lang}.{kind}" for lang in ("nl", "en") for kind in ("md", "pdf")
    ]
    pages = PdfReader(io.BytesIO(paths[3].read_bytes())).pages
    text = "\n".join(page.extract_text() for page in pages)
    assert "Preregistration: study #1 *_[x]" in text
    assert "12. Deviations" in text


def test_another_language_is_named(plan):
    with pytest.raises(ReportError, match="no preregistration in language 'de'"):
        preregistration(plan, power_of_plan(plan), "de")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("nl", ("11 januari 2027", "PC 124 bouwbedrijf", "Maghrebijnse naam")),
        ("fr", ("11 janvier 2027", "CP 124", "nom maghrébin")),
        ("en", ("11 January 2027", "JC 124", "Maghrebi name")),
    ],
)
def test_what_has_a_name_is_named(plan, language, said):
    text = preregistration(plan, power_of_plan(plan), language)
    assert "maghrebi_name" not in text
    for word in said:
        assert word.lower() in text.lower()
