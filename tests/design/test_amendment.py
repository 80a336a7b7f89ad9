from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corrtest.design import amend_plan, freeze, make_plan, plan_together, verify_plan
from corrtest.errors import CheckFailed, DesignError
from tests.design.checker import broken_rules
from tests.design.instances import make_study, make_vacancies

SINCE = date(2027, 3, 1)


def versions(seed=1, first=60, later=200, pairs_per_day=None):
    study = make_study({"124": {"origin": 40, "age": 40}, "200": {"disability": 20}}, seed=seed)
    known = make_vacancies(study, first, 60, seed)
    plan = make_plan(study, known, allow_shortfall=True, pairs_per_day=pairs_per_day)
    everything = pd.concat([known, make_vacancies(study, later, 60, seed + 1, prefix="W")], ignore_index=True)
    return study, known, plan, everything


AMENDMENTS = {
    "seed": st.integers(0, 10**6),
    "first": st.integers(0, 80),
    "later": st.integers(0, 150),
    "per_day": st.sampled_from([None, 1, 3]),
}


def amend_and_hold(seed, first, later, per_day):
    study, _, plan, everything = versions(seed, first, later, per_day)
    amended = amend_plan(plan, everything, since=SINCE, reason="weekly", pairs_per_day=per_day)
    assert broken_rules(study, everything, amended.pairs) == []
    kept = amended.pairs.iloc[: len(plan.pairs)].reset_index(drop=True)
    pd.testing.assert_frame_equal(kept, plan.pairs, check_dtype=not plan.pairs.empty)  # no cell, no type to keep
    added = amended.pairs.iloc[len(plan.pairs) :]
    assert (added["send_first_on"] >= pd.Timestamp(SINCE)).all()
    if per_day and len(amended.pairs):
        assert amended.pairs["send_first_on"].value_counts().max() <= per_day
    assert amended.manifest["version"] == 2
    assert amended.manifest["amendments"][0]["previous"] == plan.manifest["sha256"]


@given(**AMENDMENTS)
@settings(max_examples=4)
def test_an_amendment_breaks_no_rule_and_moves_nothing(**instance):
    amend_and_hold(**instance)


@pytest.mark.slow
@given(**AMENDMENTS)
@settings(max_examples=40)
def test_no_amendment_of_forty_breaks_a_rule(**instance):
    amend_and_hold(**instance)


def test_an_amendment_fills_what_was_short():
    _, _, plan, everything = versions()
    amended = amend_plan(plan, everything, since=SINCE, reason="weekly")
    assert len(amended.pairs) > len(plan.pairs)
    assert amended.manifest["upper_bound"] >= len(amended.pairs)


def test_the_number_of_a_pair_that_was_taken_out_is_not_given_again():
    _, _, plan, everything = versions()
    numbers = {"v1": dict(zip(plan.pairs["pair_id"], plan.pairs["vacancy_id"], strict=True))}
    last = plan.pairs.sort_values("pair_id").iloc[-1]
    for version, reason in (("v2", "gone"), ("v3", "gone as well")):
        plan = amend_plan(plan, everything, since=SINCE, reason=reason, withdrawn=[last["vacancy_id"]])
        numbers[version] = dict(zip(plan.pairs["pair_id"], plan.pairs["vacancy_id"], strict=True))
        last = plan.pairs.sort_values("pair_id").iloc[-1]
    vacancies: dict[str, set[str]] = {}
    for version in numbers.values():
        for pair, vacancy in version.items():
            vacancies.setdefault(pair, set()).add(vacancy)
    assert {len(found) for found in vacancies.values()} == {1}
    assert len(numbers["v3"]) > 0


def test_a_withdrawn_vacancy_leaves_and_a_sent_one_stays():
    _, _, plan, everything = versions()
    late = plan.pairs[plan.pairs["send_first_on"] >= pd.Timestamp(SINCE)]["vacancy_id"].iloc[0]
    early = plan.pairs[plan.pairs["send_first_on"] < pd.Timestamp(SINCE)]["vacancy_id"].iloc[0]
    amended = amend_plan(plan, everything, since=SINCE, reason="withdrawn", withdrawn=[late])
    assert late not in set(amended.pairs["vacancy_id"])
    with pytest.raises(DesignError, match="what was sent stays"):
        amend_plan(plan, everything, since=SINCE, reason="withdrawn", withdrawn=[early])
    with pytest.raises(DesignError, match="--reason"):
        amend_plan(plan, everything, since=SINCE, reason=" ")


def test_a_plan_is_verified_to_the_byte():
    _, known, plan, everything = versions()
    verify_plan(freeze(plan, by="A. Person", on=date(2027, 1, 4)), known)
    changed = known.assign(closes=known["closes"] + pd.Timedelta(days=1))
    with pytest.raises(CheckFailed, match=r"inputs\.vacancies"):
        verify_plan(plan, changed)
    amended = amend_plan(plan, everything, since=SINCE, reason="weekly")
    verify_plan(amended, everything, previous=plan)
    with pytest.raises(DesignError, match="--previous"):
        verify_plan(amended, everything)


def test_the_partner_is_never_given_more_than_it_can_start_on_a_day():
    study = make_study({"124": {"origin": 90}})
    vacancies = make_vacancies(study, 600, 400)
    plan = make_plan(study, vacancies, allow_shortfall=True, pairs_per_day=1)
    assert plan.pairs["send_first_on"].value_counts().max() == 1
    assert len(plan.pairs) >= 85
    with pytest.raises(DesignError, match="pairs per day"):
        make_plan(study, vacancies, pairs_per_day=0)


def test_a_plan_made_together_with_others_is_verified_together():
    one = make_study({"124": {"origin": 20}}, name="one")
    two = make_study({"124": {"age": 20}}, name="two", seed=5)
    vacancies = make_vacancies(one, 120, 50)
    plans = plan_together([one, two], vacancies, allow_shortfall=True, pairs_per_day={"two": 2})
    for plan in plans:
        verify_plan(plan, vacancies, together=[one, two])
    with pytest.raises(DesignError, match=r"study 'one'.*planned together"):
        verify_plan(plans[1], vacancies)


def test_the_daily_load_is_on_record():
    _, known, plan, _ = versions(pairs_per_day=1)
    verify_plan(plan, known)
