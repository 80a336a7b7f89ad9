"""The study file of a follow-up is its baseline's, but for what is of one wave."""

from __future__ import annotations

from datetime import date

import pytest

from corrtest.errors import StudyError
from corrtest.resources import designs_folder, ready_design
from corrtest.spec import departures, follow_up_text, profile_of, read_study, read_study_text


@pytest.mark.parametrize("path", sorted(designs_folder().glob("*.toml")), ids=lambda path: path.stem)
def test_each_ready_design_has_a_follow_up_that_measures_the_same(path):
    before = read_study(path)
    after = read_study_text(follow_up_text(before.source, path.name), path.name)
    assert (after.wave, after.follows, after.profile) == ("follow_up", before.name, before.profile)
    assert departures(after.description(), profile_of(before.description())) == ()
    assert after.quota() == before.quota()
    assert (after.caps, after.occupations, after.budget) == (before.caps, before.occupations, before.budget)


def test_name_period_and_approval_are_its_own():
    text = ready_design("hospitality").read_text(encoding="utf-8")
    text = text.replace("# ethics_reference", "ethics_reference").replace(
        "lag_days = 1 ", "blackout_days = [2027-04-05]\nlag_days = 1 "
    )
    assert read_study_text(text, "study.toml").fieldwork.blackout_days
    after = read_study_text(follow_up_text(text, "study.toml"), "study.toml")
    assert after.name == "hospitality-follow-up-2029"
    assert after.period.start == date(2029, 1, 8)
    assert after.period.start.weekday() == date(2027, 1, 11).weekday()
    assert after.approval.missing == ("ethics_reference", "authorised_by", "employers_informed_on")
    assert after.fieldwork.blackout_days == ()


def test_a_follow_up_has_none():
    text = follow_up_text(ready_design("hospitality").read_text(encoding="utf-8"), "study.toml")
    with pytest.raises(StudyError, match="no baseline but a follow-up"):
        follow_up_text(text, "study.toml")
