"""The rating questionnaire: form out, answers in, and what they say of each name and sentence."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from pyxform.xls2xform import convert
from statsmodels.stats.proportion import proportion_confint

from corrtest.errors import CorrtestError, InputError
from corrtest.lab import simulate_ratings
from corrtest.questionnaires import (
    agreement,
    krippendorff_alpha,
    rated_signals_of,
    rating_form,
    rating_items,
    rating_languages,
    read_items,
    read_ratings,
    xlsform,
)
from corrtest.resources import ready_design
from corrtest.spec import Names, rated_signals, read_study

STUDY = read_study(ready_design("construction"))
ITEMS = rating_items(STUDY)


def test_every_name_is_shown_and_blocks_are_alike():
    names = ITEMS[ITEMS["kind"] == "name"]
    assert set(names["stands_for"]) == {"flemish", "maghrebi", "turkish", "sub_saharan"}
    assert set(ITEMS.loc[ITEMS["kind"] == "sentence", "stands_for"]) == {"deaf", "physical_disability"}
    assert names["given"].nunique() > 200 and names["family"].nunique() > 100
    counts = ITEMS.groupby(["block", "stands_for", "gender"]).size().unstack("block", fill_value=0)
    assert (counts.max(axis=1) - counts.min(axis=1)).max() <= 1
    assert rating_items(STUDY).equals(ITEMS)


@pytest.mark.parametrize("languages", [None, ("fr",)])
def test_survey_tools_can_read_the_form(tmp_path, languages):
    path = tmp_path / "form.xlsx"
    path.write_bytes(xlsform(rating_form(STUDY, ITEMS, languages)))
    made = convert(path, validate=False)
    assert made.warnings == []
    for item in ("i0001", str(ITEMS["item"].iloc[-1])):
        assert f"{item}_" in made.xform
    for code in languages or rating_languages():
        assert f"({code})" in made.xform or len(languages or rating_languages()) == 1
    assert xlsform(rating_form(STUDY, ITEMS, languages)) == path.read_bytes()


def test_a_language_without_a_questionnaire_is_refused():
    with pytest.raises(CorrtestError, match="not written in 'de'"):
        rating_form(STUDY, ITEMS, ("de",))


def test_a_study_without_names_or_sentences_has_nothing_to_rate(tmp_path):
    text = ready_design("construction").read_text(encoding="utf-8")
    head, _, rest = text.partition("[[criterion]]")
    head = head.replace("{ origin = 200, age = 200, disability = 200 }", "{ age = 200 }")
    criterion = '[[criterion]]\nname = "age"\nlevels = [{ name = "age_50", share = 1.0 }]\n[[occupation]]'
    (tmp_path / "study.toml").write_text(head + criterion + rest.partition("[[occupation]]")[2], encoding="utf-8")
    with pytest.raises(CorrtestError, match="nothing to rate"):
        rating_items(read_study(tmp_path / "study.toml"))


@pytest.fixture
def answered(tmp_path):
    """Return the answers of four raters to one name and one sentence, as a survey tool writes them."""
    name = ITEMS[(ITEMS["kind"] == "name") & (ITEMS["stands_for"] == "maghrebi")].iloc[0]
    sentence = ITEMS[ITEMS["stands_for"] == "deaf"].iloc[0]
    table = pd.DataFrame(
        {
            f"block_1-{name['item']}_origin": ["maghrebi", "Turks", "maghrebi", ""],
            f"block_1-{name['item']}_gender": [name["gender"], name["gender"], "unknown", ""],
            f"block_1-{name['item']}_class": ["2", "3", "4", ""],
            f"g/{sentence['item']}_meaning": ["", "deaf", "nothing", "deaf"],
            "meta": ["a", "b", "c", "d"],
        }
    )
    path = tmp_path / "answers.csv"
    table.to_csv(path, index=False)
    return path, name, sentence


def test_answers_are_read_by_name_or_label(answered):
    path, name, sentence = answered
    given = read_ratings(path, ITEMS)
    assert len(given) == 12
    rated = rated_signals_of(given, ITEMS, "four raters").set_index(["kind", "signal"])
    row = rated.loc["given_name", name["given"]]
    assert (row["ratings"], row["recognition"], row["gender_recognition"]) == (3, 0.6667, 0.6667)
    low, high = proportion_confint(2, 3, method="wilson")
    assert (row["recognition_lower"], row["recognition_upper"]) == pytest.approx((low, high), abs=1e-4)
    assert row["perceived_class"] == 3.0
    assert row["class_upper"] - 3 == pytest.approx(4.302653 / np.sqrt(3), abs=1e-3)
    assert rated.loc[("sentence", sentence["text"]), "recognition"] == 0.6667
    assert set(rated["source"]) == {"four raters"}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("maghrebi", "martian", "expected one of: flemish"),
        ("_origin", "_colour", "12|holds answers"),
        ("meta", "i9999_origin", "expected an item of this questionnaire"),
    ],
)
def test_an_answer_that_cannot_be_is_named(answered, old, new, message):
    path, _, _ = answered
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    if new == "_colour":
        assert "origin" not in set(read_ratings(path, ITEMS)["question"])
        return
    with pytest.raises(InputError, match=message):
        read_ratings(path, ITEMS)


def test_a_table_without_questions_is_refused(tmp_path):
    (tmp_path / "a.csv").write_text("who,what\n1,2\n", encoding="utf-8")
    with pytest.raises(InputError, match="holds no answers"):
        read_ratings(tmp_path / "a.csv", ITEMS)


def test_krippendorff_s_own_example():
    """Krippendorff (2011), section C: four observers, twelve units; nominal 0.743, interval 0.849."""
    observers = [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
        [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
    ]
    units = [np.array([v for v in unit if v is not None], dtype=float) for unit in zip(*observers, strict=True)]
    assert krippendorff_alpha(units, nominal=True) == pytest.approx(0.743, abs=5e-4)
    assert krippendorff_alpha(units, nominal=False) == pytest.approx(0.849, abs=5e-4)


def test_three_hundred_raters_lead_to_a_choice(tmp_path):
    path, items = tmp_path / "answers.csv", tmp_path / "items.csv"
    ITEMS.to_csv(items, index=False)
    simulate_ratings(ITEMS, 300, seed=1).to_csv(path, index=False)
    given = read_ratings(path, read_items(items))
    assert given["rater"].nunique() == 300
    alphas = agreement(given).set_index("question")["alpha"]
    assert alphas["origin"] > 0.5 > alphas["class"]
    rated = rated_signals_of(given, ITEMS, "300 simulated raters")
    chosen = Names(own=(("ratings/rated.csv", rated.to_csv(index=False)),)).chosen
    assert chosen.faults == ()
    classes = [
        chosen.of_origin(origin)["perceived_class"] for origin in set(ITEMS.loc[ITEMS["kind"] == "name", "stands_for"])
    ]
    assert max(classes) - min(classes) <= 0.25 + 1e-9
    signals, faults = rated_signals(rated.to_csv(index=False))
    assert faults == () and len(signals) == len(rated)
    known = {(each.signal, each.stands_for): each for each in signals if each.kind == "family_name"}
    for name in chosen.names("last", "maghrebi", "any"):
        assert known[name, "maghrebi"].recognition >= 0.7
