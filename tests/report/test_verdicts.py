"""The report says what the analysis says: one primary outcome, one verdict, the same families."""

from __future__ import annotations

import dataclasses

import pytest

from corrtest.analysis import verdict_of
from corrtest.disclosure import default_policy, release
from corrtest.pages import catalogue
from corrtest.report import build_document
from corrtest.report.view import View
from tests.disclosure.sectors import sector_results


@pytest.fixture(scope="module")
def results():
    return sector_results(3)


def test_verdicts_of_the_report_are_those_of_the_analysis(results):
    view = View(releases=release(results, default_policy()), words=catalogue("en"))
    shown = [(group, each) for group, each in zip(results.groups, view.releases, strict=True) if each.shown]
    assert len(shown) > 10
    for group, each in shown:
        mine, theirs = verdict_of(group), verdict_of(each)
        assert mine == theirs, each.keys
    families = [test["pvalue_adjusted"] for each in results.multiplicity["families"] for test in each["tests"]]
    released = [test["pvalue_adjusted"] for each in view.families["families"] for test in each["tests"]]
    assert len(families) == len(released)
    # What is hidden stays in its family with p = 1, which makes no other smaller.
    assert all(theirs >= mine - 1e-12 for mine, theirs in zip(families, released, strict=True))


@pytest.mark.parametrize("primary", ["strict", "broad"])
def test_the_primary_outcome_of_the_study_leads(results, primary):
    study = {**results.study, "primary_outcome": primary}
    view = View(releases=release(dataclasses.replace(results, study=study), default_policy()), words=catalogue("en"))
    assert view.main_outcome == view.families["outcome"] == primary
    document = build_document(view.releases, "en")
    texts = [block.text for chapter in document.chapters for block in chapter.blocks if hasattr(block, "text")]
    name = catalogue("en").name("outcome", primary)
    assert any(f"{name}, the primary outcome" in text for text in texts)
