"""Rated signals: the table, the choice among names, and what a study says of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corrtest.design import rating_sentences, unrated_sentence
from corrtest.errors import StudyError
from corrtest.generator import draw_pair
from corrtest.pages import catalogue
from corrtest.resources import ready_design
from corrtest.spec import RatedSignal, SignalOptions, choose_names, rated_signals, read_study, read_study_text
from tests.generator.pairs import make_pair

HEADER = "kind,signal,stands_for,gender,recognition,perceived_class,source\n"


def name(
    number: int, origin: str, recognition: float, perceived: float | None, kind: str = "family_name"
) -> RatedSignal:
    return RatedSignal(
        kind="family_name",
        signal=f"{origin}{number}",
        stands_for=origin,
        recognition=recognition,
        perceived_class=perceived,
        source="a publication",
    )


def test_names_that_few_recognise_are_left_out():
    rated = [name(n, "turkish", 0.9 if n < 9 else 0.5, 3.0) for n in range(12)]
    chosen = choose_names(rated, SignalOptions(recognition=0.7))
    assert chosen.names("last", "turkish", "any") == {f"turkish{n}" for n in range(9)}
    assert chosen.names("last", "flemish", "any") is None
    assert chosen.faults == ()


def test_too_few_names_are_a_fault_that_says_what_to_do():
    chosen = choose_names([name(n, "turkish", 0.5, 3.0) for n in range(12)], SignalOptions())
    assert "0 of 12 recognised" in chosen.faults[0].given
    assert "class_difference" in chosen.faults[0].action


rated_names = st.lists(
    st.tuples(st.floats(0.7, 1), st.floats(1, 5)),
    min_size=8,
    max_size=40,
)


@given(one=rated_names, other=rated_names, difference=st.floats(0.1, 2))
def test_chosen_names_are_of_equal_class_or_a_fault_says_so(one, other, difference):
    rated = [name(n, "a", *each) for n, each in enumerate(one)] + [name(n, "b", *each) for n, each in enumerate(other)]
    chosen = choose_names(rated, SignalOptions(class_difference=difference))
    classes = [chosen.of_origin(origin)["perceived_class"] for origin in "ab"]
    assert chosen.faults or abs(classes[0] - classes[1]) <= difference + 1e-6
    assert all(len(found.names) >= 8 for found in chosen.groups.values())


def test_a_published_rating_needs_no_class():
    signals, faults = rated_signals(HEADER + "family_name,Yılmaz,turkish,,0.93,,\n")
    assert signals == () and faults[0].column == "source"
    signals, faults = rated_signals(HEADER + "family_name,Yılmaz,turkish,,0.93,,Someone (2022)\n")
    assert faults == () and signals[0].perceived_class is None


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("nickname,Jef,flemish,man,0.9,3,s", "kind"),
        ("given_name,Jef,flemish,,0.9,3,s", "gender"),
        ("given_name,Jef,flemish,man,1.9,3,s", "recognition"),
        ('given_name,Jef,flemish,man,"0,9",3,s', "recognition"),
        ("given_name,Jef,flemish,man,0.9,7,s", "perceived_class"),
    ],
)
def test_a_cell_that_cannot_be_is_named(row, column):
    _, faults = rated_signals(f"{HEADER}{row}\n")
    assert [(fault.row, fault.column) for fault in faults] == [(2, column)]


@pytest.fixture
def rated_study(tmp_path):
    (tmp_path / "study.toml").write_text(ready_design("construction").read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "ratings").mkdir()
    rows = [f"family_name,{each},maghrebi,,0.9,3,300 raters" for each in ("Amrani", "Bouali", "El Idrissi")]
    pool = [f"family_name,Naam{n},maghrebi,,0.9,3,300 raters" for n in range(7)]
    (tmp_path / "ratings" / "rated.csv").write_text(HEADER + "\n".join([*rows, *pool]) + "\n", encoding="utf-8")
    return tmp_path / "study.toml"


def test_a_study_carries_its_ratings_and_says_what_was_chosen(rated_study):
    study = read_study(rated_study)
    assert read_study_text(study.source, "elsewhere") == study
    levels = {each["level"]: each["rating"] for each in study.description()["signals"]["levels"]}
    assert levels["maghrebi_name"]["chosen"] == 10
    assert levels["turkish_name"] is None
    words = catalogue("en", "preregistration")
    said = " ".join(rating_sentences(study.signals(), words))
    assert "Maghrebi name: 10 of 10 given and family names, recognised by 90% of raters" in said.replace(
        "\N{NO-BREAK SPACE}", ""
    )
    assert "300 raters" in said
    assert "Turkish name" in unrated_sentence(study.signals(), words)


def test_documents_bear_chosen_names_alone(rated_study):
    names = read_study(rated_study).names
    usable = names.chosen.names("last", "maghrebi", "any")
    for number in range(8):
        pair = make_pair(number, criterion="origin", level="maghrebi_name")
        assert draw_pair(3, pair, names=names)[1].family in usable


def test_ratings_that_leave_too_few_names_are_refused_with_the_study(rated_study):
    path = rated_study.parent / "ratings" / "rated.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",0.9,", ",0.3,"), encoding="utf-8")
    with pytest.raises(StudyError, match="family names of maghrebi: 0 of 10 recognised"):
        read_study(rated_study)
