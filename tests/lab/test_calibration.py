"""The calibration's market has the truth that it claims, and its numbers do not depend on where it runs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from corrtest.errors import CorrtestError
from corrtest.lab.calibration import Cell, calibrate, measure, standard_grid

PLAIN = Cell(pairs=100, control_rate=0.3, ratio=0.7, association=0.5)
CLUSTERED = Cell(pairs=100, control_rate=0.3, ratio=0.7, association=0.5, pairs_per_employer=4, likeness=0.2)


@pytest.mark.parametrize("cell", [PLAIN, CLUSTERED])
def test_draws_have_the_market_s_rates_and_likeness(cell: Cell) -> None:
    drawn = cell.draw(20_000, np.random.default_rng(1))
    shares = drawn.sum(axis=(0, 1)) / drawn.sum()
    assert shares == pytest.approx(cell.probabilities, abs=0.002)
    control = drawn[:, :, 0] + drawn[:, :, 1]
    rate, size = cell.control_rate, cell.pairs_per_employer
    expected = size * rate * (1 - rate) * (1 + (size - 1) * cell.likeness)
    assert control.var() == pytest.approx(expected, rel=0.02)


def test_truth() -> None:
    both, control_only, treated_only, _ = PLAIN.probabilities
    truth = PLAIN.truth()
    assert truth["discrimination_ratio"] == pytest.approx((both + treated_only) / (both + control_only))
    phi = (both - 0.3 * 0.21) / np.sqrt(0.3 * 0.7 * 0.21 * 0.79)
    assert phi == pytest.approx(0.5)


def test_impossible_markets_are_refused() -> None:
    with pytest.raises(CorrtestError, match="association is too strong"):
        Cell(pairs=100, control_rate=0.3, ratio=0.1, association=0.9)
    with pytest.raises(CorrtestError, match="multiple"):
        Cell(pairs=101, control_rate=0.3, ratio=0.7, association=0.5, pairs_per_employer=2)
    assert len({cell.name for cell in standard_grid()}) == len(standard_grid()) == 360


def test_measures() -> None:
    rows = pd.DataFrame(measure(PLAIN, experiments=2000)).set_index(["name", "method"])["value"]
    assert 0.93 < rows[("discrimination_ratio", "tang")] < 0.97
    assert rows[("mcnemar_exact", "mcnemar_exact")] < rows[("mcnemar_midp", "mcnemar_midp")]
    clustered = pd.DataFrame(measure(CLUSTERED, experiments=2000)).set_index(["name", "method"])["value"]
    assert clustered[("rate_difference", "tango (clusters ignored)")] < 0.93
    assert 0.93 < clustered[("rate_difference", "cluster_robust")] < 0.975


def test_an_interrupted_run_goes_on_and_cores_change_nothing(tmp_path: Path) -> None:
    cells = (PLAIN, CLUSTERED)
    alone = calibrate(cells, tmp_path / "a", experiments=200, workers=1)
    first = calibrate(cells[:1], tmp_path / "b", experiments=200, workers=1)
    steps: list[tuple[int, int]] = []
    rest = calibrate(
        cells, tmp_path / "b", experiments=200, workers=2, progress=lambda done, total: steps.append((done, total))
    )
    assert len(first) < len(rest)
    assert steps == [(1, 2), (2, 2)]
    pd.testing.assert_frame_equal(alone, rest)


def test_committed_results_hold_what_the_docstrings_say(repository: Path) -> None:
    table = pd.read_csv(repository / "analysis" / "calibration" / "results" / "calibration.csv")
    enough = table[(table["kind"] == "interval") & (table["expected_discordant"] >= 10)]
    for name, method in (
        ("rate_difference", "tango"),
        ("discrimination_ratio", "tang"),
        ("net_discrimination_rate", "tango"),
    ):
        coverage = enough[(enough["name"] == name) & (enough["method"] == method)]["value"]
        assert len(coverage) == 89
        assert coverage.min() >= 0.94
        assert coverage.max() <= 0.97


@pytest.mark.slow
def test_a_dask_cluster_gives_the_same_numbers(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed", reason="pip install 'corrtest[cluster]'")
    cells = (PLAIN, CLUSTERED)
    here = calibrate(cells, tmp_path / "here", experiments=200, workers=1)
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None
    ) as cluster:
        there = calibrate(cells, tmp_path / "there", experiments=200, scheduler=cluster.scheduler_address)
    pd.testing.assert_frame_equal(here, there)


@pytest.mark.slow
def test_no_scheduler_is_one_clear_message(tmp_path: Path) -> None:
    pytest.importorskip("distributed", reason="pip install 'corrtest[cluster]'")
    with pytest.raises(CorrtestError, match="No Dask scheduler answers"):
        calibrate((PLAIN,), tmp_path, experiments=100, scheduler="tcp://127.0.0.1:1")
