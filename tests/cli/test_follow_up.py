"""A follow-up planned from its baseline: the same measurement, with both waves' load on employers counted."""

from __future__ import annotations

import pandas as pd
import pytest

from corrtest.design import read_plan
from corrtest.lab import simulate_vacancies
from corrtest.spec import read_study


@pytest.mark.slow
def test_a_follow_up_counts_what_employers_got_in_its_baseline(corrtest, monkeypatch, tmp_path):
    assert corrtest("new", "hospitality", "--profile", "2026").code == 0
    monkeypatch.chdir("hospitality")
    study = read_study("study.toml")
    market = simulate_vacancies(study)
    market.to_csv("vacancies/market.csv", index=False)
    assert corrtest("plan").code == 0
    monkeypatch.chdir(tmp_path)
    ran = corrtest("new", "hospitality", "--follow-up", "hospitality", "--second-ratio", "0.95", "--out", "second")
    assert ran.code == 0, ran
    assert "400 pairs of the baseline count towards their employers' caps" in ran.out
    assert "origin: as many tests as the baseline (200) tell 0.95" in ran.out
    assert corrtest("conformity", "second").code == 0
    assert corrtest("conformity", "second", "--baseline", "hospitality").code == 0
    monkeypatch.chdir("second")
    after = read_study("study.toml")
    assert after.seed != study.seed
    later = after.period.start - study.period.start
    for name in ("opens", "closes"):
        market[name] = pd.to_datetime(market[name]) + later
    market.to_csv("vacancies/market.csv", index=False)
    ran = corrtest("plan", "--allow-shortfall")
    assert "What employers got in the baseline was counted" in ran.out, ran
    before = pd.read_csv("secret/already_sent.csv", dtype=str)
    planned = read_plan("plan/version-1").pairs
    both = pd.concat([before["employer_id"], planned["employer_id"]]).value_counts()
    assert both.max() == study.caps.total
    assert set(before["employer_id"]) & set(planned["employer_id"])
    assert corrtest("verify").code == 0


def test_what_does_not_fit_a_follow_up_is_refused(corrtest):
    assert corrtest("new", "hospitality").code == 0
    assert "Type: corrtest new hospitality" in corrtest("new", "retail", "--follow-up", "hospitality").err
    assert corrtest("new", "hospitality", "--follow-up", "hospitality", "--profile", "2026").code == 2
    assert corrtest("new", "hospitality", "--second-ratio", "0.9", "--out", "x").code == 2
    ran = corrtest("new", "hospitality", "--follow-up", "hospitality")
    assert "no plan here" in ran.out
    assert "is no baseline" in corrtest("new", "hospitality", "--follow-up", "hospitality-follow-up", "--out", "y").err
