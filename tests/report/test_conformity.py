"""The chapter on the method states the profile of the study, and where it departs."""

from __future__ import annotations

import dataclasses

from corrtest.disclosure import default_policy, release
from corrtest.pages import Catalogue, Table, catalogue, languages
from corrtest.report.chapters.method import method
from corrtest.report.conformity import conformity_blocks
from corrtest.report.view import View
from corrtest.resources import ready_design
from corrtest.spec import read_study_text
from tests.disclosure.sectors import sector_results


def described(**changed):
    text = ready_design("hospitality").read_text(encoding="utf-8")
    for old, new in changed.items():
        text = text.replace(f"{old} = 30", f"{old} = {new}")
    return read_study_text(text, "study.toml").description()


def texts(blocks):
    return " ".join(getattr(block, "text", "") for block in blocks)


def test_the_report_names_the_profile_and_counts_its_assumptions():
    blocks = conformity_blocks(described(), catalogue("en"))
    assert "2021: the first generation, 2021-24 (version 1, 29 November 2026)" in str(blocks)
    assert "Of its 11 rules 5 rest on an assumption" in texts(blocks)
    assert "departs from it in nothing" in texts(blocks)


def test_each_departure_is_a_row_in_every_language():
    for language in languages("report"):
        words: Catalogue = catalogue(language)
        (table,) = (
            block for block in conformity_blocks(described(reaction_window_days=14), words) if isinstance(block, Table)
        )
        ((_, given, wanted, source, assumed),) = ([cell.text for cell in row] for row in table.rows)
        assert (given, wanted, source) == ("14", "30", "Design decision of corrtest")
        assert assumed == words.text("yes")


def test_a_study_without_a_profile_says_nothing_of_one():
    study = described()
    assert conformity_blocks(study | {"profile": None}, catalogue("en")) == []
    assert conformity_blocks({}, catalogue("en")) == []


def test_the_profile_passes_the_gate_and_stands_in_the_chapter_on_the_method():
    results = sector_results(1)
    releases = release(dataclasses.replace(results, study=described(reaction_window_days=14)), default_policy())
    chapter = method(View(releases=releases, words=catalogue("en")))
    assert "The profile of this study" in texts(chapter.blocks)
    (table,) = (block for block in chapter.blocks if isinstance(block, Table))
    assert [row[0].text for row in table.rows] == ["days that a reaction is awaited"]
