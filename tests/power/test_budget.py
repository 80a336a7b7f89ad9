from dataclasses import replace

import numpy as np
import pytest

from corrtest.design import classic_cost, prices
from corrtest.errors import DesignError
from corrtest.power import AIMS, money_of_study, money_rows, money_sentences, money_words, spread_budget
from corrtest.spec import read_study
from corrtest.spec.study import Budget
from tests.design.instances import make_study


@pytest.fixture(scope="module")
def social_profit(repository):
    return read_study(repository / "designs" / "social_profit.toml")


def test_the_classic_design_costs_what_its_pairs_cost(social_profit):
    money = replace(social_profit, budget=Budget(total=85000, cost_per_pair=50, cost_per_vacancy=10, fixed=1000))
    unit = 50 + 10 * prices(money).vacancies_per_pair
    assert classic_cost(money) == 1000 + 200 * 3 * 7 * unit
    assert prices(money).assumed == ()
    assert prices(money).pairs(1000 + 3.5 * unit) == 3


@pytest.mark.parametrize("aim", AIMS)
def test_a_budget_is_spent_and_no_stratum_left_below_its_minimum(social_profit, aim):
    answer = spread_budget(social_profit, aim, minimum=35)
    assert answer.cost <= 85000 < answer.cost + answer.prices.unit
    assert answer.table["pairs"].min() >= 35
    assert len(answer.table) == 21
    assert (answer.table["pooled_width"] < answer.table["width"]).all()
    assert answer.classic > 3 * answer.total


def test_each_aim_is_best_at_what_it_aims_for(social_profit):
    answers = {aim: spread_budget(social_profit, aim) for aim in AIMS}
    widest = {aim: answer.table["width"].max() for aim, answer in answers.items()}
    assert min(widest, key=widest.get) == "equal_width"
    z = 1.959963984540054

    def sector_variance(answer):
        ratio = answer.table.groupby("criterion").size().index
        assert len(ratio) == 3
        return sum(
            (np.arcsinh(row["width"] / 2 / RATIO[row["criterion"]]) / z) ** 2
            for row in answer.sector.to_dict("records")
        )

    from corrtest.design import published_rates

    RATIO = {name: published_rates(name)[1] for name in ("origin", "age", "disability")}
    total = {aim: sector_variance(answer) for aim, answer in answers.items()}
    assert min(total, key=total.get) == "sector"


def test_the_greedy_spread_is_the_best_of_all_spreads_where_all_can_be_tried():
    study = replace(
        make_study({"124": {"origin": 9, "age": 9}}),
        budget=Budget(total=130, cost_per_pair=10, cost_per_vacancy=0, fixed=0),
    )
    study = replace(study, criteria=study.criteria[:2])
    best = spread_budget(study, "sector", minimum=1).table["pairs"].tolist()
    assert sum(best) == 13

    def variance(pairs):
        from corrtest.power.spreading import _strata
        from corrtest.power.study_power import measurements_of

        return _strata(study, None, measurements_of(study), {}).sector(np.array(pairs, dtype=float)).sum()

    assert variance(best) == min(variance([n, 13 - n]) for n in range(1, 13))


def test_larger_committees_get_more_where_the_sector_is_the_aim(social_profit):
    weights = {"330": 0.5, "331": 0.2, "318": 0.1, "319": 0.1, "327": 0.05, "329": 0.04, "337": 0.01}
    pairs = spread_budget(social_profit, "sector", weights=weights).table.groupby("joint_committee")["pairs"].sum()
    assert pairs["330"] > pairs["331"] > pairs["337"] == 90


def test_a_budget_below_the_minima_is_named(social_profit):
    with pytest.raises(DesignError, match="euro for 200 pairs in each of 21 strata"):
        spread_budget(social_profit, "sector", minimum=200)
    with pytest.raises(DesignError, match=r"\[budget\] total"):
        spread_budget(replace(social_profit, budget=Budget()), "sector")
    with pytest.raises(DesignError, match="Did you mean 'sector'"):
        spread_budget(social_profit, "sectors")


@pytest.mark.slow
def test_the_worked_example_in_the_guide_is_what_the_code_answers(social_profit, repository):
    guide = (repository / "docs" / "budget.md").read_text(encoding="utf-8")
    money, words = money_of_study(social_profit), money_words("en")
    for sentence in money_sentences(money, words):
        assert sentence in guide.replace("\n", " "), sentence
    for row in money_rows(money, words):
        line = f"| {row.criterion} | {row.place(words)} | {' | '.join(row.texts)} |"
        assert line in guide, line


def test_noise_widens_what_a_budget_buys(social_profit):
    noisy = replace(social_profit, disclosure=replace(social_profit.disclosure, protection="all_but_one"))
    exact, wider = (spread_budget(study, "sector") for study in (social_profit, noisy))
    assert (wider.table["width"] > exact.table["width"]).all()
    assert (wider.sector["width"] > exact.sector["width"]).all()
