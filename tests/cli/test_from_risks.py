"""A study folder that starts from a released risk analysis."""

from __future__ import annotations

import pytest

from corrtest.disclosure import questionnaire_to_json, read_questionnaire_release, release_questionnaire
from corrtest.errors import DisclosureError
from corrtest.questionnaires import Figure, QuestionnaireResults
from corrtest.resources import ready_design
from corrtest.spec import read_study


def scored(sector, scores, by_committee=(), area="recruitment"):
    """Return the release of a risk analysis with these scores of recruitment, of the sector and of committees."""
    common = {"kind": "score", "answers": 30}
    figures = [Figure(item=f"{area}.{ground}", value=value, **common) for ground, value in scores.items()]
    figures += [
        Figure(item=f"{area}.{ground}", margin="committee", group=group, value=value, **common)
        for group, ground, value in by_committee
    ]
    return release_questionnaire(
        QuestionnaireResults(
            instrument="risk_analysis",
            study=read_study(ready_design(sector)).description(),
            figures=tuple(figures),
            counts={"answers": 30},
            confidence_level=0.95,
            simulated=True,
        )
    )


@pytest.fixture
def start(corrtest, tmp_path, monkeypatch):
    """Return what makes a study from a release and reads it: the study, its text and what was said."""
    monkeypatch.chdir(tmp_path)

    def made(sector, released, *more):
        (tmp_path / "report.json").write_text(questionnaire_to_json(released), encoding="utf-8")
        said = corrtest("new", sector, "--from-risks", "report.json", "--out", "made", *more)
        assert said.code == 0, said.err
        return read_study(tmp_path / "made" / "study.toml"), (tmp_path / "made" / "study.toml").read_text("utf-8"), said

    return made


def test_criteria_and_committees_are_those_that_score_high(start):
    design = read_study(ready_design("food"))
    first, second, *rest = [committee.number for committee in design.committees]
    group = f"pc_{second.replace('.', '_')}"
    low = [(group, "origin", 20.0), (group, "age", 23.0)]
    study, text, _ = start("food", scored("food", {"origin": 40.0, "age": 12.0, "disability": 22.4}, low))
    assert {criterion.name for criterion in study.criteria} == {"origin", "age"}
    quota = {committee.number: dict(committee.pairs) for committee in study.committees}
    assert quota[first]["age"] == 0 and quota[first]["origin"] == design.committees[0].pairs["origin"] > 0
    assert quota[second]["origin"] == 0 and quota[second]["age"] == design.committees[1].pairs["age"] > 0
    assert set(quota) == {first, second, *rest}
    assert "origin 20, age 23, disability 22" in text


def test_a_committee_that_scores_low_is_left_out_with_its_occupations(start):
    design = read_study(ready_design("food"))
    out = design.committees[0].number
    group = f"pc_{out.replace('.', '_')}"
    study, _, said = start("food", scored("food", {"origin": 40.0}, [(group, "origin", 10.0)]))
    assert out not in [committee.number for committee in study.committees]
    assert all(out not in occupation.committees for occupation in study.occupations)
    assert f"{out}: measure nothing." in said.out


def test_a_sector_that_stopped_at_the_risk_analysis_gets_tests_and_where_none_scores_high_the_highest(start):
    study, *_ = start("removals", scored("removals", {"origin": 9.0, "age": 12.0}))
    assert study.instrument == "correspondence_test"
    assert [dict(committee.pairs) for committee in study.committees] == [{"age": 200}]


def test_a_survey_stays_one_and_what_the_profile_lacks_is_said(start):
    study, *_ = start("entertainment", scored("entertainment", {"origin": 30.0, "age": 12.0}))
    assert study.instrument == "survey" and [criterion.name for criterion in study.criteria] == ["origin"]


def test_what_the_profile_lacks_is_said(start):
    released = scored("removals", {"origin": 30.0, "disability": 50.0})
    study, _, said = start("removals", released, "--profile", "2026")
    assert [criterion.name for criterion in study.criteria] == ["origin"]
    assert "also ask disability" in said.out


@pytest.mark.parametrize(
    ("sector", "area", "told"),
    [("food", "recruitment", "corrtest new removals"), ("removals", "training", "No score of recruitment")],
)
def test_other_risk_analyses_are_refused_and_nothing_is_made(corrtest, tmp_path, monkeypatch, sector, area, told):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "report.json").write_text(
        questionnaire_to_json(scored("removals", {"origin": 40.0}, area=area)), "utf-8"
    )
    refused = corrtest("new", sector, "--from-risks", "report.json", "--out", "made")
    assert refused.code == 2 and told in refused.err and not (tmp_path / "made").exists()


def test_a_release_comes_back_as_it_left_and_a_changed_one_is_refused(tmp_path):
    released, place = scored("removals", {"origin": 40.0}), tmp_path / "report.json"
    place.write_text(questionnaire_to_json(released), encoding="utf-8")
    assert read_questionnaire_release(place).figures == released.figures
    place.write_text(questionnaire_to_json(released).replace("40.0", "10.0"), encoding="utf-8")
    with pytest.raises(DisclosureError, match="changed after it left"):
        read_questionnaire_release(place)
