"""Five hundred random instances: two studies that share employers, an amendment of the first, tight and loose caps."""

from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corrtest.design import amend_plan, plan_together
from corrtest.spec import Caps, Window
from corrtest.spec.study import SizeStep
from tests.design.checker import broken_rules, unbalanced
from tests.design.instances import make_study, make_vacancies

SINCE = date(2027, 2, 22)


def loads(pairs):
    table = {}
    for pair in pairs.to_dict("records"):
        table.setdefault(pair["employer_id"], []).append((pair["send_first_on"].date(), pair["send_second_on"].date()))
    return table


@pytest.mark.slow
@given(
    seed=st.integers(0, 10**6),
    count=st.integers(5, 90),
    employers=st.integers(1, 50),
    tight=st.booleans(),
    weeks=st.integers(1, 10),
    lag=st.sampled_from([0, 1, 3, 7]),
    by=st.sampled_from([(), ("week",), ("occupation", "province"), ("occupation", "province", "week")]),
    sizes=st.booleans(),
    tests_are=st.sampled_from(["pairs", "applications"]),
)
@settings(max_examples=500)
def test_no_rule_is_broken_in_five_hundred_instances(seed, count, employers, tight, weeks, lag, by, sizes, tests_are):
    total, window = (2, 1) if tight else (5, 2)
    steps = (SizeStep(employees=50, total=total + 2, window_pairs=window + 1),) if sizes else ()
    caps = Caps(total=total, window=Window(pairs=window, weeks=weeks), by_size=steps)
    common = {"caps": caps, "end": date(2027, 4, 16), "lag_days": lag, "blackout_days": (date(2027, 4, 5),)}
    one = make_study(
        {"124": {"origin": 14, "age": 7}}, name="one", seed=seed, stratify_by=by, tests_are=tests_are, **common
    )
    two = make_study(
        {"124": {"origin": 5}, "200": {"disability": 9}}, name="two", seed=seed + 1, start=date(2027, 1, 20), **common
    )
    known = make_vacancies(two, count, employers, seed, sizes=sizes)
    plans = plan_together([one, two], known, allow_shortfall=True)
    assert broken_rules(one, known, plans[0].pairs, loads(plans[1].pairs)) == []
    assert broken_rules(two, known, plans[1].pairs, loads(plans[0].pairs)) == []
    assert not set(plans[0].pairs["vacancy_id"]) & set(plans[1].pairs["vacancy_id"])
    for study, plan in zip((one, two), plans, strict=True):
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
    assert broken_rules(one, everything, amended.pairs, loads(plans[1].pairs)) == []
    assert amended.pairs.iloc[: len(plans[0].pairs)]["pair_id"].tolist() == plans[0].pairs["pair_id"].tolist()
