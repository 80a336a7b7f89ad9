"""What the sector can do next, chosen by what was found."""

import math

import pytest
from scipy.stats import norm

from corrtest.disclosure import default_policy, release
from corrtest.pages import languages
from corrtest.report import build_document
from corrtest.report.measures import measures, measures_for, measures_for_all
from corrtest.report.shrinkage import log_and_variance
from corrtest.spec import SHIPPED
from tests.disclosure.sectors import sector_results


@pytest.mark.parametrize("language", languages("report"))
def test_every_measure_is_written_in_every_language_and_has_a_source(language):
    assert len(measures()) > 8
    for measure in measures():
        texts = (measure.title, measure.step, measure.known, measure.who, measure.seen)
        assert all(text[language].strip() for text in texts)
        assert measure.sources
        assert set(measure.criteria) <= set(SHIPPED.criteria)
        assert measure.found <= {"disadvantage", "not_settled", "hidden"}


@pytest.mark.parametrize("criterion", ["origin", "age", "disability"])
@pytest.mark.parametrize("found", ["disadvantage", "not_settled", "hidden"])
def test_each_finding_of_a_tested_criterion_has_something_of_its_own(criterion, found):
    assert measures_for(criterion, found)
    assert measures_for_all(frozenset({found}))


def test_a_disadvantage_asks_for_more_than_what_could_not_be_settled():
    for criterion in ("origin", "age", "disability"):
        assert set(measures_for(criterion, "not_settled")) <= set(measures_for(criterion, "disadvantage"))
    assert len(measures_for_all(frozenset({"hidden"}))) < len(measures_for_all(frozenset({"disadvantage"})))


def test_the_chapter_names_the_sources_and_the_change_that_a_follow_up_shows():
    releases = release(sector_results(1), default_policy())
    chapter = next(each for each in build_document(releases, "en").chapters if each.name == "action")
    text = " ".join(getattr(block, "text", "") for block in chapter.blocks)
    assert "In the follow-up" in text
    sources = next(block.items for block in chapter.blocks if type(block).__name__ == "Bullets")
    assert len(sources) == len(set(sources)) > 5
    tables = [block.name for block in chapter.blocks if type(block).__name__ == "Table"]
    assert [name for name in tables if name.startswith("plan-")] == ["plan-1", "plan-2", "plan-3", "plan-all"]


def test_the_change_is_the_one_that_two_waves_of_this_size_tell_apart():
    releases = release(sector_results(1, committees={"124": 1800}), default_policy())
    chapter = next(each for each in build_document(releases, "en").chapters if each.name == "action")
    text = " ".join(getattr(block, "text", "") for block in chapter.blocks)
    found = []
    for own in (each for each in releases if each.criterion == "disability" and not each.level):
        log, variance = log_and_variance(own)
        found.append(math.exp(log + (norm.ppf(0.975) + norm.ppf(0.8)) * math.sqrt(2 * variance)))
    assert max(found) < 1
    assert any(f"to {reached:.2f} or more shows" in text for reached in found)
