"""Crossed signals: which squares a study's levels make, and what its power says of their interaction."""

from __future__ import annotations

import math

import pytest
from scipy.stats import norm

from corrtest.errors import StudyError
from corrtest.pages import catalogue
from corrtest.power import power_of_study
from corrtest.resources import ready_design
from corrtest.spec import Combination, Study, read_study_text

SQUARES = {
    "gender": (("maghrebi_name_man", "maghrebi_name_woman"), ("woman", "woman_maghrebi_name")),
    "age": (("maghrebi_name_35", "maghrebi_name_50"), ("age_50", "age_50_maghrebi_name")),
}


def study_of(second: str, first_levels: tuple[str, ...], second_levels: tuple[str, ...], more: str = "") -> Study:
    text = ready_design("construction").read_text(encoding="utf-8")
    head, _, rest = text.partition("[[criterion]]")
    head = head.replace("{ origin = 200, age = 200, disability = 200 }", f"{{ origin = 200, {second} = 200 }}")
    criteria = ""
    for criterion, levels in (("origin", first_levels), (second, second_levels)):
        shares = ", ".join(f'{{ name = "{level}", share = {1 / len(levels)} }}' for level in levels)
        criteria += f'[[criterion]]\nname = "{criterion}"\nlevels = [{shares}]\n'
    return read_study_text(f"{head}{criteria}{more}[[occupation]]{rest.partition('[[occupation]]')[2]}", "study.toml")


@pytest.mark.parametrize("second", SQUARES)
def test_four_levels_make_a_square_in_any_order(second):
    first, other = SQUARES[second]
    for levels in (first, first[::-1]):
        (found,) = study_of(second, levels, other).combinations
        assert (found.first.criterion, found.first.alone, found.first.beside) == ("origin", *first)
        assert (found.second.criterion, found.second.alone, found.second.beside) == (second, *other)
        assert Combination.of(found.description()) == found


def test_without_one_side_there_is_no_square():
    first, second = SQUARES["gender"]
    assert study_of("gender", first[:1], second).combinations == ()
    assert study_of("gender", ("maghrebi_name",), second).combinations == ()
    assert "combinations" not in study_of("gender", first[:1], second).description()


def test_arms_that_both_carry_names_state_no_nationality_by_level():
    first, second = SQUARES["gender"]
    with pytest.raises(StudyError, match="do not both carry names of an origin"):
        study_of("gender", first, second, '[documents]\nnationality = "by_level"\n')


def test_power_says_which_interaction_is_told_from_none():
    study = study_of("gender", *SQUARES["gender"])
    power = power_of_study(study, rates={"origin": (0.3, 0.7), "gender": (0.3, 0.9)}, association=0.5)
    (reach,) = power.interactions
    effect = 1.2  # two pairs an employer at worst, at the usual correlation of 0.2
    variances = []
    for treated in (0.21, 0.27):
        both = 0.3 * treated + 0.5 * math.sqrt(0.3 * 0.7 * treated * (1 - treated))
        variances += 2 * [effect * (0.3 + treated - 2 * both - (treated - 0.3) ** 2) / 100]
    error = math.sqrt(sum(variances) / 4)
    assert reach.difference == pytest.approx((norm.isf(0.025) + norm.isf(0.2)) * error, rel=1e-6)
    assert reach.pairs == 400 and reach.ratio > 1.3
    assert "Origin and gender crossed, 400 pairs" in reach.sentence(catalogue("en", "preregistration"))
    assert reach.sentence(catalogue("en", "preregistration")) in power.sentences("en")
