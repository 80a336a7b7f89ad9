"""Profiles: every ready design conforms to its own, and to that of 2026 once it is drawn up after it."""

from __future__ import annotations

import re
from datetime import date

import pytest

from corrtest.design import study_refusals
from corrtest.errors import StudyError
from corrtest.generator import SHIPPED_POOLS, document_refusals
from corrtest.pages import catalogue
from corrtest.resources import designs_folder, ready_design
from corrtest.spec import departures, profile, profile_names, profile_of, read_study, read_study_text
from corrtest.spec.profiles import facts
from corrtest.spec.profiles.applying import with_profile

# A second study of a sector follows no profile: those say one instrument a sector.
SECOND = "temporary_agency_work_calls"
DESIGNS = sorted(path for path in designs_folder().glob("*.toml") if path.stem != SECOND)
NEW = profile("2026")


def drawn_up(sector):
    return with_profile(ready_design(sector).read_text(encoding="utf-8"), NEW)


def departed(text, name="2026"):
    return {
        each.fact.name: each for each in departures(read_study_text(text, "study.toml").description(), profile(name))
    }


def test_there_are_two_profiles_of_37_sectors():
    assert profile_names() == ("2021", "2026")
    assert len([path for path in DESIGNS if path.stem != "national"]) == 37


@pytest.mark.parametrize("path", DESIGNS, ids=lambda path: path.stem)
def test_a_ready_design_says_that_it_is_of_2021_and_conforms(path):
    study = read_study(path)
    assert study.profile == "2021"
    assert departures(study.description(), profile("2021")) == ()


@pytest.mark.parametrize("path", DESIGNS, ids=lambda path: path.stem)
def test_each_sector_drawn_up_after_2026_conforms_and_can_be_carried_out(path):
    study = read_study_text(drawn_up(path.stem), path.name)
    assert (study.profile, study.instrument, study.channels) == ("2026", "correspondence_test", ("email", "telephone"))
    assert {criterion for _, criterion in study.quota()} == {"origin", "age"}
    assert departures(study.description(), NEW) == ()
    assert [*study_refusals(study), *document_refusals(study, SHIPPED_POOLS)] == []
    before = read_study(path)
    assert [each.number for each in study.committees] == [each.number for each in before.committees]
    assert study.occupations == before.occupations


def test_drawing_up_keeps_the_sector_and_the_comments_that_still_hold():
    text = drawn_up("audiovisual")
    assert text.startswith("# Nulmeting of: audiovisual sector and film production.\n# Drawn up after profile 2026")
    assert "measures by a survey" not in text
    assert "# Paritair Subcomité voor de filmproductie" in text


@pytest.mark.parametrize(
    ("old", "new", "fact", "assumption"),
    [
        ("origin = 200, age = 200 }", "origin = 200, age = 150 }", "pairs", True),
        ('declared = ["email", "telephone"]', 'declared = ["email", "portal"]', "channels", False),
        ('declared = ["email", "telephone"]', "", "channels", False),
        ("reaction_window_days = 30", "reaction_window_days = 14", "reaction_window_days", True),
        ("lag_days = 1 ", "lag_days = 4 ", "lag_days", True),
        ("total = 2 ", "total = 3 ", "caps_total", True),
        ("weeks = 8 ", "weeks = 4 ", "caps_window_weeks", True),
        ("start = 2027-01-11", "start = 2026-11-02", "start", False),
        ('broad = ["invitation", "other_positive"]', 'broad = ["invitation", "request"]', "broad", True),
        ("min_pairs = 30", "min_pairs = 20", "min_pairs", True),
        ("confidence_level = 0.95", "confidence_level = 0.9", "confidence_level", True),
        ('name = "age_50"', 'name = "age_50_maghrebi_name"', "levels", True),
    ],
)
def test_each_departure_is_found_alone(old, new, fact, assumption):
    text = drawn_up("hospitality")
    assert old in text
    found = departed(text.replace(old, new))
    assert list(found) == [fact]
    assert found[fact].assumption is assumption
    assert found[fact].source


def test_a_study_of_2021_departs_from_2026_in_criteria_signals_and_channels():
    text = ready_design("hospitality").read_text(encoding="utf-8")
    assert set(departed(text)) == {"criteria", "levels", "channels"}
    assert departed(ready_design("removals").read_text(encoding="utf-8"))["instrument"].given == ("risk_analysis",)


def test_results_that_fell_short_depart_in_the_tests_they_reached():
    described = read_study_text(drawn_up("hospitality"), "study.toml").description()
    assert departures(described | {"reached": [200, 231]}, NEW) == ()
    (found,) = departures(described | {"reached": [200, 180]}, NEW)
    assert (found.fact.name, found.given, found.expected) == ("reached", (200, 180), (200,))


def test_a_second_wave_is_held_against_the_first():
    text = drawn_up("hospitality")
    against = profile_of(read_study_text(text, "study.toml").description())
    later = re.sub(r"start = 2027-01-11, end = 2027-07-09", "start = 2029-01-08, end = 2029-07-06", text)
    assert departures(read_study_text(later, "study.toml").description(), against) == ()
    other = read_study_text(later.replace('strict = ["invitation"]', 'strict = ["other_positive"]'), "study.toml")
    assert [each.fact.name for each in departures(other.description(), against)] == ["strict"]


@pytest.mark.parametrize("name", profile_names())
def test_a_profile_says_for_each_rule_its_source_and_has_words_in_four_languages(name):
    chosen = profile(name)
    assert isinstance(chosen.dated, date)
    assert all(rule.source and rule.values for rule in chosen.rules)
    # What is known from the press or the document is no design decision.
    assert all(rule.assumption for rule in chosen.rules if "Design decision" in rule.source)
    assert set(chosen.title) == {"en", "nl", "fr", "de"}
    words = catalogue("nl")
    for rule in chosen.rules:
        if rule.fact.words:
            kinds = [words.names.get((rule.fact.words, str(value))) for value in rule.values]
            assert all(kinds), (rule.fact.name, rule.values)


def test_each_fact_has_a_label_in_four_languages():
    assert all(set(fact.label) == {"en", "nl", "fr", "de"} for fact in facts().values())


def test_a_profile_that_is_not_known_is_a_fault_of_the_study_file():
    text = drawn_up("hospitality").replace('profile = "2026"', 'profile = "2025"')
    with pytest.raises(StudyError, match="one of 2021, 2026"):
        read_study_text(text, "study.toml")


def test_a_channel_that_is_not_known_is_a_fault_of_the_study_file():
    text = drawn_up("hospitality").replace('"telephone"]', '"fax"]')
    with pytest.raises(StudyError, match="got 'fax'; expected one of email"):
        read_study_text(text, "study.toml")
