"""A study drawn up after a profile, held against it, and its report that says so."""

from __future__ import annotations

import json
from pathlib import Path

from corrtest.design import plan_together
from corrtest.lab import simulate_vacancies
from corrtest.spec import check_vacancies, read_study


def test_new_draws_up_after_a_profile_and_the_folder_conforms(corrtest, monkeypatch):
    ran = corrtest("new", "audiovisual", "--profile", "2026")
    assert ran.code == 0, ran
    assert "did not accept" not in ran.out
    monkeypatch.chdir("audiovisual")
    assert (
        "audiovisual-baseline-2027 conforms to 2026: the uniform system of 2026 (version 1"
        in corrtest("conformity").out
    )
    assert corrtest("check").code == 0
    study = read_study("study.toml")
    (plan,) = plan_together([study], check_vacancies(simulate_vacancies(study), study))
    assert (len(plan.pairs), plan.shortfalls) == (800, ())


def test_new_says_where_the_federation_did_not_accept(corrtest):
    assert "the federation of this sector did not accept" in corrtest("new", "food", "--profile", "2026").out


def test_departures_are_listed_with_their_source_and_fail(corrtest):
    assert corrtest("new", "hospitality").code == 0
    assert corrtest("conformity", "hospitality").code == 0
    ran = corrtest("conformity", "hospitality", "--profile", "2026")
    assert ran.code == 1
    assert "departs from 2026 in 3 things" in ran.err
    assert "origin, age and disability" in ran.out
    assert "Belga News Agency" in ran.out
    found = json.loads(corrtest("conformity", "hospitality", "--profile", "2026", "--json").out)
    assert not found["conforms"]
    assert {each["fact"]: each["assumption"] for each in found["departures"]} == {
        "criteria": False,
        "levels": True,
        "channels": False,
    }


def test_the_table_of_departures_is_in_dutch_too(corrtest, monkeypatch):
    assert corrtest("new", "hospitality").code == 0
    monkeypatch.setenv("CORRTEST_LANGUAGE", "nl")
    ran = corrtest("conformity", "hospitality", "--profile", "2026")
    assert "herkomst, leeftijd en handicap" in ran.out
    assert "wijkt op 3 punten af van 2026" in ran.err


def test_a_profile_must_be_known_and_said(corrtest):
    assert corrtest("new", "hospitality", "--profile", "2062").code == 2
    assert not Path("hospitality").exists()
    assert corrtest("new", "hospitality").code == 0
    assert "There is no profile '2062'" in corrtest("conformity", "hospitality", "--profile", "2062").err
    study = Path("hospitality/study.toml")
    lines = study.read_text(encoding="utf-8").splitlines(keepends=True)
    study.write_text("".join(line for line in lines if not line.startswith("profile")), encoding="utf-8")
    ran = corrtest("conformity", "hospitality")
    assert ran.code == 2
    assert 'write profile = "2026" under [study]' in ran.err
    both = corrtest("conformity", "hospitality", "--profile", "2026", "--baseline", "hospitality")
    assert both.code == 2


def test_a_study_is_held_against_the_measurement_before(corrtest):
    assert corrtest("new", "hospitality").code == 0
    assert corrtest("new", "hairdressing").code == 0
    assert corrtest("conformity", "hospitality", "--baseline", "hospitality").code == 0
    ran = corrtest("conformity", "hospitality", "--baseline", "hairdressing", "--json")
    assert ran.code == 1
    assert {each["fact"] for each in json.loads(ran.out)["departures"]} == {"sector", "committees"}


def test_earlier_results_are_set_against_one_results_file(corrtest):
    Path("earlier.csv").write_text("name,sector\nx,y\n", encoding="utf-8")
    refused = corrtest("compare", "report.json", "--earlier", "earlier.csv", "--out", "x")
    assert refused.code == 2
    assert "criterion" in refused.err
