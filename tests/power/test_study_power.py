import pytest

from corrtest.errors import DesignError
from corrtest.power import Clustering, power_of_study
from tests.design.instances import make_study


def test_a_study_is_told_what_it_can_show(tmp_path):
    study = make_study({"124": {"origin": 200, "age": 200}, "200": {"origin": 200}})
    power = power_of_study(study)
    table = power.to_frame().set_index(["joint_committee", "criterion"])
    assert table.loc[("", "origin"), "pairs"] == 400
    assert table.loc[("", "origin"), "power"] > table.loc[("124", "origin"), "power"]
    assert table.loc[("", "origin"), "ratio_width"] < table.loc[("124", "origin"), "ratio_width"]
    sentence = power.sentences()[0]
    assert sentence.startswith("124, origin: 200 pairs show a ratio of 0.")
    assert "in 8 of 10 such measurements" in sentence
    assert "in 8 van de 10 metingen" in power.sentences("nl")[0]
    for name in ("power.svg", "power.png"):
        assert power.plot(tmp_path / name).stat().st_size > 5000
    assert "<table" in power._repr_html_()


def test_more_pairs_an_employer_show_less():
    study = make_study({"124": {"origin": 200}})
    apart = power_of_study(study, clustering=Clustering())
    together = power_of_study(study, clustering=Clustering(pairs_per_employer=4, correlation=0.2))
    assert together.table["power"][0] < apart.table["power"][0]
    assert together.table["pairs_needed"][0] > apart.table["pairs_needed"][0]


def test_own_rates_replace_the_published_ones():
    study = make_study({"124": {"origin": 200}})
    own = power_of_study(study, rates={"origin": (0.3, 0.5)}, clustering=Clustering())
    assert own.table["power"][0] > 0.99
    assert own.sources["origin"] == ()
    assert power_of_study(study).sources["origin"]


def test_a_power_beyond_one_is_refused():
    with pytest.raises(DesignError, match="a power between 0 and 1"):
        power_of_study(make_study({"124": {"origin": 200}}), target_power=80)
