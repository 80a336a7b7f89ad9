"""Criteria: those that corrtest brings along, and a study's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from corrtest.errors import StudyError
from corrtest.spec import SHIPPED, Names, document_languages, read_study, read_study_text, written_label

LANGUAGES = ("nl", "en", "fr", "de")
LEVELS = [(criterion.name, level) for criterion in SHIPPED.criteria.values() for level in criterion.levels.values()]

BELIEF = """
label = { nl = "geloof", en = "belief" }
[power]
control_rate = 0.30
ratio = 0.75
source = "an assumption"
[levels.volunteer]
label = { nl = "vrijwilliger in een moskee" }
where = "both"
[levels.volunteer.nl]
cv = ["Ik ben vrijwilliger in de moskee van mijn buurt."]
letter = ["In mijn vrije tijd help ik als vrijwilliger in onze moskee."]
"""


def test_what_corrtest_brings_along_is_in_order():
    assert SHIPPED.faults == ()
    assert list(SHIPPED.criteria) == [
        "age",
        "disability",
        "gender",
        "gender_identity",
        "origin",
        "pregnancy",
        "religion",
        "residence",
        "sexual_orientation",
    ]


@pytest.mark.parametrize("criterion", SHIPPED.criteria.values(), ids=lambda criterion: criterion.name)
def test_every_criterion_has_labels_and_rates(criterion):
    assert set(criterion.label) == set(LANGUAGES)
    assert criterion.ground or criterion.assumed
    for label in criterion.level_labels().values():
        assert set(label) == set(LANGUAGES)
    for pooled in criterion.pooled:
        assert set(pooled.population) == set(pooled.source) == set(LANGUAGES)
        assert pooled.lower < pooled.ratio < pooled.upper


@pytest.mark.parametrize(("criterion", "level"), LEVELS, ids=lambda each: getattr(each, "name", each))
def test_every_level_can_be_written_in_every_language_of_documents(criterion, level):
    assert all(level.writable_in(language) for language in document_languages())
    if criterion == "origin":
        for language in document_languages():
            assert level.texts[language].nationality and level.texts[language].mother_tongue


def test_a_level_with_wage_support_says_it_after_the_level():
    deaf = SHIPPED.criteria["disability"].levels["deaf_letter_only_support_premium"]
    assert deaf.label["nl"] == "doof, alleen in de brief, met ondersteuningspremie"
    disclosure, premium = deaf.texts["nl"].letter
    assert all("doof" in text for text in disclosure)
    assert all("ondersteuningspremie" in text for text in premium)
    assert deaf.where == "letter"


def test_a_label_that_a_language_lacks_is_written_in_another():
    assert written_label({"nl": "geloof", "en": "belief"}, "belief", "fr") == "belief"
    assert written_label({"nl": "geloof"}, "belief", "fr") == "geloof"
    assert written_label({}, "mosque_volunteer", "nl") == "mosque volunteer"


@pytest.fixture
def folder(tmp_path, repository) -> Path:
    text = (repository / "designs" / "construction.toml").read_text(encoding="utf-8")
    text = text.replace("age = 200", "belief = 200")
    text += '\n[[criterion]]\nname = "belief"\nlevels = [{ name = "volunteer", share = 1.0 }]\n'
    (tmp_path / "study.toml").write_text(text, encoding="utf-8")
    (tmp_path / "criteria").mkdir()
    (tmp_path / "criteria" / "belief.toml").write_text(BELIEF, encoding="utf-8")
    return tmp_path


def test_a_study_carries_its_own_criterion(folder):
    study = read_study(folder / "study.toml")
    assert study.names.criteria["belief"].label["nl"] == "geloof"
    assert read_study_text(study.source, "elsewhere") == study
    assert study.description()["labels"]["level"]["volunteer"] == {"nl": "vrijwilliger in een moskee"}
    (folder / "criteria" / "belief.toml").unlink()
    with pytest.raises(StudyError, match="got 'belief'; expected a criterion that corrtest or the study knows"):
        read_study(folder / "study.toml")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('where = "both"', 'where = "boht"', r"belief.toml, line 9, key 'levels.volunteer.where': .*'both'"),
        ('where = "both"\n', "", "expected one signal: names, gender, age, residence, where"),
        ("letter = [", "leter = [", "Did you mean 'letter'"),
        ("ratio = 0.75", "ratio = 1.0", "a ratio other than 1"),
        ("control_rate = 0.30", "control_rate = 0,30", "Write: control_rate = 0.30"),
        ("[power]", "[powr]", "on which rates the power"),
        ("levels.volunteer", "levels.voluntear", "got 'volunteer'; expected a level of the criterion 'belief'"),
        ("[levels.volunteer.nl]", "[levels.volunteer.en]", "a name with texts in language 'nl'"),
    ],
)
def test_a_faulty_criterion_is_named_with_file_and_key(folder, old, new, message):
    (folder / "criteria" / "belief.toml").write_text(BELIEF.replace(old, new), encoding="utf-8")
    with pytest.raises(StudyError, match=message):
        read_study(folder / "study.toml")


def test_a_file_of_the_same_name_is_laid_over_that_of_corrtest():
    own = '[levels.deaf]\nlabel = { nl = "slechthorend" }\n[levels.dyslexia]\nwhere = "letter"\n'
    own += '[levels.dyslexia.nl]\ncv = ["Ik heb dyslexie."]\nletter = ["Ik heb dyslexie."]\n'
    disability = Names(own=(("criteria/disability.toml", own),)).criteria["disability"]
    assert disability.levels["deaf"].label == {
        **SHIPPED.criteria["disability"].levels["deaf"].label,
        "nl": "slechthorend",
    }
    assert set(disability.levels) > set(SHIPPED.criteria["disability"].levels) | {"dyslexia_support_premium"}
    assert disability.levels["dyslexia"].writable_in("nl")
    assert not disability.levels["dyslexia"].writable_in("fr")
