from corrtest.design import make_plan, small_cells
from corrtest.spec import DisclosureOptions
from tests.design.instances import make_study, make_vacancies


def warned(quota, min_pairs=20, min_employers=10, disclosure=None, **settings):
    from dataclasses import replace

    study = make_study(quota, **settings)
    study = replace(study, disclosure=disclosure or DisclosureOptions())
    plan = make_plan(study, make_vacancies(study, 1200, 900))
    return small_cells(plan, min_pairs=min_pairs, min_employers=min_employers)


def test_a_single_small_committee_would_hide_the_next_one():
    (warning,) = warned({"124": {"origin": 60}, "200": {"origin": 40}, "302": {"origin": 12}})
    assert warning.startswith("origin: too few to be shown in 302 (12 pairs, ")
    assert "and 200 (40 pairs) would have to be hidden" in warning
    assert warning.endswith(
        "Merge small committees in the study, drop the stratum, or accept that its result is not shown."
    )


def test_two_small_ones_that_hide_each_other_hide_no_third():
    (warning,) = warned({"124": {"origin": 60}, "200": {"origin": 15}, "302": {"origin": 12}})
    assert "200 (15 pairs" in warning
    assert "302 (12 pairs" in warning
    assert "hidden or merged" not in warning


def test_the_studys_own_threshold_goes_first_and_large_ones_raise_nothing():
    quota = {"124": {"origin": 60}, "200": {"origin": 40}}
    assert warned(quota) == ()
    assert "a figure needs 50 pairs" in warned(quota, disclosure=DisclosureOptions(min_pairs=50))[0]


def test_an_unpaired_study_counts_the_applications_of_each_arm():
    (warning,) = warned({"124": {"origin": 60}, "200": {"origin": 15}}, pairing="unpaired")
    assert "200 (15 applications of each arm" in warning
