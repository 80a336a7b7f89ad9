"""Pooling against R's metafor, and what shrinkage and adjustment must obey."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.multitest import multipletests

from corrtest.analysis import pairs_table, shrinkage_plot
from corrtest.analysis.pooling import (
    AggregateTable,
    benjamini_hochberg,
    holm,
    pool_aggregate,
    pool_strata,
    random_effects,
    read_aggregate,
    shrink,
)
from corrtest.analysis.pooling.between_variance import TAU2
from corrtest.errors import AnalysisError, InputError


@pytest.fixture(scope="module")
def register(reference: Path) -> AggregateTable:
    """Published experiments of 2005 to 2020."""
    frame = pd.read_csv(reference / "register_effects.csv")
    effects, variances = (frame[name].to_numpy() for name in ("log_ratio", "variance"))
    return AggregateTable(frame=frame, effects=effects, variances=variances, notes=(), source={})


def members(frame: pd.DataFrame, group: str) -> np.ndarray:
    """The experiments of a group as the oracle names it."""
    age, origin = frame["ground_short"] == "AGE", frame["ground_short"] == "RNO"
    special = {
        "BEL-RNO": origin & (frame["country_iso3"] == "BEL"),
        "AGE-old": age & (frame["class_short"] == "Old"),
        "AGE-old-USA": age & (frame["class_short"] == "Old") & (frame["country_iso3"] == "USA"),
        "AGE-Europe": age & (frame["region"] == "Europe"),
        "RNO-Arab/MidEast": origin & (frame["class_short"] == "Arab/Mid. Eas."),
    }
    if group in special:
        return special[group].to_numpy()
    ground, _, part = group.partition(":")
    chosen = frame["ground_short"] == ground
    return (chosen & (frame["class_short"] == part) if part else chosen).to_numpy()


def test_every_group_of_the_register_equals_metafor(
    register: AggregateTable, reference: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Metafor's REML iteration stops short of the maximum; at the τ² where it stops, all else is the same."""
    oracle = pd.read_csv(reference / "meta_analysis.csv")
    assert len(oracle) == 144
    for row in oracle.itertuples():
        here = members(register.frame, row.group)
        assert here.sum() == row.k, row.group
        effects, variances = register.effects[here], register.variances[here]
        if row.method == "REML":
            assert random_effects(effects, variances, method="REML").tau2 == pytest.approx(row.tau2, abs=1e-4)
            monkeypatch.setitem(TAU2, "REML", lambda y, v, tau2=row.tau2: tau2)
        pooled = random_effects(effects, variances, method=row.method, test="z" if row.test == "z" else "hartung_knapp")
        monkeypatch.undo()
        got = (
            *np.exp([pooled.effect, pooled.lower, pooled.upper]),
            *(pooled.tau2, pooled.i2, pooled.q),
            *np.exp([pooled.prediction_lower, pooled.prediction_upper]),
        )
        expected = (row.rr, row.lo, row.hi, row.tau2, row.I2, row.QE, row.pi_lo, row.pi_hi)
        assert np.allclose(got, expected, rtol=1e-9, atol=1e-8), (row.group, row.method, row.test)


def test_reml_is_the_greatest_restricted_likelihood_and_exactly_zero_where_that_is_it() -> None:
    """Against a dense grid of the normal likelihood of contrasts between strata, which knows no formula of ours."""
    rng = np.random.default_rng(2005)
    zeros = 0
    for _ in range(60):
        k = int(rng.integers(3, 12))
        v = rng.uniform(0.01, 0.2, k)
        y = rng.normal(0.0, np.sqrt(v + rng.choice([0.0, 0.02, 0.2])))
        contrasts = np.linalg.svd(np.eye(k) - 1 / k)[0][:, : k - 1].T
        grid = np.concatenate([[0.0], np.geomspace(1e-6, 3.0, 600)])

        def loglik(tau2: float, y=y, v=v, contrasts=contrasts) -> float:
            matrix = contrasts @ np.diag(v + tau2) @ contrasts.T
            value = contrasts @ y
            return -0.5 * (np.linalg.slogdet(matrix)[1] + value @ np.linalg.solve(matrix, value))

        found = random_effects(y, v, method="REML").tau2
        best = max(loglik(tau2) for tau2 in grid)
        assert loglik(found) >= best - 1e-9
        zeros += found == 0.0
        if loglik(0.0) >= best:
            assert found == 0.0
    assert 10 < zeros < 50


def test_groups_by_column(register: AggregateTable) -> None:
    results = pool_aggregate(register, by=("ground_short",))
    by_ground = {group.key["ground_short"]: group for group in results.groups}
    assert by_ground["RNO"].on_log_scale.k == 143
    assert any("POL: a single experiment" in note for note in results.notes)
    assert results.to_dict()["schema"] == "corrtest/pooling/1"
    assert len(results.to_frame()) == len(results.groups)
    (everything,) = pool_aggregate(register).groups
    assert everything.on_log_scale.k == 306


def test_interval_of_tau2_holds_it(register: AggregateTable) -> None:
    here = members(register.frame, "RNO")
    pooled = random_effects(register.effects[here], register.variances[here], method="PM")
    assert 0 < pooled.tau2_lower < pooled.tau2 < pooled.tau2_upper


def test_impossible_numbers_are_named(tmp_path: Path) -> None:
    path = tmp_path / "experiments.csv"
    path.write_text("a;b;c;d\n100;20;100;10\n100;120;100;10\n50;5;;3\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"row 3.*120 of 100"):
        read_aggregate(path, columns=("a", "b", "c", "d"))
    path.write_text("a;b;c;d\n100;20;100;10\n", encoding="utf-8")
    with pytest.raises(AnalysisError, match="at least 2"):
        random_effects([0.1], [0.2])
    with pytest.raises(InputError, match="'treated_applications'"):
        read_aggregate(path, columns=("a", "b", "treated_applications", "d"))


def test_equal_effects_have_no_spread_and_shrink_wholly() -> None:
    pooled = random_effects([-0.3] * 6, [0.01, 0.02, 0.03, 0.04, 0.05, 0.06])
    assert pooled.tau2 == pytest.approx(0, abs=1e-9)
    shrunken = shrink([-0.3] * 6, [0.05] * 6, pooled)
    assert shrunken.shrunken == pytest.approx([-0.3] * 6)


def test_shrunken_effects_lie_between_raw_and_pooled_with_the_stated_average_coverage() -> None:
    rng = np.random.default_rng(6)
    covered, trials = 0, 400
    for _ in range(trials):
        variances = rng.uniform(0.01, 0.2, size=30)
        truth = rng.normal(-0.4, 0.3, size=30)
        raw = rng.normal(truth, np.sqrt(variances))
        pooled = random_effects(raw, variances)
        shrunken = shrink(raw, variances, pooled)
        between = np.sort([raw, np.full(30, pooled.effect)], axis=0)
        assert np.all((shrunken.shrunken >= between[0] - 1e-12) & (shrunken.shrunken <= between[1] + 1e-12))
        covered += int(np.sum((shrunken.lower <= truth) & (truth <= shrunken.upper)))
    assert 0.93 < covered / (30 * trials) < 0.96


def test_adjusted_pvalues() -> None:
    p = [0.001, 0.2, 0.03, 0.04, 0.9]
    assert holm(p) == pytest.approx([0.005, 0.4, 0.12, 0.12, 0.9])
    assert benjamini_hochberg(p) == pytest.approx([0.005, 0.25, 1 / 15, 1 / 15, 0.9])
    with pytest.raises(AnalysisError, match="between 0 and 1"):
        holm([0.5, float("nan")])


def test_adjusted_pvalues_equal_statsmodels() -> None:
    rng = np.random.default_rng(1979)
    for size in (1, 2, 7, 40):
        # Ties and the ends of the range among them.
        p = np.round(np.append(rng.random(size) ** 3, [0.0, 1.0])[:size], 2)
        assert holm(p) == pytest.approx(multipletests(p, method="holm")[1])
        assert benjamini_hochberg(p) == pytest.approx(multipletests(p, method="fdr_bh")[1])


def test_committees_pooled_raw_and_shrunken() -> None:
    rng = np.random.default_rng(3)
    rows = []
    for committee, pairs in {"124": 300, "200": 150, "302": 60, "140.03": 20, "112": 6}.items():
        control = rng.random(pairs) < 0.3
        treated = np.where(rng.random(pairs) < 0.6, control, rng.random(pairs) < (0.6 if committee == "200" else 0.05))
        rows += [(committee, int(c), int(t)) for c, t in zip(control, treated, strict=True)]
    frame = pd.DataFrame(rows, columns=["joint_committee", "control_positive", "treated_positive"])
    frame = frame.assign(pair_id=range(len(frame)), sector="s", criterion="origin", level="x")
    frame["employer"] = [f"e{i}" for i in range(len(frame))]
    result = pool_strata(pairs_table(frame), outcome="positive", criterion="origin")
    table = result.to_frame().set_index("stratum")
    assert table.loc["124", "weight_on_own"] > table.loc["302", "weight_on_own"]
    assert (table["pvalue_holm"] >= table["pvalue"]).all()
    own = frame[frame["joint_committee"] == "124"]
    assert table.loc["124", "ratio_raw"] == pytest.approx(own["treated_positive"].sum() / own["control_positive"].sum())
    assert shrinkage_plot(result).get_xscale() == "log"
    with pytest.raises(AnalysisError, match="no outcome 'broad'"):
        pool_strata(pairs_table(frame), outcome="broad")
