"""The verbs of `corrtest questionnaire`, in a study folder: the form out, the answers in."""

from __future__ import annotations

import pandas as pd

from corrtest.lab import simulate_ratings
from corrtest.questionnaires import read_items
from corrtest.resources import ready_design


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
