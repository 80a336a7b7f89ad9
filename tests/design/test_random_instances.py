"""Five hundred random instances: two studies that share employers, an amendment of the first, tight and loose caps.

The studies are paired or not, with a fixed or a drawn lag, with the same caps or different ones, and may share a
partner who sends so many pairs a day.
"""

from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corrtest.design import amend_plan, plan_together
from corrtest.spec import Caps, Partner, Window
from corrtest.spec.study import SizeStep
from tests.design.checker import broken_rules, partner_faults, unbalanced
from tests.design.instances import make_study, make_vacancies

SINCE = date(2027, 2, 22)


def loads(pairs):
    table = {}
    for pair in pairs.to_dict("records"):
        first, second = pair["send_first_on"], pair["send_second_on"]
        days = (first.date(), first.date() if pd.isna(second) else second.date())
        table.setdefault(pair["employer_id"], []).append(days)
    return table


def hold(seed, count, employers, tight, weeks, lag, by, sizes, tests_are, pairing, other_caps, per_day):
    total, window = (2, 1) if tight else (5, 2)
    steps = (SizeStep(employees=50, total=total + 2, window_pairs=window + 1),) if sizes else ()
    caps = Caps(total=total, window=Window(pairs=window, weeks=weeks), by_size=steps)
    others = Caps(total=total + 1, window=Window(pairs=window, weeks=max(1, weeks - 2))) if other_caps else caps
    partners = (Partner(name="a", pairs_per_day=per_day), Partner(name="b", pairs_per_day=2)) if per_day else ()
    common = {
        "end": date(2027, 4, 16),
        "lag_days": lag[0],
        "lag_days_most": lag[1],
        "blackout_days": (date(2027, 4, 5),),
    }
    one = make_study(
        {"124": {"origin": 14, "age": 7}},
        name="one",
        seed=seed,
        stratify_by=by,
        tests_are=tests_are,
        pairing=pairing,
        partners=partners,
        caps=caps,
        **common,
    )
    two = make_study(
        {"124": {"origin": 5}, "200": {"disability": 9}},
        name="two",
        seed=seed + 1,
        start=date(2027, 1, 20),
        partners=partners[:1],
        caps=others,
        **common,
    )
    studies = [one, two]
    known = make_vacancies(two, count, employers, seed, sizes=sizes)
    plans = plan_together(studies, known, allow_shortfall=True)
    assert broken_rules(one, known, plans[0].pairs, loads(plans[1].pairs), studies) == []
    assert broken_rules(two, known, plans[1].pairs, loads(plans[0].pairs), studies) == []
    assert not set(plans[0].pairs["vacancy_id"]) & set(plans[1].pairs["vacancy_id"])
    assert partner_faults(one, pd.concat([plan.pairs for plan in plans])) == []
    for study, plan in zip(studies, plans, strict=True):
        assert unbalanced(plan.pairs, study) == []
    later = make_vacancies(two, count // 2, employers, seed + 2, prefix="W", sizes=sizes)
    later["employees"] = (
        known.groupby("employer_id")["employees"].first().reindex(later["employer_id"]).to_numpy() if sizes else ""
    )
    everything = pd.concat([known, later], ignore_index=True)
    if not sizes:
        everything = everything.drop(columns="employees")
    free = everything[~everything["vacancy_id"].isin(plans[1].pairs["vacancy_id"])]
    amended = amend_plan(plans[0], free, since=SINCE, reason="weekly", already_sent=plans[1].pairs)
    assert broken_rules(one, everything, amended.pairs, loads(plans[1].pairs), studies) == []
    assert amended.pairs.iloc[: len(plans[0].pairs)]["pair_id"].tolist() == plans[0].pairs["pair_id"].tolist()


INSTANCES = {
    "seed": st.integers(0, 10**6),
    "count": st.integers(5, 90),
    "employers": st.integers(1, 50),
    "tight": st.booleans(),
    "weeks": st.integers(1, 10),
    "lag": st.sampled_from([(0, 0), (1, 1), (1, 3), (3, 3), (0, 4), (7, 7)]),
    "by": st.sampled_from([(), ("week",), ("occupation", "province"), ("occupation", "province", "week")]),
    "sizes": st.booleans(),
    "tests_are": st.sampled_from(["pairs", "applications"]),
    "pairing": st.sampled_from(["paired", "unpaired"]),
    "other_caps": st.booleans(),
    "per_day": st.sampled_from([None, None, 1, 2]),
}


@given(**INSTANCES)
@settings(max_examples=5)
def test_no_rule_is_broken_in_some_instances(**instance):
    hold(**instance)


@pytest.mark.slow
@given(**INSTANCES)
@settings(max_examples=500)
def test_no_rule_is_broken_in_five_hundred_instances(**instance):
    hold(**instance)
