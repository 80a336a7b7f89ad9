"""The verbs of `corrtest questionnaire`, in a study folder: the form out, the answers in."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from corrtest.lab import simulate_ratings, simulate_risk_answers
from corrtest.questionnaires import read_items
from corrtest.resources import ready_design
from corrtest.spec import read_study


def test_names_are_rated_in_the_study_folder(corrtest, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "study.toml").write_text(ready_design("construction").read_text(encoding="utf-8"), encoding="utf-8")
    written = corrtest("questionnaire", "rating", "--per-rater", 40, "--language", "nl")
    assert written.code == 0, written.err
    assert (tmp_path / "ratings" / "form.xlsx").is_file()
    items = read_items(tmp_path / "ratings" / "items.csv")
    simulate_ratings(items, 30, seed=1).to_csv(tmp_path / "answers.csv", index=False)
    rated = corrtest("questionnaire", "rated", "answers.csv", "--source", "30 simulated raters")
    assert rated.code == 0, rated.err
    assert "30 raters" in rated.out
    table = pd.read_csv(tmp_path / "ratings" / "rated.csv")
    assert set(table["kind"]) == {"given_name", "family_name", "sentence"}
    assert (tmp_path / "ratings" / "agreement.csv").is_file()


def test_answers_to_something_else_are_refused(corrtest, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "study.toml").write_text(ready_design("construction").read_text(encoding="utf-8"), encoding="utf-8")
    corrtest("questionnaire", "rating")
    (tmp_path / "answers.csv").write_text("who,what\n1,2\n", encoding="utf-8")
    refused = corrtest("questionnaire", "rated", "answers.csv", "--source", "nobody")
    assert refused.code == 2
    assert "i0001_origin" in refused.err
    assert not (tmp_path / "ratings" / "rated.csv").exists()


@pytest.mark.slow
def test_a_report_is_remembered_and_stands_in_the_overview_but_in_no_comparison(corrtest, tmp_path, monkeypatch):
    corrtest("new", "removals")
    monkeypatch.chdir(tmp_path / "removals")
    study = read_study("study.toml")
    answers = simulate_risk_answers(study, 25, seed=1).assign(simulated=False)
    for count in (24, 25):
        answers.head(count).to_csv("export.csv", index=False)
        assert corrtest("questionnaire", "answers", "export.csv").code == 0
        assert corrtest("analyse").code == 0
        reported = corrtest("report", "--format", "json", "--language", "nl")
        assert reported.code == 0, reported.err
        assert "Remembered in secret/release_log" in reported.out
    left = json.loads((tmp_path / "removals" / "report" / "report.json").read_text(encoding="utf-8"))
    # One answer more: of what it was given to, the two reports together would tell it.
    assert left["hidden"] and all(figure["answers"] <= 24 for figure in left["figures"])
    refused = corrtest("compare", "report/report.json", "report/report.json", "--out", "compared")
    assert (
        refused.code == 2 and "corrtest overview" in refused.err and not (tmp_path / "removals" / "compared").exists()
    )
    monkeypatch.chdir(tmp_path)
    shown = corrtest("overview", "removals", "--out", "all", "--language", "nl", "--format", "html")
    assert shown.code == 0, shown.err
    page = (tmp_path / "all" / "overview_public_nl.html").read_text(encoding="utf-8")
    assert "Risicoanalyses: de hoogste risico's" in page.replace("&#39;", "'")
    told = json.loads((tmp_path / "all" / "overview_public.json").read_text(encoding="utf-8"))["asked"]
    assert [(each["sector"], each["answers"]) for each in told] == [("removals", 25)]
    assert all("positives" not in figure for figure in told[0]["figures"])


@pytest.mark.parametrize(
    ("sector", "told"), [("audiovisual", "300 respondents"), ("removals", "30 people judge 12 risks")]
)
def test_a_study_that_asks_speaks_of_no_pairs_and_has_no_sheet_for_vacancies(
    corrtest, tmp_path, monkeypatch, sector, told
):
    made = corrtest("new", sector)
    assert made.code == 0 and "folder questionnaire" in made.out and "vacanc" not in made.out
    assert not (tmp_path / sector / "vacancies").exists()
    advice = (tmp_path / sector / "LEESMIJ.txt").read_text(encoding="utf-8")
    assert "corrtest questionnaire form" in advice and "vacature" not in advice and "paren" not in advice
    monkeypatch.chdir(tmp_path / sector)
    checked = corrtest("check")
    assert checked.code == 0 and told in checked.out and "pair" not in checked.out
