"""The ethics and data-protection file: complete in each language, and its figures those of the study."""

from __future__ import annotations

import csv
import re
import tomllib
from importlib.resources import files
from pathlib import Path

import docx
import pytest

from corrtest.errors import ReportError
from corrtest.pages import html_page
from corrtest.report import ETHICS_LANGUAGES, employer_document, ethics_document, ethics_parts, write_ethics_file
from corrtest.resources import designs_folder
from corrtest.spec import PLACES, read_study

TEXTS = tomllib.loads(files("corrtest.report").joinpath("ethics.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def study():
    return read_study(designs_folder() / "social_profit.toml")


def said(value, path=""):
    """Yield every text of the data with its place."""
    if isinstance(value, dict) and set(value) & {"nl", "fr"}:
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from said(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from said(inner, f"{path}[{number}]")


def test_every_text_stands_in_each_language_with_the_same_blanks():
    texts = list(said(TEXTS))
    assert len(texts) > 100
    for path, text in texts:
        assert set(text) == set(ETHICS_LANGUAGES), path
        blanks = {language: sorted(set(re.findall(r"{(\w+)}", text[language]))) for language in text}
        assert len(set(map(tuple, blanks.values()))) == 1, (path, blanks)


def test_every_law_has_a_source_and_each_language():
    rows = list(csv.DictReader(files("corrtest.report").joinpath("ethics_law.csv").read_text("utf-8").splitlines()))
    assert len(rows) >= 8
    for row in rows:
        assert row["source"].startswith("http")
        assert all(row[language] for language in ETHICS_LANGUAGES)


@pytest.mark.parametrize("language", ETHICS_LANGUAGES)
@pytest.mark.parametrize(
    "part", ["application", "dpia", "record", "retention", "incidents", "debriefing", "incident_letter"]
)
def test_no_blank_is_left_open(study, part, language):
    page = html_page(ethics_document(study, part, language))
    assert not re.search(r"\{\w+\}", page)


def test_the_parts_are_all(study):
    assert ethics_parts() == (
        "application",
        "dpia",
        "record",
        "retention",
        "incidents",
        "debriefing",
        "incident_letter",
    )


def test_the_facts_are_those_of_the_study(study):
    page = html_page(ethics_document(study, "application", "nl"))
    caps = study.caps
    assert f"{caps.total} paren in totaal, {caps.window.pairs} binnen {caps.window.weeks} weken" in page
    assert "4.200" in page
    assert "Laat het nalezen door uw functionaris voor gegevensbescherming" in page
    assert "11 januari 2027 tot 9 juli 2027" in page
    # 2 applications of 3 minutes and 2 replies of 5; 4,200 pairs take 1,120 hours of all employers together.
    assert ">16<" in page
    assert ">1.120<" in page


def test_days_of_retention_follow_from_the_period(study):
    # 9 July 2027 and 30 days of waiting; six months later identities go, ten years later the results.
    page = html_page(ethics_document(study, "retention", "en"))
    assert "August 8, 2027" in page or "8 August 2027" in page
    assert re.search(r"February 7, 2028|7 February 2028", page)
    assert re.search(r"August [789], 2037|[789] August 2037", page)


def test_every_place_that_names_employers_is_accounted_for():
    told = {name for kept in TEXTS["kept"] for name in kept["places"]}
    assert {place.name for place in PLACES if place.names_employers} <= told
    assert told <= {place.name for place in PLACES}


def test_nothing_says_how_to_recognise_an_application(study):
    for part in ethics_parts():
        page = html_page(ethics_document(study, part, "nl"))
        for occupation in study.occupations:
            assert occupation.title not in page


def test_word_and_the_marks_of_a_study_that_does_not_exist(study, tmp_path: Path):
    written = write_ethics_file(study, tmp_path, languages=("nl", "fr"), formats=("docx",), simulated=True)
    assert len(written) == 2 * len(ethics_parts())
    assert all(path.stat().st_mode & 0o077 == 0 for path in written)
    (path,) = (path for path in written if "debriefing" in path.name and "nl" in path.name)
    text = "\n".join(each.text for each in docx.Document(str(path)).paragraphs)
    assert "Geachte werkgever" in text
    assert "SIMULAT" in text.upper() or "GESIMULEERD" in text.upper()


def test_another_language_names_the_known_ones(study):
    with pytest.raises(ReportError, match="one of: en, fr, nl"):
        ethics_document(study, "dpia", "pl")


@pytest.mark.parametrize(
    ("language", "words"), [("nl", "ondernemingsraad"), ("fr", "conseil d"), ("en", "works council")]
)
def test_employers_read_of_opting_out_complaints_rights_and_works_council(study, language, words):
    page = html_page(employer_document(study, "questions", language))
    assert words in page
