from dataclasses import replace

import pandas as pd
import pytest

from corrtest.design import feasibility, make_plan
from corrtest.spec import Caps, Window
from corrtest.spec.study import SizeStep
from tests.design.instances import make_study, make_vacancies


def test_weeks_and_employers_are_counted_by_hand():
    study = make_study({"124": {"origin": 2, "age": 1}})
    vacancies = make_vacancies(study, 3, 3).assign(
        joint_committee="124",
        employer_id=["A", "A", "B"],
        opens=pd.to_datetime(["2027-01-11", "2027-01-11", "2027-01-15"]),
        closes=pd.to_datetime(["2027-01-12", "2027-01-31", "2027-01-19"]),
        channel=["email", "portal", "email"],
    )
    found = feasibility(study, vacancies)
    weeks = found.weeks.set_index("week_of")
    assert weeks.loc["2027-01-11", ["vacancies", "employers"]].tolist() == [2, 1]
    assert weeks.loc["2027-01-18", ["vacancies", "employers"]].tolist() == [2, 2]
    assert weeks.loc["2027-02-01", ["vacancies", "employers"]].tolist() == [0, 0]
    row = found.table.iloc[0]
    assert (row["wanted"], row["committee_wanted"], row["vacancies"], row["employers"], row["under_cap"]) == (
        2,
        3,
        3,
        2,
        3,
    )
    assert row["by_email"] == pytest.approx(2 / 3)
    assert found.warnings == ()


def test_hire_by_telephone_and_service_vouchers_are_warned_of():
    study = make_study({"322.01": {"origin": 2}, "124": {"origin": 500}})
    vacancies = make_vacancies(study, 200, 100)
    vacancies.loc[vacancies["joint_committee"] == "322.01", "channel"] = "telephone"
    warnings = feasibility(study, vacancies).warnings
    assert any(w.startswith("322.01: Service vouchers") and "client-request calls" in w for w in warnings)
    assert any(w.startswith("322.01: 100% of the vacancies are answered by telephone") for w in warnings)
    assert any(w.startswith("124: too few vacancies") for w in warnings)


@pytest.mark.parametrize("declared", [(), ("email", "telephone")])
def test_no_pair_is_planned_on_a_channel_that_is_not_declared(declared: tuple[str, ...]):
    study = replace(make_study({"124": {"origin": 2}}), channels=declared)
    vacancies = make_vacancies(study, 40, 20).assign(joint_committee="124", channel="email")
    vacancies.loc[vacancies.index[::2], "channel"] = "telephone"
    pairs = make_plan(study, vacancies).pairs
    found = feasibility(study, vacancies)
    by_email = vacancies[vacancies["channel"] == "email"]
    if declared:
        assert found.lost.empty
        assert found.table["vacancies"].item() > 20
    else:
        assert set(pairs["channel"]) == {"email"}
        (row,) = found.lost.to_dict("records")
        assert (row["channel"], row["vacancies"], row["vacancies_left"]) == ("telephone", 20, 20)
        reached = set(by_email["employer_id"])
        assert row["employers"] == len(set(vacancies["employer_id"]) - reached)
        assert row["employers_left"] == len(reached)
        assert any("since the study does not apply by telephone" in warning for warning in found.warnings)


def test_no_vacancies_at_all_is_no_crash():
    study = make_study({"124": {"origin": 2}})
    found = feasibility(study, make_vacancies(study, 5, 5).iloc[:0])
    assert found.table["vacancies"].tolist() == [0]


def test_steps_by_size_without_sizes_are_warned_of():
    caps = Caps(total=2, window=Window(pairs=1, weeks=8), by_size=(SizeStep(employees=250, total=5, window_pairs=2),))
    study = make_study({"124": {"origin": 2}}, caps=caps)
    assert "no column 'employees'" in feasibility(study, make_vacancies(study, 50, 30)).warnings[0]
    assert feasibility(study, make_vacancies(study, 50, 30, sizes=True)).warnings == ()
