"""Who called: two ways of clustering against statsmodels, the caller as a covariate, what is said of few callers."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from statsmodels.stats.sandwich_covariance import cov_cluster_2groups

from corrtest.analysis import PairsTable, analyse, models, pairs_table
from corrtest.analysis.designs.paired.clusters import clustered_intervals
from corrtest.analysis.designs.paired.counting import MarginCounts, count
from corrtest.analysis.designs.unpaired.counting import count_arms
from corrtest.analysis.designs.unpaired.estimating import Moments
from corrtest.analysis.grouping import each_grouping
from corrtest.analysis.statistics import OF_PAIRS

PAIRS = 600
TWO_WAYS = ("employer", "caller")


def called(callers: int = 4, spread: float = 0.25, seed: int = 3) -> pd.DataFrame:
    """Return pairs whose callers are crossed over the arms; each caller's own luck moves either arm's rate."""
    rng = np.random.default_rng(seed)
    ways = list(permutations(range(callers), 2))
    control, treated = np.array([ways[number % len(ways)] for number in range(PAIRS)]).T
    luck, cost = rng.normal(0, spread, callers), rng.normal(0, spread, callers)
    rates = {"control": 0.5 + luck[control], "treated": 0.4 + luck[treated] + cost[treated]}
    employer = np.repeat(np.arange(PAIRS // 2), 2)
    shared = rng.normal(0, 0.1, PAIRS // 2)[employer]
    names = np.array(["ivy", "oak", "elm", "yew", "fir", "ash"])
    return pd.DataFrame(
        {
            "pair_id": range(PAIRS),
            "sector": "s",
            "joint_committee": "124",
            "criterion": "origin",
            "level": "x",
            "employer": [f"e{number}" for number in employer],
            "control_caller": names[control],
            "treated_caller": names[treated],
            **{
                f"{arm}_positive": (rng.random(PAIRS) < np.clip(rate + shared, 0, 1)).astype(int)
                for arm, rate in rates.items()
            },
        }
    )


def stacked(frame: pd.DataFrame) -> pd.DataFrame:
    """Return one row an application."""
    parts = [
        pd.DataFrame(
            {
                "treated": float(arm == "treated"),
                "positive": frame[f"{arm}_positive"],
                "employer": pd.factorize(frame["employer"])[0],
                "caller": pd.factorize(frame[f"{arm}_caller"], sort=True)[0],
            }
        )
        for arm in ("control", "treated")
    ]
    return pd.concat(parts, ignore_index=True)


def margin(table: PairsTable, cluster_by: tuple[str, ...]) -> MarginCounts:
    grouping = next(each_grouping(table, (), cluster_by))
    return count(grouping, table.outcomes({})["positive"])


def variance(counts: MarginCounts, name: str) -> float:
    """Return the variance between clusters, from the design effect."""
    effect = clustered_intervals(counts, 0.95)[name].design_effect[0]
    return float(effect * OF_PAIRS[name].independent_variance(counts.tables)[0])


def two_way(fitted: object, rows: pd.DataFrame) -> float:
    """Return statsmodels' two-way variance of the signal, each way with its own K/(K − 1)."""
    found = cov_cluster_2groups(fitted, rows["employer"].to_numpy(), rows["caller"].to_numpy(), use_correction=True)
    observations = len(rows)
    # It also counts the parameters, which these intervals do not.
    return float(found[0][1, 1] * (observations - 2) / (observations - 1))


def test_the_difference_has_statsmodels_two_way_variance() -> None:
    frame = called()
    rows = stacked(frame)
    fitted = sm.OLS(rows["positive"], sm.add_constant(rows["treated"])).fit()
    counts = margin(pairs_table(frame), TWO_WAYS)
    # Nearly alike: the calls of one caller to one employer are one or two, so that their corrections differ a little.
    assert variance(counts, "rate_difference") == pytest.approx(two_way(fitted, rows), rel=1e-4)
    by_employer = variance(margin(pairs_table(frame), ("employer",)), "rate_difference")
    assert variance(counts, "rate_difference") > 1.5 * by_employer


def test_the_log_ratio_has_statsmodels_two_way_variance() -> None:
    frame = called(callers=6, spread=0.1)
    rows = stacked(frame)
    fitted = sm.GLM(rows["positive"], sm.add_constant(rows["treated"]), family=sm.families.Poisson()).fit()
    counts = margin(pairs_table(frame), TWO_WAYS)
    assert np.exp(fitted.params["treated"]) == pytest.approx(
        counts.tables.treated_positives[0] / counts.tables.control_positives[0]
    )
    # A caller's correction here is by its share of the positive reactions, which are not equal numbers.
    assert variance(counts, "discrimination_ratio") == pytest.approx(two_way(fitted, rows), rel=0.05)


def test_single_applications_have_statsmodels_two_way_variance() -> None:
    rows = stacked(called())
    fitted = sm.OLS(rows["positive"], sm.add_constant(rows["treated"])).fit()
    table = rows.assign(
        pair_id=range(len(rows)),
        sector="s",
        joint_committee="124",
        criterion="origin",
        level="x",
        arm=np.where(rows["treated"] > 0, "treated", "control"),
    ).drop(columns="treated")
    grouping = next(each_grouping(pairs_table(table), (), TWO_WAYS))
    found = Moments(count_arms(grouping, pairs_table(table).outcomes({})["positive"]))
    variance = found.control_variance + found.treated_variance - 2 * found.covariance
    # The corrections of the two arms and of what they share are by their own numbers of clusters.
    assert variance[0] == pytest.approx(two_way(fitted, rows), rel=0.01)
    mixed = pd.concat([table, table.assign(caller=None, pair_id=range(len(rows), 2 * len(rows)))])
    grouping = next(each_grouping(pairs_table(mixed), (), TWO_WAYS))
    assert Moments(count_arms(grouping, pairs_table(mixed).outcomes({})["positive"])).clusters[0] == 4


def test_who_calls_is_counted_beside_the_employer_as_the_study_says() -> None:
    frame = called()
    study = {"analysis": {"cluster": "employer_and_caller"}}
    found = analyse(pairs_table(frame), study=study)
    assert found.inputs["cluster"] == "employer_and_caller"
    assert not any("Departs" in note for note in found.notes)
    group = found.groups[0]
    published, checked = (each for each in group.estimates if each.name == "discrimination_ratio")
    assert (published.method, checked.method) == ("tang_widened", "cluster_robust")
    assert "employer and caller" in (checked.note or "")
    assert checked.upper / checked.lower > published.upper / published.lower
    assert "Departs" in " ".join(analyse(pairs_table(frame), study=study, cluster="employer").notes)
    # Figures of pairs cannot be shared out over two callers.
    net = group.estimate("net_discrimination_rate", "cluster_robust")
    assert net.lower is None
    assert "different clusters" in (net.note or "")


def test_applications_that_nobody_called_for_are_each_their_own() -> None:
    frame = called()
    unknown = frame.assign(control_caller=None, treated_caller=None)
    by_employer = variance(margin(pairs_table(unknown), ("employer",)), "rate_difference")
    assert variance(margin(pairs_table(unknown), TWO_WAYS), "rate_difference") == pytest.approx(by_employer)
    mixed = pd.concat([frame, unknown.assign(pair_id=range(PAIRS, 2 * PAIRS))], ignore_index=True)
    counts = margin(pairs_table(mixed), TWO_WAYS)
    assert counts.second_way is not None
    assert list(counts.second_way[0].employers(1)) == [4]
    by_mail = pairs_table(frame.drop(columns=["control_caller", "treated_caller"]))
    written = analyse(by_mail, cluster="employer_and_caller")
    assert written.inputs["cluster"] == "employer"
    assert any("nobody who called" in note for note in written.notes)


def test_two_ways_are_never_narrower_than_the_employer_alone() -> None:
    for seed in range(8):
        table = pairs_table(called(spread=0.0, seed=seed))
        by_employer = variance(margin(table, ("employer",)), "rate_difference")
        assert variance(margin(table, TWO_WAYS), "rate_difference") >= by_employer * (1 - 1e-12)


@pytest.mark.parametrize(("callers", "said"), [(2, True), (4, False)])
def test_few_callers_are_said(callers: int, said: bool) -> None:
    notes = " ".join(analyse(pairs_table(called(callers))).notes)
    assert ("Only 2 people called" in notes) == said


def test_the_caller_is_a_covariate_of_the_models() -> None:
    frame = called()
    table = pairs_table(frame)
    rows = models.application_rows(table, table.outcomes({})["positive"])
    found = models.fit_models(rows, covariates=["caller"])
    assert {"caller:ivy", "caller:oak", "caller:yew"} <= set(found.covariates)
    told = stacked(frame)
    x = sm.add_constant(pd.concat([told[["treated"]], pd.get_dummies(told["caller"], dtype=float).iloc[:, 1:]], axis=1))
    oracle = sm.OLS(told["positive"], x).fit()
    assert found.to_frame()["effect"].iloc[0] == pytest.approx(oracle.params["treated"])
