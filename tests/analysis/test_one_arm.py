from __future__ import annotations

import math
import shutil
import subprocess
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from corrtest.analysis import (
    Results,
    ShareCounts,
    ShareTables,
    against_standard,
    analyse_shares,
    answers_table,
    change_of_share,
    clopper_pearson,
)
from corrtest.disclosure import Override, policy_for, release, releases_from_json, releases_to_json
from corrtest.errors import AnalysisError, InputError

OUTCOMES = {"strict": ("hints", "agrees"), "broad": ("refers", "hints", "agrees")}
FIRMS, CALLED = 755, 300


def answers(seed: int = 1, *, calls: int = 1, waves: tuple[str, ...] = ("baseline",)) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    lenient = rng.beta(2, 4, CALLED)
    rows = [
        {
            "pair_id": f"P{wave}{firm}-{call}",
            "sector": "service_vouchers",
            "joint_committee": "322.01",
            "criterion": "origin",
            "level": "no_foreign_origin",
            "employer": f"E{firm}",
            "answer": rng.choice(["agrees", "hints"])
            if rng.random() < chance
            else rng.choice(["refuses", "refers"], p=[0.8, 0.2]),
            "wave": wave,
        }
        for wave in waves
        for firm, chance in enumerate(lenient)
        for call in range(calls)
    ]
    return pd.DataFrame(rows)


def overall(results: Results, outcome: str = "strict"):
    (group,) = (g for g in results.select(joint_committee=None, level=None) if g.outcome == outcome)
    return group


def test_one_call_a_firm_has_the_interval_of_its_formula_with_the_finite_population():
    results = analyse_shares(answers_table(answers()), outcomes=OUTCOMES, population={"all": FIRMS, "322.01": FIRMS})
    group = overall(results)
    # Wilson's limits with 0.2 of an answer as correction, written out, at n/(1 − n/N) calls.
    z, effect = 1.959963984540054, 1 - CALLED / FIRMS
    n = CALLED / effect
    for name, x in (("share", group.counts.positive), ("share_of_others", group.counts.other)):
        found = group.estimate(name)
        limits = []
        for sign in (-1, 1):
            p = (x / effect + 0.2 * sign) / n
            middle, half = p + z**2 / (2 * n), z * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
            limits.append((middle + sign * half) / (1 + z**2 / n))
        assert (found.lower, found.upper) == pytest.approx(tuple(limits), abs=1e-12)
        assert found.value == x / CALLED
        assert found.method == "wilson_adjusted_finite"
    assert group.design_effect == pytest.approx(effect)


@pytest.mark.slow
@pytest.mark.parametrize("calls", [1, 2])
def test_the_variance_is_that_of_the_survey_package_of_r(tmp_path, calls):
    if shutil.which("Rscript") is None:
        pytest.skip("R is not installed")
    table = answers(3, calls=calls).assign(y=lambda each: each["answer"].isin(OUTCOMES["strict"]).astype(int))
    table.assign(N=FIRMS).to_csv(tmp_path / "calls.csv", index=False)
    script = (
        f'library(survey); x <- read.csv("{tmp_path / "calls.csv"}"); '
        "d <- svydesign(id = ~employer, fpc = ~N, data = x); m <- svymean(~y, d); "
        "cat(format(c(coef(m), SE(m)), digits = 15), degf(d))"
    )
    told = subprocess.run(["Rscript", "-e", script], capture_output=True, text=True, check=True).stdout.split()
    share, error, df = map(float, told)
    results = analyse_shares(
        answers_table(table.drop(columns="y")), outcomes=OUTCOMES, population={"all": FIRMS}, all_methods=True
    )
    group = overall(results)
    assert group.estimate("share").value == pytest.approx(share, abs=1e-12)
    # Wilson's limits at R's effective number of calls, as `svyciprop` has them for its other methods.
    from scipy.stats import t

    from corrtest.analysis.statistics.share import share_limits

    effect = error**2 / (share * (1 - share) / len(table))
    x, n = np.array([float(group.counts.positive)]), np.array([float(len(table))])
    wanted = share_limits(x, n, np.array([effect]), np.array([t.ppf(0.975, df)]))
    if calls > 1:
        robust = group.estimate("share", "cluster_robust")
        assert (robust.lower, robust.upper) == pytest.approx((wanted.lower[0], wanted.upper[0]), abs=1e-9)
    else:
        assert group.design_effect == pytest.approx(effect * (CALLED - 1) / CALLED, rel=1e-9)


def test_everybody_asked_leaves_nothing_to_chance():
    results = analyse_shares(answers_table(answers()), outcomes=OUTCOMES, population={"all": CALLED})
    found = overall(results).estimate("share")
    assert found.lower == found.value == found.upper


def test_exact_limits_agree_with_a_published_table():
    # Clopper and Pearson for 10 of 100: 4.90 % to 17.62 % (Newcombe 1998, table I has 81/263: 25.27 to 36.73).
    found = clopper_pearson(np.array([10.0, 81.0]), np.array([100.0, 263.0]))
    assert found.lower == pytest.approx([0.0490, 0.2527], abs=5e-5)
    assert found.upper == pytest.approx([0.1762, 0.3676], abs=5e-4)


def test_results_and_releases_come_back_as_they_were_written():
    results = analyse_shares(answers_table(answers()), outcomes=OUTCOMES, population={"all": FIRMS}, simulated=True)
    assert Results.from_json(results.to_json()).to_json() == results.to_json()
    releases = release(results, policy_for(results))
    assert releases_to_json(releases_from_json(releases_to_json(releases))) == releases_to_json(releases)
    assert {each.estimates[0].name for each in releases if each.shown} == {"share"}


def test_small_cells_are_hidden_and_cannot_be_had_by_subtraction():
    table = answers()
    table["joint_committee"] = ["322"] * 12 + ["200"] * 60 + ["322.01"] * (len(table) - 72)
    results = analyse_shares(answers_table(table), outcomes=OUTCOMES, simulated=True)
    by_committee = {each.joint_committee: each for each in release(results, policy_for(results)) if not each.level}
    assert by_committee["322"].suppression.rule == "min_pairs"
    hidden = [name for name, each in by_committee.items() if name and not each.shown]
    assert len(hidden) > 1 or not by_committee[None].shown


def test_a_committee_in_which_all_firms_go_along_is_hidden_and_one_in_which_none_does_is_shown():
    table = answers()
    table["joint_committee"] = np.repeat(["322", "322.01", "200"], 100)
    table["answer"] = np.where(table["joint_committee"] == "322", "agrees", table["answer"])
    table["answer"] = np.where(table["joint_committee"] == "200", "refuses", table["answer"])
    results = analyse_shares(answers_table(table), outcomes=OUTCOMES, simulated=True)
    strict = [each for each in release(results, policy_for(results)) if not each.level and each.outcome == "strict"]
    shown = {each.joint_committee: each.shown for each in strict}
    assert not shown["322"]
    kept = next(each for each in strict if each.joint_committee == "200")
    assert not kept.shown or kept.counts.positive == 0


def test_noise_keeps_the_number_of_calls_and_widens_the_interval():
    results = analyse_shares(answers_table(answers()), outcomes=OUTCOMES, simulated=True)
    policy = replace(policy_for(results), protection="all_but_one")
    exact = release(results, policy_for(results)).releases[0]
    noisy = release(results, policy, override=Override(by="X", reason="test")).releases[0]
    assert noisy.counts.rows == exact.counts.rows == CALLED
    width = [each.estimate("share").upper - each.estimate("share").lower for each in (exact, noisy)]
    assert width[1] > width[0]


def test_those_not_reached_are_left_out_and_counted():
    table = answers()
    table.loc[:19, "answer"] = "not_reached"
    results = analyse_shares(answers_table(table), outcomes=OUTCOMES)
    assert overall(results).pairs == CALLED - 20
    assert any("20" in note for note in results.notes)
    with pytest.raises(AnalysisError, match="Nobody was reached"):
        analyse_shares(answers_table(table.assign(answer="not_reached")), outcomes=OUTCOMES)


def test_a_word_that_is_no_answer_is_named_with_its_row():
    table = answers()
    table.loc[4, "answer"] = "refusess"
    with pytest.raises(InputError, match="refuses"):
        answers_table(table)


@pytest.mark.parametrize(("other", "kind"), [(270, "above"), (150, "below"), (245, "not_settled")])
def test_a_standard_is_rejected_just_where_the_interval_leaves_it_out(other, kind):
    counts = ShareCounts(positive=300 - other, other=other)
    found = against_standard(counts, 0.8, of_others=True)
    assert found.kind == kind
    # Without the correction of the adjusted limits the score test and Wilson's interval are one.
    from corrtest.analysis.statistics.wilson import wilson

    _, lower, upper = wilson(np.array([float(other)]), np.array([300.0]))
    assert (found.kind == "not_settled") == bool(lower[0] <= 0.8 <= upper[0])


def test_a_panel_measures_a_change_more_sharply_than_two_samples():
    table = answers(5, waves=("baseline", "follow_up"))
    panel = change_of_share(answers_table(table), "baseline", "follow_up", OUTCOMES["strict"], population=FIRMS)
    apart = table.assign(employer=table["employer"] + table["wave"])
    samples = change_of_share(answers_table(apart), "baseline", "follow_up", OUTCOMES["strict"])
    assert panel.employers_in_both == CALLED
    assert samples.employers_in_both == 0
    assert panel.difference == pytest.approx(samples.difference)
    assert panel.upper - panel.lower < samples.upper - samples.lower


def test_tables_of_shares_count_their_cells():
    tables = ShareTables.of_cells(np.array([[3, 7], [0, 5]]))
    assert tables.share.tolist() == [0.3, 0.0]
    assert tables.cells.tolist() == [[3, 7], [0, 5]]
