"""What a report may say of the fieldwork."""

import json

from corrtest.analysis import analyse, pairs_table
from corrtest.disclosure import default_policy, release, releases_from_json, releases_to_json
from corrtest.disclosure.fieldwork import public_fieldwork
from corrtest.spec import MARKED_TESTS, TEST_FATES
from tests.disclosure.sectors import sector_pairs


def account(committee, bounced, late):
    fates = dict.fromkeys(TEST_FATES, 3)
    return {"joint_committee": committee, "criterion": "age", **fates, **dict.fromkeys(MARKED_TESTS, 0)} | {
        "bounced": bounced,
        "late_answer": late,
    }


def test_acts_of_employers_pass_as_one_number_and_only_where_it_is_not_small():
    strata = [account("124", 7, 4), account("126", 5, 5)]
    found = public_fieldwork({"strata": strata}, default_policy(), sizes_known=True)
    assert found["marked"] == {
        "bounced": 12,
        "vacancy_withdrawn": None,
        "late_answer": None,
        "second_late": None,
        "incident": None,
    }
    assert all(not set(stratum) & set(MARKED_TESTS) for stratum in found["strata"])
    assert found["strata"][0]["replaced"] == 3


def test_where_odd_reactions_are_left_out_nothing_tells_how_many_they_were():
    found = public_fieldwork({"strata": [account("124", 70, 40)]}, default_policy(), sizes_known=False)
    assert "marked" not in found


def test_weeks_are_those_of_the_first_application_and_survive_json():
    table = sector_pairs(1, committees={"124": 40}, criteria=["age"])
    table["sent_on"] = ["2027-01-11", "2027-01-17", "2027-01-18", "2027-03-01"] * 10
    results = analyse(pairs_table(table), simulated=True, fieldwork=[account("124", 12, 0)])
    released = release(results, default_policy())
    weeks = [("2027-01-11", 20), ("2027-01-18", 10), ("2027-03-01", 10)]
    assert [(week["week"], week["tests"]) for week in released.fieldwork["weeks"]] == weeks
    again = releases_from_json(releases_to_json(released))
    assert again.fieldwork == json.loads(json.dumps(released.fieldwork))


def test_a_table_without_days_has_no_weeks():
    results = analyse(pairs_table(sector_pairs(1, committees={"124": 40}, criteria=["age"])), simulated=True)
    assert release(results, default_policy()).fieldwork == {}
