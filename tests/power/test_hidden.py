from corrtest.design import make_plan
from corrtest.power import hidden_results
from tests.design.instances import make_study, make_vacancies


def warned(quota, **settings):
    study = make_study(quota, **settings)
    return hidden_results(make_plan(study, make_vacancies(study, 1200, 900)))


def test_a_small_committee_and_what_hides_with_it_are_named():
    (warning,) = warned({"124": {"origin": 60}, "200": {"origin": 40}, "302": {"origin": 12}})
    assert warning.startswith("origin: will not be shown by itself: ")
    assert "302 (12 planned). Fewer than 30 pairs stand behind this cell." in warning
    assert "200 (40 planned). Hidden to protect the answers of employers" in warning


def test_large_committees_raise_no_warning():
    assert warned({"124": {"origin": 60}, "200": {"origin": 40}}) == ()


def test_an_unpaired_study_counts_the_applications_of_each_arm():
    (warning,) = warned({"124": {"origin": 60}, "200": {"origin": 15}}, pairing="unpaired")
    assert "200 (30 planned). Fewer than 30 applications of one of the two groups" in warning
