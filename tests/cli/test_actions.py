"""Actions are listed, what is overdue fails, and the report prints them."""

from __future__ import annotations

import dataclasses
import json
from datetime import date
from pathlib import Path

from corrtest.disclosure import default_policy, release
from corrtest.pages import Table, catalogue
from corrtest.report import build_comparison
from corrtest.report.chapters.action import action_plan
from corrtest.report.view import View
from corrtest.spec import Action
from tests.disclosure.sectors import sector_results

ACTION = Action(
    action="Structured interviews",
    owner="sector fund",
    due=date(2027, 11, 30),
    target="the form is used",
    state="done",
    done_on=date(2027, 9, 1),
    criterion="origin",
)


def test_actions_are_listed_and_what_is_overdue_fails(corrtest, monkeypatch):
    assert corrtest("new", "hospitality").code == 0
    monkeypatch.chdir("hospitality")
    assert "corrtest actions --template" in corrtest("actions").err
    assert corrtest("actions", "--template").code == 0
    assert corrtest("actions", "--template").code == 2
    assert "0 actions in all" in corrtest("actions").out
    Path("more.csv").write_text(
        "action,owner,due,target,state\nTraining,employers,2027-05-01,100 recruiters,planned\n", encoding="utf-8"
    )
    assert "1 action in all, 0 overdue" in corrtest("actions", "--file", "more.csv", "--on", "2027-05-01").out
    late = corrtest("actions", "--file", "more.csv", "--overdue", "--on", "2027-06-01", "--json")
    assert late.code == 1
    assert [each["action"] for each in json.loads(late.out)] == ["Training"]


def test_an_action_is_added_below_the_others(corrtest, monkeypatch):
    assert corrtest("new", "hospitality").code == 0
    monkeypatch.chdir("hospitality")
    given = ["--owner", "sector fund", "--due", "2027-11-30", "--target", "the form is used"]
    added = corrtest("actions", "add", "Structured interviews", *given, "--criterion", "origin", "--committee", "302")
    assert "Added to actions.xlsx: Structured interviews, due 2027-11-30." in added.out
    assert corrtest("actions", "add", "=1+1", *given, "--state", "done", "--done-on", "2027-06-01").code == 0
    first, second = json.loads(corrtest("actions", "--json").out)
    assert (first["criterion"], first["joint_committee"], first["state"]) == ("origin", "302", "planned")
    assert (second["action"], second["done_on"]) == ("=1+1", "2027-06-01")
    before = Path("actions.xlsx").read_bytes()
    refused = corrtest("actions", "add", "Training", *given, "--criterion", "gender", "--state", "done")
    assert refused.code == 2
    assert "criterion" in refused.err
    assert "done_on" in refused.err
    assert Path("actions.xlsx").read_bytes() == before


def test_the_chapter_lists_actions_beside_the_findings_that_they_answer():
    releases = release(sector_results(1), default_policy())
    general = dataclasses.replace(ACTION, criterion=None, action="Training", state="planned", done_on=None)
    view = View(releases=releases, words=catalogue("nl"), actions=(ACTION, general))
    tables = {block.name: block for block in action_plan(view).blocks if isinstance(block, Table)}
    place = view.criteria.index("origin") + 1
    (row,) = tables[f"actions-{place}"].rows
    assert row[0].text == "Structured interviews"
    assert row[-1].text == "klaar · 1 september 2027"
    assert [row[0].text for row in tables["actions-all"].rows] == ["Training"]
    without = action_plan(View(releases=releases, words=catalogue("nl")))
    assert not [block for block in without.blocks if isinstance(block, Table) and block.name.startswith("actions")]


def test_two_waves_stand_beside_what_was_done_in_between():
    results = sector_results(1)
    second = dataclasses.replace(
        results, study={**results.study, "wave": "follow_up", "period": ["2029-01-08", "2029-07-06"]}
    )
    sets = [release(each, default_policy()) for each in (results, second)]
    too_late = dataclasses.replace(ACTION, done_on=date(2029, 3, 1))
    text = str(build_comparison(sets, "en", actions=(ACTION, too_late)))
    assert "Of 2 actions for this, 1 were done before the follow-up began" in text
    assert "Origin: what the sector did" in text
