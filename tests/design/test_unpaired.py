"""Studies with one application a vacancy, drawn lags, partners, and caps that differ between studies."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from corrtest.design import (
    amend_plan,
    balance_table,
    feasibility,
    make_plan,
    plan_together,
    preregistration,
    verify_plan,
)
from corrtest.design.counterbalance import deal_arms, deal_lags
from corrtest.errors import DesignError
from corrtest.power import power_of_plan
from corrtest.spec import Caps, Partner, Window
from tests.design.checker import broken_rules, unbalanced
from tests.design.instances import make_study, make_vacancies

PARTNERS = (Partner(name="north", pairs_per_day=2), Partner(name="south", pairs_per_day=1))


def unpaired(**settings):
    study = make_study({"124": {"origin": 40, "disability": 40}}, pairing="unpaired", **settings)
    return study, make_vacancies(study, 700, 400)


def test_two_hundred_pairs_are_four_hundred_applications():
    study, vacancies = unpaired()
    plan = make_plan(study, vacancies)
    assert len(plan.pairs) == 160
    assert broken_rules(study, vacancies, plan.pairs) == []
    assert unbalanced(plan.pairs, study) == []
    assert plan.pairs["send_second_on"].isna().all()
    by_level = plan.pairs.groupby(["criterion", "level", "first_arm"]).size().unstack()
    assert (by_level["control"] - by_level["treated"]).abs().max() <= 2
    halved, vacancies = unpaired(tests_are="applications")
    assert len(make_plan(halved, vacancies).pairs) == 80


def test_an_unpaired_plan_is_amended_verified_balanced_and_preregistered():
    study, vacancies = unpaired(stratify_by=("occupation",))
    early = vacancies[vacancies["opens"] < pd.Timestamp("2027-02-15")].head(150).reset_index(drop=True)
    plan = make_plan(study, early, allow_shortfall=True)
    assert len(plan.pairs) < 160
    verify_plan(plan, early)
    later = amend_plan(plan, vacancies, since=date(2027, 3, 1), reason="weekly")
    verify_plan(later, vacancies, previous=plan)
    assert broken_rules(study, vacancies, later.pairs) == []
    balance = balance_table(later)
    assert {"first_arm", "template"} <= set(balance.table["factor"])
    assert "control_template" not in set(balance.table["factor"])
    text = preregistration(later, power_of_plan(later))
    for words in ("one application to each", "of 160 applications", "Newcombe", "chi-squared"):
        assert words in text
    assert "McNemar" not in text
    assert "één sollicitatie" in preregistration(later, power_of_plan(later), "nl")


def test_one_template_is_enough_for_single_applications():
    study, vacancies = unpaired(templates=("one",))
    assert set(make_plan(study, vacancies).pairs["treated_template"]) == {"", "one"}


def test_a_vacancy_that_closes_soon_can_take_one_application_but_not_two():
    study = make_study({"124": {"origin": 10}})
    vacancies = make_vacancies(study, 200, 150)
    vacancies["closes"] = vacancies["opens"]
    assert feasibility(study, vacancies).table["vacancies"].tolist() == [0]
    assert feasibility(replace(study, pairing="unpaired"), vacancies).table["vacancies"][0] > 50


def test_arms_are_dealt_evenly_in_all_and_in_each_template():
    for total in range(1, 30):
        arms, templates = deal_arms(("a", "b", "c"), total, np.random.default_rng(total))
        assert abs(2 * arms.count("control") - total) <= 1
        for name in set(templates):
            own = [arm for arm, template in zip(arms, templates, strict=True) if template == name]
            assert abs(2 * own.count("control") - len(own)) <= 1
    first = [deal_arms(("a", "b"), 1, np.random.default_rng(seed))[0][0] for seed in range(2000)]
    assert first.count("control") / 2000 == pytest.approx(0.5, abs=0.04)


def test_a_lag_is_dealt_evenly_among_those_that_fit_with_its_probability():
    possible = np.array([[True, True, False]] * 20 + [[False, True, True]] * 9 + [[True, False, False]] * 4)
    column, probability = deal_lags(possible, np.random.default_rng(1))
    assert possible[np.arange(33), column].all()
    assert np.bincount(column[:20]).tolist() == [10, 10]
    assert sorted(np.bincount(column[20:29], minlength=3)[1:].tolist()) == [4, 5]
    assert probability.tolist() == [0.5] * 29 + [1.0] * 4
    drawn = [deal_lags(possible[:5], np.random.default_rng(seed))[0][0] for seed in range(2000)]
    assert np.mean(drawn) == pytest.approx(0.5, abs=0.04)


def test_a_drawn_lag_never_leads_to_a_weekend_or_past_the_vacancy():
    study = make_study({"124": {"origin": 150}}, lag_days=1, lag_days_most=4)
    vacancies = make_vacancies(study, 900, 600)
    plan = make_plan(study, vacancies)
    assert broken_rules(study, vacancies, plan.pairs) == []
    lags = (plan.pairs["send_second_on"] - plan.pairs["send_first_on"]).dt.days
    assert set(lags) == {1, 2, 3, 4}
    assert set(balance_table(plan).table["factor"]) >= {"lag_days"}
    assert "1 to 4" in preregistration(plan, power_of_plan(plan))


def test_each_partner_starts_no_more_a_day_than_it_can_and_every_stratum_is_shared():
    study = make_study({"124": {"origin": 60, "age": 60}}, partners=PARTNERS)
    vacancies = make_vacancies(study, 900, 600)
    plan = make_plan(study, vacancies)
    assert broken_rules(study, vacancies, plan.pairs) == []
    share = plan.pairs.groupby("criterion")["partner"].value_counts(normalize=True)
    assert share[:, "north"].tolist() == pytest.approx([2 / 3, 2 / 3], abs=0.06)
    verify_plan(plan, vacancies)


def test_studies_that_share_a_partner_share_its_days():
    one = make_study({"124": {"origin": 90}}, name="one", partners=PARTNERS[1:])
    two = make_study({"200": {"age": 60}}, name="two", partners=PARTNERS[1:])
    vacancies = pd.concat(
        [make_vacancies(one, 500, 500), make_vacancies(two, 500, 500, 2, prefix="W")], ignore_index=True
    )
    plans = plan_together([one, two], vacancies, allow_shortfall=True)
    together = pd.concat([plan.pairs for plan in plans])
    assert together["send_first_on"].value_counts().max() == 1
    assert min(len(plan.pairs) for plan in plans) > 30
    assert plans[0].manifest["upper_bound"] <= 130
    assert {item.binding for plan in plans for item in plan.shortfalls} == {"partners"}
    assert "partners: with the pairs that may start on a day" in plans[0].shortfalls[0].cause


@pytest.mark.slow
def test_the_strictest_of_different_caps_holds_over_all_studies_and_later_versions():
    strict = Caps(total=3, window=Window(pairs=1, weeks=6))
    loose = Caps(total=2, window=Window(pairs=2, weeks=12))
    one = make_study({"124": {"origin": 90}}, name="one", caps=strict)
    two = make_study({"124": {"age": 90}}, name="two", caps=loose)
    vacancies = make_vacancies(one, 500, 90)
    plans = plan_together([one, two], vacancies, allow_shortfall=True)
    together = pd.concat([plan.pairs for plan in plans])
    assert together["employer_id"].value_counts().max() == 2
    assert (
        broken_rules(one, vacancies, together.assign(criterion="origin", level_probability=0.5), {}, [two]) is not None
    )
    gaps = together.sort_values("send_first_on").groupby("employer_id")["send_first_on"].diff().dropna().dt.days
    assert gaps.min() >= 42
    for plan in plans:
        verify_plan(plan, vacancies, together=[one, two])
    more = pd.concat([vacancies, make_vacancies(one, 300, 90, 7, prefix="W")], ignore_index=True)
    free = more[~more["vacancy_id"].isin(plans[1].pairs["vacancy_id"])]
    later = amend_plan(plans[0], free, since=date(2027, 3, 1), reason="weekly", already_sent=plans[1].pairs)
    everyone = pd.concat([later.pairs, plans[1].pairs])["employer_id"].value_counts()
    assert everyone.max() == 2


@pytest.mark.parametrize(
    ("count", "employers", "caps"),
    [
        (60, 60, Caps(total=9, window=Window(pairs=9, weeks=1))),
        (300, 20, Caps(total=2, window=Window(pairs=2, weeks=1))),
    ],
)
def test_so_many_more_employers_do_fill_it(count, employers, caps):
    study = make_study({"124": {"origin": 100}}, caps=caps)
    vacancies = make_vacancies(study, count, employers)
    short = make_plan(study, vacancies, allow_shortfall=True).shortfalls[0]
    more = short.figures["more_employers"]
    assert f"{more} more employers like these would fill it" in short.cause

    def with_more(number):
        """Add employers, each with the vacancies of another one drawn at random."""
        rng = np.random.default_rng(5)
        names = rng.permutation(np.tile(sorted(vacancies["employer_id"].unique()), 9))[:number]
        added = [
            vacancies[vacancies["employer_id"] == name].assign(
                employer_id=f"N{n:04d}", vacancy_id=lambda t, n=n: f"N{n}-" + t["vacancy_id"]
            )
            for n, name in enumerate(names)
        ]
        return make_plan(study, pd.concat([vacancies, *added], ignore_index=True), allow_shortfall=True)

    assert with_more(round(1.4 * more)).shortfalls == ()
    assert with_more(round(0.6 * more)).shortfalls != ()


def test_cells_are_named_where_they_bind():
    study = make_study({"124": {"origin": 80}}, stratify_by=("occupation", "province", "week"))
    vacancies = make_vacancies(study, 260, 250)
    short = make_plan(study, vacancies, allow_shortfall=True).shortfalls[0]
    assert short.binding == "cells"
    assert "occupation, province, week" in short.cause


def test_a_partner_without_days_is_refused():
    study = make_study({"124": {"origin": 8}})
    with pytest.raises(DesignError, match="1 or more"):
        make_plan(study, make_vacancies(study, 60, 60), pairs_per_day=0)
