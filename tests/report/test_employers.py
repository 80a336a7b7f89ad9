import re

import pytest

from corrtest.pages import html_page
from corrtest.report import employer_document, write_employer_pack
from corrtest.report.employers import PARTS
from corrtest.resources import designs_folder
from corrtest.spec import read_study


@pytest.fixture(scope="module")
def study():
    return read_study(designs_folder() / "social_profit.toml")


def test_letter_leaflet_and_questions_in_both_languages(study, tmp_path):
    written = write_employer_pack(study, tmp_path, formats=("html", "docx"))
    assert sorted(path.name for path in written) == sorted(
        f"employers_{part}_{language}.{form}"
        for part in PARTS
        for language in ("nl", "en")
        for form in ("html", "docx")
    )


def test_the_leaflet_fits_one_page_and_the_load_is_that_of_the_study(study, tmp_path):
    from pypdf import PdfReader

    for path in write_employer_pack(study, tmp_path, formats=("pdf",)):
        reader = PdfReader(path)
        if "leaflet" in path.name:
            assert len(reader.pages) == 1
    text = html_page(employer_document(study, "leaflet", "nl"))
    assert f"{study.caps.total} in totaal, {study.caps.window.pairs} binnen {study.caps.window.weeks} weken" in text
    assert "11 januari 2027 tot 9 juli 2027" in text
    assert "4.200 paren" in text


def test_employers_are_not_told_how_to_recognise_an_application(study):
    for part in PARTS:
        for language in ("nl", "en", "fr"):
            text = html_page(employer_document(study, part, language)).lower()
            for occupation in study.occupations:
                assert occupation.title.lower() not in text
            for criterion in study.criteria:
                for level in criterion.levels:
                    assert level.name not in text
            assert not re.search(r"maghr[eé]b|turks|turkish|turc|doof|deaf|sourd\b", text)


def test_a_simulated_study_says_so(study):
    page = html_page(employer_document(study, "letter", "en", simulated=True))
    assert "SIMULATED: this study does not exist" in page
