"""Occupations: those that corrtest brings along, their titles, and a study's own."""

from __future__ import annotations

import pytest

from corrtest.errors import InputError, StudyError
from corrtest.lab import simulate_vacancies
from corrtest.spec import (
    SHIPPED,
    Names,
    check_vacancies,
    document_languages,
    joint_committees,
    phrase_texts,
    read_study,
    read_study_text,
)


@pytest.mark.parametrize("occupation", SHIPPED.occupations.values(), ids=lambda occupation: occupation.code)
def test_every_occupation_is_complete(occupation):
    assert set(occupation.titles) == {"nl", "en", "fr", "de"}
    assert set(occupation.texts) == set(document_languages())
    assert set(occupation.joint_committees) <= set(joint_committees().index)


def test_an_occupation_is_known_by_its_code_and_its_titles_in_any_language_and_case():
    assert len(SHIPPED.occupations) == 32
    for code, occupation in SHIPPED.occupations.items():
        for title in (code, *(text for titles in occupation.titles.values() for text in titles.every())):
            assert SHIPPED.occupation_code(title.upper()) == code
            assert SHIPPED.occupation_code(f" {title.capitalize()} ") == code
    assert SHIPPED.occupation_code("zanger") is None


def test_a_study_and_its_vacancies_may_name_an_occupation_by_its_title(repository):
    text = (repository / "designs" / "construction.toml").read_text(encoding="utf-8").replace("= 200", "= 5")
    by_code = read_study_text(text, "study.toml")
    by_title = read_study_text(text.replace('code = "mason"', 'code = "Maçon"'), "study.toml")
    assert by_title.occupations == by_code.occupations
    vacancies = simulate_vacancies(by_code)
    titled = vacancies.assign(occupation=vacancies["occupation"].replace({"mason": "METSELAAR"}))
    assert check_vacancies(titled, by_code)["occupation"].tolist() == vacancies["occupation"].tolist()
    with pytest.raises(InputError, match=r"got 'zanger' .*expected an occupation of the study"):
        check_vacancies(vacancies.assign(occupation="zanger"), by_code)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('areas = ["Bouw"]', r"occupations/mason.toml, line 2, key 'nl.areas': got 1; expected at least two entries"),
        ('employers = ["Firma", "{firm} NV"]', "one blank, {firm} or {home}"),
        ('tasks = [["een", "twee"]]', "got 1 entries; expected at least 8"),
        ('certificates = [["VCA"]]', "two wordings of equal strength"),
        ('certificates = [["VCA in {stad}", "VCA"]]', r"key 'nl.certificates\[0\].a'.*blanks among"),
        ('certificats = [["VCA", "Attest VCA"]]', "Did you mean 'certificates'"),
    ],
)
def test_a_faulty_occupation_is_named_with_file_and_key(tmp_path, repository, line, message):
    text = (repository / "designs" / "construction.toml").read_text(encoding="utf-8")
    (tmp_path / "study.toml").write_text(text, encoding="utf-8")
    (tmp_path / "occupations").mkdir()
    (tmp_path / "occupations" / "mason.toml").write_text(f"[nl]\n{line}\n", encoding="utf-8")
    with pytest.raises(StudyError, match=message):
        read_study(tmp_path / "study.toml")


def test_a_title_belongs_to_one_occupation():
    own = (("occupations/carpenter.toml", '[titles.nl]\nalso = ["metselaar"]\n'),)
    assert "a title that occupation 'carpenter' does not have" in str(Names(own=own).faults[0])


def test_phrases_are_read_strictly():
    assert phrase_texts("Een [a|b] in {town}", ("town",)) == ("Een a in {town}", "Een b in {town}")
    for wrong in ("Een [a|b", "Een {stad}", "Een {town", ""):
        assert phrase_texts(wrong, ("town",)) == ()
