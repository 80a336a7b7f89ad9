"""Callers: two of equal training a pair, crossed over arms and order."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from corrtest.design import assign_callers, caller_balance, caller_warnings
from corrtest.spec import Caller, Calling, Study
from tests.design.instances import make_study

STUDY = make_study({"124": {"origin": 2}})


def called_by(*callers: Caller, seed: int = 7) -> Study:
    return replace(STUDY, seed=seed, calling=Calling(callers=callers))


def some_pairs(count: int, rng: np.random.Generator) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "pair_id": [f"P{n:05d}" for n in range(1, count + 1)],
            "joint_committee": rng.choice(["124", "200"], count),
            "criterion": rng.choice(["origin", "age"], count),
            "first_arm": rng.choice(["control", "treated"], count),
            "channel": rng.choice(["telephone", "email"], count, p=[0.8, 0.2]),
        }
    )


@settings(max_examples=25, deadline=None)
@given(count=st.integers(1, 120), callers=st.integers(2, 4), seed=st.integers(0, 10**6))
def test_no_caller_is_more_often_control_or_first(count: int, callers: int, seed: int) -> None:
    study = called_by(*(Caller(name=f"c{n}", group="a") for n in range(callers)), seed=seed)
    pairs = some_pairs(count, np.random.default_rng(seed))
    assigned = assign_callers(study, pairs).merge(pairs, on="pair_id")
    assert sorted(assigned["pair_id"]) == sorted(pairs.loc[pairs["channel"] == "telephone", "pair_id"])
    assert (assigned["control_caller"] != assigned["treated_caller"]).all()
    for _, stratum in assigned.groupby(["joint_committee", "criterion", "first_arm"]):
        for caller in study.calling.callers:
            control, treated = ((stratum[f"{arm}_caller"] == caller.name).sum() for arm in ("control", "treated"))
            assert abs(control - treated) <= 1


def test_over_two_hundred_pairs_every_caller_has_each_arm_first_as_often():
    study = called_by(*(Caller(name=name, group="a") for name in ("ivy", "oak")))
    pairs = some_pairs(200, np.random.default_rng(1)).assign(
        joint_committee="124", criterion="origin", channel="telephone", first_arm=["control", "treated"] * 100
    )
    table = caller_balance(study, pairs)
    assert table[["first", "second", "calls"]].to_numpy().tolist() == [[50, 50, 100]] * 4


def test_a_study_by_telephone_is_warned_of_too_few_callers():
    two, four = (tuple(Caller(name=f"c{number}", group="a") for number in range(most)) for most in (2, 4))
    by_telephone = replace(called_by(), channels=("email", "telephone"))
    assert "names no two callers" in caller_warnings(by_telephone)[0]
    assert "87 of 100" in caller_warnings(replace(by_telephone, calling=Calling(callers=two)))[0]
    assert caller_warnings(replace(by_telephone, calling=Calling(callers=four))) == ()
    # In writing nobody calls.
    assert caller_warnings(called_by()) == ()


def test_callers_of_other_training_never_share_a_pair_and_a_voice_keeps_its_arm():
    study = called_by(
        Caller(name="ivy", group="a", arms=("control",)),
        Caller(name="oak", group="a", arms=("treated",)),
        Caller(name="elm", group="b"),
        Caller(name="fir", group="b"),
    )
    pairs = some_pairs(150, np.random.default_rng(2))
    assigned = assign_callers(study, pairs)
    assert set(map(tuple, assigned[["control_caller", "treated_caller"]].to_numpy())) == {
        ("ivy", "oak"),
        ("elm", "fir"),
        ("fir", "elm"),
    }


def test_pairs_added_later_leave_the_callers_of_earlier_ones():
    study = called_by(*(Caller(name=name, group="a") for name in ("ivy", "oak", "elm")))
    pairs = some_pairs(80, np.random.default_rng(3))
    early = assign_callers(study, pairs.iloc[:50])
    late = assign_callers(study, pairs).set_index("pair_id").loc[early["pair_id"]].reset_index()
    pd.testing.assert_frame_equal(late, early)
