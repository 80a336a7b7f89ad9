"""The gate of surveys and risk analyses: the log of earlier releases, laxer policies, and sectors side by side."""

from __future__ import annotations

from dataclasses import replace

import pytest

from corrtest.disclosure import (
    Override,
    ReleaseLog,
    default_policy,
    publication,
    questionnaire_to_json,
    read_questionnaire_release,
    release_questionnaire,
    side_by_side,
)
from corrtest.errors import DisclosureError
from corrtest.questionnaires import Figure, QuestionnaireResults

FEW = default_policy().coalition_employers + 1


def share(yes, answers, item="language", **more):
    return Figure(item=item, kind="share", answers=answers, positives=yes, value=yes / answers, **more)


def survey(*figures, sector="audiovisual", simulated=False, answers=200):
    return QuestionnaireResults(
        instrument="survey",
        study={"name": "s", "sector": sector, "wave": "baseline"},
        figures=figures,
        counts={"answers": answers},
        confidence_level=0.95,
        simulated=simulated,
    )


@pytest.fixture
def log(tmp_path):
    return ReleaseLog.open(tmp_path / "log")


def shown(results, log, **more):
    return [figure.item for figure in release_questionnaire(results, None, log, **more).figures]


def test_real_answers_do_not_leave_without_the_log_of_their_study(log):
    with pytest.raises(DisclosureError, match="release log of the study"):
        release_questionnaire(survey(share(40, 100)))
    with pytest.raises(DisclosureError, match="another secret"):
        release_questionnaire(replace(survey(share(40, 100)), commitment="0" * 32), None, log)
    assert shown(survey(share(40, 100), simulated=True), None) == ["language"]


other = share(50, 100, item="other")


@pytest.mark.parametrize(
    ("yes", "answers", "hidden"),
    [
        (40, 100, False),  # the same figure again
        (42, 100 + FEW - 1, True),  # a few answers more
        (40 + FEW, 100 + 2 * FEW, False),  # enough yes and enough no among those that came in
        (41, 100 + 2 * FEW, True),  # one of them said yes
        (40, 100 + 2 * FEW, False),  # all of them said no, which accuses nobody
        (40 + 2 * FEW, 100 + 2 * FEW, True),  # all of them said yes
        (45, 100, True),  # an answer that was changed
        (39, 100 + 2 * FEW, True),  # answers that were taken out as well
    ],
)
def test_a_figure_that_differs_by_few_answers_from_one_that_left_stays_hidden(log, yes, answers, hidden):
    shown(survey(share(40, 100), other), log)
    assert shown(survey(share(yes, answers), other), log) == (["other"] if hidden else ["language", "other"])


def test_a_figure_leaves_only_so_often(log):
    for place in range(default_policy().releases_per_cell):
        grown = share(40 + 20 * place, 100 + 40 * place)
        assert shown(survey(grown, other), log) == ["language", "other"]
    assert shown(survey(share(100, 300), other), log) == ["other"]
    assert shown(survey(grown, other), log) == ["language", "other"]


def test_a_publication_that_failed_is_not_remembered(log, tmp_path):
    with pytest.raises(RuntimeError), publication(log, tmp_path / "out") as leaving:
        shown(survey(share(40, 100), other), leaving)
        raise RuntimeError
    assert shown(survey(share(42, 102), other), log) == ["language", "other"]


def test_a_laxer_policy_is_allowed_by_somebody_for_a_reason_and_is_remembered(log, tmp_path):
    lax = replace(default_policy(), min_pairs=5, source="lax.toml")
    with pytest.raises(DisclosureError, match="override-by"):
        release_questionnaire(survey(share(9, 19)), lax, log)
    allowed = Override(by="An Peeters", reason="agreed")
    released = release_questionnaire(survey(share(9, 19)), lax, log, override=allowed)
    assert released.override.laxer == ("min_pairs",)
    assert log.told("override") == [released.override.as_dict()]
    (tmp_path / "report.json").write_text(questionnaire_to_json(released), encoding="utf-8")
    assert read_questionnaire_release(tmp_path / "report.json") == replace(released, seal=released.seal)


def test_a_sector_that_withholds_shows_no_survey_and_another_hides_beside_it():
    names = ("audiovisual", "entertainment", "removals", "food", "glass")
    asked = [
        release_questionnaire(survey(share(40, 100), sector=name, simulated=True, answers=100 + place))
        for place, name in enumerate(names)
    ]
    assert len(side_by_side([], asked=asked).asked) == len(names)
    side = side_by_side([], ["glass"], asked=asked)
    left = {each.study["sector"] for each in side.asked}
    assert "glass" not in left and "audiovisual" not in left and left
    assert set(side.without) == set(names) - left
    with pytest.raises(DisclosureError, match="measure the same"):
        side_by_side([], asked=[asked[0], asked[0]])
