from dataclasses import replace

import pytest

from corrtest.design import make_plan
from corrtest.disclosure import default_policy
from corrtest.errors import DesignError
from corrtest.power import power_of_plan, power_of_study
from corrtest.spec.study import AnalysisOptions, DisclosureOptions
from tests.design.instances import make_study, make_vacancies


def test_a_study_is_told_what_it_can_show(tmp_path):
    study = make_study({"124": {"origin": 200, "age": 200}, "200": {"origin": 200}})
    power = power_of_study(study)
    table = power.to_frame().set_index(["joint_committee", "criterion"])
    assert table.loc[("", "origin"), "pairs"] == 400
    assert table.loc[("", "origin"), "power"] > table.loc[("124", "origin"), "power"]
    assert table.loc[("", "origin"), "ratio_width"] < table.loc[("124", "origin"), "ratio_width"]
    counted, sentence, *_ = power.sentences()
    assert "Holm's method" in counted
    assert "their protection takes no pairs" in counted
    assert sentence.startswith("124, 200, origin: 200 pairs show a ratio of 0.")
    assert "in 8 of 10 such measurements" in sentence
    assert "in 8 van de 10 metingen" in power.sentences("nl")[1]
    for name in ("power.svg", "power.png"):
        assert power.plot(tmp_path / name).stat().st_size > 5000
    assert "<table" in power._repr_html_()


def test_more_pairs_an_employer_show_less():
    study = make_study({"124": {"origin": 200}})
    apart = power_of_study(study, pairs_per_employer=1)
    together = power_of_study(study, pairs_per_employer=4)
    assert together.table["power"][0] < apart.table["power"][0]
    assert together.table["pairs_needed"][0] > apart.table["pairs_needed"][0]
    assert together.table["employers"][0] == 50


def test_power_is_that_after_adjustment_for_the_number_of_results():
    quotas = {str(number): {"origin": 200} for number in (111, 112, 124, 200)}
    study = make_study(quotas)
    holm = power_of_study(study).table.set_index("joint_committee")["power"]
    alone = power_of_study(make_study({"124": {"origin": 200}})).table["power"][0]
    options = replace(study.analysis, multiplicity="none")
    none = power_of_study(replace(study, analysis=options)).table.set_index("joint_committee")["power"]
    assert holm["124"] < none["124"] == pytest.approx(alone, abs=1e-12)
    # One criterion is one result for the sector: nothing to adjust.
    assert holm[""] == pytest.approx(none[""], abs=1e-12)
    assert isinstance(options, AnalysisOptions)


def test_a_committee_that_will_not_be_shown_shows_nothing():
    study = make_study({"111": {"origin": 12}, "112": {"origin": 200}, "124": {"origin": 200}})
    power = power_of_study(study)
    table = power.table.set_index("joint_committee")
    assert not table.loc["111", "shown"]
    assert table.loc["111", "power"] == 0
    assert table.loc["", "shown"]
    assert table.loc["111", "pairs_needed"] > 100
    assert any("111" in sentence and "hidden or merged" in sentence for sentence in power.sentences())
    assert len(power.curves()["pairs"].unique()) == table[table["shown"]]["pairs"].nunique()


def test_the_price_of_the_stricter_protection_is_said_in_pairs():
    study = make_study({"124": {"origin": 200}, "200": {"origin": 200}})
    noisy = power_of_study(replace(study, disclosure=DisclosureOptions(protection="all_but_one")))
    exact = power_of_study(study)
    assert (noisy.table["power"] < exact.table["power"]).all()
    assert (noisy.table["pairs_for_noise"] > 0).all()
    assert (exact.table["pairs_for_noise"] == 0).all()
    # The total is protected first: its noise does not grow with the number of committees.
    assert noisy.table.set_index("joint_committee")["noise_sd"][""] <= default_policy().total_sd
    assert "of the pairs needed" in noisy.sentences()[0]
    assert "met ruis" in noisy.sentences("nl")[0]


def test_a_plan_has_the_power_of_its_own_employers():
    study = make_study({"124": {"origin": 60, "age": 60}})
    plan = make_plan(study, make_vacancies(study, 600, 500))
    found = power_of_plan(plan).table.set_index("criterion")
    counted = plan.pairs.groupby("criterion")["employer_id"].nunique()
    assert found["employers"].to_dict() == counted.to_dict()
    worst = power_of_study(study).table.set_index("criterion")
    assert found.loc["origin", "power"] >= worst.loc["origin", "power"]


def test_rates_of_ones_own_have_no_source():
    study = make_study({"124": {"origin": 200}})
    own = power_of_study(study, rates={"origin": (0.3, 0.5)}, pairs_per_employer=1)
    assert own.sources["origin"] == ()
    assert "At the given ratio of 0.50" in own.sentences()[1]
    assert power_of_study(study).sources["origin"]


def test_a_power_that_is_none_is_refused():
    with pytest.raises(DesignError, match="between 0 and 1"):
        power_of_study(make_study({"124": {"origin": 200}}), target_power=80)
