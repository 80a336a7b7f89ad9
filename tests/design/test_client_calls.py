from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from corrtest.design import drawn_firms, plan_calls, read_plan, write_plan
from corrtest.errors import DesignError, InputError, StudyError
from corrtest.lab import simulate_firms, simulated_study
from corrtest.resources import designs_folder
from corrtest.spec import ClientCalls, Study, read_firms, read_study_text


@pytest.fixture(scope="module")
def study() -> Study:
    return simulated_study("service_vouchers")


@pytest.fixture(scope="module")
def firms(study, tmp_path_factory) -> pd.DataFrame:
    path = tmp_path_factory.mktemp("frame") / "firms.csv"
    simulate_firms(study).to_csv(path, index=False)
    return read_firms(path, study)


def with_calls(study: Study, **changes) -> Study:
    return replace(study, client_calls=replace(study.client_calls or ClientCalls(), **changes))


def test_a_plan_of_calls_records_its_frame_and_comes_back(study, firms, tmp_path):
    plan = plan_calls(study, firms, key=b"k" * 32)
    assert plan.manifest["frame"] == {"all": 755, "322.01": 755}
    assert len(plan.pairs) == plan.pairs["employer"].nunique() == 300
    assert plan.pairs["partner"].value_counts().tolist() == [100, 100, 100]
    back = read_plan(write_plan(plan, tmp_path / "plan"))
    pd.testing.assert_frame_equal(back.pairs, plan.pairs)
    assert not {"employer_id", "address", "employer_name"} & set(plan.drawn().columns)
    again = plan_calls(study, firms, key=b"k" * 32)
    assert again.manifest == plan.manifest


def test_two_waves_with_the_same_panel_seed_call_the_same_firms_and_take_new_ones_in(study, firms):
    first = set(drawn_firms(study, firms)["employer_id"])
    later = replace(study, seed=study.seed + 1, wave="follow_up")
    assert set(drawn_firms(later, firms)["employer_id"]) == first
    assert set(drawn_firms(with_calls(later, panel_seed=7), firms)["employer_id"]) != first
    without = firms[~firms["employer_id"].isin(sorted(first)[:30])].reset_index(drop=True)
    assert len(set(drawn_firms(later, without)["employer_id"]) & first) == 270


def test_firms_are_drawn_in_proportion_to_committees_or_to_size(study, firms):
    committees = firms.assign(joint_committee=["322"] * 155 + ["322.01"] * 600)
    drawn = drawn_firms(with_calls(study, firms=151), committees)
    assert drawn["joint_committee"].value_counts().to_dict() == {"322.01": 120, "322": 31}
    assert drawn.groupby("joint_committee")["weight"].sum().round(6).to_dict() == {"322": 155.0, "322.01": 600.0}
    by_size = drawn_firms(with_calls(study, firms=100, draw="size"), firms)
    assert len(by_size) == 100
    assert by_size["employees"].mean() > 1.5 * firms["employees"].mean()
    # Horvitz and Thompson's estimate of the employees of the whole frame.
    assert (by_size["weight"] * by_size["employees"]).sum() == pytest.approx(firms["employees"].sum(), rel=0.15)


def test_calls_to_a_firm_keep_its_window_and_hear_different_wishes(study, firms):
    twice = with_calls(study, firms=60, calls_per_firm=2, wishes=("no_foreign_origin", "nobody_older"))
    plan = plan_calls(twice, firms)
    assert len(plan.pairs) == 120
    for _, own in plan.pairs.groupby("employer"):
        days = own["send_first_on"].sort_values()
        assert (days.iloc[1] - days.iloc[0]).days >= 56
        assert own["level"].nunique() == 2
    assert plan.pairs["level"].value_counts().tolist() == [60, 60]


def test_what_other_studies_sent_counts_for_the_cap(study, firms):
    first = firms["employer_id"].tolist()[:500]
    sent = pd.DataFrame({"employer_id": first * 2, "send_first_on": ["2027-01-04"] * 500 + ["2026-10-01"] * 500})
    with pytest.raises(DesignError, match="Not all firms"):
        plan_calls(study, firms, already_sent=sent)
    plan = plan_calls(study, firms, already_sent=sent, allow_shortfall=True)
    assert not set(plan.pairs["employer_id"]) & set(first)
    assert plan.shortfalls[0].planned == 255
    # One earlier approach is under the cap, but its window must have passed.
    once = pd.DataFrame({"employer_id": firms["employer_id"], "send_first_on": "2027-01-04"})
    plan = plan_calls(study, firms, already_sent=once)
    assert plan.pairs["send_first_on"].min() >= pd.Timestamp("2027-03-01")


def test_a_frame_as_people_have_it_is_read_and_its_faults_are_named(study, tmp_path):
    path = tmp_path / "lijst.csv"
    made = simulate_firms(study).head(40)
    given = made.rename(columns={"employer_id": "Ondernemingsnummer", "address": "Telefoon", "employees": "Werknemers"})
    given.drop(columns=["joint_committee", "postal_code"]).to_csv(path, index=False, sep=";")
    firms = read_firms(path, study)
    assert firms["joint_committee"].unique().tolist() == ["322.01"]
    assert len(firms) == 40
    wrong = given.assign(Ondernemingsnummer=np.where(given.index == 3, "0123456789", given["Ondernemingsnummer"]))
    wrong.to_csv(path, index=False, sep=";")
    with pytest.raises(InputError, match="0123456789"):
        read_firms(path, study)
    with pytest.raises(InputError, match="no file of firms"):
        read_firms(tmp_path / "none", study)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("calls_per_firm = 1", "calls_per_firm = 3", "client_calls.calls_per_firm"),
        ('wishes = ["no_foreign_origin"]', 'wishes = ["no_dogs"]', "no_dogs"),
        ("standard = 0.8", "standard = 80", "client_calls.standard"),
        ('instrument = "client_calls"', 'instrument = "survey"', "client_calls"),
        ('strict = ["agrees", "hints"]', 'strict = ["invitation"]', "invitation"),
    ],
)
def test_faults_of_the_table_are_named(old, new, told):
    text = (designs_folder() / "service_vouchers.toml").read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(StudyError, match=told):
        read_study_text(text.replace(old, new), "study.toml")
