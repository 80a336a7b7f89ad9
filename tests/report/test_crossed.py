"""Crossed and rated signals in the report: what the gate lets through, and the sentences on it."""

from __future__ import annotations

import pytest

from corrtest.analysis import analyse, combined_interactions, pairs_table
from corrtest.disclosure import ReleaseSet, default_policy, release
from corrtest.pages import Paragraph, Table, catalogue
from corrtest.report.chapters.limits import limits
from corrtest.report.chapters.method import method
from corrtest.report.crossed import crossed_signals
from corrtest.report.view import View
from tests.analysis.test_crossed import SIDES, STUDY, drawn

RATING = {"rated": 40, "recognised": 35, "chosen": 30, "recognition": 0.91, "perceived_class": 2.9}
SIGNALS = {
    "levels": [
        {"criterion": "origin", "level": "maghrebi_name", "kind": "names", "rating": RATING},
        {"criterion": "origin", "level": "turkish_name", "kind": "names", "rating": None},
    ],
    "control": RATING,
    "sources": ["300 raters"],
    "asked": {"recognition": 0.7, "class_difference": 0.25},
}


@pytest.fixture(scope="module")
def releases() -> ReleaseSet:
    study = {**STUDY, "signals": SIGNALS, "criteria": []}
    return release(analyse(pairs_table(drawn(150, 1)), study=study, simulated=True), default_policy())


def test_the_interaction_of_the_releases_is_that_of_the_analysis(releases):
    results = analyse(pairs_table(drawn(150, 1)), study=STUDY)
    assert combined_interactions(releases, releases.study) == combined_interactions(results.groups, results.study)


@pytest.mark.parametrize("language", ["en", "nl", "fr", "de"])
def test_the_report_sets_four_comparisons_side_by_side(releases, language):
    blocks = crossed_signals(View(releases=releases, words=catalogue(language)))
    (table,) = [block for block in blocks if isinstance(block, Table)]
    assert len(table.rows) == len(SIDES)
    assert all(row[1].value == 150 for row in table.rows)


def test_a_hidden_level_hides_the_interaction():
    few = drawn(150, 1)
    few = few[(few["level"] != "woman_name") | (few.groupby("level").cumcount() < 10)]
    hidden = release(analyse(pairs_table(few), study=STUDY, simulated=True), default_policy())
    view = View(releases=hidden, words=catalogue("en"))
    texts = [block.text for block in crossed_signals(view) if isinstance(block, Paragraph)]
    assert "cannot be shown" in texts[0]


def test_without_crossed_signals_the_report_has_none():
    plain = release(analyse(pairs_table(drawn(150, 1)), study={"analysis": {}}, simulated=True), default_policy())
    assert crossed_signals(View(releases=plain, words=catalogue("en"))) == []


def test_how_signals_were_rated_is_said_and_what_was_not(releases):
    view = View(releases=releases, words=catalogue("en"))
    said = " ".join(value for block in method(view).blocks for value in _facts(block))
    assert "30 of 40 given and family names" in said
    assert "300 raters" in said
    unrated = " ".join(item for block in limits(view).blocks for item in getattr(block, "items", ()))
    assert "Not rated beforehand: Turkish name." in unrated


def _facts(block: object) -> list[str]:
    return [value for _, value in getattr(block, "rows", ())] if type(block).__name__ == "Facts" else []
