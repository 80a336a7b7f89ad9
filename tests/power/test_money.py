"""What a study costs, what its budget buys, and the advice."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from corrtest.power import (
    AIMS,
    Money,
    money_of_study,
    money_page,
    money_rows,
    money_sentences,
    money_words,
    power_of_study,
    with_quotas,
)
from corrtest.spec import Study, read_study
from corrtest.spec.study import Budget


@pytest.fixture(scope="module")
def study(repository: Path) -> Study:
    found = read_study(repository / "designs" / "hairdressing.toml")
    return replace(found, budget=Budget(total=50_000.0, cost_per_pair=60.0, cost_per_vacancy=0.0, fixed=5_000.0))


@pytest.fixture(scope="module")
def money(study: Study) -> Money:
    return money_of_study(study)


def test_no_choice_costs_more_than_the_money(money: Money) -> None:
    assert [choice.name for choice in money.choices] == list(AIMS)
    for choice in money.choices:
        assert choice.cost <= money.total < choice.cost + money.prices.unit
        assert choice.cost == 5_000 + 60 * choice.pairs
        assert choice.pairs == sum(sum(each.values()) for each in choice.quotas.values())
    assert money.own.cost == 5_000 + 60 * 600


def test_the_power_of_a_choice_is_that_of_a_study_with_its_quotas(money: Money, study: Study) -> None:
    choice = money.choices[1]
    again = power_of_study(with_quotas(study, choice.quotas))
    assert again.table.equals(choice.shown.table)


def test_the_advised_aim_shows_most_and_then_most_surely(money: Money) -> None:
    best = money.advised
    assert all(best.worth >= other.worth for other in money.choices)
    assert money.choice("advised") is best
    assert money.choice("sector").name == "sector"


@pytest.mark.slow
def test_committees_that_get_the_same_share_a_row(repository: Path) -> None:
    found = read_study(repository / "designs" / "social_profit.toml")
    few = replace(
        found,
        criteria=found.criteria[:1],
        committees=tuple(replace(each, pairs={found.criteria[0].name: 40}) for each in found.committees),
    )
    rows = money_rows(money_of_study(few), money_words("nl"))
    assert [row.committees for row in rows] == [tuple(each.number for each in few.committees), ()]
    assert rows[0].texts[0].startswith("40: ")
    assert rows[1].texts[0].startswith("280: ")


@pytest.mark.parametrize("language", ["nl", "fr", "en"])
def test_the_page_says_cost_advice_and_has_one_table_and_one_picture(money: Money, language: str) -> None:
    page = money_page(money, language)
    kinds = [type(block).__name__ for block in page.chapters[0].blocks]
    assert kinds.count("Table") == kinds.count("Figure") == 1
    sentences = money_sentences(money, money_words(language))
    assert len(set(sentences)) == len(sentences)
    assert "45.000" not in sentences[0]
    assert ("41.000" if language == "nl" else "41") in sentences[0].replace("\N{NARROW NO-BREAK SPACE}", ".")
