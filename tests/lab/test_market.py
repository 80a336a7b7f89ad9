from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from corrtest.design import make_plan, published_rates
from corrtest.errors import StudyError
from corrtest.lab import simulate_reactions, simulate_vacancies, simulated_study
from corrtest.lab.market import _alike
from corrtest.resources import designs_folder
from corrtest.spec import REACTIONS, check_vacancies


@pytest.fixture(scope="module")
def plan():
    study = simulated_study("construction")
    return make_plan(study, check_vacancies(simulate_vacancies(study), study), allow_shortfall=True)


def test_the_demo_study_says_that_it_is_simulated():
    study = simulated_study("construction")
    assert study.name.startswith("SIMULATED")
    assert "SIMULATED" in str(study.approval.ethics_reference)
    assert not study.approval.missing


def test_a_study_of_ones_own_is_simulated_too_whatever_its_approval_says(tmp_path):
    ready = (designs_folder() / "construction.toml").read_text(encoding="utf-8")
    real = 'ethics_reference = "EC 2026/14"\nauthorised_by = "the sector"\nemployers_informed_on = 2026-12-01\n'
    own = tmp_path / "own.toml"
    own.write_text(ready.replace("[approval]\n", f"[approval]\n{real}"), encoding="utf-8")
    study = simulated_study(str(own))
    assert "SIMULATED" in str(study.approval.ethics_reference)
    assert "SIMULATED" in study.name
    own.write_text(ready.replace("[approval]\n", ""), encoding="utf-8")
    assert not simulated_study(str(own)).approval.missing


def test_an_unknown_design_is_named_with_the_nearest():
    with pytest.raises(StudyError, match=r"'constructio'.*construction"):
        simulated_study("constructio")


def test_simulated_vacancies_pass_the_published_schema_and_belong_to_no_one():
    study = simulated_study("social_profit")
    vacancies = check_vacancies(simulate_vacancies(study), study)
    assert len(vacancies) == 3 * study.pairs_wanted
    assert (vacancies["employer_id"].str[:8].astype(int) < 2_000_000).all()
    assert vacancies["address"].str.endswith(".example").all()
    pd.testing.assert_frame_equal(simulate_vacancies(study), simulate_vacancies(study))


def test_reactions_follow_the_published_ratios(plan):
    reactions = simulate_reactions(plan).merge(plan.pairs[["pair_id", "criterion"]], on="pair_id")
    assert set(reactions["reaction"]) <= set(REACTIONS)
    counts = reactions[reactions["reaction"] == "invitation"].groupby(["criterion", "arm"]).size()
    pairs = plan.pairs.groupby("criterion").size()
    for criterion in pairs.index:
        control, ratio, _ = published_rates(criterion)
        n = pairs[criterion]
        for arm, rate in (("control", control), ("treated", control * ratio)):
            error = (rate * (1 - rate) / n) ** 0.5
            assert counts[criterion, arm] / n == pytest.approx(rate, abs=4 * error)


def test_reactions_come_after_sending_and_are_reproducible(plan):
    reactions = simulate_reactions(plan)
    pd.testing.assert_frame_equal(reactions, simulate_reactions(plan))
    first = reactions.merge(plan.pairs[["pair_id", "send_first_on"]], on="pair_id")
    assert (first["at"] > first["send_first_on"]).all()
    assert not reactions.duplicated(["pair_id", "arm"]).any()


def test_pairs_of_one_employer_answer_alike_as_preregistered():
    """Outcomes over many employers of three pairs have the mean and the variance of the Dirichlet-multinomial."""
    rng = np.random.default_rng(6)
    employers, correlation = 20_000, 0.2
    alike = _alike(np.repeat(np.arange(employers).astype(str), 3), correlation, rng)
    drawn = rng.random(3 * employers) < 0.3
    counts = drawn[alike].reshape(employers, 3).sum(axis=1)
    assert counts.mean() == pytest.approx(0.9, abs=0.03)
    assert counts.var() == pytest.approx(3 * 0.21 * (1 + 2 * correlation), rel=0.03)
    assert (_alike(np.array(["a", "a"]), 0.0, rng) == [0, 1]).all()
