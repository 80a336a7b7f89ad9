from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from corrtest.errors import CheckFailed, GeneratorError
from corrtest.generator import audit_page, audit_study, plan_pairs, read_length_balance, study_audit
from corrtest.generator.pools import profile, sentence_pool
from corrtest.generator.spelling import misspelled
from corrtest.generator.study_audit import Check
from corrtest.pages import html_page
from corrtest.spec import SHIPPED
from tests.generator.letter_texts import grammar_texts, occupation_texts
from tests.generator.pairs import make_pairs


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
        texts += [*subject.areas, *subject.junior, *subject.employers, *subject.workplaces, *subject.titles.values()]
    texts += [*grammar_texts(language), *occupation_texts(language)]
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
@pytest.mark.slow
def test_the_audit_of_a_study_is_a_table_a_page_a_plot_and_an_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(study_audit, "WORD_FILES_OF", 1)
    audit = audit_study(make_pairs(24), seed=5, workers=1, shuffles=5)
    table = audit.to_frame()
    assert list(table["check"]) == [
        *study_audit.ARMS_TOLD,
        study_audit.ARMS_IN_LENGTH,
        study_audit.TWINS,
        study_audit.COPIES,
        *study_audit.LINKED,
        study_audit.READ_ALIKE,
        study_audit.ODD,
        study_audit.SPELLING,
    ]
    assert audit.misspelled == {}
    assert audit.oddities == {}
    assert {each.kind for each in audit.files} == {"pdf", "docx"}
    assert {"jobs", "cv pages"} <= set(audit.differences)
    table.to_csv(tmp_path / "study_audit.csv", index=False)
    balance = read_length_balance(tmp_path / "study_audit.csv")
    assert balance is not None
    assert balance["difference"] == pytest.approx(abs(audit.differences[balance["measure"]]))
    assert balance["limit"] == audit.limits.standardised_difference
    assert read_length_balance(tmp_path / "none.csv") is None
    audit.plot(tmp_path / "audit.png")
    assert (tmp_path / "audit.png").stat().st_size > 2000
    bad = replace(audit, told=(replace(audit.told[0], auc=0.97), *audit.told[1:]), misspelled={"fuot": 2})
    with pytest.raises(CheckFailed, match=r"arms told apart by words \(AUC\): 0.97") as caught:
        bad.require_passed()
    assert caught.value.exit_code == 1
    assert "fuot" in str(caught.value)
    for language, said in (("nl", "De controles"), ("fr", "Les contrôles"), ("xx", "The checks")):
        page = audit_page(audit, "bouw", language)
        assert page.chapters[0].title == said
    shown = html_page(audit_page(bad, "bouw", "nl"))
    assert "fuot" in shown
    worst = audit.closest[0]
    assert worst.one.name in shown and worst.other.name in shown
    assert f"{worst.runs} reeksen van vijf woorden gemeen" in shown


def test_limits_are_the_studys_and_what_could_not_be_looked_at_did_not_pass() -> None:
    assert Check("x", 0.1, 0.1, "").passed
    assert not Check("x", 0.11, 0.1, "").passed
    assert not Check("x", float("nan"), 0.1, "").passed


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
