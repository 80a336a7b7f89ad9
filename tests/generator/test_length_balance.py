from __future__ import annotations

from statistics import mean, variance

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corrtest.generator import draw_pair
from corrtest.generator.documents import DocumentMaker
from corrtest.generator.length_balance import lengths, standardised_differences
from tests.generator.pairs import make_pair

_values = st.lists(st.integers(0, 300), min_size=2, max_size=30)


@given(_values, _values)
def test_a_standardised_difference_is_the_gap_in_standard_deviations(control: list[int], treated: list[int]) -> None:
    found = standardised_differences([{"words": each} for each in control], [{"words": each} for each in treated])
    spread = ((variance(control) + variance(treated)) / 2) ** 0.5
    if spread:
        assert found["words"] == pytest.approx((mean(treated) - mean(control)) / spread)
    else:
        assert found["words"] in (0.0, float("inf"), float("-inf"))


def test_a_constant_difference_is_no_balance_and_one_application_an_arm_says_nothing() -> None:
    assert standardised_differences([{"jobs": 3}] * 4, [{"jobs": 4}] * 4) == {"jobs": float("inf")}
    assert standardised_differences([{"jobs": 3}], [{"jobs": 4}]) == {}


def test_lengths_are_those_of_the_texts_with_the_signal_and_without_the_name() -> None:
    pair = make_pair(2)  # a disability, disclosed in a sentence
    treated = draw_pair(3, pair)[1]
    maker = DocumentMaker({pair.control_template, pair.treated_template}, "nl", ("pdf",))
    made = maker.make(pair, treated)
    found = lengths(treated, made)
    text = made.texts["cv"]
    for word in (treated.name, treated.document["basics"]["email"], treated.document["basics"]["phone"]):
        assert word in text
        text = text.replace(word, "")
    assert 0 < found["cv characters"] < len(made.texts["cv"])
    assert found["cv words"] <= len(text.split())
    assert found["jobs"] == len(treated.document["work"])
    assert found["cv pages"] == made.pages["cv"]
    silent = {part: text.replace(treated.signal_texts[0], "") for part, text in made.texts.items()}
    shorter = lengths(treated, type(made)(files={}, texts=silent, pages={}))
    assert sum(shorter[f"{part} words"] for part in silent) < sum(found[f"{part} words"] for part in silent)
    assert "cv pages" not in shorter
