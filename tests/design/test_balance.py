from dataclasses import replace

import numpy as np
import pytest

from corrtest.design import balance_table, make_plan
from tests.design.instances import make_study, make_vacancies


@pytest.fixture(scope="module")
def plan():
    study = make_study({"124": {"origin": 100, "age": 100, "disability": 100}})
    return make_plan(study, make_vacancies(study, 900, 500, sizes=True))


def test_a_draw_is_balanced_and_the_table_says_so(plan):
    balance = balance_table(plan)
    assert balance.notable.empty
    assert set(balance.table["factor"]) == {"first_arm", "control_template", "criterion", "level"}
    assert "0 exceed 0.1" in balance.sentence()
    assert "log(1 + employees)" in set(balance.table["category"])


def test_a_standardised_difference_is_what_its_formula_says(plan):
    row = balance_table(plan).table.query("factor == 'first_arm' and category == 'mason'").iloc[0]
    mason = plan.pairs["occupation"] == "mason"
    first = plan.pairs["first_arm"] == "control"
    one, other = mason[first].mean(), mason[~first].mean()
    expected = (one - other) / np.sqrt((one * (1 - one) + other * (1 - other)) / 2)
    assert row["standardised_difference"] == pytest.approx(expected)
    assert (row["share"], row["share_others"]) == (one, other)


def test_a_draw_that_follows_the_province_is_seen(plan):
    pairs = plan.pairs.assign(first_arm=np.where(plan.pairs["province"] < "L", "control", "treated"))
    broken = balance_table(replace(plan, pairs=pairs))
    assert set(broken.notable["covariate"]) >= {"province"}
    assert broken.largest > 1
