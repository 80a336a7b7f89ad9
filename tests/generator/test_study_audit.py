from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from corrtest.errors import CheckFailed, GeneratorError
from corrtest.generator import audit_study, plan_pairs
from corrtest.generator.near_duplicates import near_duplicates
from corrtest.generator.pools import profile, sentence_pool
from corrtest.generator.spelling import misspelled
from corrtest.generator.study_audit import StudyAudit, arms_auc
from corrtest.spec import SHIPPED
from tests.generator.pairs import make_pairs


def test_arms_that_differ_in_one_word_are_told_apart_and_alike_ones_are_not() -> None:
    common = ["metselen van gevels", "plaatsen van ramen", "leggen van leidingen", "storten van beton"]
    alike = [common[(number * 7) % 4] for number in range(400)]
    arms = [number % 2 for number in range(400)]
    groups = [number // 2 for number in range(400)]
    auc, shuffled = arms_auc(
        [f"{text} woord{number * 13 % 5}" for number, text in enumerate(alike)], arms, groups, 1, 8
    )
    assert len(shuffled) == 8
    told, _ = arms_auc(
        [text + (" zorgzaam" if arm else " stipt") for text, arm in zip(alike, arms, strict=True)], arms, groups, 1, 2
    )
    assert told == 1.0
    assert auc == arms_auc([f"{t} woord{n * 13 % 5}" for n, t in enumerate(alike)], arms, groups, 1, 8)[0]


def test_near_duplicates_are_found_and_only_they() -> None:
    words = [f"woord{chr(97 + number % 26)}{chr(97 + number // 26)}" for number in range(200)]
    one = " ".join(words[:100])
    nearly = " ".join([*words[:50], "anders", *words[51:100]])
    other = " ".join(words[100:])
    found = near_duplicates([one, other, nearly], 0.6)
    assert [(a, b) for a, b, _ in found] == [(0, 2)]
    # 96 runs of five words each, of which five hold the changed word: 91 / (96 + 96 - 91).
    assert found[0][2] == pytest.approx(91 / 101)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("language", ["nl"])
def test_every_wording_of_the_pools_is_spelled_right(language: str) -> None:
    texts = [
        text for both in sentence_pool(language).slots.values() for lines in both for p in lines for text in p.texts
    ]
    for code in SHIPPED.occupations:
        subject = profile(code, language)
        groups = (subject.tasks, subject.skills, subject.strengths, subject.certificates)
        texts += [text for group in groups for both in group for phrase in both for text in phrase.texts]
        texts += [*subject.areas, *subject.junior, *subject.employers, *subject.titles.values()]
    blank = re.compile(r"\{[a-z_]+\}")
    assert misspelled({blank.sub("", text) for text in texts}, language) == {}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.slow
def test_a_misspelled_word_is_found_in_each_language() -> None:
    assert misspelled(["Ik wrek graag metselar"]) == {"metselar": 1, "wrek": 1}
    assert misspelled(["I am a skiled bricklayer"], "en") == {"skiled": 1}
    # An elided word and the word that it clings to are looked up apart.
    assert misspelled(["J'aime l'équipe, qu'un jour d'hiver aujourd'hui, l'équippe"], "fr") == {"l'équippe": 1}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_audit_of_a_study_is_a_table_a_plot_and_an_exit_code(tmp_path: Path) -> None:
    audit = audit_study(make_pairs(60), seed=5, workers=1, shuffles=10)
    table = audit.to_frame()
    assert list(table["check"]) == ["arms told apart (AUC)", "near-duplicate documents", "misspelled words"]
    assert audit.passed
    audit.require_passed()
    audit.plot(tmp_path / "audit.png")
    assert (tmp_path / "audit.png").stat().st_size > 2000
    bad = StudyAudit(
        pairs=60,
        auc=0.9,
        auc_if_alike=audit.auc_if_alike,
        duplicates=(("P1 control", "P2 treated", 0.8),),
        misspelled={"fuot": 2},
    )
    with pytest.raises(CheckFailed, match="arms told apart") as caught:
        bad.require_passed()
    assert caught.value.exit_code == 1
    assert "fuot" in str(caught.value)


def test_a_study_too_small_for_a_classifier_is_told_so() -> None:
    with pytest.raises(GeneratorError, match="at least 20 pairs"):
        audit_study(make_pairs(5), seed=1)


def test_twin_and_gender_stand_with_no_arm_and_no_occupation() -> None:
    rows = [
        {
            "pair_id": f"P{number:05d}",
            "joint_committee": "124",
            "criterion": "origin",
            "level": "turkish_name",
            "occupation": ("mason", "roofer")[number % 2],
            "control_template": ("classic_rules", "side_column")[number // 2 % 2],
            "treated_template": ("classic_rules", "side_column")[(number // 2 + 1) % 2],
            "postal_code": "2800",
            "employer_id": str(number),
            "first_arm": "control",
            "send_first_on": pd.Timestamp("2027-02-01"),
            "send_second_on": pd.Timestamp("2027-02-02"),
        }
        for number in range(80)
    ]
    pairs = list(plan_pairs(pd.DataFrame(rows), seed=9))
    counts = pd.DataFrame(
        [(p.occupation, p.control_template, p.twin_of_control, p.gender) for p in pairs],
        columns=["occupation", "template", "twin", "gender"],
    ).value_counts()
    assert len(counts) == 16
    assert set(counts) == {5}
