import re

import pytest

from corrtest.cli.app import app
from corrtest.cli.translated import help_texts
from corrtest.disclosure import REASONS
from corrtest.errors import ReportError
from corrtest.pages import catalogue, languages
from corrtest.resources import designs_folder
from corrtest.spec import belgian_experiments, document_languages, postal_codes, read_study
from tests.pages.messages import WRITTEN_BY, messages_in, messages_of, said_in

CASES = [(document, language) for document in WRITTEN_BY for language in languages(document)]


@pytest.mark.parametrize(("document", "language"), CASES)
def test_every_message_of_a_document_has_a_text_in_each_of_its_languages(repository, document, language):
    words = catalogue(language, document)
    found = messages_of(document, repository / "corrtest")
    assert len(found) > 20
    for message in found:
        places = sorted(re.findall(r"{\w+[^}]*}", message))
        assert sorted(re.findall(r"{\w+[^}]*}", words.text(message))) == places, message


@pytest.mark.parametrize(("document", "language"), CASES)
def test_what_english_names_every_language_of_a_document_names(document, language):
    named = {place for place in catalogue("en").names if place[0] != "document"}
    assert named - set(catalogue(language, document).names) == set()


def test_no_message_is_left_over(repository):
    found = {message for file in (repository / "corrtest").rglob("*") for message in messages_in(file)}
    found |= set(REASONS.values()) | help_texts(app)
    for file in (repository / "corrtest").rglob("*.py"):
        found |= said_in(file)
    assert set(catalogue("nl").messages) - found == set()


def test_numbers_are_written_as_the_language_writes_them():
    english, dutch = catalogue("en"), catalogue("nl")
    assert (english.number(1234.5, 1), dutch.number(1234.5, 1)) == ("1,234.5", "1.234,5")
    assert (english.number(-0.25), dutch.number(-0.25)) == ("\N{MINUS SIGN}0.25", "\N{MINUS SIGN}0,25")
    assert (english.percent(0.125, 1), dutch.percent(0.125, 1)) == ("12.5%", "12,5\N{NO-BREAK SPACE}%")
    assert (english.short(0.5), dutch.short(0.5), dutch.short(2)) == ("0.5", "0,5", "2")
    assert english.number(None) == "–"


def test_a_language_without_the_document_is_refused():
    with pytest.raises(ReportError, match=r"There is no report in language 'xx'\. Use one of: de, en, fr, nl"):
        catalogue("xx")
    with pytest.raises(ReportError, match="There is no letter to employers in language 'xx'"):
        catalogue("xx", "letter")


@pytest.mark.parametrize("document", ["report", "letter", "preregistration"])
def test_a_language_that_a_study_file_may_choose_is_complete(document):
    assert set(document_languages()) <= set(languages(document))


@pytest.mark.parametrize("language", languages("report"))
def test_every_ready_design_and_every_province_has_a_name(language):
    names = catalogue(language).names
    sectors = {read_study(design).sector for design in designs_folder().glob("*.toml")}
    assert len(sectors) > 30
    assert sectors <= {key for kind, key in names if kind == "sector"}
    assert set(postal_codes()["province"]) <= {key for kind, key in names if kind == "province"}
    assert set(belgian_experiments()["treated"]) <= {key for kind, key in names if kind == "tested_group"}
